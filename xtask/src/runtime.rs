//! ONNX Runtime from its wheel on PyPI, pinned by hash, unpacked into vendor/onnxruntime.

use std::env::consts::ARCH;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::process::{run, step};

const VERSION: &str = "1.32.0";

/// Architecture as pip names it, and the wheel's SHA-256. The library inside needs no Python; the wheel for
/// CPython 3.11 is taken whatever Python fetches it.
const WHEELS: &[(&str, &str)] = &[
    ("x86_64", "5a34fc4dfeb5a7b4a74c95dcba1e773d722abda720b474edf1b0c419dc6d163d"),
    ("aarch64", "2303372a85299b6757b0e11e1cbf13e410ddf7e10c37f4b37e99d1c90e7daf7c"),
];

/// Fetches and unpacks the library; does nothing where it is.
pub fn install() -> Result<()> {
    let folder = Path::new("vendor/onnxruntime");
    let library = folder.join(format!("libonnxruntime.so.{VERSION}"));
    if library.exists() {
        return Ok(());
    }
    let Some((_, hash)) = WHEELS.iter().find(|(arch, _)| *arch == ARCH) else {
        let known: Vec<&str> = WHEELS.iter().map(|(arch, _)| *arch).collect();
        bail!(
            "no ONNX Runtime is pinned for {ARCH} (there is one for {}); build it, and set ORT_DYLIB_PATH to its \
             libonnxruntime.so",
            known.join(" and ")
        );
    };
    println!("ONNX Runtime {VERSION} is missing and will be fetched with pip into {}", folder.display());
    step("pip download onnxruntime");
    let cache = PathBuf::from("target/xtask");
    std::fs::create_dir_all(&cache)?;
    let pin = cache.join("requirements.txt");
    std::fs::write(&pin, format!("onnxruntime=={VERSION} --hash=sha256:{hash}\n"))?;
    run(Command::new("python3")
        .args(["-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"])
        .args([
            "--require-hashes",
            "--only-binary=:all:",
            "--python-version",
            "3.11",
            "--implementation",
            "cp",
        ])
        .args(["--platform", &format!("manylinux_2_28_{ARCH}"), "--dest"])
        .arg(&cache)
        .arg("--requirement")
        .arg(&pin))?;
    let wheel = cache.join(format!("onnxruntime-{VERSION}-cp311-cp311-manylinux_2_28_{ARCH}.whl"));
    unpack(&wheel, &cache, folder)
}

/// Takes the library and the licences out of the wheel, the library last, so that a broken-off run starts again.
fn unpack(wheel: &Path, cache: &Path, folder: &Path) -> Result<()> {
    let unpacked = cache.join("onnxruntime-wheel");
    run(Command::new("python3").args(["-m", "zipfile", "-e"]).arg(wheel).arg(&unpacked))?;
    std::fs::create_dir_all(folder)?;
    let inside = unpacked.join("onnxruntime");
    let library = format!("capi/libonnxruntime.so.{VERSION}");
    let files =
        ["LICENSE", "ThirdPartyNotices.txt", "capi/libonnxruntime_providers_shared.so", library.as_str()];
    for name in files {
        let from = inside.join(name);
        let to = folder.join(from.file_name().context("a file has a name")?);
        let part = to.with_extension("part");
        std::fs::copy(&from, &part).with_context(|| format!("{} cannot be copied", from.display()))?;
        std::fs::rename(&part, &to)?;
    }
    std::fs::remove_dir_all(&unpacked)?;
    Ok(())
}

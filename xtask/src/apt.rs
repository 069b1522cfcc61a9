//! Debian's packages: what is missing is shown, then installed, as root or through sudo.

use std::process::Command;

use anyhow::{Result, bail};

use crate::process::{output, run, step, succeeds};

/// What a build, a run and the tests need. Names hold on Debian 12, Ubuntu 24.04 and later.
const PACKAGES: &[&str] = &[
    // Compilers, and clang for the bindings to C and C++.
    "build-essential",
    "clang",
    "pkg-config",
    // Picture work.
    "libopencv-core-dev",
    "libopencv-imgproc-dev",
    "libopencv-imgcodecs-dev",
    // Decoding.
    "libavcodec-dev",
    "libavformat-dev",
    "libavutil-dev",
    "libswscale-dev",
    "libavfilter-dev",
    "libavdevice-dev",
    "libswresample-dev",
    // The tests' second opinion: makes clips, and plays what we serve.
    "ffmpeg",
    // Fetches ONNX Runtime.
    "python3",
    "python3-pip",
];

/// Installs what is missing; does nothing where nothing is.
pub fn install_missing() -> Result<()> {
    if !succeeds(Command::new("dpkg-query").arg("--version")) {
        return without_apt();
    }
    let missing: Vec<&str> = PACKAGES.iter().copied().filter(|p| !installed(p)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    println!("These packages are missing and will be installed with apt-get:");
    println!("    {}", missing.join(" "));
    let mut prefix = privilege(&missing)?;
    prefix.push("apt-get");
    let apt = |arguments: &[&str]| {
        let mut command = Command::new(prefix[0]);
        command.args(&prefix[1..]).args(arguments);
        run(command.env("DEBIAN_FRONTEND", "noninteractive"))
    };
    step("apt-get update");
    apt(&["update", "-qq"])?;
    step("apt-get install");
    let mut arguments = vec!["install", "-y", "-qq", "--no-install-recommends"];
    arguments.extend(&missing);
    apt(&arguments)
}

fn installed(package: &str) -> bool {
    output(Command::new("dpkg-query").args(["-W", "-f=${db:Status-Status}", package]))
        .is_ok_and(|status| status == "installed")
}

/// What goes before `apt-get`: nothing for root, else sudo.
fn privilege(missing: &[&str]) -> Result<Vec<&'static str>> {
    if output(Command::new("id").arg("-u"))?.trim() == "0" {
        return Ok(Vec::new());
    }
    if succeeds(Command::new("sudo").arg("--version")) {
        return Ok(vec!["sudo", "--preserve-env=DEBIAN_FRONTEND"]);
    }
    bail!(
        "packages are missing, and this is neither root nor is there sudo; as root run: apt-get install {}",
        missing.join(" ")
    )
}

/// Another system: the libraries may be there all the same.
fn without_apt() -> Result<()> {
    let needed = ["libavcodec", "libavformat", "libavutil", "libswscale"];
    let found = |name: &&str| succeeds(Command::new("pkg-config").args(["--exists", name]));
    if needed.iter().all(found) && succeeds(Command::new("clang").arg("--version")) {
        println!("No apt here; FFmpeg's libraries and clang are there, so the build is tried as it is.");
        return Ok(());
    }
    bail!(
        "there is no apt here. Install by your system's own means: a C and C++ compiler, clang with libclang, \
         pkg-config, the development files of OpenCV 4 (core, imgproc, imgcodecs) and of FFmpeg 5 or later \
         (libavcodec, libavformat, libavutil, libswscale, libavfilter, libavdevice, libswresample), the ffmpeg \
         program, and python3 with pip. If OpenCV lies elsewhere than on Debian, set OPENCV_LINK_PATHS and \
         OPENCV_INCLUDE_PATHS (see .cargo/config.toml). Then run this command again"
    )
}

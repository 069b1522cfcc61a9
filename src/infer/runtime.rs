//! Finding ONNX Runtime and loading it, once for the process.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use ort::environment::Environment;

use super::elf;
use super::error::InferError;
use super::places::{listed, roots};

/// Where set-up unpacks the library, under the repository or the installed share.
const VENDOR: &str = "vendor/onnxruntime";

/// ONNX Runtime, loaded. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Runtime {
    path: PathBuf,
    environment: Environment,
}

/// The one of the process: the library cannot be loaded a second time from elsewhere.
static LOADED: Mutex<Option<Runtime>> = Mutex::new(None);

impl Runtime {
    /// Loads `explicit`, else the file that `ORT_DYLIB_PATH` names, else the one in `vendor/onnxruntime` of the
    /// repository or of the installed share. A file that was named is never passed over for another.
    ///
    /// Later calls give the one that is loaded; they fail where they name another.
    pub fn load(explicit: Option<&Path>) -> Result<Self, InferError> {
        let variable =
            std::env::var_os("ORT_DYLIB_PATH").filter(|value| !value.is_empty()).map(PathBuf::from);
        let path = find(explicit, variable.as_deref(), &roots())?;
        let path = path.canonicalize().unwrap_or(path);
        let mut loaded = LOADED.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(runtime) = loaded.as_ref() {
            if runtime.path != path {
                return Err(InferError::RuntimeOther { wanted: path, used: runtime.path.clone() });
            }
            return Ok(runtime.clone());
        }
        let runtime = Self { environment: environment(&path)?, path };
        *loaded = Some(runtime.clone());
        Ok(runtime)
    }

    /// The library in use.
    pub fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn environment(&self) -> &Environment {
        &self.environment
    }
}

/// The library to load. A folder stands for the newest library in it.
fn find(explicit: Option<&Path>, variable: Option<&Path>, roots: &[PathBuf]) -> Result<PathBuf, InferError> {
    if let Some(named) = explicit.or(variable) {
        let in_folder = named.is_dir().then(|| newest(named)).flatten();
        return Ok(in_folder.unwrap_or_else(|| named.to_owned()));
    }
    let folders: Vec<PathBuf> = roots.iter().map(|root| root.join(VENDOR)).collect();
    folders
        .iter()
        .find_map(|folder| newest(folder))
        .ok_or_else(|| InferError::RuntimeMissing { looked: listed(&folders) })
}

/// The `libonnxruntime.so.X.Y.Z` of the highest version in a folder, `libonnxruntime.so` where that is all there is.
fn newest(folder: &Path) -> Option<PathBuf> {
    let versioned = |path: PathBuf| {
        let name = path.file_name()?.to_str()?;
        let version = name.strip_prefix("libonnxruntime.so")?;
        let numbers: Option<Vec<u32>> = version.split('.').skip(1).map(|part| part.parse().ok()).collect();
        Some((numbers?, path))
    };
    let entries = std::fs::read_dir(folder).ok()?;
    entries.filter_map(|entry| versioned(entry.ok()?.path())).max().map(|(_, path)| path)
}

fn environment(path: &Path) -> Result<Environment, InferError> {
    let unusable = |why: String| InferError::RuntimeUnusable { path: path.to_owned(), why };
    match elf::fault(path) {
        Ok(None) => {}
        Ok(Some(fault)) => return Err(unusable(format!("it {fault}"))),
        Err(error) => return Err(unusable(error.to_string())),
    }
    // ort asserts where a library answers nonsense; that must be an error of ours as well.
    let built = catch_unwind(AssertUnwindSafe(|| {
        let builder = ort::init_from(path).map_err(|error| error.to_string())?;
        builder.with_name("hanhtrinh").with_telemetry(false).build().map_err(|error| error.to_string())
    }));
    match built {
        Ok(built) => built.map_err(unusable),
        Err(_) => Err(unusable("it is a library but does not answer as ONNX Runtime does".to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn touch(path: &Path) {
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        std::fs::write(path, "no library").expect("written");
    }

    #[test]
    fn the_newest_library_of_the_first_folder_is_taken() {
        let folder = tempfile::tempdir().expect("a folder");
        let vendor = folder.path().join("a").join(VENDOR);
        for name in [
            "libonnxruntime.so",
            "libonnxruntime.so.1.9.0",
            "libonnxruntime.so.1.32.0",
            "libonnxruntime_providers_shared.so",
            "libonnxruntime.so.1.x",
        ] {
            touch(&vendor.join(name));
        }
        touch(&folder.path().join("b").join(VENDOR).join("libonnxruntime.so.2.0.0"));
        let roots = ["none", "a", "b"].map(|root| folder.path().join(root));
        let newest = vendor.join("libonnxruntime.so.1.32.0");
        assert_eq!(find(None, None, &roots).expect("found"), newest);
        assert_eq!(find(Some(&vendor), None, &[]).expect("a named folder"), newest);
        let other = Path::new("/elsewhere/lib.so");
        assert_eq!(find(None, Some(other), &roots).expect("named"), other);
        assert_eq!(find(Some(&newest), Some(other), &roots).expect("named"), newest);
    }

    #[test]
    fn a_missing_library_names_the_command_that_brings_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let text = find(None, None, &[folder.path().to_owned()]).expect_err("nothing").to_string();
        assert!(text.contains("cargo xtask setup") && text.contains(VENDOR), "{text}");
    }

    #[test]
    fn a_file_that_is_no_library_is_an_error_and_no_crash() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("libonnxruntime.so");
        touch(&path);
        let missing = folder.path().join("missing.so");
        for (path, words) in [(&path, "has only"), (&missing, "No such file")] {
            let text = environment(path).expect_err("no library").to_string();
            assert!(text.contains(&path.display().to_string()) && text.contains(words), "{text}");
        }
    }
}

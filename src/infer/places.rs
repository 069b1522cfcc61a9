//! Where the project keeps what is not compiled in: the models and ONNX Runtime.

use std::path::{Path, PathBuf};

use super::error::InferError;

/// Folders that may hold `models/` and `vendor/`, in order: the repository of the running program (above its
/// `target/`), the repository that the working folder is in the root of, the share installed beside the program, the
/// system's share.
pub(super) fn roots() -> Vec<PathBuf> {
    let program = std::env::current_exe().ok();
    let here = std::env::current_dir().ok();
    roots_of(program.as_deref(), here.as_deref())
}

fn roots_of(program: Option<&Path>, here: Option<&Path>) -> Vec<PathBuf> {
    let mut roots = Vec::new();
    if let Some(program) = program {
        let target = program.ancestors().find(|a| a.file_name().is_some_and(|n| n == "target"));
        roots.extend(target.and_then(Path::parent).map(Path::to_owned));
    }
    // Not any folder: a library beside someone else's files must not be loaded.
    roots.extend(here.filter(|here| is_repository(here)).map(Path::to_owned));
    if let Some(prefix) = program.and_then(Path::parent).and_then(Path::parent) {
        roots.push(prefix.join("share/hanhtrinh"));
    }
    roots.extend(["/usr/local/share/hanhtrinh", "/usr/share/hanhtrinh"].map(PathBuf::from));
    let mut seen = Vec::new();
    roots.retain(|root| {
        !seen.contains(root) && {
            seen.push(root.clone());
            true
        }
    });
    roots
}

fn is_repository(folder: &Path) -> bool {
    std::fs::read_to_string(folder.join("Cargo.toml"))
        .is_ok_and(|text| text.contains("\nname = \"hanhtrinh\""))
}

/// The models' folder: `explicit` (`--models`), else `HANHTRINH_MODELS`, else `models/` beside the configuration in
/// `config_folder`, in the repository or in the installed share, the first that holds a `manifest.toml`. A folder that
/// was named is never passed over for another.
pub fn models_folder(explicit: Option<&Path>, config_folder: Option<&Path>) -> Result<PathBuf, InferError> {
    let named = explicit.map(Path::to_owned).or_else(|| {
        std::env::var_os("HANHTRINH_MODELS").filter(|value| !value.is_empty()).map(PathBuf::from)
    });
    let candidates = match named {
        Some(folder) => vec![folder],
        None => {
            config_folder.map(Path::to_owned).into_iter().chain(roots()).map(|r| r.join("models")).collect()
        }
    };
    first_models(&candidates)
}

fn first_models(candidates: &[PathBuf]) -> Result<PathBuf, InferError> {
    let found = candidates.iter().find(|folder| folder.join("manifest.toml").is_file());
    found.cloned().ok_or_else(|| InferError::ModelsMissing { looked: listed(candidates) })
}

/// Paths as one text.
pub(super) fn listed(paths: &[PathBuf]) -> String {
    let texts: Vec<String> = paths.iter().map(|path| path.display().to_string()).collect();
    texts.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roots_of_a_built_an_installed_and_a_test_program() {
        let roots = |program: &str| roots_of(Some(Path::new(program)), None);
        assert_eq!(roots("/home/a/h/target/release/hanhtrinh")[0], Path::new("/home/a/h"));
        assert_eq!(roots("/home/a/h/target/debug/deps/hanhtrinh-1f")[0], Path::new("/home/a/h"));
        assert_eq!(roots("/opt/h/bin/hanhtrinh")[0], Path::new("/opt/h/share/hanhtrinh"));
        let once = roots("/usr/bin/hanhtrinh");
        assert_eq!(once.iter().filter(|r| *r == Path::new("/usr/share/hanhtrinh")).count(), 1);
    }

    #[test]
    fn a_working_folder_counts_only_as_our_repository() {
        let folder = tempfile::tempdir().expect("a folder");
        let has = |folder: &Path| roots_of(None, Some(folder)).contains(&folder.to_owned());
        assert!(!has(folder.path()));
        std::fs::write(folder.path().join("Cargo.toml"), "[package]\nname = \"hanhtrinh\"\n")
            .expect("written");
        assert!(has(folder.path()));
    }

    #[test]
    fn a_missing_manifest_says_where_it_was_looked_for() {
        let folder = tempfile::tempdir().expect("a folder");
        let text = models_folder(Some(folder.path()), None).expect_err("nothing there").to_string();
        assert!(text.contains(&folder.path().display().to_string()) && text.contains("--models"), "{text}");
        std::fs::write(folder.path().join("manifest.toml"), "").expect("written");
        assert_eq!(models_folder(Some(folder.path()), None).expect("there"), folder.path());
    }
}

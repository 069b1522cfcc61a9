//! What can be wrong with a configuration.

use std::path::PathBuf;

use thiserror::Error;

/// An error of the configuration. Each names the file, the key and the way out.
#[derive(Debug, Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("{path}: cannot be read ({cause}); give the configuration with --config FILE", path = path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        cause: std::io::Error,
    },
    /// The file is not TOML, or a value has the wrong type.
    #[error("{path}:{line}: {message}", path = path.display())]
    Syntax {
        /// The file.
        path: PathBuf,
        /// Line, from 1.
        line: usize,
        /// What is wrong.
        message: String,
    },
    /// A key that is not known.
    #[error("{path}:{line}: unknown key `{key}`{hint}", path = path.display())]
    UnknownKey {
        /// The file.
        path: PathBuf,
        /// Line, from 1.
        line: usize,
        /// The key.
        key: String,
        /// `; did you mean ...?`, or the list of those that are known.
        hint: String,
    },
    /// A value that cannot be.
    #[error("{path}: {key}: {message}", path = path.display())]
    Value {
        /// The file.
        path: PathBuf,
        /// The key, as `camera "gate-1" line`.
        key: String,
        /// What is wrong and the way out.
        message: String,
    },
}

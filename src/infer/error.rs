//! What can go wrong with nets.

use std::path::PathBuf;

/// A net that cannot be found, trusted, started or run. Each message says what to do.
#[derive(Debug, thiserror::Error)]
pub enum InferError {
    /// No ONNX Runtime anywhere.
    #[error(
        "ONNX Runtime was not found (looked in {looked}); `cargo xtask setup` installs it, or set ORT_DYLIB_PATH to a libonnxruntime.so"
    )]
    RuntimeMissing {
        /// Where it was looked for.
        looked: String,
    },
    /// A file that cannot be loaded as ONNX Runtime.
    #[error("{}: cannot be loaded as ONNX Runtime: {why}; `cargo xtask setup` installs one that works", path.display())]
    RuntimeUnusable {
        /// The library.
        path: PathBuf,
        /// Why.
        why: String,
    },
    /// ONNX Runtime is loaded once for the whole process.
    #[error("{}: another ONNX Runtime is in use already: {}; name one of them only", wanted.display(), used.display())]
    RuntimeOther {
        /// The one asked for.
        wanted: PathBuf,
        /// The one in use.
        used: PathBuf,
    },
    /// No models anywhere.
    #[error(
        "no models were found (looked in {looked}); name their folder with --models DIR or HANHTRINH_MODELS"
    )]
    ModelsMissing {
        /// Where they were looked for.
        looked: String,
    },
    /// A file of the models that cannot be read.
    #[error("{}: cannot be read: {source}; restore it from the repository or the release", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A manifest that is not as it must be.
    #[error("{}: {why}", path.display())]
    Manifest {
        /// The manifest.
        path: PathBuf,
        /// What and where.
        why: String,
    },
    /// A net whose bytes are not the manifest's.
    #[error("{}: its SHA-256 is {found}, the manifest says {wanted}; restore the file, or after a training write the new hash and version into manifest.toml", path.display())]
    Hash {
        /// The net.
        path: PathBuf,
        /// Of the file.
        found: String,
        /// Of the manifest.
        wanted: String,
    },
    /// A net that ONNX Runtime does not take, or that is not shaped as the manifest says.
    #[error("{}: {why}", path.display())]
    Net {
        /// The net.
        path: PathBuf,
        /// Why.
        why: String,
    },
    /// The provider that was asked for does not start.
    #[error("provider = \"{provider}\" does not start: {why}; `auto` takes the processor instead")]
    Provider {
        /// What was asked for.
        provider: &'static str,
        /// Why.
        why: String,
    },
    /// An input of the wrong shape.
    #[error("{net}: an input of {found:?} with {values} values, expected {wanted}")]
    Input {
        /// The net's file name.
        net: String,
        /// The shape given.
        found: [usize; 4],
        /// Values given.
        values: usize,
        /// The shape the net takes, `?` for any size.
        wanted: String,
    },
    /// A run that failed.
    #[error("{net}: the run failed: {why}")]
    Run {
        /// The net's file name.
        net: String,
        /// ONNX Runtime's words.
        why: String,
    },
}

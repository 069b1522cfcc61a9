//! How a run fails.

use thiserror::Error;

/// What ends a run, or a stage of it. A failing camera is not among them.
#[derive(Debug, Error)]
pub enum PipelineError {
    /// Models, runtime or provider.
    #[error(transparent)]
    Infer(#[from] crate::infer::InferError),
    /// The detector's output.
    #[error("the detector's output cannot be used: {0}")]
    Detect(#[from] crate::detect::DetectError),
    /// The reader's output.
    #[error("the reader's output cannot be used: {0}")]
    Plate(#[from] crate::plate::PlateError),
    /// Picture work.
    #[error(transparent)]
    Image(#[from] crate::image::ImageError),
    /// The store.
    #[error(transparent)]
    Store(#[from] crate::store::StoreError),
    /// A target of alerts that cannot be used.
    #[error("alert \"{target}\": {cause}")]
    Alert {
        /// Its name.
        target: String,
        /// Why.
        cause: crate::deliver::DeliverError,
    },
    /// A source that could not be started.
    #[error(transparent)]
    Source(#[from] crate::source::SourceError),
    /// The operating system.
    #[error("{what}: {cause}")]
    System {
        /// What was tried.
        what: String,
        /// Why it failed.
        cause: std::io::Error,
    },
    /// A thread that ended by a bug.
    #[error("the thread `{0}` has ended by a fault of this program; please report it with the log")]
    Thread(String),
    /// Anything else, in words.
    #[error("{0}")]
    Other(String),
}

//! What can go wrong with pictures.

use std::path::PathBuf;

/// A picture that cannot be read, or a step that OpenCV refused.
#[derive(Debug, thiserror::Error)]
pub enum ImageError {
    /// The file cannot be read at all.
    #[error("{}: cannot be read: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The bytes are not a picture that can be decoded.
    #[error("{name}: {why}")]
    NotAPicture {
        /// File or origin of the bytes.
        name: String,
        /// Why, and the way out.
        why: String,
    },
    /// More pixels or bytes than a still may have.
    #[error("{name}: {size} is too large, the limit is {limit}; make it smaller first")]
    TooLarge {
        /// File or origin of the bytes.
        name: String,
        /// What it has.
        size: String,
        /// What is allowed.
        limit: String,
    },
    /// A box that holds no pixel of the picture.
    #[error("the box {x:.0},{y:.0} {w:.0}x{h:.0} holds no pixel of a picture of {width}x{height}")]
    EmptyRegion {
        /// Left edge.
        x: f32,
        /// Top edge.
        y: f32,
        /// Width.
        w: f32,
        /// Height.
        h: f32,
        /// Width of the picture.
        width: u32,
        /// Height of the picture.
        height: u32,
    },
    /// OpenCV refused a step.
    #[error("{doing}: OpenCV: {source}")]
    OpenCv {
        /// The step.
        doing: &'static str,
        /// Its answer.
        source: opencv::Error,
    },
}

/// Names the step in an error of OpenCV.
pub(super) trait Doing<T> {
    fn doing(self, doing: &'static str) -> Result<T, ImageError>;
}

impl<T> Doing<T> for opencv::Result<T> {
    fn doing(self, doing: &'static str) -> Result<T, ImageError> {
        self.map_err(|source| ImageError::OpenCv { doing, source })
    }
}

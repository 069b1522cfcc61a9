//! Nets and what runs them: the models' manifest, ONNX Runtime's library, the execution provider, and the seam
//! [`Model`] behind which the rest of the program sees only tensors. The only room that names ort; it knows neither
//! vehicles nor plates: the manifest hands out plain words and numbers, and the pipeline gives them their meaning.

mod elf;
mod error;
mod fake;
mod manifest;
mod model;
mod models;
mod places;
mod provider;
mod runtime;
mod session;

pub use error::InferError;
pub use fake::FakeModel;
pub use manifest::{Detector, Manifest, NamedFile, NmsIou, Painted, Reader, SecondLook, Size};
pub use model::{Model, Tensor};
pub use models::{LoadOptions, Models};
pub use places::models_folder;
pub use provider::{Provider, ProviderChoice};
pub use runtime::Runtime;
pub use session::OrtModel;

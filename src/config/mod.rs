//! Settings: the TOML file's mirror, then validated settings.
//!
//! The file is read in two steps. `file` mirrors it key for key and refuses what it does not know; `settings`
//! turns the mirror into what the program works with, checks every value against the others and fills in defaults.

mod alerts;
mod error;
mod file;
mod secrets;
mod settings;

pub use alerts::{AlertSettings, AlertTo};
pub use error::ConfigError;
pub use file::File;
pub use settings::{
    CameraSettings, HomePassages, InferenceSettings, Location, ProviderWord, Settings, StoreSettings,
};

use std::path::Path;

/// Reads and validates a configuration file.
pub fn load(path: &Path) -> Result<Settings, ConfigError> {
    let text = std::fs::read_to_string(path)
        .map_err(|cause| ConfigError::Unreadable { path: path.to_owned(), cause })?;
    let file = File::parse(&text, path)?;
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    Settings::from_file(file, folder, path)
}

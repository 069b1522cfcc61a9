//! Names of things.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// A camera's name as the configuration gives it. Cheap to clone.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CameraId(Arc<str>);

impl CameraId {
    /// The camera of that name.
    pub fn new(name: &str) -> Self {
        Self(Arc::from(name))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for CameraId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One continuous reading of one source. For a live camera it is new at every start of the program; for a file it is
/// derived from the file and its `start`, so that a second run over the same file names the same passages.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RunId(Arc<str>);

impl RunId {
    /// The run of that name.
    pub fn new(name: &str) -> Self {
        Self(Arc::from(name))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// One vehicle in one camera's view, in one run.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TrackId {
    /// The run that saw it.
    pub run: RunId,
    /// The camera.
    pub camera: CameraId,
    /// Counts up from 1 within run and camera.
    pub number: u64,
}

/// A record's name: 26 lower-case hexadecimal digits of SHA-256 over the things that make it what it is, behind a
/// letter that tells its kind (`p` passage, `j` journey). The same things give the same name.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RecordId(String);

impl RecordId {
    /// The name made of `parts`, which are kept apart by a byte that no part can hold.
    pub fn derive(kind: char, parts: &[&str]) -> Self {
        let mut hash = Sha256::new();
        for part in parts {
            hash.update(part.as_bytes());
            hash.update([0]);
        }
        let mut text = String::with_capacity(27);
        text.push(kind);
        for byte in &hash.finalize()[..13] {
            text.push_str(&format!("{byte:02x}"));
        }
        Self(text)
    }

    /// A name read back from a store or typed by a person. Not checked.
    pub fn from_text(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RecordId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

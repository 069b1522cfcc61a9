//! A path's clock: where in its clip a path is.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::time::Instant;

/// When a path's clip begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Start {
    /// With the server.
    Live,
    /// With the first client that plays the path.
    OnFirstPlay,
    /// All paths together, with the first client that plays any.
    Together,
}

/// Shared by the clients of a path, or of all paths.
#[derive(Debug, Clone)]
pub(crate) struct PathClock(Arc<Mutex<Option<Instant>>>);

impl PathClock {
    pub fn standing() -> Self {
        Self(Arc::new(Mutex::new(None)))
    }

    fn begin(&self) -> MutexGuard<'_, Option<Instant>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Starts it where it stands; the moment its clip began.
    pub fn start(&self) -> Instant {
        *self.begin().get_or_insert_with(Instant::now)
    }

    /// The moment its clip began; `None` where it stands.
    pub fn began(&self) -> Option<Instant> {
        *self.begin()
    }

    /// Stops it, so that the next start begins at the front.
    pub fn rewind(&self) {
        *self.begin() = None;
    }
}

//! The main job on the sample clips.

use anyhow::Result;

/// Serves, follows, prints.
pub fn run() -> Result<()> {
    Ok(())
}

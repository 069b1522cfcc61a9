//! Lines of a file.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;

use super::Parcel;
use super::error::DeliverError;

/// Adds the body as a line, and syncs it. The file is opened each time, so that it may be moved away meanwhile.
pub(super) fn deliver(path: &Path, parcel: &Parcel<'_>) -> Result<(), DeliverError> {
    let write = || {
        let mut file = OpenOptions::new().append(true).create(true).open(path)?;
        // One write, so that a second program that adds to the file does not come in between.
        file.write_all(format!("{}\n", parcel.body).as_bytes())?;
        file.sync_data()
    };
    write().map_err(|e: std::io::Error| {
        DeliverError::target(format!("{}: {e}; give this user the right to write there", path.display()))
    })
}

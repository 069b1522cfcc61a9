//! Evidence pictures on disk: `pictures/YYYY-MM-DD/<passage>-<revision>-<kind>.jpg` by the local date of the crossing,
//! `pictures/undated/` where nothing dates it.
//!
//! A picture is on disk before the row that names it: it is written into `pictures/incoming/`, synced, renamed into
//! place, and the folder synced; then the row is committed. Which files a batch is about to rename stands in
//! `pictures/incoming/batch`, so that a program killed between the two leaves nothing behind that the next start
//! cannot clear away.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::error::StoreError;
use super::open::PICTURES;
use crate::domain::ids::RecordId;
use crate::domain::passage::Passage;
use crate::domain::time::local_date;

const INCOMING: &str = "incoming";
/// Begins the names of the folders of those who write beside; the number of their process follows.
const BESIDE: &str = "incoming-";
const BATCH: &str = "batch";

/// What an evidence picture shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PictureKind {
    /// The whole frame that was read.
    Frame,
    /// The vehicle in it.
    Vehicle,
    /// The plate in it.
    Plate,
}

impl PictureKind {
    /// The word in the store and in the file's name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Frame => "frame",
            Self::Vehicle => "vehicle",
            Self::Plate => "plate",
        }
    }
}

/// A picture to keep.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// What it shows.
    pub kind: PictureKind,
    /// The JPEG.
    pub jpeg: Vec<u8>,
}

/// A picture that is in place.
#[derive(Debug)]
pub(super) struct Kept {
    pub passage: RecordId,
    pub kind: PictureKind,
    pub revision: u32,
    /// Relative to the store's folder, with `/`.
    pub path: String,
    pub bytes: i64,
    pub sha256: [u8; 32],
    pub taken_at: Timestamp,
}

/// Puts pictures into the store's folder.
#[derive(Debug)]
pub(super) struct PictureFolder {
    dir: PathBuf,
    /// Where pictures are written before they are renamed into place: one folder for each who writes.
    incoming: PathBuf,
}

impl PictureFolder {
    /// The pictures of the store in `dir`. Clears away what killed programs left half done.
    pub fn open(dir: &Path, db: &Connection) -> Result<Self, StoreError> {
        let pictures = dir.join(PICTURES);
        for entry in fs::read_dir(&pictures).into_iter().flatten() {
            let entry = entry.map_err(StoreError::file(&pictures))?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let Some(process) = name.strip_prefix(BESIDE) else { continue };
            if !Path::new("/proc").join(process).exists() {
                Self::with_incoming(dir, &name, db)?.close_beside()?;
            }
        }
        Self::with_incoming(dir, INCOMING, db)
    }

    /// The same for one who writes beside the program that holds the lock.
    pub fn open_beside(dir: &Path, db: &Connection) -> Result<Self, StoreError> {
        Self::with_incoming(dir, &format!("{BESIDE}{}", std::process::id()), db)
    }

    fn with_incoming(dir: &Path, name: &str, db: &Connection) -> Result<Self, StoreError> {
        let incoming = dir.join(PICTURES).join(name);
        fs::create_dir_all(&incoming).map_err(StoreError::file(&incoming))?;
        let folder = Self { dir: dir.to_owned(), incoming };
        folder.clear(db)?;
        Ok(folder)
    }

    /// Takes the folder of one who wrote beside away again.
    pub fn close_beside(self) -> Result<(), StoreError> {
        fs::remove_dir_all(&self.incoming).map_err(StoreError::file(&self.incoming))
    }

    fn clear(&self, db: &Connection) -> Result<(), StoreError> {
        let batch = self.incoming.join(BATCH);
        if let Ok(names) = fs::read_to_string(&batch) {
            let sql = StoreError::sql(&self.dir);
            for name in names.lines() {
                let known = db
                    .query_row("SELECT 1 FROM pictures WHERE path = ?1", [name], |_| Ok(()))
                    .optional()
                    .map_err(&sql)?;
                if known.is_none() {
                    remove_if_there(&self.dir.join(name))?;
                }
            }
        }
        let incoming = &self.incoming;
        for entry in fs::read_dir(incoming).map_err(StoreError::file(incoming))? {
            let entry = entry.map_err(StoreError::file(incoming))?;
            remove_if_there(&entry.path())?;
        }
        Ok(())
    }

    /// Puts the pictures of a batch in place and syncs them; they are safe when this returns. `now` dates those of
    /// undated passages.
    pub fn keep(&self, batch: &[(&Passage, &[Picture])], now: Timestamp) -> Result<Vec<Kept>, StoreError> {
        let mut kept = Vec::new();
        let mut jpegs = Vec::new();
        for (passage, pictures) in batch {
            let folder = passage.crossed_at.map_or("undated".to_owned(), |at| local_date(at).to_string());
            for picture in *pictures {
                let kind = picture.kind.as_str();
                kept.push(Kept {
                    passage: passage.id.clone(),
                    kind: picture.kind,
                    revision: passage.revision,
                    path: format!("{PICTURES}/{folder}/{}-{}-{kind}.jpg", passage.id, passage.revision),
                    bytes: picture.jpeg.len() as i64,
                    sha256: Sha256::digest(&picture.jpeg).into(),
                    taken_at: passage.crossed_at.unwrap_or(now),
                });
                jpegs.push(picture.jpeg.as_slice());
            }
        }
        if kept.is_empty() {
            return Ok(kept);
        }
        let incoming = &self.incoming;
        let names: String = kept.iter().map(|k| format!("{}\n", k.path)).collect();
        write_synced(&incoming.join(BATCH), names.as_bytes())?;
        let mut waiting = Vec::new();
        for (i, (picture, jpeg)) in kept.iter().zip(jpegs).enumerate() {
            let temporary = incoming.join(format!("{i}.jpg"));
            write_synced(&temporary, jpeg)?;
            waiting.push((temporary, self.dir.join(&picture.path)));
        }
        sync_folder(incoming)?;
        let mut folders = BTreeSet::new();
        for (temporary, place) in &waiting {
            let Some(folder) = place.parent() else { continue };
            if folders.insert(folder.to_owned()) && !folder.exists() {
                fs::create_dir_all(folder).map_err(StoreError::file(folder))?;
                sync_folder(&self.dir.join(PICTURES))?;
            }
            fs::rename(temporary, place).map_err(StoreError::file(place))?;
        }
        folders.iter().try_for_each(|folder| sync_folder(folder))?;
        Ok(kept)
    }

    /// Says that the rows of the last [`PictureFolder::keep`] are committed.
    pub fn committed(&self) -> Result<(), StoreError> {
        remove_if_there(&self.incoming.join(BATCH))
    }
}

/// Removes a file; one that is gone already is fine.
pub(super) fn remove_if_there(path: &Path) -> Result<(), StoreError> {
    match fs::remove_file(path) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(StoreError::file(path)(e)),
        _ => Ok(()),
    }
}

fn write_synced(path: &Path, bytes: &[u8]) -> Result<(), StoreError> {
    let write = || {
        let mut file = File::create(path)?;
        file.write_all(bytes)?;
        file.sync_all()
    };
    write().map_err(StoreError::file(path))
}

fn sync_folder(folder: &Path) -> Result<(), StoreError> {
    File::open(folder).and_then(|f| f.sync_all()).map_err(StoreError::file(folder))
}

//! What can go wrong with a store. Each message names the file and the way out.

use std::path::{Path, PathBuf};

/// A store that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Nothing there.
    #[error("no store in {}: give the folder of a store, or start one with `hanhtrinh run`", .dir.display())]
    Missing {
        /// The folder.
        dir: PathBuf,
    },
    /// It holds passages, and only a new one can be filled.
    #[error("the store in {} holds passages: give a folder that is new, or remove this one first", .dir.display())]
    NotEmpty {
        /// The folder.
        dir: PathBuf,
    },
    /// The folder cannot be written.
    #[error("the store's folder {} cannot be written ({source}): give this user the right to write it, or set \
             another `dir` under [store]", .dir.display())]
    Unwritable {
        /// The folder.
        dir: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// Another program's database.
    #[error("{} is not a store of hanhtrinh: set another `dir` under [store]", .file.display())]
    NotOurs {
        /// The file.
        file: PathBuf,
    },
    /// Written by a later program.
    #[error("{} has version {found}, this program knows versions up to {known}: use the newer hanhtrinh that wrote \
             it", .file.display())]
    Newer {
        /// The file.
        file: PathBuf,
        /// Its version.
        found: i64,
        /// Ours.
        known: i64,
    },
    /// Another run writes.
    #[error("the store in {} is being written by another hanhtrinh (process {pid}): end that one, or set another \
             `dir` under [store]", .dir.display())]
    Locked {
        /// The folder.
        dir: PathBuf,
        /// The process that holds it, `?` where it does not say.
        pid: String,
    },
    /// The file system.
    #[error("{}: {source}{}", .path.display(), room(.source))]
    File {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// SQLite.
    #[error("{}: {source}{}", .file.display(), way_out(.source))]
    Sql {
        /// The database.
        file: PathBuf,
        /// Why.
        source: rusqlite::Error,
    },
    /// The writer has stopped after an error.
    #[error("the store's writer has stopped: {why}")]
    WriterStopped {
        /// The error that stopped it.
        why: String,
    },
    /// Not opened to write.
    #[error("the store in {} was opened to be read only", .dir.display())]
    ReadOnly {
        /// The folder.
        dir: PathBuf,
    },
    /// An answer that could not be written where it goes.
    #[error("the export cannot be written: {source}{}", room(.source))]
    Answer {
        /// Why.
        source: std::io::Error,
    },
    /// A file that is no export, or no whole one.
    #[error("{}: line {line} {why}; make the export again with `hanhtrinh store export`", .file.display())]
    BadExport {
        /// The file.
        file: PathBuf,
        /// Line, from 1.
        line: u64,
        /// What is wrong with it.
        why: String,
    },
    /// Two boxes with cameras of one name.
    #[error("camera `{camera}` is at box {} and at box {}: two cameras of one name would be taken for one; give one of \
             them another name in its box's configuration", .boxes[0], .boxes[1])]
    SameCamera {
        /// The camera.
        camera: String,
        /// The boxes.
        boxes: [String; 2],
    },
    /// A box of another province.
    #[error(
        "the export is by the rules of {theirs}, this store by those of {ours}: what is home there is not home \
             here, so its verdicts cannot be taken over; keep the two in stores of their own"
    )]
    OtherHome {
        /// Their home province.
        theirs: String,
        /// Ours.
        ours: String,
    },
    /// The thread could not be started.
    #[error("the store's writer thread cannot be started ({0}): the machine is out of threads or memory")]
    Thread(std::io::Error),
}

fn room(error: &std::io::Error) -> &'static str {
    match error.kind() {
        std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => {
            ": free some space, or set `max_bytes` under [store]"
        }
        std::io::ErrorKind::PermissionDenied => ": give this user the right to write there",
        _ => "",
    }
}

fn way_out(error: &rusqlite::Error) -> &'static str {
    use rusqlite::ErrorCode;
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => ": free some space, or set `max_bytes` under [store]",
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => ": another program holds it; try again",
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
            ": the file is damaged; bring it back from a backup, or move it away to begin anew"
        }
        Some(ErrorCode::CannotOpen | ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => {
            ": this user needs the right to write the folder, for questions too"
        }
        _ => "",
    }
}

impl StoreError {
    /// Whether this user lacks the right to the database or its folder.
    pub fn is_for_want_of_rights(&self) -> bool {
        use rusqlite::ErrorCode;
        let Self::Sql { source, .. } = self else { return false };
        let code = source.sqlite_error_code();
        matches!(code, Some(ErrorCode::CannotOpen | ErrorCode::ReadOnly | ErrorCode::PermissionDenied))
    }

    /// An answer that could not be written.
    pub(super) fn answer(source: std::io::Error) -> Self {
        Self::Answer { source }
    }

    /// A file system error at this path.
    pub(super) fn file(path: &Path) -> impl FnOnce(std::io::Error) -> Self + '_ {
        move |source| Self::File { path: path.to_owned(), source }
    }

    /// An SQLite error of this database.
    pub(super) fn sql(file: &Path) -> impl Fn(rusqlite::Error) -> Self + '_ {
        move |source| Self::Sql { file: file.to_owned(), source }
    }
}

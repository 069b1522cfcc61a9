//! Opening: the folder, the lock that lets one program write, versions and migrations.

use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io::{Read, Write};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use super::error::StoreError;
use super::{audit, joined, summaries};

/// Name of the database in the store's folder.
pub const DATABASE: &str = "hanhtrinh.db";
/// Name of the folder of pictures in it.
pub const PICTURES: &str = "pictures";
const LOCK: &str = "hanhtrinh.lock";

/// "HTRV" in ASCII, in SQLite's header: tells our databases from others'.
const APPLICATION_ID: i64 = 0x4854_5256;
const SCHEMA: &str = include_str!("schema.sql");

/// One version to the next.
struct Migration {
    sql: &'static str,
    /// What SQL alone cannot do, after it.
    then: Option<fn(&Connection) -> rusqlite::Result<()>>,
}

/// `MIGRATIONS[i]` brings version `i + 1` to version `i + 2`.
const MIGRATIONS: &[Migration] = &[
    Migration { sql: include_str!("migrations/v1_to_v2.sql"), then: None },
    Migration { sql: include_str!("migrations/v2_to_v3.sql"), then: Some(audit::take_over) },
    Migration { sql: include_str!("migrations/v3_to_v4.sql"), then: Some(summaries::rebuild) },
    Migration { sql: include_str!("migrations/v4_to_v5.sql"), then: None },
    Migration { sql: include_str!("migrations/v5_to_v6.sql"), then: None },
    Migration { sql: include_str!("migrations/v6_to_v7.sql"), then: None },
    Migration { sql: include_str!("migrations/v7_to_v8.sql"), then: Some(joined::fill) },
];
/// The version that this program writes.
pub const VERSION: i64 = MIGRATIONS.len() as i64 + 1;

/// How long a question waits for another's write. A batch takes milliseconds.
const BUSY: Duration = Duration::from_secs(5);
/// How long the writer waits for one who asks. A busy store must not end a run.
const WRITER_BUSY: Duration = Duration::from_secs(60);
/// Who runs the program, and their group: passages are personal data.
const FOLDER_MODE: u32 = 0o750;

/// A way that leads through a file leads nowhere; any other failure, such as a lack of rights, says nothing of what is
/// there.
fn not_there(error: std::io::Error) -> std::io::Result<bool> {
    if error.kind() == std::io::ErrorKind::NotADirectory { Ok(false) } else { Err(error) }
}

/// What a store is opened for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OpenMode {
    /// Questions; works beside a program that writes.
    ReadOnly,
    /// Writing into a store that is there. One program at a time.
    ReadWrite,
    /// As `ReadWrite`; folder and store are made where they are missing.
    Create,
}

/// An open store: one folder with a database and pictures. It hands out connections to the other parts of this room;
/// the connections are closed with what holds them.
#[derive(Debug)]
pub struct Store {
    dir: PathBuf,
    /// Held while the store is open to write; the system lets go of it however the program ends.
    lock: Option<File>,
}

impl Store {
    /// Opens the store in the folder `dir`. An older store is brought to the present version first.
    pub fn open(dir: &Path, mode: OpenMode) -> Result<Self, StoreError> {
        let file = dir.join(DATABASE);
        if mode == OpenMode::Create {
            let unwritable = |source| StoreError::Unwritable { dir: dir.to_owned(), source };
            let mut builder = DirBuilder::new();
            builder.recursive(true).mode(FOLDER_MODE).create(dir.join(PICTURES)).map_err(unwritable)?;
        } else if !file.try_exists().or_else(not_there).map_err(StoreError::file(dir))? {
            return Err(StoreError::Missing { dir: dir.to_owned() });
        }
        let lock = if mode == OpenMode::ReadOnly { None } else { Some(take_lock(dir)?) };
        let store = Self { dir: dir.to_owned(), lock };
        if store.lock.is_some() {
            store.prepare(mode == OpenMode::Create)?;
        } else {
            let version = version_of(&store.read()?, &file)?;
            if version < VERSION {
                // Nobody of the present version has written here yet, so nobody holds the lock.
                let _lock = take_lock(dir)?;
                store.prepare(false)?;
            }
        }
        Ok(store)
    }

    /// The folder.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// The database.
    pub fn file(&self) -> PathBuf {
        self.dir.join(DATABASE)
    }

    /// Whether it was opened to write.
    pub fn is_writable(&self) -> bool {
        self.lock.is_some()
    }

    /// A connection that only reads; any number of them, beside a writer.
    pub(super) fn read(&self) -> Result<Connection, StoreError> {
        let file = self.file();
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let db = Connection::open_with_flags(&file, flags).map_err(StoreError::sql(&file))?;
        db.busy_timeout(BUSY).map_err(StoreError::sql(&file))?;
        db.set_prepared_statement_cache_capacity(64);
        Ok(db)
    }

    /// A connection that writes, whoever holds the lock: for the one writer, and for the short writes of questions.
    pub(super) fn write(&self) -> Result<Connection, StoreError> {
        let file = self.file();
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let db = Connection::open_with_flags(&file, flags).map_err(StoreError::sql(&file))?;
        let busy = if self.is_writable() { WRITER_BUSY } else { BUSY };
        configure(&db, busy).map_err(StoreError::sql(&file))?;
        Ok(db)
    }

    fn prepare(&self, create: bool) -> Result<(), StoreError> {
        let file = self.file();
        if create && !file.exists() {
            let made = OpenOptions::new().write(true).create_new(true).open(&file);
            made.map_err(|source| StoreError::Unwritable { dir: self.dir.clone(), source })?;
        }
        // Looked at through a reading connection first: a database that is not ours is left as it is.
        let looked = self.read()?;
        let empty = looked.query_row("SELECT count(*) = 0 FROM sqlite_schema", [], |row| row.get(0));
        if create && matches!(empty, Ok(true)) {
            drop(looked);
            return initialise(&mut self.write()?).map_err(StoreError::sql(&file));
        }
        let found = version_of(&looked, &file)?;
        drop(looked);
        upgrade(&mut self.write()?, found).map_err(StoreError::sql(&file))
    }
}

fn configure(db: &Connection, busy: Duration) -> rusqlite::Result<()> {
    db.busy_timeout(busy)?;
    // FULL syncs the log at every commit: what a flush has answered for survives a power cut.
    db.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;")?;
    db.set_prepared_statement_cache_capacity(64);
    Ok(())
}

fn initialise(db: &mut Connection) -> rusqlite::Result<()> {
    let tx = db.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    tx.execute_batch(SCHEMA)?;
    tx.pragma_update(None, "application_id", APPLICATION_ID)?;
    tx.pragma_update(None, "user_version", VERSION)?;
    tx.commit()
}

/// The version of a store of ours; any other database is refused.
fn version_of(db: &Connection, file: &Path) -> Result<i64, StoreError> {
    let pragma = |name| db.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
    let not_ours = || StoreError::NotOurs { file: file.to_owned() };
    let id = match pragma("application_id") {
        Err(e) if e.sqlite_error_code() == Some(rusqlite::ErrorCode::NotADatabase) => return Err(not_ours()),
        other => other.map_err(StoreError::sql(file))?,
    };
    let version = pragma("user_version").map_err(StoreError::sql(file))?;
    if id != APPLICATION_ID || version < 1 {
        return Err(not_ours());
    }
    if version > VERSION {
        return Err(StoreError::Newer { file: file.to_owned(), found: version, known: VERSION });
    }
    Ok(version)
}

/// Runs the migrations from version `found` on, all in one transaction: a store is never left between versions.
fn upgrade(db: &mut Connection, found: i64) -> rusqlite::Result<()> {
    if found == VERSION {
        return Ok(());
    }
    let tx = db.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    for step in MIGRATIONS.iter().skip(usize::try_from(found - 1).unwrap_or(0)) {
        tx.execute_batch(step.sql)?;
        if let Some(then) = step.then {
            then(&tx)?;
        }
    }
    tx.pragma_update(None, "user_version", VERSION)?;
    tx.commit()
}

fn take_lock(dir: &Path) -> Result<File, StoreError> {
    let path = dir.join(LOCK);
    let opened = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path);
    let mut file = opened.map_err(|source| StoreError::Unwritable { dir: dir.to_owned(), source })?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            let mut pid = String::new();
            let _ = file.read_to_string(&mut pid);
            let pid = if pid.trim().is_empty() { "?".to_owned() } else { pid.trim().to_owned() };
            return Err(StoreError::Locked { dir: dir.to_owned(), pid });
        }
        Err(TryLockError::Error(source)) => return Err(StoreError::File { path, source }),
    }
    let told = file.set_len(0).and_then(|()| writeln!(file, "{}", std::process::id()));
    told.map_err(|source| StoreError::Unwritable { dir: dir.to_owned(), source })?;
    Ok(file)
}

//! Filling a new store at once, for measurements at size: rows first, then indices, triggers and what triggers keep. Not
//! for records: what a power cut leaves of it is no store.

use std::path::PathBuf;

use jiff::Timestamp;
use rusqlite::Connection;

use super::error::StoreError;
use super::facts::SettingsUsed;
use super::open::Store;
use super::{joined, rows, summaries};
use crate::domain::journey::Journey;
use crate::domain::passage::Passage;

/// Rows in one transaction.
const CHUNK: u64 = 100_000;

/// What was filled in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct BulkCounts {
    /// Passages.
    pub passages: u64,
    /// Journeys.
    pub journeys: u64,
    /// Bytes of the database.
    pub bytes: u64,
}

/// A new store in the filling.
#[derive(Debug)]
pub struct BulkLoad {
    file: PathBuf,
    db: Connection,
    /// What was taken away and is made again at the end, in SQL.
    later: Vec<String>,
    counts: BulkCounts,
    in_chunk: u64,
}

impl BulkLoad {
    /// Begins. The store must be open to write and hold no passages.
    pub fn start(store: &Store) -> Result<Self, StoreError> {
        let file = store.file();
        let db = store.write()?;
        let begin = || -> rusqlite::Result<Option<Vec<String>>> {
            if db.query_row("SELECT EXISTS (SELECT 1 FROM passages)", [], |row| row.get(0))? {
                return Ok(None);
            }
            db.execute_batch(
                "PRAGMA foreign_keys = OFF; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; \
                 PRAGMA cache_size = -4000000; PRAGMA threads = 2;",
            )?;
            let mut later = Vec::new();
            let made: Vec<(String, String, String)> = db
                .prepare(
                    "SELECT type, name, sql FROM sqlite_schema WHERE type IN ('index', 'trigger') \
                     AND sql IS NOT NULL AND tbl_name IN ('passages', 'journeys', 'legs', 'unsure', 'unsure_names') ORDER BY type",
                )?
                .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
                .collect::<rusqlite::Result<_>>()?;
            for (kind, name, sql) in made {
                db.execute_batch(&format!("DROP {kind} {name}"))?;
                later.push(sql);
            }
            db.execute_batch("BEGIN")?;
            Ok(Some(later))
        };
        match begin().map_err(StoreError::sql(&file))? {
            Some(later) => Ok(Self { file, db, later, counts: BulkCounts::default(), in_chunk: 0 }),
            None => Err(StoreError::NotEmpty { dir: store.dir().to_owned() }),
        }
    }

    fn wrote(&mut self) -> Result<(), StoreError> {
        self.in_chunk += 1;
        if self.in_chunk >= CHUNK {
            self.in_chunk = 0;
            self.db.execute_batch("COMMIT; BEGIN").map_err(StoreError::sql(&self.file))?;
        }
        Ok(())
    }

    /// Adds a passage whose name is new.
    pub fn passage(&mut self, passage: &Passage, recorded_at: Timestamp) -> Result<(), StoreError> {
        rows::put_passage(&self.db, passage, recorded_at).map_err(StoreError::sql(&self.file))?;
        self.counts.passages += 1;
        self.wrote()
    }

    /// Adds a journey of passages that are there.
    pub fn journey(&mut self, journey: &Journey) -> Result<(), StoreError> {
        rows::put_journey(&self.db, journey).map_err(StoreError::sql(&self.file))?;
        self.counts.journeys += 1;
        self.wrote()
    }

    /// Makes everything that a store has beside the rows, and closes.
    pub fn finish(self, settings: &SettingsUsed, now: Timestamp) -> Result<BulkCounts, StoreError> {
        let end = || -> rusqlite::Result<u64> {
            joined::fill(&self.db)?;
            self.db.execute_batch("COMMIT")?;
            for sql in &self.later {
                self.db.execute_batch(sql)?;
            }
            self.db.execute_batch("BEGIN")?;
            summaries::rebuild(&self.db)?;
            self.db.execute(
                "INSERT OR REPLACE INTO settings (id, saved_at, body) VALUES (1, ?1, ?2)",
                rusqlite::params![now.as_microsecond(), rows::to_json(settings)?],
            )?;
            self.db.execute_batch("COMMIT; PRAGMA journal_mode = WAL;")?;
            let pages: i64 = self.db.pragma_query_value(None, "page_count", |row| row.get(0))?;
            let page: i64 = self.db.pragma_query_value(None, "page_size", |row| row.get(0))?;
            Ok((pages * page).max(0) as u64)
        };
        let bytes = end().map_err(StoreError::sql(&self.file))?;
        Ok(BulkCounts { bytes, ..self.counts })
    }
}

//! The audit: every question about a plate is on disk, with who asks and why, before its answer is shown. Rows can
//! only be added.

use std::path::PathBuf;

use jiff::Timestamp;
use rusqlite::{Connection, params};

use super::error::StoreError;
use super::open::Store;
use super::rows;

/// A question on record, waiting for its answer.
#[derive(Debug)]
pub struct Question {
    file: PathBuf,
    db: Connection,
    number: i64,
}

/// A question as recorded.
#[derive(Debug, Clone, PartialEq)]
pub struct AskedQuestion {
    /// Counts up from 1.
    pub number: i64,
    /// When.
    pub at: Timestamp,
    /// Login of the real user.
    pub who: String,
    /// Why.
    pub purpose: String,
    /// Verb of the program.
    pub verb: String,
    /// What was asked.
    pub query: String,
    /// Results shown; `None` where the program ended before it answered.
    pub results: Option<u64>,
}

/// Puts a question on record; it is on disk when this returns. Works beside a program that writes. An empty `purpose`
/// is refused by the store.
pub fn record_question(
    store: &Store,
    at: Timestamp,
    who: &str,
    purpose: &str,
    verb: &str,
    query: &str,
) -> Result<Question, StoreError> {
    let file = store.file();
    let db = store.write()?;
    let number = db
        .query_row(
            "INSERT INTO questions (at, who, purpose, verb, query) VALUES (?1, ?2, ?3, ?4, ?5) RETURNING number",
            params![at.as_microsecond(), who, purpose, verb, query],
            |row| row.get(0),
        )
        .map_err(StoreError::sql(&file))?;
    Ok(Question { file, db, number })
}

impl Question {
    /// Puts on record how many results the answer has.
    pub fn answered(self, at: Timestamp, results: usize) -> Result<(), StoreError> {
        self.db
            .execute(
                "INSERT INTO answers (question, at, results) VALUES (?1, ?2, ?3)",
                params![self.number, at.as_microsecond(), results as i64],
            )
            .map_err(StoreError::sql(&self.file))?;
        Ok(())
    }
}

/// The questions on record, latest first.
pub fn questions(store: &Store, limit: usize) -> Result<Vec<AskedQuestion>, StoreError> {
    list(&store.read()?, limit).map_err(StoreError::sql(&store.file()))
}

fn list(db: &Connection, limit: usize) -> rusqlite::Result<Vec<AskedQuestion>> {
    db.prepare(
        "SELECT q.number, q.at, q.who, q.purpose, q.verb, q.query, a.results \
         FROM questions q LEFT JOIN answers a ON a.question = q.number ORDER BY q.number DESC LIMIT ?1",
    )?
    .query_map([limit as i64], |row| {
        Ok(AskedQuestion {
            number: row.get(0)?,
            at: rows::time(row, 1)?,
            who: row.get(2)?,
            purpose: row.get(3)?,
            verb: row.get(4)?,
            query: row.get(5)?,
            results: row.get::<_, Option<i64>>(6)?.map(|n| n as u64),
        })
    })?
    .collect()
}

//! The audit: every question about a plate is on disk, with who asks and why, before its answer is shown. Rows can
//! only be added.

use std::path::PathBuf;

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};
use sha2::{Digest, Sha256};

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
    let mut db = store.write()?;
    let mut write = || {
        // Immediate: between reading the last link and writing the next nobody else can write.
        let tx = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let (last, before): (i64, Option<Vec<u8>>) = tx
            .query_row("SELECT number, chain FROM questions ORDER BY number DESC LIMIT 1", [], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })
            .optional()?
            .unwrap_or_default();
        let number = last + 1;
        let link =
            link(&before.unwrap_or_default(), number, at.as_microsecond(), [who, purpose, verb, query]);
        tx.execute(
            "INSERT INTO questions (number, at, who, purpose, verb, query, chain) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            params![number, at.as_microsecond(), who, purpose, verb, query, link],
        )?;
        tx.commit()?;
        Ok(number)
    };
    let number = write().map_err(StoreError::sql(&file))?;
    Ok(Question { file, db, number })
}

/// A link of the chain: SHA-256 over the link before and all that the row says, each text led by its length, so that
/// nothing can be moved from one to the next.
fn link(before: &[u8], number: i64, at: i64, texts: [&str; 4]) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(before);
    hash.update(number.to_le_bytes());
    hash.update(at.to_le_bytes());
    for text in texts {
        hash.update((text.len() as u64).to_le_bytes());
        hash.update(text.as_bytes());
    }
    hash.finalize().into()
}

/// The first question that is not what was recorded, by the chain; `None` where all are. Those of version 1 have no
/// link and are passed over.
pub(super) fn broken_link(db: &Connection) -> rusqlite::Result<Option<i64>> {
    let mut query =
        db.prepare("SELECT number, at, who, purpose, verb, query, chain FROM questions ORDER BY number")?;
    let mut found = query.query([])?;
    let mut before: Vec<u8> = Vec::new();
    let mut chained = false;
    let mut expected = None;
    while let Some(row) = found.next()? {
        let (number, chain): (i64, Option<Vec<u8>>) = (row.get(0)?, row.get(6)?);
        let text = |i: usize| -> rusqlite::Result<&str> { Ok(row.get_ref(i)?.as_str()?) };
        let texts = [text(2)?, text(3)?, text(4)?, text(5)?];
        let right = match &chain {
            Some(chain) => *chain == link(&before, number, row.get(1)?, texts),
            None => !chained,
        };
        if !right || expected.is_some_and(|e| e != number) {
            return Ok(Some(number));
        }
        chained |= chain.is_some();
        before = chain.unwrap_or_default();
        expected = Some(number + 1);
    }
    Ok(None)
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

//! The audit: who did what with personal data, when and why. A question about a plate is on disk before its answer is
//! shown; a correction, a change of the watch list, an export or an import in the transaction that does it.
//!
//! Rows can only be added, and each holds the hash of the row before it: whoever changes one has to change all that
//! follow. Those who write down number and hash of the last row elsewhere can tell even that.

use std::path::PathBuf;

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::error::StoreError;
use super::open::Store;
use super::query::Reader;
use super::rows;
use crate::domain::time::local;

/// What a row of the audit is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Deed {
    /// A question about a plate.
    Question,
    /// How many results a question had.
    Answer,
    /// A person read a plate otherwise than the program.
    Correction,
    /// The watch list was changed.
    Watch,
    /// Passages left this store.
    Export,
    /// Passages of another box came in.
    Import,
    /// An older store was brought to the present version.
    Upgrade,
}

impl Deed {
    /// The word in JSON and in the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Question => "question",
            Self::Answer => "answer",
            Self::Correction => "correction",
            Self::Watch => "watch",
            Self::Export => "export",
            Self::Import => "import",
            Self::Upgrade => "upgrade",
        }
    }
}

/// A row of the audit.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AuditRow {
    /// Counts up from 1 without a gap.
    pub number: i64,
    /// When.
    #[serde(with = "local")]
    pub at: Timestamp,
    /// Login of the real user.
    pub who: String,
    /// What it is about.
    pub what: Deed,
    /// Verb of the program.
    pub verb: String,
    /// What was asked or done.
    pub query: String,
    /// Why; empty only where nobody has to say.
    pub purpose: String,
    /// Of an answer: its question.
    pub about: Option<i64>,
    /// Of an answer: how many results were shown.
    pub results: Option<i64>,
    /// SHA-256 of this row and the one before, hexadecimal.
    pub hash: String,
}

/// Which rows of the audit are asked for; `None` asks for all.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct AuditFilter {
    /// At this time or later.
    pub from: Option<Timestamp>,
    /// Before this time.
    pub to: Option<Timestamp>,
    /// Login.
    pub who: Option<String>,
    /// So many at most, the latest.
    pub limit: Option<usize>,
}

/// What is put on record.
pub(super) struct Entry<'a> {
    pub at: Timestamp,
    pub who: &'a str,
    pub what: Deed,
    pub verb: &'a str,
    pub query: &'a str,
    pub purpose: &'a str,
    pub about: Option<i64>,
    pub results: Option<i64>,
}

/// Adds a row, within a transaction that was begun to write: nobody else may write between reading the last hash and
/// writing the next. Gives its number.
pub(super) fn append(tx: &Connection, entry: &Entry<'_>) -> rusqlite::Result<i64> {
    let last: Option<(i64, [u8; 32])> = tx
        .prepare_cached("SELECT number, hash FROM audit ORDER BY number DESC LIMIT 1")?
        .query_row([], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let (last, before) = last.unwrap_or((0, [0; 32]));
    let number = last + 1;
    let texts = [entry.who, entry.what.as_str(), entry.verb, entry.query, entry.purpose];
    let hash =
        link(&before, [Some(number), Some(entry.at.as_microsecond()), entry.about, entry.results], texts);
    tx.prepare_cached(
        "INSERT INTO audit (number, at, who, what, verb, query, purpose, about, results, before, hash) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
    )?
    .execute(params![
        number,
        entry.at.as_microsecond(),
        entry.who,
        entry.what.as_str(),
        entry.verb,
        entry.query,
        entry.purpose,
        entry.about,
        entry.results,
        before,
        hash,
    ])?;
    Ok(number)
}

/// SHA-256 over the hash before and all that the row says. Each number is led by whether it is there, each text by its
/// length, so that nothing can be moved from one to the next.
fn link(before: &[u8; 32], numbers: [Option<i64>; 4], texts: [&str; 5]) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(before);
    for number in numbers {
        hash.update([u8::from(number.is_some())]);
        hash.update(number.unwrap_or_default().to_le_bytes());
    }
    for text in texts {
        hash.update((text.len() as u64).to_le_bytes());
        hash.update(text.as_bytes());
    }
    hash.finalize().into()
}

/// Where the chain does not hold: the first row that is not what was recorded, or that does not follow on the one
/// before; `None` where all hold. A row that was changed together with its own hash shows in the one after it.
pub(super) fn broken_link(db: &Connection) -> rusqlite::Result<Option<i64>> {
    let mut query = db.prepare(
        "SELECT number, at, about, results, who, what, verb, query, purpose, before, hash FROM audit ORDER BY number",
    )?;
    let mut found = query.query([])?;
    let (mut last, mut before) = (0, [0; 32]);
    while let Some(row) = found.next()? {
        let number: i64 = row.get(0)?;
        let text = |i: usize| -> rusqlite::Result<&str> { Ok(row.get_ref(i)?.as_str()?) };
        let texts = [text(4)?, text(5)?, text(6)?, text(7)?, text(8)?];
        let (held, hash): ([u8; 32], [u8; 32]) = (row.get(9)?, row.get(10)?);
        let numbers = [Some(number), Some(row.get(1)?), row.get(2)?, row.get(3)?];
        if number != last + 1 || held != before || hash != link(&before, numbers, texts) {
            return Ok(Some(number));
        }
        (last, before) = (number, hash);
    }
    Ok(None)
}

/// The question of an older version at or before which its own chain was broken already when it was taken over.
pub(super) fn broken_before_upgrade(db: &Connection) -> rusqlite::Result<Option<i64>> {
    db.query_row(
        "SELECT results FROM audit WHERE what = 'upgrade' AND results IS NOT NULL LIMIT 1",
        [],
        |row| row.get(0),
    )
    .optional()
}

/// From version 2 to 3: takes the questions over, each with its answer behind it, and says whether their chain held.
pub(super) fn take_over(tx: &Connection) -> rusqlite::Result<()> {
    let broken = broken_link_of_version_2(tx)?;
    let mut query = tx.prepare(
        "SELECT q.at, q.who, q.verb, q.query, q.purpose, a.at, a.results \
         FROM questions q LEFT JOIN answers a ON a.question = q.number ORDER BY q.number",
    )?;
    let mut found = query.query([])?;
    let (mut questions, mut last) = (0, Timestamp::UNIX_EPOCH);
    while let Some(row) = found.next()? {
        let text = |i: usize| -> rusqlite::Result<&str> { Ok(row.get_ref(i)?.as_str()?) };
        let (at, answered) = (rows::time(row, 0)?, rows::time_option(row, 5)?);
        let question = Entry {
            at,
            who: text(1)?,
            what: Deed::Question,
            verb: text(2)?,
            query: text(3)?,
            purpose: text(4)?,
            about: None,
            results: None,
        };
        let number = append(tx, &question)?;
        if let Some(at) = answered {
            append(tx, &answer(at, question.who, question.verb, number, row.get(6)?))?;
        }
        questions += 1;
        last = last.max(at);
    }
    drop(found);
    drop(query);
    if questions > 0 {
        let said = match broken {
            None => format!("{questions} questions of version 2 taken over: their chain was whole"),
            Some(n) => {
                format!("{questions} questions of version 2 taken over: changed at or before question {n}")
            }
        };
        let entry = Entry {
            at: last,
            who: "hanhtrinh",
            what: Deed::Upgrade,
            verb: "",
            query: &said,
            purpose: "",
            about: None,
            results: broken,
        };
        append(tx, &entry)?;
    }
    tx.execute_batch("DROP TABLE answers; DROP TABLE questions;")
}

/// Version 2 hashed questions alone, and those of version 1 not at all.
fn broken_link_of_version_2(db: &Connection) -> rusqlite::Result<Option<i64>> {
    let mut query =
        db.prepare("SELECT number, at, who, purpose, verb, query, chain FROM questions ORDER BY number")?;
    let mut found = query.query([])?;
    let mut before: Vec<u8> = Vec::new();
    let mut chained = false;
    let mut expected = None;
    while let Some(row) = found.next()? {
        let (number, at, chain): (i64, i64, Option<Vec<u8>>) = (row.get(0)?, row.get(1)?, row.get(6)?);
        let mut hash = Sha256::new();
        hash.update(&before);
        hash.update(number.to_le_bytes());
        hash.update(at.to_le_bytes());
        for i in 2..6 {
            let text = row.get_ref(i)?.as_str()?;
            hash.update((text.len() as u64).to_le_bytes());
            hash.update(text.as_bytes());
        }
        let right = match &chain {
            Some(chain) => chain.as_slice() == hash.finalize().as_slice(),
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

fn answer<'a>(at: Timestamp, who: &'a str, verb: &'a str, question: i64, results: i64) -> Entry<'a> {
    Entry {
        at,
        who,
        what: Deed::Answer,
        verb,
        query: "",
        purpose: "",
        about: Some(question),
        results: Some(results),
    }
}

/// A question on record, waiting for its answer.
#[derive(Debug)]
pub struct Question {
    file: PathBuf,
    db: Connection,
    number: i64,
    who: String,
    verb: String,
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
    let what = Deed::Question;
    let entry = Entry { at, who, what, verb, query, purpose, about: None, results: None };
    let number = append_alone(&mut db, &entry).map_err(StoreError::sql(&file))?;
    Ok(Question { file, db, number, who: who.to_owned(), verb: verb.to_owned() })
}

fn append_alone(db: &mut Connection, entry: &Entry<'_>) -> rusqlite::Result<i64> {
    let tx = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let number = append(&tx, entry)?;
    tx.commit()?;
    Ok(number)
}

impl Question {
    /// Puts on record how many results the answer has.
    pub fn answered(mut self, at: Timestamp, results: usize) -> Result<(), StoreError> {
        let results = i64::try_from(results).unwrap_or(i64::MAX);
        append_alone(&mut self.db, &answer(at, &self.who, &self.verb, self.number, results))
            .map_err(StoreError::sql(&self.file))?;
        Ok(())
    }
}

impl Reader {
    /// The audit, oldest first.
    pub fn audit(&self, filter: &AuditFilter) -> Result<Vec<AuditRow>, StoreError> {
        let from = filter.from.map_or(i64::MIN, |t| t.as_microsecond());
        let to = filter.to.map_or(i64::MAX, |t| t.as_microsecond());
        let limit = filter.limit.map_or(-1, |n| i64::try_from(n).unwrap_or(i64::MAX));
        self.ask(|db| {
            let mut found: Vec<AuditRow> = match &filter.who {
                Some(who) => db
                    .prepare_cached(AUDIT_BY_PERSON_SQL)?
                    .query_map(params![from, to, limit, who], row)?
                    .collect::<rusqlite::Result<_>>()?,
                None => db
                    .prepare_cached(AUDIT_SQL)?
                    .query_map(params![from, to, limit], row)?
                    .collect::<rusqlite::Result<_>>()?,
            };
            found.sort_by_key(|r| r.number);
            Ok(found)
        })
    }
}

pub(super) const AUDIT_SQL: &str = "SELECT number, at, who, what, verb, query, purpose, about, results, hash FROM audit \
    WHERE at >= ?1 AND at < ?2 ORDER BY at DESC, number DESC LIMIT ?3";
pub(super) const AUDIT_BY_PERSON_SQL: &str = "SELECT number, at, who, what, verb, query, purpose, about, results, hash \
    FROM audit WHERE who = ?4 AND at >= ?1 AND at < ?2 ORDER BY at DESC, number DESC LIMIT ?3";

fn row(row: &rusqlite::Row<'_>) -> rusqlite::Result<AuditRow> {
    let hash: [u8; 32] = row.get(9)?;
    Ok(AuditRow {
        number: row.get(0)?,
        at: rows::time(row, 1)?,
        who: row.get(2)?,
        what: rows::word(row, 3)?,
        verb: row.get(4)?,
        query: row.get(5)?,
        purpose: row.get(6)?,
        about: row.get(7)?,
        results: row.get(8)?,
        hash: hash.iter().map(|b| format!("{b:02x}")).collect(),
    })
}

//! The outbox: events that wait for a target. Made with the event, done only when the target has it: a program that is
//! killed in between delivers again.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use rusqlite::{Connection, Transaction, params};

use super::error::StoreError;
use super::open::{OpenMode, Store};
use super::rows;
use crate::domain::watch::AlertEvent;

/// An event that is due at a target.
#[derive(Debug, Clone, PartialEq)]
pub struct Due {
    /// Its number.
    pub number: i64,
    /// Attempts that have failed.
    pub attempts: u32,
    /// The event.
    pub event: AlertEvent,
}

/// The outbox of one target: a connection of its own, beside the writer's.
#[derive(Debug)]
pub struct Outbox {
    target: String,
    file: PathBuf,
    db: Connection,
}

impl Outbox {
    /// The outbox of `target` in the store at `dir`.
    pub fn open(dir: &Path, target: &str) -> Result<Self, StoreError> {
        let store = Store::open(dir, OpenMode::ReadOnly)?;
        Ok(Self { target: target.to_owned(), file: store.file(), db: store.write()? })
    }

    /// What is due at `now`, oldest first.
    pub fn due(&self, now: Timestamp, limit: usize) -> Result<Vec<Due>, StoreError> {
        self.ask(|db| {
            db.prepare_cached(DUE_SQL)?
                .query_map(params![self.target, now.as_microsecond(), limit as i64], |row| {
                    Ok(Due { number: row.get(0)?, attempts: row.get(1)?, event: rows::json(row, 2)? })
                })?
                .collect()
        })
    }

    /// When the next one is due; `None` where nothing waits.
    pub fn next_due(&self) -> Result<Option<Timestamp>, StoreError> {
        self.ask(|db| {
            db.prepare_cached("SELECT min(due_at) FROM deliveries WHERE target = ?1 AND due_at IS NOT NULL")?
                .query_row([&self.target], |row| rows::time_option(row, 0))
        })
    }

    /// The target has it.
    pub fn delivered(&self, number: i64, at: Timestamp) -> Result<(), StoreError> {
        self.ask(|db| {
            db.prepare_cached(
                "UPDATE deliveries SET due_at = NULL, done_at = ?3, error = NULL WHERE target = ?1 AND event = ?2",
            )?
            .execute(params![self.target, number, at.as_microsecond()])
            .map(|_| ())
        })
    }

    /// The target could not be reached, or refused it; it is tried again at `due`.
    pub fn failed(&self, number: i64, error: &str, due: Timestamp) -> Result<(), StoreError> {
        self.ask(|db| {
            db.prepare_cached(
                "UPDATE deliveries SET attempts = attempts + 1, error = ?3, due_at = ?4 \
                 WHERE target = ?1 AND event = ?2 AND due_at IS NOT NULL",
            )?
            .execute(params![self.target, number, error, due.as_microsecond()])
            .map(|_| ())
        })
    }

    fn ask<T>(&self, question: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T, StoreError> {
        question(&self.db).map_err(StoreError::sql(&self.file))
    }
}

pub(super) const DUE_SQL: &str = "SELECT d.event, d.attempts, e.body FROM deliveries d \
    JOIN alert_events e ON e.number = d.event \
    WHERE d.target = ?1 AND d.due_at IS NOT NULL AND d.due_at <= ?2 ORDER BY d.due_at, d.event LIMIT ?3";

/// The targets of the configuration. What waits for one that is no longer there is dropped; a new one gets what happens
/// from now on.
pub(super) fn put_targets(tx: &Transaction<'_>, names: &[String]) -> rusqlite::Result<()> {
    tx.execute("DELETE FROM alert_targets", [])?;
    for name in names {
        tx.execute("INSERT OR IGNORE INTO alert_targets (name) VALUES (?1)", [name])?;
    }
    tx.execute(
        "DELETE FROM deliveries WHERE due_at IS NOT NULL AND target NOT IN (SELECT name FROM alert_targets)",
        [],
    )?;
    Ok(())
}

//! The watch list: short writes beside a program that writes, each with its row in the audit.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, TransactionBehavior, params};

use super::audit::{self, Deed};
use super::error::StoreError;
use super::open::Store;
use super::query::Reader;
use super::rows;
use crate::domain::watch::{Wanted, WatchEntry, WatchHow};

/// What became of a wanted entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WatchPut {
    /// It is new.
    Added,
    /// It was there, with another reason or end.
    Changed,
    /// It was there as it is.
    Known,
}

pub(super) const ENTRY: &str =
    "id, how, plate, plate_kind, reason, added_at, added_by, expires_at, removed_at, removed_by";

/// The entry of a row of [`ENTRY`].
pub(super) fn entry(row: &Row<'_>) -> rusqlite::Result<WatchEntry> {
    Ok(WatchEntry {
        id: row.get(0)?,
        how: rows::word(row, 1)?,
        plate: row.get(2)?,
        plate_kind: rows::word_option(row, 3)?,
        reason: row.get(4)?,
        added_at: rows::time(row, 5)?,
        added_by: row.get(6)?,
        expires_at: rows::time_option(row, 7)?,
        removed_at: rows::time_option(row, 8)?,
        removed_by: row.get(9)?,
    })
}

/// The entry of that number, live or not.
pub(super) fn by_id(db: &Connection, id: i64) -> rusqlite::Result<Option<WatchEntry>> {
    db.prepare_cached(&format!("SELECT {ENTRY} FROM watch WHERE id = ?1"))?.query_row([id], entry).optional()
}

/// Entries that are found by the text itself, not taken off.
pub(super) fn exact(db: &Connection, folded: &str) -> rusqlite::Result<Vec<WatchEntry>> {
    db.prepare_cached(&format!(
        "SELECT {ENTRY} FROM watch WHERE removed_at IS NULL AND plate = ?1 AND how = 'exact'"
    ))?
    .query_map([folded], entry)?
    .collect()
}

/// Entries that each passage is compared with, not taken off.
pub(super) fn inexact(db: &Connection, how: WatchHow) -> rusqlite::Result<Vec<WatchEntry>> {
    db.prepare_cached(&format!(
        "SELECT {ENTRY} FROM watch WHERE removed_at IS NULL AND how <> 'exact' AND how = ?1"
    ))?
    .query_map([how.as_str()], entry)?
    .collect()
}

/// Puts entries on the list, all or none. One that is on it already, by way, plate and kind, takes the new reason and end.
pub fn put_on_watch(
    store: &Store,
    wanted: &[Wanted],
    who: &str,
    at: Timestamp,
) -> Result<Vec<(WatchEntry, WatchPut)>, StoreError> {
    let file = store.file();
    let mut db = store.write()?;
    let mut write = || {
        let tx = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let done = wanted.iter().map(|w| put(&tx, w, who, at)).collect::<rusqlite::Result<Vec<_>>>()?;
        tx.commit()?;
        Ok(done)
    };
    write().map_err(StoreError::sql(&file))
}

fn put(
    tx: &Connection,
    wanted: &Wanted,
    who: &str,
    at: Timestamp,
) -> rusqlite::Result<(WatchEntry, WatchPut)> {
    let kind = wanted.plate_kind.map(|k| k.as_str());
    let known: Option<WatchEntry> = tx
        .prepare_cached(&format!(
            "SELECT {ENTRY} FROM watch WHERE removed_at IS NULL AND plate = ?1 AND how = ?2 AND plate_kind IS ?3"
        ))?
        .query_row(params![wanted.plate, wanted.how.as_str(), kind], entry)
        .optional()?;
    let expires = wanted.expires_at.map(|t| t.as_microsecond());
    let (id, done) = match known {
        Some(k) if k.reason == wanted.reason && rows::micros(k.expires_at) == expires => {
            return Ok((k, WatchPut::Known));
        }
        Some(k) => {
            tx.prepare_cached("UPDATE watch SET reason = ?2, expires_at = ?3 WHERE id = ?1")?
                .execute(params![k.id, wanted.reason, expires])?;
            (k.id, WatchPut::Changed)
        }
        None => {
            let id = tx
                .prepare_cached(
                    "INSERT INTO watch (how, plate, plate_kind, reason, added_at, added_by, expires_at) \
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) RETURNING id",
                )?
                .query_row(
                    params![
                        wanted.how.as_str(),
                        wanted.plate,
                        kind,
                        wanted.reason,
                        at.as_microsecond(),
                        who,
                        expires
                    ],
                    |row| row.get(0),
                )?;
            (id, WatchPut::Added)
        }
    };
    let entry = by_id(tx, id)?.ok_or(rusqlite::Error::QueryReturnedNoRows)?;
    record(tx, "watch add", &entry, &entry.reason, who, at)?;
    Ok((entry, done))
}

/// Takes entries off the list. Those that are not on it are passed over; gives those that were.
pub fn take_off_watch(
    store: &Store,
    ids: &[i64],
    who: &str,
    at: Timestamp,
) -> Result<Vec<WatchEntry>, StoreError> {
    let file = store.file();
    let mut db = store.write()?;
    let mut write = || {
        let tx = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut done = Vec::new();
        for id in ids {
            let taken = tx
                .prepare_cached(
                    "UPDATE watch SET removed_at = ?2, removed_by = ?3 WHERE id = ?1 AND removed_at IS NULL",
                )?
                .execute(params![id, at.as_microsecond(), who])?;
            if let (1, Some(entry)) = (taken, by_id(&tx, *id)?) {
                record(&tx, "watch rm", &entry, &entry.reason, who, at)?;
                done.push(entry);
            }
        }
        tx.commit()?;
        Ok(done)
    };
    write().map_err(StoreError::sql(&file))
}

fn record(
    tx: &Connection,
    verb: &str,
    entry: &WatchEntry,
    purpose: &str,
    who: &str,
    at: Timestamp,
) -> rusqlite::Result<()> {
    let kind = entry.plate_kind.map(|k| format!("{}:", k.as_str())).unwrap_or_default();
    let query = format!("{} {} {kind}{}", entry.id, entry.how.as_str(), entry.plate);
    let row =
        audit::Entry { at, who, what: Deed::Watch, verb, query: &query, purpose, about: None, results: None };
    audit::append(tx, &row).map(|_| ())
}

impl Reader {
    /// The watch list by number: what is live at `now`, or all that is still known.
    pub fn watch_list(&self, now: Timestamp, all: bool) -> Result<Vec<WatchEntry>, StoreError> {
        self.ask(|db| {
            let found = db
                .prepare_cached(&format!("SELECT {ENTRY} FROM watch ORDER BY id"))?
                .query_map([], entry)?
                .collect::<rusqlite::Result<Vec<_>>>()?;
            Ok(found.into_iter().filter(|e| all || e.is_live(now)).collect())
        })
    }
}

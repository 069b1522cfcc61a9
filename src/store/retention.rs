//! Retention: rows and pictures go after `keep_days`, the oldest pictures go where the disk quota is reached. Each
//! removal is on record in `deletions`. The work is done in small steps between the writer's batches.
//!
//! A file is removed after the commit that takes its row away: until then its path waits in `files_to_remove`, which a
//! killed program leaves behind for the next one.

use std::path::Path;

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior, params};

use super::apply::{self, Hands, rejoin};
use super::error::StoreError;
use super::joined::{self, News};
use super::pictures::remove_if_there;
use super::rows;
use crate::domain::passage::Passage;

/// Rows that one step removes at most: some 10 ms of the writer's time.
const STEP: usize = 200;

/// How long and how much is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetentionRules {
    /// Passages, with all that is made of them, go when they are older than this many days; `None`: never.
    pub keep_days: Option<u32>,
    /// Pictures and database together; above it the oldest pictures go. `None`: as much as there is. The database alone
    /// is not cut by it: `keep_days` does that.
    pub max_bytes: Option<u64>,
}

/// What was removed, for the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deletion {
    /// `passages`, `undated passages`, `pictures` or `cancelled passages`.
    pub what: &'static str,
    /// How many.
    pub count: u64,
    /// Bytes of pictures that went with them.
    pub bytes: u64,
    /// Why, in words.
    pub why: String,
    /// Those removed are older than this.
    pub until: Timestamp,
}

impl Deletion {
    /// Adds a further step of the same kind.
    pub(super) fn join(&mut self, step: &Self) {
        self.count += step.count;
        self.bytes += step.bytes;
        self.until = self.until.max(step.until);
    }
}

/// Does one step. `None`: there is nothing left to do.
pub(super) fn step(
    dir: &Path,
    db: &mut Connection,
    rules: &RetentionRules,
    hands: &Hands,
    now: Timestamp,
) -> Result<Option<Deletion>, StoreError> {
    let file = dir.join(super::open::DATABASE);
    let sql = StoreError::sql(&file);
    remove_files(dir, db)?;
    let mut work = || {
        let tx = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut done = None;
        if let Some(days) = rules.keep_days {
            let age = SignedDuration::from_hours(24 * i64::from(days));
            let cut = now.checked_sub(age).unwrap_or(Timestamp::MIN);
            done = by_age(&tx, cut, days, hands)?;
        }
        if let (None, Some(most)) = (&done, rules.max_bytes) {
            done = by_quota(&tx, most)?;
        }
        if let Some(deletion) = &done {
            tx.prepare_cached(
                "INSERT INTO deletions (at, what, count, bytes, why, until) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )?
            .execute(params![
                now.as_microsecond(),
                deletion.what,
                deletion.count as i64,
                deletion.bytes as i64,
                deletion.why,
                deletion.until.as_microsecond(),
            ])?;
        }
        tx.commit()?;
        Ok(done)
    };
    let done = work().map_err(&sql)?;
    remove_files(dir, db)?;
    Ok(done)
}

/// Removes the files that wait for it.
pub(super) fn remove_files(dir: &Path, db: &Connection) -> Result<(), StoreError> {
    let file = dir.join(super::open::DATABASE);
    let sql = StoreError::sql(&file);
    let waiting = || -> rusqlite::Result<Vec<String>> {
        db.prepare_cached("SELECT path FROM files_to_remove LIMIT 1000")?
            .query_map([], |row| row.get(0))?
            .collect()
    };
    loop {
        let paths = waiting().map_err(&sql)?;
        if paths.is_empty() {
            return Ok(());
        }
        for path in &paths {
            remove_if_there(&dir.join(path))?;
            if let Some(folder) = dir.join(path).parent() {
                // Goes only when it is empty: the day is over.
                let _ = std::fs::remove_dir(folder);
            }
        }
        let forget = || -> rusqlite::Result<()> {
            let tx = db.unchecked_transaction()?;
            let mut delete = tx.prepare_cached("DELETE FROM files_to_remove WHERE path = ?1")?;
            for path in &paths {
                delete.execute([path])?;
            }
            drop(delete);
            tx.commit()
        };
        forget().map_err(&sql)?;
    }
}

const OLD_PASSAGES: &str = "p.crossed_at < ?1 ORDER BY p.crossed_at LIMIT ?2";
const OLD_UNDATED: &str = "p.crossed_at IS NULL AND p.recorded_at < ?1 ORDER BY p.recorded_at LIMIT ?2";

/// Entries that were taken off, or are over, and of which no alert is left.
const FORGOTTEN_WATCH: &str = "DELETE FROM watch WHERE min(coalesce(removed_at, expires_at), coalesce(expires_at, removed_at)) < ?1 \
    AND NOT EXISTS (SELECT 1 FROM alerts WHERE watch = watch.id)";

fn by_age(
    tx: &Transaction<'_>,
    cut: Timestamp,
    days: u32,
    hands: &Hands,
) -> rusqlite::Result<Option<Deletion>> {
    let why = format!("older than {days} days");
    let setting = hands.setting(tx, [])?;
    let setting = setting.as_deref();
    for (what, old) in [("passages", OLD_PASSAGES), ("undated passages", OLD_UNDATED)] {
        let sql = format!(
            "SELECT {}, p.recorded_at FROM passages p JOIN makers m ON m.id = p.maker WHERE {old}",
            rows::PASSAGE
        );
        let old: Vec<(Passage, i64)> = tx
            .prepare_cached(&sql)?
            .query_map(params![cut.as_microsecond(), STEP as i64], |row| {
                Ok((rows::passage(row)?, row.get(rows::PASSAGE_COLUMNS)?))
            })?
            .collect::<rusqlite::Result<_>>()?;
        let Some((last, recorded_at)) = old.last() else { continue };
        let recorded_at = Timestamp::from_microsecond(*recorded_at).unwrap_or(cut);
        let until = last.crossed_at.unwrap_or(recorded_at);
        let mut bytes = 0;
        let mut changes = News::default();
        for (passage, _) in &old {
            bytes += apply::remove(tx, setting, passage, &mut changes)?;
        }
        // What is left of their journeys is what the passages left bear out.
        let touched = joined::decide(tx, setting, changes)?;
        rejoin(tx, &touched, setting, &hands.assemble, None)?;
        return Ok(Some(Deletion { what, count: old.len() as u64, bytes, why, until }));
    }
    let cut_us = cut.as_microsecond();
    tx.execute("DELETE FROM withdrawn_journeys WHERE last_seen_at < ?1", [cut_us])?;
    tx.execute("DELETE FROM alerts WHERE made_at < ?1", [cut_us])?;
    tx.execute(FORGOTTEN_WATCH, [cut_us])?;
    tx.execute("DELETE FROM home_counted WHERE counted_at < ?1", [cut_us])?;
    tx.execute("DELETE FROM outages WHERE to_at < ?1", [cut_us])?;
    let count = tx.execute("DELETE FROM cancelled_passages WHERE cancelled_at < ?1", [cut_us])? as u64;
    Ok((count > 0).then_some(Deletion { what: "cancelled passages", count, bytes: 0, why, until: cut }))
}

/// Takes a passage's row away with all that hangs on it; its pictures wait to be removed. Gives their bytes.
pub(super) fn remove_passage(tx: &Connection, id: &str) -> rusqlite::Result<u64> {
    let bytes: i64 = tx
        .prepare_cached("SELECT coalesce(sum(bytes), 0) FROM pictures WHERE passage = ?1")?
        .query_row([id], |row| row.get(0))?;
    tx.prepare_cached(
        "INSERT OR IGNORE INTO files_to_remove (path) SELECT path FROM pictures WHERE passage = ?1",
    )?
    .execute([id])?;
    tx.prepare_cached("DELETE FROM passages WHERE id = ?1")?.execute([id])?;
    Ok(bytes as u64)
}

/// Removes the oldest pictures until pictures and database are within `most`, a step's number of them at most.
fn by_quota(tx: &Transaction<'_>, most: u64) -> rusqlite::Result<Option<Deletion>> {
    let pictures = picture_bytes(tx)?;
    // Pages that retention has emptied are used again and are no more the store's load.
    let database: i64 = tx.query_row(
        "SELECT (page_count - freelist_count) * page_size \
         FROM pragma_page_count(), pragma_freelist_count(), pragma_page_size()",
        [],
        |row| row.get(0),
    )?;
    let mut over = (pictures + database as u64).saturating_sub(most);
    if over == 0 {
        return Ok(None);
    }
    let oldest: Vec<(String, i64, i64)> = tx
        .prepare_cached("SELECT path, bytes, taken_at FROM pictures ORDER BY taken_at LIMIT ?1")?
        .query_map([STEP as i64], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
        .collect::<rusqlite::Result<_>>()?;
    let (mut count, mut bytes, mut until) = (0, 0, 0);
    for (path, size, taken_at) in oldest {
        if over == 0 {
            break;
        }
        tx.prepare_cached("INSERT OR IGNORE INTO files_to_remove (path) VALUES (?1)")?.execute([&path])?;
        tx.prepare_cached("DELETE FROM pictures WHERE path = ?1")?.execute([&path])?;
        count += 1;
        bytes += size as u64;
        until = taken_at;
        over = over.saturating_sub(size as u64);
    }
    if count == 0 {
        return Ok(None);
    }
    let why = format!("pictures and database together exceed max_bytes = {most}");
    let until = Timestamp::from_microsecond(until).unwrap_or(Timestamp::MIN);
    Ok(Some(Deletion { what: "pictures", count, bytes, why, until }))
}

/// Bytes of all pictures. The sum is kept by triggers: adding up millions of rows at every step would be a scan.
fn picture_bytes(db: &Connection) -> rusqlite::Result<u64> {
    let sum: Option<i64> = db
        .prepare_cached("SELECT bytes FROM picture_total WHERE id = 1")?
        .query_row([], |row| row.get(0))
        .optional()?;
    Ok(sum.unwrap_or(0).max(0) as u64)
}

//! How long vehicles take from camera to camera, learned from what was read confidently and kept by week.
//!
//! What is learned in one week holds from the next on and is never learned anew, so that every decision can be taken
//! again from the record: a week's passages are always weighed by what was known when it began. Other boxes learn their
//! own.

use std::collections::BTreeMap;

use rusqlite::{Connection, OptionalExtension, params};
use serde::{Deserialize, Serialize};

use super::Setting;
use crate::join::{LinkCounts, WrittenCounts, week_of};
use crate::store::rows;

/// Learned from so many of the latest passages at most: a second of a slow box's time.
const PASSAGES: i64 = 100_000;
/// Fewer links say less than the distances do.
const LINKS: f64 = 1_000.0;
/// Weeks for which what was learned is good.
const WEEKS: i32 = 4;

/// What was learned, with the sites by name: places come and go.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Learned {
    /// Events are three times the place in this list, and the direction.
    sites: Vec<String>,
    counts: WrittenCounts,
}

impl Learned {
    /// As counts among the setting's places.
    pub fn counts(&self, setting: &Setting) -> LinkCounts {
        let site = |event: u16| {
            let name = self.sites.get(usize::from(event / 3))?;
            setting.sites.iter().position(|s| s == name).map(|at| at as u16 * 3 + event % 3)
        };
        LinkCounts::read(&self.counts, &setting.joining.places, site)
    }
}

/// All that was learned, by the week from which on it holds.
pub fn learned(db: &Connection) -> rusqlite::Result<BTreeMap<i32, Learned>> {
    db.prepare_cached("SELECT week, body FROM learned_links")?
        .query_map([], |row| Ok((row.get(0)?, rows::json(row, 1)?)))?
        .collect()
}

/// The weeks alone, which say whether anything is new.
pub fn weeks(db: &Connection) -> rusqlite::Result<Vec<i32>> {
    db.prepare_cached("SELECT week FROM learned_links ORDER BY week")?
        .query_map([], |row| row.get(0))?
        .collect()
}

/// How many passages there are in a span of time, and the first.
pub const COUNTED: &str =
    "SELECT count(*), min(crossed_at) FROM passages WHERE crossed_at > ?1 AND crossed_at <= ?2";
/// Confident reads in a span of time, vehicle by vehicle and each in order. The plus keeps SQLite from walking through all
/// plates ever seen to save itself the sorting.
pub const CONFIDENT: &str = "SELECT plate, plate_kind, crossed_at, camera, direction FROM passages \
    WHERE crossed_at > ?1 AND crossed_at <= ?2 AND plate IS NOT NULL AND confidence >= ?3 \
    ORDER BY +plate, plate_kind, crossed_at, id";

/// Learns where it is time to, for the weeks that follow `now` (microseconds); whether it did.
pub fn learn(db: &Connection, setting: &Setting, now: i64) -> rusqlite::Result<bool> {
    let next = week_of(now) + 1;
    if weeks(db)?.last().is_some_and(|last| next < last + WEEKS) {
        return Ok(false);
    }
    let since: Option<i64> = db
        .prepare_cached(
            "SELECT crossed_at FROM passages WHERE crossed_at <= ?1 ORDER BY crossed_at DESC LIMIT 1 OFFSET ?2",
        )?
        .query_row([now, PASSAGES], |row| row.get(0))
        .optional()?;
    let (all, first): (i64, Option<i64>) = db
        .prepare_cached(COUNTED)?
        .query_row([since.unwrap_or(0), now], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let Some(first) = first else { return Ok(false) };
    let places = &setting.joining.places;
    let mut counts = LinkCounts::none(places);
    let (mut way, mut of, mut confident) = (Vec::new(), None, 0);
    let mut query = db.prepare_cached(CONFIDENT)?;
    let sure = f64::from(setting.joining.rules.confident_p);
    let mut found = query.query(params![since.unwrap_or(0), now, sure])?;
    while let Some(row) = found.next()? {
        let key: (String, String) = (row.get(0)?, row.get(1)?);
        if of.as_ref() != Some(&key) {
            counts.add_vehicle(&way);
            way.clear();
            of = Some(key);
        }
        let camera = setting.camera(row.get_ref(3)?.as_str()?);
        way.push((row.get(2)?, places.event(camera, rows::word(row, 4)?, row.get(2)?)));
        confident += 1;
    }
    counts.add_vehicle(&way);
    if counts.links() < LINKS {
        return Ok(false);
    }
    // Only the confident were counted, but all flow.
    counts.over((now - first) as f64 / 1e6 * f64::from(confident) / all as f64);
    let learned = Learned { sites: setting.sites.clone(), counts: counts.written() };
    db.execute(
        "INSERT INTO learned_links (week, body) VALUES (?1, ?2)",
        params![next, rows::to_json(&learned)?],
    )?;
    // A clock that ran ahead may have brought passages of weeks to come.
    db.execute("UPDATE unsure SET waits = 1 WHERE at > ?1", [now])?;
    Ok(true)
}

/// Forgets what holds for no passage any more: the oldest that is left is of `oldest` (microseconds).
pub fn forget(db: &Connection, oldest: i64) -> rusqlite::Result<()> {
    db.execute(
        "DELETE FROM learned_links WHERE week < (SELECT max(week) FROM learned_links WHERE week <= ?1)",
        [week_of(oldest)],
    )
    .map(|_| ())
}

//! Questions to the store: filters to SQL, rows to passages and journeys, newest first. Each reader has a connection
//! of its own and works beside a program that writes.

use jiff::{SignedDuration, Timestamp};
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, params_from_iter};

use super::error::StoreError;
use super::exchange::{other_boxes, with_other_places};
use super::facts::{Run, SettingsUsed};
use super::filter::{Conditions, Filter};
use super::home::{self, HomeHour};
use super::joined;
use super::open::Store;
use super::rows::{self, text};
use crate::domain::ids::{CameraId, RecordId, RunId};
use crate::domain::journey::Journey;
use crate::domain::passage::{CancelledPassage, Outage, Passage};
use crate::domain::place::Direction;
use crate::domain::plate::PlateKey;

/// A store to ask.
#[derive(Debug)]
pub struct Reader {
    store: std::path::PathBuf,
    db: Connection,
}

/// A journey that passages no longer bear out.
#[derive(Debug, Clone, PartialEq)]
pub struct WithdrawnJourney {
    /// Name.
    pub id: RecordId,
    /// When it was withdrawn.
    pub at: Timestamp,
    /// Why.
    pub why: String,
}

impl Store {
    /// A connection to ask with.
    pub fn reader(&self) -> Result<Reader, StoreError> {
        Ok(Reader { store: self.file(), db: self.read()? })
    }
}

impl Reader {
    /// Passages by time, newest first; undated ones last, by their place in the stream.
    pub fn passages(&self, filter: &Filter) -> Result<Vec<Passage>, StoreError> {
        let (sql, values) = passages_sql(filter);
        self.ask(|db| db.prepare(&sql)?.query_map(params_from_iter(values), rows::passage)?.collect())
    }

    /// All passages of these keys, by time, oldest first.
    pub fn passages_of(&self, keys: &[PlateKey]) -> Result<Vec<Passage>, StoreError> {
        self.ask(|db| {
            let mut all = Vec::new();
            for key in keys {
                all.extend(rows::passages_by_key(db, key)?);
                all.extend(rows::passages_joined_to(db, key)?);
            }
            all.sort_by(|a: &Passage, b| (a.crossed_at, &a.id).cmp(&(b.crossed_at, &b.id)));
            Ok(all)
        })
    }

    /// The passage of that name.
    pub fn passage(&self, id: &RecordId) -> Result<Option<Passage>, StoreError> {
        self.ask(|db| rows::passage_by_id(db, id))
    }

    /// What a passage said of its plate before it was amended: revision and plate, oldest first.
    pub fn revisions_of(&self, id: &RecordId) -> Result<Vec<(u32, Option<String>)>, StoreError> {
        self.ask(|db| {
            db.prepare("SELECT revision, plate FROM passage_revisions WHERE id = ?1 ORDER BY revision")?
                .query_map([id.as_str()], |row| Ok((row.get(0)?, row.get(1)?)))?
                .collect()
        })
    }

    /// Passages that were taken back, the last first.
    pub fn cancelled(&self, limit: usize) -> Result<Vec<CancelledPassage>, StoreError> {
        self.ask(|db| {
            db.prepare("SELECT id, at, why FROM cancelled_passages ORDER BY cancelled_at DESC, id LIMIT ?1")?
                .query_map([limit as i64], |row| {
                    let id = RecordId::from_text(row.get_ref(0)?.as_str()?);
                    Ok(CancelledPassage { id, at: rows::time_option(row, 1)?, why: row.get(2)? })
                })?
                .collect()
        })
    }

    /// Journeys of these keys that were withdrawn, in the order in which they were.
    pub fn withdrawn_of(&self, keys: &[PlateKey]) -> Result<Vec<WithdrawnJourney>, StoreError> {
        self.ask(|db| {
            let mut all = Vec::new();
            for key in keys {
                let mut query = db.prepare(
                    "SELECT id, withdrawn_at, why FROM withdrawn_journeys \
                     WHERE plate = ?1 AND plate_kind = ?2 ORDER BY number",
                )?;
                let found = query.query_map([&key.text, key.kind.as_str()], |row| {
                    let id = RecordId::from_text(row.get_ref(0)?.as_str()?);
                    Ok(WithdrawnJourney { id, at: rows::time(row, 1)?, why: row.get(2)? })
                })?;
                all.extend(found.collect::<rusqlite::Result<Vec<_>>>()?);
            }
            Ok(all)
        })
    }

    /// Journeys by their first leg, newest first, with the outages until `now`. Their state is what the passages
    /// alone say; `journey::assemble::state_at` adds the passing of time.
    pub fn journeys(&self, filter: &Filter, now: Timestamp) -> Result<Vec<Journey>, StoreError> {
        let (sql, values) = journeys_sql(filter, now);
        self.ask(|db| {
            let mut query = db.prepare(&sql)?;
            let found = query.query_map(params_from_iter(values), rows::journey)?;
            let found: Vec<Journey> = found.collect::<rusqlite::Result<_>>()?;
            complete(db, found, now)
        })
    }

    /// All journeys of these keys, oldest first, with the outages until `now`.
    pub fn journeys_of(&self, keys: &[PlateKey], now: Timestamp) -> Result<Vec<Journey>, StoreError> {
        self.ask(|db| {
            let mut found = Vec::new();
            for key in keys {
                found.extend(rows::journeys_by_key(db, key)?);
            }
            let mut all = complete(db, found, now)?;
            all.sort_by(|a, b| (a.legs[0].at, &a.id).cmp(&(b.legs[0].at, &b.id)));
            Ok(all)
        })
    }

    /// Journeys that were inside at the time `at`, as is known now: begun, and not left yet; newest first. One whose
    /// exit was never seen counts until its last sighting plus `lost_after`, or until the last sighting alone where a
    /// second entry says that the exit was missed. The filter is as for [`Self::journeys`], but `longer_than` counts to
    /// `at`.
    pub fn inside(
        &self,
        at: Timestamp,
        now: Timestamp,
        lost_after: SignedDuration,
        filter: &Filter,
    ) -> Result<Vec<Journey>, StoreError> {
        let wanted = filter.limit.unwrap_or(usize::MAX);
        self.ask(|db| {
            let mut found: Vec<Journey> = Vec::new();
            for (sql, values) in standing_sql(rows::JOURNEY, filter, at, lost_after) {
                if found.len() >= wanted {
                    break;
                }
                let mut query = db.prepare(&sql)?;
                let more = query.query_map(params_from_iter(values), rows::journey)?;
                for journey in more.take(wanted - found.len()) {
                    found.push(journey?);
                }
            }
            complete(db, found, now)
        })
    }

    /// Outages of these cameras (none given: of all) that overlap `from` to `to`, by camera and time.
    pub fn outages(
        &self,
        cameras: &[CameraId],
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<Outage>, StoreError> {
        self.ask(|db| {
            let all = if cameras.is_empty() { cameras_with_outages(db)? } else { Vec::new() };
            let cameras = if cameras.is_empty() { &all } else { cameras };
            let mut found = Vec::new();
            for camera in cameras {
                found.extend(outages_of(db, camera, from, to)?);
            }
            Ok(found)
        })
    }

    /// What the last run used, with the gates and cameras of other boxes; `None` where none has written its settings yet.
    pub fn settings(&self) -> Result<Option<SettingsUsed>, StoreError> {
        self.ask(|db| {
            let body: Option<String> =
                db.query_row("SELECT body FROM settings WHERE id = 1", [], |row| row.get(0)).optional()?;
            let own = body.map(|b| serde_json::from_str(&b)).transpose().map_err(|e| {
                rusqlite::Error::FromSqlConversionFailure(0, rusqlite::types::Type::Text, Box::new(e))
            })?;
            Ok(with_other_places(own, other_boxes(db)?))
        })
    }

    /// Vehicles of the home province that were only counted, by hour and camera; undated ones where `from` is `None`.
    pub fn home_counts(
        &self,
        from: Option<Timestamp>,
        to: Option<Timestamp>,
    ) -> Result<Vec<HomeHour>, StoreError> {
        self.ask(|db| home::hours(db, from, to))
    }

    /// What retention and the disk quota have removed since `from`, by step: what, how many, why.
    pub fn deleted_since(&self, from: Timestamp) -> Result<Vec<(String, i64, String)>, StoreError> {
        self.ask(|db| {
            db.prepare("SELECT what, count, why FROM deletions WHERE at >= ?1 ORDER BY number")?
                .query_map([from.as_microsecond()], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
                .collect()
        })
    }

    /// The runs that wrote here, latest first.
    pub fn runs(&self, limit: usize) -> Result<Vec<Run>, StoreError> {
        self.ask(|db| {
            db.prepare(
                "SELECT id, started_at, last_alive_at, ended_at, clean FROM runs ORDER BY started_at DESC LIMIT ?1",
            )?
            .query_map([limit as i64], |row| {
                Ok(Run {
                    run: RunId::new(row.get_ref(0)?.as_str()?),
                    started_at: rows::time(row, 1)?,
                    last_alive_at: rows::time(row, 2)?,
                    ended_at: rows::time_option(row, 3)?,
                    clean: row.get(4)?,
                })
            })?
            .collect()
        })
    }

    pub(super) fn ask<T>(
        &self,
        question: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, StoreError> {
        question(&self.db).map_err(StoreError::sql(&self.store))
    }
}

pub(super) fn passages_sql(filter: &Filter) -> (String, Vec<Value>) {
    let mut c = Conditions::default();
    c.times("p.crossed_at", filter);
    c.passing("p.", filter);
    c.any_of("p.colour", filter.colours.iter().map(|v| v.as_str().to_owned()));
    c.plates("p", filter);
    if let Some(least) = filter.min_confidence {
        c.add("p.confidence >= ?", [Value::Real(least.into())]);
    }
    for (gate, direction) in [(&filter.in_by, Direction::In), (&filter.out_by, Direction::Out)] {
        if let Some(gate) = gate {
            let values = [text(gate.clone()), text(direction.as_str())];
            c.add("p.role = 'gateway' AND p.gate = ? AND p.direction = ?", values);
        }
    }
    if let Some(longer) = filter.longer_than {
        c.add("p.last_seen - p.first_seen > ?", [Value::Integer(longer.as_micros() as i64)]);
    }
    let sql = format!(
        "SELECT {} FROM passages p JOIN makers m ON m.id = p.maker {} \
         ORDER BY p.crossed_at DESC, p.stream_s DESC, p.id DESC LIMIT {}",
        rows::PASSAGE,
        c.sql(),
        filter.limit_sql()
    );
    (sql, c.values)
}

pub(super) fn journeys_sql(filter: &Filter, now: Timestamp) -> (String, Vec<Value>) {
    let mut c = journey_conditions(filter);
    if let Some(longer) = filter.longer_than {
        let term = "CASE WHEN j.state = 'left' THEN j.left_at \
                    WHEN j.state = 'lost' OR j.last_seen_at < ? THEN j.last_seen_at ELSE ? END \
                    - j.started_at > ?";
        let lost_before = filter.lost_before.map_or(i64::MIN, Timestamp::as_microsecond);
        let longer = longer.as_micros() as i64;
        c.add(term, [lost_before, now.as_microsecond(), longer].map(Value::Integer));
    }
    let sql = format!(
        "SELECT {} FROM journeys j {} ORDER BY j.started_at DESC, j.id DESC LIMIT {}",
        rows::JOURNEY,
        c.sql(),
        filter.limit_sql()
    );
    (sql, c.values)
}

/// What a filter asks of a journey, `longer_than` left out.
fn journey_conditions(filter: &Filter) -> Conditions {
    let mut c = Conditions::default();
    match filter.direction {
        Some(Direction::In) => {
            c.add("j.entered_at IS NOT NULL", []);
            c.times("j.entered_at", filter);
        }
        Some(Direction::Out) => {
            c.add("j.left_at IS NOT NULL", []);
            c.times("j.left_at", filter);
        }
        Some(Direction::Seen) => {
            c.add("EXISTS (SELECT 1 FROM legs WHERE journey = j.id AND direction = 'seen')", []);
            c.times("j.started_at", filter);
        }
        None => c.times("j.started_at", filter),
    }
    let marks = |n: usize| vec!["?"; n].join(", ");
    if !filter.cameras.is_empty() {
        let term = format!(
            "EXISTS (SELECT 1 FROM legs WHERE journey = j.id AND camera IN ({}))",
            marks(filter.cameras.len())
        );
        c.add(&term, filter.cameras.iter().map(|v| text(v.clone())));
    }
    if !filter.gates.is_empty() {
        let list = marks(filter.gates.len());
        let twice = filter.gates.iter().chain(&filter.gates).map(|v| text(v.clone()));
        c.add(&format!("(j.entered_by IN ({list}) OR j.left_by IN ({list}))"), twice);
    }
    c.any_of("j.verdict", filter.verdicts.iter().map(|v| v.as_str().to_owned()));
    c.any_of("j.origin_code", filter.provinces.iter().cloned());
    c.any_of("j.class", filter.classes.iter().map(|v| v.as_str().to_owned()));
    let of_a_leg =
        "EXISTS (SELECT 1 FROM legs l JOIN passages p ON p.id = l.passage WHERE l.journey = j.id AND ";
    if !filter.colours.is_empty() {
        let term = format!("{of_a_leg} p.colour IN ({}))", marks(filter.colours.len()));
        c.add(&term, filter.colours.iter().map(|v| text(v.as_str())));
    }
    c.plates("j", filter);
    if let Some(least) = filter.min_confidence {
        c.add(&format!("{of_a_leg} p.confidence >= ?)"), [Value::Real(least.into())]);
    }
    c.any_of("j.entered_by", filter.in_by.clone());
    c.any_of("j.left_by", filter.out_by.clone());
    c
}

/// Microseconds from first leg to last sighting above which a journey stands in the index `journeys_long`.
const LONG_US: i64 = 345_600_000_000;

/// Who stood inside at `at`, in two queries: those that began within `lost_after` and four days of it, and, older, the
/// few that lasted longer. Who began earlier and lasted four days at most has not been seen for `lost_after`.
pub(super) fn standing_sql(
    columns: &str,
    filter: &Filter,
    at: Timestamp,
    lost_after: SignedDuration,
) -> [(String, Vec<Value>); 2] {
    let at_us = at.as_microsecond();
    let heard_since = at_us.saturating_sub(i64::try_from(lost_after.as_micros()).unwrap_or(i64::MAX));
    let recent = heard_since.saturating_sub(LONG_US);
    let begun = at_us - filter.longer_than.map_or(0, |longer| longer.as_micros() as i64);
    let integers = |numbers: &[i64]| numbers.iter().map(|n| Value::Integer(*n)).collect::<Vec<_>>();
    let query = |terms: &str, values: Vec<Value>| {
        let mut c = journey_conditions(filter);
        let stands = "CASE j.state WHEN 'inside' THEN j.last_seen_at >= ? WHEN 'lost' THEN j.last_seen_at > ? \
                      ELSE j.left_at > ? END";
        c.add(terms, values);
        c.add(stands, integers(&[heard_since, at_us, at_us]));
        let sql = format!(
            "SELECT {columns} FROM journeys j {} ORDER BY j.started_at DESC, j.id DESC LIMIT {}",
            c.sql(),
            filter.limit_sql()
        );
        (sql, c.values)
    };
    [
        query("j.started_at <= ? AND j.started_at >= ?", integers(&[begun, recent])),
        query(
            "j.last_seen_at - j.started_at > 345600000000 AND j.last_seen_at >= ? AND j.started_at < ? \
             AND j.started_at <= ?",
            integers(&[heard_since, recent, begun]),
        ),
    ]
}

/// ?1 camera, ?2 to ?3 the time. A camera's outages follow one another, so of those that began before the time only the
/// last can reach into it: that one is found by the key, and nothing before it is read.
pub(super) const OUTAGES_SQL: &str = "SELECT camera, from_at, to_at, state, why FROM outages \
    WHERE camera = ?1 AND from_at <= ?3 AND from_at >= \
    coalesce((SELECT max(from_at) FROM outages WHERE camera = ?1 AND from_at <= ?2), ?2) AND (to_at IS NULL OR to_at >= ?2) ORDER BY from_at";

fn outages_of(
    db: &Connection,
    camera: &CameraId,
    from: Timestamp,
    to: Timestamp,
) -> rusqlite::Result<Vec<Outage>> {
    db.prepare_cached(OUTAGES_SQL)?
        .query_map(
            rusqlite::params![camera.as_str(), from.as_microsecond(), to.as_microsecond()],
            rows::outage,
        )?
        .collect()
}

fn cameras_with_outages(db: &Connection) -> rusqlite::Result<Vec<CameraId>> {
    db.prepare_cached("SELECT DISTINCT camera FROM outages ORDER BY camera")?
        .query_map([], |row| Ok(CameraId::new(row.get_ref(0)?.as_str()?)))?
        .collect()
}

/// Fills in legs, how they follow each other, and outages. Any camera could have seen the vehicle: outages of all of them count, from the first leg
/// to the exit, or `now`.
fn complete(db: &Connection, found: Vec<Journey>, now: Timestamp) -> rusqlite::Result<Vec<Journey>> {
    let cameras = cameras_with_outages(db)?;
    let mut complete = Vec::with_capacity(found.len());
    for journey in found {
        let mut journey = if journey.legs.is_empty() { rows::with_legs(db, journey)? } else { journey };
        joined::tell_links(db, &mut journey)?;
        let from = journey.legs.first().map_or(journey.last_seen_at, |l| l.at);
        let to = journey.left_at.unwrap_or(now).max(from);
        for camera in &cameras {
            journey.outages.extend(outages_of(db, camera, from, to)?);
        }
        journey.outages.sort_by(|a, b| (a.from, &a.camera).cmp(&(b.from, &b.camera)));
        complete.push(journey);
    }
    Ok(complete)
}

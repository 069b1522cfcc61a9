//! Alerts, made in the transaction that writes the passage: a passage matches an entry of the watch list. A pair of the
//! two has one alert; what later happens to it are its revisions. Each revision is an event, and each event waits in
//! the outbox for every target.

use std::collections::BTreeSet;

use jiff::Timestamp;
use rusqlite::{Connection, Row, params};
use serde::Serialize;

use super::error::StoreError;
use super::query::Reader;
use super::{rows, watch};
use crate::domain::ids::RecordId;
use crate::domain::passage::Passage;
use crate::domain::plate::PlateKind;
use crate::domain::time::local_option;
use crate::domain::watch::{AlertEvent, AlertState, WatchEntry, WatchHow};

/// Probability that a passage is of a plate, 0-1: of the passage and the plate's compact text with Đ as D. Injected: the
/// store knows nothing of readers.
pub type Likeness = Box<dyn Fn(&Passage, &str) -> f32 + Send>;

/// A passage that may be of a watched plate at least so far is alike.
const ALIKE: f32 = 0.01;
/// A change of the probability below this is not worth an event.
const NEWS: f32 = 0.25;

/// An event as it is on record.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ToldAlert {
    /// The order in which events happened.
    pub number: i64,
    /// The event.
    #[serde(flatten)]
    pub event: AlertEvent,
    /// Where it goes.
    pub deliveries: Vec<Delivery>,
}

/// An event on its way to one target.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Delivery {
    /// Name of the target.
    pub target: String,
    /// Attempts that failed.
    pub attempts: u32,
    /// When it arrived; `None`: it has not yet.
    #[serde(with = "local_option")]
    pub done_at: Option<Timestamp>,
    /// Why the last attempt failed.
    pub error: Option<String>,
}

/// How a passage matches an entry.
struct Match {
    plate: String,
    p: f32,
}

/// An alert on record.
struct Known {
    watch: i64,
    revision: u32,
    state: AlertState,
    plate: String,
    p: f32,
}

/// Compares the passages that were written with the watch list, and withdraws the alerts of those that are gone.
/// Gives the number of events.
pub(super) fn update(
    tx: &Connection,
    written: &BTreeSet<RecordId>,
    gone: &[Passage],
    likeness: &Likeness,
    now: Timestamp,
) -> rusqlite::Result<u64> {
    let any: bool =
        tx.prepare_cached("SELECT EXISTS (SELECT 1 FROM watch)")?.query_row([], |row| row.get(0))?;
    if !any {
        return Ok(0);
    }
    let mut events = 0;
    for passage in gone {
        for known in known(tx, &passage.id)?.iter().filter(|k| k.state != AlertState::Withdrawn) {
            events += withdraw(tx, passage, known, now)?;
        }
    }
    let alike = watch::inexact(tx, WatchHow::Alike)?;
    let patterns = watch::inexact(tx, WatchHow::Pattern)?;
    for id in written {
        let Some(passage) = rows::passage_by_id(tx, id)? else { continue };
        events += compare(tx, &passage, [&alike, &patterns], likeness, now)?;
    }
    Ok(events)
}

fn compare(
    tx: &Connection,
    passage: &Passage,
    inexact: [&[WatchEntry]; 2],
    likeness: &Likeness,
    now: Timestamp,
) -> rusqlite::Result<u64> {
    let known = known(tx, &passage.id)?;
    let mut events = 0;
    for known in &known {
        let Some(entry) = watch::by_id(tx, known.watch)? else { continue };
        events += match matches(tx, &entry, passage, likeness)? {
            None if known.state == AlertState::Withdrawn => 0,
            None => withdraw(tx, passage, known, now)?,
            Some(found) if known.state == AlertState::Withdrawn => {
                tell(tx, &entry, passage, &found, (known.revision + 1, AlertState::Raised), now)?
            }
            Some(found) if found.plate != known.plate || (found.p - known.p).abs() >= NEWS => {
                tell(tx, &entry, passage, &found, (known.revision + 1, AlertState::Amended), now)?
            }
            Some(_) => 0,
        };
    }
    let mut live: Vec<WatchEntry> = Vec::new();
    for (text, _) in texts(passage) {
        live.extend(watch::exact(tx, &text)?);
    }
    live.extend(inexact.into_iter().flatten().cloned());
    live.retain(|e| e.is_live(now) && known.iter().all(|k| k.watch != e.id));
    for entry in &live {
        if let Some(found) = matches(tx, entry, passage, likeness)? {
            events += tell(tx, entry, passage, &found, (1, AlertState::Raised), now)?;
        }
    }
    Ok(events)
}

/// The texts that were read for sure on a passage, folded, with their kinds.
fn texts(passage: &Passage) -> Vec<(String, Option<PlateKind>)> {
    let own = passage.plate.iter().map(|p| (rows::folded(p), passage.plate_kind));
    let trailer = passage.trailer_plate.iter().map(|p| (rows::folded(p), Some(PlateKind::Trailer)));
    own.chain(trailer).collect()
}

fn matches(
    tx: &Connection,
    entry: &WatchEntry,
    passage: &Passage,
    likeness: &Likeness,
) -> rusqlite::Result<Option<Match>> {
    let fits = |kind: Option<PlateKind>| entry.plate_kind.is_none_or(|k| kind.is_none_or(|of| of == k));
    for (text, kind) in texts(passage).into_iter().filter(|(_, kind)| fits(*kind)) {
        let same = match entry.how {
            WatchHow::Pattern => tx
                .prepare_cached("SELECT ?1 GLOB ?2")?
                .query_row(params![text, entry.plate.replace('[', "[[]")], |row| row.get(0))?,
            _ => text == entry.plate,
        };
        if same {
            let trailer = kind == Some(PlateKind::Trailer) && passage.trailer_plate.is_some();
            let plate = if trailer { &passage.trailer_plate } else { &passage.plate };
            return Ok(Some(Match { plate: plate.clone().unwrap_or(text), p: passage.confidence }));
        }
    }
    if entry.how != WatchHow::Alike || !fits(passage.plate_kind) {
        return Ok(None);
    }
    let p = likeness(passage, &entry.plate);
    let told = passage.candidates.iter().find(|c| rows::folded(&c.text) == entry.plate);
    let plate = told.or(passage.candidates.first()).map(|c| c.text.clone()).or(passage.plate.clone());
    Ok(plate.filter(|_| p >= ALIKE).map(|plate| Match { plate, p }))
}

fn known(db: &Connection, passage: &RecordId) -> rusqlite::Result<Vec<Known>> {
    db.prepare_cached(
        "SELECT watch, revision, state, plate, p FROM alerts WHERE passage = ?1 ORDER BY watch",
    )?
    .query_map([passage.as_str()], |row| {
        Ok(Known {
            watch: row.get(0)?,
            revision: row.get(1)?,
            state: rows::word(row, 2)?,
            plate: row.get(3)?,
            p: row.get::<_, f64>(4)? as f32,
        })
    })?
    .collect()
}

fn withdraw(tx: &Connection, passage: &Passage, known: &Known, now: Timestamp) -> rusqlite::Result<u64> {
    let Some(entry) = watch::by_id(tx, known.watch)? else { return Ok(0) };
    let was = Match { plate: known.plate.clone(), p: known.p };
    tell(tx, &entry, passage, &was, (known.revision + 1, AlertState::Withdrawn), now)
}

/// Puts an event on record, and into the outbox of every target.
fn tell(
    tx: &Connection,
    entry: &WatchEntry,
    passage: &Passage,
    found: &Match,
    (revision, state): (u32, AlertState),
    now: Timestamp,
) -> rusqlite::Result<u64> {
    let id = RecordId::derive('a', &[passage.id.as_str(), &entry.id.to_string()]);
    tx.prepare_cached(
        "INSERT INTO alerts (id, passage, watch, revision, state, plate, p, made_at) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT (id) DO UPDATE \
         SET revision = excluded.revision, state = excluded.state, plate = excluded.plate, p = excluded.p",
    )?
    .execute(params![
        id.as_str(),
        passage.id.as_str(),
        entry.id,
        revision,
        state.as_str(),
        found.plate,
        f64::from(found.p),
        now.as_microsecond(),
    ])?;
    let event = AlertEvent {
        key: format!("{id}-{revision}"),
        id,
        revision,
        state,
        at: now,
        plate: found.plate.clone(),
        p: found.p,
        watch: entry.clone(),
        passage: passage.clone(),
    };
    let number: i64 = tx
        .prepare_cached(
            "INSERT INTO alert_events (alert, revision, state, at, body) VALUES (?1, ?2, ?3, ?4, ?5) RETURNING number",
        )?
        .query_row(
            params![
                event.id.as_str(),
                revision,
                state.as_str(),
                now.as_microsecond(),
                rows::to_json(&event)?
            ],
            |row| row.get(0),
        )?;
    tx.prepare_cached(
        "INSERT INTO deliveries (target, event, due_at) SELECT name, ?1, ?2 FROM alert_targets",
    )?
    .execute(params![number, now.as_microsecond()])?;
    Ok(1)
}

impl Reader {
    /// The latest events from the first of two times on and before the second, oldest of them first.
    pub fn latest_alerts(
        &self,
        (from, to): (Option<Timestamp>, Option<Timestamp>),
        limit: usize,
    ) -> Result<Vec<ToldAlert>, StoreError> {
        let (from, to) = (from.unwrap_or(Timestamp::MIN), to.unwrap_or(Timestamp::MAX));
        self.ask(|db| {
            let mut found = told(db, LATEST, &[limit as i64, from.as_microsecond(), to.as_microsecond()])?;
            found.reverse();
            Ok(found)
        })
    }

    /// Events after the one of that number, oldest first.
    pub fn alerts_after(&self, number: i64, limit: usize) -> Result<Vec<ToldAlert>, StoreError> {
        self.ask(|db| {
            let sql = "SELECT number, body FROM alert_events WHERE number > ?2 ORDER BY number LIMIT ?1";
            told(db, sql, &[limit as i64, number])
        })
    }

    /// The alerts of a passage, each as it stands, by entry.
    pub fn alerts_of(&self, passage: &RecordId) -> Result<Vec<AlertEvent>, StoreError> {
        self.ask(|db| {
            db.prepare_cached(
                "SELECT e.body FROM alerts a JOIN alert_events e ON e.alert = a.id AND e.revision = a.revision \
                 WHERE a.passage = ?1 ORDER BY a.watch",
            )?
            .query_map([passage.as_str()], |row| rows::json(row, 0))?
            .collect()
        })
    }

    /// Changes whenever another connection has written: cheap to ask often.
    pub fn data_version(&self) -> Result<i64, StoreError> {
        self.ask(|db| db.pragma_query_value(None, "data_version", |row| row.get(0)))
    }
}

/// Events of a time, newest first.
pub(super) const LATEST: &str =
    "SELECT number, body FROM alert_events WHERE at >= ?2 AND at < ?3 ORDER BY at DESC, number DESC LIMIT ?1";

fn told(db: &Connection, sql: &str, values: &[i64]) -> rusqlite::Result<Vec<ToldAlert>> {
    let row = |row: &Row<'_>| Ok((row.get(0)?, rows::json(row, 1)?));
    let events: Vec<(i64, AlertEvent)> = db
        .prepare_cached(sql)?
        .query_map(rusqlite::params_from_iter(values), row)?
        .collect::<rusqlite::Result<_>>()?;
    events
        .into_iter()
        .map(|(number, event)| Ok(ToldAlert { number, event, deliveries: deliveries(db, number)? }))
        .collect()
}

fn deliveries(db: &Connection, event: i64) -> rusqlite::Result<Vec<Delivery>> {
    db.prepare_cached(
        "SELECT target, attempts, done_at, error FROM deliveries WHERE event = ?1 ORDER BY target",
    )?
    .query_map([event], |row| {
        Ok(Delivery {
            target: row.get(0)?,
            attempts: row.get(1)?,
            done_at: rows::time_option(row, 2)?,
            error: row.get(3)?,
        })
    })?
    .collect()
}

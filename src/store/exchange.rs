//! What goes from one box to another: the form of an export, and writing it.
//!
//! JSON Lines, each with its `type`, in this order: `export` (who made it, when, since when), a `box` for every box that
//! passages come from, with its places and rules; `passage`s in the program's latest revision, each with its `picture`s
//! before it and its `correction`s behind; `cancelled` passages; `outage`s; and `end` with the number of lines and the
//! SHA-256 of all bytes before it. A file that does not end so is not taken.

use std::io::Write;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, TransactionBehavior, params};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::audit::{self, Deed};
use super::corrections;
use super::error::StoreError;
use super::facts::SettingsUsed;
use super::open::Store;
use super::pictures::PictureKind;
use super::query::Reader;
use super::rows;
use crate::domain::correction::Correction;
use crate::domain::ids::RecordId;
use crate::domain::passage::{CancelledPassage, Outage, Passage, Pictures};
use crate::domain::time::local;

/// The form that this program writes and reads.
pub(super) const FORM: u32 = 1;
/// Passages that are read at once.
const PAGE: i64 = 500;

/// The first line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ExportHeader {
    /// Version of the form.
    pub form: u32,
    /// The box that made it.
    pub r#box: String,
    /// When.
    #[serde(with = "local")]
    pub made_at: Timestamp,
    /// What was recorded there at this time or later is in it.
    #[serde(with = "local")]
    pub since: Timestamp,
}

/// A box, with its places and rules.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BoxLine {
    /// Its name.
    pub name: String,
    /// When it wrote its settings.
    #[serde(with = "local")]
    pub saved_at: Timestamp,
    /// The settings; no secrets.
    pub settings: SettingsUsed,
}

/// A picture of the passage whose line follows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct PictureLine {
    pub passage: RecordId,
    pub kind: PictureKind,
    /// Hexadecimal.
    pub sha256: String,
    /// The JPEG in base64.
    pub jpeg: String,
}

/// A record whose times are told twice: as everywhere in JSON, and in the whole microseconds that names and keys hang on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Exact<T> {
    #[serde(flatten)]
    body: T,
    /// Its times in microseconds since 1970-01-01 UTC, in the order in which [`Timed`] gives them.
    micros: Vec<Option<i64>>,
}

/// What has times.
pub(super) trait Timed: Sized {
    /// Its times, always in one order.
    fn times(&mut self) -> Vec<&mut Option<Timestamp>>;
}

impl Timed for Passage {
    fn times(&mut self) -> Vec<&mut Option<Timestamp>> {
        vec![&mut self.crossed_at, &mut self.first_seen, &mut self.last_seen]
    }
}

impl Timed for CancelledPassage {
    fn times(&mut self) -> Vec<&mut Option<Timestamp>> {
        vec![&mut self.at]
    }
}

impl<T: Timed> Exact<T> {
    fn new(mut body: T) -> Self {
        let micros = body.times().into_iter().map(|t| t.map(|t| t.as_microsecond())).collect();
        Self { body, micros }
    }

    /// The record with its exact times.
    pub fn into_body(mut self) -> T {
        for (time, exact) in self.body.times().into_iter().zip(&self.micros) {
            *time = exact.and_then(|us| Timestamp::from_microsecond(us).ok());
        }
        self.body
    }
}

impl Exact<Outage> {
    fn of(outage: Outage) -> Self {
        let micros = vec![Some(outage.from.as_microsecond()), rows::micros(outage.to)];
        Self { body: outage, micros }
    }

    /// The outage with its exact times.
    pub fn into_outage(self) -> Outage {
        let exact = |i: usize| {
            self.micros.get(i).copied().flatten().and_then(|us| Timestamp::from_microsecond(us).ok())
        };
        Outage { from: exact(0).unwrap_or(self.body.from), to: exact(1), ..self.body }
    }
}

/// One line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub(super) enum Line {
    Export(ExportHeader),
    Box(BoxLine),
    Picture(PictureLine),
    Passage(Box<Exact<Passage>>),
    Correction(Correction),
    Cancelled(Exact<CancelledPassage>),
    Outage(Exact<Outage>),
    End { lines: u64, sha256: String },
}

/// What an export holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Exported {
    /// Passages.
    pub passages: u64,
    /// Pictures.
    pub pictures: u64,
    /// Corrections.
    pub corrections: u64,
}

/// Hexadecimal.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

/// Who exports, why, and what.
pub struct ExportOrder<'a> {
    /// What was recorded at this time or later.
    pub since: Timestamp,
    /// With the pictures.
    pub pictures: bool,
    /// Login.
    pub who: &'a str,
    /// Why; may be empty.
    pub purpose: &'a str,
    /// The present moment.
    pub now: Timestamp,
}

/// Writes an export, after putting it on record in the audit. One look at the store: what is written meanwhile is in the
/// next one.
pub fn export(store: &Store, order: &ExportOrder<'_>, out: &mut dyn Write) -> Result<Exported, StoreError> {
    let file = store.file();
    record_export(store, order, "")?;
    let mut db = store.read()?;
    let tx = db.transaction().map_err(StoreError::sql(&file))?;
    let mut lines = Lines { out, hash: Sha256::new(), count: 0 };
    let done = write_all(&tx, store.dir(), order, &mut lines)?;
    let end = Line::End { lines: lines.count, sha256: hex(&lines.hash.clone().finalize()) };
    lines.put(&end)?;
    lines.out.flush().map_err(StoreError::answer)?;
    Ok(done)
}

/// Puts an export on record in the audit; `form` names a form that is not the program's own.
pub fn record_export(store: &Store, order: &ExportOrder<'_>, form: &str) -> Result<(), StoreError> {
    record(&mut store.write()?, order, form).map_err(StoreError::sql(&store.file()))
}

fn record(db: &mut Connection, order: &ExportOrder<'_>, form: &str) -> rusqlite::Result<()> {
    let tx = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let since = crate::domain::time::rfc3339_local(order.since);
    let form = if form.is_empty() { String::new() } else { format!(" as {form}") };
    let query = format!("since {since}{form}{}", if order.pictures { ", with pictures" } else { "" });
    audit::append(
        &tx,
        &audit::Entry {
            at: order.now,
            who: order.who,
            what: Deed::Export,
            verb: "store export",
            query: &query,
            purpose: order.purpose,
            about: None,
            results: None,
        },
    )?;
    tx.commit()
}

struct Lines<'a> {
    out: &'a mut dyn Write,
    hash: Sha256,
    count: u64,
}

impl Lines<'_> {
    fn put(&mut self, line: &Line) -> Result<(), StoreError> {
        let text = serde_json::to_string(line).map_err(|e| StoreError::answer(e.into()))? + "\n";
        self.hash.update(text.as_bytes());
        self.count += 1;
        self.out.write_all(text.as_bytes()).map_err(StoreError::answer)
    }
}

fn write_all(
    db: &Connection,
    dir: &Path,
    order: &ExportOrder<'_>,
    lines: &mut Lines<'_>,
) -> Result<Exported, StoreError> {
    let file = dir.join(super::open::DATABASE);
    let sql = StoreError::sql(&file);
    let own = own_box(db).map_err(&sql)?;
    lines.put(&Line::Export(ExportHeader {
        form: FORM,
        r#box: own.clone(),
        made_at: order.now,
        since: order.since,
    }))?;
    for line in all_boxes(db, &own).map_err(&sql)? {
        lines.put(&Line::Box(line))?;
    }
    let mut done = Exported::default();
    let mut last = (order.since.as_microsecond(), String::new());
    loop {
        let page = page(db, &last).map_err(&sql)?;
        let Some((at, passage)) = page.last() else { break };
        last = (*at, passage.id.to_string());
        for (_, passage) in page {
            let program = corrections::program_read(db, &passage.id).map_err(&sql)?;
            if order.pictures {
                done.pictures += pictures(&passage, dir, lines)?;
            }
            let bare = Passage { pictures: Pictures::default(), ..program.unwrap_or(passage) };
            let id = bare.id.clone();
            lines.put(&Line::Passage(Box::new(Exact::new(bare))))?;
            done.passages += 1;
            for correction in corrections::of(db, &id).map_err(&sql)? {
                lines.put(&Line::Correction(correction))?;
                done.corrections += 1;
            }
        }
    }
    for cancelled in cancelled(db, order.since).map_err(&sql)? {
        lines.put(&Line::Cancelled(Exact::new(cancelled)))?;
    }
    for outage in outages(db, order.since).map_err(&sql)? {
        lines.put(&Line::Outage(Exact::of(outage)))?;
    }
    Ok(done)
}

/// The latest picture of each kind; one whose file is gone is left out.
fn pictures(passage: &Passage, dir: &Path, lines: &mut Lines<'_>) -> Result<u64, StoreError> {
    let of = &passage.pictures;
    let kinds = [
        (PictureKind::Frame, &of.frame),
        (PictureKind::Vehicle, &of.vehicle),
        (PictureKind::Plate, &of.plate),
    ];
    let mut count = 0;
    for (kind, path) in kinds {
        let Some(jpeg) = path.as_ref().and_then(|p| std::fs::read(dir.join(p)).ok()) else { continue };
        lines.put(&Line::Picture(PictureLine {
            passage: passage.id.clone(),
            kind,
            sha256: hex(&Sha256::digest(&jpeg)),
            jpeg: BASE64.encode(&jpeg),
        }))?;
        count += 1;
    }
    Ok(count)
}

pub(super) static PAGE_SQL: std::sync::LazyLock<String> = std::sync::LazyLock::new(|| {
    format!(
        "SELECT {}, p.recorded_at FROM passages p JOIN makers m ON m.id = p.maker \
         WHERE (p.recorded_at, p.id) > (?1, ?2) ORDER BY p.recorded_at, p.id LIMIT ?3",
        rows::PASSAGE
    )
});

fn page(db: &Connection, last: &(i64, String)) -> rusqlite::Result<Vec<(i64, Passage)>> {
    let at = PAGE_SQL.as_str();
    db.prepare_cached(at)?
        .query_map(params![last.0, last.1, PAGE], |row| Ok((row.get("recorded_at")?, rows::passage(row)?)))?
        .collect()
}

fn cancelled(db: &Connection, since: Timestamp) -> rusqlite::Result<Vec<CancelledPassage>> {
    db.prepare(
        "SELECT id, at, why FROM cancelled_passages WHERE cancelled_at >= ?1 ORDER BY cancelled_at, id",
    )?
    .query_map([since.as_microsecond()], |row| {
        let id = RecordId::from_text(row.get_ref(0)?.as_str()?);
        Ok(CancelledPassage { id, at: rows::time_option(row, 1)?, why: row.get(2)? })
    })?
    .collect()
}

/// All that had not ended by then; there are few.
fn outages(db: &Connection, since: Timestamp) -> rusqlite::Result<Vec<Outage>> {
    db.prepare(
        "SELECT camera, from_at, to_at, state, why FROM outages WHERE to_at IS NULL OR to_at >= ?1 \
         ORDER BY camera, from_at",
    )?
    .query_map([since.as_microsecond()], rows::outage)?
    .collect()
}

/// The name of this store among those that exchange.
pub(super) fn own_box(db: &Connection) -> rusqlite::Result<String> {
    db.query_row("SELECT name FROM box WHERE id = 1", [], |row| row.get(0))
}

/// The boxes of whose places something is known here, this one first.
pub(super) fn all_boxes(db: &Connection, own: &str) -> rusqlite::Result<Vec<BoxLine>> {
    let mine = db
        .query_row("SELECT saved_at, body FROM settings WHERE id = 1", [], |row| {
            Ok(BoxLine { name: own.to_owned(), saved_at: rows::time(row, 0)?, settings: rows::json(row, 1)? })
        })
        .optional()?;
    let mut all: Vec<BoxLine> = mine.into_iter().collect();
    all.extend(other_boxes(db)?);
    Ok(all)
}

/// The other boxes.
pub(super) fn other_boxes(db: &Connection) -> rusqlite::Result<Vec<BoxLine>> {
    let line = |row: &Row<'_>| {
        Ok(BoxLine { name: row.get(0)?, saved_at: rows::time(row, 1)?, settings: rows::json(row, 2)? })
    };
    db.prepare("SELECT name, saved_at, settings FROM boxes ORDER BY name")?.query_map([], line)?.collect()
}

/// The settings with the gates and cameras of the other boxes; where the store has none of its own, by the first of them.
pub(super) fn with_other_places(own: Option<SettingsUsed>, others: Vec<BoxLine>) -> Option<SettingsUsed> {
    others.into_iter().fold(own, |all, other| {
        let Some(mut all) = all else { return Some(other.settings) };
        for gate in other.settings.gates {
            if all.gates.iter().all(|g| g.name != gate.name) {
                all.gates.push(gate);
            }
        }
        for camera in other.settings.cameras {
            if all.cameras.iter().all(|c| c.name != camera.name) {
                all.cameras.push(camera);
            }
        }
        Some(all)
    })
}

impl Reader {
    /// The name of this store among those that exchange.
    pub fn box_name(&self) -> Result<String, StoreError> {
        self.ask(own_box)
    }

    /// The other boxes that passages came from, with their places and rules.
    pub fn other_boxes(&self) -> Result<Vec<BoxLine>, StoreError> {
        self.ask(other_boxes)
    }

    /// Passages that crossed from `from` to before `to`, oldest first: for forms that are told in order of time.
    pub fn passages_between(&self, from: Timestamp, to: Timestamp) -> Result<Vec<Passage>, StoreError> {
        self.ask(|db| {
            db.prepare_cached(&format!(
                "SELECT {} FROM passages p JOIN makers m ON m.id = p.maker \
                 WHERE p.crossed_at >= ?1 AND p.crossed_at < ?2 ORDER BY p.crossed_at, p.stream_s, p.id",
                rows::PASSAGE
            ))?
            .query_map([from.as_microsecond(), to.as_microsecond()], rows::passage)?
            .collect()
        })
    }
}

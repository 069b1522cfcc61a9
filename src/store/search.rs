//! Plates on record by pattern or by text: each plate once, however often it passed.

use jiff::Timestamp;
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, Row, params, params_from_iter};

use super::error::StoreError;
use super::query::Reader;
use super::rows::{self, text};
use crate::domain::ids::{CameraId, RecordId};
use crate::domain::plate::{Candidate, PlateKey};

/// A plate as the store knows it.
#[derive(Debug, Clone, PartialEq)]
pub struct PlateOnRecord {
    /// Key.
    pub key: PlateKey,
    /// Passages on record, undated ones included.
    pub passages: u64,
    /// First dated passage.
    pub first_seen: Option<Timestamp>,
    /// Last dated passage.
    pub last_seen: Option<Timestamp>,
    /// Camera of the last one.
    pub last_camera: Option<CameraId>,
}

/// A plate that a passage may show whose plate was not read.
#[derive(Debug, Clone, PartialEq)]
pub struct CandidateOnRecord {
    /// The plate.
    pub key: PlateKey,
    /// Probability that the passage shows it, 0-1.
    pub p: f32,
    /// The passage.
    pub passage: RecordId,
    /// When it crossed.
    pub at: Timestamp,
    /// Its camera.
    pub camera: CameraId,
}

/// What of a pattern can be looked up: `*` any characters, `?` one. Text as searches compare it.
pub(super) struct Pattern {
    /// For SQLite's GLOB.
    glob: String,
    /// Characters before the first wildcard.
    begins: String,
    /// Characters after the last wildcard, from the end.
    ends_backwards: String,
}

impl Pattern {
    pub(super) fn new(pattern: &str) -> Self {
        let folded = rows::folded(pattern);
        let wild = |c: char| c == '*' || c == '?';
        let begins: String = folded.chars().take_while(|c| !wild(*c)).collect();
        let ends_backwards: String = folded.chars().rev().take_while(|c| !wild(*c)).collect();
        // Brackets, which mean something to GLOB, stand for themselves.
        Self { glob: folded.replace('[', "[[]"), begins, ends_backwards }
    }

    /// A condition on `plates` that its indices answer, with its values.
    pub(super) fn condition(&self) -> (&'static str, Vec<Value>) {
        let glob = text(self.glob.clone());
        // Above any letter of a plate.
        let after = |begin: &str| text(format!("{begin}\u{10ffff}"));
        if self.begins.len() >= self.ends_backwards.len() && !self.begins.is_empty() {
            let values = vec![text(self.begins.clone()), after(&self.begins), glob];
            ("folded >= ? AND folded < ? AND folded GLOB ?", values)
        } else if !self.ends_backwards.is_empty() {
            let ends = &self.ends_backwards;
            (
                "backwards >= ? AND backwards < ? AND folded GLOB ?",
                vec![text(ends.clone()), after(ends), glob],
            )
        } else {
            ("folded GLOB ?", vec![glob])
        }
    }
}

pub(super) fn pattern_sql(pattern: &str, limit: usize) -> (String, Vec<Value>) {
    let (condition, mut values) = Pattern::new(pattern).condition();
    values.push(Value::Integer(i64::try_from(limit).unwrap_or(i64::MAX)));
    (format!("SELECT plate, plate_kind, passages FROM plates WHERE {condition} LIMIT ?"), values)
}

pub(super) const BY_TEXT: &str = "SELECT plate, plate_kind, passages FROM plates WHERE folded = ?1";
/// ?1 a candidate's text.
pub(super) const BY_CANDIDATE: &str = "SELECT p.id, n.plate_kind, p.crossed_at, p.camera, p.candidates \
    FROM unsure_names n JOIN unsure u ON u.number = n.number JOIN passages p ON p.id = u.passage \
    WHERE n.plate = ?1 AND u.read = 0 ORDER BY n.plate_kind, n.at";
/// ?1, ?2 the key.
pub(super) const FIRST: &str = "SELECT crossed_at FROM passages \
    WHERE plate = ?1 AND plate_kind = ?2 AND crossed_at IS NOT NULL ORDER BY crossed_at LIMIT 1";
pub(super) const LAST: &str = "SELECT crossed_at, camera FROM passages \
    WHERE plate = ?1 AND plate_kind = ?2 AND crossed_at IS NOT NULL ORDER BY crossed_at DESC LIMIT 1";

impl Reader {
    /// At most `limit` plates that a pattern fits, in no particular order. `*` stands for any characters, `?` for one;
    /// Đ and D are the same.
    pub fn plates_like(&self, pattern: &str, limit: usize) -> Result<Vec<PlateOnRecord>, StoreError> {
        let (sql, values) = pattern_sql(pattern, limit);
        self.ask(|db| {
            let found: Vec<(PlateKey, u64)> = db
                .prepare_cached(&sql)?
                .query_map(params_from_iter(values), plate)?
                .collect::<rusqlite::Result<_>>()?;
            found.into_iter().map(|(key, n)| on_record(db, key, n)).collect()
        })
    }

    /// The plates on record whose text, Đ as D, is one of these.
    pub fn plates_among<'a>(
        &self,
        texts: impl IntoIterator<Item = &'a str>,
    ) -> Result<Vec<PlateOnRecord>, StoreError> {
        self.ask(|db| {
            let mut query = db.prepare_cached(BY_TEXT)?;
            let mut all = Vec::new();
            for wanted in texts {
                let found: Vec<(PlateKey, u64)> =
                    query.query_map([wanted], plate)?.collect::<rusqlite::Result<_>>()?;
                for (key, n) in found {
                    all.push(on_record(db, key, n)?);
                }
            }
            Ok(all)
        })
    }
}

impl Reader {
    /// What passages whose plate was not read may show: of each of these texts that is among their candidates, the
    /// passages with its probability, by time.
    pub fn candidates_among<'a>(
        &self,
        texts: impl IntoIterator<Item = &'a str>,
    ) -> Result<Vec<CandidateOnRecord>, StoreError> {
        self.ask(|db| {
            let mut query = db.prepare_cached(BY_CANDIDATE)?;
            let mut all = Vec::new();
            for wanted in texts {
                let mut found = query.query([wanted])?;
                while let Some(row) = found.next()? {
                    let candidates: Vec<Candidate> = rows::json(row, 4)?;
                    // A text may be the best guess without being among the candidates: then nothing is known of it.
                    let p = candidates.iter().find(|c| c.text == wanted).map_or(0.0, |c| c.p);
                    all.push(CandidateOnRecord {
                        key: PlateKey { kind: rows::word(row, 1)?, text: wanted.to_owned() },
                        p,
                        passage: RecordId::from_text(row.get_ref(0)?.as_str()?),
                        at: rows::time(row, 2)?,
                        camera: CameraId::new(row.get_ref(3)?.as_str()?),
                    });
                }
            }
            Ok(all)
        })
    }
}

fn plate(row: &Row<'_>) -> rusqlite::Result<(PlateKey, u64)> {
    let key = PlateKey { kind: rows::word(row, 1)?, text: row.get(0)? };
    Ok((key, row.get::<_, i64>(2)?.max(0) as u64))
}

fn on_record(db: &Connection, key: PlateKey, passages: u64) -> rusqlite::Result<PlateOnRecord> {
    let of = params![key.text, key.kind.as_str()];
    let first = db.prepare_cached(FIRST)?.query_row(of, |row| rows::time(row, 0)).optional()?;
    let last = db
        .prepare_cached(LAST)?
        .query_row(of, |row| Ok((rows::time(row, 0)?, CameraId::new(row.get_ref(1)?.as_str()?))))
        .optional()?;
    let (last_seen, last_camera) = last.unzip();
    Ok(PlateOnRecord { key, passages, first_seen: first, last_seen, last_camera })
}

//! Corrections: what a person read holds, what the program reads of the same passage goes on beside it.
//!
//! `passages` says what holds. Once a passage is corrected, the program's latest revision of it lies in
//! `corrected_reads`, so that a later look amends that and not what the person said.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};

use super::audit::{self, Deed};
use super::error::StoreError;
use super::query::Reader;
use super::rows;
use crate::domain::correction::{Correction, PersonRead};
use crate::domain::ids::RecordId;
use crate::domain::passage::{Passage, Pictures};

/// A passage's corrections, and what the program says of it.
#[derive(Debug, Clone, PartialEq)]
pub struct CorrectedPassage {
    /// The program's latest revision, without pictures.
    pub program: Passage,
    /// Corrections, oldest first; the last one holds.
    pub corrections: Vec<Correction>,
}

/// The program's latest revision of a passage that was corrected.
pub(super) fn program_read(db: &Connection, id: &RecordId) -> rusqlite::Result<Option<Passage>> {
    db.prepare_cached("SELECT body FROM corrected_reads WHERE passage = ?1")?
        .query_row([id.as_str()], |row| rows::json(row, 0))
        .optional()
}

fn keep_program(tx: &Connection, program: &Passage) -> rusqlite::Result<()> {
    let bare = Passage { pictures: Pictures::default(), ..program.clone() };
    tx.prepare_cached(
        "INSERT INTO corrected_reads (passage, revision, body) VALUES (?1, ?2, ?3) \
         ON CONFLICT (passage) DO UPDATE SET revision = excluded.revision, body = excluded.body",
    )?
    .execute(params![program.id.as_str(), program.revision, rows::to_json(&bare)?])?;
    Ok(())
}

/// Corrections of a passage, oldest first.
pub(super) fn of(db: &Connection, id: &RecordId) -> rusqlite::Result<Vec<Correction>> {
    db.prepare_cached(
        "SELECT id, passage, at, who, why, reading FROM corrections WHERE passage = ?1 ORDER BY at, id",
    )?
    .query_map([id.as_str()], correction)?
    .collect()
}

/// The correction of a row of id, passage, at, who, why, reading.
pub(super) fn correction(row: &rusqlite::Row<'_>) -> rusqlite::Result<Correction> {
    let reading: Option<PersonRead> = match row.get_ref(5)? {
        rusqlite::types::ValueRef::Null => None,
        _ => Some(rows::json(row, 5)?),
    };
    Ok(Correction {
        id: RecordId::from_text(row.get_ref(0)?.as_str()?),
        passage: RecordId::from_text(row.get_ref(1)?.as_str()?),
        at: rows::time(row, 2)?,
        who: row.get(3)?,
        why: row.get(4)?,
        reading,
    })
}

/// The passage as it is to be recorded, where it was corrected; what the program says of it is kept beside.
pub(super) fn standing(tx: &Connection, program: &Passage) -> rusqlite::Result<Option<Passage>> {
    let corrections = of(tx, &program.id)?;
    let Some(last) = corrections.last() else { return Ok(None) };
    keep_program(tx, program)?;
    Ok(Some(last.applied_to(program, corrections.len() as u32)))
}

/// Puts a correction on record and into the audit. Gives the passage before and after; `None` where the passage is not
/// there, or the correction is known already.
pub(super) fn put(
    tx: &Connection,
    new: &Correction,
    (login, verb): (&str, &str),
    now: Timestamp,
) -> rusqlite::Result<Option<(Passage, Passage)>> {
    let Some(before) = rows::passage_by_id(tx, &new.passage)? else { return Ok(None) };
    let reading = new.reading.as_ref().map(rows::to_json).transpose()?;
    let added = tx
        .prepare_cached(
            "INSERT INTO corrections (id, passage, at, who, why, reading) VALUES (?1, ?2, ?3, ?4, ?5, ?6) \
             ON CONFLICT (id) DO NOTHING",
        )?
        .execute(params![
            new.id.as_str(),
            new.passage.as_str(),
            new.at.as_microsecond(),
            new.who,
            new.why,
            reading,
        ])?;
    if added == 0 {
        return Ok(None);
    }
    let program = match program_read(tx, &new.passage)? {
        Some(program) => program,
        None => before.clone(),
    };
    let Some(after) = standing(tx, &program)? else { return Ok(None) };
    let said = match &new.reading {
        None => "what the program reads".to_owned(),
        Some(read) => read.key().map_or_else(|| "no plate legible".to_owned(), |k| k.to_string()),
    };
    let was = before.key().map_or_else(|| before.plate_state.as_str().to_owned(), |k| k.to_string());
    audit::append(
        tx,
        &audit::Entry {
            at: now,
            who: login,
            what: Deed::Correction,
            verb,
            query: &format!("{} by {}: {was} -> {said}", new.passage, new.who),
            purpose: &new.why,
            about: None,
            results: None,
        },
    )?;
    Ok(Some((before, after)))
}

impl Reader {
    /// What was corrected of a passage; `None` where nothing was.
    pub fn corrected(&self, id: &RecordId) -> Result<Option<CorrectedPassage>, StoreError> {
        self.ask(|db| {
            let Some(program) = program_read(db, id)? else { return Ok(None) };
            Ok(Some(CorrectedPassage { program, corrections: of(db, id)? }))
        })
    }
}

//! Taking an export in. The file is read twice: first all of it is checked, then it is taken; whatever is broken in it is
//! found before anything is written. What is here already is passed over, so the same file may come any number of times.

use std::cell::RefCell;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};
use sha2::{Digest, Sha256};

use super::apply::{Counts, Hands, Record};
use super::audit::{self, Deed};
use super::error::StoreError;
use super::exchange::{self, BoxLine, ExportHeader, FORM, Line, PictureLine, hex};
use super::open::Store;
use super::pictures::Picture;
use super::rows;
use super::writer::write_beside;
use crate::base::clock::Clock;
use crate::domain::passage::Passage;

/// An export that was checked from its first line to its last.
#[derive(Debug)]
pub struct Incoming {
    path: PathBuf,
    /// Who made it, and when.
    pub header: ExportHeader,
    /// The boxes that its passages come from.
    pub boxes: Vec<BoxLine>,
    sha256: [u8; 32],
}

impl Incoming {
    /// Reads and checks the file.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let wrong = |line: u64, why: String| StoreError::BadExport { file: path.to_owned(), line, why };
        let (mut header, mut boxes, mut ended) = (None, Vec::new(), false);
        let (mut hash, mut whole) = (Sha256::new(), Sha256::new());
        let mut number = 0;
        for text in lines_of(path)? {
            let text = text?;
            let line: Line = serde_json::from_str(&text)
                .map_err(|e| wrong(number + 1, format!("is no line of one ({e})")))?;
            match (number, line) {
                _ if ended => return Err(wrong(number + 1, "stands after the end".to_owned())),
                (0, Line::Export(h)) if h.form == FORM => header = Some(h),
                (0, Line::Export(h)) => {
                    let why = format!(
                        "is of form {}, this program knows form {FORM}: use a newer hanhtrinh",
                        h.form
                    );
                    return Err(wrong(1, why));
                }
                (0, _) | (_, Line::Export(_)) => {
                    return Err(wrong(number + 1, "is not where it belongs".to_owned()));
                }
                (_, Line::Box(line)) => boxes.push(line),
                (_, Line::Picture(picture)) => {
                    decoded(&picture).map_err(|why| wrong(number + 1, why))?;
                }
                (_, Line::End { lines, sha256 }) => {
                    if lines != number || sha256 != hex(&hash.clone().finalize()) {
                        return Err(wrong(
                            number + 1,
                            "says that lines before it were changed or lost".to_owned(),
                        ));
                    }
                    ended = true;
                }
                _ => {}
            }
            hash.update(text.as_bytes());
            hash.update(b"\n");
            whole.update(text.as_bytes());
            whole.update(b"\n");
            number += 1;
        }
        match header {
            Some(header) if ended => {
                Ok(Self { path: path.to_owned(), header, boxes, sha256: whole.finalize().into() })
            }
            _ => Err(wrong(number, "is the last one, and no end: the file was cut off".to_owned())),
        }
    }
}

fn lines_of(path: &Path) -> Result<impl Iterator<Item = Result<String, StoreError>> + use<>, StoreError> {
    let file = File::open(path).map_err(StoreError::file(path))?;
    let path = path.to_owned();
    Ok(BufReader::new(file).lines().map(move |l| l.map_err(StoreError::file(&path))))
}

fn decoded(line: &PictureLine) -> Result<Picture, String> {
    let jpeg = BASE64.decode(&line.jpeg).map_err(|e| format!("holds a picture that is no base64 ({e})"))?;
    if hex(&Sha256::digest(&jpeg)) != line.sha256 {
        return Err("holds a picture that is not what its hash says".to_owned());
    }
    Ok(Picture { kind: line.kind, jpeg })
}

/// Puts the places of the other boxes on record. Refused where a camera of another box has the name of one that is known
/// here, or where the home province is another: what is told of journeys would be wrong.
pub fn take_boxes(store: &Store, incoming: &Incoming) -> Result<(), StoreError> {
    let file = store.file();
    let sql = StoreError::sql(&file);
    let mut db = store.write()?;
    let tx = db.transaction_with_behavior(TransactionBehavior::Immediate).map_err(&sql)?;
    let own = exchange::own_box(&tx).map_err(&sql)?;
    let known = exchange::all_boxes(&tx, &own).map_err(&sql)?;
    for new in incoming.boxes.iter().filter(|b| b.name != own) {
        for old in known.iter().filter(|k| k.name != new.name) {
            if old.settings.home != new.settings.home {
                return Err(StoreError::OtherHome {
                    theirs: new.settings.home.clone(),
                    ours: old.settings.home.clone(),
                });
            }
            let twice =
                new.settings.cameras.iter().find(|c| old.settings.cameras.iter().any(|o| o.name == c.name));
            if let Some(camera) = twice {
                return Err(StoreError::SameCamera {
                    camera: camera.name.to_string(),
                    boxes: [old.name.clone(), new.name.clone()],
                });
            }
        }
        put_box(&tx, new).map_err(&sql)?;
    }
    tx.commit().map_err(&sql)
}

fn put_box(tx: &Connection, line: &BoxLine) -> rusqlite::Result<()> {
    tx.prepare_cached(
        "INSERT INTO boxes (name, saved_at, settings) VALUES (?1, ?2, ?3) ON CONFLICT (name) DO UPDATE \
         SET saved_at = excluded.saved_at, settings = excluded.settings WHERE excluded.saved_at > boxes.saved_at",
    )?
    .execute(params![line.name, line.saved_at.as_microsecond(), rows::to_json(&line.settings)?])?;
    Ok(())
}

/// Takes an export in, whose boxes were taken before, beside the program that may be running. `hands` know the rules with
/// the gates of all boxes.
pub fn import(
    store: &Store,
    incoming: &Incoming,
    hands: &Hands,
    clock: &dyn Clock,
    who: &str,
) -> Result<Counts, StoreError> {
    let failure = RefCell::new(None);
    let known = store.read()?;
    let mut waiting: Vec<Picture> = Vec::new();
    let records = lines_of(&incoming.path)?
        .map_while(|line| line.map_err(|e| *failure.borrow_mut() = Some(e)).ok())
        .filter_map(|text| match record_of(&known, &text, &mut waiting, who) {
            Ok(record) => record,
            Err(e) => {
                failure.borrow_mut().get_or_insert(StoreError::sql(&store.file())(e));
                None
            }
        });
    let counts = write_beside(store, records, hands, clock)?;
    if let Some(error) = failure.into_inner() {
        return Err(error);
    }
    keep_books(store, incoming, &counts, who, clock.now())?;
    Ok(counts)
}

/// The record of a line, which was understood before. Pictures wait for their passage.
fn record_of(
    known: &Connection,
    text: &str,
    waiting: &mut Vec<Picture>,
    who: &str,
) -> rusqlite::Result<Option<Record>> {
    // A file that was changed since it was checked: what is not understood any more is passed over.
    let Ok(line) = serde_json::from_str::<Line>(text) else { return Ok(None) };
    Ok(match line {
        Line::Export(_) | Line::Box(_) | Line::End { .. } => None,
        Line::Picture(picture) => {
            waiting.extend(decoded(&picture));
            None
        }
        Line::Passage(passage) => Some(passage_record(known, passage.into_body(), std::mem::take(waiting))?),
        Line::Correction(correction) => Some(Record::Corrected {
            correction: Box::new(correction),
            login: who.to_owned(),
            verb: "store import",
        }),
        Line::Cancelled(cancelled) => Some(Record::Cancelled(cancelled.into_body())),
        Line::Outage(outage) => Some(Record::Outage(outage.into_outage())),
    })
}

/// The passage; where it is here already, only the pictures that it lacks.
fn passage_record(
    known: &Connection,
    passage: Passage,
    mut pictures: Vec<Picture>,
) -> rusqlite::Result<Record> {
    let revision: Option<u32> = known
        .prepare_cached(
            "SELECT coalesce((SELECT revision FROM corrected_reads WHERE passage = ?1), revision) \
             FROM passages WHERE id = ?1",
        )?
        .query_row([passage.id.as_str()], |row| row.get(0))
        .optional()?;
    if revision.is_none_or(|here| here < passage.revision) || pictures.is_empty() {
        return Ok(Record::Passage(Box::new(passage), pictures));
    }
    let mut there = Vec::new();
    for picture in &pictures {
        there.push(
            known
                .prepare_cached("SELECT 1 FROM pictures WHERE passage = ?1 AND kind = ?2")?
                .exists(params![passage.id.as_str(), picture.kind.as_str()])?,
        );
    }
    let mut there = there.into_iter();
    pictures.retain(|_| !there.next().unwrap_or(false));
    let lacks_none = pictures.is_empty();
    let passage = Box::new(passage);
    Ok(if lacks_none { Record::Passage(passage, pictures) } else { Record::Pictures(passage, pictures) })
}

fn keep_books(
    store: &Store,
    incoming: &Incoming,
    counts: &Counts,
    who: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    let file = store.file();
    let mut db = store.write()?;
    let mut write = || {
        let tx = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        tx.execute(
            "INSERT INTO imports (at, who, box, made_at, sha256, passages, pictures) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            params![
                now.as_microsecond(),
                who,
                incoming.header.r#box,
                incoming.header.made_at.as_microsecond(),
                incoming.sha256,
                (counts.passages + counts.amended) as i64,
                counts.pictures as i64,
            ],
        )?;
        let made = crate::domain::time::rfc3339_local(incoming.header.made_at);
        let query = format!(
            "from {} of {made}: {} passages new, {} amended, {} corrected",
            incoming.header.r#box, counts.passages, counts.amended, counts.corrected
        );
        let entry = audit::Entry {
            at: now,
            who,
            what: Deed::Import,
            verb: "store import",
            query: &query,
            purpose: "",
            about: None,
            results: None,
        };
        audit::append(&tx, &entry)?;
        tx.commit()
    };
    write().map_err(StoreError::sql(&file))
}

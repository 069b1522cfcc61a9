//! The store's fsck: what SQLite can say of itself, and what only we know must hold.

use std::fs::{self, File};
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

use rusqlite::Connection;

use super::apply::{Hands, journeys_of};
use super::error::StoreError;
use super::joined::{self, Setting};
use super::open::{PICTURES, Store};
use super::pictures::{PictureFolder, remove_if_there};
use super::retention;
use super::rows;
use super::{audit, corrections, summaries};
use crate::domain::ids::RecordId;
use crate::domain::passage::Passage;
use crate::domain::plate::PlateKey;

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Worth knowing; nothing is wrong.
    Note,
    /// Nothing is lost, but look at it.
    Warning,
    /// Something that should be there is not, or is not what it should be.
    Error,
}

/// What a check has found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// How bad.
    pub severity: Severity,
    /// What.
    pub text: String,
    /// What to do about it.
    pub way_out: String,
}

/// Looks through the whole store. `hands` join passages and make journeys as the writer's do. A store that was opened to write is
/// also tidied: files that no row names are removed, journeys that differ are made again, the sum of the pictures is
/// set right; the findings say so. One that was opened to read only may be written by a run meanwhile, so its unnamed
/// files, which may be on their way in, are not judged. A store without a finding above [`Severity::Note`] is clean.
pub fn check(store: &Store, hands: &Hands) -> Result<Vec<Finding>, StoreError> {
    let file = store.file();
    let sql = StoreError::sql(&file);
    let db = if store.is_writable() { store.write()? } else { store.read()? };
    let mut found = Findings(Vec::new());
    found.sqlite(&db).map_err(&sql)?;
    if found.0.iter().any(|f| f.severity == Severity::Error) {
        // What is read from a damaged file proves nothing.
        return Ok(found.0);
    }
    found.pictures(&db, store.dir()).map_err(&sql)?;
    if store.is_writable() {
        PictureFolder::open(store.dir(), &db)?;
        retention::remove_files(store.dir(), &db)?;
        found.unnamed_files(&db, store.dir())?;
    }
    found.picture_sum(&db, store.is_writable()).map_err(&sql)?;
    let setting = hands.setting(&db, []).map_err(&sql)?;
    if let Some(setting) = &setting {
        found.joining(&db, setting, store.is_writable()).map_err(&sql)?;
    }
    found.journeys(&db, hands, setting.as_deref(), store.is_writable()).map_err(&sql)?;
    found.corrections(&db).map_err(&sql)?;
    found.duplicates(&db).map_err(&sql)?;
    found.summaries(&db, store.is_writable()).map_err(&sql)?;
    found.runs_and_outages(&db, store.is_writable()).map_err(&sql)?;
    if let Some(number) = audit::broken_link(&db).map_err(&sql)? {
        found.error(
            format!("the audit was changed: row {number} is not what was recorded, or does not follow on the row before"),
            "compare it with a backup, and find out who can write the file",
        );
    }
    if let Some(number) = audit::broken_before_upgrade(&db).map_err(&sql)? {
        found.error(
            format!("the record of questions was changed at or before question {number}, before the upgrade to version 3"),
            "compare it with a backup of that time, and find out who could write the file",
        );
    }
    Ok(found.0)
}

struct Findings(Vec<Finding>);

impl Findings {
    fn add(&mut self, severity: Severity, text: impl Into<String>, way_out: &str) {
        self.0.push(Finding { severity, text: text.into(), way_out: way_out.to_owned() });
    }

    fn error(&mut self, text: impl Into<String>, way_out: &str) {
        self.add(Severity::Error, text, way_out);
    }

    fn sqlite(&mut self, db: &Connection) -> rusqlite::Result<()> {
        let restore = "bring the database back from a backup";
        let mut query = db.prepare("PRAGMA integrity_check")?;
        for line in query.query_map([], |row| row.get::<_, String>(0))? {
            let line = line?;
            if line != "ok" {
                self.error(format!("the database is damaged: {line}"), restore);
            }
        }
        let mut query =
            db.prepare("SELECT \"table\", parent, count(*) FROM pragma_foreign_key_check GROUP BY 1, 2")?;
        let mut rows = query.query([])?;
        while let Some(row) = rows.next()? {
            let (table, parent, n): (String, String, i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
            self.error(format!("{n} rows of {table} name a row of {parent} that is not there"), restore);
        }
        Ok(())
    }

    fn summaries(&mut self, db: &Connection, mend: bool) -> rusqlite::Result<()> {
        let (plates, hours) = summaries::differences(db)?;
        if plates + hours == 0 {
            return Ok(());
        }
        let text = format!(
            "{plates} rows of plates and {hours} of the counts by hour are not what the passages say"
        );
        if mend {
            summaries::rebuild(db)?;
            self.add(Severity::Warning, text, "they were made again");
        } else {
            self.error(text, "run `hanhtrinh store check` while no run is writing, to make them again");
        }
        Ok(())
    }

    fn pictures(&mut self, db: &Connection, dir: &Path) -> rusqlite::Result<()> {
        let mut query = db.prepare("SELECT path, bytes FROM pictures ORDER BY path")?;
        let mut rows = query.query([])?;
        while let Some(row) = rows.next()? {
            let (path, bytes): (String, i64) = (row.get(0)?, row.get(1)?);
            if let Err(what) = look_at_jpeg(&dir.join(&path), bytes) {
                self.error(format!("picture {path} {what}"), "bring the picture back from a backup");
            }
        }
        Ok(())
    }

    fn unnamed_files(&mut self, db: &Connection, dir: &Path) -> Result<(), StoreError> {
        let file = dir.join(super::open::DATABASE);
        let mut folders = vec![dir.join(PICTURES)];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(&folder).map_err(StoreError::file(&folder))? {
                let entry = entry.map_err(StoreError::file(&folder))?;
                let path = entry.path();
                if entry.file_type().map_err(StoreError::file(&path))?.is_dir() {
                    folders.push(path);
                    continue;
                }
                let name = relative(dir, &path);
                let named = db
                    .prepare_cached("SELECT 1 FROM pictures WHERE path = ?1")
                    .and_then(|mut q| q.exists([&name]))
                    .map_err(StoreError::sql(&file))?;
                if !named {
                    remove_if_there(&path)?;
                    self.add(Severity::Warning, format!("no row named the file {name}"), "it was removed");
                }
            }
        }
        Ok(())
    }

    fn picture_sum(&mut self, db: &Connection, repair: bool) -> rusqlite::Result<()> {
        let (kept, real): (i64, i64) = db.query_row(
            "SELECT (SELECT bytes FROM picture_total WHERE id = 1), (SELECT coalesce(sum(bytes), 0) FROM pictures)",
            [],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )?;
        if kept == real {
            return Ok(());
        }
        let text = format!("the pictures' sum of bytes is {real}, {kept} was on record");
        if repair {
            db.execute("UPDATE picture_total SET bytes = ?1 WHERE id = 1", [real])?;
            self.add(Severity::Warning, text, "it was set right");
        } else {
            self.add(
                Severity::Warning,
                text,
                "run `hanhtrinh store check` while no run writes: it sets it right",
            );
        }
        Ok(())
    }

    /// Whether what joining has decided of each passage is what it would decide now.
    fn joining(&mut self, db: &Connection, setting: &Setting, repair: bool) -> rusqlite::Result<()> {
        let waiting = joined::waiting(db)?;
        if waiting > 0 {
            let text = format!("{waiting} unsure passages wait to be joined under the present settings");
            self.add(Severity::Note, text, "the run does it, 64 with each batch that it writes");
        }
        let stale = joined::stale(db, setting)?;
        if stale.is_empty() {
            return Ok(());
        }
        let text = format!("{} unsure passages would be joined otherwise now", stale.len());
        if repair {
            joined::decide_later(db, &stale)?;
            self.add(Severity::Warning, text, "the next run joins them again");
        } else {
            self.error(text, "run `hanhtrinh store check` while no run writes: it has them joined again");
        }
        Ok(())
    }

    fn journeys(
        &mut self,
        db: &Connection,
        hands: &Hands,
        setting: Option<&Setting>,
        repair: bool,
    ) -> rusqlite::Result<()> {
        let mut query = db.prepare(
            "SELECT plate_kind, plate FROM passages WHERE plate IS NOT NULL \
             UNION SELECT plate_kind, plate FROM journeys \
             UNION SELECT plate_kind, second_plate FROM unsure WHERE second_plate IS NOT NULL",
        )?;
        let keys =
            query.query_map([], |row| Ok(PlateKey { kind: rows::word(row, 0)?, text: row.get(1)? }))?;
        for key in keys {
            let key = key?;
            // One look at both: a run may write between two.
            let tx = db.unchecked_transaction()?;
            let mut wanted = journeys_of(&tx, &key, setting, &hands.assemble)?;
            let mut stored = rows::journeys_by_key(&tx, &key)?;
            wanted.sort_by(|a, b| a.id.cmp(&b.id));
            stored.sort_by(|a, b| a.id.cmp(&b.id));
            if wanted == stored {
                continue;
            }
            // The plate itself is personal data and not for a log; a journey's or passage's name finds it.
            let name = stored.first().or(wanted.first()).map_or(String::new(), |j| j.id.to_string());
            let text = format!(
                "a vehicle has {} journeys on record and {} by its passages, or they differ (journey {name})",
                stored.len(),
                wanted.len()
            );
            if repair {
                for journey in &stored {
                    tx.execute("DELETE FROM journeys WHERE id = ?1", [journey.id.as_str()])?;
                }
                wanted.iter().try_for_each(|journey| rows::put_journey(&tx, journey))?;
                tx.commit()?;
                self.add(Severity::Warning, text, "they were made again from the passages");
            } else {
                self.error(text, "run `hanhtrinh store check` while no run writes: it makes them again");
            }
        }
        Ok(())
    }

    fn corrections(&mut self, db: &Connection) -> rusqlite::Result<()> {
        let mut query = db.prepare("SELECT passage FROM corrected_reads ORDER BY passage")?;
        let names = query.query_map([], |row| Ok(RecordId::from_text(row.get_ref(0)?.as_str()?)))?;
        for id in names {
            let id = id?;
            // One look at all three: somebody may correct between two.
            let tx = db.unchecked_transaction()?;
            let said = corrections::of(&tx, &id)?;
            let (now, program) = (rows::passage_by_id(&tx, &id)?, corrections::program_read(&tx, &id)?);
            let (Some(last), Some(program)) = (said.last(), program) else {
                self.error(
                    format!("passage {id} is kept as corrected and has no correction"),
                    "compare it with a backup",
                );
                continue;
            };
            let wanted = last.applied_to(&program, said.len() as u32);
            let plate = |p: &Passage| (p.key(), p.verdict, p.corrected, p.revision);
            if now.as_ref().map(plate) != Some(plate(&wanted)) {
                self.error(
                    format!("passage {id} does not say what its last correction says"),
                    "correct it again with `hanhtrinh correct`",
                );
            }
        }
        Ok(())
    }

    fn duplicates(&mut self, db: &Connection) -> rusqlite::Result<()> {
        let mut query = db.prepare(
            "SELECT id, before FROM (SELECT id, crossed_at, \
             lag(id) OVER w AS before, lag(crossed_at) OVER w AS earlier FROM passages \
             WHERE plate IS NOT NULL AND crossed_at IS NOT NULL \
             WINDOW w AS (PARTITION BY plate, plate_kind, camera, direction ORDER BY crossed_at)) \
             WHERE crossed_at - earlier <= 1000000",
        )?;
        let mut rows = query.query([])?;
        while let Some(row) = rows.next()? {
            let (id, before): (String, String) = (row.get(0)?, row.get(1)?);
            self.add(
                Severity::Warning,
                format!("passages {before} and {id} are of one plate, camera and direction within a second"),
                "look at their pictures: one vehicle may have been recorded twice",
            );
        }
        Ok(())
    }

    fn runs_and_outages(&mut self, db: &Connection, nobody_writes: bool) -> rusqlite::Result<()> {
        if !nobody_writes {
            return Ok(());
        }
        let mut query = db.prepare("SELECT id FROM runs WHERE ended_at IS NULL")?;
        for run in query.query_map([], |row| row.get::<_, String>(0))? {
            let text = format!("run {} was killed", run?);
            self.add(Severity::Note, text, "the next run closes it and records the time without a watch");
        }
        let mut query =
            db.prepare("SELECT camera, from_at FROM outages WHERE to_at IS NULL ORDER BY camera")?;
        let mut open = query.query([])?;
        while let Some(row) = open.next()? {
            let (camera, from): (String, _) = (row.get(0)?, rows::time(row, 1)?);
            let since = crate::domain::time::rfc3339_local(from);
            self.add(
                Severity::Note,
                format!("the outage of camera {camera} since {since} is open and no run goes"),
                "it ends with the camera's next frame",
            );
        }
        Ok(())
    }
}

/// Whether a file is there, of that size, and begins and ends as a JPEG does; else what is wrong with it.
fn look_at_jpeg(path: &Path, bytes: i64) -> Result<(), String> {
    let look = || -> std::io::Result<(u64, [u8; 2], [u8; 2])> {
        let mut file = File::open(path)?;
        let size = file.metadata()?.len();
        let (mut start, mut end) = ([0; 2], [0; 2]);
        if size >= 4 {
            file.read_exact(&mut start)?;
            file.seek(SeekFrom::End(-2))?;
            file.read_exact(&mut end)?;
        }
        Ok((size, start, end))
    };
    match look() {
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Err("is missing".to_owned()),
        Err(e) => Err(format!("cannot be read ({e})")),
        Ok((size, ..)) if i64::try_from(size) != Ok(bytes) => Err(format!("has {size} bytes, not {bytes}")),
        Ok((_, [0xff, 0xd8], [0xff, 0xd9])) => Ok(()),
        Ok(_) => Err("is no whole JPEG".to_owned()),
    }
}

fn relative(dir: &Path, path: &Path) -> String {
    let parts: Vec<_> = path.strip_prefix(dir).unwrap_or(path).iter().map(|p| p.to_string_lossy()).collect();
    parts.join("/")
}

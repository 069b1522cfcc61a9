//! Records to rows: what one transaction of the writer does.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Transaction, params};

use super::alerts::{self, Likeness};
use super::corrections;
use super::facts::{self, RunStart, SettingsUsed};
use super::home::{self, HomeCount};
use super::joined::{self, JoinBy, News, Setting, Settings};
use super::pictures::{Kept, Picture};
use super::{outbox, retention, rows};
use crate::domain::correction::Correction;
use crate::domain::ids::{CameraId, RecordId, RunId};
use crate::domain::journey::{Journey, Witness};
use crate::domain::passage::{CancelledPassage, Outage, Passage, Pictures};
use crate::domain::plate::PlateKey;

/// A fact for the writer.
#[derive(Debug, Clone, PartialEq)]
pub enum Record {
    /// A passage in any revision, with the pictures that this revision brings. Written where its revision is higher
    /// than the one on record, else passed over. The paths in it are passed over: the store names its files itself.
    Passage(Box<Passage>, Vec<Picture>),
    /// A passage is taken back. Final: it is not written again under the same name.
    Cancelled(CancelledPassage),
    /// A vehicle of the home province that is only counted. Takes the place of the passage of that name.
    HomeCount(HomeCount),
    /// A camera gives no frames; where it is in an outage already, its state and reason are brought up to date.
    OutageBegan(Outage),
    /// A camera gives frames: its open outage ends, if there is one.
    OutageEnded {
        /// Camera.
        camera: CameraId,
        /// First frame.
        to: Timestamp,
    },
    /// The program starts to write.
    RunStarted(RunStart),
    /// The program ends by itself.
    RunEnded(RunId),
    /// What the verbs that only ask need to know.
    Settings(Box<SettingsUsed>),
    /// Pictures of a passage that is on record already, which it lacks.
    Pictures(Box<Passage>, Vec<Picture>),
    /// An outage as another box has recorded it.
    Outage(Outage),
    /// A person read a passage's plate otherwise. Passed over where the passage is not there.
    Corrected {
        /// The correction.
        correction: Box<Correction>,
        /// Login of who brings it here.
        login: String,
        /// Verb of the program that does.
        verb: &'static str,
    },
    /// Where alerts go from now on, by name.
    AlertTargets(Vec<String>),
}

/// Makes the journeys of a vehicle from its passages: the key that names it, and the witnesses. Injected: the store knows
/// no rules.
pub type Assemble = Box<dyn Fn(&PlateKey, &[Witness]) -> Vec<Journey> + Send>;

/// What the store is handed to do what it knows nothing of.
pub struct Hands {
    /// Makes journeys.
    pub assemble: Assemble,
    /// Says how far a passage may be of a watched plate.
    pub likeness: Likeness,
    /// Which passages are one vehicle's; `None`: those of one text.
    pub joining: Option<JoinBy>,
    pub(super) settings: Settings,
}

impl Hands {
    /// Journeys by `assemble`; a plate is alike only where it is a candidate, with its share of the belief.
    pub fn new(assemble: Assemble) -> Self {
        let share = |passage: &Passage, plate: &str| {
            let same = passage.candidates.iter().filter(|c| rows::folded(&c.text) == plate);
            same.map(|c| c.p).fold(0.0, f32::max)
        };
        Self { assemble, likeness: Box::new(share), joining: None, settings: Settings::default() }
    }

    /// Joined by these, with this likeness.
    pub fn joined(assemble: Assemble, likeness: Likeness, by: JoinBy) -> Self {
        Self { likeness, joining: Some(by), ..Self::new(assemble) }
    }

    /// What joining goes by in this store, with the cameras `named` besides those on record.
    pub(super) fn setting<'n>(
        &self,
        db: &Connection,
        named: impl IntoIterator<Item = &'n str>,
    ) -> rusqlite::Result<Option<Arc<Setting>>> {
        self.joining.as_ref().map(|by| self.settings.of(db, by, named)).transpose()
    }
}

/// What a batch did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Passages written for the first time.
    pub passages: u64,
    /// Passages amended.
    pub amended: u64,
    /// Passages passed over: on record already in this or a higher revision, or cancelled.
    pub passed_over: u64,
    /// Vehicles of the home province counted.
    pub home: u64,
    /// Passages taken back.
    pub cancelled: u64,
    /// Pictures kept.
    pub pictures: u64,
    /// Their bytes.
    pub picture_bytes: u64,
    /// Corrections put on record.
    pub corrected: u64,
    /// Alerts raised, amended or withdrawn.
    pub alerts: u64,
}

impl Counts {
    /// Adds what another batch did.
    pub(super) fn add(&mut self, other: &Self) {
        let pairs = [
            (&mut self.passages, other.passages),
            (&mut self.amended, other.amended),
            (&mut self.passed_over, other.passed_over),
            (&mut self.home, other.home),
            (&mut self.cancelled, other.cancelled),
            (&mut self.pictures, other.pictures),
            (&mut self.picture_bytes, other.picture_bytes),
            (&mut self.corrected, other.corrected),
            (&mut self.alerts, other.alerts),
        ];
        for (sum, more) in pairs {
            *sum += more;
        }
    }
}

/// What is known of a passage's name before a record of the batch is looked at.
#[derive(Default)]
struct Known {
    cancelled: bool,
    /// Revision that was counted as a vehicle of the home province, 0 where none was.
    counted: u32,
    /// What the program said last.
    passage: Option<Passage>,
    /// A person has said what holds.
    corrected: bool,
}

impl Known {
    fn look_up(db: &Connection, id: &RecordId) -> rusqlite::Result<Self> {
        let program = corrections::program_read(db, id)?;
        Ok(Self {
            cancelled: is_cancelled(db, id)?,
            counted: home::counted_revision(db, id)?.unwrap_or(0),
            corrected: program.is_some(),
            passage: match program {
                Some(program) => Some(program),
                None => rows::passage_by_id(db, id)?,
            },
        })
    }

    fn is_news(&self, revision: u32) -> bool {
        let written = self.passage.as_ref().map_or(0, |p| p.revision);
        !self.cancelled && revision > self.counted.max(written)
    }
}

/// Which records of a batch are to be written: by position in the batch, true where the revision is news.
pub(super) fn plan(db: &Connection, batch: &[Record]) -> rusqlite::Result<Vec<bool>> {
    let mut known: HashMap<RecordId, Known> = HashMap::new();
    let mut news = Vec::with_capacity(batch.len());
    for record in batch {
        let id = match record {
            Record::Passage(passage, _) => &passage.id,
            Record::HomeCount(count) => &count.id,
            Record::Cancelled(cancelled) => &cancelled.id,
            _ => {
                news.push(true);
                continue;
            }
        };
        if !known.contains_key(id) {
            known.insert(id.clone(), Known::look_up(db, id)?);
        }
        let Some(before) = known.get_mut(id) else { continue };
        news.push(match record {
            Record::Passage(passage, pictures) => {
                let repeats =
                    pictures.is_empty() && before.passage.as_ref().is_some_and(|b| says_the_same(passage, b));
                let new = before.is_news(passage.revision) && !repeats;
                if new {
                    before.passage = Some((**passage).clone());
                }
                new
            }
            Record::HomeCount(count) => {
                let new = before.is_news(count.revision) && !before.corrected;
                if new {
                    before.counted = count.revision;
                }
                new
            }
            _ => {
                before.cancelled = true;
                true
            }
        });
    }
    Ok(news)
}

fn is_cancelled(db: &Connection, id: &RecordId) -> rusqlite::Result<bool> {
    let found = db
        .prepare_cached("SELECT 1 FROM cancelled_passages WHERE id = ?1")?
        .query_row([id.as_str()], |_| Ok(()))
        .optional()?;
    Ok(found.is_some())
}

/// Whether the two differ in nothing but revision and paths. Times are compared as the store keeps them.
fn says_the_same(a: &Passage, b: &Passage) -> bool {
    let bare = |p: &Passage| {
        let us = |t: Option<Timestamp>| t.and_then(|t| Timestamp::from_microsecond(t.as_microsecond()).ok());
        Passage {
            revision: 0,
            pictures: Pictures::default(),
            crossed_at: us(p.crossed_at),
            first_seen: us(p.first_seen),
            last_seen: us(p.last_seen),
            ..p.clone()
        }
    };
    bare(a) == bare(b)
}

/// Writes a batch. `news` is what [`plan`] said, `kept` the pictures that are in place. Files that no row names any
/// more wait in `files_to_remove` for the commit.
pub(super) fn apply(
    tx: &Transaction<'_>,
    batch: &[Record],
    news: &[bool],
    kept: &[Kept],
    hands: &Hands,
    now: Timestamp,
) -> rusqlite::Result<Counts> {
    let mut counts = Counts::default();
    let mut changes = News::default();
    let mut written = BTreeSet::new();
    let mut gone = Vec::new();
    // Before the first passage is looked at: they tell where its camera stands.
    for record in batch {
        if let Record::Settings(settings) = record
            && facts::put_settings(tx, settings, now)?
        {
            joined::decide_all_later(tx)?;
        }
    }
    let cameras = batch.iter().filter_map(|record| match record {
        Record::Passage(passage, _) => Some(passage.camera.as_str()),
        _ => None,
    });
    let setting = hands.setting(tx, cameras)?;
    let setting = setting.as_deref();
    for (record, &new) in batch.iter().zip(news) {
        match record {
            Record::Passage(passage, _) if new => {
                let before = rows::passage_by_id(tx, &passage.id)?;
                *(if before.is_some() { &mut counts.amended } else { &mut counts.passages }) += 1;
                let corrected = corrections::standing(tx, passage)?;
                let passage = corrected.as_ref().unwrap_or(passage);
                home::take_out(tx, &passage.id)?;
                rewrite(tx, setting, before.as_ref(), passage, now, &mut changes)?;
                written.insert(passage.id.clone());
            }
            Record::HomeCount(count) if new => {
                counts.home += 1;
                // It was recorded before the read said that it is of the home province.
                let before = rows::passage_by_id(tx, &count.id)?;
                if let Some(before) = before {
                    remove(tx, setting, &before, &mut changes)?;
                    gone.push(before);
                }
                home::count(tx, count, now)?;
            }
            Record::Passage(..) | Record::HomeCount(_) => counts.passed_over += 1,
            Record::Cancelled(cancelled) => {
                if let Some(before) = cancel(tx, cancelled, now)? {
                    counts.cancelled += 1;
                    remove(tx, setting, &before, &mut changes)?;
                    gone.push(before);
                }
            }
            Record::OutageBegan(outage) => facts::outage_began(tx, outage)?,
            Record::OutageEnded { camera, to } => facts::outage_ended(tx, camera, *to)?,
            Record::RunStarted(run) => facts::run_started(tx, run, now)?,
            Record::RunEnded(run) => facts::run_ended(tx, run, now)?,
            Record::Settings(_) => {}
            Record::Corrected { correction, login, verb } => {
                if let Some((before, after)) = corrections::put(tx, correction, (login, verb), now)? {
                    counts.corrected += 1;
                    rewrite(tx, setting, Some(&before), &after, now, &mut changes)?;
                    written.insert(after.id);
                }
            }
            Record::Pictures(..) => {}
            Record::Outage(outage) => facts::put_outage(tx, outage)?,
            Record::AlertTargets(names) => outbox::put_targets(tx, names)?,
        }
    }
    for picture in kept {
        if put_picture(tx, picture)? {
            counts.pictures += 1;
            counts.picture_bytes += picture.bytes as u64;
        } else {
            // The passage was taken back within the batch that brought it.
            tx.prepare_cached("INSERT OR IGNORE INTO files_to_remove (path) VALUES (?1)")?
                .execute([&picture.path])?;
        }
    }
    let touched = joined::decide(tx, setting, changes)?;
    rejoin(tx, &touched, setting, &hands.assemble, Some(now))?;
    counts.alerts = alerts::update(tx, &written, &gone, &hands.likeness, now)?;
    Ok(counts)
}

/// Writes a passage over what it was.
fn rewrite(
    tx: &Connection,
    setting: Option<&Setting>,
    before: Option<&Passage>,
    after: &Passage,
    now: Timestamp,
    changes: &mut News,
) -> rusqlite::Result<()> {
    if let Some(before) = before {
        joined::leaves(tx, setting, before, changes)?;
    }
    rows::put_passage(tx, after, now)?;
    joined::change(tx, setting, before, Some(after), changes)
}

/// Takes a passage away.
pub(super) fn remove(
    tx: &Connection,
    setting: Option<&Setting>,
    passage: &Passage,
    changes: &mut News,
) -> rusqlite::Result<u64> {
    joined::leaves(tx, setting, passage, changes)?;
    let bytes = retention::remove_passage(tx, passage.id.as_str())?;
    joined::change(tx, setting, Some(passage), None, changes)?;
    Ok(bytes)
}

/// Writes the picture's row; false where its passage is not there.
fn put_picture(tx: &Transaction<'_>, picture: &Kept) -> rusqlite::Result<bool> {
    let written = tx
        .prepare_cached(
            "INSERT INTO pictures (passage, kind, revision, path, bytes, sha256, taken_at) \
             SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7 WHERE EXISTS (SELECT 1 FROM passages WHERE id = ?1) \
             ON CONFLICT (passage, kind, revision) DO UPDATE \
             SET path = excluded.path, bytes = excluded.bytes, sha256 = excluded.sha256",
        )?
        .execute(params![
            picture.passage.as_str(),
            picture.kind.as_str(),
            picture.revision,
            picture.path,
            picture.bytes,
            picture.sha256,
            picture.taken_at.as_microsecond(),
        ])?;
    Ok(written > 0)
}

fn cancel(
    tx: &Transaction<'_>,
    cancelled: &CancelledPassage,
    now: Timestamp,
) -> rusqlite::Result<Option<Passage>> {
    let before = rows::passage_by_id(tx, &cancelled.id)?;
    tx.prepare_cached(
        "INSERT INTO cancelled_passages (id, at, why, cancelled_at, was) VALUES (?1, ?2, ?3, ?4, ?5) \
         ON CONFLICT (id) DO NOTHING",
    )?
    .execute(params![
        cancelled.id.as_str(),
        rows::micros(cancelled.at),
        cancelled.why,
        now.as_microsecond(),
        before.as_ref().map(rows::to_json).transpose()?,
    ])?;
    home::take_out(tx, &cancelled.id)?;
    Ok(before)
}

/// Decides some of what waits and makes the journeys of it again; false where nothing waits.
pub(super) fn catch_up(tx: &Transaction<'_>, hands: &Hands, now: Timestamp) -> rusqlite::Result<bool> {
    let Some(setting) = hands.setting(tx, [])? else { return Ok(false) };
    if joined::waiting(tx)? == 0 {
        return Ok(false);
    }
    let touched = joined::decide(tx, Some(&setting), News::default())?;
    rejoin(tx, &touched, Some(&setting), &hands.assemble, Some(now))?;
    Ok(true)
}

/// Learns how long vehicles take from camera to camera, where it is time to, and forgets what no passage needs any more.
pub(super) fn learn(tx: &Transaction<'_>, hands: &Hands, now: Timestamp) -> rusqlite::Result<()> {
    let Some(setting) = hands.setting(tx, [])? else { return Ok(()) };
    let oldest: Option<i64> = tx.query_row("SELECT min(crossed_at) FROM passages", [], |row| row.get(0))?;
    if let Some(oldest) = oldest {
        joined::learned::learn(tx, &setting, now.as_microsecond())?;
        joined::learned::forget(tx, oldest)?;
    }
    Ok(())
}

/// Makes the journeys of these keys again and writes what has changed. Journeys that are no longer there are recorded
/// as withdrawn at `withdrawn_at`; `None` where their passages were removed by age, and they with them.
pub(super) fn rejoin(
    tx: &Connection,
    keys: &BTreeSet<PlateKey>,
    setting: Option<&Setting>,
    assemble: &Assemble,
    withdrawn_at: Option<Timestamp>,
) -> rusqlite::Result<()> {
    let mut delete = tx.prepare_cached("DELETE FROM journeys WHERE id = ?1")?;
    let mut to_write = Vec::new();
    // All that goes, goes before anything is written: an amended passage may move from one key to another.
    for key in keys {
        let new = journeys_of(tx, key, setting, assemble)?;
        let old = rows::journeys_by_key(tx, key)?;
        for journey in &old {
            if new.contains(journey) {
                continue;
            }
            delete.execute([journey.id.as_str()])?;
            if let Some(at) = withdrawn_at
                && new.iter().all(|n| n.id != journey.id)
            {
                withdraw(tx, journey, &new, at)?;
            }
        }
        to_write.extend(new.into_iter().filter(|n| !old.contains(n)));
    }
    to_write.iter().try_for_each(|journey| rows::put_journey(tx, journey))
}

/// The journeys of a key as its witnesses bear them out.
pub(super) fn journeys_of(
    db: &Connection,
    key: &PlateKey,
    setting: Option<&Setting>,
    assemble: &dyn Fn(&PlateKey, &[Witness]) -> Vec<Journey>,
) -> rusqlite::Result<Vec<Journey>> {
    let bodies = joined::witnesses(db, setting, key)?;
    Ok(bodies.iter().flat_map(|witnesses| assemble(key, witnesses)).collect())
}

fn withdraw(tx: &Connection, journey: &Journey, new: &[Journey], at: Timestamp) -> rusqlite::Result<()> {
    let shared =
        new.iter().find(|n| n.legs.iter().any(|l| journey.legs.iter().any(|o| o.passage == l.passage)));
    let why = match shared {
        Some(other) => format!("its passages are joined anew: {}", other.id),
        None => "its passages were taken back, read otherwise or judged `home`".to_owned(),
    };
    tx.prepare_cached(
        "INSERT INTO withdrawn_journeys (id, plate, plate_kind, started_at, last_seen_at, withdrawn_at, why) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?
    .execute(params![
        journey.id.as_str(),
        journey.plate,
        journey.plate_kind.as_str(),
        journey.legs.first().map_or(journey.last_seen_at, |l| l.at).as_microsecond(),
        journey.last_seen_at.as_microsecond(),
        at.as_microsecond(),
        why,
    ])?;
    Ok(())
}

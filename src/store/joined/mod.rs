//! Joining in the store: which passages are one vehicle's. The rules are the joining room's; here lie its tables, and
//! what a change of a passage sets going.
//!
//! A passage that is written, amended or goes is news. News are settled in the same transaction: what is decided anew
//! touches keys, whose journeys are then made again from their witnesses.

pub(super) mod books;
pub(super) mod learned;
mod setting;

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::{Connection, OptionalExtension, params};

use self::books::{Books, columns};
pub use self::setting::JoinBy;
#[cfg(test)]
pub(super) use self::setting::Known;
pub(super) use self::setting::{Setting, Settings};
use super::rows;
use crate::domain::ids::RecordId;
use crate::domain::journey::{Journey, MayBe, Witness};
use crate::domain::passage::Passage;
use crate::domain::plate::{Candidate, PlateKey};
use crate::join::{
    Block, Decision, Key, Member, Near, PlateText, Round, Sighting, bodies, decisions, link_p, number_of,
    settle, was_read, without_room,
};

/// Passages that wait for a decision and are decided along with a batch at most.
const WAITING_AT_ONCE: i64 = 64;

/// What has changed, while a transaction lasts.
#[derive(Default)]
pub(super) struct News {
    sightings: Vec<Sighting>,
    /// Keys whose journeys are to be made again.
    pub touched: BTreeSet<PlateKey>,
}

/// Takes a change of a passage in: what it was, what it is. The row of the new one is on disk, and that of one that has
/// gone is not.
pub(super) fn change(
    db: &Connection,
    setting: Option<&Setting>,
    before: Option<&Passage>,
    after: Option<&Passage>,
    news: &mut News,
) -> rusqlite::Result<()> {
    news.touched.extend([before, after].into_iter().flatten().filter_map(Passage::key));
    let Some(setting) = setting else { return Ok(()) };
    if let Some(old) = before.and_then(|p| setting.sighting(p)) {
        db.prepare_cached("DELETE FROM unsure WHERE number = ?1")?.execute([old.id as i64])?;
        news.sightings.push(old);
    }
    if let (Some(new), Some(passage)) = (after.and_then(|p| setting.sighting(p)), after) {
        if !new.is_sure(&setting.joining.rules) {
            keep(db, &new, &passage.id, false)?;
        }
        news.sightings.push(new);
    }
    Ok(())
}

/// Where a passage stands that is about to go: whoever has it loses it. To be asked while its row is still there.
pub(super) fn leaves(
    db: &Connection,
    setting: Option<&Setting>,
    passage: &Passage,
    news: &mut News,
) -> rusqlite::Result<()> {
    let Some(sighting) = setting.and_then(|s| s.sighting(passage)) else { return Ok(()) };
    let hosts: Option<[Option<String>; 2]> = db
        .prepare_cached("SELECT first_plate, second_plate FROM unsure WHERE number = ?1")?
        .query_row([sighting.id as i64], |row| Ok([row.get(0)?, row.get(1)?]))
        .optional()?;
    for text in hosts.into_iter().flatten().flatten().filter_map(|t| PlateText::new(&t)) {
        let key = Key { text, ..sighting.key };
        news.touched.insert(plate_key(&key));
        news.sightings.push(Sighting { key, ..sighting.clone() });
    }
    Ok(())
}

/// Writes an unsure sighting down.
fn keep(db: &Connection, sighting: &Sighting, passage: &RecordId, waits: bool) -> rusqlite::Result<()> {
    let (number, own) = (sighting.id as i64, sighting.key.text.to_string());
    db.prepare_cached(
        "INSERT OR REPLACE INTO unsure (number, passage, plate, plate_kind, at, read, waits) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?
    .execute(params![
        number,
        passage.as_str(),
        own,
        sighting.key.kind.as_str(),
        sighting.at,
        sighting.read,
        waits
    ])?;
    let mut name = db.prepare_cached(
        "INSERT OR IGNORE INTO unsure_names (plate, plate_kind, at, number, own) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?;
    let texts = sighting.candidates.iter().map(|c| c.0.to_string()).chain([own.clone()]);
    for text in texts {
        name.execute(params![text, sighting.key.kind.as_str(), sighting.at, number, own])?;
    }
    Ok(())
}

/// Decides what the news touch, and some of what waits. Gives the keys whose journeys are to be made again.
pub(super) fn decide(
    db: &Connection,
    setting: Option<&Setting>,
    mut news: News,
) -> rusqlite::Result<BTreeSet<PlateKey>> {
    let Some(setting) = setting else { return Ok(news.touched) };
    news.sightings.extend(take_waiting(db, setting)?);
    let mut touched = news.touched;
    if news.sightings.is_empty() {
        return Ok(touched);
    }
    let settled = settle(&mut Books { db, setting }, news.sightings, &setting.joining)?;
    touched.extend(settled.touched.iter().map(plate_key));
    // Who has no room for a guest sends it back: its own journeys change too.
    let mut homes = BTreeSet::new();
    let mut of_guests =
        db.prepare_cached("SELECT DISTINCT plate FROM unsure WHERE second_plate = ?1 AND plate_kind = ?2")?;
    for key in &touched {
        for text in of_guests.query_map(params![key.text, key.kind.as_str()], |row| row.get(0))? {
            homes.insert(PlateKey { kind: key.kind, text: text? });
        }
    }
    touched.extend(homes);
    Ok(touched)
}

fn take_waiting(db: &Connection, setting: &Setting) -> rusqlite::Result<Vec<Sighting>> {
    let sql = format!(
        "SELECT {} FROM unsure u JOIN passages p ON p.id = u.passage JOIN makers m ON m.id = p.maker \
         WHERE u.waits = 1 ORDER BY u.number LIMIT ?1",
        rows::PASSAGE
    );
    let mut waiting = Vec::new();
    for passage in db.prepare_cached(&sql)?.query_map([WAITING_AT_ONCE], rows::passage)? {
        waiting.extend(setting.sighting(&passage?));
    }
    let mut done = db.prepare_cached("UPDATE unsure SET waits = 0 WHERE number = ?1")?;
    for sighting in &waiting {
        done.execute([sighting.id as i64])?;
    }
    Ok(waiting)
}

/// How many passages wait for a decision.
pub(super) fn waiting(db: &Connection) -> rusqlite::Result<u64> {
    let n: i64 = db.query_row("SELECT count(*) FROM unsure WHERE waits = 1", [], |row| row.get(0))?;
    Ok(n as u64)
}

fn plate_key(key: &Key) -> PlateKey {
    PlateKey { kind: key.kind, text: key.text.to_string() }
}

/// The passages of one key as witnesses: those of its vehicle, then what stands apart from it because no vehicle can be
/// in two places at once. Without joining, all that was read so.
pub(super) fn witnesses(
    db: &Connection,
    setting: Option<&Setting>,
    key: &PlateKey,
) -> rusqlite::Result<Vec<Vec<Witness>>> {
    let named = setting.and_then(|s| Some((s, PlateText::new(&key.text)?)));
    let Some((setting, text)) = named else {
        return Ok(vec![rows::passages_by_key(db, key)?.into_iter().map(Witness::read).collect()]);
    };
    let mut all = Members::of(db, setting, Key { kind: key.kind, text })?;
    let back = all.returned(db, setting)?;
    let rejected = all.rejected(setting);
    all.members.retain(|m| !rejected.contains(&m.anchor.id));
    all.members.extend(back);
    let mut apart = bodies(all.members, &setting.joining.places);
    apart.retain(|b| was_read(b));
    let witness = |m: &Member| all.witnesses.get(&m.anchor.id).cloned();
    let mut bodies: Vec<Vec<Witness>> =
        apart.iter().map(|b| b.iter().filter_map(witness).collect()).collect();
    match bodies.first_mut() {
        Some(first) => first.extend(all.undated),
        None if all.undated.is_empty() => {}
        None => bodies.push(all.undated),
    }
    Ok(bodies)
}

/// Of one key, who is its own and who was moved here.
struct Members {
    key: Key,
    members: Vec<Member>,
    /// By number: all that may be witnesses, those that were moved away and may come back among them.
    witnesses: BTreeMap<u64, Witness>,
    /// Own passages that were moved away, with the key they went to.
    away: Vec<(Sighting, Key)>,
    /// Own passages that nothing dates: they are in no place at any time.
    undated: Vec<Witness>,
}

impl Members {
    fn of(db: &Connection, setting: &Setting, key: Key) -> rusqlite::Result<Self> {
        let mut all = Self {
            key,
            members: Vec::new(),
            witnesses: BTreeMap::new(),
            away: Vec::new(),
            undated: Vec::new(),
        };
        for passage in rows::passages_by_key(db, &plate_key(&key))? {
            let Some(sighting) = setting.sighting(&passage) else {
                all.undated.push(Witness::read(passage));
                continue;
            };
            let placed: Option<Option<String>> = db
                .prepare_cached("SELECT second_plate FROM unsure WHERE number = ?1")?
                .query_row([sighting.id as i64], |row| row.get(0))
                .optional()?;
            let unsure = placed.is_some() && !sighting.is_sure(&setting.joining.rules);
            all.witnesses.insert(sighting.id, Witness::read(passage));
            match placed.flatten().as_deref().and_then(PlateText::new) {
                Some(text) if unsure && text != key.text => all.away.push((sighting, Key { text, ..key })),
                _ => {
                    let p = if unsure { f64::from(sighting.confidence) } else { 2.0 };
                    all.members.push(Member { anchor: sighting.anchor(), p, moved: false });
                }
            }
        }
        all.add_placed(db, setting)?;
        Ok(all)
    }

    /// Those that were not read as this key's and belong to it all the same.
    fn add_placed(&mut self, db: &Connection, setting: &Setting) -> rusqlite::Result<()> {
        let sql = format!(
            "SELECT {}, u.second_p, u.why, u.plate FROM unsure u JOIN passages p ON p.id = u.passage \
             JOIN makers m ON m.id = p.maker WHERE u.second_plate = ?1 AND u.plate_kind = ?2 \
             AND (u.read = 0 OR u.plate <> u.second_plate)",
            rows::PASSAGE
        );
        let columns = rows::PASSAGE_COLUMNS;
        let mut query = db.prepare_cached(&sql)?;
        let placed = query.query_map(params![self.key.text.to_string(), self.key.kind.as_str()], |row| {
            let own: String = row.get(columns + 2)?;
            Ok((
                rows::passage(row)?,
                row.get::<_, f64>(columns)?,
                row.get::<_, Option<String>>(columns + 1)?,
                own,
            ))
        })?;
        for found in placed {
            let (passage, p, why, own) = found?;
            let Some(sighting) = setting.sighting(&passage) else { continue };
            let moved = own != self.key.text.to_string();
            self.members.push(Member { anchor: sighting.anchor(), p, moved });
            self.witnesses.insert(sighting.id, Witness { passage, p: p as f32, why });
        }
        Ok(())
    }

    /// Names of those moved here, or not read, that the vehicle has no room for.
    fn rejected(&self, setting: &Setting) -> BTreeSet<u64> {
        without_room(&self.members, &setting.joining.places)
    }

    /// Own passages that were moved to a vehicle which cannot have been there.
    fn returned(&self, db: &Connection, setting: &Setting) -> rusqlite::Result<Vec<Member>> {
        let mut back = Vec::new();
        for (sighting, host) in &self.away {
            if Self::of(db, setting, *host)?.rejected(setting).contains(&sighting.id) {
                let p = f64::from(sighting.confidence);
                back.push(Member { anchor: sighting.anchor(), p, moved: false });
            }
        }
        Ok(back)
    }
}

/// What else a passage may be of, by the joining's last look at it: texts with their probability, likeliest first.
pub(super) fn hints(db: &Connection, id: &RecordId) -> rusqlite::Result<Vec<Candidate>> {
    db.prepare_cached("SELECT plate, p FROM hints WHERE number = ?1 ORDER BY p DESC, plate")?
        .query_map([number_of(id) as i64], |row| {
            Ok(Candidate { text: row.get(0)?, p: row.get::<_, f64>(1)? as f32, painted: false })
        })?
        .collect()
}

/// What may be of a plate and is not joined to it, in a span of time.
pub const MAY_BE: &str = "SELECT h.at, u.passage, h.p FROM hints h JOIN unsure u ON u.number = h.number \
    WHERE h.plate = ?1 AND h.plate_kind = ?2 AND h.at BETWEEN ?3 AND ?4 ORDER BY h.p DESC, h.number";

/// Fills in, of each leg but the first, how sure it is that it is the vehicle's next, and what may lie before it.
pub(super) fn tell_links(db: &Connection, journey: &mut Journey) -> rusqlite::Result<()> {
    // Of a single leg nothing lies before: most journeys have no more, and are not asked for.
    let [first, .., last] = journey.legs.as_slice() else { return Ok(()) };
    let (from, to) = (first.at.as_microsecond(), last.at.as_microsecond());
    let may_be: Vec<(i64, MayBe)> = db
        .prepare_cached(MAY_BE)?
        .query_map(params![journey.plate, journey.plate_kind.as_str(), from, to], |row| {
            let passage = RecordId::from_text(row.get_ref(1)?.as_str()?);
            Ok((row.get(0)?, MayBe { passage, p: row.get::<_, f64>(2)? as f32 }))
        })?
        .collect::<rusqlite::Result<_>>()?;
    let mut before: Option<(f32, (i64, u64))> = None;
    for leg in &mut journey.legs {
        let place = (leg.at.as_microsecond(), number_of(&leg.passage));
        if let Some((p, begin)) = before.replace((leg.p, place)) {
            let lies = |(at, m): &&(i64, MayBe)| {
                begin < (*at, number_of(&m.passage)) && (*at, number_of(&m.passage)) < place
            };
            leg.between = may_be.iter().filter(lies).map(|m| m.1.clone()).collect();
            let between = leg.between.iter().map(|m| f64::from(m.p));
            leg.link_p = Some(link_p(f64::from(p), f64::from(leg.p), between) as f32);
        }
    }
    Ok(())
}

/// Passages of which another decision would be taken now, from nothing: there are none, or something was not settled.
pub(super) fn stale(db: &Connection, setting: &Setting) -> rusqlite::Result<Vec<i64>> {
    let mut blocks = BTreeSet::new();
    let mut query = db.prepare("SELECT plate, plate_kind, at FROM unsure WHERE waits = 0")?;
    let mut found = query.query([])?;
    while let Some(row) = found.next()? {
        let Some(text) = PlateText::new(row.get_ref(0)?.as_str()?) else { continue };
        blocks.insert(Block::at(Key { kind: rows::word(row, 1)?, text }, row.get(2)?));
    }
    let (books, near) = (Books { db, setting }, Near::default());
    let mut stale = Vec::new();
    for block in &blocks {
        for round in [Round::First, Round::Second] {
            for (sighting, decision) in decisions(&books, block, round, &near, &setting.joining)? {
                if !stands(db, round, &sighting, &decision, setting)? {
                    stale.push(sighting.id as i64);
                }
            }
        }
    }
    Ok(stale)
}

fn stands(
    db: &Connection,
    round: Round,
    sighting: &Sighting,
    decision: &Decision,
    setting: &Setting,
) -> rusqlite::Result<bool> {
    let [column, _] = columns(round);
    let placed: Option<String> = db
        .prepare_cached(&format!("SELECT {column} FROM unsure WHERE number = ?1"))?
        .query_row([sighting.id as i64], |row| row.get(0))?;
    let kept = decision.is_kept(round, sighting, &setting.joining.rules);
    let wanted = kept.then(|| decision.key.text.to_string());
    Ok(placed == wanted)
}

/// Has passages decided with the next batches.
pub(super) fn decide_later(db: &Connection, numbers: &[i64]) -> rusqlite::Result<()> {
    let mut wait = db.prepare_cached("UPDATE unsure SET waits = 1 WHERE number = ?1")?;
    numbers.iter().try_for_each(|n| wait.execute([n]).map(|_| ()))
}

/// Has all that is unsure decided with the next batches: the places are others.
pub(super) fn decide_all_later(db: &Connection) -> rusqlite::Result<()> {
    db.execute("UPDATE unsure SET waits = 1", []).map(|_| ())
}

/// Writes down what is unsure in a store that did not keep it yet, or asked for less; decided with the next batches.
pub(super) fn fill(db: &Connection) -> rusqlite::Result<()> {
    let setting = Setting::of_places_alone(db)?;
    let sql = format!(
        "SELECT {} FROM passages p JOIN makers m ON m.id = p.maker WHERE p.crossed_at IS NOT NULL \
         AND (p.plate_state = 'undetermined' OR p.plate_state = 'read' AND p.confidence < ?1) \
         AND NOT EXISTS (SELECT 1 FROM unsure WHERE passage = p.id)",
        rows::PASSAGE
    );
    let sure = f64::from(setting.joining.rules.confident_p);
    for passage in db.prepare(&sql)?.query_map([sure], rows::passage)? {
        let passage = passage?;
        if let Some(sighting) = setting.sighting(&passage) {
            keep(db, &sighting, &passage.id, true)?;
        }
    }
    Ok(())
}

//! The books that joining keeps, in tables: what it asks of the traffic, and what it has decided.

use std::rc::Rc;

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::Setting;
use crate::join::{
    Anchor, Block, Decision, Hint, Joining, Key, Ledger, PlateText, Round, Rules, Sighting, Traffic,
    nearest_around, number_of,
};
use crate::store::rows;

/// The books of one transaction.
pub struct Books<'t> {
    pub db: &'t Connection,
    pub setting: &'t Setting,
}

/// The traffic as a round sees it.
pub struct View<'t> {
    db: &'t Connection,
    setting: &'t Setting,
    round: Round,
}

/// Times from and to, in microseconds, both included, with the order and number of what is wanted of them.
struct Span(i64, i64, &'static str);

impl Span {
    /// The last before `from` within the horizon, all up to `to`, the first after it.
    fn around(from: i64, to: i64, horizon: i64) -> [Self; 3] {
        [
            Self(from - horizon, from - 1, "p.crossed_at DESC, p.id DESC LIMIT 1"),
            Self(from, to, "p.crossed_at, p.id"),
            Self(to + 1, to + horizon, "p.crossed_at, p.id LIMIT 1"),
        ]
    }
}

const ANCHOR: &str = "p.id, p.crossed_at, p.camera, p.direction, p.class, p.plate_colour";

/// What names a text, in a span of time.
pub const NAMING: &str =
    "SELECT at, own FROM unsure_names WHERE plate = ?1 AND plate_kind = ?2 AND at BETWEEN ?3 AND ?4";
/// Places in a JSON list of those texts that some passage shows: not confidently, or at all.
pub const NEAR_UNSURE: &str = "SELECT t.key FROM json_each(?1) t \
    WHERE EXISTS (SELECT 1 FROM unsure WHERE plate = t.value AND plate_kind = ?2) ORDER BY t.key";
pub const NEAR: &str = "SELECT t.key FROM json_each(?1) t \
    WHERE EXISTS (SELECT 1 FROM unsure WHERE plate = t.value AND plate_kind = ?2) \
    OR EXISTS (SELECT 1 FROM plates WHERE plate = t.value AND plate_kind = ?2) ORDER BY t.key";

impl View<'_> {
    fn anchor(&self, row: &Row<'_>) -> rusqlite::Result<Anchor> {
        let (at, camera) = (row.get(1)?, self.setting.camera(row.get_ref(2)?.as_str()?));
        Ok(Anchor {
            at,
            id: number_of(&crate::domain::ids::RecordId::from_text(row.get_ref(0)?.as_str()?)),
            camera,
            event: self.setting.joining.places.event(camera, rows::word(row, 3)?, at),
            class: rows::word(row, 4)?,
            colour: rows::word(row, 5)?,
            confidence: row.get::<_, f64>(6)? as f32,
            read: row.get(7)?,
        })
    }

    /// Adds what a source has in a span.
    fn add(
        &self,
        found: &mut Vec<Anchor>,
        source: Source,
        (key, span, least): (&Key, &Span, f64),
    ) -> rusqlite::Result<()> {
        let Span(begin, end, order) = span;
        let mut query = self.db.prepare_cached(&anchors_sql(source, self.round, order))?;
        let mut rows = query.query(params![key.text.to_string(), key.kind.as_str(), begin, end, least])?;
        while let Some(row) = rows.next()? {
            found.push(self.anchor(row)?);
        }
        Ok(())
    }
}

/// Where a key's anchors lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// Its plate was read.
    Read,
    /// It is the best text of what was not.
    Unread,
    /// The first round has moved them there, ...
    Guests,
    /// ... and they were read, as another text.
    ReadGuests,
}

fn sources(round: Round, only_read: bool) -> &'static [Source] {
    match (only_read, round) {
        (true, Round::First) => &[Source::Read],
        (true, Round::Second) => &[Source::Read, Source::ReadGuests],
        (false, Round::First) => &[Source::Read, Source::Unread],
        (false, Round::Second) => &[Source::Read, Source::Unread, Source::Guests],
    }
}

/// Columns: those of [`ANCHOR`], then the confidence and whether it was read. Parameters: text, kind, from, to, least
/// confidence of what was not read.
pub fn anchors_sql(source: Source, round: Round, order: &str) -> String {
    let stays = if round == Round::Second { "AND u.first_plate IS NULL" } else { "" };
    let from_where = match source {
        Source::Read => format!(
            "p.confidence, 1 FROM passages p LEFT JOIN unsure u ON u.passage = p.id \
             WHERE p.plate = ?1 AND p.plate_kind = ?2 AND p.crossed_at BETWEEN ?3 AND ?4 AND ?5 IS NOT NULL {stays}"
        ),
        Source::Unread => format!(
            "p.confidence, 0 FROM unsure u JOIN passages p ON p.id = u.passage WHERE u.plate = ?1 \
             AND u.plate_kind = ?2 AND u.at BETWEEN ?3 AND ?4 AND u.read = 0 AND p.confidence >= ?5 {stays}"
        ),
        Source::Guests | Source::ReadGuests => format!(
            "u.first_p, u.read FROM unsure u JOIN passages p ON p.id = u.passage WHERE u.first_plate = ?1 \
             AND u.plate_kind = ?2 AND u.at BETWEEN ?3 AND ?4 AND ?5 IS NOT NULL {}",
            if source == Source::ReadGuests { "AND u.read = 1" } else { "" }
        ),
    };
    format!("SELECT {ANCHOR}, {from_where} ORDER BY {order}")
}

impl Traffic for View<'_> {
    type Error = rusqlite::Error;

    fn anchors(
        &self,
        key: &Key,
        from: i64,
        to: i64,
        only_read: bool,
        rules: &Rules,
    ) -> Result<Vec<Anchor>, rusqlite::Error> {
        let least = f64::from(rules.anchor_from);
        let mut found = Vec::new();
        for span in Span::around(from, to, rules.horizon) {
            for source in sources(self.round, only_read) {
                self.add(&mut found, *source, (key, &span, least))?;
            }
        }
        Ok(nearest_around(found, from, to))
    }

    fn near(&self, key: &Key, only_unsure: bool, joining: &Joining) -> Result<Rc<[Key]>, rusqlite::Error> {
        let mut alike = Vec::new();
        joining.each_alike(key, &mut |other| alike.push(other.text));
        alike.sort_unstable();
        alike.dedup();
        // Hundreds of texts that almost all are nobody's, in one question.
        let texts: Vec<String> = alike.iter().map(PlateText::to_string).collect();
        let sql = if only_unsure { NEAR_UNSURE } else { NEAR };
        let mut query = self.db.prepare_cached(sql)?;
        let mut rows = query.query(params![rows::to_json(&texts)?, key.kind.as_str()])?;
        let mut keys = Vec::new();
        while let Some(row) = rows.next()? {
            let at: i64 = row.get(0)?;
            let text = usize::try_from(at).ok().and_then(|at| alike.get(at));
            keys.extend(text.map(|text| Key { text: *text, ..*key }));
        }
        Ok(keys.into())
    }

    fn blocks_naming(&self, key: &Key, from: i64, at: i64, to: i64) -> Result<Vec<Block>, rusqlite::Error> {
        // Beyond the span, only blocks that reach over from one side to the other: of the week of `at`.
        let week = Block::at(*key, at).span();
        let mut blocks = Vec::new();
        let (mut before, mut after) = (Vec::new(), Vec::new());
        let mut query = self.db.prepare_cached(NAMING)?;
        let span = (from.min(week.0), to.max(week.1 - 1));
        let mut rows = query.query(params![key.text.to_string(), key.kind.as_str(), span.0, span.1])?;
        while let Some(row) = rows.next()? {
            let when: i64 = row.get(0)?;
            let Some(text) = PlateText::new(row.get_ref(1)?.as_str()?) else { continue };
            let block = Block::at(Key { text, ..*key }, when);
            match when {
                when if when < from => before.push(block),
                when if when > to => after.push(block),
                _ => blocks.push(block),
            }
        }
        let own_week = Block::at(*key, at).week;
        blocks.extend(before.into_iter().filter(|b| b.week == own_week && after.contains(b)));
        Ok(blocks)
    }
}

/// Where a round puts a sighting, and with what probability.
pub fn columns(round: Round) -> [&'static str; 2] {
    match round {
        Round::First => ["first_plate", "first_p"],
        Round::Second => ["second_plate", "second_p"],
    }
}

impl<'t> Ledger for Books<'t> {
    type Error = rusqlite::Error;
    type View<'a>
        = View<'a>
    where
        Self: 'a;

    fn view(&self, round: Round) -> View<'_> {
        View { db: self.db, setting: self.setting, round }
    }

    fn unsure_of(&self, block: &Block, joining: &Joining) -> Result<Vec<Sighting>, rusqlite::Error> {
        let (from, to) = block.span();
        let sql = format!(
            "SELECT {} FROM unsure u JOIN passages p ON p.id = u.passage JOIN makers m ON m.id = p.maker \
             WHERE u.plate = ?1 AND u.plate_kind = ?2 AND u.at >= ?3 AND u.at < ?4",
            rows::PASSAGE
        );
        let mut query = self.db.prepare_cached(&sql)?;
        let found = query.query_map(
            params![block.key.text.to_string(), block.key.kind.as_str(), from, to],
            rows::passage,
        )?;
        let mut members = Vec::new();
        for passage in found {
            members.extend(self.setting.sighting(&passage?).filter(|s| !s.is_sure(&joining.rules)));
        }
        members.sort_by_key(|s| (s.at, s.id));
        Ok(members)
    }

    fn put(
        &mut self,
        round: Round,
        sighting: &Sighting,
        decision: Decision,
        joining: &Joining,
    ) -> Result<Option<(Key, Key)>, rusqlite::Error> {
        let [plate, p] = columns(round);
        let number = sighting.id as i64;
        let before: Option<(Option<String>, Option<f64>)> = self
            .db
            .prepare_cached(&format!("SELECT {plate}, {p} FROM unsure WHERE number = ?1"))?
            .query_row([number], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        let Some((old_plate, old_p)) = before else { return Ok(None) };
        let placed = decision.is_kept(round, sighting, &joining.rules);
        let new_plate = placed.then(|| decision.key.text.to_string());
        let new_p = placed.then_some(decision.p);
        if round == Round::Second {
            self.tell(number, sighting, &decision, placed)?;
        }
        if (&old_plate, old_p) == (&new_plate, new_p) {
            return Ok(None);
        }
        self.db
            .prepare_cached(&format!("UPDATE unsure SET {plate} = ?2, {p} = ?3 WHERE number = ?1"))?
            .execute(params![number, new_plate, new_p])?;
        let key = |text: &Option<String>| {
            let text = text.as_deref().and_then(PlateText::new);
            text.map_or(sighting.key, |text| Key { text, ..sighting.key })
        };
        Ok(Some((key(&old_plate), key(&new_plate))))
    }
}

impl Books<'_> {
    /// Why a passage stands where it does, and what else it may be.
    fn tell(
        &self,
        number: i64,
        sighting: &Sighting,
        decision: &Decision,
        placed: bool,
    ) -> rusqlite::Result<()> {
        let why = placed.then(|| decision.why(&sighting.key));
        self.db
            .prepare_cached("UPDATE unsure SET why = ?2 WHERE number = ?1")?
            .execute(params![number, why])?;
        self.db.prepare_cached("DELETE FROM hints WHERE number = ?1")?.execute([number])?;
        let mut put = self.db.prepare_cached(
            "INSERT INTO hints (number, plate, plate_kind, at, p) VALUES (?1, ?2, ?3, ?4, ?5)",
        )?;
        for Hint { key, p } in &decision.hints {
            put.execute(params![number, key.text.to_string(), key.kind.as_str(), sighting.at, p])?;
        }
        Ok(())
    }
}

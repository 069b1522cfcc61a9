//! What joining needs of a passage, and of the recorded traffic.

use std::rc::Rc;

use crate::domain::detection::VehicleClass;
use crate::domain::ids::RecordId;
use crate::domain::passage::Passage;
use crate::domain::plate::{Layout, PlateColour, PlateKind};
use crate::plate::grammar;

use super::decide::{Joining, Rules};
use super::place::Places;
use super::text::PlateText;

/// A vehicle's name: what the plate is made for, and its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key {
    /// Kind.
    pub kind: PlateKind,
    /// Text.
    pub text: PlateText,
}

/// One passage as joining sees it. Only those with a text and a time are joined.
#[derive(Debug, Clone, PartialEq)]
pub struct Sighting {
    /// Name; derived from the passage's, so that it says nothing of the order of arrival.
    pub id: u64,
    /// When, in microseconds since 1970-01-01 UTC.
    pub at: i64,
    /// Camera: index into the places.
    pub camera: u16,
    /// Kind of event, see [`super::Places::event`].
    pub event: u16,
    /// Vehicle class.
    pub class: VehicleClass,
    /// The plate's ground.
    pub colour: PlateColour,
    /// Best text, with the kind that it would be.
    pub key: Key,
    /// Whether the plate counts as read.
    pub read: bool,
    /// Calibrated probability that the text is exact, 0-1.
    pub confidence: f32,
    /// Row split.
    pub layout: Option<Layout>,
    /// Other texts with their share of the belief, 0-1.
    pub candidates: Box<[(PlateText, f32)]>,
}

impl Sighting {
    /// The passage as joining sees it; `None` where nothing dates it or it shows no text. `camera`: its index in
    /// `places`. Read plates are of the kind that the passage says; what was not read, of the kind that a grammar class
    /// prints, else of the vehicle's.
    pub fn of(passage: &Passage, camera: u16, places: &Places) -> Option<Self> {
        let at = passage.crossed_at?.as_microsecond();
        let best = passage.candidates.first().map(|c| c.text.as_str());
        let read = passage.key();
        let text = read.as_ref().map(|k| k.text.as_str()).or(best)?;
        let kind = read.as_ref().map_or_else(|| kind_of(text, passage.class), |k| k.kind);
        let key = Key { kind, text: PlateText::new(text)? };
        let others = passage.candidates.iter().filter(|c| c.text != text);
        Some(Self {
            id: number_of(&passage.id),
            at,
            camera,
            event: places.event(camera, passage.direction, at),
            class: passage.class,
            colour: passage.plate_colour,
            key,
            read: read.is_some(),
            confidence: passage.confidence,
            layout: passage.layout,
            candidates: others.filter_map(|c| Some((PlateText::new(&c.text)?, c.p))).collect(),
        })
    }

    /// Whether it is confident by the manifest's threshold: its text stands.
    pub fn is_sure(&self, rules: &Rules) -> bool {
        self.read && self.confidence >= rules.confident_p
    }

    /// Whether other passages may be joined to its text.
    pub fn is_anchor(&self, rules: &Rules) -> bool {
        self.read || self.confidence >= rules.anchor_from
    }

    /// What it is as an anchor.
    pub fn anchor(&self) -> Anchor {
        Anchor {
            confidence: self.confidence,
            read: self.read,
            at: self.at,
            id: self.id,
            camera: self.camera,
            event: self.event,
            class: self.class,
            colour: self.colour,
        }
    }

    /// The block that it is part of where it is unsure.
    pub fn block(&self) -> Block {
        Block::at(self.key, self.at)
    }
}

/// The first sixteen of the hexadecimal digits of a passage's name, in the order of the names.
pub fn number_of(passage: &RecordId) -> u64 {
    let digit = |b: u8| char::from(b).to_digit(16).unwrap_or(0);
    passage.as_str().bytes().skip(1).take(16).fold(0, |sum, b| sum << 4 | u64::from(digit(b)))
}

fn kind_of(text: &str, class: VehicleClass) -> PlateKind {
    let by_class = if class == VehicleClass::Motorcycle { PlateKind::Motorcycle } else { PlateKind::Car };
    let parses = grammar::parses(text);
    if parses.is_empty() || parses.iter().any(|p| p.kind == by_class) { by_class } else { parses[0].kind }
}

/// A point in the way of a vehicle.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Anchor {
    /// When, in microseconds.
    pub at: i64,
    /// The sighting's name.
    pub id: u64,
    /// Camera.
    pub camera: u16,
    /// Kind of event.
    pub event: u16,
    /// Class.
    pub class: VehicleClass,
    /// The plate's ground.
    pub colour: PlateColour,
    /// Calibrated probability that its text is exact, 0-1.
    pub confidence: f32,
    /// Whether it counts as read, be it as another text.
    pub read: bool,
}

/// Anchors from several sources, each of which gave its nearest before `from` and after `to` and all in between: in order,
/// and of those before and after the nearest alone.
pub fn nearest_around(mut found: Vec<Anchor>, from: i64, to: i64) -> Vec<Anchor> {
    found.sort_by_key(|a| (a.at, a.id));
    let before = found.partition_point(|a| a.at < from);
    let after = found.partition_point(|a| a.at <= to);
    found.truncate(found.len().min(after + 1));
    found.drain(..before.saturating_sub(1));
    found
}

/// Names the unsure sightings of one key in one week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Block {
    /// Key of the best text.
    pub key: Key,
    /// Weeks since 1970-01-01, each from 02:00 in Vietnam, when the fewest are on the road.
    pub week: i32,
}

const DAY_US: i64 = 86_400_000_000;
/// A block's length.
pub(super) const WEEK_US: i64 = 7 * DAY_US;
/// 02:00 at UTC+7 is 19:00 UTC the day before.
const DAY_BEGINS_US: i64 = -5 * 3_600_000_000;

/// The day that `at` falls on, in days since 1970-01-01.
pub(super) fn day_of(at: i64) -> i32 {
    (at - DAY_BEGINS_US).div_euclid(DAY_US) as i32
}

/// The week that `at`, in microseconds, falls on, see [`Block::week`].
pub fn week_of(at: i64) -> i32 {
    day_of(at).div_euclid(7)
}

impl Block {
    /// The block of a key that `at` falls in, in microseconds.
    pub fn at(key: Key, at: i64) -> Self {
        Self { key, week: week_of(at) }
    }

    /// Begin, and end (not part of it), in microseconds.
    pub fn span(&self) -> (i64, i64) {
        let from = i64::from(self.week) * WEEK_US + DAY_BEGINS_US;
        (from, from + WEEK_US)
    }
}

/// The recorded traffic, as far as joining asks for it. What is given is in order of (time, name).
pub trait Traffic {
    /// What can go wrong in asking.
    type Error;

    /// The sightings of `key` that are anchors: the last before `from` and the first after `to`, each no further away than
    /// the horizon, and all in between (both ends included). Times in microseconds. `only_read`: those that count as read
    /// alone, what a round has moved here among them.
    fn anchors(
        &self,
        key: &Key,
        from: i64,
        to: i64,
        only_read: bool,
        rules: &Rules,
    ) -> Result<Vec<Anchor>, Self::Error>;

    /// Keys of recorded best texts that [`Joining::each_alike`] names for `key`; `only_unsure`: of those that unsure
    /// sightings have. In order, each once.
    fn near(&self, key: &Key, only_unsure: bool, joining: &Joining) -> Result<Rc<[Key]>, Self::Error>;

    /// The blocks that name `key`, as best text or candidate, in an unsure sighting from `from` to `to`, or in some before
    /// and some after `at`, which lies between. In any order, may repeat.
    fn blocks_naming(&self, key: &Key, from: i64, at: i64, to: i64) -> Result<Vec<Block>, Self::Error>;
}

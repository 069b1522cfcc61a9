//! The vote over a track's looks: many readings in, one outcome out, and `undetermined` wherever they do not agree.
//!
//! `belief` weighs texts against the looks, `judge` turns the belief into an outcome by the contract's rules, `witness` hears the
//! number painted on the body.

mod belief;
mod judge;
mod witness;

use jiff::civil::Date;

use crate::domain::detection::VehicleClass;
use crate::domain::plate::{Layout, PlateColour, PlateOutcome, PlateReading};

use super::grammar::{self, Sight, Split};
use super::province::Home;

/// Most looks that are kept; beyond them the weakest goes.
const MAX_LOOKS: usize = 48;

/// One look at a vehicle on which a plate was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Look {
    /// Seconds of the stream.
    pub stream_s: f64,
    /// What the reader made of the plate; without rows where it read nothing.
    pub reading: PlateReading,
    /// Width of the plate in pixels of the frame.
    pub plate_width_px: f32,
    /// The detector's score for the plate, 0-1.
    pub plate_score: f32,
    /// Ground colour.
    pub colour: PlateColour,
}

impl Look {
    /// How the reading's characters stand.
    pub fn split(&self) -> Split {
        split_of(&self.reading)
    }

    /// The same look with every number in its range; what is not a number is 0.
    fn sound(mut self) -> Self {
        let unit = |v: f32| if v.is_finite() { v.clamp(0.0, 1.0) } else { 0.0 };
        for slot in self.reading.rows.iter_mut().flatten() {
            slot.p = unit(slot.p);
            slot.others.iter_mut().for_each(|o| o.1 = unit(o.1));
        }
        self.reading.confidence = unit(self.reading.confidence);
        self.plate_score = unit(self.plate_score);
        self.plate_width_px =
            if self.plate_width_px.is_finite() { self.plate_width_px.max(0.0) } else { 0.0 };
        self.stream_s = if self.stream_s.is_finite() { self.stream_s } else { 0.0 };
        self
    }

    /// How much this look counts by itself, 0-1: wide plates and confident readings more.
    fn strength(&self) -> f32 {
        if self.reading.rows.is_empty() {
            return 0.0;
        }
        // A plate of 60 px is read as well as it can be, one of 20 px hardly at all.
        let width = ((self.plate_width_px - 20.0) / 40.0).clamp(0.0, 1.0);
        (0.5 + 0.5 * width) * (0.1 + 0.9 * self.reading.confidence.clamp(0.0, 1.0))
    }
}

/// Whether this may be the number painted on a lorry or a trailer: a plate's number that such a vehicle can have.
pub fn may_be_painted(reading: &PlateReading) -> bool {
    let sight =
        Sight { split: split_of(reading), vehicle: VehicleClass::Truck, colour: PlateColour::Unknown };
    let ways = grammar::open(&reading.text(), sight);
    ways.iter().any(|p| p.fits_vehicle && p.belongs != grammar::Belongs::Foreign)
}

/// How a reading's characters stand.
pub fn split_of(reading: &PlateReading) -> Split {
    match reading.rows.as_slice() {
        [] => Split::Unknown,
        [_] => Split::OneLine,
        [upper, ..] => Split::Upper(upper.len().min(255) as u8),
    }
}

/// When a text counts as read. The defaults are the shipped ones.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rules {
    /// Least belief in text and kind, 0-1.
    pub min_confidence: f32,
    /// A single look suffices from this confidence on, 0-1 ...
    pub alone_confidence: f32,
    /// ... and from this plate width on, in pixels of the frame.
    pub alone_width_px: f32,
}

impl Default for Rules {
    fn default() -> Self {
        Self { min_confidence: 0.98, alone_confidence: 0.97, alone_width_px: 60.0 }
    }
}

impl Rules {
    /// For single crops and photos, where there is no second look: the reader's own threshold decides.
    pub fn single_look(min_confidence: f32) -> Self {
        Self { min_confidence, alone_confidence: min_confidence, alone_width_px: 0.0 }
    }
}

/// What the vote must know beside the looks.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// Class of the track's vehicle.
    pub vehicle: VehicleClass,
    /// Local date of the passage.
    pub date: Date,
    /// The home province.
    pub home: &'a Home,
    /// When a text counts as read.
    pub rules: Rules,
}

/// The looks of one track.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Ballot {
    looks: Vec<Look>,
    tried: u32,
}

impl Ballot {
    /// No look yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a look on which a plate was found. Looks come in the order of time.
    pub fn add(&mut self, look: Look) {
        self.tried = self.tried.saturating_add(1);
        self.keep(look);
    }

    /// Adds a look on which no plate was found.
    pub fn add_empty(&mut self) {
        self.tried = self.tried.saturating_add(1);
    }

    /// Takes over the looks of a later piece of the same track.
    pub fn append(&mut self, later: Self) {
        self.tried = self.tried.saturating_add(later.tried);
        for look in later.looks {
            self.keep(look);
        }
    }

    fn keep(&mut self, look: Look) {
        self.looks.push(look.sound());
        if self.looks.len() > MAX_LOOKS {
            let by_strength =
                |a: &(usize, &Look), b: &(usize, &Look)| a.1.strength().total_cmp(&b.1.strength());
            if let Some((weakest, _)) = self.looks.iter().enumerate().min_by(by_strength) {
                self.looks.remove(weakest);
            }
        }
    }

    /// Looks tried, the empty ones included.
    pub fn tried(&self) -> u32 {
        self.tried
    }

    /// Looks on which a plate was found; the weakest are gone where there were very many.
    pub fn looks(&self) -> &[Look] {
        &self.looks
    }

    /// Whether more looks are not worth their cost: three confident ones that span a while agree on a plate that the
    /// grammar knows, one of them wide, and no confident one says otherwise.
    pub fn settled(&self) -> bool {
        let confident = |l: &&Look| l.reading.confidence >= 0.9 && !l.reading.rows.is_empty();
        let Some(first) = self.looks.iter().find(confident) else { return false };
        let (text, split) = (first.reading.text(), first.split());
        let agrees = |l: &&Look| l.split() == split && l.reading.text() == text;
        let dissent = self.looks.iter().any(|l| l.reading.confidence >= 0.5 && !agrees(&l));
        let ours: Vec<&Look> = self.looks.iter().filter(confident).filter(agrees).collect();
        let span = ours.last().map_or(0.0, |l| l.stream_s - first.stream_s);
        !dissent
            && ours.len() >= 3
            && span >= 0.3
            && ours.iter().any(|l| l.plate_width_px >= 60.0)
            && !grammar::open(&text, Sight { split, ..Sight::NOTHING }).is_empty()
    }

    /// What the looks together say.
    pub fn outcome(&self, context: &Context) -> PlateOutcome {
        judge::outcome(self, context)
    }

    /// The same beside the looks at the number painted on the body, which were added to a ballot of their own.
    pub fn outcome_beside(&self, painted: &Self, context: &Context) -> PlateOutcome {
        witness::heard(self, painted, context)
    }

    /// The look that shows `text` best: the strongest that read it, else the strongest of all. Evidence pictures are
    /// those of its time.
    pub fn best_look(&self, text: &str) -> Option<&Look> {
        let by_strength =
            |a: &&Look, b: &&Look| (a.strength() * a.plate_score).total_cmp(&(b.strength() * b.plate_score));
        let saying = self.looks.iter().filter(|l| l.reading.text() == text).max_by(by_strength);
        saying.or_else(|| self.looks.iter().max_by(by_strength))
    }

    /// The ground colour that more than half of the looks' strength, and three times any other colour's, speaks for.
    pub fn colour(&self) -> PlateColour {
        let shares = PlateColour::ALL.map(|colour| {
            let votes = self.looks.iter().filter(|l| l.colour == colour);
            (colour, votes.map(|l| 0.1 + l.strength()).sum::<f32>())
        });
        let total: f32 = shares.iter().map(|s| s.1).sum();
        let known = || shares.iter().filter(|s| s.0 != PlateColour::Unknown);
        let Some(best) = known().max_by(|a, b| a.1.total_cmp(&b.1)) else { return PlateColour::Unknown };
        let second = known().filter(|s| s.0 != best.0).map(|s| s.1).fold(0.0, f32::max);
        if best.1 > total / 2.0 && best.1 >= 3.0 * second { best.0 } else { PlateColour::Unknown }
    }

    /// The row split that four fifths of the looks' strength speak for.
    fn layout(&self) -> Option<Layout> {
        let of = |layout| {
            let votes = self.looks.iter().filter(|l| l.reading.layout() == Some(layout));
            votes.map(Look::strength).sum::<f32>()
        };
        let (one, two) = (of(Layout::OneLine), of(Layout::TwoLine));
        let total = one + two;
        if total <= 0.0 {
            None
        } else if one >= 0.8 * total {
            Some(Layout::OneLine)
        } else if two >= 0.8 * total {
            Some(Layout::TwoLine)
        } else {
            None
        }
    }
}

#[cfg(test)]
mod simulation;
#[cfg(test)]
mod tests;

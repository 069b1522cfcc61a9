//! The passage book of one camera: collects what happens to each track and tells when a passage is to be written.
//!
//! The contract: one passage for each vehicle, line and direction; written at the latest 10 s after the crossing or
//! when its track ends, whichever comes first; later looks amend it under the same name with a higher revision; a
//! vehicle that goes back over the line takes its passage back. Without a line, one passage for each stay.

use std::collections::BTreeMap;

use super::crossing::CrossingEvent;
use crate::domain::detection::{VehicleClass, VehicleColour};
use crate::domain::ids::{RecordId, TrackId};
use crate::domain::place::Direction;
use crate::domain::plate::PlateOutcome;
use crate::domain::time::Stamp;
use crate::domain::track::{EndedTrack, TrackPoint};

/// What looks at the plate of one track, and sights of the vehicle, say together. Ballots, or a fake in tests.
pub trait Poll {
    /// One look.
    type Look;
    /// One sight of the vehicle.
    type Sight;
    /// Adds a look.
    fn add(&mut self, look: Self::Look);
    /// Adds a sight.
    fn see(&mut self, sight: Self::Sight);
    /// The vehicle's colour by the sights so far; `None` in doubt.
    fn colour(&self) -> Option<VehicleColour>;
    /// What the looks so far say about the plate of a vehicle of this class at this moment.
    fn outcome(&self, class: VehicleClass, at: &Stamp) -> PlateOutcome;
}

/// When passages are written.
#[derive(Debug, Clone, Copy)]
pub struct BookRules {
    /// Seconds of stream time after the crossing at which a passage is written though its track goes on.
    pub write_after_s: f64,
    /// Least seconds between two amendments.
    pub amend_every_s: f64,
    /// A stay shorter than this is no passage, in seconds.
    pub least_stay_s: f64,
    /// Texts of which a picture is kept for each track.
    pub texts_kept: usize,
}

impl Default for BookRules {
    fn default() -> Self {
        // The writer batches for 0.1 s and a frame may be 1 s apart under load: 9 s keeps the contract's 10.
        Self { write_after_s: 9.0, amend_every_s: 2.0, least_stay_s: 0.7, texts_kept: 4 }
    }
}

/// A passage to be written.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft<E> {
    /// Name; the same for all revisions.
    pub id: RecordId,
    /// From 1.
    pub revision: u32,
    /// Direction.
    pub direction: Direction,
    /// The crossing; of a stay, its first sight.
    pub crossed: Stamp,
    /// First sight.
    pub first: Stamp,
    /// Last sight so far.
    pub last: Stamp,
    /// Class by vote.
    pub class: VehicleClass,
    /// Colour by vote.
    pub colour: Option<VehicleColour>,
    /// What the plate is.
    pub outcome: PlateOutcome,
    /// The picture that shows it best.
    pub evidence: Option<E>,
}

/// What the book hands on.
#[derive(Debug, Clone, PartialEq)]
pub enum Entry<E> {
    /// To be written, or amended.
    Passage(Box<Draft<E>>),
    /// To be taken back: the vehicle went back over the line.
    Cancelled {
        /// Name.
        id: RecordId,
        /// When it went back.
        at: Stamp,
    },
}

/// A picture that was kept, with the text that was read in it and how much it is worth.
struct Kept<E> {
    text: String,
    worth: f32,
    evidence: E,
}

struct Crossing {
    number: u32,
    direction: Direction,
    stamp: Stamp,
    revision: u32,
    written: Option<(f64, PlateOutcome, VehicleClass)>,
}

struct Page<P, E> {
    first: Stamp,
    last: Stamp,
    class: VehicleClass,
    poll: P,
    read: Vec<Kept<E>>,
    seen: Option<(f32, E)>,
    crossings: Vec<Crossing>,
}

/// One camera's book. `P` is the poll of a track's looks, `E` the picture that goes with a look.
pub struct PassageBook<P, E> {
    rules: BookRules,
    has_line: bool,
    new_poll: Box<dyn Fn() -> P + Send>,
    pages: BTreeMap<TrackId, Page<P, E>>,
}

impl<P: Poll, E: Clone> PassageBook<P, E> {
    /// An empty book. Without a line the stays count.
    pub fn new(rules: BookRules, has_line: bool, new_poll: impl Fn() -> P + Send + 'static) -> Self {
        Self { rules, has_line, new_poll: Box::new(new_poll), pages: BTreeMap::new() }
    }

    /// The track was seen here.
    pub fn point(&mut self, point: &TrackPoint) {
        let page = self.pages.entry(point.track.clone()).or_insert_with(|| Page {
            first: point.stamp,
            last: point.stamp,
            class: point.class,
            poll: (self.new_poll)(),
            read: Vec::new(),
            seen: None,
            crossings: if self.has_line { Vec::new() } else { vec![Crossing::stay(point.stamp)] },
        });
        if point.score.is_some() {
            page.last = point.stamp;
        }
        page.class = point.class;
    }

    /// Its plate was looked at; `worth` ranks the pictures of equal texts.
    pub fn look(&mut self, track: &TrackId, look: P::Look, text: &str, worth: f32, evidence: E) {
        let Some(page) = self.pages.get_mut(track) else { return };
        page.poll.add(look);
        match page.read.iter_mut().find(|k| k.text == text) {
            Some(kept) if kept.worth < worth => *kept = Kept { text: text.to_owned(), worth, evidence },
            Some(_) => {}
            None => page.read.push(Kept { text: text.to_owned(), worth, evidence }),
        }
        page.read.sort_by(|a, b| b.worth.total_cmp(&a.worth));
        page.read.truncate(self.rules.texts_kept);
    }

    /// The vehicle was looked at.
    pub fn see(&mut self, track: &TrackId, sight: P::Sight) {
        if let Some(page) = self.pages.get_mut(track) {
            page.poll.see(sight);
        }
    }

    /// It was seen well; kept for a vehicle whose plate is never read.
    pub fn glimpse(&mut self, track: &TrackId, worth: f32, evidence: impl FnOnce() -> E) {
        let Some(page) = self.pages.get_mut(track) else { return };
        if page.seen.as_ref().is_none_or(|(known, _)| *known < worth) {
            page.seen = Some((worth, evidence()));
        }
    }

    /// What the looks so far say; `None` for a track that is not known.
    pub fn poll(&self, track: &TrackId) -> Option<&P> {
        self.pages.get(track).map(|p| &p.poll)
    }

    /// It crossed the line, or went back over it.
    pub fn crossing(&mut self, event: &CrossingEvent) -> Option<Entry<E>> {
        match event {
            CrossingEvent::Crossed { track, number, direction, stamp } => {
                let page = self.pages.get_mut(track)?;
                page.crossings.push(Crossing {
                    number: *number,
                    direction: *direction,
                    stamp: *stamp,
                    revision: 0,
                    written: None,
                });
                None
            }
            CrossingEvent::Cancelled { track, number, stamp } => {
                let page = self.pages.get_mut(track)?;
                let at = page.crossings.iter().position(|c| c.number == *number)?;
                page.crossings.remove(at);
                // Also where it was never written: that a vehicle turned back is a fact.
                Some(Entry::Cancelled { id: name(track, *number), at: *stamp })
            }
        }
    }

    /// The stream has come this far: what is due is written.
    pub fn tick(&mut self, now: &Stamp) -> Vec<Entry<E>> {
        let rules = self.rules;
        let mut entries = Vec::new();
        for (track, page) in &mut self.pages {
            let due = page.crossings.iter().enumerate().filter(|(_, c)| match &c.written {
                None => {
                    let from = if c.number == STAY { page.first.stream_s } else { c.stamp.stream_s };
                    now.stream_s - from >= rules.write_after_s
                }
                Some((at, ..)) => now.stream_s - at >= rules.amend_every_s,
            });
            for at in due.map(|(i, _)| i).collect::<Vec<_>>() {
                let draft = page.draft(track, at, now.stream_s, false);
                entries.extend(draft.map(|d| Entry::Passage(Box::new(d))));
            }
        }
        entries
    }

    /// The track has ended: what it did is written, and it is forgotten.
    pub fn ended(&mut self, ended: &EndedTrack) -> Vec<Entry<E>> {
        let Some(mut page) = self.pages.remove(&ended.track) else { return Vec::new() };
        page.last = ended.last;
        page.class = ended.class;
        let stay_s = ended.last.stream_s - page.first.stream_s;
        if !self.has_line
            && stay_s < self.rules.least_stay_s
            && page.crossings.iter().all(|c| c.written.is_none())
        {
            return Vec::new();
        }
        (0..page.crossings.len())
            .filter_map(|at| page.draft(&ended.track, at, ended.last.stream_s, true))
            .map(|d| Entry::Passage(Box::new(d)))
            .collect()
    }
}

/// Number of the only "crossing" of a stay; the line counter's begin at 1.
const STAY: u32 = 0;

impl Crossing {
    fn stay(first: Stamp) -> Self {
        Self { number: STAY, direction: Direction::Seen, stamp: first, revision: 0, written: None }
    }
}

impl<P: Poll, E: Clone> Page<P, E> {
    /// The next revision; `None` where the last one already says the same and the track goes on.
    fn draft(&mut self, track: &TrackId, at: usize, now_s: f64, at_end: bool) -> Option<Draft<E>> {
        let crossing = &mut self.crossings[at];
        let outcome = self.poll.outcome(self.class, &crossing.stamp);
        if let Some((_, before, class)) = &crossing.written {
            let same = before.key == outcome.key
                && before.state == outcome.state
                && before.painted == outcome.painted
                && *class == self.class;
            if same && !at_end {
                return None;
            }
        }
        crossing.revision += 1;
        crossing.written = Some((now_s, outcome.clone(), self.class));
        let text = outcome.candidates.first().map(|c| c.text.as_str());
        let read = self.read.iter().find(|k| Some(k.text.as_str()) == text).or(self.read.first());
        Some(Draft {
            id: name(track, crossing.number),
            revision: crossing.revision,
            direction: crossing.direction,
            crossed: crossing.stamp,
            first: self.first,
            last: self.last,
            class: self.class,
            colour: self.poll.colour(),
            evidence: read.map(|k| k.evidence.clone()).or_else(|| self.seen.as_ref().map(|(_, e)| e.clone())),
            outcome,
        })
    }
}

fn name(track: &TrackId, number: u32) -> RecordId {
    let (track_number, number) = (track.number.to_string(), number.to_string());
    RecordId::derive('p', &[track.run.as_str(), track.camera.as_str(), &track_number, &number])
}

#[cfg(test)]
#[path = "book_tests.rs"]
mod tests;

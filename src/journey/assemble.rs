//! Journeys from passages: the passages of one vehicle in, its journeys out. Which passages are one vehicle's is the
//! joining room's to say. The result depends on the set of passages alone, never on the order in which they arrived: they
//! are put in order of time first, so a passage that comes late, or is corrected, simply gives another result.
//!
//! What takes part: witnesses with a `crossed_at`, of a vehicle that some plate was read of. What no plate names opens no
//! journey, and what nothing dates has no place in the order.
//!
//! The walk through the ordered passages:
//! - `in` at a gate opens a journey. Where one is open already its exit was missed: it becomes `lost` at its last
//!   sighting.
//! - anything that is no crossing (an interior camera in whatever direction, a stay, a gate outside the dates of its
//!   role) adds a leg, or opens a journey with `entry_seen` false where none is open.
//! - `out` at a gate closes, or makes a journey of its own with `entry_seen` false where none is open.
//! - the front and the rear camera of a gate see one crossing: the same gate and direction again within
//!   `same_crossing_window` of the crossing's first passage is its second witness (`same crossing`).
//! - the clocks of two cameras never agree exactly, and a camera beside the gate may see a vehicle just before or
//!   after it crosses. So a sighting that is no crossing, up to the same window after an `out` or before an `in`,
//!   belongs to that crossing's journey and opens none.
//!
//! A gap between sightings never splits a journey: a lorry that stands in a yard for a week and then leaves was
//! inside all week. While the gap lasts, [`state_at`] calls it `lost`.

use jiff::{SignedDuration, Timestamp};

use crate::domain::detection::VehicleClass;
use crate::domain::ids::RecordId;
use crate::domain::journey::{Journey, JourneyState, Leg, Origin, Witness};
use crate::domain::passage::Passage;
use crate::domain::place::{CameraRole, Direction, Gate};
use crate::domain::plate::{PlateKey, Verdict};
use crate::domain::time::local_date;

/// What the joining of journeys is set by.
#[derive(Debug, Clone, PartialEq)]
pub struct JourneyRules {
    /// A vehicle without a sighting for longer than this is `lost`.
    pub lost_after: SignedDuration,
    /// Passages of one gate and direction within this time are one crossing.
    pub same_crossing_window: SignedDuration,
    /// The gates with the dates of their role. A gate that a passage names and that is not here (it was taken out of
    /// the configuration since) counts as a gate: that is what it was when the passage was recorded.
    pub gates: Vec<Gate>,
}

impl Default for JourneyRules {
    fn default() -> Self {
        Self {
            lost_after: SignedDuration::from_hours(72),
            same_crossing_window: SignedDuration::from_secs(20),
            gates: Vec::new(),
        }
    }
}

impl JourneyRules {
    /// The gate and direction that a passage crosses; `None` where it is only a sighting: an interior camera, a stay,
    /// or a gate outside the dates of its role (local date, both ends included).
    pub fn crossing<'p>(&self, passage: &'p Passage) -> Option<(&'p str, Direction)> {
        if passage.role != CameraRole::Gateway || passage.direction == Direction::Seen {
            return None;
        }
        let gate = passage.gate.as_deref()?;
        let date = local_date(passage.crossed_at?);
        let role = self.gates.iter().find(|g| g.name == gate);
        let valid = role.is_none_or(|g| g.from.is_none_or(|d| d <= date) && g.to.is_none_or(|d| date <= d));
        valid.then_some((gate, passage.direction))
    }
}

/// The journeys of the vehicle that `key` names, by time of their first leg. `witnesses`: every passage that is one of
/// its own, in any order. `origin_of` names the province of a two-digit code. Outages are left empty: they are the
/// store's to fill when it is asked.
///
/// A journey carries the verdict of its earliest passage that was read as the key says and whose verdict is not
/// `undetermined`; where that is `home` there is no journey. A leg's `p` is the witness's. The state is what the passages alone say: `lost` only where a second entry came without an
/// exit; [`state_at`] adds the passing of time.
pub fn assemble(
    key: &PlateKey,
    witnesses: &[Witness],
    rules: &JourneyRules,
    origin_of: &dyn Fn(&str) -> Origin,
) -> Vec<Journey> {
    if witnesses.iter().all(|w| w.passage.key().is_none()) {
        return Vec::new();
    }
    let mut ordered: Vec<Dated> =
        witnesses.iter().filter_map(|w| w.passage.crossed_at.map(|at| (at, w))).collect();
    ordered.sort_by(|a, b| (a.0, &a.1.passage.id).cmp(&(b.0, &b.1.passage.id)));
    walk(events(&ordered, rules)).into_iter().filter_map(|draft| draft.finish(key, origin_of)).collect()
}

/// Where a journey stands at `at`, seen with all that is known now: a vehicle that was seen again later in the same
/// journey was inside in between. `at` before the journey's first leg is answered as if it were there already.
pub fn state_at(journey: &Journey, at: Timestamp, rules: &JourneyRules) -> JourneyState {
    if journey.left_at.is_some_and(|left| left <= at) {
        return JourneyState::Left;
    }
    if journey.left_at.is_some() || journey.last_seen_at > at {
        return JourneyState::Inside;
    }
    let silent = at.duration_since(journey.last_seen_at);
    if journey.state == JourneyState::Lost || silent > rules.lost_after {
        JourneyState::Lost
    } else {
        JourneyState::Inside
    }
}

/// A witness with its time.
type Dated<'p> = (Timestamp, &'p Witness);

/// What happens to a vehicle, in order of time: one or more passages that belong together.
struct Event<'p> {
    /// When: of a crossing, its first passage; else the sighting.
    at: Timestamp,
    /// Gate and direction; `None` for a sighting.
    crossing: Option<(&'p str, Direction)>,
    /// The passages with why each of those that carry the key is joined.
    passages: Vec<(Timestamp, &'p Witness, &'static str)>,
}

/// Joins what is one crossing, then gives the sightings beside a crossing to it.
fn events<'p>(ordered: &[Dated<'p>], rules: &JourneyRules) -> Vec<Event<'p>> {
    let window = rules.same_crossing_window;
    let mut crossings: Vec<Event<'p>> = Vec::new();
    let mut sightings: Vec<Dated<'p>> = Vec::new();
    for &(at, passage) in ordered {
        match rules.crossing(&passage.passage) {
            None => sightings.push((at, passage)),
            Some(crossing) => match crossings.last_mut() {
                Some(last) if last.crossing == Some(crossing) && at.duration_since(last.at) <= window => {
                    last.passages.push((at, passage, "same crossing"));
                }
                _ => crossings.push(Event {
                    at,
                    crossing: Some(crossing),
                    passages: vec![(at, passage, "same plate")],
                }),
            },
        }
    }
    let mut events = Vec::new();
    for (at, passage) in sightings {
        // The crossings are few and in order; those around the sighting are the last before and the first after it.
        let after = crossings.partition_point(|c| c.at <= at);
        let exit = after.checked_sub(1).filter(|i| {
            let c = &crossings[*i];
            c.is(Direction::Out) && at.duration_since(c.at) <= window
        });
        let entry = Some(after).filter(|i| {
            crossings.get(*i).is_some_and(|c| c.is(Direction::In) && c.at.duration_since(at) <= window)
        });
        let nearest = match (exit, entry) {
            (Some(x), Some(e)) if crossings[e].at.duration_since(at) < at.duration_since(crossings[x].at) => {
                Some(e)
            }
            (exit, entry) => exit.or(entry),
        };
        match nearest {
            Some(i) => crossings[i].passages.push((at, passage, "same plate")),
            None => events.push(Event { at, crossing: None, passages: vec![(at, passage, "same plate")] }),
        }
    }
    events.append(&mut crossings);
    // Stable: at one moment a sighting comes before a crossing.
    events.sort_by_key(|e| e.at);
    events
}

impl Event<'_> {
    fn is(&self, direction: Direction) -> bool {
        self.crossing.is_some_and(|c| c.1 == direction)
    }
}

/// A journey in the making.
#[derive(Default)]
struct Draft<'p> {
    passages: Vec<(Timestamp, &'p Witness, &'static str)>,
    entered: Option<(Timestamp, &'p str)>,
    left: Option<(Timestamp, &'p str)>,
    superseded: bool,
}

fn walk<'p>(events: Vec<Event<'p>>) -> Vec<Draft<'p>> {
    let mut drafts: Vec<Draft<'p>> = Vec::new();
    for event in events {
        let open = drafts.last_mut().filter(|d| d.left.is_none());
        let draft = match open {
            Some(open) if event.is(Direction::In) => {
                open.superseded = true;
                drafts.push(Draft::default());
                drafts.last_mut()
            }
            Some(open) => Some(open),
            None => {
                drafts.push(Draft::default());
                drafts.last_mut()
            }
        };
        let Some(draft) = draft else { continue };
        match event.crossing {
            Some((gate, Direction::In)) => draft.entered = Some((event.at, gate)),
            Some((gate, _)) => draft.left = Some((event.at, gate)),
            None => {}
        }
        draft.passages.extend(event.passages);
    }
    drafts
}

impl Draft<'_> {
    /// The journey; `None` where the verdict is `home`.
    fn finish(mut self, key: &PlateKey, origin_of: &dyn Fn(&str) -> Origin) -> Option<Journey> {
        self.passages.sort_by(|a, b| (a.0, &a.1.passage.id).cmp(&(b.0, &b.1.passage.id)));
        let &(_, first, _) = self.passages.first()?;
        let &(last_seen_at, last, _) = self.passages.last()?;
        let (first, last) = (&first.passage, &last.passage);
        let own =
            || self.passages.iter().map(|(_, w, _)| &w.passage).filter(|p| p.key().as_ref() == Some(key));
        let decided = own().find(|p| p.verdict != Verdict::Undetermined).or_else(|| own().next());
        let verdict = decided.map_or(Verdict::Undetermined, |p| p.verdict);
        if verdict == Verdict::Home {
            return None;
        }
        let province = decided.and_then(|p| p.province.as_deref());
        let state = match (self.left.is_some(), self.superseded) {
            (true, _) => JourneyState::Left,
            (false, true) => JourneyState::Lost,
            (false, false) => JourneyState::Inside,
        };
        Some(Journey {
            id: RecordId::derive('j', &[&key.to_string(), first.id.as_str()]),
            plate: key.text.clone(),
            plate_kind: key.kind,
            class: class_of_most(self.passages.iter().map(|(_, w, _)| w.passage.class)),
            verdict,
            origin: province.map(origin_of).unwrap_or_default(),
            state,
            entry_seen: self.entered.is_some(),
            exit_seen: self.left.is_some(),
            entered_at: self.entered.map(|e| e.0),
            entered_by: self.entered.map(|e| e.1.to_owned()),
            left_at: self.left.map(|l| l.0),
            left_by: self.left.map(|l| l.1.to_owned()),
            last_seen_at,
            last_seen_by: last.camera.clone(),
            legs: self
                .passages
                .iter()
                .enumerate()
                .map(|(i, &(at, w, why))| Leg {
                    passage: w.passage.id.clone(),
                    camera: w.passage.camera.clone(),
                    at,
                    direction: w.passage.direction,
                    p: w.p,
                    why: match &w.why {
                        Some(why) => why.clone(),
                        None if i == 0 => "first".to_owned(),
                        None => why.to_owned(),
                    },
                    link_p: None,
                    between: Vec::new(),
                })
                .collect(),
            outages: Vec::new(),
        })
    }
}

/// The class that most passages carry; `unknown` only where none says another; of equals the first in the order of
/// the detector's classes.
fn class_of_most(classes: impl Iterator<Item = VehicleClass> + Clone) -> VehicleClass {
    let mut best = (VehicleClass::Unknown, 0);
    for class in VehicleClass::ALL {
        let n = classes.clone().filter(|c| *c == class).count();
        if class != VehicleClass::Unknown && n > best.1 {
            best = (class, n);
        }
    }
    best.0
}

#[cfg(test)]
#[path = "assemble_tests.rs"]
mod tests;

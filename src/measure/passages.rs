//! Recorded passages and journeys against true ones.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::Serialize;

use super::groups::{Groups, count_false, count_in};
use super::truth::{Truth, TruthJourney, TruthPass};
use crate::base::assignment;
use crate::domain::detection::VehicleClass;
use crate::domain::journey::Journey;
use crate::domain::passage::Passage;
use crate::domain::plate::Verdict;

/// A recorded passage belongs to a true one of its camera if they are no further apart than this.
const MATCH_S: f64 = 1.0;
/// What another plate adds to the seconds between the two, by the share of its characters that differ: as much as the time
/// at most.
const OTHER_PLATE_S: f64 = 1.0;
/// What another class adds.
const OTHER_CLASS_S: f64 = 0.5;
/// What a true passage without a partner costs: more than any partner within reach, so that a record with another plate
/// never goes free where nothing fits it better.
const ALONE_S: f64 = MATCH_S + OTHER_PLATE_S + OTHER_CLASS_S + 0.1;

/// The contract's counts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// True passages.
    pub passages: u64,
    /// Those whose plate can be read.
    pub readable: u64,
    /// True passages that were recorded.
    pub found: u64,
    /// Of the found and readable: plate right.
    pub plate_exact: u64,
    /// Of the found and readable: plate wrong; and answers on unreadable ones that are not the truth.
    pub plate_wrong: u64,
    /// Of the found and readable: no answer.
    pub undetermined: u64,
    /// Recorded passages that match none.
    pub false_passages: u64,
    /// Of the found: direction wrong.
    pub direction_wrong: u64,
    /// Of the found: class wrong, `unknown` not counted.
    pub class_wrong: u64,
    /// Of the found: a verdict that is not the truth.
    pub verdict_wrong: u64,
    /// Of the found: `undetermined` where there is a truth.
    pub verdict_undetermined: u64,
    /// Of the found whose true colour is known: said rightly.
    pub colour_right: u64,
    /// Said wrongly.
    pub colour_wrong: u64,
    /// Not said.
    pub colour_unknown: u64,
    /// Of the found: a painted number that is the plate's, or the trailer's.
    pub painted_right: u64,
    /// One that is neither's.
    pub painted_wrong: u64,
    /// True journeys.
    pub journeys: u64,
    /// Those whose passages, entry, exit and state are all right.
    pub journeys_exact: u64,
    /// True journeys all of whose plates can be read.
    pub journeys_readable: u64,
    /// Those of them that are exact.
    pub journeys_readable_exact: u64,
    /// Pairs of consecutive passages in true journeys.
    pub links: u64,
    /// Those that are consecutive in one recorded journey.
    pub links_right: u64,
    /// Recorded pairs that are no true ones.
    pub links_wrong: u64,
}

/// The counts over all, over what was held out, and which passage belongs to which.
#[derive(Debug, Clone, PartialEq)]
pub struct Judgement {
    /// Over all.
    pub all: Counts,
    /// Over the held-out ones. A false passage counts here where the nearest true one of its camera is held out.
    pub held_out: Counts,
    /// `all` by camera, light, class and width of the plate.
    pub by: Groups,
    /// `held_out` by the same.
    pub held_out_by: Groups,
    /// For each true passage the index of its recorded one.
    pub matched: Vec<Option<usize>>,
    /// Indices of recorded passages that match none.
    pub unmatched: Vec<usize>,
    /// For each true journey whether it is exact.
    pub journey_exact: Vec<bool>,
}

/// Compares. `journeys` stand as they are to be judged: their state at the end of the footage.
pub fn judge(truth: &Truth, passages: &[Passage], journeys: &[Journey]) -> Judgement {
    let matched = matching(&truth.passes, passages);
    let taken: BTreeSet<usize> = matched.iter().flatten().copied().collect();
    let unmatched: Vec<usize> = (0..passages.len()).filter(|i| !taken.contains(i)).collect();
    let (mut all, mut held_out) = (Counts::default(), Counts::default());
    let (mut by, mut held_out_by) = (Groups::new(), Groups::new());

    for (pass, found) in truth.passes.iter().zip(&matched) {
        let counts = count_pass(pass, found.map(|i| &passages[i]));
        all.add(&counts);
        count_in(&mut by, pass, &counts);
        if pass.held_out {
            held_out.add(&counts);
            count_in(&mut held_out_by, pass, &counts);
        }
    }
    for at in &unmatched {
        let nearest = nearest_pass(&passages[*at], &truth.passes);
        all.false_passages += 1;
        count_false(&mut by, &passages[*at], nearest);
        if nearest.is_some_and(|pass| pass.held_out) {
            held_out.false_passages += 1;
            count_false(&mut held_out_by, &passages[*at], nearest);
        }
    }

    let names = TrueNames::new(truth, passages, &matched);
    let recorded_pairs: BTreeSet<(&str, &str)> = journeys
        .iter()
        .flat_map(|j| j.legs.windows(2))
        .filter(|w| w[1].is_next())
        .map(|w| names.pair(&w[0], &w[1]))
        .collect();
    let true_pairs: BTreeSet<(&str, &str)> = truth
        .journeys
        .iter()
        .flat_map(|j| j.passes.windows(2))
        .map(|w| (w[0].as_str(), w[1].as_str()))
        .collect();
    let unreadable: BTreeSet<&str> =
        truth.passes.iter().filter(|p| !p.readable).map(|p| p.id.as_str()).collect();
    let mut journey_exact = Vec::new();
    for journey in &truth.journeys {
        let exact = journeys.iter().any(|j| same_journey(journey, j, &names));
        journey_exact.push(exact);
        let readable = journey.passes.iter().all(|id| !unreadable.contains(id.as_str()));
        let links = journey.passes.windows(2).map(|w| (w[0].as_str(), w[1].as_str()));
        let counts = Counts {
            journeys: 1,
            journeys_exact: u64::from(exact),
            journeys_readable: u64::from(readable),
            journeys_readable_exact: u64::from(readable && exact),
            links: journey.passes.len().saturating_sub(1) as u64,
            links_right: links.filter(|pair| recorded_pairs.contains(pair)).count() as u64,
            ..Counts::default()
        };
        all.add(&counts);
        if names.held_out(&journey.passes) {
            held_out.add(&counts);
        }
    }
    for (a, b) in recorded_pairs.difference(&true_pairs) {
        all.links_wrong += 1;
        held_out.links_wrong += u64::from(names.held_out(&[(*a).to_owned(), (*b).to_owned()]));
    }
    Judgement { all, held_out, by, held_out_by, matched, unmatched, journey_exact }
}

/// One to one for each camera, never further apart than [`MATCH_S`], so that the sum of [`apart`] is least.
fn matching(truth: &[TruthPass], passages: &[Passage]) -> Vec<Option<usize>> {
    let mut by_camera: BTreeMap<&str, Vec<(Timestamp, Event)>> = BTreeMap::new();
    for (t, pass) in truth.iter().enumerate() {
        by_camera.entry(&pass.camera).or_default().push((pass.crossed_at, Event::True(t)));
    }
    for (p, passage) in passages.iter().enumerate() {
        if let Some(at) = passage.crossed_at {
            by_camera.entry(passage.camera.as_str()).or_default().push((at, Event::Recorded(p)));
        }
    }
    let mut matched = vec![None; truth.len()];
    for mut events in by_camera.into_values() {
        events.sort();
        // Across a gap nothing is within reach: each stretch is a small assignment of its own.
        for stretch in events.chunk_by(|a, b| b.0.duration_since(a.0).as_secs_f64() <= MATCH_S) {
            let of = |wanted: fn(&Event) -> Option<usize>| -> Vec<usize> {
                stretch.iter().filter_map(|(_, event)| wanted(event)).collect()
            };
            let true_ones = of(|e| if let Event::True(t) = e { Some(*t) } else { None });
            let recorded = of(|e| if let Event::Recorded(p) = e { Some(*p) } else { None });
            let cost = |t: usize, p: usize| apart(&truth[true_ones[t]], &passages[recorded[p]]);
            let pairs = assignment::assign(true_ones.len(), recorded.len(), ALONE_S, cost);
            for (t, p) in true_ones.into_iter().zip(pairs) {
                matched[t] = p.map(|p| recorded[p]);
            }
        }
    }
    matched
}

/// Index of what happened at one camera's line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Event {
    True(usize),
    Recorded(usize),
}

/// How ill a record fits a true passage, in seconds; `None` beyond reach. Of two that cross close together plate and class
/// tell which is which.
fn apart(pass: &TruthPass, recorded: &Passage) -> Option<f64> {
    let time = recorded.crossed_at?.duration_since(pass.crossed_at).as_secs_f64().abs();
    let guess = recorded.plate.as_deref().or(recorded.candidates.first().map(|c| c.text.as_str()));
    // No guess is as far from a plate as a wrong one: a record that says nothing must not push a misread one out.
    let differs = match (pass.plate.as_deref(), guess) {
        (None, None) => 0.0,
        (Some(plate), Some(guess)) => 1.0 - strsim::normalized_levenshtein(plate, guess),
        _ => 1.0,
    };
    let class = recorded.class != VehicleClass::Unknown && recorded.class != pass.class;
    let other = OTHER_PLATE_S * differs + if class { OTHER_CLASS_S } else { 0.0 };
    (time <= MATCH_S).then_some(time + other)
}

fn count_pass(pass: &TruthPass, recorded: Option<&Passage>) -> Counts {
    let mut counts = Counts { passages: 1, readable: u64::from(pass.readable), ..Counts::default() };
    let Some(recorded) = recorded else { return counts };
    counts.found = 1;
    match &recorded.plate {
        _ if pass.is_contradicted(recorded) => counts.plate_wrong = 1,
        Some(_) => counts.plate_exact = u64::from(pass.readable),
        None => counts.undetermined = u64::from(pass.readable),
    }
    counts.direction_wrong = u64::from(recorded.direction != pass.direction);
    let class_named = recorded.class != VehicleClass::Unknown;
    counts.class_wrong = u64::from(class_named && recorded.class != pass.class);
    match (recorded.verdict, pass.verdict) {
        (recorded, truth) if recorded == truth => {}
        (Verdict::Undetermined, _) => counts.verdict_undetermined = 1,
        _ => counts.verdict_wrong = 1,
    }
    if !pass.colours.is_empty() {
        match recorded.colour {
            Some(colour) if pass.colours.contains(&colour) => counts.colour_right = 1,
            Some(_) => counts.colour_wrong = 1,
            None => counts.colour_unknown = 1,
        }
    }
    if let Some(number) = &recorded.painted_number {
        let own = Some(number) == pass.plate.as_ref() || Some(number) == pass.trailer_plate.as_ref();
        (counts.painted_right, counts.painted_wrong) = (u64::from(own), u64::from(!own));
    }
    counts
}

/// The true passage of the same camera that is nearest in time; `None` where there is none, or the record is undated.
pub fn nearest_pass<'a>(passage: &Passage, truth: &'a [TruthPass]) -> Option<&'a TruthPass> {
    let at = passage.crossed_at?;
    let of_camera = truth.iter().filter(|p| p.camera == passage.camera.as_str());
    of_camera.min_by_key(|p| p.crossed_at.duration_since(at).abs())
}

/// The true names of recorded passages; a recorded one without truth keeps its own.
struct TrueNames<'a> {
    by_record: BTreeMap<&'a str, &'a str>,
    held_out: BTreeSet<&'a str>,
}

impl<'a> TrueNames<'a> {
    fn new(truth: &'a Truth, passages: &'a [Passage], matched: &[Option<usize>]) -> Self {
        let pairs = truth.passes.iter().zip(matched);
        let by_record =
            pairs.filter_map(|(t, m)| m.map(|i| (passages[i].id.as_str(), t.id.as_str()))).collect();
        let held_out = truth.passes.iter().filter(|p| p.held_out).map(|p| p.id.as_str()).collect();
        Self { by_record, held_out }
    }

    fn of(&self, record: &'a str) -> &'a str {
        self.by_record.get(record).copied().unwrap_or(record)
    }

    fn pair(
        &self,
        a: &'a crate::domain::journey::Leg,
        b: &'a crate::domain::journey::Leg,
    ) -> (&'a str, &'a str) {
        (self.of(a.passage.as_str()), self.of(b.passage.as_str()))
    }

    fn held_out(&self, passes: &[String]) -> bool {
        !passes.is_empty() && passes.iter().all(|p| self.held_out.contains(p.as_str()))
    }
}

fn same_journey(truth: &TruthJourney, journey: &Journey, names: &TrueNames) -> bool {
    let near = |a: Option<Timestamp>, b: Option<Timestamp>| match (a, b) {
        (None, None) => true,
        (Some(a), Some(b)) => a.duration_since(b).as_secs_f64().abs() <= MATCH_S,
        _ => false,
    };
    let legs: Vec<&str> = journey.legs.iter().map(|l| names.of(l.passage.as_str())).collect();
    journey.plate == truth.plate
        && journey.state == truth.state
        && near(truth.entered_at, journey.entered_at)
        && near(truth.left_at, journey.left_at)
        && legs == truth.passes
}

impl Counts {
    /// Found passages whose true colour is known.
    pub fn coloured(&self) -> u64 {
        self.colour_right + self.colour_wrong + self.colour_unknown
    }

    /// Found passages on which a painted number was read.
    pub fn painted(&self) -> u64 {
        self.painted_right + self.painted_wrong
    }

    pub(super) fn add(&mut self, other: &Self) {
        self.passages += other.passages;
        self.readable += other.readable;
        self.found += other.found;
        self.plate_exact += other.plate_exact;
        self.plate_wrong += other.plate_wrong;
        self.undetermined += other.undetermined;
        self.false_passages += other.false_passages;
        self.direction_wrong += other.direction_wrong;
        self.class_wrong += other.class_wrong;
        self.colour_right += other.colour_right;
        self.colour_wrong += other.colour_wrong;
        self.colour_unknown += other.colour_unknown;
        self.painted_right += other.painted_right;
        self.painted_wrong += other.painted_wrong;
        self.verdict_wrong += other.verdict_wrong;
        self.verdict_undetermined += other.verdict_undetermined;
        self.journeys += other.journeys;
        self.journeys_exact += other.journeys_exact;
        self.journeys_readable += other.journeys_readable;
        self.journeys_readable_exact += other.journeys_readable_exact;
        self.links += other.links;
        self.links_right += other.links_right;
        self.links_wrong += other.links_wrong;
    }
}

#[cfg(test)]
#[path = "passages_tests.rs"]
mod tests;

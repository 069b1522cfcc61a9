//! How long vehicles take from one camera to the next, and which is the next.
//!
//! [`LinkCounts`] is what was learned: of links between confident reads of one plate, how often each pair of events
//! followed each other, in how much time; how often a vehicle was not seen again; how many passages each event had.
//! [`LinkTimes`] adds the prior from distance and gives probabilities. Both are data; nothing here learns while it joins.

use serde::{Deserialize, Serialize};

use super::place::Places;

/// Times are binned by their logarithm: from 5 seconds to 60 days, each bin a third longer than the one before.
const BINS: usize = 48;
const SHORTEST_S: f64 = 5.0;
const LONGEST_S: f64 = 60.0 * 86_400.0;
/// Observations that the prior of the next event is worth.
const NEXT_PRIOR: f64 = 20.0;
/// Observations that the prior of the time is worth.
const TIME_PRIOR: f64 = 8.0;
/// Of vehicles: prior share not seen again.
const END_PRIOR: f64 = 0.2;
/// Cruising speed on the way, straight, in km/h, and how far (in logarithm) it varies.
const CRUISE_KMH: f64 = 38.0;
const CRUISE_SPREAD: f64 = 0.45;
/// Shortest stay that is more than passing through, in seconds.
const STAY_S: f64 = 600.0;

/// What was learned of links.
#[derive(Debug, Clone, PartialEq)]
pub struct LinkCounts {
    events: usize,
    pairs: Vec<f32>,
    ends: Vec<f32>,
    passages: Vec<f32>,
    /// Time that it was learned from, in seconds; 0 where nothing was.
    seconds: f64,
}

impl LinkCounts {
    /// Nothing learned yet.
    pub fn none(places: &Places) -> Self {
        let n = places.events();
        Self {
            events: n,
            pairs: vec![0.0; n * n * BINS],
            ends: vec![0.0; n],
            passages: vec![0.0; n],
            seconds: 0.0,
        }
    }

    /// Learns from the confident sightings of one vehicle, (time in microseconds, event) by time.
    pub fn add_vehicle(&mut self, way: &[(i64, u16)]) {
        for step in way.windows(2) {
            let seconds = (step[1].0 - step[0].0) as f64 / 1e6;
            let pair = usize::from(step[0].1) * self.events + usize::from(step[1].1);
            if let Some(count) = self.pairs.get_mut(pair * BINS + bin(seconds)) {
                *count += 1.0;
            }
        }
        if let Some(count) = way.last().and_then(|e| self.ends.get_mut(usize::from(e.1))) {
            *count += 1.0;
        }
        for (_, event) in way {
            if let Some(count) = self.passages.get_mut(usize::from(*event)) {
                *count += 1.0;
            }
        }
    }

    /// Says over how much time all that was learned, in seconds.
    pub fn over(&mut self, seconds: f64) {
        self.seconds = seconds.max(0.0);
    }

    /// Links that were counted.
    pub fn links(&self) -> f64 {
        self.pairs.iter().map(|n| f64::from(*n)).sum()
    }

    /// What was counted and is not nothing, to be kept.
    pub fn written(&self) -> WrittenCounts {
        let of = |counts: &[f32]| -> Vec<(u32, f32)> {
            counts.iter().zip(0..).filter(|c| *c.0 > 0.0).map(|(n, at)| (at, *n)).collect()
        };
        let pair = |(at, n): (u32, f32)| {
            let (pair, bin) = (at / BINS as u32, at % BINS as u32);
            ((pair / self.events as u32) as u16, (pair % self.events as u32) as u16, bin as u8, n)
        };
        let event = |(at, n): (u32, f32)| (at as u16, n);
        WrittenCounts {
            pairs: of(&self.pairs).into_iter().map(pair).collect(),
            ends: of(&self.ends).into_iter().map(event).collect(),
            passages: of(&self.passages).into_iter().map(event).collect(),
            seconds: self.seconds,
        }
    }

    /// What was kept, among today's places; `event` gives today's number of an event of then, and none for one that is
    /// there no more.
    pub fn read(written: &WrittenCounts, places: &Places, event: impl Fn(u16) -> Option<u16>) -> Self {
        let mut counts = Self::none(places);
        counts.seconds = written.seconds;
        for (from, to, bin, n) in &written.pairs {
            let Some((from, to)) = event(*from).zip(event(*to)) else { continue };
            let pair = usize::from(from) * counts.events + usize::from(to);
            if let Some(count) = counts.pairs.get_mut(pair * BINS + usize::from(*bin).min(BINS - 1)) {
                *count += n;
            }
        }
        for (to, all) in [(&mut counts.ends, &written.ends), (&mut counts.passages, &written.passages)] {
            for (at, n) in all {
                if let Some(count) = event(*at).and_then(|e| to.get_mut(usize::from(e))) {
                    *count += n;
                }
            }
        }
        counts
    }
}

/// [`LinkCounts`] to be kept: what is not nothing. Bins are those of this module; they stay as they are.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WrittenCounts {
    /// Event, the next one, bin of the time between them, how often.
    pairs: Vec<(u16, u16, u8, f32)>,
    /// Event, how often no other followed.
    ends: Vec<(u16, f32)>,
    /// Event, how often it was.
    passages: Vec<(u16, f32)>,
    /// Time that it was learned from, in seconds.
    seconds: f64,
}

fn bin(seconds: f64) -> usize {
    let share = (seconds.max(SHORTEST_S) / SHORTEST_S).ln() / (LONGEST_S / SHORTEST_S).ln();
    ((share * BINS as f64) as usize).min(BINS - 1)
}

/// Seconds at the begin of a bin.
fn bin_begin(bin: usize) -> f64 {
    SHORTEST_S * (LONGEST_S / SHORTEST_S).powf(bin as f64 / BINS as f64)
}

/// Probabilities of links.
#[derive(Debug, Clone, PartialEq)]
pub struct LinkTimes {
    events: usize,
    /// Natural logarithm of the density, per second, of the next event and its time.
    next: Vec<f32>,
    /// Logarithm of the probability of no next event.
    end: Vec<f32>,
    /// Logarithm of passages a second.
    flow: Vec<f32>,
}

impl LinkTimes {
    /// From the places' distances and what was learned.
    pub fn new(places: &Places, counts: &LinkCounts) -> Self {
        let n = places.events();
        let mut all = Self {
            events: n,
            next: vec![f32::NEG_INFINITY; n * n * BINS],
            end: vec![0.0; n],
            flow: vec![0.0; n],
        };
        for from in 0..n {
            let prior_next = prior_next(places, from as u16);
            let of_pair = |to: usize| -> f64 {
                counts.pairs[(from * n + to) * BINS..][..BINS].iter().map(|c| f64::from(*c)).sum()
            };
            let seen: f64 = (0..n).map(of_pair).sum();
            let ends = f64::from(counts.ends[from]);
            let end = (ends + END_PRIOR * NEXT_PRIOR) / (ends + seen + NEXT_PRIOR);
            all.end[from] = end.ln() as f32;
            // A place that nothing passed yet counts as one passage a day and as many as an even share.
            let flow = if counts.seconds > 0.0 {
                (f64::from(counts.passages[from]) + 1.0) / counts.seconds
            } else {
                1.0 / 60.0
            };
            all.flow[from] = flow.ln() as f32;
            for (to, prior_next) in prior_next.iter().enumerate() {
                let pair = of_pair(to);
                let next = (pair + NEXT_PRIOR * prior_next) / (seen + NEXT_PRIOR);
                let prior_time = prior_time(places, from as u16, to as u16);
                for (b, prior) in prior_time.iter().enumerate() {
                    let count = f64::from(counts.pairs[(from * n + to) * BINS + b]);
                    let time = (count + TIME_PRIOR * prior) / (pair + TIME_PRIOR);
                    let width = bin_begin(b + 1) - bin_begin(b);
                    all.next[(from * n + to) * BINS + b] =
                        ((1.0 - end) * next * time / width).max(1e-30).ln() as f32;
                }
            }
        }
        all
    }

    /// Logarithm of the density, per second, that `to` comes next after `from`, `seconds` later.
    pub(super) fn next(&self, from: u16, to: u16, seconds: f64) -> f64 {
        let pair = usize::from(from) * self.events + usize::from(to);
        self.next.get(pair * BINS + bin(seconds)).map_or(-30.0, |v| f64::from(*v))
    }

    /// Logarithm of the probability that nothing comes after `event`.
    pub(super) fn end(&self, event: u16) -> f64 {
        self.end.get(usize::from(event)).map_or(0.0, |v| f64::from(*v))
    }

    /// Logarithm of how many passages a second the event has.
    pub(super) fn flow(&self, event: u16) -> f64 {
        self.flow.get(usize::from(event)).map_or(-4.0, |v| f64::from(*v))
    }
}

/// Prior shares of what comes next: a judgement. Inside, the next is a sighting inside or an exit; outside, an entry,
/// most likely where it left. One in twenty is a passage that was missed.
fn prior_next(places: &Places, from: u16) -> Vec<f64> {
    let outside = places.leaves(from);
    let weight = |to: u16| {
        let near = 1.0 / (1.0 + places.km(from, to) / 20.0);
        match (outside, places.enters(to), places.leaves(to)) {
            (true, true, _) => 0.9 * near,
            (true, _, true) => 0.05 * near,
            (true, ..) => 0.05 * near,
            (false, true, _) => 0.05 * near,
            (false, _, true) => 0.65 * near,
            (false, ..) => 0.3 * near,
        }
    };
    let weights: Vec<f64> = (0..places.events()).map(|to| weight(to as u16)).collect();
    let sum: f64 = weights.iter().sum();
    weights.into_iter().map(|w| w / sum.max(1e-9)).collect()
}

/// Prior shares of the bins: half goes straight there at a cruising speed that varies, half stays a while, any length of
/// which is as likely in logarithm; out in the world there is no straight way.
fn prior_time(places: &Places, from: u16, to: u16) -> Vec<f64> {
    let straight = if places.leaves(from) { 0.1 } else { 0.5 };
    let way_s = places.km(from, to) * 1.3 / CRUISE_KMH * 3600.0 + 60.0;
    let mut shares: Vec<(f64, f64)> = Vec::with_capacity(BINS);
    for b in 0..BINS {
        let middle = (bin_begin(b) * bin_begin(b + 1)).sqrt();
        let off = (middle / way_s).ln() / CRUISE_SPREAD;
        let stay = if middle >= way_s.max(STAY_S) { 1.0 } else { 0.0 };
        shares.push(((-0.5 * off * off).exp(), stay));
    }
    let sums = shares.iter().fold((0.0, 0.0), |s, x| (s.0 + x.0, s.1 + x.1));
    let share = |x: &(f64, f64)| {
        0.999 * (straight * x.0 / sums.0.max(1e-9) + (1.0 - straight) * x.1 / sums.1.max(1e-9))
            + 0.001 / BINS as f64
    };
    shares.iter().map(share).collect()
}

//! How far each text is believed.
//!
//! A product of experts: the belief in a text is its prior by grammar and series letter, times what each look gives it, slot by slot, each
//! slot raised to a weight below 1. Looks of one track share blur, dirt and angle, so their errors are not independent;
//! counted in full, ten looks that share one fault would be sure of it. A slot weighs what it adds to the effective number
//! `n / (1 + (n - 1) r)` of looks that show the same character with correlation r (the design effect, Kish, "Survey
//! Sampling", 1965): a second look a third, a fifth a fifteenth at r = 1/2. The surest comes first, whenever it came: a
//! vehicle is seen from afar before it is seen from near. Looks that contradict each other share no error. One more look takes
//! its place among the others and pushes down only what is less sure than itself, and each look gives its own text the most,
//! so a look that agrees can only raise the belief.
//!
//! What no listed text explains is doubt: a text's belief is lowered as if all looks that support it and may be wrong
//! were wrong in the same way, which errs towards `undetermined`.

use crate::domain::plate::{PlateClass, PlateColour, Slot};

use super::super::grammar::{self, Parse, Sight, Split};
use super::super::series;
use super::{Context, Look};

/// Share of each slot's probability spread over all characters: no look can rule a character out.
const SPREAD: f32 = 0.0003;
/// Characters that the spread goes to.
const CHARACTERS: f32 = 33.0;
/// Cost of a character too many, too few, or in the other row.
const GAP: f32 = 0.02;
/// What a look gives to a text that it does not support: it may show another vehicle's plate.
const OUTLIER: f32 = 1e-3;
/// Belief in a text that no grammar class explains, against one that it explains.
const NO_CLASS: f32 = 0.02;
/// Belief that a plate hangs on a vehicle of another kind: more likely it is another vehicle's plate.
const WRONG_VEHICLE: f32 = 0.05;
/// Share of its weight with which a repeated look lessens the doubt: looks that are wrong in the same way are more frequent
/// than their correlation says. Set so that the probability means what it says (`cargo xtask votes`, tuning looks).
const REPEATS_IN_DOUBT: f32 = 0.3;
/// Texts that are weighed at most.
const MAX_TEXTS: usize = 64;
/// Partial texts that the search keeps at each slot.
const BEAM: usize = 12;

/// A text with its row split.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Text {
    /// Compact characters.
    pub chars: Vec<char>,
    /// How they stand.
    pub split: Split,
}

/// A text and the belief in it.
#[derive(Debug, Clone)]
pub(super) struct Belief {
    /// The text.
    pub text: Text,
    /// Ways to understand it that are still open; none where no class fits.
    pub parses: Vec<Parse>,
    /// Probability, 0-1; all of them together at most 1.
    pub p: f32,
}

/// A look prepared for weighing.
struct Witness<'a> {
    look: &'a Look,
    slots: Vec<&'a Slot>,
    split: Split,
    /// Probability that number and rows of the characters are right.
    shape: f32,
    /// Exponent of what it says of the shape.
    weight: f32,
    /// Exponents of what it says of each slot.
    weights: Vec<f32>,
}

impl<'a> Witness<'a> {
    fn new(look: &'a Look) -> Self {
        let slots: Vec<&Slot> = look.reading.rows.iter().flatten().collect();
        // The slots' probabilities are those given the shape; what the confidence lacks beyond them is the shape's.
        let given_shape: f32 = slots.iter().map(|s| s.p).product();
        let shape = (look.reading.confidence / given_shape.max(1e-6)).clamp(0.1, 0.999);
        let weights = vec![0.0; slots.len()];
        Self { look, slots, split: look.split(), shape, weight: 0.0, weights }
    }

    /// Whether its characters can be set against the other's, place by place.
    fn beside(&self, other: &Self) -> bool {
        other.split == self.split && other.slots.len() == self.slots.len()
    }

    /// Probability that slot `at` shows `c`.
    fn shows(&self, at: usize, c: char) -> f32 {
        let slot = self.slots[at];
        let told: f32 = slot.p + slot.others.iter().map(|o| o.1).sum::<f32>();
        let rest = (1.0 - told).max(0.0) / CHARACTERS;
        let own = if slot.c == c { Some(slot.p) } else { None };
        let p = own.or_else(|| slot.others.iter().find(|o| o.0 == c).map(|o| o.1)).unwrap_or(rest);
        ((1.0 - SPREAD) * p + SPREAD / CHARACTERS).clamp(1e-9, 1.0)
    }

    fn same_shape(&self, text: &Text) -> bool {
        text.split == self.split && text.chars.len() == self.slots.len()
    }

    /// What this look says for `text`: the logarithm of a probability, weighted where `weighted`.
    fn says(&self, text: &Text, weighted: bool) -> f32 {
        let weight = |w: f32| if weighted { w } else { 1.0 };
        let whole = weight(self.weight);
        let said = if self.same_shape(text) {
            let slot = |(at, c): (usize, &char)| weight(self.weights[at]) * self.shows(at, *c).ln();
            whole * self.shape.ln() + text.chars.iter().enumerate().map(slot).sum::<f32>()
        } else {
            let moved = if text.split == self.split { 0.0 } else { whole * GAP.ln() };
            whole * (1.0 - self.shape).ln() + self.aligned(&text.chars, weighted) + moved
        };
        // The floor goes by what is new in this look, so that of two plates neither wins by coming first.
        let new = self.weights.iter().copied().fold(self.weight, f32::max);
        said.max(weight(new) * OUTLIER.ln())
    }

    /// As [`Self::says`] for a text of another shape: the best way to lay the slots along `chars` with gaps.
    fn aligned(&self, chars: &[char], weighted: bool) -> f32 {
        let gap = if weighted { self.weight } else { 1.0 } * GAP.ln();
        let mut row: Vec<f32> = (0..=self.slots.len()).map(|n| gap * n as f32).collect();
        for c in chars {
            let mut diagonal = row[0];
            row[0] += gap;
            for at in 0..self.slots.len() {
                let weight = if weighted { self.weights[at] } else { 1.0 };
                let matched = diagonal + weight * self.shows(at, *c).ln();
                diagonal = row[at + 1];
                row[at + 1] = matched.max(row[at] + gap).max(diagonal + gap);
            }
        }
        row[self.slots.len()]
    }
}

/// Correlation of two looks' errors, by the seconds between them: the dirt stays, the blur passes. A judgement on the
/// careful side; the simulation beside this file shows what it does where half of the errors' variance is shared.
fn correlation(seconds: f64) -> f32 {
    0.35 + 0.3 * (-seconds.abs() / 0.5).exp() as f32
}

/// What one more look adds to the number of independent looks that the ones before are worth (the increment of Kish's
/// `n / (1 + (n - 1) r)`), where `count` of them in all share `shared` of their errors with it.
fn increment(count: f32, shared: f32) -> f32 {
    if count <= 0.0 {
        return 1.0;
    }
    let mean = shared / count;
    (1.0 - mean) / ((1.0 + shared) * (1.0 + (shared - mean).max(0.0)))
}

/// The looks with their weights.
fn witnesses(looks: &[Look]) -> Vec<Witness<'_>> {
    let read = looks.iter().filter(|l| !l.reading.rows.is_empty());
    let mut all: Vec<Witness> = read.map(Witness::new).collect();
    for at in 0..all.len() {
        let beside = |w: &Witness| w.beside(&all[at]);
        let weight = weight_of(at, &all, beside, |w| w.shape);
        let weights = (0..all[at].slots.len())
            .map(|place| {
                let same = |w: &Witness| beside(w) && w.slots[place].c == all[at].slots[place].c;
                weight_of(at, &all, same, |w| w.slots[place].p)
            })
            .collect();
        (all[at].weight, all[at].weights) = (weight, weights);
    }
    all
}

/// The exponent of look `at` among those that say the `same` with probability `p`. The surest comes first and counts in
/// full: what a plate shows from afar takes nothing from what it shows from near.
fn weight_of(
    at: usize,
    all: &[Witness],
    same: impl Fn(&Witness) -> bool,
    p: impl Fn(&Witness) -> f32,
) -> f32 {
    let own = all[at].look;
    let sure = |w: &Witness| w.look.strength() * odds(p(w));
    let rank = |n: usize| (sure(&all[n]), std::cmp::Reverse(n));
    let (mut count, mut shared) = (0.0, 0.0);
    for (n, other) in all.iter().enumerate().filter(|(_, w)| same(w)) {
        if n != at && rank(n) > rank(at) {
            count += other.look.strength();
            shared += other.look.strength() * correlation(own.stream_s - other.look.stream_s);
        }
    }
    own.strength() * increment(count, shared)
}

/// What a probability says, as a logarithm; nothing below one half.
fn odds(p: f32) -> f32 {
    (p / (1.0 - p).max(1e-6)).ln().max(0.0)
}

/// All texts worth weighing with the belief in each, by falling belief.
pub(super) fn weigh(looks: &[Look], colour: PlateColour, context: &Context) -> Vec<Belief> {
    let witnesses = witnesses(looks);
    let texts = texts(&witnesses);
    let gifts = |t: &Text| -> Vec<f32> { witnesses.iter().map(|w| w.says(t, false).exp()).collect() };
    let given: Vec<Vec<f32>> = texts.iter().map(gifts).collect();
    // What each look leaves for texts that are not listed.
    let left = |at: usize| (1.0 - given.iter().map(|g| g[at]).sum::<f32>()).clamp(OUTLIER, 1.0);
    let left: Vec<f32> = (0..witnesses.len()).map(left).collect();
    let mut beliefs = Vec::with_capacity(texts.len());
    let mut scores = Vec::with_capacity(texts.len());
    for text in &texts {
        // Rows apart, a text is one text: looks that differ in the rows alone do not make each other doubtful.
        let alike = |at: usize| {
            let same = texts.iter().zip(&given).filter(|(t, _)| t.chars == text.chars);
            same.map(|(_, g)| g[at]).fold(OUTLIER, f32::max)
        };
        let compact: String = text.chars.iter().collect();
        let parses = grammar::open(&compact, Sight { split: text.split, vehicle: context.vehicle, colour });
        let said: f32 = witnesses.iter().map(|w| w.says(text, true)).sum();
        scores.push(prior(&compact, &parses).ln() + said);
        // The surest look speaks in full; what the others add to it lessens the doubt by less than their weight.
        let unlisted = |(at, w): (usize, &Witness)| w.weight * (left[at] / alike(at)).min(1.0).ln();
        let said_against: Vec<f32> = witnesses.iter().enumerate().map(unlisted).collect();
        let surest = said_against.iter().copied().fold(0.0, f32::min);
        let others = said_against.iter().sum::<f32>() - surest;
        let doubt = (surest + REPEATS_IN_DOUBT * others).exp();
        beliefs.push(Belief { text: text.clone(), parses, p: 1.0 / (1.0 + doubt) });
    }
    let top = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let sum: f32 = scores.iter().map(|s| (s - top).exp()).sum();
    for (belief, score) in beliefs.iter_mut().zip(scores) {
        belief.p *= (score - top).exp() / sum;
    }
    beliefs.sort_by(|a, b| b.p.total_cmp(&a.p));
    beliefs
}

/// How much likelier than any other text the looks make `compact`, as a ratio: above 1 they speak for it, far below 1 against it.
/// By what was seen alone: who read the text elsewhere has weighed how common it is. It stands as some look has its characters,
/// or in one row. 1 where no look read anything.
pub(super) fn favour(compact: &str, looks: &[Look]) -> f32 {
    let witnesses = witnesses(looks);
    let chars: Vec<char> = compact.chars().collect();
    let score = |text: &Text| witnesses.iter().map(|w| w.says(text, true)).sum::<f32>();
    let splits = witnesses.iter().map(|w| w.split).chain([Split::OneLine]);
    let own =
        splits.map(|split| score(&Text { chars: chars.clone(), split })).fold(f32::NEG_INFINITY, f32::max);
    let others = texts(&witnesses).into_iter().filter(|t| t.chars != chars);
    let best = others.map(|t| score(&t)).fold(f32::NEG_INFINITY, f32::max);
    if best == f32::NEG_INFINITY { 1.0 } else { (own - best).clamp(-30.0, 30.0).exp() }
}

/// Prior belief in a text by what it would be. Judgement of how common the classes are on the road, not a count; a car's
/// series letters are counted.
fn prior(compact: &str, open: &[Parse]) -> f32 {
    let of = |parse: &Parse| {
        let common = match parse.class {
            PlateClass::Car => compact.chars().nth(2).map_or(1.0, series::ratio),
            PlateClass::MotoLetterDigit | PlateClass::MotoTwoLetter | PlateClass::Trailer => 1.0,
            PlateClass::Special | PlateClass::MotoElectric | PlateClass::EconZone => 0.3,
            PlateClass::DiplomaticCar | PlateClass::DiplomaticCarAlt | PlateClass::DiplomaticMoto => 0.1,
            PlateClass::Temporary => 0.05,
            PlateClass::ArmyCar | PlateClass::ArmyMoto | PlateClass::ArmyTrailer => {
                if parse.colour_assumed && !grammar::known_army_unit(compact) { 0.1 } else { 1.0 }
            }
            PlateClass::MopedOld | PlateClass::ForeignCn | PlateClass::ForeignLa => 0.03,
        };
        let colour = if parse.colour_assumed { 0.02 } else { 1.0 };
        let vehicle = if parse.fits_vehicle { 1.0 } else { WRONG_VEHICLE };
        common * colour * vehicle
    };
    if open.is_empty() { NO_CLASS } else { open.iter().map(of).fold(1e-4, f32::max) }
}

/// The texts that the looks read, and those that they read slot by slot together, freely and held to each shape of the
/// grammar. A character must be among a look's own for its slot: grammar alone puts none there.
fn texts(witnesses: &[Witness]) -> Vec<Text> {
    let mut found: Vec<Text> = Vec::new();
    let mut push = |text: Text| {
        if found.len() < MAX_TEXTS && !text.chars.is_empty() && !found.contains(&text) {
            found.push(text);
        }
    };
    let mut by_weight: Vec<&Witness> = witnesses.iter().collect();
    by_weight.sort_by(|a, b| (b.weight * b.shape).total_cmp(&(a.weight * a.shape)));
    for w in by_weight.iter().take(16) {
        push(Text { chars: w.slots.iter().map(|s| s.c).collect(), split: w.split });
    }
    let mut groups: Vec<((Split, usize), f32)> = Vec::new();
    for w in &by_weight {
        let shape = (w.split, w.slots.len());
        match groups.iter_mut().find(|g| g.0 == shape) {
            Some(group) => group.1 += w.weight,
            None => groups.push((shape, w.weight)),
        }
    }
    groups.sort_by(|a, b| b.1.total_cmp(&a.1));
    for ((split, len), _) in groups.into_iter().take(3) {
        let members: Vec<&Witness> =
            witnesses.iter().filter(|w| w.split == split && w.slots.len() == len).collect();
        let pooled = pooled(&members, len);
        for chars in likeliest(&pooled, |_, _| true, BEAM) {
            push(Text { chars, split });
        }
        for shape in grammar::shapes().filter(|s| s.len() == len) {
            for chars in likeliest(&pooled, |at, c| shape.allows(at, c), 2) {
                push(Text { chars, split });
            }
        }
    }
    found
}

/// Per slot the characters that any member has there, with their weighted log probability.
fn pooled(members: &[&Witness], len: usize) -> Vec<Vec<(char, f32)>> {
    let slot = |at: usize| {
        let mut chars: Vec<char> = Vec::new();
        for w in members {
            let slot = w.slots[at];
            for c in std::iter::once(slot.c).chain(slot.others.iter().map(|o| o.0)) {
                if !chars.contains(&c) {
                    chars.push(c);
                }
            }
        }
        let score = |c: char| members.iter().map(|w| w.weights[at] * w.shows(at, c).ln()).sum::<f32>();
        let mut scored: Vec<(char, f32)> = chars.into_iter().map(|c| (c, score(c))).collect();
        scored.sort_by(|a, b| b.1.total_cmp(&a.1));
        scored
    };
    (0..len).map(slot).collect()
}

/// The `many` likeliest texts whose characters are all allowed; none where a slot has no allowed one.
fn likeliest(
    pooled: &[Vec<(char, f32)>],
    allowed: impl Fn(usize, char) -> bool,
    many: usize,
) -> Vec<Vec<char>> {
    let mut beam: Vec<(Vec<char>, f32)> = vec![(Vec::new(), 0.0)];
    for (at, options) in pooled.iter().enumerate() {
        let mut next = Vec::new();
        for (text, score) in &beam {
            for (c, s) in options.iter().filter(|(c, _)| allowed(at, *c)).take(BEAM) {
                let mut longer = text.clone();
                longer.push(*c);
                next.push((longer, score + s));
            }
        }
        next.sort_by(|a, b| b.1.total_cmp(&a.1));
        next.truncate(BEAM);
        beam = next;
    }
    beam.into_iter().take(many).map(|(text, _)| text).collect()
}

//! From the reader net's output to a reading.
//!
//! The net gives for each of its rows (upper, lower) a lattice of columns x classes: at each column the probability of
//! the blank (class 0) and of each character. A text's probability is the sum over all ways to lay it into the columns
//! (Graves et al., "Connectionist temporal classification", ICML 2006), which the forward recursion gives exactly. The
//! text is found by prefix beam search, so that it is the likeliest text and not the text of the likeliest path.

use crate::domain::plate::{PlateReading, Slot};

use super::PlateError;

/// Most characters a row may have; the longest printed row has 10.
const MAX_ROW: usize = 14;
/// Prefixes kept at each column.
const BEAM: usize = 12;
/// A prefix this much below the best one is dropped.
const HOPELESS: f64 = 1e-6;
/// A class below this probability does not extend a prefix: it could not become the best text.
const EXTEND_ABOVE: f64 = 1e-4;
/// A class that no column gives more than this is not tried in the place of another.
const EXCHANGE_ABOVE: f64 = 1e-5;
/// Other characters below this are left out of a slot.
const OTHERS_ABOVE: f64 = 1e-3;
/// Keeps a class that the net's softmax rounded to nothing from vetoing a text.
const FLOOR: f64 = 1e-12;

/// Piecewise linear map from the CTC probability of the decoded text to the probability that it is exact.
#[derive(Debug, Clone, PartialEq)]
pub struct Calibration {
    points: Vec<(f32, f32)>,
}

impl Calibration {
    /// A map through `points` (CTC probability, probability of being exact), both 0-1. The first coordinates must
    /// rise, the second must not fall; outside the points the nearest one holds.
    pub fn new(points: &[(f32, f32)]) -> Result<Self, PlateError> {
        let unit = |v: f32| (0.0..=1.0).contains(&v);
        if points.is_empty() || !points.iter().all(|p| unit(p.0) && unit(p.1)) {
            return Err(PlateError::BadReader("calibration needs points [from, to], each 0-1".into()));
        }
        if points.windows(2).any(|w| w[1].0 <= w[0].0 || w[1].1 < w[0].1) {
            return Err(PlateError::BadReader("calibration must rise from point to point".into()));
        }
        Ok(Self { points: points.to_vec() })
    }

    /// The map that changes nothing.
    pub fn identity() -> Self {
        Self { points: vec![(0.0, 0.0), (1.0, 1.0)] }
    }

    /// The calibrated probability, 0-1. What is not a number counts as 0.
    pub fn apply(&self, p: f32) -> f32 {
        let p = if p.is_finite() { p } else { 0.0 };
        let after = self.points.partition_point(|point| point.0 < p);
        let Some(&(x1, y1)) = self.points.get(after) else {
            return self.points.last().map_or(0.0, |point| point.1);
        };
        let Some(&(x0, y0)) = after.checked_sub(1).and_then(|before| self.points.get(before)) else {
            return y1;
        };
        y0 + (y1 - y0) * (p - x0) / (x1 - x0)
    }
}

/// Decodes the output of one reader net.
#[derive(Debug, Clone)]
pub struct Decoder {
    alphabet: Vec<char>,
    rows: usize,
    columns: usize,
    calibration: Calibration,
}

impl Decoder {
    /// A decoder for a net of `rows` (1 or 2) x `columns` x (1 + characters of `alphabet`) softmax probabilities, in
    /// this order, whose class 0 is the blank and class i+1 is the alphabet's character i.
    pub fn new(
        alphabet: &str,
        rows: usize,
        columns: usize,
        calibration: Calibration,
    ) -> Result<Self, PlateError> {
        let alphabet: Vec<char> = alphabet.chars().collect();
        if alphabet.is_empty() || alphabet.len() > 250 {
            return Err(PlateError::BadReader("alphabet needs 1 to 250 characters".into()));
        }
        if alphabet.iter().enumerate().any(|(i, c)| alphabet[..i].contains(c)) {
            return Err(PlateError::BadReader("alphabet names a character twice".into()));
        }
        if !(1..=2).contains(&rows) || !(1..=512).contains(&columns) {
            return Err(PlateError::BadReader(format!(
                "rows must be 1 or 2 and columns 1 to 512, not {rows} and {columns}"
            )));
        }
        Ok(Self { alphabet, rows, columns, calibration })
    }

    /// Numbers that the net gives for one crop.
    pub fn output_len(&self) -> usize {
        self.rows * self.columns * self.classes()
    }

    fn classes(&self) -> usize {
        self.alphabet.len() + 1
    }

    /// The reading of one crop. `output` is row by row, column by column, class by class, softmax probabilities 0-1;
    /// what is negative or not a number counts as 0, and columns are brought to a sum of 1.
    ///
    /// A slot's characters are weighed by the exact probability of the text with only this character exchanged. A
    /// reading whose lower row alone holds characters has confidence 0: no plate looks so.
    pub fn decode(&self, output: &[f32]) -> Result<PlateReading, PlateError> {
        if output.len() != self.output_len() {
            return Err(PlateError::OutputSize {
                got: output.len(),
                rows: self.rows,
                columns: self.columns,
                classes: self.classes(),
            });
        }
        let mut rows = Vec::with_capacity(self.rows);
        let mut probability = 1.0;
        let mut gap = false;
        for (index, values) in output.chunks_exact(self.columns * self.classes()).enumerate() {
            let lattice = Lattice::new(values, self.classes());
            let (text, p) = lattice.best_text();
            probability *= p;
            if text.is_empty() {
                gap |= index == 0;
                continue;
            }
            rows.push(self.slots(&lattice, &text));
        }
        let confidence =
            if rows.is_empty() || gap { 0.0 } else { self.calibration.apply(probability as f32) };
        Ok(PlateReading { rows, confidence: confidence.clamp(0.0, 1.0) })
    }

    fn slots(&self, lattice: &Lattice, text: &[u8]) -> Vec<Slot> {
        let exchanged = lattice.exchanged(text);
        let slot = |(&class, weights): (&u8, Vec<f64>)| {
            let sum: f64 = weights.iter().sum();
            let share = |w: f64| if sum > 0.0 { w / sum } else { 0.0 };
            let own = usize::from(class) - 1;
            let mut others: Vec<(char, f32)> = self
                .alphabet
                .iter()
                .zip(&weights)
                .enumerate()
                .filter(|(i, (_, w))| *i != own && share(**w) >= OTHERS_ABOVE)
                .map(|(_, (c, w))| (*c, share(*w) as f32))
                .collect();
            others.sort_by(|a, b| b.1.total_cmp(&a.1));
            Slot { c: self.alphabet[own], p: share(weights[own]) as f32, others }
        };
        text.iter().zip(exchanged).map(slot).collect()
    }
}

/// One row's probabilities, columns x classes, each column with sum 1.
struct Lattice {
    y: Vec<f64>,
    classes: usize,
}

/// A prefix of the beam search with the probability of all ways to it that end in a blank and in its last character.
#[derive(Clone, Copy)]
struct Prefix {
    /// Classes, a byte each, the last one lowest. No class is 0, so a prefix is its number.
    text: u128,
    blank: f64,
    character: f64,
}

impl Prefix {
    const EMPTY: Self = Self { text: 0, blank: 1.0, character: 0.0 };

    fn total(&self) -> f64 {
        self.blank + self.character
    }

    fn last(&self) -> u8 {
        self.text as u8
    }

    /// The text with one more character; `None` where no row is so long.
    fn extended(&self, class: u8) -> Option<u128> {
        (self.text >> (8 * (MAX_ROW - 1)) == 0).then_some(self.text << 8 | u128::from(class))
    }

    fn classes(&self) -> Vec<u8> {
        self.text.to_be_bytes().into_iter().skip_while(|class| *class == 0).collect()
    }
}

/// The entry of `beam` with this text, made where it is missing.
fn entry(beam: &mut Vec<Prefix>, text: u128) -> &mut Prefix {
    let at = beam.iter().position(|p| p.text == text).unwrap_or(beam.len());
    if at == beam.len() {
        beam.push(Prefix { text, blank: 0.0, character: 0.0 });
    }
    &mut beam[at]
}

impl Lattice {
    fn new(values: &[f32], classes: usize) -> Self {
        let mut y = Vec::with_capacity(values.len());
        for column in values.chunks_exact(classes) {
            // Cut at 1 so that a wild value cannot drown the others in rounding.
            let clean = |v: &f32| if v.is_finite() { f64::from(v.clamp(0.0, 1.0)) } else { 0.0 };
            let sum: f64 = column.iter().map(|v| clean(v) + FLOOR).sum();
            y.extend(column.iter().map(|v| (clean(v) + FLOOR) / sum));
        }
        Self { y, classes }
    }

    fn columns(&self) -> usize {
        self.y.len() / self.classes
    }

    fn at(&self, column: usize, class: u8) -> f64 {
        self.y[column * self.classes + usize::from(class)]
    }

    /// The likeliest text as classes, and its exact probability.
    fn best_text(&self) -> (Vec<u8>, f64) {
        let mut beam = vec![Prefix::EMPTY];
        let mut next: Vec<Prefix> = Vec::with_capacity(BEAM * 4);
        let mut likely: Vec<(u8, f64)> = Vec::with_capacity(self.classes);
        for column in 0..self.columns() {
            likely.clear();
            let classes = (1..self.classes as u8).map(|class| (class, self.at(column, class)));
            likely.extend(classes.filter(|(_, p)| *p >= EXTEND_ABOVE));
            next.clear();
            for prefix in &beam {
                let last = prefix.last();
                let stay = entry(&mut next, prefix.text);
                stay.blank += prefix.total() * self.at(column, 0);
                if last != 0 {
                    stay.character += prefix.character * self.at(column, last);
                }
                for &(class, p) in &likely {
                    // The same character again needs a blank between.
                    let from = if last == class { prefix.blank } else { prefix.total() };
                    if let Some(longer) = prefix.extended(class) {
                        entry(&mut next, longer).character += from * p;
                    }
                }
            }
            next.sort_unstable_by(|a, b| b.total().total_cmp(&a.total()).then(a.text.cmp(&b.text)));
            next.truncate(BEAM);
            // Only the ratios matter until the exact probability is taken, so long lattices do not underflow.
            let top = next.first().map_or(1.0, Prefix::total).max(f64::MIN_POSITIVE);
            next.retain(|p| p.total() >= HOPELESS * top);
            for prefix in &mut next {
                prefix.blank /= top;
                prefix.character /= top;
            }
            std::mem::swap(&mut beam, &mut next);
        }
        let exact = |p: &Prefix| (p.classes(), self.probability(&p.classes()));
        beam.iter().take(4).map(exact).max_by(|a, b| a.1.total_cmp(&b.1)).unwrap_or((Vec::new(), 0.0))
    }

    /// Exact probability of `text` (classes), 0-1.
    fn probability(&self, text: &[u8]) -> f64 {
        let forward = self.forward(text);
        let states = 2 * text.len() + 1;
        let last = &forward[forward.len() - states..];
        last[states - 1] + if states > 1 { last[states - 2] } else { 0.0 }
    }

    /// Class of a state of the extended text: blanks at even states, characters at odd ones.
    fn class_of(text: &[u8], state: usize) -> u8 {
        if state % 2 == 1 { text[state / 2] } else { 0 }
    }

    /// Whether the blank before character `state` may be left out.
    fn may_skip(text: &[u8], state: usize) -> bool {
        state % 2 == 1 && state >= 3 && text[state / 2] != text[state / 2 - 1]
    }

    /// columns x states: probability of all beginnings that are in the state at the column.
    fn forward(&self, text: &[u8]) -> Vec<f64> {
        let states = 2 * text.len() + 1;
        let mut a = vec![0.0; self.columns() * states];
        for column in 0..self.columns() {
            for state in 0..states {
                let sum = if column == 0 {
                    if state < 2 { 1.0 } else { 0.0 }
                } else {
                    let before = &a[(column - 1) * states..column * states];
                    before[state]
                        + if state > 0 { before[state - 1] } else { 0.0 }
                        + if Self::may_skip(text, state) { before[state - 2] } else { 0.0 }
                };
                a[column * states + state] = sum * self.at(column, Self::class_of(text, state));
            }
        }
        a
    }

    /// columns x states: probability of all endings after the column, given the state at the column.
    fn backward(&self, text: &[u8]) -> Vec<f64> {
        let states = 2 * text.len() + 1;
        let columns = self.columns();
        let mut b = vec![0.0; columns * states];
        for column in (0..columns).rev() {
            for state in 0..states {
                b[column * states + state] = if column + 1 == columns {
                    if state + 2 >= states { 1.0 } else { 0.0 }
                } else {
                    let step = |to: usize| {
                        self.at(column + 1, Self::class_of(text, to)) * b[(column + 1) * states + to]
                    };
                    step(state)
                        + if state + 1 < states { step(state + 1) } else { 0.0 }
                        + if state + 2 < states && Self::may_skip(text, state + 2) {
                            step(state + 2)
                        } else {
                            0.0
                        }
                };
            }
        }
        b
    }

    /// For each character of `text` the probabilities of the texts in which it alone is exchanged for each character
    /// of the alphabet. Only the exchanged state's own recursion is new; what comes before and after is shared.
    fn exchanged(&self, text: &[u8]) -> Vec<Vec<f64>> {
        let states = 2 * text.len() + 1;
        let columns = self.columns();
        let (forward, backward) = (self.forward(text), self.backward(text));
        let one = |slot: usize, class: u8| {
            let state = 2 * slot + 1;
            let skip_in = slot > 0 && text[slot - 1] != class;
            let skip_out = slot + 1 < text.len() && text[slot + 1] != class;
            let (mut total, mut here) = (0.0, 0.0);
            for column in 0..columns {
                let enter = if column == 0 {
                    if slot == 0 { 1.0 } else { 0.0 }
                } else {
                    let before = &forward[(column - 1) * states..column * states];
                    before[state - 1] + if skip_in { before[state - 2] } else { 0.0 }
                };
                here = (here + enter) * self.at(column, class);
                if column + 1 < columns {
                    let after = &backward[(column + 1) * states..(column + 2) * states];
                    let mut leave = self.at(column + 1, 0) * after[state + 1];
                    if skip_out {
                        leave += self.at(column + 1, text[slot + 1]) * after[state + 2];
                    }
                    total += here * leave;
                } else if slot + 1 == text.len() {
                    total += here;
                }
            }
            total
        };
        let seen: Vec<bool> = (1..self.classes as u8)
            .map(|class| (0..columns).any(|column| self.at(column, class) > EXCHANGE_ABOVE))
            .collect();
        let tried =
            |slot| (1..).zip(&seen).map(|(class, seen)| if *seen { one(slot, class) } else { 0.0 }).collect();
        (0..text.len()).map(tried).collect()
    }
}

#[cfg(test)]
#[path = "ctc_tests.rs"]
mod tests;

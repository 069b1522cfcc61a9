//! What the reader makes of a plate: misreads drawn from a table, confidences from measured ones.
//!
//! Misreads: data/misreads.txt, counted on the shipped reader's readings of real crops of the test split and of rendered
//! plates of chunk 901. The joiner's table is another one (see the parent). Confidences: data/confidences.txt, the
//! calibrated probabilities of right and wrong readings of the same pictures; `clear` the real crops, `hard` the rendered
//! ones. Both made by models/train/reader/confidences.py.

use anyhow::{Context, Result, bail};
use hanhtrinh::plate::confusion::{Condition, Confusion};

use super::dice::Dice;

/// A quarter of the vehicles carry dirty, bent or faded plates. They make three quarters of the misreads ...
const DIRTY: f64 = 0.25;
const DIRTY_FACTOR: f64 = 3.0;
/// ... and a misread of any vehicle is the one it had before this often.
const SAME_AGAIN: f64 = 0.5;
/// A candidate below this share is not kept by the vote (plate::vote).
const CANDIDATE_ABOVE: f64 = 0.005;

/// The reader.
pub struct Reader {
    misreads: Confusion,
    right_clear: Vec<f64>,
    right_hard: Vec<f64>,
    /// By number of wrong characters (1, 2, 3 and more): confidence, and the share of what is left that the truth has.
    wrong: [Vec<(f64, f64)>; 3],
    /// Share of plates that are misread, 0-1.
    errors: f64,
    seed: u64,
}

/// One reading.
pub struct Read {
    /// Best text.
    pub text: String,
    /// Calibrated probability that it is exact.
    pub confidence: f32,
    /// Other texts.
    pub candidates: Vec<(String, f32)>,
}

impl Reader {
    /// A reader that misreads the share `errors` of plates.
    pub fn new(errors: f64, seed: u64) -> Result<Self> {
        let misreads =
            Confusion::parse(include_str!("../../data/misreads.txt")).context("data/misreads.txt")?;
        let mut reader = Self {
            misreads,
            right_clear: Vec::new(),
            right_hard: Vec::new(),
            wrong: Default::default(),
            errors,
            seed,
        };
        for line in include_str!("../../data/confidences.txt").lines() {
            let words: Vec<&str> = line.split('#').next().unwrap_or("").split_whitespace().collect();
            match words.as_slice() {
                ["right", "clear", p] => reader.right_clear.push(p.parse()?),
                ["right", "hard", p] => reader.right_hard.push(p.parse()?),
                ["wrong", n, p, share] => {
                    let n: usize = n.parse()?;
                    let list = reader.wrong.get_mut(n.wrapping_sub(1)).context("a distance of 1 to 3")?;
                    list.push((p.parse()?, share.parse()?));
                }
                _ => {}
            }
        }
        if reader.right_clear.is_empty()
            || reader.right_hard.is_empty()
            || reader.wrong.iter().any(Vec::is_empty)
        {
            bail!("data/confidences.txt lacks a part; make it again with models/train/reader/confidences.py");
        }
        Ok(reader)
    }

    /// Reads the plate `truth` of vehicle `vehicle` in its passage `passage`.
    pub fn read(&self, vehicle: u64, passage: u64, truth: &str) -> Read {
        let mut of_vehicle = Dice::of(self.seed, 21, vehicle);
        let dirty = of_vehicle.chance(DIRTY);
        let factor = if dirty { DIRTY_FACTOR } else { (1.0 - DIRTY * DIRTY_FACTOR) / (1.0 - DIRTY) };
        let rate = (self.errors * factor).min(0.9);
        let mut dice = Dice::of(self.seed, 22, passage);
        if !dice.chance(rate) {
            let confidence = quantile(if dirty { &self.right_hard } else { &self.right_clear }, &mut dice);
            let left = 1.0 - confidence;
            let mut candidates = Vec::new();
            // The runner-up.
            let (_, share) = self.wrong[0][dice.below(self.wrong[0].len())];
            self.candidate(truth, left * share, truth, &mut dice, &mut candidates);
            return Read { text: truth.to_owned(), confidence: confidence as f32, candidates };
        }
        let text = if dice.chance(SAME_AGAIN) {
            self.misread(truth, rate, &mut of_vehicle)
        } else {
            self.misread(truth, rate, &mut dice)
        };
        let wrong = strsim::levenshtein(&text, truth).clamp(1, 3);
        let (confidence, share) = self.wrong[wrong - 1][dice.below(self.wrong[wrong - 1].len())];
        let left = 1.0 - confidence;
        let mut candidates = Vec::new();
        if left * share >= CANDIDATE_ABOVE {
            candidates.push((truth.to_owned(), (left * share) as f32));
        }
        let other = left * (1.0 - share) * dice.between(0.0, 0.6);
        self.candidate(&text, other, truth, &mut dice, &mut candidates);
        Read { text, confidence: confidence as f32, candidates }
    }

    fn candidate(&self, near: &str, p: f64, truth: &str, dice: &mut Dice, to: &mut Vec<(String, f32)>) {
        if p < CANDIDATE_ABOVE {
            return;
        }
        let text = self.misread(near, 0.01, dice);
        if text != near && text != truth {
            to.push((text, p as f32));
        }
    }

    /// `truth` with at least one character misread, lost or added. Each character is misread with a probability in the
    /// table's proportions, all together so that a plate is with probability `rate`.
    fn misread(&self, truth: &str, rate: f64, dice: &mut Dice) -> String {
        let at = Condition::default();
        let chars: Vec<char> = truth.chars().collect();
        let wrong = |c: &char| 1.0 - self.misreads.read_given_true(at, *c, *c);
        let weights: Vec<f64> = chars.iter().map(wrong).collect();
        let mean = weights.iter().sum::<f64>() / weights.len().max(1) as f64;
        let each = 1.0 - (1.0 - rate).powf(1.0 / chars.len().max(1) as f64);
        let mut chosen: Vec<bool> = weights.iter().map(|w| dice.chance((each * w / mean).min(0.9))).collect();
        if chosen.iter().all(|c| !c) {
            chosen[dice.by_weight(&weights)] = true;
        }
        let added: Vec<f64> =
            self.misreads.alphabet().iter().map(|c| self.misreads.insert_rate(at, *c)).collect();
        let mut text = String::new();
        for (c, wrong) in chars.iter().zip(chosen) {
            if !wrong {
                text.push(*c);
                continue;
            }
            let mut ways: Vec<f64> = self
                .misreads
                .alphabet()
                .iter()
                .map(|r| if r == c { 0.0 } else { self.misreads.read_given_true(at, *r, *c) })
                .collect();
            ways.push(self.misreads.drop_rate(at, *c));
            ways.push(added.iter().sum());
            let way = dice.by_weight(&ways);
            match self.misreads.alphabet().get(way) {
                Some(r) => text.push(*r),
                None if way == self.misreads.alphabet().len() => {}
                None => {
                    text.push(*c);
                    text.push(self.misreads.alphabet()[dice.by_weight(&added)]);
                }
            }
        }
        text
    }

    /// Codes that one character of `code` may be misread as or from, at least three times in the table.
    pub fn near_codes(&self, code: u8) -> Vec<u8> {
        let of = |code: u8| [char::from(b'0' + code / 10), char::from(b'0' + code % 10)];
        let own = of(code);
        (11..=99)
            .filter(|other| {
                let other = of(*other);
                let differ: Vec<usize> = (0..2).filter(|i| own[*i] != other[*i]).collect();
                // The table has some 900 counts for each digit.
                let often = |i: usize| {
                    self.misreads.read_given_true(Condition::default(), own[i], other[i]) > 0.0025
                        || self.misreads.read_given_true(Condition::default(), other[i], own[i]) > 0.0025
                };
                matches!(differ.as_slice(), [i] if often(*i))
            })
            .collect()
    }
}

/// A value drawn from equally spaced quantiles.
fn quantile(quantiles: &[f64], dice: &mut Dice) -> f64 {
    let at = dice.unit() * (quantiles.len() - 1) as f64;
    let i = (at as usize).min(quantiles.len().saturating_sub(2));
    quantiles[i] + (quantiles[i + 1] - quantiles[i]) * (at - i as f64)
}

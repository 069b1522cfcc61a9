//! What readings say of plates, by the table.

use crate::domain::plate::Candidate;

use super::MISSING;
use super::table::{Condition, Confusion};

/// Share of the belief that no reading can rule out, however sure: the calibration itself has an error.
const LEAST_DOUBT: f64 = 1e-4;

/// A hardly read plate has at most so many times the table's misread characters: what it shows is most often one character
/// wrong, however little it is believed.
const MOST_SCALE: f64 = 20.0;

/// What one passage shows of a plate.
#[derive(Debug, Clone, Copy)]
pub struct Reading<'a> {
    /// The best compact text; [`MISSING`] stands for a character that is there and could not be read.
    pub text: &'a str,
    /// Calibrated probability that `text` is exact, 0-1; of its readable characters where some are missing.
    pub confidence: f32,
    /// Texts with their share of the belief, 0-1, together at most 1; `text` may be among them.
    pub candidates: &'a [Candidate],
    /// Under which conditions it was read.
    pub condition: Condition,
}

/// How a reading's confidence moves the table, see [`Confusion::doubt`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Doubt {
    /// Factor of the odds of each misread character.
    scale: f64,
    /// Sum of the scaled odds of all texts but the read one.
    sum: f64,
}

/// How easily two vehicles of the traffic give readings that look alike.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Coincidence {
    /// Vehicles that the traffic is made of.
    pub vehicles: f64,
    /// How far the second reading is believed to show a known plate other than the first's: the sum of
    /// [`Confusion::belief`] over these, 0-1.
    pub alike: f64,
    /// How far it is believed to show a plate that is not known yet, 0-1.
    pub unknown: f64,
}

impl Coincidence {
    /// Traffic of which nothing more is known than that it is made of `vehicles`.
    pub fn of(vehicles: f64) -> Self {
        Self { vehicles, alike: 0.0, unknown: 1.0 }
    }
}

impl Confusion {
    /// Probability that the reader gives `read` where the text `truth` stands, against that of it giving `read` where
    /// `read` stands: 1 for equal texts, below 1e-9 for quite different ones. One character may be lost or added.
    /// [`MISSING`] in `read` is open: it counts as what stands there.
    pub fn odds(&self, at: Condition, read: &str, truth: &str) -> f64 {
        let read: Vec<char> = read.chars().collect();
        let truth: Vec<char> = truth.chars().collect();
        let slot = |r: char, t: char| {
            if r == t || r == MISSING {
                1.0
            } else {
                self.read_given_true(at, r, t) / self.read_given_true(at, r, r).max(1e-9)
            }
        };
        let along = |r: &[char], t: &[char]| r.iter().zip(t).map(|(r, t)| slot(*r, *t)).product::<f64>();
        match read.len() as i64 - truth.len() as i64 {
            0 => along(&read, &truth),
            // One character of the truth was lost: the likeliest one.
            -1 => (0..truth.len())
                .map(|i| {
                    self.drop_rate(at, truth[i])
                        * along(&read[..i], &truth[..i])
                        * along(&read[i..], &truth[i + 1..])
                })
                .fold(0.0, f64::max),
            1 => (0..read.len())
                .map(|i| {
                    self.insert_rate(at, read[i])
                        * along(&read[..i], &truth[..i])
                        * along(&read[i + 1..], &truth[i..])
                })
                .fold(0.0, f64::max),
            _ => 0.0,
        }
    }

    /// How far `reading` is believed to show the plate `truth`, 0-1, where nothing is known of the traffic. What its
    /// candidates leave open goes to all other texts by how likely they are misread as it.
    pub fn belief(&self, reading: &Reading, truth: &str) -> f64 {
        self.belief_by(reading, &self.doubt(reading), truth)
    }

    /// As [`Self::belief`], with the reading's doubt at hand: for many truths of one reading.
    pub fn belief_by(&self, reading: &Reading, doubt: &Doubt, truth: &str) -> f64 {
        if let Some(p) = listed(reading, truth) {
            return p.clamp(0.0, 1.0 - LEAST_DOUBT);
        }
        let left = (1.0 - told(reading)).clamp(LEAST_DOUBT, 1.0);
        let misread = || left * self.scaled_odds(reading, doubt, truth) / doubt.sum;
        let open = reading.text.chars().filter(|c| *c == MISSING).count();
        if open == 0 {
            return misread().min(1.0);
        }
        // Each open slot is one of ten digits or so: the belief is spread over what may stand there.
        let shown =
            if same_but_missing(reading.text, truth) { f64::from(reading.confidence) } else { misread() };
        (0.1f64.powi(open as i32) * shown).min(1.0)
    }

    /// How far the reading's own confidence moves the table: a plate that is read with little confidence has more
    /// characters misread than the table's mean one, and one that is read with much has fewer.
    pub fn doubt(&self, reading: &Reading) -> Doubt {
        let at = reading.condition;
        let slots: Vec<(f64, f64)> =
            reading.text.chars().filter(|c| *c != MISSING).map(|c| self.doubts(at, c)).collect();
        let moved: f64 = slots.iter().map(|s| s.1).sum();
        let sum = |scale: f64| slots.iter().map(|s| 1.0 + scale * s.0).product::<f64>() - 1.0 + scale * moved;
        let confidence = f64::from(reading.confidence).clamp(0.005, 1.0 - LEAST_DOUBT);
        let wanted = (1.0 - confidence) / confidence;
        // The sum rises with the scale: halve the (logarithmic) interval.
        let (mut low, mut high) = (1e-4f64, MOST_SCALE);
        for _ in 0..24 {
            let middle = (low * high).sqrt();
            if sum(middle) < wanted {
                low = middle;
            } else {
                high = middle;
            }
        }
        Doubt { scale: high, sum: sum(high).max(1e-9) }
    }

    /// The odds of `truth`, each misread character of it scaled.
    fn scaled_odds(&self, reading: &Reading, doubt: &Doubt, truth: &str) -> f64 {
        let odds = self.odds(reading.condition, reading.text, truth);
        let (read, stands) = (reading.text.chars(), truth.chars());
        let wrong = match reading.text.chars().count() == truth.chars().count() {
            true => read.zip(stands).filter(|(r, t)| r != t && *r != MISSING).count(),
            false => 1,
        };
        odds * doubt.scale.powi(wrong as i32)
    }

    /// Natural logarithm of how much more likely the two readings are if they show one plate than if they show two of
    /// the traffic. Positive: one. For the text that both show it is ln of the belief of each in it, times the number of
    /// vehicles; where they differ, the sum over all texts that could be behind both, slot by slot.
    pub fn same_plate(&self, a: &Reading, b: &Reading, traffic: &Coincidence) -> f64 {
        let mut texts: Vec<&str> = Vec::new();
        for reading in [a, b] {
            let own = (!reading.text.is_empty() && !reading.text.contains(MISSING)).then_some(reading.text);
            for text in own.into_iter().chain(reading.candidates.iter().map(|c| c.text.as_str())) {
                if !texts.contains(&text) {
                    texts.push(text);
                }
            }
        }
        let listed: f64 = texts.iter().map(|t| self.belief(a, t) * self.belief(b, t)).sum();
        let sum = listed + self.unlisted(a, b);
        let coincidence = (traffic.alike + traffic.unknown).clamp(1e-6, 1.0);
        (sum * traffic.vehicles.max(1.0) / coincidence).max(1e-30).ln()
    }

    /// Belief of both in the texts that neither lists: each slot summed over what may stand behind both characters.
    fn unlisted(&self, a: &Reading, b: &Reading) -> f64 {
        let (ta, tb): (Vec<char>, Vec<char>) = (a.text.chars().collect(), b.text.chars().collect());
        let missing = ta.contains(&MISSING) || tb.contains(&MISSING);
        if ta.len() != tb.len() || ta.is_empty() || (!missing && ta == tb) {
            return 0.0;
        }
        let (doubt_a, doubt_b) = (self.doubt(a), self.doubt(b));
        let scale = doubt_a.scale * doubt_b.scale;
        let mut product = 1.0;
        for (ra, rb) in ta.iter().zip(&tb) {
            product *= match (*ra, *rb) {
                // Nothing is known of the slot: any of ten, each believed a tenth by both.
                (MISSING, MISSING) => 0.1,
                (MISSING, _) | (_, MISSING) => 0.1,
                (x, y) if x == y => 1.0,
                (x, y) => {
                    let own = |at, r| self.read_given_true(at, r, r).max(1e-9);
                    let both = |t: &char| {
                        self.read_given_true(a.condition, x, *t) * self.read_given_true(b.condition, y, *t)
                            / (own(a.condition, x) * own(b.condition, y))
                    };
                    // Where one of the two is right the text is its own, which is counted as a listed one.
                    let others = self.alphabet().iter().filter(|t| missing || (**t != x && **t != y));
                    scale * others.map(both).sum::<f64>()
                }
            };
        }
        let share = |r: &Reading, doubt: &Doubt| {
            if r.text.contains(MISSING) {
                f64::from(r.confidence)
            } else if missing {
                1.0
            } else {
                (1.0 - told(r)).clamp(LEAST_DOUBT, 1.0) / doubt.sum
            }
        };
        (share(a, &doubt_a) * share(b, &doubt_b) * product).min(1.0)
    }
}

/// The share that the reading itself gives to `text`, where it names it.
fn listed(reading: &Reading, text: &str) -> Option<f64> {
    let candidate = reading.candidates.iter().find(|c| c.text == text).map(|c| f64::from(c.p));
    let own = (reading.text == text).then_some(f64::from(reading.confidence));
    match (own, candidate) {
        (Some(own), Some(candidate)) => Some(own.max(candidate)),
        (own, candidate) => own.or(candidate),
    }
}

/// The share of the belief that the reading's own texts have together.
fn told(reading: &Reading) -> f64 {
    let others: f64 =
        reading.candidates.iter().filter(|c| c.text != reading.text).map(|c| f64::from(c.p)).sum();
    (others + listed(reading, reading.text).unwrap_or(0.0)).clamp(0.0, 1.0)
}

/// Whether `truth` is `read` wherever that has a character.
fn same_but_missing(read: &str, truth: &str) -> bool {
    read.chars().count() == truth.chars().count()
        && read.chars().zip(truth.chars()).all(|(r, t)| r == MISSING || r == t)
}

//! The verdict where the plate is not sure: what all texts together say that it may show.

use jiff::civil::Date;

use crate::domain::plate::{PlateKind, Verdict};
use crate::plate::confusion::{Confusion, Reading};
use crate::plate::grammar;
use crate::plate::province::{self, Home};

/// By what a verdict is taken.
#[derive(Debug, Clone)]
pub struct VerdictRule<'a> {
    /// The home province.
    pub home: &'a Home,
    /// Local date of the passage.
    pub on: Date,
    /// What the plate is made for.
    pub kind: PlateKind,
    /// Least share of the belief that one verdict must have, 0-1.
    pub sure: f64,
    /// From this calibrated probability on a text stands (the model manifest's `confident_vote_p`).
    pub confident_p: f32,
}

/// The verdict that the `readings` of one vehicle agree on; `undetermined` where the texts that they may show fall on
/// both sides of the rule. Each further reading of the vehicle counts half of the one before: dirt stays.
pub fn verdict(readings: &[Reading], confusion: &Confusion, rule: &VerdictRule) -> Verdict {
    let best = order_first(readings);
    if let Some(sure) = best.filter(|r| r.confidence >= rule.confident_p) {
        return verdict_of(sure.text, rule).unwrap_or(Verdict::Undetermined);
    }
    // Log belief in each verdict, one reading after the other, the most confident first.
    let mut order: Vec<&Reading> = readings.iter().collect();
    order.sort_by(|a, b| surer(a, b));
    let mut logs = Verdict::ALL.map(|v| (v, 0.0f64));
    let mut weight = 1.0;
    for reading in order.into_iter().take(6) {
        let shares = shares(reading, confusion, rule);
        for (log, (_, share)) in logs.iter_mut().zip(shares) {
            log.1 += weight * share.max(1e-4).ln();
        }
        weight *= 0.5;
    }
    if readings.is_empty() {
        return Verdict::Undetermined;
    }
    let top = logs.iter().map(|l| l.1).fold(f64::NEG_INFINITY, f64::max);
    let sum: f64 = logs.iter().map(|l| (l.1 - top).exp()).sum();
    let best = logs.iter().find(|l| l.1 == top);
    best.filter(|_| 1.0 / sum >= rule.sure).map_or(Verdict::Undetermined, |l| l.0)
}

/// The most confident first.
fn surer(a: &Reading, b: &Reading) -> std::cmp::Ordering {
    b.confidence.total_cmp(&a.confidence).then(a.text.cmp(b.text))
}

fn order_first<'r, 'a>(readings: &'r [Reading<'a>]) -> Option<&'r Reading<'a>> {
    readings.iter().min_by(|a, b| surer(a, b))
}

/// Belief in each verdict by one reading, in the order of [`Verdict::ALL`]; they sum to 1.
fn shares(reading: &Reading, confusion: &Confusion, rule: &VerdictRule) -> [(Verdict, f64); 5] {
    let mut all = Verdict::ALL.map(|v| (v, 0.0f64));
    // What is no plate is not what stands there.
    let mut add = |verdict: Option<Verdict>, p: f64| {
        all.iter_mut().filter(|a| Some(a.0) == verdict).for_each(|a| a.1 += p);
    };
    let mut told = 0.0;
    let mut texts: Vec<&str> = vec![reading.text];
    texts.extend(reading.candidates.iter().map(|c| c.text.as_str()));
    texts.sort_unstable();
    texts.dedup();
    for text in texts {
        let p = confusion.belief(reading, text);
        told += p;
        add(verdict_of(text, rule), p);
    }
    // What is left: one of the two characters of the code is another one, or something else is, and the code stands.
    let left = (1.0 - told).max(0.0);
    let chars: Vec<char> = reading.text.chars().collect();
    let mut codes = 0.0;
    for slot in 0..chars.len().min(2) {
        for (other, _) in confusion.alike(reading.condition, chars[slot], 1e-4) {
            let mut text = chars.clone();
            text[slot] = other;
            let text: String = text.into_iter().collect();
            if reading.candidates.iter().any(|c| c.text == text) {
                continue;
            }
            let p = confusion.belief(reading, &text).min(left);
            codes += p;
            add(verdict_of(&text, rule), p);
        }
    }
    add(verdict_of(reading.text, rule), (left - codes).max(0.0));
    let sum: f64 = all.iter().map(|a| a.1).sum();
    if sum < 1e-9 {
        return Verdict::ALL.map(|v| (v, if v == Verdict::Undetermined { 1.0 } else { 0.0 }));
    }
    all.iter_mut().for_each(|a| a.1 /= sum);
    all
}

/// The verdict of a text that is taken to be right; `None` where no plate has it.
fn verdict_of(text: &str, rule: &VerdictRule) -> Option<Verdict> {
    let parses = grammar::parses(text);
    let mut verdicts =
        parses.iter().filter(|p| p.kind == rule.kind).map(|p| province::verdict_of(p, rule.on, rule.home));
    let first = verdicts.next()?;
    Some(if verdicts.all(|v| v == first) { first } else { Verdict::Undetermined })
}

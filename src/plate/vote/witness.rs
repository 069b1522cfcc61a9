//! The number painted on the body, a witness of the plate: it may confirm a read, settle an undetermined one, or contradict a
//! read; it is never a plate of its own (docs/ref/contract.md).
//!
//! It repeats the plate by law (Decree 168/2024) and is larger, but a bar may cross it, paint may be old, and the number of
//! another vehicle may show past the body. So it is trusted up to [`TRUST`], however sure its own vote is, and settles only what
//! a look at the plate nearly reads itself.

use crate::domain::plate::{Candidate, PlateKey, PlateKind, PlateOutcome, PlateState, Verdict};

use super::super::grammar::{self, Sight};
use super::super::province;
use super::{Ballot, Context, Look, belief, judge};

/// Most that a painted number is believed, 0-1, with the plate's looks or without.
const TRUST: f32 = 0.995;
/// Most that it lessens the doubt of a read that says the same: it may be the plate's own lettering, found as a painted one.
const CONFIRMS: f32 = 0.9;
/// A look at the plate nearly reads a text where so many characters at most differ.
const NEARLY: usize = 2;
/// Most that a candidate is believed that no look at the plate nearly reads.
const ALONE: f32 = 0.5;

/// What the looks at the plate say, with what the looks at the painted number add.
pub(super) fn heard(plate: &Ballot, painted: &Ballot, context: &Context) -> PlateOutcome {
    let mut said = judge::outcome(plate, context);
    if painted.looks().is_empty() {
        return said;
    }
    let number = judge::outcome(painted, context);
    let Some(key) = number.key else { return said };
    let p = number.confidence.min(TRUST);
    said.painted = Some(key.text.clone());
    match (said.state, &said.key) {
        (PlateState::Read, Some(read)) if read.text == key.text => {
            said.confidence = 1.0 - (1.0 - said.confidence) * (1.0 - p.min(CONFIRMS));
        }
        // A tractor's door and its trailer's rear carry two numbers, and both are right.
        (PlateState::Read, Some(read)) if read.kind == key.kind => contradict(&mut said, key, p, context),
        (PlateState::Undetermined, None) if said.verdict != Verdict::Foreign => {
            settle(&mut said, key, p, plate.looks(), context);
        }
        _ => {}
    }
    said
}

/// Read, and painted otherwise: the read stands, but not as a sure one, so that a person looks at it.
fn contradict(said: &mut PlateOutcome, key: PlateKey, p: f32, context: &Context) {
    said.confidence = said.confidence.min(context.rules.min_confidence);
    said.candidates.retain(|c| c.text != key.text);
    said.candidates.truncate(judge::CANDIDATES - 1);
    if let Some(first) = said.candidates.first_mut() {
        first.p = first.p.min(said.confidence);
    }
    let left = 1.0 - said.candidates.iter().map(|c| c.p).sum::<f32>();
    said.candidates.push(Candidate { text: key.text, p: p.min(left).max(0.0), painted: true });
}

/// Undetermined, and painted: read, where a look at the plate nearly reads it and both together are sure enough; else a candidate
/// more.
fn settle(said: &mut PlateOutcome, key: PlateKey, p: f32, looks: &[Look], context: &Context) {
    let sight = Sight { vehicle: context.vehicle, colour: said.colour, ..Sight::NOTHING };
    let parses = grammar::open(&key.text, sight);
    let Some(parse) = parses.iter().find(|parse| parse.kind == key.kind && parse.fits_vehicle) else {
        return;
    };
    let nearly = |look: &&Look| strsim::levenshtein(&look.reading.text(), &key.text) <= NEARLY;
    let supported = looks.iter().any(|look| nearly(&look));
    if key.kind == PlateKind::Trailer && !supported {
        return; // the plate that is seen may be the tractor's
    }
    let odds = p / (1.0 - p) * belief::favour(&key.text, looks);
    let p = (odds / (1.0 + odds)).min(if supported { TRUST } else { ALONE });
    said.candidates.retain(|c| c.text != key.text);
    said.candidates.truncate(judge::CANDIDATES - 1);
    said.candidates.iter_mut().for_each(|c| c.p *= 1.0 - p);
    said.candidates.push(Candidate { text: key.text.clone(), p, painted: true });
    said.candidates.sort_by(|a, b| b.p.total_cmp(&a.p));
    said.confidence = said.candidates.first().map_or(0.0, |c| c.p);
    if p < context.rules.min_confidence || judge::mixed(&key.text, looks) {
        return;
    }
    said.state = PlateState::Read;
    said.class = Some(parse.class);
    said.verdict = province::verdict_of(parse, context.date, context.home);
    let of_a_province = matches!(said.verdict, Verdict::Home | Verdict::Outside);
    said.province = parse.province.filter(|_| of_a_province);
    said.key = Some(key);
}

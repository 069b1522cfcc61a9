//! From belief to outcome, by the contract's rules. A wrong read costs far more than an undetermined one, so every gate
//! here can only turn a read into `undetermined`.

use crate::domain::plate::{Candidate, Layout, PlateClass, PlateKey, PlateOutcome, PlateState, Verdict};

use super::super::grammar::{self, Belongs, Parse, Split};
use super::super::province;
use super::belief::{self, Belief};
use super::{Ballot, Context, Look};

/// Candidates that are kept.
pub(super) const CANDIDATES: usize = 5;
/// Candidates below this share of the belief are left out.
const CANDIDATE_ABOVE: f32 = 0.005;
/// What no look read as it stands, and what rests on an assumed colour, needs at least this belief.
const SURE: f32 = 0.99;
/// A look of this confidence that differs by this many characters shows another plate.
const CONFIDENT_LOOK: f32 = 0.8;
const OTHER_PLATE: usize = 3;
/// A foreign plate differs from every Vietnamese one by at least this many characters, ...
const FOREIGN_DISTANCE: usize = 3;
/// ... holds at least this many letters (fewer may be a Vietnamese plate half covered), ...
const FOREIGN_LETTERS: usize = 3;
/// ... is read alike by this many looks, and believed so far.
const FOREIGN_LOOKS: usize = 3;
const FOREIGN_CONFIDENCE: f32 = 0.9;

pub(super) fn outcome(ballot: &Ballot, context: &Context) -> PlateOutcome {
    let colour = ballot.colour();
    let mut result = PlateOutcome {
        state: PlateState::NotVisible,
        key: None,
        confidence: 0.0,
        candidates: Vec::new(),
        layout: ballot.layout(),
        class: None,
        colour,
        province: None,
        verdict: Verdict::Undetermined,
        looks: ballot.tried(),
        painted: None,
    };
    if ballot.looks().is_empty() {
        return result;
    }
    result.state = PlateState::Undetermined;
    let beliefs = belief::weigh(ballot.looks(), colour, context);
    result.candidates = candidates(&beliefs);
    let Some(best) = result.candidates.first() else { return result };
    let text = best.text.clone();
    result.confidence = best.p;
    if let Some(read) = read(&beliefs, &text, ballot.looks(), context) {
        result.state = PlateState::Read;
        result.confidence = read.confidence;
        result.class = Some(read.parse.class);
        result.layout = read.layout;
        result.verdict = province::verdict_of(&read.parse, context.date, context.home);
        let of_a_province = matches!(result.verdict, Verdict::Home | Verdict::Outside);
        result.province = read.parse.province.filter(|_| of_a_province);
        result.key = Some(PlateKey { kind: read.parse.kind, text });
    } else if foreign(&beliefs, &text, &result, ballot.looks()) {
        result.verdict = Verdict::Foreign;
    }
    result
}

/// The likeliest texts, each once however it stands.
fn candidates(beliefs: &[Belief]) -> Vec<Candidate> {
    let mut all: Vec<Candidate> = Vec::new();
    for belief in beliefs {
        let text: String = belief.text.chars.iter().collect();
        match all.iter_mut().find(|c| c.text == text) {
            Some(candidate) => candidate.p += belief.p,
            None => all.push(Candidate { text, p: belief.p, painted: false }),
        }
    }
    all.sort_by(|a, b| b.p.total_cmp(&a.p));
    let mut kept: Vec<Candidate> = Vec::new();
    for candidate in all.into_iter().take(CANDIDATES) {
        if kept.is_empty() || candidate.p >= CANDIDATE_ABOVE {
            // Rounding must not let them sum to more than 1.
            kept.push(Candidate { p: candidate.p.clamp(0.0, 1.0), ..candidate });
        }
    }
    kept
}

struct Read {
    parse: Parse,
    confidence: f32,
    layout: Option<Layout>,
}

/// The read, where all gates let it through.
fn read(beliefs: &[Belief], text: &str, looks: &[Look], context: &Context) -> Option<Read> {
    let same = |b: &&Belief| b.text.chars.iter().copied().eq(text.chars());
    let best = beliefs.iter().find(same)?;
    let parse = *best.parses.first()?;
    let verdict = |p: &Parse| province::verdict_of(p, context.date, context.home);
    if best.parses.iter().any(|p| p.kind != parse.kind || verdict(p) != verdict(&parse)) {
        return None;
    }
    if parse.belongs == Belongs::Foreign || !parse.fits_vehicle {
        return None;
    }
    // The same text in other rows is the same plate only where it is the same kind's.
    let one_kind = |b: &&Belief| !b.parses.is_empty() && b.parses.iter().all(|p| p.kind == parse.kind);
    let confidence: f32 = beliefs.iter().filter(same).filter(one_kind).map(|b| b.p).sum::<f32>().min(1.0);
    let needed = context.rules.min_confidence.max(assumed(&parse, text));
    if confidence < needed || mixed(text, looks) || !witnessed(best, looks, confidence, context) {
        return None;
    }
    let layout = match best.text.split {
        Split::Unknown => None,
        Split::OneLine => Some(Layout::OneLine),
        Split::Upper(_) => Some(Layout::TwoLine),
    };
    Some(Read { parse, confidence, layout })
}

/// Belief needed by a class that rests on an assumption; beyond 1 where it cannot be had.
fn assumed(parse: &Parse, text: &str) -> f32 {
    let army = matches!(parse.class, PlateClass::ArmyCar | PlateClass::ArmyMoto | PlateClass::ArmyTrailer);
    match parse.colour_assumed {
        false => 0.0,
        true if army && !grammar::known_army_unit(text) => f32::INFINITY,
        true => SURE,
    }
}

/// Whether a quarter of the confident looks show quite another plate: the track holds two vehicles.
pub(super) fn mixed(text: &str, looks: &[Look]) -> bool {
    let confident = || looks.iter().filter(|l| l.reading.confidence >= CONFIDENT_LOOK);
    let other = confident().filter(|l| strsim::levenshtein(&l.reading.text(), text) >= OTHER_PLATE).count();
    4 * other >= confident().count().max(1)
}

/// Whether enough looks stand behind the text as it is.
fn witnessed(best: &Belief, looks: &[Look], confidence: f32, context: &Context) -> bool {
    let says = |l: &&Look| {
        l.split() == best.text.split
            && l.reading.rows.iter().flatten().map(|s| s.c).eq(best.text.chars.iter().copied())
    };
    let agreeing: Vec<&Look> = looks.iter().filter(says).collect();
    let alone = |l: &&Look| {
        l.reading.confidence >= context.rules.alone_confidence
            && l.plate_width_px >= context.rules.alone_width_px
    };
    if agreeing.len() >= 2 || agreeing.iter().any(alone) {
        return true;
    }
    // Put together slot by slot: each of three looks is at most one character away.
    let near = |l: &&Look| {
        let other: Vec<char> = l.reading.rows.iter().flatten().map(|s| s.c).collect();
        other.len() == best.text.chars.len()
            && l.split() == best.text.split
            && other.iter().zip(&best.text.chars).filter(|(a, b)| a != b).count() <= 1
    };
    confidence >= SURE && looks.iter().filter(near).count() >= 3
}

/// Whether looks agree on a text that no Vietnamese plate could give, not even misread or half covered.
fn foreign(beliefs: &[Belief], text: &str, so_far: &PlateOutcome, looks: &[Look]) -> bool {
    let agreeing = looks.iter().filter(|l| l.reading.text() == text && l.plate_width_px >= 60.0).count();
    let explained = |b: &Belief| !b.parses.is_empty() && b.p >= CANDIDATE_ABOVE;
    so_far.confidence >= FOREIGN_CONFIDENCE
        && agreeing >= FOREIGN_LOOKS
        && 2 * agreeing > looks.len()
        && text.chars().filter(|c| c.is_alphabetic()).count() >= FOREIGN_LETTERS
        && grammar::distance_from_vietnamese(text, so_far.colour) >= FOREIGN_DISTANCE
        && !beliefs.iter().any(explained)
}

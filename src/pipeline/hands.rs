//! What the store is handed: how journeys are made, and how far a passage may be of a plate that is watched for.

use super::confusion::ReaderErrors;
use crate::domain::journey::Witness;
use crate::domain::passage::Passage;
use crate::domain::plate::PlateKey;
use crate::join::Rules;
use crate::journey::{JourneyRules, assemble};
use crate::plate::confusion::{Condition, Confusion, Reading};
use crate::plate::typed::fold;
use crate::store::{Assemble, Hands, JoinBy, Likeness};

/// Texts that differ in more characters than this are never compared: no reader mixes up that many.
const MOST_DIFFERENT: usize = 2;

/// The hands of everybody who writes passages, and of `store check`: the same rules give the same journeys. `errors`: the
/// reader's.
pub fn hands(rules: JourneyRules, errors: ReaderErrors) -> Hands {
    let ReaderErrors { confusion, confident_p } = errors;
    let by = JoinBy { rules: Rules { confident_p, ..Rules::default() }, confusion: confusion.clone() };
    Hands::joined(assembler(rules), likeness(confusion), by)
}

/// How journeys are made of passages by these rules.
fn assembler(rules: JourneyRules) -> Assemble {
    Box::new(move |key: &PlateKey, witnesses: &[Witness]| {
        assemble(key, witnesses, &rules, &super::origin::of_code)
    })
}

/// The likeness by this table, by what the reader mixes up.
fn likeness(table: Confusion) -> Likeness {
    Box::new(move |passage, plate| by_table(&table, passage, plate))
}

fn by_table(table: &Confusion, passage: &Passage, plate: &str) -> f32 {
    let candidates: Vec<_> = passage
        .candidates
        .iter()
        .map(|c| crate::domain::plate::Candidate { text: fold(&c.text), p: c.p, painted: false })
        .collect();
    let text = match passage.key() {
        Some(key) => fold(&key.text),
        None => candidates.first().map(|c| c.text.clone()).unwrap_or_default(),
    };
    let near = |t: &str| strsim::levenshtein(t, plate) <= MOST_DIFFERENT;
    if !near(&text) && !candidates.iter().any(|c| c.text == plate) {
        return 0.0;
    }
    let condition = Condition { layout: passage.layout, width_px: None };
    let reading = Reading { text: &text, confidence: passage.confidence, candidates: &candidates, condition };
    table.belief(&reading, plate) as f32
}

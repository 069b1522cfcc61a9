//! Counts of passages by what may make them hard: camera, light, class of the vehicle, width of its plate.

use std::collections::BTreeMap;

use serde::Serialize;

use super::bands::band;
use super::passages::Counts;
use super::truth::TruthPass;
use super::wilson::wilson95;
use crate::domain::passage::Passage;

/// By what passages are grouped.
pub const GROUPED_BY: [&str; 4] = ["camera", "light", "class", "width"];
/// Lower edges of the bands of a plate's width at the crossing, in pixels of the frame, with their names.
const WIDTHS: [(f32, &str); 5] =
    [(140.0, "140+"), (100.0, "100-140"), (60.0, "60-100"), (40.0, "40-60"), (0.0, "<40")];
/// The group of those whose plate no width is given for: most show none.
const NO_WIDTH: &str = "none";

/// For each of [`GROUPED_BY`] the counts of its values; of [`Counts`] those of passages, not of journeys. `light` is
/// absent where the truth says none.
pub type Groups = BTreeMap<&'static str, BTreeMap<String, Counts>>;

/// Counts a true passage where it belongs.
pub(super) fn count_in(groups: &mut Groups, pass: &TruthPass, counts: &Counts) {
    let width = pass.plate_width_px.map_or(NO_WIDTH, |w| band(&WIDTHS, w as f32).unwrap_or(NO_WIDTH));
    let values = [Some(pass.camera.as_str()), pass.light.as_deref(), Some(pass.class.as_str()), Some(width)];
    for (by, value) in GROUPED_BY.into_iter().zip(values) {
        if let Some(value) = value {
            groups.entry(by).or_default().entry(value.to_owned()).or_default().add(counts);
        }
    }
}

/// Counts a recorded passage that no true one belongs to: under its camera, its own class, and the light of the true
/// passage nearest to it. A plate that was never there has no width.
pub(super) fn count_false(groups: &mut Groups, passage: &Passage, nearest: Option<&TruthPass>) {
    let light = nearest.and_then(|pass| pass.light.as_deref());
    let values = [Some(passage.camera.as_str()), light, Some(passage.class.as_str())];
    for (by, value) in GROUPED_BY.into_iter().zip(values) {
        if let Some(value) = value {
            groups.entry(by).or_default().entry(value.to_owned()).or_default().false_passages += 1;
        }
    }
}

/// What is told of a group: the counts of [`Counts`] with 95 % intervals of the two shares that matter most.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[allow(missing_docs)] // as in `Counts`
pub struct GroupFigures {
    pub passages: u64,
    pub found: u64,
    /// Of found among passages.
    pub found_wilson95: [f64; 2],
    pub readable: u64,
    pub plate_exact: u64,
    /// Of plate_exact among readable.
    pub plate_exact_wilson95: [f64; 2],
    pub plate_wrong: u64,
    pub undetermined: u64,
    pub direction_wrong: u64,
    pub class_wrong: u64,
    /// Null by width.
    pub false_passages: Option<u64>,
}

/// The figures of all groups.
pub fn group_figures(groups: &Groups) -> BTreeMap<&'static str, BTreeMap<&str, GroupFigures>> {
    let figures = |by: &str, c: &Counts| GroupFigures {
        passages: c.passages,
        found: c.found,
        found_wilson95: wilson95(c.found, c.passages),
        readable: c.readable,
        plate_exact: c.plate_exact,
        plate_exact_wilson95: wilson95(c.plate_exact, c.readable),
        plate_wrong: c.plate_wrong,
        undetermined: c.undetermined,
        direction_wrong: c.direction_wrong,
        class_wrong: c.class_wrong,
        false_passages: (by != "width").then_some(c.false_passages),
    };
    let values =
        groups.iter().map(|(by, of)| (*by, of.iter().map(|(v, c)| (v.as_str(), figures(by, c))).collect()));
    values.collect()
}

/// 95 % intervals of the shares that the contract's counts make, by the count that is their numerator.
pub fn intervals(c: &Counts) -> BTreeMap<&'static str, [f64; 2]> {
    let answered = c.plate_exact + c.plate_wrong + c.undetermined;
    let shares = [
        ("found", c.found, c.passages),
        ("plate_exact", c.plate_exact, c.readable),
        ("plate_wrong", c.plate_wrong, answered),
        ("undetermined", c.undetermined, c.readable),
        ("direction_wrong", c.direction_wrong, c.found),
        ("class_wrong", c.class_wrong, c.found),
        ("verdict_wrong", c.verdict_wrong, c.found),
        ("verdict_undetermined", c.verdict_undetermined, c.found),
        ("journeys_exact", c.journeys_exact, c.journeys),
        ("journeys_readable_exact", c.journeys_readable_exact, c.journeys_readable),
        ("colour_right", c.colour_right, c.coloured()),
        ("painted_right", c.painted_right, c.painted()),
        ("links_right", c.links_right, c.links),
    ];
    shares.into_iter().map(|(name, hits, n)| (name, wilson95(hits, n))).collect()
}

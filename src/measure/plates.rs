//! Plates read in pictures against labels.

use std::collections::BTreeMap;

use serde::Serialize;

use super::bands::band;
use super::edits::{Edit, edits};
use super::labels::TruePlate;
use super::wilson::wilson95;
use crate::domain::plate::Layout;

/// Lower edges of the bands of width, in pixels, with their names.
const WIDTHS: [(f32, &str); 6] =
    [(140.0, "140+"), (100.0, "100-140"), (80.0, "80-100"), (60.0, "60-80"), (40.0, "40-60"), (0.0, "<40")];
/// Where the coverage is told beside the two shipped thresholds.
const THRESHOLDS: [f32; 11] = [0.0, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999];
/// Texts that differ in a larger share of their characters are two plates, or a crop nobody can read: which character
/// was taken for which cannot be told.
const COMPARABLE: f32 = 0.5;

/// A plate that was found in a picture.
#[derive(Debug, Clone, PartialEq)]
pub struct FoundPlate {
    /// The best guess, empty where nothing was read.
    pub raw: String,
    /// What is answered where the confidence suffices: the text by the grammar.
    pub answer: Option<String>,
    /// The threshold up to which `answer` is given, 0-1.
    pub sure: f32,
    /// Whether the characters stand in two rows; `None` where nothing was read.
    pub two_rows: Option<bool>,
    /// Width of the box in pixels of the picture.
    pub width_px: f32,
}

/// Counts of one group of plates.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct PlateCounts {
    /// Plates expected.
    pub n: u64,
    /// Those on which a plate was found in the picture.
    pub found: u64,
    /// Answered with the true text.
    pub exact: u64,
    /// Answered with another text.
    pub wrong: u64,
    /// Not answered, the plates that were not found among them.
    pub undetermined: u64,
    /// The best guess is the true text, whatever its confidence.
    pub raw_exact: u64,
    /// `raw_exact` of `n`.
    pub raw_exact_share: f64,
    /// Interval of that share.
    pub wilson95: [f64; 2],
    /// Of `raw_exact` with a row split in the labels: those read in other rows.
    pub rows_wrong: u64,
}

/// How many are answered at a threshold, and how many of these are wrong.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Coverage {
    /// Least confidence of an answer, 0-1.
    pub threshold: f64,
    /// Answers.
    pub answered: u64,
    /// Those that are not the truth.
    pub wrong: u64,
}

/// How often one character was taken for another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Confused {
    /// The true character; null: none stands there.
    pub truth: Option<char>,
    /// What was read; null: nothing.
    pub read: Option<char>,
    /// How often.
    pub n: u64,
}

/// All figures of one set of labels.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PlateFigures {
    /// Over all.
    #[serde(flatten)]
    pub all: PlateCounts,
    /// The threshold that `exact`, `wrong` and `undetermined` are told at, 0-1.
    pub min_confidence: f64,
    /// Answers on found plates that belong to no label: of vehicles that nobody labelled, or of no plate.
    pub other_answers: u64,
    /// By threshold.
    pub coverage: Vec<Coverage>,
    /// By column of the labels, then by its values.
    pub by: BTreeMap<&'static str, BTreeMap<String, PlateCounts>>,
    /// Mistakes of the best guesses, the most frequent first.
    pub confusion: Vec<Confused>,
}

/// One expected plate and what was made of it.
#[derive(Debug, Clone, PartialEq)]
pub struct PlateCase<'a> {
    /// What the label says.
    pub truth: &'a TruePlate,
    /// What was found; `None`: nothing.
    pub found: Option<FoundPlate>,
}

/// Gives each expected plate of one picture the found plate that is most like it, none twice: pairs with the fewest
/// edits between best guess and truth first. With it come the found plates that are left over.
pub fn pair<'a>(truths: &[&'a TruePlate], found: Vec<FoundPlate>) -> (Vec<PlateCase<'a>>, Vec<FoundPlate>) {
    let mut pairs = Vec::new();
    for (t, truth) in truths.iter().enumerate() {
        for (f, plate) in found.iter().enumerate() {
            pairs.push((strsim::levenshtein(&plate.raw, &truth.text), t, f));
        }
    }
    // Of plates that are read alike the surer.
    pairs.sort_by(|a, b| {
        a.0.cmp(&b.0).then(found[b.2].sure.total_cmp(&found[a.2].sure)).then((a.1, a.2).cmp(&(b.1, b.2)))
    });
    let mut of_truth = vec![None; truths.len()];
    let mut taken = vec![false; found.len()];
    for (_, t, f) in pairs {
        if of_truth[t].is_none() && !taken[f] {
            of_truth[t] = Some(f);
            taken[f] = true;
        }
    }
    let cases = truths.iter().zip(of_truth);
    let cases = cases.map(|(truth, f)| PlateCase { truth, found: f.map(|f| found[f].clone()) }).collect();
    let left = found.into_iter().zip(taken).filter(|(_, taken)| !taken).map(|(plate, _)| plate).collect();
    (cases, left)
}

/// Adds up. `others`: found plates that belong to no label. `min_confidence` and `confident_p`: the thresholds shipped.
pub fn plate_figures(
    cases: &[PlateCase],
    others: &[FoundPlate],
    min_confidence: f32,
    confident_p: f32,
) -> PlateFigures {
    let mut all = PlateCounts::default();
    let mut by: BTreeMap<&'static str, BTreeMap<String, PlateCounts>> = BTreeMap::new();
    let mut confused: BTreeMap<(Option<char>, Option<char>), u64> = BTreeMap::new();
    let told = |column: fn(&TruePlate) -> bool| cases.iter().any(|c| column(c.truth));
    let columns: Vec<(&'static str, bool)> = vec![
        ("layout", told(|t| t.layout.is_some())),
        ("kind", told(|t| t.kind.is_some())),
        ("width", true),
        ("source", told(|t| t.source.is_some())),
        ("light", told(|t| t.light.is_some())),
    ];
    for case in cases {
        all.count(case, min_confidence);
        for (column, _) in columns.iter().filter(|(_, there)| *there) {
            let value = case.value(column).unwrap_or_else(|| "unknown".to_owned());
            by.entry(column).or_default().entry(value).or_default().count(case, min_confidence);
        }
        for edit in case.mistakes() {
            *confused.entry((edit.truth, edit.read)).or_default() += 1;
        }
    }
    all.close();
    by.values_mut().flat_map(BTreeMap::values_mut).for_each(PlateCounts::close);
    let mut thresholds: Vec<f32> = THRESHOLDS.into_iter().chain([min_confidence, confident_p]).collect();
    thresholds.sort_by(f32::total_cmp);
    thresholds.dedup();
    let coverage = thresholds.into_iter().map(|threshold| {
        let answers = || cases.iter().filter_map(move |c| c.answer(threshold).map(|a| a == c.truth.text));
        let wrong = answers().filter(|right| !right).count() as u64;
        Coverage { threshold: round(threshold), answered: answers().count() as u64, wrong }
    });
    let mut confusion: Vec<Confused> =
        confused.into_iter().map(|((truth, read), n)| Confused { truth, read, n }).collect();
    confusion.sort_by_key(|c| std::cmp::Reverse(c.n));
    PlateFigures {
        all,
        min_confidence: round(min_confidence),
        other_answers: others.iter().filter(|p| p.answer_at(min_confidence).is_some()).count() as u64,
        coverage: coverage.collect(),
        by,
        confusion,
    }
}

/// Thresholds have four places; as f64 they would have many more.
fn round(value: f32) -> f64 {
    (f64::from(value) * 1e4).round() / 1e4
}

impl FoundPlate {
    fn answer_at(&self, threshold: f32) -> Option<&str> {
        self.answer.as_deref().filter(|_| self.sure >= threshold)
    }
}

impl PlateCase<'_> {
    /// What is answered at this threshold.
    pub fn answer(&self, threshold: f32) -> Option<&str> {
        self.found.as_ref().and_then(|f| f.answer_at(threshold))
    }

    /// The value of a column; the width is measured where it is not told.
    fn value(&self, column: &str) -> Option<String> {
        match column {
            "layout" => self.truth.layout.map(|l| l.as_str().to_owned()),
            "kind" => self.truth.kind.map(|k| k.as_str().to_owned()),
            "source" => self.truth.source.clone(),
            "light" => self.truth.light.clone(),
            _ => {
                let width = self.truth.width_px.or_else(|| self.found.as_ref().map(|f| f.width_px))?;
                band(&WIDTHS, width).map(str::to_owned)
            }
        }
    }

    fn mistakes(&self) -> Vec<Edit> {
        let Some(found) = &self.found else { return Vec::new() };
        let made = edits(&self.truth.text, &found.raw);
        let length = self.truth.text.chars().count().max(found.raw.chars().count());
        if made.len() as f32 <= COMPARABLE * length as f32 { made } else { Vec::new() }
    }
}

impl PlateCounts {
    fn count(&mut self, case: &PlateCase, min_confidence: f32) {
        self.n += 1;
        self.found += u64::from(case.found.is_some());
        match case.answer(min_confidence) {
            Some(text) if text == case.truth.text => self.exact += 1,
            Some(_) => self.wrong += 1,
            None => self.undetermined += 1,
        }
        if let Some(found) = case.found.as_ref().filter(|f| f.raw == case.truth.text) {
            self.raw_exact += 1;
            let two_rows = case.truth.layout.map(|l| l == Layout::TwoLine);
            self.rows_wrong += u64::from(two_rows.is_some() && two_rows != found.two_rows);
        }
    }

    fn close(&mut self) {
        self.raw_exact_share = if self.n == 0 { 0.0 } else { self.raw_exact as f64 / self.n as f64 };
        self.wilson95 = wilson95(self.raw_exact, self.n);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn truth(image: &str, text: &str) -> TruePlate {
        TruePlate {
            line: 2,
            image: image.to_owned(),
            text: text.to_owned(),
            layout: Some(Layout::OneLine),
            kind: None,
            width_px: None,
            source: None,
            light: None,
        }
    }

    fn found(raw: &str, sure: f32) -> FoundPlate {
        FoundPlate {
            raw: raw.to_owned(),
            answer: Some(raw.to_owned()),
            sure,
            two_rows: Some(false),
            width_px: 80.0,
        }
    }

    #[test]
    fn a_found_plate_stands_for_one_label_and_for_the_nearest() {
        let (a, b) = (truth("x.jpg", "30A12345"), truth("x.jpg", "30A12399"));
        // The surest is like neither; the one that is nearer to `b` is exactly `a`.
        let all = vec![found("51F99999", 0.99), found("30A12345", 0.9)];
        let (cases, left) = pair(&[&b, &a], all);
        assert_eq!(cases[1].found.as_ref().map(|f| f.raw.as_str()), Some("30A12345"));
        assert_eq!(cases[0].found.as_ref().map(|f| f.raw.as_str()), Some("51F99999"));
        assert!(left.is_empty());
        let (cases, left) = pair(&[&a], vec![found("51F99999", 0.99), found("30A12345", 0.9)]);
        assert_eq!(cases[0].found.as_ref().map(|f| f.raw.as_str()), Some("30A12345"));
        assert_eq!(left.len(), 1);
    }

    #[test]
    fn every_kind_of_answer_is_counted_once() {
        let truths: Vec<TruePlate> =
            ["30A12345", "30A12346", "30A12347", "30A12348"].map(|t| truth("x.jpg", t)).to_vec();
        let cases = [
            PlateCase { truth: &truths[0], found: Some(found("30A12345", 0.96)) },
            PlateCase { truth: &truths[1], found: Some(found("30A1234B", 0.97)) },
            PlateCase { truth: &truths[2], found: Some(found("30A12347", 0.5)) },
            PlateCase { truth: &truths[3], found: None },
        ];
        let figures = plate_figures(&cases, &[found("99X99999", 0.99)], 0.95, 0.99);
        let all = &figures.all;
        assert_eq!((all.n, all.found, all.exact, all.wrong, all.undetermined), (4, 3, 1, 1, 2));
        assert_eq!((all.raw_exact, all.raw_exact_share, all.rows_wrong), (2, 0.5, 0));
        assert_eq!(figures.other_answers, 1);
        let at = |t: f64| figures.coverage.iter().find(|c| c.threshold == t).map(|c| (c.answered, c.wrong));
        assert_eq!((at(0.0), at(0.95), at(0.99)), (Some((3, 1)), Some((2, 1)), Some((0, 0))));
        assert_eq!(figures.confusion, [Confused { truth: Some('6'), read: Some('B'), n: 1 }]);
        let widths = &figures.by["width"];
        assert_eq!(
            (widths["80-100"].n, widths["unknown"].n, figures.by.contains_key("source")),
            (3, 1, false)
        );
    }

    #[test]
    fn another_plate_confuses_no_characters_and_other_rows_are_told() {
        let a = truth("x.jpg", "30A12345");
        let mut split = found("30A12345", 0.99);
        split.two_rows = Some(true);
        let cases = [
            PlateCase { truth: &a, found: Some(found("51F99999", 0.99)) },
            PlateCase { truth: &a, found: Some(split) },
        ];
        let figures = plate_figures(&cases, &[], 0.95, 0.99);
        assert!(figures.confusion.is_empty());
        assert_eq!((figures.all.wrong, figures.all.exact, figures.all.rows_wrong), (1, 1, 1));
    }

    proptest! {
        #[test]
        fn groups_and_outcomes_sum_to_all(
            reads in proptest::collection::vec(("[0-9A-C]{0,4}", "[0-9A-C]{1,4}", 0.0f32..1.0, 1.0f32..200.0, any::<bool>()), 0..20),
            threshold in 0.0f32..1.0,
        ) {
            let truths: Vec<TruePlate> = reads.iter().map(|r| truth("x", &r.1)).collect();
            let cases: Vec<PlateCase> = reads.iter().zip(&truths).map(|(r, truth)| PlateCase {
                truth,
                found: r.4.then(|| FoundPlate { width_px: r.3, ..found(&r.0, r.2) }),
            }).collect();
            let figures = plate_figures(&cases, &[], threshold, 0.99);
            let all = &figures.all;
            prop_assert_eq!(all.exact + all.wrong + all.undetermined, all.n);
            for groups in figures.by.values() {
                prop_assert_eq!(groups.values().map(|g| g.n).sum::<u64>(), all.n);
                prop_assert_eq!(groups.values().map(|g| g.raw_exact).sum::<u64>(), all.raw_exact);
            }
            // A higher threshold answers no more, and no more of it wrong.
            for two in figures.coverage.windows(2) {
                prop_assert!(two[1].answered <= two[0].answered && two[1].wrong <= two[0].wrong);
            }
        }
    }
}

//! Recorded passages and journeys against true ones.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::truth::{Truth, TruthJourney, TruthPass};
use crate::domain::detection::VehicleClass;
use crate::domain::journey::Journey;
use crate::domain::passage::Passage;
use crate::domain::plate::Verdict;

/// A recorded passage belongs to a true one of its camera if they are no further apart than this.
const MATCH_S: f64 = 1.0;

/// The contract's counts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// True passages.
    pub passages: u64,
    /// Those whose plate can be read.
    pub readable: u64,
    /// True passages that were recorded.
    pub found: u64,
    /// Of the found and readable: plate right.
    pub plate_exact: u64,
    /// Of the found and readable: plate wrong; and answers on unreadable ones that are not the truth.
    pub plate_wrong: u64,
    /// Of the found and readable: no answer.
    pub undetermined: u64,
    /// Recorded passages that match none.
    pub false_passages: u64,
    /// Of the found: direction wrong.
    pub direction_wrong: u64,
    /// Of the found: class wrong, `unknown` not counted.
    pub class_wrong: u64,
    /// Of the found: a verdict that is not the truth.
    pub verdict_wrong: u64,
    /// Of the found: `undetermined` where there is a truth.
    pub verdict_undetermined: u64,
    /// True journeys.
    pub journeys: u64,
    /// Those whose passages, entry, exit and state are all right.
    pub journeys_exact: u64,
    /// Pairs of consecutive passages in true journeys.
    pub links: u64,
    /// Those that are consecutive in one recorded journey.
    pub links_right: u64,
    /// Recorded pairs that are no true ones.
    pub links_wrong: u64,
}

/// The counts over all, over what was held out, and which passage belongs to which.
#[derive(Debug, Clone, PartialEq)]
pub struct Judgement {
    /// Over all.
    pub all: Counts,
    /// Over the held-out ones. A false passage counts here where the nearest true one of its camera is held out.
    pub held_out: Counts,
    /// For each true passage the index of its recorded one.
    pub matched: Vec<Option<usize>>,
    /// Indices of recorded passages that match none.
    pub unmatched: Vec<usize>,
    /// For each true journey whether it is exact.
    pub journey_exact: Vec<bool>,
}

/// Compares. `journeys` stand as they are to be judged: their state at the end of the footage.
pub fn judge(truth: &Truth, passages: &[Passage], journeys: &[Journey]) -> Judgement {
    let matched = match_by_time(&truth.passes, passages);
    let taken: BTreeSet<usize> = matched.iter().flatten().copied().collect();
    let unmatched: Vec<usize> = (0..passages.len()).filter(|i| !taken.contains(i)).collect();
    let (mut all, mut held_out) = (Counts::default(), Counts::default());

    for (pass, found) in truth.passes.iter().zip(&matched) {
        let counts = count_pass(pass, found.map(|i| &passages[i]));
        all.add(&counts);
        if pass.held_out {
            held_out.add(&counts);
        }
    }
    for at in &unmatched {
        all.false_passages += 1;
        held_out.false_passages += u64::from(nearest_is_held_out(&passages[*at], &truth.passes));
    }

    let names = TrueNames::new(truth, passages, &matched);
    let recorded_pairs: BTreeSet<(&str, &str)> =
        journeys.iter().flat_map(|j| j.legs.windows(2)).map(|w| names.pair(&w[0], &w[1])).collect();
    let true_pairs: BTreeSet<(&str, &str)> = truth
        .journeys
        .iter()
        .flat_map(|j| j.passes.windows(2))
        .map(|w| (w[0].as_str(), w[1].as_str()))
        .collect();
    let mut journey_exact = Vec::new();
    for journey in &truth.journeys {
        let exact = journeys.iter().any(|j| same_journey(journey, j, &names));
        journey_exact.push(exact);
        let links = journey.passes.windows(2).map(|w| (w[0].as_str(), w[1].as_str()));
        let counts = Counts {
            journeys: 1,
            journeys_exact: u64::from(exact),
            links: journey.passes.len().saturating_sub(1) as u64,
            links_right: links.filter(|pair| recorded_pairs.contains(pair)).count() as u64,
            ..Counts::default()
        };
        all.add(&counts);
        if names.held_out(&journey.passes) {
            held_out.add(&counts);
        }
    }
    for (a, b) in recorded_pairs.difference(&true_pairs) {
        all.links_wrong += 1;
        held_out.links_wrong += u64::from(names.held_out(&[(*a).to_owned(), (*b).to_owned()]));
    }
    Judgement { all, held_out, matched, unmatched, journey_exact }
}

/// One to one for each camera, the nearest in time first.
fn match_by_time(truth: &[TruthPass], passages: &[Passage]) -> Vec<Option<usize>> {
    let mut pairs: Vec<(f64, usize, usize)> = Vec::new();
    for (t, pass) in truth.iter().enumerate() {
        for (p, passage) in passages.iter().enumerate() {
            let Some(at) = passage.crossed_at else { continue };
            if passage.camera.as_str() != pass.camera {
                continue;
            }
            let apart = at.duration_since(pass.crossed_at).as_secs_f64().abs();
            if apart <= MATCH_S {
                pairs.push((apart, t, p));
            }
        }
    }
    pairs.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)).then(a.2.cmp(&b.2)));
    let mut matched = vec![None; truth.len()];
    let mut taken = vec![false; passages.len()];
    for (_, t, p) in pairs {
        if matched[t].is_none() && !taken[p] {
            matched[t] = Some(p);
            taken[p] = true;
        }
    }
    matched
}

fn count_pass(pass: &TruthPass, recorded: Option<&Passage>) -> Counts {
    let mut counts = Counts { passages: 1, readable: u64::from(pass.readable), ..Counts::default() };
    let Some(recorded) = recorded else { return counts };
    counts.found = 1;
    match &recorded.plate {
        Some(text) if Some(text) == pass.plate.as_ref() => counts.plate_exact = u64::from(pass.readable),
        Some(_) => counts.plate_wrong = 1,
        None => counts.undetermined = u64::from(pass.readable),
    }
    counts.direction_wrong = u64::from(recorded.direction != pass.direction);
    let class_named = recorded.class != VehicleClass::Unknown;
    counts.class_wrong = u64::from(class_named && recorded.class != pass.class);
    match (recorded.verdict, pass.verdict) {
        (recorded, truth) if recorded == truth => {}
        (Verdict::Undetermined, _) => counts.verdict_undetermined = 1,
        _ => counts.verdict_wrong = 1,
    }
    counts
}

fn nearest_is_held_out(passage: &Passage, truth: &[TruthPass]) -> bool {
    let Some(at) = passage.crossed_at else { return false };
    let of_camera = truth.iter().filter(|p| p.camera == passage.camera.as_str());
    of_camera.min_by_key(|p| p.crossed_at.duration_since(at).abs()).is_some_and(|p| p.held_out)
}

/// The true names of recorded passages; a recorded one without truth keeps its own.
struct TrueNames<'a> {
    by_record: BTreeMap<&'a str, &'a str>,
    held_out: BTreeSet<&'a str>,
}

impl<'a> TrueNames<'a> {
    fn new(truth: &'a Truth, passages: &'a [Passage], matched: &[Option<usize>]) -> Self {
        let pairs = truth.passes.iter().zip(matched);
        let by_record =
            pairs.filter_map(|(t, m)| m.map(|i| (passages[i].id.as_str(), t.id.as_str()))).collect();
        let held_out = truth.passes.iter().filter(|p| p.held_out).map(|p| p.id.as_str()).collect();
        Self { by_record, held_out }
    }

    fn of(&self, record: &'a str) -> &'a str {
        self.by_record.get(record).copied().unwrap_or(record)
    }

    fn pair(
        &self,
        a: &'a crate::domain::journey::Leg,
        b: &'a crate::domain::journey::Leg,
    ) -> (&'a str, &'a str) {
        (self.of(a.passage.as_str()), self.of(b.passage.as_str()))
    }

    fn held_out(&self, passes: &[String]) -> bool {
        !passes.is_empty() && passes.iter().all(|p| self.held_out.contains(p.as_str()))
    }
}

fn same_journey(truth: &TruthJourney, journey: &Journey, names: &TrueNames) -> bool {
    let near = |a: Option<jiff::Timestamp>, b: Option<jiff::Timestamp>| match (a, b) {
        (None, None) => true,
        (Some(a), Some(b)) => a.duration_since(b).as_secs_f64().abs() <= MATCH_S,
        _ => false,
    };
    let legs: Vec<&str> = journey.legs.iter().map(|l| names.of(l.passage.as_str())).collect();
    journey.plate == truth.plate
        && journey.state == truth.state
        && near(truth.entered_at, journey.entered_at)
        && near(truth.left_at, journey.left_at)
        && legs == truth.passes
}

impl Counts {
    fn add(&mut self, other: &Self) {
        self.passages += other.passages;
        self.readable += other.readable;
        self.found += other.found;
        self.plate_exact += other.plate_exact;
        self.plate_wrong += other.plate_wrong;
        self.undetermined += other.undetermined;
        self.false_passages += other.false_passages;
        self.direction_wrong += other.direction_wrong;
        self.class_wrong += other.class_wrong;
        self.verdict_wrong += other.verdict_wrong;
        self.verdict_undetermined += other.verdict_undetermined;
        self.journeys += other.journeys;
        self.journeys_exact += other.journeys_exact;
        self.links += other.links;
        self.links_right += other.links_right;
        self.links_wrong += other.links_wrong;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pass(id: &str, second: u32, plate: &str, readable: bool, held_out: bool) -> String {
        format!(
            r#"{{"id":"{id}","camera":"a","crossed_at":"2026-03-14T09:30:{second:02}+07:00","direction":"in","class":"car","layout":"one_line","plate":"{plate}","trailer_plate":null,"plate_width_px":120,"readable":{readable},"verdict":"outside","vehicle":"v","held_out":{held_out}}}"#
        )
    }

    fn passage(id: &str, second: f64, plate: Option<&str>) -> Passage {
        let at: jiff::Timestamp = "2026-03-14T09:30:00+07:00".parse().expect("a time");
        let at = at + jiff::SignedDuration::from_millis((second * 1000.0) as i64);
        let text = serde_json::json!({
            "id": id, "revision": 1, "camera": "a", "gate": "g", "lane": null, "role": "gateway", "direction": "in",
            "crossed_at": at.to_string(), "first_seen": null, "last_seen": null, "stream_s": second,
            "clock": "free", "class": "car", "colour": null, "plate": plate,
            "plate_kind": plate.map(|_| "car"), "plate_state": if plate.is_some() { "read" } else { "undetermined" },
            "confidence": 0.99, "candidates": [], "layout": null, "plate_class": null, "plate_colour": "white",
            "trailer_plate": null, "painted_number": null, "province": null,
            "verdict": if plate.is_some() { "outside" } else { "undetermined" }, "looks": 3,
            "pictures": {"frame": null, "vehicle": null, "plate": null}, "models": "", "config": ""
        });
        serde_json::from_value(text).expect("a passage")
    }

    fn journey(plate: &str, legs: &[&str]) -> Journey {
        let leg = |id: &&str| {
            serde_json::json!({"passage": id, "camera": "a", "at": "2026-03-14T09:30:10+07:00",
                "direction": "in", "p": 1.0, "why": "same plate"})
        };
        let text = serde_json::json!({
            "id": "j1", "plate": plate, "plate_kind": "car", "class": "car", "verdict": "outside",
            "origin": {"code": "30", "province_2021": "Hà Nội", "province_now": "Hà Nội"}, "state": "inside",
            "entry_seen": true, "exit_seen": false, "entered_at": "2026-03-14T09:30:10+07:00", "entered_by": "g",
            "left_at": null, "left_by": null, "last_seen_at": "2026-03-14T09:30:40+07:00", "last_seen_by": "a",
            "legs": legs.iter().map(leg).collect::<Vec<_>>(), "outages": []
        });
        serde_json::from_value(text).expect("a journey")
    }

    #[test]
    fn every_kind_of_mistake_is_counted_once() {
        let passes = [
            pass("t1", 10, "30A12345", true, true),
            pass("t2", 20, "30A12346", true, false),
            pass("t3", 30, "30A12347", true, false),
            pass("t4", 40, "30A12348", false, false),
            pass("t5", 50, "30A12349", true, false),
        ];
        let truth = Truth::parse(&passes.join("\n"), "").expect("truth");
        let recorded = [
            passage("p1", 10.4, Some("30A12345")), // right
            passage("p2", 20.0, Some("30A12999")), // wrong
            passage("p3", 29.5, None),             // undetermined
            passage("p4", 40.0, Some("30A99999")), // an answer on an unreadable one
            passage("p6", 12.0, None),             // false, its nearest true one held out
        ];
        let judged = judge(&truth, &recorded, &[]);
        let expected = Counts {
            passages: 5,
            readable: 4,
            found: 4,
            plate_exact: 1,
            plate_wrong: 2,
            undetermined: 1,
            false_passages: 1,
            verdict_undetermined: 1,
            ..Counts::default()
        };
        assert_eq!(judged.all, expected);
        assert_eq!(judged.held_out.plate_exact, 1);
        assert_eq!(judged.held_out.false_passages, 1);
        assert_eq!(judged.unmatched, [4]);
    }

    #[test]
    fn a_journey_is_exact_when_all_of_it_is() {
        let passes = [pass("t1", 10, "30A12345", true, false), pass("t2", 40, "30A12345", true, false)];
        let truth = r#"{"plate":"30A12345","passes":["t1","t2"],"entered_at":"2026-03-14T09:30:10+07:00","left_at":null,"state":"inside"}"#;
        let truth = Truth::parse(&passes.join("\n"), truth).expect("truth");
        let recorded = [passage("p1", 10.0, Some("30A12345")), passage("p2", 40.0, Some("30A12345"))];
        let right = judge(&truth, &recorded, &[journey("30A12345", &["p1", "p2"])]);
        assert_eq!((right.all.journeys_exact, right.all.links, right.all.links_right), (1, 1, 1));
        let short = judge(&truth, &recorded, &[journey("30A12345", &["p1"])]);
        assert_eq!((short.all.journeys_exact, short.all.links_right, short.all.links_wrong), (0, 0, 0));
        let turned = judge(&truth, &recorded, &[journey("30A12345", &["p2", "p1"])]);
        assert_eq!((turned.all.journeys_exact, turned.all.links_right, turned.all.links_wrong), (0, 0, 1));
    }

    #[test]
    fn truth_that_names_what_is_not_there_is_refused() {
        let journey = r#"{"plate":"X","passes":["t9"],"entered_at":null,"left_at":null,"state":"left"}"#;
        assert!(Truth::parse("", journey).expect_err("t9 is not there").to_string().contains("t9"));
        let error = Truth::parse("\n{\"id\":1}\n", "").expect_err("no pass").to_string();
        assert!(error.starts_with("passes.jsonl:2: "), "{error}");
    }
}

//! Truth made by hand, `counts.jsonl`: how many vehicles of which class crossed in which direction while a part of a clip
//! ran, and the plates that an eye could read, as text or as hashes.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::truth::{TruthError, lines};
use super::wilson::wilson95;
use crate::domain::detection::VehicleClass;
use crate::domain::passage::Passage;
use crate::domain::place::Direction;

/// What stands before the hexadecimal digits of a hashed plate.
const HASHED: &str = "sha256:";
/// Digits that a hash must have at least: fewer are met by chance.
const DIGITS: usize = 16;

/// What was counted in one part of a camera's clip.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CountedSpan {
    /// Camera.
    pub camera: String,
    /// First second of the clip that was looked at.
    #[serde(default)]
    pub from_s: f64,
    /// The second at which the look ended; without it the clip's end.
    #[serde(default)]
    pub to_s: Option<f64>,
    /// How many crossed: by direction, then by class. `unknown`: vehicles whose class the eye left open. Without it
    /// nobody counted, and only plates are judged.
    #[serde(default)]
    pub counts: Option<BTreeMap<Direction, BTreeMap<VehicleClass, u64>>>,
    /// Every plate that the eye could read, compact, or hashed by [`hashed`]; without it nobody looked for plates.
    #[serde(default)]
    pub plates: Option<Vec<String>>,
    /// What the one who counted has to say.
    #[serde(default)]
    pub note: Option<String>,
}

/// A plate as `counts.jsonl` may hold it where it must not hold the text: SHA-256 over the hexadecimal SHA-256 of the
/// clip and the compact text. Who has the clip can check it; who has not learns nothing.
pub fn hashed(clip_sha256: &str, plate: &str) -> String {
    let digest = Sha256::digest(format!("{clip_sha256}{plate}"));
    let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{HASHED}{hex}")
}

/// Reads the text of `counts.jsonl`.
pub fn parse_counted(text: &str) -> Result<Vec<CountedSpan>, TruthError> {
    let spans: Vec<CountedSpan> = lines("counts.jsonl", text)?;
    for (at, span) in spans.iter().enumerate() {
        let wrong = |message: &str| TruthError::Line {
            file: "counts.jsonl",
            line: at + 1,
            message: format!("camera {}: {message}", span.camera),
        };
        if span.to_s.is_some_and(|to| to <= span.from_s) {
            return Err(wrong("to_s must be later than from_s"));
        }
        for plate in span.plates.iter().flatten() {
            let digits = plate.strip_prefix(HASHED);
            let bad = |d: &str| d.len() < DIGITS || !d.chars().all(|c| matches!(c, '0'..='9' | 'a'..='f'));
            if digits.is_some_and(bad) {
                return Err(wrong("a hash is sha256: and at least 16 hexadecimal digits in lower case"));
            }
        }
    }
    Ok(spans)
}

impl CountedSpan {
    /// Whether the clip's own hash is needed to know its plates.
    pub fn is_hashed(&self) -> bool {
        self.plates.iter().flatten().any(|p| p.starts_with(HASHED))
    }

    fn holds(&self, passage: &Passage) -> bool {
        passage.camera.as_str() == self.camera
            && passage.stream_s >= self.from_s
            && self.to_s.is_none_or(|to| passage.stream_s < to)
    }
}

/// What was counted against what was recorded. Numbers without times: a passage that was missed and one that never was
/// balance out, so `found` is the most that can have been found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct CountedFigures {
    /// True passages.
    pub passages: u64,
    /// Recorded ones, where it was counted.
    pub recorded: u64,
    /// The smaller of both, camera by camera and direction by direction.
    pub found: u64,
    /// Of found among passages.
    pub found_wilson95: [f64; 2],
    /// True ones above those recorded: so many were missed at least.
    pub missed: u64,
    /// Recorded ones above the true: so many were false at least.
    pub extra: u64,
    /// As `found`, class by class too; `unknown` on either side matches none.
    pub class_right: u64,
    /// Plates that an eye could read.
    pub plates: u64,
    /// Of them read exactly, at least once.
    pub plates_read: u64,
    /// Of plates_read among plates.
    pub plates_read_wilson95: [f64; 2],
    /// Recorded passages whose plate no eye could read: wrong, or better than the eye.
    pub plates_other: u64,
}

impl CountedFigures {
    fn add(&mut self, other: &Self) {
        self.passages += other.passages;
        self.recorded += other.recorded;
        self.found += other.found;
        self.missed += other.missed;
        self.extra += other.extra;
        self.class_right += other.class_right;
        self.plates += other.plates;
        self.plates_read += other.plates_read;
        self.plates_other += other.plates_other;
        self.found_wilson95 = wilson95(self.found, self.passages);
        self.plates_read_wilson95 = wilson95(self.plates_read, self.plates);
    }
}

/// All spans together and by camera.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct CountedJudgement {
    /// All.
    #[serde(flatten)]
    pub all: CountedFigures,
    /// By camera.
    pub by_camera: BTreeMap<String, CountedFigures>,
}

/// Compares. `clips`: hexadecimal SHA-256 of the cameras' clips, of those whose plates are hashed.
pub fn judge_counted(
    spans: &[CountedSpan],
    passages: &[Passage],
    clips: &BTreeMap<String, String>,
) -> CountedJudgement {
    let mut judged = CountedJudgement::default();
    for span in spans {
        let recorded: Vec<&Passage> = passages.iter().filter(|p| span.holds(p)).collect();
        let figures = figures(span, &recorded, clips.get(&span.camera).map_or("", String::as_str));
        judged.all.add(&figures);
        judged.by_camera.entry(span.camera.clone()).or_default().add(&figures);
    }
    judged
}

fn figures(span: &CountedSpan, recorded: &[&Passage], clip: &str) -> CountedFigures {
    let mut f = CountedFigures::default();
    if let Some(counts) = &span.counts {
        count(&mut f, counts, recorded);
    }
    if let Some(plates) = &span.plates {
        let is = |truth: &str, read: &str| match truth.starts_with(HASHED) {
            true => hashed(clip, read).starts_with(truth),
            false => truth == read,
        };
        let read: Vec<&str> = recorded.iter().filter_map(|p| p.plate.as_deref()).collect();
        f.plates = plates.len() as u64;
        f.plates_read = plates.iter().filter(|truth| read.iter().any(|r| is(truth, r))).count() as u64;
        f.plates_other = read.iter().filter(|r| !plates.iter().any(|truth| is(truth, r))).count() as u64;
    }
    f
}

/// Numbers by direction and class.
fn count(
    f: &mut CountedFigures,
    truth: &BTreeMap<Direction, BTreeMap<VehicleClass, u64>>,
    recorded: &[&Passage],
) {
    let directions: BTreeSet<Direction> =
        truth.keys().copied().chain(recorded.iter().map(|p| p.direction)).collect();
    for direction in directions {
        let counts = truth.get(&direction);
        let these = || recorded.iter().filter(|p| p.direction == direction);
        let passages: u64 = counts.iter().flat_map(|c| c.values()).sum();
        f.passages += passages;
        f.found += passages.min(these().count() as u64);
        for (class, n) in counts.into_iter().flatten().filter(|(class, _)| **class != VehicleClass::Unknown) {
            f.class_right += (*n).min(these().filter(|p| p.class == *class).count() as u64);
        }
    }
    f.recorded = recorded.len() as u64;
    f.missed = f.passages - f.found;
    f.extra = f.recorded - f.found;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passage(camera: &str, second: f64, direction: &str, class: &str, plate: Option<&str>) -> Passage {
        let text = serde_json::json!({
            "id": format!("{camera}{second}"), "revision": 1, "camera": camera, "gate": null, "lane": null,
            "role": "interior", "direction": direction, "crossed_at": null, "first_seen": null, "last_seen": null,
            "stream_s": second, "clock": "unknown", "class": class, "colour": null, "plate": plate,
            "plate_kind": plate.map(|_| "car"), "plate_state": if plate.is_some() { "read" } else { "undetermined" },
            "confidence": 0.9, "candidates": [], "layout": null, "plate_class": null, "plate_colour": "white",
            "trailer_plate": null, "painted_number": null, "province": null, "verdict": "undetermined", "looks": 3,
            "pictures": {"frame": null, "vehicle": null, "plate": null}, "models": "", "config": ""
        });
        serde_json::from_value(text).expect("a passage")
    }

    #[test]
    fn numbers_are_compared_direction_by_direction_and_class_by_class() {
        let text = concat!(
            r#"{"camera":"a","from_s":1,"to_s":10,"counts":{"in":{"car":2,"truck":1},"out":{"motorcycle":1}}}"#,
            "\n",
            r#"{"camera":"b","counts":{"seen":{"unknown":1}},"note":"dark"}"#,
        );
        let spans = parse_counted(text).expect("spans");
        let recorded = [
            passage("a", 0.9, "in", "car", None), // before the span
            passage("a", 1.0, "in", "car", None),
            passage("a", 2.0, "in", "car", None),
            passage("a", 3.0, "in", "car", None), // the truck, taken for a car
            passage("a", 4.0, "in", "car", None), // too many
            passage("a", 10.0, "out", "motorcycle", None), // after it
            passage("b", 99.0, "seen", "bus", Some("30A12345")), // nobody looked for plates
        ];
        let judged = judge_counted(&spans, &recorded, &BTreeMap::new());
        let a = &judged.by_camera["a"];
        assert_eq!((a.passages, a.recorded, a.found, a.missed, a.extra, a.class_right), (4, 4, 3, 1, 1, 2));
        assert_eq!(a.found_wilson95, wilson95(3, 4));
        let all = &judged.all;
        assert_eq!((all.passages, all.found, all.class_right, all.plates_other), (5, 4, 2, 0));
    }

    #[test]
    fn a_hashed_plate_is_known_only_with_its_clip() {
        let clip = "ab".repeat(32);
        let text = format!(
            r#"{{"camera":"a","plates":["{}","29B112345"]}}"#,
            &hashed(&clip, "30A12345")[..HASHED.len() + DIGITS]
        );
        let spans = parse_counted(&text).expect("spans");
        assert!(spans[0].is_hashed());
        let recorded = [
            passage("a", 1.0, "seen", "car", Some("30A12345")),
            passage("a", 2.0, "seen", "car", Some("30A12346")),
        ];
        let judge = |clip: &str| {
            let clips = BTreeMap::from([("a".to_owned(), clip.to_owned())]);
            let all = judge_counted(&spans, &recorded, &clips).all;
            (all.plates, all.plates_read, all.plates_other)
        };
        assert_eq!(judge(&clip), (2, 1, 1));
        assert_eq!(judge("another"), (2, 0, 2));
        let all = judge_counted(&spans, &recorded, &BTreeMap::new()).all;
        assert_eq!((all.recorded, all.extra), (0, 0), "nobody counted");
        // As `printf '%s%s' "$(sha256sum CLIP | cut -c1-64)" 30A12345 | sha256sum` has it.
        assert_eq!(
            hashed(&"0".repeat(64), "30A12345"),
            "sha256:a06f31add284daa997dfbd78a8af3deba0e2fe94f624e886fa58714d0fa47c6c"
        );
    }

    #[test]
    fn what_is_no_count_is_told_with_its_line() {
        for (text, words) in [
            ("\n{\"camera\":\"a\",\"count\":{}}", "counts.jsonl:2: "),
            (r#"{"camera":"a","from_s":3,"to_s":3}"#, "later than from_s"),
            (r#"{"camera":"a","plates":["sha256:12"]}"#, "16 hexadecimal digits"),
            (r#"{"camera":"a","counts":{"up":{"car":1}}}"#, "up"),
        ] {
            let error = parse_counted(text).expect_err("no count").to_string();
            assert!(error.contains(words), "{error}");
        }
    }
}

//! Who goes the same way (phương tiện cùng hành trình): vehicles that pass the same points shortly before or after one
//! vehicle, and how likely that is by chance in that traffic.
//!
//! The chance: of the others who were near the vehicle at one point, a share is near it again at the next one, because
//! traffic goes in columns and people keep their hours. That share is counted in the very traffic, the companion itself
//! left out, half a vehicle added so that a small count is not taken for certainty. The number of companions that one
//! would expect by chance is the number of the others at the first common point times these shares, and the chance that
//! there is one at all is 1 - exp(-expected).

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};

use crate::domain::ids::RecordId;
use crate::domain::passage::Passage;
use crate::domain::place::Direction;
use crate::domain::plate::PlateKey;

/// A place that is passed in one direction.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Point {
    /// Whether it is a gate; else it is a camera.
    pub is_gate: bool,
    /// Name.
    pub name: String,
    /// Direction.
    pub direction: Direction,
}

/// Where and when the vehicle that is asked about passed.
#[derive(Debug, Clone, PartialEq)]
pub struct Crossing {
    /// Where.
    pub point: Point,
    /// When.
    pub at: Timestamp,
    /// Its passage.
    pub passage: RecordId,
}

/// Another vehicle at such a point.
#[derive(Debug, Clone, PartialEq)]
pub struct Near {
    /// Its plate.
    pub key: PlateKey,
    /// When.
    pub at: Timestamp,
    /// Its passage.
    pub passage: RecordId,
}

/// Two vehicles at one point.
#[derive(Debug, Clone, PartialEq)]
pub struct Meeting {
    /// Position of the crossing.
    pub crossing: usize,
    /// The other's passage.
    pub passage: RecordId,
    /// When the other passed.
    pub at: Timestamp,
}

/// A vehicle that went the same way.
#[derive(Debug, Clone, PartialEq)]
pub struct Companion {
    /// Its plate.
    pub key: PlateKey,
    /// Where they met, by time; one for each crossing.
    pub meetings: Vec<Meeting>,
    /// Different points among them.
    pub points: usize,
    /// How many such companions the traffic alone would give.
    pub expected: f64,
    /// Probability that traffic alone gives one, 0-1.
    pub chance: f64,
}

/// The crossings of a vehicle's passages: those of one point within `window` of each other (a front and a rear camera)
/// are one. Undated passages are left out.
pub fn crossings(passages: &[Passage], window: SignedDuration) -> Vec<Crossing> {
    let mut all: Vec<Crossing> = passages
        .iter()
        .filter_map(|p| {
            let point = Point {
                is_gate: p.gate.is_some(),
                name: p.gate.clone().unwrap_or_else(|| p.camera.to_string()),
                direction: p.direction,
            };
            Some(Crossing { point, at: p.crossed_at?, passage: p.id.clone() })
        })
        .collect();
    all.sort_by(|a, b| (a.at, &a.passage).cmp(&(b.at, &b.passage)));
    let mut apart: Vec<Crossing> = Vec::new();
    for crossing in all {
        let same = |before: &&Crossing| before.point == crossing.point;
        let before = apart.iter().rev().find(same);
        if before.is_none_or(|b| crossing.at.duration_since(b.at) > window) {
            apart.push(crossing);
        }
    }
    apart
}

/// Vehicles other than `own` that passed at least `least_points` of the crossings' points within `within` of them, the
/// least likely by chance first. `look` tells who passed a point from one time to another.
pub fn companions<E>(
    own: &[PlateKey],
    crossings: &[Crossing],
    within: SignedDuration,
    least_points: usize,
    mut look: impl FnMut(&Point, Timestamp, Timestamp) -> Result<Vec<Near>, E>,
) -> Result<Vec<Companion>, E> {
    let mut met: BTreeMap<PlateKey, Vec<Meeting>> = BTreeMap::new();
    let mut near: Vec<BTreeSet<PlateKey>> = Vec::new();
    for (i, crossing) in crossings.iter().enumerate() {
        let from = crossing.at.checked_sub(within).unwrap_or(Timestamp::MIN);
        let to = crossing.at.checked_add(within).unwrap_or(Timestamp::MAX);
        let mut here = BTreeSet::new();
        for other in look(&crossing.point, from, to)? {
            if own.contains(&other.key) {
                continue;
            }
            here.insert(other.key.clone());
            let meetings = met.entry(other.key).or_default();
            let meeting = Meeting { crossing: i, passage: other.passage, at: other.at };
            match meetings.last_mut().filter(|m| m.crossing == i) {
                // Two cameras, or there and back: the nearest counts.
                Some(known) if gap(known.at, crossing.at) <= gap(meeting.at, crossing.at) => {}
                Some(known) => *known = meeting,
                None => meetings.push(meeting),
            }
        }
        near.push(here);
    }
    let mut found: Vec<Companion> = met
        .into_iter()
        .filter_map(|(key, meetings)| {
            let points: BTreeSet<&Point> = meetings.iter().map(|m| &crossings[m.crossing].point).collect();
            let points = points.len();
            (points >= least_points.max(1)).then(|| {
                let expected = expected(&key, &meetings, &near);
                Companion { key, meetings, points, expected, chance: 1.0 - (-expected).exp() }
            })
        })
        .collect();
    found.sort_by(|a, b| {
        a.expected
            .total_cmp(&b.expected)
            .then(b.meetings.len().cmp(&a.meetings.len()))
            .then(a.key.cmp(&b.key))
    });
    Ok(found)
}

fn gap(a: Timestamp, b: Timestamp) -> SignedDuration {
    a.duration_since(b).abs()
}

fn expected(key: &PlateKey, meetings: &[Meeting], near: &[BTreeSet<PlateKey>]) -> f64 {
    let others = |i: usize| near[i].iter().filter(|k| *k != key);
    let Some(first) = meetings.first() else { return 0.0 };
    let mut expected = others(first.crossing).count() as f64 + 0.5;
    for pair in meetings.windows(2) {
        let (a, b) = (pair[0].crossing, pair[1].crossing);
        let again = others(a).filter(|k| near[b].contains(k)).count() as f64;
        expected *= (again + 0.5) / (others(a).count() as f64 + 1.0);
    }
    expected
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use super::*;
    use crate::domain::plate::PlateKind;

    fn key(text: &str) -> PlateKey {
        PlateKey { kind: PlateKind::Car, text: text.to_owned() }
    }

    fn at(seconds: i64) -> Timestamp {
        let start: Timestamp = "2026-03-14T00:00:00Z".parse().expect("a time");
        start + SignedDuration::from_secs(seconds)
    }

    fn point(name: &str) -> Point {
        Point { is_gate: true, name: name.to_owned(), direction: Direction::In }
    }

    fn crossing(name: &str, seconds: i64) -> Crossing {
        Crossing { point: point(name), at: at(seconds), passage: RecordId::from_text(&format!("p{seconds}")) }
    }

    /// Who passed: point, plate, second.
    fn found(crossings: &[Crossing], traffic: &[(&str, &str, i64)]) -> Vec<Companion> {
        let look = |p: &Point, from: Timestamp, to: Timestamp| {
            let there = traffic.iter().filter(|t| t.0 == p.name && (from..=to).contains(&at(t.2)));
            Ok::<_, Infallible>(
                there
                    .map(|t| Near { key: key(t.1), at: at(t.2), passage: RecordId::from_text(t.1) })
                    .collect(),
            )
        };
        match companions(&[key("30A00001")], crossings, SignedDuration::from_secs(300), 2, look) {
            Ok(found) => found,
            Err(never) => match never {},
        }
    }

    #[test]
    fn who_passes_two_points_with_it_goes_the_same_way() {
        let way = [crossing("A", 0), crossing("B", 1800)];
        let traffic = [
            ("A", "30A00001", 0),
            ("A", "29A00002", 60),
            ("A", "29A00003", 100),
            ("B", "29A00002", 1900),
            ("B", "29A00003", 2101),
            ("B", "29A00004", 1800),
        ];
        let found = found(&way, &traffic);
        assert_eq!(found.iter().map(|c| c.key.text.as_str()).collect::<Vec<_>>(), ["29A00002"]);
        assert_eq!((found[0].meetings.len(), found[0].points), (2, 2));
        // One other at A, who was not near at B: 1.5 * 0.5 / 2.
        assert!((found[0].expected - 0.375).abs() < 1e-9, "{}", found[0].expected);
    }

    #[test]
    fn in_traffic_that_keeps_together_a_companion_is_no_surprise() {
        let way = [crossing("A", 0), crossing("B", 1800)];
        let names: Vec<String> = (2..30).map(|i| format!("29A{i:05}")).collect();
        let column: Vec<_> =
            names.iter().flat_map(|n| [("A", n.as_str(), 30), ("B", n.as_str(), 1830)]).collect();
        assert!(found(&way, &column)[0].chance > 0.99);
        let scattered: Vec<_> = column.iter().filter(|t| t.0 == "A" || t.1 == "29A00002").copied().collect();
        let one = found(&way, &scattered);
        assert_eq!(one.len(), 1);
        assert!(one[0].chance < 0.45, "{}", one[0].chance);
        // A second day together says more.
        let longer = [way[0].clone(), way[1].clone(), crossing("A", 90_000)];
        let mut more = scattered.clone();
        more.push(("A", "29A00002", 90_010));
        assert!(found(&longer, &more)[0].chance < one[0].chance);
    }

    fn passage(gate: Option<&str>, camera: &str, seconds: i64) -> Passage {
        let gate = serde_json::to_string(&gate).expect("JSON");
        let when = at(seconds);
        serde_json::from_str(&format!(
            r#"{{"id":"p{camera}{seconds}","revision":1,"camera":"{camera}","gate":{gate},"lane":null,
            "role":"gateway","direction":"in","crossed_at":"{when}","first_seen":null,"last_seen":null,
            "stream_s":0.0,"clock":"synced","class":"car","colour":null,"plate":"30A00001","plate_kind":"car",
            "plate_state":"read","confidence":1.0,"candidates":[],"layout":null,"plate_class":null,
            "plate_colour":"unknown","trailer_plate":null,"painted_number":null,"province":"30",
            "verdict":"outside","looks":1,"pictures":{{"frame":null,"vehicle":null,"plate":null}},
            "models":"m","config":"c"}}"#
        ))
        .expect("a passage")
    }

    #[test]
    fn front_and_rear_cameras_see_one_crossing() {
        let seen = [
            passage(Some("A"), "a-rear", 3),
            passage(Some("A"), "a-front", 0),
            passage(None, "town", 4),
            passage(Some("A"), "a-front", 900),
        ];
        let way = crossings(&seen, SignedDuration::from_secs(20));
        let told: Vec<_> = way.iter().map(|c| (c.point.name.as_str(), c.point.is_gate, c.at)).collect();
        assert_eq!(told, [("A", true, at(0)), ("town", false, at(4)), ("A", true, at(900))]);
        // Meeting at one point twice is not the same way.
        assert!(
            found(&[way[0].clone(), way[2].clone()], &[("A", "29A00002", 10), ("A", "29A00002", 910)])
                .is_empty()
        );
    }
}

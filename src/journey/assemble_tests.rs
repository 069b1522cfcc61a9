use proptest::prelude::*;

use super::*;
use crate::domain::ids::CameraId;
use crate::domain::passage::Pictures;
use crate::domain::plate::{PlateColour, PlateKind, PlateState};
use crate::domain::time::ClockQuality;

const PLATE: &str = "29A12345";

fn key() -> PlateKey {
    PlateKey { kind: PlateKind::Car, text: PLATE.to_owned() }
}

/// A moment, seconds after 2026-03-14 07:00 local time.
fn at(seconds: i64) -> Timestamp {
    let start: Timestamp = "2026-03-14T00:00:00Z".parse().expect("a time");
    start + SignedDuration::from_secs(seconds)
}

fn passage(seconds: i64, camera: &str, gate: Option<&str>, direction: Direction) -> Passage {
    Passage {
        id: RecordId::derive('p', &[camera, &seconds.to_string(), direction.as_str()]),
        revision: 1,
        camera: CameraId::new(camera),
        gate: gate.map(str::to_owned),
        lane: None,
        role: if gate.is_some() { CameraRole::Gateway } else { CameraRole::Interior },
        direction,
        crossed_at: Some(at(seconds)),
        first_seen: None,
        last_seen: None,
        stream_s: seconds as f64,
        clock: ClockQuality::Synced,
        class: VehicleClass::Car,
        colour: None,
        plate: Some(PLATE.to_owned()),
        plate_kind: Some(PlateKind::Car),
        plate_state: PlateState::Read,
        confidence: 0.99,
        candidates: Vec::new(),
        layout: None,
        plate_class: None,
        plate_colour: PlateColour::White,
        trailer_plate: None,
        painted_number: None,
        province: Some("29".to_owned()),
        verdict: Verdict::Outside,
        looks: 5,
        pictures: Pictures::default(),
        models: String::new(),
        config: String::new(),
        verdict_by_today: false,
        corrected: false,
    }
}

fn enter(seconds: i64) -> Passage {
    passage(seconds, "bac-1", Some("Bắc"), Direction::In)
}
fn leave(seconds: i64) -> Passage {
    passage(seconds, "nam-1", Some("Nam"), Direction::Out)
}
fn seen(seconds: i64) -> Passage {
    passage(seconds, "cho", None, Direction::Seen)
}

fn journeys_by(passages: &[Passage], rules: &JourneyRules) -> Vec<Journey> {
    let witnesses: Vec<Witness> = passages.iter().cloned().map(Witness::read).collect();
    assemble(&key(), &witnesses, rules, &|code| Origin { code: Some(code.to_owned()), ..Origin::default() })
}
fn journeys(passages: &[Passage]) -> Vec<Journey> {
    journeys_by(passages, &JourneyRules::default())
}

/// State, entry seconds, exit seconds and number of legs of each.
fn shape(journeys: &[Journey]) -> Vec<(JourneyState, Option<i64>, Option<i64>, usize)> {
    let s = |t: Option<Timestamp>| t.map(|t| t.duration_since(at(0)).as_secs());
    journeys.iter().map(|j| (j.state, s(j.entered_at), s(j.left_at), j.legs.len())).collect()
}

use JourneyState::{Inside, Left, Lost};

#[test]
fn in_sightings_and_out_are_one_journey() {
    let all = journeys(&[enter(0), seen(900), leave(1800)]);
    assert_eq!(shape(&all), [(Left, Some(0), Some(1800), 3)]);
    let j = &all[0];
    assert_eq!((j.entered_by.as_deref(), j.left_by.as_deref()), (Some("Bắc"), Some("Nam")));
    assert!(j.entry_seen && j.exit_seen);
    assert_eq!(
        j.legs.iter().map(|l| l.why.as_str()).collect::<Vec<_>>(),
        ["first", "same plate", "same plate"]
    );
    assert_eq!(j.id, RecordId::derive('j', &["car:29A12345", enter(0).id.as_str()]));
    assert_eq!(j.origin.code.as_deref(), Some("29"));
}

#[test]
fn out_and_in_again_are_two_journeys() {
    let all = journeys(&[enter(0), leave(1800), enter(3600)]);
    assert_eq!(shape(&all), [(Left, Some(0), Some(1800), 2), (Inside, Some(3600), None, 1)]);
}

#[test]
fn a_second_entry_without_an_exit_loses_the_first() {
    let all = journeys(&[enter(0), seen(600), enter(7200)]);
    assert_eq!(shape(&all), [(Lost, Some(0), None, 2), (Inside, Some(7200), None, 1)]);
    assert_eq!(all[0].last_seen_at, at(600));
}

#[test]
fn first_seen_inside_or_at_the_exit_has_no_entry() {
    assert_eq!(shape(&journeys(&[seen(0), leave(600)])), [(Left, None, Some(600), 2)]);
    let all = journeys(&[leave(600)]);
    assert_eq!(shape(&all), [(Left, None, Some(600), 1)]);
    assert!(!all[0].entry_seen && all[0].exit_seen);
    let all = journeys(&[leave(600), leave(7200)]);
    assert_eq!(shape(&all), [(Left, None, Some(600), 1), (Left, None, Some(7200), 1)]);
}

#[test]
fn front_and_rear_camera_are_one_crossing() {
    let rear = |s, d| passage(s, "bac-2", Some("Bắc"), d);
    let front = |s, d| passage(s, "bac-1", Some("Bắc"), d);
    let all = journeys(&[
        front(0, Direction::In),
        rear(4, Direction::In),
        front(1000, Direction::Out),
        rear(1003, Direction::Out),
    ]);
    assert_eq!(shape(&all), [(Left, Some(0), Some(1000), 4)]);
    let whys: Vec<_> = all[0].legs.iter().map(|l| l.why.as_str()).collect();
    assert_eq!(whys, ["first", "same crossing", "same plate", "same crossing"]);
    // Beyond the window it is another entry.
    assert_eq!(journeys(&[front(0, Direction::In), rear(21, Direction::In)]).len(), 2);
    // Another gate is another crossing at once.
    assert_eq!(
        journeys(&[front(0, Direction::In), passage(4, "nam-1", Some("Nam"), Direction::In)]).len(),
        2
    );
}

#[test]
fn an_interior_line_is_only_a_leg_whatever_its_direction() {
    let line = |s, d| passage(s, "cho", None, d);
    let all = journeys(&[enter(0), line(600, Direction::Out), line(900, Direction::In), leave(1800)]);
    assert_eq!(shape(&all), [(Left, Some(0), Some(1800), 4)]);
}

#[test]
fn a_sighting_beside_a_crossing_belongs_to_it() {
    let all = journeys(&[seen(-5), enter(0), leave(1800), seen(1810)]);
    assert_eq!(shape(&all), [(Left, Some(0), Some(1800), 4)]);
    // Further off it is a journey whose entry was missed.
    let all = journeys(&[enter(0), leave(1800), seen(1900)]);
    assert_eq!(shape(&all), [(Left, Some(0), Some(1800), 2), (Inside, None, None, 1)]);
    // Out and straight in again: the sighting between goes to the nearer one.
    let all = journeys(&[enter(0), leave(1000), seen(1012), enter(1018)]);
    assert_eq!(shape(&all), [(Left, Some(0), Some(1000), 2), (Inside, Some(1018), None, 2)]);
}

#[test]
fn outside_the_dates_of_its_role_a_gate_is_an_interior_camera() {
    let gate = |from: Option<&str>, to: Option<&str>| Gate {
        name: "Bắc".to_owned(),
        lat: None,
        lon: None,
        neighbour: None,
        from: from.map(|d| d.parse().expect("a date")),
        to: to.map(|d| d.parse().expect("a date")),
    };
    let by =
        |g: Gate| shape(&journeys_by(&[enter(0)], &JourneyRules { gates: vec![g], ..Default::default() }));
    assert_eq!(by(gate(None, Some("2026-03-13"))), [(Inside, None, None, 1)]);
    assert_eq!(by(gate(Some("2026-03-15"), None)), [(Inside, None, None, 1)]);
    assert_eq!(by(gate(Some("2026-03-14"), Some("2026-03-14"))), [(Inside, Some(0), None, 1)]);
}

#[test]
fn home_opens_no_journey_and_a_later_read_withdraws_one() {
    let with = |first: Verdict, second: Verdict| {
        let mut passages = [enter(0), seen(600)];
        passages[0].verdict = first;
        passages[1].verdict = second;
        journeys(&passages).first().map(|j| j.verdict)
    };
    assert_eq!(with(Verdict::Home, Verdict::Home), None);
    assert_eq!(with(Verdict::Undetermined, Verdict::Undetermined), Some(Verdict::Undetermined));
    assert_eq!(with(Verdict::Undetermined, Verdict::Home), None);
    assert_eq!(with(Verdict::Undetermined, Verdict::Foreign), Some(Verdict::Foreign));
    // The former neighbour that became home while the vehicle was inside: it came in as an outsider.
    assert_eq!(with(Verdict::Outside, Verdict::Home), Some(Verdict::Outside));
}

#[test]
fn what_no_plate_names_opens_nothing_and_what_nothing_dates_adds_nothing() {
    let mut unread = enter(0);
    unread.plate = None;
    unread.plate_kind = None;
    assert_eq!(journeys(std::slice::from_ref(&unread)), []);
    let mut undated = enter(0);
    undated.crossed_at = None;
    assert_eq!(journeys(std::slice::from_ref(&undated)), []);
    let all = journeys(&[unread, undated, seen(600)]);
    assert_eq!(all.iter().map(|j| j.legs.len()).collect::<Vec<_>>(), [2], "one that was read names both");
}

#[test]
fn what_was_joined_adds_a_leg_with_its_reason_and_no_verdict() {
    let mut guest = enter(0);
    guest.plate = Some("20A12345".to_owned());
    (guest.verdict, guest.province) = (Verdict::Home, Some("20".to_owned()));
    let why = "looks alike: read as 20A12345, 10 min from the next sighting";
    let guest = Witness { passage: guest, p: 0.9, why: Some(why.to_owned()) };
    let witnesses = [guest, Witness::read(seen(600))];
    let rules = JourneyRules::default();
    let all = assemble(&key(), &witnesses, &rules, &|code| Origin {
        code: Some(code.to_owned()),
        ..Origin::default()
    });
    assert_eq!(all.len(), 1);
    assert_eq!((all[0].verdict, all[0].origin.code.as_deref()), (Verdict::Outside, Some("29")));
    assert_eq!((all[0].legs[0].why.as_str(), all[0].legs[0].p), (why, 0.9));
    assert!(all[0].entry_seen);
}

#[test]
fn silence_loses_a_vehicle_and_a_late_sighting_finds_it_again() {
    let rules = JourneyRules::default();
    let three_days = 72 * 3600;
    let all = journeys(&[enter(0), seen(600)]);
    assert_eq!(state_at(&all[0], at(600 + three_days), &rules), Inside);
    assert_eq!(state_at(&all[0], at(601 + three_days), &rules), Lost);
    let all = journeys(&[enter(0), seen(600), leave(10 * three_days)]);
    assert_eq!(shape(&all), [(Left, Some(0), Some(10 * three_days), 3)]);
    assert_eq!(state_at(&all[0], at(5 * three_days), &rules), Inside);
    assert_eq!(state_at(&all[0], at(10 * three_days), &rules), Left);
    let all = journeys(&[enter(0), seen(600), enter(7200)]);
    assert_eq!(state_at(&all[0], at(300), &rules), Inside);
    assert_eq!(state_at(&all[0], at(900), &rules), Lost);
}

#[test]
fn the_class_is_that_of_most_legs() {
    let with = |classes: &[VehicleClass]| {
        let passages: Vec<_> = classes
            .iter()
            .enumerate()
            .map(|(i, class)| Passage { class: *class, ..seen(i as i64 * 100) })
            .collect();
        journeys(&passages)[0].class
    };
    use VehicleClass::{Bus, Car, Truck, Unknown};
    assert_eq!(with(&[Unknown, Unknown, Truck]), Truck);
    assert_eq!(with(&[Bus, Truck, Truck]), Truck);
    assert_eq!(with(&[Truck, Bus]), Bus);
    assert_eq!(with(&[Unknown]), Unknown);
    assert_eq!(with(&[Car, Car, Bus]), Car);
}

fn any_passage() -> impl Strategy<Value = Passage> {
    let place = prop_oneof![
        Just(("bac-1", Some("Bắc"))),
        Just(("bac-2", Some("Bắc"))),
        Just(("nam-1", Some("Nam"))),
        Just(("cho", None)),
    ];
    let direction = prop_oneof![Just(Direction::In), Just(Direction::Out), Just(Direction::Seen)];
    (0..400_i64, place, direction, prop::sample::select(Verdict::ALL.to_vec())).prop_map(
        |(s, (camera, gate), direction, verdict)| Passage {
            verdict,
            ..passage(s * 5, camera, gate, direction)
        },
    )
}

proptest! {
    #[test]
    fn the_order_of_arrival_changes_nothing(
        (sorted, shuffled) in prop::collection::vec(any_passage(), 0..25)
            .prop_flat_map(|v| (Just(v.clone()), Just(v).prop_shuffle()))
    ) {
        // The same passage twice is one fact in the store; keep one of each name.
        let unique = |mut v: Vec<Passage>| {
            v.sort_by(|a, b| (&a.id, a.verdict).cmp(&(&b.id, b.verdict)));
            v.dedup_by(|a, b| a.id == b.id);
            v
        };
        let kept = unique(sorted);
        let mut other: Vec<Passage> = shuffled.into_iter().filter(|p| kept.contains(p)).collect();
        let mut names = std::collections::BTreeSet::new();
        other.retain(|p| names.insert(p.id.clone()));
        prop_assert_eq!(other.len(), kept.len());
        prop_assert_eq!(journeys(&other), journeys(&kept));
    }

    #[test]
    fn every_dated_passage_is_in_at_most_one_journey_and_legs_are_in_order(
        passages in prop::collection::vec(any_passage(), 0..25)
    ) {
        let mut passages = passages;
        passages.sort_by(|a, b| a.id.cmp(&b.id));
        passages.dedup_by(|a, b| a.id == b.id);
        let all = journeys(&passages);
        let mut seen = std::collections::BTreeSet::new();
        for journey in &all {
            prop_assert!(journey.verdict != Verdict::Home);
            prop_assert!(!journey.legs.is_empty());
            prop_assert!(journey.legs.is_sorted_by_key(|l| l.at));
            prop_assert_eq!(journey.legs.last().map(|l| l.at), Some(journey.last_seen_at));
            prop_assert_eq!(journey.exit_seen, journey.state == JourneyState::Left);
            prop_assert_eq!(journey.entry_seen, journey.entered_at.is_some());
            for leg in &journey.legs {
                prop_assert!(seen.insert(leg.passage.clone()), "a passage in two journeys");
            }
        }
        if passages.iter().all(|p| p.verdict != Verdict::Home) {
            prop_assert_eq!(seen.len(), passages.len());
        }
    }
}

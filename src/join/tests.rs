use proptest::prelude::*;

use super::*;
use crate::domain::detection::VehicleClass;
use crate::domain::place::Direction;
use crate::domain::plate::{Candidate, PlateColour, PlateKind, Verdict};
use crate::plate::confusion::{Condition, Confusion, Reading};
use crate::plate::province::Home;

const MINUTE: i64 = 60_000_000;

/// Three gates some 20 km apart, one with a front and a rear camera, and a camera inside.
fn joining() -> Joining {
    let place =
        |lat, lon, site, gate: bool| Place { at: Some((lat, lon)), site, gate: gate.then_some(ALWAYS) };
    let places = Places::new(vec![
        place(21.33, 105.87, 0, true),
        place(21.33, 105.87, 0, true),
        place(21.59, 106.05, 1, true),
        place(21.68, 105.49, 2, true),
        place(21.55, 105.85, 3, false),
    ]);
    let times = LinkTimes::new(&places, &LinkCounts::none(&places));
    Joining::new(Rules::default(), places, times, Confusion::built_in())
}

/// Borders move: a gate outside the dates of its role sees vehicles, and none crosses there.
#[test]
fn a_gate_is_crossed_within_its_dates() {
    let gate = Place { at: None, site: 0, gate: Some((1_000, 2_000)) };
    let places = Places::new(vec![gate]);
    let events = [999, 1_000, 1_999, 2_000].map(|at| places.event(0, Out, at));
    let (seen, out) = (places.event(0, Seen, 1_500), places.event(0, Out, 1_500));
    assert_eq!(events, [seen, out, out, seen]);
    assert!(places.leaves(out) && !places.leaves(seen));
}

thread_local! {
    static PLACES: Places = joining().places;
}

const GATE_A: u16 = 0;
const GATE_A_REAR: u16 = 1;
const GATE_B: u16 = 2;
const GATE_C: u16 = 3;
const INSIDE: u16 = 4;

fn key(text: &str) -> Key {
    Key { kind: PlateKind::Car, text: PlateText::new(text).expect("a text") }
}

/// A read of `text` at `minute`; below .97 it is undetermined.
fn sighting(minute: i64, camera: u16, direction: Direction, text: &str, confidence: f32) -> Sighting {
    let id = minute as u64 * 1000 + u64::from(camera) * 10 + direction as u64;
    let at = 1_773_000_000_000_000 + minute * MINUTE;
    Sighting {
        id,
        at,
        camera,
        event: PLACES.with(|p| p.event(camera, direction, at)),
        class: VehicleClass::Car,
        colour: PlateColour::White,
        key: key(text),
        read: confidence >= 0.97,
        confidence,
        layout: None,
        candidates: Box::default(),
    }
}

fn memory(sightings: &[Sighting], joining: &Joining) -> Memory {
    let mut memory = Memory::new();
    sightings.iter().for_each(|s| memory.insert(s.clone(), joining));
    memory.settle(joining);
    memory
}

/// Minutes at which each vehicle was seen, vehicles by key.
fn vehicles(sightings: &[Sighting]) -> Vec<(String, Vec<u64>)> {
    let joining = joining();
    memory(sightings, &joining)
        .vehicles(&joining)
        .iter()
        .map(|v| (v.key.text.to_string(), v.members.iter().map(|m| m.anchor.id / 1000).collect()))
        .collect()
}

use Direction::{In, Out, Seen};

#[test]
fn a_missing_character_and_a_look_alike_continue_the_journey() {
    for (text, confidence) in [("29A123?5", 0.9), ("29A12345", 0.5), ("29A12346", 0.5), ("29A1234", 0.4)] {
        let seen = [
            sighting(0, GATE_A, In, "29A12345", 0.999),
            sighting(25, INSIDE, Seen, text, confidence),
            sighting(60, GATE_B, Out, "29A12345", 0.999),
        ];
        assert_eq!(vehicles(&seen), [("29A12345".to_owned(), vec![0, 25, 60])], "{text}");
    }
}

/// What may be either's makes no link, and none across it either.
#[test]
fn a_link_is_as_sure_as_what_may_lie_between_leaves_it() {
    let joining = joining();
    let links = |seen: &[Sighting]| {
        let all = memory(seen, &joining).vehicles(&joining);
        all.into_iter().map(|v| (v.members.len(), v.links)).collect::<Vec<_>>()
    };
    let mut seen = vec![
        sighting(0, GATE_A, In, "29A12345", 0.999),
        sighting(60, GATE_B, Out, "29A12345", 0.999),
        sighting(1, GATE_A, In, "29A12346", 0.999),
        sighting(61, GATE_B, Out, "29A12346", 0.999),
    ];
    assert_eq!(links(&seen), [(2, vec![1.0]), (2, vec![1.0])]);
    seen.push(sighting(30, INSIDE, Seen, "29A1234?", 0.5));
    let open = links(&seen);
    assert!(open.iter().all(|(n, p)| *n == 2 && p[0] < 0.95), "{open:?}");
    let sum: f64 = open.iter().map(|(_, p)| 1.0 - p[0]).sum();
    assert!(sum <= 1.0 + 1e-9, "one passage is one vehicle's: {open:?}");
}

/// Regression: what was read well enough to count, though not confidently, was no vehicle for the rest of its own block.
#[test]
fn one_of_a_day_that_was_read_knows_the_vehicle_for_the_others() {
    let seen = [
        sighting(0, GATE_A, In, "29A12345", 0.98),
        sighting(25, INSIDE, Seen, "29A12345", 0.85),
        sighting(60, GATE_B, Out, "29A12345", 0.85),
    ];
    assert_eq!(vehicles(&seen), [("29A12345".to_owned(), vec![0, 25, 60])]);
}

/// Regression: a text guessed often enough outweighed the one that was read.
#[test]
fn what_was_read_outweighs_what_was_guessed_more_often() {
    let seen = [
        sighting(0, GATE_A, In, "29A12345", 0.98),
        sighting(25, INSIDE, Seen, "29A12B45", 0.8),
        sighting(60, GATE_B, Out, "29A12B45", 0.8),
    ];
    assert_eq!(vehicles(&seen), [("29A12345".to_owned(), vec![0, 25, 60])]);
}

#[test]
fn what_was_read_nowhere_makes_no_vehicle() {
    let seen = [
        sighting(0, GATE_A, In, "29A12345", 0.9),
        sighting(25, INSIDE, Seen, "29A12B45", 0.6),
        sighting(60, GATE_B, Out, "29A12345", 0.9),
    ];
    assert_eq!(vehicles(&seen), []);
    let joining = joining();
    let memory = memory(&seen, &joining);
    let block = seen[1].block();
    let Ok(decided) = decisions(&memory, &block, Round::Second, &Near::default(), &joining);
    assert_eq!(decided[0].1.hints.first().map(|h| h.key), Some(key("29A12345")), "a hint all the same");
}

#[test]
fn what_was_learned_holds_from_its_week_on() {
    // One of the two that it may be left by gate B an hour before. Where all who leave by B are back at A within the
    // hour, it may well be that one; by what distances say it is hardly.
    let week = |week: i64| week * 7 * 24 * 60;
    let seen = |from: i64| {
        [
            sighting(from, GATE_A, In, "29A12345", 0.999),
            sighting(from + 40, GATE_B, Out, "29A12345", 0.999),
            sighting(from, GATE_B, In, "29A12348", 0.999),
            sighting(from + 95, GATE_A, In, "29A12343", 0.5),
            sighting(from + 100, INSIDE, Seen, "29A12345", 0.999),
            sighting(from + 400, INSIDE, Seen, "29A12348", 0.999),
        ]
    };
    let plain = joining();
    let events = |joining: &Joining| {
        [(GATE_A, In), (GATE_B, Out)].map(|(camera, way)| joining.places.event(camera, way, 0))
    };
    let [a_in, b_out] = events(&plain);
    let mut counts = LinkCounts::none(&plain.places);
    for _ in 0..1000 {
        counts.add_vehicle(&[(0, b_out), (55 * MINUTE, a_in)]);
    }
    counts.over(1e6);
    let kept = serde_json::to_string(&counts.written()).expect("JSON");
    let read = serde_json::from_str(&kept).expect("what was written");
    let again = LinkCounts::read(&read, &plain.places, Some);
    assert_eq!(again, counts);
    let times = LinkTimes::new(&plain.places, &again);
    let first = seen(0)[0].block().week;
    let learned = joining().learned(first + 2, times);
    let all: Vec<Sighting> = [seen(0), seen(week(3))].concat();
    let host = |joining: &Joining, from: i64| {
        let memory = memory(&all, joining);
        memory.decision(seen(from)[3].id).map(|d| (d.key.text.to_string(), d.p))
    };
    assert_eq!(host(&learned, 0), host(&plain, 0), "the week before stays as it was");
    let p_of_12348 = |joining: &Joining| host(joining, week(3)).filter(|h| h.0 == "29A12348").map(|h| h.1);
    let (before, after) = (p_of_12348(&plain), p_of_12348(&learned));
    assert!(after < before && before.is_some(), "{before:?} {after:?}");
}

#[test]
fn a_confident_read_of_the_same_fleet_stays_apart() {
    let seen = [
        sighting(0, GATE_A, In, "29A12345", 0.999),
        sighting(25, INSIDE, Seen, "29A12346", 0.999),
        sighting(60, GATE_B, Out, "29A12345", 0.999),
    ];
    let expected = [("29A12345".to_owned(), vec![0, 60]), ("29A12346".to_owned(), vec![25])];
    assert_eq!(vehicles(&seen), expected);
}

#[test]
fn an_unsure_read_goes_to_the_one_of_the_fleet_whose_way_it_fits() {
    // 12345 has left; 12348 has just come in, and 12346 is nowhere near.
    let seen = [
        sighting(0, GATE_A, In, "29A12345", 0.999),
        sighting(40, GATE_B, Out, "29A12345", 0.999),
        sighting(41, GATE_A, In, "29A12348", 0.999),
        sighting(66, INSIDE, Seen, "29A12343", 0.5),
        sighting(100, GATE_B, Out, "29A12348", 0.999),
    ];
    let expected = [("29A12345".to_owned(), vec![0, 40]), ("29A12348".to_owned(), vec![41, 66, 100])];
    assert_eq!(vehicles(&seen), expected);
}

#[test]
fn what_contradicts_never_joins() {
    let seen = [
        sighting(0, GATE_A, In, "29A12345", 0.999),
        sighting(25, INSIDE, Seen, "51F77788", 0.5),
        sighting(60, GATE_B, Out, "29A12345", 0.999),
    ];
    // Nothing names the one in between.
    assert_eq!(vehicles(&seen), [("29A12345".to_owned(), vec![0, 60])]);
}

#[test]
fn nothing_is_in_two_places_at_once() {
    // Two minutes for some 40 km: the unsure read may look alike as it will.
    let seen = [
        sighting(0, GATE_A, In, "29A12345", 0.999),
        sighting(2, GATE_C, Out, "29A12346", 0.5),
        sighting(60, GATE_B, Out, "29A12345", 0.999),
    ];
    assert_eq!(vehicles(&seen)[0].1, [0, 60]);
    // Two confident reads of one plate: two bodies.
    let clone = [sighting(0, GATE_A, In, "29A12345", 0.999), sighting(2, GATE_C, Out, "29A12345", 0.999)];
    assert_eq!(vehicles(&clone).len(), 2);
    // The front and the rear camera of one gate are one place.
    let pair = [sighting(0, GATE_A, In, "29A12345", 0.999), sighting(0, GATE_A_REAR, In, "29A12345", 0.999)];
    assert_eq!(vehicles(&pair).len(), 1);
}

#[test]
fn codes_on_both_sides_of_the_rule_leave_the_verdict_open() {
    let home = Home::find("Thái Nguyên").expect("a province");
    let confusion = Confusion::built_in();
    let on =
        |date| VerdictRule { home: &home, on: date, kind: PlateKind::Car, sure: 0.99, confident_p: 0.995 };
    let (before, after) = (jiff::civil::date(2025, 6, 30), jiff::civil::date(2025, 7, 1));
    let say = |text, confidence, date| {
        let reading = Reading { text, confidence, candidates: &[], condition: Condition::default() };
        verdict(&[reading], &confusion, &on(date))
    };
    assert_eq!(say("20A12345", 0.999, after), Verdict::Home);
    assert_eq!(say("97A12345", 0.999, after), Verdict::Home);
    assert_eq!(say("97A12345", 0.999, before), Verdict::Outside);
    assert_eq!(say("29A12345", 0.999, after), Verdict::Outside);
    let both = [Candidate { text: "20A12345".into(), p: 0.2, painted: false }];
    let unsure =
        Reading { text: "28A12345", confidence: 0.6, candidates: &both, condition: Condition::default() };
    assert_eq!(verdict(&[unsure], &confusion, &on(after)), Verdict::Undetermined);
    // Far from any home code: misread or not, it is not ours.
    assert_eq!(say("51A12345", 0.7, after), Verdict::Outside);
    // Two readings that agree are surer than one.
    let readings = [0.9, 0.9, 0.9].map(|confidence| Reading {
        text: "29A12345",
        confidence,
        candidates: &[],
        condition: Condition::default(),
    });
    assert_eq!(verdict(&readings, &confusion, &on(after)), Verdict::Outside);
}

/// A small crowded world: eight plates that look alike, read well and badly.
fn any_sighting() -> impl Strategy<Value = Sighting> {
    let texts =
        ["29A12345", "29A12346", "29A12348", "29A12343", "29A1234", "29A12B45", "20A12345", "29A123?5"];
    let confidence = prop_oneof![Just(0.999f32), Just(0.98), Just(0.8), Just(0.4)];
    let direction = prop_oneof![Just(In), Just(Out), Just(Seen)];
    let named = prop::option::weighted(0.3, prop::sample::select(texts[..6].to_vec()));
    // Over some three weeks: a block has neighbours, and members far apart.
    let when = (0i64..30_000, 0u16..5, direction);
    (when, prop::sample::select(texts.to_vec()), confidence, named).prop_map(
        |((minute, camera, direction), text, confidence, named)| {
            let confidence = if text.contains('?') { confidence.min(0.8) } else { confidence };
            let mut sighting = sighting(minute, camera, direction, text, confidence);
            let other = named.filter(|n| *n != text).and_then(PlateText::new);
            sighting.candidates = other.map(|text| (text, (1.0 - confidence) * 0.5)).into_iter().collect();
            sighting
        },
    )
}

fn once_each(sightings: Vec<Sighting>) -> Vec<Sighting> {
    let mut seen = std::collections::BTreeSet::new();
    sightings.into_iter().filter(|s| seen.insert(s.id)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]

    #[test]
    fn the_order_of_arrival_does_not_matter(
        sightings in prop::collection::vec(any_sighting(), 1..40),
        order in any::<u64>(), batch in 1usize..5,
        extra in prop::collection::vec(any_sighting(), 0..6),
    ) {
        let joining = joining();
        let sightings = once_each(sightings);
        let at_once = memory(&sightings, &joining).vehicles(&joining);

        let mut shuffled = sightings.clone();
        shuffled.sort_by_key(|s| (s.id ^ order).wrapping_mul(0x9E37_79B9_7F4A_7C15));
        let mut other = Memory::new();
        // What comes and is taken back leaves no trace.
        let extra: Vec<Sighting> =
            once_each(extra).into_iter().filter(|e| sightings.iter().all(|s| s.id != e.id)).collect();
        extra.iter().for_each(|e| other.insert(e.clone(), &joining));
        other.settle(&joining);
        for part in shuffled.chunks(batch) {
            part.iter().for_each(|s| other.insert(s.clone(), &joining));
            other.settle(&joining);
        }
        for e in &extra {
            other.remove(e.key, e.id);
        }
        other.settle(&joining);
        prop_assert_eq!(other.stale(&joining), Vec::new());
        prop_assert_eq!(at_once, other.vehicles(&joining));
    }

    #[test]
    fn a_vehicle_is_in_one_place_and_its_confident_reads_agree(
        sightings in prop::collection::vec(any_sighting(), 1..60),
    ) {
        let joining = joining();
        let sightings = once_each(sightings);
        let vehicles = memory(&sightings, &joining).vehicles(&joining);
        let mut members = 0;
        for vehicle in &vehicles {
            members += vehicle.members.len();
            prop_assert!(vehicle.members.iter().any(|m| m.anchor.read), "{:?} was read nowhere", vehicle.key);
            for step in vehicle.members.windows(2) {
                let (a, b) = (&step[0].anchor, &step[1].anchor);
                let seconds = (b.at - a.at) as f64 / 1e6;
                prop_assert!(seconds >= 0.0);
                let twice = (a.camera, a.event) == (b.camera, b.event) && !step[0].moved && !step[1].moved;
                let possible = joining.places.can_follow((a.camera, a.event), (b.camera, b.event), seconds);
                prop_assert!(twice || possible);
            }
            let of = |m: &Member| sightings.iter().find(|s| s.id == m.anchor.id).expect("it was recorded");
            for sure in vehicle.members.iter().map(of).filter(|s| s.is_sure(&joining.rules)) {
                prop_assert_eq!(sure.key, vehicle.key);
            }
            for member in vehicle.members.iter().map(of) {
                let text = member.key.text.to_string();
                let candidates: Vec<Candidate> =
                    member.candidates.iter().map(|c| Candidate { text: c.0.to_string(), p: c.1, painted: false }).collect();
                let reading = Reading {
                    text: &text,
                    confidence: member.confidence,
                    candidates: &candidates,
                    condition: Condition::default(),
                };
                let shown = joining.confusion.belief(&reading, &vehicle.key.text.to_string());
                // Members of one block move together: the one that names a candidate speaks for the others.
                let spoken_for = sightings.iter().any(|s| {
                    s.key == member.key && s.candidates.iter().any(|c| c.0 == vehicle.key.text)
                });
                prop_assert!(shown > 1e-9 || spoken_for, "{} does not look like {:?}", text, vehicle.key);
            }
        }
        let read = sightings.iter().filter(|s| s.read).count();
        prop_assert!(read <= members && members <= sightings.len(), "each that was read is one vehicle's, once");
    }
}

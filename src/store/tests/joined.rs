//! Joining in the store: the same as in memory, whatever the order in which records arrive, are amended and taken back.

use proptest::prelude::*;

use super::support::{assemble, at, clock, key, passage, record};
use crate::domain::ids::{CameraId, RecordId};
use crate::domain::journey::Journey;
use crate::domain::passage::{CancelledPassage, Passage};
use crate::domain::place::{CameraPlace, CameraRole, Direction, Faces};
use crate::domain::plate::{Candidate, PlateState};
use crate::join::{Memory, Rules};
use crate::plate::confusion::Confusion;
use crate::store::facts::SettingsUsed;
use crate::store::joined::{JoinBy, Known, Setting, witnesses};
use crate::store::{Hands, OpenMode, Record, Severity, Store, Writer, WriterOptions, check, write_beside};

fn by() -> JoinBy {
    JoinBy { rules: Rules::default(), confusion: Confusion::built_in() }
}

fn hands() -> Hands {
    let plain = Hands::new(assemble());
    Hands::joined(plain.assemble, plain.likeness, by())
}

/// Two gates some 30 km apart, and a camera inside.
fn settings() -> SettingsUsed {
    let camera = |name: &str, gate: Option<&str>, lat, lon| CameraPlace {
        name: CameraId::new(name),
        role: if gate.is_some() { CameraRole::Gateway } else { CameraRole::Interior },
        gate: gate.map(str::to_owned),
        lane: None,
        lat: Some(lat),
        lon: Some(lon),
        faces: Faces::Both,
        line: None,
    };
    SettingsUsed {
        home: "Thái Nguyên".to_owned(),
        gates: Vec::new(),
        cameras: vec![
            camera("south", Some("South"), 21.33, 105.87),
            camera("inside", None, 21.45, 105.85),
            camera("north", Some("North"), 21.60, 105.85),
        ],
        lost_after_s: 259_200,
        same_crossing_s: 20,
    }
}

/// A passage of `text` after `minute`; below .97 it is undetermined.
fn seen(minute: i64, camera: usize, text: &str, confidence: f32) -> Passage {
    let (camera, gate, direction) = [
        ("south", Some("South"), Direction::In),
        ("inside", None, Direction::Seen),
        ("north", Some("North"), Direction::Out),
    ][camera];
    let read = confidence >= 0.97;
    let mut p = passage(text, minute * 60, camera, direction);
    p.id = RecordId::derive('p', &[camera, &minute.to_string(), text]);
    p.gate = gate.map(str::to_owned);
    p.role = if gate.is_some() { CameraRole::Gateway } else { CameraRole::Interior };
    p.confidence = confidence;
    p.candidates = vec![Candidate { text: text.to_owned(), p: confidence, painted: false }];
    if !read {
        (p.plate, p.plate_kind, p.plate_state) = (None, None, PlateState::Undetermined);
    }
    p
}

fn writer(dir: &std::path::Path) -> Writer {
    let store = Store::open(dir, OpenMode::Create).expect("a store");
    let mut options = WriterOptions::new(assemble(), clock());
    options.hands = hands();
    Writer::start(store, options).expect("a writer")
}

fn journeys(dir: &std::path::Path, text: &str) -> Vec<Journey> {
    let store = Store::open(dir, OpenMode::ReadOnly).expect("a store");
    let reader = store.reader().expect("a reader");
    reader.journeys_of(&[key(text)], at(1_000_000)).expect("journeys")
}

fn faults(dir: &std::path::Path) -> Vec<String> {
    let store = Store::open(dir, OpenMode::ReadWrite).expect("a store");
    let found = check(&store, &hands()).expect("a check");
    found.into_iter().filter(|f| f.severity > Severity::Note).map(|f| f.text).collect()
}

#[test]
fn a_look_alike_continues_the_journey_and_says_why() {
    let dir = tempfile::tempdir().expect("a folder");
    let writer = writer(dir.path());
    writer.send(Record::Settings(Box::new(settings()))).expect("sent");
    for p in [seen(0, 0, "29A12345", 0.999), seen(30, 1, "29A12B45", 0.5), seen(60, 2, "29A12345", 0.999)] {
        writer.send(record(p)).expect("sent");
    }
    writer.close().expect("closed");
    let journeys = journeys(dir.path(), "29A12345");
    assert_eq!(journeys.len(), 1);
    let legs: Vec<_> = journeys[0].legs.iter().map(|l| (l.camera.to_string(), l.why.clone())).collect();
    assert_eq!(legs.len(), 3, "{legs:?}");
    assert!(legs[1].1.starts_with("looks alike: read as 29A12B45, 30 min"), "{legs:?}");
    let store = Store::open(dir.path(), OpenMode::ReadOnly).expect("a store");
    let of_plate = store.reader().and_then(|r| r.passages_of(&[key("29A12345")])).expect("passages");
    assert_eq!(of_plate.len(), 3, "the one that was not read as it is among them");
    drop(store);
    assert_eq!(faults(dir.path()), Vec::<String>::new());
}

/// Two of a fleet pass together, and what lies between may be either's: neither is said to have gone straight on.
#[test]
fn a_leg_says_what_may_lie_before_it() {
    let dir = tempfile::tempdir().expect("a folder");
    let writer = writer(dir.path());
    writer.send(Record::Settings(Box::new(settings()))).expect("sent");
    let between = seen(30, 1, "29A1234?", 0.5);
    let (one, other) = ("29A12345", "29A12346");
    for p in
        [seen(0, 0, one, 0.999), seen(60, 2, one, 0.999), seen(0, 0, other, 0.999), seen(60, 2, other, 0.999)]
    {
        writer.send(record(p)).expect("sent");
    }
    writer.flush().expect("flushed");
    let sure = journeys(dir.path(), one);
    assert!(sure[0].legs[1].is_next() && sure[0].legs[1].between.is_empty(), "{sure:?}");
    assert_eq!(sure[0].legs[0].link_p, None);
    writer.send(record(between.clone())).expect("sent");
    writer.flush().expect("flushed");
    for text in [one, other] {
        let all = journeys(dir.path(), text);
        let leg = &all[0].legs[1];
        assert_eq!(leg.between.iter().map(|m| &m.passage).collect::<Vec<_>>(), [&between.id], "{all:?}");
        assert!(
            !leg.is_next() && leg.link_p.is_some_and(|p| (p + leg.between[0].p - 1.0).abs() < 0.01),
            "{leg:?}"
        );
    }
    let gone = CancelledPassage { id: between.id, at: between.crossed_at, why: "taken back".to_owned() };
    writer.send(Record::Cancelled(gone)).expect("sent");
    writer.close().expect("closed");
    assert_eq!(journeys(dir.path(), one), sure);
    assert_eq!(faults(dir.path()), Vec::<String>::new());
}

#[test]
fn what_is_taken_back_leaves_the_journey_it_was_joined_to() {
    let dir = tempfile::tempdir().expect("a folder");
    let writer = writer(dir.path());
    writer.send(Record::Settings(Box::new(settings()))).expect("sent");
    let guest = seen(30, 1, "29A12B45", 0.5);
    for p in [seen(0, 0, "29A12345", 0.999), guest.clone(), seen(60, 2, "29A12345", 0.999)] {
        writer.send(record(p)).expect("sent");
    }
    writer.flush().expect("flushed");
    let gone = CancelledPassage { id: guest.id, at: guest.crossed_at, why: "turned back".to_owned() };
    writer.send(Record::Cancelled(gone)).expect("sent");
    writer.close().expect("closed");
    let legs: Vec<_> = journeys(dir.path(), "29A12345").iter().map(|j| j.legs.len()).collect();
    assert_eq!(legs, [2]);
    assert_eq!(faults(dir.path()), Vec::<String>::new());
}

#[test]
fn places_that_change_have_the_unsure_joined_again() {
    let dir = tempfile::tempdir().expect("a folder");
    let first = writer(dir.path());
    first.send(Record::Settings(Box::new(settings()))).expect("sent");
    for p in [seen(0, 0, "29A12345", 0.999), seen(4, 1, "29A12B45", 0.5)] {
        first.send(record(p)).expect("sent");
    }
    first.close().expect("closed");
    // 13 km in four minutes: another vehicle. The camera was put down in the wrong place; it is beside the gate.
    assert_eq!(journeys(dir.path(), "29A12345")[0].legs.len(), 1);
    let mut right = settings();
    (right.cameras[1].lat, right.cameras[1].lon) = (Some(21.335), Some(105.87));
    let store = Store::open(dir.path(), OpenMode::ReadWrite).expect("a store");
    write_beside(&store, [Record::Settings(Box::new(right))], &hands(), &*clock()).expect("written");
    drop(store);
    assert_eq!(journeys(dir.path(), "29A12345")[0].legs.len(), 2);
    assert_eq!(faults(dir.path()), Vec::<String>::new());
}

#[test]
fn link_times_are_learned_for_the_weeks_to_come_and_no_decision_changes() {
    const WEEK_S: i64 = 7 * 86_400;
    let dir = tempfile::tempdir().expect("a folder");
    let clock = clock();
    let store = Store::open(dir.path(), OpenMode::Create).expect("a store");
    let mut options = WriterOptions::new(assemble(), clock.clone());
    options.hands = hands();
    let writer = Writer::start(store, options).expect("a writer");
    writer.send(Record::Settings(Box::new(settings()))).expect("sent");
    let week = |db: &rusqlite::Connection| crate::store::joined::learned::weeks(db).expect("weeks");
    let read = || Store::open(dir.path(), OpenMode::ReadOnly).and_then(|s| s.read()).expect("a connection");
    // Forty vehicles come and go through the province, thirty times each.
    for n in 0..1200 {
        let plate = format!("29A1{:02}{:02}", n % 40, n % 40);
        for (after, camera) in [(0, 0), (20, 1), (50, 2)] {
            writer.send(record(seen(n + after, camera, &plate, 0.999))).expect("sent");
        }
    }
    writer.send(record(seen(700, 1, "29A12B45", 0.5))).expect("sent");
    writer.flush().expect("flushed");
    // The clock stands at minute 1666. What is learned holds from the next week on.
    let later = |hours: u64| {
        clock.advance(std::time::Duration::from_secs(hours * 3600));
        // One to wake it, one that finds the time come, one to know that this is over.
        (0..3).for_each(|_| writer.flush().expect("flushed"));
    };
    later(1);
    let this = crate::join::week_of(at(100_000).as_microsecond());
    assert_eq!(week(&read()), [this + 1]);
    later(14 * 24);
    assert_eq!(week(&read()), [this + 1], "good for four weeks");
    writer.send(record(seen(WEEK_S * 2 / 60, 1, "29A12B45", 0.5))).expect("sent");
    later(14 * 24 + 3);
    assert_eq!(week(&read()), [this + 1, this + 5]);
    writer.close().expect("closed");
    assert_eq!(faults(dir.path()), Vec::<String>::new());
}

fn any_passage() -> impl Strategy<Value = Passage> {
    let texts = ["29A12345", "29A12346", "29A12348", "29A1234", "29A12B45", "20A12345", "29A123?5"];
    let confidence = prop_oneof![Just(0.9999f32), Just(0.98), Just(0.8), Just(0.4)];
    let other = prop::option::weighted(0.3, prop::sample::select(texts[..6].to_vec()));
    (0i64..30_000, 0usize..3, prop::sample::select(texts.to_vec()), confidence, other).prop_map(
        |(minute, camera, text, confidence, other)| {
            let confidence = if text.contains('?') { confidence.min(0.8) } else { confidence };
            let mut p = seen(minute, camera, text, confidence);
            let p_other = (1.0 - confidence) * 0.5;
            p.candidates.extend(other.filter(|o| *o != text).map(|o| Candidate {
                text: o.to_owned(),
                p: p_other,
                painted: false,
            }));
            p
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn the_store_joins_as_memory_does_in_any_order(
        passages in prop::collection::vec(any_passage(), 1..25),
        extra in prop::collection::vec(any_passage(), 0..4),
        order in any::<u64>(), batch in 1usize..6,
    ) {
        let mut names = std::collections::BTreeSet::new();
        let mut once = |p: Vec<Passage>| p.into_iter().filter(|p| names.insert(p.id.clone())).collect::<Vec<_>>();
        let (passages, extra) = (once(passages), once(extra));
        let dir = tempfile::tempdir().expect("a folder");
        let store = Store::open(dir.path(), OpenMode::Create).expect("a store");
        let write = |records: Vec<Record>| {
            write_beside(&store, records, &hands(), &*clock()).expect("written");
        };
        write(vec![Record::Settings(Box::new(settings()))]);
        write(extra.iter().cloned().map(record).collect());
        let mut shuffled = passages.clone();
        shuffled.sort_by_key(|p| (crate::join::number_of(&p.id) ^ order).wrapping_mul(0x9E37_79B9_7F4A_7C15));
        for part in shuffled.chunks(batch) {
            write(part.iter().cloned().map(record).collect());
        }
        write(extra.iter().map(|p| {
            Record::Cancelled(CancelledPassage { id: p.id.clone(), at: p.crossed_at, why: "taken back".to_owned() })
        }).collect());

        let db = store.read().expect("a connection");
        let known = Known::of(&db, []).expect("cameras");
        let setting = Setting::new(&known, &by());
        let mut memory = Memory::new();
        for p in &passages {
            memory.insert(setting.sighting(p).expect("a sighting"), &setting.joining);
        }
        memory.settle(&setting.joining);
        // As sets of passages.
        let name = |p: &Passage| crate::join::number_of(&p.id);
        let members = |v: &crate::join::Vehicle| v.members.iter().map(|m| m.anchor.id).collect();
        let mut expected: Vec<Vec<u64>> = memory.vehicles(&setting.joining).iter().map(members).collect();
        expected.iter_mut().for_each(|v| v.sort_unstable());
        expected.sort();
        let mut keys: Vec<_> = memory.by_text().map(|(k, _)| key(&k.text.to_string())).collect();
        keys.sort();
        keys.dedup();
        let mut got: Vec<Vec<u64>> = Vec::new();
        for key in keys {
            for body in witnesses(&db, Some(&setting), &key).expect("witnesses") {
                let mut ids: Vec<u64> = body.iter().map(|w| name(&w.passage)).collect();
                ids.sort_unstable();
                got.push(ids);
            }
        }
        got.sort();
        prop_assert_eq!(got, expected);
        drop(db);
        drop(store);
        prop_assert_eq!(faults(dir.path()), Vec::<String>::new());
    }
}

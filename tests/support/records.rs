//! A small store of invented plates, written through the library as a run writes it.

use std::path::Path;
use std::sync::Arc;

use hanhtrinh::base::clock::SimulatedClock;
use hanhtrinh::domain::detection::VehicleClass;
use hanhtrinh::domain::ids::{CameraId, RecordId};
use hanhtrinh::domain::passage::{Outage, Passage, Pictures};
use hanhtrinh::domain::place::{CameraPlace, CameraRole, Direction, Faces, Gate};
use hanhtrinh::domain::plate::{Candidate, Layout, PlateClass, PlateColour, PlateKind, PlateState, Verdict};
use hanhtrinh::domain::time::ClockQuality;
use hanhtrinh::journey::JourneyRules;
use hanhtrinh::pipeline::{ReaderErrors, hands};
use hanhtrinh::plate::confusion::Confusion;
use hanhtrinh::store::{OpenMode, Record, SettingsUsed, Store, Writer, WriterOptions};
use jiff::{SignedDuration, Timestamp};

/// Seconds after 14/03/2026 07:00 in Vietnam.
pub fn at(seconds: i64) -> Timestamp {
    let start: Timestamp = "2026-03-14T00:00:00Z".parse().expect("a time");
    start + SignedDuration::from_secs(seconds)
}

fn passage(plate: &str, seconds: i64, direction: Direction, province: &str, verdict: Verdict) -> Passage {
    Passage {
        id: RecordId::derive('p', &[plate, &seconds.to_string()]),
        revision: 1,
        camera: CameraId::new("da-phuc"),
        gate: Some("Cầu Đa Phúc".to_owned()),
        lane: None,
        role: CameraRole::Gateway,
        direction,
        crossed_at: Some(at(seconds)),
        first_seen: Some(at(seconds - 2)),
        last_seen: Some(at(seconds + 2)),
        stream_s: seconds as f64,
        clock: ClockQuality::Synced,
        class: VehicleClass::Car,
        colour: None,
        plate: Some(plate.to_owned()),
        plate_kind: Some(PlateKind::Car),
        plate_state: PlateState::Read,
        confidence: 0.987,
        candidates: vec![Candidate { text: plate.to_owned(), p: 0.987, painted: false }],
        layout: Some(Layout::OneLine),
        plate_class: Some(PlateClass::Car),
        plate_colour: PlateColour::White,
        trailer_plate: None,
        painted_number: None,
        province: Some(province.to_owned()),
        verdict,
        looks: 7,
        pictures: Pictures::default(),
        models: "detector=1 reader=1 provider=cpu".to_owned(),
        config: "0123456789ab".to_owned(),
        verdict_by_today: false,
        corrected: false,
    }
}

/// One whose plate could not be read, with what it may show; the first is its best guess.
fn not_read(name: &str, seconds: i64, candidates: &[(&str, f32)]) -> Passage {
    let all =
        candidates.iter().map(|(text, p)| Candidate { text: (*text).to_owned(), p: *p, painted: false });
    Passage {
        plate: None,
        plate_kind: None,
        plate_state: PlateState::Undetermined,
        confidence: candidates[0].1,
        candidates: all.collect(),
        plate_class: None,
        province: None,
        ..passage(name, seconds, Direction::In, "47", Verdict::Undetermined)
    }
}

/// Five passages at one gate: a Hanoi car in and out, a home car, one that could not be read, one without a plate.
pub fn small_store(dir: &Path) {
    let unread = Passage {
        plate: None,
        plate_kind: None,
        plate_state: PlateState::Undetermined,
        confidence: 0.4,
        candidates: vec![Candidate { text: "34A99999".to_owned(), p: 0.4, painted: false }],
        plate_class: None,
        province: None,
        class: VehicleClass::Bus,
        ..passage("34A99999", 300, Direction::In, "34", Verdict::Undetermined)
    };
    let without = Passage {
        candidates: Vec::new(),
        plate_state: PlateState::NotVisible,
        class: VehicleClass::Motorcycle,
        ..Passage { id: RecordId::derive('p', &["without"]), crossed_at: Some(at(400)), ..unread.clone() }
    };
    let passages = [
        passage("30A00011", 60, Direction::In, "30", Verdict::Outside),
        passage("20A00022", 120, Direction::In, "20", Verdict::Home),
        unread,
        without,
        passage("30A00011", 4000, Direction::Out, "30", Verdict::Outside),
    ];
    write_store(dir, &[("Cầu Đa Phúc", "da-phuc", None)], &passages, &[]);
}

/// Two gates with their places and, beside the small store's home car: a car that enters by one and leaves by the other,
/// another that does so with it, one that only enters with it, a plate at both gates within a minute, one that could not
/// be read, and an outage meanwhile.
pub fn company_store(dir: &Path) {
    let at_khe =
        |p: Passage| Passage { camera: CameraId::new("deo-khe"), gate: Some("Đèo Khế".to_owned()), ..p };
    let passages = [
        passage("30A00011", 60, Direction::In, "30", Verdict::Outside),
        passage("99A00033", 100, Direction::In, "99", Verdict::Outside),
        passage("20A00022", 120, Direction::In, "20", Verdict::Home),
        passage("88A00055", 180, Direction::In, "88", Verdict::Outside),
        passage("29C00044", 200, Direction::In, "29", Verdict::Outside),
        at_khe(passage("29C00044", 260, Direction::In, "29", Verdict::Outside)),
        at_khe(passage("30A00011", 4000, Direction::Out, "30", Verdict::Outside)),
        at_khe(passage("99A00033", 4100, Direction::Out, "99", Verdict::Outside)),
        passage("88A00055", 9000, Direction::Out, "88", Verdict::Outside),
        not_read("47A11111", 7000, &[("47A11111", 0.5), ("47A11117", 0.3)]),
    ];
    let outage = Outage {
        camera: CameraId::new("deo-khe"),
        from: at(1000),
        to: Some(at(1500)),
        state: "unreachable".to_owned(),
        why: "no route to host".to_owned(),
    };
    let gates = [
        ("Cầu Đa Phúc", "da-phuc", Some((21.328, 105.873))),
        ("Đèo Khế", "deo-khe", Some((21.683, 105.486))),
    ];
    write_store(dir, &gates, &passages, &[outage]);
}

/// A gate's name, its camera, and its degrees north and east.
type PlacedGate<'a> = (&'a str, &'a str, Option<(f64, f64)>);

fn write_store(dir: &Path, gates: &[PlacedGate], passages: &[Passage], outages: &[Outage]) {
    let rules = JourneyRules::default();
    let settings = SettingsUsed {
        home: "Thái Nguyên".to_owned(),
        gates: gates
            .iter()
            .map(|(name, _, at)| Gate {
                name: (*name).to_owned(),
                lat: at.map(|a| a.0),
                lon: at.map(|a| a.1),
                neighbour: None,
                from: None,
                to: None,
            })
            .collect(),
        cameras: gates
            .iter()
            .map(|(gate, camera, at)| CameraPlace {
                name: CameraId::new(camera),
                role: CameraRole::Gateway,
                gate: Some((*gate).to_owned()),
                lane: None,
                lat: at.map(|a| a.0),
                lon: at.map(|a| a.1),
                faces: Faces::Both,
                line: None,
            })
            .collect(),
        lost_after_s: rules.lost_after.as_secs(),
        same_crossing_s: rules.same_crossing_window.as_secs(),
    };
    let store = Store::open(dir, OpenMode::Create).expect("a store");
    // Of no reader in particular, so that training one changes no test.
    let errors = ReaderErrors { confusion: Confusion::built_in(), confident_p: 0.95 };
    let options = WriterOptions::with(hands(rules, errors), Arc::new(SimulatedClock::at(at(5000))));
    let writer = Writer::start(store, options);
    let writer = writer.expect("a writer");
    writer.send(Record::Settings(Box::new(settings))).expect("the writer runs");
    for passage in passages.iter().cloned() {
        writer.send(Record::Passage(Box::new(passage), Vec::new())).expect("the writer runs");
    }
    for outage in outages.iter().cloned() {
        writer.send(Record::Outage(outage)).expect("the writer runs");
    }
    writer.close().expect("all is written");
}

/// So many passages of as many home cars by one gate, a second apart.
pub fn many_passages(dir: &Path, n: i64) {
    let passages: Vec<Passage> = (0..n)
        .map(|i| passage(&format!("20A{:05}", 10_000 + i), i, Direction::In, "20", Verdict::Home))
        .collect();
    write_store(dir, &[("Cầu Đa Phúc", "da-phuc", None)], &passages, &[]);
}

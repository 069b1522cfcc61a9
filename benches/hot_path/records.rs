//! Passages into the store: batches through its writer, journeys joined on the way.

use std::hint::black_box;
use std::sync::Arc;

use criterion::Criterion;
use hanhtrinh::base::clock::SystemClock;
use hanhtrinh::domain::detection::VehicleClass;
use hanhtrinh::domain::ids::{CameraId, RecordId};
use hanhtrinh::domain::journey::Origin;
use hanhtrinh::domain::passage::{Passage, Pictures};
use hanhtrinh::domain::place::{CameraRole, Direction};
use hanhtrinh::domain::plate::{Candidate, Layout, PlateClass, PlateColour, PlateKind, PlateState, Verdict};
use hanhtrinh::domain::time::ClockQuality;
use hanhtrinh::journey::assemble::{JourneyRules, assemble};
use hanhtrinh::store::{OpenMode, Record, Store, Writer, WriterOptions};
use jiff::{SignedDuration, Timestamp};

/// Passages in one go: what a busy minute of all cameras may bring.
const BATCH: u64 = 64;
/// Vehicles that come again and again.
const VEHICLES: u64 = 5_000;

pub fn store(c: &mut Criterion) {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Store::open(folder.path(), OpenMode::Create).expect("a new store");
    let rules = JourneyRules::default();
    let joined = Box::new(move |key: &_, passages: &[_]| assemble(key, passages, &rules, &origin));
    let writer =
        Writer::start(store, WriterOptions::new(joined, Arc::new(SystemClock::new()))).expect("started");
    let mut next = 0;
    let mut write = || {
        for number in next..next + BATCH {
            writer.send(Record::Passage(Box::new(passage(number)), Vec::new())).expect("the writer lives");
        }
        next += BATCH;
        writer.flush().expect("written");
    };
    write();
    c.bench_function(&format!("{BATCH} passages written and flushed"), |b| {
        b.iter(|| black_box(&mut write)())
    });
    assert_eq!(writer.handle().counts().passages, next, "every passage was new and is on disk");
    writer.close().expect("closed");
}

fn origin(code: &str) -> Origin {
    Origin {
        code: Some(code.to_owned()),
        province_2021: Some("A".to_owned()),
        province_now: Some("B".to_owned()),
    }
}

/// The passage of that number: every 7 seconds another vehicle of `VEHICLES`, in and out in turn. Plates are invented.
fn passage(number: u64) -> Passage {
    let start = Timestamp::UNIX_EPOCH + SignedDuration::from_hours(24 * 365 * 56);
    let at = start + SignedDuration::from_secs(number as i64 * 7);
    let text = format!("99Z{:05}", number % VEHICLES);
    let direction = if (number / VEHICLES).is_multiple_of(2) { Direction::In } else { Direction::Out };
    Passage {
        id: RecordId::derive('p', &["bench", &number.to_string()]),
        revision: 1,
        camera: CameraId::new("bench"),
        gate: Some("bench".to_owned()),
        lane: None,
        role: CameraRole::Gateway,
        direction,
        crossed_at: Some(at),
        first_seen: Some(at - SignedDuration::from_secs(2)),
        last_seen: Some(at + SignedDuration::from_secs(2)),
        stream_s: number as f64 * 7.0,
        clock: ClockQuality::Synced,
        class: VehicleClass::Car,
        colour: None,
        plate: Some(text.clone()),
        plate_kind: Some(PlateKind::Car),
        plate_state: PlateState::Read,
        confidence: 0.98,
        candidates: vec![Candidate { text, p: 0.98, painted: false }],
        layout: Some(Layout::OneLine),
        plate_class: Some(PlateClass::Car),
        plate_colour: PlateColour::White,
        trailer_plate: None,
        painted_number: None,
        province: Some("99".to_owned()),
        verdict: Verdict::Outside,
        looks: 9,
        pictures: Pictures::default(),
        models: "detector=bench reader=bench provider=cpu".to_owned(),
        config: "0123456789ab".to_owned(),
        verdict_by_today: false,
        corrected: false,
    }
}

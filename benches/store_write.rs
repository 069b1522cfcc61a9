//! What a passage costs the store: a single row that is on disk when it is acknowledged, and a full batch. No
//! pictures: their cost is the disk's. `cargo bench --bench store_write`.

use std::sync::Arc;
use std::time::Duration;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use hanhtrinh::base::clock::SystemClock;
use hanhtrinh::domain::detection::VehicleClass;
use hanhtrinh::domain::ids::{CameraId, RecordId};
use hanhtrinh::domain::journey::{Origin, Witness};
use hanhtrinh::domain::passage::{Passage, Pictures};
use hanhtrinh::domain::place::{CameraRole, Direction};
use hanhtrinh::domain::plate::{Candidate, PlateColour, PlateKind, PlateState, Verdict};
use hanhtrinh::domain::time::ClockQuality;
use hanhtrinh::journey::assemble::{JourneyRules, assemble};
use hanhtrinh::pipeline::{hands, reader_errors_or_built_in};
use hanhtrinh::store::{BATCH_RECORDS, Filter, Hands, OpenMode, Record, Store, Writer, WriterOptions};
use jiff::{SignedDuration, Timestamp};

/// Passage `i`: every vehicle comes in and goes out, 20,000 vehicles in turn, ten seconds apart.
fn passage(i: u64) -> Passage {
    let start: Timestamp = "2026-03-14T00:00:00Z".parse().expect("a time");
    let at = start + SignedDuration::from_secs(i as i64 * 10);
    let plate = format!("29A{:05}", i / 2 % 20_000);
    Passage {
        id: RecordId::derive('p', &["bench", &i.to_string()]),
        revision: 1,
        camera: CameraId::new(if i.is_multiple_of(2) { "bac-1" } else { "nam-1" }),
        gate: Some("Bắc".to_owned()),
        lane: None,
        role: CameraRole::Gateway,
        direction: if i.is_multiple_of(2) { Direction::In } else { Direction::Out },
        crossed_at: Some(at),
        first_seen: Some(at),
        last_seen: Some(at),
        stream_s: i as f64,
        clock: ClockQuality::Synced,
        class: VehicleClass::Car,
        colour: None,
        plate: Some(plate.clone()),
        plate_kind: Some(PlateKind::Car),
        plate_state: PlateState::Read,
        // One in twenty is not sure.
        confidence: if i % 20 == 7 { 0.975 } else { 0.999 },
        candidates: vec![Candidate { text: plate, p: 0.99, painted: false }],
        layout: None,
        plate_class: None,
        plate_colour: PlateColour::White,
        trailer_plate: None,
        painted_number: None,
        province: Some("29".to_owned()),
        verdict: Verdict::Outside,
        looks: 9,
        pictures: Pictures::default(),
        models: "detector=1 reader=1 provider=cpu".to_owned(),
        config: "0123456789ab".to_owned(),
        verdict_by_today: false,
        corrected: false,
    }
}

/// `joined`: as the program writes; else by equal plates alone, to see what joining costs.
fn writer(dir: &std::path::Path, joined: bool) -> Writer {
    let store = Store::open(dir, OpenMode::Create).expect("a store");
    let rules = JourneyRules::default();
    let origin = |code: &str| Origin { code: Some(code.to_owned()), ..Origin::default() };
    let hands = if joined {
        hands(rules, reader_errors_or_built_in().0)
    } else {
        Hands::new(Box::new(move |key: &_, witnesses: &[Witness]| assemble(key, witnesses, &rules, &origin)))
    };
    Writer::start(store, WriterOptions::with(hands, Arc::new(SystemClock::new()))).expect("a writer")
}

fn write(writer: &Writer, numbers: std::ops::Range<u64>) {
    for i in numbers {
        writer.send(Record::Passage(Box::new(passage(i)), Vec::new())).expect("the writer runs");
    }
    writer.flush().expect("written");
}

fn store_write(c: &mut Criterion) {
    let mut group = c.benchmark_group("store_write");
    group.sample_size(20).measurement_time(Duration::from_secs(8));
    for (name, joined) in [("plain", false), ("joined", true)] {
        let dir = tempfile::tempdir().expect("a folder");
        {
            // The answer first: what is acknowledged is there, joined.
            let writer = writer(dir.path(), joined);
            write(&writer, 0..4);
            let store = Store::open(dir.path(), OpenMode::ReadOnly);
            let reader = store.and_then(|s| s.reader()).expect("a reader");
            assert_eq!(reader.passages(&Filter::default()).expect("passages").len(), 4);
            let journeys = reader.journeys(&Filter::default(), Timestamp::now()).expect("journeys");
            assert!(journeys.len() == 2 && journeys.iter().all(|j| j.entry_seen && j.exit_seen));
        }
        let writer = writer(dir.path(), joined);
        let mut next = 4;
        for rows in [1, BATCH_RECORDS as u64] {
            group.throughput(Throughput::Elements(rows));
            group.bench_function(BenchmarkId::new(name, rows), |b| {
                b.iter(|| {
                    write(&writer, next..next + rows);
                    next += rows;
                });
            });
        }
        assert_eq!(writer.handle().counts().passages, next - 4, "every one was new, and none was lost");
        writer.close().expect("closed");
    }
    group.finish();
}

criterion_group!(benches, store_write);
criterion_main!(benches);

//! Passages, pictures and stores for the tests. All plates are invented.

use std::path::Path;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use crate::base::clock::SimulatedClock;
use crate::domain::detection::{VehicleClass, VehicleColour};
use crate::domain::ids::{CameraId, RecordId};
use crate::domain::journey::{Journey, JourneyState, Leg, Origin};
use crate::domain::passage::{Passage, Pictures};
use crate::domain::place::{CameraRole, Direction};
use crate::domain::plate::{
    Candidate, Layout, PlateClass, PlateColour, PlateKey, PlateKind, PlateState, Verdict,
};
use crate::domain::time::ClockQuality;
use crate::store::{Assemble, OpenMode, Picture, PictureKind, Record, Store, Writer, WriterOptions};

/// Seconds after 2026-03-14 07:00 local time.
pub fn at(seconds: i64) -> Timestamp {
    let start: Timestamp = "2026-03-14T00:00:00Z".parse().expect("a time");
    start + SignedDuration::from_secs(seconds)
}

pub fn clock() -> Arc<SimulatedClock> {
    Arc::new(SimulatedClock::at(at(100_000)))
}

/// A passage of a car at a gateway. Its name is made of camera, time and direction.
pub fn passage(plate: &str, seconds: i64, camera: &str, direction: Direction) -> Passage {
    Passage {
        id: RecordId::derive('p', &[camera, &seconds.to_string(), direction.as_str()]),
        revision: 1,
        camera: CameraId::new(camera),
        gate: Some("Bắc".to_owned()),
        lane: Some("1".to_owned()),
        role: CameraRole::Gateway,
        direction,
        crossed_at: Some(at(seconds) + SignedDuration::from_micros(123_457)),
        first_seen: Some(at(seconds - 2)),
        last_seen: Some(at(seconds + 2)),
        stream_s: seconds as f64 + 0.1,
        clock: ClockQuality::Synced,
        class: VehicleClass::Car,
        colour: Some(VehicleColour::White),
        plate: Some(plate.to_owned()),
        plate_kind: Some(PlateKind::Car),
        plate_state: PlateState::Read,
        confidence: 0.987,
        candidates: vec![Candidate { text: plate.to_owned(), p: 0.987, painted: false }],
        layout: Some(Layout::OneLine),
        plate_class: Some(PlateClass::MotoLetterDigit),
        plate_colour: PlateColour::White,
        trailer_plate: None,
        painted_number: Some("15C99999".to_owned()),
        province: Some("29".to_owned()),
        verdict: Verdict::Outside,
        looks: 7,
        pictures: Pictures::default(),
        models: "detector=1 reader=1 provider=cpu".to_owned(),
        config: "0123456789ab".to_owned(),
        verdict_by_today: false,
        corrected: false,
    }
}

pub fn key(plate: &str) -> PlateKey {
    PlateKey { kind: PlateKind::Car, text: plate.to_owned() }
}

/// The smallest rule that joins: one journey of all passages of the key; `out` closes it, `home` opens none. The real
/// one is in another room; this room only promises to call it with the right passages.
pub fn assemble() -> Assemble {
    Box::new(|key, witnesses| {
        let why = |p: &Passage| witnesses.iter().find(|w| w.passage.id == p.id).and_then(|w| w.why.clone());
        let mut passages: Vec<&Passage> = witnesses.iter().map(|w| &w.passage).collect();
        passages.sort_by_key(|p| (p.crossed_at, p.id.clone()));
        passages.retain(|p| p.crossed_at.is_some() && p.verdict != Verdict::Home);
        let (Some(first), Some(last)) = (passages.first(), passages.last()) else { return Vec::new() };
        let time = |p: &Passage| p.crossed_at.expect("undated ones are left out");
        let end = passages.iter().find(|p| p.direction == Direction::Out);
        let entry = passages.iter().find(|p| p.direction == Direction::In);
        vec![Journey {
            id: RecordId::derive('j', &[&key.to_string(), first.id.as_str()]),
            plate: key.text.clone(),
            plate_kind: key.kind,
            class: first.class,
            verdict: first.verdict,
            origin: Origin { code: first.province.clone(), ..Origin::default() },
            state: if end.is_some() { JourneyState::Left } else { JourneyState::Inside },
            entry_seen: entry.is_some(),
            exit_seen: end.is_some(),
            entered_at: entry.map(|p| time(p)),
            entered_by: entry.and_then(|p| p.gate.clone()),
            left_at: end.map(|p| time(p)),
            left_by: end.and_then(|p| p.gate.clone()),
            last_seen_at: time(last),
            last_seen_by: last.camera.clone(),
            legs: passages
                .iter()
                .map(|p| Leg {
                    passage: p.id.clone(),
                    camera: p.camera.clone(),
                    at: time(p),
                    direction: p.direction,
                    p: p.confidence,
                    why: why(p).unwrap_or_else(|| "same plate".to_owned()),
                    link_p: None,
                    between: Vec::new(),
                })
                .collect(),
            outages: Vec::new(),
        }]
    })
}

/// Something that begins and ends as a JPEG does.
pub fn jpeg(bytes: usize) -> Vec<u8> {
    let mut jpeg = vec![0x55; bytes.max(4)];
    jpeg[..2].copy_from_slice(&[0xff, 0xd8]);
    let end = jpeg.len() - 2;
    jpeg[end..].copy_from_slice(&[0xff, 0xd9]);
    jpeg
}

pub fn picture(kind: PictureKind, bytes: usize) -> Picture {
    Picture { kind, jpeg: jpeg(bytes) }
}

pub fn record(passage: Passage) -> Record {
    Record::Passage(Box::new(passage), Vec::new())
}

pub fn start(dir: &Path) -> Writer {
    let store = Store::open(dir, OpenMode::Create).expect("a store");
    Writer::start(store, WriterOptions::new(assemble(), clock())).expect("a writer")
}

/// Writes these and closes.
pub fn write(dir: &Path, records: impl IntoIterator<Item = Record>) {
    let writer = start(dir);
    for record in records {
        writer.send(record).expect("the writer runs");
    }
    writer.close().expect("all written");
}

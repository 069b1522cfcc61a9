//! Boxes of any size at any times through the tracker, the plates' assignment and a counting line. After every step:
//! tracks are told once and in order, ended ones never come back, and nobody crosses a line without having been seen on
//! both its sides.
#![no_main]

use std::collections::BTreeMap;

use hanhtrinh::domain::detection::{PlateDetection, VehicleClass, VehicleDetection};
use hanhtrinh::domain::geometry::{FrameSpace, Line, Rect};
use hanhtrinh::domain::ids::{CameraId, RunId};
use hanhtrinh::domain::place::Direction;
use hanhtrinh::domain::time::{ClockQuality, Stamp};
use hanhtrinh::domain::track::{EndedTrack, TrackPoint};
use hanhtrinh::journey::crossing::{CrossingEvent, CrossingSettings, LineCounter};
use hanhtrinh::track::{PlateBook, Step, TrackSettings, Tracker};
use libfuzzer_sys::arbitrary::{Result, Unstructured};
use libfuzzer_sys::fuzz_target;

const PICTURE: (u32, u32) = (640, 360);

fuzz_target!(|data: &[u8]| {
    let _ = run(&mut Unstructured::new(data));
});

fn run(u: &mut Unstructured) -> Result<()> {
    let mut share = || Ok(f32::from(u.arbitrary::<u8>()?) / 255.0);
    let line = Line::from([[share()?, share()?], [share()?, share()?]]);
    let mut view = View::new(line);
    let (mut now, mut seen) = (0.0f64, Vec::new());
    let mut steps = 0;
    while !u.is_empty() && steps < 200 {
        steps += 1;
        now += time_step(u)?;
        if now.is_nan() {
            // Such a frame says nothing, and the stream goes on as if it had not been there.
            assert_eq!(view.tracker.step(at(now), PICTURE, &seen), Step::default());
            now = view.now.unwrap_or(0.0);
            continue;
        }
        seen = vehicles(u, &seen)?;
        view.step(now, &seen, u)?;
    }
    view.finish();
    Ok(())
}

fn at(stream_s: f64) -> Stamp {
    Stamp { stream_s, wall: None, clock: ClockQuality::Unknown }
}

/// Mostly an eighth of a second; also none, long gaps, back, and no number.
fn time_step(u: &mut Unstructured) -> Result<f64> {
    Ok(match u.int_in_range(0..=31)? {
        0 => 0.0,
        1 => f64::from(u.arbitrary::<u16>()?) / 64.0,
        2 => -f64::from(u.arbitrary::<u8>()?) / 64.0,
        3 => f64::NAN,
        4 => f64::from(u.arbitrary::<u32>()?),
        5 => f64::from(u.arbitrary::<u8>()?) / 128.0,
        _ => 0.125,
    })
}

/// The vehicles of before, moved a little, some gone and some new.
fn vehicles(u: &mut Unstructured, before: &[VehicleDetection]) -> Result<Vec<VehicleDetection>> {
    let mut now = Vec::new();
    for one in before {
        let how = u.arbitrary::<u8>()?;
        if how < 24 {
            continue;
        }
        let mut moved = *one;
        let by = |u: &mut Unstructured| Ok(f32::from(u.arbitrary::<i8>()?) / 8.0);
        moved.rect = Rect::new(one.rect.x + by(u)?, one.rect.y + by(u)?, one.rect.w, one.rect.h);
        if how < 64 {
            moved.score = f32::from(u.arbitrary::<u8>()?) / 255.0;
        }
        if how < 32 {
            moved.class = *u.choose(&VehicleClass::ALL)?;
        }
        now.push(moved);
    }
    let fresh = if before.len() < 6 { u.int_in_range(0..=7u8)?.saturating_sub(5) } else { 0 };
    for _ in 0..fresh {
        let rect = Rect::new(number(u, 640.0)?, number(u, 360.0)?, number(u, 200.0)?, number(u, 200.0)?);
        let class = *u.choose(&VehicleClass::ALL)?;
        now.push(VehicleDetection { class, score: number(u, 1.0)?, rect });
    }
    Ok(now)
}

/// 0 to `most`, or any bits.
fn number(u: &mut Unstructured, most: f32) -> Result<f32> {
    Ok(match u.ratio(1, 32)? {
        true => f32::from_bits(u.arbitrary()?),
        false => f32::from(u.arbitrary::<u16>()?) / 65535.0 * most,
    })
}

/// What is known of a track from what was told.
#[derive(Default)]
struct Told {
    last_s: f64,
    ended: bool,
    left: bool,
    right: bool,
    /// First sight of it.
    first_s: Option<f64>,
    crossings: u32,
    /// Number and direction of the crossing that counts.
    open: Option<(u32, Direction)>,
}

struct View {
    tracker: Tracker,
    plates: PlateBook,
    counter: LineCounter,
    line: Line,
    now: Option<f64>,
    /// Boxes of all frames at the present time.
    boxes: Vec<VehicleDetection>,
    told: BTreeMap<u64, Told>,
}

impl View {
    fn new(line: Line) -> Self {
        Self {
            tracker: Tracker::new(RunId::new("r"), CameraId::new("c"), TrackSettings::default()),
            plates: PlateBook::new(),
            counter: LineCounter::new(line, PICTURE, CrossingSettings::default()),
            line: line.in_pixels(PICTURE.0, PICTURE.1),
            now: None,
            boxes: Vec::new(),
            told: BTreeMap::new(),
        }
    }

    fn step(&mut self, now: f64, seen: &[VehicleDetection], u: &mut Unstructured) -> Result<()> {
        let back = self.now.is_some_and(|before| now < before);
        let live: Vec<u64> = self.live().collect();
        if self.now != Some(now) {
            self.boxes.clear();
        }
        self.now = Some(now);
        self.boxes.extend_from_slice(seen);
        let step = self.tracker.step(at(now), PICTURE, seen);

        self.take_ended(&step.ended);
        if back {
            assert!(live.iter().all(|n| self.told[n].ended), "what was before the jump has ended");
        }
        assert!(step.earlier.is_sorted_by(|a, b| {
            (a.stamp.stream_s, a.track.number) <= (b.stamp.stream_s, b.track.number)
        }));
        assert!(step.points.is_sorted_by(|a, b| a.track.number < b.track.number), "once each, in order");
        for point in &step.earlier {
            assert!(point.stamp.stream_s < now && point.score.is_some());
            assert!(step.points.iter().any(|p| p.track == point.track), "it was confirmed by this frame");
            self.take_point(point);
        }
        for point in &step.points {
            assert_eq!(point.stamp, at(now));
            if let Some(score) = point.score {
                assert!(self.boxes.iter().any(|v| v.rect == point.rect && v.score == score));
            }
            self.take_point(point);
        }
        self.assign_plates(&step.points, u)
    }

    fn finish(mut self) {
        let ended = self.tracker.finish();
        self.take_ended(&ended);
        assert_eq!(self.live().count(), 0, "all have ended");
        assert_eq!(self.tracker.finish(), []);
    }

    fn live(&self) -> impl Iterator<Item = u64> {
        self.told.iter().filter(|(_, t)| !t.ended).map(|(n, _)| *n)
    }

    fn take_ended(&mut self, ended: &[EndedTrack]) {
        assert!(ended.is_sorted_by(|a, b| a.track.number < b.track.number));
        for track in ended {
            let told = self.told.get_mut(&track.track.number).expect("it was told before it ended");
            assert!(!std::mem::replace(&mut told.ended, true), "it ends once");
            assert!(track.hits >= 2 && track.first.stream_s <= track.last.stream_s);
            assert!(track.last.stream_s <= told.last_s && (0.0..=1.001).contains(&track.class_share));
            self.counter.forget(&track.track);
            self.plates.forget(&track.track);
        }
    }

    fn take_point(&mut self, point: &TrackPoint) {
        let number = point.track.number;
        assert!((0.0..=1.001).contains(&point.class_share));
        let r = &point.rect;
        assert!([r.x, r.y, r.w, r.h].iter().all(|v| !v.is_nan()) && r.w >= 0.0 && r.h >= 0.0, "{r:?}");
        if !self.told.contains_key(&number) {
            assert_eq!(number, self.told.len() as u64 + 1, "numbers count up from 1");
        }
        let told = self.told.entry(number).or_default();
        assert!(!told.ended, "track {number} comes back after its end");
        let time = point.stamp.stream_s;
        // A vehicle taken up again was told as a guess at times when it now turns out to have been seen.
        told.last_s = told.last_s.max(time);
        if point.score.is_some() {
            let side = self.line.side(r.foot());
            told.left |= side < 0.0;
            told.right |= side > 0.0;
            told.first_s.get_or_insert(time);
        }
        let side = self.line.side(r.foot());
        let Some(event) = self.counter.feed(point) else { return };
        assert!(point.score.is_some(), "a guess crosses nothing");
        assert!(told.left && told.right, "both sides were seen");
        let (CrossingEvent::Crossed { track, stamp, .. } | CrossingEvent::Cancelled { track, stamp, .. }) =
            &event;
        assert_eq!(track, &point.track);
        let first = told.first_s.unwrap_or(time);
        assert!(
            (first - 1e-6..=time + 1e-6).contains(&stamp.stream_s),
            "{} in {first} to {time}",
            stamp.stream_s
        );
        match event {
            CrossingEvent::Crossed { number, direction, .. } => {
                assert!(told.open.is_none(), "counted twice");
                assert_eq!(number, told.crossings + 1);
                assert_eq!(direction == Direction::In, side > 0.0);
                (told.crossings, told.open) = (number, Some((number, direction)));
            }
            CrossingEvent::Cancelled { number, .. } => {
                let (open, direction) = told.open.take().expect("there is one to take back");
                assert_eq!((open, direction == Direction::In), (number, side < 0.0));
            }
        }
    }

    /// Plates on and around the vehicles.
    fn assign_plates(&mut self, points: &[TrackPoint], u: &mut Unstructured) -> Result<()> {
        let mut plates = Vec::new();
        for point in points.iter().take(4) {
            if u.ratio(1, 2)? {
                let v = &point.rect;
                let (x, y) = (v.x + number(u, 1.0)? * v.w, v.y + number(u, 1.0)? * v.h);
                let rect: Rect<FrameSpace> = Rect::new(x, y, number(u, 0.5)? * v.w, number(u, 0.2)? * v.h);
                plates.push(PlateDetection { score: number(u, 1.0)?, rect });
            }
        }
        let pairs = self.plates.assign(points, &plates);
        assert!(pairs.len() <= plates.len());
        assert!(pairs.is_sorted_by(|a, b| a.0 < b.0), "a vehicle has one plate");
        for (vehicle, plate) in &pairs {
            assert!(*vehicle < points.len() && plates.iter().any(|p| p == plate));
            let same = |p: &&PlateDetection| *p == plate;
            assert!(pairs.iter().filter(|(_, p)| same(&p)).count() <= plates.iter().filter(same).count());
        }
        Ok(())
    }
}

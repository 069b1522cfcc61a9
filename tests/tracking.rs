//! The tracker and the line counter on synthetic roads with known truth, held against committed figures.
//!
//! A pinhole camera 6 m above the road sees cars and motorbikes of real size and speed come and go. Boxes are shaken,
//! missed and hidden as a detector's are. The figures below are what the tracker reached; a change for the better is
//! entered, one for the worse must be explained.

use std::collections::{BTreeMap, BTreeSet};

use hanhtrinh::domain::detection::{VehicleClass, VehicleDetection};
use hanhtrinh::domain::geometry::{FrameSpace, Line, Rect};
use hanhtrinh::domain::ids::{CameraId, RunId, TrackId};
use hanhtrinh::domain::place::Direction;
use hanhtrinh::domain::time::{ClockQuality, Stamp};
use hanhtrinh::domain::track::TrackPoint;
use hanhtrinh::journey::crossing::{CrossingEvent, CrossingSettings, LineCounter};
use hanhtrinh::track::{TrackSettings, Tracker};

const PICTURE: (u32, u32) = (1280, 720);
/// Pixels for a metre at a metre's distance.
const FOCAL: f32 = 1000.0;
const CAMERA_HEIGHT_M: f32 = 6.0;
const HORIZON_PX: f32 = 60.0;
const SECONDS: f64 = 60.0;

/// Numbers that are always the same (splitmix64).
struct Dice(u64);

impl Dice {
    /// In 0-1.
    fn roll(&mut self) -> f32 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 40) as f32 / (1u64 << 24) as f32
    }

    /// About normal, mean 0, spread 1.
    fn normal(&mut self) -> f32 {
        (0..6).map(|_| self.roll() - 0.5).sum::<f32>() * 2.0f32.sqrt()
    }
}

/// A vehicle on a straight lane.
struct Vehicle {
    class: VehicleClass,
    /// Metres right of the camera.
    x: f32,
    /// Width and height of its front, metres.
    size: (f32, f32),
    /// Seconds of the stream at which it is 90 m away (coming) or 8 m away (going).
    from_s: f64,
    /// Metres a second; negative: comes nearer.
    speed: f32,
    /// Stops at this distance for some seconds: (metres, seconds).
    stop: Option<(f32, f64)>,
}

impl Vehicle {
    fn distance(&self, t: f64) -> f32 {
        let start = if self.speed < 0.0 { 90.0 } else { 8.0 };
        let mut driven = t - self.from_s;
        if let Some((at, wait)) = self.stop {
            let arrives = f64::from((at - start) / self.speed);
            driven = if driven < arrives { driven } else { (driven - wait).max(arrives) };
        }
        start + self.speed * driven as f32
    }

    /// Its box in the picture; `None` where less than a third of it is in the picture or it is too far.
    fn rect(&self, t: f64) -> Option<Rect<FrameSpace>> {
        let z = self.distance(t);
        if t < self.from_s || !(7.0..=90.0).contains(&z) {
            return None;
        }
        let (w, h) = (self.size.0 * FOCAL / z, self.size.1 * FOCAL / z);
        let foot = HORIZON_PX + CAMERA_HEIGHT_M * FOCAL / z;
        let whole = Rect::new(640.0 + self.x * FOCAL / z - w / 2.0, foot - h, w, h);
        let seen = whole.clipped(PICTURE.0 as f32, PICTURE.1 as f32);
        (seen.area() > whole.area() / 3.0 && seen.h >= 18.0).then_some(seen)
    }
}

/// A road and how well it is seen.
struct Scene {
    name: &'static str,
    vehicles: Vec<Vehicle>,
    fps: f64,
    /// Share of boxes that are missed, and of those that are faint.
    missed: f32,
    faint: f32,
    /// Times in which no frame comes: (from, to) seconds.
    gaps: Vec<(f64, f64)>,
    /// False boxes a frame.
    false_boxes: f32,
}

/// Traffic of both directions: `cars` and `motorbikes` in the scene's minute, in lanes.
fn traffic(seed: u64, cars: usize, motorbikes: usize) -> Vec<Vehicle> {
    let mut dice = Dice(seed);
    let mut all = Vec::new();
    for lane in [-5.5f32, -2.0, 2.0, 5.5] {
        let mut free_s = 0.0;
        let speed = 6.0 + 6.0 * dice.roll();
        for _ in 0..cars / 4 {
            let lorry = dice.roll() < 0.3;
            free_s += 1.0 + f64::from(dice.roll()) * (SECONDS - 15.0) * 8.0 / cars as f64;
            all.push(Vehicle {
                class: if lorry { VehicleClass::Truck } else { VehicleClass::Car },
                x: lane + 0.3 * dice.normal(),
                size: if lorry { (2.3, 3.2) } else { (1.8, 1.5) },
                from_s: free_s,
                // One speed for a lane: nobody drives through anybody.
                speed: if lane < 0.0 { -speed } else { speed },
                stop: None,
            });
        }
    }
    for n in 0..motorbikes {
        let coming = n % 2 == 0;
        let lane = [0.7f32, 3.8, 7.4][(3.0 * dice.roll()) as usize] + 0.2 * dice.normal();
        all.push(Vehicle {
            class: VehicleClass::Motorcycle,
            x: if coming { -lane } else { lane },
            size: (0.8, 1.7),
            from_s: f64::from(dice.roll()) * (SECONDS - 12.0),
            speed: if coming { -1.0 } else { 1.0 } * (7.0 + 6.0 * dice.roll()),
            stop: None,
        });
    }
    all
}

/// A queue that waits on the line, motorbikes passing beside it.
fn queue() -> Vec<Vehicle> {
    let mut all = traffic(77, 0, 16);
    for n in 0..5 {
        all.push(Vehicle {
            class: VehicleClass::Car,
            x: -2.0,
            size: (1.8, 1.5),
            from_s: 2.0 * f64::from(n),
            speed: -8.0,
            // The second car's foot comes to rest at the line, 20 m away.
            stop: Some((13.0 + 7.0 * n as f32, 25.0)),
        });
    }
    all
}

/// What came of a scene.
#[derive(Debug, PartialEq, Eq)]
struct Figures {
    /// Vehicles that crossed the line.
    crossed: usize,
    /// Of these, found with the right direction within 0.3 s (plus the gap there was).
    found: usize,
    /// Crossings found that were none and were not taken back.
    false_crossings: usize,
    /// How often a vehicle's track changed.
    switches: usize,
    /// Tracks that never were on a vehicle for most of their life.
    ghosts: usize,
    /// Vehicles whose class came out wrong or unknown.
    class_wrong: usize,
}

fn boxes(scene: &Scene, t: f64, dice: &mut Dice) -> (Vec<VehicleDetection>, Vec<(usize, Rect<FrameSpace>)>) {
    let mut truth: Vec<_> =
        scene.vehicles.iter().enumerate().filter_map(|(i, v)| v.rect(t).map(|r| (i, r))).collect();
    truth.sort_by(|a, b| b.1.bottom().total_cmp(&a.1.bottom()).then(a.0.cmp(&b.0)));
    let mut found = Vec::new();
    for (n, (i, rect)) in truth.iter().enumerate() {
        let covered = truth[..n].iter().map(|(_, r)| r.overlap(rect) / rect.area()).fold(0.0, f32::max);
        let (missed, faint) = (dice.roll() < scene.missed, dice.roll() < scene.faint);
        let shake: [f32; 4] = std::array::from_fn(|_| 0.03 * dice.normal());
        let flip = dice.roll() < 0.12;
        let score = 0.35 + 0.5 * dice.roll();
        if missed || covered > 0.6 {
            continue;
        }
        let class = match scene.vehicles[*i].class {
            VehicleClass::Truck if flip => VehicleClass::Bus,
            VehicleClass::Car if flip => VehicleClass::Truck,
            class => class,
        };
        let size = rect.area().sqrt();
        let r = Rect::from_corners(
            rect.x + shake[0] * size,
            rect.y + shake[1] * size,
            rect.right() + shake[2] * size,
            rect.bottom() + shake[3] * size,
        );
        let score = if faint || covered > 0.35 { 0.12 + 0.15 * dice.roll() } else { score };
        found.push(VehicleDetection { class, score, rect: r.clipped(PICTURE.0 as f32, PICTURE.1 as f32) });
    }
    if dice.roll() < scene.false_boxes {
        let (x, y) = (dice.roll() * 1200.0, 100.0 + dice.roll() * 550.0);
        let rect = Rect::new(x, y, 20.0 + 60.0 * dice.roll(), 20.0 + 60.0 * dice.roll());
        found.push(VehicleDetection { class: VehicleClass::Car, score: 0.3 + 0.3 * dice.roll(), rect });
    }
    (found, truth)
}

fn run(scene: &Scene) -> Figures {
    let mut dice = Dice(2026);
    let line = Line::from([[0.0, 0.5], [1.0, 0.5]]);
    let mut counter = LineCounter::new(line, PICTURE, CrossingSettings::default());
    let mut tracker = Tracker::new(RunId::new("run"), CameraId::new("gate"), TrackSettings::default());
    let mut current: BTreeMap<usize, u64> = BTreeMap::new();
    let mut owners: BTreeMap<u64, BTreeMap<Option<usize>, u32>> = BTreeMap::new();
    let mut classes: BTreeMap<u64, VehicleClass> = BTreeMap::new();
    let mut counted: BTreeMap<(TrackId, u32), (f64, Direction)> = BTreeMap::new();
    let mut switches = 0;

    let frames = (SECONDS * scene.fps) as u32;
    let times = (0..frames).map(|n| f64::from(n) / scene.fps);
    for t in times.filter(|t| !scene.gaps.iter().any(|(from, to)| (*from..*to).contains(t))) {
        let (found, truth) = boxes(scene, t, &mut dice);
        let stamp = Stamp { stream_s: t, wall: None, clock: ClockQuality::Unknown };
        let step = tracker.step(stamp, PICTURE, &found);
        let events = step.earlier.iter().chain(&step.points).filter_map(|p| counter.feed(p));
        for event in events {
            match event {
                CrossingEvent::Crossed { track, number, direction, stamp } => {
                    counted.insert((track, number), (stamp.stream_s, direction));
                }
                CrossingEvent::Cancelled { track, number, .. } => {
                    counted.remove(&(track, number));
                }
            }
        }
        let mut free: BTreeSet<usize> = (0..truth.len()).collect();
        for point in step.points.iter().filter(|p| p.score.is_some()) {
            let best = best_overlap(point, &truth, &free);
            *owners.entry(point.track.number).or_default().entry(best.map(|n| truth[n].0)).or_default() += 1;
            classes.insert(point.track.number, point.class);
            let Some(n) = best else { continue };
            free.remove(&n);
            let before = current.insert(truth[n].0, point.track.number);
            switches += usize::from(before.is_some_and(|b| b != point.track.number));
        }
        for ended in &step.ended {
            counter.forget(&ended.track);
        }
    }

    let gone = |at: f64| scene.gaps.iter().any(|(a, b)| (*a - 0.5..*b + 0.5).contains(&at));
    let mut left: Vec<_> = counted.values().copied().collect();
    let (mut crossed, mut found, mut class_wrong) = (0, 0, 0);
    for (i, vehicle) in scene.vehicles.iter().enumerate() {
        let Some((at, direction)) = truth_crossing(vehicle) else { continue };
        crossed += 1;
        let slack = if gone(at) { 1.2 } else { 0.3 };
        let near = |c: &(f64, Direction)| (c.0 - at).abs() <= slack && c.1 == direction;
        let nearest = (0..left.len())
            .filter(|n| near(&left[*n]))
            .min_by(|a, b| (left[*a].0 - at).abs().total_cmp(&(left[*b].0 - at).abs()));
        if let Some(n) = nearest {
            left.remove(n);
            found += 1;
        }
        let class = current.get(&i).and_then(|n| classes.get(n));
        class_wrong += usize::from(class != Some(&vehicle.class));
    }
    let ghost = |owners: &&BTreeMap<Option<usize>, u32>| {
        owners.get(&None).copied().unwrap_or(0) * 2 > owners.values().sum::<u32>()
    };
    Figures {
        crossed,
        found,
        false_crossings: left.len(),
        switches,
        ghosts: owners.values().filter(ghost).count(),
        class_wrong,
    }
}

fn best_overlap(
    point: &TrackPoint,
    truth: &[(usize, Rect<FrameSpace>)],
    free: &BTreeSet<usize>,
) -> Option<usize> {
    let overlaps = free.iter().map(|n| (*n, truth[*n].1.iou(&point.rect))).filter(|(_, iou)| *iou >= 0.4);
    overlaps.max_by(|a, b| a.1.total_cmp(&b.1)).map(|(n, _)| n)
}

/// When and where to the vehicle's foot crosses the middle of the picture within the scene.
fn truth_crossing(vehicle: &Vehicle) -> Option<(f64, Direction)> {
    let middle = CAMERA_HEIGHT_M * FOCAL / (PICTURE.1 as f32 / 2.0 - HORIZON_PX);
    let direction = if vehicle.speed < 0.0 { Direction::In } else { Direction::Out };
    let beyond = |t: f64| (vehicle.distance(t) < middle) == (direction == Direction::In);
    let moments = (0..(SECONDS * 100.0) as u32).map(|n| f64::from(n) / 100.0);
    let at = moments.filter(|t| *t >= vehicle.from_s).find(|t| beyond(*t))?;
    // It must leave the band before the scene ends.
    (at + 1.0 < SECONDS).then_some((at, direction))
}

#[test]
fn synthetic_roads_come_out_as_well_as_they_did() {
    let scene = |name, vehicles, fps| Scene {
        name,
        vehicles,
        fps,
        missed: 0.1,
        faint: 0.1,
        gaps: vec![],
        false_boxes: 0.05,
    };
    // (scene, crossed, found, false crossings, switches, ghosts, class wrong)
    let scenes = [
        (scene("easy at 5", traffic(1, 12, 12), 5.0), [21, 21, 0, 0, 0, 0]),
        (scene("easy at 8", traffic(1, 12, 12), 8.0), [21, 21, 0, 1, 0, 0]),
        // False boxes come so often at this rate that two fall together now and then.
        (scene("easy at 25", traffic(1, 12, 12), 25.0), [21, 21, 0, 0, 5, 0]),
        // Most switches are motorbikes that overtake one another while a lorry hides both.
        (scene("dense at 8", traffic(2, 24, 70), 8.0), [93, 93, 0, 14, 0, 0]),
        (scene("dense at 25", traffic(2, 24, 70), 25.0), [93, 93, 0, 15, 1, 0]),
        (
            Scene { missed: 0.3, faint: 0.2, ..scene("poorly seen at 8", traffic(3, 16, 24), 8.0) },
            [40, 37, 0, 4, 0, 0],
        ),
        (
            Scene {
                gaps: vec![(10.0, 11.2), (20.0, 20.9), (30.0, 31.5), (42.0, 42.7)],
                ..scene("gaps at 8", traffic(4, 16, 24), 8.0)
            },
            [38, 37, 0, 0, 0, 1],
        ),
        (scene("queue at 8", queue(), 8.0), [21, 20, 0, 2, 0, 0]),
    ];
    let mut worse = Vec::new();
    for (scene, expected) in &scenes {
        let [crossed, found, false_crossings, switches, ghosts, class_wrong] = *expected;
        let before = Figures { crossed, found, false_crossings, switches, ghosts, class_wrong };
        let now = run(scene);
        let as_good = now.crossed == before.crossed
            && now.found >= before.found
            && now.false_crossings <= before.false_crossings
            && now.switches <= before.switches
            && now.ghosts <= before.ghosts
            && now.class_wrong <= before.class_wrong;
        if !as_good {
            worse.push(format!("{}: {now:?}, was {before:?}", scene.name));
        }
    }
    assert!(worse.is_empty(), "{}", worse.join("\n"));
}

#[test]
fn the_same_scene_gives_the_same_figures() {
    let scene = Scene {
        name: "twice",
        vehicles: traffic(5, 8, 12),
        fps: 8.0,
        missed: 0.2,
        faint: 0.2,
        gaps: vec![(20.0, 21.0)],
        false_boxes: 0.1,
    };
    assert_eq!(run(&scene), run(&scene));
}

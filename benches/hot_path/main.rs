//! What every frame and every plate costs, stage by stage. Each stage proves its answer before it is timed.
//!
//! `cargo bench --bench hot_path`; one thread. On an invented picture, so nothing beyond the repository is needed.

mod records;
mod scene;

use std::hint::black_box;
use std::path::Path;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use hanhtrinh::detect::{self, Crop, DetectorClass, DetectorSpec, Letterbox};
use hanhtrinh::domain::detection::{Detections, VehicleClass, VehicleDetection};
use hanhtrinh::domain::geometry::{FrameSpace, Rect};
use hanhtrinh::domain::ids::{CameraId, RunId};
use hanhtrinh::domain::plate::{PlateColour, PlateReading, PlateState};
use hanhtrinh::domain::time::{ClockQuality, Stamp};
use hanhtrinh::image::{Letterboxer, PlateCrop, plate_to_tensor};
use hanhtrinh::infer::{LoadOptions, Manifest, Model, Models, ProviderChoice, models_folder};
use hanhtrinh::plate::ctc::{Calibration, Decoder};
use hanhtrinh::plate::province::Home;
use hanhtrinh::plate::vote::{Ballot, Context, Look, Rules};
use hanhtrinh::source::{bare_decode, probe};
use hanhtrinh::track::{TrackSettings, Tracker};
use scene::Scene;

fn hot_path(c: &mut Criterion) {
    let folder = models_folder(None, None).expect("the models");
    let options = LoadOptions { provider: ProviderChoice::Cpu, ..LoadOptions::default() };
    let mut models = Models::load(&folder, &options).unwrap_or_else(|error| panic!("{error}"));
    let scene = Scene::new();
    let spec = spec_of(&models.manifest);
    for (width, height) in [(640, 384), (416, 256)] {
        frame_pass(c, &scene, &mut *models.detector, &spec, (width, height));
    }
    second_look(c, &scene, &mut *models.detector, &spec);
    let reading = plates(c, &scene, &mut *models.reader, &models.manifest);
    vote(c, &reading);
    for count in [10, 30, 100] {
        tracking(c, count);
    }
    records::store(c);
    decode_video(c);
}

/// The sample's clip of a town camera, a minute of 1600x900 H.264, decoded and not converted.
fn decode_video(c: &mut Criterion) {
    let clip = Path::new(env!("CARGO_MANIFEST_DIR")).join("sample_videos/town.mp4");
    let about = probe(&clip).expect("a clip");
    let frames = bare_decode(&clip, 1).expect("decoded").frames;
    assert_eq!(frames as f64, (about.duration_s * about.fps).round(), "every frame came out");
    let mut group = c.benchmark_group("decode");
    group.sample_size(10).throughput(Throughput::Elements(frames));
    group.bench_function("1600x900 H.264, frames", |b| b.iter(|| bare_decode(&clip, 1)));
    group.finish();
}

/// What the pipeline makes of the manifest.
fn spec_of(manifest: &Manifest) -> DetectorSpec {
    let detector = &manifest.detector;
    DetectorSpec {
        classes: detector
            .classes
            .iter()
            .map(|c| DetectorClass::from_word(c).expect("a known class"))
            .collect(),
        strides: detector.strides.clone(),
        min_score: detector.min_scores(),
        vehicle_iou: detector.nms_iou.vehicle,
        plate_iou: detector.nms_iou.plate,
        ..DetectorSpec::default()
    }
}

/// Whether each of the wanted boxes is among the found ones.
fn all_found(wanted: &[Rect<FrameSpace>], found: &[Rect<FrameSpace>]) -> bool {
    wanted.iter().all(|w| found.iter().any(|f| w.iou(f) > 0.5))
}

fn plate_boxes(found: &Detections) -> Vec<Rect<FrameSpace>> {
    found.plates.iter().map(|p| p.rect).collect()
}

fn frame_pass(
    c: &mut Criterion,
    scene: &Scene,
    net: &mut dyn Model,
    spec: &DetectorSpec,
    (width, height): (u32, u32),
) {
    let size = format!("{width}x{height}");
    let picture = &scene.picture;
    let letterbox =
        Letterbox::new((picture.width(), picture.height()), (width, height)).expect("sides above 0");
    let (mut boxer, mut input) = (Letterboxer::new(), Vec::new());
    let shape = [1, 3, height as usize, width as usize];

    boxer.fill(picture, None, width, height, &mut input).expect("filled");
    let mean = input.iter().sum::<f32>() / input.len() as f32;
    assert!((80.0..170.0).contains(&mean), "the input's mean is {mean}");
    c.bench_function(&format!("letterbox 1080p to {size}"), |b| {
        b.iter(|| boxer.fill(black_box(picture), None, width, height, &mut input))
    });

    let answer = net.run(&input, shape).expect("a run");
    // Drawn cars are faint to a net that was trained on real ones; their plates are not.
    let floors = spec.tracking_floors(0.1);
    let found = detect::detections(&answer.data, &letterbox, spec, &floors).expect("its length");
    let cars: Vec<_> = found.vehicles.iter().map(|v| v.rect).collect();
    assert!(all_found(&scene.cars, &cars), "{found:?}");
    assert!(all_found(&scene.plates.map(|p| p.0), &plate_boxes(&found)), "{found:?}");
    c.bench_function(&format!("detector {size}"), |b| b.iter(|| net.run(black_box(&input), shape)));
    c.bench_function(&format!("decode and suppress {size}"), |b| {
        b.iter(|| detect::detections(black_box(&answer.data), &letterbox, spec, &floors))
    });
}

fn second_look(c: &mut Criterion, scene: &Scene, net: &mut dyn Model, spec: &DetectorSpec) {
    let frame = (scene.picture.width(), scene.picture.height());
    let crop = Crop::for_vehicle(scene.cars[1], frame, &spec.second_look).expect("wide enough");
    let letterbox = crop.letterbox(&spec.second_look).expect("sides above 0");
    let (width, height) = letterbox.input();
    let region = Rect::new(crop.x as f32, crop.y as f32, crop.w as f32, crop.h as f32);
    let (mut boxer, mut input) = (Letterboxer::new(), Vec::new());
    let mut look = || {
        boxer.fill(&scene.picture, Some(&region), width, height, &mut input).expect("filled");
        let answer = net.run(&input, [1, 3, height as usize, width as usize]).expect("a run");
        detect::second_look::plates_in_crop(&answer.data, &crop, &letterbox, spec, &spec.min_score)
            .expect("its length")
    };
    let found: Vec<_> = look().iter().map(|p| p.rect).collect();
    assert!(all_found(&[scene.plates[1].0], &found), "{found:?}");
    c.bench_function(&format!("second look at a vehicle, {width}x{height}"), |b| b.iter(&mut look));
}

fn plates(c: &mut Criterion, scene: &Scene, net: &mut dyn Model, manifest: &Manifest) -> PlateReading {
    let reader = &manifest.reader;
    let (width, height) = (reader.input.width, reader.input.height);
    let calibration = Calibration::new(&reader.calibration).expect("the manifest's points");
    let decoder =
        Decoder::new(&reader.alphabet, reader.rows, reader.columns, calibration).expect("the manifest's net");
    let mut input = Vec::new();
    let mut read = |count: usize| -> Vec<PlateReading> {
        input.clear();
        for (rect, _) in scene.plates.iter().cycle().take(count) {
            let crop = PlateCrop::upright(rect, reader.margin);
            plate_to_tensor(&scene.picture, &crop, width, height, &mut input).expect("inside");
        }
        let answer = net.run(&input, [count, 1, height as usize, width as usize]).expect("a run");
        let one = answer.data.chunks_exact(decoder.output_len());
        one.map(|output| decoder.decode(output).expect("its length")).collect()
    };
    let readings = read(2);
    for (reading, (_, text)) in readings.iter().zip(&scene.plates) {
        assert_eq!(reading.text(), *text, "{reading:?}");
    }
    for count in [1, 8] {
        c.bench_with_input(BenchmarkId::new("plates cut out and read", count), &count, |b, &count| {
            b.iter(|| read(count))
        });
    }
    let [first, _] = <[PlateReading; 2]>::try_from(readings).expect("two plates");
    first
}

fn vote(c: &mut Criterion, reading: &PlateReading) {
    let home = Home::find("Thái Nguyên").expect("a province");
    let date = jiff::civil::date(2026, 11, 25);
    let context = Context { vehicle: VehicleClass::Car, date, home: &home, rules: Rules::default() };
    let mut ballot = Ballot::new();
    for n in 0..12 {
        ballot.add(Look {
            stream_s: f64::from(n) / 8.0,
            reading: reading.clone(),
            plate_width_px: 60.0 + n as f32,
            plate_score: 0.8,
            colour: PlateColour::White,
        });
    }
    let outcome = ballot.outcome(&context);
    assert_eq!(outcome.state, PlateState::Read);
    assert_eq!(outcome.key.map(|key| key.text), Some("30A12345".to_owned()));
    c.bench_function("vote over 12 looks", |b| b.iter(|| black_box(&ballot).outcome(&context)));
}

/// `count` vehicles in rows, which sway to and fro.
fn vehicles(count: usize, second: f64) -> Vec<VehicleDetection> {
    let sway = (second * 1.3).sin() as f32 * 12.0;
    let place = |n: usize| {
        Rect::new(20.0 + (n % 12) as f32 * 155.0 + sway, 20.0 + (n / 12) as f32 * 115.0, 90.0, 70.0)
    };
    (0..count).map(|n| VehicleDetection { class: VehicleClass::Car, score: 0.8, rect: place(n) }).collect()
}

fn tracking(c: &mut Criterion, count: usize) {
    let mut tracker = Tracker::new(RunId::new("bench"), CameraId::new("bench"), TrackSettings::default());
    let mut second = 0.0;
    let mut step = || {
        second += 0.125;
        let stamp = Stamp { stream_s: second, wall: None, clock: ClockQuality::Unknown };
        tracker.step(stamp, (1920, 1080), &vehicles(count, second))
    };
    for _ in 0..20 {
        step();
    }
    let now = step();
    assert_eq!((now.points.len(), now.ended.len()), (count, 0));
    assert_eq!(
        now.points.last().map(|p| p.track.number),
        Some(count as u64),
        "no vehicle was lost on the way"
    );
    c.bench_with_input(BenchmarkId::new("track step, vehicles", count), &count, |b, _| b.iter(&mut step));
}

criterion_group!(benches, hot_path);
criterion_main!(benches);

//! The detector's output, of any numbers and any length, through decoding, NMS and the second look.
#![no_main]

use hanhtrinh::detect::decode::{decode, output_len};
use hanhtrinh::detect::{Crop, DetectorSpec, Letterbox, detections, merged, nms, plates_in_crop};
use hanhtrinh::domain::detection::PlateDetection;
use hanhtrinh::domain::geometry::{FrameSpace, Rect};
use libfuzzer_sys::arbitrary::{Result, Unstructured};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let _ = run(&mut Unstructured::new(data));
});

fn run(u: &mut Unstructured) -> Result<()> {
    let spec = DetectorSpec::default();
    let floors = spec.uniform_floors(f32::from(u.arbitrary::<u8>()?) / 255.0);
    let input = (u.int_in_range(0..=96)?, u.int_in_range(0..=96)?);
    let wanted = output_len(input, &spec);
    let length = if u.ratio(1, 16)? { u.int_in_range(0..=wanted + 20)? } else { wanted };
    // Zeros but for some numbers: nearly all anchors of a real output are below every threshold.
    let mut output = vec![0.0f32; length];
    while !u.is_empty() && length > 0 {
        let row = u.int_in_range(0..=(length - 1) / 10)? * 10;
        let last = (row + 9).min(length - 1);
        for value in &mut output[row..=last] {
            *value = number(u)?;
        }
    }

    let raw = decode(&output, input, &spec, &floors);
    assert_eq!(raw.is_ok(), length == wanted, "only the length decides whether it can be decoded");
    assert!(decode(&output, input, &spec, &floors[1..]).is_err(), "a floor is missing");
    let Ok(raw) = raw else { return Ok(()) };
    for b in &raw {
        assert!(
            b.class < spec.classes.len() && b.score >= floors[b.class] && b.score > 0.0 && b.score <= 1.0
        );
        assert!([b.rect.x, b.rect.y, b.rect.right(), b.rect.bottom()].iter().all(|v| v.is_finite()));
        assert!(b.rect.w >= 0.0 && b.rect.h >= 0.0);
    }

    let picture = (u.int_in_range(1..=4000)?, u.int_in_range(1..=4000)?);
    let Some(letterbox) = Letterbox::<FrameSpace>::new(picture, input) else { return Ok(()) };
    let found = detections(&output, &letterbox, &spec, &floors).expect("it could be decoded");
    assert!(found.vehicles.len() + found.plates.len() <= raw.len());
    let whole = Crop { x: 0, y: 0, w: picture.0, h: picture.1 };
    for vehicle in &found.vehicles {
        assert!(vehicle.score >= floors[0]);
        assert_inside(&vehicle.rect, &whole);
    }
    for (n, vehicle) in found.vehicles.iter().enumerate() {
        for other in &found.vehicles[n + 1..] {
            assert!(vehicle.score >= other.score && vehicle.rect.iou(&other.rect) <= spec.vehicle_iou);
        }
    }
    assert_eq!(
        nms::suppress_vehicles(&found.vehicles, spec.vehicle_iou),
        found.vehicles,
        "nothing more goes"
    );
    assert_plates(&found.plates, &whole, &spec);

    let vehicle = Rect::new(number(u)?, number(u)?, number(u)?, number(u)?);
    let around = Crop::for_vehicle(vehicle, picture, &spec.second_look);
    let at = found.vehicles.first().and_then(|v| Crop::around(v.rect, picture));
    for crop in around.into_iter().chain(at) {
        assert!(crop.w > 0 && crop.h > 0);
        assert!(crop.x + crop.w <= picture.0 && crop.y + crop.h <= picture.1, "{crop:?} in {picture:?}");
        let letterbox = Letterbox::new((crop.w, crop.h), input).expect("no side is 0");
        let plates = plates_in_crop(&output, &crop, &letterbox, &spec, &floors).expect("it could be decoded");
        assert_plates(&plates, &crop, &spec);
        let all = merged(&found.plates, &plates, &spec);
        assert!(all.len() <= found.plates.len() + plates.len());
        assert!(all.len() >= found.plates.len().max(plates.len()).min(1));
        assert_plates(&all, &whole, &spec);
    }
    Ok(())
}

/// A number as nets give them, or any bits.
fn number(u: &mut Unstructured) -> Result<f32> {
    Ok(match u.int_in_range(0..=7)? {
        0 => f32::from_bits(u.arbitrary()?),
        1 | 2 => f32::from(u.arbitrary::<i16>()?) / 16.0,
        3 | 4 => f32::from(u.arbitrary::<i8>()?) / 16.0,
        _ => f32::from(u.arbitrary::<u8>()?) / 255.0,
    })
}

fn assert_plates(plates: &[PlateDetection], inside: &Crop, spec: &DetectorSpec) {
    for (n, plate) in plates.iter().enumerate() {
        assert_inside(&plate.rect, inside);
        for other in &plates[n + 1..] {
            assert!(plate.score >= other.score && plate.rect.iou(&other.rect) <= spec.plate_iou);
        }
    }
}

/// Up to the rounding of a 32-bit coordinate.
fn assert_inside(r: &Rect<FrameSpace>, crop: &Crop) {
    let (x, y) = (crop.x as f32, crop.y as f32);
    let slack = 1e-2;
    assert!(r.x >= x - slack && r.y >= y - slack, "{r:?} in {crop:?}");
    assert!(r.right() <= x + crop.w as f32 + slack, "{r:?} in {crop:?}");
    assert!(r.bottom() <= y + crop.h as f32 + slack, "{r:?} in {crop:?}");
    assert!(r.w >= 1.0 - slack && r.h >= 1.0 - slack, "{r:?}");
}

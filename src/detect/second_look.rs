//! The second look: the same net once more on a vehicle's crop at native size, which finds plates too small for the
//! frame pass.

use super::decode::{DetectError, decode};
use super::letterbox::Letterbox;
use super::{DetectorClass, DetectorSpec, nms};
use crate::domain::detection::PlateDetection;
use crate::domain::geometry::{CropSpace, FrameSpace, Rect};

/// How the second look is taken.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SecondLook {
    /// Longer side of the net's input for a crop, pixels, a multiple of 32.
    pub size: u32,
    /// Share of the vehicle's width and height added on every side, 0-1.
    pub margin: f32,
    /// Vehicles narrower than this, in frame pixels, are not looked at again.
    pub min_vehicle_px: f32,
    /// A plate wider than this share of the crop is none, 0-1: the net takes a whole front for a plate now and then.
    pub max_plate_share: f32,
}

impl Default for SecondLook {
    fn default() -> Self {
        Self { size: 320, margin: 0.1, min_vehicle_px: 24.0, max_plate_share: 0.8 }
    }
}

/// A piece of the frame in whole pixels, inside the frame, no side 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Crop {
    /// Left edge.
    pub x: u32,
    /// Top edge.
    pub y: u32,
    /// Width.
    pub w: u32,
    /// Height.
    pub h: u32,
}

impl Crop {
    /// The whole pixels that `rect` touches in a frame of (width, height); `None` where it lies outside.
    pub fn around(rect: Rect<FrameSpace>, frame: (u32, u32)) -> Option<Self> {
        let inside = rect.clipped(frame.0 as f32, frame.1 as f32);
        if !(inside.w > 0.0 && inside.h > 0.0) {
            return None;
        }
        let (x, y) = (inside.x.floor() as u32, inside.y.floor() as u32);
        let right = (inside.right().ceil() as u32).min(frame.0);
        let bottom = (inside.bottom().ceil() as u32).min(frame.1);
        (right > x && bottom > y).then(|| Self { x, y, w: right - x, h: bottom - y })
    }

    /// The piece to look at again for a vehicle; `None` where it is too small.
    pub fn for_vehicle(vehicle: Rect<FrameSpace>, frame: (u32, u32), look: &SecondLook) -> Option<Self> {
        if vehicle.w.is_nan() || vehicle.w < look.min_vehicle_px {
            return None;
        }
        Self::around(vehicle.grown(look.margin), frame)
    }

    /// A box in the crop as a box in the frame.
    pub fn to_frame(&self, rect: Rect<CropSpace>) -> Rect<FrameSpace> {
        rect.mapped(1.0, self.x as f32, self.y as f32)
    }

    /// A box in the frame as a box in the crop; may stick out of it.
    pub fn to_crop(&self, rect: Rect<FrameSpace>) -> Rect<CropSpace> {
        rect.mapped(1.0, -(self.x as f32), -(self.y as f32))
    }

    /// How the crop is laid into the net's input: the smallest one that holds it, its longer side `look.size`.
    pub fn letterbox(&self, look: &SecondLook) -> Option<Letterbox<CropSpace>> {
        Letterbox::fitting((self.w, self.h), look.size)
    }
}

/// Plates that the net found in a crop, in the frame's pixels, by falling score. `output` as for
/// [`decode`](super::decode()), of the crop laid into the net's input by `letterbox`; `floors`: lowest score by class.
pub fn plates_in_crop(
    output: &[f32],
    crop: &Crop,
    letterbox: &Letterbox<CropSpace>,
    spec: &DetectorSpec,
    floors: &[f32],
) -> Result<Vec<PlateDetection>, DetectError> {
    let widest = crop.w as f32 * spec.second_look.max_plate_share;
    let raw = decode(output, letterbox.input(), spec, floors)?;
    let plates = raw.iter().filter(|b| spec.classes.get(b.class) == Some(&DetectorClass::Plate));
    let in_crop = plates.map(|b| (b.score, letterbox.to_picture(b.rect)));
    let plausible = in_crop.filter(|(_, r)| r.w >= 1.0 && r.h >= 1.0 && r.w < widest);
    let in_frame: Vec<_> =
        plausible.map(|(score, r)| PlateDetection { score, rect: crop.to_frame(r) }).collect();
    Ok(nms::suppress_plates(&in_frame, spec.plate_iou))
}

/// The frame pass's plates and those of all second looks as one list without duplicates, by falling score.
pub fn merged(
    frame_pass: &[PlateDetection],
    looks: &[PlateDetection],
    spec: &DetectorSpec,
) -> Vec<PlateDetection> {
    let all: Vec<_> = frame_pass.iter().chain(looks).copied().collect();
    nms::suppress_plates(&all, spec.plate_iou)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::detect::decode::tests::output_with;

    #[test]
    fn a_plate_of_the_crop_is_found_again_in_the_frame() {
        let spec = DetectorSpec::default();
        let look = spec.second_look;
        let vehicle = Rect::new(1000.0, 400.0, 200.0, 100.0);
        let crop = Crop::for_vehicle(vehicle, (1920, 1080), &look).expect("large enough");
        assert_eq!((crop.x, crop.y, crop.w, crop.h), (980, 390, 240, 120));
        let letterbox = crop.letterbox(&look).expect("no side is 0");
        assert_eq!(letterbox.input(), (320, 160));
        // A plate, and a whole front taken for one.
        let output = output_with(
            (320, 160),
            5,
            &[(160.0, 120.0, 40.0, 20.0, 0.9, 4, 0.9), (168.0, 80.0, 300.0, 100.0, 0.9, 4, 0.9)],
        );
        let plates =
            plates_in_crop(&output, &crop, &letterbox, &spec, &spec.min_score).expect("right length");
        assert_eq!(plates.len(), 1);
        assert_eq!(plates[0].rect.to_array(), [1085, 473, 30, 15]);
        let again = PlateDetection { score: 0.5, ..plates[0] };
        assert_eq!(merged(&[again], &plates, &spec), plates);
    }

    #[test]
    fn small_vehicles_are_not_looked_at_again() {
        let look = SecondLook::default();
        assert!(Crop::for_vehicle(Rect::new(0.0, 0.0, 23.0, 40.0), (100, 100), &look).is_none());
        assert!(Crop::for_vehicle(Rect::new(300.0, 0.0, 50.0, 40.0), (100, 100), &look).is_none());
        assert!(Crop::for_vehicle(Rect::new(f32::NAN, 0.0, 50.0, 40.0), (100, 100), &look).is_none());
    }

    proptest! {
        #[test]
        fn a_crop_lies_inside_the_frame(
            x in -200.0f32..2200.0, y in -200.0f32..1300.0, w in 0.0f32..2500.0, h in 0.0f32..1500.0,
        ) {
            if let Some(c) = Crop::for_vehicle(Rect::new(x, y, w, h), (1920, 1080), &SecondLook::default()) {
                prop_assert!(c.w > 0 && c.h > 0 && c.x + c.w <= 1920 && c.y + c.h <= 1080);
                let r = Rect::<CropSpace>::new(1.0, 2.0, 3.0, 4.0);
                prop_assert_eq!(c.to_crop(c.to_frame(r)).to_array(), r.to_array());
            }
        }
    }
}

//! From the nets' output to boxes in the frame: decoding, NMS, the geometry of second looks and of painted numbers. Pure.
//!
//! The net is YOLOX-shaped: `input -> [anchors, 5 + classes]`. [`detections`] takes one frame's output all the way to
//! [`Detections`]; [`second_look`] does the same for a crop of a vehicle.

pub mod decode;
pub mod letterbox;
pub mod nms;
pub mod painted;
pub mod second_look;

use crate::domain::detection::{Detections, PlateDetection, VehicleClass, VehicleDetection};
use crate::domain::geometry::FrameSpace;

pub use decode::{DetectError, RawBox, decode};
pub use letterbox::Letterbox;
pub use painted::{FinderSpec, PaintedNumber, painted_numbers};
pub use second_look::{Crop, SecondLook, merged, plates_in_crop};

/// What a class of the net stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DetectorClass {
    /// A vehicle of this class; never `Unknown`.
    Vehicle(VehicleClass),
    /// A number plate.
    Plate,
}

impl DetectorClass {
    /// The class by the manifest's word: `car`, `motorcycle`, `bus`, `truck`, `plate`.
    pub fn from_word(word: &str) -> Option<Self> {
        if word == "plate" {
            return Some(Self::Plate);
        }
        VehicleClass::from_word(word).filter(|c| *c != VehicleClass::Unknown).map(Self::Vehicle)
    }
}

/// What a detector net is like; filled from its manifest.
#[derive(Debug, Clone, PartialEq)]
pub struct DetectorSpec {
    /// Classes in the order of the output's columns.
    pub classes: Vec<DetectorClass>,
    /// Strides of the output's grids in pixels, in the output's order.
    pub strides: Vec<u32>,
    /// Shipped score threshold of each class, 0-1, in the order of `classes`.
    pub min_score: Vec<f32>,
    /// Vehicles that overlap more than this (IoU) are one, whatever their classes.
    pub vehicle_iou: f32,
    /// Plates that overlap more than this (IoU) are one.
    pub plate_iou: f32,
    /// The second look.
    pub second_look: SecondLook,
}

impl Default for DetectorSpec {
    /// The five-class net's shape with thresholds of .3.
    fn default() -> Self {
        use VehicleClass::{Bus, Car, Motorcycle, Truck};
        let vehicles = [Car, Motorcycle, Bus, Truck].map(DetectorClass::Vehicle);
        Self {
            classes: vehicles.into_iter().chain([DetectorClass::Plate]).collect(),
            strides: vec![8, 16, 32],
            min_score: vec![0.3; 5],
            vehicle_iou: 0.6,
            plate_iou: 0.45,
            second_look: SecondLook::default(),
        }
    }
}

impl DetectorSpec {
    /// The lowest scores worth decoding for the tracker, by class: vehicles from `low` (it continues tracks with
    /// faint boxes but starts none from them), plates from their shipped threshold.
    pub fn tracking_floors(&self, low: f32) -> Vec<f32> {
        let pairs = self.classes.iter().zip(&self.min_score);
        pairs.map(|(c, s)| if *c == DetectorClass::Plate { *s } else { s.min(low) }).collect()
    }

    /// The same floor for every class, as `--min-score` and precision curves want it.
    pub fn uniform_floors(&self, score: f32) -> Vec<f32> {
        vec![score; self.classes.len()]
    }

    /// The shipped threshold of a vehicle class; the lowest of all vehicles' for `Unknown`.
    pub fn vehicle_min_score(&self, class: VehicleClass) -> f32 {
        let pairs = self.classes.iter().zip(&self.min_score);
        let of_class = |(c, s): (&DetectorClass, &f32)| match c {
            DetectorClass::Vehicle(v) if *v == class || class == VehicleClass::Unknown => Some(*s),
            _ => None,
        };
        pairs.filter_map(of_class).fold(1.0, f32::min)
    }
}

/// Everything found in one frame: `output` decoded above `floors` (score per class), duplicates removed, mapped to
/// the frame and cut to it; both lists by falling score.
pub fn detections(
    output: &[f32],
    letterbox: &Letterbox<FrameSpace>,
    spec: &DetectorSpec,
    floors: &[f32],
) -> Result<Detections, DetectError> {
    let raw = decode(output, letterbox.input(), spec, floors)?;
    let mut found = Detections::default();
    for b in &raw {
        let rect = letterbox.to_picture(b.rect);
        // Boxes that lie wholly in the padding.
        if rect.w < 1.0 || rect.h < 1.0 {
            continue;
        }
        match spec.classes.get(b.class) {
            Some(DetectorClass::Vehicle(class)) => {
                found.vehicles.push(VehicleDetection { class: *class, score: b.score, rect });
            }
            Some(DetectorClass::Plate) => found.plates.push(PlateDetection { score: b.score, rect }),
            None => {}
        }
    }
    Ok(Detections {
        vehicles: nms::suppress_vehicles(&found.vehicles, spec.vehicle_iou),
        plates: nms::suppress_plates(&found.plates, spec.plate_iou),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::decode::tests::output_with;

    #[test]
    fn a_box_in_the_output_comes_out_where_it_is_in_the_frame() {
        let spec = DetectorSpec::default();
        let letterbox = Letterbox::fitting((1280, 720), 640).expect("a picture");
        assert_eq!(letterbox.input(), (640, 384));
        // A truck around (200, 100) of the input, the same again a little fainter as a car, and a plate.
        let output = output_with(
            (640, 384),
            5,
            &[
                (200.0, 100.0, 80.0, 60.0, 0.9, 3, 0.9),
                (208.0, 100.0, 80.0, 60.0, 0.9, 0, 0.8),
                (200.0, 120.0, 20.0, 8.0, 0.8, 4, 0.9),
            ],
        );
        let found = detections(&output, &letterbox, &spec, &spec.min_score).expect("the length is right");
        assert_eq!(found.vehicles.len(), 1);
        assert_eq!(found.vehicles[0].class, VehicleClass::Truck);
        assert_eq!(found.vehicles[0].rect.to_array(), [320, 140, 160, 120]);
        assert_eq!(found.plates.len(), 1);
        assert_eq!(found.plates[0].rect.to_array(), [380, 232, 40, 16]);
    }

    #[test]
    fn faint_vehicles_are_kept_for_the_tracker_and_faint_plates_are_not() {
        let spec = DetectorSpec::default();
        let floors = spec.tracking_floors(0.1);
        let letterbox = Letterbox::new((640, 384), (640, 384)).expect("a picture");
        let output = output_with(
            (640, 384),
            5,
            &[(200.0, 100.0, 80.0, 60.0, 0.4, 1, 0.4), (400.0, 300.0, 20.0, 8.0, 0.4, 4, 0.4)],
        );
        let found = detections(&output, &letterbox, &spec, &floors).expect("the length is right");
        assert_eq!((found.vehicles.len(), found.plates.len()), (1, 0));
        assert!((spec.vehicle_min_score(VehicleClass::Unknown) - 0.3).abs() < 1e-6);
    }
}

//! Which plate is which vehicle's, by geometry and by what was seen before.

use std::collections::BTreeMap;

use crate::base::assignment;
use crate::domain::detection::{PlateDetection, VehicleClass};
use crate::domain::geometry::{FrameSpace, Point, Rect};
use crate::domain::ids::TrackId;
use crate::domain::track::TrackPoint;

/// A vehicle's box is grown by this share on every side before a plate must lie in it: boxes are tight.
const GROWN: f32 = 0.06;
/// Share of the plate that must lie in the grown box.
const INSIDE: f32 = 0.8;
/// How far a plate strays from where it was on its vehicle, shares of the box's sides.
const STRAY: f32 = 0.12;
/// Weight of a new look in the remembered place.
const LEARN: f32 = 0.4;
/// Cost of lying behind a nearer vehicle's box.
const HIDDEN: f64 = 3.0;
/// Cost of a box that is only predicted.
const PREDICTED: f64 = 1.5;
/// A plate dearer than this stays alone.
const ALONE: f64 = 14.0;

/// A plate as its vehicle's box sees it.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Place {
    /// Its middle in shares of the box's width and height.
    x: f32,
    y: f32,
    /// Its width as a share of the box's width.
    w: f32,
}

impl Place {
    fn of(plate: &Rect<FrameSpace>, vehicle: &Rect<FrameSpace>) -> Self {
        let (w, h) = (vehicle.w.max(1.0), vehicle.h.max(1.0));
        let c = plate.center();
        Self { x: (c.x - vehicle.x) / w, y: (c.y - vehicle.y) / h, w: plate.w / w }
    }

    fn moved_to(&mut self, other: Self) {
        self.x += LEARN * (other.x - self.x);
        self.y += LEARN * (other.y - self.y);
        self.w += LEARN * (other.w - self.w);
    }
}

/// Where each live vehicle carries its plate, and the assignment of a frame's plates to its vehicles.
#[derive(Debug, Default)]
pub struct PlateBook {
    places: BTreeMap<TrackId, Place>,
}

impl PlateBook {
    /// A book without entries.
    pub fn new() -> Self {
        Self::default()
    }

    /// Gives each vehicle at most one plate and each plate to at most one vehicle: pairs of an index into `points`
    /// and the plate, by index. `points` are one frame's, one for each track; `plates` are the same frame's. What was
    /// assigned is remembered; vehicles that are not in `points` keep their entry until [`forget`](Self::forget).
    pub fn assign(
        &mut self,
        points: &[TrackPoint],
        plates: &[PlateDetection],
    ) -> Vec<(usize, PlateDetection)> {
        let answer =
            assignment::assign(plates.len(), points.len(), ALONE, |p, v| self.cost(&plates[p], v, points));
        let pairs = answer.iter().zip(plates).filter_map(|(v, p)| v.map(|v| (v, *p)));
        let mut pairs: Vec<_> = pairs.collect();
        pairs.sort_by_key(|(v, _)| *v);
        for (v, plate) in &pairs {
            let place = Place::of(&plate.rect, &points[*v].rect);
            let known = self.places.entry(points[*v].track.clone()).or_insert(place);
            known.moved_to(place);
        }
        pairs
    }

    /// Drops what is known of a track; call it for every track that ended.
    pub fn forget(&mut self, track: &TrackId) {
        self.places.remove(track);
    }

    /// How badly the plate fits the vehicle; `None` where it cannot be its plate.
    fn cost(&self, plate: &PlateDetection, vehicle: usize, points: &[TrackPoint]) -> Option<f64> {
        let point = &points[vehicle];
        // A place with a NaN would be remembered and make its vehicle forget where its plate is.
        let place = Place::of(&plate.rect, &point.rect);
        if ![place.x, place.y, place.w, plate.score].iter().all(|v| v.is_finite()) {
            return None;
        }
        let grown = point.rect.grown(GROWN);
        let area = plate.rect.area();
        if !(area > 0.0 && plate.rect.overlap(&grown) >= INSIDE * area) {
            return None;
        }
        let two_wheeled = point.class == VehicleClass::Motorcycle;
        // A car's plate takes a quarter of its front; a motorbike's most of its mudguard; a lorry's little. From the
        // side, boxes are long and shares small.
        let widest = if two_wheeled { 0.8 } else { 0.55 };
        if !(0.03..=widest).contains(&place.w) || place.y < 0.2 {
            return None;
        }
        let square = |v: f32| f64::from(v) * f64::from(v);
        let expected_y = if two_wheeled { 0.65 } else { 0.75 };
        let prior = square((place.x - 0.5) / 0.25) + square((place.y - expected_y) / 0.2);
        let mut cost = match self.places.get(&point.track) {
            Some(known) => {
                let moved = square((place.x - known.x) / STRAY) + square((place.y - known.y) / STRAY);
                // A remembered place may be wrong; it never makes a vehicle impossible that its box allows.
                (moved + square((place.w / known.w.max(1e-3)).ln() / 0.3)).min(8.0) + 0.25 * prior.min(8.0)
            }
            None => prior.min(10.0),
        };
        cost += 2.0 * f64::from(1.0 - plate.score.clamp(0.0, 1.0));
        if point.score.is_none() {
            cost += PREDICTED;
        }
        if hidden(plate.rect.center(), vehicle, points) {
            cost += HIDDEN;
        }
        Some(cost)
    }
}

/// Whether a vehicle nearer to the camera (its foot is lower in the picture) covers `at` on the vehicle.
fn hidden(at: Point, vehicle: usize, points: &[TrackPoint]) -> bool {
    let mine = points[vehicle].rect.bottom();
    points.iter().enumerate().any(|(i, p)| {
        i != vehicle && p.score.is_some() && p.rect.bottom() > mine && p.rect.grown(-0.1).contains(at)
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::ids::{CameraId, RunId};
    use crate::domain::time::{ClockQuality, Stamp};

    fn point(number: u64, class: VehicleClass, rect: [f32; 4]) -> TrackPoint {
        TrackPoint {
            track: TrackId { run: RunId::new("r"), camera: CameraId::new("c"), number },
            stamp: Stamp { stream_s: 0.0, wall: None, clock: ClockQuality::Unknown },
            rect: Rect::new(rect[0], rect[1], rect[2], rect[3]),
            score: Some(0.8),
            class,
            class_share: 1.0,
        }
    }

    fn plate(rect: [f32; 4]) -> PlateDetection {
        PlateDetection { score: 0.8, rect: Rect::new(rect[0], rect[1], rect[2], rect[3]) }
    }

    #[test]
    fn each_vehicle_gets_its_own_plate() {
        let points = [
            point(1, VehicleClass::Car, [0.0, 0.0, 200.0, 160.0]),
            point(2, VehicleClass::Car, [180.0, 20.0, 200.0, 160.0]),
        ];
        let plates = [plate([255.0, 130.0, 50.0, 15.0]), plate([75.0, 110.0, 50.0, 15.0])];
        let pairs = PlateBook::new().assign(&points, &plates);
        assert_eq!(pairs, vec![(0, plates[1]), (1, plates[0])]);
    }

    #[test]
    fn a_motorbike_before_a_car_keeps_its_plate() {
        let points = [
            point(1, VehicleClass::Car, [0.0, 0.0, 300.0, 220.0]),
            point(2, VehicleClass::Motorcycle, [120.0, 80.0, 70.0, 180.0]),
        ];
        // Where the car's own plate would be, but on the motorbike that hides it.
        let bike = plate([140.0, 190.0, 30.0, 22.0]);
        assert_eq!(PlateBook::new().assign(&points, &[bike]), vec![(1, bike)]);
    }

    #[test]
    fn a_plate_stays_where_it_was_on_its_vehicle() {
        let mut book = PlateBook::new();
        let car = |x: f32| point(1, VehicleClass::Car, [x, 0.0, 200.0, 160.0]);
        for n in 0..5 {
            let x = 20.0 * n as f32;
            assert_eq!(book.assign(&[car(x)], &[plate([x + 60.0, 110.0, 50.0, 15.0])]).len(), 1);
        }
        // A sign that the net takes for a plate, in a likelier place by itself, is surer than the plate today.
        let (own, sign) = (plate([160.0, 110.0, 50.0, 15.0]), plate([175.0, 60.0, 50.0, 15.0]));
        let sign = PlateDetection { score: 0.95, ..sign };
        let pairs = book.assign(&[car(100.0)], &[sign, own]);
        assert_eq!(pairs, vec![(0, own)]);
        let id = car(0.0).track;
        book.forget(&id);
        assert!(book.places.is_empty());
    }

    #[test]
    fn what_cannot_be_a_plate_of_the_vehicle_is_nobodys() {
        let points = [point(1, VehicleClass::Car, [100.0, 100.0, 200.0, 160.0])];
        for wrong in [
            [310.0, 200.0, 50.0, 15.0],  // beside it
            [150.0, 105.0, 50.0, 15.0],  // on its roof
            [110.0, 180.0, 150.0, 60.0], // its whole front
            [200.0, 200.0, 3.0, 1.0],    // a speck
        ] {
            assert_eq!(PlateBook::new().assign(&points, &[plate(wrong)]), vec![], "{wrong:?}");
        }
    }

    #[test]
    fn a_plate_with_a_nan_is_nobodys() {
        let points = [point(1, VehicleClass::Car, [0.0, 0.0, 200.0, 160.0])];
        let odd =
            [[f32::NAN, 110.0, 50.0, 15.0], [75.0, f32::NAN, 50.0, 15.0], [f32::INFINITY, 0.0, 50.0, 15.0]];
        for rect in odd {
            assert_eq!(PlateBook::new().assign(&points, &[plate(rect)]).len(), 0, "{rect:?}");
        }
    }

    proptest! {
        #[test]
        fn one_plate_a_vehicle_and_one_vehicle_a_plate(
            boxes in proptest::collection::vec((0.0f32..300.0, 0.0f32..300.0, 20.0f32..200.0, 20.0f32..200.0), 0..6),
            found in proptest::collection::vec((0.0f32..400.0, 0.0f32..400.0, 5.0f32..60.0, 5.0f32..30.0), 0..8),
        ) {
            let points: Vec<_> = boxes.iter().enumerate()
                .map(|(i, b)| point(i as u64 + 1, VehicleClass::Car, [b.0, b.1, b.2, b.3])).collect();
            let plates: Vec<_> = found.iter().map(|p| plate([p.0, p.1, p.2, p.3])).collect();
            let pairs = PlateBook::new().assign(&points, &plates);
            for (n, (v, p)) in pairs.iter().enumerate() {
                prop_assert!(p.rect.overlap(&points[*v].rect.grown(0.07)) > 0.0);
                prop_assert!(pairs[n + 1..].iter().all(|(w, _)| w > v));
            }
            prop_assert!(pairs.len() <= plates.len());
        }
    }
}

//! When a plate is looked at. Looks cost: the reader 1-2 ms, a second look 15 ms and more. So a track is looked at
//! while it has something to gain, and the second look goes to few vehicles a frame.

use std::collections::BTreeMap;

use crate::domain::detection::VehicleClass;
use crate::domain::geometry::{FrameSpace, Rect};
use crate::domain::ids::TrackId;
use crate::domain::track::TrackPoint;

/// How much is spent on looks.
#[derive(Debug, Clone, Copy)]
pub struct LookRules {
    /// Plates narrower than this are not read, in pixels: no reader gets them (docs/accuracy.md).
    pub min_plate_px: f32,
    /// A settled plate is read again when it is this many times as wide as ever before ...
    pub wider_by: f32,
    /// ... and every so many seconds of stream time: a track that has gone over to another vehicle shows another plate.
    pub again_after_s: f64,
    /// Reads of one track at most.
    pub max_reads: u32,
    /// Second looks at one track at most.
    pub max_second_looks: u32,
    /// Least seconds of stream time between two second looks at one track.
    pub second_look_every_s: f64,
    /// Second looks in one frame at most.
    pub second_looks_a_frame: usize,
    /// Lorries narrower than this are not searched for a painted number, in pixels.
    pub painted_from_px: f32,
    /// Searches of one track at most, and of one whose plate is settled.
    pub max_painted: u32,
    /// See [`Self::max_painted`].
    pub max_painted_settled: u32,
    /// Least seconds of stream time between two searches of one track.
    pub painted_every_s: f64,
}

impl Default for LookRules {
    fn default() -> Self {
        Self {
            min_plate_px: 24.0,
            wider_by: 1.15,
            again_after_s: 0.5,
            max_reads: 60,
            max_second_looks: 24,
            second_look_every_s: 0.24,
            second_looks_a_frame: 2,
            painted_from_px: 90.0,
            max_painted: 24,
            max_painted_settled: 12,
            painted_every_s: 0.12,
        }
    }
}

#[derive(Debug, Default)]
struct Spent {
    reads: u32,
    last_read_s: f64,
    widest_px: f32,
    second_looks: u32,
    last_second_look_s: Option<f64>,
    painted: u32,
    last_painted_s: Option<f64>,
    /// Where on the vehicle its plate was last: left, top, width, height in shares of the vehicle's box.
    plate: Option<[f32; 4]>,
}

/// What was spent on each live track of one camera.
#[derive(Debug)]
pub struct LookPlanner {
    rules: LookRules,
    spent: BTreeMap<TrackId, Spent>,
}

impl LookPlanner {
    /// Nothing spent.
    pub fn new(rules: LookRules) -> Self {
        Self { rules, spent: BTreeMap::new() }
    }

    /// Whether a plate of this width is to be read at this moment of the stream; if so it is counted.
    pub fn read(&mut self, track: &TrackId, at_s: f64, plate_px: f32, settled: bool) -> bool {
        let rules = self.rules;
        let spent = self.spent.entry(track.clone()).or_default();
        let long_ago = at_s - spent.last_read_s >= rules.again_after_s;
        let gains = !settled || long_ago || plate_px >= spent.widest_px * rules.wider_by;
        if plate_px < rules.min_plate_px || spent.reads >= rules.max_reads || !gains {
            return false;
        }
        spent.reads += 1;
        spent.last_read_s = at_s;
        spent.widest_px = spent.widest_px.max(plate_px);
        true
    }

    /// The points worth a second look in this frame, best first; they are counted. `open` tells for each point whether
    /// its plate was not found in the frame and is not settled.
    pub fn second_looks(&mut self, points: &[TrackPoint], open: &[bool]) -> Vec<usize> {
        let rules = self.rules;
        let mut wanted: Vec<(f32, usize)> = Vec::new();
        for (at, (point, open)) in points.iter().zip(open).enumerate() {
            if !open || point.score.is_none() || !large_enough(point, rules.min_plate_px) {
                continue;
            }
            let spent = self.spent.entry(point.track.clone()).or_default();
            let rested = spent
                .last_second_look_s
                .is_none_or(|t| point.stamp.stream_s - t >= rules.second_look_every_s);
            if rested && spent.second_looks < rules.max_second_looks {
                // Large vehicles first, and those that had few looks before those that had many.
                wanted.push((point.rect.w / (1.0 + spent.second_looks as f32 / 4.0), at));
            }
        }
        wanted.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        wanted.truncate(rules.second_looks_a_frame);
        for (_, at) in &wanted {
            let point = &points[*at];
            let spent = self.spent.entry(point.track.clone()).or_default();
            spent.second_looks += 1;
            spent.last_second_look_s = Some(point.stamp.stream_s);
        }
        wanted.into_iter().map(|(_, at)| at).collect()
    }

    /// The vehicle's plate is here.
    pub fn plate_seen(&mut self, point: &TrackPoint, plate: &Rect<FrameSpace>) {
        let (v, spent) = (point.rect, self.spent.entry(point.track.clone()).or_default());
        if v.w > 0.0 && v.h > 0.0 {
            spent.plate = Some([(plate.x - v.x) / v.w, (plate.y - v.y) / v.h, plate.w / v.w, plate.h / v.h]);
        }
    }

    /// Where its plate is by where it was last, as its box stands now.
    pub fn plate_on(&self, point: &TrackPoint) -> Option<Rect<FrameSpace>> {
        let (v, [x, y, w, h]) = (point.rect, self.spent.get(&point.track)?.plate?);
        Some(Rect::new(v.x + x * v.w, v.y + y * v.h, w * v.w, h * v.h))
    }

    /// The lorry worth a search for its painted number in this frame, if any; it is counted. One a frame: the widest of those
    /// that had few. `settled` tells whether a lorry's plate is, `done` whether its painted number is.
    pub fn painted(
        &mut self,
        points: &[TrackPoint],
        settled: impl Fn(&TrackPoint) -> bool,
        done: impl Fn(&TrackPoint) -> bool,
    ) -> Option<usize> {
        let rules = self.rules;
        let mut wanted: Option<(f32, usize)> = None;
        for (at, point) in points.iter().enumerate() {
            let lorry = point.class == VehicleClass::Truck && point.rect.w >= rules.painted_from_px;
            if !lorry || point.score.is_none() || done(point) {
                continue;
            }
            let spent = self.spent.entry(point.track.clone()).or_default();
            let most = if settled(point) { rules.max_painted_settled } else { rules.max_painted };
            let rested =
                spent.last_painted_s.is_none_or(|t| point.stamp.stream_s - t >= rules.painted_every_s);
            let worth = point.rect.w / (1.0 + spent.painted as f32 / 4.0);
            if rested && spent.painted < most && wanted.is_none_or(|(w, _)| worth > w) {
                wanted = Some((worth, at));
            }
        }
        let (_, at) = wanted?;
        let spent = self.spent.entry(points[at].track.clone()).or_default();
        spent.painted += 1;
        spent.last_painted_s = Some(points[at].stamp.stream_s);
        Some(at)
    }

    /// The track has ended.
    pub fn forget(&mut self, track: &TrackId) {
        self.spent.remove(track);
    }
}

/// Whether a plate on this vehicle could be `min_plate_px` wide. A plate of 0.33-0.52 m on a vehicle 1.8-2.5 m wide,
/// or of 0.19 m on a motorbike 0.7 m wide, takes 0.15-0.3 of the box.
fn large_enough(point: &TrackPoint, min_plate_px: f32) -> bool {
    let share = match point.class {
        VehicleClass::Motorcycle => 0.28,
        VehicleClass::Bus | VehicleClass::Truck => 0.2,
        VehicleClass::Car | VehicleClass::Unknown => 0.25,
    };
    point.rect.w * share >= min_plate_px
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::{CameraId, RunId};
    use crate::domain::time::{ClockQuality, Stamp};

    fn point(number: u64, at_s: f64, width: f32) -> TrackPoint {
        TrackPoint {
            track: TrackId { run: RunId::new("r"), camera: CameraId::new("c"), number },
            stamp: Stamp { stream_s: at_s, wall: None, clock: ClockQuality::Unknown },
            rect: Rect::new(0.0, 0.0, width, width),
            score: Some(0.9),
            class: VehicleClass::Car,
            class_share: 1.0,
        }
    }

    #[test]
    fn a_settled_plate_is_read_again_when_it_is_wider_and_now_and_then() {
        let mut planner = LookPlanner::new(LookRules::default());
        let track = point(1, 0.0, 200.0).track;
        assert!(planner.read(&track, 1.0, 60.0, false));
        assert!(planner.read(&track, 1.1, 50.0, false));
        assert!(!planner.read(&track, 1.2, 60.0, true));
        assert!(planner.read(&track, 1.3, 70.0, true));
        assert!(!planner.read(&track, 1.7, 60.0, true));
        assert!(planner.read(&track, 1.8, 60.0, true), "it may be another vehicle's by now");
        assert!(!planner.read(&track, 9.0, 20.0, false), "too narrow");
    }

    #[test]
    fn second_looks_go_to_the_largest_that_have_rested() {
        let mut planner = LookPlanner::new(LookRules::default());
        let at = |s| [point(1, s, 300.0), point(2, s, 200.0), point(3, s, 250.0), point(4, s, 40.0)];
        assert_eq!(planner.second_looks(&at(0.0), &[true; 4]), [0, 2]);
        assert_eq!(planner.second_looks(&at(0.125), &[true; 4]), [1], "the others rest, one is too small");
        assert_eq!(planner.second_looks(&at(0.25), &[true, true, false, true]), [0]);
    }

    #[test]
    fn a_plate_moves_and_grows_with_its_vehicle() {
        let mut planner = LookPlanner::new(LookRules::default());
        let near = TrackPoint { rect: Rect::new(100.0, 100.0, 400.0, 200.0), ..point(1, 1.0, 1.0) };
        assert_eq!(planner.plate_on(&near), None);
        planner.plate_seen(&point(1, 0.0, 100.0), &Rect::new(40.0, 80.0, 20.0, 10.0));
        assert_eq!(planner.plate_on(&near).map(|r| r.to_array()), Some([260, 260, 80, 20]));
        planner.forget(&near.track);
        assert_eq!(planner.plate_on(&near), None);
    }

    #[test]
    fn one_lorry_a_frame_is_searched_for_its_painted_number() {
        let mut planner = LookPlanner::new(LookRules::default());
        let lorry = |n, s, w| TrackPoint { class: VehicleClass::Truck, ..point(n, s, w) };
        let at = |s| [point(1, s, 500.0), lorry(2, s, 300.0), lorry(3, s, 200.0), lorry(4, s, 60.0)];
        let no = |_: &TrackPoint| false;
        assert_eq!(planner.painted(&at(0.0), no, no), Some(1), "no car");
        assert_eq!(planner.painted(&at(0.1), no, no), Some(2), "the first rests");
        assert_eq!(planner.painted(&at(0.2), no, no), Some(1), "rested");
        assert_eq!(planner.painted(&at(0.25), no, no), Some(2), "rested too");
        assert_eq!(planner.painted(&at(0.26), no, no), None, "too small a lorry is left");
        assert_eq!(planner.painted(&at(0.5), no, |p| p.track.number == 2), Some(2), "read already");
        let spent =
            (0..40).filter(|n| planner.painted(&[lorry(9, f64::from(*n), 300.0)], |_| true, no).is_some());
        assert_eq!(spent.count() as u32, LookRules::default().max_painted_settled);
    }

    #[test]
    fn what_is_spent_on_one_track_ends() {
        let rules = LookRules { max_reads: 3, max_second_looks: 2, ..LookRules::default() };
        let mut planner = LookPlanner::new(rules);
        let track = point(1, 0.0, 200.0).track;
        let reads = (0..9).filter(|i| planner.read(&track, f64::from(*i), 60.0, false)).count();
        assert_eq!(reads, 3);
        let looks =
            (0..9).filter(|i| !planner.second_looks(&[point(1, f64::from(*i), 200.0)], &[true]).is_empty());
        assert_eq!(looks.count(), 2);
        planner.forget(&track);
        assert!(planner.read(&track, 9.0, 60.0, false));
    }
}

//! Crossings of a counting line by tracks, with hysteresis: a queue that stands on the line is not many crossings.
//!
//! A vehicle is where its foot is, the middle of its box's lower side. It has crossed when the foot has come from
//! beyond a band around the line on one side to beyond it on the other, between the line's ends. Back over the line
//! within one track takes the crossing back.

use std::collections::BTreeMap;

use crate::domain::geometry::{Line, Point};
use crate::domain::ids::TrackId;
use crate::domain::place::Direction;
use crate::domain::time::Stamp;
use crate::domain::track::TrackPoint;

/// A box that comes nearer to the picture's edge than this is cut by it, pixels.
const EDGE_PX: f32 = 3.0;
/// A box lower than this share of its usual height has its foot hidden, by the edge or by what stands before it.
const HIDDEN_BELOW: f32 = 0.85;

/// What may be set about the counting of crossings.
#[derive(Debug, Clone, PartialEq)]
pub struct CrossingSettings {
    /// Half width of the band around the line, as a share of the box's mean side: boxes tremble by their size.
    pub band_share: f32,
    /// The band's least half width, as a share of the picture's height.
    pub band_min_share: f32,
    /// How far beyond the line's ends a crossing still counts, as a share of its length.
    pub end_margin: f32,
}

impl Default for CrossingSettings {
    fn default() -> Self {
        Self { band_share: 0.1, band_min_share: 0.004, end_margin: 0.05 }
    }
}

/// What happened at the line.
#[derive(Debug, Clone, PartialEq)]
pub enum CrossingEvent {
    /// A vehicle crossed.
    Crossed {
        /// Which.
        track: TrackId,
        /// Counts the crossings of the track from 1, those taken back included.
        number: u32,
        /// From the left of a→b to its right is `In`.
        direction: Direction,
        /// When the foot was on the line, between the two frames around it.
        stamp: Stamp,
    },
    /// It went back over the line: the crossing of that number does not count.
    Cancelled {
        /// Which.
        track: TrackId,
        /// The crossing's number.
        number: u32,
        /// When the foot was on the line again.
        stamp: Stamp,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Left,
    Right,
}

/// A foot as the line sees it.
#[derive(Debug, Clone, Copy)]
struct Foot {
    /// Signed distance from the line, pixels, right positive.
    distance: f32,
    /// Share of the way from a to b.
    along: f32,
    stamp: Stamp,
}

#[derive(Debug)]
struct Watch {
    /// The side on which the foot was last beyond the band.
    side: Option<Side>,
    /// The last foot.
    before: Foot,
    /// The last change of side, band or not: (new side, share along the line, when).
    change: Option<(Side, f32, Stamp)>,
    crossings: u32,
    /// Direction of the last crossing, unless it was taken back.
    counted: Option<Direction>,
    /// Usual height of the box as a multiple of its width, and when it was last looked at.
    aspect: Option<(f32, f64)>,
}

/// Counts the crossings of one line in one camera's picture.
#[derive(Debug)]
pub struct LineCounter {
    line: Line,
    picture: (f32, f32),
    settings: CrossingSettings,
    watches: BTreeMap<TrackId, Watch>,
}

impl LineCounter {
    /// A counter for `line` (shares of the picture) in pictures of (width, height) pixels.
    pub fn new(line: Line, picture: (u32, u32), settings: CrossingSettings) -> Self {
        let line = line.in_pixels(picture.0, picture.1);
        Self { line, picture: (picture.0 as f32, picture.1 as f32), settings, watches: BTreeMap::new() }
    }

    /// Takes a track's next point; points of one track come in the order of their time. Points without a detection
    /// say nothing: what happened out of sight is told by the next sight.
    pub fn feed(&mut self, point: &TrackPoint) -> Option<CrossingEvent> {
        let r = &point.rect;
        if point.score.is_none() || ![r.x, r.y, r.w, r.h].iter().all(|v| v.is_finite()) {
            return None;
        }
        let p = r.foot();
        let foot = Foot { distance: self.line.side(p), along: self.line.along(p), stamp: point.stamp };
        let watch = self.watches.entry(point.track.clone()).or_insert_with(|| Watch {
            side: None,
            before: foot,
            change: None,
            crossings: 0,
            counted: None,
            aspect: None,
        });
        let cut = r.y <= EDGE_PX || r.bottom() >= self.picture.1 - EDGE_PX;
        let usual = watch.usual_aspect(r.w, r.h, point.stamp, cut);
        let (least, most) = reach(&self.line, self.picture, point, usual, foot.distance);
        let min_band = (self.settings.band_min_share * self.picture.1).max(1.0);
        let band = (self.settings.band_share * r.area().sqrt()).max(min_band);

        watch.note_change(foot);
        // Surely beyond: all places where the foot may be are, the nearest at least by the narrow band.
        let side = if least > min_band && most > band {
            Side::Right
        } else if most < -min_band && least < -band {
            Side::Left
        } else {
            return None;
        };
        let from = watch.side.replace(side);
        if from.is_none_or(|from| from == side) {
            return None;
        }
        let (_, along, stamp) = watch.change.filter(|c| c.0 == side)?;
        let margin = self.settings.end_margin;
        if !(-margin..=1.0 + margin).contains(&along) {
            return None;
        }
        let direction = if side == Side::Right { Direction::In } else { Direction::Out };
        let track = point.track.clone();
        if watch.counted.is_some_and(|d| d != direction) {
            watch.counted = None;
            return Some(CrossingEvent::Cancelled { track, number: watch.crossings, stamp });
        }
        // It went back around an end of the line: still the same passage.
        if watch.counted.is_some() {
            return None;
        }
        watch.crossings += 1;
        watch.counted = Some(direction);
        Some(CrossingEvent::Crossed { track, number: watch.crossings, direction, stamp })
    }

    /// Drops what is known of a track; call it for every track that ended.
    pub fn forget(&mut self, track: &TrackId) {
        self.watches.remove(track);
    }
}

impl Watch {
    /// The usual height as a multiple of the width; follows boxes that grow taller at once, others over seconds, so
    /// that a foot hidden for a while is still missed. A box that an edge cuts above or below teaches nothing.
    fn usual_aspect(&mut self, w: f32, h: f32, stamp: Stamp, cut: bool) -> Option<f32> {
        let now = h / w.max(1.0);
        match &mut self.aspect {
            None if cut => {}
            None => self.aspect = Some((now, stamp.stream_s)),
            Some((usual, at)) => {
                let dt = (stamp.stream_s - *at).max(0.0);
                let tau = if now > *usual { 0.3 } else { 4.0 };
                if !cut {
                    *usual += (now - *usual) * (1.0 - (-dt / tau).exp()) as f32;
                }
                *at = stamp.stream_s;
            }
        }
        self.aspect.map(|(usual, _)| usual)
    }

    /// Remembers when the foot changed sides, at the line itself.
    fn note_change(&mut self, foot: Foot) {
        let before = std::mem::replace(&mut self.before, foot);
        let side = if foot.distance > 0.0 { Side::Right } else { Side::Left };
        let was = if before.distance > 0.0 { Side::Right } else { Side::Left };
        if side == was {
            return;
        }
        let share = before.distance / (before.distance - foot.distance);
        let along = before.along + share * (foot.along - before.along);
        let seconds = f64::from(share) * (foot.stamp.stream_s - before.stamp.stream_s);
        self.change = Some((side, along, before.stamp.shifted(seconds)));
    }
}

/// Least and greatest distance from the line at which the true foot may be. Where the whole box is seen, both are
/// `distance`. A side of the box at the picture's edge may lie anywhere beyond it, and a box lower than usual may have
/// its foot behind what stands before it.
fn reach(
    line: &Line,
    picture: (f32, f32),
    point: &TrackPoint,
    usual: Option<f32>,
    distance: f32,
) -> (f32, f32) {
    let r = &point.rect;
    // How the distance changes for a pixel to the right and a pixel down.
    let origin = line.side(Point { x: 0.0, y: 0.0 });
    let right = line.side(Point { x: 1.0, y: 0.0 }) - origin;
    let down = line.side(Point { x: 0.0, y: 1.0 }) - origin;

    let below = match usual {
        // What a box lacks may be above the picture: a lorry near the camera is taller than it.
        Some(_) if r.y <= EDGE_PX => 0.0,
        Some(aspect) if r.h < HIDDEN_BELOW * aspect * r.w => aspect * r.w - r.h,
        _ => 0.0,
    };
    let below = if r.bottom() >= picture.1 - EDGE_PX { below.max(r.h) } else { below };
    // The middle moves by half of what is hidden at a side.
    let half = r.w / 2.0;
    let leftwards = if r.x <= EDGE_PX { half } else { 0.0 };
    let rightwards = if r.right() >= picture.0 - EDGE_PX { half } else { 0.0 };

    let moves = [below * down, -leftwards * right, rightwards * right];
    let least = distance + moves.iter().map(|m| m.min(0.0)).sum::<f32>();
    let most = distance + moves.iter().map(|m| m.max(0.0)).sum::<f32>();
    (least, most)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::detection::VehicleClass;
    use crate::domain::geometry::Rect;
    use crate::domain::ids::{CameraId, RunId};
    use crate::domain::time::ClockQuality;

    const PICTURE: (u32, u32) = (1000, 1000);

    fn id() -> TrackId {
        TrackId { run: RunId::new("r"), camera: CameraId::new("c"), number: 7 }
    }

    /// A box of 100 x 80 whose foot is there, cut to the picture.
    fn point(t: f64, x: f32, y: f32) -> TrackPoint {
        sized(t, Rect::new(x - 50.0, y - 80.0, 100.0, 80.0).clipped(1000.0, 1000.0))
    }

    fn sized(t: f64, rect: Rect<crate::domain::geometry::FrameSpace>) -> TrackPoint {
        TrackPoint {
            track: id(),
            stamp: Stamp { stream_s: t, wall: None, clock: ClockQuality::Unknown },
            rect,
            score: Some(0.9),
            class: VehicleClass::Car,
            class_share: 1.0,
        }
    }

    fn counter(line: [[f32; 2]; 2]) -> LineCounter {
        LineCounter::new(Line::from(line), PICTURE, CrossingSettings::default())
    }

    /// A line from left to right at half height between a fifth and four fifths: downwards is in.
    fn level() -> LineCounter {
        counter([[0.2, 0.5], [0.8, 0.5]])
    }

    fn feed(counter: &mut LineCounter, feet: &[(f32, f32)]) -> Vec<CrossingEvent> {
        let points = feet.iter().enumerate().map(|(n, (x, y))| point(n as f64, *x, *y));
        points.filter_map(|p| counter.feed(&p)).collect()
    }

    fn down(n: usize) -> Vec<(f32, f32)> {
        (0..n).map(|i| (500.0, 440.0 + 40.0 * i as f32)).collect()
    }

    #[test]
    fn downwards_over_a_line_drawn_rightwards_is_in_and_upwards_is_out() {
        let events = feed(&mut level(), &down(5));
        let [CrossingEvent::Crossed { number: 1, direction: Direction::In, stamp, .. }] = &events[..] else {
            panic!("{events:?}")
        };
        // The foot is at 440 + 40 t: on the line after one and a half seconds.
        assert!((stamp.stream_s - 1.5).abs() < 1e-6);
        let up: Vec<_> = down(5).into_iter().rev().collect();
        let events = feed(&mut level(), &up);
        assert!(
            matches!(events[..], [CrossingEvent::Crossed { direction: Direction::Out, .. }]),
            "{events:?}"
        );
    }

    #[test]
    fn a_queue_that_trembles_on_the_line_is_no_crossing_and_leaving_it_is_one() {
        let mut counter = level();
        let tremble = |i: usize| (500.0, 500.0 + [0.0, 5.0, -6.0, 3.0, -4.0][i % 5]);
        let feet: Vec<_> = std::iter::once((500.0, 440.0)).chain((0..200).map(tremble)).collect();
        assert_eq!(feed(&mut counter, &feet), vec![]);
        let event = counter.feed(&point(201.0, 500.0, 540.0));
        assert!(matches!(event, Some(CrossingEvent::Crossed { number: 1, direction: Direction::In, .. })));
    }

    #[test]
    fn back_over_the_line_takes_it_back_and_over_again_counts_again() {
        let feet = [440.0, 560.0, 440.0, 560.0].map(|y| (500.0, y));
        let events = feed(&mut level(), &feet);
        let told: Vec<_> = events
            .iter()
            .map(|e| match e {
                CrossingEvent::Crossed { number, .. } => (true, *number),
                CrossingEvent::Cancelled { number, .. } => (false, *number),
            })
            .collect();
        assert_eq!(told, vec![(true, 1), (false, 1), (true, 2)]);
    }

    #[test]
    fn who_appears_beyond_the_line_has_not_crossed_it() {
        assert_eq!(feed(&mut level(), &[(500.0, 520.0), (500.0, 600.0), (500.0, 700.0)]), vec![]);
        // Nor who appears on it.
        assert_eq!(feed(&mut level(), &[(500.0, 502.0), (500.0, 600.0), (500.0, 700.0)]), vec![]);
    }

    #[test]
    fn beside_the_line_nothing_counts() {
        let at = |x: f32| [440.0, 480.0, 520.0, 560.0].map(|y| (x, y));
        assert_eq!(feed(&mut level(), &at(120.0)), vec![]);
        assert_eq!(feed(&mut level(), &at(880.0)), vec![]);
        assert_eq!(feed(&mut level(), &at(190.0)).len(), 1, "within the margin of an end");
    }

    #[test]
    fn a_gap_in_sight_is_bridged_and_guesses_are_not_believed() {
        let mut counter = level();
        let guess = |t: f64, y: f32| TrackPoint { score: None, ..point(t, 500.0, y) };
        assert!(counter.feed(&point(0.0, 500.0, 440.0)).is_none());
        assert!(counter.feed(&guess(1.0, 520.0)).is_none());
        assert!(counter.feed(&guess(2.0, 640.0)).is_none());
        let event = counter.feed(&point(3.0, 500.0, 560.0));
        let Some(CrossingEvent::Crossed { stamp, .. }) = event else { panic!("{event:?}") };
        assert!((stamp.stream_s - 1.5).abs() < 1e-6);
    }

    #[test]
    fn a_line_near_the_lower_edge_is_crossed_by_boxes_that_the_edge_cuts() {
        // 10 px are left below the line, less than the band: the box sticks to the edge.
        let line = [[0.2, 0.99], [0.8, 0.99]];
        let feet: Vec<_> = (0..6).map(|i| (500.0, 900.0 + 30.0 * i as f32)).collect();
        let events = feed(&mut counter(line), &feet);
        assert!(
            matches!(events[..], [CrossingEvent::Crossed { direction: Direction::In, .. }]),
            "{events:?}"
        );
        // The other way: it rises from below the edge, and crosses when its foot does.
        let feet: Vec<_> = (0..8).map(|i| (500.0, 1060.0 - 20.0 * i as f32)).collect();
        let events = feed(&mut counter(line), &feet);
        let [CrossingEvent::Crossed { direction: Direction::Out, stamp, .. }] = &events[..] else {
            panic!("{events:?}")
        };
        assert!((3.0..=4.0).contains(&stamp.stream_s), "at {}", stamp.stream_s);
    }

    /// Seen on rendered footage: an army lorry that went away from under the camera was never recorded, as its box, which
    /// the upper edge cut, was lower from frame to frame than usual.
    #[test]
    fn what_is_taller_than_the_picture_crosses_though_its_box_grows_lower() {
        let mut counter = level();
        let away = |n: u32| {
            let foot = 1000.0 - 40.0 * n as f32;
            sized(f64::from(n) * 0.125, Rect::new(300.0, foot - 900.0, 400.0, 900.0).clipped(1000.0, 1000.0))
        };
        let events: Vec<_> = (0..20).filter_map(|n| counter.feed(&away(n))).collect();
        assert!(
            matches!(events[..], [CrossingEvent::Crossed { direction: Direction::Out, .. }]),
            "{events:?}"
        );
    }

    #[test]
    fn a_foot_hidden_by_what_stands_before_it_does_not_cross() {
        let mut counter = level();
        let whole = Rect::new(450.0, 440.0, 100.0, 80.0);
        let covered = Rect::new(450.0, 440.0, 100.0, 40.0);
        let mut t = 0.0;
        for rect in [whole, covered, covered, whole, covered] {
            for _ in 0..8 {
                t += 0.125;
                assert_eq!(counter.feed(&sized(t, rect)), None, "after {t} s");
            }
        }
        assert!(counter.feed(&sized(t + 1.0, Rect::new(450.0, 350.0, 100.0, 80.0))).is_some());
    }

    #[test]
    fn what_ended_is_forgotten() {
        let mut counter = level();
        feed(&mut counter, &down(5));
        counter.forget(&id());
        assert!(counter.watches.is_empty());
    }

    proptest! {
        #[test]
        fn no_crossing_without_both_sides_seen(
            line in proptest::array::uniform4(0.0f32..1.0),
            feet in proptest::collection::vec((0.0f32..1000.0, 0.0f32..1000.0), 1..60),
        ) {
            let line = [[line[0], line[1]], [line[2], line[3]]];
            let pixels = Line::from(line).in_pixels(PICTURE.0, PICTURE.1);
            let mut counter = counter(line);
            let (mut open, mut numbers) = (None, 0);
            let (mut left, mut right) = (false, false);
            for (n, (x, y)) in feet.iter().enumerate() {
                let p = point(n as f64, *x, *y);
                let side = pixels.side(p.rect.foot());
                left |= side < 0.0;
                right |= side > 0.0;
                match counter.feed(&p) {
                    Some(CrossingEvent::Crossed { number, direction, stamp, .. }) => {
                        prop_assert!(left && right);
                        prop_assert_eq!(number, numbers + 1);
                        prop_assert!(open.is_none(), "counted twice");
                        prop_assert_eq!(direction == Direction::In, side > 0.0);
                        prop_assert!(stamp.stream_s <= n as f64 && stamp.stream_s >= 0.0);
                        numbers = number;
                        open = Some(number);
                    }
                    Some(CrossingEvent::Cancelled { number, .. }) => {
                        prop_assert_eq!(open.take(), Some(number));
                    }
                    None => {}
                }
            }
        }
    }
}

//! One vehicle as the tracker remembers it.

use super::motion::{self, Motion};
use super::votes::ClassVotes;
use crate::domain::detection::{VehicleClass, VehicleDetection};
use crate::domain::geometry::{FrameSpace, Rect};
use crate::domain::ids::TrackId;
use crate::domain::time::Stamp;
use crate::domain::track::{EndedTrack, TrackPoint};

/// Slower than this, box sizes / s, a vehicle stands,
const STANDING: f64 = 0.25;
/// unless its box grows or shrinks by more than this share a second: far away, that is how driving looks.
const STANDING_GROWTH: f64 = 0.06;
/// A box is at the picture's edge when it comes nearer than this share of the picture's height.
const EDGE_SHARE: f32 = 0.006;
/// Boxes of this mean side and more have a full vote on the class, pixels.
const FULL_VOTE_PX: f64 = 100.0;
/// Vote of a box that the picture's edge cuts, against a whole one.
const CUT_VOTE: f64 = 0.3;
/// A way of more box sizes than this has a direction.
const LEAP_WAY: f64 = 0.2;
/// The side that goes ahead may fall back by so many box sizes at once: boxes are cut short now and then,
const LEAP: f64 = 0.25;
/// and by so many more a second: it may turn back.
const LEAP_BY_S: f64 = 0.1;
/// How much more a faint detection's place is doubted.
const FAINT_DOUBT: f64 = 2.0;
/// How much more the place of a box that the edge cuts is doubted.
const CUT_DOUBT: f64 = 1.5;

/// Whether the picture of (width, height) cuts the box.
pub(super) fn is_cut(rect: &Rect<FrameSpace>, picture: (u32, u32)) -> bool {
    let (w, h) = (picture.0 as f32, picture.1 as f32);
    let near = EDGE_SHARE * h;
    rect.x <= near || rect.y <= near || rect.right() >= w - near || rect.bottom() >= h - near
}

/// A detection with what the tracker needs to know of it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Seen {
    pub detection: VehicleDetection,
    /// Cut by the picture's edge.
    pub cut: bool,
    /// Multiplies the measurement noise.
    pub doubt: f64,
}

impl Seen {
    pub fn new(detection: VehicleDetection, picture: (u32, u32), faint: bool) -> Self {
        let cut = is_cut(&detection.rect, picture);
        let doubt = if faint { FAINT_DOUBT } else { 1.0 } * if cut { CUT_DOUBT } else { 1.0 };
        Self { detection, cut, doubt }
    }

    pub fn is_two_wheeled(&self) -> bool {
        self.detection.class == VehicleClass::Motorcycle
    }
}

/// A vehicle, confirmed or not yet.
#[derive(Debug, Clone)]
pub(super) struct Life {
    /// Its number once confirmed; 0 before.
    pub number: u64,
    /// Moved on to the current step.
    pub motion: Motion,
    /// As it was at the last matched detection.
    pub motion_then: Motion,
    pub votes: ClassVotes,
    pub hits: u32,
    pub first: Stamp,
    pub last: Stamp,
    /// Where it was first seen.
    first_rect: Rect<FrameSpace>,
    /// Where it was seen the time before the last one.
    before_rect: Rect<FrameSpace>,
    pub last_rect: Rect<FrameSpace>,
    pub last_score: f32,
    pub last_cut: bool,
    /// Matched detections before it was confirmed, in order.
    pub early: Vec<(Stamp, Rect<FrameSpace>, f32)>,
    /// Out of sight for so long that it is no longer looked for from step to step.
    pub lost: bool,
    /// Seconds of the stream up to which its way was told; before all time where nothing was.
    pub told_s: f64,
}

impl Life {
    pub fn new(stamp: Stamp, seen: &Seen) -> Self {
        let rect = seen.detection.rect;
        let motion = Motion::new(&rect);
        let mut life = Self {
            number: 0,
            motion_then: motion.clone(),
            motion,
            votes: ClassVotes::default(),
            hits: 0,
            first: stamp,
            last: stamp,
            first_rect: rect,
            before_rect: rect,
            last_rect: rect,
            last_score: seen.detection.score,
            last_cut: seen.cut,
            early: Vec::new(),
            lost: false,
            told_s: f64::NEG_INFINITY,
        };
        life.note(stamp, seen);
        life
    }

    /// Takes a matched detection in.
    pub fn hit(&mut self, stamp: Stamp, seen: &Seen) {
        self.motion.update(&seen.detection.rect, seen.doubt);
        self.note(stamp, seen);
    }

    fn note(&mut self, stamp: Stamp, seen: &Seen) {
        let d = seen.detection;
        let weight = f64::from(d.score) * (motion::size(&d.rect) / FULL_VOTE_PX).min(1.0);
        self.votes.add(d.class, if seen.cut { weight * CUT_VOTE } else { weight });
        self.motion_then = self.motion.clone();
        self.hits += 1;
        self.last = stamp;
        self.before_rect = std::mem::replace(&mut self.last_rect, d.rect);
        self.last_score = d.score;
        self.last_cut = seen.cut;
        if self.number == 0 {
            self.early.push((stamp, d.rect, d.score));
        }
    }

    /// Score of the detection matched at `now`; `None` where there was none.
    pub fn score_at(&self, now: Stamp) -> Option<f32> {
        (self.last.stream_s == now.stream_s).then_some(self.last_score)
    }

    /// Seconds since the last matched detection.
    pub fn unseen_s(&self, now: Stamp) -> f64 {
        now.stream_s - self.last.stream_s
    }

    pub fn stands(&self) -> bool {
        self.motion_then.speed() < STANDING && self.motion_then.growth().abs() < STANDING_GROWTH
    }

    /// Whether a box of now would have it leap back against the way that it has come. What hides behind a lorry that fills
    /// the picture comes up where the lorry's box still is; it is another vehicle.
    pub fn leaps_back(&self, rect: &Rect<FrameSpace>, now: Stamp) -> bool {
        let (from, to, last) = (self.first_rect.center(), self.last_rect.center(), &self.last_rect);
        let size = motion::size(last);
        // By how far the side that goes ahead lies behind where it was, at the last two sights: one box may be wrong. 0 across
        // the way, and where it has hardly moved.
        let back = |moved: f32, high: f32, low: f32| match f64::from(moved) / size {
            m if m > LEAP_WAY => high,
            m if m < -LEAP_WAY => low,
            _ => 0.0,
        };
        let before = &self.before_rect;
        let (right, bottom) = (last.right().min(before.right()), last.bottom().min(before.bottom()));
        let (left, top) = (last.x.max(before.x), last.y.max(before.y));
        let x = back(to.x - from.x, right - rect.right(), rect.x - left);
        let y = back(to.y - from.y, bottom - rect.bottom(), rect.y - top);
        f64::from(x.max(y)) > (LEAP + LEAP_BY_S * self.unseen_s(now)) * size
    }

    /// Whether the vehicle is leaving the picture of (width, height), so that it will not be seen again.
    pub fn leaves(&self, picture: (u32, u32)) -> bool {
        let c = self.motion.rect().center();
        let outside = c.x < 0.0 || c.y < 0.0 || c.x > picture.0 as f32 || c.y > picture.1 as f32;
        outside || (self.last_cut && !self.stands())
    }

    /// Goes on as the vehicle that `lost` was.
    pub fn continue_from(&mut self, lost: Self) {
        self.number = lost.number;
        self.votes.join(&lost.votes);
        self.hits += lost.hits;
        self.first = lost.first;
        self.first_rect = lost.first_rect;
        self.told_s = lost.told_s;
    }

    pub fn point(
        &self,
        id: &TrackId,
        stamp: Stamp,
        rect: Rect<FrameSpace>,
        score: Option<f32>,
    ) -> TrackPoint {
        let (class, class_share) = self.votes.verdict();
        TrackPoint { track: id.clone(), stamp, rect, score, class, class_share }
    }

    pub fn ended(&self, id: TrackId) -> EndedTrack {
        let (class, class_share) = self.votes.verdict();
        EndedTrack { track: id, first: self.first, last: self.last, hits: self.hits, class, class_share }
    }
}

//! The tracker: detections of one camera in, tracks out.
//!
//! Association has two stages after ByteTrack (Zhang et al., "ByteTrack: Multi-Object Tracking by Associating Every
//! Detection Box", ECCV 2022): sure detections first, then faint ones, which continue tracks but start none. Unlike
//! there, costs are likelihoods of an own motion model in stream seconds, not IoU: between two samples a motorbike
//! moves further than it is long.

use super::association::{KNOWN_HITS, associate, rejoin_cost};
use super::life::{Life, Seen};
use crate::base::assignment;
use crate::domain::detection::VehicleDetection;
use crate::domain::geometry::{FrameSpace, Rect};
use crate::domain::ids::{CameraId, RunId, TrackId};
use crate::domain::time::Stamp;
use crate::domain::track::{EndedTrack, TrackPoint};

/// Matched detections that make a track.
const CONFIRMING_HITS: u32 = 2;
/// No track begins on a box that overlaps (IoU) a tracked vehicle's of this step more than this.
const BIRTH_IOU: f32 = 0.5;
/// Nor on one that lies with this share of its area inside one of its kind that reaches as far down.
const BIRTH_INSIDE: f32 = 0.85;

/// What may be set about the tracker. Times are seconds of the stream.
#[derive(Debug, Clone, PartialEq)]
pub struct TrackSettings {
    /// Detections from this score on start and continue tracks, 0-1.
    pub high_score: f32,
    /// Detections from this score on continue tracks, 0-1.
    pub low_score: f32,
    /// How long a moving vehicle is followed unseen.
    pub coast_moving_s: f64,
    /// How long a standing vehicle is followed unseen.
    pub coast_standing_s: f64,
    /// How long one that was leaving the picture is.
    pub coast_leaving_s: f64,
    /// How long after its last sight a vehicle may be taken up again.
    pub rejoin_s: f64,
    /// How long a new box may wait for its second detection.
    pub confirm_s: f64,
}

impl Default for TrackSettings {
    fn default() -> Self {
        Self {
            high_score: 0.3,
            low_score: 0.1,
            coast_moving_s: 1.0,
            coast_standing_s: 3.0,
            coast_leaving_s: 0.4,
            rejoin_s: 3.0,
            confirm_s: 0.45,
        }
    }
}

/// What one frame changed.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Step {
    /// Points of earlier frames, in their order, of tracks that this frame confirmed: what watches tracks (the
    /// counting line) takes them before `points`.
    pub earlier: Vec<TrackPoint>,
    /// Where every confirmed track is at this frame, once each, by track number; tracks out of sight with
    /// `score: None`.
    pub points: Vec<TrackPoint>,
    /// Tracks that ended, by track number.
    pub ended: Vec<EndedTrack>,
}

/// Follows the vehicles of one camera in one run. The same calls give the same answers.
#[derive(Debug)]
pub struct Tracker {
    run: RunId,
    camera: CameraId,
    settings: TrackSettings,
    lives: Vec<Life>,
    numbers: u64,
    now: Option<Stamp>,
}

impl Tracker {
    /// A tracker that has seen nothing.
    pub fn new(run: RunId, camera: CameraId, settings: TrackSettings) -> Self {
        Self { run, camera, settings, lives: Vec::new(), numbers: 0, now: None }
    }

    /// Takes one frame's vehicles, in any order. `picture`: width and height of the frame in pixels. Frames come in
    /// the order of their stream time; a frame from before the last one ends all tracks.
    pub fn step(&mut self, stamp: Stamp, picture: (u32, u32), vehicles: &[VehicleDetection]) -> Step {
        let mut step = Step::default();
        if !stamp.stream_s.is_finite() {
            return step;
        }
        let dt = self.now.map_or(0.0, |before| stamp.stream_s - before.stream_s);
        if dt < 0.0 {
            step.ended = self.finish();
        }
        self.now = Some(stamp);
        for life in &mut self.lives {
            life.motion.predict(dt);
        }
        self.age(stamp, dt, picture, &mut step.ended);

        let seen = self.sorted(picture, vehicles);
        let mut used = vec![false; seen.len()];
        let mut hit = vec![false; self.lives.len()];
        self.match_all(stamp, &seen, &mut used, &mut hit);
        self.confirm(stamp, &mut step);
        self.tell(stamp, &mut step);
        self.give_birth(stamp, &seen, &used);
        step.earlier.sort_by(|a, b| {
            a.stamp.stream_s.total_cmp(&b.stamp.stream_s).then_with(|| a.track.number.cmp(&b.track.number))
        });
        step.points.sort_by_key(|p| p.track.number);
        step.ended.sort_by_key(|e| e.track.number);
        step
    }

    /// Ends all tracks: the stream is over, or goes on elsewhere. By track number.
    pub fn finish(&mut self) -> Vec<EndedTrack> {
        let mut ended: Vec<_> = std::mem::take(&mut self.lives)
            .into_iter()
            .filter(|l| l.number > 0)
            .map(|l| l.ended(self.id(l.number)))
            .collect();
        ended.sort_by_key(|e| e.track.number);
        self.now = None;
        ended
    }

    fn id(&self, number: u64) -> TrackId {
        TrackId { run: self.run.clone(), camera: self.camera.clone(), number }
    }

    /// Usable detections by falling score, equal ones by place, so that the order of the input does not matter.
    fn sorted(&self, picture: (u32, u32), vehicles: &[VehicleDetection]) -> Vec<Seen> {
        let settings = &self.settings;
        let usable = vehicles.iter().filter(|v| {
            let r = &v.rect;
            let finite = [r.x, r.y, r.w, r.h, v.score].iter().all(|n| n.is_finite());
            finite && r.w >= 1.0 && r.h >= 1.0 && v.score >= settings.low_score
        });
        let mut seen: Vec<_> =
            usable.map(|v| Seen::new(*v, picture, v.score < settings.high_score)).collect();
        seen.sort_by(|a, b| {
            let (a, b) = (&a.detection, &b.detection);
            b.score
                .total_cmp(&a.score)
                .then_with(|| a.rect.x.total_cmp(&b.rect.x))
                .then_with(|| a.rect.y.total_cmp(&b.rect.y))
                .then_with(|| a.rect.w.total_cmp(&b.rect.w))
                .then_with(|| a.rect.h.total_cmp(&b.rect.h))
                .then_with(|| a.class.cmp(&b.class))
        });
        seen
    }

    /// Before anything is matched: which tracks have been out of sight too long.
    fn age(&mut self, now: Stamp, dt: f64, picture: (u32, u32), ended: &mut Vec<EndedTrack>) {
        let s = self.settings.clone();
        // Where frames come so slowly that the wait would be over before the next one, one may be missed.
        let confirm_s = s.confirm_s.max(1.5 * dt.min(1.0));
        let mut kept = Vec::with_capacity(self.lives.len());
        for mut life in std::mem::take(&mut self.lives) {
            let unseen = life.unseen_s(now);
            if life.number == 0 {
                if unseen <= confirm_s {
                    kept.push(life);
                }
                continue;
            }
            let coast = if life.stands() { s.coast_standing_s } else { s.coast_moving_s };
            // Where one goes that was hardly seen is not known for long.
            let coast = if life.hits < KNOWN_HITS { coast.min(confirm_s) } else { coast };
            let over = (unseen > coast.max(s.rejoin_s))
                || (!life.lost && unseen > s.coast_leaving_s && life.leaves(picture));
            if over {
                ended.push(life.ended(self.id(life.number)));
                continue;
            }
            life.lost = unseen > coast;
            kept.push(life);
        }
        self.lives = kept;
    }

    fn match_all(&mut self, stamp: Stamp, seen: &[Seen], used: &mut [bool], hit: &mut [bool]) {
        let sure = seen.iter().filter(|s| s.detection.score >= self.settings.high_score).count();
        // Confirmed tracks with sure boxes, then with faint ones, then new boxes with what is left of the sure ones.
        for (confirmed, from, to, faint) in
            [(true, 0, sure, false), (true, sure, seen.len(), true), (false, 0, sure, false)]
        {
            let wanted = |(i, l): &(usize, &Life)| !hit[*i] && !l.lost && (l.number > 0) == confirmed;
            let tracks: Vec<_> = self.lives.iter().enumerate().filter(wanted).map(|(i, _)| i).collect();
            let free: Vec<_> = (from..to).filter(|d| !used[*d]).collect();
            for (track, detection) in associate(&self.lives, &tracks, seen, &free, faint, stamp) {
                self.lives[track].hit(stamp, &seen[detection]);
                hit[track] = true;
                used[detection] = true;
            }
        }
    }

    /// Gives numbers to boxes seen often enough, that of a lost vehicle where one fits.
    fn confirm(&mut self, stamp: Stamp, step: &mut Step) {
        let ready = |l: &Life| l.number == 0 && l.hits >= CONFIRMING_HITS && l.score_at(stamp).is_some();
        let fresh: Vec<_> = (0..self.lives.len()).filter(|i| ready(&self.lives[*i])).collect();
        let lost: Vec<_> = (0..self.lives.len()).filter(|i| self.lives[*i].lost).collect();
        let joined = assignment::assign(fresh.len(), lost.len(), 4.0, |f, l| {
            rejoin_cost(&self.lives[lost[l]], &self.lives[fresh[f]], self.settings.rejoin_s)
        });
        let mut gone = Vec::new();
        for (f, l) in fresh.iter().zip(joined) {
            if let Some(l) = l {
                let old = self.lives[lost[l]].clone();
                self.lives[*f].continue_from(old);
                gone.push(lost[l]);
            } else {
                self.numbers += 1;
                self.lives[*f].number = self.numbers;
            }
            let early = std::mem::take(&mut self.lives[*f].early);
            let id = self.id(self.lives[*f].number);
            // A lost vehicle's way was guessed for a while after this box came up: that time is not told twice.
            let told_s = self.lives[*f].told_s;
            let before = early.iter().filter(|e| e.0.stream_s > told_s && e.0.stream_s < stamp.stream_s);
            step.earlier.extend(before.map(|e| self.lives[*f].point(&id, e.0, e.1, Some(e.2))));
        }
        let mut index = 0;
        self.lives.retain(|_| {
            index += 1;
            !gone.contains(&(index - 1))
        });
    }

    fn tell(&mut self, stamp: Stamp, step: &mut Step) {
        for at in 0..self.lives.len() {
            if self.lives[at].number == 0 || self.lives[at].lost {
                continue;
            }
            self.lives[at].told_s = stamp.stream_s;
            let (life, id) = (&self.lives[at], self.id(self.lives[at].number));
            step.points.push(match life.score_at(stamp) {
                Some(score) => life.point(&id, stamp, life.last_rect, Some(score)),
                None => life.point(&id, stamp, life.motion.rect(), None),
            });
        }
    }

    /// Sure boxes that are nobody's begin new lives, unless they are a part of a vehicle that was just seen.
    fn give_birth(&mut self, stamp: Stamp, seen: &[Seen], used: &[bool]) {
        let mut taken: Vec<(Rect<FrameSpace>, bool)> = seen
            .iter()
            .zip(used)
            .filter(|(_, used)| **used)
            .map(|(s, _)| (s.detection.rect, s.is_two_wheeled()))
            .collect();
        for (one, used) in seen.iter().zip(used) {
            if *used || one.detection.score < self.settings.high_score {
                continue;
            }
            let rect = one.detection.rect;
            let part = taken.iter().any(|(other, two_wheeled)| {
                let inside = rect.overlap(other) / rect.area().max(1.0);
                let as_low = (rect.bottom() - other.bottom()).abs() < 0.15 * other.h;
                rect.iou(other) > BIRTH_IOU
                    || (*two_wheeled == one.is_two_wheeled() && inside > BIRTH_INSIDE && as_low)
            });
            if !part {
                taken.push((rect, one.is_two_wheeled()));
                self.lives.push(Life::new(stamp, one));
            }
        }
    }
}

#[cfg(test)]
#[path = "tracker_tests.rs"]
mod tests;

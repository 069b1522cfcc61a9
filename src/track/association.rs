//! Which detection is which track's: gates and costs.

use super::life::{Life, Seen};
use super::motion;
use crate::base::assignment;
use crate::domain::time::Stamp;

/// 99.9 % of a vehicle's own boxes lie nearer than this (chi-square, four degrees of freedom).
const GATE: f64 = 18.5;
/// The same for faint boxes, which are more often something else.
const FAINT_GATE: f64 = 12.0;
/// A box that overlaps the prediction this well (IoU) may be further off than the gate: box sides jump when a
/// rider is in the box now and then, or a neighbour hides a part.
const OVERLAP: f32 = 0.3;
/// Even then not further than this.
const OVERLAP_GATE: f64 = 60.0;
/// How far from the prediction a box may lie, whatever the filter allows, in box sizes: at least,
const FARTHEST: f64 = 0.6;
/// for each box size that the vehicle has moved unseen: it may brake, or turn off,
const FARTHEST_MOVED: f64 = 0.5;
/// and, while its velocity is hardly known, by a speed of so many box sizes a second,
const FASTEST: f64 = 10.0;
/// but no more than
const FARTHEST_YOUNG: f64 = 2.0;
/// Detections that make the velocity known.
pub(super) const KNOWN_HITS: u32 = 3;
/// How far the logarithm of the box's mean side may be from the prediction's, whatever the filter allows: at least,
const SIZE_OFF: f64 = 0.5;
/// and for each second unseen, of which one counts.
const SIZE_OFF_UNSEEN: f64 = 0.3;
/// Least overlap (IoU) of a faint box with the prediction: faint boxes are often no vehicle at all.
const FAINT_OVERLAP: f32 = 0.3;
/// A box that overlaps (IoU) the last one this well is the vehicle's whatever was predicted,
const LAST_BOX: f32 = 0.5;
/// for so many seconds.
const LAST_BOX_S: f64 = 0.3;
/// Cost of taking two wheels for four.
const WRONG_KIND: f64 = 6.0;
/// Cost of staying without a detection.
const ALONE: f64 = 15.0;

fn cost(life: &Life, seen: &Seen, faint: bool, now: Stamp) -> Option<f64> {
    if life.hits >= KNOWN_HITS && life.leaps_back(&seen.detection.rect, now) {
        return None;
    }
    let two = if seen.is_two_wheeled() { 1.0 } else { 0.0 };
    let wrong_kind = WRONG_KIND * (life.votes.two_wheeled() - two).abs();
    if let Some(cost) = predicted_cost(life, seen, faint, now) {
        return Some(cost.min(ALONE - 2.0) + wrong_kind);
    }
    // The prediction is wrong now and then, as of a vehicle that the edge cut until now; its last box is not.
    let same_place = life.unseen_s(now) <= LAST_BOX_S && life.last_rect.iou(&seen.detection.rect) >= LAST_BOX;
    same_place.then_some(ALONE - 1.0 + wrong_kind)
}

fn predicted_cost(life: &Life, seen: &Seen, faint: bool, now: Stamp) -> Option<f64> {
    let rect = &seen.detection.rect;
    let predicted = life.motion.rect();
    let (p, c) = (predicted.center(), rect.center());
    let apart = f64::from(p.x - c.x).hypot(f64::from(p.y - c.y));
    let unseen_s = life.unseen_s(now);
    let young = if life.hits < KNOWN_HITS { (FASTEST * unseen_s).min(FARTHEST_YOUNG) } else { 0.0 };
    let farthest = FARTHEST + young + FARTHEST_MOVED * life.motion_then.speed() * unseen_s;
    if apart > farthest * motion::size(rect).max(motion::size(&predicted)) {
        return None;
    }
    let size_off = (motion::size(rect) / motion::size(&predicted)).ln().abs();
    if size_off > SIZE_OFF + SIZE_OFF_UNSEEN * unseen_s.min(1.0) {
        return None;
    }
    let overlap = predicted.iou(rect);
    if faint && overlap < FAINT_OVERLAP {
        return None;
    }
    // At the picture's edge newcomers appear: a vehicle whose way is known is not taken for one beside it.
    if seen.cut && overlap <= 0.0 && life.hits >= KNOWN_HITS {
        return None;
    }
    let gate = if faint { FAINT_GATE } else { GATE };
    let fit = life.motion.fit(rect, seen.doubt);
    if fit.distance2 > gate && !(fit.distance2 <= OVERLAP_GATE && overlap >= OVERLAP) {
        return None;
    }
    Some(fit.cost)
}

/// Pairs tracks (indices into `lives`) with detections (indices into `seen`), one to one, as (track, detection).
pub(super) fn associate(
    lives: &[Life],
    tracks: &[usize],
    seen: &[Seen],
    free: &[usize],
    faint: bool,
    now: Stamp,
) -> Vec<(usize, usize)> {
    let answer = assignment::assign(tracks.len(), free.len(), ALONE, |t, d| {
        cost(&lives[tracks[t]], &seen[free[d]], faint, now)
    });
    answer.iter().enumerate().filter_map(|(t, d)| d.map(|d| (tracks[t], free[d]))).collect()
}

/// Share of the expected way by which a vehicle out of sight may have fallen behind or hurried.
const REJOIN_ALONG: f64 = 0.35;
/// Share of it by which it may have strayed sideways.
const REJOIN_ACROSS: f64 = 0.1;
/// Box sizes by which it may be off besides.
const REJOIN_OFF: f64 = 0.4;
/// Overlap (IoU) with where it is expected of one that moved less than half its size.
const REJOIN_OVERLAP: f32 = 0.35;

/// How badly a new track fits to go on as a lost one, 0-3; `None` where motion or looks speak against it.
pub(super) fn rejoin_cost(lost: &Life, fresh: &Life, longest_s: f64) -> Option<f64> {
    let gap = fresh.first.stream_s - lost.last.stream_s;
    if !(gap > 0.0 && gap <= longest_s) {
        return None;
    }
    // Looks: two wheels or four, and the size.
    if (lost.votes.two_wheeled() > 0.5) != (fresh.votes.two_wheeled() > 0.5) {
        return None;
    }
    let first_rect = fresh.early.first().map_or(fresh.last_rect, |e| e.1);
    let mut expected = lost.motion_then.clone();
    expected.predict(gap);
    let size_off = (motion::size(&first_rect) / expected.size()).ln().abs() / (0.3 + 0.1 * gap);

    // Motion: not against its own way, as far as the new track has shown one.
    let v = lost.motion_then.velocity();
    let (vx, vy) = (f64::from(v.x), f64::from(v.y));
    let speed = vx.hypot(vy);
    let now = fresh.motion.velocity();
    let together = vx * f64::from(now.x) + vy * f64::from(now.y);
    let size = expected.size().max(motion::size(&first_rect));
    let way = speed * gap;
    if way < 0.5 * size {
        let overlap = expected.rect().iou(&first_rect);
        let off = f64::from(1.0 - overlap) / f64::from(1.0 - REJOIN_OVERLAP);
        return (off <= 1.0 && size_off <= 1.0).then_some(off + size_off);
    }
    if together < 0.0 {
        return None;
    }
    let (c, to) = (first_rect.center(), expected.rect().center());
    let miss = (f64::from(c.x - to.x), f64::from(c.y - to.y));
    let along = (miss.0 * vx + miss.1 * vy).abs() / speed / (REJOIN_OFF * size + REJOIN_ALONG * way);
    let across = (miss.1 * vx - miss.0 * vy).abs() / speed / (REJOIN_OFF * size + REJOIN_ACROSS * way);
    (along.max(across).max(size_off) <= 1.0).then_some(along + across + size_off)
}

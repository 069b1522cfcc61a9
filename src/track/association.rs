//! Which detection is which track's: gates and costs.

use super::assignment;
use super::life::{Life, STANDING, Seen};
use super::motion;

/// 99.9 % of a vehicle's own boxes lie nearer than this (chi-square, four degrees of freedom).
const GATE: f64 = 18.5;
/// The same for faint boxes, which are more often something else.
const FAINT_GATE: f64 = 12.0;
/// A box that overlaps the prediction this well (IoU) may be further off than the gate: box sides jump when a
/// rider is in the box now and then, or a neighbour hides a part.
const OVERLAP: f32 = 0.3;
/// Even then not further than this.
const OVERLAP_GATE: f64 = 60.0;
/// Farthest move between two steps in box sizes, whatever the filter allows.
const FARTHEST: f64 = 2.5;
/// Cost of taking two wheels for four.
const WRONG_KIND: f64 = 6.0;
/// Cost of staying without a detection.
const ALONE: f64 = 15.0;

fn cost(life: &Life, seen: &Seen, gate: f64) -> Option<f64> {
    let rect = &seen.detection.rect;
    let predicted = life.motion.rect();
    let (p, c) = (predicted.center(), rect.center());
    let apart = f64::from(p.x - c.x).hypot(f64::from(p.y - c.y));
    if apart > FARTHEST * motion::size(rect).max(motion::size(&predicted)) {
        return None;
    }
    let fit = life.motion.fit(rect, seen.doubt);
    if fit.distance2 > gate && !(fit.distance2 <= OVERLAP_GATE && predicted.iou(rect) >= OVERLAP) {
        return None;
    }
    let two = if seen.is_two_wheeled() { 1.0 } else { 0.0 };
    Some(fit.cost.min(ALONE - 1.0) + WRONG_KIND * (life.votes.two_wheeled() - two).abs())
}

/// Pairs tracks (indices into `lives`) with detections (indices into `seen`), one to one, as (track, detection).
pub(super) fn associate(
    lives: &[Life],
    tracks: &[usize],
    seen: &[Seen],
    free: &[usize],
    faint: bool,
) -> Vec<(usize, usize)> {
    let gate = if faint { FAINT_GATE } else { GATE };
    let answer = assignment::assign(tracks.len(), free.len(), ALONE, |t, d| {
        cost(&lives[tracks[t]], &seen[free[d]], gate)
    });
    answer.iter().enumerate().filter_map(|(t, d)| d.map(|d| (tracks[t], free[d]))).collect()
}

/// How badly a new track fits to go on as a lost one; `None` where motion or looks speak against it. Below 1: well.
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
    let grown = (motion::size(&first_rect) / lost.motion_then.size()).ln();
    let size_off = grown.abs() / (0.35 + 0.2 * gap);

    // Motion: along its way it may have braked or hurried, across it hardly strays.
    let size = lost.motion_then.size().max(motion::size(&first_rect));
    let v = lost.motion_then.velocity();
    let (vx, vy) = (f64::from(v.x), f64::from(v.y));
    let speed = vx.hypot(vy);
    let c = first_rect.center();
    let (from, to) = (lost.motion_then.rect().center(), expected.rect().center());
    let miss = (f64::from(c.x - to.x), f64::from(c.y - to.y));
    let (along, across) = if lost.stands() {
        (miss.0.hypot(miss.1) / (0.5 * size), 0.0)
    } else {
        let moved = (f64::from(c.x - from.x) * vx + f64::from(c.y - from.y) * vy) / speed;
        if moved < -0.3 * size {
            return None;
        }
        let along = (miss.0 * vx + miss.1 * vy).abs() / speed;
        let across = (miss.1 * vx - miss.0 * vy).abs() / speed;
        (along / (0.6 * size + 0.5 * speed * gap), across / (0.5 * size + 0.12 * speed * gap))
    };
    let now = fresh.motion.velocity();
    let now_speed = f64::from(now.x).hypot(f64::from(now.y));
    if !lost.stands() && now_speed > 2.0 * STANDING * size {
        let cosine = (vx * f64::from(now.x) + vy * f64::from(now.y)) / (speed * now_speed);
        if cosine < 0.5 {
            return None;
        }
    }
    let worst = along.max(across).max(size_off);
    (worst <= 1.0).then_some(along + across + size_off)
}

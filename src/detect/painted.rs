//! From the finder's map of a vehicle's crop to boxes of painted numbers.
//!
//! The net marks the core of each number: its box without a fourth of its height on every side (models/train/painted), so
//! that numbers close to each other stay apart. A core is a group of touching cells; its principal axis gives the turn.

use super::letterbox::Letterbox;
use super::second_look::Crop;
use crate::domain::geometry::{CropSpace, FrameSpace, Rect};

/// The share of its height that a number's core lacks on every side.
const RIM: f32 = 0.25;
/// Groups of fewer cells are no text.
const LEAST_CELLS: usize = 5;
/// A row that climbs or falls more than this is not read, in degrees.
const MOST_TURN_DEG: f32 = 40.0;
/// A number is at least this many times as wide as high: two rows seen from beside.
const LEAST_ASPECT: f32 = 1.1;

/// What the finder is like; filled from its manifest.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FinderSpec {
    /// The net's input (width, height), pixels.
    pub input: (u32, u32),
    /// Pixels of the input a cell of the output.
    pub stride: u32,
    /// Cells below this belong to no number, 0-1.
    pub min_score: f32,
}

/// A number painted on a vehicle, or what looks like one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PaintedNumber {
    /// Its box before it is turned about its middle.
    pub level: Rect<FrameSpace>,
    /// Degrees; positive: its right end is lower.
    pub turn_deg: f32,
    /// Mean of the cells of its core, 0-1.
    pub score: f32,
}

/// The numbers in `map`, the net's `[rows, columns]` probabilities of a crop laid into its input by `letterbox`; the widest
/// first. Empty where the map is not as large as the spec says.
pub fn painted_numbers(
    map: &[f32],
    crop: &Crop,
    letterbox: &Letterbox<CropSpace>,
    spec: &FinderSpec,
) -> Vec<PaintedNumber> {
    let columns = (spec.input.0 / spec.stride.max(1)) as usize;
    let rows = (spec.input.1 / spec.stride.max(1)) as usize;
    if map.len() != rows * columns {
        return Vec::new();
    }
    let mut found: Vec<PaintedNumber> = cores(map, columns, spec.min_score)
        .iter()
        .filter(|core| core.len() >= LEAST_CELLS)
        .filter_map(|core| boxed(core, map, columns, crop, letterbox, spec.stride as f32))
        .collect();
    found.sort_by(|a, b| b.level.w.total_cmp(&a.level.w));
    found
}

/// Groups of cells above `floor` that touch, corners included, as indices into the map.
fn cores(map: &[f32], columns: usize, floor: f32) -> Vec<Vec<usize>> {
    let mut open: Vec<bool> = map.iter().map(|p| *p >= floor).collect();
    let rows = map.len() / columns.max(1);
    let mut groups = Vec::new();
    for start in 0..map.len() {
        if !std::mem::take(&mut open[start]) {
            continue;
        }
        let mut group = vec![start];
        let mut next = 0;
        while let Some(&at) = group.get(next) {
            next += 1;
            let (y, x) = (at / columns, at % columns);
            for ny in y.saturating_sub(1)..=(y + 1).min(rows - 1) {
                for nx in x.saturating_sub(1)..=(x + 1).min(columns - 1) {
                    if std::mem::take(&mut open[ny * columns + nx]) {
                        group.push(ny * columns + nx);
                    }
                }
            }
        }
        groups.push(group);
    }
    groups
}

/// The number whose core this is, in the frame; `None` where no text could lie so.
fn boxed(
    core: &[usize],
    map: &[f32],
    columns: usize,
    crop: &Crop,
    letterbox: &Letterbox<CropSpace>,
    stride: f32,
) -> Option<PaintedNumber> {
    let count = core.len() as f32;
    let cell = |at: &usize| ((at % columns) as f32 + 0.5, (at / columns) as f32 + 0.5);
    let mean = |of: &dyn Fn((f32, f32)) -> f32| core.iter().map(|at| of(cell(at))).sum::<f32>() / count;
    let (mx, my) = (mean(&|c| c.0), mean(&|c| c.1));
    let xx = mean(&|c| (c.0 - mx).powi(2));
    let yy = mean(&|c| (c.1 - my).powi(2));
    let xy = mean(&|c| (c.0 - mx) * (c.1 - my));
    // The principal axis of the cells (the eigenvector of their covariance).
    let turn = 0.5 * (2.0 * xy).atan2(xx - yy);
    if turn.to_degrees().abs() > MOST_TURN_DEG {
        return None;
    }
    let (sin, cos) = turn.sin_cos();
    let along = |c: (f32, f32)| (c.0 - mx) * cos + (c.1 - my) * sin;
    let across = |c: (f32, f32)| (c.1 - my) * cos - (c.0 - mx) * sin;
    let extent = |of: &dyn Fn((f32, f32)) -> f32| {
        let low = core.iter().map(|at| of(cell(at))).fold(f32::INFINITY, f32::min);
        let high = core.iter().map(|at| of(cell(at))).fold(f32::NEG_INFINITY, f32::max);
        (low - 0.5, high + 0.5)
    };
    let ((left, right), (top, bottom)) = (extent(&along), extent(&across));
    let height = (bottom - top) / (1.0 - 2.0 * RIM);
    let width = right - left + 2.0 * RIM * height;
    if width < LEAST_ASPECT * height {
        return None;
    }
    // The middle of the extents, not of the cells: it is what the box turns about.
    let (u, v) = ((left + right) / 2.0, (top + bottom) / 2.0);
    let to_crop = stride / letterbox.scale();
    let (x, y) = ((mx + u * cos - v * sin) * to_crop, (my + u * sin + v * cos) * to_crop);
    // In the padding nothing is painted.
    if x >= crop.w as f32 || y >= crop.h as f32 {
        return None;
    }
    let (w, h) = (width * to_crop, height * to_crop);
    Some(PaintedNumber {
        level: crop.to_frame(Rect::new(x - w / 2.0, y - h / 2.0, w, h)),
        turn_deg: turn.to_degrees(),
        score: core.iter().map(|at| map[*at]).sum::<f32>() / count,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SPEC: FinderSpec = FinderSpec { input: (384, 288), stride: 4, min_score: 0.5 };
    const COLUMNS: usize = 96;

    fn view() -> (Crop, Letterbox<CropSpace>) {
        let crop = Crop { x: 100, y: 50, w: 768, h: 576 };
        (crop, Letterbox::new((crop.w, crop.h), SPEC.input).expect("no side is 0"))
    }

    /// The map of a core of `w` x `h` cells about the middle (x, y), turned.
    fn map_of(x: f32, y: f32, w: f32, h: f32, turn_deg: f32) -> Vec<f32> {
        let (sin, cos) = turn_deg.to_radians().sin_cos();
        let inside = |at: usize| {
            let (dx, dy) = ((at % COLUMNS) as f32 + 0.5 - x, (at / COLUMNS) as f32 + 0.5 - y);
            (dx * cos + dy * sin).abs() <= w / 2.0 && (dy * cos - dx * sin).abs() <= h / 2.0
        };
        (0..COLUMNS * 72).map(|at| if inside(at) { 0.9 } else { 0.1 }).collect()
    }

    #[test]
    fn a_core_grows_to_its_number_in_the_frame() {
        let (crop, letterbox) = view();
        let found = painted_numbers(&map_of(40.0, 30.0, 40.0, 4.0, 0.0), &crop, &letterbox, &SPEC);
        // 40 x 4 cells of the core are 44 x 8 of the number; a cell is 8 pixels of the frame.
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].level.to_array(), [100 + 18 * 8, 50 + 26 * 8, 352, 64]);
        assert!(found[0].turn_deg.abs() < 0.1 && (found[0].score - 0.9).abs() < 1e-5);
    }

    #[test]
    fn what_stands_too_steep_or_too_high_or_is_a_speck_is_none() {
        let (crop, letterbox) = view();
        let none = |map: &[f32]| painted_numbers(map, &crop, &letterbox, &SPEC).is_empty();
        assert!(none(&map_of(40.0, 30.0, 40.0, 4.0, 60.0)));
        assert!(none(&map_of(40.0, 30.0, 4.0, 4.0, 0.0)));
        assert!(none(&map_of(40.0, 30.0, 2.0, 2.0, 0.0)));
        assert!(none(&[0.9; 7]), "not the map of this net");
    }

    #[test]
    fn two_numbers_stay_apart_the_wider_first() {
        let (crop, letterbox) = view();
        let (one, two) = (map_of(20.0, 20.0, 20.0, 3.0, 0.0), map_of(60.0, 20.0, 30.0, 3.0, 0.0));
        let both: Vec<f32> = one.iter().zip(&two).map(|(a, b)| a.max(*b)).collect();
        let found = painted_numbers(&both, &crop, &letterbox, &SPEC);
        assert_eq!(found.len(), 2);
        assert!(found[0].level.x > found[1].level.x);
    }

    proptest! {
        #[test]
        fn turn_and_size_come_back(turn in -30.0f32..30.0, w in 24.0f32..50.0, h in 3.0f32..7.0) {
            let (crop, letterbox) = view();
            let found = painted_numbers(&map_of(48.0, 36.0, w, h, turn), &crop, &letterbox, &SPEC);
            prop_assert_eq!(found.len(), 1);
            let middle = found[0].level.center();
            prop_assert!((found[0].turn_deg - turn).abs() < 4.0, "{} for {turn}", found[0].turn_deg);
            prop_assert!((middle.x - 484.0).abs() < 8.0 && (middle.y - 338.0).abs() < 8.0);
            // A cell is 8 pixels; the edge of a turned core runs through cells.
            prop_assert!((found[0].level.w - 8.0 * (w + h)).abs() < 36.0);
            prop_assert!((found[0].level.h - 16.0 * h).abs() < 48.0);
        }

        #[test]
        fn any_map_is_borne(map in proptest::collection::vec(-1.0f32..2.0, 96 * 72)) {
            let crop = Crop { x: 100, y: 50, w: 200, h: 576 };
            let letterbox = Letterbox::new((crop.w, crop.h), SPEC.input).expect("no side is 0");
            for n in painted_numbers(&map, &crop, &letterbox, &SPEC) {
                let middle = n.level.center();
                prop_assert!(middle.x < 300.0 && middle.y < 626.0, "in the padding");
                prop_assert!(n.level.w.is_finite() && n.level.h > 0.0 && n.turn_deg.abs() <= MOST_TURN_DEG);
            }
        }
    }
}

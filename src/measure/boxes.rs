//! Boxes found in pictures against labelled ones: recall, precision, average precision.

use std::collections::BTreeMap;

use serde::Serialize;
use thiserror::Error;

use super::bands::band;
use super::wilson::wilson95;
use crate::domain::detection::Detections;
use crate::domain::geometry::{FrameSpace, Rect};

/// The classes of the label files by their number.
pub const CLASSES: [&str; 5] = ["car", "motorcycle", "bus", "truck", "plate"];
const PLATE: usize = 4;
/// A box finds a labelled one from this overlap (IoU) on.
const FOUND_IOU: f32 = 0.5;
/// A box that lies for more than this share in a region to ignore is not punished.
const IGNORED_SHARE: f32 = 0.5;
/// Lower edges of the bands of a plate's width, in pixels of the picture, with their names.
const WIDTHS: [(f32, &str); 5] =
    [(120.0, "120+"), (60.0, "60-120"), (35.0, "35-60"), (20.0, "20-35"), (0.0, "<20")];

/// One labelled region.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LabelledBox {
    /// Its class; `None`: a region to ignore.
    pub class: Option<usize>,
    /// Where, in shares of the picture's width and height, 0-1.
    share: [f32; 4],
}

/// What is wrong with a file of boxes.
#[derive(Debug, Error, PartialEq, Eq)]
#[error(
    "{line}: {why}; a line is a class and the box's centre x, centre y, width, height (or a polygon's points), all in \
     shares of the picture, 0 to 1"
)]
pub struct BoxError {
    /// From 1.
    pub line: usize,
    /// What is wrong.
    pub why: String,
}

/// Reads a YOLO label file. Polygons become the boxes around them.
pub fn parse_boxes(text: &str) -> Result<Vec<LabelledBox>, BoxError> {
    let lines = text.lines().enumerate().filter(|(_, l)| !l.trim().is_empty());
    lines.map(|(at, line)| parse_box(line).map_err(|why| BoxError { line: at + 1, why })).collect()
}

fn parse_box(line: &str) -> Result<LabelledBox, String> {
    let mut cells = line.split_whitespace();
    let word = cells.next().unwrap_or_default();
    let class: usize = word.parse().map_err(|_| format!("`{word}` is no class (a whole number)"))?;
    let mut numbers = Vec::new();
    for cell in cells {
        let value: f32 = cell.parse().map_err(|_| format!("`{cell}` is no number"))?;
        // Tools round: a border may lie a hair outside.
        if !(-0.01..=1.01).contains(&value) {
            return Err(format!("{cell} is no share of the picture"));
        }
        numbers.push(value);
    }
    let share = match *numbers.as_slice() {
        [x, y, w, h] => [x - w / 2.0, y - h / 2.0, x + w / 2.0, y + h / 2.0],
        ref points if points.len() >= 6 && points.len().is_multiple_of(2) => {
            let of = |from: usize| points.iter().skip(from).step_by(2).copied();
            let (low, high) =
                (|from| of(from).fold(f32::INFINITY, f32::min), |from| of(from).fold(0.0, f32::max));
            [low(0), low(1), high(0), high(1)]
        }
        _ => return Err(format!("{} numbers follow the class", numbers.len())),
    };
    Ok(LabelledBox { class: Some(class).filter(|c| *c <= PLATE), share })
}

impl LabelledBox {
    /// The box in pixels of a picture of this size.
    fn rect(&self, (width, height): (f32, f32)) -> Rect<FrameSpace> {
        let [x0, y0, x1, y1] = self.share;
        Rect::from_corners(x0 * width, y0 * height, x1 * width, y1 * height)
    }
}

/// The counts of one class.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct ClassFigures {
    /// Boxes labelled.
    pub n: u64,
    /// Those found at the shipped threshold.
    pub found: u64,
    /// Boxes at the shipped threshold that find none.
    pub wrong: u64,
    /// `found` of `n`, 0-1; null where there is none.
    pub recall: Option<f64>,
    /// Interval of the recall.
    pub wilson95: [f64; 2],
    /// The right ones of the boxes at the shipped threshold, 0-1; null where there is none.
    pub precision: Option<f64>,
    /// Area under the interpolated curve of precision over recall, 0-1; null where none is labelled.
    pub ap50: Option<f64>,
}

/// Plates found by their width.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct WidthFigures {
    /// Plates labelled.
    pub n: u64,
    /// Those found at the shipped threshold.
    pub found: u64,
    /// `found` of `n`, 0-1.
    pub recall: f64,
    /// Interval of the recall.
    pub wilson95: [f64; 2],
}

/// All figures of a set of pictures.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DetectFigures {
    /// Pictures.
    pub pictures: u64,
    /// By class.
    pub classes: BTreeMap<&'static str, ClassFigures>,
    /// The plates by their labelled width in pixels.
    pub plates_by_width: BTreeMap<&'static str, WidthFigures>,
}

/// Counts picture after picture.
#[derive(Debug, Clone)]
pub struct DetectCounts {
    /// Shipped threshold of each class.
    thresholds: [f32; CLASSES.len()],
    /// Vehicles lower than this share of the picture's height neither count nor are punished, 0-1.
    min_height: f32,
    pictures: u64,
    n: [u64; CLASSES.len()],
    /// Score of each box that counts, and whether it is right.
    counted: [Vec<(f32, bool)>; CLASSES.len()],
    /// Width of each labelled plate, and the score that found it (0: none).
    widths: Vec<(f32, f32)>,
}

impl DetectCounts {
    /// No picture yet. `thresholds`: shipped scores in the order of [`CLASSES`]. `min_height`: vehicles lower than this
    /// share of the picture's height neither count nor are punished, 0-1.
    pub fn new(thresholds: [f32; CLASSES.len()], min_height: f32) -> Self {
        Self {
            thresholds,
            min_height,
            pictures: 0,
            n: Default::default(),
            counted: Default::default(),
            widths: Vec::new(),
        }
    }

    /// Adds a picture of this size: what was found (down to scores near 0) against its labels.
    pub fn add(&mut self, size: (u32, u32), found: &Detections, labels: &[LabelledBox]) {
        self.pictures += 1;
        let size = (size.0 as f32, size.1 as f32);
        let of = |class: Option<usize>| labels.iter().filter(move |l| l.class == class).map(|l| l.rect(size));
        let ignored: Vec<Rect<FrameSpace>> = of(None).collect();
        for (class, name) in CLASSES.iter().enumerate() {
            let mine: Vec<(f32, Rect<FrameSpace>)> = match class {
                PLATE => found.plates.iter().map(|p| (p.score, p.rect)).collect(),
                _ => {
                    let vehicles = found.vehicles.iter().filter(|v| v.class.as_str() == *name);
                    vehicles.map(|v| (v.score, v.rect)).collect()
                }
            };
            let least = if class == PLATE { 0.0 } else { self.min_height * size.1 };
            let truths: Vec<Rect<FrameSpace>> = of(Some(class)).collect();
            let asked: Vec<bool> = truths.iter().map(|t| t.h >= least).collect();
            self.n[class] += asked.iter().filter(|a| **a).count() as u64;
            let found_by = self.matched(class, mine, &truths, &asked, &ignored, least);
            if class == PLATE {
                self.widths.extend(truths.iter().map(|t| t.w).zip(found_by));
            }
        }
    }

    /// Best score first, each box takes the labelled one that it overlaps most and that is still free. The answer: the
    /// score that found each label, 0 where none did.
    fn matched(
        &mut self,
        class: usize,
        mut boxes: Vec<(f32, Rect<FrameSpace>)>,
        truths: &[Rect<FrameSpace>],
        asked: &[bool],
        ignored: &[Rect<FrameSpace>],
        least_height: f32,
    ) -> Vec<f32> {
        boxes.sort_by(|a, b| b.0.total_cmp(&a.0));
        let mut found_by = vec![0.0; truths.len()];
        for (score, rect) in boxes {
            let free = truths.iter().enumerate().filter(|(at, _)| found_by[*at] == 0.0);
            let best = free.map(|(at, t)| (at, t.iou(&rect))).max_by(|a, b| a.1.total_cmp(&b.1));
            if let Some((at, _)) = best.filter(|(_, iou)| *iou >= FOUND_IOU) {
                found_by[at] = score;
                if asked[at] {
                    self.counted[class].push((score, true));
                }
                continue;
            }
            let excused = ignored.iter().any(|i| i.overlap(&rect) > IGNORED_SHARE * rect.area());
            if rect.h >= least_height && !excused {
                self.counted[class].push((score, false));
            }
        }
        found_by
    }

    /// The figures of what was added.
    pub fn figures(&self) -> DetectFigures {
        let classes = (0..CLASSES.len()).map(|class| (CLASSES[class], self.class_figures(class))).collect();
        let mut plates_by_width: BTreeMap<&'static str, WidthFigures> = BTreeMap::new();
        for (width, score) in &self.widths {
            let Some(name) = band(&WIDTHS, *width) else { continue };
            let band = plates_by_width.entry(name).or_default();
            band.n += 1;
            band.found += u64::from(*score > 0.0 && *score >= self.thresholds[PLATE]);
        }
        for band in plates_by_width.values_mut() {
            band.recall = band.found as f64 / band.n as f64;
            band.wilson95 = wilson95(band.found, band.n);
        }
        DetectFigures { pictures: self.pictures, classes, plates_by_width }
    }

    fn class_figures(&self, class: usize) -> ClassFigures {
        let (n, counted) = (self.n[class], &self.counted[class]);
        let over = |right: bool| {
            let those = counted.iter().filter(|(s, r)| *r == right && *s >= self.thresholds[class]);
            those.count() as u64
        };
        let (found, wrong) = (over(true), over(false));
        let share = |hits: u64, of: u64| (of > 0).then(|| hits as f64 / of as f64);
        ClassFigures {
            n,
            found,
            wrong,
            recall: share(found, n),
            wilson95: wilson95(found, n),
            precision: share(found, found + wrong),
            ap50: average_precision(counted, n),
        }
    }
}

/// Area under the interpolated curve: at each recall the best precision at that recall or a higher one. `counted`:
/// score and whether it is right; `n`: boxes asked for.
fn average_precision(counted: &[(f32, bool)], n: u64) -> Option<f64> {
    if n == 0 {
        return None;
    }
    let mut sorted: Vec<(f32, bool)> = counted.to_vec();
    // Stable: of equal scores those of earlier pictures come first.
    sorted.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut precision = Vec::with_capacity(sorted.len());
    let mut right = 0u64;
    for (at, (_, hit)) in sorted.iter().enumerate() {
        right += u64::from(*hit);
        precision.push(right as f64 / (at + 1) as f64);
    }
    let mut best = 0.0f64;
    let mut area = 0.0;
    for at in (0..sorted.len()).rev() {
        best = best.max(precision[at]);
        if sorted[at].1 {
            area += best / n as f64;
        }
    }
    Some(area)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::detection::{PlateDetection, VehicleClass, VehicleDetection};

    fn car(score: f32, x: f32) -> VehicleDetection {
        VehicleDetection { class: VehicleClass::Car, score, rect: Rect::new(x, 100.0, 100.0, 60.0) }
    }

    fn labels(text: &str) -> Vec<LabelledBox> {
        parse_boxes(text).expect("labels")
    }

    #[test]
    fn lines_that_are_no_boxes_are_told() {
        for (text, named) in [
            ("0 .5 .5 .1", "1: 3 numbers"),
            ("0 .5 .5 .1 .1\n\ncar .5 .5 .1 .1", "3: `car`"),
            ("0 .5 .5 .1 12", "1: 12 is no share"),
            ("0 .5 x .1 .1", "1: `x` is no number"),
        ] {
            let told = parse_boxes(text).expect_err("refused").to_string();
            assert!(told.starts_with(named) && told.contains("centre x"), "{told}");
        }
        let both = labels("2 .5 .5 .2 .4\n2 .4 .3 .6 .3 .6 .7 .4 .7\n7 .5 .5 1 1\n");
        let rect = |at: usize| both[at].rect((1000.0, 1000.0)).to_array();
        assert_eq!((rect(0), rect(1), both[2].class), ([400, 300, 200, 400], [400, 300, 200, 400], None));
    }

    #[test]
    fn found_missed_doubled_and_ignored() {
        let mut counts = DetectCounts::new([0.4; 5], 0.0);
        // Cars at x 0, 200 and 400; an ignored region around x 800.
        let text = "0 .05 .26 .1 .12\n0 .25 .26 .1 .12\n0 .45 .26 .1 .12\n6 .85 .26 .12 .14\n4 .5 .9 .08 .04";
        let found = Detections {
            // Found, the same again, none there, in the ignored region, found faintly.
            vehicles: vec![car(0.9, 2.0), car(0.8, 6.0), car(0.7, 600.0), car(0.6, 800.0), car(0.3, 198.0)],
            plates: vec![PlateDetection { score: 0.35, rect: Rect::new(460.0, 440.0, 80.0, 20.0) }],
        };
        counts.add((1000, 500), &found, &labels(text));
        let figures = counts.figures();
        let cars = &figures.classes["car"];
        assert_eq!((cars.n, cars.found, cars.wrong), (3, 1, 2));
        assert_eq!((cars.recall, cars.precision), (Some(1.0 / 3.0), Some(1.0 / 3.0)));
        // Right, wrong, wrong, right: 1/3 at precision 1 and 1/3 at 2/4.
        assert!((cars.ap50.expect("cars are labelled") - 0.5).abs() < 1e-9);
        assert_eq!((figures.classes["bus"].recall, figures.classes["bus"].ap50), (None, None));
        let plates = &figures.plates_by_width["60-120"];
        assert_eq!((plates.n, plates.found, figures.classes["plate"].n), (1, 0, 1));
        assert!((figures.classes["plate"].ap50.expect("a plate is labelled") - 1.0).abs() < 1e-9);
    }

    #[test]
    fn low_vehicles_neither_count_nor_are_punished() {
        let mut counts = DetectCounts::new([0.4; 5], 0.2);
        let found = Detections { vehicles: vec![car(0.9, 0.0), car(0.8, 700.0)], plates: Vec::new() };
        counts.add((1000, 500), &found, &labels("0 .05 .26 .1 .12"));
        let cars = &counts.figures().classes["car"];
        assert_eq!((cars.n, cars.found, cars.wrong), (0, 0, 0));
    }

    proptest! {
        #[test]
        fn areas_are_shares(counted in proptest::collection::vec((0.0f32..1.0, any::<bool>()), 0..30), missed in 0u64..5) {
            let n = counted.iter().filter(|c| c.1).count() as u64 + missed;
            match average_precision(&counted, n) {
                Some(area) => prop_assert!((0.0..=1.0 + 1e-9).contains(&area)),
                None => prop_assert_eq!(n, 0),
            }
        }
    }
}

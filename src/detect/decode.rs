//! The raw output of a YOLOX net as boxes.

use thiserror::Error;

use super::DetectorSpec;
use crate::domain::geometry::{ModelSpace, Rect};

/// Why an output cannot be decoded.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum DetectError {
    /// The net and its manifest do not belong together.
    #[error(
        "the detector gave {got} numbers for an input of {width}x{height}, its manifest (classes, strides) wants \
         {wanted}: restore the model's files, or mend the manifest"
    )]
    WrongLength {
        /// Numbers given.
        got: usize,
        /// Numbers wanted.
        wanted: usize,
        /// Input width.
        width: u32,
        /// Input height.
        height: u32,
    },
    /// A list that must have one entry for each class has not.
    #[error(
        "{got} score thresholds were given for {wanted} classes of the detector: give one for each class"
    )]
    WrongFloors {
        /// Thresholds given.
        got: usize,
        /// Classes.
        wanted: usize,
    },
}

/// A box as the net gives it, before duplicates are removed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RawBox {
    /// Index into the spec's classes.
    pub class: usize,
    /// Objectness times class probability, 0-1.
    pub score: f32,
    /// Where in the input.
    pub rect: Rect<ModelSpace>,
}

/// Numbers that a net of this spec gives for an input of (width, height).
pub fn output_len(input: (u32, u32), spec: &DetectorSpec) -> usize {
    let cells = |s: &u32| (input.0 / (*s).max(1)) as usize * (input.1 / (*s).max(1)) as usize;
    spec.strides.iter().map(cells).sum::<usize>() * (5 + spec.classes.len())
}

/// Boxes of one picture's output, in the output's order.
///
/// `output`: `[anchors, 5 + classes]`, row by row; a row holds centre x and y as offset from the cell in strides, the
/// logarithm of width and height in strides, objectness and class probabilities, the last ones 0-1 (the net applies
/// the sigmoid). Anchors run over the strides, in each over rows, then columns. `floors`: lowest score by class. Rows
/// with a number that is not finite are left out.
pub fn decode(
    output: &[f32],
    input: (u32, u32),
    spec: &DetectorSpec,
    floors: &[f32],
) -> Result<Vec<RawBox>, DetectError> {
    let classes = spec.classes.len();
    if floors.len() != classes {
        return Err(DetectError::WrongFloors { got: floors.len(), wanted: classes });
    }
    let wanted = output_len(input, spec);
    if output.len() != wanted {
        let (width, height) = input;
        return Err(DetectError::WrongLength { got: output.len(), wanted, width, height });
    }
    let lowest = floors.iter().copied().fold(f32::INFINITY, f32::min);
    let mut found = Vec::new();
    let mut rows = output.chunks_exact(5 + classes);
    for stride in spec.strides.iter().map(|s| (*s).max(1)) {
        for row in 0..input.1 / stride {
            for column in 0..input.0 / stride {
                let Some(values) = rows.next() else { return Ok(found) };
                // Nearly all anchors end here; a NaN does too.
                let objectness = values[4].min(1.0);
                if !(objectness >= lowest && objectness > 0.0) {
                    continue;
                }
                let Some((class, probability)) = best_class(&values[5..]) else { continue };
                let score = objectness * probability;
                if score < floors[class] || score <= 0.0 {
                    continue;
                }
                let size = stride as f32;
                let (cx, cy) = ((values[0] + column as f32) * size, (values[1] + row as f32) * size);
                let (w, h) = (values[2].exp() * size, values[3].exp() * size);
                let rect = Rect::new(cx - w / 2.0, cy - h / 2.0, w, h);
                if [rect.x, rect.y, w, h, rect.right(), rect.bottom()].iter().all(|v| v.is_finite()) {
                    found.push(RawBox { class, score, rect });
                }
            }
        }
    }
    Ok(found)
}

/// The likeliest class, the first of equals, and its probability; `None` where one is not finite.
fn best_class(probabilities: &[f32]) -> Option<(usize, f32)> {
    let mut best = None;
    for (i, p) in probabilities.iter().enumerate() {
        if !p.is_finite() {
            return None;
        }
        if best.is_none_or(|(_, q)| *p > q) {
            best = Some((i, *p));
        }
    }
    best.map(|(i, p)| (i, p.min(1.0)))
}

#[cfg(test)]
pub(crate) mod tests {
    use proptest::prelude::*;

    use super::*;

    /// An output that holds these boxes: (centre x, centre y, width, height in input pixels, objectness, class,
    /// probability), each in its own cell of the finest grid.
    pub(crate) fn output_with(
        input: (u32, u32),
        classes: usize,
        boxes: &[(f32, f32, f32, f32, f32, usize, f32)],
    ) -> Vec<f32> {
        let spec = DetectorSpec::default();
        let mut output = vec![0.0; output_len(input, &spec)];
        let columns = (input.0 / 8) as usize;
        for (cx, cy, w, h, objectness, class, probability) in boxes {
            let (column, row) = ((cx / 8.0) as usize, (cy / 8.0) as usize);
            let at = (row * columns + column) * (5 + classes);
            output[at] = cx / 8.0 - column as f32;
            output[at + 1] = cy / 8.0 - row as f32;
            output[at + 2] = (w / 8.0).ln();
            output[at + 3] = (h / 8.0).ln();
            output[at + 4] = *objectness;
            output[at + 5 + class] = *probability;
        }
        output
    }

    #[test]
    fn the_coarse_grids_follow_the_fine_one() {
        let spec = DetectorSpec::default();
        let input = (64, 32);
        let mut output = vec![0.0; output_len(input, &spec)];
        assert_eq!(output.len(), (8 * 4 + 4 * 2 + 2) * 10);
        // The second cell of the coarsest grid.
        let at = (8 * 4 + 4 * 2 + 1) * 10;
        output[at..at + 10].copy_from_slice(&[0.5, 0.5, 0.0, 0.0, 0.8, 0.0, 0.0, 1.0, 0.0, 0.0]);
        let found = decode(&output, input, &spec, &spec.min_score).expect("the length is right");
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].class, found[0].rect.to_array()), (2, [32, 0, 32, 32]));
        assert!((found[0].score - 0.8).abs() < 1e-6);
    }

    #[test]
    fn a_wrong_length_is_an_error_that_says_both_lengths() {
        let spec = DetectorSpec::default();
        let error = decode(&[0.0; 30], (64, 32), &spec, &spec.min_score).expect_err("30 numbers are too few");
        assert_eq!(error, DetectError::WrongLength { got: 30, wanted: 420, width: 64, height: 32 });
        assert!(decode(&[0.0; 420], (64, 32), &spec, &[0.3]).is_err());
    }

    proptest! {
        #[test]
        fn arbitrary_numbers_never_panic_and_give_only_finite_boxes(
            output in proptest::collection::vec(any::<f32>(), 420),
            floor in 0.0f32..1.0,
        ) {
            let spec = DetectorSpec::default();
            let floors = spec.uniform_floors(floor);
            for b in decode(&output, (64, 32), &spec, &floors).expect("the length is right") {
                prop_assert!(b.score >= floor && b.score <= 1.0 && b.score > 0.0);
                prop_assert!(b.class < 5);
                prop_assert!([b.rect.x, b.rect.y, b.rect.w, b.rect.h].iter().all(|v| v.is_finite()));
            }
        }

        #[test]
        fn any_length_is_answered(output in proptest::collection::vec(any::<f32>(), 0..900), w in 0u32..80, h in 0u32..80) {
            let spec = DetectorSpec::default();
            let fits = output.len() == output_len((w, h), &spec);
            prop_assert_eq!(decode(&output, (w, h), &spec, &spec.min_score).is_ok(), fits);
        }
    }
}

//! Greedy non-maximum suppression: of boxes that overlap too much the surest stays.

use std::cmp::Ordering;

use crate::domain::detection::{PlateDetection, VehicleDetection};
use crate::domain::geometry::Rect;

/// Indices of the boxes that stay, by falling score. A box goes where its IoU with one that stays is above
/// `max_iou`. Equal scores are decided by the box's place, so the order of the input does not matter. Boxes with
/// numbers that are not finite go.
pub fn suppress<S>(boxes: &[(f32, Rect<S>)], max_iou: f32) -> Vec<usize> {
    let finite = |(score, r): &(f32, Rect<S>)| [*score, r.x, r.y, r.w, r.h].iter().all(|v| v.is_finite());
    let mut order: Vec<usize> = (0..boxes.len()).filter(|i| finite(&boxes[*i])).collect();
    order.sort_by(|a, b| surer_first(&boxes[*a], &boxes[*b]).then(a.cmp(b)));
    let mut kept: Vec<usize> = Vec::new();
    for i in order {
        if kept.iter().all(|k| boxes[*k].1.iou(&boxes[i].1) <= max_iou) {
            kept.push(i);
        }
    }
    kept
}

fn surer_first<S>((sa, a): &(f32, Rect<S>), (sb, b): &(f32, Rect<S>)) -> Ordering {
    sb.total_cmp(sa)
        .then_with(|| a.x.total_cmp(&b.x))
        .then_with(|| a.y.total_cmp(&b.y))
        .then_with(|| a.w.total_cmp(&b.w))
        .then_with(|| a.h.total_cmp(&b.h))
}

/// Vehicles without duplicates, by falling score. Class-agnostic: a car is not also a truck; the surer class stays.
pub fn suppress_vehicles(vehicles: &[VehicleDetection], max_iou: f32) -> Vec<VehicleDetection> {
    let boxes: Vec<_> = vehicles.iter().map(|v| (v.score, v.rect)).collect();
    suppress(&boxes, max_iou).into_iter().map(|i| vehicles[i]).collect()
}

/// Plates without duplicates, by falling score.
pub fn suppress_plates(plates: &[PlateDetection], max_iou: f32) -> Vec<PlateDetection> {
    let boxes: Vec<_> = plates.iter().map(|p| (p.score, p.rect)).collect();
    suppress(&boxes, max_iou).into_iter().map(|i| plates[i]).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::geometry::FrameSpace;

    fn some_boxes() -> impl Strategy<Value = Vec<(f32, Rect<FrameSpace>)>> {
        let one = (0u8..8, 0.0f32..60.0, 0.0f32..60.0, 1.0f32..40.0, 1.0f32..40.0);
        proptest::collection::vec(
            one.prop_map(|(s, x, y, w, h)| (f32::from(s) / 8.0, Rect::new(x, y, w, h))),
            0..40,
        )
    }

    #[test]
    fn neighbours_stay_and_duplicates_go() {
        let boxes: Vec<(f32, Rect<FrameSpace>)> = vec![
            (0.5, Rect::new(0.0, 0.0, 10.0, 10.0)),
            (0.9, Rect::new(1.0, 0.0, 10.0, 10.0)),
            (0.4, Rect::new(8.0, 0.0, 10.0, 10.0)),
            (f32::NAN, Rect::new(50.0, 0.0, 10.0, 10.0)),
        ];
        assert_eq!(suppress(&boxes, 0.6), vec![1, 2]);
    }

    proptest! {
        #[test]
        fn what_stays_is_apart_and_what_goes_has_a_reason(boxes in some_boxes(), max_iou in 0.1f32..0.9) {
            let kept = suppress(&boxes, max_iou);
            for (n, i) in kept.iter().enumerate() {
                for j in &kept[n + 1..] {
                    prop_assert!(boxes[*i].1.iou(&boxes[*j].1) <= max_iou);
                    prop_assert!(boxes[*i].0 >= boxes[*j].0);
                }
            }
            for i in (0..boxes.len()).filter(|i| !kept.contains(i)) {
                prop_assert!(
                    kept.iter().any(|k| boxes[*k].0 >= boxes[i].0 && boxes[*k].1.iou(&boxes[i].1) > max_iou)
                );
            }
        }

        #[test]
        fn the_order_of_the_input_does_not_matter(boxes in some_boxes(), turn in 0usize..40) {
            let pick = |b: &[(f32, Rect<FrameSpace>)]| -> Vec<String> {
                suppress(b, 0.5).into_iter().map(|i| format!("{:?}", b[i])).collect()
            };
            let mut turned = boxes.clone();
            turned.reverse();
            if !turned.is_empty() {
                let by = turn % turned.len();
                turned.rotate_left(by);
            }
            prop_assert_eq!(pick(&boxes), pick(&turned));
        }
    }
}

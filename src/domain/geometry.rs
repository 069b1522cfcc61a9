//! Points and boxes, typed by the space whose pixels they count.

use std::marker::PhantomData;

use serde::{Deserialize, Serialize};

/// Pixels of the whole frame, origin at the top left, x right, y down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FrameSpace {}
/// Pixels of a net's letterboxed input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ModelSpace {}
/// Pixels of a piece cut out of a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CropSpace {}

/// A point. Its space is told by what holds it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Point {
    /// Rightwards.
    pub x: f32,
    /// Downwards.
    pub y: f32,
}

/// An upright box: left, top, width, height, in pixels of the space `S`. Width and height are never negative.
#[derive(Debug, PartialEq)]
pub struct Rect<S> {
    /// Left edge.
    pub x: f32,
    /// Top edge.
    pub y: f32,
    /// Width.
    pub w: f32,
    /// Height.
    pub h: f32,
    space: PhantomData<S>,
}

impl<S> Clone for Rect<S> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<S> Copy for Rect<S> {}

impl<S> Rect<S> {
    /// A box by its left top corner and its size.
    pub fn new(x: f32, y: f32, w: f32, h: f32) -> Self {
        Self { x, y, w: w.max(0.0), h: h.max(0.0), space: PhantomData }
    }

    /// A box by two opposite corners.
    pub fn from_corners(x0: f32, y0: f32, x1: f32, y1: f32) -> Self {
        Self::new(x0, y0, x1 - x0, y1 - y0)
    }

    /// Right edge.
    pub fn right(&self) -> f32 {
        self.x + self.w
    }

    /// Bottom edge.
    pub fn bottom(&self) -> f32 {
        self.y + self.h
    }

    /// Area in square pixels.
    pub fn area(&self) -> f32 {
        self.w * self.h
    }

    /// The middle.
    pub fn center(&self) -> Point {
        Point { x: self.x + self.w / 2.0, y: self.y + self.h / 2.0 }
    }

    /// The middle of the lower edge: where a vehicle stands on the road.
    pub fn foot(&self) -> Point {
        Point { x: self.x + self.w / 2.0, y: self.bottom() }
    }

    /// Area shared with `other`.
    pub fn overlap(&self, other: &Self) -> f32 {
        let w = self.right().min(other.right()) - self.x.max(other.x);
        let h = self.bottom().min(other.bottom()) - self.y.max(other.y);
        w.max(0.0) * h.max(0.0)
    }

    /// Intersection over union, 0-1; 0 where both are empty.
    pub fn iou(&self, other: &Self) -> f32 {
        let shared = self.overlap(other);
        let union = self.area() + other.area() - shared;
        if union > 0.0 { shared / union } else { 0.0 }
    }

    /// Whether the point lies within.
    pub fn contains(&self, p: Point) -> bool {
        p.x >= self.x && p.x < self.right() && p.y >= self.y && p.y < self.bottom()
    }

    /// Grown by `share` of width and height on every side.
    pub fn grown(&self, share: f32) -> Self {
        let (dx, dy) = (self.w * share, self.h * share);
        Self::new(self.x - dx, self.y - dy, self.w + 2.0 * dx, self.h + 2.0 * dy)
    }

    /// Cut to a picture of `width` x `height`. Never panics: a box with a NaN comes out inside the picture too.
    pub fn clipped(&self, width: f32, height: f32) -> Self {
        // Not `clamp`, which panics where a bound is NaN; `max` and `min` drop it.
        let x0 = self.x.max(0.0).min(width);
        let y0 = self.y.max(0.0).min(height);
        Self::from_corners(x0, y0, self.right().max(x0).min(width), self.bottom().max(y0).min(height))
    }

    /// The same numbers moved and scaled into another space: `x' = x * scale + dx`.
    pub fn mapped<T>(&self, scale: f32, dx: f32, dy: f32) -> Rect<T> {
        Rect::new(self.x * scale + dx, self.y * scale + dy, self.w * scale, self.h * scale)
    }

    /// `[x, y, w, h]` rounded to whole pixels, as JSON has it.
    pub fn to_array(&self) -> [i32; 4] {
        [self.x.round() as i32, self.y.round() as i32, self.w.round() as i32, self.h.round() as i32]
    }
}

/// A counting line in shares of the picture, 0-1, x right, y down. Standing at `a` and looking to `b`, the move from
/// the left hand to the right hand as seen on the picture is `in`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(from = "[[f32; 2]; 2]", into = "[[f32; 2]; 2]")]
pub struct Line {
    /// Start.
    pub a: Point,
    /// End.
    pub b: Point,
}

impl From<[[f32; 2]; 2]> for Line {
    fn from([a, b]: [[f32; 2]; 2]) -> Self {
        Self { a: Point { x: a[0], y: a[1] }, b: Point { x: b[0], y: b[1] } }
    }
}

impl From<Line> for [[f32; 2]; 2] {
    fn from(line: Line) -> Self {
        [[line.a.x, line.a.y], [line.b.x, line.b.y]]
    }
}

impl Line {
    /// The line in pixels of a picture of `width` x `height`.
    pub fn in_pixels(&self, width: u32, height: u32) -> Self {
        let (w, h) = (width as f32, height as f32);
        Self { a: Point { x: self.a.x * w, y: self.a.y * h }, b: Point { x: self.b.x * w, y: self.b.y * h } }
    }

    /// Distance of `p` from the infinite line through a and b, in the line's own units; positive on the right hand of
    /// a→b as seen on the picture (the `in` side), negative on the left.
    pub fn side(&self, p: Point) -> f32 {
        let (dx, dy) = (self.b.x - self.a.x, self.b.y - self.a.y);
        let length = dx.hypot(dy);
        if length == 0.0 {
            return 0.0;
        }
        // With y down, a positive cross product is a clockwise turn: the right hand.
        (dx * (p.y - self.a.y) - dy * (p.x - self.a.x)) / length
    }

    /// Where `p` falls along a→b: 0 at a, 1 at b, beyond them outside 0-1.
    pub fn along(&self, p: Point) -> f32 {
        let (dx, dy) = (self.b.x - self.a.x, self.b.y - self.a.y);
        let square = dx * dx + dy * dy;
        if square == 0.0 {
            return 0.0;
        }
        ((p.x - self.a.x) * dx + (p.y - self.a.y) * dy) / square
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn right_hand_of_a_to_b_is_below_a_line_drawn_rightwards() {
        let line = Line::from([[0.0, 0.5], [1.0, 0.5]]);
        assert!(line.side(Point { x: 0.3, y: 0.8 }) > 0.0);
        assert!(line.side(Point { x: 0.3, y: 0.2 }) < 0.0);
    }

    #[test]
    fn iou_of_half_shifted_boxes_is_a_third() {
        let a = Rect::<FrameSpace>::new(0.0, 0.0, 10.0, 10.0);
        let b = Rect::<FrameSpace>::new(5.0, 0.0, 10.0, 10.0);
        assert!((a.iou(&b) - 1.0 / 3.0).abs() < 1e-6);
    }
}

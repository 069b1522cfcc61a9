//! How a picture is laid into a net's input, and the way back.

use std::marker::PhantomData;

use crate::domain::geometry::{ModelSpace, Rect};

/// Both sides of an input are multiples of this: the net's largest stride.
pub const INPUT_STEP: u32 = 32;

/// A picture of the space `S` scaled by one factor and laid at the top left of an input; the rest, right and below,
/// is filled with grey 114 (YOLOX's convention).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Letterbox<S> {
    picture: (u32, u32),
    input: (u32, u32),
    scale: f32,
    space: PhantomData<S>,
}

impl<S> Letterbox<S> {
    /// A picture of (width, height) in an input of (width, height), as large as fits; `None` where a side is 0.
    pub fn new(picture: (u32, u32), input: (u32, u32)) -> Option<Self> {
        let ((w, h), (iw, ih)) = (picture, input);
        if w == 0 || h == 0 || iw == 0 || ih == 0 {
            return None;
        }
        let scale = (iw as f32 / w as f32).min(ih as f32 / h as f32);
        Some(Self { picture, input, scale, space: PhantomData })
    }

    /// The smallest input, its sides multiples of 32, that holds the picture with its longer side scaled to
    /// `long_side` pixels (rounded up to 32): 1920x1080 at 640 gives 640x384. `None` where a side is 0.
    pub fn fitting(picture: (u32, u32), long_side: u32) -> Option<Self> {
        let (w, h) = picture;
        if w == 0 || h == 0 || long_side == 0 {
            return None;
        }
        let long = long_side.div_ceil(INPUT_STEP) * INPUT_STEP;
        let scale = f64::from(long) / f64::from(w.max(h));
        let short = (f64::from(w.min(h)) * scale).round().max(1.0) as u32;
        let short = short.div_ceil(INPUT_STEP) * INPUT_STEP;
        Self::new(picture, if w >= h { (long, short) } else { (short, long) })
    }

    /// Width and height of the picture, pixels.
    pub fn picture(&self) -> (u32, u32) {
        self.picture
    }

    /// Width and height of the input, pixels.
    pub fn input(&self) -> (u32, u32) {
        self.input
    }

    /// Input pixels per picture pixel.
    pub fn scale(&self) -> f32 {
        self.scale
    }

    /// Width and height that the scaled picture takes of the input, at least 1; the rest is padding.
    pub fn drawn(&self) -> (u32, u32) {
        let side = |picture: u32, input: u32| ((picture as f32 * self.scale).round() as u32).clamp(1, input);
        (side(self.picture.0, self.input.0), side(self.picture.1, self.input.1))
    }

    /// From the picture into the input.
    pub fn to_input(&self, rect: Rect<S>) -> Rect<ModelSpace> {
        rect.mapped(self.scale, 0.0, 0.0)
    }

    /// From the input back to the picture, cut to the picture.
    pub fn to_picture(&self, rect: Rect<ModelSpace>) -> Rect<S> {
        rect.mapped(1.0 / self.scale, 0.0, 0.0).clipped(self.picture.0 as f32, self.picture.1 as f32)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::geometry::FrameSpace;

    fn fitting(picture: (u32, u32), long: u32) -> Letterbox<FrameSpace> {
        Letterbox::fitting(picture, long).expect("no side is 0")
    }

    #[test]
    fn wide_pictures_waste_no_rows() {
        assert_eq!(fitting((1920, 1080), 640).input(), (640, 384));
        assert_eq!(fitting((1920, 1080), 416).input(), (416, 256));
        assert_eq!(fitting((1080, 1920), 640).input(), (384, 640));
        assert_eq!(fitting((640, 480), 640).drawn(), (640, 480));
        assert_eq!(fitting((1920, 1080), 640).drawn(), (640, 360));
    }

    #[test]
    fn a_fixed_input_keeps_the_aspect() {
        let tall = Letterbox::<FrameSpace>::new((100, 200), (320, 320)).expect("no side is 0");
        assert_eq!(tall.drawn(), (160, 320));
        assert!(Letterbox::<FrameSpace>::new((0, 200), (320, 320)).is_none());
        assert!(Letterbox::<FrameSpace>::fitting((10, 0), 320).is_none());
    }

    proptest! {
        #[test]
        fn there_and_back_is_where_it_was(
            w in 1u32..4000, h in 1u32..4000, long in 32u32..1300,
            x in 0.0f32..0.9, y in 0.0f32..0.9, rw in 0.01f32..0.1, rh in 0.01f32..0.1,
        ) {
            let l = fitting((w, h), long);
            prop_assert!(l.input().0.is_multiple_of(INPUT_STEP) && l.input().1.is_multiple_of(INPUT_STEP));
            prop_assert!(l.drawn().0 <= l.input().0 && l.drawn().1 <= l.input().1);
            let (fw, fh) = (w as f32, h as f32);
            let rect = Rect::<FrameSpace>::new(x * fw, y * fh, rw * fw, rh * fh);
            let back = l.to_picture(l.to_input(rect));
            for (a, b) in [(rect.x, back.x), (rect.y, back.y), (rect.w, back.w), (rect.h, back.h)] {
                prop_assert!((a - b).abs() <= 1e-3 * fw.max(fh), "{rect:?} came back as {back:?}");
            }
        }
    }
}

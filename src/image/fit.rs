//! Pictures made smaller.

use opencv::core::{Mat, MatTraitConst, Size};
use opencv::imgproc;

use super::error::{Doing, ImageError};
use super::view::{image_from, view, whole_pixels};
use crate::domain::frame::Image;
use crate::domain::geometry::{FrameSpace, Rect};

/// The picture at most `width` x `height` pixels large, sides in the same ratio, by the mean of the area; one that fits
/// already is as it was.
pub fn fitted(image: &Image, width: u32, height: u32) -> Result<Image, ImageError> {
    let scale =
        (f64::from(width) / f64::from(image.width())).min(f64::from(height) / f64::from(image.height()));
    if scale >= 1.0 {
        return Ok(image.clone());
    }
    let side = |pixels: u32| ((f64::from(pixels) * scale).round() as i32).max(1);
    let size = Size::new(side(image.width()), side(image.height()));
    let mut small = Mat::default();
    imgproc::resize(&view(image)?, &mut small, size, 0.0, 0.0, imgproc::INTER_AREA)
        .doing("making a picture smaller")?;
    image_from(&small)
}

/// What a box holds, stretched to `width` x `height` by the mean of the area; the box is cut to the picture, an error where
/// nothing is left.
pub fn squeezed(
    image: &Image,
    rect: &Rect<FrameSpace>,
    width: u32,
    height: u32,
) -> Result<Image, ImageError> {
    let frame = view(image)?;
    let piece = frame.roi(whole_pixels(image, rect)?).doing("cutting out a vehicle")?;
    let mut small = Mat::default();
    let size = Size::new(width as i32, height as i32);
    imgproc::resize(&piece, &mut small, size, 0.0, 0.0, imgproc::INTER_AREA)
        .doing("making a vehicle smaller")?;
    image_from(&small)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::view::tests::{gradient, plain};

    #[test]
    fn what_a_box_holds_is_squeezed_and_cut_at_the_edge() {
        let image = plain(100, 80, [7, 8, 9]);
        let small = squeezed(&image, &Rect::new(90.0, -20.0, 40.0, 60.0), 16, 12).expect("a corner");
        assert_eq!((small.width(), small.height()), (16, 12));
        assert!(small.bgr().chunks_exact(3).all(|p| p == [7, 8, 9]));
        assert!(squeezed(&image, &Rect::new(200.0, 0.0, 40.0, 60.0), 16, 12).is_err());
    }

    #[test]
    fn a_large_picture_fits_and_a_small_one_stays() {
        let small = fitted(&plain(1920, 1080, [10, 20, 30]), 640, 640).expect("fitted");
        assert_eq!((small.width(), small.height()), (640, 360));
        assert!(small.bgr().chunks_exact(3).all(|p| p == [10, 20, 30]));
        let narrow = fitted(&plain(3, 2000, [1; 3]), 640, 100).expect("fitted");
        assert_eq!((narrow.width(), narrow.height()), (1, 100));
        let image = gradient(64, 48);
        assert_eq!(fitted(&image, 64, 64).expect("fitted"), image);
    }
}

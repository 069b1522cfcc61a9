//! A piece of a picture.

use super::error::ImageError;
use super::view::whole_pixels;
use crate::domain::frame::Image;
use crate::domain::geometry::{FrameSpace, Rect};

/// The pixels of a box, its edges rounded to whole pixels and cut to the picture; an error where none is left.
pub fn crop(image: &Image, rect: &Rect<FrameSpace>) -> Result<Image, ImageError> {
    let area = whole_pixels(image, rect)?;
    let stride = image.width() as usize * 3;
    let (left, width) = (area.x as usize * 3, area.width as usize * 3);
    let mut bgr = Vec::with_capacity(width * area.height as usize);
    for row in image.bgr().chunks_exact(stride).skip(area.y as usize).take(area.height as usize) {
        bgr.extend_from_slice(&row[left..left + width]);
    }
    // whole_pixels leaves at least one pixel, and the loop copied exactly its area.
    Ok(Image::from_bgr(area.width as u32, area.height as u32, bgr).expect("the area's bytes"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::view::tests::gradient;

    #[test]
    fn a_crop_holds_the_pixels_of_its_place() {
        let image = gradient(40, 30);
        let piece = crop(&image, &Rect::new(10.2, 4.6, 8.0, 6.0)).expect("inside");
        assert_eq!((piece.width(), piece.height()), (8, 6));
        let from = (5 * 40 + 10) * 3;
        assert_eq!(piece.bgr()[..3], image.bgr()[from..from + 3]);
    }

    #[test]
    fn a_crop_over_the_edge_is_cut_and_one_beyond_it_is_an_error() {
        let image = gradient(40, 30);
        let piece = crop(&image, &Rect::new(-5.0, 25.0, 10.0, 50.0)).expect("a corner");
        assert_eq!((piece.width(), piece.height()), (5, 5));
        let error = crop(&image, &Rect::new(50.0, 0.0, 5.0, 5.0)).expect_err("beyond");
        assert!(error.to_string().contains("holds no pixel of a picture of 40x30"), "{error}");
        assert!(crop(&image, &Rect::new(f32::NAN, 0.0, 5.0, 5.0)).is_err());
    }
}

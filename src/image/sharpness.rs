//! How sharp a piece of a picture is.

use opencv::core::{self, Mat, MatTraitConst, Scalar};
use opencv::imgproc;

use super::error::{Doing, ImageError};
use super::view::{view, whole_pixels};
use crate::domain::frame::Image;
use crate::domain::geometry::{FrameSpace, Rect};

/// How sharp the pixels of a box are, 0 (flat or blurred) to 1, for choosing between looks at the same thing.
///
/// The variance of the Laplacian over the variance of the brightness, both taken after a resize to 128 pixels of width,
/// so that neither contrast nor size decides: a small piece is enlarged and counts as blurred, which it is.
pub fn sharpness(image: &Image, rect: &Rect<FrameSpace>) -> Result<f32, ImageError> {
    let area = whole_pixels(image, rect)?;
    let frame = view(image)?;
    let piece = frame.roi(area).doing("cutting a piece to judge")?;
    let (mut grey, mut same_size, mut edges) = (Mat::default(), Mat::default(), Mat::default());
    imgproc::cvt_color_def(&piece, &mut grey, imgproc::COLOR_BGR2GRAY).doing("greying a piece")?;
    let height = (128.0 * area.height as f32 / area.width as f32).round().clamp(1.0, 512.0) as i32;
    let way = if area.width > 128 { imgproc::INTER_AREA } else { imgproc::INTER_LINEAR };
    imgproc::resize(&grey, &mut same_size, core::Size::new(128, height), 0.0, 0.0, way)
        .doing("resizing a piece")?;
    imgproc::laplacian_def(&same_size, &mut edges, core::CV_32F).doing("taking a piece's Laplacian")?;
    // Below a contrast of 5 grey levels all is noise.
    let ratio = variance(&edges)? / (variance(&same_size)? + 25.0);
    Ok((ratio / (1.0 + ratio)) as f32)
}

fn variance(mat: &Mat) -> Result<f64, ImageError> {
    let (mut mean, mut deviation) = (Scalar::default(), Scalar::default());
    core::mean_std_dev_def(mat, &mut mean, &mut deviation).doing("taking a variance")?;
    Ok(deviation[0] * deviation[0])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::view::tests::plain;

    /// A plate of 100x40 at 50,50 on 200x150 of `around`: `ground`, with a bar of `ink` every 8 pixels, 2 wide.
    fn plate(around: [u8; 3], ground: [u8; 3], ink: [u8; 3]) -> (Image, Rect<FrameSpace>) {
        let mut image = plain(200, 150, around);
        for y in 50..90 {
            for x in 50..150 {
                let colour = if x % 8 < 2 { ink } else { ground };
                image.bgr_mut()[(y * 200 + x) * 3..][..3].copy_from_slice(&colour);
            }
        }
        (image, Rect::new(50.0, 50.0, 100.0, 40.0))
    }

    #[test]
    fn blur_and_smallness_lower_sharpness_and_contrast_does_not() {
        let (sharp, rect) = plate([90; 3], [220; 3], [20; 3]);
        let (pale, _) = plate([90; 3], [170; 3], [90; 3]);
        let mut blurred = Mat::default();
        let size = core::Size::new(7, 7);
        imgproc::blur_def(&view(&sharp).expect("a view"), &mut blurred, size).expect("blurred");
        let blurred = crate::image::view::image_from(&blurred).expect("a picture");
        let of = |image: &Image| sharpness(image, &rect).expect("inside");
        assert!(of(&sharp) > of(&blurred) + 0.1, "{} {}", of(&sharp), of(&blurred));
        assert!((of(&sharp) - of(&pale)).abs() < 0.05, "{} {}", of(&sharp), of(&pale));
        assert!((0.0..=1.0).contains(&of(&sharp)));
        assert!(of(&plain(200, 150, [128; 3])) < 0.01);
    }
}

//! From a frame, or a piece of it, to the detector's input.

use opencv::boxed_ref::BoxedRef;
use opencv::core::{Mat, MatTraitConst, MatTraitConstManual, Size, Vec3b};
use opencv::imgproc;

use super::error::{Doing, ImageError};
use super::view::{view, whole_pixels};
use crate::domain::frame::Image;
use crate::domain::geometry::{FrameSpace, Rect};

/// The grey that the detector was trained to ignore.
const PAD: f32 = 114.0;

/// Lays pictures into a net's input. Keeps its intermediate pictures, so a worker should keep one.
#[derive(Debug, Default)]
pub struct Letterboxer {
    halves: [Mat; 2],
    resized: Mat,
}

impl Letterboxer {
    /// One that has seen no picture yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Fills `out` with the picture, or with the pixels of `region` in it, as `[3, height, width]`: planes B, G, R,
    /// values 0-255, resized by one scale to the left top corner, the rest 114. Whatever `out` held is lost.
    ///
    /// The scale is the smaller of width and height of the input over those of the piece; a region's edges are rounded
    /// to whole pixels and cut to the picture, so one in whole pixels stays as it is.
    pub fn fill(
        &mut self,
        image: &Image,
        region: Option<&Rect<FrameSpace>>,
        width: u32,
        height: u32,
        out: &mut Vec<f32>,
    ) -> Result<(), ImageError> {
        let size = self.lay(image, region, width, height)?;
        let plane = width as usize * height as usize;
        out.clear();
        out.resize(3 * plane, PAD);
        let (blue, rest) = out.split_at_mut(plane);
        let (green, red) = rest.split_at_mut(plane);
        for y in 0..size.height {
            let row = self.resized.at_row::<Vec3b>(y).doing("packing the detector's input")?;
            let from = y as usize * width as usize;
            let (blue, green, red) = (&mut blue[from..], &mut green[from..], &mut red[from..]);
            for (((pixel, b), g), r) in row.iter().zip(blue).zip(green).zip(red) {
                *b = f32::from(pixel.0[0]);
                *g = f32::from(pixel.0[1]);
                *r = f32::from(pixel.0[2]);
            }
        }
        Ok(())
    }

    /// As [`Self::fill`], grey: `[1, height, width]`, values 0-255, the rest 114.
    pub fn fill_grey(
        &mut self,
        image: &Image,
        region: Option<&Rect<FrameSpace>>,
        width: u32,
        height: u32,
        out: &mut Vec<f32>,
    ) -> Result<(), ImageError> {
        let size = self.lay(image, region, width, height)?;
        out.clear();
        out.resize(width as usize * height as usize, PAD);
        for (y, line) in out.chunks_exact_mut(width as usize).take(size.height as usize).enumerate() {
            let row = self.resized.at_row::<Vec3b>(y as i32).doing("packing a grey input")?;
            for (pixel, grey) in row.iter().zip(line) {
                // The weights of ITU-R BT.601, as OpenCV has them.
                let [b, g, r] = pixel.0.map(f32::from);
                *grey = 0.114 * b + 0.587 * g + 0.299 * r;
            }
        }
        Ok(())
    }

    /// Resizes the piece into `self.resized`; the size it has there.
    fn lay(
        &mut self,
        image: &Image,
        region: Option<&Rect<FrameSpace>>,
        width: u32,
        height: u32,
    ) -> Result<Size, ImageError> {
        let whole = Rect::new(0.0, 0.0, image.width() as f32, image.height() as f32);
        let area = whole_pixels(image, region.unwrap_or(&whole))?;
        let frame = view(image)?;
        let piece = frame.roi(area).doing("cutting a piece for a net")?;

        let scale = (width as f32 / area.width as f32).min(height as f32 / area.height as f32);
        let side = |pixels: i32, limit: u32| ((pixels as f32 * scale).round() as u32).clamp(1, limit) as i32;
        let size = Size::new(side(area.width, width), side(area.height, height));
        self.resize(&piece, size)?;
        Ok(size)
    }

    /// Halves by block means while the picture is at least twice too large, then goes bilinearly to the size: a
    /// bilinear step of more than 2 skips pixels, and thin characters and plates with them; the exact area mean costs
    /// several times as much.
    fn resize(&mut self, piece: &BoxedRef<'_, Mat>, size: Size) -> Result<(), ImageError> {
        let mut now = Size::new(piece.cols(), piece.rows());
        let mut halved = None;
        while now.width >= 2 * size.width && now.height >= 2 * size.height {
            now = Size::new(now.width / 2, now.height / 2);
            let [first, second] = &mut self.halves;
            let (from, to) = if halved == Some(0) { (&*first, second) } else { (&*second, first) };
            match halved {
                None => imgproc::resize(piece, to, now, 0.0, 0.0, imgproc::INTER_AREA),
                Some(_) => imgproc::resize(from, to, now, 0.0, 0.0, imgproc::INTER_AREA),
            }
            .doing("halving a picture")?;
            halved = Some(usize::from(halved == Some(0)));
        }
        let to = &mut self.resized;
        match halved {
            None => imgproc::resize(piece, to, size, 0.0, 0.0, imgproc::INTER_LINEAR),
            Some(at) => imgproc::resize(&self.halves[at], to, size, 0.0, 0.0, imgproc::INTER_LINEAR),
        }
        .doing("resizing a picture")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::view::tests::{gradient, plain};

    fn filled(image: &Image, region: Option<&Rect<FrameSpace>>, width: u32, height: u32) -> Vec<f32> {
        let mut out = vec![7.0; 5];
        Letterboxer::new().fill(image, region, width, height, &mut out).expect("filled");
        assert_eq!(out.len(), (3 * width * height) as usize);
        out
    }

    #[test]
    fn a_grey_input_weighs_the_colours_and_pads() {
        let mut out = vec![7.0; 5];
        let image = plain(100, 50, [10, 20, 30]);
        Letterboxer::new().fill_grey(&image, None, 64, 48, &mut out).expect("filled");
        assert_eq!(out.len(), 64 * 48);
        assert!((out[0] - 21.85).abs() < 1e-3 && (out[31 * 64 + 63] - 21.85).abs() < 1e-3);
        assert_eq!(out[32 * 64], PAD);
    }

    #[test]
    fn planes_are_blue_green_red_and_the_rest_is_padding() {
        let out = filled(&plain(1920, 1080, [10, 20, 30]), None, 640, 384);
        for (plane, value) in [10.0, 20.0, 30.0].into_iter().enumerate() {
            let plane = &out[plane * 640 * 384..][..640 * 384];
            assert!(plane[..360 * 640].iter().all(|&v| v == value));
            assert!(plane[360 * 640..].iter().all(|&v| v == PAD));
        }
    }

    #[test]
    fn a_picture_of_the_inputs_size_goes_in_unchanged() {
        let image = gradient(64, 32);
        let out = filled(&image, None, 64, 32);
        for (at, pixel) in image.bgr().chunks_exact(3).enumerate() {
            let packed = [0, 1, 2].map(|plane| out[plane * 64 * 32 + at]);
            assert_eq!(packed, [pixel[0], pixel[1], pixel[2]].map(f32::from));
        }
    }

    #[test]
    fn a_region_is_laid_as_if_it_were_the_picture() {
        let image = gradient(400, 300);
        let region = Rect::new(100.0, 40.0, 200.0, 150.0);
        let piece = crate::image::crop(&image, &region).expect("inside");
        assert_eq!(filled(&image, Some(&region), 320, 320), filled(&piece, None, 320, 320));
    }

    #[test]
    fn thin_lines_survive_any_scale() {
        // White columns every 32 pixels, one pixel wide: skipping pixels would lose most of them.
        let mut image = plain(2560, 1440, [0; 3]);
        for at in (0..2560 * 1440).filter(|at| at % 32 == 5) {
            image.bgr_mut()[at * 3..][..3].fill(255);
        }
        for width in [1280, 640, 416, 320] {
            let out = filled(&image, None, width, width);
            let row = &out[10 * width as usize..][..width as usize];
            let mean = row.iter().sum::<f32>() / width as f32;
            assert!((mean - 255.0 / 32.0).abs() < 2.0, "{width}: {mean}");
        }
    }

    #[test]
    fn a_letterboxer_forgets_the_picture_before() {
        let mut boxer = Letterboxer::new();
        let (mut first, mut again) = (Vec::new(), Vec::new());
        let (large, small) = (gradient(1920, 1080), gradient(90, 250));
        boxer.fill(&small, None, 320, 320, &mut first).expect("filled");
        boxer.fill(&large, None, 320, 320, &mut again).expect("filled");
        boxer.fill(&small, None, 320, 320, &mut again).expect("filled");
        assert_eq!(first, again);
    }
}

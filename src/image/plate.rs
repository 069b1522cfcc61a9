//! From a plate's box to the reader's input.

use opencv::core::{self, BORDER_REPLICATE, Mat, MatTraitConst, MatTraitConstManual, Matx23d, Size};
use opencv::imgproc;

use super::error::{Doing, ImageError};
use super::view::{view, whole_pixels};
use crate::domain::frame::Image;
use crate::domain::geometry::{FrameSpace, Rect};

/// Crops of this many pixels of width and more are averaged down; narrower ones are resized bilinearly, as the reader
/// was trained.
const AVERAGE_FROM_WIDTH: i32 = 180;

/// What to cut out for the reader: a box, turned about its middle or not.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PlateCrop {
    rect: Rect<FrameSpace>,
    turn_deg: f32,
}

impl PlateCrop {
    /// The upright box grown by `margin` of its width and height on every side.
    pub fn upright(rect: &Rect<FrameSpace>, margin: f32) -> Self {
        Self { rect: rect.grown(margin), turn_deg: 0.0 }
    }

    /// What fills the box `level` before it is turned about its middle, grown by `margin` of its own width and height.
    /// Positive degrees: its right end is lower.
    pub fn level(level: &Rect<FrameSpace>, margin: f32, turn_deg: f32) -> Self {
        Self { rect: level.grown(margin), turn_deg }
    }

    /// The plate that hangs by `turn_deg` and fills the upright box `rect`, grown by `margin` of its own width and
    /// height. Positive degrees: its right end is lower than its left end on the picture. `None` where no plate hangs
    /// so in such a box: one turned by 20° cannot lie in a flat box.
    ///
    /// An upright box around a plate of W x H turned by t measures w = W cos t + H sin t by h = W sin t + H cos t;
    /// this is solved for W and H.
    pub fn turned(rect: &Rect<FrameSpace>, margin: f32, turn_deg: f32) -> Option<Self> {
        let (sin, cos) = turn_deg.to_radians().abs().sin_cos();
        let doubled = cos * cos - sin * sin;
        if doubled < 0.2 {
            return None; // close to 45° every box fits and none tells the size
        }
        let width = (rect.w * cos - rect.h * sin) / doubled;
        let height = (rect.h * cos - rect.w * sin) / doubled;
        // Plates are 1.36 (two rows) to 4.73 (one row) times as wide as high; a slanted view and a loose box widen that.
        let fits = height > 0.0 && (0.8..=7.0).contains(&(width / height));
        let middle = rect.center();
        let own = Rect::new(middle.x - width / 2.0, middle.y - height / 2.0, width, height);
        fits.then(|| Self { rect: own.grown(margin), turn_deg })
    }
}

/// Appends one plate to `out` as `[1, height, width]`, grey values 0-255, whatever the crop's aspect: plates are
/// stretched to the reader's input. Appending plate after plate gives a batch `[n, 1, height, width]`.
pub fn plate_to_tensor(
    image: &Image,
    plate: &PlateCrop,
    width: u32,
    height: u32,
    out: &mut Vec<f32>,
) -> Result<(), ImageError> {
    let grey = if plate.turn_deg == 0.0 { grey_upright(image, plate)? } else { grey_turned(image, plate)? };
    let way = if grey.cols() < AVERAGE_FROM_WIDTH { imgproc::INTER_LINEAR } else { imgproc::INTER_AREA };
    let mut small = Mat::default();
    imgproc::resize(&grey, &mut small, Size::new(width as i32, height as i32), 0.0, 0.0, way)
        .doing("resizing a plate")?;
    let bytes = small.data_bytes().doing("packing a plate")?;
    out.extend(bytes.iter().map(|&byte| f32::from(byte)));
    Ok(())
}

fn grey_upright(image: &Image, plate: &PlateCrop) -> Result<Mat, ImageError> {
    let area = whole_pixels(image, &plate.rect)?;
    let frame = view(image)?;
    let piece = frame.roi(area).doing("cutting out a plate")?;
    let mut grey = Mat::default();
    imgproc::cvt_color_def(&piece, &mut grey, imgproc::COLOR_BGR2GRAY).doing("greying a plate")?;
    Ok(grey)
}

/// The turned plate at the picture's own resolution, its rows level. What lies outside the picture repeats its edge.
fn grey_turned(image: &Image, plate: &PlateCrop) -> Result<Mat, ImageError> {
    let (sin, cos) = plate.turn_deg.to_radians().sin_cos();
    let rect = &plate.rect;
    let middle = rect.center();
    // Only the surroundings of the plate are greyed: the box that holds the turned one.
    let (w, h) = (rect.w * cos + rect.h * sin.abs(), rect.w * sin.abs() + rect.h * cos);
    let area = whole_pixels(
        image,
        &Rect::new(middle.x - w / 2.0 - 1.0, middle.y - h / 2.0 - 1.0, w + 2.0, h + 2.0),
    )?;
    let frame = view(image)?;
    let piece = frame.roi(area).doing("cutting out a turned plate")?;
    let mut grey = Mat::default();
    imgproc::cvt_color_def(&piece, &mut grey, imgproc::COLOR_BGR2GRAY).doing("greying a plate")?;

    let side = |length: f32| (length.round() as i32).max(1);
    let size = Size::new(side(rect.w), side(rect.h));
    // Level pixel (u, v), its middle at +0.5, lies at middle + turn * (u - half width, v - half height).
    let (half_w, half_h) = (f64::from(size.width - 1) / 2.0, f64::from(size.height - 1) / 2.0);
    let (sin, cos) = (f64::from(sin), f64::from(cos));
    let x = f64::from(middle.x) - f64::from(area.x) - 0.5;
    let y = f64::from(middle.y) - f64::from(area.y) - 0.5;
    let level_to_grey = Matx23d::from_array([
        cos,
        -sin,
        x - cos * half_w + sin * half_h,
        sin,
        cos,
        y - sin * half_w - cos * half_h,
    ]);
    let mut level = Mat::default();
    imgproc::warp_affine(
        &grey,
        &mut level,
        &level_to_grey,
        size,
        imgproc::INTER_LINEAR | imgproc::WARP_INVERSE_MAP,
        BORDER_REPLICATE,
        core::Scalar::default(),
    )
    .doing("turning a plate")?;
    Ok(level)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::view::tests::{gradient, plain};

    /// A white plate of 120x30 with a black left third on grey, turned by `degrees` about the middle of 200x200.
    fn tilted(degrees: f32) -> Image {
        let (sin, cos) = degrees.to_radians().sin_cos();
        let mut bgr = Vec::new();
        for y in 0..200 {
            for x in 0..200 {
                let (dx, dy) = (x as f32 + 0.5 - 100.0, y as f32 + 0.5 - 100.0);
                let (u, v) = (dx * cos + dy * sin, dy * cos - dx * sin);
                let on = u.abs() < 60.0 && v.abs() < 15.0;
                bgr.extend_from_slice(
                    &[if !on {
                        120
                    } else if u < -20.0 {
                        0
                    } else {
                        255
                    }; 3],
                );
            }
        }
        Image::from_bgr(200, 200, bgr).expect("its own size")
    }

    fn around(degrees: f32) -> Rect<FrameSpace> {
        let (sin, cos) = degrees.to_radians().abs().sin_cos();
        let (w, h) = (120.0 * cos + 30.0 * sin, 120.0 * sin + 30.0 * cos);
        Rect::new(100.0 - w / 2.0, 100.0 - h / 2.0, w, h)
    }

    #[test]
    fn a_turned_plate_comes_out_level() {
        for degrees in [-20.0, -7.0, 12.0, 25.0] {
            let crop = PlateCrop::turned(&around(degrees), 0.0, degrees).expect("it hangs so");
            let mut out = Vec::new();
            plate_to_tensor(&tilted(degrees), &crop, 120, 30, &mut out).expect("inside");
            for y in [3, 15, 26] {
                assert!(out[y * 120 + 5] < 30.0, "{degrees}: black end, {}", out[y * 120 + 5]);
                assert!(out[y * 120 + 35] < 30.0, "{degrees}: black up to a third");
                assert!(out[y * 120 + 45] > 225.0, "{degrees}: white from a third");
                assert!(out[y * 120 + 114] > 225.0, "{degrees}: white end");
            }
        }
    }

    #[test]
    fn a_flat_box_holds_no_steep_plate() {
        let flat = Rect::new(0.0, 0.0, 120.0, 26.0);
        assert_eq!(PlateCrop::turned(&flat, 0.0, 18.0), None);
        assert!(PlateCrop::turned(&flat, 0.0, 2.0).is_some());
        assert_eq!(PlateCrop::turned(&flat, 0.0, 44.0), None);
    }

    #[test]
    fn plates_are_appended_to_a_batch_in_grey() {
        let image = plain(300, 100, [10, 100, 200]);
        let mut out = vec![];
        for x in [0.0, 250.0] {
            let crop = PlateCrop::upright(&Rect::new(x, 10.0, 80.0, 20.0), 0.04);
            plate_to_tensor(&image, &crop, 128, 64, &mut out).expect("inside");
        }
        assert_eq!(out.len(), 2 * 128 * 64);
        // 0.114 B + 0.587 G + 0.299 R
        assert!(out.iter().all(|&v| (v - 119.6).abs() <= 1.0), "{}", out[0]);
    }

    #[test]
    fn an_upright_crop_grows_by_its_margin_and_is_cut_to_the_picture() {
        let image = gradient(400, 200);
        let (mut grown, mut same) = (vec![], vec![]);
        let rect = Rect::new(0.0, 50.0, 100.0, 50.0);
        plate_to_tensor(&image, &PlateCrop::upright(&rect, 0.1), 128, 64, &mut grown).expect("inside");
        let wanted = Rect::new(0.0, 45.0, 110.0, 60.0);
        plate_to_tensor(&image, &PlateCrop::upright(&wanted, 0.0), 128, 64, &mut same).expect("inside");
        assert_eq!(grown, same);
    }
}

//! Our pictures as OpenCV's matrices, without a copy, and back.

use std::sync::Once;

use opencv::boxed_ref::{BoxedRef, BoxedRefMut};
use opencv::core::{self, Mat, MatTraitConst, MatTraitConstManual, Vec3b};

use super::error::{Doing, ImageError};
use crate::domain::frame::Image;
use crate::domain::geometry::{FrameSpace, Rect};

/// OpenCV's own threads would fight with the pipeline's for the same cores.
fn on_this_thread_only() {
    static ONCE: Once = Once::new();
    // A refusal only means that OpenCV was built without threads.
    ONCE.call_once(|| _ = core::set_num_threads(1));
}

/// The picture as a matrix of rows x columns of BGR bytes that borrows its pixels.
pub(super) fn view(image: &Image) -> Result<BoxedRef<'_, Mat>, ImageError> {
    on_this_thread_only();
    Mat::new_rows_cols_with_bytes::<Vec3b>(image.height() as i32, image.width() as i32, image.bgr())
        .doing("looking at a picture")
}

/// The same, to draw on.
pub(super) fn view_mut(image: &mut Image) -> Result<BoxedRefMut<'_, Mat>, ImageError> {
    on_this_thread_only();
    let (rows, columns) = (image.height() as i32, image.width() as i32);
    Mat::new_rows_cols_with_bytes_mut::<Vec3b>(rows, columns, image.bgr_mut()).doing("drawing on a picture")
}

/// A copy of a matrix of BGR bytes as a picture. Rows may have padding.
pub(super) fn image_from(mat: &impl MatTraitConst) -> Result<Image, ImageError> {
    let (rows, columns) = (mat.rows(), mat.cols());
    let mut bgr = Vec::with_capacity(rows.max(0) as usize * columns.max(0) as usize * 3);
    for row in 0..rows {
        for pixel in mat.at_row::<Vec3b>(row).doing("copying a picture")? {
            bgr.extend_from_slice(&pixel.0);
        }
    }
    Image::from_bgr(columns.max(0) as u32, rows.max(0) as u32, bgr).ok_or(ImageError::EmptyRegion {
        x: 0.0,
        y: 0.0,
        w: columns as f32,
        h: rows as f32,
        width: columns.max(0) as u32,
        height: rows.max(0) as u32,
    })
}

/// The whole pixels of a box, its edges rounded to the nearest pixel edge and cut to the picture.
pub(super) fn whole_pixels(image: &Image, rect: &Rect<FrameSpace>) -> Result<core::Rect, ImageError> {
    let cut = |value: f32, limit: u32| value.round().clamp(0.0, limit as f32) as i32;
    let (x0, x1) = (cut(rect.x, image.width()), cut(rect.right(), image.width()));
    let (y0, y1) = (cut(rect.y, image.height()), cut(rect.bottom(), image.height()));
    if x1 <= x0 || y1 <= y0 {
        return Err(ImageError::EmptyRegion {
            x: rect.x,
            y: rect.y,
            w: rect.w,
            h: rect.h,
            width: image.width(),
            height: image.height(),
        });
    }
    Ok(core::Rect::new(x0, y0, x1 - x0, y1 - y0))
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// An invented picture in which every pixel differs from its neighbours.
    pub fn gradient(width: u32, height: u32) -> Image {
        let mut bgr = Vec::new();
        for y in 0..height {
            for x in 0..width {
                bgr.extend_from_slice(&[(x % 256) as u8, (y % 256) as u8, ((x * 7 + y * 13) % 256) as u8]);
            }
        }
        Image::from_bgr(width, height, bgr).expect("its own size")
    }

    /// A picture of one colour.
    pub fn plain(width: u32, height: u32, bgr: [u8; 3]) -> Image {
        Image::from_bgr(width, height, bgr.repeat((width * height) as usize)).expect("its own size")
    }

    #[test]
    fn a_view_and_its_copy_have_the_same_pixels() {
        let image = gradient(33, 21);
        let copy = image_from(&view(&image).expect("a view")).expect("a copy");
        assert_eq!(copy, image);
    }
}

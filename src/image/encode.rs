//! Pictures as files' bytes.

use opencv::core::Vector;
use opencv::imgcodecs;

use super::error::{Doing, ImageError};
use super::view::view;
use crate::domain::frame::Image;

/// JPEG bytes; `quality` 1-100, others are moved to the nearest.
pub fn encode_jpeg(image: &Image, quality: u8) -> Result<Vec<u8>, ImageError> {
    let quality = i32::from(quality.clamp(1, 100));
    encode(image, ".jpg", &[imgcodecs::IMWRITE_JPEG_QUALITY, quality])
}

/// PNG bytes, without loss.
pub fn encode_png(image: &Image) -> Result<Vec<u8>, ImageError> {
    encode(image, ".png", &[])
}

fn encode(image: &Image, kind: &str, parameters: &[i32]) -> Result<Vec<u8>, ImageError> {
    let mut bytes = Vector::<u8>::new();
    let done = imgcodecs::imencode(kind, &view(image)?, &mut bytes, &Vector::from_slice(parameters))
        .doing("encoding a picture")?;
    if !done {
        return Err(ImageError::NotAPicture {
            name: format!("a picture of {}x{}", image.width(), image.height()),
            why: format!("cannot be written as {kind}: JPEG and PNG end at 65,535 pixels a side"),
        });
    }
    Ok(bytes.as_slice().to_vec())
}

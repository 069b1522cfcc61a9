//! A picture with its time.

use std::sync::Arc;

use super::ids::CameraId;
use super::time::Stamp;

/// A picture: packed BGR, 8 bits a channel, rows top down without padding, `height * width * 3` bytes, full range.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Image {
    width: u32,
    height: u32,
    bgr: Vec<u8>,
}

impl Image {
    /// A picture of these bytes; `None` where their number is not `width * height * 3` or a side is 0.
    pub fn from_bgr(width: u32, height: u32, bgr: Vec<u8>) -> Option<Self> {
        let wanted = (width as usize).checked_mul(height as usize)?.checked_mul(3)?;
        (wanted > 0 && bgr.len() == wanted).then_some(Self { width, height, bgr })
    }

    /// Width in pixels, at least 1.
    pub fn width(&self) -> u32 {
        self.width
    }

    /// Height in pixels, at least 1.
    pub fn height(&self) -> u32 {
        self.height
    }

    /// The bytes.
    pub fn bgr(&self) -> &[u8] {
        &self.bgr
    }

    /// The bytes, to draw on.
    pub fn bgr_mut(&mut self) -> &mut [u8] {
        &mut self.bgr
    }
}

/// A decoded frame of a camera.
#[derive(Debug, Clone)]
pub struct Frame {
    /// Who saw it.
    pub camera: CameraId,
    /// Counts the decoded frames of the run from 0, those that were not sampled included.
    pub seq: u64,
    /// When.
    pub stamp: Stamp,
    /// What.
    pub image: Arc<Image>,
}

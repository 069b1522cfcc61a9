//! Decoded frames to packed BGR.

use ffmpeg_next::format::Pixel;
use ffmpeg_next::software::scaling;
use ffmpeg_next::{Error, color, ffi, frame};

use crate::domain::frame::Image;

/// How a picture is turned to stand upright, clockwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rotation {
    None,
    Quarter,
    Half,
    ThreeQuarters,
}

impl Rotation {
    /// Of a display matrix: nine native 32-bit numbers. What is no quarter turn is taken as none.
    pub fn of_display_matrix(bytes: &[u8]) -> Self {
        let number = |k: usize| {
            bytes.get(4 * k..4 * k + 4).and_then(|b| b.try_into().ok()).map_or(0, i32::from_ne_bytes)
        };
        let (a, b) = (f64::from(number(0)), f64::from(number(1)));
        match (b.atan2(a).to_degrees() / 90.0).round() as i32 {
            1 => Self::Quarter,
            2 | -2 => Self::Half,
            -1 => Self::ThreeQuarters,
            _ => Self::None,
        }
    }
}

/// What a scaler is made for.
#[derive(Clone, Copy, PartialEq)]
struct Kind {
    format: Pixel,
    width: u32,
    height: u32,
    coefficients: i32,
    full_range: bool,
}

impl Kind {
    fn of(frame: &frame::Video) -> Self {
        let format = frame.format();
        let full = matches!(format, Pixel::YUVJ420P | Pixel::YUVJ422P | Pixel::YUVJ444P | Pixel::YUVJ440P);
        let coefficients = match frame.color_space() {
            color::Space::BT709 => ffi::SWS_CS_ITU709,
            color::Space::BT470BG | color::Space::SMPTE170M => ffi::SWS_CS_ITU601,
            color::Space::SMPTE240M => ffi::SWS_CS_SMPTE240M,
            color::Space::FCC => ffi::SWS_CS_FCC,
            color::Space::BT2020NCL | color::Space::BT2020CL => ffi::SWS_CS_BT2020,
            // Not said: by convention BT.709 from 720 rows up.
            _ if frame.width().min(frame.height()) >= 720 => ffi::SWS_CS_ITU709,
            _ => ffi::SWS_CS_ITU601,
        };
        Self {
            format,
            width: frame.width(),
            height: frame.height(),
            coefficients,
            full_range: full || frame.color_range() == color::Range::JPEG,
        }
    }
}

/// Converts frames; makes its scaler anew where size, format or colours change.
pub(super) struct Converter {
    scaler: Option<(Kind, scaling::Context)>,
    out: frame::Video,
    rotation: Rotation,
}

impl Converter {
    pub fn new(rotation: Rotation) -> Self {
        Self { scaler: None, out: frame::Video::empty(), rotation }
    }

    /// The picture in BGR, turned upright.
    pub fn image(&mut self, frame: &frame::Video) -> Result<Image, Error> {
        let kind = Kind::of(frame);
        if self.scaler.as_ref().is_none_or(|(made_for, _)| *made_for != kind) {
            let (w, h) = (kind.width, kind.height);
            let flags = scaling::Flags::BILINEAR;
            let mut scaler = scaling::Context::get(kind.format, w, h, Pixel::BGR24, w, h, flags)?;
            set_colours(&mut scaler, kind.coefficients, kind.full_range);
            self.out = frame::Video::empty();
            self.scaler = Some((kind, scaler));
        }
        let Some((_, scaler)) = &mut self.scaler else { return Err(Error::Bug) };
        scaler.run(frame, &mut self.out)?;
        let row = kind.width as usize * 3;
        let mut bgr = Vec::with_capacity(row * kind.height as usize);
        for line in self.out.data(0).chunks(self.out.stride(0)).take(kind.height as usize) {
            bgr.extend_from_slice(&line[..row]);
        }
        let (width, height, bgr) = turned(kind.width, kind.height, bgr, self.rotation);
        Image::from_bgr(width, height, bgr).ok_or(Error::InvalidData)
    }
}

/// Sets matrix and range of the source, which FFmpeg else takes as BT.601 in studio range.
#[allow(unsafe_code)]
fn set_colours(scaler: &mut scaling::Context, coefficients: i32, full_range: bool) {
    // SAFETY: the context is alive and ours alone; the table is a static of the library that it only copies. The
    // answer tells that the formats have no such settings (RGB, grey), which then need none.
    unsafe {
        let table = ffi::sws_getCoefficients(coefficients);
        ffi::sws_setColorspaceDetails(
            scaler.as_mut_ptr(),
            table,
            i32::from(full_range),
            table,
            1,
            0,
            1 << 16,
            1 << 16,
        );
    }
}

fn turned(width: u32, height: u32, bgr: Vec<u8>, rotation: Rotation) -> (u32, u32, Vec<u8>) {
    let (w, h) = (width as usize, height as usize);
    let gather = |out_w: usize, out_h: usize, from: &dyn Fn(usize, usize) -> (usize, usize)| {
        let mut out = Vec::with_capacity(bgr.len());
        for y in 0..out_h {
            for x in 0..out_w {
                let (sx, sy) = from(x, y);
                let at = (sy * w + sx) * 3;
                out.extend_from_slice(&bgr[at..at + 3]);
            }
        }
        out
    };
    match rotation {
        Rotation::None => (width, height, bgr),
        Rotation::Quarter => (height, width, gather(h, w, &|x, y| (y, h - 1 - x))),
        Rotation::Half => (width, height, gather(w, h, &|x, y| (w - 1 - x, h - 1 - y))),
        Rotation::ThreeQuarters => (height, width, gather(h, w, &|x, y| (w - 1 - y, x))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quarter_turn_brings_the_left_bottom_to_the_left_top() {
        // 2 wide, 3 high; numbered by rows.
        let bgr: Vec<u8> = (0..6).flat_map(|k| [k, k, k]).collect();
        let firsts = |r| {
            let (w, h, out) = turned(2, 3, bgr.clone(), r);
            (w, h, out.chunks(3).map(|p| p[0]).collect::<Vec<_>>())
        };
        assert_eq!(firsts(Rotation::Quarter), (3, 2, vec![4, 2, 0, 5, 3, 1]));
        assert_eq!(firsts(Rotation::Half), (2, 3, vec![5, 4, 3, 2, 1, 0]));
        assert_eq!(firsts(Rotation::ThreeQuarters), (3, 2, vec![1, 3, 5, 0, 2, 4]));
    }

    #[test]
    fn display_matrices_name_quarter_turns() {
        let matrix = |a: i32, b: i32| {
            let numbers = [a, b, 0, -b, a, 0, 0, 0, 1 << 30];
            numbers.iter().flat_map(|n| n.to_ne_bytes()).collect::<Vec<_>>()
        };
        let one = 1 << 16;
        assert_eq!(Rotation::of_display_matrix(&matrix(one, 0)), Rotation::None);
        assert_eq!(Rotation::of_display_matrix(&matrix(0, one)), Rotation::Quarter);
        assert_eq!(Rotation::of_display_matrix(&matrix(-one, 0)), Rotation::Half);
        assert_eq!(Rotation::of_display_matrix(&matrix(0, -one)), Rotation::ThreeQuarters);
        assert_eq!(Rotation::of_display_matrix(&[]), Rotation::None);
    }
}

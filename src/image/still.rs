//! Still pictures from files.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use opencv::core::MatTraitConst;
use opencv::imgcodecs;

use super::error::ImageError;
use super::view::image_from;
use crate::domain::frame::Image;

/// A file of more bytes is not read.
const MAX_BYTES: u64 = 256 << 20;
/// A picture of more pixels is not decoded: a file of a few kilobytes can announce as many as it likes.
const MAX_PIXELS: u64 = 200_000_000;

/// Reads a picture file: what OpenCV reads (JPEG, PNG, WebP, BMP, TIFF and others), turned as its EXIF says, brought to
/// BGR with 8 bits: grey and palettes are spread, 16 bits are cut to 8, transparency is left out, of several pages or
/// frames the first is taken.
pub fn decode_still(path: &Path) -> Result<Image, ImageError> {
    let failed = |source| ImageError::Read { path: path.to_owned(), source };
    let file = File::open(path).map_err(failed)?;
    let about = file.metadata().map_err(failed)?;
    let name = path.display().to_string();
    if !about.is_file() {
        return Err(ImageError::NotAPicture { name, why: "is not a file".to_owned() });
    }
    let mut bytes = Vec::new();
    file.take(MAX_BYTES + 1).read_to_end(&mut bytes).map_err(failed)?;
    decode_bytes(&name, &bytes)
}

/// The same from bytes; `name` is what an error calls them.
pub fn decode_bytes(name: &str, bytes: &[u8]) -> Result<Image, ImageError> {
    let refuse = |why: &str| Err(ImageError::NotAPicture { name: name.to_owned(), why: why.to_owned() });
    if bytes.is_empty() {
        return refuse("is empty");
    }
    if bytes.len() as u64 > MAX_BYTES {
        let (size, limit) =
            (format!("a file of {} MiB and more", MAX_BYTES >> 20), format!("{} MiB", MAX_BYTES >> 20));
        return Err(ImageError::TooLarge { name: name.to_owned(), size, limit });
    }
    if let Some(kind) = unsupported(bytes) {
        return refuse(&format!("is {kind}, which cannot be decoded here; convert it to JPEG or PNG"));
    }
    if let Some((width, height)) = announced_size(bytes)
        && u64::from(width) * u64::from(height) > MAX_PIXELS
    {
        let (size, limit) = (format!("{width}x{height}"), format!("{} megapixels", MAX_PIXELS / 1_000_000));
        return Err(ImageError::TooLarge { name: name.to_owned(), size, limit });
    }
    if bytes.starts_with(&JPEG) && jpeg_frame(bytes).is_none() {
        // libjpeg would fill the missing part with grey and be content.
        return refuse("is a JPEG that ends before its picture does; copy or record it again");
    }
    match imgcodecs::imdecode(&bytes, imgcodecs::IMREAD_COLOR) {
        Ok(mat) if !mat.empty() => image_from(&mat),
        Ok(_) => refuse("is not a picture that can be decoded, or is damaged; JPEG and PNG always work"),
        Err(error) => refuse(&format!("cannot be decoded: {}", error.message.trim())),
    }
}

const JPEG: [u8; 3] = [0xFF, 0xD8, 0xFF];
const PNG: [u8; 8] = *b"\x89PNG\r\n\x1a\n";

/// Kinds of pictures that OpenCV's own answer would not name.
fn unsupported(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [b'G', b'I', b'F', b'8', ..] => Some("a GIF"),
        [_, _, _, _, b'f', b't', b'y', b'p', b'a', b'v', b'i', ..] => Some("an AVIF"),
        [_, _, _, _, b'f', b't', b'y', b'p', b'h' | b'm', b'e' | b'i', ..] => Some("a HEIC"),
        [_, _, _, _, b'f', b't', b'y', b'p', ..] => Some("a film"),
        [
            b'R',
            b'I',
            b'F',
            b'F',
            _,
            _,
            _,
            _,
            b'W',
            b'E',
            b'B',
            b'P',
            b'V',
            b'P',
            b'8',
            b'X',
            _,
            _,
            _,
            _,
            flags,
            ..,
        ] if flags & 2 != 0 => Some("an animated WebP"),
        [b'%', b'P', b'D', b'F', ..] => Some("a PDF"),
        _ => None,
    }
}

/// Width and height as the head of a JPEG, PNG or WebP announces them.
fn announced_size(bytes: &[u8]) -> Option<(u32, u32)> {
    let be32 = |at: usize| Some(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?));
    let le24 = |at: usize| {
        let b = bytes.get(at..at + 3)?;
        Some(u32::from(b[0]) | u32::from(b[1]) << 8 | u32::from(b[2]) << 16)
    };
    if bytes.starts_with(&PNG) {
        return Some((be32(16)?, be32(20)?));
    }
    if bytes.starts_with(&JPEG) {
        return jpeg_frame(bytes);
    }
    match (bytes.starts_with(b"RIFF"), bytes.get(8..16)?) {
        (true, b"WEBPVP8X") => Some((le24(24)? + 1, le24(27)? + 1)),
        // A lossless WebP has 14 bits for each side, a lossy one too: at most 16383, within the limit.
        _ => None,
    }
}

/// Walks a JPEG's segments from its start to its end marker: width and height of its frame, `None` where the end is
/// missing. A thumbnail inside a segment is stepped over.
fn jpeg_frame(bytes: &[u8]) -> Option<(u32, u32)> {
    let be16 = |at: usize| Some(usize::from(*bytes.get(at)?) << 8 | usize::from(*bytes.get(at + 1)?));
    let mut at = 2;
    let mut size = None;
    loop {
        // Between segments and in the coded picture: on to the next marker. FF00 is a coded FF, FFD0-FFD7 restart the
        // coder, FFFF pads.
        while bytes.get(at) != Some(&0xFF) || matches!(bytes.get(at + 1)?, 0x00 | 0x01 | 0xD0..=0xD8 | 0xFF) {
            at += 1;
            bytes.get(at)?;
        }
        let marker = bytes[at + 1];
        if marker == 0xD9 {
            return size;
        }
        if matches!(marker, 0xC0..=0xCF) && !matches!(marker, 0xC4 | 0xC8 | 0xCC) {
            size = Some((be16(at + 7)? as u32, be16(at + 5)? as u32));
        }
        at += 2 + be16(at + 2)?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::encode::{encode_jpeg, encode_png};
    use crate::image::view::tests::{gradient, plain};
    use opencv::core::{Mat, Scalar, Vector};

    fn encoded(mat: &Mat, kind: &str) -> Vec<u8> {
        let mut bytes = Vector::<u8>::new();
        assert!(imgcodecs::imencode_def(kind, mat, &mut bytes).expect("encoded"));
        bytes.as_slice().to_vec()
    }

    fn mat(kind: i32, value: f64) -> Mat {
        Mat::new_rows_cols_with_default(12, 20, kind, Scalar::all(value)).expect("a matrix")
    }

    #[test]
    fn png_comes_back_exactly_and_jpeg_nearly() {
        let image = gradient(64, 48);
        assert_eq!(decode_bytes("x", &encode_png(&image).expect("png")).expect("decoded"), image);
        let grey = plain(64, 48, [100, 100, 100]);
        let back = decode_bytes("x", &encode_jpeg(&grey, 90).expect("jpeg")).expect("decoded");
        assert!(back.bgr().iter().all(|v| v.abs_diff(100) <= 2));
    }

    #[test]
    fn exif_orientation_turns_the_picture() {
        let mut image = plain(64, 32, [0, 0, 0]);
        for y in 0..32 {
            image.bgr_mut()[y * 64 * 3..][..32 * 3].fill(255); // the left half is white
        }
        let plain_jpeg = encode_jpeg(&image, 95).expect("jpeg");
        // APP1 with one tag, orientation 6: the camera was held turned, show it turned by 90° clockwise.
        let tiff = b"MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0";
        let mut turned = plain_jpeg[..2].to_vec();
        turned.extend_from_slice(&[0xFF, 0xE1]);
        turned.extend_from_slice(&((2 + 6 + tiff.len()) as u16).to_be_bytes());
        turned.extend_from_slice(b"Exif\0\0");
        turned.extend_from_slice(tiff);
        turned.extend_from_slice(&plain_jpeg[2..]);
        let back = decode_bytes("x", &turned).expect("decoded");
        assert_eq!((back.width(), back.height()), (32, 64));
        assert!(back.bgr()[3 * 16] > 200, "the left half is now above");
        assert!(back.bgr()[(60 * 32 + 16) * 3] < 50, "the right half is now below");
    }

    #[test]
    fn sixteen_bits_grey_and_transparency_become_bgr() {
        use opencv::core::{CV_8UC1, CV_8UC4, CV_16UC1, CV_16UC3};
        let cases = [(CV_8UC1, 90.0), (CV_8UC4, 90.0), (CV_16UC1, 90.0 * 256.0), (CV_16UC3, 90.0 * 256.0)];
        for (kind, value) in cases {
            for container in [".png", ".tiff"] {
                let image = decode_bytes("x", &encoded(&mat(kind, value), container)).expect("decoded");
                assert_eq!((image.width(), image.height()), (20, 12));
                assert!(
                    image.bgr().iter().all(|v| v.abs_diff(90) <= 1),
                    "{kind} {container}: {}",
                    image.bgr()[0]
                );
            }
        }
    }

    #[test]
    fn what_is_no_picture_is_named() {
        let folder = tempfile::tempdir().expect("a folder");
        let missing = folder.path().join("missing.jpg");
        assert!(decode_still(&missing).expect_err("missing").to_string().contains("missing.jpg"));
        assert!(decode_still(folder.path()).expect_err("a folder").to_string().contains("is not a file"));
        for (bytes, words) in [
            (&b""[..], "is empty"),
            (b"hello, world", "is not a picture"),
            (b"GIF89a and more", "is a GIF"),
            (b"\0\0\0\x20ftypheic....", "is a HEIC"),
            (b"RIFF\x10\0\0\0WEBPVP8X\x0a\0\0\0\x02\0\0\0\0\0\0\0\0\0", "an animated WebP"),
        ] {
            let path = folder.path().join("odd.jpg");
            std::fs::write(&path, bytes).expect("written");
            let text = decode_still(&path).expect_err("no picture").to_string();
            assert!(text.contains("odd.jpg") && text.contains(words), "{text}");
        }
    }

    #[test]
    fn a_jpeg_cut_short_is_refused_instead_of_filled_with_grey() {
        let jpeg = encode_jpeg(&gradient(256, 256), 90).expect("jpeg");
        for share in [0.05, 0.3, 0.9] {
            let cut = (jpeg.len() as f64 * share) as usize;
            let text = decode_bytes("half.jpg", &jpeg[..cut]).expect_err("cut").to_string();
            assert!(text.contains("half.jpg") && text.contains("ends before"), "{text}");
        }
        let mut padded = jpeg.clone();
        padded.extend_from_slice(&[0; 512]);
        assert!(decode_bytes("padded.jpg", &padded).is_ok());
    }

    #[test]
    fn a_png_that_announces_gigapixels_is_not_decoded() {
        let mut png = encode_png(&plain(8, 8, [1, 2, 3])).expect("png");
        png[16..20].copy_from_slice(&60_000u32.to_be_bytes());
        png[20..24].copy_from_slice(&60_000u32.to_be_bytes());
        let text = decode_bytes("bomb.png", &png).expect_err("too large").to_string();
        assert!(text.contains("bomb.png") && text.contains("60000x60000"), "{text}");
    }
}

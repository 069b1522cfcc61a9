//! Boxes, lines and words on a picture, for people to look at.

use opencv::core::{Point as Pixel, Rect as PixelRect, Scalar};
use opencv::imgproc;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::error::{Doing, ImageError};
use super::view::view_mut;
use crate::domain::frame::Image;
use crate::domain::geometry::{FrameSpace, Line, Rect};

/// Colours that stand out from a road by day and by night.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Colour {
    /// For vehicles.
    Green,
    /// For plates.
    Orange,
    /// For counting lines.
    Magenta,
    /// For what is wrong.
    Red,
    /// For words.
    White,
}

impl Colour {
    fn scalar(self) -> Scalar {
        match self {
            Self::Green => Scalar::new(80.0, 220.0, 60.0, 0.0),
            Self::Orange => Scalar::new(0.0, 150.0, 255.0, 0.0),
            Self::Magenta => Scalar::new(230.0, 40.0, 230.0, 0.0),
            Self::Red => Scalar::new(40.0, 40.0, 230.0, 0.0),
            Self::White => Scalar::new(255.0, 255.0, 255.0, 0.0),
        }
    }
}

/// Thickness of lines in pixels for a picture of this size: 2 at 720p, 3 at 1080p.
pub fn stroke(image: &Image) -> i32 {
    (image.width().max(image.height()) as f32 / 640.0).round().clamp(1.0, 12.0) as i32
}

/// The text as OpenCV's font can draw it, which has ASCII only: diacritics are dropped (`Tân Long` becomes `Tan Long`,
/// Đ becomes D), whatever else is not ASCII becomes `?`.
pub fn ascii(text: &str) -> String {
    text.nfd()
        .filter(|c| !is_combining_mark(*c))
        .map(|c| match c {
            'Đ' => 'D',
            'đ' => 'd',
            c if c.is_ascii() && !c.is_ascii_control() => c,
            _ => '?',
        })
        .collect()
}

/// A box with a label above it, below its upper edge where there is no room above; an empty label draws the box alone.
/// Labels are drawn as [`ascii`] has them.
pub fn draw_box(
    image: &mut Image,
    rect: &Rect<FrameSpace>,
    colour: Colour,
    label: &str,
) -> Result<(), ImageError> {
    let stroke = stroke(image);
    let [x, y, w, h] = rect.to_array();
    let pixels = PixelRect::new(x, y, w.max(1), h.max(1));
    imgproc::rectangle(&mut view_mut(image)?, pixels, colour.scalar(), stroke, imgproc::LINE_8, 0)
        .doing("drawing a box")?;
    if label.is_empty() { Ok(()) } else { draw_text(image, x, y, colour, label) }
}

/// Words on a dark ground whose lower left corner is at x, y, moved into the picture where they would leave it.
/// Drawn as [`ascii`] has them.
pub fn draw_text(image: &mut Image, x: i32, y: i32, colour: Colour, text: &str) -> Result<(), ImageError> {
    let text = ascii(text);
    let stroke = stroke(image).min(4);
    let (width, height) = (image.width() as i32, image.height() as i32);
    let (font, scale, thick) = (imgproc::FONT_HERSHEY_SIMPLEX, 0.3 * f64::from(stroke), (stroke / 2).max(1));
    let mut below = 0;
    let size = imgproc::get_text_size(&text, font, scale, thick, &mut below).doing("measuring words")?;
    let (box_width, box_height) = (size.width + 2 * stroke, size.height + below + stroke);
    let left = x.min(width - box_width).max(0);
    let bottom = y.min(height).max(box_height);
    let ground = PixelRect::new(left, bottom - box_height, box_width, box_height);
    let mut canvas = view_mut(image)?;
    imgproc::rectangle(&mut canvas, ground, Scalar::default(), imgproc::FILLED, imgproc::LINE_8, 0)
        .doing("drawing words")?;
    let from = Pixel::new(left + stroke, bottom - below);
    imgproc::put_text(&mut canvas, &text, from, font, scale, colour.scalar(), thick, imgproc::LINE_AA, false)
        .doing("drawing words")
}

/// The counting line with its ends `a` and `b`, and an arrow from its middle to the side that counts as `in`.
pub fn draw_counting_line(image: &mut Image, line: &Line, colour: Colour) -> Result<(), ImageError> {
    let stroke = stroke(image);
    let (width, height) = (image.width(), image.height());
    let line = line.in_pixels(width, height);
    let (dx, dy) = (line.b.x - line.a.x, line.b.y - line.a.y);
    let length = dx.hypot(dy).max(1.0);
    let reach = (width.min(height) as f32 * 0.12).max(4.0);
    let (middle_x, middle_y) = ((line.a.x + line.b.x) / 2.0, (line.a.y + line.b.y) / 2.0);
    let pixel = |x: f32, y: f32| Pixel::new(x.round() as i32, y.round() as i32);
    // The right hand of a→b with y down: see `Line::side`.
    let tip = pixel(middle_x - dy / length * reach, middle_y + dx / length * reach);
    let mut canvas = view_mut(image)?;
    let scalar = colour.scalar();
    imgproc::line(
        &mut canvas,
        pixel(line.a.x, line.a.y),
        pixel(line.b.x, line.b.y),
        scalar,
        stroke,
        imgproc::LINE_AA,
        0,
    )
    .doing("drawing a line")?;
    imgproc::arrowed_line(
        &mut canvas,
        pixel(middle_x, middle_y),
        tip,
        scalar,
        stroke,
        imgproc::LINE_AA,
        0,
        0.3,
    )
    .doing("drawing an arrow")?;
    drop(canvas);
    let gap = 2 * stroke;
    draw_text(image, tip.x + gap, tip.y + gap, colour, "in")?;
    draw_text(image, line.a.x.round() as i32 + gap, line.a.y.round() as i32 - gap, colour, "a")?;
    draw_text(image, line.b.x.round() as i32 + gap, line.b.y.round() as i32 - gap, colour, "b")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::view::tests::plain;

    fn touched(image: &Image, x: u32, y: u32) -> bool {
        let at = ((y * image.width() + x) * 3) as usize;
        image.bgr()[at..at + 3] != [128, 128, 128]
    }

    #[test]
    fn the_arrow_points_to_the_side_that_counts_in() {
        let mut image = plain(640, 360, [128; 3]);
        let line = Line::from([[0.2, 0.5], [0.8, 0.5]]);
        draw_counting_line(&mut image, &line, Colour::Magenta).expect("drawn");
        // a→b runs rightwards, so `in` is below.
        assert!(touched(&image, 320, 180 + 30) && !touched(&image, 320, 180 - 30));
        let mut image = plain(640, 360, [128; 3]);
        let line = Line::from([[0.5, 0.9], [0.5, 0.1]]);
        draw_counting_line(&mut image, &line, Colour::Magenta).expect("drawn");
        // a→b runs upwards, so `in` is at the right.
        assert!(touched(&image, 320 + 30, 180) && !touched(&image, 320 - 30, 180));
    }

    #[test]
    fn boxes_and_words_at_the_edges_stay_within() {
        let mut image = plain(320, 200, [128; 3]);
        draw_box(&mut image, &Rect::new(280.0, -5.0, 100.0, 60.0), Colour::Green, "Tân Long 0.93")
            .expect("drawn");
        draw_box(&mut image, &Rect::new(-50.0, 190.0, 60.0, 90.0), Colour::Orange, "Đ").expect("drawn");
        assert!(touched(&image, 280, 30) && touched(&image, 9, 195));
        draw_text(&mut image, 0, 0, Colour::White, &"long ".repeat(200)).expect("drawn");
    }

    #[test]
    fn vietnamese_is_folded_to_ascii() {
        assert_eq!(ascii("Đường Thái Nguyên – 29đ"), "Duong Thai Nguyen ? 29d");
    }
}

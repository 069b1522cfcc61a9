//! The plate's ground colour from how its pixels spread over coarse colours. `unknown` wherever the spread leaves doubt:
//! a wrong red or yellow would decide classes.

use super::hsv;
use crate::domain::frame::Image;
use crate::domain::plate::PlateColour;

/// Below this mean saturation the picture has no colour at all (infra-red by night), and white says nothing.
const COLOURLESS: f32 = 0.025;
/// Share of the pixels that a coloured ground must have: glyphs and frame take the rest.
const GROUND: f32 = 0.35;
/// How many times more than any other colour.
const MARGIN: f32 = 3.0;

/// Shares of a plate's pixels by coarse colour, each 0-1, together 1.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Spread {
    /// Grey and bright against the plate's own brightest pixels.
    pub bright_grey: f32,
    /// Grey and darker: glyphs, frame, shadow.
    pub dark_grey: f32,
    /// Yellow.
    pub yellow: f32,
    /// Blue.
    pub blue: f32,
    /// Red.
    pub red: f32,
    /// Coloured otherwise.
    pub other: f32,
    /// Mean saturation, 0-1.
    pub saturation: f32,
}

impl Spread {
    /// The spread over the middle of a picture of the plate alone, its outer tenth on each side left out.
    pub fn of(plate: &Image) -> Self {
        let (w, h) = (plate.width() as usize, plate.height() as usize);
        let (x0, y0) = (w / 10, h / 10);
        let mut pixels = Vec::with_capacity(w * h);
        for row in plate.bgr().chunks_exact(w * 3).take(h - y0).skip(y0) {
            let middle = &row[x0 * 3..(w - x0) * 3];
            pixels.extend(middle.chunks_exact(3).map(|p| hsv(p[0], p[1], p[2])));
        }
        let mut values: Vec<f32> = pixels.iter().map(|p| p.2).collect();
        values.sort_by(f32::total_cmp);
        let brightest = values.get(values.len().saturating_sub(1) * 95 / 100).copied().unwrap_or(0.0);
        let mut spread = Self::default();
        let one = 1.0 / pixels.len().max(1) as f32;
        for (hue, saturation, value) in pixels {
            spread.saturation += saturation * one;
            // In near-black pixels hue and saturation are noise.
            let share = if value < 0.12 || saturation < 0.28 {
                if value >= 0.6 * brightest { &mut spread.bright_grey } else { &mut spread.dark_grey }
            } else {
                match hue {
                    38.0..68.0 => &mut spread.yellow,
                    195.0..260.0 => &mut spread.blue,
                    0.0..14.0 | 340.0..=360.0 => &mut spread.red,
                    _ => &mut spread.other,
                }
            };
            *share += one;
        }
        spread
    }

    /// The ground colour, `Unknown` in doubt.
    pub fn ground(&self) -> PlateColour {
        let coloured = [
            (PlateColour::Yellow, self.yellow),
            (PlateColour::Blue, self.blue),
            (PlateColour::Red, self.red),
        ];
        for (colour, share) in coloured {
            let rest = coloured.iter().filter(|c| c.0 != colour).map(|c| c.1).fold(self.other, f32::max);
            if share >= GROUND && share >= MARGIN * rest {
                return colour;
            }
        }
        let any_colour = self.yellow + self.blue + self.red + self.other;
        let white = self.bright_grey >= GROUND && any_colour <= 0.12 && self.saturation >= COLOURLESS;
        if white { PlateColour::White } else { PlateColour::Unknown }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A plate whose every third column is glyph.
    fn plate(ground: [u8; 3], glyph: [u8; 3]) -> Image {
        let pixel = |i: usize| if (i % 60).is_multiple_of(3) { glyph } else { ground };
        Image::from_bgr(60, 20, (0..60 * 20).flat_map(pixel).collect()).expect("a picture")
    }

    #[test]
    fn grounds_of_the_four_kinds() {
        for (ground, glyph, colour) in [
            ([225, 235, 240], [30, 30, 35], PlateColour::White),
            ([110, 118, 120], [20, 20, 22], PlateColour::White),
            ([40, 185, 230], [30, 30, 30], PlateColour::Yellow),
            ([150, 70, 25], [230, 225, 220], PlateColour::Blue),
            ([35, 25, 170], [225, 225, 230], PlateColour::Red),
        ] {
            assert_eq!(Spread::of(&plate(ground, glyph)).ground(), colour, "{ground:?}");
        }
    }

    #[test]
    fn doubt_is_unknown() {
        // Infra-red, orange light, half shade, a black picture.
        for (ground, glyph) in [
            ([200, 200, 200], [40, 40, 40]),
            ([90, 140, 220], [30, 45, 70]),
            ([40, 185, 230], [150, 70, 25]),
            ([0, 0, 0], [0, 0, 0]),
        ] {
            let spread = Spread::of(&plate(ground, glyph));
            assert_eq!(spread.ground(), PlateColour::Unknown, "{ground:?} {spread:?}");
        }
    }

    proptest! {
        #[test]
        fn any_picture_has_shares_that_sum_to_one(w in 1u32..40, h in 1u32..20, seed in any::<u8>()) {
            let bytes = (0..w * h * 3).map(|i| (i as u8).wrapping_mul(seed).wrapping_add(seed)).collect();
            let s = Spread::of(&Image::from_bgr(w, h, bytes).expect("a picture"));
            let sum = s.bright_grey + s.dark_grey + s.yellow + s.blue + s.red + s.other;
            prop_assert!((sum - 1.0).abs() < 1e-3, "{}", sum);
            s.ground();
        }
    }
}

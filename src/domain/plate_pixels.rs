//! What a plate's pixels look like, as numbers: the image room measures them, the plate room names the colour.

/// A colour as hue, saturation and value.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Tone {
    /// Degrees, 0-360: 0 red, 60 yellow, 120 green, 240 blue. The mean of the pixels on the circle of hues, each
    /// weighing as much as it is coloured; 0 where none is coloured at all.
    pub hue: f32,
    /// Median saturation, 0 (grey) to 1 (pure).
    pub saturation: f32,
    /// Median value (the brightest of the three channels), 0 (black) to 1.
    pub value: f32,
}

/// Shares of pixels by coarse colour, each 0-1; together 1.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct ColourShares {
    /// Saturation below 0.25, value 0.6 and more.
    pub white: f32,
    /// Saturation below 0.25, value from 0.25 to 0.6.
    pub grey: f32,
    /// Value below 0.25, whatever the hue.
    pub black: f32,
    /// Coloured, hue from 340 over 0 to 20 degrees.
    pub red: f32,
    /// Coloured, hue from 20 to 75 degrees: orange to greenish yellow.
    pub yellow: f32,
    /// Coloured, hue from 75 to 165 degrees.
    pub green: f32,
    /// Coloured, hue from 165 to 270 degrees.
    pub blue: f32,
    /// Coloured, hue from 270 to 340 degrees.
    pub purple: f32,
}

/// A plate as ground and ink. Pixels are parted by brightness at the threshold that parts them best (Otsu); the
/// ground is the larger part.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct PlatePixels {
    /// Pixels counted: those of the plate's box without its outer tenth, where bumper and frame show. 0 where the box
    /// lies outside the picture; everything else is 0 then.
    pub pixels: u32,
    /// Share of the pixels that is ground, 0.5-1.
    pub ground_share: f32,
    /// The ground.
    pub ground: Tone,
    /// Its pixels by coarse colour.
    pub ground_shares: ColourShares,
    /// The characters, with whatever else is not ground.
    pub ink: Tone,
    /// Their pixels by coarse colour.
    pub ink_shares: ColourShares,
    /// What lies around the plate (its box grown to three times its size, the plate left out). A saturation near 0 here
    /// tells an infra-red picture, whose greys say nothing about colours.
    pub surround: Tone,
}

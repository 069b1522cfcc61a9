//! What pixels say of colour: of a plate's ground, and of a vehicle's paint. Both answer "unknown" wherever light, dirt or
//! infra-red leave doubt. Pure.

mod ground;
mod paint;

pub use ground::Spread;
pub use paint::{PAINT_SIDE, PaintBallot, PaintSight, Scene, is_painted, paint};

/// Hue in degrees 0-360, saturation and value 0-1.
fn hsv(b: u8, g: u8, r: u8) -> (f32, f32, f32) {
    let (b, g, r) = (f32::from(b), f32::from(g), f32::from(r));
    let (high, low) = (r.max(g).max(b), r.min(g).min(b));
    let range = high - low;
    if high <= 0.0 || range <= 0.0 {
        return (0.0, 0.0, high / 255.0);
    }
    let hue = if high == r {
        60.0 * ((g - b) / range)
    } else if high == g {
        60.0 * ((b - r) / range + 2.0)
    } else {
        60.0 * ((r - g) / range + 4.0)
    };
    (hue.rem_euclid(360.0), range / high, high / 255.0)
}

//! A vehicle's colour from sights of it: shares of coarse hues where paint is to be expected, and brightness against the
//! frame where there is no hue. Thresholds were chosen on 240 vehicles of road pictures, coloured by eye, and on rendered
//! ones so that a wrong answer weighs five right ones (docs/accuracy.md).

use super::hsv;
use crate::domain::detection::{VehicleClass, VehicleColour};
use crate::domain::frame::Image;

/// Sides of the picture that [`paint`] wants, in pixels.
pub const PAINT_SIDE: u32 = 64;
/// Where paint is to be expected, as shares of the box: below the windscreen and above bumper and shadow; lorries and buses
/// have it above too.
const SIDES: (f32, f32) = (0.14, 0.86);
const CAR_FROM: f32 = 0.30;
const TALL_FROM: f32 = 0.12;
const TO: f32 = 0.82;
/// Of a pixel with a hue: saturation, and saturation times value. Silver in shade and dark glass look blue.
const SATURATED: f32 = 0.25;
const CHROMATIC: f32 = 0.12;
const BLUE_SATURATED: f32 = 0.43;
/// Share of the pixels that a hue must have, and how many times more than any other.
const HUE: f32 = 0.22;
const MARGIN: f32 = 2.0;
/// Without a hue: the share that has one all the same, and the median saturation, at most.
const NO_HUE: f32 = 0.18;
const NO_SATURATION: f32 = 0.18;
/// The paint is the brightest part but for lamps and plate: this share of the pixels is darker.
const BRIGHT: f32 = 0.8;
/// Of that brightness, and of its ratio to the frame's: white from, black up to, grey between.
const WHITE: (f32, f32) = (0.69, 1.34);
const BLACK: (f32, f32) = (0.44, 0.8);
const GREY: [(f32, f32); 2] = [(0.4, 0.55), (1.05, 1.2)];
/// A frame of less mean saturation has no colours (infra-red); in one of less median brightness white, grey and black are one.
const COLOURLESS: f32 = 0.03;
const NIGHT: f32 = 0.2;
/// Points of a frame that are looked at, across and down.
const POINTS: (usize, usize) = (96, 54);
/// Of the sights' weight: what a colour needs of those that say one, and of all.
const AGREED: f32 = 0.7;
const SAID: f32 = 0.5;
/// Sights that must say it.
const SIGHTS: u32 = 2;

/// The light of a frame.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scene {
    /// Median brightness, 0-1.
    brightness: f32,
    /// Mean saturation, 0-1.
    saturation: f32,
}

impl Scene {
    /// Of a whole frame.
    pub fn of(frame: &Image) -> Self {
        let (w, h) = (frame.width() as usize, frame.height() as usize);
        let (across, down) = (POINTS.0.min(w), POINTS.1.min(h));
        let mut values = Vec::with_capacity(across * down);
        let mut saturation = 0.0;
        for at in 0..across * down {
            let (x, y) = ((at % across * 2 + 1) * w / (2 * across), (at / across * 2 + 1) * h / (2 * down));
            let p = &frame.bgr()[(y * w + x) * 3..][..3];
            let (_, s, v) = hsv(p[0], p[1], p[2]);
            values.push(v);
            saturation += s;
        }
        let middle = values.len() / 2;
        let (_, median, _) = values.select_nth_unstable_by(middle, f32::total_cmp);
        Self { brightness: *median, saturation: saturation / (across * down) as f32 }
    }
}

/// One sight of a vehicle: what it says, and what it weighs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PaintSight {
    /// Its colour; `None` in doubt.
    pub colour: Option<VehicleColour>,
    /// Width of the vehicle's box in pixels.
    pub width_px: f32,
}

/// Where down its box the paint of such a vehicle begins; `None` where none is to be expected.
fn painted_from(class: VehicleClass) -> Option<f32> {
    match class {
        VehicleClass::Car => Some(CAR_FROM),
        VehicleClass::Bus | VehicleClass::Truck => Some(TALL_FROM),
        VehicleClass::Motorcycle | VehicleClass::Unknown => None,
    }
}

/// Whether [`paint`] can say anything of such a vehicle.
pub fn is_painted(class: VehicleClass) -> bool {
    painted_from(class).is_some()
}

/// The colour of a vehicle whose box was squeezed to [`PAINT_SIDE`] squared; `None` in doubt, by infra-red and for
/// motorbikes, of which one sees the rider's clothes.
pub fn paint(vehicle: &Image, class: VehicleClass, scene: &Scene) -> Option<VehicleColour> {
    let from = painted_from(class)?;
    if scene.saturation < COLOURLESS {
        return None;
    }
    let pixels = region(vehicle, from);
    let one = 1.0 / pixels.len().max(1) as f32;
    let mut hues = Hues::default();
    for (hue, saturation, value) in &pixels {
        if *saturation >= SATURATED && saturation * value >= CHROMATIC {
            hues.count(*hue, *saturation, *value, one);
        }
    }
    match hues.clear() {
        Some(colour) => colour,
        None if hues.all() <= NO_HUE && scene.brightness >= NIGHT => {
            let colour = without_hue(pixels, scene);
            // Of lorries and buses grille, tyres, windows and tarpaulins are as dark as black paint.
            colour.filter(|c| *c != VehicleColour::Black || class == VehicleClass::Car)
        }
        None => None,
    }
}

/// Hue, saturation and value of the pixels where paint is to be expected.
fn region(vehicle: &Image, from: f32) -> Vec<(f32, f32, f32)> {
    let (w, h) = (vehicle.width() as usize, vehicle.height() as usize);
    let span = |length: usize, from: f32, to: f32| {
        let at = |share: f32| (share * length as f32) as usize;
        at(from)..at(to).max(at(from) + 1).min(length)
    };
    let (columns, rows) = (span(w, SIDES.0, SIDES.1), span(h, from, TO));
    rows.flat_map(|y| columns.clone().map(move |x| (y * w + x) * 3))
        .map(|at| hsv(vehicle.bgr()[at], vehicle.bgr()[at + 1], vehicle.bgr()[at + 2]))
        .collect()
}

/// Shares of the pixels by hue. What is no colour of ours (brown, purple, faint warm light) is counted against the others.
#[derive(Default)]
struct Hues {
    named: [f32; 5],
    faint_warm: f32,
    purple: f32,
}

const NAMED: [VehicleColour; 5] = [
    VehicleColour::Red,
    VehicleColour::Orange,
    VehicleColour::Yellow,
    VehicleColour::Green,
    VehicleColour::Blue,
];

impl Hues {
    fn count(&mut self, hue: f32, saturation: f32, value: f32, one: f32) {
        let [red, orange, yellow, green, blue] = &mut self.named;
        let share = match hue {
            0.0..12.0 | 335.0..=360.0 => red,
            12.0..32.0 if saturation >= 0.55 && value >= 0.5 => orange,
            32.0..65.0 if saturation >= 0.42 && value >= 0.4 => yellow,
            12.0..65.0 => &mut self.faint_warm,
            65.0..180.0 => green,
            180.0..262.0 if saturation >= BLUE_SATURATED => blue,
            180.0..262.0 => return,
            _ => &mut self.purple,
        };
        *share += one;
    }

    fn all(&self) -> f32 {
        self.named.iter().sum::<f32>() + self.faint_warm + self.purple
    }

    /// The hue that is clearly the most; `Some(None)` where that is none of ours.
    fn clear(&self) -> Option<Option<VehicleColour>> {
        let named = NAMED.iter().copied().map(Some).zip(self.named);
        let mut all: Vec<_> = named.chain([(None, self.faint_warm), (None, self.purple)]).collect();
        all.sort_by(|a, b| b.1.total_cmp(&a.1));
        (all[0].1 >= HUE && all[0].1 >= MARGIN * all[1].1).then_some(all[0].0)
    }
}

fn without_hue(pixels: Vec<(f32, f32, f32)>, scene: &Scene) -> Option<VehicleColour> {
    let part = |mut of: Vec<f32>, share: f32| {
        let at = ((of.len() as f32 * share) as usize).min(of.len().saturating_sub(1));
        of.sort_unstable_by(f32::total_cmp);
        of.get(at).copied().unwrap_or(0.0)
    };
    if part(pixels.iter().map(|p| p.1).collect(), 0.5) > NO_SATURATION {
        return None;
    }
    let value = part(pixels.into_iter().map(|p| p.2).collect(), BRIGHT);
    let ratio = value / scene.brightness;
    let within = |x: f32, range: (f32, f32)| (range.0..=range.1).contains(&x);
    if value >= WHITE.0 && ratio >= WHITE.1 {
        Some(VehicleColour::White)
    } else if value <= BLACK.0 && ratio <= BLACK.1 {
        Some(VehicleColour::Black)
    } else {
        (within(value, GREY[0]) && within(ratio, GREY[1])).then_some(VehicleColour::Grey)
    }
}

/// What the sights of one vehicle say together.
#[derive(Debug, Clone, Default)]
pub struct PaintBallot {
    said: [(f32, u32); VehicleColour::ALL.len()],
    all: f32,
}

impl PaintBallot {
    /// Adds a sight. Near sights weigh more.
    pub fn add(&mut self, sight: PaintSight) {
        self.all += sight.width_px;
        let at = VehicleColour::ALL.iter().position(|c| Some(*c) == sight.colour);
        if let Some((weight, sights)) = at.map(|at| &mut self.said[at]) {
            *weight += sight.width_px;
            *sights += 1;
        }
    }

    /// The colour on which the sights agree; `None` in doubt.
    pub fn colour(&self) -> Option<VehicleColour> {
        let any: f32 = self.said.iter().map(|s| s.0).sum();
        let agreed = |(weight, sights): &(f32, u32)| {
            *sights >= SIGHTS && *weight >= AGREED * any && *weight >= SAID * self.all
        };
        self.said.iter().position(agreed).map(|at| VehicleColour::ALL[at])
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn plain(side: u32, bgr: [u8; 3]) -> Image {
        Image::from_bgr(side, side, bgr.repeat((side * side) as usize)).expect("a picture")
    }

    /// A car of that paint: windscreen above, bumper and shadow below.
    fn car(bgr: [u8; 3]) -> Image {
        let rows = (0..64).flat_map(|y| {
            match y {
                0..20 => [60, 55, 50],
                20..54 => bgr,
                _ => [25, 25, 25],
            }
            .repeat(64)
        });
        Image::from_bgr(64, 64, rows.collect()).expect("a picture")
    }

    /// A road by day, a little blue.
    fn road() -> Scene {
        Scene::of(&plain(200, [125, 120, 115]))
    }

    #[test]
    fn paints_are_told_apart_and_doubt_is_none() {
        use VehicleColour::*;
        for (bgr, colour) in [
            ([235, 236, 238], Some(White)),
            ([135, 134, 134], Some(Grey)),
            ([40, 38, 36], Some(Black)),
            ([30, 25, 160], Some(Red)),
            ([30, 110, 225], Some(Orange)),
            ([40, 180, 235], Some(Yellow)),
            ([60, 120, 40], Some(Green)),
            ([160, 80, 30], Some(Blue)),
            ([60, 80, 105], None),   // brown, or a red one in dust
            ([165, 165, 165], None), // silver, or a white one in shade
            ([130, 40, 120], None),
        ] {
            assert_eq!(paint(&car(bgr), VehicleClass::Car, &road()), colour, "{bgr:?}");
        }
    }

    #[test]
    fn light_without_colour_says_nothing() {
        let red = car([30, 25, 160]);
        let (infra_red, night) = (Scene::of(&plain(90, [90; 3])), Scene::of(&plain(90, [30, 25, 22])));
        assert_eq!(paint(&red, VehicleClass::Car, &infra_red), None);
        assert_eq!(paint(&car([235, 236, 238]), VehicleClass::Car, &night), None);
        assert_eq!(paint(&red, VehicleClass::Car, &night), Some(VehicleColour::Red));
        assert_eq!(paint(&red, VehicleClass::Motorcycle, &road()), None);
    }

    #[test]
    fn sights_must_agree() {
        use VehicleColour::*;
        let ballot = |sights: &[(Option<VehicleColour>, f32)]| {
            let mut ballot = PaintBallot::default();
            sights.iter().for_each(|(colour, width_px)| {
                ballot.add(PaintSight { colour: *colour, width_px: *width_px })
            });
            ballot.colour()
        };
        assert_eq!(ballot(&[]), None);
        assert_eq!(ballot(&[(Some(Red), 100.0)]), None, "one sight is not enough");
        assert_eq!(ballot(&[(Some(Red), 100.0), (Some(Red), 120.0)]), Some(Red));
        assert_eq!(ballot(&[(Some(Red), 100.0), (Some(Red), 120.0), (Some(Orange), 200.0)]), None);
        assert_eq!(ballot(&[(Some(Grey), 60.0), (Some(White), 200.0), (Some(White), 200.0)]), Some(White));
        let silent = [(None, 200.0); 8];
        assert_eq!(ballot(&[&silent[..], &[(Some(Red), 100.0), (Some(Red), 120.0)]].concat()), None);
    }

    proptest! {
        #[test]
        fn any_picture_is_judged(w in 1u32..80, h in 1u32..80, seed in any::<u8>()) {
            let bytes = (0..w * h * 3).map(|i| (i as u8).wrapping_mul(seed).wrapping_add(seed)).collect();
            let image = Image::from_bgr(w, h, bytes).expect("a picture");
            for class in VehicleClass::ALL {
                paint(&image, class, &Scene::of(&image));
            }
        }
    }
}

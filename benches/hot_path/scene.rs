//! An invented 1080p picture: two drawn cars from behind on a grey road, each with a plate that was never issued.

use hanhtrinh::domain::frame::Image;
use hanhtrinh::domain::geometry::{FrameSpace, Rect};
use hanhtrinh::image::decode_bytes;

/// 30A-123.45 in one row, 160 px wide, and 59-C1 234.56 in two, 110 px wide; drawn by the reader's training code.
const ONE_LINE: &[u8] = include_bytes!("plate_one_line.png");
const TWO_LINE: &[u8] = include_bytes!("plate_two_line.png");

/// The picture and what is on it.
pub struct Scene {
    pub picture: Image,
    pub cars: [Rect<FrameSpace>; 2],
    /// Boxes of the plates with their texts.
    pub plates: [(Rect<FrameSpace>, &'static str); 2],
}

impl Scene {
    pub fn new() -> Self {
        let mut canvas = Canvas(vec![[110; 3]; WIDTH * HEIGHT]);
        canvas.trapezoid(0, 400, (0, WIDTH), (0, WIDTH), [190, 170, 150]);
        let cars = [(300, 500, 480, 400, [150, 60, 40]), (1150, 450, 440, 380, [200, 200, 205])];
        let plates = [(ONE_LINE, "30A12345"), (TWO_LINE, "59C123456")];
        let boxes = [0, 1].map(|i| {
            let (x, y, w, h, paint) = cars[i];
            canvas.car(x, y, w, h, paint);
            let plate = decode_bytes(plates[i].1, plates[i].0).expect("a plate's picture");
            let (left, top) = (x + w / 2 - plate.width() as usize / 2, y + h * 60 / 100);
            canvas.paste(&plate, left, top);
            (Rect::new(left as f32, top as f32, plate.width() as f32, plate.height() as f32), plates[i].1)
        });
        let cars = cars.map(|(x, y, w, h, _)| Rect::new(x as f32, y as f32, w as f32, h as f32));
        Self { picture: canvas.picture(), cars, plates: boxes }
    }
}

const WIDTH: usize = 1920;
const HEIGHT: usize = 1080;

struct Canvas(Vec<[u8; 3]>);

impl Canvas {
    /// Rows `top..bottom` from the span `above` at the top to the span `below` at the bottom, BGR.
    fn trapezoid(
        &mut self,
        top: usize,
        bottom: usize,
        above: (usize, usize),
        below: (usize, usize),
        bgr: [u8; 3],
    ) {
        for y in top..bottom {
            let at = (y - top) as f32 / (bottom - top) as f32;
            let mixed = |from: usize, to: usize| (from as f32 + (to as f32 - from as f32) * at) as usize;
            let (left, right) = (mixed(above.0, below.0), mixed(above.1, below.1));
            self.0[y * WIDTH + left..y * WIDTH + right].fill(bgr);
        }
    }

    fn block(&mut self, (left, right): (usize, usize), (top, bottom): (usize, usize), bgr: [u8; 3]) {
        self.trapezoid(top, bottom, (left, right), (left, right), bgr);
    }

    /// A car from behind in a box of w x h at x, y: shadow, tyres, cabin with its window, body, lights, bumper's edge.
    fn car(&mut self, x: usize, y: usize, w: usize, h: usize, paint: [u8; 3]) {
        let (across, down) = (|share: usize| x + w * share / 100, |share: usize| y + h * share / 100);
        self.block((across(2), across(98)), (down(97), down(103)), [40; 3]);
        self.block((across(8), across(25)), (down(80), down(100)), [20; 3]);
        self.block((across(75), across(92)), (down(80), down(100)), [20; 3]);
        self.trapezoid(down(0), down(40), (across(20), across(80)), (across(10), across(90)), paint);
        self.trapezoid(down(5), down(37), (across(25), across(75)), (across(17), across(83)), [40, 45, 50]);
        self.block((across(0), across(100)), (down(40), down(88)), paint);
        self.block((across(3), across(20)), (down(45), down(58)), [40, 40, 200]);
        self.block((across(80), across(97)), (down(45), down(58)), [40, 40, 200]);
        self.block((across(0), across(100)), (down(75), down(78)), [30; 3]);
    }

    fn paste(&mut self, piece: &Image, left: usize, top: usize) {
        for (dy, row) in piece.bgr().chunks_exact(piece.width() as usize * 3).enumerate() {
            for (dx, pixel) in row.chunks_exact(3).enumerate() {
                self.0[(top + dy) * WIDTH + left + dx] = [pixel[0], pixel[1], pixel[2]];
            }
        }
    }

    /// With the noise of a sensor, ±3 grey levels, the same at every run.
    fn picture(&self) -> Image {
        let mut state = 1u32;
        let mut noisy = |value: u8| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            value.saturating_add((state >> 24) as u8 % 7).saturating_sub(3)
        };
        let bgr = self.0.iter().flatten().map(|value| noisy(*value)).collect();
        Image::from_bgr(WIDTH as u32, HEIGHT as u32, bgr).expect("its own size")
    }
}

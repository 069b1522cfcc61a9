//! Numbers painted on lorries: where a net finds them on a vehicle's crop. The reader reads them as it reads plates.

use std::sync::Arc;

use super::error::PipelineError;
use crate::detect::{Crop, FinderSpec, Letterbox, PaintedNumber, painted_numbers};
use crate::domain::frame::Image;
use crate::domain::geometry::{FrameSpace, Rect};
use crate::image::Letterboxer;
use crate::infer::{Model, Painted as PaintedManifest};
use crate::obs::{Stage, StageTimes};

/// Numbers lower than this are not read, in pixels of the frame: as a plate of 24 pixels' width they are beyond any reader.
const LEAST_HEIGHT_PX: f32 = 7.0;
/// Numbers of one sight that are read at most.
const MOST: usize = 3;

/// The finder net with its buffers. One a thread.
pub struct FinderNet {
    model: Box<dyn Model>,
    spec: FinderSpec,
    margin: f32,
    letterboxer: Letterboxer,
    buffer: Vec<f32>,
    times: Arc<StageTimes>,
}

impl FinderNet {
    /// A net by its manifest.
    pub fn new(model: Box<dyn Model>, manifest: &PaintedManifest, times: Arc<StageTimes>) -> Self {
        let spec = FinderSpec {
            input: (manifest.input.width, manifest.input.height),
            stride: manifest.stride,
            min_score: manifest.min_score,
        };
        let letterboxer = Letterboxer::new();
        Self { model, spec, margin: manifest.margin, letterboxer, buffer: Vec::new(), times }
    }

    /// Share of a number's width and height that the reader is given on every side.
    pub fn margin(&self) -> f32 {
        self.margin
    }

    /// The numbers on one vehicle that are large enough to be read, the widest first, a few at most.
    pub fn find(
        &mut self,
        image: &Image,
        vehicle: Rect<FrameSpace>,
    ) -> Result<Vec<PaintedNumber>, PipelineError> {
        let Some(crop) = Crop::around(vehicle, (image.width(), image.height())) else {
            return Ok(Vec::new());
        };
        let (width, height) = self.spec.input;
        let Some(letterbox) = Letterbox::new((crop.w, crop.h), (width, height)) else {
            return Ok(Vec::new());
        };
        let times = self.times.clone();
        times.time(Stage::Painted, || {
            let region = Rect::new(crop.x as f32, crop.y as f32, crop.w as f32, crop.h as f32);
            self.letterboxer.fill_grey(image, Some(&region), width, height, &mut self.buffer)?;
            let output = self.model.run(&self.buffer, [1, 1, height as usize, width as usize])?;
            let mut found = painted_numbers(&output.data, &crop, &letterbox, &self.spec);
            found.retain(|n| n.level.h >= LEAST_HEIGHT_PX);
            found.truncate(MOST);
            Ok(found)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::infer::{FakeModel, Size, Tensor};

    fn manifest() -> PaintedManifest {
        PaintedManifest {
            file: "painted.onnx".to_owned(),
            sha256: String::new(),
            version: "1".to_owned(),
            input: Size { width: 64, height: 48 },
            stride: 4,
            min_score: 0.5,
            margin: 0.1,
        }
    }

    /// Marks every cell whose pixels are bright.
    fn finder() -> FinderNet {
        let model = FakeModel::new([None, Some(1), None, None], |input, [_, _, h, w]| {
            let cell = |i: usize| input[(i / (w / 4) * 4 + 1) * w + i % (w / 4) * 4 + 1];
            let data = (0..h / 4 * (w / 4)).map(|i| if cell(i) > 200.0 { 0.9 } else { 0.0 }).collect();
            Tensor { shape: vec![1, 1, h / 4, w / 4], data }
        });
        FinderNet::new(Box::new(model), &manifest(), Arc::new(StageTimes::default()))
    }

    /// A dark street of 400x300 with a bright bar.
    fn street(bar: Rect<FrameSpace>) -> Image {
        let bright =
            |x: u32, y: u32| bar.contains(crate::domain::geometry::Point { x: x as f32, y: y as f32 });
        let pixels = (0..300).flat_map(|y| (0..400).map(move |x| (x, y)));
        let bgr = pixels.flat_map(|(x, y)| [if bright(x, y) { 255 } else { 30 }; 3]).collect();
        Image::from_bgr(400, 300, bgr).expect("its own size")
    }

    #[test]
    fn a_number_on_the_vehicle_is_found_where_it_is_in_the_frame() {
        // The vehicle is 256x192, so a cell is 16 pixels: the bar of 128x32 is a core of 8x2 cells.
        let image = street(Rect::new(164.0, 114.0, 128.0, 32.0));
        let found = finder().find(&image, Rect::new(100.0, 50.0, 256.0, 192.0)).expect("it runs");
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].level.to_array(), [164 - 16, 114 - 16, 160, 64]);
    }

    #[test]
    fn beside_the_vehicle_and_outside_the_picture_nothing_is_found() {
        let image = street(Rect::new(4.0, 4.0, 60.0, 20.0));
        let mut finder = finder();
        assert!(finder.find(&image, Rect::new(100.0, 50.0, 256.0, 192.0)).expect("it runs").is_empty());
        assert!(finder.find(&image, Rect::new(500.0, 50.0, 80.0, 90.0)).expect("it runs").is_empty());
        assert_eq!(finder.margin(), 0.1);
    }
}

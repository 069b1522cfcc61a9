//! The two nets as the pipeline sees them: pictures in, detections and readings out. Here image, infer and the pure
//! rooms meet.

use std::sync::Arc;
use std::time::Instant;

use super::error::PipelineError;
use crate::colour::{PAINT_SIDE, PaintSight, Scene, Spread, is_painted, paint};
use crate::detect::{self, Crop, DetectorClass, DetectorSpec, Letterbox, SecondLook};
use crate::domain::detection::{Detections, PlateDetection, VehicleClass};
use crate::domain::frame::Image;
use crate::domain::geometry::{FrameSpace, Rect};
use crate::domain::plate::{PlateColour, PlateReading};
use crate::image::{self, Letterboxer, PlateCrop};
use crate::infer::{Detector as DetectorManifest, Model, Reader as ReaderManifest};
use crate::obs::{Stage, StageTimes};
use crate::plate::ctc::{Calibration, Decoder};

/// Turns tried where an upright plate is read without confidence, in degrees; positive hangs to the right.
const TURNS_DEG: [f32; 4] = [-7.0, 7.0, -14.0, 14.0];
/// Margins tried beside the trained one: boxes are sometimes too tight or too loose.
const OTHER_MARGINS: [f32; 2] = [-0.02, 0.12];

/// The detector net with its buffers. One a thread.
pub struct DetectorNet {
    model: Box<dyn Model>,
    spec: DetectorSpec,
    input: (u32, u32),
    letterboxer: Letterboxer,
    buffer: Vec<f32>,
    times: Arc<StageTimes>,
}

/// The ground colour of the plate in this box.
pub fn plate_colour(image: &Image, plate: &Rect<FrameSpace>) -> PlateColour {
    // A box outside the picture has no colour.
    image::crop(image, plate).map_or(PlateColour::Unknown, |piece| Spread::of(&piece).ground())
}

/// The least width in pixels of a vehicle whose colour is looked at.
const PAINT_FROM_PX: f32 = 60.0;

/// The colour of the vehicle in this box; `None` where it is too small to be looked at. `light` is that of the picture, found
/// out when it is first wanted.
pub fn vehicle_paint(
    image: &Image,
    vehicle: &Rect<FrameSpace>,
    class: VehicleClass,
    light: &mut Option<Scene>,
) -> Result<Option<PaintSight>, PipelineError> {
    if vehicle.w < PAINT_FROM_PX {
        return Ok(None);
    }
    let colour = if is_painted(class) {
        let scene = light.get_or_insert_with(|| Scene::of(image));
        paint(&image::squeezed(image, vehicle, PAINT_SIDE, PAINT_SIDE)?, class, scene)
    } else {
        None
    };
    Ok(Some(PaintSight { colour, width_px: vehicle.w }))
}

/// What the manifest says of the detector, in the words of the detect room.
pub fn detector_spec(manifest: &DetectorManifest) -> Result<DetectorSpec, PipelineError> {
    let mut classes = Vec::new();
    let mut min_score = Vec::new();
    for word in &manifest.classes {
        let class = DetectorClass::from_word(word).ok_or_else(|| {
            PipelineError::Other(format!(
                "models/manifest.toml: [detector] classes: `{word}` is none that is known; \
                 known are car, motorcycle, bus, truck, plate"
            ))
        })?;
        let score = manifest.min_score.get(word).ok_or_else(|| {
            PipelineError::Other(format!("models/manifest.toml: [detector] min_score has none for `{word}`"))
        })?;
        classes.push(class);
        min_score.push(*score);
    }
    Ok(DetectorSpec {
        classes,
        strides: manifest.strides.clone(),
        min_score,
        vehicle_iou: manifest.nms_iou.vehicle,
        plate_iou: manifest.nms_iou.plate,
        second_look: SecondLook {
            size: manifest.second_look.size,
            margin: manifest.second_look.margin,
            min_vehicle_px: manifest.second_look.min_vehicle_px as f32,
            ..SecondLook::default()
        },
    })
}

impl DetectorNet {
    /// A net by its manifest.
    pub fn new(
        model: Box<dyn Model>,
        manifest: &DetectorManifest,
        times: Arc<StageTimes>,
    ) -> Result<Self, PipelineError> {
        Ok(Self {
            model,
            spec: detector_spec(manifest)?,
            input: (manifest.input.width, manifest.input.height),
            letterboxer: Letterboxer::new(),
            buffer: Vec::new(),
            times,
        })
    }

    /// What the net is like.
    pub fn spec(&self) -> &DetectorSpec {
        &self.spec
    }

    /// Everything in a frame above `floors` (lowest score by class, in the order of the net's classes).
    pub fn detect(&mut self, image: &Image, floors: &[f32]) -> Result<Detections, PipelineError> {
        self.detect_at(image, floors, self.input_for(image))
    }

    /// As [`Self::detect`], the picture drawn into a fourth of the usual pixels: finds what is too near for the net.
    pub fn detect_near(&mut self, image: &Image, floors: &[f32]) -> Result<Detections, PipelineError> {
        let (width, height) = self.input_for(image);
        let half = |side: u32| (side / 2).next_multiple_of(32);
        self.detect_at(image, floors, (half(width), half(height)))
    }

    fn detect_at(
        &mut self,
        image: &Image,
        floors: &[f32],
        (width, height): (u32, u32),
    ) -> Result<Detections, PipelineError> {
        let times = self.times.clone();
        let letterbox =
            Letterbox::new((image.width(), image.height()), (width, height)).ok_or_else(|| {
                PipelineError::Other(format!("the detector's input of {width}x{height} is empty"))
            })?;
        times
            .time(Stage::Letterbox, || self.letterboxer.fill(image, None, width, height, &mut self.buffer))?;
        let shape = [1, 3, height as usize, width as usize];
        let output = times.time(Stage::Detector, || self.model.run(&self.buffer, shape))?;
        let found =
            times.time(Stage::Boxes, || detect::detections(&output.data, &letterbox, &self.spec, floors))?;
        Ok(found)
    }

    /// Seconds of one run of the bare net on its input, the least of `runs`: what no pipeline around it can beat.
    pub fn bare_run_s(&mut self, runs: usize) -> Result<f64, PipelineError> {
        let (width, height) = self.input;
        let shape = [1, 3, height as usize, width as usize];
        self.buffer.clear();
        self.buffer.resize(shape.iter().product(), 114.0);
        let mut least = f64::INFINITY;
        for _ in 0..runs.max(1) {
            let start = Instant::now();
            self.model.run(&self.buffer, shape)?;
            least = least.min(start.elapsed().as_secs_f64());
        }
        Ok(least)
    }

    /// The net's input for this picture: as many pixels as the manifest's, in the picture's own shape where that is
    /// upright, so that no rows are wasted on padding.
    fn input_for(&self, image: &Image) -> (u32, u32) {
        let (w, h) = self.input;
        if image.height() > image.width() { (h.max(w) * 3 / 5 / 32 * 32, w.max(h)) } else { (w, h) }
    }

    /// Plates of one vehicle, found on its crop at native size, in the frame's pixels, best first. Empty where the
    /// vehicle is too small.
    pub fn second_look(
        &mut self,
        image: &Image,
        vehicle: Rect<FrameSpace>,
    ) -> Result<Vec<PlateDetection>, PipelineError> {
        let floors = self.spec.min_score.clone();
        self.second_look_above(image, vehicle, &floors)
    }

    /// As [`Self::second_look`], above other floors.
    pub fn second_look_above(
        &mut self,
        image: &Image,
        vehicle: Rect<FrameSpace>,
        floors: &[f32],
    ) -> Result<Vec<PlateDetection>, PipelineError> {
        let frame = (image.width(), image.height());
        let Some(crop) = Crop::for_vehicle(vehicle, frame, &self.spec.second_look) else {
            return Ok(Vec::new());
        };
        let Some(letterbox) = crop.letterbox(&self.spec.second_look) else { return Ok(Vec::new()) };
        let times = self.times.clone();
        times.time(Stage::SecondLook, || {
            let (width, height) = letterbox.input();
            let region = Rect::new(crop.x as f32, crop.y as f32, crop.w as f32, crop.h as f32);
            self.letterboxer.fill(image, Some(&region), width, height, &mut self.buffer)?;
            let output = self.model.run(&self.buffer, [1, 3, height as usize, width as usize])?;
            Ok(detect::plates_in_crop(&output.data, &crop, &letterbox, &self.spec, floors)?)
        })
    }
}

/// The reader net with its buffers. One a thread.
pub struct ReaderNet {
    model: Box<dyn Model>,
    decoder: Decoder,
    input: (u32, u32),
    margin: f32,
    careful_below: f32,
    buffer: Vec<f32>,
    times: Arc<StageTimes>,
}

impl ReaderNet {
    /// A net by its manifest.
    pub fn new(
        model: Box<dyn Model>,
        manifest: &ReaderManifest,
        times: Arc<StageTimes>,
    ) -> Result<Self, PipelineError> {
        let calibration = Calibration::new(&manifest.calibration)?;
        Ok(Self {
            model,
            decoder: Decoder::new(&manifest.alphabet, manifest.rows, manifest.columns, calibration)?,
            input: (manifest.input.width, manifest.input.height),
            margin: manifest.margin,
            careful_below: manifest.min_confidence,
            buffer: Vec::new(),
            times,
        })
    }

    /// Reads one plate as the detector boxed it.
    pub fn read(&mut self, image: &Image, plate: Rect<FrameSpace>) -> Result<PlateReading, PipelineError> {
        let times = self.times.clone();
        times.time(Stage::Reader, || self.read_crop(image, &PlateCrop::upright(&plate, self.margin)))
    }

    /// Reads one plate; where that is not confident, again turned and with other margins, and gives the reading that
    /// most of them agree on with the confidence of the best of them. Costs up to seven reads.
    pub fn read_carefully(
        &mut self,
        image: &Image,
        plate: Rect<FrameSpace>,
    ) -> Result<PlateReading, PipelineError> {
        let first = self.read(image, plate)?;
        if first.confidence >= self.careful_below {
            return Ok(first);
        }
        let mut readings = vec![first];
        let margins = OTHER_MARGINS.iter().map(|m| Some(PlateCrop::upright(&plate, *m)));
        let turns = TURNS_DEG.iter().map(|t| PlateCrop::turned(&plate, self.margin, *t));
        let crops: Vec<PlateCrop> = margins.chain(turns).flatten().collect();
        for crop in &crops {
            let times = self.times.clone();
            readings.push(times.time(Stage::Reader, || self.read_crop(image, crop))?);
        }
        Ok(most_agreed(readings))
    }

    /// Reads the number painted in the box `level`, turned about its middle, with `margin` of its width and height on every side.
    pub fn read_level(
        &mut self,
        image: &Image,
        level: &Rect<FrameSpace>,
        margin: f32,
        turn_deg: f32,
    ) -> Result<PlateReading, PipelineError> {
        let times = self.times.clone();
        times.time(Stage::Reader, || self.read_crop(image, &PlateCrop::level(level, margin, turn_deg)))
    }

    /// Reads a picture that is a plate and nothing else.
    pub fn read_whole(&mut self, image: &Image) -> Result<PlateReading, PipelineError> {
        let whole = Rect::new(0.0, 0.0, image.width() as f32, image.height() as f32);
        let times = self.times.clone();
        times.time(Stage::Reader, || self.read_crop(image, &PlateCrop::upright(&whole, 0.0)))
    }

    fn read_crop(&mut self, image: &Image, crop: &PlateCrop) -> Result<PlateReading, PipelineError> {
        let (width, height) = self.input;
        self.buffer.clear();
        image::plate_to_tensor(image, crop, width, height, &mut self.buffer)?;
        let output = self.model.run(&self.buffer, [1, 1, height as usize, width as usize])?;
        Ok(self.decoder.decode(&output.data)?)
    }
}

/// The reading whose text has the largest sum of confidences; of those with that text the most confident.
fn most_agreed(readings: Vec<PlateReading>) -> PlateReading {
    let rows: Vec<Vec<String>> = readings.iter().map(PlateReading::row_texts).collect();
    let weight = |at: usize| -> f32 {
        readings.iter().zip(&rows).filter(|(_, r)| **r == rows[at]).map(|(r, _)| r.confidence).sum()
    };
    let best = (0..readings.len()).max_by(|a, b| {
        let by_text = weight(*a).total_cmp(&weight(*b));
        by_text.then(readings[*a].confidence.total_cmp(&readings[*b].confidence)).then(b.cmp(a))
    });
    let empty = PlateReading { rows: Vec::new(), confidence: 0.0 };
    best.and_then(|at| readings.into_iter().nth(at)).unwrap_or(empty)
}

//! One picture by itself: vehicles, plates and what they say. What `read` and `camera check` show.

use jiff::civil::Date;

use super::error::PipelineError;
use super::nets::{DetectorNet, ReaderNet, plate_colour};
use super::read::Eyes;
use crate::detect::merged;
use crate::domain::detection::{PlateDetection, VehicleClass, VehicleDetection};
use crate::domain::frame::Image;
use crate::domain::geometry::Rect;
use crate::domain::plate::{PlateColour, PlateOutcome, PlateReading};
use crate::plate::province::Home;
use crate::plate::vote::{Ballot, Context, Look, Rules};

/// A vehicle below this score does not rule out a plate of another kind: there is no track that votes on its class.
const SURE_CLASS: f32 = 0.65;

/// A plate of a picture.
#[derive(Debug, Clone)]
pub struct PhotoPlate {
    /// Where, and how sure that it is one.
    pub found: PlateDetection,
    /// What the reader made of it.
    pub reading: PlateReading,
    /// What that says by grammar and threshold; `undetermined` where it says nothing for sure.
    pub outcome: PlateOutcome,
    /// Ground colour.
    pub colour: PlateColour,
    /// Index of the vehicle that carries it.
    pub vehicle: Option<usize>,
}

/// What a picture shows.
#[derive(Debug, Clone, Default)]
pub struct Photo {
    /// Vehicles, best first.
    pub vehicles: Vec<VehicleDetection>,
    /// Plates, best first.
    pub plates: Vec<PhotoPlate>,
}

/// By what thresholds and rules a picture is judged.
#[derive(Debug, Clone)]
pub struct PhotoRules {
    /// Least score of vehicles and plates, 0-1; `None`: the shipped ones.
    pub min_score: Option<f32>,
    /// Least confidence of a read, 0-1.
    pub min_confidence: f32,
    /// The date that the province rule is taken of.
    pub date: Date,
    /// The home province, which only the verdict depends on.
    pub home: Home,
}

/// Finds and reads. Every vehicle gets a second look, and every doubtful plate a second read: a picture has no next
/// frame.
pub fn look_at(image: &Image, eyes: &mut Eyes, rules: &PhotoRules) -> Result<Photo, PipelineError> {
    let floors = floors(&eyes.detector, rules);
    let found = eyes.detector.detect(image, &floors)?;
    let mut looks = Vec::new();
    for vehicle in &found.vehicles {
        looks.extend(eyes.detector.second_look_above(image, vehicle.rect, &floors)?);
    }
    if found.vehicles.is_empty() {
        // A close picture of a plate shows no whole vehicle.
        let whole = Rect::new(0.0, 0.0, image.width() as f32, image.height() as f32);
        looks.extend(eyes.detector.second_look_above(image, whole, &floors)?);
    }
    if found.plates.is_empty() && looks.is_empty() {
        looks.extend(eyes.detector.detect_near(image, &floors)?.plates);
    }
    let plates = merged(&found.plates, &looks, eyes.detector.spec());
    let mut photo = Photo { vehicles: found.vehicles, plates: Vec::new() };
    for plate in plates {
        let reading = eyes.reader.read_carefully(image, plate.rect)?;
        let vehicle = carrier(&plate, &photo.vehicles);
        photo.plates.push(judged(image, plate, reading, vehicle, &photo.vehicles, rules));
    }
    Ok(photo)
}

/// Reads a picture that is a plate and nothing else.
pub fn read_crop(
    image: &Image,
    reader: &mut ReaderNet,
    rules: &PhotoRules,
) -> Result<PhotoPlate, PipelineError> {
    let whole = Rect::new(0.0, 0.0, image.width() as f32, image.height() as f32);
    let reading = reader.read_whole(image)?;
    Ok(judged(image, PlateDetection { score: 1.0, rect: whole }, reading, None, &[], rules))
}

fn floors(detector: &DetectorNet, rules: &PhotoRules) -> Vec<f32> {
    let spec = detector.spec();
    rules.min_score.map_or_else(|| spec.min_score.clone(), |score| spec.uniform_floors(score))
}

/// The smallest vehicle whose box, a little grown, holds the plate.
fn carrier(plate: &PlateDetection, vehicles: &[VehicleDetection]) -> Option<usize> {
    let holds = |v: &VehicleDetection| v.rect.grown(0.05).overlap(&plate.rect) >= 0.8 * plate.rect.area();
    let holding = vehicles.iter().enumerate().filter(|(_, v)| holds(v));
    holding.min_by(|a, b| a.1.rect.area().total_cmp(&b.1.rect.area())).map(|(at, _)| at)
}

fn judged(
    image: &Image,
    found: PlateDetection,
    reading: PlateReading,
    vehicle: Option<usize>,
    vehicles: &[VehicleDetection],
    rules: &PhotoRules,
) -> PhotoPlate {
    let colour = plate_colour(image, &found.rect);
    let mut ballot = Ballot::new();
    ballot.add(Look {
        stream_s: 0.0,
        reading: reading.clone(),
        plate_width_px: found.rect.w,
        plate_score: found.score,
        colour,
    });
    let sure = vehicle.and_then(|at| vehicles.get(at)).filter(|v| v.score >= SURE_CLASS);
    let class = sure.map_or(VehicleClass::Unknown, |v| v.class);
    let outcome = ballot.outcome(&Context {
        vehicle: class,
        date: rules.date,
        home: &rules.home,
        rules: Rules::single_look(rules.min_confidence),
    });
    PhotoPlate { found, reading, outcome, colour, vehicle }
}

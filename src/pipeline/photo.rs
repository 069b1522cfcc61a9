//! One picture by itself: vehicles, plates and what they say. What `read` and `camera check` show.

use jiff::civil::Date;

use super::error::PipelineError;
use super::nets::{DetectorNet, ReaderNet, plate_colour};
use super::read::Eyes;
use crate::detect::{DetectorClass, merged};
use crate::domain::detection::{Detections, PlateDetection, VehicleClass, VehicleDetection};
use crate::domain::frame::Image;
use crate::domain::geometry::{FrameSpace, Rect};
use crate::domain::plate::{PlateColour, PlateOutcome, PlateReading, PlateState};
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

impl PhotoPlate {
    /// The text that is answered where the threshold is no higher than the number beside it, 0-1; of a plate that was
    /// judged with a `min_confidence` of 0.
    pub fn answer(&self) -> Option<(&str, f32)> {
        let key = self.outcome.key.as_ref().filter(|_| self.outcome.state == PlateState::Read)?;
        // A single look must be as sure as the belief in what it says: see `Rules::single_look`.
        Some((&key.text, self.outcome.confidence.min(self.reading.confidence)))
    }
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
    let found = find(image, &mut eyes.detector, &floors, &floors, true)?;
    let mut photo = Photo { vehicles: found.vehicles, plates: Vec::new() };
    for plate in found.plates {
        let reading = eyes.reader.read_carefully(image, plate.rect)?;
        let vehicle = carrier(&plate, &photo.vehicles);
        photo.plates.push(judged(image, plate, reading, vehicle, &photo.vehicles, rules));
    }
    Ok(photo)
}

/// Where vehicles and plates are, from `floors` (lowest score by class) on. What is looked at again hangs on `sure`
/// alone, the scores from which a find counts: so that lower floors show more, and nothing that counts changes.
pub fn find(
    image: &Image,
    detector: &mut DetectorNet,
    floors: &[f32],
    sure: &[f32],
    second_look: bool,
) -> Result<Detections, PipelineError> {
    let mut found = detector.detect(image, floors)?;
    if !second_look {
        return Ok(found);
    }
    let spec = detector.spec().clone();
    let counts = |class: DetectorClass, score: f32| {
        spec.classes.iter().zip(sure).any(|(c, least)| *c == class && score >= *least)
    };
    let mut again: Vec<Rect<FrameSpace>> = found
        .vehicles
        .iter()
        .filter(|v| counts(DetectorClass::Vehicle(v.class), v.score))
        .map(|v| v.rect)
        .collect();
    if again.is_empty() {
        // A close picture of a plate shows no whole vehicle.
        again.push(Rect::new(0.0, 0.0, image.width() as f32, image.height() as f32));
    }
    let mut looks = Vec::new();
    for rect in again {
        looks.extend(detector.second_look_above(image, rect, floors)?);
    }
    if !found.plates.iter().chain(&looks).any(|p| counts(DetectorClass::Plate, p.score)) {
        looks.extend(detector.detect_near(image, floors)?.plates);
    }
    found.plates = merged(&found.plates, &looks, &spec);
    Ok(found)
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
    let judge = |vehicle| {
        ballot.outcome(&Context {
            vehicle,
            date: rules.date,
            home: &rules.home,
            rules: Rules::single_look(rules.min_confidence),
        })
    };
    let mut outcome = judge(class);
    // One picture has no vote on the class: near a motorbike the detector says `car` as surely as it says anything. What
    // the plate says of itself stands against it.
    if outcome.state != PlateState::Read && class != VehicleClass::Unknown {
        let of_itself = judge(VehicleClass::Unknown);
        if of_itself.state == PlateState::Read {
            outcome = of_itself;
        }
    }
    PhotoPlate { found, reading, outcome, colour, vehicle }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::plate::{PlateKind, Slot};

    fn reading(text: &str, p: f32, confidence: f32) -> PlateReading {
        let slot = |c| Slot { c, p, others: vec![('8', (1.0 - p) / 2.0), ('B', (1.0 - p) / 3.0)] };
        PlateReading { rows: vec![text.chars().map(slot).collect()], confidence }
    }

    #[test]
    fn a_motorbikes_plate_is_read_where_the_detector_calls_it_a_car() {
        let image = Image::from_bgr(120, 90, vec![200; 120 * 90 * 3]).expect("its own size");
        let rules = PhotoRules {
            min_score: None,
            min_confidence: 0.9,
            date: Date::constant(2026, 3, 14),
            home: Home::find("Thái Nguyên").expect("a province"),
        };
        let rect = Rect::new(0.0, 0.0, 120.0, 90.0);
        let rows = |rows: [&str; 2], confidence| PlateReading {
            rows: rows.map(|r| r.chars().map(|c| Slot { c, p: 0.999, others: vec![] }).collect()).to_vec(),
            confidence,
        };
        let car = VehicleDetection { class: VehicleClass::Car, score: 0.9, rect };
        let said =
            |reading| judged(&image, PlateDetection { score: 1.0, rect }, reading, Some(0), &[car], &rules);
        let key = said(rows(["29B1", "23456"], 0.99)).outcome.key.expect("it says whose it is");
        assert_eq!((key.kind, key.text.as_str()), (PlateKind::Motorcycle, "29B123456"));
        assert!(said(rows(["29B1", "23456"], 0.5)).outcome.key.is_none(), "in doubt as before");
    }

    proptest! {
        // What `eval plates` counts at a threshold is what `read --min-confidence` says there.
        #[test]
        fn an_answer_stands_up_to_its_threshold(
            text in prop_oneof![Just("30A12345"), Just("51R52345"), Just("29LA12345"), Just("30A1234"), Just("ABC123")],
            p in 0.4f32..1.0,
            confidence in 0.0f32..1.0,
            threshold in 0.0f32..1.0,
        ) {
            let image = Image::from_bgr(120, 30, vec![200; 120 * 30 * 3]).expect("its own size");
            let judge = |min_confidence| {
                let rules = PhotoRules {
                    min_score: None,
                    min_confidence,
                    date: Date::constant(2026, 3, 14),
                    home: Home::find("Thái Nguyên").expect("a province"),
                };
                let found = PlateDetection { score: 1.0, rect: Rect::new(0.0, 0.0, 120.0, 30.0) };
                judged(&image, found, reading(text, p, confidence), None, &[], &rules)
            };
            let said = judge(threshold).outcome.key.map(|k| k.text);
            let lowest = judge(0.0);
            let counted = lowest.answer().filter(|(_, sure)| *sure >= threshold).map(|(text, _)| text.to_owned());
            prop_assert_eq!(counted, said);
        }
    }
}

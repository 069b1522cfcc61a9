//! A passage (lượt xe qua): one vehicle's crossing of one camera's line in one direction, or its stay in an interior
//! view. Serde gives the contract's JSON, without the `type` that the printer puts before it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::detection::{VehicleClass, VehicleColour};
use super::ids::{CameraId, RecordId};
use super::place::{CameraRole, Direction};
use super::plate::{Candidate, Layout, PlateClass, PlateColour, PlateKey, PlateKind, PlateState, Verdict};
use super::time::{ClockQuality, local, local_option};

/// Evidence pictures: paths relative to the store's folder, with `/`. Null where none was kept or it was removed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pictures {
    /// The whole frame that was read.
    pub frame: Option<String>,
    /// The vehicle in it.
    pub vehicle: Option<String>,
    /// The plate in it.
    pub plate: Option<String>,
}

/// One passage as recorded.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Passage {
    /// Name; stays the same over revisions.
    pub id: RecordId,
    /// 1 at first writing, one more at each amendment.
    pub revision: u32,
    /// Camera.
    pub camera: CameraId,
    /// Its gate, for a gateway.
    pub gate: Option<String>,
    /// Lane.
    pub lane: Option<String>,
    /// Role of the camera.
    pub role: CameraRole,
    /// Direction.
    pub direction: Direction,
    /// When the line was crossed; of a stay, when it was first seen; null for a file without `start`.
    #[serde(with = "local_option")]
    pub crossed_at: Option<Timestamp>,
    /// First sight of the vehicle.
    #[serde(with = "local_option")]
    pub first_seen: Option<Timestamp>,
    /// Last sight of the vehicle.
    #[serde(with = "local_option")]
    pub last_seen: Option<Timestamp>,
    /// Seconds of the stream at the crossing.
    pub stream_s: f64,
    /// Quality of the wall clock.
    pub clock: ClockQuality,
    /// Vehicle class by vote.
    pub class: VehicleClass,
    /// Colour of what faces the camera by vote over the sights; null in doubt, by infra-red and for motorbikes.
    pub colour: Option<VehicleColour>,
    /// Compact plate text; null unless `plate_state` is `read`.
    pub plate: Option<String>,
    /// What the plate is made for; null where `plate` is.
    pub plate_kind: Option<PlateKind>,
    /// Whether it was read.
    pub plate_state: PlateState,
    /// Calibrated probability that the read is exact, 0-1.
    pub confidence: f32,
    /// Best guesses.
    pub candidates: Vec<Candidate>,
    /// Row split.
    pub layout: Option<Layout>,
    /// Grammar class.
    pub plate_class: Option<PlateClass>,
    /// Ground colour.
    pub plate_colour: PlateColour,
    /// A trailer's own plate, seen from behind: of the tractor none can be seen then, and `plate` is null.
    pub trailer_plate: Option<String>,
    /// The number painted on a truck's body.
    pub painted_number: Option<String>,
    /// Two-digit issuing code.
    pub province: Option<String>,
    /// Verdict on the local date of the passage.
    pub verdict: Verdict,
    /// Looks that were tried.
    pub looks: u32,
    /// Evidence.
    pub pictures: Pictures,
    /// Versions of the models and the execution provider: `detector=2026.11 reader=2026.11 provider=cpu`.
    pub models: String,
    /// First 12 hexadecimal digits of SHA-256 of the effective configuration, secrets left out.
    pub config: String,
    /// True where the date is not known and the verdict was taken by the table in force when it was recorded.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub verdict_by_today: bool,
    /// True where plate and verdict are what a person read; `confidence` is 1 then.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub corrected: bool,
}

impl Passage {
    /// The key that names its vehicle, or the trailer where that alone shows one; `None` where nothing was read.
    pub fn key(&self) -> Option<PlateKey> {
        match (&self.plate, self.plate_kind, &self.trailer_plate) {
            (Some(text), Some(kind), _) => Some(PlateKey { kind, text: text.clone() }),
            (None, _, Some(text)) => Some(PlateKey { kind: PlateKind::Trailer, text: text.clone() }),
            _ => None,
        }
    }

    /// The passage named by `key`, its plate not visible where that is a trailer's; what is said of a plate elsewhere
    /// stays.
    pub fn named(self, key: Option<PlateKey>) -> Self {
        match key {
            Some(PlateKey { kind: PlateKind::Trailer, text }) => Self {
                plate: None,
                plate_kind: None,
                plate_state: PlateState::NotVisible,
                trailer_plate: Some(text),
                ..self
            },
            key => {
                let (plate, plate_kind) = key.map(|k| (k.text, k.kind)).unzip();
                Self { plate, plate_kind, trailer_plate: None, ..self }
            }
        }
    }
}

/// What was taken back: a vehicle that went back over the line within one track.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CancelledPassage {
    /// The passage.
    pub id: RecordId,
    /// When it was taken back.
    #[serde(with = "local_option")]
    pub at: Option<Timestamp>,
    /// Why, in words.
    pub why: String,
}

/// A time in which a camera gave no frames: a fact that journeys lean on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Outage {
    /// Camera.
    pub camera: CameraId,
    /// Last moment known good.
    #[serde(with = "local")]
    pub from: Timestamp,
    /// First frame after it; `None`: it goes on.
    #[serde(with = "local_option")]
    pub to: Option<Timestamp>,
    /// The state it was in: `unreachable`, `auth_failed`, `stalled`, `stopped`.
    pub state: String,
    /// The last error, in words.
    pub why: String,
}

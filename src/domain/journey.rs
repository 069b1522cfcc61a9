//! A journey (hành trình): the crossings and sightings of one vehicle from entry to exit. Serde gives the contract's
//! JSON, without the `type` that the printer puts before it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::detection::VehicleClass;
use super::ids::{CameraId, RecordId};
use super::passage::{Outage, Passage};
use super::place::Direction;
use super::plate::{PlateKind, Verdict};
use super::time::{local, local_option};

/// Where a journey stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum JourneyState {
    /// Came in, not seen going out.
    Inside,
    /// Went out.
    Left,
    /// No sighting for longer than the configured time, or a second entry without an exit.
    Lost,
}

impl JourneyState {
    /// The word in JSON and in the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Inside => "inside",
            Self::Left => "left",
            Self::Lost => "lost",
        }
    }
}

/// Where the plate was issued.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// Two-digit code; null where there is no province.
    pub code: Option<String>,
    /// Province of the code before 2025-07-01.
    pub province_2021: Option<String>,
    /// Province of the code since.
    pub province_now: Option<String>,
}

/// One passage of a journey.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Leg {
    /// Passage.
    pub passage: RecordId,
    /// Camera.
    pub camera: CameraId,
    /// When.
    #[serde(with = "local")]
    pub at: Timestamp,
    /// Direction.
    pub direction: Direction,
    /// Probability that this passage belongs to the journey, 0-1.
    pub p: f32,
    /// Why it was joined: `first`, `same plate`, `same crossing`, `looks alike: …`, `best reading: …`.
    pub why: String,
    /// Probability that this is the vehicle's next recorded passage after the leg before, 0-1; `None` for the first, and
    /// where nobody asked yet.
    pub link_p: Option<f32>,
    /// Passages between the leg before and this that may be the vehicle's and are not joined, likeliest first.
    #[serde(default)]
    pub between: Vec<MayBe>,
}

impl Leg {
    /// Whether it is said to follow the leg before: no passage of the vehicle is likely to lie between.
    pub fn is_next(&self) -> bool {
        self.link_p.is_none_or(is_link)
    }
}

/// From this probability on two legs are said to follow each other.
const LINK_FROM: f32 = 0.94;

/// Whether two legs of this `link_p` are said to follow each other.
pub fn is_link(link_p: f32) -> bool {
    link_p >= LINK_FROM
}

/// A passage that may be a vehicle's.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MayBe {
    /// Passage.
    pub passage: RecordId,
    /// Probability that it is, 0-1.
    pub p: f32,
}

/// A passage as a witness of one vehicle.
#[derive(Debug, Clone, PartialEq)]
pub struct Witness {
    /// The passage, in its latest revision.
    pub passage: Passage,
    /// Probability that it is of this vehicle, 0-1.
    pub p: f32,
    /// Why it is taken for one, where its plate was not read as this vehicle's; in words for a leg.
    pub why: Option<String>,
}

impl Witness {
    /// Of the vehicle whose plate was read: as sure as the read.
    pub fn read(passage: Passage) -> Self {
        Self { p: passage.confidence, why: None, passage }
    }
}

/// One journey.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Journey {
    /// Name, of the plate's key and the first leg's passage.
    pub id: RecordId,
    /// Compact plate text.
    pub plate: String,
    /// What the plate is made for.
    pub plate_kind: PlateKind,
    /// Vehicle class, by the most legs.
    pub class: VehicleClass,
    /// Verdict, never `home`.
    pub verdict: Verdict,
    /// Where the plate was issued.
    pub origin: Origin,
    /// Where it stands.
    pub state: JourneyState,
    /// Whether the entry was seen.
    pub entry_seen: bool,
    /// Whether the exit was seen.
    pub exit_seen: bool,
    /// Crossing of the entry.
    #[serde(with = "local_option")]
    pub entered_at: Option<Timestamp>,
    /// Gate of the entry.
    pub entered_by: Option<String>,
    /// Crossing of the exit.
    #[serde(with = "local_option")]
    pub left_at: Option<Timestamp>,
    /// Gate of the exit.
    pub left_by: Option<String>,
    /// Last sighting.
    #[serde(with = "local")]
    pub last_seen_at: Timestamp,
    /// Camera of the last sighting.
    pub last_seen_by: CameraId,
    /// Passages by time.
    pub legs: Vec<Leg>,
    /// Outages that fall between entry and now or exit.
    pub outages: Vec<Outage>,
}

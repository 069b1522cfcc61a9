//! What the detector finds in one picture.

use serde::{Deserialize, Serialize};

use super::geometry::{FrameSpace, Rect};

/// What a vehicle is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum VehicleClass {
    /// Passenger car, van, pick-up.
    Car,
    /// Motorbike with its rider.
    Motorcycle,
    /// Bus.
    Bus,
    /// Lorry of any size.
    Truck,
    /// Not sure.
    Unknown,
}

impl VehicleClass {
    /// All of them, in the order of the detector's classes.
    pub const ALL: [Self; 5] = [Self::Car, Self::Motorcycle, Self::Bus, Self::Truck, Self::Unknown];

    /// The word in JSON and in the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Car => "car",
            Self::Motorcycle => "motorcycle",
            Self::Bus => "bus",
            Self::Truck => "truck",
            Self::Unknown => "unknown",
        }
    }

    /// The class of that word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|c| c.as_str() == word)
    }
}

/// A vehicle found in a frame.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct VehicleDetection {
    /// Its likeliest class; never `Unknown`.
    pub class: VehicleClass,
    /// Objectness times class probability, 0-1.
    pub score: f32,
    /// Where.
    pub rect: Rect<FrameSpace>,
}

/// A plate found in a frame.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PlateDetection {
    /// Objectness times class probability, 0-1.
    pub score: f32,
    /// Where, upright even where the plate is tilted.
    pub rect: Rect<FrameSpace>,
}

/// Everything found in one frame, each list by falling score.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Detections {
    /// Vehicles.
    pub vehicles: Vec<VehicleDetection>,
    /// Plates.
    pub plates: Vec<PlateDetection>,
}

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

/// The colour of a vehicle as the camera sees it, coarse: silver is `Grey` or `White`, whichever it looks like, and brown
/// is never told from what light and dirt make of other colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum VehicleColour {
    /// White.
    White,
    /// Grey, silver in shade.
    Grey,
    /// Black.
    Black,
    /// Red.
    Red,
    /// Orange.
    Orange,
    /// Yellow.
    Yellow,
    /// Green.
    Green,
    /// Blue.
    Blue,
}

impl VehicleColour {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::White,
        Self::Grey,
        Self::Black,
        Self::Red,
        Self::Orange,
        Self::Yellow,
        Self::Green,
        Self::Blue,
    ];

    /// The word in JSON and in the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::White => "white",
            Self::Grey => "grey",
            Self::Black => "black",
            Self::Red => "red",
            Self::Orange => "orange",
            Self::Yellow => "yellow",
            Self::Green => "green",
            Self::Blue => "blue",
        }
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

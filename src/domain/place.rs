//! Where cameras stand and what they are for.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::geometry::Line;
use super::ids::CameraId;

/// Whether a camera watches the border of the home province.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CameraRole {
    /// At a gate.
    Gateway,
    /// Inside.
    Interior,
}

impl CameraRole {
    /// The word in JSON and in the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Gateway => "gateway",
            Self::Interior => "interior",
        }
    }
}

/// Which end of the vehicles a camera sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Faces {
    /// Fronts.
    Front,
    /// Rears.
    Rear,
    /// Both, by direction of travel.
    Both,
}

/// Direction of a passage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// Into the province; at an interior line, its `in` side.
    In,
    /// Out of it.
    Out,
    /// A stay in an interior view without a line.
    Seen,
}

impl Direction {
    /// The word in JSON and in the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::In => "in",
            Self::Out => "out",
            Self::Seen => "seen",
        }
    }

    /// The direction of that word.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::In, Self::Out, Self::Seen].into_iter().find(|d| d.as_str() == word)
    }
}

/// A gate (cửa ngõ): where the border of the home province is crossed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Gate {
    /// Name.
    pub name: String,
    /// WGS84 degrees north.
    pub lat: Option<f64>,
    /// WGS84 degrees east.
    pub lon: Option<f64>,
    /// The province beyond.
    pub neighbour: Option<String>,
    /// First day of its role; `None`: always.
    pub from: Option<Date>,
    /// Last day of its role; `None`: still.
    pub to: Option<Date>,
}

/// A camera as a place: what passages need to know of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CameraPlace {
    /// Name.
    pub name: CameraId,
    /// Role.
    pub role: CameraRole,
    /// Its gate's name; always given for a gateway.
    pub gate: Option<String>,
    /// Lane.
    pub lane: Option<String>,
    /// WGS84 degrees north, its gate's where not given.
    pub lat: Option<f64>,
    /// WGS84 degrees east.
    pub lon: Option<f64>,
    /// Which end of the vehicles it sees.
    pub faces: Faces,
    /// The counting line; `None` only for interior cameras, where the stay counts.
    pub line: Option<Line>,
}

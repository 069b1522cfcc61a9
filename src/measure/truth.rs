//! Truth beside footage: `passes.jsonl` and `journeys.jsonl`, one JSON object a line (the contract's keys; more may
//! stand beside them).

use jiff::Timestamp;
use serde::Deserialize;
use thiserror::Error;

use crate::domain::detection::{VehicleClass, VehicleColour};
use crate::domain::journey::JourneyState;
use crate::domain::passage::Passage;
use crate::domain::place::Direction;
use crate::domain::plate::{Layout, Verdict};

/// One true passage.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct TruthPass {
    /// Name.
    pub id: String,
    /// Camera.
    pub camera: String,
    /// When the line was crossed.
    pub crossed_at: Timestamp,
    /// Direction.
    pub direction: Direction,
    /// Class.
    pub class: VehicleClass,
    /// Row split.
    pub layout: Option<Layout>,
    /// Compact plate text; null where the vehicle shows none.
    pub plate: Option<String>,
    /// Of a trailer that hides the tractor's plate; null where there is none.
    #[serde(default)]
    pub trailer_plate: Option<String>,
    /// Width of the plate at the crossing, in pixels of the frame.
    pub plate_width_px: Option<f64>,
    /// Whether the plate can be read, by rule.
    pub readable: bool,
    /// True verdict.
    pub verdict: Verdict,
    /// Name of the vehicle in the truth of the frames, where there is one.
    #[serde(default)]
    pub vehicle: Option<String>,
    /// Kept out of all training.
    #[serde(default)]
    pub held_out: bool,
    /// Light and weather in a word of the truth's own: `day`, `rain`, `night`; null where it does not say.
    #[serde(default)]
    pub light: Option<String>,
    /// The colours that are right for what faces the camera: of a silver car `grey` and `white`. Empty where the truth does not
    /// say, or none of the words is right.
    #[serde(default)]
    pub colours: Vec<VehicleColour>,
    /// Largest visible share of the plate near the crossing, 0-1; null where the truth does not say.
    #[serde(default)]
    pub plate_visible: Option<f64>,
}

impl TruthPass {
    /// Whether the record answers with a plate, or a trailer's, that is not the truth's.
    pub fn is_contradicted(&self, recorded: &Passage) -> bool {
        match (&recorded.plate, &recorded.trailer_plate) {
            (Some(text), _) => Some(text) != self.plate.as_ref(),
            (None, Some(text)) => Some(text) != self.trailer_plate.as_ref(),
            (None, None) => false,
        }
    }
}

/// One true journey.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct TruthJourney {
    /// Compact plate text.
    pub plate: String,
    /// Its passages by time.
    pub passes: Vec<String>,
    /// Entry; null where it was not seen.
    pub entered_at: Option<Timestamp>,
    /// Exit; null where there was none.
    pub left_at: Option<Timestamp>,
    /// Where it stands at the end.
    pub state: JourneyState,
}

/// All truth of one set of cameras.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Truth {
    /// Passages.
    pub passes: Vec<TruthPass>,
    /// Journeys.
    pub journeys: Vec<TruthJourney>,
}

/// What is wrong with a truth file.
#[derive(Debug, Error, PartialEq)]
pub enum TruthError {
    /// A line is not the object that it should be.
    #[error("{file}:{line}: {message}")]
    Line {
        /// `passes.jsonl`, `journeys.jsonl` or another.
        file: &'static str,
        /// From 1.
        line: usize,
        /// Why.
        message: String,
    },
    /// A journey names a passage that is not there.
    #[error(
        "journeys.jsonl: the journey of {plate} names the pass `{pass}`, which passes.jsonl does not have"
    )]
    UnknownPass {
        /// The journey's plate.
        plate: String,
        /// The name.
        pass: String,
    },
}

impl Truth {
    /// Reads the texts of the two files.
    pub fn parse(passes: &str, journeys: &str) -> Result<Self, TruthError> {
        let truth =
            Self { passes: lines("passes.jsonl", passes)?, journeys: lines("journeys.jsonl", journeys)? };
        for journey in &truth.journeys {
            if let Some(pass) = journey.passes.iter().find(|id| !truth.passes.iter().any(|p| p.id == **id)) {
                return Err(TruthError::UnknownPass { plate: journey.plate.clone(), pass: pass.clone() });
            }
        }
        Ok(truth)
    }
}

/// JSON Lines; blank ones are passed over.
pub(super) fn lines<T: for<'de> Deserialize<'de>>(
    file: &'static str,
    text: &str,
) -> Result<Vec<T>, TruthError> {
    let numbered = text.lines().enumerate().filter(|(_, l)| !l.trim().is_empty());
    let read = numbered.map(|(at, line)| {
        serde_json::from_str(line).map_err(|e| TruthError::Line {
            file,
            line: at + 1,
            message: e.to_string(),
        })
    });
    read.collect()
}

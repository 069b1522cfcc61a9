//! A correction: what a person read on a passage's pictures instead of the program.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::ids::RecordId;
use super::passage::Passage;
use super::plate::{Candidate, PlateClass, PlateKey, PlateKind, PlateState, Verdict};

/// A plate as a person read it, with what follows from it by the rule of the passage's date.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonRead {
    /// Compact text, Đ kept; null where no plate is legible.
    pub plate: Option<String>,
    /// What the plate is made for; null where `plate` is.
    pub plate_kind: Option<PlateKind>,
    /// Grammar class.
    pub plate_class: Option<PlateClass>,
    /// Two-digit issuing code; null for every verdict of no province.
    pub province: Option<String>,
    /// Verdict on the local date of the passage.
    pub verdict: Verdict,
}

impl PersonRead {
    /// No plate is legible.
    pub const ILLEGIBLE: Self = Self {
        plate: None,
        plate_kind: None,
        plate_class: None,
        province: None,
        verdict: Verdict::Undetermined,
    };

    /// The key that names the vehicle.
    pub fn key(&self) -> Option<PlateKey> {
        Some(PlateKey { kind: self.plate_kind?, text: self.plate.clone()? })
    }
}

/// A correction of one passage. The latest by time, then by name, holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Correction {
    /// Name, made of all that follows: the same on every box that it comes to.
    pub id: RecordId,
    /// The passage.
    pub passage: RecordId,
    /// When, in whole microseconds.
    #[serde(with = "micros")]
    pub at: Timestamp,
    /// Who.
    pub who: String,
    /// Why; never blank.
    pub why: String,
    /// What was read; null takes earlier corrections back, and the program's reading stands again.
    pub reading: Option<PersonRead>,
}

impl Correction {
    /// A correction of `passage` by `who` at the time `at`.
    pub fn new(passage: RecordId, at: Timestamp, who: &str, why: &str, reading: Option<PersonRead>) -> Self {
        let read = match &reading {
            None => "program".to_owned(),
            Some(PersonRead { plate: None, .. }) => "illegible".to_owned(),
            Some(read) => read.key().map_or_else(String::new, |k| k.to_string()),
        };
        let at = Timestamp::from_microsecond(at.as_microsecond()).unwrap_or(at);
        let moment = at.as_microsecond().to_string();
        let id = RecordId::derive('c', &[passage.as_str(), &moment, who, why, &read]);
        Self { id, passage, at, who: who.to_owned(), why: why.to_owned(), reading }
    }

    /// The passage as it is recorded under this correction. `program` is the program's latest revision of it, `count`
    /// the number of corrections that it has had: each of them, too, is a revision.
    pub fn applied_to(&self, program: &Passage, count: u32) -> Passage {
        let revision = program.revision + count;
        let Some(read) = &self.reading else { return Passage { revision, ..program.clone() } };
        let (plate_state, confidence) = match read.plate {
            Some(_) => (PlateState::Read, 1.0),
            None => (PlateState::Undetermined, 0.0),
        };
        Passage {
            revision,
            plate_state,
            confidence,
            candidates: read
                .plate
                .iter()
                .map(|text| Candidate { text: text.clone(), p: 1.0, painted: false })
                .collect(),
            plate_class: read.plate_class,
            province: read.province.clone(),
            verdict: read.verdict,
            corrected: true,
            ..program.clone()
        }
        .named(read.key())
    }
}

/// Serde form of a time whose microseconds matter: RFC 3339 in UTC.
mod micros {
    use jiff::Timestamp;
    use serde::{Deserialize, Deserializer, Serializer};

    pub fn serialize<S: Serializer>(at: &Timestamp, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(at)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Timestamp, D::Error> {
        String::deserialize(from)?.parse().map_err(serde::de::Error::custom)
    }
}

//! Plates: what one look reads, and what a track's looks together say.

use std::fmt;

use serde::{Deserialize, Serialize};

/// How many rows the characters stand in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Layout {
    /// All in one row.
    OneLine,
    /// Two rows.
    TwoLine,
}

impl Layout {
    /// The word in JSON and in the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::OneLine => "one_line",
            Self::TwoLine => "two_line",
        }
    }
}

/// What kind of vehicle a plate is made for. Part of the plate's key: 30A12345 is a car or an old motorbike.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PlateKind {
    /// Four wheels and more.
    Car,
    /// Motorbikes and mopeds.
    Motorcycle,
    /// Trailers and semi-trailers.
    Trailer,
}

impl PlateKind {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Car, Self::Motorcycle, Self::Trailer];

    /// The word in JSON and in the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Car => "car",
            Self::Motorcycle => "motorcycle",
            Self::Trailer => "trailer",
        }
    }

    /// The kind of that word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|k| k.as_str() == word)
    }
}

/// What names a vehicle: kind and compact upper-case text without separators, Đ kept.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PlateKey {
    /// Kind.
    pub kind: PlateKind,
    /// Compact text.
    pub text: String,
}

impl fmt::Display for PlateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.kind.as_str(), self.text)
    }
}

/// Classes of the plate grammar (the table plate_regex.tsv).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)] // named as in the table, which explains them
pub enum PlateClass {
    Car,
    MotoLetterDigit,
    MotoTwoLetter,
    MotoElectric,
    Trailer,
    Special,
    EconZone,
    DiplomaticCar,
    DiplomaticCarAlt,
    DiplomaticMoto,
    Temporary,
    ArmyCar,
    ArmyMoto,
    ArmyTrailer,
    ForeignCn,
    ForeignLa,
    MopedOld,
}

/// The plate's ground colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PlateColour {
    /// Private.
    White,
    /// Transport business since 2020-08.
    Yellow,
    /// The state.
    Blue,
    /// The army.
    Red,
    /// Not sure.
    Unknown,
}

impl PlateColour {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::White, Self::Yellow, Self::Blue, Self::Red, Self::Unknown];

    /// The word in JSON and in the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::White => "white",
            Self::Yellow => "yellow",
            Self::Blue => "blue",
            Self::Red => "red",
            Self::Unknown => "unknown",
        }
    }

    /// The colour of that word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|c| c.as_str() == word)
    }
}

/// Whether a plate could be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlateState {
    /// Read.
    Read,
    /// Visible, too little agreement; the best guesses are kept as candidates.
    Undetermined,
    /// None to be seen: a motorbike from the front, a covered or missing plate.
    NotVisible,
}

impl PlateState {
    /// The word in JSON and in the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Undetermined => "undetermined",
            Self::NotVisible => "not_visible",
        }
    }
}

/// Where a plate's issuer stands to the home province, on the local date of the passage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Issued in the home province.
    Home,
    /// Issued in another province.
    Outside,
    /// Belongs to none: army, diplomatic, temporary, code 80.
    NoProvince,
    /// Another country's.
    Foreign,
    /// Not sure.
    Undetermined,
}

impl Verdict {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::Home, Self::Outside, Self::NoProvince, Self::Foreign, Self::Undetermined];

    /// The word in JSON and in the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Home => "home",
            Self::Outside => "outside",
            Self::NoProvince => "no_province",
            Self::Foreign => "foreign",
            Self::Undetermined => "undetermined",
        }
    }

    /// The verdict of that word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|v| v.as_str() == word)
    }
}

/// One character of one look.
#[derive(Debug, Clone, PartialEq)]
pub struct Slot {
    /// The likeliest character.
    pub c: char,
    /// Its probability, 0-1.
    pub p: f32,
    /// Other characters with their probability, by falling probability; those below 0.001 are left out.
    pub others: Vec<(char, f32)>,
}

/// What the reader makes of one crop.
#[derive(Debug, Clone, PartialEq)]
pub struct PlateReading {
    /// Characters by row, one or two rows, none of them empty; no row at all where nothing was read.
    pub rows: Vec<Vec<Slot>>,
    /// Calibrated probability that text and row split are exact, 0-1.
    pub confidence: f32,
}

impl PlateReading {
    /// The compact text, rows joined without a mark.
    pub fn text(&self) -> String {
        self.rows.iter().flatten().map(|s| s.c).collect()
    }

    /// The rows as texts.
    pub fn row_texts(&self) -> Vec<String> {
        self.rows.iter().map(|r| r.iter().map(|s| s.c).collect()).collect()
    }

    /// The row split; `None` where nothing was read.
    pub fn layout(&self) -> Option<Layout> {
        match self.rows.len() {
            0 => None,
            1 => Some(Layout::OneLine),
            _ => Some(Layout::TwoLine),
        }
    }
}

/// A possible text of a plate.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Candidate {
    /// Compact text.
    pub text: String,
    /// Its share of the belief, 0-1; candidates together never exceed 1.
    pub p: f32,
    /// Whether the number painted on the body says so: it settled the read, or contradicts it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub painted: bool,
}

/// What a track's looks together say about its plate.
#[derive(Debug, Clone, PartialEq)]
pub struct PlateOutcome {
    /// Whether it was read.
    pub state: PlateState,
    /// The key, where read.
    pub key: Option<PlateKey>,
    /// Calibrated probability that the read is exact, 0-1; of the best candidate where undetermined.
    pub confidence: f32,
    /// Best guesses by falling probability, the read text first; empty where not visible.
    pub candidates: Vec<Candidate>,
    /// Row split, where the looks agree on it.
    pub layout: Option<Layout>,
    /// Grammar class, where one is left.
    pub class: Option<PlateClass>,
    /// Ground colour by vote.
    pub colour: PlateColour,
    /// Two-digit issuing code; `None` for every verdict of no province, and where undetermined.
    pub province: Option<u8>,
    /// Verdict on the date of the passage.
    pub verdict: Verdict,
    /// Looks that were tried, the empty ones included.
    pub looks: u32,
    /// The number painted on the body, compact, where that was read.
    pub painted: Option<String>,
}

//! The watch list (danh sách theo dõi) and its alerts (cảnh báo).

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::ids::RecordId;
use super::passage::Passage;
use super::plate::PlateKind;
use super::time::{local, local_option};

/// How an entry of the watch list finds its vehicle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum WatchHow {
    /// The plate as it is read.
    Exact,
    /// The plate, and what may be a misreading of it.
    Alike,
    /// `*` stands for any characters, `?` for one.
    Pattern,
}

impl WatchHow {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Exact, Self::Alike, Self::Pattern];

    /// The word in JSON, CSV and the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Alike => "alike",
            Self::Pattern => "pattern",
        }
    }

    /// The way of that word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|h| h.as_str() == word)
    }
}

/// What is to be watched for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// How.
    pub how: WatchHow,
    /// Compact text with Đ as D; of a pattern with `*` and `?`.
    pub plate: String,
    /// Kind of plate; `None`: any.
    pub plate_kind: Option<PlateKind>,
    /// Why; never blank.
    pub reason: String,
    /// Until when; `None`: until it is taken off.
    pub expires_at: Option<Timestamp>,
}

/// An entry of the watch list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WatchEntry {
    /// Number; none comes twice.
    pub id: i64,
    /// How.
    pub how: WatchHow,
    /// Compact text with Đ as D; of a pattern with `*` and `?`.
    pub plate: String,
    /// Kind of plate; null: any.
    pub plate_kind: Option<PlateKind>,
    /// Why.
    pub reason: String,
    /// When it was added.
    #[serde(with = "local")]
    pub added_at: Timestamp,
    /// By whom.
    pub added_by: String,
    /// Until when; null: until it is taken off.
    #[serde(with = "local_option")]
    pub expires_at: Option<Timestamp>,
    /// When it was taken off.
    #[serde(with = "local_option")]
    pub removed_at: Option<Timestamp>,
    /// By whom.
    pub removed_by: Option<String>,
}

impl WatchEntry {
    /// Whether it is watched for at `now`.
    pub fn is_live(&self, now: Timestamp) -> bool {
        self.removed_at.is_none() && self.expires_at.is_none_or(|at| at > now)
    }
}

/// What an event says of its alert.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AlertState {
    /// The passage matches the entry.
    Raised,
    /// It still does, by another plate than was told.
    Amended,
    /// It no longer does: a later look or a person read another plate, or the passage was taken back.
    Withdrawn,
}

impl AlertState {
    /// The word in JSON and in the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Raised => "raised",
            Self::Amended => "amended",
            Self::Withdrawn => "withdrawn",
        }
    }
}

/// A revision of an alert, as it goes out. Whoever receives it twice knows it by its `key`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AlertEvent {
    /// `id` and `revision`: the idempotency key.
    pub key: String,
    /// Name of the alert, made of passage and entry.
    pub id: RecordId,
    /// 1 when it is raised, one more at each change.
    pub revision: u32,
    /// What happened.
    pub state: AlertState,
    /// When.
    #[serde(with = "local")]
    pub at: Timestamp,
    /// The plate that matched, compact; a candidate where the passage's plate was not read for sure.
    pub plate: String,
    /// Probability that this passage is of a plate that the entry means, 0-1.
    pub p: f32,
    /// The entry.
    pub watch: WatchEntry,
    /// The passage; of a withdrawn alert, as it is now, or as it last was.
    pub passage: Passage,
}

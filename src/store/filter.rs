//! What is asked of the store, and how that is said in SQL.

use jiff::{SignedDuration, Timestamp};
use rusqlite::types::Value;

use super::rows::text;
use super::search::Pattern;
use crate::domain::detection::{VehicleClass, VehicleColour};
use crate::domain::place::Direction;
use crate::domain::plate::{PlateKey, Verdict};

/// What is asked for. An empty list and `None` ask for all; several in one list: any of them; the fields together: all
/// of them. For journeys, `from` and `to` are about the entry where `direction` is `in`, about the exit where it is
/// `out`, else about the first leg.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Filter {
    /// At this time or later. Undated passages are left out where `from` or `to` is given.
    pub from: Option<Timestamp>,
    /// Before this time.
    pub to: Option<Timestamp>,
    /// Cameras; of a journey, of any leg.
    pub cameras: Vec<String>,
    /// Gates; of a journey, its entry's or exit's.
    pub gates: Vec<String>,
    /// Direction; of a journey: `in`, its entry was seen; `out`, its exit was.
    pub direction: Option<Direction>,
    /// Verdicts.
    pub verdicts: Vec<Verdict>,
    /// Two-digit codes.
    pub provinces: Vec<String>,
    /// Vehicle classes.
    pub classes: Vec<VehicleClass>,
    /// Vehicle colours; of a journey, of any leg's passage.
    pub colours: Vec<VehicleColour>,
    /// Plates by their exact key.
    pub plates: Vec<PlateKey>,
    /// Plates by pattern on compact text: `*` any characters, `?` one, all else itself; Đ and D are the same.
    pub plate_patterns: Vec<String>,
    /// Confidence of the read at least this, 0-1; of a journey, of any leg's.
    pub min_confidence: Option<f32>,
    /// Gate of the entry; of a passage: an `in` at that gate.
    pub in_by: Option<String>,
    /// Gate of the exit; of a passage: an `out` at that gate.
    pub out_by: Option<String>,
    /// Lasting longer than this: a passage from first to last sight; a journey from its first leg to its exit, to its
    /// last sighting where it is lost, else to `now`.
    pub longer_than: Option<SignedDuration>,
    /// A journey that did not end and was last seen before this is lost by now; `None`: only those that are on record so.
    pub lost_before: Option<Timestamp>,
    /// So many at most.
    pub limit: Option<usize>,
}

impl Filter {
    /// Its `limit` as SQL has it: -1 is none.
    pub(super) fn limit_sql(&self) -> i64 {
        self.limit.map_or(-1, |n| i64::try_from(n).unwrap_or(i64::MAX))
    }
}

/// A WHERE clause in the making.
#[derive(Default)]
pub(super) struct Conditions {
    terms: Vec<String>,
    pub(super) values: Vec<Value>,
}

impl Conditions {
    pub(super) fn add(&mut self, term: &str, values: impl IntoIterator<Item = Value>) {
        self.terms.push(term.to_owned());
        self.values.extend(values);
    }

    pub(super) fn any_of(&mut self, column: &str, words: impl IntoIterator<Item = String>) {
        let words: Vec<Value> = words.into_iter().map(text).collect();
        if !words.is_empty() {
            self.terms.push(format!("{column} IN ({})", vec!["?"; words.len()].join(", ")));
            self.values.extend(words);
        }
    }

    pub(super) fn times(&mut self, column: &str, filter: &Filter) {
        if let Some(from) = filter.from {
            self.add(&format!("{column} >= ?"), [Value::Integer(from.as_microsecond())]);
        }
        if let Some(to) = filter.to {
            self.add(&format!("{column} < ?"), [Value::Integer(to.as_microsecond())]);
        }
    }

    /// What passages, and their counts by hour, are both asked by; `table`: what stands before the columns' names.
    pub(super) fn passing(&mut self, table: &str, filter: &Filter) {
        self.any_of(&format!("{table}camera"), filter.cameras.iter().cloned());
        self.any_of(&format!("{table}gate"), filter.gates.iter().cloned());
        self.any_of(&format!("{table}direction"), filter.direction.map(|d| d.as_str().to_owned()));
        self.any_of(&format!("{table}verdict"), filter.verdicts.iter().map(|v| v.as_str().to_owned()));
        self.any_of(&format!("{table}province"), filter.provinces.iter().cloned());
        self.any_of(&format!("{table}class"), filter.classes.iter().map(|v| v.as_str().to_owned()));
    }

    /// Patterns are looked up among the plates on record first: those are few beside their passages.
    pub(super) fn plates(&mut self, table: &str, filter: &Filter) {
        if !filter.plates.is_empty() {
            let each = format!("({table}.plate = ? AND {table}.plate_kind = ?)");
            self.terms.push(format!("({})", vec![each; filter.plates.len()].join(" OR ")));
            for key in &filter.plates {
                self.values.extend([text(key.text.clone()), text(key.kind.as_str())]);
            }
        }
        if !filter.plate_patterns.is_empty() {
            let mut any = Vec::new();
            for pattern in &filter.plate_patterns {
                let (condition, values) = Pattern::new(pattern).condition();
                any.push(format!("SELECT plate, plate_kind FROM plates WHERE {condition}"));
                self.values.extend(values);
            }
            let any = any.join(" UNION ALL ");
            self.terms.push(format!("({table}.plate, {table}.plate_kind) IN ({any})"));
        }
    }

    pub(super) fn sql(&self) -> String {
        if self.terms.is_empty() { String::new() } else { format!("WHERE {}", self.terms.join(" AND ")) }
    }
}

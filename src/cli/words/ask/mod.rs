//! What the verbs that look for vehicles and count traffic say.

pub mod en;
pub mod vi;

use crate::domain::plate::PlateKind;

/// Headings, values and sentences.
pub struct AskWords {
    /// `?` stands for one character each, and nothing was found: what to try instead.
    pub one_each: fn(&str) -> String,
    /// What has not been seen for so many hours is lost, not inside.
    pub lost_not_inside: fn(i64) -> String,
    /// Nothing of this plate: where those that look like it are found.
    pub trace_empty: fn(&str) -> String,
    /// Nobody inside at this moment (`None`: now); what has not been seen for so many hours is lost.
    pub inside_empty: fn(Option<&str>, i64) -> String,
    // Headings.
    pub match_: &'static str,
    pub likeness: &'static str,
    pub first_seen: &'static str,
    pub leg: &'static str,
    pub km: &'static str,
    pub speed: &'static str,
    pub reason: &'static str,
    /// Passages that are not joined may lie between a leg and the one before: how many.
    pub perhaps_between: fn(usize) -> String,
    pub since: &'static str,
    pub vehicles: &'static str,
    pub up_to_1h: &'static str,
    pub up_to_12h: &'static str,
    pub up_to_1d: &'static str,
    pub longer: &'static str,
    pub meetings: &'static str,
    pub met_at: &'static str,
    pub chance: &'static str,
    pub first: &'static str,
    pub second: &'static str,
    pub pictures: &'static str,
    pub journeys: &'static str,
    pub days: &'static str,
    pub last: &'static str,
    pub all: &'static str,
    pub read_rate: &'static str,
    pub bar: &'static str,
    pub hour: &'static str,
    pub day: &'static str,
    // How a plate was found.
    pub exact: &'static str,
    pub pattern: &'static str,
    pub alike: &'static str,
    pub plate_kind: fn(PlateKind) -> &'static str,
    // Sentences.
    /// A plate that was never recorded.
    pub never: &'static str,
    pub no_outage: &'static str,
    /// Clones are hints: what else they may be.
    pub clone_hint: &'static str,
    /// Companions: what the chance means.
    pub chance_hint: &'static str,
    /// More is there than is shown: how many are shown.
    pub more: fn(usize) -> String,
    /// From when to when the answer is about.
    pub period: fn(&str, &str) -> String,
    /// A report was written to this file.
    pub written: fn(&str) -> String,
    // The report.
    pub report_title: &'static str,
    pub by_hour: &'static str,
    pub by_day: &'static str,
    pub by_gate: &'static str,
    pub by_origin: &'static str,
    pub by_class: &'static str,
    pub by_camera: &'static str,
    pub map: &'static str,
    pub map_note: &'static str,
    /// What stands for a value that there is not, by what is counted.
    pub none: fn(&str) -> &'static str,
    pub language: &'static str,
}

//! What the verbs of the keeping side say: audit, watch list, alerts, review, corrections, exchange.

pub mod en;
pub mod vi;

use crate::domain::plate::PlateState;
use crate::domain::time::ClockQuality;
use crate::domain::watch::{AlertState, WatchHow};
use crate::store::{Deed, WatchPut};

/// Everything that these verbs say.
pub struct Keep {
    /// Headings of tables.
    pub head: KeepHeadings,
    /// A row of the audit.
    pub deed: fn(Deed) -> &'static str,
    /// How an entry of the watch list finds its vehicle.
    pub how: fn(WatchHow) -> &'static str,
    /// What became of an entry.
    pub put: fn(WatchPut) -> &'static str,
    /// What happened to an alert.
    pub alert: fn(AlertState) -> &'static str,
    /// Whether a plate was read.
    pub plate_state: fn(PlateState) -> &'static str,
    /// Quality of a clock.
    pub clock: fn(ClockQuality) -> &'static str,
    /// Why a passage should be looked at: the word in JSON.
    pub doubt: fn(&str) -> &str,
    /// A reason is missing or blank: the flag.
    pub reason_missing: fn(&str) -> String,
    /// A line of an imported list without a reason.
    pub reason_empty: &'static str,
    /// A pattern that finds too much.
    pub pattern_too_wide: fn(&str) -> String,
    /// A plate of no class that is known is watched all the same.
    pub unknown_class: fn(&str) -> String,
    /// An end that has passed already.
    pub over_already: fn(&str) -> String,
    /// Lines of a list that were passed over because their time has passed: how many.
    pub over_passed: fn(usize) -> String,
    /// No entry has that number.
    pub no_entry: fn(i64) -> String,
    /// A line of a CSV file is wrong: file, line, why.
    pub bad_line: fn(&str, u64, &str) -> String,
    /// Nothing of a CSV file is taken: how many of its lines are wrong.
    pub none_taken: fn(usize) -> String,
    /// A CSV file has no such column.
    pub no_column: fn(&str, &str) -> String,
    /// Added, changed, known.
    pub imported: fn(usize, usize, usize) -> String,
    /// No passage has that name.
    pub no_passage: fn(&str) -> String,
    /// Several passages begin with that name.
    pub which_passage: fn(&str) -> String,
    /// The store does not know the home province yet.
    pub no_home: &'static str,
    /// What to do instead of giving a plate.
    pub plate_or_none: &'static str,
    /// No target has been given alerts.
    pub on_its_way: fn(&str, u32, &str) -> String,
    /// Delivered to a target.
    pub arrived: fn(&str) -> String,
    /// No plate legible.
    pub illegible: &'static str,
    /// The program's reading stands again.
    pub program_again: &'static str,
    /// Yes.
    pub yes: &'static str,
    /// An export that was written: passages, pictures.
    pub exported: fn(u64, u64) -> String,
    /// An import: passages new, amended, corrected, known already, pictures, alerts.
    pub taken_in: fn([u64; 6]) -> String,
    /// Passages that a form has no place for.
    pub left_out: fn(u64) -> String,
    /// Pictures cannot be opened: why.
    pub cannot_open: fn(&str) -> String,
}

/// Headings of tables, and names of what `show` prints.
pub struct KeepHeadings {
    pub number: &'static str,
    pub who: &'static str,
    pub what: &'static str,
    pub verb: &'static str,
    pub query: &'static str,
    pub purpose: &'static str,
    pub results: &'static str,
    pub how: &'static str,
    pub reason: &'static str,
    pub added: &'static str,
    pub until: &'static str,
    pub removed: &'static str,
    pub event: &'static str,
    pub probability: &'static str,
    pub passage: &'static str,
    pub delivered: &'static str,
    pub why: &'static str,
    pub candidates: &'static str,
    pub hints: &'static str,
    pub looks: &'static str,
    pub painted: &'static str,
    pub id: &'static str,
    pub revision: &'static str,
    pub lane: &'static str,
    pub seen: &'static str,
    pub clock: &'static str,
    pub plate_state: &'static str,
    pub program_read: &'static str,
    pub corrected: &'static str,
    pub earlier: &'static str,
    pub journey: &'static str,
    pub alerts: &'static str,
    pub frame: &'static str,
    pub vehicle: &'static str,
    pub plate_picture: &'static str,
    pub models: &'static str,
    pub config: &'static str,
}

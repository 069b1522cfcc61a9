//! What the sheet of `eval passages` says.

pub mod en;
pub mod vi;

use crate::measure::{Fault, Reason};

/// Everything that the sheet says.
pub struct JudgeWords {
    /// `lang` of the page.
    pub language: &'static str,
    /// Heading of the page.
    pub title: &'static str,
    /// What differs, found and exact: cases, passages, found, readable, exact, false.
    pub summary: fn(usize, [u64; 5]) -> String,
    /// The sheet was cut: shown, of how many.
    pub cut: fn(usize, usize) -> String,
    /// Nothing differs.
    pub nothing: &'static str,
    /// What the boxes mean.
    pub legend: &'static str,
    /// Heading of the cases of a kind.
    pub fault: fn(Fault) -> &'static str,
    /// What explains a case.
    pub reason: fn(&Reason) -> String,
    /// Label of the truth.
    pub truth: &'static str,
    /// Label of the record.
    pub record: &'static str,
    /// Nothing was recorded.
    pub not_recorded: &'static str,
    /// No such passage is in the truth.
    pub not_in_truth: &'static str,
    /// The vehicle shows no plate.
    pub no_plate: &'static str,
    /// The plate was not read.
    pub not_read: &'static str,
    /// Label of the candidates.
    pub candidates: &'static str,
    /// Label of the reasons.
    pub why: &'static str,
    /// Mark of what no training saw.
    pub held_out: &'static str,
    /// Number of looks.
    pub looks: fn(u32) -> String,
    /// Width of the plate in pixels.
    pub width: fn(f64) -> String,
    /// No picture can be shown: why.
    pub no_picture: fn(&str) -> String,
    /// The record kept none.
    pub none_kept: &'static str,
    /// The camera is none of the configuration's files with a start.
    pub no_clip: &'static str,
    /// The clip has no frame at that time.
    pub no_frame: &'static str,
    /// The sheet was written: file, cases.
    pub written: fn(&str, usize) -> String,
}

/// A share in percent.
fn percent(share: f64) -> String {
    format!("{:.0} %", share * 100.0)
}

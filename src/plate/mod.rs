//! Reading plates: CTC decoding, grammar, the province table, voting over looks. Pure.
//!
//! The order of use: [`ctc::Decoder`] turns the reader net's output into a reading; [`vote::Ballot`] collects the
//! readings of one track and says, with [`grammar`] and [`province`], what its plate is. [`typed`] is the
//! other way in: plates as people type them.

pub mod alike;
pub mod confusion;
pub mod ctc;
pub mod grammar;
pub mod person;
pub mod province;
pub mod series;
pub mod typed;
pub mod vote;

/// What can go wrong with plates. The messages name the thing and the way out.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum PlateError {
    /// The home province is no province of 2021 or 2025.
    #[error("no province is called \"{name}\"{}; write one of the 63 names before 2025-07-01 or the 34 since, with or without accents", nearest.as_ref().map(|n| format!(" (did you mean \"{n}\"?)")).unwrap_or_default())]
    UnknownProvince {
        /// As given.
        name: String,
        /// The name nearest to it, where one is near.
        nearest: Option<String>,
    },
    /// What was typed is no plate.
    #[error("\"{typed}\" is not a plate: {why}; write it like 30A-123.45, 29-B1 123.45 or 30A12345")]
    NotAPlate {
        /// As given.
        typed: String,
        /// What is wrong with it.
        why: &'static str,
    },
    /// The reader's manifest does not describe a net that can be decoded.
    #[error(
        "the reader's manifest entry cannot be used: {0}; mend [reader] in manifest.toml or restore the shipped one"
    )]
    BadReader(String),
    /// The net's output has another size than its manifest says.
    #[error(
        "the reader net gave {got} numbers for a crop, its manifest says {rows} rows x {columns} columns x {classes} classes; model and manifest do not belong together"
    )]
    OutputSize {
        /// Numbers given.
        got: usize,
        /// Rows of the manifest.
        rows: usize,
        /// Columns of the manifest.
        columns: usize,
        /// Characters of the alphabet and the blank.
        classes: usize,
    },
}

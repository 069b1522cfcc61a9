//! Measuring the record against truth: matching, counts, intervals. Pure.

mod passages;
mod truth;
mod wilson;

pub use passages::{Counts, Judgement, judge};
pub use truth::{Truth, TruthError, TruthJourney, TruthPass};
pub use wilson::wilson95;

//! Passages from tracks, and journeys from passages. Pure.

pub mod assemble;
pub mod book;
pub mod crossing;
pub mod together;
pub mod travel;

pub use assemble::{JourneyRules, assemble, state_at};

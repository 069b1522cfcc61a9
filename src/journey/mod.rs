//! Passages from tracks, and journeys from passages. Pure.

pub mod assemble;
pub mod crossing;

//! From detections to tracks: motion model, association, track life, plates attached to vehicles. Pure.
//!
//! All times are seconds of the stream, so the same settings hold at 5 and at 25 frames a second and over gaps.

mod association;
pub mod attach;
mod life;
pub mod motion;
pub mod tracker;
pub mod votes;

pub use attach::PlateBook;
pub use tracker::{Step, TrackSettings, Tracker};

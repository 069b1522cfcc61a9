//! The words of the system as data: what a frame, a detection, a track, a plate, a passage and a journey are.
//! Only data and their invariants: no I/O, no clock, no threads.

pub mod correction;
pub mod detection;
pub mod frame;
pub mod geometry;
pub mod ids;
pub mod journey;
pub mod passage;
pub mod place;
pub mod plate;
pub mod time;
pub mod track;
pub mod watch;

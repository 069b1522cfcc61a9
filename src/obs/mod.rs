//! What the program tells about itself: logs, counters, the Prometheus endpoint.

pub mod counters;
pub mod log;
pub mod metrics;
pub mod stages;

pub use counters::{CameraCounters, Count};
pub use stages::{Stage, StageTimes};

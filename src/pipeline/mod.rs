//! Wiring: every queue and thread of a run, and the stages that join the rooms.

mod alerts;
#[cfg(test)]
mod alerts_tests;
mod centre;
mod confusion;
mod engine;
mod error;
mod hands;
mod health;
mod inline;
mod judge;
mod lane;
mod looks;
mod nets;
mod origin;
mod painted;
mod photo;
mod queue;
mod read;
mod records;
mod run;
mod sink;
mod wiring;

pub use confusion::{ReaderErrors, reader_errors_or_built_in};
pub use engine::{Engine, EngineOptions};
pub use error::PipelineError;
pub use hands::hands;
pub use inline::{Followed, follow_clip};
pub use judge::Judge;
pub use nets::{DetectorNet, ReaderNet};
pub use origin::of_code;
pub use photo::{Photo, PhotoPlate, PhotoRules, find, look_at, read_crop};
pub use read::Eyes;
pub use run::{RunOptions, RunReport, journey_rules, run, source_spec};

//! hanhtrinh (hành trình: journey) follows the journeys of vehicles from other provinces: RTSP cameras in, journeys
//! out. ARCHITECTURE.md explains the rooms and the arrows between them.

pub mod base;
pub mod domain;

pub mod colour;
pub mod detect;
pub mod join;
pub mod journey;
pub mod measure;
pub mod plate;
pub mod track;

#[cfg(feature = "native")]
pub mod cli;
#[cfg(feature = "native")]
pub mod config;
#[cfg(feature = "native")]
pub mod deliver;
#[cfg(feature = "native")]
pub mod image;
#[cfg(feature = "native")]
pub mod infer;
#[cfg(feature = "native")]
pub mod obs;
#[cfg(feature = "native")]
pub mod pipeline;
#[cfg(feature = "native")]
pub mod source;
#[cfg(feature = "native")]
pub mod store;

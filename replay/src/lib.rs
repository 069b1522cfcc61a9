//! Serves MP4 clips over RTSP as cameras would, with their faults when told to. No native library.
//!
//! [`Server::start`] gives a [`Handle`]; each clip is a path of the address. All clients of a path share one clock:
//! who comes later is taken in at the last key picture.

mod auth;
mod clip;
mod clock;
mod connection;
mod fault;
mod message;
mod packet;
mod player;
mod random;
mod report;
mod server;

pub use clip::{Clip, ClipError};
pub use clock::Start;
pub use fault::Faults;
pub use server::{Config, Handle, Path, Server, ServerError, Stats};

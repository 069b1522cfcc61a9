//! Frames from RTSP streams and files. The only room that names retina and ffmpeg.
//!
//! [`spawn`] starts one named thread a camera (`decode-CAMERA`). A file is read and decoded there. Of a live camera
//! the network half runs on tokio (`rtsp`) and feeds the thread through a bounded queue of access units (`live`).
//! All frames are decoded, those that the `sampling` picks are converted to BGR and handed to the [`Sink`].

mod convert;
mod decoder;
mod error;
mod file;
mod hand_over;
mod live;
mod rtsp;
mod sampling;
mod spec;
mod state;
mod still;
mod timeline;

use std::io;
use std::sync::Arc;
use std::thread::JoinHandle;

pub use error::SourceError;
pub use file::{BareDecode, Probe, bare_decode, probe};
pub use spec::{Location, SourceSpec, Timeouts, Transport};
pub use state::{CameraState, Counts, EndReason, Sink, SourceEnd, StateKind};
pub use still::one_frame;

use rtsp::Target;

use crate::base::clock::Clock;
use crate::base::shutdown::Shutdown;

/// Reads a file to its end on the calling thread, whatever the location of `spec` says.
pub fn read_file<S: Sink>(
    spec: &SourceSpec,
    path: &std::path::Path,
    sink: S,
    shutdown: &Shutdown,
    clock: &dyn Clock,
) -> SourceEnd {
    decoder::init();
    file::run(spec, path, sink, shutdown, clock)
}

/// Starts the camera's thread. It ends by itself at the end of a file, when the sink breaks, and within a second of
/// the `shutdown` as long as the sink does not hold it; a live camera that fails is tried again for ever.
///
/// `runtime` carries the network half of a live camera; a file does not use it.
pub fn spawn<S: Sink + 'static>(
    spec: SourceSpec,
    sink: S,
    shutdown: Shutdown,
    clock: Arc<dyn Clock>,
    runtime: tokio::runtime::Handle,
) -> io::Result<JoinHandle<SourceEnd>> {
    decoder::init();
    std::thread::Builder::new().name(format!("decode-{}", spec.camera)).spawn(move || match &spec.location {
        Location::Rtsp { url, credentials, transport } => {
            let target = Target::new(url, credentials.as_ref(), *transport, spec.timeouts);
            live::run(&spec, target, sink, &shutdown, &clock, &runtime)
        }
        Location::File(path) => file::run(&spec, path, sink, &shutdown, clock.as_ref()),
    })
}

//! One frame, for a look at a camera.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

use super::error::SourceError;
use super::live::{Decoding, Event};
use super::rtsp::{Item, Session, Target};
use super::spec::{Location, SourceSpec};
use super::state::{CameraState, EndReason, Sink, Teller};
use super::{decoder, file};
use crate::base::clock::{Clock, SystemClock};
use crate::base::shutdown::Shutdown;
use crate::domain::frame::Frame;

/// Keeps the first frame and breaks.
#[derive(Default)]
struct First(Option<Frame>);

impl Sink for &mut First {
    fn frame(&mut self, frame: Frame) -> ControlFlow<()> {
        self.0.get_or_insert(frame);
        ControlFlow::Break(())
    }

    fn state(&mut self, _state: CameraState) {}
}

/// The first good frame of a source, within `limit`. A live camera is tried once. Blocks; not for use within tokio.
pub fn one_frame(spec: &SourceSpec, limit: Duration) -> Result<Frame, SourceError> {
    decoder::init();
    let mut first = First::default();
    match &spec.location {
        Location::Rtsp { url, credentials, transport } => {
            let target = Target::new(url, credentials.as_ref(), *transport, spec.timeouts);
            let what = target.url.to_string();
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .map_err(|e| SourceError::Runtime { what: what.clone(), why: e.to_string() })?;
            let looked = runtime
                .block_on(async { tokio::time::timeout(limit, look(spec, &target, &mut first)).await });
            // The farewell to the camera is a task of its own; it gets a moment, not more.
            runtime.shutdown_timeout(Duration::from_millis(200));
            looked.map_err(|_| SourceError::NoFrame { what, limit })??;
        }
        Location::File(path) => {
            let clock = SystemClock::new();
            let end = file::run(spec, path, &mut first, &Shutdown::new(), &clock);
            if let EndReason::Failed(error) = end.reason {
                return Err(error);
            }
        }
    }
    first.0.ok_or_else(|| SourceError::NoFrame { what: spec.camera.to_string(), limit })
}

async fn look(spec: &SourceSpec, target: &Target, mut first: &mut First) -> Result<(), SourceError> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
    let mut session = Session::open(target).await?;
    let mut decoding = Decoding::new(spec);
    let mut teller = Teller::start(&mut first, clock.as_ref(), target.url.as_str());
    let mut event = Event::Began { encoding: session.encoding, rate_hz: session.rate_hz };
    while decoding.event(event, &mut first, &mut teller, clock.as_ref()) == ControlFlow::Continue(()) {
        event = match session.next().await? {
            Item::Report { ticks, wall } => Event::Report { ticks, wall },
            Item::Unit(unit) => {
                Event::Unit { unit, wall: clock.now(), mono_s: clock.monotonic_s(), dropped: 0 }
            }
        };
    }
    Ok(())
}

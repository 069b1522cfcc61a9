//! Where a camera's frames and states go.

use std::ops::ControlFlow;
use std::sync::{Arc, Mutex};

use super::queue::FrameSender;
use crate::domain::frame::Frame;
use crate::domain::ids::CameraId;
use crate::domain::passage::Outage;
use crate::obs::{CameraCounters, Count};
use crate::source::{CameraState, Counts, Sink, StateKind};
use crate::store::{Record, WriterHandle};

/// A camera's last state and counts, for the health line.
#[derive(Debug, Default)]
pub struct Status {
    /// The last state told.
    pub state: Option<CameraState>,
    /// The last counts told.
    pub counts: Counts,
}

/// Passes frames to the detector's queue, states to the log, outages to the record.
pub struct CameraSink {
    camera: CameraId,
    frames: FrameSender,
    /// `None` for a file, which has no outages.
    outages: Option<WriterHandle>,
    counters: Arc<CameraCounters>,
    status: Arc<Mutex<Status>>,
    out: bool,
    told: Option<(StateKind, String)>,
}

impl CameraSink {
    /// A sink of one camera.
    pub fn new(
        camera: CameraId,
        frames: FrameSender,
        outages: Option<WriterHandle>,
        counters: Arc<CameraCounters>,
        status: Arc<Mutex<Status>>,
    ) -> Self {
        Self { camera, frames, outages, counters, status, out: false, told: None }
    }

    /// Puts the beginning or the end of an outage on record.
    fn outage(&mut self, state: &CameraState) {
        let Some(writer) = &self.outages else { return };
        let record = match state.kind {
            StateKind::Live => {
                let was_out = std::mem::replace(&mut self.out, false);
                // Also an outage that an earlier run left open ends here.
                if was_out {
                    tracing::info!(camera = %self.camera, "the camera is back");
                }
                Record::OutageEnded { camera: self.camera.clone(), to: state.since }
            }
            StateKind::Unreachable | StateKind::AuthFailed | StateKind::Stalled | StateKind::Failed => {
                if !std::mem::replace(&mut self.out, true) {
                    self.counters.count(Count::Outages);
                }
                Record::OutageBegan(Outage {
                    camera: self.camera.clone(),
                    from: state.last_good.unwrap_or(state.since),
                    to: None,
                    state: state.kind.as_str().to_owned(),
                    why: state.detail.clone(),
                })
            }
            StateKind::Connecting | StateKind::Ended => return,
        };
        // Fails only when the writer has stopped, which ends the run and is told there.
        let _ = writer.send(record);
    }
}

impl Sink for CameraSink {
    fn frame(&mut self, frame: Frame) -> ControlFlow<()> {
        self.frames.send(frame)
    }

    fn state(&mut self, state: CameraState) {
        let word = state.kind.as_str();
        // A camera that stays away is tried every few seconds; only what changes is worth a line.
        let told = self.told.replace((state.kind, state.detail.clone()));
        match state.kind {
            _ if told == self.told => {}
            StateKind::Connecting | StateKind::Live | StateKind::Ended => {
                tracing::info!(camera = %self.camera, state = word, "{}", state.detail);
            }
            StateKind::Unreachable | StateKind::AuthFailed | StateKind::Stalled | StateKind::Failed => {
                tracing::warn!(camera = %self.camera, state = word, attempts = state.attempts, "{}", state.detail);
            }
        }
        self.outage(&state);
        self.status.lock().unwrap_or_else(|e| e.into_inner()).state = Some(state);
    }

    fn counts(&mut self, counts: Counts) {
        self.status.lock().unwrap_or_else(|e| e.into_inner()).counts = counts;
    }
}

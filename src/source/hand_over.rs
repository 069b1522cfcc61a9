//! From a decoded frame to the sink: counting, sampling, converting.

use std::ops::ControlFlow;
use std::sync::Arc;

use ffmpeg_next::frame;

use super::convert::{Converter, Rotation};
use super::sampling::Sampler;
use super::spec::SourceSpec;
use super::state::{Counts, Sink};
use crate::domain::frame::Frame;
use crate::domain::ids::CameraId;
use crate::domain::time::Stamp;

/// What both kinds of source do with a decoded frame.
pub(super) struct HandOver {
    camera: CameraId,
    sampler: Sampler,
    converter: Converter,
    /// Of the whole source.
    pub counts: Counts,
}

impl HandOver {
    pub fn new(spec: &SourceSpec, rotation: Rotation) -> Self {
        Self {
            camera: spec.camera.clone(),
            sampler: Sampler::new(spec.sample_fps),
            converter: Converter::new(rotation),
            counts: Counts::default(),
        }
    }

    /// Whether the decoder filled in for data that were missing or broken.
    pub fn damaged(frame: &frame::Video) -> bool {
        frame.is_corrupt() || frame.has_decode_errors()
    }

    /// Counts the frame and hands it on where it is whole and sampled.
    pub fn take(&mut self, frame: &frame::Video, stamp: Stamp, sink: &mut dyn Sink) -> ControlFlow<()> {
        let seq = self.counts.decoded;
        self.counts.decoded += 1;
        if Self::damaged(frame) {
            self.counts.decode_errors += 1;
            return ControlFlow::Continue(());
        }
        if !self.sampler.picks(stamp.stream_s) {
            return ControlFlow::Continue(());
        }
        let Ok(image) = self.converter.image(frame) else {
            self.counts.decode_errors += 1;
            return ControlFlow::Continue(());
        };
        self.counts.handed_on += 1;
        let flow = sink.frame(Frame { camera: self.camera.clone(), seq, stamp, image: Arc::new(image) });
        sink.counts(self.counts);
        flow
    }
}

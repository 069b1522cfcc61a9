//! The same stages on one thread, without queues and without a store: for measuring, and for tests that compare.

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use jiff::civil::Date;

use super::engine::Engine;
use super::error::PipelineError;
use super::judge::{Judge, track_rules};
use super::lane::Lane;
use super::read::ReadStage;
use super::records::RecordMaker;
use super::wiring::{FAINT, WorkerNets};
use crate::base::clock::SystemClock;
use crate::base::shutdown::Shutdown;
use crate::domain::frame::Frame;
use crate::domain::ids::{CameraId, RunId};
use crate::domain::place::{CameraPlace, CameraRole, Faces};
use crate::obs::{CameraCounters, Count, Stage, StageTimes};
use crate::plate::province::Home;
use crate::source::{self, CameraState, EndReason, Sink, SourceSpec};
use crate::store::Record;

/// What one clip gave.
pub struct Followed {
    /// Records, in their order.
    pub records: Vec<Record>,
    /// Frames decoded.
    pub decoded: u64,
    /// Frames that the detector saw.
    pub detected: u64,
    /// Seconds it took.
    pub took_s: f64,
    /// Of these, seconds in the stages behind decoding.
    pub in_stages_s: f64,
}

struct InlineSink<'a> {
    nets: &'a mut WorkerNets,
    floors: Vec<f32>,
    lane: Lane,
    read: ReadStage,
    times: Arc<StageTimes>,
    counters: Arc<CameraCounters>,
    records: Vec<Record>,
    in_stages_s: f64,
    failed: Option<PipelineError>,
}

impl InlineSink<'_> {
    fn work(&mut self, frame: Frame) -> Result<(), PipelineError> {
        let found = self.nets.detector.detect(&frame.image, &self.floors)?;
        self.counters.count(Count::FramesDetected);
        let seen = self.times.time(Stage::Track, || self.lane.step(frame, &found));
        self.records.extend(self.read.take(&seen, &mut self.nets.eyes, &self.times)?);
        Ok(())
    }
}

impl Sink for &mut InlineSink<'_> {
    fn frame(&mut self, frame: Frame) -> ControlFlow<()> {
        let start = Instant::now();
        let done = self.work(frame);
        self.in_stages_s += start.elapsed().as_secs_f64();
        match done {
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => {
                self.failed = Some(error);
                ControlFlow::Break(())
            }
        }
    }

    fn state(&mut self, _state: CameraState) {}
}

/// Follows a file as an interior camera without a line, on the calling thread.
pub fn follow_clip(
    path: &Path,
    detect_fps: f64,
    engine: &Engine,
    nets: &mut WorkerNets,
    home: Home,
    today: Date,
) -> Result<Followed, PipelineError> {
    let camera = CameraId::new("clip");
    let place = CameraPlace {
        name: camera.clone(),
        role: CameraRole::Interior,
        gate: None,
        lane: None,
        lat: None,
        lon: None,
        faces: Faces::Both,
        line: None,
    };
    let counters = Arc::new(CameraCounters::new(camera.clone()));
    let maker = RecordMaker {
        place: place.clone(),
        models: engine.versions.clone(),
        config: String::new(),
        count_home: false,
    };
    let judge = Arc::new(Judge { home, rules: track_rules(), today });
    let floors = nets.detector.spec().tracking_floors(FAINT);
    let mut sink = InlineSink {
        nets,
        floors,
        lane: Lane::new(RunId::new("inline"), camera.clone(), None),
        read: ReadStage::new(&place, judge, maker, counters.clone()),
        times: engine.times.clone(),
        counters: counters.clone(),
        records: Vec::new(),
        in_stages_s: 0.0,
        failed: None,
    };
    let spec = SourceSpec {
        sample_fps: detect_fps,
        ..SourceSpec::new(camera, source::Location::File(path.to_owned()))
    };
    let start = Instant::now();
    let end = source::read_file(&spec, path, &mut sink, &Shutdown::new(), &SystemClock::new());
    if let Some(error) = sink.failed {
        return Err(error);
    }
    if let EndReason::Failed(error) = end.reason {
        return Err(error.into());
    }
    let ended = sink.lane.finish();
    sink.records.extend(sink.read.finish(&ended, &sink.times)?);
    Ok(Followed {
        records: sink.records,
        decoded: end.counts.decoded,
        detected: counters.get(Count::FramesDetected),
        took_s: start.elapsed().as_secs_f64(),
        in_stages_s: sink.in_stages_s,
    })
}

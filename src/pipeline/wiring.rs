//! Every thread and every queue of a run.
//!
//! | queue | bound | who owns it | when it is full |
//! |---|---|---|---|
//! | frames, one a camera | 4 | the camera's sink | live: the oldest frame goes and is counted; files: the source waits |
//! | seen, one a worker pair | 8 | the detect worker | the detect worker waits |
//! | bells, one a target of alerts | 1 | the store writer | it has been rung already: nobody waits |
//! | records | the store's | the store writer | the read workers wait; nothing is dropped |
//!
//! Cameras are dealt to worker pairs in turn, and a pair handles its cameras' frames in order, so that what is
//! recorded does not depend on how threads are scheduled.

use std::sync::Arc;
use std::thread::JoinHandle;

use crossbeam_channel::{Receiver, Select, Sender, bounded};

use super::error::PipelineError;
use super::lane::{Lane, Seen};
use super::nets::DetectorNet;
use super::read::{Eyes, ReadStage};
use crate::base::shutdown::Shutdown;
use crate::domain::frame::Frame;
use crate::domain::track::EndedTrack;
use crate::obs::{CameraCounters, Count, Stage, StageTimes};
use crate::store::WriterHandle;

/// Sightings that may wait between a detect worker and its read worker; each holds a frame (6 MB at 1080p).
const SEEN_WAITING: usize = 8;
/// Vehicles below their shipped threshold and above this keep tracks alive (ByteTrack's second stage).
pub const FAINT: f32 = 0.1;

/// What one camera brings to its pair of workers.
pub struct CameraWork {
    /// Its frames.
    pub frames: Receiver<Frame>,
    /// Its tracker.
    pub lane: Lane,
    /// Its read stage.
    pub read: ReadStage,
    /// Its counters.
    pub counters: Arc<CameraCounters>,
}

/// The nets of one pair of workers.
pub struct WorkerNets {
    /// The detect worker's.
    pub detector: DetectorNet,
    /// The read worker's.
    pub eyes: Eyes,
}

/// A worker's thread.
pub type Worker = JoinHandle<Result<(), PipelineError>>;

/// From a detect worker to its read worker. The number is the camera's place in the pair.
enum Message {
    Seen(usize, Box<Seen>),
    Finished(usize, Vec<EndedTrack>),
}

/// Starts the pair `number` for its cameras. The detect worker comes first in the answer, and is to be joined first.
/// A worker that fails puts up the shutdown flag.
pub fn start_pair(
    number: usize,
    cameras: Vec<CameraWork>,
    nets: WorkerNets,
    writer: WriterHandle,
    times: Arc<StageTimes>,
    shutdown: &Shutdown,
) -> Result<[Worker; 2], PipelineError> {
    let (to_reader, from_detector) = bounded(SEEN_WAITING);
    let mut watching = Vec::new();
    let mut reading = Vec::new();
    for camera in cameras {
        watching.push(Watching { frames: camera.frames, lane: camera.lane, counters: camera.counters });
        reading.push(camera.read);
    }
    let detector = nets.detector;
    let detect_times = times.clone();
    let detect = start(format!("detect-{number}"), shutdown, move || {
        detect(watching, detector, &to_reader, &detect_times)
    })?;
    let eyes = nets.eyes;
    let read = start(format!("read-{number}"), shutdown, move || {
        read(reading, eyes, &from_detector, &writer, &times)
    })?;
    Ok([detect, read])
}

fn start(
    name: String,
    shutdown: &Shutdown,
    work: impl FnOnce() -> Result<(), PipelineError> + Send + 'static,
) -> Result<Worker, PipelineError> {
    let alarm = Alarm { shutdown: shutdown.clone(), well: false };
    std::thread::Builder::new()
        .name(name.clone())
        .spawn(move || {
            let mut alarm = alarm;
            let result = work();
            alarm.well = result.is_ok();
            result
        })
        .map_err(|cause| PipelineError::System {
            what: format!("the thread {name} cannot be started"),
            cause,
        })
}

/// Ends the program when a worker ends badly, by an error or a panic: the rest would wait for it for ever.
struct Alarm {
    shutdown: Shutdown,
    well: bool,
}

impl Drop for Alarm {
    fn drop(&mut self) {
        if !self.well {
            self.shutdown.trigger();
        }
    }
}

/// Waits for a worker's end.
pub fn join(worker: Worker) -> Result<(), PipelineError> {
    let name = worker.thread().name().unwrap_or("worker").to_owned();
    worker.join().unwrap_or(Err(PipelineError::Thread(name)))
}

struct Watching {
    frames: Receiver<Frame>,
    lane: Lane,
    counters: Arc<CameraCounters>,
}

/// The detect worker: takes a frame of whichever camera has one, until all cameras have ended.
fn detect(
    mut cameras: Vec<Watching>,
    mut net: DetectorNet,
    to: &Sender<Message>,
    times: &StageTimes,
) -> Result<(), PipelineError> {
    let floors = net.spec().tracking_floors(FAINT);
    let mut open: Vec<usize> = (0..cameras.len()).collect();
    while !open.is_empty() {
        let mut select = Select::new();
        for at in &open {
            select.recv(&cameras[*at].frames);
        }
        let ready = select.select();
        let at = open[ready.index()];
        let message = match ready.recv(&cameras[at].frames) {
            Ok(frame) => {
                let found = net.detect(&frame.image, &floors)?;
                cameras[at].counters.count(Count::FramesDetected);
                let seen = times.time(Stage::Track, || cameras[at].lane.step(frame, &found));
                Message::Seen(at, Box::new(seen))
            }
            Err(_) => {
                open.retain(|other| *other != at);
                Message::Finished(at, cameras[at].lane.finish())
            }
        };
        // The read worker has ended by a fault of its own, which joining it tells.
        if to.send(message).is_err() {
            return Ok(());
        }
    }
    Ok(())
}

/// The read worker: looks at what was seen and sends records, until the detect worker has ended.
fn read(
    mut cameras: Vec<ReadStage>,
    mut eyes: Eyes,
    from: &Receiver<Message>,
    writer: &WriterHandle,
    times: &StageTimes,
) -> Result<(), PipelineError> {
    for message in from {
        let records = match message {
            Message::Seen(at, seen) => cameras[at].take(&seen, &mut eyes, times)?,
            Message::Finished(at, ended) => cameras[at].finish(&ended, times)?,
        };
        for record in records {
            writer.send(record)?;
        }
    }
    Ok(())
}

//! The one queue that may lose something: frames on their way to the detector.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

use crossbeam_channel::{Receiver, SendTimeoutError, Sender, TrySendError, bounded};

use crate::base::shutdown::Shutdown;
use crate::domain::frame::Frame;
use crate::obs::{CameraCounters, Count};

/// Frames that may wait for the detector, a camera. At 8 a second this is half a second of delay at most.
const FRAMES_WAITING: usize = 4;

/// What happens when the queue is full.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WhenFull {
    /// Throw the oldest frame out and count it: live cameras, whose newest frame is worth most.
    DropOldest,
    /// Wait: files, which can.
    Wait,
}

/// The camera's end of the queue.
pub struct FrameSender {
    to: Sender<Frame>,
    /// Only to take the oldest out; the detector holds another.
    oldest: Receiver<Frame>,
    when_full: WhenFull,
    counters: Arc<CameraCounters>,
    shutdown: Shutdown,
}

/// A queue of one camera's frames.
pub fn frames(
    when_full: WhenFull,
    counters: Arc<CameraCounters>,
    shutdown: Shutdown,
) -> (FrameSender, Receiver<Frame>) {
    let (to, from) = bounded(FRAMES_WAITING);
    (FrameSender { to, oldest: from.clone(), when_full, counters, shutdown }, from)
}

impl FrameSender {
    /// Puts a frame into the queue; `Break` when the program ends.
    pub fn send(&self, frame: Frame) -> ControlFlow<()> {
        self.counters.count(Count::FramesSampled);
        match self.when_full {
            WhenFull::DropOldest => self.push_out_oldest(frame),
            WhenFull::Wait => self.wait(frame),
        }
    }

    fn push_out_oldest(&self, mut frame: Frame) -> ControlFlow<()> {
        while !self.shutdown.is_set() {
            match self.to.try_send(frame) {
                Ok(()) => return ControlFlow::Continue(()),
                Err(TrySendError::Disconnected(_)) => return ControlFlow::Break(()),
                Err(TrySendError::Full(back)) => {
                    frame = back;
                    // The detector may have been quicker: then nothing is dropped.
                    if self.oldest.try_recv().is_ok() {
                        self.counters.count(Count::FramesDropped);
                    }
                }
            }
        }
        ControlFlow::Break(())
    }

    fn wait(&self, mut frame: Frame) -> ControlFlow<()> {
        while !self.shutdown.is_set() {
            match self.to.send_timeout(frame, Duration::from_millis(100)) {
                Ok(()) => return ControlFlow::Continue(()),
                Err(SendTimeoutError::Disconnected(_)) => return ControlFlow::Break(()),
                Err(SendTimeoutError::Timeout(back)) => frame = back,
            }
        }
        ControlFlow::Break(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::frame::Image;
    use crate::domain::ids::CameraId;
    use crate::domain::time::{ClockQuality, Stamp};

    fn frame(seq: u64) -> Frame {
        Frame {
            camera: CameraId::new("a"),
            seq,
            stamp: Stamp { stream_s: seq as f64, wall: None, clock: ClockQuality::Unknown },
            image: Arc::new(Image::from_bgr(1, 1, vec![0; 3]).expect("one pixel")),
        }
    }

    fn queue(when_full: WhenFull) -> (FrameSender, Receiver<Frame>, Arc<CameraCounters>, Shutdown) {
        let counters = Arc::new(CameraCounters::new(CameraId::new("a")));
        let shutdown = Shutdown::new();
        let (to, from) = frames(when_full, counters.clone(), shutdown.clone());
        (to, from, counters, shutdown)
    }

    #[test]
    fn a_live_camera_loses_its_oldest_frames_and_counts_them() {
        let (to, from, counters, _) = queue(WhenFull::DropOldest);
        for seq in 0..10 {
            assert!(to.send(frame(seq)).is_continue());
        }
        let left: Vec<u64> = from.try_iter().map(|f| f.seq).collect();
        assert_eq!(left, [6, 7, 8, 9]);
        assert_eq!(counters.get(Count::FramesDropped), 6);
        assert_eq!(counters.get(Count::FramesSampled), 10);
    }

    #[test]
    fn a_file_waits_and_the_end_of_the_program_frees_it() {
        let (to, from, counters, shutdown) = queue(WhenFull::Wait);
        for seq in 0..4 {
            assert!(to.send(frame(seq)).is_continue());
        }
        let ender = std::thread::Builder::new()
            .spawn(move || {
                std::thread::sleep(Duration::from_millis(20));
                shutdown.trigger();
            })
            .expect("a thread");
        assert!(to.send(frame(4)).is_break());
        ender.join().expect("it ends");
        assert_eq!(from.try_iter().count(), 4);
        assert_eq!(counters.get(Count::FramesDropped), 0);
    }
}

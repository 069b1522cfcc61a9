//! Where the time goes, stage by stage.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

/// A stage of the frame path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// A frame into the detector's input.
    Letterbox,
    /// The detector's net on a frame.
    Detector,
    /// Its output to boxes, with NMS.
    Boxes,
    /// Tracks, plates to vehicles, line crossings.
    Track,
    /// The detector's net on a vehicle's crop, with cutting and decoding.
    SecondLook,
    /// Painted numbers: the finder's net on a vehicle's crop, with cutting and decoding; what it finds is read by the reader.
    Painted,
    /// A plate into the reader's input, the net, CTC decoding.
    Reader,
    /// The vote and what goes with a record: pictures encoded.
    Record,
}

impl Stage {
    /// All of them, in the order of the frame path.
    pub const ALL: [Self; 8] = [
        Self::Letterbox,
        Self::Detector,
        Self::Boxes,
        Self::Track,
        Self::SecondLook,
        Self::Painted,
        Self::Reader,
        Self::Record,
    ];

    /// Its name in `bench`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Letterbox => "letterbox",
            Self::Detector => "detector",
            Self::Boxes => "boxes",
            Self::Track => "track",
            Self::SecondLook => "second_look",
            Self::Painted => "painted",
            Self::Reader => "reader",
            Self::Record => "record",
        }
    }
}

/// Nanoseconds and calls of each stage, over all threads that share it.
#[derive(Debug, Default)]
pub struct StageTimes {
    spent: [AtomicU64; Stage::ALL.len()],
    calls: [AtomicU64; Stage::ALL.len()],
}

impl StageTimes {
    /// Runs `work` and adds its time to the stage.
    pub fn time<T>(&self, stage: Stage, work: impl FnOnce() -> T) -> T {
        let start = Instant::now();
        let done = work();
        let nanos = u64::try_from(start.elapsed().as_nanos()).unwrap_or(u64::MAX);
        self.spent[stage as usize].fetch_add(nanos, Ordering::Relaxed);
        self.calls[stage as usize].fetch_add(1, Ordering::Relaxed);
        done
    }

    /// Seconds spent in the stage, and how often.
    pub fn of(&self, stage: Stage) -> (f64, u64) {
        let nanos = self.spent[stage as usize].load(Ordering::Relaxed);
        (nanos as f64 / 1e9, self.calls[stage as usize].load(Ordering::Relaxed))
    }
}

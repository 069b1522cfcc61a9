//! Counters of one camera: read by the health line, and told to the metrics recorder.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::domain::ids::CameraId;

/// What is counted. The name is the metric's, without the `hanhtrinh_` before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Count {
    /// Frames that reached the detector's queue.
    FramesSampled,
    /// Frames thrown out of a full queue, live cameras only.
    FramesDropped,
    /// Frames that the detector has seen.
    FramesDetected,
    /// Tracks that ended.
    Tracks,
    /// Crops given to the reader.
    Looks,
    /// Second looks: the detector on a vehicle's crop.
    SecondLooks,
    /// Passages written, first revisions only.
    Passages,
    /// Times that the connection was lost.
    Outages,
}

impl Count {
    const ALL: [Self; 8] = [
        Self::FramesSampled,
        Self::FramesDropped,
        Self::FramesDetected,
        Self::Tracks,
        Self::Looks,
        Self::SecondLooks,
        Self::Passages,
        Self::Outages,
    ];

    /// The metric's name.
    pub fn metric(self) -> &'static str {
        match self {
            Self::FramesSampled => "hanhtrinh_frames_sampled_total",
            Self::FramesDropped => "hanhtrinh_frames_dropped_total",
            Self::FramesDetected => "hanhtrinh_frames_detected_total",
            Self::Tracks => "hanhtrinh_tracks_total",
            Self::Looks => "hanhtrinh_looks_total",
            Self::SecondLooks => "hanhtrinh_second_looks_total",
            Self::Passages => "hanhtrinh_passages_total",
            Self::Outages => "hanhtrinh_outages_total",
        }
    }
}

/// One camera's counters since the start.
#[derive(Debug)]
pub struct CameraCounters {
    camera: CameraId,
    values: [AtomicU64; Count::ALL.len()],
}

impl CameraCounters {
    /// All at 0.
    pub fn new(camera: CameraId) -> Self {
        Self { camera, values: Default::default() }
    }

    /// One more.
    pub fn count(&self, what: Count) {
        self.add(what, 1);
    }

    /// `n` more.
    pub fn add(&self, what: Count, n: u64) {
        if n > 0 {
            self.values[what as usize].fetch_add(n, Ordering::Relaxed);
            metrics::counter!(what.metric(), "camera" => self.camera.as_str().to_owned()).increment(n);
        }
    }

    /// How many.
    pub fn get(&self, what: Count) -> u64 {
        self.values[what as usize].load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_count_has_its_own_place_and_name() {
        let counters = CameraCounters::new(CameraId::new("a"));
        for (n, what) in Count::ALL.into_iter().enumerate() {
            counters.add(what, n as u64 + 1);
        }
        let names: std::collections::HashSet<_> = Count::ALL.into_iter().map(Count::metric).collect();
        assert_eq!(names.len(), Count::ALL.len());
        for (n, what) in Count::ALL.into_iter().enumerate() {
            assert_eq!(counters.get(what), n as u64 + 1);
        }
    }
}

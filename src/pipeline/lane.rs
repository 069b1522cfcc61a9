//! What follows detection in one camera: tracks, plates that belong to them, crossings of the line. No pixels.

use crate::domain::detection::{Detections, PlateDetection};
use crate::domain::frame::Frame;
use crate::domain::geometry::{FrameSpace, Line, Rect};
use crate::domain::ids::{CameraId, RunId};
use crate::domain::track::{EndedTrack, TrackPoint};
use crate::journey::crossing::{CrossingEvent, CrossingSettings, LineCounter};
use crate::track::{PlateBook, TrackSettings, Tracker};

/// What one frame showed, on its way from the detect worker to the read worker.
#[derive(Debug)]
pub struct Seen {
    /// The frame.
    pub frame: Frame,
    /// Earlier points of tracks that this frame confirmed.
    pub earlier: Vec<TrackPoint>,
    /// Every live track.
    pub points: Vec<TrackPoint>,
    /// Plates found in the frame, each with the index of its point.
    pub plates: Vec<(usize, PlateDetection)>,
    /// Every plate found in the frame, whether it was given to a point or not.
    pub lettered: Vec<Rect<FrameSpace>>,
    /// What happened at the line.
    pub crossings: Vec<CrossingEvent>,
    /// Tracks that ended.
    pub ended: Vec<EndedTrack>,
}

/// One camera's tracker with its line.
pub struct Lane {
    tracker: Tracker,
    plates: PlateBook,
    line: Option<Line>,
    counter: Option<((u32, u32), LineCounter)>,
}

impl Lane {
    /// A lane that has seen nothing.
    pub fn new(run: RunId, camera: CameraId, line: Option<Line>) -> Self {
        Self {
            tracker: Tracker::new(run, camera, TrackSettings::default()),
            plates: PlateBook::new(),
            line,
            counter: None,
        }
    }

    /// Takes one frame's detections.
    pub fn step(&mut self, frame: Frame, found: &Detections) -> Seen {
        let picture = (frame.image.width(), frame.image.height());
        let step = self.tracker.step(frame.stamp, picture, &found.vehicles);
        let mut crossings = Vec::new();
        if let Some(counter) = self.counter(picture) {
            crossings.extend(step.earlier.iter().chain(&step.points).filter_map(|p| counter.feed(p)));
        }
        let plates = self.plates.assign(&step.points, &found.plates);
        let lettered = found.plates.iter().map(|plate| plate.rect).collect();
        self.forget(&step.ended);
        let (earlier, points, ended) = (step.earlier, step.points, step.ended);
        Seen { frame, earlier, points, plates, lettered, crossings, ended }
    }

    /// Ends all tracks.
    pub fn finish(&mut self) -> Vec<EndedTrack> {
        let ended = self.tracker.finish();
        self.forget(&ended);
        ended
    }

    /// The counter for pictures of this size; another size is another view, and begins anew.
    fn counter(&mut self, picture: (u32, u32)) -> Option<&mut LineCounter> {
        let line = self.line?;
        if self.counter.as_ref().is_none_or(|(size, _)| *size != picture) {
            self.counter = Some((picture, LineCounter::new(line, picture, CrossingSettings::default())));
        }
        self.counter.as_mut().map(|(_, counter)| counter)
    }

    fn forget(&mut self, ended: &[EndedTrack]) {
        for track in ended {
            self.plates.forget(&track.track);
            if let Some((_, counter)) = &mut self.counter {
                counter.forget(&track.track);
            }
        }
    }
}

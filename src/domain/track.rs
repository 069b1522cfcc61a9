//! One vehicle's way through one camera's view.

use super::detection::VehicleClass;
use super::geometry::{FrameSpace, Rect};
use super::ids::TrackId;
use super::time::Stamp;

/// Where a track is at one frame.
#[derive(Debug, Clone, PartialEq)]
pub struct TrackPoint {
    /// Whose.
    pub track: TrackId,
    /// When.
    pub stamp: Stamp,
    /// Where: the detection's box where one was matched, else the motion model's guess.
    pub rect: Rect<FrameSpace>,
    /// The matched detection's score; `None` where the track was only predicted.
    pub score: Option<f32>,
    /// The class by vote over the track so far; `Unknown` where the votes do not agree.
    pub class: VehicleClass,
    /// Share of the votes that `class` has, 0-1.
    pub class_share: f32,
}

/// A track that has ended.
#[derive(Debug, Clone, PartialEq)]
pub struct EndedTrack {
    /// Which.
    pub track: TrackId,
    /// First matched detection.
    pub first: Stamp,
    /// Last matched detection.
    pub last: Stamp,
    /// Matched detections.
    pub hits: u32,
    /// Class by vote over the whole track.
    pub class: VehicleClass,
    /// Its share of the votes, 0-1.
    pub class_share: f32,
}

//! What a source is told.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use jiff::Timestamp;
use url::Url;

use crate::domain::ids::CameraId;
use crate::domain::time::ClockQuality;

/// How the pictures travel from a camera.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transport {
    /// Within the RTSP connection.
    Tcp,
    /// As datagrams. Those that arrive out of order count as lost.
    Udp,
}

/// Where the frames come from.
#[derive(Clone, PartialEq, Eq)]
pub enum Location {
    /// A file that FFmpeg can read.
    File(PathBuf),
    /// A stream.
    Rtsp {
        /// `rtsp://HOST[:PORT]/PATH`, without user and password.
        url: Url,
        /// User and password.
        credentials: Option<(String, String)>,
        /// How the pictures travel.
        transport: Transport,
    },
}

impl fmt::Debug for Location {
    /// Without the password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => f.debug_tuple("File").field(path).finish(),
            Self::Rtsp { url, credentials, transport } => f
                .debug_struct("Rtsp")
                .field("url", &url.as_str())
                .field("user", &credentials.as_ref().map(|(user, _)| user))
                .field("transport", transport)
                .finish_non_exhaustive(),
        }
    }
}

/// How long a live camera is waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// For the connection with the description of the streams, and again for the order to play.
    pub connect: Duration,
    /// From the order to play to the first access unit, and from any access unit to a frame decoded of it.
    pub first_frame: Duration,
    /// Between two access units.
    pub stall: Duration,
    /// The longest pause between two tries.
    pub retry_max: Duration,
    /// The least pause after a refused password: cameras lock out those who try often.
    pub retry_auth: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(5),
            first_frame: Duration::from_secs(10),
            stall: Duration::from_secs(5),
            retry_max: Duration::from_secs(4),
            retry_auth: Duration::from_secs(300),
        }
    }
}

/// One source.
#[derive(Debug, Clone)]
pub struct SourceSpec {
    /// Whose frames they are.
    pub camera: CameraId,
    /// Where they come from.
    pub location: Location,
    /// Moment of a file's first frame; without it the frames of a file carry no wall clock.
    pub start: Option<Timestamp>,
    /// Frames handed on for each second of stream time, above 0; infinity hands on every frame.
    pub sample_fps: f64,
    /// Whether the sender reports of the camera date its frames.
    pub trust_sender_clock: bool,
    /// Quality of this host's clock, which dates a live camera's frames otherwise.
    pub clock_quality_of_host: ClockQuality,
    /// How long to wait.
    pub timeouts: Timeouts,
    /// Decoder threads, at least 1. More than one delays the frames of a live camera by as many.
    pub decoder_threads: usize,
}

impl SourceSpec {
    /// A source with 8 frames a second, the default time-outs, one decoder thread and this host's clock, held by
    /// nothing.
    pub fn new(camera: CameraId, location: Location) -> Self {
        Self {
            camera,
            location,
            start: None,
            sample_fps: 8.0,
            trust_sender_clock: false,
            clock_quality_of_host: ClockQuality::Free,
            timeouts: Timeouts::default(),
            decoder_threads: 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_password_is_not_printed() {
        let spec = SourceSpec::new(
            CameraId::new("a"),
            Location::Rtsp {
                url: "rtsp://10.0.0.1/live".parse().expect("a url"),
                credentials: Some(("viewer".into(), "s3cret".into())),
                transport: Transport::Tcp,
            },
        );
        let text = format!("{spec:?}");
        assert!(text.contains("viewer") && !text.contains("s3cret"));
    }
}

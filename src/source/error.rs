//! What goes wrong with a source.

use std::path::PathBuf;
use std::time::Duration;

use super::spec::Timeouts;
use super::state::StateKind;

/// What went wrong, with the file or address and the way out.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs)] // the messages explain the variants, the fields are their parts
pub enum SourceError {
    #[error("{}: there is no such file; check the camera's `url`, which is relative to the configuration", path.display())]
    Missing { path: PathBuf },
    #[error("{}: cannot be read ({why}); check its rights and that it is a file", path.display())]
    Unreadable { path: PathBuf, why: String },
    #[error("{}: is no video that can be read ({why}); play it with ffprobe, or copy it again", path.display())]
    NotVideo { path: PathBuf, why: String },
    #[error(
        "{}: ends at {at_s:.1} s of {duration_s:.1} s, so it is cut short; copy it again. The frames before are used",
        path.display()
    )]
    CutShort { path: PathBuf, at_s: f64, duration_s: f64 },
    #[error("{}: is damaged behind {at_s:.1} s ({why}); copy it again. The frames before are used", path.display())]
    Damaged { path: PathBuf, at_s: f64, why: String },
    #[error("{what}: the video is {encoding}, which is not supported; set the camera to H.264 or H.265")]
    Encoding { what: String, encoding: String },
    #[error("{url}: has no video stream; check the path of the camera's `url`")]
    NoVideo { url: String },
    #[error("{url}: rtsps is not supported; reach the camera by rtsp:// within a closed network")]
    Scheme { url: String },
    #[error("{url}: no connection ({why}); check address, port and network")]
    Connect { url: String, why: String },
    #[error("{url}: no answer within {} s while it was asked to {step}; check address, port and network", limit.as_secs_f64())]
    NoAnswer { url: String, step: &'static str, limit: Duration },
    #[error("{url}: user or password was refused (status {status}); correct them. A run tries again after {} s, since cameras lock out those who try often", retry.as_secs())]
    Auth { url: String, status: u16, retry: Duration },
    #[error("{url}: the camera refused with status {status} ({why}); check the path of the camera's `url`")]
    Refused { url: String, status: u16, why: String },
    #[error("{url}: the stream ended ({why}); it is tried again")]
    Lost { url: String, why: String },
    #[error("{url}: no pictures for {} s; look after the camera and its network", limit.as_secs_f64())]
    Stalled { url: String, limit: Duration },
    #[error("{url}: data come, but no picture could be decoded for {} s; look after the camera's encoder", limit.as_secs_f64())]
    Undecodable { url: String, limit: Duration },
    #[error("{what}: FFmpeg failed to {doing} ({why})")]
    Ffmpeg { what: String, doing: &'static str, why: String },
    #[error("{what}: stopped before the first frame")]
    Stopped { what: String },
    #[error("{what}: no frame within {} s", limit.as_secs_f64())]
    NoFrame { what: String, limit: Duration },
    #[error("{what}: no network run-time could be started ({why})")]
    Runtime { what: String, why: String },
}

impl SourceError {
    /// Whether user or password was refused.
    pub fn is_auth(&self) -> bool {
        matches!(self, Self::Auth { .. })
    }

    /// The state that a camera is in by it.
    pub fn state(&self) -> StateKind {
        match self {
            Self::Auth { .. } => StateKind::AuthFailed,
            Self::Stalled { .. } | Self::Undecodable { .. } | Self::NoFrame { .. } => StateKind::Stalled,
            Self::NoAnswer { .. } | Self::Connect { .. } | Self::Refused { .. } | Self::Lost { .. } => {
                StateKind::Unreachable
            }
            Self::Stopped { .. } => StateKind::Ended,
            Self::Missing { .. }
            | Self::Unreadable { .. }
            | Self::NotVideo { .. }
            | Self::CutShort { .. }
            | Self::Damaged { .. }
            | Self::Encoding { .. }
            | Self::NoVideo { .. }
            | Self::Scheme { .. }
            | Self::Ffmpeg { .. }
            | Self::Runtime { .. } => StateKind::Failed,
        }
    }

    /// The pause before try number `attempt` (1: the first after the failure), with `jitter` of 0-1: 0.25 s doubling
    /// to `retry_max`, of which the jitter takes up to a half; after a refused password `retry_auth` and up to a
    /// tenth more, never less.
    pub fn retry_in(&self, attempt: u32, jitter: f64, timeouts: &Timeouts) -> Duration {
        let jitter = jitter.clamp(0.0, 1.0);
        if self.is_auth() {
            return timeouts.retry_auth.mul_f64(1.0 + 0.1 * jitter);
        }
        let doubled = Duration::from_millis(250) * 2u32.pow(attempt.saturating_sub(1).min(8));
        doubled.min(timeouts.retry_max).mul_f64(1.0 - 0.5 * jitter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_keep_to_the_contract() {
        let timeouts = Timeouts::default();
        let auth = SourceError::Auth { url: "rtsp://a/".into(), status: 401, retry: timeouts.retry_auth };
        let lost = SourceError::Lost { url: "rtsp://a/".into(), why: "cut".into() };
        for attempt in 1..40 {
            for jitter in [0.0, 0.3, 1.0] {
                assert!(auth.retry_in(attempt, jitter, &timeouts) >= Duration::from_secs(300));
                let pause = lost.retry_in(attempt, jitter, &timeouts);
                assert!(pause <= Duration::from_secs(4) && pause >= Duration::from_millis(125));
            }
        }
        assert!(lost.retry_in(1, 0.0, &timeouts) < lost.retry_in(3, 0.0, &timeouts));
    }
}

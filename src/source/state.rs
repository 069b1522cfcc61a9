//! What a source tells: frames, states, counts.

use std::ops::ControlFlow;

use jiff::Timestamp;

use super::error::SourceError;
use crate::base::clock::Clock;
use crate::domain::frame::Frame;

/// How a camera fares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StateKind {
    /// Not yet tried to the end.
    Connecting,
    /// Frames come.
    Live,
    /// No connection, or it was refused or cut.
    Unreachable,
    /// User or password refused.
    AuthFailed,
    /// Connected, and no usable frames come.
    Stalled,
    /// The file has been read to its end, or the shutdown or the sink ended the source.
    Ended,
    /// The file cannot be read, or the camera sends what cannot be decoded here.
    Failed,
}

impl StateKind {
    /// The word in JSON and in the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Connecting => "connecting",
            Self::Live => "live",
            Self::Unreachable => "unreachable",
            Self::AuthFailed => "auth_failed",
            Self::Stalled => "stalled",
            Self::Ended => "ended",
            Self::Failed => "failed",
        }
    }
}

/// A camera's state. Between the `last_good` of the first state that is not `Live` and the `since` of the next `Live`
/// lies an outage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CameraState {
    /// How it fares.
    pub kind: StateKind,
    /// Since when it fares so, by the host's clock; repeated failures of one kind keep the first one's.
    pub since: Timestamp,
    /// In words: the error with its way out, or what comes. One line.
    pub detail: String,
    /// Tries since the last good frame; 0 while `Live`.
    pub attempts: u32,
    /// Arrival of the last good frame by the host's clock; `None` where there was none yet.
    pub last_good: Option<Timestamp>,
}

/// What a source has counted since its start.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Frames decoded.
    pub decoded: u64,
    /// Frames handed to the sink.
    pub handed_on: u64,
    /// Packets that the decoder refused, and frames it marked as damaged.
    pub decode_errors: u64,
    /// Access units passed over: those that wait for a key frame after a loss.
    pub skipped_units: u64,
    /// Access units dropped because the decoder was behind.
    pub dropped_units: u64,
    /// RTP packets lost on the way.
    pub lost_packets: u64,
    /// Sessions that began after the first.
    pub reconnects: u64,
}

/// Where frames and states go.
pub trait Sink: Send {
    /// Takes a frame; `Break` ends the source. For a file it may block, which is what paces the reading; for a live
    /// camera it must not.
    fn frame(&mut self, frame: Frame) -> ControlFlow<()>;
    /// Takes a state, at every change of kind or words and at every failed try.
    fn state(&mut self, state: CameraState);
    /// Takes the counts, after each frame handed on and before each state.
    fn counts(&mut self, _counts: Counts) {}
}

impl<S: Sink + ?Sized> Sink for Box<S> {
    fn frame(&mut self, frame: Frame) -> ControlFlow<()> {
        (**self).frame(frame)
    }

    fn state(&mut self, state: CameraState) {
        (**self).state(state);
    }

    fn counts(&mut self, counts: Counts) {
        (**self).counts(counts);
    }
}

/// Why a source ended.
#[derive(Debug)]
pub enum EndReason {
    /// The file was read to its end.
    EndOfFile,
    /// The flag went up.
    Shutdown,
    /// The sink broke.
    SinkClosed,
    /// It cannot go on. Frames may have been handed on before.
    Failed(SourceError),
}

/// How a source ended.
#[derive(Debug)]
pub struct SourceEnd {
    /// Why.
    pub reason: EndReason,
    /// What it counted.
    pub counts: Counts,
}

/// Keeps the state, so that only changes are told.
pub(super) struct Teller {
    kind: StateKind,
    since: Timestamp,
    attempts: u32,
    last_good: Option<Timestamp>,
}

impl Teller {
    /// Tells `Connecting`.
    pub fn start(sink: &mut dyn Sink, clock: &dyn Clock, what: &str) -> Self {
        let teller = Self { kind: StateKind::Connecting, since: clock.now(), attempts: 0, last_good: None };
        sink.state(teller.state(what.to_owned()));
        teller
    }

    fn state(&self, detail: String) -> CameraState {
        CameraState {
            kind: self.kind,
            since: self.since,
            detail: detail.replace('\n', " "),
            attempts: self.attempts,
            last_good: self.last_good,
        }
    }

    /// A good frame that arrived at `at`; tells `Live` where it was not.
    pub fn good(&mut self, sink: &mut dyn Sink, at: Timestamp, detail: impl FnOnce() -> String) {
        if self.kind != StateKind::Live {
            (self.kind, self.since, self.attempts) = (StateKind::Live, at, 0);
            self.last_good = Some(at);
            sink.state(self.state(detail()));
        }
        self.last_good = Some(at);
    }

    /// A failed try.
    pub fn failed(&mut self, sink: &mut dyn Sink, at: Timestamp, error: &SourceError) {
        self.attempts += 1;
        self.change(sink, at, error.state(), error.to_string());
    }

    /// The end.
    pub fn ended(&mut self, sink: &mut dyn Sink, at: Timestamp, detail: String) {
        self.change(sink, at, StateKind::Ended, detail);
    }

    fn change(&mut self, sink: &mut dyn Sink, at: Timestamp, kind: StateKind, detail: String) {
        if self.kind != kind {
            (self.kind, self.since) = (kind, at);
        }
        sink.state(self.state(detail));
    }
}

//! Clips drawn by FFmpeg, and a sink that keeps what it is given; the program as a user starts it; invented records.
#![allow(dead_code)] // each test program uses its part

pub mod program;
pub mod records;

use std::ffi::OsStr;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::Duration;

use hanhtrinh::domain::frame::Frame;
use hanhtrinh::source::{CameraState, Counts, Sink, StateKind};

/// Runs FFmpeg.
pub fn ffmpeg(arguments: &[&dyn AsRef<OsStr>]) {
    let status = Command::new("ffmpeg")
        .args(["-nostdin", "-loglevel", "error", "-y"])
        .args(arguments.iter().map(|a| a.as_ref()))
        .status()
        .expect("ffmpeg is installed (cargo xtask setup)");
    assert!(status.success(), "ffmpeg did what it was asked to");
}

/// Draws a clip with FFmpeg: `input` is a lavfi graph, `options` stand before the output.
pub fn clip(folder: &Path, name: &str, input: &str, options: &[&str]) -> PathBuf {
    let path = folder.join(name);
    let mut arguments: Vec<&dyn AsRef<OsStr>> = vec![&"-f", &"lavfi", &"-i", &input];
    arguments.extend(options.iter().map(|o| o as &dyn AsRef<OsStr>));
    arguments.push(&path);
    ffmpeg(&arguments);
    path
}

/// Seconds of moving test picture at 25 frames a second with a key frame every ten.
pub fn test_card(folder: &Path, name: &str, seconds: u32, options: &[&str]) -> PathBuf {
    let input = format!("testsrc=size=320x240:rate=25:duration={seconds}");
    let mut all = vec!["-c:v", "libx264", "-pix_fmt", "yuv420p", "-g", "10", "-threads", "1"];
    all.extend(options);
    clip(folder, name, &input, &all)
}

/// What a source told.
#[derive(Debug)]
pub enum Told {
    Frame(Frame),
    State(CameraState),
    Counts(Counts),
}

/// Sends all on.
pub struct Tell(pub SyncSender<Told>);

impl Sink for Tell {
    fn frame(&mut self, frame: Frame) -> ControlFlow<()> {
        match self.0.send(Told::Frame(frame)) {
            Ok(()) => ControlFlow::Continue(()),
            Err(_) => ControlFlow::Break(()),
        }
    }

    fn state(&mut self, state: CameraState) {
        // A test that has seen enough no longer listens.
        let _ = self.0.send(Told::State(state));
    }

    fn counts(&mut self, counts: Counts) {
        let _ = self.0.send(Told::Counts(counts));
    }
}

/// A sink and what listens to it.
pub fn listener() -> (Tell, Heard) {
    let (tell, told) = sync_channel(4096);
    (Tell(tell), Heard { told, frames: Vec::new(), states: Vec::new(), counts: Counts::default() })
}

/// What was heard so far.
pub struct Heard {
    told: Receiver<Told>,
    pub frames: Vec<Frame>,
    pub states: Vec<CameraState>,
    pub counts: Counts,
}

impl Heard {
    /// Listens until `enough` says so; panics after `limit`.
    pub fn until(&mut self, limit: Duration, what: &str, mut enough: impl FnMut(&Self) -> bool) {
        let end = std::time::Instant::now() + limit;
        while !enough(self) {
            let left = end.saturating_duration_since(std::time::Instant::now());
            match self.told.recv_timeout(left) {
                Ok(told) => self.keep(told),
                Err(e) => panic!("{what}: {e}; {} frames, states {:#?}", self.frames.len(), self.states),
            }
        }
    }

    /// Listens until the source has gone.
    pub fn until_it_ends(&mut self) {
        while let Ok(told) = self.told.recv() {
            self.keep(told);
        }
    }

    fn keep(&mut self, told: Told) {
        match told {
            Told::Frame(frame) => self.frames.push(frame),
            Told::State(state) => self.states.push(state),
            Told::Counts(counts) => self.counts = counts,
        }
    }

    /// The kinds of all states in order.
    pub fn kinds(&self) -> Vec<StateKind> {
        self.states.iter().map(|s| s.kind).collect()
    }

    /// Whether stream time never went back.
    pub fn in_order(&self) -> bool {
        self.frames.windows(2).all(|w| w[0].stamp.stream_s <= w[1].stamp.stream_s && w[0].seq < w[1].seq)
    }
}

//! How a run fares: a line on a terminal, one log line a minute otherwise, and the service manager's watchdog.

use std::io::IsTerminal;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use super::sink::Status;
use crate::domain::ids::CameraId;
use crate::obs::{CameraCounters, Count};
use crate::source::StateKind;

const LINE_EVERY: Duration = Duration::from_secs(1);
const LOG_EVERY: Duration = Duration::from_secs(60);

/// One camera's health.
pub struct Health {
    camera: CameraId,
    status: Arc<Mutex<Status>>,
    counters: Arc<CameraCounters>,
}

impl Health {
    /// The health told by these.
    pub fn new(camera: CameraId, status: Arc<Mutex<Status>>, counters: Arc<CameraCounters>) -> Self {
        Self { camera, status, counters }
    }

    fn word(&self) -> &'static str {
        let status = self.status.lock().unwrap_or_else(|e| e.into_inner());
        status.state.as_ref().map_or("starting", |s| s.kind.as_str())
    }

    fn is_live(&self) -> bool {
        self.word() == StateKind::Live.as_str()
    }
}

/// Tells the health from time to time.
pub struct Ticker {
    bar: Option<ProgressBar>,
    start: Instant,
    last_line: Instant,
    last_log: Instant,
    detected_before: u64,
}

impl Ticker {
    /// Tells the service manager that the program is ready.
    pub fn start() -> Self {
        let bar = std::io::stderr().is_terminal().then(|| {
            let bar = ProgressBar::new_spinner();
            bar.set_style(
                ProgressStyle::with_template("{spinner} {msg}")
                    .unwrap_or_else(|_| ProgressStyle::default_spinner()),
            );
            bar
        });
        // Outside systemd there is nobody to tell.
        let _ = sd_notify::notify(&[sd_notify::NotifyState::Ready]);
        let now = Instant::now();
        Self { bar, start: now, last_line: now, last_log: now, detected_before: 0 }
    }

    /// To be called a few times a second.
    pub fn tick<'a>(&mut self, cameras: impl Iterator<Item = &'a mut Health>) {
        let since = self.last_line.elapsed();
        if since < LINE_EVERY {
            return;
        }
        self.last_line = Instant::now();
        let _ = sd_notify::notify(&[sd_notify::NotifyState::Watchdog]);
        let cameras: Vec<&mut Health> = cameras.collect();
        let sum = |what: Count| cameras.iter().map(|c| c.counters.get(what)).sum::<u64>();
        let detected = sum(Count::FramesDetected);
        let rate = (detected - self.detected_before) as f64 / since.as_secs_f64();
        self.detected_before = detected;
        let live = cameras.iter().filter(|c| c.is_live()).count();
        let line = format!(
            "{} s · {live} of {} cameras live · {rate:.1} frames/s · {} passages · {} looks · {} frames dropped",
            self.start.elapsed().as_secs(),
            cameras.len(),
            sum(Count::Passages),
            sum(Count::Looks) + sum(Count::SecondLooks),
            sum(Count::FramesDropped),
        );
        let troubled: Vec<String> = cameras
            .iter()
            .filter(|c| !matches!(c.word(), "live" | "ended" | "connecting" | "starting"))
            .map(|c| format!("{} {}", c.camera, c.word()))
            .collect();
        let line = if troubled.is_empty() { line } else { format!("{line} · {}", troubled.join(", ")) };
        match &self.bar {
            Some(bar) => bar.set_message(line),
            None if self.last_log.elapsed() >= LOG_EVERY => {
                self.last_log = Instant::now();
                tracing::info!("{line}");
            }
            None => {}
        }
        if let Some(bar) = &self.bar {
            bar.tick();
        }
    }

    /// The run is ending.
    pub fn finish(self) {
        let _ = sd_notify::notify(&[sd_notify::NotifyState::Stopping]);
        if let Some(bar) = self.bar {
            bar.finish_and_clear();
        }
    }
}

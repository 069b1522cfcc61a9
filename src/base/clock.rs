//! The clock as a thing that is handed over, so that tests run on a simulated one.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use jiff::Timestamp;

/// What time it is.
pub trait Clock: Send + Sync {
    /// Wall clock.
    fn now(&self) -> Timestamp;
    /// Seconds since some fixed moment; never goes back.
    fn monotonic_s(&self) -> f64;
}

/// The machine's clock.
#[derive(Debug)]
pub struct SystemClock {
    start: Instant,
}

impl SystemClock {
    /// A clock whose monotonic seconds begin now.
    pub fn new() -> Self {
        Self { start: Instant::now() }
    }
}

impl Default for SystemClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    fn monotonic_s(&self) -> f64 {
        self.start.elapsed().as_secs_f64()
    }
}

/// A clock that moves only when told to.
#[derive(Debug)]
pub struct SimulatedClock {
    state: Mutex<(Timestamp, f64)>,
}

impl SimulatedClock {
    /// A clock that stands at `now`.
    pub fn at(now: Timestamp) -> Self {
        Self { state: Mutex::new((now, 0.0)) }
    }

    /// Moves on.
    pub fn advance(&self, by: Duration) {
        let mut state = self.state.lock().unwrap_or_else(|e| e.into_inner());
        let step = jiff::SignedDuration::try_from(by).unwrap_or(jiff::SignedDuration::MAX);
        state.0 = state.0.checked_add(step).unwrap_or(Timestamp::MAX);
        state.1 += by.as_secs_f64();
    }
}

impl Clock for SimulatedClock {
    fn now(&self) -> Timestamp {
        self.state.lock().unwrap_or_else(|e| e.into_inner()).0
    }

    fn monotonic_s(&self) -> f64 {
        self.state.lock().unwrap_or_else(|e| e.into_inner()).1
    }
}

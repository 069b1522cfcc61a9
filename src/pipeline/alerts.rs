//! Alerts on their way: one thread a target, which takes what is due from the store's outbox. A target that fails is
//! tried again, ever more seldom, and holds up nobody: neither the record nor another target.
//!
//! The writer rings when events are on disk. Other programs (`correct`, `store import`) write events too and cannot ring,
//! so each thread also looks by itself once a second.

use std::path::Path;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBuilder};
use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};
use jiff::SignedDuration;

use super::error::PipelineError;
use crate::base::clock::Clock;
use crate::config::{AlertSettings, AlertTo};
use crate::deliver::{Address, DeliverError, Fault, Parcel, Target};
use crate::domain::watch::AlertEvent;
use crate::store::{Due, Outbox, StoreError};

/// Between two looks at the outbox without a ring.
const LOOK: Duration = Duration::from_secs(1);
/// Taken from the outbox at once.
const AT_ONCE: usize = 32;
/// First and longest wait after a failure.
const WAIT: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(300));
/// How long the end of the run waits for what is still due, beside the attempt that goes on.
const LAST_ROUND_S: f64 = 5.0;

/// The threads of all targets.
pub struct Alerts {
    bells: Vec<Sender<()>>,
    threads: Vec<JoinHandle<()>>,
}

/// Rings at the targets' threads; never waits.
pub struct Bell(Vec<Sender<()>>);

impl Bell {
    /// There are new events.
    pub fn ring(&self) {
        for bell in &self.0 {
            // Full: it has been rung already and not been answered yet.
            let _ = bell.try_send(());
        }
    }
}

impl Alerts {
    /// Starts a thread `alert-NAME` for each target. The store must be there.
    pub fn start(
        targets: &[AlertSettings],
        store: &Path,
        clock: &Arc<dyn Clock>,
    ) -> Result<Self, PipelineError> {
        let mut alerts = Self { bells: Vec::new(), threads: Vec::new() };
        for settings in targets {
            let target = Target::new(&address(&settings.to), settings.limit)
                .map_err(|cause| PipelineError::Alert { target: settings.name.clone(), cause })?;
            let (bell, rung) = bounded(1);
            let mut post = Post {
                name: settings.name.clone(),
                outbox: Outbox::open(store, &settings.name)?,
                target,
                clock: clock.clone(),
                waits: backoff().build(),
                not_before_s: f64::NEG_INFINITY,
                failing: false,
            };
            let thread = std::thread::Builder::new()
                .name(format!("alert-{}", settings.name))
                .spawn(move || post.work(&rung))
                .map_err(|cause| PipelineError::System {
                    what: format!("the thread alert-{} cannot be started", settings.name),
                    cause,
                })?;
            alerts.bells.push(bell);
            alerts.threads.push(thread);
        }
        Ok(alerts)
    }

    /// The bell for the writer.
    pub fn bell(&self) -> Bell {
        Bell(self.bells.clone())
    }

    /// Delivers what is due once more and ends the threads. The bells that were given away must be gone: the writer is
    /// closed.
    pub fn finish(self) {
        drop(self.bells);
        for thread in self.threads {
            let name = thread.thread().name().unwrap_or("alert").to_owned();
            if thread.join().is_err() {
                tracing::error!(
                    "the thread {name} broke off by a fault of this program; its alerts wait for the next run"
                );
            }
        }
    }
}

/// The address in the words of the room that delivers.
fn address(to: &AlertTo) -> Address {
    match to.clone() {
        AlertTo::Webhook { url, token, authorities } => Address::Webhook { url, token, authorities },
        AlertTo::File(path) => Address::File(path),
        AlertTo::Command(line) => Address::Command(line),
    }
}

fn backoff() -> ExponentialBuilder {
    ExponentialBuilder::default()
        .with_min_delay(WAIT.0)
        .with_max_delay(WAIT.1)
        .with_factor(2.0)
        .with_jitter()
        .without_max_times()
}

/// One target's thread.
struct Post {
    name: String,
    outbox: Outbox,
    target: Target,
    clock: Arc<dyn Clock>,
    /// Waits after one failure of the target and the next.
    waits: backon::ExponentialBackoff,
    /// The target is left alone until then, in seconds of the monotonic clock.
    not_before_s: f64,
    failing: bool,
}

impl Post {
    fn work(&mut self, rung: &Receiver<()>) {
        loop {
            let ended = matches!(rung.recv_timeout(LOOK), Err(RecvTimeoutError::Disconnected));
            let until_s = if ended { self.clock.monotonic_s() + LAST_ROUND_S } else { f64::INFINITY };
            if let Err(error) = self.round(until_s) {
                tracing::warn!(to = self.name, "alerts wait: {error}");
            }
            if ended {
                return;
            }
        }
    }

    /// Delivers what is due, until nothing is, the target fails, or the time is over.
    fn round(&mut self, until_s: f64) -> Result<(), StoreError> {
        loop {
            if self.clock.monotonic_s() < self.not_before_s {
                return Ok(());
            }
            let due = self.outbox.due(self.clock.now(), AT_ONCE)?;
            for item in &due {
                if self.clock.monotonic_s() >= until_s || !self.deliver(item)? {
                    return Ok(());
                }
            }
            if due.is_empty() {
                return Ok(());
            }
        }
    }

    /// One attempt; false where the target is to be left alone for now.
    fn deliver(&mut self, due: &Due) -> Result<bool, StoreError> {
        let body = body_of(&due.event);
        match self.target.deliver(&Parcel { key: &due.event.key, body: &body }) {
            Ok(()) => {
                self.outbox.delivered(due.number, self.clock.now())?;
                if std::mem::replace(&mut self.failing, false) {
                    tracing::info!(to = self.name, "alerts arrive again");
                }
                self.waits = backoff().build();
                Ok(true)
            }
            Err(error) => self.failed(due, &error),
        }
    }

    fn failed(&mut self, due: &Due, error: &DeliverError) -> Result<bool, StoreError> {
        let wait = match error.fault {
            Fault::Target => self.waits.next(),
            Fault::Parcel => backoff().build().nth(due.attempts as usize),
        };
        let wait = wait.unwrap_or(WAIT.1);
        let after = SignedDuration::try_from(wait).unwrap_or(SignedDuration::from_secs(300));
        let now = self.clock.now();
        self.outbox.failed(due.number, &error.what, now.checked_add(after).unwrap_or(now))?;
        if error.fault == Fault::Parcel {
            tracing::warn!(to = self.name, alert = due.event.key, "an alert was refused: {error}");
            return Ok(true);
        }
        self.not_before_s = self.clock.monotonic_s() + wait.as_secs_f64();
        if !std::mem::replace(&mut self.failing, true) {
            tracing::warn!(to = self.name, "alerts do not arrive and are tried again: {error}");
        }
        Ok(false)
    }
}

/// The event as it is delivered: one line of JSON with its `type`.
fn body_of(event: &AlertEvent) -> String {
    #[derive(serde::Serialize)]
    struct Typed<'a> {
        r#type: &'static str,
        #[serde(flatten)]
        event: &'a AlertEvent,
    }
    // Plain data, which cannot fail to be written; it was read from JSON a moment ago.
    serde_json::to_string(&Typed { r#type: "alert", event }).unwrap_or_default()
}

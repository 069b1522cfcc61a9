//! A run without cameras: a centre that takes in what other boxes saw (`store import`) delivers the alerts of it. It needs
//! no models.

use std::sync::Arc;
use std::time::Duration;

use super::alerts::Alerts;
use super::confusion::reader_errors_or_built_in;
use super::error::PipelineError;
use super::run::{RunReport, start_writer, tell_settings};
use crate::base::clock::Clock;
use crate::base::shutdown::Shutdown;
use crate::config::Settings;
use crate::store::{OpenMode, Store};

/// How often the flag is looked at.
const LOOK: Duration = Duration::from_millis(200);

/// Delivers until the flag goes up, or, with `until_end`, what is due now. The writer sweeps the retention meanwhile.
pub(super) fn run(
    settings: &Settings,
    until_end: bool,
    clock: Arc<dyn Clock>,
    shutdown: &Shutdown,
) -> Result<RunReport, PipelineError> {
    if settings.alerts.is_empty() {
        return Err(PipelineError::Other(
            "the configuration has no [[camera]] to watch and no [[alert]] to deliver to, so there is nothing to run; \
             add one. Questions and `store import` need neither"
                .to_owned(),
        ));
    }
    let store = Store::open(&settings.store.dir, OpenMode::Create)?;
    let alerts = Alerts::start(&settings.alerts, store.dir(), &clock)?;
    let (errors, damaged) = reader_errors_or_built_in();
    if let Some(why) = damaged {
        tracing::warn!("{why}; meanwhile plates are joined by the built-in table");
    }
    let writer = start_writer(store, settings, errors, clock, alerts.bell(), shutdown)?;
    tell_settings(&writer.handle(), settings)?;
    tracing::info!(
        targets = settings.alerts.len(),
        "no camera: alerts of what is imported are delivered, nothing is watched"
    );
    while !until_end && !shutdown.wait_for(LOOK) {}
    let closed = writer.close();
    alerts.finish();
    closed?;
    Ok(RunReport::default())
}

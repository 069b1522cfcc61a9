//! Facts beside the passages: outages of cameras, runs of the program, the settings last used.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Transaction, params};
use serde::{Deserialize, Serialize};

use super::rows;
use crate::domain::ids::{CameraId, RunId};
use crate::domain::passage::Outage;
use crate::domain::place::{CameraPlace, Gate};

/// The program starts to write.
#[derive(Debug, Clone, PartialEq)]
pub struct RunStart {
    /// Name, new at every start.
    pub run: RunId,
    /// Version of the program.
    pub version: String,
    /// Versions of the models.
    pub models: String,
    /// Digest of the configuration.
    pub config: String,
    /// Execution provider in use.
    pub provider: String,
    /// The cameras that are streams. Between the last sign of life of the run before and this one's first frame
    /// they are in an outage (`stopped`): nothing was watched. Files have none.
    pub live_cameras: Vec<CameraId>,
}

/// What the verbs that only ask need to know of the configuration last used. No secrets.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SettingsUsed {
    /// Home province.
    pub home: String,
    /// Gates.
    pub gates: Vec<Gate>,
    /// Cameras as places.
    pub cameras: Vec<CameraPlace>,
    /// Without a sighting for longer than this many seconds a vehicle is lost.
    pub lost_after_s: i64,
    /// Passages of one gate within this many seconds are one crossing.
    pub same_crossing_s: i64,
}

/// A run as recorded.
#[derive(Debug, Clone, PartialEq)]
pub struct Run {
    /// Name.
    pub run: RunId,
    /// Start.
    pub started_at: Timestamp,
    /// Last sign of life.
    pub last_alive_at: Timestamp,
    /// End; `None`: it still runs, or it was killed.
    pub ended_at: Option<Timestamp>,
    /// True: it ended by itself; false: it was killed; `None`: not known yet.
    pub clean: Option<bool>,
}

pub(super) fn outage_began(tx: &Transaction<'_>, outage: &Outage) -> rusqlite::Result<()> {
    let to = outage.to.map(|to| to.max(outage.from));
    let open = open_outage(tx, &outage.camera)?;
    tx.prepare_cached(
        "INSERT INTO outages (camera, from_at, to_at, state, why) VALUES (?1, ?2, ?3, ?4, ?5) \
         ON CONFLICT (camera, from_at) DO UPDATE \
         SET to_at = excluded.to_at, state = excluded.state, why = excluded.why",
    )?
    .execute(params![
        outage.camera.as_str(),
        open.unwrap_or(outage.from.as_microsecond()),
        rows::micros(to),
        outage.state,
        outage.why,
    ])?;
    Ok(())
}

fn open_outage(db: &Connection, camera: &CameraId) -> rusqlite::Result<Option<i64>> {
    db.prepare_cached(
        "SELECT from_at FROM outages WHERE camera = ?1 AND to_at IS NULL ORDER BY from_at DESC",
    )?
    .query_row([camera.as_str()], |row| row.get(0))
    .optional()
}

pub(super) fn outage_ended(tx: &Transaction<'_>, camera: &CameraId, to: Timestamp) -> rusqlite::Result<()> {
    tx.prepare_cached("UPDATE outages SET to_at = max(from_at, ?2) WHERE camera = ?1 AND to_at IS NULL")?
        .execute(params![camera.as_str(), to.as_microsecond()])?;
    Ok(())
}

/// An outage of another box's camera. One that has ended here does not go on again.
pub(super) fn put_outage(tx: &Transaction<'_>, outage: &Outage) -> rusqlite::Result<()> {
    tx.prepare_cached(
        "INSERT INTO outages (camera, from_at, to_at, state, why) VALUES (?1, ?2, ?3, ?4, ?5) \
         ON CONFLICT (camera, from_at) DO UPDATE SET to_at = coalesce(outages.to_at, excluded.to_at)",
    )?
    .execute(params![
        outage.camera.as_str(),
        outage.from.as_microsecond(),
        rows::micros(outage.to.map(|to| to.max(outage.from))),
        outage.state,
        outage.why,
    ])?;
    Ok(())
}

pub(super) fn run_started(tx: &Transaction<'_>, run: &RunStart, now: Timestamp) -> rusqlite::Result<()> {
    // The lock lets one run write at a time: those without an end are dead.
    tx.execute("UPDATE runs SET ended_at = last_alive_at, clean = 0 WHERE ended_at IS NULL", [])?;
    let before: Option<(i64, String)> = tx
        .query_row("SELECT ended_at, live_cameras FROM runs ORDER BY started_at DESC LIMIT 1", [], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .optional()?;
    let mut watched: Vec<CameraId> = Vec::new();
    if let Some((ended, cameras)) = before {
        watched = serde_json::from_str(&cameras).unwrap_or_default();
        for camera in run.live_cameras.iter().filter(|c| watched.contains(c)) {
            if open_outage(tx, camera)?.is_none() {
                tx.execute(
                    "INSERT OR IGNORE INTO outages (camera, from_at, state, why) VALUES (?1, ?2, 'stopped', ?3)",
                    params![camera.as_str(), ended, "hanhtrinh was not running"],
                )?;
            }
        }
    }
    for camera in watched.iter().filter(|c| !run.live_cameras.contains(c)) {
        // No longer a stream of ours: nothing will ever end its outage.
        outage_ended(tx, camera, now)?;
    }
    tx.execute(
        "INSERT INTO runs (id, started_at, last_alive_at, version, models, config, provider, live_cameras) \
         VALUES (?1, ?2, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (id) DO UPDATE \
         SET started_at = excluded.started_at, last_alive_at = excluded.last_alive_at, ended_at = NULL, clean = NULL",
        params![
            run.run.as_str(),
            now.as_microsecond(),
            run.version,
            run.models,
            run.config,
            run.provider,
            rows::to_json(&run.live_cameras)?,
        ],
    )?;
    Ok(())
}

pub(super) fn run_ended(tx: &Transaction<'_>, run: &RunId, now: Timestamp) -> rusqlite::Result<()> {
    tx.execute(
        "UPDATE runs SET ended_at = max(started_at, ?2), last_alive_at = max(started_at, ?2), clean = 1 WHERE id = ?1",
        params![run.as_str(), now.as_microsecond()],
    )?;
    Ok(())
}

/// A sign of life of the run that writes.
pub(super) fn alive(db: &Connection, now: Timestamp) -> rusqlite::Result<()> {
    db.prepare_cached("UPDATE runs SET last_alive_at = max(last_alive_at, ?1) WHERE ended_at IS NULL")?
        .execute([now.as_microsecond()])?;
    Ok(())
}

/// Puts the settings on record; true where cameras stand elsewhere, or are others, than before.
pub(super) fn put_settings(tx: &Transaction<'_>, s: &SettingsUsed, now: Timestamp) -> rusqlite::Result<bool> {
    let before: Option<SettingsUsed> =
        tx.query_row("SELECT body FROM settings WHERE id = 1", [], |row| rows::json(row, 0)).optional()?;
    tx.execute(
        "INSERT OR REPLACE INTO settings (id, saved_at, body) VALUES (1, ?1, ?2)",
        params![now.as_microsecond(), rows::to_json(s)?],
    )?;
    Ok(before.is_some_and(|b| b.cameras != s.cameras))
}

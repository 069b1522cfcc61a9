//! Counts of vehicles of the home province, for a store that does not record their passages.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Transaction, params};

use super::rows;
use crate::domain::detection::VehicleClass;
use crate::domain::ids::{CameraId, RecordId};
use crate::domain::place::Direction;

const HOUR_US: i64 = 3_600_000_000;

/// A vehicle of the home province that is counted and not recorded.
#[derive(Debug, Clone, PartialEq)]
pub struct HomeCount {
    /// The name that its passage would have: a replay counts it once.
    pub id: RecordId,
    /// As of a passage.
    pub revision: u32,
    /// Camera.
    pub camera: CameraId,
    /// Direction.
    pub direction: Direction,
    /// Vehicle class.
    pub class: VehicleClass,
    /// When; only the hour is kept.
    pub crossed_at: Option<Timestamp>,
}

/// Vehicles of the home province in one hour at one camera.
#[derive(Debug, Clone, PartialEq)]
pub struct HomeHour {
    /// Begin of the hour; `None` where nothing dates the passages.
    pub hour: Option<Timestamp>,
    /// Camera.
    pub camera: CameraId,
    /// Direction.
    pub direction: Direction,
    /// Vehicle class.
    pub class: VehicleClass,
    /// How many.
    pub n: u64,
}

/// The revision in which this passage was counted.
pub(super) fn counted_revision(db: &Connection, id: &RecordId) -> rusqlite::Result<Option<u32>> {
    db.prepare_cached("SELECT revision FROM home_counted WHERE id = ?1")?
        .query_row([id.as_str()], |row| row.get(0))
        .optional()
}

pub(super) fn count(tx: &Transaction<'_>, vehicle: &HomeCount, now: Timestamp) -> rusqlite::Result<()> {
    take_out(tx, &vehicle.id)?;
    let hour = vehicle.crossed_at.map_or(0, |t| t.as_microsecond().div_euclid(HOUR_US) * HOUR_US);
    let place = (vehicle.camera.as_str(), vehicle.direction.as_str(), vehicle.class.as_str());
    tx.prepare_cached(
        "INSERT INTO home_counts (hour, camera, direction, class, n) VALUES (?1, ?2, ?3, ?4, 1) \
         ON CONFLICT (hour, camera, direction, class) DO UPDATE SET n = n + 1",
    )?
    .execute(params![hour, place.0, place.1, place.2])?;
    tx.prepare_cached(
        "INSERT INTO home_counted (id, revision, hour, camera, direction, class, counted_at) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?
    .execute(params![
        vehicle.id.as_str(),
        vehicle.revision,
        hour,
        place.0,
        place.1,
        place.2,
        now.as_microsecond()
    ])?;
    Ok(())
}

/// Takes a passage out of the counts, where it is in them.
pub(super) fn take_out(tx: &Transaction<'_>, id: &RecordId) -> rusqlite::Result<()> {
    let counted = tx
        .prepare_cached("DELETE FROM home_counted WHERE id = ?1 RETURNING hour, camera, direction, class")?
        .query_row([id.as_str()], |row| {
            Ok((
                row.get::<_, i64>(0)?,
                row.get::<_, String>(1)?,
                row.get::<_, String>(2)?,
                row.get::<_, String>(3)?,
            ))
        })
        .optional()?;
    if let Some((hour, camera, direction, class)) = counted {
        tx.prepare_cached(
            "UPDATE home_counts SET n = n - 1 WHERE hour = ?1 AND camera = ?2 AND direction = ?3 AND class = ?4",
        )?
        .execute(params![hour, camera, direction, class])?;
    }
    Ok(())
}

/// Counts of the hours that begin within `from` to `to`, by time and camera; undated ones where `from` is `None`.
pub(super) fn hours(
    db: &Connection,
    from: Option<Timestamp>,
    to: Option<Timestamp>,
) -> rusqlite::Result<Vec<HomeHour>> {
    let from = from.map_or(0, |t| t.as_microsecond());
    let to = to.map_or(i64::MAX, |t| t.as_microsecond());
    db.prepare_cached(
        "SELECT hour, camera, direction, class, n FROM home_counts \
         WHERE hour >= ?1 AND hour < ?2 AND n > 0 ORDER BY hour, camera, direction, class",
    )?
    .query_map([from, to], |row| {
        let hour = rows::time(row, 0)?;
        Ok(HomeHour {
            hour: (hour.as_microsecond() != 0).then_some(hour),
            camera: CameraId::new(row.get_ref(1)?.as_str()?),
            direction: rows::word(row, 2)?,
            class: rows::word(row, 3)?,
            n: row.get::<_, i64>(4)? as u64,
        })
    })?
    .collect()
}

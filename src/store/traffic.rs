//! Traffic as a whole: counts by hour, who passed a place at a time, who comes often, who stands inside.

use jiff::{SignedDuration, Timestamp};
use rusqlite::types::Value;
use rusqlite::{OptionalExtension, Row, params, params_from_iter};

use super::error::StoreError;
use super::filter::{Conditions, Filter};
use super::query::{Reader, standing_sql};
use super::rows;
use crate::domain::detection::VehicleClass;
use crate::domain::ids::{CameraId, RecordId};
use crate::domain::place::Direction;
use crate::domain::plate::{PlateKey, PlateState, Verdict};

/// Passages of one hour that agree in all of this.
#[derive(Debug, Clone, PartialEq)]
pub struct HourlyCount {
    /// Begin of the hour.
    pub hour: Timestamp,
    /// Camera.
    pub camera: CameraId,
    /// Gate.
    pub gate: Option<String>,
    /// Direction.
    pub direction: Direction,
    /// Vehicle class.
    pub class: VehicleClass,
    /// Two-digit code.
    pub province: Option<String>,
    /// Verdict.
    pub verdict: Verdict,
    /// Whether plates were read.
    pub plate_state: PlateState,
    /// How many, at least 1.
    pub n: u64,
}

/// A passage with a plate and a time, without the rest.
#[derive(Debug, Clone, PartialEq)]
pub struct LightPassage {
    /// Name.
    pub id: RecordId,
    /// Plate key.
    pub key: PlateKey,
    /// Camera.
    pub camera: CameraId,
    /// When.
    pub at: Timestamp,
}

/// A plate with its journeys in a time.
#[derive(Debug, Clone, PartialEq)]
pub struct Repeated {
    /// Plate key.
    pub key: PlateKey,
    /// Two-digit code.
    pub province: Option<String>,
    /// Vehicle class of its last journey.
    pub class: VehicleClass,
    /// Journeys that began in the time.
    pub journeys: u64,
    /// Local days on which one began.
    pub days: u64,
    /// Begin of the first.
    pub first: Timestamp,
    /// Begin of the last.
    pub last: Timestamp,
}

/// A journey that stands open, without the rest.
#[derive(Debug, Clone, PartialEq)]
pub struct InsideCount {
    /// Two-digit code.
    pub province: Option<String>,
    /// Verdict.
    pub verdict: Verdict,
    /// Gate of the entry.
    pub entered_by: Option<String>,
    /// Vehicle class.
    pub class: VehicleClass,
    /// Its first leg.
    pub since: Timestamp,
}

const HOUR_US: i64 = 3_600_000_000;

/// Of the counts kept by hour: the hours that begin within the filter's times.
pub(super) fn hourly_sql(filter: &Filter) -> (String, Vec<Value>) {
    let mut c = Conditions::default();
    c.times("hour", filter);
    c.passing("", filter);
    let columns = "hour, camera, gate, direction, class, province, verdict, plate_state, n";
    (format!("SELECT {columns} FROM hourly {} ORDER BY hour", c.sql()), c.values)
}

/// The same counted from the passages themselves, to the microsecond: for a part of an hour.
pub(super) fn part_of_hour_sql(filter: &Filter) -> (String, Vec<Value>) {
    let mut c = Conditions::default();
    c.times("crossed_at", filter);
    c.passing("", filter);
    let sql = format!(
        "SELECT crossed_at - crossed_at % {HOUR_US} AS hour, camera, coalesce(gate, ''), direction, class, \
         coalesce(province, ''), verdict, plate_state, count(*) FROM passages {} \
         GROUP BY 1, 2, 3, 4, 5, 6, 7, 8 ORDER BY 1",
        c.sql()
    );
    (sql, c.values)
}

/// The filter's times as a part of an hour, whole hours and a part of an hour, those that are empty left out; the whole
/// ones are marked.
fn by_hours(filter: &Filter) -> Vec<(bool, Filter)> {
    let hour_of = |t: Timestamp, add: i64| {
        let us = (t.as_microsecond() + add).div_euclid(HOUR_US) * HOUR_US;
        Timestamp::from_microsecond(us).unwrap_or(t)
    };
    // Where no whole hour lies between, `first` may stand behind `last`: then it is one part.
    let first = filter.from.map(|t| hour_of(t, HOUR_US - 1));
    let last = filter.to.map(|t| hour_of(t, 0));
    if let (Some(first), Some(last)) = (first, last)
        && last <= first
    {
        // The border of an hour may lie within: grouping by hour sees to it.
        return vec![(false, filter.clone())];
    }
    let piece = |from, to| Filter { from, to, ..filter.clone() };
    let mut pieces = Vec::new();
    if filter.from != first {
        pieces.push((false, piece(filter.from, first)));
    }
    pieces.push((true, piece(first, last)));
    if filter.to != last {
        pieces.push((false, piece(last, filter.to)));
    }
    pieces
}

/// ?1 gate, ?2 direction, ?3 to ?4 the time.
pub(super) const AT_GATE: &str = "SELECT id, plate, plate_kind, camera, crossed_at FROM passages \
    WHERE gate = ?1 AND direction = ?2 AND crossed_at BETWEEN ?3 AND ?4 AND plate IS NOT NULL";
/// ?1 camera, ?2 direction, ?3 to ?4 the time.
pub(super) const AT_CAMERA: &str = "SELECT id, plate, plate_kind, camera, crossed_at FROM passages \
    WHERE camera = ?1 AND direction = ?2 AND crossed_at BETWEEN ?3 AND ?4 AND plate IS NOT NULL";
/// ?1 to ?2 the time, ?3 the least confidence.
pub(super) const WITH_PLATE: &str = "SELECT id, plate, plate_kind, camera, crossed_at FROM passages \
    WHERE crossed_at >= ?1 AND crossed_at < ?2 AND plate IS NOT NULL AND confidence >= ?3 ORDER BY crossed_at";

pub(super) fn repeated_sql(filter: &Filter, least: u64) -> (String, Vec<Value>) {
    let mut c = Conditions::default();
    c.times("j.started_at", filter);
    c.any_of("j.origin_code", filter.provinces.iter().cloned());
    c.any_of("j.class", filter.classes.iter().map(|v| v.as_str().to_owned()));
    c.any_of("j.verdict", filter.verdicts.iter().map(|v| v.as_str().to_owned()));
    c.any_of("j.entered_by", filter.in_by.iter().chain(&filter.gates).cloned());
    c.any_of("j.left_by", filter.out_by.clone());
    let mut values = c.values.clone();
    values.push(Value::Integer(i64::try_from(least).unwrap_or(i64::MAX)));
    // Seven hours: the local day of Vietnam.
    let sql = format!(
        "SELECT j.plate, j.plate_kind, j.origin_code, j.class, count(*), \
         count(DISTINCT (j.started_at + 25200000000) / 86400000000), min(j.started_at), max(j.started_at) \
         FROM journeys j {} GROUP BY j.plate, j.plate_kind HAVING count(*) >= ? \
         ORDER BY count(*) DESC, max(j.started_at) DESC, j.plate LIMIT {}",
        c.sql(),
        filter.limit_sql()
    );
    (sql, values)
}

impl Reader {
    /// Dated passages within the filter's times, counted by hour; of an hour that lies there in part, those of that
    /// part. Filters by camera, gate, direction, verdict, province and class; the others are passed over.
    pub fn hourly(&self, filter: &Filter) -> Result<Vec<HourlyCount>, StoreError> {
        self.ask(|db| {
            let mut all = Vec::new();
            for (whole, piece) in by_hours(filter) {
                let (sql, values) = if whole { hourly_sql(&piece) } else { part_of_hour_sql(&piece) };
                let mut query = db.prepare(&sql)?;
                for found in query.query_map(params_from_iter(values), hourly)? {
                    all.push(found?);
                }
            }
            Ok(all)
        })
    }

    /// The moment of the last dated passage.
    pub fn last_passage_at(&self) -> Result<Option<Timestamp>, StoreError> {
        self.ask(|db| db.query_row(LAST_AT, [], |row| rows::time(row, 0)).optional())
    }

    /// Passages with a plate by a gate (`gate` true) or a camera of that name, in one direction, from `from` to `to`.
    pub fn passed(
        &self,
        gate: bool,
        name: &str,
        direction: Direction,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<LightPassage>, StoreError> {
        self.ask(|db| {
            db.prepare_cached(if gate { AT_GATE } else { AT_CAMERA })?
                .query_map(
                    params![name, direction.as_str(), from.as_microsecond(), to.as_microsecond()],
                    light,
                )?
                .collect()
        })
    }

    /// All passages with a plate from `from` on, before `to`, read with at least that confidence (0-1), by time.
    pub fn with_plates(
        &self,
        from: Timestamp,
        to: Timestamp,
        confidence: f32,
    ) -> Result<Vec<LightPassage>, StoreError> {
        self.ask(|db| {
            db.prepare_cached(WITH_PLATE)?
                .query_map(params![from.as_microsecond(), to.as_microsecond(), f64::from(confidence)], light)?
                .collect()
        })
    }

    /// Plates with at least `least` journeys that began within the filter's times, the most first. Filters by times,
    /// province, class, verdict and gates.
    pub fn repeated(&self, filter: &Filter, least: u64) -> Result<Vec<Repeated>, StoreError> {
        let (sql, values) = repeated_sql(filter, least);
        self.ask(|db| db.prepare(&sql)?.query_map(params_from_iter(values), repeated)?.collect())
    }

    /// All that stood inside at `at` (see [`Self::inside`]) in short, newest first.
    pub fn inside_counts(
        &self,
        at: Timestamp,
        lost_after: SignedDuration,
        filter: &Filter,
    ) -> Result<Vec<InsideCount>, StoreError> {
        let columns = "j.origin_code, j.verdict, j.entered_by, j.class, j.started_at";
        let filter = Filter { limit: None, ..filter.clone() };
        self.ask(|db| {
            let mut all = Vec::new();
            for (sql, values) in standing_sql(columns, &filter, at, lost_after) {
                let mut query = db.prepare(&sql)?;
                for found in query.query_map(params_from_iter(values), inside_count)? {
                    all.push(found?);
                }
            }
            Ok(all)
        })
    }
}

pub(super) const LAST_AT: &str =
    "SELECT crossed_at FROM passages WHERE crossed_at IS NOT NULL ORDER BY crossed_at DESC LIMIT 1";

fn filled(row: &Row<'_>, index: usize) -> rusqlite::Result<Option<String>> {
    Ok(Some(row.get::<_, String>(index)?).filter(|text| !text.is_empty()))
}

fn hourly(row: &Row<'_>) -> rusqlite::Result<HourlyCount> {
    Ok(HourlyCount {
        hour: rows::time(row, 0)?,
        camera: CameraId::new(row.get_ref(1)?.as_str()?),
        gate: filled(row, 2)?,
        direction: rows::word(row, 3)?,
        class: rows::word(row, 4)?,
        province: filled(row, 5)?,
        verdict: rows::word(row, 6)?,
        plate_state: rows::word(row, 7)?,
        n: row.get::<_, i64>(8)?.max(0) as u64,
    })
}

fn light(row: &Row<'_>) -> rusqlite::Result<LightPassage> {
    Ok(LightPassage {
        id: RecordId::from_text(row.get_ref(0)?.as_str()?),
        key: PlateKey { kind: rows::word(row, 2)?, text: row.get(1)? },
        camera: CameraId::new(row.get_ref(3)?.as_str()?),
        at: rows::time(row, 4)?,
    })
}

fn repeated(row: &Row<'_>) -> rusqlite::Result<Repeated> {
    Ok(Repeated {
        key: PlateKey { kind: rows::word(row, 1)?, text: row.get(0)? },
        province: row.get(2)?,
        class: rows::word(row, 3)?,
        journeys: row.get::<_, i64>(4)?.max(0) as u64,
        days: row.get::<_, i64>(5)?.max(0) as u64,
        first: rows::time(row, 6)?,
        last: rows::time(row, 7)?,
    })
}

fn inside_count(row: &Row<'_>) -> rusqlite::Result<InsideCount> {
    Ok(InsideCount {
        province: row.get(0)?,
        verdict: rows::word(row, 1)?,
        entered_by: row.get(2)?,
        class: rows::word(row, 3)?,
        since: rows::time(row, 4)?,
    })
}

//! Rows to words and back: how passages, journeys and outages lie in their tables.

use std::sync::LazyLock;

use jiff::Timestamp;
use rusqlite::types::{Type, Value};
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde::de::DeserializeOwned;
use serde::de::value::{Error as WordError, StrDeserializer};

use crate::domain::detection::VehicleColour;
use crate::domain::ids::{CameraId, RecordId};
use crate::domain::journey::{Journey, Leg, Origin};
use crate::domain::passage::{Outage, Passage, Pictures};
use crate::domain::plate::{PlateKey, PlateKind, PlateState};

/// A word in the store that this program does not know.
#[derive(Debug, thiserror::Error)]
#[error("{what} holds {value:?}, which this program does not know: run `hanhtrinh store check`")]
struct UnknownValue {
    what: String,
    value: String,
}

/// Text as a search compares it: Đ as D.
pub(super) fn folded(plate: &str) -> String {
    plate.replace('Đ', "D")
}

/// Microseconds, as times lie in the store.
pub(super) fn micros(at: Option<Timestamp>) -> Option<i64> {
    at.map(|t| t.as_microsecond())
}

fn unknown(row: &Row<'_>, index: usize, value: String) -> rusqlite::Error {
    let what = row.as_ref().column_name(index).unwrap_or("a column").to_owned();
    rusqlite::Error::FromSqlConversionFailure(index, Type::Text, Box::new(UnknownValue { what, value }))
}

/// A required time.
pub(super) fn time(row: &Row<'_>, index: usize) -> rusqlite::Result<Timestamp> {
    let us: i64 = row.get(index)?;
    Timestamp::from_microsecond(us).map_err(|_| unknown(row, index, us.to_string()))
}

/// A time that may be absent.
pub(super) fn time_option(row: &Row<'_>, index: usize) -> rusqlite::Result<Option<Timestamp>> {
    row.get::<_, Option<i64>>(index)?
        .map(|us| Timestamp::from_microsecond(us).map_err(|_| unknown(row, index, us.to_string())))
        .transpose()
}

/// A word of an enumeration, by its serde form.
pub(super) fn word<T: DeserializeOwned>(row: &Row<'_>, index: usize) -> rusqlite::Result<T> {
    let text = row.get_ref(index)?.as_str()?;
    T::deserialize(StrDeserializer::<WordError>::new(text)).map_err(|_| unknown(row, index, text.to_owned()))
}

/// As [`word`], of one that may be absent.
pub(super) fn word_option<T: DeserializeOwned>(row: &Row<'_>, index: usize) -> rusqlite::Result<Option<T>> {
    if row.get_ref(index)? == rusqlite::types::ValueRef::Null {
        return Ok(None);
    }
    word(row, index).map(Some)
}

/// A value that lies as JSON.
pub(super) fn json<T: DeserializeOwned>(row: &Row<'_>, index: usize) -> rusqlite::Result<T> {
    let text = row.get_ref(index)?.as_str()?;
    serde_json::from_str(text).map_err(|_| unknown(row, index, text.to_owned()))
}

/// JSON of plain data, which cannot fail to be written: no maps with odd keys, no failing serializers.
pub(super) fn to_json<T: serde::Serialize>(value: &T) -> rusqlite::Result<String> {
    serde_json::to_string(value).map_err(|e| rusqlite::Error::ToSqlConversionFailure(Box::new(e)))
}

/// The columns of `passages` that hold the passage, `recorded_at` and `maker` among them, in the order of the table.
pub(super) const STORED: &str = "id, revision, recorded_at, camera, gate, lane, role, direction, crossed_at, \
    first_seen, last_seen, stream_s, clock, class, colour, plate, plate_kind, plate_folded, plate_state, \
    confidence, candidates, layout, plate_class, plate_colour, trailer_plate, painted_number, province, verdict, \
    looks, maker, verdict_by_today, corrected";

/// What a query of passages selects, `FROM passages p JOIN makers m ON m.id = p.maker`.
pub(super) const PASSAGE: &str = "p.id, p.revision, p.camera, p.gate, p.lane, p.role, p.direction, p.crossed_at, \
    p.first_seen, p.last_seen, p.stream_s, p.clock, p.class, p.colour, p.plate, p.plate_kind, p.plate_state, \
    p.confidence, p.candidates, p.layout, p.plate_class, p.plate_colour, p.trailer_plate, p.painted_number, \
    p.province, p.verdict, p.looks, p.verdict_by_today, m.models, m.config, \
    (SELECT path FROM pictures WHERE passage = p.id AND kind = 'frame' ORDER BY revision DESC LIMIT 1), \
    (SELECT path FROM pictures WHERE passage = p.id AND kind = 'vehicle' ORDER BY revision DESC LIMIT 1), \
    (SELECT path FROM pictures WHERE passage = p.id AND kind = 'plate' ORDER BY revision DESC LIMIT 1), \
    p.corrected";

/// How many columns that is.
pub(super) const PASSAGE_COLUMNS: usize = 34;

/// The passage of a row of [`PASSAGE`].
pub(super) fn passage(row: &Row<'_>) -> rusqlite::Result<Passage> {
    let passage = Passage {
        id: RecordId::from_text(row.get_ref(0)?.as_str()?),
        revision: row.get(1)?,
        camera: CameraId::new(row.get_ref(2)?.as_str()?),
        gate: row.get(3)?,
        lane: row.get(4)?,
        role: word(row, 5)?,
        direction: word(row, 6)?,
        crossed_at: time_option(row, 7)?,
        first_seen: time_option(row, 8)?,
        last_seen: time_option(row, 9)?,
        stream_s: row.get(10)?,
        clock: word(row, 11)?,
        class: word(row, 12)?,
        colour: word_option(row, 13)?,
        plate: row.get(14)?,
        plate_kind: word_option(row, 15)?,
        plate_state: word(row, 16)?,
        confidence: row.get::<_, f64>(17)? as f32,
        candidates: json(row, 18)?,
        layout: word_option(row, 19)?,
        plate_class: word_option(row, 20)?,
        plate_colour: word(row, 21)?,
        trailer_plate: row.get(22)?,
        painted_number: row.get(23)?,
        province: row.get(24)?,
        verdict: word(row, 25)?,
        looks: row.get(26)?,
        verdict_by_today: row.get(27)?,
        models: row.get(28)?,
        config: row.get(29)?,
        pictures: Pictures { frame: row.get(30)?, vehicle: row.get(31)?, plate: row.get(32)? },
        corrected: row.get(33)?,
    };
    // The columns hold the key that the passage goes by, a trailer's as well.
    if passage.plate_kind != Some(PlateKind::Trailer) {
        return Ok(passage);
    }
    let key = passage.key();
    Ok(passage.named(key))
}

/// The passage of that name in its latest revision.
pub(super) fn passage_by_id(db: &Connection, id: &RecordId) -> rusqlite::Result<Option<Passage>> {
    db.prepare_cached(&format!(
        "SELECT {PASSAGE} FROM passages p JOIN makers m ON m.id = p.maker WHERE p.id = ?1"
    ))?
    .query_row([id.as_str()], passage)
    .optional()
}

/// All passages of a key, by time.
pub(super) fn passages_by_key(db: &Connection, key: &PlateKey) -> rusqlite::Result<Vec<Passage>> {
    db.prepare_cached(&format!(
        "SELECT {PASSAGE} FROM passages p JOIN makers m ON m.id = p.maker \
         WHERE p.plate = ?1 AND p.plate_kind = ?2 ORDER BY p.crossed_at"
    ))?
    .query_map(params![key.text, key.kind.as_str()], passage)?
    .collect()
}

/// Passages that were not read as this key and are legs of its journeys.
pub(super) fn passages_joined_to(db: &Connection, key: &PlateKey) -> rusqlite::Result<Vec<Passage>> {
    db.prepare_cached(&format!(
        "SELECT {PASSAGE} FROM journeys j JOIN legs l ON l.journey = j.id JOIN passages p ON p.id = l.passage \
         JOIN makers m ON m.id = p.maker WHERE j.plate = ?1 AND j.plate_kind = ?2 AND p.plate IS NOT j.plate"
    ))?
    .query_map(params![key.text, key.kind.as_str()], passage)?
    .collect()
}

fn maker_id(db: &Connection, models: &str, config: &str) -> rusqlite::Result<i64> {
    let known = db
        .prepare_cached("SELECT id FROM makers WHERE models = ?1 AND config = ?2")?
        .query_row([models, config], |row| row.get(0))
        .optional()?;
    match known {
        Some(id) => Ok(id),
        None => db
            .prepare_cached("INSERT INTO makers (models, config) VALUES (?1, ?2) RETURNING id")?
            .query_row([models, config], |row| row.get(0)),
    }
}

static UPSERT: LazyLock<String> = LazyLock::new(|| {
    let columns: Vec<&str> = STORED.split(", ").collect();
    let marks: Vec<String> = (1..=columns.len()).map(|i| format!("?{i}")).collect();
    let update: Vec<String> = columns[1..].iter().map(|c| format!("{c} = excluded.{c}")).collect();
    let (marks, update) = (marks.join(", "), update.join(", "));
    format!("INSERT INTO passages ({STORED}) VALUES ({marks}) ON CONFLICT (id) DO UPDATE SET {update}")
});

/// Writes the passage's row; where one of its name is there, that goes to `passage_revisions` first.
pub(super) fn put_passage(db: &Connection, p: &Passage, now: Timestamp) -> rusqlite::Result<()> {
    let maker = maker_id(db, &p.models, &p.config)?;
    db.prepare_cached(&format!(
        "INSERT INTO passage_revisions ({STORED}) SELECT {STORED} FROM passages WHERE id = ?1"
    ))?
    .execute([p.id.as_str()])?;
    let key = p.key();
    let state = if key.is_some() { PlateState::Read } else { p.plate_state };
    let plate_class = p.plate_class.as_ref().map(serde_json::to_value).transpose();
    let plate_class = plate_class.map_err(|e| rusqlite::Error::ToSqlConversionFailure(Box::new(e)))?;
    db.prepare_cached(&UPSERT)?.execute(params![
        p.id.as_str(),
        p.revision,
        now.as_microsecond(),
        p.camera.as_str(),
        p.gate,
        p.lane,
        p.role.as_str(),
        p.direction.as_str(),
        micros(p.crossed_at),
        micros(p.first_seen),
        micros(p.last_seen),
        p.stream_s,
        p.clock.as_str(),
        p.class.as_str(),
        p.colour.map(VehicleColour::as_str),
        key.as_ref().map(|k| &k.text),
        key.as_ref().map(|k| k.kind.as_str()),
        key.as_ref().map(|k| folded(&k.text)),
        state.as_str(),
        f64::from(p.confidence),
        to_json(&p.candidates)?,
        p.layout.map(|l| l.as_str()),
        plate_class.as_ref().and_then(|v| v.as_str()),
        p.plate_colour.as_str(),
        p.trailer_plate,
        p.painted_number,
        p.province,
        p.verdict.as_str(),
        p.looks,
        maker,
        p.verdict_by_today,
        p.corrected,
    ])?;
    Ok(())
}

/// What a query of journeys selects, `FROM journeys j`.
pub(super) const JOURNEY: &str = "j.id, j.plate, j.plate_kind, j.class, j.verdict, j.origin_code, j.origin_2021, \
    j.origin_now, j.state, j.entered_at, j.entered_by, j.left_at, j.left_by, j.last_seen_at, j.last_seen_by";

/// The journey of a row of [`JOURNEY`], without legs and outages.
pub(super) fn journey(row: &Row<'_>) -> rusqlite::Result<Journey> {
    let entered_at = time_option(row, 9)?;
    let left_at = time_option(row, 11)?;
    Ok(Journey {
        id: RecordId::from_text(row.get_ref(0)?.as_str()?),
        plate: row.get(1)?,
        plate_kind: word(row, 2)?,
        class: word(row, 3)?,
        verdict: word(row, 4)?,
        origin: Origin { code: row.get(5)?, province_2021: row.get(6)?, province_now: row.get(7)? },
        state: word(row, 8)?,
        entry_seen: entered_at.is_some(),
        exit_seen: left_at.is_some(),
        entered_at,
        entered_by: row.get(10)?,
        left_at,
        left_by: row.get(12)?,
        last_seen_at: time(row, 13)?,
        last_seen_by: CameraId::new(row.get_ref(14)?.as_str()?),
        legs: Vec::new(),
        outages: Vec::new(),
    })
}

/// Fills in the legs.
pub(super) fn with_legs(db: &Connection, mut journey: Journey) -> rusqlite::Result<Journey> {
    journey.legs = db
        .prepare_cached(
            "SELECT passage, camera, at, direction, p, why FROM legs WHERE journey = ?1 ORDER BY position",
        )?
        .query_map([journey.id.as_str()], |row| {
            Ok(Leg {
                passage: RecordId::from_text(row.get_ref(0)?.as_str()?),
                camera: CameraId::new(row.get_ref(1)?.as_str()?),
                at: time(row, 2)?,
                direction: word(row, 3)?,
                p: row.get::<_, f64>(4)? as f32,
                why: row.get(5)?,
                link_p: None,
                between: Vec::new(),
            })
        })?
        .collect::<rusqlite::Result<_>>()?;
    Ok(journey)
}

/// The journeys of a key with their legs, by time, without outages.
pub(super) fn journeys_by_key(db: &Connection, key: &PlateKey) -> rusqlite::Result<Vec<Journey>> {
    let journeys: Vec<Journey> = db
        .prepare_cached(&format!(
            "SELECT {JOURNEY} FROM journeys j WHERE j.plate = ?1 AND j.plate_kind = ?2 ORDER BY j.started_at, j.id"
        ))?
        .query_map(params![key.text, key.kind.as_str()], journey)?
        .collect::<rusqlite::Result<_>>()?;
    journeys.into_iter().map(|j| with_legs(db, j)).collect()
}

/// Writes the row, where there is one of its name over it, and its legs. Legs that are there must be gone before.
pub(super) fn put_journey(db: &Connection, j: &Journey) -> rusqlite::Result<()> {
    let started = j.legs.first().map_or(j.last_seen_at, |l| l.at);
    db.prepare_cached(
        "INSERT OR REPLACE INTO journeys (id, plate, plate_kind, plate_folded, class, verdict, origin_code, \
         origin_2021, origin_now, state, started_at, entered_at, entered_by, left_at, left_by, last_seen_at, \
         last_seen_by) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)",
    )?
    .execute(params![
        j.id.as_str(),
        j.plate,
        j.plate_kind.as_str(),
        folded(&j.plate),
        j.class.as_str(),
        j.verdict.as_str(),
        j.origin.code,
        j.origin.province_2021,
        j.origin.province_now,
        j.state.as_str(),
        started.as_microsecond(),
        micros(j.entered_at),
        j.entered_by,
        micros(j.left_at),
        j.left_by,
        j.last_seen_at.as_microsecond(),
        j.last_seen_by.as_str(),
    ])?;
    let mut insert = db.prepare_cached(
        "INSERT INTO legs (journey, position, passage, camera, at, direction, p, why) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?;
    for (position, leg) in (0_i64..).zip(&j.legs) {
        insert.execute(params![
            j.id.as_str(),
            position,
            leg.passage.as_str(),
            leg.camera.as_str(),
            leg.at.as_microsecond(),
            leg.direction.as_str(),
            f64::from(leg.p),
            leg.why,
        ])?;
    }
    Ok(())
}

/// The outage of a row of camera, from_at, to_at, state, why.
pub(super) fn outage(row: &Row<'_>) -> rusqlite::Result<Outage> {
    Ok(Outage {
        camera: CameraId::new(row.get_ref(0)?.as_str()?),
        from: time(row, 1)?,
        to: time_option(row, 2)?,
        state: row.get(3)?,
        why: row.get(4)?,
    })
}

/// A text value for a built query.
pub(super) fn text(value: impl Into<String>) -> Value {
    Value::Text(value.into())
}

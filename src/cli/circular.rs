//! The form of Circular 12/2020/TT-BGTVT, Article 9: what has to be told with a vehicle's picture, and how it is
//! written. The circular says what a value looks like and not how a file does; ours is JSON Lines.

use std::io::Write;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use super::ask::Asked;
use super::error::CliError;
use super::output::Places;
use super::words::words;
use crate::domain::passage::Passage;
use crate::store::{ExportOrder, record_export};

/// Passages are read in pieces of this time.
const PIECE: SignedDuration = SignedDuration::from_hours(6);

/// What is told of one passage.
#[derive(Debug, Serialize)]
struct CircularLine {
    r#type: &'static str,
    /// Number of the driver's licence: nobody at the roadside knows it.
    driver_licence: Option<String>,
    /// Written together, without signs: `30E00555`.
    plate: String,
    /// WGS84, decimal degrees east.
    longitude: f64,
    /// WGS84, decimal degrees north.
    latitude: f64,
    /// Unix time: whole seconds since 1970-01-01 UTC.
    time: i64,
    /// Picture of the vehicle, relative to the store's folder.
    image: Option<String>,
    /// The picture itself, base64, where pictures are asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    jpeg: Option<String>,
}

/// Writes all passages that have plate, time and place, in order of time. Gives their number and that of the pictures.
pub fn export(asked: &Asked, order: &ExportOrder<'_>, out: &mut dyn Write) -> Result<(u64, u64), CliError> {
    record_export(&asked.store, order, "circular-12-2020")?;
    let places = asked.places();
    let (mut passages, mut pictures, mut left_out) = (0, 0, 0);
    let mut from = order.since;
    // What is dated to come belongs to clocks that go wrong; it is told with the day that has it.
    while from <= order.now {
        let to = from.checked_add(PIECE).unwrap_or(Timestamp::MAX);
        for passage in asked.reader.passages_between(from, to)? {
            let Some(mut line) = line(&passage, &places) else {
                left_out += 1;
                continue;
            };
            if let (true, Some(path)) = (order.pictures, &line.image) {
                line.jpeg = std::fs::read(asked.store.dir().join(path)).ok().map(|jpeg| BASE64.encode(jpeg));
                pictures += u64::from(line.jpeg.is_some());
            }
            let text = serde_json::to_string(&line)
                .map_err(|e| CliError::Failed(format!("a passage cannot be written as JSON: {e}")))?;
            writeln!(out, "{text}")?;
            passages += 1;
        }
        from = to;
    }
    out.flush()?;
    if left_out > 0 {
        eprintln!("hanhtrinh: {}", (words().keep.left_out)(left_out));
    }
    Ok((passages, pictures))
}

fn line(passage: &Passage, places: &Places) -> Option<CircularLine> {
    let [longitude, latitude] = places.seen(Some(passage.camera.as_str()), passage.gate.as_deref())?;
    Some(CircularLine {
        r#type: "circular_12_2020",
        driver_licence: None,
        plate: passage.plate.clone()?,
        longitude,
        latitude,
        time: passage.crossed_at?.as_second(),
        image: passage.pictures.vehicle.clone().or(passage.pictures.frame.clone()),
        jpeg: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::SettingsUsed;

    #[test]
    fn values_are_written_as_the_circular_says() {
        let passage: Passage = serde_json::from_str(
            r#"{"id":"p1","revision":1,"camera":"a","gate":"g","lane":null,"role":"gateway","direction":"in",
            "crossed_at":"2026-03-14T07:00:00.900+07:00","first_seen":null,"last_seen":null,"stream_s":1.5,
            "clock":"synced","class":"car","colour":null,"plate":"30E00555","plate_kind":"car","plate_state":"read",
            "confidence":0.9,"candidates":[],"layout":null,"plate_class":"car","plate_colour":"unknown",
            "trailer_plate":null,"painted_number":null,"province":"30","verdict":"outside","looks":3,
            "pictures":{"frame":"f.jpg","vehicle":"v.jpg","plate":null},"models":"m","config":"c"}"#,
        )
        .expect("a passage");
        let settings: SettingsUsed = serde_json::from_str(
            r#"{"home":"Thái Nguyên","gates":[{"name":"g","lat":21.41,"lon":105.87,"neighbour":null,"from":null,
            "to":null}],"cameras":[],"lost_after_s":1,"same_crossing_s":1}"#,
        )
        .expect("settings");
        let told = line(&passage, &Places::of(Some(&settings))).expect("it has all that is needed");
        assert_eq!(
            serde_json::to_string(&told).expect("JSON"),
            r#"{"type":"circular_12_2020","driver_licence":null,"plate":"30E00555","longitude":105.87,"latitude":21.41,"time":1773446400,"image":"v.jpg"}"#
        );
        assert!(line(&passage, &Places::default()).is_none(), "no place");
        let places = Places::of(Some(&settings));
        assert!(line(&Passage { crossed_at: None, ..passage.clone() }, &places).is_none(), "no time");
        assert!(line(&Passage { plate: None, ..passage }, &places).is_none(), "no plate");
    }
}

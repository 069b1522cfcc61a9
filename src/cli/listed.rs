//! Passages and journeys as they are listed.

use geojson::Geometry;
use jiff::Timestamp;

use super::output::{Listed, Places, path, point};
use super::words::{Words, words};
use crate::domain::journey::{Journey, JourneyState};
use crate::domain::passage::Passage;
use crate::domain::plate::{PlateKind, PlateState};
use crate::domain::time::table_local;
use crate::pipeline::of_code;

/// What stands where there is nothing.
pub fn dash() -> String {
    "-".to_owned()
}

/// When, or a dash.
pub fn time(at: Option<Timestamp>) -> String {
    at.map_or_else(dash, table_local)
}

/// When a passage was; of an undated one, its place in the stream.
pub fn passage_time(passage: &Passage) -> String {
    passage.crossed_at.map_or_else(|| format!("{:.1} s", passage.stream_s), table_local)
}

/// The plate as a table shows it: what was read, the best guess with a question mark, or a dash.
pub fn plate(passage: &Passage) -> String {
    if let Some(trailer) = &passage.trailer_plate {
        return format!("{trailer} ({})", (words().ask.plate_kind)(PlateKind::Trailer));
    }
    match (&passage.plate, passage.plate_state, passage.candidates.first()) {
        (Some(text), ..) => text.clone(),
        (None, PlateState::Undetermined, Some(guess)) => format!("{}?", guess.text),
        (None, PlateState::Undetermined, None) => "?".to_owned(),
        (None, ..) => dash(),
    }
}

/// Today's province of a passage's plate, or a dash.
pub fn issued_in(passage: &Passage) -> String {
    passage.province.as_deref().map(of_code).and_then(|o| o.province_now).unwrap_or_else(dash)
}

impl Listed for Passage {
    const KIND: &'static str = "passage";
    const KEYS: &'static [&'static str] = &[
        "id",
        "revision",
        "camera",
        "gate",
        "lane",
        "role",
        "direction",
        "crossed_at",
        "first_seen",
        "last_seen",
        "stream_s",
        "clock",
        "class",
        "colour",
        "plate",
        "plate_kind",
        "plate_state",
        "confidence",
        "candidates",
        "layout",
        "plate_class",
        "plate_colour",
        "trailer_plate",
        "painted_number",
        "province",
        "verdict",
        "looks",
        "pictures.frame",
        "pictures.vehicle",
        "pictures.plate",
        "models",
        "config",
        "verdict_by_today",
        "corrected",
    ];

    fn headings(w: &Words) -> Vec<&'static str> {
        let h = &w.head;
        vec![h.time, h.camera, h.direction, h.plate, h.class, h.verdict, h.issued_in, h.confidence, h.picture]
    }

    fn cells(&self, w: &Words) -> Vec<String> {
        vec![
            passage_time(self),
            self.camera.to_string(),
            (w.direction)(self.direction).to_owned(),
            plate(self),
            (w.class)(self.class).to_owned(),
            (w.verdict)(self.verdict).to_owned(),
            issued_in(self),
            format!("{:.2}", self.confidence),
            self.pictures.frame.clone().unwrap_or_else(dash),
        ]
    }

    fn geometry(&self, places: &Places) -> Option<Geometry> {
        places.seen(Some(self.camera.as_str()), self.gate.as_deref()).map(point)
    }
}

/// Where a journey ended or stands, and by which gate.
fn at_gate(w: &Words, at: Option<Timestamp>, gate: Option<&str>, seen: bool) -> String {
    match (seen, gate) {
        (true, Some(gate)) => format!("{}\n{gate}", time(at)),
        (true, None) => time(at),
        (false, _) => w.say.not_seen.to_owned(),
    }
}

impl Listed for Journey {
    const KIND: &'static str = "journey";
    const KEYS: &'static [&'static str] = &[
        "id",
        "plate",
        "plate_kind",
        "class",
        "verdict",
        "origin.code",
        "origin.province_2021",
        "origin.province_now",
        "state",
        "entry_seen",
        "exit_seen",
        "entered_at",
        "entered_by",
        "left_at",
        "left_by",
        "last_seen_at",
        "last_seen_by",
        "legs",
        "outages",
    ];

    fn headings(w: &Words) -> Vec<&'static str> {
        let h = &w.head;
        vec![h.plate, h.class, h.issued_in, h.state, h.entered, h.left, h.last_seen, h.passages, h.outages]
    }

    fn cells(&self, w: &Words) -> Vec<String> {
        let left = if self.state == JourneyState::Left || self.exit_seen {
            at_gate(w, self.left_at, self.left_by.as_deref(), self.exit_seen)
        } else {
            dash()
        };
        let issued = self.origin.province_now.clone();
        vec![
            self.plate.clone(),
            (w.class)(self.class).to_owned(),
            issued.unwrap_or_else(|| (w.verdict)(self.verdict).to_owned()),
            (w.state)(self.state).to_owned(),
            at_gate(w, self.entered_at, self.entered_by.as_deref(), self.entry_seen),
            left,
            format!("{}\n{}", table_local(self.last_seen_at), self.last_seen_by),
            self.legs.len().to_string(),
            if self.outages.is_empty() { dash() } else { self.outages.len().to_string() },
        ]
    }

    fn geometry(&self, places: &Places) -> Option<Geometry> {
        path(self.legs.iter().filter_map(|l| places.camera(l.camera.as_str())).collect())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    /// Every key of the value, those of objects within with a dot.
    fn keys(value: &Value, before: &str, all: &mut Vec<String>) {
        for (key, value) in value.as_object().expect("an object") {
            match value {
                Value::Object(_) => keys(value, &format!("{before}{key}."), all),
                _ => all.push(format!("{before}{key}")),
            }
        }
    }

    fn columns_are_the_keys_of<T: Listed + serde::de::DeserializeOwned>(json: &str) {
        let item: T = serde_json::from_str(json).expect("the contract's JSON");
        let mut all = Vec::new();
        keys(&serde_json::to_value(&item).expect("JSON"), "", &mut all);
        assert_eq!(
            all.iter().map(String::as_str).collect::<std::collections::BTreeSet<_>>(),
            T::KEYS.iter().copied().collect()
        );
        for lang in [super::super::words::Lang::Vi, super::super::words::Lang::En] {
            assert_eq!(item.cells(lang.words()).len(), T::headings(lang.words()).len());
        }
    }

    #[test]
    fn csv_has_every_key_of_json() {
        columns_are_the_keys_of::<Passage>(
            r#"{"id":"p1","revision":1,"camera":"a","gate":null,"lane":null,"role":"gateway","direction":"in",
            "crossed_at":null,"first_seen":null,"last_seen":null,"stream_s":1.5,"clock":"unknown","class":"car",
            "colour":null,"plate":null,"plate_kind":null,"plate_state":"not_visible","confidence":0.0,
            "candidates":[],"layout":null,"plate_class":null,"plate_colour":"unknown","trailer_plate":null,
            "painted_number":null,"province":null,"verdict":"undetermined","looks":0,
            "pictures":{"frame":null,"vehicle":null,"plate":null},"models":"m","config":"c","verdict_by_today":true,
            "corrected":true}"#,
        );
        columns_are_the_keys_of::<Journey>(
            r#"{"id":"j1","plate":"30A00011","plate_kind":"car","class":"car","verdict":"outside",
            "origin":{"code":"30","province_2021":"Hà Nội","province_now":"Hà Nội"},"state":"inside",
            "entry_seen":false,"exit_seen":false,"entered_at":null,"entered_by":null,"left_at":null,"left_by":null,
            "last_seen_at":"2026-03-14T09:30:00+07:00","last_seen_by":"a","legs":[],"outages":[]}"#,
        );
    }
}

//! `where`: where a vehicle was last seen, whether it left, and which cameras were out since.

use geojson::Geometry;
use jiff::Timestamp;
use serde::Serialize;

use super::ask::{self, PlateArgs};
use super::error::CliError;
use super::listed::{dash, time};
use super::output::{Listed, Places, list, point};
use super::words::Words;
use crate::domain::journey::JourneyState;
use crate::domain::passage::Outage;
use crate::domain::place::Direction;
use crate::domain::plate::PlateKind;
use crate::domain::time::local_option;

/// Where one plate is.
#[derive(Debug, Serialize)]
struct Whereabouts {
    plate: String,
    plate_kind: PlateKind,
    /// Null: never seen, or of the home province, whose vehicles have no journeys.
    state: Option<JourneyState>,
    #[serde(with = "local_option")]
    last_seen_at: Option<Timestamp>,
    last_seen_by: Option<String>,
    gate: Option<String>,
    direction: Option<Direction>,
    #[serde(with = "local_option")]
    entered_at: Option<Timestamp>,
    entered_by: Option<String>,
    #[serde(with = "local_option")]
    left_at: Option<Timestamp>,
    left_by: Option<String>,
    picture: Option<String>,
    /// Since the last sighting.
    outages: Vec<Outage>,
}

/// One answer for each key that the text can mean and that was seen; for the likeliest where none was.
pub fn run(args: &PlateArgs) -> Result<(), CliError> {
    let asked = ask::open(&args.store)?;
    let keys = ask::keys_of(&args.plate)?;
    let question = asked.question(&args.purpose, "where", &args.plate)?;
    let mut all = Vec::new();
    for key in &keys {
        let one = std::slice::from_ref(key);
        let passages = asked.reader.passages_of(one)?;
        let last = passages.iter().max_by_key(|p| p.crossed_at);
        let mut journeys = asked.reader.journeys_of(one, asked.now)?;
        asked.settle(&mut journeys, asked.now);
        let journey = journeys.last();
        let seen = last.and_then(|p| p.crossed_at);
        let outages = match seen {
            Some(seen) => asked.reader.outages(&[], seen, asked.now.max(seen))?,
            None => Vec::new(),
        };
        all.push(Whereabouts {
            plate: key.text.clone(),
            plate_kind: key.kind,
            state: journey.map(|j| j.state),
            last_seen_at: seen,
            last_seen_by: last.map(|p| p.camera.to_string()),
            gate: last.and_then(|p| p.gate.clone()),
            direction: last.map(|p| p.direction),
            entered_at: journey.and_then(|j| j.entered_at),
            entered_by: journey.and_then(|j| j.entered_by.clone()),
            left_at: journey.and_then(|j| j.left_at),
            left_by: journey.and_then(|j| j.left_by.clone()),
            picture: last.and_then(|p| p.pictures.frame.clone()),
            outages,
        });
    }
    if all.iter().any(|w| w.last_seen_by.is_some()) {
        all.retain(|w| w.last_seen_by.is_some());
    } else {
        all.truncate(1);
    }
    let seen = all.iter().filter(|w| w.last_seen_by.is_some()).count();
    question.answered(asked.now, seen)?;
    list(args.form.form(), &all, &asked.places())
}

impl Listed for Whereabouts {
    const KIND: &'static str = "where";
    const KEYS: &'static [&'static str] = &[
        "plate",
        "plate_kind",
        "state",
        "last_seen_at",
        "last_seen_by",
        "gate",
        "direction",
        "entered_at",
        "entered_by",
        "left_at",
        "left_by",
        "picture",
        "outages",
    ];

    fn headings(w: &Words) -> Vec<&'static str> {
        let h = &w.head;
        vec![h.plate, h.state, h.last_seen, h.camera, h.direction, h.entered, h.left, h.outages, h.picture]
    }

    fn cells(&self, w: &Words) -> Vec<String> {
        let with = |at: Option<Timestamp>, by: &Option<String>| match (at, by) {
            (Some(at), Some(by)) => format!("{}\n{by}", time(Some(at))),
            (at, _) => time(at),
        };
        let state = match (self.state, &self.last_seen_by) {
            (Some(state), _) => (w.state)(state).to_owned(),
            (None, Some(_)) => dash(),
            (None, None) => w.ask.never.to_owned(),
        };
        let outages = self.outages.iter().map(|o| {
            format!("{}: {} - {} ({})", o.camera, time(Some(o.from)), time(o.to), (w.outage)(&o.state))
        });
        let outages: Vec<String> = outages.collect();
        vec![
            self.plate.clone(),
            state,
            time(self.last_seen_at),
            self.last_seen_by.clone().unwrap_or_else(dash),
            self.direction.map_or_else(dash, |d| (w.direction)(d).to_owned()),
            with(self.entered_at, &self.entered_by),
            with(self.left_at, &self.left_by),
            if outages.is_empty() { w.ask.no_outage.to_owned() } else { outages.join("\n") },
            self.picture.clone().unwrap_or_else(dash),
        ]
    }

    fn geometry(&self, places: &Places) -> Option<Geometry> {
        places.seen(self.last_seen_by.as_deref(), self.gate.as_deref()).map(point)
    }
}

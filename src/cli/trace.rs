//! `trace`: every passage and every journey of a plate.

use jiff::SignedDuration;
use serde::Serialize;

use super::ask::{self, PlateArgs};
use super::error::CliError;
use super::listed::{dash, issued_in, passage_time, plate};
use super::output::{
    Form, Listed, Places, csv_lines, feature, features_out, json_lines, listed_table, remark, table,
};
use super::words::{Words, words};
use crate::domain::ids::RecordId;
use crate::domain::journey::{Journey, MayBe, is_link};
use crate::domain::passage::{Outage, Passage};
use crate::domain::time::table_local;
use crate::journey::travel::{Hop, Sighting};

/// A passage in its place in the vehicle's way.
#[derive(Debug, Serialize)]
struct Step {
    #[serde(flatten)]
    passage: Passage,
    /// The journey that it is a leg of, and why.
    journey: Option<RecordId>,
    p: Option<f32>,
    why: Option<String>,
    /// Probability that it is the next recorded passage after the leg before; what may lie between.
    link_p: Option<f32>,
    between: Vec<MayBe>,
    /// Seconds since the leg before in the same journey.
    seconds: Option<f64>,
    /// Straight distance from the leg before.
    km: Option<f64>,
    /// Least mean speed since the leg before.
    km_per_h: Option<f64>,
    /// Cameras that were out between the leg before and this.
    outages: Vec<Outage>,
}

/// Passages by time, then journeys.
pub fn run(args: &PlateArgs) -> Result<(), CliError> {
    let asked = ask::open(&args.store)?;
    let keys = ask::keys_of(&args.plate)?;
    let question = asked.question(&args.purpose, "trace", &args.plate)?;
    let mut passages = asked.reader.passages_of(&keys)?;
    passages.sort_by(|a, b| a.crossed_at.cmp(&b.crossed_at).then(a.stream_s.total_cmp(&b.stream_s)));
    let mut journeys = asked.reader.journeys_of(&keys, asked.now)?;
    asked.settle(&mut journeys, asked.now);
    question.answered(asked.now, passages.len() + journeys.len())?;
    let places = asked.places();
    match args.form.form() {
        Form::Json => {
            json_lines(&steps(passages, &journeys, &places))?;
            json_lines(&journeys)
        }
        Form::Csv => csv_lines(&steps(passages, &journeys, &places)),
        Form::GeoJson => {
            let steps = steps(passages, &journeys, &places);
            let points = steps.iter().map(|s| feature(s, &places));
            let paths = journeys.iter().map(|j| feature(j, &places));
            features_out(points.chain(paths).collect::<Result<_, _>>()?)
        }
        Form::Table => {
            let none = passages.is_empty() && journeys.is_empty();
            listed_table(&steps(passages, &journeys, &places))?;
            if none {
                return remark(&(words().ask.trace_empty)(&args.plate));
            }
            if journeys.is_empty() {
                return Ok(());
            }
            listed_table(&journeys)?;
            outages_table(&journeys)
        }
    }
}

/// Which cameras were out in the time of these journeys, and when; nothing where none was.
fn outages_table(journeys: &[Journey]) -> Result<(), CliError> {
    let w = words();
    let mut rows = Vec::new();
    for outage in journeys.iter().flat_map(|j| &j.outages) {
        let row = vec![
            outage.camera.to_string(),
            table_local(outage.from),
            outage.to.map_or_else(dash, table_local),
            (w.outage)(&outage.state).to_owned(),
        ];
        // Two journeys may lie within one outage.
        if !rows.contains(&row) {
            rows.push(row);
        }
    }
    if rows.is_empty() {
        return Ok(());
    }
    table(&[w.head.outages, w.ask.since, w.keep.head.until, w.head.state], rows)
}

/// Each passage with the way to it from the leg before.
fn steps(passages: Vec<Passage>, journeys: &[Journey], places: &Places) -> Vec<Step> {
    let step = |passage: Passage| {
        let of = journeys.iter().find_map(|j| {
            let at = j.legs.iter().position(|l| l.passage == passage.id)?;
            Some((j, at))
        });
        let leg = of.map(|(j, at)| &j.legs[at]);
        let outages = of.and_then(|(j, at)| {
            let before = j.legs[at.checked_sub(1)?].at;
            let meanwhile = |o: &&Outage| o.from < j.legs[at].at && o.to.is_none_or(|to| to > before);
            Some(j.outages.iter().filter(meanwhile).cloned().collect())
        });
        let hop = of.and_then(|(j, at)| {
            let seen =
                |i: usize| Sighting { place: places.camera(j.legs[i].camera.as_str()), at: j.legs[i].at };
            at.checked_sub(1).map(|before| Hop::between(&seen(before), &seen(at)))
        });
        Step {
            journey: of.map(|(j, _)| j.id.clone()),
            p: leg.map(|l| l.p),
            why: leg.map(|l| l.why.clone()),
            link_p: leg.and_then(|l| l.link_p),
            between: leg.map(|l| l.between.clone()).unwrap_or_default(),
            seconds: hop.map(|h| h.seconds),
            km: hop.and_then(|h| h.km),
            km_per_h: hop.and_then(|h| h.km_per_h()),
            outages: outages.unwrap_or_default(),
            passage,
        }
    };
    passages.into_iter().map(step).collect()
}

/// `2:05:09` hours, minutes and seconds.
fn clock(seconds: f64) -> String {
    let whole = SignedDuration::from_secs(seconds.round() as i64).as_secs();
    format!("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60)
}

impl Step {
    /// Why it was joined, and where it may not be the next after the leg before.
    fn joined_by(&self, w: &Words) -> String {
        let Some(why) = self.why.as_deref().map(w.why) else { return dash() };
        match self.link_p {
            Some(p) if !is_link(p) => format!("{why}; {}", (w.ask.perhaps_between)(self.between.len())),
            _ => why,
        }
    }
}

impl Listed for Step {
    const KIND: &'static str = "passage";
    const KEYS: &'static [&'static str] = &[
        "id",
        "camera",
        "gate",
        "direction",
        "crossed_at",
        "stream_s",
        "class",
        "plate",
        "plate_kind",
        "confidence",
        "province",
        "verdict",
        "pictures.frame",
        "pictures.vehicle",
        "pictures.plate",
        "journey",
        "p",
        "why",
        "link_p",
        "between",
        "seconds",
        "km",
        "km_per_h",
        "outages",
    ];

    fn headings(w: &Words) -> Vec<&'static str> {
        let (h, a) = (&w.head, w.ask);
        vec![
            h.time,
            h.camera,
            h.direction,
            h.plate,
            h.class,
            h.verdict,
            h.issued_in,
            h.confidence,
            a.leg,
            a.km,
            a.speed,
            a.reason,
            h.picture,
        ]
    }

    fn cells(&self, w: &Words) -> Vec<String> {
        let p = &self.passage;
        vec![
            passage_time(p),
            p.camera.to_string(),
            (w.direction)(p.direction).to_owned(),
            plate(p),
            (w.class)(p.class).to_owned(),
            (w.verdict)(p.verdict).to_owned(),
            issued_in(p),
            format!("{:.2}", p.confidence),
            self.seconds.map_or_else(dash, clock),
            self.km.map_or_else(dash, |km| format!("{km:.1}")),
            self.km_per_h
                .filter(|_| self.km.is_some_and(|km| km > 0.0))
                .map_or_else(dash, |v| format!("{v:.0}")),
            self.joined_by(w),
            p.pictures.frame.clone().unwrap_or_else(dash),
        ]
    }

    fn numbers() -> &'static [usize] {
        &[7, 8, 9, 10]
    }

    fn geometry(&self, places: &Places) -> Option<geojson::Geometry> {
        self.passage.geometry(places)
    }
}

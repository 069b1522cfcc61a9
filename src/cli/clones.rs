//! `clones`: one plate where one vehicle cannot be. A hint, with both pictures.

use std::collections::BTreeMap;

use clap::Args;
use geojson::Geometry;
use jiff::Timestamp;
use serde::Serialize;

use super::args::StoreArg;
use super::ask;
use super::error::CliError;
use super::listed::{dash, time};
use super::output::{Form, Listed, PlacedFormArgs, Places, list, path};
use super::period::PeriodArgs;
use super::words::{Words, words};
use crate::domain::ids::RecordId;
use crate::domain::plate::{PlateKey, PlateKind};
use crate::domain::time::local;
use crate::journey::travel::{Sighting, impossible_pairs};
use crate::store::LightPassage;

/// `clones`
#[derive(Debug, Args)]
pub struct ClonesArgs {
    #[command(flatten)]
    #[allow(missing_docs)]
    pub store: StoreArg,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub period: PeriodArgs,
    /// What no vehicle exceeds on the straight line, km/h
    #[arg(long, value_name = "F", default_value_t = 150.0)]
    pub max_speed: f64,
    /// Least confidence of both reads, 0-1
    #[arg(long, value_name = "SHARE", default_value_t = 0.9)]
    pub min_confidence: f32,
    /// At most this many
    #[arg(long, value_name = "N", default_value_t = 100)]
    pub limit: usize,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub form: PlacedFormArgs,
}

#[derive(Debug, Serialize)]
struct Seen {
    passage: RecordId,
    camera: String,
    #[serde(with = "local")]
    at: Timestamp,
    picture: Option<String>,
}

#[derive(Debug, Serialize)]
struct Doubled {
    plate: String,
    plate_kind: PlateKind,
    first: Seen,
    second: Seen,
    km: f64,
    seconds: f64,
    /// Null where no time lies between.
    km_per_h: Option<f64>,
}

/// Lists them by time.
pub fn run(args: &ClonesArgs) -> Result<(), CliError> {
    let asked = ask::open(&args.store)?;
    let period = asked.period(&args.period, 1)?;
    let places = asked.places();
    let mut by_key: BTreeMap<PlateKey, Vec<LightPassage>> = BTreeMap::new();
    for passage in asked.reader.with_plates(period.from, period.to, args.min_confidence)? {
        by_key.entry(passage.key.clone()).or_default().push(passage);
    }
    let mut found = Vec::new();
    for (key, passages) in by_key {
        let way: Vec<Sighting> =
            passages.iter().map(|p| Sighting { place: places.camera(p.camera.as_str()), at: p.at }).collect();
        for (a, b, hop) in impossible_pairs(&way, args.max_speed) {
            let seen = |p: &LightPassage| -> Result<Seen, CliError> {
                let picture = asked.reader.passage(&p.id)?.and_then(|p| p.pictures.frame);
                Ok(Seen { passage: p.id.clone(), camera: p.camera.to_string(), at: p.at, picture })
            };
            found.push(Doubled {
                plate: key.text.clone(),
                plate_kind: key.kind,
                first: seen(&passages[a])?,
                second: seen(&passages[b])?,
                km: hop.km.unwrap_or_default(),
                seconds: hop.seconds,
                km_per_h: hop.km_per_h(),
            });
        }
    }
    found.sort_by(|a, b| (a.first.at, &a.plate).cmp(&(b.first.at, &b.plate)));
    found.truncate(args.limit);
    list(args.form.form(), &found, &places)?;
    if args.form.form() == Form::Table {
        eprintln!("{}", period.told());
        if !found.is_empty() {
            eprintln!("{}", words().ask.clone_hint);
        }
    }
    Ok(())
}

impl Listed for Doubled {
    const KIND: &'static str = "clone";
    const KEYS: &'static [&'static str] = &[
        "plate",
        "plate_kind",
        "first.passage",
        "first.camera",
        "first.at",
        "first.picture",
        "second.passage",
        "second.camera",
        "second.at",
        "second.picture",
        "km",
        "seconds",
        "km_per_h",
    ];

    fn headings(w: &Words) -> Vec<&'static str> {
        let a = w.ask;
        vec![w.head.plate, a.first, a.second, a.km, a.speed, a.pictures]
    }

    fn cells(&self, _: &Words) -> Vec<String> {
        let seen = |s: &Seen| format!("{}\n{}", time(Some(s.at)), s.camera);
        let picture = |s: &Seen| s.picture.clone().unwrap_or_else(dash);
        vec![
            self.plate.clone(),
            seen(&self.first),
            seen(&self.second),
            format!("{:.1}", self.km),
            self.km_per_h.map_or_else(dash, |v| format!("{v:.0}")),
            format!("{}\n{}", picture(&self.first), picture(&self.second)),
        ]
    }

    fn numbers() -> &'static [usize] {
        &[3, 4]
    }

    fn geometry(&self, places: &Places) -> Option<Geometry> {
        path([&self.first, &self.second].iter().filter_map(|s| places.camera(&s.camera)).collect())
    }
}

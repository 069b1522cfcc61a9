//! `repeat`: vehicles that come often.

use clap::Args;
use jiff::Timestamp;
use serde::Serialize;

use super::args::StoreArg;
use super::ask;
use super::error::CliError;
use super::filter;
use super::listed::time;
use super::output::{Form, FormArgs, Listed, Places, list};
use super::period::PeriodArgs;
use super::words::Words;
use crate::domain::detection::VehicleClass;
use crate::domain::journey::Origin;
use crate::domain::plate::PlateKind;
use crate::domain::time::local;
use crate::pipeline::of_code;
use crate::store::Filter;

/// `repeat`
#[derive(Debug, Args)]
pub struct RepeatArgs {
    #[command(flatten)]
    #[allow(missing_docs)]
    pub store: StoreArg,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub period: PeriodArgs,
    /// This many journeys at least; without --from, in the last 30 days on record
    #[arg(long, value_name = "N", default_value_t = 3)]
    pub times: u64,
    /// Where the plate was issued: a code, or a province's name of 2021 or of today
    #[arg(long, value_name = "NAME")]
    pub province: Option<String>,
    /// As --province, by the province of 2021 alone
    #[arg(long, value_name = "NAME", conflicts_with = "province")]
    pub province_2021: Option<String>,
    /// car, motorcycle, bus, truck or unknown
    #[arg(long, value_name = "WORD")]
    pub class: Option<String>,
    /// Came in by this gate
    #[arg(long, value_name = "GATE")]
    pub in_by: Option<String>,
    /// At most this many
    #[arg(long, value_name = "N", default_value_t = 100)]
    pub limit: usize,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub form: FormArgs,
}

#[derive(Debug, Serialize)]
struct Visitor {
    plate: String,
    plate_kind: PlateKind,
    class: VehicleClass,
    origin: Origin,
    journeys: u64,
    days: u64,
    #[serde(with = "local")]
    first: Timestamp,
    #[serde(with = "local")]
    last: Timestamp,
}

/// Lists them, the most frequent first.
pub fn run(args: &RepeatArgs) -> Result<(), CliError> {
    let asked = ask::open(&args.store)?;
    let period = asked.period(&args.period, 30)?;
    let filter = Filter {
        from: Some(period.from),
        to: Some(period.to),
        provinces: filter::provinces(args.province.as_deref(), args.province_2021.as_deref())?,
        classes: args.class.as_deref().map(filter::class).transpose()?.into_iter().collect(),
        in_by: asked.gate("in-by", args.in_by.as_deref())?,
        limit: Some(args.limit),
        ..Filter::default()
    };
    let found: Vec<Visitor> = asked
        .reader
        .repeated(&filter, args.times)?
        .into_iter()
        .map(|r| Visitor {
            plate: r.key.text,
            plate_kind: r.key.kind,
            class: r.class,
            origin: r.province.as_deref().map(of_code).unwrap_or_default(),
            journeys: r.journeys,
            days: r.days,
            first: r.first,
            last: r.last,
        })
        .collect();
    list(args.form.form(), &found, &Places::default())?;
    if args.form.form() == Form::Table {
        eprintln!("{}", period.told());
    }
    Ok(())
}

impl Listed for Visitor {
    const KIND: &'static str = "visitor";
    const KEYS: &'static [&'static str] = &[
        "plate",
        "plate_kind",
        "class",
        "origin.code",
        "origin.province_2021",
        "origin.province_now",
        "journeys",
        "days",
        "first",
        "last",
    ];

    fn headings(w: &Words) -> Vec<&'static str> {
        let (h, a) = (&w.head, w.ask);
        vec![h.plate, h.class, h.issued_in, a.journeys, a.days, a.first_seen, a.last]
    }

    fn cells(&self, w: &Words) -> Vec<String> {
        vec![
            self.plate.clone(),
            (w.class)(self.class).to_owned(),
            self.origin.province_now.clone().unwrap_or_else(super::listed::dash),
            self.journeys.to_string(),
            self.days.to_string(),
            time(Some(self.first)),
            time(Some(self.last)),
        ]
    }

    fn numbers() -> &'static [usize] {
        &[3, 4]
    }
}

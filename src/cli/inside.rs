//! `inside`: who came in and was not seen going out; each, or counted by origin, gate or class and time since entry.

use std::collections::BTreeMap;

use clap::{Args, ValueEnum};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use super::args::StoreArg;
use super::ask::{self, PurposeArg};
use super::error::CliError;
use super::filter::FilterArgs;
use super::output::{self, Form, Listed, PlacedFormArgs, list};
use super::times;
use super::words::{Words, words};
use crate::domain::time::table_local;
use crate::pipeline::of_code;

/// What those inside are counted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum InsideBy {
    /// Province of today that issued the plate
    #[value(aliases = ["tỉnh", "tinh"])]
    Origin,
    /// Gate of the entry
    #[value(aliases = ["cửa ngõ", "cua ngo"])]
    Gate,
    /// Vehicle class
    #[value(aliases = ["loại xe", "loai xe"])]
    Class,
}

/// `inside`
#[derive(Debug, Args)]
pub struct InsideArgs {
    #[command(flatten)]
    #[allow(missing_docs)]
    pub store: StoreArg,
    /// At this time instead of now; a day at its begin
    #[arg(long, value_name = "TIME")]
    pub at: Option<String>,
    /// Count them by origin, gate or class and by time since entry, instead of listing each
    #[arg(long, value_name = "WORD", value_enum, ignore_case = true, hide_possible_values = true)]
    pub by: Option<InsideBy>,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub filter: FilterArgs,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub purpose: PurposeArg,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub form: PlacedFormArgs,
}

/// Vehicles inside that agree in one thing, by how long ago they came.
#[derive(Debug, Default, Serialize)]
struct Standing {
    by: &'static str,
    /// Null where they have none.
    value: Option<String>,
    vehicles: u64,
    up_to_1h: u64,
    up_to_12h: u64,
    up_to_24h: u64,
    longer: u64,
}

/// Lists their journeys, newest first, or counts them.
pub fn run(args: &InsideArgs) -> Result<(), CliError> {
    let asked = ask::open(&args.store)?;
    let at = match &args.at {
        Some(text) => times::moment("at", text, asked.now)?,
        None => asked.now,
    };
    let filter = asked.filter(&args.filter)?;
    let question = asked.plate_question("inside", args.filter.plate.as_deref(), &args.purpose)?;
    let lost_after = asked.rules().lost_after;
    if let Some(by) = args.by {
        let mut sums: BTreeMap<Option<String>, Standing> = BTreeMap::new();
        for one in asked.reader.inside_counts(at, lost_after, &filter)? {
            let (name, value) = match by {
                InsideBy::Origin => {
                    ("origin", one.province.as_deref().map(of_code).and_then(|o| o.province_now))
                }
                InsideBy::Gate => ("gate", one.entered_by),
                InsideBy::Class => ("class", Some(one.class.as_str().to_owned())),
            };
            let sum = sums.entry(value.clone()).or_insert_with(|| Standing {
                by: name,
                value,
                ..Standing::default()
            });
            sum.count(at, one.since);
        }
        let mut found: Vec<Standing> = sums.into_values().collect();
        found.sort_by(|a, b| b.vehicles.cmp(&a.vehicles).then_with(|| a.value.cmp(&b.value)));
        asked.answered(question, found.len())?;
        return list(args.form.form(), &found, &asked.places());
    }
    if filter.longer_than.is_some_and(|longer| longer >= lost_after) {
        eprintln!("hanhtrinh: {}", (words().ask.lost_not_inside)(lost_after.as_hours()));
    }
    let mut found = asked.reader.inside(at, asked.now, lost_after, &filter)?;
    args.filter.shown(&mut found);
    asked.settle(&mut found, at);
    asked.answered(question, found.len())?;
    let form = args.form.form();
    list(form, &found, &asked.places())?;
    if found.is_empty() && form == Form::Table {
        let moment = args.at.as_ref().map(|_| table_local(at));
        output::remark(&(words().ask.inside_empty)(moment.as_deref(), lost_after.as_hours()))?;
    }
    Ok(())
}

impl Standing {
    fn count(&mut self, at: Timestamp, since: Timestamp) {
        let hours = |n| SignedDuration::from_hours(n);
        let ago = at.duration_since(since);
        self.vehicles += 1;
        *(match ago {
            ago if ago <= hours(1) => &mut self.up_to_1h,
            ago if ago <= hours(12) => &mut self.up_to_12h,
            ago if ago <= hours(24) => &mut self.up_to_24h,
            _ => &mut self.longer,
        }) += 1;
    }
}

impl Listed for Standing {
    const KIND: &'static str = "standing";
    const KEYS: &'static [&'static str] =
        &["by", "value", "vehicles", "up_to_1h", "up_to_12h", "up_to_24h", "longer"];

    fn headings(w: &Words) -> Vec<&'static str> {
        let a = w.ask;
        vec!["", a.vehicles, a.up_to_1h, a.up_to_12h, a.up_to_1d, a.longer]
    }

    fn cells(&self, w: &Words) -> Vec<String> {
        let value = self
            .value
            .clone()
            .unwrap_or_else(|| (w.ask.none)(if self.by == "gate" { "entry" } else { self.by }).to_owned());
        let value = match self.by {
            "class" => super::filter::class(&value).map_or(value, |c| (w.class)(c).to_owned()),
            _ => value,
        };
        let numbers = [self.vehicles, self.up_to_1h, self.up_to_12h, self.up_to_24h, self.longer];
        [value].into_iter().chain(numbers.map(|n| n.to_string())).collect()
    }

    fn numbers() -> &'static [usize] {
        &[1, 2, 3, 4, 5]
    }
}

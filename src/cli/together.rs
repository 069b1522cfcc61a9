//! `together`: who goes the same way (phương tiện cùng hành trình).

use clap::Args;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use super::args::StoreArg;
use super::ask::{self, PurposeArg};
use super::error::CliError;
use super::output::{Form, FormArgs, Listed, Places, list};
use super::times;
use super::words::{Words, words};
use crate::domain::ids::RecordId;
use crate::domain::place::Direction;
use crate::domain::plate::PlateKind;
use crate::domain::time::{local, table_local};
use crate::journey::together::{Near, companions, crossings};
use crate::store::StoreError;

/// `together`
#[derive(Debug, Args)]
pub struct TogetherArgs {
    /// The plate, as people type it: 30A-123.45, 29-B1 123.45
    pub plate: String,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub store: StoreArg,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub purpose: PurposeArg,
    /// At most this long before or after it
    #[arg(long, value_name = "DURATION", default_value = "5m")]
    pub within: String,
    /// At this many different points at least; a point is a gate or an inner camera in one direction
    #[arg(long, value_name = "N", default_value_t = 2, value_parser = clap::value_parser!(u32).range(1..))]
    pub points: u32,
    /// From this time on
    #[arg(long, value_name = "TIME")]
    pub from: Option<String>,
    /// Before this time, a day to its end
    #[arg(long, value_name = "TIME")]
    pub to: Option<String>,
    /// At most this many
    #[arg(long, value_name = "N", default_value_t = 20)]
    pub limit: usize,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub form: FormArgs,
}

#[derive(Debug, Serialize)]
struct Met {
    place: String,
    direction: Direction,
    #[serde(with = "local")]
    at: Timestamp,
    /// Seconds that the other came later; below 0: earlier.
    lag_s: f64,
    passage: RecordId,
    own_passage: RecordId,
}

#[derive(Debug, Serialize)]
struct Companion {
    plate: String,
    plate_kind: PlateKind,
    points: usize,
    meetings: Vec<Met>,
    /// Such vehicles that the traffic alone would give.
    expected_by_chance: f64,
    /// Probability that traffic alone gives one.
    chance: f64,
}

/// Lists them, the least likely by chance first.
pub fn run(args: &TogetherArgs) -> Result<(), CliError> {
    let asked = ask::open(&args.store)?;
    let keys = ask::keys_of(&args.plate)?;
    let within = times::length("within", &args.within)?;
    let (from, to) = asked.stretch(&args.from, &args.to)?;
    let question = asked.question(&args.purpose, "together", &args.plate)?;
    let mut passages = asked.reader.passages_of(&keys)?;
    passages
        .retain(|p| p.crossed_at.is_some_and(|at| from.is_none_or(|f| at >= f) && to.is_none_or(|t| at < t)));
    let own = crossings(&passages, asked.rules().same_crossing_window);
    let found = companions(&keys, &own, within, args.points as usize, |point, from, to| {
        let there = asked.reader.passed(point.is_gate, &point.name, point.direction, from, to)?;
        Ok::<_, StoreError>(
            there.into_iter().map(|p| Near { key: p.key, at: p.at, passage: p.id }).collect::<Vec<_>>(),
        )
    })?;
    let mut rows: Vec<Companion> = Vec::new();
    for companion in found.into_iter().take(args.limit) {
        let meetings = companion.meetings.into_iter().map(|m| {
            let crossing = &own[m.crossing];
            Met {
                place: crossing.point.name.clone(),
                direction: crossing.point.direction,
                at: crossing.at,
                lag_s: m.at.duration_since(crossing.at).as_secs_f64(),
                passage: m.passage,
                own_passage: crossing.passage.clone(),
            }
        });
        rows.push(Companion {
            plate: companion.key.text,
            plate_kind: companion.key.kind,
            points: companion.points,
            meetings: meetings.collect(),
            expected_by_chance: companion.expected,
            chance: companion.chance,
        });
    }
    question.answered(asked.now, rows.len())?;
    list(args.form.form(), &rows, &Places::default())?;
    if args.form.form() == Form::Table && !rows.is_empty() {
        eprintln!("{}", words().ask.chance_hint);
    }
    Ok(())
}

impl Listed for Companion {
    const KIND: &'static str = "companion";
    const KEYS: &'static [&'static str] =
        &["plate", "plate_kind", "points", "meetings", "expected_by_chance", "chance"];

    fn headings(w: &Words) -> Vec<&'static str> {
        vec![w.head.plate, w.ask.meetings, w.ask.met_at, w.ask.chance]
    }

    fn cells(&self, w: &Words) -> Vec<String> {
        let met = self.meetings.iter().map(|m| {
            let lag = SignedDuration::from_secs(m.lag_s.round() as i64).as_secs();
            format!("{} {} {} ({lag:+} s)", table_local(m.at), m.place, (w.direction)(m.direction))
        });
        vec![
            self.plate.clone(),
            self.meetings.len().to_string(),
            met.collect::<Vec<_>>().join("\n"),
            format!("{:.3}", self.chance),
        ]
    }
}

//! `trace`: every passage and every journey of a plate.

use clap::Args;

use super::args::StoreArg;
use super::ask::{self, PurposeArg};
use super::error::CliError;
use super::output::{Form, PlacedFormArgs, csv_lines, feature, features_out, json_lines, listed_table};

/// `trace`
#[derive(Debug, Args)]
pub struct TraceArgs {
    /// The plate, as people type it: 30A-123.45, 29-B1 123.45
    pub plate: String,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub store: StoreArg,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub purpose: PurposeArg,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub form: PlacedFormArgs,
}

/// Passages by time, then journeys.
pub fn run(args: &TraceArgs) -> Result<(), CliError> {
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
            json_lines(&passages)?;
            json_lines(&journeys)
        }
        Form::Csv => csv_lines(&passages),
        Form::GeoJson => {
            let points = passages.iter().map(|p| feature(p, &places));
            let paths = journeys.iter().map(|j| feature(j, &places));
            features_out(points.chain(paths).collect::<Result<_, _>>()?)
        }
        Form::Table => {
            listed_table(&passages)?;
            if journeys.is_empty() { Ok(()) } else { listed_table(&journeys) }
        }
    }
}

//! `inside`: who came in and was not seen going out.

use clap::Args;

use super::args::StoreArg;
use super::ask::{self, PurposeArg};
use super::error::CliError;
use super::filter::FilterArgs;
use super::output::{PlacedFormArgs, list};
use super::times;

/// `inside`
#[derive(Debug, Args)]
pub struct InsideArgs {
    #[command(flatten)]
    #[allow(missing_docs)]
    pub store: StoreArg,
    /// At this time instead of now
    #[arg(long, value_name = "TIME")]
    pub at: Option<String>,
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

/// Lists their journeys, newest first.
pub fn run(args: &InsideArgs) -> Result<(), CliError> {
    let asked = ask::open(&args.store)?;
    let at = match &args.at {
        Some(text) => times::moment("at", text, asked.now)?,
        None => asked.now,
    };
    let filter = asked.filter(&args.filter)?;
    let question = asked.plate_question("inside", args.filter.plate.as_deref(), &args.purpose)?;
    let mut found = asked.reader.inside(at, asked.now, asked.rules().lost_after, &filter)?;
    asked.settle(&mut found, at);
    asked.answered(question, found.len())?;
    list(args.form.form(), &found, &asked.places())
}

//! `passages`: what went by.

use clap::Args;

use super::args::StoreArg;
use super::ask::{self, PurposeArg};
use super::error::CliError;
use super::filter::FilterArgs;
use super::output::{PlacedFormArgs, list};

/// `passages`, `journeys`
#[derive(Debug, Args)]
pub struct ListArgs {
    #[command(flatten)]
    #[allow(missing_docs)]
    pub store: StoreArg,
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

/// Lists them, newest first.
pub fn run(args: &ListArgs) -> Result<(), CliError> {
    let asked = ask::open(&args.store)?;
    let filter = asked.filter(&args.filter)?;
    let question = asked.plate_question("passages", args.filter.plate.as_deref(), &args.purpose)?;
    let mut found = asked.reader.passages(&filter)?;
    args.filter.shown(&mut found);
    asked.answered(question, found.len())?;
    list(args.form.form(), &found, &asked.places())
}

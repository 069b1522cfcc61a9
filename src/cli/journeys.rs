//! `journeys`: who came in, where it went, and whether it left.

use super::ask;
use super::error::CliError;
use super::output::list;
use super::passages::ListArgs;

/// Lists them, newest first.
pub fn run(args: &ListArgs) -> Result<(), CliError> {
    let asked = ask::open(&args.store)?;
    let filter = asked.filter(&args.filter)?;
    let question = asked.plate_question("journeys", args.filter.plate.as_deref(), &args.purpose)?;
    let mut found = asked.reader.journeys(&filter, asked.now)?;
    args.filter.shown(&mut found);
    asked.settle(&mut found, asked.now);
    asked.answered(question, found.len())?;
    list(args.form.form(), &found, &asked.places())
}

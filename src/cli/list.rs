//! `passages`, `journeys`, `trace`, `inside`.

use super::args::{FilterArgs, InsideArgs, ListArgs, PurposeArg, TraceArgs};
use super::ask::{self, Asked};
use super::error::CliError;
use super::{show, times};
use crate::domain::journey::{Journey, JourneyState};
use crate::journey::{JourneyRules, state_at};
use crate::store::{Filter, Question};

/// `passages`
pub fn passages(args: &ListArgs) -> Result<(), CliError> {
    let asked = ask::open(&args.store)?;
    let filter = asked.filter(&args.filter)?;
    let question = plate_question(&asked, "passages", &args.filter, &args.purpose)?;
    let found = asked.reader.passages(&filter)?;
    answered(&asked, question, found.len())?;
    if args.json { show::json_lines("passage", &found) } else { show::passages(&found) }
}

/// `journeys`
pub fn journeys(args: &ListArgs) -> Result<(), CliError> {
    let asked = ask::open(&args.store)?;
    let filter = asked.filter(&args.filter)?;
    let question = plate_question(&asked, "journeys", &args.filter, &args.purpose)?;
    let mut found = asked.reader.journeys(&filter, asked.now)?;
    settle(&asked, &mut found, asked.now);
    answered(&asked, question, found.len())?;
    if args.json { show::json_lines("journey", &found) } else { show::journeys(&found) }
}

/// `trace`: every passage, then every journey of a plate.
pub fn trace(args: &TraceArgs) -> Result<(), CliError> {
    let asked = ask::open(&args.store)?;
    let keys = ask::keys_of(&args.plate)?;
    let question = asked.question(&args.purpose, "trace", &args.plate)?;
    let mut passages = asked.reader.passages_of(&keys)?;
    passages.sort_by(|a, b| a.crossed_at.cmp(&b.crossed_at).then(a.stream_s.total_cmp(&b.stream_s)));
    let mut journeys = asked.reader.journeys_of(&keys, asked.now)?;
    settle(&asked, &mut journeys, asked.now);
    question.answered(asked.now, passages.len() + journeys.len())?;
    if args.json {
        show::json_lines("passage", &passages)?;
        return show::json_lines("journey", &journeys);
    }
    show::passages(&passages)?;
    show::journeys(&journeys)
}

/// `inside`: who came in and was not seen going out.
pub fn inside(args: &InsideArgs) -> Result<(), CliError> {
    let asked = ask::open(&args.store)?;
    let at = match &args.at {
        Some(text) => times::moment("at", text, asked.now)?,
        None => asked.now,
    };
    let filter = asked.filter(&args.filter)?;
    let question = plate_question(&asked, "inside", &args.filter, &args.purpose)?;
    let mut found = asked.reader.inside(at, asked.now, asked.rules().lost_after)?;
    if has_filters(&filter) {
        let wanted = asked.reader.journeys(&Filter { limit: None, ..filter.clone() }, asked.now)?;
        found.retain(|j| wanted.iter().any(|w| w.id == j.id));
    }
    found.truncate(filter.limit.unwrap_or(usize::MAX));
    settle(&asked, &mut found, at);
    answered(&asked, question, found.len())?;
    if args.json { show::json_lines("journey", &found) } else { show::journeys(&found) }
}

fn has_filters(filter: &Filter) -> bool {
    Filter { limit: None, ..filter.clone() } != Filter::default()
}

/// The state as it stands at `at`: one without a sighting for too long is lost.
fn settle(asked: &Asked, journeys: &mut [Journey], at: jiff::Timestamp) {
    settle_by(&asked.rules(), journeys, at);
}

/// As `settle`, by these rules. One that a second entry made lost stays so.
pub fn settle_by(rules: &JourneyRules, journeys: &mut [Journey], at: jiff::Timestamp) {
    for journey in journeys.iter_mut().filter(|j| j.state != JourneyState::Lost) {
        journey.state = state_at(journey, at, rules);
    }
}

/// The question on record, where the filter names a plate.
fn plate_question(
    asked: &Asked,
    verb: &str,
    filter: &FilterArgs,
    purpose: &PurposeArg,
) -> Result<Option<Question>, CliError> {
    filter.plate.as_ref().map(|plate| asked.question(purpose, verb, plate)).transpose()
}

fn answered(asked: &Asked, question: Option<Question>, results: usize) -> Result<(), CliError> {
    match question {
        Some(question) => Ok(question.answered(asked.now, results)?),
        None => Ok(()),
    }
}

//! `eval`: the program against truth.

use std::io::Write;

use serde::Serialize;
use serde_json::{Map, Value, json};

use clap::Subcommand;

use super::error::CliError;
use super::{eval_detect, eval_passages, eval_plates};

/// `eval`
#[derive(Debug, Subcommand)]
pub enum EvalVerb {
    /// Passages and journeys against truth
    Passages(eval_passages::EvalPassagesArgs),
    /// Plates read in pictures against labels
    Plates(eval_plates::EvalPlatesArgs),
    /// Vehicles and plates found in pictures against labelled boxes
    Detect(eval_detect::EvalDetectArgs),
}

/// Evaluates.
pub fn run(verb: &EvalVerb) -> Result<(), CliError> {
    match verb {
        EvalVerb::Passages(args) => eval_passages::run(args),
        EvalVerb::Plates(args) => eval_plates::run(args),
        EvalVerb::Detect(args) => eval_detect::run(args),
    }
}

/// The figures as a JSON object.
pub(super) fn object(figures: &impl Serialize) -> Map<String, Value> {
    match serde_json::to_value(figures) {
        Ok(Value::Object(map)) => map,
        // A struct is always an object.
        _ => Map::new(),
    }
}

/// One line of JSON: the figures, their `type`, and the models that they are of.
pub(super) fn print_json(kind: &str, figures: &impl Serialize, models: &str) -> Result<(), CliError> {
    let mut line = object(figures);
    line.insert("type".to_owned(), json!(kind));
    line.insert("models".to_owned(), json!(models));
    writeln!(std::io::stdout().lock(), "{}", Value::Object(line))?;
    Ok(())
}

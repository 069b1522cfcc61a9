//! `eval passages`: the record against truth.

mod tables;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use serde_json::{Map, Value, json};

use super::args::{ConfigArg, EngineArgs};
use super::ask::settle_by;
use super::error::CliError;
use super::eval::object;
use super::run::{choice, engine_options};
use crate::base::clock::SystemClock;
use crate::base::shutdown::Shutdown;
use crate::config::{self, Settings};
use crate::domain::journey::Journey;
use crate::domain::passage::Passage;
use crate::measure::{Counts, Groups, Truth, group_figures, intervals, judge};
use crate::pipeline::{self, RunOptions, journey_rules};
use crate::store::{Filter, OpenMode, Store};

/// `eval passages`
#[derive(Debug, Args)]
pub struct EvalPassagesArgs {
    #[command(flatten)]
    #[allow(missing_docs)]
    pub config: ConfigArg,
    /// Folder of passes.jsonl and journeys.jsonl
    #[arg(long, value_name = "DIR")]
    pub truth: PathBuf,
    /// Judge what this store holds instead of running the configuration
    #[arg(long, value_name = "DIR")]
    pub store: Option<PathBuf>,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub engine: EngineArgs,
    /// JSON instead of a table
    #[arg(long)]
    pub json: bool,
}

/// Runs or opens the record and says how it differs from the truth.
pub fn run(args: &EvalPassagesArgs) -> Result<(), CliError> {
    let mut settings = config::load(&args.config.config)?;
    let truth = read_truth(&args.truth)?;
    let (passages, journeys) = match &args.store {
        Some(dir) => recorded(dir, &settings)?,
        None => {
            let temporary = tempfile::tempdir()?;
            settings.store.dir = temporary.path().join("store");
            follow(&settings, args)?;
            recorded(&settings.store.dir, &settings)?
        }
    };
    let judged = judge(&truth, &passages, &journeys);
    if args.json {
        let mut line = figures(&judged.all, &judged.by);
        line.insert("type".to_owned(), json!("eval_passages"));
        line.insert("held_out".to_owned(), Value::Object(figures(&judged.held_out, &judged.held_out_by)));
        writeln!(std::io::stdout().lock(), "{}", Value::Object(line))?;
        return Ok(());
    }
    tables::print(&truth, &passages, &judged)
}

/// The contract's counts, their intervals, and the same by groups.
fn figures(counts: &Counts, groups: &Groups) -> Map<String, Value> {
    let mut all = object(counts);
    all.insert("wilson95".to_owned(), json!(intervals(counts)));
    all.insert("by".to_owned(), json!(group_figures(groups)));
    all
}

fn read_truth(dir: &Path) -> Result<Truth, CliError> {
    let text = |name: &str| {
        let path = dir.join(name);
        std::fs::read_to_string(&path).map_err(|e| {
            CliError::Failed(format!(
                "{}: cannot be read ({e}); --truth names the folder of passes.jsonl and journeys.jsonl",
                path.display()
            ))
        })
    };
    Truth::parse(&text("passes.jsonl")?, &text("journeys.jsonl")?)
        .map_err(|e| CliError::Failed(format!("{}: {e}", dir.display())))
}

/// Runs the configuration's files into its (temporary) store.
fn follow(settings: &Settings, args: &EvalPassagesArgs) -> Result<(), CliError> {
    let provider = choice(settings.inference.provider);
    let options = RunOptions {
        engine: engine_options(&args.engine, Some(&args.config.config), provider),
        until_end: true,
        start_now: false,
    };
    let mut settings = settings.clone();
    settings.metrics = None;
    let report = pipeline::run(&settings, &options, Arc::new(SystemClock::new()), &Shutdown::new())?;
    match report.failed.first() {
        Some((camera, why)) => Err(CliError::Failed(format!("camera {camera}: {why}"))),
        None => Ok(()),
    }
}

/// All passages and journeys, the journeys as they stand at the last passage.
fn recorded(dir: &Path, settings: &Settings) -> Result<(Vec<Passage>, Vec<Journey>), CliError> {
    let reader = Store::open(dir, OpenMode::ReadOnly)?.reader()?;
    let passages = reader.passages(&Filter::default())?;
    let Some(end) = passages.iter().filter_map(|p| p.last_seen.max(p.crossed_at)).max() else {
        return Ok((passages, Vec::new()));
    };
    let mut journeys = reader.journeys(&Filter::default(), end)?;
    settle_by(&journey_rules(settings), &mut journeys, end);
    Ok((passages, journeys))
}

//! `eval passages`: the record against truth.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::Serialize;
use serde_json::{Map, Value, json};

use clap::{Args, Subcommand};

use super::args::{ConfigArg, EngineArgs};
use super::ask::settle_by;
use super::error::CliError;
use super::output;
use super::run::{choice, engine_options};
use super::{eval_detect, eval_plates};
use crate::base::clock::SystemClock;
use crate::base::shutdown::Shutdown;
use crate::config::{self, Settings};
use crate::domain::journey::Journey;
use crate::domain::passage::Passage;
use crate::measure::{Judgement, Truth, judge, wilson95};
use crate::pipeline::{self, RunOptions, journey_rules};
use crate::store::{Filter, OpenMode, Store};

/// `eval`
#[derive(Debug, Subcommand)]
pub enum EvalVerb {
    /// Passages and journeys against truth
    Passages(EvalPassagesArgs),
    /// Plates read in pictures against labels
    Plates(eval_plates::EvalPlatesArgs),
    /// Vehicles and plates found in pictures against labelled boxes
    Detect(eval_detect::EvalDetectArgs),
}

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

/// Evaluates.
pub fn run(verb: &EvalVerb) -> Result<(), CliError> {
    match verb {
        EvalVerb::Passages(args) => passages(args),
        EvalVerb::Plates(args) => eval_plates::run(args),
        EvalVerb::Detect(args) => eval_detect::run(args),
    }
}

fn passages(args: &EvalPassagesArgs) -> Result<(), CliError> {
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
        let mut line = object(&judged.all);
        line.insert("type".to_owned(), json!("eval_passages"));
        line.insert("held_out".to_owned(), Value::Object(object(&judged.held_out)));
        writeln!(std::io::stdout().lock(), "{}", Value::Object(line))?;
        return Ok(());
    }
    print(&truth, &passages, &judged)
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

/// The figures as a JSON object.
fn object(figures: &impl Serialize) -> Map<String, Value> {
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

fn print(truth: &Truth, passages: &[Passage], judged: &Judgement) -> Result<(), CliError> {
    let share = |hits: u64, n: u64| {
        let [lo, hi] = wilson95(hits, n);
        let percent =
            if n == 0 { "-".to_owned() } else { format!("{:.1} %", 100.0 * hits as f64 / n as f64) };
        vec![hits.to_string(), n.to_string(), percent, format!("{:.1}-{:.1} %", 100.0 * lo, 100.0 * hi)]
    };
    for (name, c) in [("all", &judged.all), ("held out", &judged.held_out)] {
        if c.passages == 0 {
            continue;
        }
        let readable_found = c.plate_exact + c.undetermined + c.plate_wrong;
        let rows = [
            ("passages found", share(c.found, c.passages)),
            (
                "false passages",
                vec![c.false_passages.to_string(), String::new(), String::new(), String::new()],
            ),
            ("plates exact, of readable", share(c.plate_exact, c.readable)),
            ("plates wrong, of answers and misses", share(c.plate_wrong, readable_found)),
            ("plates undetermined, of readable", share(c.undetermined, c.readable)),
            ("direction wrong", share(c.direction_wrong, c.found)),
            ("class wrong", share(c.class_wrong, c.found)),
            ("verdict wrong", share(c.verdict_wrong, c.found)),
            ("verdict undetermined", share(c.verdict_undetermined, c.found)),
            ("journeys exact", share(c.journeys_exact, c.journeys)),
            ("links right", share(c.links_right, c.links)),
            ("links wrong", vec![c.links_wrong.to_string(), String::new(), String::new(), String::new()]),
        ];
        let rows = rows.into_iter().map(|(what, mut cells)| {
            cells.insert(0, what.to_owned());
            cells
        });
        output::table(&[name, "count", "of", "share", "95 % (Wilson)"], rows.collect())?;
    }
    differences(truth, passages, judged)
}

/// What is not as the truth has it, one line each.
fn differences(truth: &Truth, passages: &[Passage], judged: &Judgement) -> Result<(), CliError> {
    let mut out = std::io::stdout().lock();
    for (pass, found) in truth.passes.iter().zip(&judged.matched) {
        let what = match found.map(|at| &passages[at]) {
            None => "missed".to_owned(),
            Some(p) if p.plate.is_some() && p.plate != pass.plate => {
                format!("read {}", p.plate.as_deref().unwrap_or_default())
            }
            Some(p) if p.direction != pass.direction => format!("direction {}", p.direction.as_str()),
            Some(p) if p.class != pass.class => format!("class {}", p.class.as_str()),
            Some(p) if pass.readable && p.plate.is_none() => format!(
                "plate {} after {} looks, best guess {}",
                p.plate_state.as_str(),
                p.looks,
                p.candidates.first().map_or("none", |c| c.text.as_str())
            ),
            Some(_) => continue,
        };
        writeln!(
            out,
            "{} {} {} {} {} ({} px): {what}",
            pass.id,
            pass.camera,
            pass.direction.as_str(),
            pass.class.as_str(),
            pass.plate.as_deref().unwrap_or("no plate"),
            pass.plate_width_px.unwrap_or_default().round(),
        )?;
    }
    for at in &judged.unmatched {
        let p = &passages[*at];
        writeln!(out, "{} {} at {:.1} s: no such passage in the truth", p.id, p.camera, p.stream_s)?;
    }
    for (journey, exact) in truth.journeys.iter().zip(&judged.journey_exact) {
        if !exact {
            writeln!(out, "journey of {} ({} passages): not exact", journey.plate, journey.passes.len())?;
        }
    }
    Ok(())
}

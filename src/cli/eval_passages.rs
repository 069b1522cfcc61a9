//! `eval passages`: the record against truth.

mod sheet;
mod stills;
mod tables;

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::args::{ConfigArg, EngineArgs};
use super::ask::settle_by;
use super::error::CliError;
use super::eval::object;
use super::run::{choice, engine_options};
use super::words::words;
use crate::base::clock::SystemClock;
use crate::base::shutdown::Shutdown;
use crate::config::{self, Settings};
use crate::domain::journey::Journey;
use crate::domain::passage::Passage;
use crate::measure::{
    CountedJudgement, CountedSpan, Counts, Groups, Truth, group_figures, intervals, judge, judge_counted,
    parse_counted,
};
use crate::pipeline::{self, RunOptions, journey_rules};
use crate::store::{Filter, OpenMode, Store};
use sheet::Sheet;

/// `eval passages`
#[derive(Debug, Args)]
pub struct EvalPassagesArgs {
    #[command(flatten)]
    #[allow(missing_docs)]
    pub config: ConfigArg,
    /// Folder of passes.jsonl and journeys.jsonl, or of counts.jsonl, which is made by eye
    #[arg(long, value_name = "DIR")]
    pub truth: PathBuf,
    /// Judge what this store holds instead of running the configuration
    #[arg(long, value_name = "DIR")]
    pub store: Option<PathBuf>,
    /// Write what differs from the truth, with pictures, as one HTML file
    #[arg(long, value_name = "FILE")]
    pub sheet: Option<PathBuf>,
    /// Differences that the sheet shows at most, the gravest first
    #[arg(long, value_name = "N", default_value_t = 100, requires = "sheet")]
    pub sheet_limit: usize,
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
    let Truths { truth, counted } = read_truth(&args.truth)?;
    // Lives until the sheet has taken its pictures from it.
    let temporary = match &args.store {
        Some(_) => None,
        None => Some(tempfile::tempdir()?),
    };
    if let Some(temporary) = &temporary {
        settings.store.dir = temporary.path().join("store");
        follow(&settings, args)?;
    }
    let store = args.store.as_ref().unwrap_or(&settings.store.dir);
    let mut record = recorded(store, &settings)?;
    let counted = take_counted(&counted, &settings, &mut record)?;
    let (passages, journeys) = record;
    let judged = judge(&truth, &passages, &journeys);
    if let Some(file) = &args.sheet {
        let sheet = Sheet {
            settings: &settings,
            truth: &truth,
            truth_dir: &args.truth,
            passages: &passages,
            judged: &judged,
            store,
            limit: args.sheet_limit,
        };
        let (page, cases) = sheet.page(words())?;
        std::fs::write(file, page).map_err(|e| {
            CliError::Failed(format!("{}: cannot be written ({e}); give another --sheet", file.display()))
        })?;
        // Standard output is for the figures.
        eprintln!("{}", (words().judge.written)(&file.display().to_string(), cases));
    }
    if args.json {
        let mut line = figures(&judged.all, &judged.by);
        line.insert("type".to_owned(), json!("eval_passages"));
        line.insert("held_out".to_owned(), Value::Object(figures(&judged.held_out, &judged.held_out_by)));
        if let Some(counted) = &counted {
            line.insert("counted".to_owned(), json!(counted));
        }
        writeln!(std::io::stdout().lock(), "{}", Value::Object(line))?;
        return Ok(());
    }
    if let Some(counted) = &counted {
        tables::counted(counted)?;
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

/// What the folder of the truth holds: passes and journeys, counts made by eye, or both.
struct Truths {
    truth: Truth,
    counted: Vec<CountedSpan>,
}

fn read_truth(dir: &Path) -> Result<Truths, CliError> {
    let text = |name: &str| {
        let path = dir.join(name);
        std::fs::read_to_string(&path).map_err(|e| {
            CliError::Failed(format!(
                "{}: cannot be read ({e}); --truth names the folder of passes.jsonl and journeys.jsonl, or of counts.jsonl",
                path.display()
            ))
        })
    };
    let wrong = |e| CliError::Failed(format!("{}: {e}", dir.display()));
    let by_eye = dir.join("counts.jsonl").exists();
    let counted = if by_eye { parse_counted(&text("counts.jsonl")?).map_err(wrong)? } else { Vec::new() };
    // Whoever counts by eye need not know each passage.
    let truth = match by_eye && !dir.join("passes.jsonl").exists() {
        true => Truth::default(),
        false => Truth::parse(&text("passes.jsonl")?, &text("journeys.jsonl")?).map_err(wrong)?,
    };
    Ok(Truths { truth, counted })
}

/// Judges what was counted by eye, and takes it out of the record: of these passages no one knows which they are.
fn take_counted(
    spans: &[CountedSpan],
    settings: &Settings,
    record: &mut (Vec<Passage>, Vec<Journey>),
) -> Result<Option<CountedJudgement>, CliError> {
    if spans.is_empty() {
        return Ok(None);
    }
    let mut clips = BTreeMap::new();
    for span in spans {
        let camera =
            settings.camera(&span.camera).map_err(|e| CliError::Failed(format!("counts.jsonl: {e}")))?;
        if !span.is_hashed() || clips.contains_key(&span.camera) {
            continue;
        }
        let config::Location::File(path) = &camera.location else {
            return Err(CliError::Failed(format!(
                "counts.jsonl: camera {}: hashed plates need its clip, and its url is a stream; give the plates as text",
                span.camera
            )));
        };
        clips.insert(span.camera.clone(), sha256_of(path)?);
    }
    let judged = judge_counted(spans, &record.0, &clips);
    record.0.retain(|p| !judged.by_camera.contains_key(p.camera.as_str()));
    let left: BTreeSet<&str> = record.0.iter().map(|p| p.id.as_str()).collect();
    record.1.retain(|j| j.legs.iter().any(|leg| left.contains(leg.passage.as_str())));
    Ok(Some(judged))
}

/// Hexadecimal SHA-256 of a file.
fn sha256_of(path: &Path) -> Result<String, CliError> {
    let failed = |e| CliError::Failed(format!("{}: cannot be read ({e})", path.display()));
    let mut file = std::fs::File::open(path).map_err(failed)?;
    let (mut hash, mut part) = (Sha256::new(), vec![0; 1 << 20]);
    loop {
        match file.read(&mut part).map_err(failed)? {
            0 => return Ok(hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()),
            n => hash.update(&part[..n]),
        }
    }
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

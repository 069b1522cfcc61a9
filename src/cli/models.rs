//! `models`: what is shipped, whether it is whole, and what it runs on.

use std::io::Write;
use std::path::PathBuf;

use serde_json::json;

use clap::Args;

use super::args::EngineArgs;
use super::error::CliError;
use super::output;
use super::run::{choice, engine_options};
use crate::config;
use crate::infer::ProviderChoice;
use crate::pipeline::Engine;

/// `models`
#[derive(Debug, Args)]
pub struct ModelsArgs {
    #[command(flatten)]
    #[allow(missing_docs)]
    pub engine: EngineArgs,
    /// The configuration, for its provider and the models beside it
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// JSON instead of text
    #[arg(long)]
    pub json: bool,
}

/// Loads everything, as a run would, and tells.
pub fn run(args: &ModelsArgs) -> Result<(), CliError> {
    let provider = match &args.config {
        Some(file) => choice(config::load(file)?.inference.provider),
        None => ProviderChoice::Auto,
    };
    let engine = Engine::start(&engine_options(&args.engine, args.config.as_deref(), provider))?;
    let (detector, reader) = (&engine.manifest.detector, &engine.manifest.reader);
    let painted = engine.manifest.painted.as_ref();
    if args.json {
        let line = json!({
            "type": "models",
            "folder": engine.folder(),
            "provider": engine.provider,
            "notice": engine.notice,
            "detector": {"version": detector.version, "file": detector.file, "sha256": detector.sha256},
            "reader": {"version": reader.version, "file": reader.file, "sha256": reader.sha256},
            "painted": painted.map(|p| json!({"version": p.version, "file": p.file, "sha256": p.sha256})),
        });
        writeln!(std::io::stdout().lock(), "{line}")?;
        return Ok(());
    }
    let short = |hash: &str| hash.chars().take(12).collect::<String>();
    let row = |name: &str, version: &str, file: &str, sha256: &str| {
        vec![name.to_owned(), version.to_owned(), file.to_owned(), short(sha256)]
    };
    let mut rows = vec![
        row("detector", &detector.version, &detector.file, &detector.sha256),
        row("reader", &reader.version, &reader.file, &reader.sha256),
    ];
    rows.extend(painted.map(|p| row("painted", &p.version, &p.file, &p.sha256)));
    output::table(&["model", "version", "file", "sha256"], rows)?;
    writeln!(
        std::io::stdout().lock(),
        "provider in use: {}; models in {}",
        engine.provider,
        engine.folder().display()
    )?;
    if let Some(notice) = &engine.notice {
        writeln!(std::io::stdout().lock(), "{notice}")?;
    }
    Ok(())
}

//! `store check`: records, pictures and journeys against each other.

use std::io::Write;

use serde_json::json;

use clap::{Args, Subcommand};

use super::args::StoreArg;
use super::ask;
use super::error::CliError;
use crate::pipeline::hands;
use crate::store::{OpenMode, Severity, Store, StoreError, check};

/// `store`
#[derive(Debug, Subcommand)]
pub enum StoreVerb {
    /// Check records, pictures and journeys against each other
    Check(StoreCheckArgs),
    /// Write what was recorded, for another box
    Export(super::exchange::ExportArgs),
    /// Take in what another box has recorded; journeys join across boxes
    Import(super::exchange::ImportArgs),
}

/// `store check`
#[derive(Debug, Args)]
pub struct StoreCheckArgs {
    #[command(flatten)]
    #[allow(missing_docs)]
    pub store: StoreArg,
    /// JSON Lines instead of text
    #[arg(long)]
    pub json: bool,
}

/// Checks, and tidies up what an interrupted run has left, unless a run is writing.
pub fn run(verb: &StoreVerb) -> Result<(), CliError> {
    match verb {
        StoreVerb::Check(args) => check_store(args),
        StoreVerb::Export(args) => super::exchange::send(args),
        StoreVerb::Import(args) => super::exchange::take(args),
    }
}

fn check_store(args: &StoreCheckArgs) -> Result<(), CliError> {
    let asked = ask::open(&args.store)?;
    let rules = asked.rules();
    let dir = asked.store.dir().to_owned();
    drop(asked);
    let store = match Store::open(&dir, OpenMode::ReadWrite) {
        // A run is writing: look without tidying.
        Err(StoreError::Locked { .. } | StoreError::Unwritable { .. }) => {
            Store::open(&dir, OpenMode::ReadOnly)?
        }
        other => other?,
    };
    let found = check(&store, &hands(rules, ask::reader_errors()))?;
    let mut out = std::io::stdout().lock();
    for finding in &found {
        let word = match finding.severity {
            Severity::Note => "note",
            Severity::Warning => "warning",
            Severity::Error => "error",
        };
        if args.json {
            let line = json!({"type": "finding", "severity": word, "text": finding.text, "way_out": finding.way_out});
            writeln!(out, "{line}")?;
        } else if finding.way_out.is_empty() {
            writeln!(out, "{word}: {}", finding.text)?;
        } else {
            writeln!(out, "{word}: {}; {}", finding.text, finding.way_out)?;
        }
    }
    let bad = found.iter().filter(|f| f.severity > Severity::Note).count();
    if bad > 0 {
        return Err(CliError::Failed(format!("the store in {} has {bad} faults, told above", dir.display())));
    }
    if !args.json {
        writeln!(out, "the store in {} is clean", dir.display())?;
    }
    Ok(())
}

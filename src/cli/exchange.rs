//! `store export` and `store import`: passages from one box to another.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use serde_json::json;

use super::args::StoreArg;
use super::ask::{self, login};
use super::error::CliError;
use super::words::words;
use super::{circular, times};
use crate::base::clock::SystemClock;
use crate::pipeline::hands;
use crate::store::{ExportOrder, Incoming, OpenMode, Store, StoreError, export, import, take_boxes};

/// In what form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ExportForm {
    /// What `store import` takes in, with all that is known
    Hanhtrinh,
    /// Plate, place and time as Circular 12/2020/TT-BGTVT writes them
    #[value(name = "circular-12-2020")]
    Circular,
}

/// `store export`
#[derive(Debug, Args)]
pub struct ExportArgs {
    #[command(flatten)]
    #[allow(missing_docs)]
    pub store: StoreArg,
    /// What was recorded at this time or later; in the form of the circular, what passed
    #[arg(long, value_name = "TIME")]
    pub since: String,
    /// With the pictures
    #[arg(long)]
    pub pictures: bool,
    /// In what form: hanhtrinh, which `store import` takes in, or circular-12-2020
    #[arg(long, value_enum, value_name = "WORD", default_value = "hanhtrinh", hide_possible_values = true)]
    pub form: ExportForm,
    /// File to write [default: standard output]
    #[arg(long, value_name = "FILE")]
    pub to: Option<PathBuf>,
    /// Why; recorded with your login
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    pub purpose: String,
}

/// `store import`
#[derive(Debug, Args)]
pub struct ImportArgs {
    /// Exports of other boxes
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub store: StoreArg,
    /// JSON Lines instead of text
    #[arg(long)]
    pub json: bool,
}

/// Writes what another box takes in.
pub fn send(args: &ExportArgs) -> Result<(), CliError> {
    let asked = ask::open(&args.store)?;
    let since = times::moment("since", &args.since, asked.now)?;
    let who = login();
    let order = ExportOrder {
        since,
        pictures: args.pictures,
        who: &who,
        purpose: args.purpose.trim(),
        now: asked.now,
    };
    let Some(path) = &args.to else {
        let mut out = BufWriter::new(std::io::stdout().lock());
        return match args.form {
            ExportForm::Hanhtrinh => export(&asked.store, &order, &mut out).map(|_| ()).map_err(gone),
            ExportForm::Circular => circular::export(&asked, &order, &mut out).map(|_| ()),
        };
    };
    // Under another name until it is whole: nobody takes in half of it.
    let failed = |e: std::io::Error| CliError::Failed(format!("{}: {e}", path.display()));
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(failed)?;
    let (passages, pictures) = {
        let mut out = BufWriter::new(file.as_file_mut());
        let done = match args.form {
            ExportForm::Hanhtrinh => {
                export(&asked.store, &order, &mut out).map(|done| (done.passages, done.pictures))?
            }
            ExportForm::Circular => circular::export(&asked, &order, &mut out)?,
        };
        out.flush().map_err(failed)?;
        done
    };
    file.as_file().sync_all().map_err(failed)?;
    let file: File = file.persist(path).map_err(|e| failed(e.error))?;
    drop(file);
    writeln!(std::io::stdout().lock(), "{}", (words().keep.exported)(passages, pictures))?;
    Ok(())
}

/// Whoever read the answer has read enough.
fn gone(error: StoreError) -> CliError {
    match error {
        StoreError::Answer { source } => source.into(),
        other => other.into(),
    }
}

/// Takes the files in, one after the other.
pub fn take(args: &ImportArgs) -> Result<(), CliError> {
    let dir = ask::folder(&args.store)?;
    // All are looked at before the first is taken.
    let incoming = args.files.iter().map(|f| Incoming::open(f)).collect::<Result<Vec<_>, _>>()?;
    let store = match Store::open(&dir, OpenMode::Create) {
        // A run is writing: beside it.
        Err(StoreError::Locked { .. }) => Store::open(&dir, OpenMode::ReadOnly)?,
        other => other?,
    };
    let (who, errors) = (login(), ask::reader_errors());
    let mut out = std::io::stdout().lock();
    for (file, incoming) in args.files.iter().zip(&incoming) {
        take_boxes(&store, incoming)?;
        // After the boxes: their gates are among the rules.
        let rules = ask::rules_of(store.reader()?.settings()?.as_ref());
        let done = import(&store, incoming, &hands(rules, errors.clone()), &SystemClock::new(), &who)?;
        if args.json {
            let line = json!({
                "type": "import", "file": file.display().to_string(), "box": incoming.header.r#box,
                "passages": done.passages, "amended": done.amended, "corrected": done.corrected,
                "known": done.passed_over, "pictures": done.pictures, "alerts": done.alerts,
            });
            writeln!(out, "{line}")?;
        } else {
            let counts =
                [done.passages, done.amended, done.corrected, done.passed_over, done.pictures, done.alerts];
            writeln!(out, "{}: {}", file.display(), (words().keep.taken_in)(counts))?;
        }
    }
    Ok(())
}

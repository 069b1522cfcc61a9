//! `show`: one passage in full, with its pictures and all that became of it.

use std::path::Path;
use std::process::{Command, Stdio};

use clap::Args;
use serde::Serialize;

use super::args::StoreArg;
use super::ask::{self, Asked};
use super::error::CliError;
use super::listed::{dash, issued_in, passage_time, plate, time};
use super::output::{Form, FormArgs, Listed, Places, list, table};
use super::words::{Words, words};
use crate::domain::correction::Correction;
use crate::domain::ids::RecordId;
use crate::domain::passage::{Passage, Pictures};
use crate::domain::plate::Candidate;
use crate::domain::time::table_local;
use crate::domain::watch::AlertEvent;

/// `show`
#[derive(Debug, Args)]
pub struct ShowArgs {
    /// Name of the passage, or its beginning
    pub id: String,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub store: StoreArg,
    /// Open its pictures
    #[arg(long)]
    pub open: bool,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub form: FormArgs,
}

/// A passage with all that hangs on it.
#[derive(Debug, Serialize)]
struct Shown {
    passage: Passage,
    /// Files, absolute.
    files: Pictures,
    /// What the program reads, where a person has said otherwise.
    program: Option<Passage>,
    corrections: Vec<Correction>,
    /// What it said before: revision and plate.
    earlier: Vec<Earlier>,
    /// The journey that it is a leg of.
    journey: Option<RecordId>,
    /// Plates that it may be of besides, by plate, time and place; not joined to them.
    hints: Vec<Candidate>,
    /// Its alerts, each as it stands.
    alerts: Vec<AlertEvent>,
}

#[derive(Debug, Serialize)]
struct Earlier {
    revision: u32,
    plate: Option<String>,
}

/// Prints it.
pub fn run(args: &ShowArgs) -> Result<(), CliError> {
    let asked = ask::open(&args.store)?;
    let shown = look_up(&asked, &args.id)?;
    if args.open {
        open(&shown.files)?;
    }
    match args.form.form() {
        Form::Table => print(&shown),
        form => list(form, &[shown], &Places::default()),
    }
}

/// The passage of that name, or of the one name that begins so, or whose picture is given.
pub fn find(asked: &Asked, id: &str) -> Result<Passage, CliError> {
    let id = of_picture(id.trim());
    let names = if id.is_empty() { Vec::new() } else { asked.reader.named(id)? };
    let name = match names.as_slice() {
        [name] => name,
        [first, _] if first.as_str() == id => first,
        [_, ..] => return Err(CliError::Usage((words().keep.which_passage)(id))),
        [] => return Err(CliError::Failed((words().keep.no_passage)(id))),
    };
    let found = asked.reader.passage(name)?;
    found.ok_or_else(|| CliError::Failed((words().keep.no_passage)(id)))
}

/// The name of the passage in that of its picture (`pictures/DAY/NAME-REVISION-KIND.jpg`); what is no picture stays.
fn of_picture(text: &str) -> &str {
    let Some(file) = text.strip_suffix(".jpg") else { return text };
    let file = file.rsplit(['/', '\\']).next().unwrap_or(file);
    file.split('-').next().unwrap_or(file)
}

fn look_up(asked: &Asked, id: &str) -> Result<Shown, CliError> {
    let passage = find(asked, id)?;
    let corrected = asked.reader.corrected(&passage.id)?;
    let (program, corrections) = corrected.map(|c| (c.program, c.corrections)).unzip();
    let revisions = asked.reader.revisions_of(&passage.id)?;
    let file = |path: &Option<String>| path.as_ref().map(|p| absolute(asked.store.dir(), p));
    let files = Pictures {
        frame: file(&passage.pictures.frame),
        vehicle: file(&passage.pictures.vehicle),
        plate: file(&passage.pictures.plate),
    };
    Ok(Shown {
        files,
        program,
        corrections: corrections.unwrap_or_default(),
        earlier: revisions.into_iter().map(|(revision, plate)| Earlier { revision, plate }).collect(),
        journey: asked.reader.journey_with(&passage.id)?,
        hints: asked.reader.hints(&passage.id)?,
        alerts: asked.reader.alerts_of(&passage.id)?,
        passage,
    })
}

fn absolute(dir: &Path, path: &str) -> String {
    let path = dir.join(path);
    std::path::absolute(&path).unwrap_or(path).display().to_string()
}

/// Hands the pictures to whatever the desktop opens pictures with.
fn open(files: &Pictures) -> Result<(), CliError> {
    for file in [&files.plate, &files.vehicle, &files.frame].into_iter().flatten() {
        let started = Command::new("xdg-open").arg(file).stdout(Stdio::null()).stderr(Stdio::null()).status();
        match started {
            Ok(status) if status.success() => {}
            Ok(status) => return Err(CliError::Failed((words().keep.cannot_open)(&status.to_string()))),
            Err(e) => return Err(CliError::Failed((words().keep.cannot_open)(&format!("xdg-open: {e}")))),
        }
    }
    Ok(())
}

fn print(shown: &Shown) -> Result<(), CliError> {
    let (head, rows) = (Shown::headings(words()), lines(shown, words()));
    table(&head, rows)
}

/// Two columns: what, and what it is. What is not there is left out.
fn lines(shown: &Shown, w: &Words) -> Vec<Vec<String>> {
    let (h, k, p) = (&w.head, &w.keep.head, &shown.passage);
    let issued = issued_in(p);
    let some = |text: &Option<String>| text.clone().unwrap_or_default();
    let listed = |items: Vec<String>| items.join("\n");
    let seen = match (p.first_seen, p.last_seen) {
        (None, None) => String::new(),
        (first, last) => format!("{} - {}", time(first), time(last)),
    };
    let texts = |of: &[Candidate]| of.iter().map(|c| format!("{} {:.3}", c.text, c.p)).collect();
    let corrections = shown.corrections.iter().map(|c| {
        let read = match &c.reading {
            None => w.keep.program_again.to_owned(),
            Some(read) => read.key().map_or_else(|| w.keep.illegible.to_owned(), |key| key.to_string()),
        };
        format!("{} {}: {read} ({})", table_local(c.at), c.who, c.why)
    });
    let earlier =
        shown.earlier.iter().map(|e| format!("{}: {}", e.revision, e.plate.clone().unwrap_or_else(dash)));
    let alerts = shown
        .alerts
        .iter()
        .map(|a| format!("{} {} ({})", (w.keep.alert)(a.state), table_local(a.at), a.watch.reason));
    let program = shown.program.as_ref().map(|p| format!("{} ({:.3})", plate(p), p.confidence));
    let rows = [
        (k.id, p.id.to_string()),
        (k.revision, p.revision.to_string()),
        (h.time, passage_time(p)),
        (k.clock, (w.keep.clock)(p.clock).to_owned()),
        (k.seen, seen),
        (h.camera, p.camera.to_string()),
        (h.gate, some(&p.gate)),
        (k.lane, some(&p.lane)),
        (h.direction, (w.direction)(p.direction).to_owned()),
        (h.class, (w.class)(p.class).to_owned()),
        (h.colour, p.colour.map(w.colour).unwrap_or_default().to_owned()),
        (h.plate, plate(p)),
        (k.plate_state, (w.keep.plate_state)(p.plate_state).to_owned()),
        (h.confidence, format!("{:.3}", p.confidence)),
        (k.candidates, listed(texts(&p.candidates))),
        (k.looks, p.looks.to_string()),
        (k.painted, some(&p.painted_number)),
        (h.issued_in, if issued == dash() { String::new() } else { issued }),
        (h.verdict, (w.verdict)(p.verdict).to_owned()),
        (k.corrected, listed(corrections.collect())),
        (k.program_read, program.unwrap_or_default()),
        (k.earlier, listed(earlier.collect())),
        (k.journey, shown.journey.as_ref().map(RecordId::to_string).unwrap_or_default()),
        (k.hints, listed(texts(&shown.hints))),
        (k.alerts, listed(alerts.collect())),
        (k.frame, some(&shown.files.frame)),
        (k.vehicle, some(&shown.files.vehicle)),
        (k.plate_picture, some(&shown.files.plate)),
        (k.models, p.models.clone()),
        (k.config, p.config.clone()),
    ];
    rows.into_iter()
        .filter(|(_, what)| !what.is_empty())
        .map(|(name, what)| vec![name.to_owned(), what])
        .collect()
}

impl Listed for Shown {
    const KIND: &'static str = "passage_in_full";
    const KEYS: &'static [&'static str] = &[
        "passage.id",
        "passage.revision",
        "passage.camera",
        "passage.gate",
        "passage.direction",
        "passage.crossed_at",
        "passage.class",
        "passage.plate",
        "passage.plate_kind",
        "passage.plate_state",
        "passage.confidence",
        "passage.candidates",
        "passage.province",
        "passage.verdict",
        "passage.looks",
        "files.frame",
        "files.vehicle",
        "files.plate",
        "program.plate",
        "corrections",
        "earlier",
        "journey",
        "hints",
        "alerts",
    ];

    fn headings(w: &Words) -> Vec<&'static str> {
        vec![w.keep.head.passage, ""]
    }

    fn cells(&self, _: &Words) -> Vec<String> {
        vec![self.passage.id.to_string(), plate(&self.passage)]
    }
}

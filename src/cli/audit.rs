//! `audit`: who did what with personal data, when and why.

use std::collections::BTreeSet;

use clap::{Args, Subcommand};

use super::args::StoreArg;
use super::ask;
use super::error::CliError;
use super::listed::dash;
use super::output::{Form, FormArgs, Listed, Places, list};
use super::words::{Words, words};
use crate::domain::time::table_local;
use crate::plate::typed;
use crate::store::{AuditFilter, AuditRow, Deed};

/// `audit`
#[derive(Debug, Subcommand)]
pub enum AuditVerb {
    /// List who did what, when and why: questions about plates, corrections, the watch list, exports and imports
    List(AuditListArgs),
}

/// `audit list`
#[derive(Debug, Args)]
pub struct AuditListArgs {
    #[command(flatten)]
    #[allow(missing_docs)]
    pub store: StoreArg,
    /// From this time on (dd/MM/yyyy HH:mm:ss, dd/MM/yyyy, 7h30, hôm nay, hôm qua, ISO 8601)
    #[arg(long, value_name = "TIME")]
    pub from: Option<String>,
    /// Before this time, a day to its end
    #[arg(long, value_name = "TIME")]
    pub to: Option<String>,
    /// Login
    #[arg(long, value_name = "NAME")]
    pub who: Option<String>,
    /// Only what names this plate, or this part of one
    #[arg(long, value_name = "PLATE")]
    pub plate: Option<String>,
    /// At most this many, the latest
    #[arg(long, value_name = "N", default_value_t = 1000)]
    pub limit: u32,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub form: FormArgs,
}

/// Lists the audit, oldest first.
pub fn run(verb: &AuditVerb) -> Result<(), CliError> {
    let AuditVerb::List(args) = verb;
    let asked = ask::open(&args.store)?;
    let (from, to) = asked.stretch(&args.from, &args.to)?;
    let form = args.form.form();
    let limit = args.limit as usize;
    let enough = match (&args.plate, form) {
        // What names the plate may lie anywhere.
        (Some(_), _) => None,
        // A question and its answer are one line of the table.
        (None, Form::Table) => Some(limit.saturating_mul(2)),
        (None, _) => Some(limit),
    };
    let filter = AuditFilter { from, to, who: args.who.clone(), limit: enough };
    let mut found = asked.reader.audit(&filter)?;
    if let Some(plate) = &args.plate {
        found = naming(found, plate)?;
    }
    if form == Form::Table {
        found = with_answers(found);
    }
    let surplus = found.len().saturating_sub(limit);
    list(form, &found[surplus..], &Places::default())
}

/// The rows that name a plate, however it was typed, and the answers to those that are questions.
fn naming(rows: Vec<AuditRow>, plate: &str) -> Result<Vec<AuditRow>, CliError> {
    let plain = |text: &str| typed::fold(&typed::compact(text));
    let wanted = plain(plate);
    if !ask::says_something(&wanted) {
        return Err(CliError::Usage((words().say.no_plate)(plate)));
    }
    let mut questions = BTreeSet::new();
    let mut kept = Vec::new();
    for row in rows {
        let is_answer = row.about.is_some_and(|question| questions.contains(&question));
        if is_answer || plain(&row.query).contains(&wanted) {
            questions.insert(row.number);
            kept.push(row);
        }
    }
    Ok(kept)
}

/// For people, an answer stands beside its question; one whose question is not listed stays by itself.
fn with_answers(rows: Vec<AuditRow>) -> Vec<AuditRow> {
    let mut shown: Vec<AuditRow> = Vec::new();
    for row in rows {
        let question =
            shown.iter_mut().rev().find(|q| row.what == Deed::Answer && Some(q.number) == row.about);
        match question {
            Some(question) => question.results = row.results,
            None => shown.push(row),
        }
    }
    shown
}

impl Listed for AuditRow {
    const KIND: &'static str = "audit";
    const KEYS: &'static [&'static str] =
        &["number", "at", "who", "what", "verb", "query", "purpose", "about", "results", "hash"];

    fn headings(w: &Words) -> Vec<&'static str> {
        let (h, k) = (&w.head, &w.keep.head);
        vec![k.number, h.time, k.who, k.what, k.verb, k.query, k.purpose, k.results]
    }

    fn cells(&self, w: &Words) -> Vec<String> {
        vec![
            self.number.to_string(),
            table_local(self.at),
            self.who.clone(),
            (w.keep.deed)(self.what).to_owned(),
            self.verb.clone(),
            self.query.clone(),
            self.purpose.clone(),
            self.results.map_or_else(dash, |n| n.to_string()),
        ]
    }

    fn numbers() -> &'static [usize] {
        &[0, 7]
    }
}

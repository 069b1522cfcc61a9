//! What the verbs that ask have in common: the store, and the reason for a question.

use std::path::PathBuf;

use clap::Args;
use jiff::{SignedDuration, Timestamp};

use super::args::StoreArg;
use super::error::CliError;
use super::output::{PlacedFormArgs, Places};
use super::times;
use super::words::words;
use crate::base::text::nearest;
use crate::config;
use crate::domain::journey::{Journey, JourneyState};
use crate::domain::plate::PlateKey;
use crate::domain::time::table_local;
use crate::journey::{JourneyRules, state_at};
use crate::pipeline::{ReaderErrors, reader_errors_or_built_in};
use crate::plate::typed;
use crate::store::{OpenMode, Question, Reader, SettingsUsed, Store, record_question};

/// Why a plate is asked for.
#[derive(Debug, Clone, Args, Default)]
pub struct PurposeArg {
    /// Why this plate is asked for: a case number or words; recorded with your login
    #[arg(long, value_name = "TEXT")]
    pub purpose: Option<String>,
}

/// `trace`, `where`
#[derive(Debug, Args)]
pub struct PlateArgs {
    /// The plate, as people type it: 30A-123.45, 29-B1 123.45
    pub plate: String,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub store: StoreArg,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub purpose: PurposeArg,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub form: PlacedFormArgs,
}

/// A store that is asked.
pub struct Asked {
    /// The store.
    pub store: Store,
    /// A connection to it.
    pub reader: Reader,
    /// What the last run used.
    pub settings: Option<SettingsUsed>,
    /// The present moment, the same for the whole question.
    pub now: Timestamp,
}

/// Opens the store that the flags name.
pub fn open(arg: &StoreArg) -> Result<Asked, CliError> {
    let store = Store::open(&folder(arg)?, OpenMode::ReadOnly)?;
    let reader = store.reader()?;
    let settings = reader.settings()?;
    Ok(Asked { store, reader, settings, now: Timestamp::now() })
}

/// The store's folder: as it is named, or by the configuration.
pub fn folder(arg: &StoreArg) -> Result<PathBuf, CliError> {
    match (&arg.store, &arg.config) {
        (Some(dir), _) => Ok(dir.clone()),
        (None, Some(file)) => Ok(config::load(file)?.store.dir),
        (None, None) => Err(CliError::Usage(words().say.no_store_given.to_owned())),
    }
}

impl Asked {
    /// From when to when `--from` and `--to` say, where they are given: of a day or another stretch its begin and its
    /// end.
    pub fn stretch(
        &self,
        from: &Option<String>,
        to: &Option<String>,
    ) -> Result<(Option<Timestamp>, Option<Timestamp>), CliError> {
        let end = to.as_deref().map(|t| times::end("to", t, self.now)).transpose()?;
        let begin = from.as_deref().map(|t| times::moment("from", t, self.now)).transpose()?;
        // `--from 15/3 --to 14/3`: the end of the 14th is the begin of the 15th, and yet they are the wrong way round.
        let to_begins = to.as_deref().map(|t| times::moment("to", t, self.now)).transpose()?;
        match (begin, end) {
            (Some(begin), Some(end))
                if end < begin || to_begins.is_some_and(|to| to < begin && end == begin) =>
            {
                Err(CliError::Usage((words().say.ends_before_it_begins)(
                    &table_local(begin),
                    &table_local(to_begins.unwrap_or(end)),
                )))
            }
            both => Ok(both),
        }
    }

    /// By what rules journeys are told in this store.
    pub fn rules(&self) -> JourneyRules {
        rules_of(self.settings.as_ref())
    }

    /// Where cameras and gates are.
    pub fn places(&self) -> Places {
        Places::of(self.settings.as_ref())
    }

    /// The state of each as it stands at `at`: one without a sighting for too long is lost.
    pub fn settle(&self, journeys: &mut [Journey], at: Timestamp) {
        settle_by(&self.rules(), journeys, at);
    }

    /// Puts a question about a plate on record before it is answered. A missing or blank purpose is refused.
    pub fn question(&self, purpose: &PurposeArg, verb: &str, query: &str) -> Result<Question, CliError> {
        let purpose = purpose.purpose.as_deref().map(str::trim).unwrap_or_default();
        if !says_something(purpose) {
            return Err(CliError::Usage(words().say.purpose_missing.to_owned()));
        }
        Ok(record_question(&self.store, self.now, &login(), purpose, verb, query)?)
    }

    /// As [`Self::question`], where a filter names a plate.
    pub fn plate_question(
        &self,
        verb: &str,
        plate: Option<&str>,
        purpose: &PurposeArg,
    ) -> Result<Option<Question>, CliError> {
        plate.map(|plate| self.question(purpose, verb, plate)).transpose()
    }

    /// Puts on record how many results are shown.
    pub fn answered(&self, question: Option<Question>, results: usize) -> Result<(), CliError> {
        match question {
            Some(question) => Ok(question.answered(self.now, results)?),
            None => Ok(()),
        }
    }
}

/// The state of each at `at` by these rules. One that a second entry made lost stays so.
pub fn settle_by(rules: &JourneyRules, journeys: &mut [Journey], at: Timestamp) {
    for journey in journeys.iter_mut().filter(|j| j.state != JourneyState::Lost) {
        journey.state = state_at(journey, at, rules);
    }
}

/// What the reader in use mixes up. A damaged table is told on standard error, and the built-in one stands in for it: a
/// question is still answered.
pub fn reader_errors() -> ReaderErrors {
    let (errors, damaged) = reader_errors_or_built_in();
    if let Some(damaged) = damaged {
        // One line, however many the file's own fault has.
        let why = damaged.to_string().split_whitespace().collect::<Vec<_>>().join(" ");
        eprintln!("hanhtrinh: {}", (words().say.built_in_table)(&why));
    }
    errors
}

/// By what rules journeys are told under these settings.
pub fn rules_of(settings: Option<&SettingsUsed>) -> JourneyRules {
    match settings {
        None => JourneyRules::default(),
        Some(used) => JourneyRules {
            lost_after: SignedDuration::from_secs(used.lost_after_s),
            same_crossing_window: SignedDuration::from_secs(used.same_crossing_s),
            gates: used.gates.clone(),
        },
    }
}

/// `; did you mean ...?`, or the words that are known.
pub fn suggestion(word: &str, known: &[&str]) -> String {
    match nearest(word, known) {
        Some(near) => (words().say.did_you_mean)(near),
        None => (words().say.known_are)(known),
    }
}

/// The keys that a typed plate can mean.
pub fn keys_of(text: &str) -> Result<Vec<PlateKey>, CliError> {
    let keys = typed::parse(text).map(|typed| typed.keys).unwrap_or_default();
    if keys.is_empty() && text.contains(['*', '?']) {
        return Err(CliError::Usage((words().say.part_of_plate)(text)));
    }
    if keys.is_empty() {
        return Err(CliError::Usage((words().say.no_plate)(text)));
    }
    Ok(keys)
}

/// Whether a reason holds a letter or a digit: `-` and `.` are none.
pub fn says_something(reason: &str) -> bool {
    reason.chars().any(char::is_alphanumeric)
}

/// The login of the real user; the number where it has no name.
pub fn login() -> String {
    let uid = uzers::get_current_uid();
    uzers::get_user_by_uid(uid)
        .map_or_else(|| format!("uid {uid}"), |u| u.name().to_string_lossy().into_owned())
}

//! What the program says to people, in Vietnamese and English. One file a language, each a full [`Words`]: the compiler
//! misses no word. Keys of JSON and CSV are a contract and stand where they are written, in one language only.

pub mod ask;
mod en;
pub mod help;
pub mod judge;
pub mod keep;
pub mod usage;
mod vi;

use std::sync::OnceLock;

use clap::ValueEnum;

use crate::domain::detection::{VehicleClass, VehicleColour};
use crate::domain::journey::JourneyState;
use crate::domain::place::Direction;
use crate::domain::plate::Verdict;

/// A language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Lang {
    /// Tiếng Việt
    Vi,
    /// English
    En,
}

impl Lang {
    /// The language that the environment asks for: the first of LC_ALL, LC_MESSAGES and LANG that is set.
    pub fn of_environment() -> Self {
        let set = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
        let locale = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().find_map(set).unwrap_or_default();
        if locale.split(['_', '.', '@']).next() == Some("vi") { Self::Vi } else { Self::En }
    }

    /// What is said in it.
    pub fn words(self) -> &'static Words {
        match self {
            Self::Vi => &vi::WORDS,
            Self::En => &en::WORDS,
        }
    }
}

static CHOSEN: OnceLock<Lang> = OnceLock::new();

/// Chooses the language of this process, once, before any verb speaks.
pub fn choose(lang: Lang) {
    // A second choice would be a second `main`: there is none.
    let _ = CHOSEN.set(lang);
}

/// The language that was chosen; English before any was.
fn lang() -> Lang {
    CHOSEN.get().copied().unwrap_or(Lang::En)
}

/// The words of the language that was chosen.
pub fn words() -> &'static Words {
    lang().words()
}

/// Everything that is said.
pub struct Words {
    /// Headings of tables.
    pub head: Headings,
    /// Sentences.
    pub say: Sentences,
    /// A verdict.
    pub verdict: fn(Verdict) -> &'static str,
    /// A direction.
    pub direction: fn(Direction) -> &'static str,
    /// A vehicle class.
    pub class: fn(VehicleClass) -> &'static str,
    /// A vehicle's colour.
    pub colour: fn(VehicleColour) -> &'static str,
    /// Where a journey stands.
    pub state: fn(JourneyState) -> &'static str,
    /// A camera's state in an outage: `unreachable`, `auth_failed`, `stalled`, `stopped`; others as they are.
    pub outage: fn(&str) -> &str,
    /// What the verbs of the keeping side say.
    pub keep: &'static keep::Keep,
    /// What the verbs say that look for vehicles and count traffic.
    pub ask: &'static ask::AskWords,
    /// What the sheet of `eval passages` says.
    pub judge: &'static judge::JudgeWords,
    /// What is said to a command line that is not understood.
    pub usage: &'static usage::UsageWords,
    /// Why a leg was joined; reasons that are not known here as they are.
    pub why: fn(&str) -> String,
}

/// Headings of tables.
pub struct Headings {
    pub time: &'static str,
    pub camera: &'static str,
    pub gate: &'static str,
    pub direction: &'static str,
    pub plate: &'static str,
    pub class: &'static str,
    pub colour: &'static str,
    pub verdict: &'static str,
    pub issued_in: &'static str,
    pub confidence: &'static str,
    pub picture: &'static str,
    pub state: &'static str,
    pub entered: &'static str,
    pub left: &'static str,
    pub last_seen: &'static str,
    pub passages: &'static str,
    pub outages: &'static str,
}

/// Sentences; those with a gap are functions of what fills it.
pub struct Sentences {
    /// Nothing answers the question.
    pub nothing_found: &'static str,
    /// An entry or exit that no camera recorded.
    pub not_seen: &'static str,
    /// `--purpose` is missing or blank.
    pub purpose_missing: &'static str,
    /// Neither `--config` nor `--store`.
    pub no_store_given: &'static str,
    /// A name of a camera or gate that the store does not know: flag, name.
    pub unknown_name: fn(&str, &str) -> String,
    /// A word that is none of the known: flag, word, the known.
    pub unknown_word: fn(&str, &str, &[&str]) -> String,
    /// What was meant.
    pub did_you_mean: fn(&str) -> String,
    /// The names that are known.
    pub known_are: fn(&[&str]) -> String,
    /// A share that is not within 0-1: flag, number.
    pub no_share: fn(&str, f32) -> String,
    /// A time that is not understood: flag, text.
    pub no_time: fn(&str, &str) -> String,
    /// `--to` before `--from`: from, to.
    pub ends_before_it_begins: fn(&str, &str) -> String,
    /// The reader's table of confusions cannot be used, and the built-in one is: why.
    pub built_in_table: fn(&str) -> String,
    /// A length of time that is not understood: flag, text.
    pub no_length: fn(&str, &str) -> String,
    /// A text that is no plate.
    pub no_plate: fn(&str) -> String,
    /// A part of a plate where a whole one is needed: the part.
    pub part_of_plate: fn(&str) -> String,
    /// No store in a folder: the folder.
    pub no_store: fn(&str) -> String,
    /// No right to a file or folder: which.
    pub no_rights: fn(&str) -> String,
    /// A file that is not there: which.
    pub no_file: fn(&str) -> String,
    /// A file that holds no text in UTF-8: which.
    pub no_utf8: fn(&str) -> String,
    /// A list that goes on: how many of it are shown.
    pub cut_off: fn(u32) -> String,
    /// A province that is not known: flag, name, the nearest.
    pub no_province: fn(&str, &str, Option<&str>) -> String,
}

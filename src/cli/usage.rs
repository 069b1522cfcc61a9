//! A command line that is not understood, told in one line in the language of the answers.

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Command, CommandFactory, Error};

use super::args::Arguments;
use super::error::CliError;
use super::words::{Lang, words};
use crate::base::text::{folded, nearest};

/// The language that the words ask for, also where they are wrong otherwise.
pub fn language(words: &[String]) -> Lang {
    let flag = words.iter().position(|w| w == "--lang").and_then(|at| words.get(at + 1)).map(String::as_str);
    let joined = words.iter().find_map(|w| w.strip_prefix("--lang="));
    match flag.or(joined) {
        Some("vi") => Lang::Vi,
        Some("en") => Lang::En,
        _ => Lang::of_environment(),
    }
}

/// The failure in words; `None` where the answer is a help text or the version, which are as they are.
pub fn failure(error: &Error, given: &[String]) -> Option<CliError> {
    let say = words().usage;
    let root = Arguments::command();
    let (command, path) = named(&root, given);
    let text = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => Some(text.clone()),
        Some(ContextValue::Strings(texts)) => Some(texts.join(", ")),
        Some(ContextValue::StyledStr(text)) => Some(text.to_string()),
        _ => None,
    };
    let first = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => Some(text.clone()),
        Some(ContextValue::Strings(texts)) => texts.first().cloned(),
        _ => None,
    };
    let option = text(ContextKind::InvalidArg).unwrap_or_default();
    let help = (say.see_help)(&path);
    let told = match error.kind() {
        ErrorKind::DisplayHelp
        | ErrorKind::DisplayVersion
        | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => return None,
        ErrorKind::InvalidSubcommand => {
            let verb = text(ContextKind::InvalidSubcommand).unwrap_or_default();
            let inner = inner(&root, &verb);
            let meant = match inner.is_empty() {
                true => known_or_meant(&verb, &verbs(command)),
                false => (words().say.did_you_mean)(&inner.join("` / `")),
            };
            (say.no_verb)(&verb) + &meant
        }
        ErrorKind::UnknownArgument if command.has_subcommands() && option.starts_with('-') => {
            let known = verbs(command);
            let known: Vec<&str> = known.iter().map(String::as_str).collect();
            (say.no_verb_given)(&path) + &(words().say.known_are)(&known)
        }
        ErrorKind::UnknownArgument if !option.starts_with('-') => (say.word_too_many)(&option) + &help,
        ErrorKind::UnknownArgument => {
            let meant = nearest_option(command, &option).or_else(|| first(ContextKind::SuggestedArg));
            let meant = meant.map_or(help, |near| (words().say.did_you_mean)(&near));
            (say.no_option)(&option) + &meant
        }
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => {
            let value = text(ContextKind::InvalidValue).unwrap_or_default();
            let known = match error.get(ContextKind::ValidValue) {
                Some(ContextValue::Strings(known)) => known.clone(),
                _ => Vec::new(),
            };
            let told = match value.as_str() {
                "" => (say.no_value)(&option),
                value => (say.bad_value)(&option, value),
            };
            told + &if known.is_empty() { help } else { known_or_meant(&value, &known) }
        }
        ErrorKind::TooFewValues | ErrorKind::WrongNumberOfValues => (say.no_value)(&option) + &help,
        ErrorKind::MissingRequiredArgument if option.contains("--config") && option.contains("--store") => {
            words().say.no_store_given.to_owned()
        }
        ErrorKind::MissingRequiredArgument => (say.missing)(&option) + &help,
        ErrorKind::ArgumentConflict => match text(ContextKind::PriorArg) {
            Some(prior) if prior == option => (say.twice)(&option),
            Some(prior) => (say.not_together)(&option, &prior),
            None => (say.not_together)(&option, "…"),
        },
        _ => say.not_understood.to_owned() + &help,
    };
    Some(CliError::Usage(told))
}

/// The command that the words reach, and how it is called.
fn named<'a>(root: &'a Command, given: &[String]) -> (&'a Command, String) {
    let mut command = root;
    let mut path = root.get_name().to_owned();
    let mut words = given.iter();
    while let Some(word) = words.next() {
        if word == "--lang" {
            words.next();
            continue;
        }
        if word.starts_with("--lang=") {
            continue;
        }
        // Behind the first word that is no verb stand values: in `--store store` the second is none either.
        let Some(next) = command.find_subcommand(word) else { break };
        command = next;
        path = format!("{path} {word}");
    }
    (command, path)
}

/// The commands that have a verb of this name within, as they are called.
fn inner(root: &Command, verb: &str) -> Vec<String> {
    let within = |c: &&Command| c.find_subcommand(verb).is_some();
    root.get_subcommands()
        .filter(within)
        .map(|c| format!("{} {} {verb}", root.get_name(), c.get_name()))
        .collect()
}

fn verbs(command: &Command) -> Vec<String> {
    command.get_subcommands().map(|c| c.get_name().to_owned()).collect()
}

/// The option of this command that is most like the word.
fn nearest_option(command: &Command, word: &str) -> Option<String> {
    let bare = word.trim_start_matches('-').split('=').next().unwrap_or_default();
    let names: Vec<&str> =
        command.get_arguments().filter_map(|a| a.get_long()).chain(["lang", "help"]).collect();
    // `--tu` of a Vietnamese keyboard is folded like `--từ`.
    nearest(&folded(bare), &names).map(|near| format!("--{near}"))
}

fn known_or_meant(word: &str, known: &[String]) -> String {
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    super::ask::suggestion(word, &known)
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    fn told(line: &str) -> String {
        let given: Vec<String> = line.split(' ').map(str::to_owned).collect();
        let error = Arguments::try_parse_from(&given).expect_err(line);
        match failure(&error, &given[1..]) {
            Some(CliError::Usage(told)) => told,
            other => panic!("{line}: {other:?}"),
        }
    }

    #[test]
    fn each_slip_is_told_in_one_line_with_the_way_out() {
        for (line, named) in [
            ("hanhtrinh trase 30A12345", &["`trase`", "did you mean `trace`"][..]),
            ("hanhtrinh watch ad 30A12345 --store d", &["`ad`", "did you mean `add`"]),
            ("hanhtrinh xyzzy", &["`xyzzy`", "passages, journeys"]),
            ("hanhtrinh export --to x", &["`export`", "`hanhtrinh store export`"]),
            ("hanhtrinh passages --limit 0 --store d", &["--limit", "`0`"]),
            // The folder is called like a verb: what followed was taken for its verbs.
            ("hanhtrinh pasages --store store", &["`pasages`", "did you mean `passages`"]),
            ("hanhtrinh --lang vi trase 30A12345", &["`trase`", "did you mean `trace`"]),
            ("hanhtrinh watch --store d", &["hanhtrinh watch", "is missing", "add, rm, list"]),
            ("hanhtrinh passages --provinse x --store d", &["`--provinse`", "did you mean `--province`"]),
            ("hanhtrinh trace 30A 12345 --store d", &["`12345`", "quotes", "hanhtrinh trace --help"]),
            ("hanhtrinh passages --limit many --store d", &["--limit", "`many`"]),
            ("hanhtrinh passages --limit", &["--limit"]),
            ("hanhtrinh inside --by orign --store d", &["`orign`", "did you mean `origin`"]),
            ("hanhtrinh passages", &["--config", "--store"]),
            ("hanhtrinh trace --store d", &["<PLATE>", "is missing"]),
            ("hanhtrinh passages --json --csv --store d", &["--json", "--csv", "exclude"]),
            ("hanhtrinh passages --config a --store b", &["--config", "--store", "exclude"]),
        ] {
            let told = told(line);
            assert!(!told.contains('\n'), "{told}");
            for word in named {
                assert!(told.contains(word), "{line}: {told}");
            }
        }
    }

    #[test]
    fn help_and_version_are_no_failures() {
        for line in ["hanhtrinh --help", "hanhtrinh --version", "hanhtrinh trace --help", "hanhtrinh"] {
            let given: Vec<String> = line.split(' ').map(str::to_owned).collect();
            let error = Arguments::try_parse_from(&given).expect_err(line);
            assert!(failure(&error, &given[1..]).is_none(), "{line}");
        }
    }
}

//! English.

use super::UsageWords;

/// What is said in English.
pub static USAGE: UsageWords = UsageWords {
    no_verb: |word| format!("there is no verb `{word}`"),
    no_verb_given: |path| format!("behind `{path}` a verb is missing"),
    no_option: |word| format!("there is no option `{word}` here"),
    word_too_many: |word| format!("`{word}` is a word too many; put words that belong together in quotes"),
    bad_value: |option, value| format!("{option}: `{value}` cannot be"),
    no_value: |option| format!("{option} lacks its value"),
    missing: |what| format!("{what} is missing"),
    not_together: |one, other| format!("{one} and {other} exclude each other"),
    twice: |option| format!("{option} is given twice"),
    not_understood: "this command line is not understood",
    see_help: |command| format!("; see `{command} --help`"),
};

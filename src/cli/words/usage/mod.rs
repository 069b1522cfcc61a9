//! What is said to a command line that is not understood.

pub mod en;
pub mod vi;

/// Beginnings of one line; what was meant, or what is known, follows.
pub struct UsageWords {
    /// A verb that there is not.
    pub no_verb: fn(&str) -> String,
    /// A verb of verbs without the second: the first.
    pub no_verb_given: fn(&str) -> String,
    /// An option that there is not.
    pub no_option: fn(&str) -> String,
    /// A word too many: most often one of several that belong together.
    pub word_too_many: fn(&str) -> String,
    /// An option's value that cannot be: option, value.
    pub bad_value: fn(&str, &str) -> String,
    /// An option without its value.
    pub no_value: fn(&str) -> String,
    /// What has to be given.
    pub missing: fn(&str) -> String,
    /// Two that exclude each other.
    pub not_together: fn(&str, &str) -> String,
    /// An option that stands twice.
    pub twice: fn(&str) -> String,
    /// Anything else.
    pub not_understood: &'static str,
    /// Where more is said: the command whose help it is.
    pub see_help: fn(&str) -> String,
}

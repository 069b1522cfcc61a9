//! The command line: one file per verb.

mod args;
mod error;
mod times;

pub use args::Arguments;
pub use error::CliError;

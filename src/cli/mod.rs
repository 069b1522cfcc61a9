//! The command line: one file per verb.

mod args;
mod ask;
mod bench;
mod camera;
mod config;
mod error;
mod eval;
mod list;
mod models;
mod read;
mod run;
mod show;
mod store;
mod times;

use std::process::ExitCode;

use clap::Parser;

pub use args::Arguments;
pub use error::CliError;

use args::Verb;

/// Does what the command line says; the answer is the program's exit code.
pub fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match dispatch(&arguments.verb) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => error.report(),
    }
}

fn dispatch(verb: &Verb) -> Result<(), CliError> {
    match verb {
        Verb::Run(args) => run::run(args),
        Verb::Config(verb) => config::run(verb),
        Verb::Read(args) => read::run(args),
        Verb::Passages(args) => list::passages(args),
        Verb::Journeys(args) => list::journeys(args),
        Verb::Trace(args) => list::trace(args),
        Verb::Inside(args) => list::inside(args),
        Verb::Eval(verb) => eval::run(verb),
        Verb::Bench(args) => bench::run(args),
        Verb::Camera(verb) => camera::run(verb),
        Verb::Models(args) => models::run(args),
        Verb::Store(verb) => store::run(verb),
    }
}

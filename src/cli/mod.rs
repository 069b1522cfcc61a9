//! The command line: one file per verb.

mod args;
mod ask;
mod bench;
mod camera;
mod config;
mod error;
mod eval;
mod eval_detect;
mod eval_plates;
mod filter;
mod inside;
mod journeys;
mod listed;
mod models;
mod output;
mod passages;
mod read;
mod run;
mod store;
mod times;
mod trace;
mod words;

use std::process::ExitCode;

use clap::Parser;

pub use args::Arguments;
pub use error::CliError;

use args::Verb;

/// Does what the command line says; the answer is the program's exit code.
pub fn main() -> ExitCode {
    let arguments = Arguments::parse();
    words::choose(arguments.lang.unwrap_or_else(words::Lang::of_environment));
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
        Verb::Passages(args) => passages::run(args),
        Verb::Journeys(args) => journeys::run(args),
        Verb::Trace(args) => trace::run(args),
        Verb::Inside(args) => inside::run(args),
        Verb::Eval(verb) => eval::run(verb),
        Verb::Bench(args) => bench::run(args),
        Verb::Camera(verb) => camera::run(verb),
        Verb::Models(args) => models::run(args),
        Verb::Store(verb) => store::run(verb),
    }
}

//! The command line: one file per verb.

mod alerts;
mod args;
mod ask;
mod audit;
mod bench;
mod camera;
mod circular;
mod completions;
mod config;
mod correct;
mod error;
mod eval;
mod eval_detect;
mod eval_plates;
mod exchange;
mod filter;
mod inside;
mod journeys;
mod listed;
mod models;
mod output;
mod passages;
mod read;
mod review;
mod run;
mod show;
mod store;
mod times;
mod trace;
mod watch;
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
        Verb::Watch(verb) => watch::run(verb),
        Verb::Alerts(args) => alerts::run(args),
        Verb::Review(args) => review::run(args),
        Verb::Show(args) => show::run(args),
        Verb::Correct(args) => correct::run(args),
        Verb::Audit(verb) => audit::run(verb),
        Verb::Completions(args) => completions::completions(args),
        Verb::Man(args) => completions::man(args),
    }
}

//! The command line: one file per verb.

mod alerts;
mod args;
mod ask;
mod audit;
mod bench;
mod camera;
mod circular;
mod clones;
mod completions;
mod config;
mod correct;
mod error;
mod eval;
mod eval_detect;
mod eval_passages;
mod eval_plates;
mod exchange;
mod filter;
mod inside;
mod journeys;
mod listed;
mod models;
mod output;
mod passages;
mod period;
mod read;
mod repeat;
mod report;
mod review;
mod run;
mod search;
mod show;
mod stats;
mod store;
mod times;
mod together;
mod trace;
mod usage;
mod watch;
mod where_is;
mod words;

use std::process::ExitCode;

use clap::{CommandFactory as _, FromArgMatches as _};

pub use args::Arguments;
pub use error::CliError;

use args::Verb;

/// Does what the command line says; the answer is the program's exit code.
pub fn main() -> ExitCode {
    let given: Vec<String> = std::env::args_os().skip(1).map(|w| w.to_string_lossy().into_owned()).collect();
    words::choose(usage::language(&given));
    let parsed = words::help::told(Arguments::command()).try_get_matches();
    let arguments = match parsed.and_then(|matches| Arguments::from_arg_matches(&matches)) {
        Ok(arguments) => arguments,
        Err(error) => match usage::failure(&error, &given) {
            Some(told) => return told.report(),
            None => error.exit(),
        },
    };
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
        Verb::Where(args) => where_is::run(args),
        Verb::Search(args) => search::run(args),
        Verb::Inside(args) => inside::run(args),
        Verb::Together(args) => together::run(args),
        Verb::Clones(args) => clones::run(args),
        Verb::Repeat(args) => repeat::run(args),
        Verb::Stats(args) => stats::run(args),
        Verb::Report(args) => report::run(args),
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

//! Workshop commands of hanhtrinh. Each does all the set-up that it needs, and none of it twice.

mod apt;
mod checks;
mod demo;
mod process;
mod runtime;
mod simulate;
mod votes;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Workshop commands of hanhtrinh")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Install what is missing and build target/release/hanhtrinh
    Setup,
    /// Serve the sample clips over RTSP, follow them, print the record beside the truth; what differs as a sheet of pictures
    Demo,
    /// Pass all checks: formatting, lints, tests, documentation, benches
    Test,
    /// Fill a new store with drawn traffic: --passages N --store DIR [--seed N --days N --gates N --json]
    FillStore {
        /// What the filling program takes; `-- --help` tells all
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        rest: Vec<String>,
    },
    /// Measure the joining of journeys on simulated traffic with known truth
    Simulate(simulate::Simulate),
    /// Measure the vote over looks with known truth: whether its probability means what it says
    Votes(votes::Votes),
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(&arguments.command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: &Command) -> Result<()> {
    let called_from = std::env::current_dir()?;
    std::env::set_current_dir(process::root())?;
    if matches!(command, Command::Simulate(_) | Command::Votes(_)) && cfg!(debug_assertions) {
        // Millions of passages, thousands of looks: an unoptimised build is not worth the wait.
        let arguments: Vec<String> = std::env::args().skip(1).collect();
        let release = ["run", "--quiet", "--release", "--package", "xtask", "--"];
        return process::run(process::cargo().args(release).args(arguments).current_dir(called_from));
    }
    match command {
        Command::Simulate(simulate) => return simulate::run(simulate),
        Command::Votes(votes) => return votes::run(votes, &process::root().join("models"), &called_from),
        _ => {}
    }
    // Paths are the caller's.
    if let Command::FillStore { rest } = command {
        set_up()?;
        let run = ["run", "--quiet", "--release", "--package", "hanhtrinh", "--example", "fill_store", "--"];
        return process::run(process::cargo().args(run).args(rest).current_dir(called_from));
    }
    set_up()?;
    match command {
        Command::Simulate(_) | Command::Votes(_) | Command::FillStore { .. } => Ok(()),
        Command::Setup => {
            build_release()?;
            println!("Ready: target/release/hanhtrinh");
            Ok(())
        }
        Command::Demo => {
            build_release()?;
            demo::run()
        }
        Command::Test => checks::run(),
    }
}

/// Debian's packages and ONNX Runtime.
fn set_up() -> Result<()> {
    apt::install_missing()?;
    runtime::install()
}

fn build_release() -> Result<()> {
    process::step("cargo build --release");
    process::run(process::cargo().args([
        "build",
        "--release",
        "--package",
        "hanhtrinh",
        "--package",
        "replay",
    ]))
}

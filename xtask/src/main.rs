//! Workshop commands of hanhtrinh. Each does all the set-up that it needs, and none of it twice.

mod apt;
mod checks;
mod demo;
mod process;
mod runtime;
mod simulate;

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
    /// Serve the sample clips over RTSP, follow them, and print the journeys beside the truth
    Demo,
    /// Pass all checks: formatting, lints, tests, documentation, benches
    Test,
    /// Measure the joining of journeys on simulated traffic with known truth
    Simulate(simulate::Simulate),
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
    std::env::set_current_dir(process::root())?;
    if let Command::Simulate(simulate) = command {
        // Millions of passages: an unoptimised build is not worth the wait.
        if cfg!(debug_assertions) {
            let arguments: Vec<String> = std::env::args().skip(1).collect();
            return process::run(
                process::cargo()
                    .args(["run", "--quiet", "--release", "--package", "xtask", "--"])
                    .args(arguments),
            );
        }
        return simulate::run(simulate);
    }
    set_up()?;
    match command {
        Command::Simulate(_) => Ok(()),
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

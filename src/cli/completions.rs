//! `completions` and `man`: made from the same types as the command line itself.

use std::path::PathBuf;

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use super::args::Arguments;
use super::error::CliError;
use super::words::help::told;

/// `completions`
#[derive(Debug, Args)]
pub struct CompletionsArgs {
    /// bash, zsh, fish, elvish or powershell
    #[arg(value_enum, hide_possible_values = true)]
    pub shell: Shell,
}

/// `man`
#[derive(Debug, Args)]
pub struct ManArgs {
    /// Folder to write the pages into
    pub dir: PathBuf,
}

/// Prints what the shell reads.
pub fn completions(args: &CompletionsArgs) -> Result<(), CliError> {
    let mut text = Vec::new();
    clap_complete::generate(args.shell, &mut told(Arguments::command()), "hanhtrinh", &mut text);
    // Written by us: clap_complete panics where the reader has gone.
    Ok(std::io::Write::write_all(&mut std::io::stdout().lock(), &text)?)
}

/// Writes `hanhtrinh.1`, and a page for each verb.
pub fn man(args: &ManArgs) -> Result<(), CliError> {
    std::fs::create_dir_all(&args.dir)
        .and_then(|()| clap_mangen::generate_to(told(Arguments::command()), &args.dir))
        .map_err(|e| {
            CliError::Failed(format!("{}: {e}; give a folder that can be written", args.dir.display()))
        })
}

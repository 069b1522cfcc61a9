//! `config check` and `config show`.

use std::io::Write;
use std::path::Path;

use clap::Subcommand;
use jiff::Timestamp;

use super::args::ConfigArg;
use super::error::CliError;
use crate::config::{self, Location};
use crate::domain::time::table_local;

/// `config`
#[derive(Debug, Subcommand)]
pub enum ConfigVerb {
    /// Check the file and everything that it names
    Check(ConfigArg),
    /// Print the configuration with its defaults, secrets left out
    Show(ConfigArg),
}

/// Checks or shows.
pub fn run(verb: &ConfigVerb) -> Result<(), CliError> {
    match verb {
        ConfigVerb::Check(arg) => check(&arg.config),
        ConfigVerb::Show(arg) => {
            // `print!` panics where the reader has gone.
            write!(std::io::stdout().lock(), "{}", config::load(&arg.config)?.shown)?;
            Ok(())
        }
    }
}

/// Everything that can be known without connecting: values, files, folders.
fn check(path: &Path) -> Result<(), CliError> {
    let settings = config::load(path)?;
    let mut wrong = Vec::new();
    for camera in &settings.cameras {
        if let Location::File(file) = &camera.location
            && !file.is_file()
        {
            wrong.push(format!("camera \"{}\" url: there is no file {}", camera.place.name, file.display()));
        }
    }
    if let Some(why) = unwritable(&settings.store.dir) {
        wrong.push(format!("store dir: {} cannot be written ({why})", settings.store.dir.display()));
    }
    if !wrong.is_empty() {
        return Err(CliError::Failed(format!("{}: {}", path.display(), wrong.join("; "))));
    }
    writeln!(
        std::io::stdout().lock(),
        "{}: good. {}, {}, home {}, store {}",
        path.display(),
        counted(settings.cameras.len(), "camera"),
        counted(settings.gates.len(), "gate"),
        settings.home,
        settings.store.dir.display()
    )?;
    let now = Timestamp::now();
    let ahead =
        settings.cameras.iter().filter_map(|c| c.start.filter(|s| *s > now).map(|s| (&c.place.name, s)));
    for (name, start) in ahead {
        writeln!(
            std::io::stdout().lock(),
            "note: camera \"{name}\" start: {} lies ahead, its passages will bear dates to come",
            table_local(start)
        )?;
    }
    Ok(())
}

fn counted(n: usize, what: &str) -> String {
    if n == 1 { format!("1 {what}") } else { format!("{n} {what}s") }
}

/// Why the store's folder, or the first folder above it that exists, cannot be written.
fn unwritable(dir: &Path) -> Option<String> {
    let existing = dir.ancestors().find(|d| d.as_os_str().is_empty() || d.exists())?;
    let existing = if existing.as_os_str().is_empty() { Path::new(".") } else { existing };
    if !existing.is_dir() {
        return Some(format!("{} is no folder", existing.display()));
    }
    let probe = existing.join(format!(".hanhtrinh-probe-{}", std::process::id()));
    match std::fs::write(&probe, b"") {
        Ok(()) => {
            let _ = std::fs::remove_file(&probe);
            None
        }
        Err(error) => Some(error.to_string()),
    }
}

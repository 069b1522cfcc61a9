//! How a verb fails: one line, and an exit code.

use std::io::{self, ErrorKind};
use std::path::Path;
use std::process::ExitCode;

use super::words::words;
use crate::store::StoreError;

/// A verb's failure.
#[derive(Debug)]
pub enum CliError {
    /// It was asked wrongly: exit code 2.
    Usage(String),
    /// It was asked rightly and failed: exit code 1.
    Failed(String),
    /// Whoever read the answer has read enough, as `| head` does: nothing failed.
    ReaderGone,
}

impl CliError {
    /// A failure by any error, with what lies behind it.
    pub fn failed(error: impl std::error::Error) -> Self {
        let mut text = error.to_string();
        let mut cause = error.source();
        while let Some(inner) = cause {
            let words = inner.to_string();
            if !text.contains(&words) {
                text.push_str(": ");
                text.push_str(&words);
            }
            cause = inner.source();
        }
        Self::Failed(text.replace('\n', " "))
    }

    /// A file that cannot be read or written.
    pub fn file(path: &Path, error: &io::Error) -> Self {
        let (say, path) = (&words().say, path.display().to_string());
        Self::Failed(match error.kind() {
            ErrorKind::NotFound => (say.no_file)(&path),
            ErrorKind::PermissionDenied => (say.no_rights)(&path),
            ErrorKind::InvalidData => (say.no_utf8)(&path),
            _ => format!("{path}: {error}"),
        })
    }

    /// Says it on standard error and gives the exit code.
    pub fn report(&self) -> ExitCode {
        match self {
            Self::Usage(text) => {
                told(text);
                ExitCode::from(2)
            }
            Self::Failed(text) => {
                told(text);
                ExitCode::from(1)
            }
            Self::ReaderGone => ExitCode::SUCCESS,
        }
    }
}

macro_rules! failed_from {
    ($($error:ty),*) => {
        $(impl From<$error> for CliError {
            fn from(error: $error) -> Self {
                Self::failed(error)
            }
        })*
    };
}

failed_from!(crate::config::ConfigError, crate::pipeline::PipelineError, crate::plate::PlateError);

impl From<StoreError> for CliError {
    /// What an operator meets is said in their language; the rest is for the technician.
    fn from(error: StoreError) -> Self {
        let say = &words().say;
        match &error {
            StoreError::Missing { dir } => Self::Failed((say.no_store)(&dir.display().to_string())),
            StoreError::File { path, source } if is_told(source) => Self::file(path, source),
            StoreError::Sql { file, .. } if error.is_for_want_of_rights() => {
                Self::Failed((say.no_rights)(&file.display().to_string()))
            }
            _ => Self::failed(error),
        }
    }
}

/// Most failures are one line; several faults of one file are a line each.
fn told(text: &str) {
    for line in text.lines() {
        eprintln!("hanhtrinh: {line}");
    }
}

fn is_told(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::NotFound | ErrorKind::PermissionDenied)
}

impl From<io::Error> for CliError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            ErrorKind::BrokenPipe => Self::ReaderGone,
            _ => Self::failed(error),
        }
    }
}

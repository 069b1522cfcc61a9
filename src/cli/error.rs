//! How a verb fails: one line, and an exit code.

use std::process::ExitCode;

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

    /// Says it on standard error and gives the exit code.
    pub fn report(&self) -> ExitCode {
        match self {
            Self::Usage(text) => {
                eprintln!("hanhtrinh: {text}");
                ExitCode::from(2)
            }
            Self::Failed(text) => {
                eprintln!("hanhtrinh: {text}");
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

failed_from!(
    crate::config::ConfigError,
    crate::pipeline::PipelineError,
    crate::plate::PlateError,
    crate::store::StoreError
);

impl From<std::io::Error> for CliError {
    fn from(error: std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::BrokenPipe => Self::ReaderGone,
            _ => Self::failed(error),
        }
    }
}

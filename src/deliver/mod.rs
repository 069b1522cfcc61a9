//! Brings a text to where it is wanted: a web address, a file, a command. Knows nothing of what the text says.
//!
//! A delivery that has succeeded may be made again after a crash: whoever receives knows it by its key.

mod command;
mod error;
mod file;
mod webhook;

#[cfg(test)]
mod tests;

pub use error::{DeliverError, Fault};

use std::path::PathBuf;
use std::time::Duration;

/// What is delivered.
#[derive(Debug, Clone, Copy)]
pub struct Parcel<'a> {
    /// Tells one parcel from another; the same at every attempt. Printable ASCII.
    pub key: &'a str,
    /// One line of JSON, without its end.
    pub body: &'a str,
}

/// Where parcels go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Address {
    /// A POST of `application/json` with the key as `Idempotency-Key`; any answer of 2xx takes it.
    Webhook {
        /// `http://` or `https://`; may hold user and password.
        url: String,
        /// Sent as `Authorization: Bearer`.
        token: Option<String>,
        /// PEM of the authorities that are trusted instead of the public ones.
        authorities: Option<PathBuf>,
    },
    /// A line at the end of a file, which is made where it is missing; synced.
    File(PathBuf),
    /// Program and arguments, without a shell: the body on its standard input, the key in `HANHTRINH_KEY`; exit code 0
    /// takes it.
    Command(Vec<String>),
}

/// A place that takes parcels.
pub struct Target {
    kind: Kind,
}

enum Kind {
    Webhook(webhook::Webhook),
    File(PathBuf),
    Command { line: Vec<String>, limit: Duration },
}

impl Target {
    /// The target at `address`; an attempt ends after `limit`.
    pub fn new(address: &Address, limit: Duration) -> Result<Self, DeliverError> {
        let kind = match address {
            Address::Webhook { url, token, authorities } => {
                Kind::Webhook(webhook::Webhook::new(url, token.as_deref(), authorities.as_deref(), limit)?)
            }
            Address::File(path) => Kind::File(path.clone()),
            Address::Command(line) => Kind::Command { line: line.clone(), limit },
        };
        Ok(Self { kind })
    }

    /// One attempt. Waits for its end.
    pub fn deliver(&mut self, parcel: &Parcel<'_>) -> Result<(), DeliverError> {
        match &mut self.kind {
            Kind::Webhook(webhook) => webhook.deliver(parcel),
            Kind::File(path) => file::deliver(path, parcel),
            Kind::Command { line, limit } => command::deliver(line, *limit, parcel),
        }
    }
}

//! A program that takes a parcel.

use std::io::Write;
use std::process::{Command, Stdio};
use std::time::Duration;

use wait_timeout::ChildExt;

use super::Parcel;
use super::error::DeliverError;

/// Runs the program with the body on its standard input. Its standard error is ours, so that what it complains about
/// stands in the same log.
pub(super) fn deliver(line: &[String], limit: Duration, parcel: &Parcel<'_>) -> Result<(), DeliverError> {
    let Some((program, arguments)) = line.split_first() else {
        return Err(DeliverError::target("no command is given"));
    };
    let failed = |why: String| DeliverError::target(format!("{program}: {why}"));
    let mut child = Command::new(program)
        .args(arguments)
        .env("HANHTRINH_KEY", parcel.key)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::inherit())
        .spawn()
        .map_err(|e| failed(format!("cannot be started ({e}); give its full path")))?;
    if let Some(mut input) = child.stdin.take() {
        // A pipe holds 64 kB and a parcel a few: this never waits. A program that does not read it may still take it.
        let _ = input.write_all(format!("{}\n", parcel.body).as_bytes());
    }
    match child.wait_timeout(limit) {
        Ok(Some(status)) if status.success() => Ok(()),
        Ok(Some(status)) => Err(failed(format!("ended with {status}"))),
        Ok(None) => {
            // Both fail only where it has ended by itself meanwhile.
            let _ = child.kill();
            let _ = child.wait();
            Err(failed(format!("was not done after {} s and was ended", limit.as_secs())))
        }
        Err(e) => Err(failed(format!("cannot be waited for ({e})"))),
    }
}

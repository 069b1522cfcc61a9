//! Logs: lines for people on a terminal, JSON objects otherwise.

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;

/// Starts logging to standard error. `HANHTRINH_LOG` sets the level as `debug` or `hanhtrinh::source=debug`; the
/// default is `info` for our own rooms and `warn` for libraries.
pub fn start() {
    let filter =
        EnvFilter::try_from_env("HANHTRINH_LOG").unwrap_or_else(|_| EnvFilter::new("warn,hanhtrinh=info"));
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // A second start, as in tests, keeps the first one's choice.
    if std::io::stderr().is_terminal() {
        let _ = builder.compact().with_target(false).try_init();
    } else {
        let _ = builder.json().flatten_event(true).with_target(false).try_init();
    }
}

//! Tests of the room as the rest of the program uses it.

mod basics;
mod bulk;
mod check;
mod corrections;
mod exchange;
mod joined;
mod kill;
mod migrations;
mod plans;
mod retention;
mod summaries;
mod support;
mod watch;

//! The `hanhtrinh` program: arguments to a verb, errors to an exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    hanhtrinh::cli::main()
}

//! The `hanhtrinh` program: arguments to a verb, errors to an exit code.

fn main() {}

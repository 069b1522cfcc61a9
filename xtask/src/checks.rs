//! All checks, in the order in which they fail soonest.

use anyhow::Result;

use crate::process::{self, cargo, step};

/// Passes them all, or fails at the first that does not.
pub fn run() -> Result<()> {
    let steps: &[(&str, &[&str])] = &[
        ("formatting", &["fmt", "--all", "--check"]),
        ("lints", &["clippy", "--workspace", "--all-targets", "--quiet", "--", "-D", "warnings"]),
        (
            "unit and integration tests; each bench once, with its assertions",
            &["test", "--workspace", "--all-targets"],
        ),
        ("documentation examples", &["test", "--workspace", "--doc"]),
        ("the pure rooms, without any native library", &["test", "--no-default-features", "--lib"]),
    ];
    for (what, arguments) in steps {
        step(what);
        process::run(cargo().args(*arguments))?;
    }
    step("documentation");
    process::run(
        cargo().args(["doc", "--workspace", "--no-deps", "--quiet"]).env("RUSTDOCFLAGS", "-D warnings"),
    )?;
    println!("All checks passed.");
    Ok(())
}

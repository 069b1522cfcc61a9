//! Holds the shape of the house: the arrows between the rooms of src/ as ARCHITECTURE.md draws them, the one room for
//! each outside library, and what pure rooms keep away from.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Which rooms a room may name. A room that is not listed fails the test.
const ARROWS: &[(&str, &[&str])] = &[
    ("base", &[]),
    ("domain", &["base"]),
    ("detect", &["domain", "base"]),
    ("track", &["domain", "base"]),
    ("plate", &["domain", "base"]),
    ("colour", &["domain", "base"]),
    ("journey", &["domain", "base"]),
    ("join", &["plate", "domain", "base"]),
    ("measure", &["domain", "base"]),
    ("image", &["domain", "base"]),
    ("infer", &["domain", "base"]),
    ("source", &["domain", "base"]),
    ("store", &["join", "plate", "domain", "base"]),
    ("deliver", &["base"]),
    ("obs", &["domain", "base"]),
    ("config", &["plate", "domain", "base"]),
    (
        "pipeline",
        &[
            "source", "image", "infer", "store", "deliver", "obs", "config", "detect", "track", "plate",
            "colour", "journey", "join", "domain", "base",
        ],
    ),
    (
        "cli",
        &[
            "pipeline", "source", "image", "infer", "store", "obs", "config", "detect", "plate", "journey",
            "measure", "domain", "base",
        ],
    ),
    ("main.rs", &["cli"]),
];

const PURE: &[&str] = &["domain", "detect", "track", "plate", "colour", "journey", "join", "measure"];

/// Each outside library has one room.
const OWNERS: &[(&str, &str)] = &[
    ("retina", "source"),
    ("ffmpeg_next", "source"),
    ("opencv", "image"),
    ("ort", "infer"),
    ("ndarray", "infer"),
    ("rusqlite", "store"),
    ("ureq", "deliver"),
    ("clap", "cli"),
];

/// What a pure room keeps away from: I/O, clocks, threads.
const IMPURE: &[&str] = &[
    "std::fs",
    "std::net",
    "std::thread",
    "std::process",
    "std::env",
    "std::time::Instant",
    "std::time::SystemTime",
    "Instant::now",
    "Timestamp::now",
    "tracing::",
    "println!",
    "crossbeam_channel",
    "tokio::",
];

struct Source {
    room: String,
    path: PathBuf,
    /// Without comments and without what stands below `mod tests`.
    code: String,
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("src can be listed") {
            let path = entry.expect("an entry of src").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") {
                let inside = path.strip_prefix(&root).expect("it lies in src").to_owned();
                let room = inside.components().next().expect("a path has a first part");
                let text = fs::read_to_string(&path).expect("a source is readable");
                let text = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
                let code = text.lines().map(|l| l.split("//").next().unwrap_or_default()).collect::<Vec<_>>();
                found.push(Source {
                    room: room.as_os_str().to_string_lossy().into_owned(),
                    path: inside,
                    code: code.join("\n"),
                });
            }
        }
    }
    assert!(found.len() > 20, "the sources are found");
    let only_tests = test_modules(&root, &found);
    found.retain(|s| !only_tests.iter().any(|t| s.path.starts_with(t) || s.path.with_extension("") == *t));
    found
}

/// Modules that a file declares behind `#[cfg(test)]`, as paths without an extension.
fn test_modules(root: &Path, sources: &[Source]) -> Vec<PathBuf> {
    let mut modules = Vec::new();
    for source in sources {
        let text = fs::read_to_string(root.join(&source.path)).expect("a source is readable");
        let folder = match source.path.file_name().is_some_and(|n| n == "mod.rs" || n == "lib.rs") {
            true => source.path.parent().expect("a file lies in a folder").to_owned(),
            false => source.path.with_extension(""),
        };
        for after in text.split("#[cfg(test)]\n").skip(1) {
            let line = after.lines().next().unwrap_or_default();
            let name =
                line.trim_start_matches("pub(crate) ").strip_prefix("mod ").and_then(|l| l.strip_suffix(';'));
            modules.extend(name.map(|name| folder.join(name)));
        }
    }
    modules
}

/// Whether `word` stands in `code` as a path's first part: not within a longer name, followed by `::`.
fn names(code: &str, word: &str) -> bool {
    let needle = format!("{word}::");
    code.match_indices(&needle).any(|(at, _)| {
        let before = code[..at].chars().next_back();
        !before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == ':')
    })
}

#[test]
fn rooms_name_only_the_rooms_they_may() {
    let arrows: BTreeMap<&str, &[&str]> = ARROWS.iter().copied().collect();
    let mut wrong = Vec::new();
    for source in sources().iter().filter(|s| s.room != "lib.rs") {
        let Some(allowed) = arrows.get(source.room.as_str()) else {
            wrong.push(format!("{}: the room has no arrows here", source.path.display()));
            continue;
        };
        for (room, _) in ARROWS {
            let own = source.room == *room;
            let named = names(&source.code, &format!("crate::{room}"))
                || names(&source.code, &format!("hanhtrinh::{room}"));
            if named && !own && !allowed.contains(room) {
                wrong.push(format!("{} names {room}", source.path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "arrows that ARCHITECTURE.md does not draw:\n{}", wrong.join("\n"));
}

#[test]
fn each_library_has_one_room() {
    let mut wrong = Vec::new();
    for source in sources() {
        for (library, owner) in OWNERS {
            if source.room != *owner && names(&source.code, library) {
                wrong.push(format!("{} names {library}, which belongs to {owner}", source.path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn pure_rooms_have_no_input_output_clock_or_thread() {
    let mut wrong = Vec::new();
    for source in sources().iter().filter(|s| PURE.contains(&s.room.as_str())) {
        for word in IMPURE {
            if source.code.contains(word) {
                wrong.push(format!("{} uses {word}", source.path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn threads_are_named_and_channels_bounded() {
    let mut wrong = Vec::new();
    for source in sources() {
        for word in ["thread::spawn(", "unbounded()", "unbounded_channel("] {
            if source.code.contains(word) {
                wrong.push(format!("{} uses {word}", source.path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_file_fits_one_idea() {
    let long: Vec<String> = sources()
        .iter()
        .filter(|s| s.code.lines().count() > 600)
        .map(|s| format!("{} has {} lines of code", s.path.display(), s.code.lines().count()))
        .collect();
    assert!(long.is_empty(), "split them:\n{}", long.join("\n"));
}

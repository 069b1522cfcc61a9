//! A centre without cameras: it takes in what a box saw, answers questions about it, and delivers its alerts.

mod support;

use support::program::{ask, configuration};
use support::records::company_store;

#[test]
fn a_centre_without_cameras_imports_answers_and_delivers() {
    let folder = tempfile::tempdir().expect("a folder");
    let (seen, export) = (folder.path().join("box"), folder.path().join("box.jsonl"));
    let told = folder.path().join("told.jsonl");
    company_store(&seen);
    ask(&[&"store", &"export", &"--since", &"01/01/2026", &"--to", &export, &"--store", &seen]).good();
    let text = "home = \"Thái Nguyên\"\n[store]\ndir = \"centre\"\n[[alert]]\nname = \"desk\"\nfile = \"told.jsonl\"\n";
    let config = configuration(folder.path(), text);
    let run = || ask(&[&"run", &"--until-end", &"--config", &config]).code;
    assert_eq!(run(), 0, "it makes the store and names the target");
    ask(&[&"watch", &"add", &"30A-000.11", &"--reason", &"case 1", &"--config", &config]).good();
    ask(&[&"store", &"import", &export, &"--config", &config]).good();
    assert!(!told.exists(), "nobody has delivered yet");
    assert_eq!(run(), 0);
    let lines = std::fs::read_to_string(&told).expect("what was delivered");
    assert_eq!(lines.lines().count(), 2, "in and out: {lines}");
    assert!(lines.lines().all(|l| l.contains("30A00011")), "{lines}");
    assert_eq!(run(), 0);
    assert_eq!(std::fs::read_to_string(&told).expect("the file"), lines, "each arrives once");
    let asked = ask(&[&"trace", &"30A-000.11", &"--purpose", &"case 1", &"--json", &"--config", &config]);
    assert_eq!(asked.json().len(), 3, "two passages and a journey");
    ask(&[&"config", &"check", &"--config", &config]).good();
}

#[test]
fn a_run_with_nothing_to_watch_and_nobody_to_tell_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let config = configuration(folder.path(), "home = \"Thái Nguyên\"\n[store]\ndir = \"centre\"\n");
    ask(&[&"run", &"--config", &config]).fails_naming(1, &["[[camera]]", "[[alert]]", "add one"]);
}

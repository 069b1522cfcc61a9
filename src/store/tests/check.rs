use std::path::Path;

use super::support::{assemble, at, passage, picture, record, start, write};
use crate::domain::ids::RunId;
use crate::domain::place::Direction;
use crate::store::{
    Finding, Hands, OpenMode, PictureKind, Record, RunStart, Severity, Store, check, record_question,
};

fn faults(dir: &Path, mode: OpenMode) -> Vec<Finding> {
    let store = Store::open(dir, mode).expect("a store");
    let mut found = check(&store, &Hands::new(assemble())).expect("a check");
    found.retain(|f| f.severity > Severity::Note);
    found
}

fn filled(dir: &Path) {
    let with_picture = |seconds, plate| {
        let p = passage(plate, seconds, "bac-1", Direction::In);
        Record::Passage(Box::new(p), vec![picture(PictureKind::Frame, 300)])
    };
    write(dir, [with_picture(0, "29A12345"), with_picture(60, "29A54321"), with_picture(120, "29A11111")]);
}

/// Does to the database what no program of ours does.
fn meddle(dir: &Path, sql: &str) {
    let db = rusqlite::Connection::open(dir.join("hanhtrinh.db")).expect("a database");
    db.execute_batch(&format!("PRAGMA foreign_keys = OFF; {sql}")).expect("meddling");
}

#[test]
fn a_store_as_it_should_be_is_clean_and_may_be_checked_while_a_run_writes() {
    let dir = tempfile::tempdir().expect("a folder");
    filled(dir.path());
    assert_eq!(faults(dir.path(), OpenMode::ReadWrite), []);
    let _writer = start(dir.path());
    assert_eq!(faults(dir.path(), OpenMode::ReadOnly), []);
}

#[test]
fn pictures_that_are_missing_cut_or_unnamed_are_found() {
    let dir = tempfile::tempdir().expect("a folder");
    filled(dir.path());
    let day = dir.path().join("pictures/2026-03-14");
    let mut names: Vec<_> =
        std::fs::read_dir(&day).expect("a folder").map(|e| e.expect("an entry").path()).collect();
    names.sort();
    std::fs::remove_file(&names[0]).expect("removed");
    std::fs::write(&names[1], "cut").expect("cut");
    std::fs::write(&names[2], vec![7; 300]).expect("overwritten");
    std::fs::write(day.join("stray.jpg"), "?").expect("a stray file");
    std::fs::write(dir.path().join("pictures/incoming/3.jpg"), "?").expect("a file half done");
    let found = faults(dir.path(), OpenMode::ReadWrite);
    let texts: Vec<&str> = found.iter().map(|f| f.text.as_str()).collect();
    assert_eq!(texts.len(), 4, "{texts:?}");
    assert!(texts[0].ends_with("is missing") && texts[1].ends_with("has 3 bytes, not 300"), "{texts:?}");
    assert!(texts[2].ends_with("is no whole JPEG"), "{texts:?}");
    assert!(texts[3].contains("stray.jpg") && !day.join("stray.jpg").exists(), "{texts:?}");
    assert!(!dir.path().join("pictures/incoming/3.jpg").exists());
}

#[test]
fn journeys_that_passages_do_not_bear_out_are_found_and_made_again() {
    let dir = tempfile::tempdir().expect("a folder");
    filled(dir.path());
    meddle(dir.path(), "UPDATE journeys SET entered_by = 'Nam' WHERE plate = '29A12345'");
    meddle(dir.path(), "DELETE FROM legs; DELETE FROM journeys WHERE plate = '29A54321'");
    assert_eq!(faults(dir.path(), OpenMode::ReadOnly).len(), 3);
    let found = faults(dir.path(), OpenMode::ReadWrite);
    assert!(found.iter().all(|f| !f.text.contains("29A")), "no plate in a log: {found:?}");
    assert_eq!(found.len(), 3);
    assert_eq!(faults(dir.path(), OpenMode::ReadWrite), []);
}

#[test]
fn twice_the_same_within_a_second_is_told() {
    let dir = tempfile::tempdir().expect("a folder");
    let first = passage("29A12345", 0, "bac-1", Direction::In);
    let mut twin = passage("29A12345", 1, "bac-1", Direction::In);
    twin.crossed_at = first.crossed_at;
    write(dir.path(), [record(first), record(twin), record(passage("29A12345", 5, "bac-1", Direction::In))]);
    let found = faults(dir.path(), OpenMode::ReadWrite);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].text.contains("within a second"), "{found:?}");
}

#[test]
fn broken_keys_a_wrong_sum_and_a_changed_question_are_found() {
    let dir = tempfile::tempdir().expect("a folder");
    filled(dir.path());
    meddle(dir.path(), "UPDATE picture_total SET bytes = 5");
    assert!(faults(dir.path(), OpenMode::ReadWrite)[0].text.contains("sum of bytes is 900, 5 was"));
    let store = Store::open(dir.path(), OpenMode::ReadOnly).expect("a store");
    for number in 0..3 {
        record_question(&store, at(number), "lan", "case 12", "trace", "29A12345").expect("recorded");
    }
    assert_eq!(faults(dir.path(), OpenMode::ReadWrite), []);
    // Whoever changes a row shows in it; whoever removes one, or hashes it anew, shows in the one that follows.
    for (change, row) in [
        ("UPDATE audit SET who = 'hoa' WHERE number = 2", 2),
        ("UPDATE audit SET who = 'lan', hash = zeroblob(32) WHERE number = 2", 2),
        ("DELETE FROM audit WHERE number = 2", 3),
    ] {
        meddle(
            dir.path(),
            &format!("DROP TRIGGER IF EXISTS audit_stays; DROP TRIGGER IF EXISTS audit_is_kept; {change}"),
        );
        let found = faults(dir.path(), OpenMode::ReadWrite);
        assert!(found.len() == 1 && found[0].text.contains(&format!("row {row} ")), "{found:?}");
    }
    meddle(dir.path(), "DELETE FROM passages WHERE plate = '29A12345'");
    let found = faults(dir.path(), OpenMode::ReadWrite);
    assert!(found.iter().any(|f| f.text.contains("rows of legs name a row of passages")), "{found:?}");
}

#[test]
fn a_killed_run_is_a_note() {
    let dir = tempfile::tempdir().expect("a folder");
    let run = RunStart {
        run: RunId::new("r1"),
        version: "0.1.0".to_owned(),
        models: String::new(),
        config: String::new(),
        provider: "cpu".to_owned(),
        live_cameras: Vec::new(),
    };
    write(dir.path(), [Record::RunStarted(run)]);
    let store = Store::open(dir.path(), OpenMode::ReadWrite).expect("a store");
    let found = check(&store, &Hands::new(assemble())).expect("a check");
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].severity, found[0].text.as_str()), (Severity::Note, "run r1 was killed"));
}

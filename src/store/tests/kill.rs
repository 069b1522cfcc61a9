//! A program that is killed in mid-write: a second process of this test binary writes until it is killed.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use super::support::{assemble, passage, picture, start, write};
use crate::domain::passage::{CancelledPassage, Passage};
use crate::domain::place::Direction;
use crate::store::{Filter, Hands, OpenMode, PictureKind, Record, Severity, Store, check};

const STORE: &str = "HANHTRINH_TEST_KILLED_STORE";

/// What the writing process sends for vehicle `i`: an entry with pictures, its amendment, an exit; every seventh is
/// taken back. The same at every start, as a replay of a file is.
fn story(i: i64) -> Vec<Record> {
    let plate = format!("29A{:05}", i % 40);
    let entry = passage(&plate, i * 100, "bac-1", Direction::In);
    let exit = passage(&plate, i * 100 + 50, "bac-1", Direction::Out);
    let pictures = vec![picture(PictureKind::Frame, 30_000), picture(PictureKind::Plate, 2_000)];
    let amended = Passage { revision: 2, looks: 11, ..entry.clone() };
    let mut story = vec![
        Record::Passage(Box::new(entry), pictures),
        Record::Passage(Box::new(amended), vec![picture(PictureKind::Plate, 3_000)]),
        Record::Passage(Box::new(exit.clone()), vec![picture(PictureKind::Vehicle, 10_000)]),
    ];
    if i % 7 == 3 {
        story.push(Record::Cancelled(CancelledPassage {
            id: exit.id,
            at: exit.crossed_at,
            why: "back".to_owned(),
        }));
    }
    story
}

/// Not a test of its own: the process that is killed. It acknowledges each vehicle once it is flushed.
#[test]
fn the_process_that_is_killed() {
    let Some(dir) = std::env::var_os(STORE).map(PathBuf::from) else { return };
    let writer = start(&dir);
    for i in 0.. {
        for record in story(i) {
            writer.send(record).expect("the writer runs");
        }
        if i % 3 == 0 {
            writer.flush().expect("written");
            writeln!(std::io::stderr(), "ack {i}").expect("the parent listens");
        }
    }
}

/// Starts the process, kills it `after` past its `acks`th acknowledgement, and gives the last one it made.
fn kill_one(dir: &Path, acks: usize, after: Duration) -> i64 {
    let mut child = Command::new(std::env::current_exe().expect("this binary"))
        .args(["the_process_that_is_killed", "--nocapture", "--test-threads=1"])
        .env(STORE, dir)
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("a process");
    let mut lines = BufReader::new(child.stderr.take().expect("its words")).lines();
    let mut last = -1;
    let mut note = |line: &str| {
        let number = line.strip_prefix("ack ").and_then(|n| n.parse().ok());
        last = last.max(number.unwrap_or(-1));
        number.is_some()
    };
    let mut seen = 0;
    while seen < acks {
        let line = lines.next().expect("the process goes on").expect("a line");
        seen += usize::from(note(&line));
    }
    // The moment of the kill is the point here: nothing tells when a transaction is half done.
    std::thread::sleep(after);
    child.kill().expect("killed");
    child.wait().expect("gone");
    lines.map_while(Result::ok).for_each(|line| {
        note(&line);
    });
    last
}

#[test]
fn nothing_acknowledged_is_lost_and_nothing_is_there_twice_after_kills() {
    let dir = tempfile::tempdir().expect("a folder");
    let mut acknowledged = -1;
    for (acks, millis) in [(1, 0), (2, 3), (4, 11), (3, 7), (6, 17), (5, 5)] {
        acknowledged = acknowledged.max(kill_one(dir.path(), acks, Duration::from_millis(millis)));
        let store = Store::open(dir.path(), OpenMode::ReadWrite).expect("the lock went with the process");
        let found = check(&store, &Hands::new(assemble())).expect("a check");
        let faults: Vec<_> = found.iter().filter(|f| f.severity > Severity::Note).collect();
        // Only files on their way in may be left; the check takes them away, and the next start would have.
        assert!(faults.is_empty(), "{faults:?}");
        let all = store.reader().expect("a reader").passages(&Filter::default()).expect("passages");
        let names: BTreeSet<_> = all.iter().map(|p| p.id.clone()).collect();
        assert_eq!(names.len(), all.len());
        for i in 0..=acknowledged {
            let [entry, exit] = ["in", "out"].map(|d| {
                let seconds = if d == "in" { i * 100 } else { i * 100 + 50 };
                crate::domain::ids::RecordId::derive('p', &["bac-1", &seconds.to_string(), d])
            });
            let amended = all.iter().find(|p| p.id == entry).map(|p| (p.revision, p.looks));
            assert_eq!(amended, Some((2, 11)), "vehicle {i} was acknowledged");
            assert_eq!(names.contains(&exit), i % 7 != 3, "vehicle {i}");
        }
    }
    // Once more in peace: the story up to there is on record already.
    let before = Store::open(dir.path(), OpenMode::ReadOnly).expect("a store").reader().expect("a reader");
    let n = before.passages(&Filter::default()).expect("passages").len();
    write(dir.path(), (0..=acknowledged).flat_map(story));
    assert_eq!(before.passages(&Filter::default()).expect("passages").len(), n);
}

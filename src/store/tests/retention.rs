use std::path::Path;
use std::sync::{Arc, mpsc};

use jiff::SignedDuration;

use super::support::{assemble, at, key, passage, picture, record, write};
use crate::base::clock::SimulatedClock;
use crate::domain::detection::VehicleClass;
use crate::domain::ids::CameraId;
use crate::domain::passage::{CancelledPassage, Outage, Passage};
use crate::domain::place::Direction;
use crate::store::{
    Deletion, Filter, Hands, HomeCount, OpenMode, PictureKind, Reader, Record, RetentionRules, Severity,
    Store, Writer, WriterOptions, check,
};

const DAY: i64 = 86_400;

/// Opens the store at `now`, waits until a whole sweep has removed something, and gives what it told.
fn sweep(dir: &Path, now: i64, rules: RetentionRules, extra: Vec<Record>) -> Vec<Deletion> {
    let store = Store::open(dir, OpenMode::Create).expect("a store");
    let (tell, told) = mpsc::sync_channel(64);
    let mut options = WriterOptions::new(assemble(), Arc::new(SimulatedClock::at(at(now))));
    options.retention = rules;
    options.on_deletion = Box::new(move |d| tell.send(d.clone()).expect("the test listens"));
    let writer = Writer::start(store, options).expect("a writer");
    for record in extra {
        writer.send(record).expect("sent");
    }
    // Each flush is followed by a step; the sweep is over when it has told, and at once where nothing is to be done.
    for _ in 0..40 {
        writer.flush().expect("flushed");
    }
    writer.close().expect("closed");
    told.try_iter().collect()
}

fn reader(dir: &Path) -> Reader {
    Store::open(dir, OpenMode::ReadOnly).expect("a store").reader().expect("a reader")
}

fn assert_clean(dir: &Path) {
    let store = Store::open(dir, OpenMode::ReadWrite).expect("a store");
    let found = check(&store, &Hands::new(assemble())).expect("a check");
    assert_eq!(found.iter().filter(|f| f.severity > Severity::Note).collect::<Vec<_>>(), Vec::<&_>::new());
}

fn with_picture(passage: Passage, bytes: usize) -> Record {
    Record::Passage(Box::new(passage), vec![picture(PictureKind::Frame, bytes)])
}

fn outage(from: i64, to: i64) -> Outage {
    let (state, why) = ("unreachable".to_owned(), "no route".to_owned());
    Outage { camera: CameraId::new("bac-3"), from: at(from), to: Some(at(to)), state, why }
}

fn files(dir: &Path) -> usize {
    let mut n = 0;
    for day in std::fs::read_dir(dir.join("pictures")).expect("a folder") {
        n += std::fs::read_dir(day.expect("a day").path()).expect("a folder").count();
    }
    n
}

#[test]
fn what_is_older_than_keep_days_goes_with_all_that_hangs_on_it() {
    let dir = tempfile::tempdir().expect("a folder");
    let entry = passage("29A12345", 0, "bac-1", Direction::In);
    let gone = passage("29A88888", 5, "bac-1", Direction::In);
    let mut undated = passage("29A77777", 7, "bac-1", Direction::Seen);
    undated.crossed_at = None;
    let mut many: Vec<Record> =
        (0..450).map(|i| record(passage(&format!("30A{i:05}"), 10 + i, "bac-2", Direction::In))).collect();
    many.extend([
        with_picture(entry.clone(), 500),
        record(Passage { revision: 2, looks: 9, ..entry.clone() }),
        with_picture(undated, 50),
        Record::Outage(outage(0, 60)),
        Record::Outage(outage(20 * DAY, 20 * DAY + 60)),
        Record::Cancelled(CancelledPassage { id: gone.id, at: Some(at(6)), why: "back".to_owned() }),
        with_picture(passage("29A12345", 20 * DAY, "bac-1", Direction::Out), 700),
    ]);
    write(dir.path(), many);
    let rules = RetentionRules { keep_days: Some(10), max_bytes: None };
    assert_eq!(sweep(dir.path(), 5 * DAY, rules, Vec::new()), [], "nothing is old enough");
    let told = sweep(dir.path(), 25 * DAY, rules, Vec::new());
    let sums: Vec<_> = told.iter().map(|d| (d.what, d.count, d.bytes)).collect();
    assert_eq!(sums, [("passages", 451, 500), ("undated passages", 1, 50), ("cancelled passages", 1, 0)]);
    assert!(told.iter().all(|d| d.why.contains("10 days") && d.until <= at(15 * DAY)), "{told:?}");
    let reader = reader(dir.path());
    assert_eq!(reader.passages(&Filter::default()).expect("passages").len(), 1);
    let left = reader.journeys(&Filter::default(), at(25 * DAY)).expect("journeys");
    assert_eq!(left.len(), 1);
    assert!(!left[0].entry_seen && left[0].exit_seen, "what the passages left bear out");
    assert_eq!(reader.withdrawn_of(&[key("29A12345")]).expect("withdrawn"), []);
    assert_eq!(reader.cancelled(10).expect("cancelled"), []);
    let outages = reader.outages(&[], at(0), at(30 * DAY)).expect("outages");
    assert_eq!(outages, [outage(20 * DAY, 20 * DAY + 60)]);
    assert_eq!(files(dir.path()), 1);
    let kept: i64 = reader.deleted_since(at(0)).expect("deletions").iter().map(|d| d.1).sum();
    assert_eq!(kept, 453, "on record");
    assert_clean(dir.path());
    // A second sweep has nothing to do.
    assert_eq!(sweep(dir.path(), 25 * DAY, rules, Vec::new()), []);
}

#[test]
fn above_the_quota_the_oldest_pictures_go() {
    let dir = tempfile::tempdir().expect("a folder");
    let size = 40_000;
    // Written newest first: age is that of the crossing.
    let passages: Vec<Passage> =
        (0..30).rev().map(|i| passage(&format!("30A{i:05}"), i * 100, "bac-1", Direction::In)).collect();
    write(dir.path(), passages.iter().map(|p| with_picture(p.clone(), size)));
    let database =
        Store::open(dir.path(), OpenMode::ReadOnly).expect("a store").read().expect("a connection");
    let used: i64 = database
        .query_row("SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()", [], |r| {
            r.get(0)
        })
        .expect("a size");
    let room = used as u64 + 10 * size as u64 + 20_000;
    let told = sweep(dir.path(), DAY, RetentionRules { keep_days: None, max_bytes: Some(room) }, Vec::new());
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!((told[0].what, told[0].bytes), ("pictures", told[0].count * size as u64));
    assert!((20..=21).contains(&told[0].count), "{told:?}");
    let all = reader(dir.path()).passages(&Filter::default()).expect("passages");
    assert_eq!(all.len(), 30, "the rows stay");
    let kept = all.iter().filter(|p| p.pictures.frame.is_some()).count();
    assert_eq!(kept as u64, 30 - told[0].count);
    assert!(all[..kept].iter().all(|p| p.pictures.frame.is_some()), "the newest keep theirs");
    assert_eq!(files(dir.path()), kept);
    assert_clean(dir.path());
}

#[test]
fn home_vehicles_are_counted_once_and_follow_a_later_read() {
    let dir = tempfile::tempdir().expect("a folder");
    let p = passage("20A12345", 0, "bac-1", Direction::In);
    let count = |p: &Passage, revision| {
        Record::HomeCount(HomeCount {
            id: p.id.clone(),
            revision,
            camera: CameraId::new("bac-1"),
            direction: p.direction,
            class: VehicleClass::Car,
            crossed_at: p.crossed_at,
        })
    };
    let other = passage("20A99999", 60, "bac-1", Direction::In);
    let n = || -> u64 {
        let hours = reader(dir.path()).home_counts(None, None).expect("counts");
        assert!(hours.iter().all(|h| h.hour == Some(at(0))), "{hours:?}");
        hours.iter().map(|h| h.n).sum()
    };
    let plates = || -> Vec<_> {
        let all = reader(dir.path()).passages(&Filter::default()).expect("passages");
        all.into_iter().filter_map(|p| p.plate).collect()
    };
    // Recorded first, then read as home: the record goes, its picture and journey with it.
    write(dir.path(), [with_picture(p.clone(), 100)]);
    write(dir.path(), [count(&p, 2), count(&other, 1), count(&other, 1)]);
    assert_eq!((n(), plates(), files(dir.path())), (2, vec![], 0));
    // A replay counts none twice, and brings no older record back.
    write(dir.path(), [record(p.clone()), count(&p, 2), count(&other, 1)]);
    assert_eq!((n(), plates()), (2, vec![]));
    // A still later read says otherwise.
    write(dir.path(), [record(Passage { revision: 3, ..p.clone() })]);
    assert_eq!((n(), plates()), (1, vec!["20A12345".to_owned()]));
    let taken = CancelledPassage { id: other.id, at: None, why: "back".to_owned() };
    write(dir.path(), [Record::Cancelled(taken)]);
    assert_eq!(n(), 0);
    assert_clean(dir.path());
    let long = SignedDuration::from_hours(24 * 40).as_secs();
    let rules = RetentionRules { keep_days: Some(30), max_bytes: None };
    assert_eq!(
        sweep(dir.path(), long, rules, Vec::new()).len(),
        2,
        "the passage and the fact that one was taken back"
    );
}

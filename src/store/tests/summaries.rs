use jiff::SignedDuration;

use super::support::{assemble, at, key, passage, record, start, write};
use crate::domain::detection::VehicleClass;
use crate::domain::ids::CameraId;
use crate::domain::passage::{CancelledPassage, Passage};
use crate::domain::place::Direction;
use crate::domain::plate::{PlateState, Verdict};
use crate::store::{Filter, Hands, OpenMode, Record, Severity, Store, check, summaries};

fn differences(dir: &std::path::Path) -> (i64, i64) {
    let store = Store::open(dir, OpenMode::ReadOnly).expect("a store");
    summaries::differences(&store.read().expect("a connection")).expect("compared")
}

#[test]
fn plates_and_hours_follow_passages_that_come_change_and_go() {
    let dir = tempfile::tempdir().expect("a folder");
    let seen = |i: i64| {
        passage(["29A12345", "29A54321", "30MĐ12345"][i as usize % 3], i * 900, "bac-1", Direction::In)
    };
    let writer = start(dir.path());
    let send = |r| writer.send(r).expect("the writer runs");
    (0..12).for_each(|i| send(record(seen(i))));
    writer.flush().expect("written");
    assert_eq!(differences(dir.path()), (0, 0));
    // Read otherwise, no longer read, another class and time, undated, taken back.
    let unread = Passage { plate: None, plate_kind: None, plate_state: PlateState::Undetermined, ..seen(1) };
    for amended in [
        Passage { plate: Some("29A99999".to_owned()), ..seen(0) },
        unread,
        Passage { class: VehicleClass::Truck, crossed_at: Some(at(90_000)), ..seen(2) },
        Passage { crossed_at: None, verdict: Verdict::Undetermined, ..seen(3) },
    ] {
        send(record(Passage { revision: 2, ..amended }));
    }
    for i in [4, 7, 10] {
        send(Record::Cancelled(CancelledPassage { id: seen(i).id, at: None, why: "went back".to_owned() }));
    }
    writer.close().expect("written");
    assert_eq!(differences(dir.path()), (0, 0));
    let reader = Store::open(dir.path(), OpenMode::ReadOnly).and_then(|s| s.reader()).expect("a reader");
    let texts = |pattern| {
        let mut found: Vec<_> = reader
            .plates_like(pattern, 10)
            .expect("plates")
            .into_iter()
            .map(|p| (p.key.text, p.passages))
            .collect();
        found.sort();
        found
    };
    assert_eq!(texts("29A54321"), [], "its passages were taken back, or read otherwise");
    assert_eq!(texts("*99999"), [("29A99999".to_owned(), 1)]);
    assert_eq!(texts("30MD?2*"), [("30MĐ12345".to_owned(), 4)]);
    assert_eq!(reader.hourly(&Filter::default()).expect("counts").iter().map(|c| c.n).sum::<u64>(), 8);
}

#[test]
fn counts_of_a_time_that_begins_or_ends_within_an_hour_are_those_of_its_passages() {
    let dir = tempfile::tempdir().expect("a folder");
    let gates = [Direction::In, Direction::Out];
    write(dir.path(), (0..24).map(|i| record(passage("29A12345", i * 600, "bac-1", gates[i as usize % 2]))));
    let reader = Store::open(dir.path(), OpenMode::ReadOnly).and_then(|s| s.reader()).expect("a reader");
    let hour = |us: i64| us - us.rem_euclid(3_600_000_000);
    let edges =
        [None, Some(0), Some(1), Some(601), Some(3600), Some(5400), Some(7199), Some(7200), Some(99_999)];
    for from in edges {
        for to in edges {
            for direction in [None, Some(Direction::In)] {
                let filter = Filter {
                    from: from.map(at),
                    to: to.map(at),
                    direction,
                    limit: None,
                    ..Filter::default()
                };
                let passages = reader.passages(&filter).expect("passages");
                let counts = reader.hourly(&filter).expect("counts");
                let of_counts: std::collections::BTreeMap<i64, u64> =
                    counts.iter().fold(Default::default(), |mut all, c| {
                        *all.entry(c.hour.as_microsecond()).or_default() += c.n;
                        all
                    });
                let of_passages: std::collections::BTreeMap<i64, u64> =
                    passages.iter().filter_map(|p| p.crossed_at).fold(Default::default(), |mut all, t| {
                        *all.entry(hour(t.as_microsecond())).or_default() += 1;
                        all
                    });
                assert_eq!(of_counts, of_passages, "{from:?} to {to:?}, {direction:?}");
            }
        }
    }
}

#[test]
fn what_does_not_agree_with_the_passages_is_found_and_made_again() {
    let dir = tempfile::tempdir().expect("a folder");
    write(dir.path(), (0..3).map(|i| record(passage("29A12345", i * 60, "bac-1", Direction::In))));
    let db = rusqlite::Connection::open(dir.path().join("hanhtrinh.db")).expect("a database");
    db.execute_batch("UPDATE plates SET passages = 7; DELETE FROM hourly").expect("meddling");
    drop(db);
    let faults = |mode| {
        let store = Store::open(dir.path(), mode).expect("a store");
        let mut found = check(&store, &Hands::new(assemble())).expect("a check");
        found.retain(|f| f.severity > Severity::Note);
        found
    };
    let told = faults(OpenMode::ReadOnly);
    assert!(told.len() == 1 && told[0].text.contains("counts by hour"), "{told:?}");
    assert_eq!(faults(OpenMode::ReadWrite).len(), 1);
    assert_eq!(faults(OpenMode::ReadOnly), []);
}

#[test]
fn a_pattern_finds_what_it_says_and_nothing_else() {
    let dir = tempfile::tempdir().expect("a folder");
    let plates = ["30A12345", "30A12354", "29A12345", "30F99945", "51B00001"];
    write(
        dir.path(),
        plates.iter().zip(0..).map(|(p, i)| record(passage(p, i * 60, "bac-1", Direction::In))),
    );
    let reader = Store::open(dir.path(), OpenMode::ReadOnly).and_then(|s| s.reader()).expect("a reader");
    for (pattern, wanted) in [
        ("30A*45", &["30A12345"][..]),
        ("30*45", &["30A12345", "30F99945"]),
        ("?9A12345", &["29A12345"]),
        ("*123*", &["29A12345", "30A12345", "30A12354"]),
        ("*", &["29A12345", "30A12345", "30A12354", "30F99945", "51B00001"]),
        ("30A1234", &[]),
        ("[3]0A12345", &[]),
    ] {
        let found = reader.plates_like(pattern, 100).expect("plates");
        let mut texts: Vec<&str> = found.iter().map(|p| p.key.text.as_str()).collect();
        texts.sort_unstable();
        assert_eq!(texts, wanted, "{pattern}");
        let filter = Filter { plate_patterns: vec![pattern.to_owned()], ..Filter::default() };
        assert_eq!(reader.passages(&filter).expect("passages").len(), wanted.len(), "{pattern}");
    }
    let one = &reader.plates_among(["29A12345", "29A12346"]).expect("plates")[..];
    assert_eq!(
        one.iter().map(|p| (&p.key, p.last_seen.is_some())).collect::<Vec<_>>(),
        [(&key("29A12345"), true)]
    );
}

#[test]
fn who_stands_inside_is_found_however_long_ago_it_came() {
    let dir = tempfile::tempdir().expect("a folder");
    let day = 86_400;
    let seen = |plate: &str, seconds, direction| record(passage(plate, seconds, "bac-1", direction));
    let mut records = vec![
        // Forty days, heard of in between; it left on day 41.
        seen("29A00001", 0, Direction::In),
        seen("29A00001", 41 * day, Direction::Out),
        seen("29A00002", 39 * day, Direction::In),
        seen("29A00003", 20 * day, Direction::In),
        seen("29A00004", 39 * day, Direction::In),
        seen("29A00004", 39 * day + 600, Direction::Out),
    ];
    let sighting = Passage {
        camera: CameraId::new("town"),
        gate: None,
        ..passage("29A00005", 10 * day, "town", Direction::Seen)
    };
    records.push(record(sighting.clone()));
    records.push(record(Passage {
        id: crate::domain::ids::RecordId::from_text("later"),
        crossed_at: Some(at(39 * day)),
        ..sighting
    }));
    write(dir.path(), records);
    let reader = Store::open(dir.path(), OpenMode::ReadOnly).and_then(|s| s.reader()).expect("a reader");
    let inside = |filter: &Filter| -> Vec<String> {
        let found = reader.inside(at(40 * day), at(50 * day), SignedDuration::from_hours(72), filter);
        found.expect("journeys").into_iter().map(|j| j.plate).collect()
    };
    assert_eq!(inside(&Filter::default()), ["29A00002", "29A00005", "29A00001"], "29A00003 is lost");
    assert_eq!(inside(&Filter { limit: Some(2), ..Filter::default() }), ["29A00002", "29A00005"]);
    let days = |n: i64| Filter { longer_than: Some(SignedDuration::from_hours(24 * n)), ..Filter::default() };
    assert_eq!(inside(&days(2)), ["29A00005", "29A00001"]);
    assert_eq!(inside(&days(35)), ["29A00001"]);
    let counted = reader.inside_counts(at(40 * day), SignedDuration::from_hours(72), &Filter::default());
    assert_eq!(counted.expect("counts").len(), 3);
}

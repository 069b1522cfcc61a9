//! The watch list, and the alerts that its entries give.

use super::support::{assemble, at, clock, passage, record, write};
use crate::domain::passage::{CancelledPassage, Passage};
use crate::domain::place::Direction;
use crate::domain::plate::{Candidate, PlateKind, PlateState};
use crate::domain::watch::{AlertState, Wanted, WatchHow};
use crate::store::{
    AuditFilter, Deed, OpenMode, Outbox, Record, RetentionRules, Store, WatchPut, Writer, WriterOptions,
    put_on_watch, take_off_watch,
};

fn wanted(how: WatchHow, plate: &str) -> Wanted {
    let plate = plate.to_owned();
    Wanted { how, plate, plate_kind: None, reason: "case 12".to_owned(), expires_at: None }
}

fn store_with(dir: &std::path::Path, list: &[Wanted]) -> Store {
    write(dir, []);
    let store = Store::open(dir, OpenMode::ReadOnly).expect("a store");
    put_on_watch(&store, list, "lan", at(0)).expect("on the list");
    store
}

/// What was told, oldest first: entry, state, plate.
fn told(store: &Store) -> Vec<(i64, AlertState, String)> {
    let all = store.reader().expect("a reader").latest_alerts((None, None), 100).expect("alerts");
    all.into_iter().map(|a| (a.event.watch.id, a.event.state, a.event.plate)).collect()
}

fn undetermined(p: Passage, texts: &[(&str, f32)]) -> Passage {
    let candidates =
        texts.iter().map(|(text, p)| Candidate { text: (*text).to_owned(), p: *p, painted: false }).collect();
    Passage {
        plate: None,
        plate_kind: None,
        plate_state: PlateState::Undetermined,
        confidence: texts[0].1,
        candidates,
        ..p
    }
}

#[test]
fn each_way_finds_its_passages_and_no_others() {
    let dir = tempfile::tempdir().expect("a folder");
    let car_only = Wanted { plate_kind: Some(PlateKind::Motorcycle), ..wanted(WatchHow::Exact, "29A12345") };
    let store = store_with(
        dir.path(),
        &[
            wanted(WatchHow::Exact, "29A12345"),
            wanted(WatchHow::Alike, "29A12345"),
            wanted(WatchHow::Pattern, "29A*45"),
            wanted(WatchHow::Pattern, "29A1234?"),
            car_only,
            wanted(WatchHow::Exact, "29MD12345"),
        ],
    );
    let p = |plate: &str, s| passage(plate, s, "bac-1", Direction::In);
    write(dir.path(), [record(p("29A12345", 0))]);
    let raised = |id, plate: &str| (id, AlertState::Raised, plate.to_owned());
    assert_eq!(told(&store), [1, 2, 3, 4].map(|id| raised(id, "29A12345")));
    write(dir.path(), [record(p("29A99945", 10)), record(p("51F12345", 20)), record(p("29MĐ12345", 30))]);
    assert_eq!(told(&store)[4..], [raised(3, "29A99945"), raised(6, "29MĐ12345")]);
    // Not read for sure, but it may be the plate: only a look-alike entry says so.
    let unsure = undetermined(p("29A12345", 40), &[("29A12346", 0.6), ("29A12345", 0.3)]);
    let other = undetermined(p("29A12345", 50), &[("29A12346", 0.6), ("29A12348", 0.3)]);
    write(dir.path(), [record(unsure), record(other)]);
    assert_eq!(told(&store)[6..], [raised(2, "29A12345")]);
}

#[test]
fn a_pair_has_one_alert_that_follows_the_passage() {
    let dir = tempfile::tempdir().expect("a folder");
    let store = store_with(dir.path(), &[wanted(WatchHow::Pattern, "29A1234*")]);
    let p = passage("29A12345", 0, "bac-1", Direction::In);
    let amended = |revision, plate: &str| {
        record(Passage { revision, plate: Some(plate.to_owned()), looks: revision, ..p.clone() })
    };
    write(dir.path(), [record(p.clone())]);
    write(dir.path(), [record(p.clone()), amended(2, "29A12345")]);
    assert_eq!(told(&store).len(), 1, "the same again is no news");
    write(dir.path(), [amended(3, "29A12346")]);
    write(dir.path(), [amended(4, "30F00001")]);
    write(dir.path(), [amended(5, "29A12345")]);
    let cancelled = CancelledPassage { id: p.id.clone(), at: p.crossed_at, why: "back".to_owned() };
    write(dir.path(), [Record::Cancelled(cancelled)]);
    let events = store.reader().expect("a reader").latest_alerts((None, None), 10).expect("alerts");
    let said: Vec<_> = events
        .iter()
        .map(|a| (a.event.revision, a.event.state, a.event.plate.as_str(), a.event.passage.plate.as_deref()))
        .collect();
    assert_eq!(
        said,
        [
            (1, AlertState::Raised, "29A12345", Some("29A12345")),
            (2, AlertState::Amended, "29A12346", Some("29A12346")),
            (3, AlertState::Withdrawn, "29A12346", Some("30F00001")),
            (4, AlertState::Raised, "29A12345", Some("29A12345")),
            (5, AlertState::Withdrawn, "29A12345", Some("29A12345")),
        ]
    );
    assert!(events.iter().all(|a| a.event.id == events[0].event.id));
    assert!(events.iter().all(|a| a.event.key == format!("{}-{}", a.event.id, a.event.revision)));
    let after = store.reader().expect("a reader").alerts_after(events[2].number, 10).expect("alerts");
    assert_eq!(after, events[3..]);
}

#[test]
fn an_entry_that_is_off_or_over_finds_nothing_new() {
    let dir = tempfile::tempdir().expect("a folder");
    let over = Wanted { expires_at: Some(at(5)), ..wanted(WatchHow::Exact, "29A12345") };
    let store = store_with(dir.path(), &[over, wanted(WatchHow::Alike, "29A12345")]);
    let off = take_off_watch(&store, &[2, 7], "hoa", at(6)).expect("off the list");
    assert_eq!(off.iter().map(|e| (e.id, e.removed_by.as_deref())).collect::<Vec<_>>(), [(2, Some("hoa"))]);
    write(dir.path(), [record(passage("29A12345", 0, "bac-1", Direction::In))]);
    assert_eq!(told(&store), []);
    let reader = store.reader().expect("a reader");
    assert_eq!(reader.watch_list(at(6), false).expect("the list"), []);
    assert_eq!(reader.watch_list(at(4), false).expect("the list").len(), 1);
    assert_eq!(reader.watch_list(at(6), true).expect("the list").len(), 2);
}

#[test]
fn the_same_entry_again_changes_its_reason_and_all_of_it_is_in_the_audit() {
    let dir = tempfile::tempdir().expect("a folder");
    let entry = wanted(WatchHow::Exact, "29A12345");
    let store = store_with(dir.path(), std::slice::from_ref(&entry));
    let put = |w: &Wanted| put_on_watch(&store, std::slice::from_ref(w), "hoa", at(1)).expect("on the list");
    assert_eq!(put(&entry)[0].1, WatchPut::Known);
    let changed = put(&Wanted { reason: "case 13".to_owned(), ..entry.clone() });
    assert_eq!(
        (changed[0].1, changed[0].0.id, changed[0].0.reason.as_str()),
        (WatchPut::Changed, 1, "case 13")
    );
    take_off_watch(&store, &[1], "lan", at(2)).expect("off the list");
    assert_eq!(put(&entry)[0].0.id, 2, "no number comes twice");
    let nothing = Wanted { reason: " ".to_owned(), ..wanted(WatchHow::Exact, "30F00001") };
    assert!(put_on_watch(&store, &[wanted(WatchHow::Exact, "30F00002"), nothing], "hoa", at(3)).is_err());
    assert_eq!(store.reader().expect("a reader").watch_list(at(4), false).expect("the list").len(), 1);
    let audit = store.reader().expect("a reader").audit(&AuditFilter::default()).expect("the audit");
    let said: Vec<_> = audit.iter().map(|r| (r.what, r.verb.as_str(), r.purpose.as_str())).collect();
    assert_eq!(
        said,
        [
            (Deed::Watch, "watch add", "case 12"),
            (Deed::Watch, "watch add", "case 13"),
            (Deed::Watch, "watch rm", "case 13"),
            (Deed::Watch, "watch add", "case 12"),
        ]
    );
}

#[test]
fn events_wait_for_each_target_until_it_has_them() {
    let dir = tempfile::tempdir().expect("a folder");
    let store = store_with(dir.path(), &[wanted(WatchHow::Exact, "29A12345")]);
    let targets = |names: &[&str]| Record::AlertTargets(names.iter().map(|n| (*n).to_owned()).collect());
    let pass = |s| record(passage("29A12345", s, "bac-1", Direction::In));
    write(dir.path(), [pass(0)]);
    write(dir.path(), [targets(&["a", "b"]), pass(100), pass(200)]);
    let outbox = |name| Outbox::open(dir.path(), name).expect("an outbox");
    let (a, b) = (outbox("a"), outbox("b"));
    let now = at(200_000);
    let due = a.due(now, 10).expect("due");
    assert_eq!(due.len(), 2, "what was before the target is not its business");
    a.delivered(due[0].number, now).expect("noted");
    a.failed(due[1].number, "no answer", now + jiff::SignedDuration::from_secs(60)).expect("noted");
    assert_eq!(a.due(now, 10).expect("due"), []);
    let later = a.next_due().expect("asked").expect("one waits");
    assert_eq!(later, now + jiff::SignedDuration::from_secs(60));
    assert_eq!(a.due(later, 10).expect("due")[0].attempts, 1);
    assert_eq!(b.due(now, 10).expect("due").len(), 2);
    let told = store.reader().expect("a reader").latest_alerts((None, None), 1).expect("alerts");
    let states: Vec<_> =
        told[0].deliveries.iter().map(|d| (d.target.as_str(), d.attempts, d.error.as_deref())).collect();
    assert_eq!(states, [("a", 1, Some("no answer")), ("b", 0, None)]);
    // A target that is no longer configured is no longer waited for.
    write(dir.path(), [targets(&["a"])]);
    assert_eq!(b.next_due().expect("asked"), None);
    assert!(a.next_due().expect("asked").is_some());
}

#[test]
fn alerts_and_dead_entries_go_with_their_age() {
    let dir = tempfile::tempdir().expect("a folder");
    let short = Wanted { expires_at: Some(at(50)), ..wanted(WatchHow::Pattern, "30F*1") };
    let store = store_with(dir.path(), &[wanted(WatchHow::Exact, "29A12345"), short]);
    write(dir.path(), [record(passage("29A12345", 0, "bac-1", Direction::In))]);
    assert_eq!(told(&store).len(), 1);
    let later = clock();
    later.advance(std::time::Duration::from_secs(40 * 86_400));
    let mut options = WriterOptions::new(assemble(), later);
    options.retention = RetentionRules { keep_days: Some(30), max_bytes: None };
    let (tell, told_of) = std::sync::mpsc::sync_channel(8);
    options.on_deletion = Box::new(move |d| drop(tell.send(d.clone())));
    let writer = Writer::start(Store::open(dir.path(), OpenMode::ReadWrite).expect("a store"), options)
        .expect("a writer");
    assert_eq!(told_of.recv().expect("a sweep").what, "passages");
    writer.close().expect("closed");
    assert_eq!(told(&store), []);
    let left = store.reader().expect("a reader").watch_list(at(0), true).expect("the list");
    assert_eq!(left.iter().map(|e| e.id).collect::<Vec<_>>(), [1], "what is still watched for stays");
}

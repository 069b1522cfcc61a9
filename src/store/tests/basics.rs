use std::sync::mpsc;

use jiff::SignedDuration;

use super::support::{assemble, at, clock, jpeg, key, passage, picture, record, start, write};
use crate::domain::correction::{Correction, PersonRead};
use crate::domain::detection::VehicleColour;
use crate::domain::ids::{CameraId, RunId};
use crate::domain::journey::JourneyState;
use crate::domain::passage::{CancelledPassage, Outage, Passage};
use crate::domain::place::Direction;
use crate::domain::plate::{PlateKey, PlateKind, PlateState, Verdict};
use crate::store::{
    AuditFilter, Deed, Filter, OpenMode, PictureKind, Record, RunStart, SettingsUsed, Store, StoreError,
    Writer, WriterOptions, record_question,
};

fn reader(dir: &std::path::Path) -> crate::store::Reader {
    Store::open(dir, OpenMode::ReadOnly).expect("a store").reader().expect("a reader")
}

fn ids(passages: &[Passage]) -> Vec<&str> {
    passages.iter().map(|p| p.id.as_str()).collect()
}

#[test]
fn a_passage_comes_back_as_it_was_written() {
    let dir = tempfile::tempdir().expect("a folder");
    let mut full = passage("29A12345", 0, "bac-1", Direction::In);
    let mut undated = passage("29A12346", 50, "bac-1", Direction::Seen);
    undated.crossed_at = None;
    undated.verdict_by_today = true;
    undated.trailer_plate = Some("51RM01234".to_owned());
    let pictures = vec![picture(PictureKind::Frame, 900), picture(PictureKind::Plate, 90)];
    write(dir.path(), [Record::Passage(Box::new(full.clone()), pictures), record(undated.clone())]);
    full.pictures.frame = Some(format!("pictures/2026-03-14/{}-1-frame.jpg", full.id));
    full.pictures.plate = Some(format!("pictures/2026-03-14/{}-1-plate.jpg", full.id));
    let all = reader(dir.path()).passages(&Filter::default()).expect("passages");
    assert_eq!(all, [full.clone(), undated]);
    let path = full.pictures.frame.expect("a picture");
    assert_eq!(std::fs::read(dir.path().join(path)).expect("the file"), jpeg(900));
}

#[test]
fn a_trailer_goes_by_its_own_plate_which_is_no_plate_of_the_tractor() {
    let dir = tempfile::tempdir().expect("a folder");
    let named = |p: Passage| {
        let trailer = PlateKey { kind: PlateKind::Trailer, text: "51RM01234".to_owned() };
        Passage { verdict: Verdict::Undetermined, ..p.named(Some(trailer)) }
    };
    let first = named(passage("x", 0, "bac-1", Direction::In));
    let second = named(passage("x", 600, "bac-2", Direction::Out));
    assert_eq!((&first.plate, first.plate_state), (&None, PlateState::NotVisible));
    assert_eq!(first.trailer_plate.as_deref(), Some("51RM01234"));
    write(dir.path(), [record(first.clone()), record(second.clone())]);
    let reader = reader(dir.path());
    let key = first.key().expect("a key");
    assert_eq!(reader.passages_of(std::slice::from_ref(&key)).expect("passages"), [first.clone(), second]);
    let journeys = reader.journeys_of(&[key], at(1000)).expect("journeys");
    assert_eq!(
        journeys.iter().map(|j| (j.plate_kind, j.legs.len())).collect::<Vec<_>>(),
        [(PlateKind::Trailer, 2)]
    );
    // A person who reads a tractor's plate there takes the trailer's back, and the other way round.
    let read = |kind, text: &str| PersonRead {
        plate: Some(text.to_owned()),
        plate_kind: Some(kind),
        ..PersonRead::ILLEGIBLE
    };
    let said =
        |reading| Correction::new(first.id.clone(), at(9), "an", "seen", Some(reading)).applied_to(&first, 1);
    let tractor = said(read(PlateKind::Car, "51C12345"));
    assert_eq!((tractor.plate.as_deref(), &tractor.trailer_plate), (Some("51C12345"), &None));
    let trailer = said(read(PlateKind::Trailer, "51RM01235"));
    assert_eq!((&trailer.plate, trailer.trailer_plate.as_deref()), (&None, Some("51RM01235")));
}

#[test]
fn a_higher_revision_amends_and_all_else_is_passed_over() {
    let dir = tempfile::tempdir().expect("a folder");
    let first = passage("29A12345", 0, "bac-1", Direction::In);
    let mut second = first.clone();
    second.revision = 2;
    second.plate = Some("29A12346".to_owned());
    let mut same = second.clone();
    same.revision = 3;
    let writer = start(dir.path());
    for p in [&first, &second, &first, &second, &same] {
        writer.send(record(p.clone())).expect("sent");
    }
    writer.flush().expect("written");
    let counts = writer.handle().counts();
    assert_eq!((counts.passages, counts.amended, counts.passed_over), (1, 1, 3));
    writer.close().expect("closed");
    // The same again after a new start.
    write(dir.path(), [record(first.clone()), record(second.clone())]);
    let reader = reader(dir.path());
    assert_eq!(reader.passages(&Filter::default()).expect("passages"), [second]);
    assert_eq!(reader.revisions_of(&first.id).expect("revisions"), [(1, Some("29A12345".to_owned()))]);
    assert_eq!(reader.journeys_of(&[key("29A12345")], at(0)).expect("journeys"), []);
    assert_eq!(reader.journeys_of(&[key("29A12346")], at(0)).expect("journeys").len(), 1);
    assert_eq!(
        reader.withdrawn_of(&[key("29A12345")]).expect("withdrawn").len(),
        0,
        "one batch, never written"
    );
}

#[test]
fn journeys_follow_their_passages_and_a_later_read_withdraws_one() {
    let dir = tempfile::tempdir().expect("a folder");
    let entry = passage("29A12345", 0, "bac-1", Direction::In);
    let exit = passage("29A12345", 500, "bac-1", Direction::Out);
    let writer = start(dir.path());
    writer.send(record(exit.clone())).expect("sent");
    writer.flush().expect("written");
    let reader = reader(dir.path());
    let alone = reader.journeys(&Filter::default(), at(600)).expect("journeys");
    assert_eq!((alone.len(), alone[0].entry_seen), (1, false));
    // The entry arrives late: another first leg, another name; the first journey is withdrawn on record.
    writer.send(record(entry.clone())).expect("sent");
    writer.flush().expect("written");
    let joined = reader.journeys(&Filter::default(), at(600)).expect("journeys");
    assert_eq!((joined.len(), joined[0].entry_seen, joined[0].legs.len()), (1, true, 2));
    let withdrawn = reader.withdrawn_of(&[key("29A12345")]).expect("withdrawn");
    assert_eq!(withdrawn.len(), 1);
    assert_eq!(withdrawn[0].id, alone[0].id);
    assert!(withdrawn[0].why.contains(joined[0].id.as_str()), "{}", withdrawn[0].why);
    // Judged home after all: no journey.
    for p in [&entry, &exit] {
        let judged = Passage { revision: 2, verdict: Verdict::Home, ..p.clone() };
        writer.send(record(judged)).expect("sent");
    }
    writer.close().expect("written");
    assert_eq!(reader.journeys(&Filter::default(), at(600)).expect("journeys"), []);
    assert_eq!(reader.withdrawn_of(&[key("29A12345")]).expect("withdrawn").len(), 2);
}

#[test]
fn a_cancelled_passage_is_a_fact_and_never_comes_back() {
    let dir = tempfile::tempdir().expect("a folder");
    let gone = passage("29A12345", 0, "bac-1", Direction::In);
    let cancelled =
        CancelledPassage { id: gone.id.clone(), at: Some(at(3)), why: "back over the line".to_owned() };
    let with_picture = Record::Passage(Box::new(gone.clone()), vec![picture(PictureKind::Frame, 100)]);
    write(dir.path(), [with_picture.clone()]);
    write(dir.path(), [Record::Cancelled(cancelled.clone()), record(gone.clone())]);
    // Brought and taken back within one batch.
    let second = passage("29A77777", 9, "bac-1", Direction::In);
    let taken = CancelledPassage { id: second.id.clone(), ..cancelled.clone() };
    let brought = Record::Passage(Box::new(second), vec![picture(PictureKind::Frame, 100)]);
    write(dir.path(), [brought, Record::Cancelled(taken.clone())]);
    let reader = reader(dir.path());
    assert_eq!(reader.passages(&Filter::default()).expect("passages"), []);
    assert_eq!(reader.journeys(&Filter::default(), at(600)).expect("journeys"), []);
    let mut facts = reader.cancelled(10).expect("cancelled");
    facts.sort_by_key(|c| c.id != cancelled.id);
    assert_eq!(facts, [cancelled, taken]);
    assert!(!dir.path().join("pictures/2026-03-14").exists(), "its pictures go with it, and the empty day");
}

#[test]
fn one_program_writes_at_a_time_and_others_are_told_which() {
    let dir = tempfile::tempdir().expect("a folder");
    let writer = start(dir.path());
    let second = Store::open(dir.path(), OpenMode::ReadWrite).expect_err("locked");
    assert!(second.to_string().contains(&std::process::id().to_string()), "{second}");
    reader(dir.path());
    writer.close().expect("closed");
    Store::open(dir.path(), OpenMode::ReadWrite).expect("free again");
}

#[test]
fn what_is_no_store_is_refused_by_name() {
    let dir = tempfile::tempdir().expect("a folder");
    let missing = Store::open(&dir.path().join("none"), OpenMode::ReadOnly).expect_err("nothing there");
    assert!(matches!(missing, StoreError::Missing { .. }), "{missing}");
    let file = dir.path().join("file");
    std::fs::write(&file, "x").expect("a file");
    let unwritable = Store::open(&file.join("store"), OpenMode::Create).expect_err("a file in the way");
    assert!(matches!(unwritable, StoreError::Unwritable { .. }), "{unwritable}");
    assert!(unwritable.to_string().contains("[store]"), "{unwritable}");

    let text = dir.path().join("text");
    std::fs::create_dir(&text).expect("a folder");
    std::fs::write(
        text.join("hanhtrinh.db"),
        "a letter to a friend, longer than a header of SQLite's ".repeat(20),
    )
    .expect("a file");
    let not_ours = Store::open(&text, OpenMode::Create).expect_err("no database");
    assert!(matches!(not_ours, StoreError::NotOurs { .. }), "{not_ours}");

    let other = dir.path().join("other");
    std::fs::create_dir(&other).expect("a folder");
    let db = rusqlite::Connection::open(other.join("hanhtrinh.db")).expect("a database");
    db.execute_batch("CREATE TABLE notes (text)").expect("a table");
    let not_ours = Store::open(&other, OpenMode::Create).expect_err("another program's");
    assert!(matches!(not_ours, StoreError::NotOurs { .. }), "{not_ours}");
    let mode: String = db.pragma_query_value(None, "journal_mode", |r| r.get(0)).expect("a mode");
    assert_eq!(mode, "delete", "left as it was");

    let newer = dir.path().join("newer");
    write(&newer, []);
    let db = rusqlite::Connection::open(newer.join("hanhtrinh.db")).expect("a database");
    db.pragma_update(None, "user_version", 99).expect("a version");
    let error = Store::open(&newer, OpenMode::ReadWrite).expect_err("from the future");
    assert!(matches!(error, StoreError::Newer { found: 99, .. }), "{error}");
}

#[test]
fn a_failing_writer_says_so_to_everybody() {
    let dir = tempfile::tempdir().expect("a folder");
    let store = Store::open(dir.path(), OpenMode::Create).expect("a store");
    let (tell, told) = mpsc::sync_channel(64);
    let mut options = WriterOptions::new(assemble(), clock());
    options.on_failure = Box::new(move |e| tell.send(e.to_string()).expect("the test listens"));
    let writer = Writer::start(store, options).expect("a writer");
    // The place of its pictures is taken by a file.
    std::fs::remove_dir_all(dir.path().join("pictures")).expect("the folder");
    std::fs::write(dir.path().join("pictures"), "").expect("a file");
    let full = passage("29A12345", 0, "bac-1", Direction::In);
    writer.send(Record::Passage(Box::new(full), vec![picture(PictureKind::Frame, 10)])).expect("queued");
    let flushed = writer.flush().expect_err("the writer has stopped").to_string();
    let reported = told.recv().expect("the owner was called");
    assert!(reported.contains("pictures"), "{reported}");
    assert!(flushed.contains(&reported), "{flushed}");
    let handle = writer.handle();
    assert_eq!(writer.close().expect_err("the error itself").to_string(), reported);
    assert!(handle.send(Record::RunEnded(RunId::new("x"))).is_err());
}

#[test]
fn outages_open_and_close_and_cover_journeys() {
    let dir = tempfile::tempdir().expect("a folder");
    let camera = CameraId::new("nam-1");
    let outage = |from, to: Option<i64>, state: &str| Outage {
        camera: camera.clone(),
        from: at(from),
        to: to.map(at),
        state: state.to_owned(),
        why: "no answer".to_owned(),
    };
    let ended = |to| Record::OutageEnded { camera: camera.clone(), to: at(to) };
    write(
        dir.path(),
        [
            ended(1),
            Record::OutageBegan(outage(100, None, "unreachable")),
            Record::OutageBegan(outage(130, None, "auth_failed")),
            ended(160),
            Record::OutageBegan(outage(900, None, "stalled")),
            record(passage("29A12345", 150, "bac-1", Direction::In)),
            record(passage("29A12345", 400, "bac-1", Direction::Out)),
            record(passage("29A99999", 500, "bac-1", Direction::In)),
        ],
    );
    let reader = reader(dir.path());
    let first = outage(100, Some(160), "auth_failed");
    let second = outage(900, None, "stalled");
    assert_eq!(reader.outages(&[], at(0), at(5000)).expect("outages"), [first.clone(), second.clone()]);
    assert_eq!(reader.outages(&[camera], at(161), at(800)).expect("outages"), []);
    let of = |plate| reader.journeys_of(&[key(plate)], at(1000)).expect("journeys")[0].outages.clone();
    assert_eq!(of("29A12345"), [first]);
    assert_eq!(of("29A99999"), [second]);
}

#[test]
fn a_killed_run_leaves_an_outage_of_what_it_watched() {
    let dir = tempfile::tempdir().expect("a folder");
    let begin = |name: &str, cameras: &[&str]| {
        Record::RunStarted(RunStart {
            run: RunId::new(name),
            version: "0.1.0".to_owned(),
            models: "detector=1".to_owned(),
            config: "0123".to_owned(),
            provider: "cpu".to_owned(),
            live_cameras: cameras.iter().map(|c| CameraId::new(c)).collect(),
        })
    };
    write(dir.path(), [begin("r1", &["bac-1", "cho"])]);
    write(dir.path(), [begin("r2", &["bac-1", "moi"]), Record::RunEnded(RunId::new("r2"))]);
    let reader = reader(dir.path());
    let runs = reader.runs(10).expect("runs");
    let clean = |name| runs.iter().find(|r| r.run == RunId::new(name)).and_then(|r| r.clean);
    assert_eq!((clean("r1"), clean("r2")), (Some(false), Some(true)));
    let outages = reader.outages(&[], at(0), at(200_000)).expect("outages");
    assert_eq!(outages.len(), 1, "{outages:?}");
    assert_eq!((outages[0].camera.as_str(), outages[0].state.as_str()), ("bac-1", "stopped"));
    assert_eq!((outages[0].from, outages[0].to), (at(100_000), None));
}

#[test]
fn settings_are_those_of_the_last_run() {
    let dir = tempfile::tempdir().expect("a folder");
    let settings = |home: &str| SettingsUsed {
        home: home.to_owned(),
        gates: Vec::new(),
        cameras: Vec::new(),
        lost_after_s: 259_200,
        same_crossing_s: 20,
    };
    write(dir.path(), []);
    assert_eq!(reader(dir.path()).settings().expect("settings"), None);
    let save = |home| Record::Settings(Box::new(settings(home)));
    write(dir.path(), [save("Bắc Kạn"), save("Thái Nguyên")]);
    assert_eq!(reader(dir.path()).settings().expect("settings"), Some(settings("Thái Nguyên")));
}

#[test]
fn a_question_is_on_record_before_its_answer_and_stays_there() {
    let dir = tempfile::tempdir().expect("a folder");
    let writer = start(dir.path());
    let store = Store::open(dir.path(), OpenMode::ReadOnly).expect("a store");
    let asked = record_question(&store, at(5), "lan", "case 12", "trace", "29A12345").expect("recorded");
    let audit = || store.reader().expect("a reader").audit(&AuditFilter::default()).expect("the audit");
    assert_eq!(
        audit().iter().map(|r| (r.who.as_str(), r.what)).collect::<Vec<_>>(),
        [("lan", Deed::Question)]
    );
    asked.answered(at(6), 3).expect("recorded");
    assert_eq!((audit()[1].what, audit()[1].about, audit()[1].results), (Deed::Answer, Some(1), Some(3)));
    assert!(record_question(&store, at(5), "lan", " ", "trace", "29A12345").is_err(), "no purpose");
    writer.close().expect("closed");
    let db = rusqlite::Connection::open(store.file()).expect("a database");
    for forbidden in [
        "DELETE FROM audit",
        "UPDATE audit SET who = 'nobody'",
        "INSERT OR REPLACE INTO audit SELECT number, at, 'nobody', what, verb, query, purpose, about, results, before, \
         hash FROM audit",
        "INSERT INTO audit SELECT number + 5, at, who, what, verb, query, purpose, NULL, NULL, before, hash FROM audit \
         WHERE number = 1",
    ] {
        assert!(db.execute(forbidden, []).is_err(), "{forbidden}");
    }
    assert_eq!(audit()[0].who, "lan");
    let by = |who: &str, from| AuditFilter { who: Some(who.to_owned()), from, ..AuditFilter::default() };
    let reader = store.reader().expect("a reader");
    assert_eq!(reader.audit(&by("lan", None)).expect("the audit").len(), 2);
    assert_eq!(reader.audit(&by("lan", Some(at(6)))).expect("the audit").len(), 1);
    assert_eq!(reader.audit(&by("hoa", None)).expect("the audit"), []);
}

#[test]
fn filters_leave_what_they_say() {
    let dir = tempfile::tempdir().expect("a folder");
    let a = passage("29A12345", 0, "bac-1", Direction::In);
    let mut b = passage("30MĐ12345", 100, "bac-2", Direction::Out);
    b.verdict = Verdict::Undetermined;
    b.province = Some("30".to_owned());
    b.confidence = 0.5;
    let mut c = passage("29A54321", 200, "cho", Direction::Seen);
    c.gate = None;
    c.role = crate::domain::place::CameraRole::Interior;
    c.last_seen = Some(at(500));
    write(dir.path(), [&a, &b, &c].map(|p| record(p.clone())));
    let reader = reader(dir.path());
    let some = |filter: &Filter| {
        let found = reader.passages(filter).expect("passages");
        found.iter().map(|p| p.plate.clone().unwrap_or_default()).collect::<Vec<_>>()
    };
    let (a, b, c) = ("29A12345", "30MĐ12345", "29A54321");
    let f = Filter::default;
    assert_eq!(some(&f()), [c, b, a], "newest first");
    assert_eq!(some(&Filter { limit: Some(1), ..f() }), [c]);
    assert_eq!(some(&Filter { from: Some(at(50)), to: Some(at(200)), ..f() }), [b]);
    assert_eq!(some(&Filter { cameras: vec!["bac-1".into(), "cho".into()], ..f() }), [c, a]);
    assert_eq!(some(&Filter { gates: vec!["Bắc".into()], ..f() }), [b, a]);
    assert_eq!(some(&Filter { direction: Some(Direction::Seen), ..f() }), [c]);
    assert_eq!(some(&Filter { verdicts: vec![Verdict::Undetermined], ..f() }), [b]);
    assert_eq!(some(&Filter { provinces: vec!["30".into()], ..f() }), [b]);
    assert_eq!(some(&Filter { plates: vec![key("29A12345"), key("99A00000")], ..f() }), [a]);
    assert_eq!(some(&Filter { plate_patterns: vec!["30MD*45".into()], ..f() }), [b]);
    assert_eq!(some(&Filter { plate_patterns: vec!["29A?432?".into()], ..f() }), [c]);
    assert_eq!(some(&Filter { plate_patterns: vec!["29A[15]*".into()], ..f() }), Vec::<String>::new());
    assert_eq!(some(&Filter { min_confidence: Some(0.9), ..f() }), [c, a]);
    assert_eq!(some(&Filter { in_by: Some("Bắc".into()), ..f() }), [a]);
    assert_eq!(some(&Filter { out_by: Some("Bắc".into()), ..f() }), [b]);
    assert_eq!(some(&Filter { longer_than: Some(SignedDuration::from_secs(60)), ..f() }), [c]);
    let journeys = |filter: &Filter| {
        let found = reader.journeys(filter, at(1000)).expect("journeys");
        found.into_iter().map(|j| j.plate).collect::<Vec<_>>()
    };
    assert_eq!(journeys(&f()), [c, b, a]);
    assert_eq!(journeys(&Filter { direction: Some(Direction::In), from: Some(at(0)), ..f() }), [a]);
    assert_eq!(journeys(&Filter { direction: Some(Direction::Out), to: Some(at(150)), ..f() }), [b]);
    assert_eq!(journeys(&Filter { direction: Some(Direction::Seen), ..f() }), [c]);
    assert_eq!(journeys(&Filter { cameras: vec!["bac-2".into()], ..f() }), [b]);
    assert_eq!(journeys(&Filter { gates: vec!["Bắc".into()], ..f() }), [b, a]);
    assert_eq!(journeys(&Filter { provinces: vec!["29".into()], ..f() }), [c, a]);
    assert_eq!(journeys(&Filter { in_by: Some("Bắc".into()), ..f() }), [a]);
    assert_eq!(journeys(&Filter { out_by: Some("Bắc".into()), ..f() }), [b]);
    assert_eq!(journeys(&Filter { min_confidence: Some(0.9), ..f() }), [c, a]);
    assert_eq!(journeys(&Filter { colours: vec![VehicleColour::Red], ..f() }), Vec::<String>::new());
    assert_eq!(journeys(&Filter { longer_than: Some(SignedDuration::from_secs(900)), ..f() }), [a]);
    // Seen for an instant and not since: it did not stay until now.
    let lost_before = Some(at(999));
    let stayed = Filter { longer_than: Some(SignedDuration::from_secs(500)), ..f() };
    assert_eq!(journeys(&stayed), [c, a]);
    assert_eq!(journeys(&Filter { lost_before, ..stayed }), Vec::<String>::new());
    assert_eq!(journeys(&Filter { plate_patterns: vec!["*12345".into()], ..f() }), [b, a]);
}

#[test]
fn inside_is_asked_for_any_time() {
    let dir = tempfile::tempdir().expect("a folder");
    write(
        dir.path(),
        [
            record(passage("29A00001", 0, "bac-1", Direction::In)),
            record(passage("29A00001", 100, "bac-1", Direction::Out)),
            record(passage("29A00002", 50, "bac-2", Direction::In)),
        ],
    );
    let reader = reader(dir.path());
    let inside = |seconds| {
        let found = reader
            .inside(at(seconds), at(5000), SignedDuration::from_secs(1000), &Filter::default())
            .expect("journeys");
        assert!(found.iter().all(|j| !j.legs.is_empty() && j.state != JourneyState::Lost));
        found.into_iter().map(|j| j.plate).collect::<Vec<_>>()
    };
    assert_eq!(inside(0), Vec::<String>::new());
    assert_eq!(inside(10), ["29A00001"]);
    assert_eq!(inside(60), ["29A00002", "29A00001"]);
    assert_eq!(inside(200), ["29A00002"]);
    assert_eq!(inside(1052), Vec::<String>::new(), "silent for longer: lost");
}

#[test]
fn questions_are_answered_while_a_run_writes() {
    let dir = tempfile::tempdir().expect("a folder");
    let writer = start(dir.path());
    let handle = writer.handle();
    let reader = reader(dir.path());
    let sender = std::thread::Builder::new()
        .name("test-sender".to_owned())
        .spawn(move || {
            for i in 0..400 {
                handle.send(record(passage("29A12345", i * 30, "bac-1", Direction::Seen))).expect("sent");
            }
        })
        .expect("a thread");
    let mut before = 0;
    while !sender.is_finished() {
        let now = reader.passages(&Filter::default()).expect("passages");
        let legs: usize =
            reader.journeys(&Filter::default(), at(0)).expect("journeys").iter().map(|j| j.legs.len()).sum();
        assert!(now.len() >= before && legs >= before);
        before = now.len();
    }
    sender.join().expect("all sent");
    writer.flush().expect("written");
    let all = reader.passages(&Filter::default()).expect("passages");
    assert_eq!(all.len(), 400);
    assert!(ids(&all).windows(2).all(|w| w[0] != w[1]));
}

//! Two boxes that exchange what they have recorded.

use std::path::Path;

use jiff::Timestamp;

use super::support::{assemble, at, clock, jpeg, key, passage, record, write};
use crate::domain::correction::{Correction, PersonRead};
use crate::domain::ids::CameraId;
use crate::domain::journey::Journey;
use crate::domain::passage::{CancelledPassage, Outage, Passage, Pictures};
use crate::domain::place::{CameraPlace, CameraRole, Direction, Faces, Gate};
use crate::domain::plate::{PlateKind, Verdict};
use crate::store::{
    AuditFilter, Counts, Deed, ExportOrder, Filter, Hands, Incoming, OpenMode, Picture, PictureKind, Record,
    SettingsUsed, Severity, Store, StoreError, check, export, import, take_boxes, write_beside,
};

fn settings(home: &str, cameras: &[&str]) -> Record {
    let gate = |name: &str| Gate {
        name: format!("gate of {name}"),
        lat: Some(21.5),
        lon: Some(105.8),
        neighbour: None,
        from: None,
        to: None,
    };
    let place = |name: &str| CameraPlace {
        name: CameraId::new(name),
        role: CameraRole::Gateway,
        gate: Some(format!("gate of {name}")),
        lane: None,
        lat: None,
        lon: None,
        faces: Faces::Both,
        line: None,
    };
    Record::Settings(Box::new(SettingsUsed {
        home: home.to_owned(),
        gates: cameras.iter().map(|c| gate(c)).collect(),
        cameras: cameras.iter().map(|c| place(c)).collect(),
        lost_after_s: 259_200,
        same_crossing_s: 20,
    }))
}

fn with_picture(passage: Passage) -> Record {
    Record::Passage(Box::new(passage), vec![Picture { kind: PictureKind::Plate, jpeg: jpeg(300) }])
}

fn opened(dir: &Path) -> Store {
    Store::open(dir, OpenMode::ReadOnly).expect("a store")
}

fn exported(dir: &Path, since: Timestamp, pictures: bool) -> Vec<u8> {
    let mut out = Vec::new();
    let order = ExportOrder { since, pictures, who: "lan", purpose: "", now: at(100_000) };
    export(&opened(dir), &order, &mut out).expect("exported");
    out
}

fn taken(dir: &Path, text: &[u8]) -> Result<Counts, StoreError> {
    let file = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(file.path(), text).expect("written");
    let incoming = Incoming::open(file.path())?;
    let store = opened(dir);
    take_boxes(&store, &incoming)?;
    import(&store, &incoming, &Hands::new(assemble()), &*clock(), "hoa")
}

/// All that both boxes should agree on.
#[derive(Debug, PartialEq)]
struct Held {
    passages: Vec<Passage>,
    journeys: Vec<Journey>,
    cancelled: Vec<CancelledPassage>,
    outages: Vec<Outage>,
    corrections: Vec<Correction>,
}

/// The names of picture files say by which revision they came, and do not matter.
fn all_of(dir: &Path) -> Held {
    let reader = opened(dir).reader().expect("a reader");
    let mut passages = reader.passages(&Filter::default()).expect("passages");
    let mut corrections = Vec::new();
    for passage in &mut passages {
        corrections
            .extend(reader.corrected(&passage.id).expect("asked").into_iter().flat_map(|c| c.corrections));
        passage.pictures = Pictures {
            plate: passage.pictures.plate.as_ref().map(|_| "there".to_owned()),
            ..Pictures::default()
        };
    }
    let journeys = reader.journeys(&Filter::default(), at(200_000)).expect("journeys");
    let mut cancelled = reader.cancelled(100).expect("cancelled");
    cancelled.sort_by(|a, b| a.id.cmp(&b.id));
    let outages = reader.outages(&[], at(-1), at(200_000)).expect("outages");
    Held { passages, journeys, cancelled, outages, corrections }
}

fn correct(dir: &Path, passage: &Passage, plate: &str, seconds: i64) {
    let read = PersonRead {
        plate: Some(plate.to_owned()),
        plate_kind: Some(PlateKind::Car),
        plate_class: None,
        province: Some("29".to_owned()),
        verdict: Verdict::Outside,
    };
    let correction = Correction::new(passage.id.clone(), at(seconds), "lan", "x", Some(read));
    let record =
        Record::Corrected { correction: Box::new(correction), login: "lan".to_owned(), verb: "correct" };
    write_beside(&opened(dir), [record], &Hands::new(assemble()), &*clock()).expect("written");
}

#[test]
fn two_boxes_that_exchange_both_ways_twice_hold_the_same() {
    let (a, b) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    let (a, b) = (a.path(), b.path());
    let entry = passage("29A12345", 0, "north", Direction::In);
    let misread = passage("29A12346", 900, "south", Direction::Out);
    let taken_back = passage("30F00001", 50, "north", Direction::In);
    let outage = Outage {
        camera: CameraId::new("south"),
        from: at(300),
        to: Some(at(310)),
        state: "stalled".to_owned(),
        why: "no frame".to_owned(),
    };
    write(
        a,
        [
            settings("Thái Nguyên", &["north"]),
            with_picture(entry.clone()),
            record(taken_back.clone()),
            Record::Cancelled(CancelledPassage {
                id: taken_back.id,
                at: Some(at(51)),
                why: "back".to_owned(),
            }),
        ],
    );
    let later = Passage { revision: 2, looks: 12, ..misread.clone() };
    write(
        b,
        [
            settings("Thái Nguyên", &["south"]),
            Record::OutageBegan(outage),
            record(misread.clone()),
            record(later),
        ],
    );
    // B's exit, misread there, is corrected at A, where it is no more than an import.
    assert_eq!(taken(a, &exported(b, at(-1), true)).expect("taken").passages, 1);
    correct(a, &misread, "29A12345", 1000);
    for _ in 0..2 {
        taken(b, &exported(a, at(-1), true)).expect("taken");
        taken(a, &exported(b, at(-1), true)).expect("taken");
    }
    let (at_a, at_b) = (all_of(a), all_of(b));
    assert_eq!(at_a, at_b);
    let Held { passages, journeys, cancelled, outages, corrections } = at_a;
    assert_eq!((passages.len(), cancelled.len(), outages.len(), corrections.len()), (2, 1, 1, 1));
    assert_eq!(passages.iter().filter(|p| p.pictures.plate.is_some()).count(), 1);
    // One journey across both boxes.
    assert_eq!(journeys.len(), 1);
    assert_eq!((journeys[0].legs.len(), journeys[0].plate.as_str()), (2, "29A12345"));
    for dir in [a, b] {
        let store = Store::open(dir, OpenMode::ReadWrite).expect("a store");
        let found = check(&store, &Hands::new(assemble())).expect("a check");
        assert!(found.iter().all(|f| f.severity == Severity::Note), "{found:?}");
        let known = store.reader().expect("a reader").settings().expect("settings").expect("there");
        let mut cameras: Vec<_> = known.cameras.iter().map(|c| c.name.as_str()).collect();
        cameras.sort();
        assert_eq!((cameras, known.gates.len()), (vec!["north", "south"], 2), "places come along");
    }
}

#[test]
fn nothing_new_comes_of_the_same_file_again_and_only_what_is_new_goes_out() {
    let (a, b) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    let (a, b) = (a.path(), b.path());
    write(
        a,
        [settings("Thái Nguyên", &["north"]), with_picture(passage("29A12345", 0, "north", Direction::In))],
    );
    write(b, []);
    let file = exported(a, at(-1), false);
    let first = taken(b, &file).expect("taken");
    assert_eq!((first.passages, first.pictures), (1, 0));
    let again = taken(b, &file).expect("taken");
    assert_eq!((again.passages, again.amended, again.passed_over), (0, 0, 1));
    // The pictures may come later.
    let with = exported(a, at(-1), true);
    assert_eq!(taken(b, &with).expect("taken").pictures, 1);
    let again = taken(b, &with).expect("taken");
    assert_eq!((again.pictures, again.passed_over), (0, 1));
    assert!(all_of(b).passages[0].pictures.plate.is_some());
    // All of it was recorded at one moment of the simulated clock; after that there is nothing.
    let nothing = String::from_utf8(exported(a, at(100_001), true)).expect("UTF-8");
    let kinds: Vec<_> = nothing.lines().map(|l| l.split('"').nth(3).expect("a type")).collect();
    assert_eq!(kinds, ["export", "box", "end"]);
    let audit = opened(b).reader().expect("a reader").audit(&AuditFilter::default()).expect("the audit");
    assert_eq!(audit.len(), 4);
    assert!(audit.iter().all(|r| r.what == Deed::Import && r.who == "hoa"));
    assert!(audit[0].query.contains("1 passages new"), "{}", audit[0].query);
    // A store that never ran itself goes by the rules of the box.
    let known = opened(b).reader().expect("a reader").settings().expect("settings").expect("there");
    assert_eq!(known.home, "Thái Nguyên");
    assert_eq!(
        opened(b).reader().expect("a reader").journeys_of(&[key("29A12345")], at(9)).expect("journeys").len(),
        1
    );
}

#[test]
fn what_a_killed_import_left_is_cleared_away_by_the_next_run() {
    let dir = tempfile::tempdir().expect("a folder");
    write(dir.path(), [with_picture(passage("29A12345", 0, "north", Direction::In))]);
    let pictures = dir.path().join("pictures");
    // No process has a number as high as this. One picture was in place and not yet on record.
    let (left, placed) = (pictures.join("incoming-4194999"), pictures.join("2026-03-14/p0-1-plate.jpg"));
    let alive = pictures.join(format!("incoming-{}", std::process::id()));
    for folder in [&left, &alive] {
        std::fs::create_dir(folder).expect("made");
        std::fs::write(folder.join("0.jpg"), jpeg(9)).expect("written");
    }
    std::fs::write(left.join("batch"), "pictures/2026-03-14/p0-1-plate.jpg\n").expect("written");
    std::fs::write(&placed, jpeg(9)).expect("written");
    write(dir.path(), []);
    assert!(!left.exists() && !placed.exists() && alive.join("0.jpg").exists());
    assert!(all_of(dir.path()).passages[0].pictures.plate.is_some());
}

#[test]
fn what_is_broken_is_refused_before_anything_is_taken() {
    let (a, b) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    let (a, b) = (a.path(), b.path());
    write(
        a,
        [settings("Thái Nguyên", &["north"]), with_picture(passage("29A12345", 0, "north", Direction::In))],
    );
    write(b, []);
    let file = String::from_utf8(exported(a, at(-1), true)).expect("UTF-8");
    let cut: String = file.lines().take(3).map(|l| format!("{l}\n")).collect();
    let changed = file.replace("29A12345", "29A12346");
    let picture = file.replace("\"jpeg\":\"/9h", "\"jpeg\":\"/8h");
    let newer = file.replace("\"form\":1", "\"form\":9");
    for (text, named) in [
        (cut.as_str(), "cut off"),
        (&changed, "changed or lost"),
        (&picture, "not what its hash says"),
        (&newer, "form 9"),
        ("", "cut off"),
        ("{}\n", "no line of one"),
    ] {
        let error = taken(b, text.as_bytes()).expect_err(named).to_string();
        assert!(error.contains(named), "{error}");
    }
    assert_eq!(all_of(b).passages, []);
}

#[test]
fn boxes_that_would_be_confused_are_refused() {
    let dirs: Vec<_> = (0..3).map(|_| tempfile::tempdir().expect("a folder")).collect();
    write(dirs[0].path(), [settings("Thái Nguyên", &["north"])]);
    write(dirs[1].path(), [settings("Thái Nguyên", &["south", "north"])]);
    write(dirs[2].path(), [settings("Hà Nội", &["west"])]);
    let twice =
        taken(dirs[0].path(), &exported(dirs[1].path(), at(-1), false)).expect_err("one name for two");
    assert!(matches!(&twice, StoreError::SameCamera { camera, .. } if camera == "north"), "{twice}");
    let foreign = taken(dirs[0].path(), &exported(dirs[2].path(), at(-1), false)).expect_err("other rules");
    assert!(matches!(&foreign, StoreError::OtherHome { theirs, .. } if theirs == "Hà Nội"), "{foreign}");
    // A box's own export may come back to it.
    taken(dirs[0].path(), &exported(dirs[0].path(), at(-1), false)).expect("its own");
}

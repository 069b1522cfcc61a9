//! What a person read holds, whatever comes after it, and the program's reading is kept beside it.

use proptest::strategy::Strategy;

use super::support::{assemble, at, clock, jpeg, key, passage, record, start, write};
use crate::domain::correction::{Correction, PersonRead};
use crate::domain::ids::RecordId;
use crate::domain::passage::{CancelledPassage, Passage};
use crate::domain::place::Direction;
use crate::domain::plate::{PlateKind, PlateState, Verdict};
use crate::store::{
    AuditFilter, Deed, Filter, Hands, HomeCount, OpenMode, Picture, PictureKind, Reader, Record, Severity,
    Store, check, write_beside,
};

fn read(plate: &str) -> PersonRead {
    PersonRead {
        plate: Some(plate.to_owned()),
        plate_kind: Some(PlateKind::Car),
        plate_class: None,
        province: Some("30".to_owned()),
        verdict: Verdict::Outside,
    }
}

fn correction(passage: &Passage, seconds: i64, reading: Option<PersonRead>) -> Correction {
    Correction::new(passage.id.clone(), at(seconds), "lan", "seen on the frame", reading)
}

fn correct(store: &Store, correction: Correction) -> u64 {
    let record =
        Record::Corrected { correction: Box::new(correction), login: "lan01".to_owned(), verb: "correct" };
    write_beside(store, [record], &Hands::new(assemble()), &*clock()).expect("written").corrected
}

fn opened(dir: &std::path::Path) -> (Store, Reader) {
    let store = Store::open(dir, OpenMode::ReadOnly).expect("a store");
    let reader = store.reader().expect("a reader");
    (store, reader)
}

fn legs(reader: &Reader, plate: &str) -> usize {
    reader.journeys_of(&[key(plate)], at(9000)).expect("journeys").iter().map(|j| j.legs.len()).sum()
}

#[test]
fn a_correction_moves_the_passage_to_its_journey_at_once_beside_a_run() {
    let dir = tempfile::tempdir().expect("a folder");
    let writer = start(dir.path());
    let entry = passage("29A12345", 0, "bac-1", Direction::In);
    let misread = passage("29A12346", 600, "nam-1", Direction::Out);
    writer.send(record(entry)).expect("sent");
    writer.send(record(misread.clone())).expect("sent");
    writer.flush().expect("written");
    let (store, reader) = opened(dir.path());
    assert_eq!((legs(&reader, "29A12345"), legs(&reader, "29A12346")), (1, 1));

    let first = correction(&misread, 700, Some(read("29A12345")));
    assert_eq!(correct(&store, first.clone()), 1);
    assert_eq!((legs(&reader, "29A12345"), legs(&reader, "29A12346")), (2, 0));
    let now = reader.passage(&misread.id).expect("asked").expect("there");
    assert_eq!(
        (now.plate.as_deref(), now.confidence, now.corrected, now.revision),
        (Some("29A12345"), 1.0, true, 2)
    );
    assert_eq!(now.province.as_deref(), Some("30"));
    let kept = reader.corrected(&misread.id).expect("asked").expect("corrected");
    assert_eq!(kept.program.plate.as_deref(), Some("29A12346"));
    assert_eq!(kept.corrections, std::slice::from_ref(&first));
    assert_eq!(correct(&store, first), 0, "once is enough");

    // Nothing legible after all: no plate, no journey.
    assert_eq!(correct(&store, correction(&misread, 800, Some(PersonRead::ILLEGIBLE))), 1);
    let now = reader.passage(&misread.id).expect("asked").expect("there");
    assert_eq!((now.plate, now.plate_state, now.candidates.len()), (None, PlateState::Undetermined, 0));
    assert_eq!(legs(&reader, "29A12345"), 1);

    // Taken back: the program's reading stands again.
    assert_eq!(correct(&store, correction(&misread, 900, None)), 1);
    let now = reader.passage(&misread.id).expect("asked").expect("there");
    assert_eq!((now.plate.as_deref(), now.corrected, now.revision), (Some("29A12346"), false, 4));
    assert_eq!(now.confidence, misread.confidence);

    let audit = reader.audit(&AuditFilter::default()).expect("the audit");
    let told: Vec<_> = audit.iter().map(|r| (r.what, r.who.as_str(), r.purpose.as_str())).collect();
    assert_eq!(told, [(Deed::Correction, "lan01", "seen on the frame"); 3]);
    assert!(audit[0].query.ends_with(" by lan: car:29A12346 -> car:29A12345"), "{}", audit[0].query);
    correct(&store, correction(&misread, 1000, Some(read("29A12345"))));
    writer.close().expect("closed");
    let store = Store::open(dir.path(), OpenMode::ReadWrite).expect("a store");
    let found = check(&store, &Hands::new(assemble())).expect("a check");
    assert!(found.iter().all(|f| f.severity == Severity::Note), "{found:?}");
    // Whoever changes what a person has said is found.
    let db = rusqlite::Connection::open(store.file()).expect("a database");
    db.execute("UPDATE passages SET verdict = 'home' WHERE corrected = 1", []).expect("changed");
    let found = check(&store, &Hands::new(assemble())).expect("a check");
    assert!(found.iter().any(|f| f.text.contains("what its last correction says")), "{found:?}");
}

#[test]
fn later_looks_of_the_program_do_not_undo_a_person() {
    let dir = tempfile::tempdir().expect("a folder");
    let first = passage("29A12346", 0, "bac-1", Direction::In);
    write(dir.path(), [record(first.clone())]);
    let (store, reader) = opened(dir.path());
    correct(&store, correction(&first, 10, Some(read("29A12345"))));
    let second = Passage { revision: 2, looks: 20, plate: Some("29A12347".to_owned()), ..first.clone() };
    let picture = Picture { kind: PictureKind::Plate, jpeg: jpeg(50) };
    write(dir.path(), [Record::Passage(Box::new(second), vec![picture])]);
    let now = reader.passage(&first.id).expect("asked").expect("there");
    assert_eq!((now.plate.as_deref(), now.looks, now.revision), (Some("29A12345"), 20, 3));
    assert!(now.pictures.plate.is_some());
    let kept = reader.corrected(&first.id).expect("asked").expect("corrected");
    assert_eq!((kept.program.plate.as_deref(), kept.program.revision), (Some("29A12347"), 2));
    let said: Vec<_> = reader.revisions_of(&first.id).expect("revisions");
    assert_eq!(said, [(1, Some("29A12346".to_owned())), (2, Some("29A12345".to_owned()))]);

    // The file is read again: nothing new. Nor does a later `home` take the passage away from what a person said.
    let count = HomeCount {
        id: first.id.clone(),
        revision: 3,
        camera: first.camera.clone(),
        direction: first.direction,
        class: first.class,
        crossed_at: first.crossed_at,
    };
    write(dir.path(), [record(first.clone()), Record::HomeCount(count)]);
    assert_eq!(reader.passage(&first.id).expect("asked"), Some(now));
    // What is taken back is taken back.
    let back = CancelledPassage { id: first.id.clone(), at: first.crossed_at, why: "back".to_owned() };
    write(dir.path(), [Record::Cancelled(back)]);
    assert_eq!(reader.corrected(&first.id).expect("asked"), None);
    assert_eq!(reader.passages(&Filter::default()).expect("passages"), []);
}

#[test]
fn the_order_in_which_corrections_arrive_does_not_matter() {
    let p = passage("29A12346", 0, "bac-1", Direction::In);
    let early = correction(&p, 10, Some(read("29A11111")));
    let late = correction(&p, 20, Some(read("29A22222")));
    let mut told = Vec::new();
    for order in [[early.clone(), late.clone()], [late, early]] {
        let dir = tempfile::tempdir().expect("a folder");
        write(dir.path(), [record(p.clone())]);
        let (store, reader) = opened(dir.path());
        for correction in order {
            assert_eq!(correct(&store, correction), 1);
        }
        told.push(reader.passages(&Filter::default()).expect("passages"));
    }
    assert_eq!(told[0], told[1]);
    assert_eq!(told[0][0].plate.as_deref(), Some("29A22222"));
}

#[test]
fn what_is_not_there_cannot_be_corrected() {
    let dir = tempfile::tempdir().expect("a folder");
    write(dir.path(), []);
    let (store, reader) = opened(dir.path());
    let nobody = passage("29A12346", 0, "bac-1", Direction::In);
    assert_eq!(correct(&store, correction(&nobody, 10, None)), 0);
    assert_eq!(reader.corrected(&RecordId::from_text("p0")).expect("asked"), None);
    assert_eq!(reader.audit(&AuditFilter::default()).expect("the audit"), []);
}

/// What happens to a passage: the program amends it, a person corrects it.
#[derive(Debug, Clone)]
enum Step {
    Amended(u32),
    Corrected(i64),
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig { cases: 12, ..Default::default() })]

    #[test]
    fn any_order_of_looks_and_corrections_ends_the_same(
        order in proptest::sample::subsequence((0..7).collect::<Vec<usize>>(), 7).prop_shuffle()
    ) {
        let steps = [2, 3, 4].map(Step::Amended).into_iter().chain([10, 20, 20, 30].map(Step::Corrected));
        let steps: Vec<Step> = steps.collect();
        let dir = tempfile::tempdir().expect("a folder");
        let p = passage("29A12346", 0, "bac-1", Direction::In);
        write(dir.path(), [record(p.clone())]);
        let (store, reader) = opened(dir.path());
        for i in order {
            match &steps[i] {
                Step::Amended(revision) => {
                    let plate = Some(format!("29A0000{revision}"));
                    write(dir.path(), [record(Passage { revision: *revision, plate, ..p.clone() })]);
                }
                Step::Corrected(at) => {
                    correct(&store, correction(&p, *at, Some(read(&format!("29A999{at}")))));
                }
            }
        }
        let now = reader.passage(&p.id).expect("asked").expect("there");
        // Four looks and three corrections, one of which came twice.
        proptest::prop_assert_eq!((now.plate.as_deref(), now.revision, now.corrected), (Some("29A99930"), 7, true));
        let kept = reader.corrected(&p.id).expect("asked").expect("corrected");
        proptest::prop_assert_eq!(kept.program.plate.as_deref(), Some("29A00004"));
        proptest::prop_assert_eq!(kept.corrections.len(), 3);
        proptest::prop_assert_eq!((legs(&reader, "29A99930"), legs(&reader, "29A00004")), (1, 0));
    }
}

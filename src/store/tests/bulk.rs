use super::support::{assemble, at, key, passage, record, write};
use crate::domain::journey::Witness;
use crate::domain::place::Direction;
use crate::store::{BulkLoad, Filter, Hands, OpenMode, SettingsUsed, Severity, Store, StoreError, check};

fn settings() -> SettingsUsed {
    SettingsUsed {
        home: "Thái Nguyên".to_owned(),
        gates: Vec::new(),
        cameras: Vec::new(),
        lost_after_s: 259_200,
        same_crossing_s: 20,
    }
}

#[test]
fn a_store_filled_at_once_is_as_one_that_was_written() {
    let passages = [
        passage("29A12345", 0, "bac-1", Direction::In),
        passage("29A54321", 60, "bac-1", Direction::In),
        passage("29A12345", 600, "bac-2", Direction::Out),
    ];
    let (filled, written) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    let store = Store::open(filled.path(), OpenMode::Create).expect("a store");
    let mut bulk = BulkLoad::start(&store).expect("an empty store");
    for p in &passages {
        bulk.passage(p, at(700)).expect("written");
    }
    for text in ["29A12345", "29A54321"] {
        let of = passages.iter().filter(|p| p.plate.as_deref() == Some(text)).cloned();
        let witnesses: Vec<Witness> = of.map(Witness::read).collect();
        for journey in assemble()(&key(text), &witnesses) {
            bulk.journey(&journey).expect("written");
        }
    }
    let counts = bulk.finish(&settings(), at(700)).expect("finished");
    assert_eq!((counts.passages, counts.journeys), (3, 2));
    drop(store);

    write(written.path(), passages.into_iter().map(record));
    let told = |dir: &std::path::Path| {
        let reader = Store::open(dir, OpenMode::ReadOnly).and_then(|s| s.reader()).expect("a reader");
        let everything = Filter::default();
        (
            reader.passages(&everything).expect("passages"),
            reader.journeys(&everything, at(1000)).expect("journeys"),
            reader.hourly(&everything).expect("counts"),
            reader.plates_like("*", 10).expect("plates"),
        )
    };
    assert_eq!(told(filled.path()), told(written.path()));
    let store = Store::open(filled.path(), OpenMode::ReadWrite).expect("a store");
    let found = check(&store, &Hands::new(assemble())).expect("a check");
    assert!(found.iter().all(|f| f.severity == Severity::Note), "{found:?}");
}

#[test]
fn only_a_new_store_is_filled() {
    let dir = tempfile::tempdir().expect("a folder");
    write(dir.path(), [record(passage("29A12345", 0, "bac-1", Direction::In))]);
    let store = Store::open(dir.path(), OpenMode::ReadWrite).expect("a store");
    assert!(matches!(BulkLoad::start(&store), Err(StoreError::NotEmpty { .. })));
}

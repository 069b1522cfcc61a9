use super::support::{assemble, at, key};
use crate::store::{AuditFilter, Deed, Filter, Hands, OpenMode, Severity, Store, VERSION, check};

/// Every older version as it lay on disk.
const FIXTURES: &[(i64, &str)] = &[
    (1, include_str!("../fixtures/v1.sql")),
    (2, include_str!("../fixtures/v2.sql")),
    (3, include_str!("../fixtures/v3.sql")),
    (4, include_str!("../fixtures/v4.sql")),
    (5, include_str!("../fixtures/v5.sql")),
    (6, include_str!("../fixtures/v6.sql")),
    (7, include_str!("../fixtures/v7.sql")),
];

/// Tables, columns, keys, indices and triggers, without comments and white space, in one order.
fn shape(db: &rusqlite::Connection) -> Vec<String> {
    let mut shape = Vec::new();
    let mut names =
        db.prepare("SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name").expect("sql");
    let rows = names
        .query_map([], |r| {
            Ok((r.get::<_, String>(0)?, r.get::<_, String>(1)?, r.get::<_, Option<String>>(3)?))
        })
        .expect("rows");
    for row in rows {
        let (kind, name, sql) = row.expect("a row");
        if kind == "table" {
            let mut columns = db
                .prepare("SELECT name || ' ' || type || ' ' || \"notnull\" || ' ' || pk FROM pragma_table_xinfo(?1)")
                .expect("sql");
            let columns: Vec<String> = columns
                .query_map([&name], |r| r.get(0))
                .expect("rows")
                .collect::<Result<_, _>>()
                .expect("columns");
            shape.push(format!("table {name}: {}", columns.join(", ")));
        } else if let Some(sql) = sql {
            shape.push(sql.split_whitespace().collect::<Vec<_>>().join(" "));
        }
    }
    shape
}

#[test]
fn there_is_a_fixture_of_every_older_version() {
    let versions: Vec<i64> = FIXTURES.iter().map(|f| f.0).collect();
    assert_eq!(versions, (1..VERSION).collect::<Vec<_>>());
}

#[test]
fn every_older_store_is_brought_to_the_present_one_with_all_that_it_holds() {
    let fresh = tempfile::tempdir().expect("a folder");
    let fresh = Store::open(fresh.path(), OpenMode::Create).expect("a store").read().map(|db| shape(&db));
    let fresh = fresh.expect("its shape");
    for (version, sql) in FIXTURES {
        for mode in [OpenMode::ReadOnly, OpenMode::ReadWrite, OpenMode::Create] {
            let dir = tempfile::tempdir().expect("a folder");
            let db = rusqlite::Connection::open(dir.path().join("hanhtrinh.db")).expect("a database");
            db.execute_batch(sql).expect("the fixture");
            let number: i64 = db.pragma_query_value(None, "user_version", |r| r.get(0)).expect("a version");
            assert_eq!(number, *version);
            drop(db);
            let store = Store::open(dir.path(), mode).expect("an old store");
            assert_eq!(shape(&store.read().expect("a connection")), fresh, "version {version}");
            let reader = store.reader().expect("a reader");
            let passages = reader.passages(&Filter::default()).expect("passages");
            assert_eq!(passages.len(), 3);
            let entry = passages.iter().find(|p| p.revision == 2).expect("the amended one");
            assert!(entry.pictures.plate.is_some());
            assert_eq!(reader.revisions_of(&entry.id).expect("revisions").len(), 1);
            assert_eq!(reader.cancelled(10).expect("cancelled").len(), 1);
            let journeys = reader.journeys_of(&[key("29A12345")], at(9000)).expect("journeys");
            assert_eq!((journeys[0].legs.len(), journeys[0].outages.len()), (2, 1));
            assert_eq!(reader.settings().expect("settings").map(|s| s.home).as_deref(), Some("Thái Nguyên"));
            let audit = reader.audit(&AuditFilter::default()).expect("the audit");
            let told: Vec<_> = audit.iter().map(|r| (r.what, r.about, r.results)).collect();
            let question = (Deed::Question, None, None);
            assert_eq!(
                told,
                [question, (Deed::Answer, Some(1), Some(2)), question, (Deed::Upgrade, None, None)]
            );
            assert_eq!((audit[2].who.as_str(), audit[2].verb.as_str()), ("lan", "where"));
            // All of it holds together; only the picture's file is not part of the fixture.
            let found = check(&store, &Hands::new(assemble())).expect("a check");
            let faults: Vec<_> = found.iter().filter(|f| f.severity > Severity::Note).collect();
            assert_eq!(faults.len(), 1, "{faults:?}");
            assert!(faults[0].text.contains("is missing"), "{faults:?}");
        }
    }
}

/// A folder with the store of an older version, and its database.
fn old_store(version: i64) -> (tempfile::TempDir, rusqlite::Connection) {
    let dir = tempfile::tempdir().expect("a folder");
    let db = rusqlite::Connection::open(dir.path().join("hanhtrinh.db")).expect("a database");
    let (_, sql) = FIXTURES.iter().find(|f| f.0 == version).expect("a fixture");
    db.execute_batch(sql).expect("the fixture");
    (dir, db)
}

/// What was kept as JSON beside each unsure passage is found by plate.
#[test]
fn hints_of_version_6_are_taken_over() {
    let (dir, db) = old_store(6);
    let hints = r#"[{"text": "29A12346", "p": 0.4}, {"text": "29A12348", "p": 0.25}]"#;
    let put = "INSERT INTO unsure (number, passage, plate, plate_kind, at, read, waits, hints) \
        SELECT 7, id, '29A1234?', 'car', crossed_at, 0, 0, ?1 FROM passages LIMIT 1";
    assert_eq!(db.execute(put, [hints]), Ok(1));
    drop(db);
    let store = Store::open(dir.path(), OpenMode::ReadOnly).expect("an old store");
    let db = store.read().expect("a connection");
    let mut all = db.prepare("SELECT plate, p FROM hints WHERE number = 7 ORDER BY p DESC").expect("sql");
    let found: Vec<(String, f64)> =
        all.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).and_then(Iterator::collect).expect("hints");
    assert_eq!(found, [("29A12346".to_owned(), 0.4), ("29A12348".to_owned(), 0.25)]);
}

/// A vote of .987 was confident then, is not now, and is written down to be decided again.
#[test]
fn reads_that_are_no_longer_confident_are_written_down() {
    let (dir, db) = old_store(7);
    let unsure = "SELECT count(*), total(waits) FROM unsure";
    let count = |db: &rusqlite::Connection| {
        db.query_row(unsure, [], |row| Ok((row.get(0)?, row.get(1)?))).expect("a count")
    };
    assert_eq!(count(&db), (0, 0.0));
    drop(db);
    let store = Store::open(dir.path(), OpenMode::ReadWrite).expect("an old store");
    assert_eq!(count(&store.read().expect("a connection")), (3, 3.0));
}

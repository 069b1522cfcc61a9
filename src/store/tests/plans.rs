use jiff::SignedDuration;
use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

use super::support::{at, key, passage, record, write};
use crate::domain::detection::VehicleClass;
use crate::domain::place::Direction;
use crate::domain::plate::Verdict;
use crate::store::audit::{AUDIT_BY_PERSON_SQL, AUDIT_SQL};
use crate::store::exchange::PAGE_SQL;
use crate::store::outbox::DUE_SQL;
use crate::store::query::{INSIDE_SQL, OUTAGES_SQL, journeys_sql, passages_sql};
use crate::store::review::all_sql;
use crate::store::{Filter, OpenMode, ReviewFilter, Store};

/// What SQLite says that it will do, one line a step.
fn plan(db: &Connection, sql: &str, values: Vec<Value>) -> Vec<String> {
    let mut query = db.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).expect("a query");
    query
        .query_map(params_from_iter(values), |row| row.get("detail"))
        .expect("a plan")
        .collect::<rusqlite::Result<_>>()
        .expect("its lines")
}

/// A table is read by an index: a few rows of it, or in the order of the answer until the limit is reached.
fn assert_no_scan(what: &str, plan: &[String]) {
    for line in plan {
        let scans = line.starts_with("SCAN") && !line.contains("INDEX") && !line.contains("subquery");
        assert!(!scans && !line.contains("AUTOMATIC"), "{what}: {plan:#?}");
    }
}

#[test]
fn no_listed_query_scans_or_sorts_a_whole_table() {
    let dir = tempfile::tempdir().expect("a folder");
    write(
        dir.path(),
        (0..300).map(|i| record(passage(&format!("29A{i:05}"), i * 60, "bac-1", Direction::In))),
    );
    let store = Store::open(dir.path(), OpenMode::ReadOnly).expect("a store");
    let db = store.read().expect("a connection");
    let f = Filter::default;
    let day = Filter { from: Some(at(0)), to: Some(at(86_400)), ..f() };
    let filters = [
        ("all", f()),
        ("a day", day.clone()),
        ("camera", Filter { cameras: vec!["bac-1".into()], ..day.clone() }),
        ("gate", Filter { gates: vec!["Bắc".into()], ..day.clone() }),
        ("direction", Filter { direction: Some(Direction::In), ..day.clone() }),
        ("verdict", Filter { verdicts: vec![Verdict::Outside], ..day.clone() }),
        ("province", Filter { provinces: vec!["29".into()], ..day.clone() }),
        ("class", Filter { classes: vec![VehicleClass::Bus], ..day.clone() }),
        ("in by", Filter { in_by: Some("Bắc".into()), ..day.clone() }),
        ("longer", Filter { longer_than: Some(SignedDuration::from_hours(5)), ..day.clone() }),
        ("confidence", Filter { min_confidence: Some(0.9), ..day.clone() }),
        ("limit", Filter { limit: Some(20), verdicts: vec![Verdict::Foreign], ..f() }),
        ("plate", Filter { plates: vec![key("29A00007")], ..f() }),
        ("plates", Filter { plates: vec![key("29A00007"), key("29A00008")], ..f() }),
        ("pattern", Filter { plate_patterns: vec!["29A0000*".into()], ..f() }),
    ];
    for (what, filter) in &filters {
        let (sql, values) = passages_sql(filter);
        let passages = plan(&db, &sql, values);
        assert_no_scan(what, &passages);
        let (sql, values) = journeys_sql(filter, at(0));
        let journeys = plan(&db, &sql, values);
        assert_no_scan(what, &journeys);
        if matches!(*what, "all" | "a day" | "limit") {
            for plan in [&passages, &journeys] {
                assert!(plan.iter().all(|l| !l.contains("TEMP B-TREE")), "{what} sorts: {plan:#?}");
            }
        }
        if what.starts_with("plate") {
            for plan in [&passages, &journeys] {
                assert!(plan.iter().any(|l| l.contains("by_plate")), "{what}: {plan:#?}");
            }
        }
    }
    assert_no_scan("inside", &plan(&db, &INSIDE_SQL, vec![Value::Integer(0), Value::Integer(0)]));
    for (sql, values) in all_sql(&ReviewFilter {
        from: Some(at(0)),
        important_since: Some(at(0)),
        limit: 5,
        ..ReviewFilter::default()
    }) {
        let steps = plan(&db, &sql, values);
        assert_no_scan("review", &steps);
    }
    let page = vec![Value::Integer(0), Value::Text(String::new()), Value::Integer(5)];
    let steps = plan(&db, &PAGE_SQL, page);
    assert_no_scan("export", &steps);
    assert!(steps.iter().all(|l| !l.contains("TEMP B-TREE")), "the export sorts: {steps:#?}");
    let due = vec![Value::Text("a".into()), Value::Integer(0), Value::Integer(1)];
    assert_no_scan("outbox", &plan(&db, DUE_SQL, due));
    let person = ["audit", "audit by person"].into_iter().zip([AUDIT_SQL, AUDIT_BY_PERSON_SQL]);
    for (what, sql) in person {
        let mut values = vec![Value::Integer(0); 3];
        values.extend((what != "audit").then(|| Value::Text("lan".into())));
        let steps = plan(&db, sql, values);
        assert_no_scan(what, &steps);
        assert!(steps.iter().all(|l| !l.contains("TEMP B-TREE")), "{what} sorts: {steps:#?}");
    }
    let values = vec![Value::Text("bac-1".into()), Value::Integer(0), Value::Integer(1)];
    assert_no_scan("outages", &plan(&db, OUTAGES_SQL, values));
}

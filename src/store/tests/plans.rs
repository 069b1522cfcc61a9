use jiff::SignedDuration;
use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

use super::support::{at, key, passage, record, write};
use crate::domain::detection::VehicleClass;
use crate::domain::place::Direction;
use crate::domain::plate::Verdict;
use crate::join::Round;
use crate::store::alerts::LATEST;
use crate::store::audit::{AUDIT_BY_PERSON_SQL, AUDIT_SQL};
use crate::store::exchange::PAGE_SQL;
use crate::store::joined::MAY_BE;
use crate::store::joined::books::{NAMING, NEAR, NEAR_UNSURE, Source, anchors_sql};
use crate::store::joined::learned::{CONFIDENT, COUNTED};
use crate::store::outbox::DUE_SQL;
use crate::store::query::{OUTAGES_SQL, journeys_sql, passages_sql, standing_sql};
use crate::store::review::all_sql;
use crate::store::search::{BY_CANDIDATE, BY_TEXT, FIRST, LAST, pattern_sql};
use crate::store::traffic::{
    AT_CAMERA, AT_GATE, LAST_AT, WITH_PLATE, hourly_sql, part_of_hour_sql, repeated_sql,
};
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
        if !what.starts_with("plate") && !what.starts_with("pattern") {
            for (sql, values) in standing_sql("j.id", filter, at(0), SignedDuration::from_hours(72)) {
                let inside = plan(&db, &sql, values);
                assert_no_scan(what, &inside);
                assert!(
                    inside.iter().any(|l| l.contains("started_at") || l.contains("journeys_long")),
                    "{inside:#?}"
                );
            }
        }
    }
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
    let newest = [Value::Integer(100), Value::Integer(0), Value::Integer(1)];
    let steps = plan(&db, LATEST, newest.to_vec());
    assert_searches("alerts", "alert_events_by_time", &steps);
    assert!(steps.iter().all(|l| !l.contains("TEMP B-TREE")), "{steps:#?}");
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

/// As [`assert_no_scan`], and the first thing done is a search by this index.
fn assert_searches(what: &str, index: &str, plan: &[String]) {
    assert_no_scan(what, plan);
    assert!(plan.iter().any(|l| l.starts_with("SEARCH") && l.contains(index)), "{what}: {plan:#?}");
}

#[test]
fn questions_about_plates_and_traffic_search_by_an_index() {
    let dir = tempfile::tempdir().expect("a folder");
    write(dir.path(), [record(passage("29A12345", 0, "bac-1", Direction::In))]);
    let store = Store::open(dir.path(), OpenMode::ReadOnly).expect("a store");
    let db = store.read().expect("a connection");
    for (pattern, index) in [
        ("30A*45", "plates_by_folded"),
        ("30A1234?", "plates_by_folded"),
        ("*12345", "plates_backwards"),
        ("?0A12345", "plates_backwards"),
        ("3*12345", "plates_backwards"),
    ] {
        let (sql, values) = pattern_sql(pattern, 100);
        assert_searches(pattern, index, &plan(&db, &sql, values));
    }
    // Nothing at either end to look up: each plate once, not its passages.
    let (sql, values) = pattern_sql("*123*", 100);
    assert_eq!(plan(&db, &sql, values), ["SCAN plates"]);

    let text = |word: &str| Value::Text(word.to_owned());
    let span = || vec![Value::Integer(0), Value::Integer(1)];
    assert_searches(
        "by candidate",
        "PRIMARY KEY (plate=?)",
        &plan(&db, BY_CANDIDATE, vec![text("29A12345")]),
    );
    assert_searches("by text", "plates_by_folded", &plan(&db, BY_TEXT, vec![text("29A12345")]));
    for sql in [FIRST, LAST] {
        let found = plan(&db, sql, vec![text("29A12345"), text("car")]);
        assert_searches("a plate's end", "passages_by_plate", &found);
        assert!(found.iter().all(|l| !l.contains("TEMP B-TREE")), "{found:#?}");
    }
    let there = |name| [vec![text(name), text("in")], span()].concat();
    assert_searches("at a gate", "passages_by_gate", &plan(&db, AT_GATE, there("Bắc")));
    assert_searches("at a camera", "passages_by_camera", &plan(&db, AT_CAMERA, there("bac-1")));
    let confident = [span(), vec![Value::Real(0.9)]].concat();
    assert_searches("with plates", "passages_by_time", &plan(&db, WITH_PLATE, confident));
    assert_searches("the last", "passages_by_time", &plan(&db, LAST_AT, Vec::new()));
    let day = Filter { from: Some(at(0)), to: Some(at(86_400)), ..Filter::default() };
    let (sql, values) = hourly_sql(&day);
    assert_searches("counts by hour", "PRIMARY KEY", &plan(&db, &sql, values));
    let (sql, values) = part_of_hour_sql(&day);
    assert_searches("counts of a part of an hour", "passages_by_time", &plan(&db, &sql, values));
    let (sql, values) = repeated_sql(&day, 3);
    assert_searches("repeated", "journeys_by_time", &plan(&db, &sql, values));
}

#[test]
fn what_is_learned_of_goes_through_its_own_time_alone() {
    let dir = tempfile::tempdir().expect("a folder");
    write(dir.path(), [record(passage("29A12345", 0, "bac-1", Direction::In))]);
    let store = Store::open(dir.path(), OpenMode::ReadOnly).expect("a store");
    let db = store.read().expect("a connection");
    let span = vec![Value::Integer(0), Value::Integer(1)];
    assert_searches("counted", "passages_by_time", &plan(&db, COUNTED, span.clone()));
    let confident = [span, vec![Value::Real(0.98)]].concat();
    assert_searches("confident", "passages_by_time", &plan(&db, CONFIDENT, confident));
}

#[test]
fn what_joining_asks_for_each_passage_scans_nothing() {
    let dir = tempfile::tempdir().expect("a folder");
    write(dir.path(), [record(passage("29A12345", 0, "bac-1", Direction::In))]);
    let store = Store::open(dir.path(), OpenMode::ReadOnly).expect("a store");
    let db = store.read().expect("a connection");
    let key = ["29A12345", "car"].map(|t| Value::Text(t.to_owned()));
    let span = [Value::Integer(0), Value::Integer(1)];
    let of = |more: &[Value]| [key.as_slice(), &span, more].concat();
    for source in [Source::Read, Source::Unread, Source::Guests, Source::ReadGuests] {
        for round in [Round::First, Round::Second] {
            let sql = anchors_sql(source, round, "p.crossed_at, p.id LIMIT 1");
            assert_no_scan(&format!("{source:?}"), &plan(&db, &sql, of(&[Value::Real(0.2)])));
        }
    }
    assert_no_scan("naming", &plan(&db, NAMING, of(&[])));
    assert_searches("may be", "hints_by_plate", &plan(&db, MAY_BE, of(&[])));
    for (what, sql) in [("near", NEAR), ("near unsure", NEAR_UNSURE)] {
        let list = [Value::Text("[\"29A12346\"]".to_owned()), key[1].clone()];
        assert_no_scan(what, &plan(&db, sql, list.to_vec()));
    }
}

//! What the verbs that look for vehicles and count traffic print, in both languages. `INSTA_UPDATE=always cargo test --test
//! asking` takes a change over.

mod support;

use support::program::{answer, ask, hanhtrinh};
use support::records::{company_store, many_passages, small_store};

#[test]
fn each_verb_in_both_languages() {
    let folder = tempfile::tempdir().expect("a folder");
    company_store(folder.path());
    let store = folder.path().display().to_string();
    let likeness = regex::Regex::new(r"\d\.\de-\d").expect("a pattern");
    let cases: &[(&str, &[&str])] = &[
        ("trace", &["trace", "30A-000.11", "--purpose", "case 1"]),
        ("where", &["where", "30A-000.11", "--purpose", "case 1"]),
        ("where_never", &["where", "30A-999.99", "--purpose", "case 1"]),
        ("search_pattern", &["search", "30A*1?", "--purpose", "case 1"]),
        ("search_alike", &["search", "30A00071", "--purpose", "case 1"]),
        ("together", &["together", "30A-000.11", "--purpose", "case 1"]),
        ("clones", &["clones"]),
        ("repeat", &["repeat", "--times", "1"]),
        ("stats", &["stats"]),
        ("stats_direction", &["stats", "--by", "direction,verdict,day", "--province", "ha noi"]),
        ("inside_at", &["inside", "--at", "14/03/2026 07:30"]),
        ("inside_by_origin", &["inside", "--at", "14/03/2026 12:30", "--by", "origin"]),
    ];
    for (name, arguments) in cases {
        for lang in ["en", "vi"] {
            let mut all = arguments.to_vec();
            all.extend(["--store", &store, "--lang", lang]);
            let words: Vec<&dyn AsRef<std::ffi::OsStr>> =
                all.iter().map(|a| a as &dyn AsRef<std::ffi::OsStr>).collect();
            let told = ask(&words);
            assert_eq!(told.code, 0, "{name}: {}", told.err);
            // The likeness is of the reader's table, which every training changes.
            let told = likeness.replace_all(&format!("{}{}", told.out, told.err), "0.0e-0").into_owned();
            insta::assert_snapshot!(format!("{name}_{lang}"), told);
        }
    }
}

#[test]
fn keys_for_other_programs() {
    let folder = tempfile::tempdir().expect("a folder");
    company_store(folder.path());
    let store = folder.path();
    let found = ask(&[&"search", &"30A*", &"--purpose", &"x", &"--json", &"--store", &store]).json();
    assert!(found.iter().all(|f| f["type"] == "found" && f["match"] == "pattern"), "{found:?}");
    let company = ask(&[&"together", &"30A00011", &"--purpose", &"x", &"--json", &"--store", &store]).json();
    assert_eq!(company.len(), 1);
    assert_eq!((company[0]["plate"].as_str(), company[0]["points"].as_u64()), (Some("99A00033"), Some(2)));
    let clones = ask(&[&"clones", &"--json", &"--store", &store]).json();
    assert_eq!(clones.iter().map(|c| c["plate"].as_str()).collect::<Vec<_>>(), [Some("29C00044")]);
    let counts = ask(&[&"stats", &"--by", &"class", &"--json", &"--store", &store]).json();
    let total: u64 = counts.iter().filter_map(|c| c["passages"].as_u64()).sum();
    assert_eq!(total, ask(&[&"passages", &"--json", &"--store", &store]).json().len() as u64);
    let map = ask(&[&"trace", &"30A00011", &"--purpose", &"x", &"--geojson", &"--store", &store]).good();
    let map: serde_json::Value = serde_json::from_str(&map).expect("JSON");
    let kinds: Vec<_> =
        map["features"].as_array().expect("features").iter().map(|f| &f["geometry"]["type"]).collect();
    assert_eq!(kinds, ["Point", "Point", "LineString"]);
    for (verb, form) in [("where", "--csv"), ("search", "--csv"), ("together", "--csv"), ("trace", "--csv")] {
        let told = ask(&[&verb, &"30A00011", &"--purpose", &"x", &form, &"--store", &store]).good();
        assert!(told.lines().count() >= 2 && told.starts_with(|c: char| c.is_ascii_lowercase()), "{told}");
    }
}

#[test]
fn every_verb_about_a_plate_needs_a_purpose() {
    let folder = tempfile::tempdir().expect("a folder");
    small_store(folder.path());
    for verb in ["where", "search", "together", "trace"] {
        ask(&[&verb, &"30A00011", &"--store", &folder.path()]).fails_naming(2, &["--purpose"]);
        let told =
            ask(&[&verb, &"30A00011", &"--lang", &"vi", &"--purpose", &" ", &"--store", &folder.path()]);
        told.fails_naming(2, &["thiếu --purpose"]);
    }
    let filtered =
        ask(&[&"passages", &"--plate", &"30A*11", &"--purpose", &"x", &"--json", &"--store", &folder.path()]);
    assert_eq!(filtered.json().len(), 2);
}

#[test]
fn a_report_is_one_file_that_needs_nothing_else() {
    let folder = tempfile::tempdir().expect("a folder");
    company_store(folder.path());
    for (lang, says) in [("en", "Vehicles at the gates"), ("vi", "Xe qua các cửa ngõ")] {
        let page = ask(&[&"report", &"--lang", &lang, &"--store", &folder.path()]).good();
        assert!(page.contains(says) && page.contains("Cầu Đa Phúc") && page.contains("<svg"), "{page}");
        for outside in ["<script", "http://", "https://", "<link", "<img", "@import", "url("] {
            assert!(!page.contains(outside), "{outside}");
        }
        // Every element that is opened is closed.
        for name in ["html", "body", "svg", "g", "text", "h2", "p", "title"] {
            let count = |what: String| page.matches(&what).count();
            let opened = count(format!("<{name}>")) + count(format!("<{name} "));
            assert_eq!(opened, count(format!("</{name}>")), "{name}");
        }
    }
}

#[test]
fn a_count_from_within_an_hour_is_that_of_the_list() {
    let folder = tempfile::tempdir().expect("a folder");
    company_store(folder.path());
    let store = folder.path();
    let mut counted_some = false;
    for from in ["14/03/2026 7h", "14/03/2026 7h10", "14/03/2026 7h59", "14/03/2026 12h30"] {
        let counts =
            ask(&[&"stats", &"--from", &from, &"--by", &"hour", &"--json", &"--store", &store]).json();
        let total: u64 = counts.iter().filter_map(|c| c["passages"].as_u64()).sum();
        let listed = ask(&[&"passages", &"--from", &from, &"--json", &"--store", &store]).json().len() as u64;
        assert_eq!(total, listed, "{from}");
        counted_some |= total > 0;
    }
    assert!(counted_some);
}

#[test]
fn a_time_after_the_last_passage_reaches_until_now() {
    let folder = tempfile::tempdir().expect("a folder");
    company_store(folder.path());
    let told = ask(&[&"stats", &"--from", &"yesterday", &"--store", &folder.path()]).good();
    let first = told.lines().next().expect("the time that was counted");
    let (from, to) = first.split_once(" to ").expect("from when to when");
    assert!(!from.contains(to), "{first}");
    // From a day to the day before it is a slip, not an empty answer.
    for verb in ["passages", "stats"] {
        let told = ask(&[&verb, &"--from", &"15/3/2026", &"--to", &"14/3/2026", &"--store", &folder.path()]);
        told.fails_naming(2, &["--from", "--to"]);
    }
}

#[test]
fn what_an_operator_types_is_understood_or_answered_with_the_way_out() {
    let folder = tempfile::tempdir().expect("a folder");
    small_store(folder.path());
    let store = folder.path();
    // A camera, however its name is parted; words of Vietnamese tables.
    for camera in ["Đa Phúc", "da_phuc", "DAPHUC"] {
        let told = ask(&[&"passages", &"--camera", &camera, &"--json", &"--store", &store]);
        assert!(!told.json().is_empty(), "{camera}");
    }
    for by in ["tỉnh", "Giờ,cửa ngõ", "loai xe"] {
        ask(&[&"stats", &"--by", &by, &"--store", &store]).good();
    }
    ask(&[&"passages", &"--lang", &"VI", &"--store", &store]).good();
    // A part of a plate, no reason, a way through a file.
    let trace = |plate: &str, purpose: &str| {
        ask(&[&"trace", &plate, &"--purpose", &purpose, &"--lang", &"vi", &"--store", &store])
    };
    trace("30A*", "vụ 1").fails_naming(2, &["hanhtrinh search \"30A*\""]);
    trace("30A00011", " - ").fails_naming(2, &["thiếu --purpose"]);
    let told = ask(&[&"search", &"30A0001?1", &"--purpose", &"x", &"--store", &store]);
    assert!(told.out.contains("nothing found") && told.err.contains("30A0001*1"), "{told:?}");
    let none = store.join("hanhtrinh.db");
    ask(&[&"passages", &"--lang", &"vi", &"--store", &none]).fails_naming(1, &["không có kho dữ liệu"]);
    let list = store.join("none.csv");
    ask(&[&"watch", &"import", &list, &"--lang", &"vi", &"--store", &store])
        .fails_naming(1, &["không có tệp"]);
    std::fs::write(&list, b"\xff\xfeb\0i\0").expect("written");
    ask(&[&"watch", &"import", &list, &"--store", &store]).fails_naming(1, &["CSV UTF-8"]);
    // What counts as lost after three days does not stand inside for four.
    // An empty answer says of which moment it is, and where the rest is found.
    let none = ask(&[&"inside", &"--at", &"01/01/2026 07:30", &"--store", &store]);
    assert!(none.out.contains("01/01/2026 07:30:00") && none.out.contains("journeys"), "{}", none.out);
    let none = ask(&[&"trace", &"30A-000.12", &"--purpose", &"x", &"--lang", &"vi", &"--store", &store]);
    assert!(none.out.contains("hanhtrinh search 30A-000.12"), "{}", none.out);
    let told = ask(&[&"inside", &"--longer-than", &"4 ngày", &"--store", &store]);
    assert!(told.err.contains("72 hours"), "{told:?}");
}

#[test]
fn a_list_that_goes_on_says_so() {
    let folder = tempfile::tempdir().expect("a folder");
    many_passages(folder.path(), 101);
    let store = folder.path();
    let told = ask(&[&"passages", &"--json", &"--store", &store]);
    assert_eq!(told.out.lines().count(), 100);
    assert!(told.err.contains("--limit"), "{}", told.err);
    // Who asks for a number knows it.
    assert_eq!(ask(&[&"passages", &"--limit", &"100", &"--json", &"--store", &store]).json().len(), 100);
    assert_eq!(ask(&[&"passages", &"--limit", &"200", &"--json", &"--store", &store]).json().len(), 101);
}

#[test]
fn on_a_narrow_terminal_a_row_is_told_line_by_line() {
    let folder = tempfile::tempdir().expect("a folder");
    small_store(folder.path());
    let mut command = hanhtrinh(&[&"passages", &"--limit", &"2", &"--store", &folder.path()]);
    let told = answer(command.env("COLUMNS", "60")).good();
    assert!(told.contains("camera") && told.lines().any(|l| l.ends_with("   da-phuc")), "{told}");
    let mut command = hanhtrinh(&[&"passages", &"--limit", &"2", &"--store", &folder.path()]);
    let told = answer(command.env("COLUMNS", "200")).good();
    assert!(told.contains('─'), "wide enough for a table: {told}");
    // Where a table still fits, no time and no plate is broken.
    let mut command = hanhtrinh(&[&"journeys", &"--store", &folder.path()]);
    let told = answer(command.env("COLUMNS", "100")).good();
    assert!(told.contains('─') && told.contains("08:06:40") && told.contains("30A00011"), "{told}");
    // The name of a passage can be copied whole, however wide the terminal is.
    let passages = ask(&[&"review", &"--json", &"--store", &folder.path()]).json();
    let id = passages[0]["id"].as_str().expect("a name");
    for columns in ["60", "80", "100", "120", "160", "200"] {
        let mut command = hanhtrinh(&[&"review", &"--store", &folder.path()]);
        let told = answer(command.env("COLUMNS", columns)).good();
        assert!(told.contains(id), "{columns}: {told}");
    }
}

#[test]
fn who_asked_about_a_plate_is_listed_with_the_answers() {
    let folder = tempfile::tempdir().expect("a folder");
    small_store(folder.path());
    let store = folder.path();
    for (plate, why) in [("30A-000.11", "case 1"), ("29C-000.44", "case 2"), ("30a 00011", "case 3")] {
        ask(&[&"trace", &plate, &"--purpose", &why, &"--store", &store]).good();
    }
    let about = ask(&[&"audit", &"list", &"--plate", &"30A 000.11", &"--json", &"--store", &store]).json();
    let whys: Vec<&str> =
        about.iter().filter_map(|r| r["purpose"].as_str()).filter(|p| !p.is_empty()).collect();
    assert_eq!((about.len(), whys), (4, vec!["case 1", "case 3"]));
    // A question and its answer are one line, and so many lines are shown as were asked for.
    let table = ask(&[&"audit", &"list", &"--limit", &"2", &"--store", &store]).good();
    assert_eq!(table.lines().count(), 4, "{table}");
    assert!(table.contains("case 2") && table.contains("case 3"), "{table}");
}

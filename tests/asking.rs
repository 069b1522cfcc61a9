//! What the verbs that look for vehicles and count traffic print, in both languages. `INSTA_UPDATE=always cargo test --test
//! asking` takes a change over.

mod support;

use support::program::ask;
use support::records::{company_store, small_store};

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

//! What every verb prints in its other forms, for programs and maps, from one store; and the report. `INSTA_UPDATE=always
//! cargo test --test forms` takes a change over. Tables in both languages: asking.rs, keeping.rs, printed.rs.

mod support;

use std::path::Path;
use std::process::Command;

use hanhtrinh::domain::ids::RecordId;
use regex::Regex;

use support::program::{Answer, answer, hanhtrinh};
use support::records::company_store;

/// Without models, so that no training changes an answer.
fn told(arguments: &[&str], store: &Path) -> Answer {
    let mut command = hanhtrinh(&[]);
    command.args(arguments).arg("--store").arg(store).env("HANHTRINH_MODELS", "/nonexistent");
    answer(&mut command)
}

/// The same on every machine and day: login, folder, the present moment, and hashes of them are taken out.
fn plain(text: &str, store: &Path) -> String {
    let login = String::from_utf8(Command::new("id").arg("-un").output().expect("id").stdout).expect("UTF-8");
    let text = text.replace(&store.display().to_string(), "[store]");
    let moment = Regex::new(r"\d{4}-\d\d-\d\dT[\d:.]+\+07:00").expect("a pattern");
    let text = moment.replace_all(&text, |at: &regex::Captures| {
        if at[0].starts_with("2026-03-14") { at[0].to_owned() } else { "[now]".to_owned() }
    });
    let text = Regex::new("[0-9a-f]{64}").expect("a pattern").replace_all(&text, "[hash]");
    let login = Regex::new(&format!(r"\b{}\b", regex::escape(login.trim()))).expect("a pattern");
    login.replace_all(&text, "[login]").into_owned()
}

const ALL: &[&str] = &["--json", "--csv", "--geojson"];
const LISTED: &[&str] = &["--json", "--csv"];

#[test]
fn each_verb_in_each_form() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = folder.path();
    company_store(store);
    let unread = RecordId::derive('p', &["47A11111", "7000"]).to_string();
    let purpose = ["--purpose", "case 1"];
    let about = |verb: &[&'static str]| [verb, &purpose[..]].concat();
    let correct = ["correct", &unread, "47A-111.11", "--why", "seen", "--by", "Lan", "--json"];
    let cases: Vec<(&str, Vec<&str>, &[&str])> = vec![
        ("passages", vec!["passages", "--province", "phu tho"], ALL),
        ("journeys", vec!["journeys", "--province", "phu tho"], ALL),
        ("inside", vec!["inside", "--at", "14/03/2026 07:30", "--province", "bac ninh"], ALL),
        ("inside_by_origin", vec!["inside", "--at", "14/03/2026 07:30", "--by", "origin"], ALL),
        ("trace", about(&["trace", "30A-000.11"]), ALL),
        ("where", about(&["where", "88A-000.55"]), ALL),
        ("search", about(&["search", "47A-111.17"]), LISTED),
        ("together", about(&["together", "30A-000.11"]), LISTED),
        ("clones", vec!["clones"], LISTED),
        ("repeat", vec!["repeat", "--times", "1", "--province-2021", "phu tho cu"], LISTED),
        ("stats", vec!["stats", "--by", "gate,class"], LISTED),
        ("review", vec!["review", "--below", "0.9"], LISTED),
        ("show", vec!["show", &unread], LISTED),
        ("watch_add", vec!["watch", "add", "47A-111.11", "--reason", "case 2", "--json"], &[]),
        ("watch_list", vec!["watch", "list"], LISTED),
        ("watch_export", vec!["watch", "export"], &[]),
        ("correct", correct.to_vec(), &[]),
        ("alerts", vec!["alerts"], LISTED),
        ("watch_rm", vec!["watch", "rm", "1", "--json"], &[]),
        ("audit", vec!["audit", "list"], LISTED),
        ("store_check", vec!["store", "check", "--json"], &[]),
    ];
    for (name, arguments, forms) in cases {
        let mut all = String::new();
        for form in if forms.is_empty() { &[""][..] } else { forms } {
            let words: Vec<&str> =
                arguments.iter().copied().chain((!form.is_empty()).then_some(*form)).collect();
            let told = told(&words, store);
            assert_eq!((told.code, told.err.as_str()), (0, ""), "{words:?}");
            all.push_str(&format!("{form}\n{}", plain(&told.out, store)));
        }
        insta::assert_snapshot!(name, all);
    }
}

#[test]
fn the_report_in_both_languages() {
    let folder = tempfile::tempdir().expect("a folder");
    company_store(folder.path());
    for lang in ["en", "vi"] {
        let page =
            told(&["report", "--lang", lang, "--from", "13/03/2026", "--to", "14/03/2026"], folder.path());
        insta::assert_snapshot!(format!("report_{lang}"), page.good());
    }
}

#[test]
fn what_was_not_read_is_found_by_what_it_may_show() {
    let folder = tempfile::tempdir().expect("a folder");
    company_store(folder.path());
    for lang in ["en", "vi"] {
        let words = ["search", "47A11111", "--purpose", "case 1", "--lang", lang];
        insta::assert_snapshot!(format!("search_unread_{lang}"), told(&words, folder.path()).good());
    }
}

#[test]
fn a_day_is_asked_for_to_its_end() {
    let folder = tempfile::tempdir().expect("a folder");
    company_store(folder.path());
    let count = |arguments: &[&str]| {
        let words: Vec<&str> = ["passages", "--json"].iter().chain(arguments).copied().collect();
        told(&words, folder.path()).json().len()
    };
    let all = count(&[]);
    assert!(all > 5);
    for to in ["14/03/2026", "2026-03-14", "tháng 3/2026"] {
        assert_eq!(count(&["--from", "14/03/2026", "--to", to]), all, "{to}");
    }
    assert_eq!(count(&["--from", "14/03/2026", "--to", "14/03/2026 00:00"]), 0);
    told(&["passages", "--from", "15/03/2026", "--to", "14/03/2026 12h"], folder.path())
        .fails_naming(2, &["--to", "--from", "15/03/2026"]);
}

#[test]
fn a_slip_is_told_in_the_language_of_the_answers() {
    let mut command = hanhtrinh(&[&"trase", &"30A12345", &"--lang", &"vi"]);
    answer(&mut command).fails_naming(2, &["không có lệnh `trase`", "có phải ý bạn là `trace`"]);
    let mut command = hanhtrinh(&[&"passages", &"--provinse", &"x"]);
    answer(command.env("LC_ALL", "vi_VN.UTF-8"))
        .fails_naming(2, &["không có tùy chọn `--provinse`", "`--province`"]);
    let mut command = hanhtrinh(&[&"passages", &"--provinse", &"x"]);
    answer(&mut command).fails_naming(2, &["no option `--provinse`", "did you mean `--province`"]);
}

#[test]
fn a_damaged_table_of_the_reader_is_told_and_the_question_answered() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = folder.path().join("store");
    company_store(&store);
    let models = folder.path().join("models");
    std::fs::create_dir(&models).expect("a folder");
    std::fs::write(models.join("manifest.toml"), "version = \"what").expect("written");
    let mut command = hanhtrinh(&[&"search", &"30A00071", &"--purpose", &"case 1", &"--store", &store]);
    let told = answer(command.env("HANHTRINH_MODELS", &models));
    assert_eq!(told.code, 0, "{}", told.err);
    let line = told.err.strip_suffix('\n').expect("a line");
    assert!(
        !line.contains('\n') && line.contains("manifest.toml") && line.contains("built-in table"),
        "{line}"
    );
}

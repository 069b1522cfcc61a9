//! The keeping side as its users call it: watch list, alerts, review, corrections, audit. `INSTA_UPDATE=always cargo test
//! --test keeping` takes over what they print.

mod support;

use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;

use hanhtrinh::base::clock::SystemClock;
use hanhtrinh::domain::ids::RecordId;
use hanhtrinh::domain::passage::Passage;
use hanhtrinh::store::{OpenMode, Picture, PictureKind, Record, Store, Writer, WriterOptions};
use regex::Regex;
use serde_json::{Value, json};

use support::program::{answer, ask, hanhtrinh, listed};
use support::records::small_store;

fn with_store(test: impl FnOnce(&Path)) {
    let folder = tempfile::tempdir().expect("a folder");
    small_store(folder.path());
    test(folder.path());
}

/// How many passages are to be reviewed, whatever the shipped reader counts as confident.
fn to_review(store: &Path) -> usize {
    ask(&[&"review", &"--below", &"0.9", &"--json", &"--store", &store]).json().len()
}

/// Name of the passage whose plate could not be read.
fn unread() -> String {
    RecordId::derive('p', &["34A99999", "300"]).to_string()
}

/// The same on every machine and day: the present moment, the login and the widths that come of them are taken out.
fn plain(text: &str, store: &Path) -> String {
    let login = String::from_utf8(Command::new("id").arg("-un").output().expect("id").stdout).expect("UTF-8");
    let text = text.replace(&store.display().to_string(), "[store]");
    let text = Regex::new(r"\d\d/\d\d/\d{4} \d\d:\d\d:\d\d").expect("a pattern").replace_all(
        &text,
        |at: &regex::Captures| {
            if at[0].starts_with("14/03/2026") { at[0].to_owned() } else { "[now]".to_owned() }
        },
    );
    let login = format!(r"\b{}\b", regex::escape(login.trim()));
    let text = Regex::new(&login).expect("a pattern").replace_all(&text, "[login]");
    let text = Regex::new("  +").expect("a pattern").replace_all(&text, "  ");
    Regex::new("─+").expect("a pattern").replace_all(&text, "─").into_owned()
}

/// What each verb prints, one after the other on one store.
fn told(lang: &str) -> Vec<(&'static str, String)> {
    let mut all = Vec::new();
    with_store(|store| {
        let mut tell = |name: &'static str, arguments: &[&str]| {
            let mut command = hanhtrinh(&[]);
            command.args(arguments).args(["--lang", lang, "--store"]).arg(store);
            all.push((name, plain(&answer(&mut command).good(), store)));
        };
        tell("watch_add", &["watch", "add", "34A-999.99", "--alike", "--reason", "vụ 12/2026"]);
        tell(
            "watch_add_pattern",
            &["watch", "add", "30A*11", "--reason", "vụ 13/2026", "--until", "31/12/2099"],
        );
        tell("watch_rm", &["watch", "rm", "2"]);
        tell("watch_list", &["watch", "list", "--all"]);
        tell("review", &["review", "--below", "0.9"]);
        let id = unread();
        tell("correct", &["correct", &id, "34A-999.99", "--by", "Lan", "--why", "đọc trên ảnh"]);
        tell("alerts", &["alerts"]);
        tell("show", &["show", &id[..12]]);
        tell("audit_list", &["audit", "list"]);
        tell("journey_of_it", &["journeys", "--province", "Hải Dương", "--to", "15/03/2026"]);
    });
    all
}

#[test]
fn what_each_verb_prints_in_english() {
    for (name, text) in told("en") {
        insta::assert_snapshot!(name, text);
    }
}

#[test]
fn what_each_verb_prints_in_vietnamese() {
    for (name, text) in told("vi") {
        insta::assert_snapshot!(format!("{name}_vi"), text);
    }
}

#[test]
fn a_correction_is_told_in_json_and_can_be_taken_back() {
    with_store(|store| {
        let id = unread();
        let correct = |arguments: &[&str]| {
            let mut command = hanhtrinh(&[]);
            command
                .args(["correct", &id])
                .args(arguments)
                .args(["--why", "x", "--json", "--store"])
                .arg(store);
            answer(&mut command).json().remove(0)
        };
        let now = correct(&["20A-123.45"]);
        assert_eq!(
            (&now["plate"], &now["verdict"], &now["confidence"]),
            (&json!("20A12345"), &json!("home"), &json!(1.0))
        );
        assert_eq!(
            (&now["corrected"], &now["province"], &now["revision"]),
            (&json!(true), &json!("20"), &json!(2))
        );
        let now = correct(&["--none"]);
        assert_eq!((&now["plate_state"], &now["candidates"]), (&json!("undetermined"), &json!([])));
        assert_eq!(to_review(store), 0, "what a person has seen needs no other");
        let now = correct(&["--undo"]);
        assert_eq!((&now["candidates"][0]["text"], &now["corrected"]), (&json!("34A99999"), &Value::Null));
        assert_eq!(to_review(store), 1);
        let shown = ask(&[&"show", &id, &"--json", &"--store", &store]).json().remove(0);
        assert_eq!(shown["type"], "passage_in_full");
        assert_eq!(shown["corrections"].as_array().map(Vec::len), Some(3));
        assert_eq!(shown["program"]["candidates"][0]["text"], "34A99999");
    });
}

#[test]
fn what_is_asked_wrongly_is_refused_with_the_way_out() {
    with_store(|store| {
        let id = unread();
        for (arguments, code, named) in [
            (&["watch", "add", "30A12345"][..], 2, "--reason"),
            (&["watch", "add", "30A12345", "--reason", " "], 2, "--reason"),
            (&["watch", "add", "*", "--reason", "x"], 2, "at least 3"),
            (&["watch", "add", "30A12345", "--reason", "x", "--until", "01/01/2020"], 2, "has passed"),
            (&["watch", "rm", "7"], 2, "no entry 7"),
            (&["watch", "import", "/no/such.csv"], 1, "/no/such.csv"),
            (&["correct", &id, "30A12345"], 2, "--why"),
            (&["correct", &id, "--why", "x"], 2, "--none"),
            (&["correct", "p0nobody", "30A12345", "--why", "x"], 1, "p0nobody"),
            (&["correct", "p", "30A12345", "--why", "x"], 2, "begin with `p`"),
            (&["show", "p0nobody"], 1, "p0nobody"),
            (&["review", "--camera", "da-phu"], 2, "did you mean `da-phuc`"),
        ] {
            let mut command = hanhtrinh(&[]);
            command.args(arguments).arg("--store").arg(store);
            answer(&mut command).fails_naming(code, &[named]);
        }
        assert_eq!(ask(&[&"audit", &"list", &"--json", &"--store", &store]).good(), "");
    });
}

#[test]
fn csv_has_keys_of_json() {
    with_store(|store| {
        let id = unread();
        ask(&[&"watch", &"add", &"34A99999", &"--reason", &"x", &"--store", &store]).good();
        let review = told_in_both(&["review", "--below", "0.9"], store);
        ask(&[&"correct", &id, &"34A-999.99", &"--why", &"x", &"--store", &store]).good();
        let verbs = [&["watch", "list"][..], &["alerts"], &["audit", "list"], &["show", &id]];
        let rest = verbs.map(|verb| told_in_both(verb, store));
        for (keys, line) in rest.into_iter().chain([review]) {
            for key in keys.split(',') {
                let found = key.split('.').try_fold(&line, |value, part| value.get(part));
                assert!(found.is_some(), "{key} is not in {line}");
            }
        }
    });
}

/// The keys of --csv and the first line of --json.
fn told_in_both(verb: &[&str], store: &Path) -> (String, Value) {
    let told = |form: &str| {
        let mut command = hanhtrinh(&[]);
        command.args(verb).arg(form).arg("--store").arg(store);
        answer(&mut command).good()
    };
    let json = told("--json");
    let first = json.lines().next().expect("there is one");
    (told("--csv").lines().next().expect("keys").to_owned(), serde_json::from_str(first).expect("JSON"))
}

#[test]
fn a_list_goes_out_as_csv_and_comes_in_again() {
    with_store(|store| {
        let file = store.join("list.csv");
        let list = "plate,how,reason,until\n30A-123.45,exact,\"stolen, see 12\",\n30A*45,,vụ 13,31/12/2099\n\
                    car:51F12345,alike,x,\n";
        std::fs::write(&file, list).expect("written");
        let import = || ask(&[&"watch", &"import", &file, &"--store", &store]).good();
        assert_eq!(import(), "3 added, 0 changed, 0 known already\n");
        assert_eq!(import(), "0 added, 0 changed, 3 known already\n");
        let out = ask(&[&"watch", &"export", &"--store", &store]).good();
        let expected = "plate,how,reason,until\n30A12345,exact,\"stolen, see 12\",\n\
                        30A*45,pattern,vụ 13,2100-01-01T00:00:00.000+07:00\ncar:51F12345,alike,x,\n";
        assert_eq!(out, expected);
        std::fs::write(&file, out.replace("vụ 13", "vụ 14")).expect("written");
        assert_eq!(import(), "0 added, 1 changed, 2 known already\n");
        assert_eq!(ask(&[&"audit", &"list", &"--json", &"--store", &store]).json().len(), 4);
    });
}

#[test]
fn the_pictures_of_a_passage_are_named_and_opened() {
    with_store(|store| {
        let id = unread();
        let shown = ask(&[&"show", &id, &"--json", &"--store", &store]).json().remove(0);
        let passage: Passage = serde_json::from_value(shown["passage"].clone()).expect("a passage");
        let pictures = vec![Picture { kind: PictureKind::Plate, jpeg: vec![0xff, 0xd8, 0xff, 0xd9] }];
        let amended = Passage { revision: 2, looks: 9, ..passage };
        let opened = Store::open(store, OpenMode::ReadWrite).expect("a store");
        let options = WriterOptions::new(Box::new(|_, _| Vec::new()), Arc::new(SystemClock::new()));
        let writer = Writer::start(opened, options).expect("a writer");
        writer.send(Record::Passage(Box::new(amended), pictures)).expect("sent");
        writer.close().expect("written");
        // A desktop that notes what it is to open.
        let desktop = tempfile::tempdir().expect("a folder");
        let (tool, noted) = (desktop.path().join("xdg-open"), desktop.path().join("noted"));
        std::fs::write(&tool, format!("#!/bin/sh\necho \"$1\" >> {}\n", noted.display())).expect("written");
        std::fs::set_permissions(&tool, std::fs::Permissions::from_mode(0o755)).expect("made a program");
        let mut command = hanhtrinh(&[&"show", &id, &"--open", &"--json", &"--store", &store]);
        let shown = answer(command.env("PATH", desktop.path())).json().remove(0);
        let file = shown["files"]["plate"].as_str().expect("it is named");
        assert!(Path::new(file).is_absolute() && Path::new(file).exists(), "{file}");
        assert_eq!(std::fs::read_to_string(&noted).expect("opened").trim(), file);
        // A picture names its passage, wherever it was copied from.
        for picture in [file, shown["passage"]["pictures"]["plate"].as_str().expect("named")] {
            let again = ask(&[&"show", &picture, &"--json", &"--store", &store]).json();
            assert_eq!(again[0]["passage"]["id"], shown["passage"]["id"], "{picture}");
        }
        std::fs::remove_file(&tool).expect("gone");
        let mut command = hanhtrinh(&[&"show", &id, &"--open", &"--store", &store]);
        answer(command.env("PATH", desktop.path())).fails_naming(1, &["xdg-open"]);
    });
}

#[test]
fn alerts_are_followed() {
    with_store(|store| {
        ask(&[&"watch", &"add", &"34A99999", &"--reason", &"x", &"--store", &store]).good();
        let mut follower = Command::new(env!("CARGO_BIN_EXE_hanhtrinh"))
            .args(["alerts", "--follow", "--json", "--store"])
            .arg(store)
            .stdout(Stdio::piped())
            .spawn()
            .expect("it starts");
        let id = unread();
        ask(&[&"correct", &id, &"34A-999.99", &"--why", &"x", &"--store", &store]).good();
        let mut lines = BufReader::new(follower.stdout.take().expect("its words")).lines();
        let mut next = || -> Value {
            let line = lines.next().expect("it goes on").expect("a line");
            serde_json::from_str(&line).expect("JSON")
        };
        let raised = next();
        assert_eq!(
            (&raised["type"], &raised["state"], &raised["plate"]),
            (&json!("alert"), &json!("raised"), &json!("34A99999"))
        );
        ask(&[&"correct", &id, &"--none", &"--why", &"x", &"--store", &store]).good();
        let withdrawn = next();
        assert_eq!((&withdrawn["state"], &withdrawn["id"]), (&json!("withdrawn"), &raised["id"]));
        follower.kill().expect("it was told to go");
        follower.wait().expect("gone");
    });
}

#[test]
fn what_one_box_exports_another_takes_in() {
    with_store(|store| {
        let folder = tempfile::tempdir().expect("a folder");
        let (file, other) = (folder.path().join("out.jsonl"), folder.path().join("centre"));
        let since = "01/01/2020";
        let told = ask(&[&"store", &"export", &"--since", &since, &"--to", &file, &"--store", &store]).good();
        assert_eq!(told, "5 passages and 0 pictures written\n");
        let take = |lang: &str| {
            let told = ask(&[&"store", &"import", &file, &"--lang", &lang, &"--store", &other]).good();
            told.replace(&file.display().to_string(), "[file]")
        };
        insta::assert_snapshot!("import", take("en"));
        insta::assert_snapshot!("import_vi", take("vi"));
        assert_eq!(listed("passages", &other), listed("passages", store));
        assert_eq!(listed("journeys", &other), listed("journeys", store));
        let audit = ask(&[&"audit", &"list", &"--json", &"--store", &other]).json();
        assert_eq!(audit.iter().map(|r| r["what"].clone()).collect::<Vec<_>>(), ["import", "import"]);
        let said = ask(&[&"audit", &"list", &"--json", &"--store", &store]).json();
        assert_eq!((&said[0]["what"], &said[0]["verb"]), (&json!("export"), &json!("store export")));
        // On standard output it is the same file but for the moment of its making.
        let out = ask(&[&"store", &"export", &"--since", &since, &"--store", &store]).good();
        assert_eq!(out.lines().count(), std::fs::read_to_string(&file).expect("written").lines().count());
        std::fs::write(&file, &out[..out.len() - 20]).expect("written");
        ask(&[&"store", &"import", &file, &"--store", &other]).fails_naming(1, &["out.jsonl", "line"]);
        // Nobody has said where the gate is.
        let form = ask(&[
            &"store",
            &"export",
            &"--since",
            &since,
            &"--form",
            &"circular-12-2020",
            &"--store",
            &store,
        ]);
        assert_eq!((form.code, form.out.as_str()), (0, ""));
        assert!(form.err.contains("5 passages are left out"), "{}", form.err);
    });
}

#[test]
fn completions_and_manual_pages_are_whole() {
    for shell in ["bash", "zsh", "fish"] {
        let text = ask(&[&"completions", &shell]).good();
        assert!(text.contains("hanhtrinh") && text.contains("purpose"), "{shell}");
    }
    let mut bash = Command::new("bash").arg("-n").stdin(Stdio::piped()).spawn().expect("bash");
    let text = ask(&[&"completions", &"bash"]).good();
    bash.stdin.take().expect("piped").write_all(text.as_bytes()).expect("read");
    assert!(bash.wait().expect("it ends").success(), "bash understands it");
    let folder = tempfile::tempdir().expect("a folder");
    assert_eq!(ask(&[&"man", &folder.path()]).good(), "");
    for page in ["hanhtrinh.1", "hanhtrinh-run.1", "hanhtrinh-watch-add.1"] {
        let text = std::fs::read_to_string(folder.path().join(page)).expect(page);
        assert!(text.contains(".TH") && text.contains(".SH"), "{page}");
    }
}

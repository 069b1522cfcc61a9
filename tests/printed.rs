//! What the program prints, word by word. A change here is a change for users: `INSTA_UPDATE=always cargo test --test
//! printed` takes it over.

mod support;

use support::program::{answer, ask, configuration, hanhtrinh};
use support::records::small_store;

fn help(arguments: &[&str]) -> String {
    let mut command = hanhtrinh(&[]);
    // Help shows the values of the variables that it names.
    answer(command.args(arguments).env_remove("ORT_DYLIB_PATH")).good()
}

#[test]
fn help_of_the_program() {
    insta::assert_snapshot!(help(&["--help"]));
}

#[test]
fn help_in_vietnamese() {
    for (name, arguments) in
        [("program", &["--help", "--lang", "vi"][..]), ("trace", &["trace", "--help", "--lang", "vi"])]
    {
        insta::assert_snapshot!(format!("help_vi_{name}"), help(arguments));
    }
}

#[test]
fn help_of_run() {
    insta::assert_snapshot!(help(&["run", "--help"]));
}

#[test]
fn tables_of_passages_and_journeys() {
    let folder = tempfile::tempdir().expect("a folder");
    small_store(folder.path());
    insta::assert_snapshot!("passages", ask(&[&"passages", &"--store", &folder.path()]).good());
    // Of the journey that has ended: what stands open depends on the present moment.
    insta::assert_snapshot!("journeys", ask(&[&"journeys", &"--store", &folder.path()]).good());
    insta::assert_snapshot!(
        "passages_json",
        ask(&[&"passages", &"--json", &"--store", &folder.path()]).good()
    );
    for form in ["csv", "geojson"] {
        let flag = format!("--{form}");
        let told = ask(&[&"passages", &"--limit", &"2", &flag, &"--store", &folder.path()]);
        insta::assert_snapshot!(format!("passages_{form}"), told.good());
        let told = ask(&[&"journeys", &flag, &"--store", &folder.path()]);
        insta::assert_snapshot!(format!("journeys_{form}"), told.good());
    }
}

/// What stands open depends on the present moment, so these are of the journey that has ended.
#[test]
fn tables_in_vietnamese() {
    let folder = tempfile::tempdir().expect("a folder");
    small_store(folder.path());
    for verb in ["passages", "journeys", "inside"] {
        let told = ask(&[&verb, &"--lang", &"vi", &"--store", &folder.path()]);
        insta::assert_snapshot!(format!("{verb}_vi"), told.good());
    }
    // By the locale, too.
    let mut command = hanhtrinh(&[&"inside", &"--store", &folder.path()]);
    assert!(answer(command.env("LC_ALL", "vi_VN.UTF-8")).good().contains("không tìm thấy"));
}

#[test]
fn configuration_of_the_shortest_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let text = "home = \"Thái Nguyên\"\n[store]\ndir = \"store\"\n[[camera]]\nname = \"gate\"\n\
                url = \"rtsp://10.0.0.7/stream\"\nrole = \"gateway\"\nline = [[0.1, 0.6], [0.9, 0.6]]\n";
    let config = configuration(folder.path(), text);
    insta::assert_snapshot!(ask(&[&"config", &"show", &"--config", &config]).good());
    // What is shown can be given again and means the same.
    let shown = ask(&[&"config", &"show", &"--config", &config]).good();
    let again = configuration(folder.path(), &shown);
    assert_eq!(ask(&[&"config", &"show", &"--config", &again]).good(), shown);
}

#[test]
fn a_clean_store() {
    let folder = tempfile::tempdir().expect("a folder");
    small_store(folder.path());
    let told = ask(&[&"store", &"check", &"--store", &folder.path()]).good();
    insta::assert_snapshot!(told.replace(&folder.path().display().to_string(), "[store]"));
}

//! The sample footage as files: what is recorded against its truth, and that a second reading adds nothing.

mod support;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use hanhtrinh::store::{OpenMode, Store};
use serde_json::Value;
use support::ffmpeg;
use support::program::{ask, configuration, listed, pictures_are_there, repository};

fn sample() -> PathBuf {
    repository().join("sample_videos")
}

/// The sample's configuration with clips in `clips`, a store beside it and no metrics.
fn sample_configuration(folder: &Path, clips: &str) -> PathBuf {
    let text = std::fs::read_to_string(sample().join("sample.toml")).expect("the sample is there");
    let text =
        text.replace("../target/sample-store", "store").replace("url = \"", &format!("url = \"{clips}/"));
    let alert = "[[alert]]\nname = \"file\"\nfile = \"alerts.jsonl\"\n";
    configuration(folder, &format!("{text}\n[metrics]\nlisten = \"\"\n{alert}"))
}

fn run(config: &Path) {
    let told = ask(&[&"run", &"--until-end", &"--config", &config]);
    assert_eq!((told.code, told.out.as_str()), (0, ""), "{}", told.err);
}

/// The folder of the truth, and its journeys.
fn truth() -> (PathBuf, Vec<Value>) {
    let folder = sample().join("truth");
    let text = std::fs::read_to_string(folder.join("journeys.jsonl")).expect("read");
    (folder, text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect())
}

fn plates<'a>(journeys: impl IntoIterator<Item = &'a Value>) -> BTreeSet<&'a str> {
    journeys.into_iter().filter_map(|journey| journey["plate"].as_str()).collect()
}

#[test]
fn the_sample_is_recorded_as_it_was() {
    let folder = tempfile::tempdir().expect("a folder");
    let config = sample_configuration(folder.path(), &sample().display().to_string());
    let (truth_dir, truth) = truth();
    let store = folder.path().join("store");
    // A vehicle that both cameras see is watched for from the start.
    let both = truth.iter().find(|j| j["passes"].as_array().is_some_and(|passes| passes.len() > 1));
    let plate = both.and_then(|j| j["plate"].as_str()).expect("the sample has such a one");
    drop(Store::open(&store, OpenMode::Create).expect("a store"));
    ask(&[&"watch", &"add", &plate, &"--reason", &"test", &"--store", &store]).good();
    run(&config);

    let judged = ask(&[
        &"eval",
        &"passages",
        &"--json",
        &"--config",
        &config,
        &"--truth",
        &truth_dir,
        &"--store",
        &store,
    ])
    .json();
    let judged = &judged[0];
    let count = |what: &str| judged[what].as_f64().expect("a count");
    eprintln!("{judged}");
    assert!(count("found") >= 0.95 * count("passages"), "{judged}");
    assert!(count("plate_exact") >= 0.9 * count("readable"), "{judged}");
    for none in ["plate_wrong", "false_passages", "direction_wrong", "verdict_wrong", "links_wrong"] {
        assert_eq!(count(none), 0.0, "{none}: {judged}");
    }
    assert!(count("links_right") >= 0.8 * count("links"), "{judged}");

    let passages = listed("passages", &store);
    let journeys = listed("journeys", &store);
    let foreign: Vec<&Value> = journeys
        .iter()
        .filter(|journey| !plates(&truth).contains(journey["plate"].as_str().unwrap_or("")))
        .collect();
    assert_eq!(foreign, Vec::<&Value>::new(), "a journey that never was");
    assert!(journeys.len() <= truth.len(), "a journey told twice");
    assert!(journeys.iter().all(|journey| journey["verdict"] != "home"));
    assert!(pictures_are_there(&store, &passages) >= passages.len(), "evidence for each");

    // At the end of the clips.
    let found = ask(&[&"inside", &"--at", &"14/03/2026 09:31", &"--json", &"--store", &store]).json();
    let inside = plates(&found);
    let true_inside = plates(truth.iter().filter(|journey| journey["state"] == "inside"));
    assert!(inside.is_subset(&true_inside), "{inside:?} of {true_inside:?}");
    assert!(inside.len() * 10 >= true_inside.len() * 8, "{inside:?} of {true_inside:?}");
    let before = ask(&[&"inside", &"--at", &"14/03/2026 09:29:59", &"--json", &"--store", &store]).json();
    assert_eq!(before, Vec::<Value>::new());

    let traced = ask(&[&"trace", &plate, &"--purpose", &"test", &"--json", &"--store", &store]).json();
    let kinds: Vec<&str> = traced.iter().filter_map(|line| line["type"].as_str()).collect();
    assert_eq!(kinds, ["passage", "passage", "journey"]);
    assert_ne!(traced[0]["camera"], traced[1]["camera"]);
    // One alert each, delivered by the time the run has ended.
    let told = std::fs::read_to_string(folder.path().join("alerts.jsonl")).expect("alerts");
    let told: Vec<Value> = told.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let raised = told.iter().filter(|event| event["state"] == "raised");
    let of: BTreeSet<&str> = raised.clone().filter_map(|event| event["passage"]["id"].as_str()).collect();
    assert_eq!((raised.count(), of), (2, traced[..2].iter().filter_map(|p| p["id"].as_str()).collect()));
    let legs: Vec<&Value> =
        traced[2]["legs"].as_array().expect("legs").iter().map(|leg| &leg["passage"]).collect();
    assert_eq!(legs, [&traced[0]["id"], &traced[1]["id"]]);
    ask(&[&"store", &"check", &"--store", &store]).good();
}

/// Everything a store tells.
fn told(store: &Path) -> [Vec<Value>; 2] {
    ["passages", "journeys"].map(|verb| listed(verb, store))
}

#[test]
fn a_second_reading_adds_nothing_and_another_store_gets_the_same() {
    let folder = tempfile::tempdir().expect("a folder");
    for clip in ["gate.mp4", "town.mp4"] {
        let (from, to) = (sample().join(clip), folder.path().join(clip));
        // Long enough for the first vehicles to cross, and cut in the middle of others.
        ffmpeg(&[&"-i", &from, &"-t", &"14", &"-c", &"copy", &to]);
    }
    let [first, second] = ["first", "second"].map(|name| {
        let place = folder.path().join(name);
        std::fs::create_dir(&place).expect("made");
        run(&sample_configuration(&place, ".."));
        place.join("store")
    });
    let once = told(&first);
    assert!(once[0].len() >= 5 && once[1].len() >= 3, "{once:#?}");
    assert_eq!(once, told(&second), "two stores of the same clips");

    run(&folder.path().join("first/hanhtrinh.toml"));
    assert_eq!(once, told(&first), "the same clips twice");
    assert_eq!(pictures_are_there(&first, &once[0]), pictures_are_there(&second, &once[0]));
    ask(&[&"store", &"check", &"--store", &first]).good();
}

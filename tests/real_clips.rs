//! Real footage with truth read by eye, where the pictures that are not ours are there (`HANHTRINH_SHARED`, default
//! `../shared`): every plate that is legible at 80 px and more is read exactly, and no plate is ever read wrong.
//! Of others what crossed was counted by eye (`tests/real_clips/`). Elsewhere the tests say how many clips they passed over.

mod support;

use std::path::PathBuf;

use serde_json::Value;
use support::program::{ask, configuration, listed, pictures_are_there, repository};

/// Clips of the truth file that are followed here: the one with legible plates, and two in which nothing can be read.
/// `None`: a British plate, which must not become a Vietnamese one.
const CLIPS: [(&str, Option<&str>); 4] = [
    ("carpark", Some("vlu-lantran_carpark.mp4")),
    ("follow", Some("KaitoEight_follow-bike.mp4")),
    ("high", Some("theanhvmu_truccat.mp4")),
    ("british", None),
];

fn videos() -> PathBuf {
    let shared = std::env::var_os("HANHTRINH_SHARED").map(PathBuf::from);
    shared.unwrap_or_else(|| repository().join("../shared")).join("data/videos")
}

#[test]
fn legible_plates_are_read_and_none_is_read_wrong() {
    let videos = videos();
    let Ok(text) = std::fs::read_to_string(videos.join("truth_by_eye.json")) else {
        println!("{} clips passed over: there is no {}", CLIPS.len(), videos.display());
        return;
    };
    let truth: Value = serde_json::from_str(&text).expect("the truth is JSON");
    let folder = tempfile::tempdir().expect("a folder");
    let mut config =
        "home = \"Thái Nguyên\"\n[store]\ndir = \"store\"\n[metrics]\nlisten = \"\"\n".to_owned();
    for (name, file) in CLIPS {
        let file = videos.join(file.unwrap_or("theaiguys_license_plate.mp4"));
        config.push_str(&format!(
            "[[camera]]\nname = \"{name}\"\nurl = \"{}\"\nrole = \"interior\"\nstart = \"2026-03-14T09:00:00+07:00\"\n",
            file.display()
        ));
    }
    let config = configuration(folder.path(), &config);
    let told = ask(&[&"run", &"--until-end", &"--config", &config]);
    assert_eq!(told.code, 0, "{}", told.err);

    let store = folder.path().join("store");
    let passages = listed("passages", &store);
    assert!(pictures_are_there(&store, &passages) > 0);
    for (name, file) in CLIPS {
        let of_clip = passages.iter().filter(|p| p["camera"] == name);
        let read: Vec<&str> = of_clip.filter_map(|p| p["plate"].as_str()).collect();
        let known = file.map(|f| &truth[f]).and_then(|t| t["plates"].as_array()).cloned().unwrap_or_default();
        // Real plates are not printed: an index tells which it is.
        let wrong = read.iter().filter(|text| !known.iter().any(|k| k == **text)).count();
        assert_eq!(wrong, 0, "{name}: plates that are not in the truth");
        for (at, plate) in known.iter().filter_map(Value::as_str).enumerate() {
            let width = file.and_then(|f| truth[f]["plate_px"][plate].as_f64()).unwrap_or_default();
            let found = read.contains(&plate);
            assert!(found || width < 80.0, "{name}: plate {at} of {width} px was not read");
        }
    }
}

/// Cameras of `tests/real_clips/` whose clips are short: no more than nine seconds each.
const COUNTED: [&str; 5] = ["overpass-bend", "city-high", "boulevard", "car-park", "british"];

#[test]
fn what_an_eye_counted_is_recorded() {
    let truth = repository().join("tests/real_clips");
    let counts = std::fs::read_to_string(truth.join("counts.jsonl")).expect("the counts");
    let spans: Vec<Value> = counts.lines().map(|l| serde_json::from_str(l).expect("JSON")).collect();
    let hashes = spans.iter().filter_map(|s| s["plates"].as_array()).flatten();
    let hashes: Vec<&str> = hashes.filter_map(Value::as_str).collect();
    assert!(hashes.len() >= 7 && hashes.iter().all(|h| h.starts_with("sha256:")), "no plate as text");

    let config = std::fs::read_to_string(truth.join("clips.toml")).expect("the configuration");
    let (head, cameras) = config.split_once("[[camera]]").expect("cameras");
    let blocks: Vec<&str> = cameras.split("[[camera]]").collect();
    let block = |name: &str| blocks.iter().find(|b| b.contains(&format!("name = \"{name}\""))).copied();
    for span in &spans {
        let name = span["camera"].as_str().expect("a name");
        assert!(block(name).is_some(), "{name} is in clips.toml");
    }
    let videos = videos();
    if !videos.is_dir() {
        println!("{} clips passed over: there is no {}", COUNTED.len(), videos.display());
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let of_them: Vec<&str> = COUNTED.iter().filter_map(|name| block(name)).collect();
    let text = format!("{head}[[camera]]{}", of_them.join("[[camera]]"));
    let config =
        configuration(folder.path(), &text.replace("\"videos/", &format!("\"{}/", videos.display())));
    let of_them = counts.lines().filter(|l| COUNTED.iter().any(|name| l.contains(&format!("\"{name}\""))));
    std::fs::write(folder.path().join("counts.jsonl"), of_them.collect::<Vec<_>>().join("\n"))
        .expect("written");

    let told = ask(&[&"eval", &"passages", &"--json", &"--config", &config, &"--truth", &folder.path()]);
    assert_eq!(told.code, 0, "{}", told.err);
    let told: Value = serde_json::from_str(&told.out).expect("one object");
    let counted = &told["counted"];
    let count = |what: &str| counted[what].as_u64().expect("a count");
    assert_eq!(count("passages"), 19, "{counted}");
    assert!(count("missed") <= 1 && count("extra") <= 1, "{counted}");
    assert!(count("class_right") >= 17, "{counted}");
    // The four that are parked; the British one is no plate of ours, and nothing else can be read.
    assert_eq!((count("plates_read"), count("plates_other")), (4, 0), "{counted}");
}

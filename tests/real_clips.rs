//! Real footage with truth read by eye, where the pictures that are not ours are there (`HANHTRINH_SHARED`, default
//! `../shared`): every plate that is legible at 80 px and more is read exactly, and no plate is ever read wrong.
//! Elsewhere the test says how many clips it passed over.

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

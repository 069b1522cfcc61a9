//! `eval passages` on an invented record and invented truth: what it prints, word by word. `INSTA_UPDATE=always cargo
//! test --test judging` takes a change over.

mod support;

use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use support::program::{ask, configuration};
use support::records::small_store;

/// A truth that the small store differs from in every way: a plate read wrong, one not read, a passage missed, one that
/// never was, a direction and a class mistaken.
fn truth(folder: &Path) -> PathBuf {
    let pass = |id: &str, at: &str, direction: &str, class: &str, plate: &str, width: &str, more: &str| {
        let readable = plate != "null";
        format!(
            "{{\"id\":\"{id}\",\"camera\":\"da-phuc\",\"crossed_at\":\"2026-03-14T{at}+07:00\",\
             \"direction\":\"{direction}\",\"class\":\"{class}\",\"layout\":null,\"plate\":{plate},\
             \"trailer_plate\":null,\"plate_width_px\":{width},\"readable\":{readable},\
             \"verdict\":\"{}\",\"vehicle\":\"{id}\"{more}}}\n",
            if readable { "outside" } else { "undetermined" }
        )
    };
    let passes = [
        pass("right", "07:01:00.4", "in", "car", "\"30A00011\"", "112", ",\"light\":\"day\""),
        pass(
            "misread",
            "07:02:00",
            "in",
            "car",
            "\"29A00022\"",
            "38.4",
            ",\"light\":\"day\",\"held_out\":true",
        ),
        pass(
            "unread",
            "07:05:00",
            "in",
            "truck",
            "\"34A99999\"",
            "64",
            ",\"light\":\"rain\",\"plate_visible\":0.4",
        ),
        pass("back", "07:06:39.5", "out", "motorcycle", "null", "null", ",\"light\":\"rain\""),
        pass(
            "missed",
            "07:09:00",
            "in",
            "bus",
            "\"15B00077\"",
            "150",
            ",\"light\":\"night\",\"held_out\":true",
        ),
    ];
    let journey = "{\"plate\":\"30A00011\",\"passes\":[\"right\"],\"entered_at\":\"2026-03-14T07:01:00.4+07:00\",\
                   \"left_at\":null,\"state\":\"inside\"}\n";
    let truth = folder.join("truth");
    std::fs::create_dir(&truth).expect("made");
    std::fs::write(truth.join("passes.jsonl"), passes.concat()).expect("written");
    std::fs::write(truth.join("journeys.jsonl"), journey).expect("written");
    truth
}

/// A configuration whose camera is the small store's; its clip is not there.
fn config(folder: &Path) -> PathBuf {
    let text = "home = \"Thái Nguyên\"\n[store]\ndir = \"store\"\n[[gate]]\nname = \"Cầu Đa Phúc\"\n[[camera]]\n\
                name = \"da-phuc\"\nurl = \"gone.mp4\"\nrole = \"gateway\"\ngate = \"Cầu Đa Phúc\"\n\
                line = [[0.1, 0.6], [0.9, 0.6]]\nstart = \"2026-03-14T07:00:00+07:00\"\n";
    configuration(folder, text)
}

#[test]
fn figures_by_camera_light_class_and_width() {
    let folder = tempfile::tempdir().expect("a folder");
    let (truth, config, store) = (truth(folder.path()), config(folder.path()), folder.path().join("store"));
    small_store(&store);
    let eval = |form: &str| {
        ask(&[&"eval", &"passages", &"--config", &config, &"--truth", &truth, &"--store", &store, &form])
            .good()
    };
    insta::assert_snapshot!("eval", eval("--lang=en"));

    let told: Value = serde_json::from_str(&eval("--json")).expect("one object");
    assert_eq!((&told["passages"], &told["held_out"]["passages"]), (&json!(5), &json!(2)));
    assert_eq!(told["by"]["light"]["rain"]["found"], 2);
    assert_eq!(told["held_out"]["by"]["light"]["rain"], Value::Null);
    assert_eq!(told["by"]["camera"]["da-phuc"]["false_passages"], 1);
    assert!(told["wilson95"]["found"][0].as_f64().is_some_and(|lo| (lo - 0.3755).abs() < 1e-4), "{told}");
    insta::assert_snapshot!("eval_group_json", told["by"]["width"]["<40"].to_string());
}

//! `eval passages` on an invented record and invented truth: what it prints, word by word. `INSTA_UPDATE=always cargo
//! test --test judging` takes a change over.

mod support;

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use support::program::{Answer, ask, configuration};
use support::records::small_store;
use support::test_card;

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

/// `eval passages` of what the store holds, with these flags more.
fn judged(config: &Path, truth: &Path, store: &Path, more: &[&dyn AsRef<OsStr>]) -> Answer {
    let given: [&dyn AsRef<OsStr>; 8] =
        [&"eval", &"passages", &"--config", &config, &"--truth", &truth, &"--store", &store];
    ask(&[given.as_slice(), more].concat())
}

#[test]
fn figures_by_camera_light_class_and_width() {
    let folder = tempfile::tempdir().expect("a folder");
    let (truth, config, store) = (truth(folder.path()), config(folder.path()), folder.path().join("store"));
    small_store(&store);
    let eval = |form: &str| judged(&config, &truth, &store, &[&form]).good();
    insta::assert_snapshot!("eval", eval("--lang=en"));

    let told: Value = serde_json::from_str(&eval("--json")).expect("one object");
    assert_eq!((&told["passages"], &told["held_out"]["passages"]), (&json!(5), &json!(2)));
    assert_eq!(told["by"]["light"]["rain"]["found"], 2);
    assert_eq!(told["held_out"]["by"]["light"]["rain"], Value::Null);
    assert_eq!(told["by"]["camera"]["da-phuc"]["false_passages"], 1);
    assert!(told["wilson95"]["found"][0].as_f64().is_some_and(|lo| (lo - 0.3755).abs() < 1e-4), "{told}");
    insta::assert_snapshot!("eval_group_json", told["by"]["width"]["<40"].to_string());
}

/// A page without its pictures' bytes.
fn without_pictures(page: &str) -> String {
    let mut parts = page.split("base64,");
    let mut told = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        told.push_str("base64,...");
        told.push_str(&part[part.find('"').expect("the address ends")..]);
    }
    told
}

#[test]
fn a_sheet_of_what_differs() {
    let folder = tempfile::tempdir().expect("a folder");
    let (truth, config, store) = (truth(folder.path()), config(folder.path()), folder.path().join("store"));
    small_store(&store);
    // Ten minutes of clip at the place that the configuration names, and where the bus of 07:09 is in it.
    test_card(folder.path(), "gone.mp4", 600, &["-r", "5", "-g", "50"]);
    std::fs::create_dir(truth.join("frames")).expect("made");
    let frame = "{\"frame\":2700,\"t\":540.0,\"vehicles\":[{\"id\":\"missed-in\",\"vehicle\":\"missed\",\"class\":\"bus\",\
                 \"box\":[40,30,120,90],\"visible\":0.4,\"cut\":false,\"plate\":{\"text\":\"15B00077\",\"width\":30,\
                 \"visible\":1.0,\"corners\":[[70,80],[100,80],[100,90],[70,90]]}}]}\n";
    std::fs::write(truth.join("frames/da-phuc.jsonl"), frame).expect("written");
    let sheet = |limit: &str, lang: &str| {
        let file = folder.path().join("sheet.html");
        let told =
            judged(&config, &truth, &store, &[&"--sheet", &file, &"--sheet-limit", &limit, &"--lang", &lang]);
        assert_eq!(told.code, 0, "{}", told.err);
        assert!(told.err.contains("sheet.html: 5 "), "{}", told.err);
        std::fs::read_to_string(&file).expect("written")
    };
    let page = sheet("100", "en");
    assert_eq!(page.matches("<article>").count(), 5);
    // The frames of four true passages, and vehicle and plate of the one whose place is known.
    assert_eq!(page.matches("data:image/jpeg;base64,/9j/").count(), 6);
    for foreign in ["http", "<script", "src=\"/"] {
        assert!(!page.contains(foreign), "{foreign}: the page needs nothing else");
    }
    insta::assert_snapshot!("sheet", without_pictures(&page));

    let cut = sheet("2", "vi");
    assert_eq!(cut.matches("<article>").count(), 2);
    assert!(cut.contains("2 trong 5") && cut.len() < page.len(), "the gravest alone");
    insta::assert_snapshot!("sheet_vi", without_pictures(&cut));
}

#[test]
fn without_a_clip_the_sheet_says_so() {
    let folder = tempfile::tempdir().expect("a folder");
    let (truth, config, store) = (truth(folder.path()), config(folder.path()), folder.path().join("store"));
    small_store(&store);
    let file = folder.path().join("sheet.html");
    let told = judged(&config, &truth, &store, &[&"--sheet", &file]);
    assert_eq!(told.code, 0, "{}", told.err);
    let page = std::fs::read_to_string(&file).expect("written");
    assert!(page.contains("No picture: ") && page.contains("gone.mp4"), "{page}");
}

#[test]
fn counts_made_by_eye_are_judged_without_single_passages() {
    let folder = tempfile::tempdir().expect("a folder");
    let (config, store) = (config(folder.path()), folder.path().join("store"));
    small_store(&store);
    let truth = folder.path().join("truth");
    std::fs::create_dir(&truth).expect("made");
    let write = |text: &str| std::fs::write(truth.join("counts.jsonl"), text).expect("written");
    let eval = |form: &str| judged(&config, &truth, &store, &[&form]);
    // Of 4000 s nobody looked at the last; one truck more than there was, and a plate that was not read.
    write(
        "{\"camera\":\"da-phuc\",\"to_s\":1000,\"counts\":{\"in\":{\"car\":2,\"bus\":1,\"motorcycle\":1,\"truck\":1}},\
         \"plates\":[\"30A00011\",\"34A99999\"]}\n",
    );
    insta::assert_snapshot!("eval_counted", eval("--lang=en").good());
    let told: Value = serde_json::from_str(&eval("--json").good()).expect("one object");
    assert_eq!((&told["counted"]["found"], &told["counted"]["missed"]), (&json!(4), &json!(1)));
    assert_eq!(told["counted"]["by_camera"]["da-phuc"]["plates_other"], 1);
    // None of them is held against a truth that does not know them one by one.
    assert_eq!(told["false_passages"], 0);

    let hash = "0".repeat(32);
    write(&format!("{{\"camera\":\"da-phuc\",\"plates\":[\"sha256:{hash}\"]}}\n"));
    eval("--json").fails_naming(1, &["gone.mp4", "cannot be read"]);
    std::fs::write(folder.path().join("gone.mp4"), "a clip").expect("written");
    let told: Value = serde_json::from_str(&eval("--json").good()).expect("one object");
    assert_eq!((&told["counted"]["plates_read"], &told["counted"]["plates_other"]), (&json!(0), &json!(3)));
    write("{\"camera\":\"elsewhere\"}\n");
    eval("--json").fails_naming(1, &["counts.jsonl", "elsewhere"]);
    std::fs::remove_file(truth.join("counts.jsonl")).expect("removed");
    eval("--json").fails_naming(1, &["passes.jsonl", "counts.jsonl"]);
}

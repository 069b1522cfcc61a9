//! What a user meets who asks wrongly, or whose machine lacks something: one line that names the thing and the way
//! out, and the exit code.

mod support;

use std::path::Path;
use std::process::{Command, Stdio};

use hanhtrinh::store::{AuditFilter, Deed, OpenMode, Store};
use support::program::{answer, ask, configuration, hanhtrinh, repository};
use support::records::small_store;

/// A configuration of one file camera that is not there.
fn one_camera(folder: &Path) -> String {
    format!(
        "home = \"Thái Nguyên\"\n[store]\ndir = \"{}\"\n[metrics]\nlisten = \"\"\n[[camera]]\nname = \"gate\"\n\
         url = \"missing.mp4\"\nrole = \"interior\"\nstart = \"2026-03-14T09:30:00+07:00\"\n",
        folder.join("store").display()
    )
}

fn with_store(test: impl FnOnce(&Path)) {
    let folder = tempfile::tempdir().expect("a folder");
    small_store(folder.path());
    test(folder.path());
}

#[test]
fn a_configuration_that_is_not_there() {
    for verb in ["run", "passages", "models"] {
        ask(&[&verb, &"--config", &"nowhere.toml"]).fails_naming(1, &["nowhere.toml", "--config FILE"]);
    }
    ask(&[&"config", &"show", &"--config", &"nowhere.toml"]).fails_naming(1, &["nowhere.toml"]);
}

#[test]
fn keys_and_values_that_are_wrong() {
    let folder = tempfile::tempdir().expect("a folder");
    let good = one_camera(folder.path());
    let cases: &[(&str, &str, &[&str])] = &[
        ("url =", "ulr =", &["hanhtrinh.toml:8", "`ulr`", "did you mean `url`?"]),
        ("[metrics]", "[metric]", &["hanhtrinh.toml:4", "`metric`", "did you mean `metrics`?"]),
        ("\"interior\"", "\"interiour\"", &["hanhtrinh.toml:9", "interiour", "interior"]),
        ("\"Thái Nguyên\"", "7", &["hanhtrinh.toml:1", "string"]),
        ("Thái Nguyên", "Thái Nguyn", &["Thái Nguyn", "Thái Nguyên"]),
        ("2026-03-14T09:30:00+07:00", "14/03/2026", &["camera \"gate\" start", "14/03/2026"]),
    ];
    for (right, wrong, named) in cases {
        let config = configuration(folder.path(), &good.replacen(right, wrong, 1));
        ask(&[&"config", &"check", &"--config", &config]).fails_naming(1, named);
        ask(&[&"run", &"--config", &config]).fails_naming(1, named);
    }
}

#[test]
fn a_file_camera_whose_file_is_not_there() {
    let folder = tempfile::tempdir().expect("a folder");
    let config = configuration(folder.path(), &one_camera(folder.path()));
    let named = ["camera gate", "missing.mp4", "url"];
    ask(&[&"run", &"--until-end", &"--config", &config]).fails_naming(1, &named);
    ask(&[&"config", &"check", &"--config", &config]).fails_naming(1, &["camera \"gate\"", "missing.mp4"]);
    ask(&[&"camera", &"check", &"gate", &"--config", &config])
        .fails_naming(1, &["camera gate", "missing.mp4"]);
}

#[test]
fn a_start_to_come_is_taken_and_told() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("missing.mp4"), "").expect("written");
    let check =
        |text: &str| ask(&[&"config", &"check", &"--config", &configuration(folder.path(), text)]).good();
    let past = one_camera(folder.path());
    assert!(!check(&past).contains("note:"));
    let told = check(&past.replace("2026-03-14", "2226-03-14"));
    assert!(told.contains("camera \"gate\" start: 14/03/2226 09:30:00 lies ahead"), "{told}");
}

#[test]
fn a_folder_that_cannot_be_a_store() {
    let folder = tempfile::tempdir().expect("a folder");
    let config = configuration(folder.path(), &one_camera(folder.path()));
    std::fs::write(folder.path().join("store"), "not a folder").expect("written");
    let store = folder.path().join("store").display().to_string();
    ask(&[&"run", &"--until-end", &"--config", &config])
        .fails_naming(1, &[&store, "cannot be written", "[store]"]);
    ask(&[&"config", &"check", &"--config", &config]).fails_naming(1, &["store dir", &store]);

    let other = folder.path().join("other");
    std::fs::create_dir(&other).expect("made");
    std::fs::write(other.join("hanhtrinh.db"), "somebody else's").expect("written");
    ask(&[&"passages", &"--store", &other]).fails_naming(1, &["hanhtrinh.db", "is not a store"]);
}

#[test]
fn a_store_that_is_not_there() {
    let folder = tempfile::tempdir().expect("a folder");
    let missing = folder.path().join("missing");
    let text = missing.display().to_string();
    for verb in [&["passages"][..], &["journeys"], &["inside"], &["store", "check"]] {
        let mut command = hanhtrinh(&[]);
        command.args(verb).arg("--store").arg(&missing);
        answer(&mut command).fails_naming(1, &["no store in", &text, "hanhtrinh run"]);
    }
    assert!(!missing.exists(), "asking makes nothing");
}

#[test]
fn onnx_runtime_that_is_not_there() {
    let folder = tempfile::tempdir().expect("a folder");
    let config = configuration(folder.path(), &one_camera(folder.path()));
    let mut command = hanhtrinh(&[&"run", &"--until-end", &"--config", &config]);
    command.env("ORT_DYLIB_PATH", "/nowhere/libonnxruntime.so");
    answer(&mut command).fails_naming(1, &["/nowhere/libonnxruntime.so", "cargo xtask setup"]);
    ask(&[&"models", &"--onnxruntime", &config]).fails_naming(1, &["hanhtrinh.toml", "cargo xtask setup"]);
    assert!(!folder.path().join("store").exists(), "a run that cannot see makes no store");
}

#[test]
fn a_model_that_is_damaged_or_not_there() {
    let folder = tempfile::tempdir().expect("a folder");
    for name in ["manifest.toml", "detector.onnx", "reader.onnx", "painted.onnx", "confusion.txt"] {
        std::fs::copy(repository().join("models").join(name), folder.path().join(name)).expect("copied");
    }
    let reader = folder.path().join("reader.onnx");
    let mut bytes = std::fs::read(&reader).expect("read");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&reader, bytes).expect("written");
    let config = configuration(folder.path(), &one_camera(folder.path()));
    for verb in ["models", "run"] {
        let damaged = ask(&[&verb, &"--config", &config, &"--models", &folder.path()]);
        damaged.fails_naming(1, &["reader.onnx", "SHA-256", "restore the file"]);
    }
    std::fs::remove_file(&reader).expect("removed");
    ask(&[&"models", &"--models", &folder.path()]).fails_naming(1, &["reader.onnx", "restore it"]);
    let nothing = folder.path().join("nothing");
    ask(&[&"models", &"--models", &nothing]).fails_naming(1, &["nothing", "--models DIR"]);
}

#[test]
fn a_provider_that_does_not_start_fails_where_it_was_asked_for() {
    if Path::new("/dev/nvidiactl").exists() {
        eprintln!("passed over: this machine has a GPU");
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let text = format!("{}[inference]\nprovider = \"cuda\"\n", one_camera(folder.path()));
    let config = configuration(folder.path(), &text);
    ask(&[&"run", &"--until-end", &"--config", &config]).fails_naming(1, &["provider = \"cuda\"", "`auto`"]);

    // `auto` takes the processor, and the one in use is shown.
    let config = configuration(folder.path(), &text.replace("\"cuda\"", "\"auto\""));
    let told = ask(&[&"models", &"--json", &"--config", &config]).json();
    assert_eq!((&told[0]["type"], &told[0]["provider"]), (&"models".into(), &"cpu".into()));
    ask(&[&"read", &"x.jpg", &"--provider", &"tpu"])
        .fails_naming(2, &["--provider", "tpu", "auto, cpu or cuda"]);
}

#[test]
fn a_question_about_a_plate_needs_its_purpose() {
    with_store(|store| {
        for purpose in [&[][..], &["--purpose", ""], &["--purpose", " \t "]] {
            for question in [
                &["trace", "30A-000.11"][..],
                &["passages", "--plate", "30A00011"],
                &["journeys", "--plate", "30A00011"],
                &["inside", "--plate", "30A00011"],
            ] {
                let mut command = hanhtrinh(&[]);
                command.args(question).args(purpose).arg("--store").arg(store);
                answer(&mut command).fails_naming(2, &["--purpose"]);
            }
        }
        let open = Store::open(store, OpenMode::ReadOnly).expect("opened");
        let audit = open.reader().expect("a reader").audit(&AuditFilter::default()).expect("the audit");
        assert_eq!(audit, Vec::new(), "what was refused was not asked");
    });
}

#[test]
fn a_trace_is_on_record_before_it_is_answered() {
    with_store(|store| {
        let told =
            ask(&[&"trace", &"30a-000.11", &"--purpose", &"vụ 12/2026", &"--json", &"--store", &store])
                .json();
        let kinds: Vec<&str> = told.iter().filter_map(|line| line["type"].as_str()).collect();
        assert_eq!(kinds, ["passage", "passage", "journey"]);
        // Whoever walks off before the answer has asked all the same.
        let mut gone = Command::new(env!("CARGO_BIN_EXE_hanhtrinh"))
            .args(["trace", "99A-999.99", "--purpose", "second", "--store"])
            .arg(store)
            .stdout(Stdio::piped())
            .spawn()
            .expect("it starts");
        drop(gone.stdout.take());
        gone.wait().expect("it ends");
        let open = Store::open(store, OpenMode::ReadOnly).expect("opened");
        let audit = open.reader().expect("a reader").audit(&AuditFilter::default()).expect("the audit");
        let told: Vec<_> = audit.iter().map(|r| (r.what, r.query.as_str(), r.about, r.results)).collect();
        assert_eq!(
            told,
            [
                (Deed::Question, "30a-000.11", None, None),
                (Deed::Answer, "", Some(1), Some(3)),
                (Deed::Question, "99A-999.99", None, None),
                (Deed::Answer, "", Some(3), Some(0)),
            ]
        );
        assert_eq!((audit[0].purpose.as_str(), audit[0].verb.as_str()), ("vụ 12/2026", "trace"));
        assert!(!audit[0].who.is_empty());
    });
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    with_store(|store| {
        let folder = tempfile::tempdir().expect("a folder");
        let config = configuration(folder.path(), &one_camera(folder.path()));
        let cases: [&[&std::ffi::OsStr]; 3] = [
            &["passages".as_ref(), "--store".as_ref(), store.as_ref()],
            &["journeys".as_ref(), "--json".as_ref(), "--store".as_ref(), store.as_ref()],
            &["config".as_ref(), "show".as_ref(), "--config".as_ref(), config.as_ref()],
        ];
        for arguments in cases {
            let (reader, writer) = std::io::pipe().expect("a pipe");
            drop(reader);
            let mut command = Command::new(env!("CARGO_BIN_EXE_hanhtrinh"));
            let output =
                command.args(arguments).stdout(writer).stderr(Stdio::piped()).output().expect("it ends");
            let err = String::from_utf8_lossy(&output.stderr).into_owned();
            assert_eq!((output.status.code(), err.as_str()), (Some(0), ""), "{arguments:?}");
        }
    });
}

#[test]
fn misspelt_words_are_told_with_the_nearest_known_one() {
    with_store(|store| {
        let cases = [
            ("--camera", "da-phuk", "`da-phuc`"),
            ("--gate", "cau da phu", "`Cầu Đa Phúc`"),
            ("--province", "Ha Noj", "\"Hà Nội\""),
            ("--verdict", "outsid", "`outside`"),
            ("--direction", "inn", "`in`"),
            ("--class", "carr", "`car`"),
        ];
        for (flag, word, meant) in cases {
            let told = ask(&[&"passages", &flag, &word, &"--store", &store]);
            told.fails_naming(2, &[flag, word, "did you mean", meant]);
        }
        // Without accents and in any case is not misspelt.
        let right = ["--gate", "CAU DA PHUC", "--province", "ha noi", "--verdict", "Outside"];
        let mut command = hanhtrinh(&[&"passages", &"--json", &"--store", &store]);
        assert_eq!(answer(command.args(right)).json().len(), 2);
        for (flag, word, way_out) in [
            ("--from", "gestern", "ISO 8601"),
            ("--longer-than", "12", "12h"),
            ("--min-confidence", "2", "0 to 1"),
            ("--plate", "???", "30A-123.45"),
        ] {
            let told = ask(&[&"journeys", &flag, &word, &"--purpose", &"x", &"--store", &store]);
            told.fails_naming(2, &[word, way_out]);
        }
    });
}

#[test]
fn a_misspelt_verb_or_flag_is_told_with_the_nearest_known_one() {
    for (arguments, meant) in [(&["pasages"][..], "passages"), (&["run", "--confg", "a.toml"], "--config")] {
        let mut command = hanhtrinh(&[]);
        answer(command.args(arguments)).fails_naming(2, &["did you mean", meant]);
    }
    ask(&[&"passages"]).fails_naming(2, &["--config FILE", "--store DIR"]);
}

#[test]
fn labels_that_cannot_be_judged_by_are_told_with_file_and_line() {
    let folder = tempfile::tempdir().expect("a folder");
    let labels = folder.path().join("labels.tsv");
    let pictures = repository().join("benches/hot_path");
    for (text, crop, named) in [
        ("image\tplate\nx.png\t30A12345\n", true, &["labels.tsv:1:", "`text`"][..]),
        (
            "image\ttext\nplate_two_line.png\t59C1-234.56\nx.png\t1\n",
            true,
            &["labels.tsv:3:", "x.png", "--images"],
        ),
        ("image\ttext\nplate_one_line.png\t30A?\n", false, &["labels.tsv:2:", "30A?", "no plate"]),
        ("image\ttext\na.png\t30A12345\na.png\t30A-123.45\n", false, &["labels.tsv:3:", "line 2"]),
        ("image\ttext\nscene.rs\t30A12345\n", true, &["labels.tsv:2:", "scene.rs", "not a picture"]),
    ] {
        std::fs::write(&labels, text).expect("written");
        let mut command = hanhtrinh(&[&"eval", &"plates", &"--images", &pictures, &"--labels", &labels]);
        command.args(crop.then_some("--crop"));
        answer(&mut command).fails_naming(1, named);
    }
    let missing = folder.path().join("none.tsv");
    ask(&[&"eval", &"plates", &"--images", &pictures, &"--labels", &missing])
        .fails_naming(1, &["none.tsv", "--labels"]);
}

#[test]
fn boxes_that_cannot_be_judged_by_are_told_with_file_and_line() {
    let folder = tempfile::tempdir().expect("a folder");
    let pictures = repository().join("benches/hot_path");
    let eval = |more: &[&str]| {
        let mut command =
            hanhtrinh(&[&"eval", &"detect", &"--images", &pictures, &"--labels", &folder.path()]);
        answer(command.args(more))
    };
    std::fs::write(folder.path().join("plate_one_line.txt"), "4 .5 .5 .9 .9\ncar .5 .5 .1 .1\n")
        .expect("written");
    eval(&[]).fails_naming(1, &["plate_one_line.txt:2:", "`car`", "centre x"]);
    std::fs::write(folder.path().join("plate_one_line.txt"), "4 .5 .5 .9 .9\n").expect("written");
    std::fs::write(folder.path().join("other.txt"), "").expect("written");
    eval(&[]).fails_naming(1, &["other.txt", "no picture"]);
    eval(&["--min-height", "40"]).fails_naming(2, &["--min-height", "0 to 1"]);
    let nowhere = folder.path().join("nowhere");
    ask(&[&"eval", &"detect", &"--images", &nowhere, &"--labels", &folder.path()])
        .fails_naming(1, &["nowhere", "--images"]);
    let empty = folder.path().join("empty");
    std::fs::create_dir(&empty).expect("made");
    ask(&[&"eval", &"detect", &"--images", &empty, &"--labels", &empty])
        .fails_naming(1, &["empty", "no picture in it"]);
}

#[test]
fn plates_and_boxes_are_judged_by_the_contract() {
    let folder = tempfile::tempdir().expect("a folder");
    let pictures = repository().join("benches/hot_path");
    let labels = folder.path().join("labels.tsv");
    // Rendered plates; the second is labelled with another digit, so that what is read counts as wrong.
    let text = "image\ttext\tlayout\tsource\nplate_one_line.png\t30A-123.45\tone_line\tdrawn\n\
                plate_two_line.png\t59-C1/239.56\ttwo_line\tdrawn\n";
    std::fs::write(&labels, text).expect("written");
    let told =
        ask(&[&"eval", &"plates", &"--images", &pictures, &"--labels", &labels, &"--crop", &"--json"]).json();
    let told = &told[0];
    assert_eq!(told["type"], "eval_plates");
    for (key, value) in [("n", 2), ("exact", 1), ("wrong", 1), ("undetermined", 0), ("raw_exact", 1)] {
        assert_eq!(told[key], value, "{key}");
    }
    assert_eq!(told["raw_exact_share"], 0.5);
    assert!(told["wilson95"][0].as_f64() < told["wilson95"][1].as_f64());
    assert_eq!(told["by"]["layout"]["one_line"]["exact"], 1);
    assert_eq!(told["by"]["source"]["drawn"]["n"], 2);
    assert_eq!(told["by"]["width"]["140+"]["exact"], 1);
    assert_eq!(told["coverage"][0], serde_json::json!({"threshold": 0.0, "answered": 2, "wrong": 1}));
    assert_eq!(told["confusion"], serde_json::json!([{"truth": "9", "read": "4", "n": 1}]));

    let boxes = folder.path().join("boxes");
    std::fs::create_dir(&boxes).expect("made");
    std::fs::write(boxes.join("plate_one_line.txt"), "4 .5 .5 .96 .9\n").expect("written");
    std::fs::write(boxes.join("plate_two_line.txt"), "7 .5 .5 1 1\n").expect("written");
    let told = ask(&[&"eval", &"detect", &"--images", &pictures, &"--labels", &boxes, &"--json"]).json();
    let told = &told[0];
    assert_eq!((&told["type"], &told["pictures"]), (&"eval_detect".into(), &2.into()));
    assert_eq!(told["classes"]["plate"]["n"], 1);
    assert_eq!(told["plates_by_width"]["120+"]["n"], 1);
    for key in ["recall", "precision", "ap50"] {
        assert_eq!(told["classes"]["bus"][key], serde_json::Value::Null, "nobody labelled a bus: {key}");
    }
    let found = told["classes"]["plate"]["found"].as_u64().expect("a count");
    assert_eq!(told["classes"]["plate"]["recall"].as_f64(), Some(found as f64));
}

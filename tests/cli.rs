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
    for name in ["manifest.toml", "detector.onnx", "reader.onnx"] {
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
        let told = answer(command.args(arguments));
        assert_eq!((told.code, told.out.as_str()), (2, ""));
        assert!(told.err.contains("similar") && told.err.contains(meant), "{}", told.err);
    }
    let told = ask(&[&"passages"]);
    assert!(told.code == 2 && told.err.contains("--store <DIR>"), "{}", told.err);
}

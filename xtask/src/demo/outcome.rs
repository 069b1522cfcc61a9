//! What was recorded beside what is true.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::{PROGRAM, SAMPLE, configuration};
use crate::process::{output, run, step};

/// Moves the truth to the time of this showing, then prints the comparison and the journeys, and leaves a sheet of
/// pictures of what differs.
pub fn print(folder: &Path, began_s: f64) -> Result<()> {
    let (sample, truth, store) = (Path::new(SAMPLE), folder.join("truth"), folder.join("store"));
    let later = later(&sample.join("sample.toml"), began_s)?;
    move_truth(&sample.join("truth"), &truth, later)?;
    let judge = configuration::write_for_the_judge(folder, &sample.join("sample.toml"), later)?;
    let sheet = folder.join("sheet.html");
    step("the record against the truth");
    run(Command::new(PROGRAM)
        .args(["eval", "passages", "--config"])
        .arg(judge)
        .arg("--truth")
        .arg(&truth)
        .arg("--store")
        .arg(&store)
        .arg("--sheet")
        .arg(&sheet))?;
    step("journeys recorded, beside the true ones");
    journeys(&truth, &store)?;
    println!();
    println!("What differs, in pictures: {}", sheet.display());
    println!("Ask further, for example:");
    println!("    {PROGRAM} passages --store {}", store.display());
    println!("    {PROGRAM} inside --store {}", store.display());
    println!("    {PROGRAM} trace 30G-682.15 --purpose \"trying the demo\" --store {}", store.display());
    Ok(())
}

/// How much later than by the sample's first `start` its clips were shown: they begin together.
fn later(sample: &Path, began_s: f64) -> Result<SignedDuration> {
    let began = Timestamp::from_microsecond((began_s * 1e6) as i64)?;
    let table: toml::Table = std::fs::read_to_string(sample)?.parse()?;
    let start = table
        .get("camera")
        .and_then(|c| c.get(0))
        .and_then(|c| c.get("start"))
        .and_then(toml::Value::as_str)
        .context("the sample's first camera has no start")?;
    Ok(began.duration_since(start.parse::<Timestamp>()?))
}

/// Passes and journeys so much later, and the frames' truth, whose times count from each clip's start.
fn move_truth(from: &Path, to: &Path, by: SignedDuration) -> Result<()> {
    std::fs::create_dir_all(to.join("frames"))?;
    for frames in std::fs::read_dir(from.join("frames"))? {
        let frames = frames?;
        std::fs::copy(frames.path(), to.join("frames").join(frames.file_name()))?;
    }
    for name in ["passes.jsonl", "journeys.jsonl"] {
        let from = from.join(name);
        let text =
            std::fs::read_to_string(&from).with_context(|| format!("{} cannot be read", from.display()))?;
        let mut moved = String::new();
        for line in text.lines() {
            let mut object: Value = serde_json::from_str(line)?;
            for key in ["crossed_at", "entered_at", "left_at"] {
                if let Some(at) = object.get(key).and_then(Value::as_str) {
                    let at = at.parse::<Timestamp>()? + by;
                    object[key] = Value::String(at.to_string());
                }
            }
            moved.push_str(&object.to_string());
            moved.push('\n');
        }
        std::fs::write(to.join(name), moved)?;
    }
    Ok(())
}

/// One line for each true journey: what is true, what was recorded, a picture.
fn journeys(truth: &Path, store: &Path) -> Result<()> {
    let ask = |verb: &str| -> Result<Vec<Value>> {
        let text =
            output(Command::new(PROGRAM).args([verb, "--json", "--limit", "1000", "--store"]).arg(store))?;
        text.lines().map(|l| Ok(serde_json::from_str(l)?)).collect()
    };
    let (passages, recorded) = (ask("passages")?, ask("journeys")?);
    let text = std::fs::read_to_string(truth.join("journeys.jsonl"))?;
    let true_ones: Vec<Value> = text.lines().map(serde_json::from_str).collect::<Result<_, _>>()?;
    println!("    {:<11} {:<34} {:<34} picture", "plate", "true", "recorded");
    let mut taken = vec![false; recorded.len()];
    for journey in &true_ones {
        let same =
            |r: &Value| r["plate"] == journey["plate"] && near(&r["entered_at"], &journey["entered_at"]);
        let found = (0..recorded.len()).find(|at| !taken[*at] && same(&recorded[*at]));
        let (told, picture) = match found {
            None => ("not recorded".to_owned(), String::new()),
            Some(at) => {
                taken[at] = true;
                (line(&recorded[at], "legs"), picture_of(&recorded[at], &passages, store))
            }
        };
        println!("    {:<11} {:<34} {told:<34} {picture}", word(&journey["plate"]), line(journey, "passes"));
    }
    for (journey, _) in recorded.iter().zip(&taken).filter(|(_, taken)| !**taken) {
        let picture = picture_of(journey, &passages, store);
        println!(
            "    {:<11} {:<34} {:<34} {picture}",
            word(&journey["plate"]),
            "none",
            line(journey, "legs")
        );
    }
    Ok(())
}

fn near(a: &Value, b: &Value) -> bool {
    let at = |v: &Value| v.as_str().and_then(|t| t.parse::<Timestamp>().ok());
    match (at(a), at(b)) {
        (Some(a), Some(b)) => a.duration_since(b).abs() <= SignedDuration::from_secs(1),
        (a, b) => a.is_none() && b.is_none(),
    }
}

fn word(value: &Value) -> &str {
    value.as_str().unwrap_or("-")
}

/// `in 10:12:03 · 2 passages · left 10:12:40`
fn line(journey: &Value, passages: &str) -> String {
    let clock = |value: &Value| {
        let at = value.as_str().and_then(|t| t.parse::<Timestamp>().ok());
        let zone = jiff::tz::TimeZone::fixed(jiff::tz::Offset::constant(7));
        at.map(|at| at.to_zoned_datetime(zone).strftime("%H:%M:%S").to_string())
    };
    let n = journey[passages].as_array().map_or(0, Vec::len);
    let entered = clock(&journey["entered_at"]).unwrap_or_else(|| "unseen".to_owned());
    let left = clock(&journey["left_at"])
        .map_or_else(|| word(&journey["state"]).to_owned(), |at| format!("left {at}"));
    format!("in {entered}, {n} seen, {left}")
}

/// The first leg's frame.
fn picture_of(journey: &Value, passages: &[Value], store: &Path) -> String {
    let first = &journey["legs"][0]["passage"];
    let passage = passages.iter().find(|p| p["id"] == *first);
    let frame = passage.and_then(|p| p["pictures"]["frame"].as_str());
    frame.map(|f| store.join(f).display().to_string()).unwrap_or_default()
}

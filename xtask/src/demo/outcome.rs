//! What was recorded beside what is true.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::PROGRAM;
use crate::process::{output, run, step};

/// Moves the truth to the time of this showing, then prints the comparison and the journeys.
pub fn print(folder: &Path, config: &Path, began_s: f64) -> Result<()> {
    let truth = folder.join("truth");
    move_truth(Path::new("sample_videos"), &truth, began_s)?;
    let store = folder.join("store");
    step("the record against the truth");
    run(Command::new(PROGRAM)
        .args(["eval", "passages", "--config"])
        .arg(config)
        .arg("--truth")
        .arg(&truth)
        .arg("--store")
        .arg(&store))?;
    step("journeys recorded, beside the true ones");
    journeys(&truth, &store)?;
    println!();
    println!("Ask further, for example:");
    println!("    {PROGRAM} passages --store {}", store.display());
    println!("    {PROGRAM} inside --store {}", store.display());
    println!("    {PROGRAM} trace 30G-682.15 --purpose \"trying the demo\" --store {}", store.display());
    Ok(())
}

/// The truth's times count from the clips' `start`; here they count from when the clips began to play.
fn move_truth(sample: &Path, to: &Path, began_s: f64) -> Result<()> {
    let began = Timestamp::from_microsecond((began_s * 1e6) as i64)?;
    let text = std::fs::read_to_string(sample.join("sample.toml"))?;
    let table: toml::Table = text.parse()?;
    let start = table
        .get("camera")
        .and_then(|c| c.get(0))
        .and_then(|c| c.get("start"))
        .and_then(toml::Value::as_str)
        .context("the sample's first camera has no start")?;
    let by = began.duration_since(start.parse::<Timestamp>()?);
    std::fs::create_dir_all(to)?;
    for name in ["passes.jsonl", "journeys.jsonl"] {
        let from = sample.join("truth").join(name);
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

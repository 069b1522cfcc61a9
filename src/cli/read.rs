//! `read`: vehicles and plates in pictures.

use std::io::Write;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use clap::Args;

use super::args::EngineArgs;
use super::error::CliError;
use super::run::{choice_of_flag, engine_options};
use crate::domain::detection::VehicleClass;
use crate::domain::plate::PlateState;
use crate::domain::time::local_date;
use crate::image;
use crate::pipeline::{Engine, Eyes, Photo, PhotoPlate, PhotoRules, look_at, read_crop};
use crate::plate::province::Home;

/// `read`
#[derive(Debug, Args)]
pub struct ReadArgs {
    /// Pictures
    #[arg(required = true, value_name = "IMAGE")]
    pub images: Vec<PathBuf>,
    /// The pictures are plates cut out already
    #[arg(long)]
    pub crop: bool,
    /// Least score of a detection, 0-1 [default: the shipped thresholds]
    #[arg(long, value_name = "F")]
    pub min_score: Option<f32>,
    /// Least confidence of a read, 0-1 [default: the shipped threshold]
    #[arg(long, value_name = "F")]
    pub min_confidence: Option<f32>,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub engine: EngineArgs,
    /// Execution provider: auto, cpu or cuda
    #[arg(long, value_name = "WORD", default_value = "auto")]
    pub provider: String,
    /// JSON Lines instead of a table
    #[arg(long)]
    pub json: bool,
}

/// Reads all pictures; those that cannot be read are told, and fail the verb at the end.
pub fn run(args: &ReadArgs) -> Result<(), CliError> {
    let share = |flag: &str, value: Option<f32>| match value {
        Some(v) if !(0.0..=1.0).contains(&v) => {
            Err(CliError::Usage(format!("--{flag}: {v} is no share; give 0 to 1")))
        }
        other => Ok(other),
    };
    let min_score = share("min-score", args.min_score)?;
    let min_confidence = share("min-confidence", args.min_confidence)?;
    let mut engine = Engine::start(&engine_options(&args.engine, None, choice_of_flag(&args.provider)?))?;
    if let Some(notice) = &engine.notice {
        eprintln!("hanhtrinh: {notice}");
    }
    let rules = PhotoRules {
        min_score,
        min_confidence: min_confidence.unwrap_or(engine.manifest.reader.min_confidence),
        date: local_date(jiff::Timestamp::now()),
        // Only the verdict depends on it, which `read` does not tell.
        home: Home::find("Thái Nguyên").map_err(CliError::failed)?,
    };
    let mut eyes = engine.eyes()?;
    let mut failed = 0;
    let mut out = std::io::stdout().lock();
    for path in &args.images {
        let answer = one(path, &mut eyes, &rules, args.crop);
        failed += u32::from(answer.is_err());
        match (&answer, args.json) {
            (Ok(photo), true) => writeln!(out, "{}", to_json(path, photo))?,
            (Ok(photo), false) => write!(out, "{}", to_text(path, photo))?,
            (Err(why), true) => writeln!(out, "{}", json!({"type": "read", "image": path, "error": why}))?,
            (Err(why), false) => eprintln!("hanhtrinh: {why}"),
        }
    }
    if failed > 0 {
        return Err(CliError::Failed(format!(
            "{failed} of {} pictures could not be read",
            args.images.len()
        )));
    }
    Ok(())
}

fn one(path: &Path, eyes: &mut Eyes, rules: &PhotoRules, crop: bool) -> Result<Photo, String> {
    let picture = image::decode_still(path).map_err(|e| e.to_string())?;
    if crop {
        let plate = read_crop(&picture, &mut eyes.reader, rules).map_err(|e| e.to_string())?;
        return Ok(Photo { vehicles: Vec::new(), plates: vec![plate] });
    }
    look_at(&picture, eyes, rules).map_err(|e| e.to_string())
}

fn round(value: f32) -> f64 {
    (f64::from(value) * 1e4).round() / 1e4
}

fn to_json(path: &Path, photo: &Photo) -> Value {
    let vehicles: Vec<Value> = photo
        .vehicles
        .iter()
        .map(|v| json!({"class": v.class.as_str(), "score": round(v.score), "box": v.rect.to_array()}))
        .collect();
    let plates: Vec<Value> = photo.plates.iter().map(plate_json).collect();
    json!({"type": "read", "image": path, "vehicles": vehicles, "plates": plates})
}

fn text_of(plate: &PhotoPlate) -> Option<&str> {
    plate.outcome.key.as_ref().filter(|_| plate.outcome.state == PlateState::Read).map(|k| k.text.as_str())
}

fn plate_json(plate: &PhotoPlate) -> Value {
    let characters: Vec<Value> =
        plate.reading.rows.iter().flatten().map(|s| json!({"c": s.c.to_string(), "p": round(s.p)})).collect();
    json!({
        "text": text_of(plate),
        "raw": plate.reading.text(),
        "confidence": round(plate.reading.confidence),
        "characters": characters,
        "layout": plate.reading.layout().map(|l| l.as_str()),
        "rows": plate.reading.row_texts(),
        "class": plate.outcome.class,
        "province": plate.outcome.province.map(|code| format!("{code:02}")),
        "colour": plate.colour.as_str(),
        "box": plate.found.rect.to_array(),
        "score": round(plate.found.score),
        "vehicle": plate.vehicle,
    })
}

fn to_text(path: &Path, photo: &Photo) -> String {
    let mut text = format!("{}\n", path.display());
    for plate in &photo.plates {
        let class =
            plate.vehicle.and_then(|at| photo.vehicles.get(at)).map_or(VehicleClass::Unknown, |v| v.class);
        let read = text_of(plate).map_or_else(
            || format!("undetermined (best guess {})", plate.reading.row_texts().join("/")),
            |_| plate.reading.row_texts().join(" "),
        );
        text.push_str(&format!(
            "  {read}  {:.3}  {} px  {}\n",
            plate.reading.confidence,
            plate.found.rect.w.round(),
            class.as_str(),
        ));
    }
    let without =
        photo.vehicles.len().saturating_sub(photo.plates.iter().filter(|p| p.vehicle.is_some()).count());
    if photo.plates.is_empty() || without > 0 {
        text.push_str(&format!("  {without} vehicles without a plate to be seen\n"));
    }
    text
}

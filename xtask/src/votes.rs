//! The vote over looks whose truth is known: whether its probability means what it says.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use hanhtrinh::domain::detection::VehicleClass;
use hanhtrinh::domain::plate::{PlateColour, PlateOutcome, PlateState};
use hanhtrinh::plate::ctc::{Calibration, Decoder};
use hanhtrinh::plate::province::Home;
use hanhtrinh::plate::vote::{Ballot, Context, Look, Rules};
use jiff::civil::date;
use serde_json::Value;

/// Upper edges of the table's bins of the probability.
const BINS: [f32; 11] = [0.1, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.97, 0.99, 0.997, 1.0001];
const THRESHOLDS: [f32; 6] = [0.9, 0.95, 0.97, 0.98, 0.99, 0.997];
/// Keeps one certain mistake from being the whole loss.
const LEAST: f64 = 1e-4;

#[derive(clap::Args)]
pub struct Votes {
    /// Folder of looks.jsonl and looks.f32, as models/train/reader/votes.py makes them
    folder: PathBuf,
    /// Print each track whose best guess is wrong from this probability on
    #[arg(long)]
    worst: Option<f32>,
}

struct Track {
    set: String,
    truth: String,
    vehicle: VehicleClass,
    weight: f64,
    width_px: f32,
    ballot: Ballot,
}

#[derive(Default, Clone)]
struct Sum {
    n: u64,
    weight: f64,
    right: f64,
    squares: f64,
    p: f64,
    loss: f64,
    /// By threshold: answered, and of them wrong; plain numbers of tracks.
    answered: [(u64, u64); THRESHOLDS.len()],
}

pub fn run(votes: &Votes, models: &Path, called_from: &Path) -> Result<()> {
    let tracks = tracks(&called_from.join(&votes.folder), &decoder(models)?)?;
    let home = Home::find("Thái Nguyên").context("the home province")?;
    let mut sums: BTreeMap<(String, String), Sum> = BTreeMap::new();
    for track in &tracks {
        let outcome = |min_confidence| {
            let rules = Rules { min_confidence, alone_confidence: f32::INFINITY, ..Rules::default() };
            let date = date(2026, 3, 14);
            track.ballot.outcome(&Context { vehicle: track.vehicle, date, home: &home, rules })
        };
        let said = outcome(Rules::default().min_confidence);
        let p = said.candidates.first().map_or(0.0, |c| c.p);
        let right = said.candidates.first().is_some_and(|c| c.text == track.truth);
        if votes.worst.is_some_and(|least| p >= least && !right) {
            println!("{} {} {}: {:?}", track.set, track.truth, track.width_px, said.candidates);
        }
        let answers = THRESHOLDS.map(outcome).map(|o| answer(&o, &track.truth));
        let bin = BINS.iter().position(|edge| p < *edge).unwrap_or(BINS.len() - 1);
        let width = if track.width_px < 60.0 { "< 60 px" } else { ">= 60 px" };
        let looks = if track.ballot.looks().len() == 1 { "1 look" } else { "2 looks and more" };
        let bin_name = format!("p < {}", BINS[bin].min(1.0));
        for (group, name) in [
            ("all".to_owned(), bin_name.clone()),
            ("2 looks and more".to_owned(), if looks == "1 look" { String::new() } else { bin_name }),
            ("by".to_owned(), format!("{}, {width}, {looks}", track.set)),
        ] {
            if !name.is_empty() {
                sums.entry((group, name)).or_default().add(track.weight, p, right, &answers);
            }
        }
        sums.entry(("whole".to_owned(), track.set.clone())).or_default().add(
            track.weight,
            p,
            right,
            &answers,
        );
        sums.entry(("whole".to_owned(), "~".to_owned())).or_default().add(track.weight, p, right, &answers);
    }
    print(&sums);
    Ok(())
}

/// Whether it answers, and whether that is wrong.
fn answer(outcome: &PlateOutcome, truth: &str) -> (bool, bool) {
    let read = outcome.key.as_ref().filter(|_| outcome.state == PlateState::Read);
    (read.is_some(), read.is_some_and(|k| k.text != truth))
}

impl Sum {
    fn add(&mut self, weight: f64, p: f32, right: bool, answers: &[(bool, bool)]) {
        let p = f64::from(p);
        self.n += 1;
        self.weight += weight;
        self.squares += weight * weight;
        self.p += weight * p;
        self.right += weight * f64::from(u8::from(right));
        let told = if right { p } else { 1.0 - p };
        self.loss -= weight * told.max(LEAST).ln();
        for (sum, (answered, wrong)) in self.answered.iter_mut().zip(answers) {
            sum.0 += u64::from(*answered);
            sum.1 += u64::from(*wrong);
        }
    }
}

fn print(sums: &BTreeMap<(String, String), Sum>) {
    let mut last = "";
    for ((group, name), sum) in sums {
        if group != last {
            println!(
                "\n| {group} | tracks | said | right (Wilson 95 %) | loss | answered, wrong at {THRESHOLDS:?} |"
            );
            println!("|---|---|---|---|---|---|");
            last = group;
        }
        // Weighted tracks count as their effective number (Kish).
        let n = sum.weight * sum.weight / sum.squares;
        let (low, high) = wilson(sum.right / sum.weight * n, n);
        let answered: Vec<String> = sum.answered.iter().map(|(a, w)| format!("{a}, {w}")).collect();
        println!(
            "| {name} | {} | {:.4} | {:.4} ({low:.4}-{high:.4}) | {:.4} | {} |",
            sum.n,
            sum.p / sum.weight,
            sum.right / sum.weight,
            sum.loss / sum.weight,
            answered.join(" | ")
        );
    }
}

fn wilson(right: f64, n: f64) -> (f64, f64) {
    let (z, p) = (1.96, right / n);
    let centre = (p + z * z / (2.0 * n)) / (1.0 + z * z / n);
    let half = z / (1.0 + z * z / n) * (p * (1.0 - p) / n + z * z / (4.0 * n * n)).max(0.0).sqrt();
    ((centre - half).max(0.0), (centre + half).min(1.0))
}

/// The decoder of the shipped reader, by its manifest.
fn decoder(models: &Path) -> Result<Decoder> {
    let manifest: toml::Table = fs::read_to_string(models.join("manifest.toml"))?.parse()?;
    let reader = manifest.get("reader").context("[reader]")?;
    let text = |key: &str| reader.get(key).and_then(|v| v.as_str()).with_context(|| key.to_owned());
    let number = |key: &str| reader.get(key).and_then(|v| v.as_integer()).with_context(|| key.to_owned());
    let points: Vec<(f32, f32)> = reader.get("calibration").context("calibration")?.clone().try_into()?;
    let calibration = Calibration::new(&points)?;
    Ok(Decoder::new(text("alphabet")?, number("rows")? as usize, number("columns")? as usize, calibration)?)
}

fn tracks(folder: &Path, decoder: &Decoder) -> Result<Vec<Track>> {
    let read =
        |name: &str| fs::read(folder.join(name)).with_context(|| format!("{}/{name}", folder.display()));
    let bytes = read("looks.f32")?;
    let mut outputs = bytes.chunks_exact(4 * decoder.output_len());
    let mut tracks = Vec::new();
    for line in String::from_utf8(read("looks.jsonl")?)?.lines() {
        let told: Value = serde_json::from_str(line)?;
        let text = |key: &str| told[key].as_str().unwrap_or_default().to_owned();
        let mut track = Track {
            set: text("set"),
            truth: text("truth"),
            vehicle: VehicleClass::from_word(&text("vehicle")).unwrap_or(VehicleClass::Unknown),
            weight: told["weight"].as_f64().unwrap_or(1.0),
            width_px: 0.0,
            ballot: Ballot::new(),
        };
        for look in told["looks"].as_array().context("looks")? {
            let output = outputs.next().context("looks.f32 is shorter than looks.jsonl says")?;
            let output: Vec<f32> =
                output.chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect();
            let number = |key: &str| look[key].as_f64().with_context(|| key.to_owned());
            let width = number("px")? as f32;
            track.width_px = track.width_px.max(width);
            track.ballot.add(Look {
                stream_s: number("at")?,
                reading: decoder.decode(&output)?,
                plate_width_px: width,
                plate_score: 0.8,
                colour: look["colour"]
                    .as_str()
                    .and_then(PlateColour::from_word)
                    .unwrap_or(PlateColour::Unknown),
            });
        }
        tracks.push(track);
    }
    ensure!(outputs.next().is_none(), "looks.f32 is longer than looks.jsonl says");
    Ok(tracks)
}

//! `eval detect`: vehicles and plates found in pictures against labelled boxes.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Args;

use super::args::EngineArgs;
use super::error::CliError;
use super::eval::print_json;
use super::output;
use super::run::{choice_of_flag, engine_options};
use crate::image;
use crate::measure::{BOX_CLASSES, DetectCounts, DetectFigures, LabelledBox, band_order, parse_boxes};
use crate::pipeline::{Engine, find};

/// Scores below this are not decoded: what they add to the area is nothing.
const LEAST_SCORE: f32 = 0.01;
const PICTURES: [&str; 7] = ["jpg", "jpeg", "png", "webp", "bmp", "tif", "tiff"];

/// `eval detect`
#[derive(Debug, Args)]
pub struct EvalDetectArgs {
    /// Folder of the pictures
    #[arg(long, value_name = "DIR")]
    pub images: PathBuf,
    /// Folder of the labels (YOLO txt): 0 car, 1 motorcycle, 2 bus, 3 truck, 4 plate, above 4 regions to ignore
    #[arg(long, value_name = "DIR")]
    pub labels: PathBuf,
    /// Only the pass over the whole picture
    #[arg(long)]
    pub no_second_look: bool,
    /// Vehicles lower than this share of the picture's height neither count nor are punished
    #[arg(long, value_name = "SHARE", default_value_t = 0.0)]
    pub min_height: f32,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub engine: EngineArgs,
    /// Execution provider: auto, cpu or cuda
    #[arg(long, value_name = "WORD", default_value = "auto")]
    pub provider: String,
    /// JSON instead of a table
    #[arg(long)]
    pub json: bool,
}

/// Looks at every picture as `read` does and says how much of it is right.
pub fn run(args: &EvalDetectArgs) -> Result<(), CliError> {
    if !(0.0..=1.0).contains(&args.min_height) {
        return Err(CliError::Usage(format!("--min-height: {} is no share; give 0 to 1", args.min_height)));
    }
    let (pictures, unlabelled) = labelled_pictures(&args.images, &args.labels)?;
    let mut engine = Engine::start(&engine_options(&args.engine, None, choice_of_flag(&args.provider)?))?;
    if let Some(notice) = &engine.notice {
        eprintln!("hanhtrinh: {notice}");
    }
    if unlabelled > 0 {
        eprintln!("hanhtrinh: {unlabelled} pictures have no label file: nothing is taken to be in them");
    }
    let shipped = &engine.manifest.detector.min_score;
    let thresholds = BOX_CLASSES.map(|class| shipped.get(class).copied().unwrap_or(1.0));
    let mut detector = engine.eyes()?.detector;
    let (sure, floors) = (detector.spec().min_score.clone(), detector.spec().uniform_floors(LEAST_SCORE));
    let mut counts = DetectCounts::new(thresholds, args.min_height);
    for (path, labels) in &pictures {
        let picture = image::decode_still(path).map_err(CliError::failed)?;
        let found = find(&picture, &mut detector, &floors, &sure, !args.no_second_look)?;
        counts.add((picture.width(), picture.height()), &found, labels);
    }
    let figures = counts.figures();
    match args.json {
        true => print_json("eval_detect", &figures, &engine.versions),
        false => print(&figures, &thresholds),
    }
}

/// A picture's file and what is labelled in it.
type Labelled = (PathBuf, Vec<LabelledBox>);

/// Every picture of the folder with its labels, by name, and how many have no label file.
fn labelled_pictures(images: &Path, labels: &Path) -> Result<(Vec<Labelled>, usize), CliError> {
    let mut files = text_files(labels)?;
    let mut pictures = Vec::new();
    let mut unlabelled = 0;
    let mut named: BTreeSet<String> = BTreeSet::new();
    for path in listed(images, "--images")? {
        let extension = path.extension().map(|e| e.to_string_lossy().to_lowercase()).unwrap_or_default();
        if !PICTURES.contains(&extension.as_str()) {
            continue;
        }
        let stem = stem(&path);
        if !named.insert(stem.clone()) {
            return Err(CliError::Failed(format!(
                "{}: another picture has the same name but for its ending: which one its labels are for cannot be told",
                path.display()
            )));
        }
        let boxes = match files.remove(&stem) {
            None => {
                unlabelled += 1;
                Vec::new()
            }
            Some(file) => read_boxes(&file)?,
        };
        pictures.push((path, boxes));
    }
    // A folder of labels often holds a list of the classes too.
    files.remove("classes");
    if let Some(file) = files.into_values().next() {
        return Err(CliError::Failed(format!(
            "{}: no picture of that name is in {}",
            file.display(),
            images.display()
        )));
    }
    if pictures.is_empty() {
        return Err(CliError::Failed(format!(
            "{}: no picture in it ({}); --images names the folder of pictures",
            images.display(),
            PICTURES.join(", ")
        )));
    }
    Ok((pictures, unlabelled))
}

fn stem(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

fn listed(folder: &Path, flag: &str) -> Result<Vec<PathBuf>, CliError> {
    let failed = |e: std::io::Error| {
        CliError::Failed(format!("{}: cannot be listed ({e}); {flag} names a folder", folder.display()))
    };
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        paths.push(entry.map_err(failed)?.path());
    }
    paths.sort();
    Ok(paths)
}

fn text_files(folder: &Path) -> Result<BTreeMap<String, PathBuf>, CliError> {
    let paths = listed(folder, "--labels")?.into_iter();
    Ok(paths.filter(|p| p.extension().is_some_and(|e| e == "txt")).map(|p| (stem(&p), p)).collect())
}

fn read_boxes(file: &Path) -> Result<Vec<LabelledBox>, CliError> {
    let text = std::fs::read_to_string(file)
        .map_err(|e| CliError::Failed(format!("{}: cannot be read ({e})", file.display())))?;
    parse_boxes(&text).map_err(|e| CliError::Failed(format!("{}:{e}", file.display())))
}

fn print(figures: &DetectFigures, thresholds: &[f32]) -> Result<(), CliError> {
    let share = |v: Option<f64>| v.map_or_else(|| "-".to_owned(), |v| format!("{v:.3}"));
    let interval = |[lo, hi]: [f64; 2]| format!("{lo:.3}-{hi:.3}");
    let mut rows = Vec::new();
    for (class, threshold) in BOX_CLASSES.iter().zip(thresholds) {
        let Some(c) = figures.classes.get(class) else { continue };
        rows.push(vec![
            (*class).to_owned(),
            c.n.to_string(),
            format!("{threshold:.2}"),
            c.found.to_string(),
            share(c.recall),
            interval(c.wilson95),
            c.wrong.to_string(),
            share(c.precision),
            share(c.ap50),
        ]);
    }
    let mut widths: Vec<_> = figures.plates_by_width.iter().collect();
    widths.sort_by_key(|(name, _)| band_order(name));
    for (name, band) in widths {
        rows.push(vec![
            format!("plate, {name} px"),
            band.n.to_string(),
            String::new(),
            band.found.to_string(),
            share(Some(band.recall)),
            interval(band.wilson95),
            String::new(),
            String::new(),
            String::new(),
        ]);
    }
    output::table(
        &["class", "n", "from score", "found", "recall", "95 % (Wilson)", "wrong", "precision", "AP50"],
        rows,
    )?;
    writeln!(std::io::stdout().lock(), "{} pictures", figures.pictures)?;
    Ok(())
}

//! `eval plates`: plates read in pictures against labels.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;

use super::args::EngineArgs;
use super::error::CliError;
use super::eval::print_json;
use super::output;
use super::run::{choice_of_flag, engine_options};
use crate::domain::frame::Image;
use crate::domain::plate::Layout;
use crate::domain::time::local_date;
use crate::image;
use crate::measure::{
    FoundPlate, PlateCase, PlateCounts, PlateFigures, TruePlate, band_order, pair, parse_labels,
    plate_figures, wilson95,
};
use crate::pipeline::{Engine, Eyes, PhotoPlate, PhotoRules, PipelineError, look_at, read_crop};
use crate::plate::province::Home;
use crate::plate::typed;

/// Mistakes that the table shows; JSON has all.
const CONFUSIONS: usize = 15;

/// `eval plates`
#[derive(Debug, Args)]
pub struct EvalPlatesArgs {
    /// Folder of the pictures
    #[arg(long, value_name = "DIR")]
    pub images: PathBuf,
    /// Tab-separated labels, one plate a line: image, text, and where known layout, kind, width_px, source, light
    #[arg(long, value_name = "FILE")]
    pub labels: PathBuf,
    /// The pictures are plates cut out already
    #[arg(long)]
    pub crop: bool,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub engine: EngineArgs,
    /// Execution provider: auto, cpu or cuda
    #[arg(long, value_name = "WORD", default_value = "auto")]
    pub provider: String,
    /// JSON instead of tables
    #[arg(long)]
    pub json: bool,
}

/// Reads every picture as `read` does and says how much of it is right.
pub fn run(args: &EvalPlatesArgs) -> Result<(), CliError> {
    let name = args.labels.display();
    let text = std::fs::read_to_string(&args.labels)
        .map_err(|e| CliError::Failed(format!("{name}: cannot be read ({e}); --labels names a TSV file")))?;
    let truths = parse_labels(&text, args.crop, typed::compact)
        .map_err(|e| CliError::Failed(format!("{name}:{e}")))?;
    // All of them before the first is read: that one is missing should not be told after an hour.
    for truth in &truths {
        let path = args.images.join(&truth.image);
        if !path.is_file() {
            return Err(CliError::Failed(format!(
                "{name}:{}: image {}: there is no such picture; paths are relative to --images",
                truth.line,
                path.display()
            )));
        }
    }
    let mut engine = Engine::start(&engine_options(&args.engine, None, choice_of_flag(&args.provider)?))?;
    if let Some(notice) = &engine.notice {
        eprintln!("hanhtrinh: {notice}");
    }
    let rules = PhotoRules {
        min_score: None,
        // Every answer with the threshold it stands up to; see `PhotoPlate::answer`.
        min_confidence: 0.0,
        date: local_date(jiff::Timestamp::now()),
        // Only the verdict depends on it, which is not judged here.
        home: Home::find("Thái Nguyên").map_err(CliError::failed)?,
    };
    let mut eyes = engine.eyes()?;
    let (mut cases, mut others) = (Vec::new(), Vec::new());
    for of_image in by_image(&truths) {
        let Some(first) = of_image.first() else { continue };
        let told = |e: &dyn std::fmt::Display| CliError::Failed(format!("{name}:{}: {e}", first.line));
        let picture = image::decode_still(&args.images.join(&first.image)).map_err(|e| told(&e))?;
        let found = found_in(&picture, &mut eyes, &rules, args.crop).map_err(|e| told(&e))?;
        let (matched, left) = pair(&of_image, found);
        cases.extend(matched);
        others.extend(left);
    }
    let reader = &engine.manifest.reader;
    let figures = plate_figures(&cases, &others, reader.min_confidence, reader.confident_p);
    match args.json {
        true => print_json("eval_plates", &figures, &engine.versions),
        false => print(&figures, &cases),
    }
}

/// The labels of each picture, pictures in the order of their first label.
fn by_image(truths: &[TruePlate]) -> Vec<Vec<&TruePlate>> {
    let mut order: Vec<Vec<&TruePlate>> = Vec::new();
    let mut places = std::collections::HashMap::new();
    for truth in truths {
        let at = *places.entry(truth.image.as_str()).or_insert(order.len());
        match order.get_mut(at) {
            Some(of_image) => of_image.push(truth),
            None => order.push(vec![truth]),
        }
    }
    order
}

fn found_in(
    picture: &Image,
    eyes: &mut Eyes,
    rules: &PhotoRules,
    crop: bool,
) -> Result<Vec<FoundPlate>, PipelineError> {
    let plates = match crop {
        true => vec![read_crop(picture, &mut eyes.reader, rules)?],
        false => look_at(picture, eyes, rules)?.plates,
    };
    Ok(plates.iter().map(found_plate).collect())
}

fn found_plate(plate: &PhotoPlate) -> FoundPlate {
    let answer = plate.answer();
    FoundPlate {
        raw: plate.reading.text(),
        answer: answer.map(|(text, _)| text.to_owned()),
        sure: answer.map_or(0.0, |(_, sure)| sure),
        two_rows: plate.reading.layout().map(|l| l == Layout::TwoLine),
        width_px: plate.found.rect.w,
    }
}

fn percent(hits: u64, n: u64) -> String {
    if n == 0 { "-".to_owned() } else { format!("{:.1} %", 100.0 * hits as f64 / n as f64) }
}

fn interval([lo, hi]: [f64; 2]) -> String {
    format!("{:.1}-{:.1} %", 100.0 * lo, 100.0 * hi)
}

fn row(name: String, c: &PlateCounts) -> Vec<String> {
    let answered = c.exact + c.wrong;
    vec![
        name,
        c.n.to_string(),
        c.found.to_string(),
        c.raw_exact.to_string(),
        percent(c.raw_exact, c.n),
        interval(c.wilson95),
        format!("{answered} = {}", percent(answered, c.n)),
        c.wrong.to_string(),
    ]
}

fn print(figures: &PlateFigures, cases: &[PlateCase]) -> Result<(), CliError> {
    let mut rows = vec![row("all".to_owned(), &figures.all)];
    for (column, groups) in &figures.by {
        let mut named: Vec<(&String, &PlateCounts)> = groups.iter().collect();
        if *column == "width" {
            named.sort_by_key(|(name, _)| band_order(name));
        } else {
            // Words of the user's own may be numbers.
            named.sort_by_key(|(name, _)| name.split(['-', '+']).next().and_then(|n| n.parse::<u32>().ok()));
        }
        rows.extend(named.into_iter().map(|(name, counts)| row(format!("{column} {name}"), counts)));
    }
    output::table(
        &["plates", "n", "found", "raw exact", "share", "95 % (Wilson)", "answered", "wrong"],
        rows,
    )?;
    let all = &figures.all;
    let rows = figures.coverage.iter().map(|c| {
        vec![
            format!("{:.4}", c.threshold),
            c.answered.to_string(),
            percent(c.answered, all.n),
            c.wrong.to_string(),
            percent(c.wrong, c.answered),
            interval(wilson95(c.wrong, c.answered)),
        ]
    });
    output::table(
        &["from confidence", "answered", "of all", "wrong", "of answers", "95 % (Wilson)"],
        rows.collect(),
    )?;
    let mark = |c: Option<char>| c.map_or_else(|| "nothing".to_owned(), String::from);
    let rows = figures.confusion.iter().take(CONFUSIONS);
    let rows: Vec<Vec<String>> = rows.map(|c| vec![mark(c.truth), mark(c.read), c.n.to_string()]).collect();
    if !rows.is_empty() {
        output::table(&["true", "read as", "count"], rows)?;
    }
    let mut out = std::io::stdout().lock();
    writeln!(
        out,
        "answers at the shipped threshold of {:.4}; {} rows wrong of raw exact; {} answers on plates without a label",
        figures.min_confidence, all.rows_wrong, figures.other_answers
    )?;
    for case in cases {
        let truth = case.truth;
        let what = match &case.found {
            None => "no plate found".to_owned(),
            Some(f) if f.raw != truth.text => format!("read {:?} at {:.3}", f.raw, f.sure),
            Some(_) => continue,
        };
        writeln!(out, "{} {}: {what}", truth.image, truth.text)?;
    }
    Ok(())
}

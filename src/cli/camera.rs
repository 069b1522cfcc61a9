//! `camera check NAME`: a still with the line, its arrow of `in`, boxes and plate widths.

use std::io::Write;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Subcommand};

use super::args::{ConfigArg, EngineArgs};
use super::error::CliError;
use super::run::{choice, engine_options};
use crate::config;
use crate::domain::frame::Image;
use crate::domain::time::local_date;
use crate::image::{self, Colour};
use crate::pipeline::{Engine, Photo, PhotoRules, look_at, source_spec};
use crate::plate::province::Home;
use crate::source;

/// `camera`
#[derive(Debug, Subcommand)]
pub enum CameraVerb {
    /// Save a still with the line, its arrow of `in`, boxes and plate widths drawn on it
    Check(CameraCheckArgs),
}

/// `camera check`
#[derive(Debug, Args)]
pub struct CameraCheckArgs {
    /// The camera's name
    pub name: String,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub config: ConfigArg,
    /// The picture to write [default: NAME.jpg]
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub engine: EngineArgs,
}

/// How long a frame is waited for.
const LIMIT: Duration = Duration::from_secs(20);

/// Checks.
pub fn run(verb: &CameraVerb) -> Result<(), CliError> {
    match verb {
        CameraVerb::Check(args) => check(args),
    }
}

fn check(args: &CameraCheckArgs) -> Result<(), CliError> {
    let settings = config::load(&args.config.config)?;
    let camera = settings.camera(&args.name).map_err(CliError::Usage)?;
    let frame = source::one_frame(&source_spec(camera, f64::INFINITY, camera.start), LIMIT)
        .map_err(|e| CliError::Failed(format!("camera {}: {}: {e}", args.name, e.state().as_str())))?;
    let provider = choice(settings.inference.provider);
    let mut engine = Engine::start(&engine_options(&args.engine, Some(&args.config.config), provider))?;
    let rules = PhotoRules {
        min_score: None,
        min_confidence: engine.manifest.reader.min_confidence,
        date: local_date(jiff::Timestamp::now()),
        home: Home::find(&settings.home)?,
    };
    let mut picture = (*frame.image).clone();
    let photo = look_at(&picture, &mut engine.eyes()?, &rules)?;
    draw(&mut picture, &photo).map_err(CliError::failed)?;
    if let Some(line) = &camera.place.line {
        image::draw_counting_line(&mut picture, line, Colour::Magenta).map_err(CliError::failed)?;
    }
    let out = args.out.clone().unwrap_or_else(|| PathBuf::from(format!("{}.jpg", args.name)));
    let bytes = match out.extension().and_then(|e| e.to_str()) {
        Some("png") => image::encode_png(&picture),
        _ => image::encode_jpeg(&picture, 90),
    };
    std::fs::write(&out, bytes.map_err(CliError::failed)?).map_err(|e| {
        CliError::Failed(format!("{} cannot be written ({e}); give another --out", out.display()))
    })?;
    tell(args, &frame.image, &photo, &out)
}

fn draw(picture: &mut Image, photo: &Photo) -> Result<(), image::ImageError> {
    for vehicle in &photo.vehicles {
        let label = format!("{} {:.2}", vehicle.class.as_str(), vehicle.score);
        image::draw_box(picture, &vehicle.rect, Colour::Green, &label)?;
    }
    for plate in &photo.plates {
        image::draw_box(
            picture,
            &plate.found.rect,
            Colour::Orange,
            &format!("{:.0} px", plate.found.rect.w),
        )?;
    }
    Ok(())
}

fn tell(args: &CameraCheckArgs, frame: &Image, photo: &Photo, out: &std::path::Path) -> Result<(), CliError> {
    let widths: Vec<f32> = photo.plates.iter().map(|p| p.found.rect.w).collect();
    let mut to = std::io::stdout().lock();
    writeln!(
        to,
        "{}: {}x{}, {} vehicles, {} plates; {}",
        args.name,
        frame.width(),
        frame.height(),
        photo.vehicles.len(),
        photo.plates.len(),
        out.display()
    )?;
    if let Some(widest) = widths.iter().copied().reduce(f32::max) {
        let advice = if widest < 60.0 {
            "narrow: plates read best from 90 px on; zoom in, or move the line nearer"
        } else {
            "wide enough to read where the vehicle is near the line"
        };
        writeln!(to, "widest plate {widest:.0} px: {advice}")?;
    }
    Ok(())
}

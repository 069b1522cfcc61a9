//! The words on the command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

/// Follows the journeys of vehicles from other provinces: cameras in, journeys out.
#[derive(Debug, Parser)]
#[command(name = "hanhtrinh", version, propagate_version = true, max_term_width = 100)]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub verb: Verb,
}

/// The verbs.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Watch the cameras and record passages and journeys
    Run(RunArgs),
    /// List passages (lượt xe qua), newest first
    Passages(ListArgs),
    /// List journeys (hành trình), newest first
    Journeys(ListArgs),
    /// Show every passage and journey of one plate
    Trace(TraceArgs),
    /// List journeys that stand open: vehicles in the province that were not seen going out
    Inside(InsideArgs),
    /// Find vehicles and read plates in pictures
    Read(ReadArgs),
    /// Measure the pipeline on clips
    Bench(BenchArgs),
    /// Measure the record against truth
    #[command(subcommand)]
    Eval(EvalVerb),
    /// Check or show the configuration
    #[command(subcommand)]
    Config(ConfigVerb),
    /// Check a camera
    #[command(subcommand)]
    Camera(CameraVerb),
    /// Look after the store
    #[command(subcommand)]
    Store(StoreVerb),
    /// Show the models, check their hashes, and start the execution provider
    Models(ModelsArgs),
}

/// Where the configuration is.
#[derive(Debug, Clone, Args)]
pub struct ConfigArg {
    /// The configuration (TOML)
    #[arg(long, value_name = "FILE")]
    pub config: PathBuf,
}

/// Where records are: by the configuration, or the store's folder.
#[derive(Debug, Clone, Args)]
#[group(required = true, multiple = false)]
pub struct StoreArg {
    /// The configuration (TOML) that names the store
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// The store's folder
    #[arg(long, value_name = "DIR")]
    pub store: Option<PathBuf>,
}

/// Where models are and what runs them.
#[derive(Debug, Clone, Args)]
pub struct EngineArgs {
    /// Folder of the models [default: beside the configuration, then the repository's or the installed one]
    #[arg(long, value_name = "DIR", env = "HANHTRINH_MODELS")]
    pub models: Option<PathBuf>,
    /// ONNX Runtime's library [default: what `cargo xtask setup` installed]
    #[arg(long, value_name = "FILE", env = "ORT_DYLIB_PATH")]
    pub onnxruntime: Option<PathBuf>,
}

/// `run`
#[derive(Debug, Args)]
pub struct RunArgs {
    #[command(flatten)]
    #[allow(missing_docs)]
    pub config: ConfigArg,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub engine: EngineArgs,
    /// Stop when every file has been read to its end
    #[arg(long)]
    pub until_end: bool,
    /// Date the first frame of files that have no `start` with the present moment
    #[arg(long)]
    pub start_now: bool,
}

/// The filters of the verbs that list.
#[derive(Debug, Clone, Args, Default)]
pub struct FilterArgs {
    /// From this time on (dd/MM/yyyy HH:mm:ss, dd/MM/yyyy, 7h30, hôm nay, hôm qua, ISO 8601)
    #[arg(long, value_name = "TIME")]
    pub from: Option<String>,
    /// Before this time
    #[arg(long, value_name = "TIME")]
    pub to: Option<String>,
    /// Camera
    #[arg(long, value_name = "NAME")]
    pub camera: Option<String>,
    /// Gate
    #[arg(long, value_name = "NAME")]
    pub gate: Option<String>,
    /// in, out or seen
    #[arg(long, value_name = "WORD")]
    pub direction: Option<String>,
    /// home, outside, no_province, foreign or undetermined
    #[arg(long, value_name = "WORD")]
    pub verdict: Option<String>,
    /// Where the plate was issued: a code, or a province's name of 2021 or of today
    #[arg(long, value_name = "NAME")]
    pub province: Option<String>,
    /// car, motorcycle, bus, truck or unknown
    #[arg(long, value_name = "WORD")]
    pub class: Option<String>,
    /// Vehicle colour
    #[arg(long, value_name = "WORD")]
    pub colour: Option<String>,
    /// Plate, as people type it; needs --purpose
    #[arg(long, value_name = "PLATE")]
    pub plate: Option<String>,
    /// Least confidence of the read, 0-1
    #[arg(long, value_name = "SHARE")]
    pub min_confidence: Option<f32>,
    /// Came in by this gate
    #[arg(long, value_name = "GATE")]
    pub in_by: Option<String>,
    /// Went out by this gate
    #[arg(long, value_name = "GATE")]
    pub out_by: Option<String>,
    /// Inside for longer than this (90m, 12h, 3d)
    #[arg(long, value_name = "DURATION")]
    pub longer_than: Option<String>,
    /// At most this many
    #[arg(long, value_name = "N", default_value_t = 100)]
    pub limit: u32,
}

/// Why a plate is asked for.
#[derive(Debug, Clone, Args, Default)]
pub struct PurposeArg {
    /// Why this plate is asked for: a case number or words; recorded with your login
    #[arg(long, value_name = "TEXT")]
    pub purpose: Option<String>,
}

/// `passages`, `journeys`
#[derive(Debug, Args)]
pub struct ListArgs {
    #[command(flatten)]
    #[allow(missing_docs)]
    pub store: StoreArg,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub filter: FilterArgs,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub purpose: PurposeArg,
    /// JSON Lines instead of a table
    #[arg(long)]
    pub json: bool,
}

/// `trace`
#[derive(Debug, Args)]
pub struct TraceArgs {
    /// The plate, as people type it: 30A-123.45, 29-B1 123.45
    pub plate: String,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub store: StoreArg,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub purpose: PurposeArg,
    /// JSON Lines instead of a table
    #[arg(long)]
    pub json: bool,
}

/// `inside`
#[derive(Debug, Args)]
pub struct InsideArgs {
    #[command(flatten)]
    #[allow(missing_docs)]
    pub store: StoreArg,
    /// At this time instead of now
    #[arg(long, value_name = "TIME")]
    pub at: Option<String>,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub filter: FilterArgs,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub purpose: PurposeArg,
    /// JSON Lines instead of a table
    #[arg(long)]
    pub json: bool,
}

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

/// `bench`
#[derive(Debug, Args)]
pub struct BenchArgs {
    /// Clips
    #[arg(required = true, value_name = "CLIP")]
    pub clips: Vec<PathBuf>,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub engine: EngineArgs,
    /// Execution provider: auto, cpu or cuda
    #[arg(long, value_name = "WORD", default_value = "auto")]
    pub provider: String,
    /// Frames a second of stream time that the detector sees
    #[arg(long, value_name = "F", default_value_t = 8.0)]
    pub detect_fps: f64,
    /// JSON Lines instead of a table
    #[arg(long)]
    pub json: bool,
}

/// `eval`
#[derive(Debug, Subcommand)]
pub enum EvalVerb {
    /// Passages and journeys against truth
    Passages(EvalPassagesArgs),
}

/// `eval passages`
#[derive(Debug, Args)]
pub struct EvalPassagesArgs {
    #[command(flatten)]
    #[allow(missing_docs)]
    pub config: ConfigArg,
    /// Folder of passes.jsonl and journeys.jsonl
    #[arg(long, value_name = "DIR")]
    pub truth: PathBuf,
    /// Judge what this store holds instead of running the configuration
    #[arg(long, value_name = "DIR")]
    pub store: Option<PathBuf>,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub engine: EngineArgs,
    /// JSON instead of a table
    #[arg(long)]
    pub json: bool,
}

/// `config`
#[derive(Debug, Subcommand)]
pub enum ConfigVerb {
    /// Check the file and everything that it names
    Check(ConfigArg),
    /// Print the configuration with its defaults, secrets left out
    Show(ConfigArg),
}

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

/// `store`
#[derive(Debug, Subcommand)]
pub enum StoreVerb {
    /// Check records, pictures and journeys against each other
    Check(StoreCheckArgs),
}

/// `store check`
#[derive(Debug, Args)]
pub struct StoreCheckArgs {
    #[command(flatten)]
    #[allow(missing_docs)]
    pub store: StoreArg,
    /// JSON Lines instead of text
    #[arg(long)]
    pub json: bool,
}

/// `models`
#[derive(Debug, Args)]
pub struct ModelsArgs {
    #[command(flatten)]
    #[allow(missing_docs)]
    pub engine: EngineArgs,
    /// The configuration, for its provider and the models beside it
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// JSON instead of text
    #[arg(long)]
    pub json: bool,
}

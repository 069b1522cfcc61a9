//! The words on the command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use super::words::Lang;

/// Follows the journeys of vehicles from other provinces: cameras in, journeys out.
#[derive(Debug, Parser)]
#[command(name = "hanhtrinh", version, propagate_version = true, max_term_width = 100)]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub verb: Verb,
    /// Language of answers, vi or en [default: by LC_ALL, LC_MESSAGES or LANG]
    #[arg(
        long,
        value_name = "WORD",
        value_enum,
        ignore_case = true,
        global = true,
        hide_possible_values = true
    )]
    pub lang: Option<Lang>,
}

/// The verbs.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Watch the cameras and record passages and journeys
    Run(super::run::RunArgs),
    /// List passages (lượt xe qua), newest first
    Passages(super::passages::ListArgs),
    /// List journeys (hành trình), newest first
    Journeys(super::passages::ListArgs),
    /// Show every passage and journey of one plate
    Trace(super::ask::PlateArgs),
    /// Say where a vehicle was last seen, whether it left, and which cameras were out since
    Where(super::ask::PlateArgs),
    /// Find plates by a part or a pattern (30A*45), and those that one may have been read as
    Search(super::search::SearchArgs),
    /// List journeys that stand open: vehicles in the province that were not seen going out
    Inside(super::inside::InsideArgs),
    /// Find who goes the same way as a vehicle (cùng hành trình), and how likely that is by chance
    Together(super::together::TogetherArgs),
    /// Find plates seen where one vehicle cannot be: hints of clones
    Clones(super::clones::ClonesArgs),
    /// List vehicles that come often
    Repeat(super::repeat::RepeatArgs),
    /// Count traffic (lưu lượng) by hour, gate, origin, class and camera
    Stats(super::stats::StatsArgs),
    /// Write a report of the traffic as one HTML file with charts and a map
    Report(super::report::ReportArgs),
    /// Keep the watch list (danh sách theo dõi)
    #[command(subcommand)]
    Watch(super::watch::WatchVerb),
    /// List alerts (cảnh báo): passages that the watch list means
    Alerts(super::alerts::AlertsArgs),
    /// List passages that a person should look at (cần kiểm tra lại)
    Review(super::review::ReviewArgs),
    /// Show one passage in full, with its pictures
    Show(super::show::ShowArgs),
    /// Say what plate is on a passage's pictures; journeys follow
    Correct(super::correct::CorrectArgs),
    /// Show who asked and changed what, when and why
    #[command(subcommand)]
    Audit(super::audit::AuditVerb),
    /// Find vehicles and read plates in pictures
    Read(super::read::ReadArgs),
    /// Measure the pipeline on clips
    Bench(super::bench::BenchArgs),
    /// Measure passages, plates or detections against truth
    #[command(subcommand)]
    Eval(super::eval::EvalVerb),
    /// Check or show the configuration
    #[command(subcommand)]
    Config(super::config::ConfigVerb),
    /// Check a camera
    #[command(subcommand)]
    Camera(super::camera::CameraVerb),
    /// Look after the store
    #[command(subcommand)]
    Store(super::store::StoreVerb),
    /// Show the models, check their hashes, and start the execution provider
    Models(super::models::ModelsArgs),
    /// Print completions for a shell
    Completions(super::completions::CompletionsArgs),
    /// Write manual pages
    Man(super::completions::ManArgs),
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

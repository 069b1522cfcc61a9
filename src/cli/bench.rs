//! `bench`: how fast the pipeline is on clips, on one thread, beside the bare things that it cannot be faster than.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Instant;

use serde_json::{Map, Value, json};

use clap::Args;

use super::args::EngineArgs;
use super::error::CliError;
use super::output;
use super::run::{choice_of_flag, engine_options};
use crate::domain::time::local_date;
use crate::obs::Stage;
use crate::pipeline::{Engine, EngineOptions, follow_clip};
use crate::plate::province::Home;
use crate::source;

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

/// Runs of the bare net; the fastest counts.
const BARE_RUNS: usize = 30;

/// Measures every clip by itself.
pub fn run(args: &BenchArgs) -> Result<(), CliError> {
    if !(args.detect_fps > 0.0 && args.detect_fps.is_finite()) {
        return Err(CliError::Usage(format!(
            "--detect-fps: {} cannot be; give frames a second above 0",
            args.detect_fps
        )));
    }
    let options = engine_options(&args.engine, None, choice_of_flag(&args.provider)?);
    for clip in &args.clips {
        let line = one(clip, args.detect_fps, &options)?;
        if args.json {
            writeln!(std::io::stdout().lock(), "{line}")?;
        } else {
            print(clip, &line)?;
        }
    }
    Ok(())
}

fn one(clip: &Path, detect_fps: f64, options: &EngineOptions) -> Result<Value, CliError> {
    let probe = source::probe(clip).map_err(CliError::failed)?;
    let bare = source::bare_decode(clip, 1).map_err(CliError::failed)?;
    let mut engine = Engine::start(options)?;
    let mut nets = engine.worker_nets()?;
    let bare_net_s = nets.detector.bare_run_s(BARE_RUNS)?;
    let home = Home::find("Thái Nguyên")?;
    let cpu_before = cpu_s();
    let begin = Instant::now();
    let followed =
        follow_clip(clip, detect_fps, &engine, &mut nets, home, local_date(jiff::Timestamp::now()))?;
    let wall_s = begin.elapsed().as_secs_f64();
    let cpu = cpu_s() - cpu_before;

    let mut stages = Map::new();
    let mut add = |name: &str, seconds: f64, calls: u64| {
        let ms = if calls == 0 { 0.0 } else { 1e3 * seconds / calls as f64 };
        stages.insert(
            name.to_owned(),
            json!({"ms": round(ms), "share": round(seconds / wall_s), "calls": calls}),
        );
    };
    add("decode", (followed.took_s - followed.in_stages_s).max(0.0), followed.decoded);
    for stage in Stage::ALL {
        let (seconds, calls) = engine.times.of(stage);
        add(stage.as_str(), seconds, calls);
    }
    let bare_decode_s = bare.took_s / bare.frames.max(1) as f64 * followed.decoded as f64;
    let bare_all_s = bare_decode_s + bare_net_s * followed.detected as f64;
    let clip_s =
        if probe.duration_s > 0.0 { probe.duration_s } else { followed.decoded as f64 / probe.fps.max(1.0) };
    Ok(json!({
        "type": "bench",
        "clip": clip,
        "size": [probe.width, probe.height],
        "provider": engine.provider,
        "decoded_fps": round(followed.decoded as f64 / wall_s),
        "detected_fps": round(followed.detected as f64 / wall_s),
        "cpu_s_per_camera_s": round(cpu / clip_s.max(1e-9)),
        "passages": followed.records.len(),
        "stages": stages,
        "bare": {
            "decode_fps": round(bare.frames as f64 / bare.took_s.max(1e-9)),
            "inference_ms": round(1e3 * bare_net_s),
        },
        "ratio_to_bare": round(wall_s / bare_all_s.max(1e-9)),
        "rss_mb": round(peak_rss_mb()),
    }))
}

fn round(value: f64) -> f64 {
    (value * 1e4).round() / 1e4
}

/// Processor seconds of this process so far, all threads, from /proc in hundredths; 0 where there is no /proc.
fn cpu_s() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // Fields count from 3 behind the name, which may hold spaces; user and system time are 14 and 15.
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks = |at: usize| fields.get(at).and_then(|f| f.parse::<f64>().ok()).unwrap_or_default();
    (ticks(11) + ticks(12)) / 100.0
}

/// Most memory that was resident at a time, in megabytes.
fn peak_rss_mb() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|l| l.strip_prefix("VmHWM:"));
    let kilobytes = line.and_then(|l| l.split_whitespace().next()).and_then(|k| k.parse::<f64>().ok());
    kilobytes.unwrap_or_default() / 1024.0
}

fn print(clip: &Path, line: &Value) -> Result<(), CliError> {
    let number = |v: &Value| v.as_f64().unwrap_or_default();
    let mut rows = Vec::new();
    for name in ["decode"].into_iter().chain(Stage::ALL.map(Stage::as_str)) {
        if let Some(stage) = line["stages"].get(name) {
            rows.push(vec![
                name.to_owned(),
                format!("{:.2}", number(&stage["ms"])),
                stage["calls"].to_string(),
                format!("{:.1} %", 100.0 * number(&stage["share"])),
            ]);
        }
    }
    let mut out = std::io::stdout().lock();
    writeln!(out, "{}", clip.display())?;
    drop(out);
    output::table(&["stage", "ms each", "calls", "share of time"], rows)?;
    writeln!(
        std::io::stdout().lock(),
        "decoded {:.0} frames/s, detected {:.1} frames/s, {:.2} CPU-s a camera second, {:.0} MB\n\
         bare: decode {:.0} frames/s, detector {:.1} ms; the whole takes {:.2} times the bare",
        number(&line["decoded_fps"]),
        number(&line["detected_fps"]),
        number(&line["cpu_s_per_camera_s"]),
        number(&line["rss_mb"]),
        number(&line["bare"]["decode_fps"]),
        number(&line["bare"]["inference_ms"]),
        number(&line["ratio_to_bare"]),
    )?;
    Ok(())
}

//! `run`: watch the cameras and record.

use std::path::Path;
use std::sync::Arc;

use clap::Args;

use super::args::{ConfigArg, EngineArgs};
use super::error::CliError;
use crate::base::clock::SystemClock;
use crate::base::shutdown::Shutdown;
use crate::config::{self, ProviderWord};
use crate::infer::ProviderChoice;
use crate::obs;
use crate::pipeline::{self, EngineOptions, RunOptions};

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

/// Runs until SIGTERM or SIGINT, or with `--until-end` to the end of the files.
pub fn run(args: &RunArgs) -> Result<(), CliError> {
    obs::log::start();
    let settings = config::load(&args.config.config)?;
    let shutdown = Shutdown::new();
    on_signals(&shutdown)?;
    let options = RunOptions {
        engine: engine_options(&args.engine, Some(&args.config.config), choice(settings.inference.provider)),
        until_end: args.until_end,
        start_now: args.start_now,
    };
    let report = pipeline::run(&settings, &options, Arc::new(SystemClock::new()), &shutdown)?;
    match report.failed.as_slice() {
        [] => Ok(()),
        failed if args.until_end => {
            let words: Vec<String> = failed.iter().map(|(c, why)| format!("camera {c}: {why}")).collect();
            Err(CliError::Failed(words.join("; ")))
        }
        _ => Ok(()),
    }
}

/// SIGTERM, SIGINT and SIGHUP put the flag up. The second one ends the program at once.
fn on_signals(shutdown: &Shutdown) -> Result<(), CliError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let shutdown = shutdown.clone();
    // Within the runtime, so that a handler is in place before this function returns.
    let signals = runtime.block_on(async {
        use tokio::signal::unix::{SignalKind, signal};
        Ok::<_, std::io::Error>((
            signal(SignalKind::terminate())?,
            signal(SignalKind::interrupt())?,
            signal(SignalKind::hangup())?,
        ))
    })?;
    std::thread::Builder::new().name("signals".to_owned()).spawn(move || {
        runtime.block_on(async {
            let (mut terminate, mut interrupt, mut hangup) = signals;
            let mut count = 0;
            loop {
                tokio::select! {
                    _ = terminate.recv() => {}
                    _ = interrupt.recv() => {}
                    _ = hangup.recv() => {}
                }
                count += 1;
                if count > 1 {
                    std::process::exit(1);
                }
                tracing::info!("stopping: what is in flight is finished first");
                shutdown.trigger();
            }
        });
    })?;
    Ok(())
}

/// The engine as flags and configuration say.
pub fn engine_options(args: &EngineArgs, config: Option<&Path>, provider: ProviderChoice) -> EngineOptions {
    let folder =
        config.map(|c| c.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new(".")).to_owned());
    EngineOptions {
        models: args.models.clone(),
        config_folder: folder,
        runtime: args.onnxruntime.clone(),
        provider,
    }
}

/// The provider that the configuration names.
pub fn choice(word: ProviderWord) -> ProviderChoice {
    match word {
        ProviderWord::Auto => ProviderChoice::Auto,
        ProviderWord::Cpu => ProviderChoice::Cpu,
        ProviderWord::Cuda => ProviderChoice::Cuda,
    }
}

/// The provider that a flag names.
pub fn choice_of_flag(word: &str) -> Result<ProviderChoice, CliError> {
    match word {
        "auto" => Ok(ProviderChoice::Auto),
        "cpu" => Ok(ProviderChoice::Cpu),
        "cuda" => Ok(ProviderChoice::Cuda),
        other => Err(CliError::Usage(format!(
            "--provider: `{other}` is none that is known; give auto, cpu or cuda"
        ))),
    }
}

//! `replay`: serves MP4 clips over RTSP until it is interrupted.

use std::net::SocketAddr;
use std::process::ExitCode;
use std::time::{Duration, UNIX_EPOCH};

use clap::{Parser, ValueEnum};
use replay::{Config, Handle, Path, Server, Start};

/// Serves MP4 clips over RTSP as cameras would
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// Where to listen; port 0 takes a free one
    #[arg(long, default_value = "127.0.0.1:8554")]
    listen: SocketAddr,
    /// A clip and its name in the address; may be given many times
    #[arg(long, value_name = "NAME=FILE", required = true, value_parser = named)]
    clip: Vec<Path>,
    /// User that clients must name
    #[arg(long, requires = "password")]
    user: Option<String>,
    /// Password that clients must know
    #[arg(long, requires = "user")]
    password: Option<String>,
    /// Begin clips anew at their end, with times that go on
    #[arg(long = "loop")]
    looped: bool,
    /// When the clips begin
    #[arg(long, value_enum, default_value = "on-first-play")]
    start: When,
    /// End when every clip has been shown to its end
    #[arg(long, conflicts_with = "looped")]
    until_end: bool,
    /// Seconds between sender reports
    #[arg(long, default_value_t = 2)]
    report_every: u64,
}

#[derive(Clone, Copy, ValueEnum)]
enum When {
    /// With the server
    Live,
    /// Each with the first client that plays it
    OnFirstPlay,
    /// All with the first client that plays any
    Together,
}

fn named(text: &str) -> Result<Path, String> {
    let (name, file) = text.split_once('=').ok_or("give NAME=FILE")?;
    Ok(Path { name: name.to_owned(), clip: file.into() })
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let config = Config {
        listen: arguments.listen,
        paths: arguments.clip,
        credentials: arguments.user.zip(arguments.password),
        looped: arguments.looped,
        start: match arguments.start {
            When::Live => Start::Live,
            When::OnFirstPlay => Start::OnFirstPlay,
            When::Together => Start::Together,
        },
        report_every: Duration::from_secs(arguments.report_every),
        ..Config::default()
    };
    let names: Vec<String> = config.paths.iter().map(|p| p.name.clone()).collect();
    let handle = match Server::start(config) {
        Ok(handle) => handle,
        Err(error) => {
            eprintln!("replay: {error}");
            return ExitCode::FAILURE;
        }
    };
    for name in &names {
        println!("{}", handle.url(name));
    }
    match wait(&handle, &names, arguments.until_end) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("replay: signals cannot be waited for ({error})");
            ExitCode::FAILURE
        }
    }
}

/// Waits for SIGINT or SIGTERM, or for the end of all clips, and tells when each clip begins: `NAME playing since S`,
/// seconds since 1970.
fn wait(handle: &Handle, names: &[String], until_end: bool) -> std::io::Result<()> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
        use tokio::signal::unix::{SignalKind, signal};
        let mut terminate = signal(SignalKind::terminate())?;
        let mut looks = tokio::time::interval(Duration::from_millis(100));
        let mut silent: Vec<&String> = names.iter().collect();
        loop {
            tokio::select! {
                end = tokio::signal::ctrl_c() => return end,
                _ = terminate.recv() => return Ok(()),
                _ = looks.tick() => {}
            }
            silent.retain(|name| match handle.playing_since(name) {
                Some(since) => {
                    let since = since.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs_f64();
                    println!("{name} playing since {since:.3}");
                    false
                }
                None => true,
            });
            if until_end && names.iter().all(|name| handle.ended(name)) {
                return Ok(());
            }
        }
    })
}

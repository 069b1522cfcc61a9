//! The main job on the sample clips: they are served over RTSP at real-time pace, followed, and what was recorded is
//! printed beside the truth.

mod configuration;
mod outcome;

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::process::step;

/// Where the demo writes; made anew at each run.
const FOLDER: &str = "target/demo";
/// Folder of the footage and its truth.
const SAMPLE: &str = "sample_videos";
const PROGRAM: &str = "target/release/hanhtrinh";
const SERVER: &str = "target/release/replay";
/// Loading the models takes a second or two, on a busy machine more.
const START_LIMIT: Duration = Duration::from_secs(60);
/// After the clips' end the last vehicles' tracks end too.
const AFTER_THE_END: Duration = Duration::from_secs(4);

/// A child that does not outlive us.
struct Guarded(Child);

impl Drop for Guarded {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Serves, follows, prints.
pub fn run() -> Result<()> {
    let folder = Path::new(FOLDER);
    if folder.exists() {
        std::fs::remove_dir_all(folder)?;
    }
    std::fs::create_dir_all(folder)?;
    let sample = Path::new(SAMPLE).join("sample.toml");
    let cameras = configuration::cameras(&sample)?;

    step("serving the sample clips over RTSP on loopback");
    let mut server = Command::new(SERVER);
    server.args(["--listen", "127.0.0.1:0", "--start", "together", "--until-end"]);
    for camera in &cameras {
        server.arg("--clip").arg(format!("{}={}", camera.name, camera.clip.display()));
    }
    let mut server = Guarded(
        server.stdout(Stdio::piped()).spawn().with_context(|| format!("{SERVER} cannot be started"))?,
    );
    let mut lines = Lines::of(server.0.stdout.take().context("the server's output is piped")?)?;
    let mut urls = Vec::new();
    for camera in &cameras {
        let url =
            lines.next(START_LIMIT)?.with_context(|| format!("the server did not serve {}", camera.name))?;
        println!("    {url}");
        urls.push(url);
    }

    let config = configuration::write(folder, &sample, &urls)?;
    step("hanhtrinh run, until the clips have been shown");
    let program = Command::new(PROGRAM)
        .args(["run", "--config"])
        .arg(&config)
        .spawn()
        .with_context(|| format!("{PROGRAM} cannot be started"))?;
    let mut program = Guarded(program);
    let began = first_picture(&mut lines, &mut program)?;
    while server.0.try_wait()?.is_none() {
        if let Some(status) = program.0.try_wait()? {
            bail!("hanhtrinh run has ended too early ({status})");
        }
        std::thread::sleep(Duration::from_millis(200));
    }
    std::thread::sleep(AFTER_THE_END);
    stop(&mut program)?;
    outcome::print(folder, began)
}

/// When the clips began, in seconds since 1970.
fn first_picture(lines: &mut Lines, program: &mut Guarded) -> Result<f64> {
    let start = Instant::now();
    loop {
        let line = lines.next(Duration::from_millis(200))?.unwrap_or_default();
        if let Some((_, since)) = line.split_once(" playing since ") {
            return since.trim().parse().with_context(|| format!("the server said `{line}`"));
        }
        if let Some(status) = program.0.try_wait()? {
            bail!("hanhtrinh run has ended before it played anything ({status}); its own words stand above");
        }
        if start.elapsed() > START_LIMIT {
            bail!("hanhtrinh run has not played the clips within {} s", START_LIMIT.as_secs());
        }
    }
}

/// SIGTERM, and a clean end within 5 s.
fn stop(program: &mut Guarded) -> Result<()> {
    let asked = Instant::now();
    // The shell has its own kill; a small Debian has no program of that name.
    crate::process::run(Command::new("sh").args(["-c", "kill -TERM \"$0\"", &program.0.id().to_string()]))?;
    while asked.elapsed() < Duration::from_secs(10) {
        if let Some(status) = program.0.try_wait()? {
            if !status.success() {
                bail!("hanhtrinh run ended badly ({status})");
            }
            println!("    stopped in {:.1} s", asked.elapsed().as_secs_f64());
            return Ok(());
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    bail!("hanhtrinh run did not stop within 10 s of SIGTERM")
}

/// Lines of a child's output, read on a thread of their own so that waiting can end.
struct Lines(mpsc::Receiver<String>);

impl Lines {
    fn of(output: impl std::io::Read + Send + 'static) -> Result<Self> {
        let (to, from) = mpsc::sync_channel(16);
        std::thread::Builder::new().name("server-lines".to_owned()).spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                if to.send(line).is_err() {
                    return;
                }
            }
        })?;
        Ok(Self(from))
    }

    /// The next line within `limit`; `None` where there is none.
    fn next(&mut self, limit: Duration) -> Result<Option<String>> {
        match self.0.recv_timeout(limit) {
            Ok(line) => Ok(Some(line)),
            Err(mpsc::RecvTimeoutError::Timeout) => Ok(None),
            Err(mpsc::RecvTimeoutError::Disconnected) => bail!("the server has ended too early"),
        }
    }
}

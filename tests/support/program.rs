//! The program as a user starts it.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::time::{Duration, Instant};

use serde_json::Value;

/// The repository.
pub fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The program, in an environment in which help is as wide as the snapshots and models are our own.
pub fn hanhtrinh(arguments: &[&dyn AsRef<OsStr>]) -> assert_cmd::Command {
    let mut command = assert_cmd::Command::new(env!("CARGO_BIN_EXE_hanhtrinh"));
    command.args(arguments.iter().map(|a| a.as_ref()));
    command.env_remove("HANHTRINH_MODELS").env_remove("HANHTRINH_LOG").env_remove("COLUMNS");
    // Answers are in English unless a test asks for another language.
    command.env("LC_ALL", "C");
    command
}

/// What it said and how it ended.
#[derive(Debug)]
pub struct Answer {
    pub code: i32,
    pub out: String,
    pub err: String,
}

/// Runs it to its end.
pub fn ask(arguments: &[&dyn AsRef<OsStr>]) -> Answer {
    answer(&mut hanhtrinh(arguments))
}

/// Runs this command to its end.
pub fn answer(command: &mut assert_cmd::Command) -> Answer {
    let output = command.output().expect("the program starts");
    Answer {
        code: output.status.code().expect("no signal ends it"),
        out: String::from_utf8(output.stdout).expect("UTF-8"),
        err: String::from_utf8(output.stderr).expect("UTF-8"),
    }
}

impl Answer {
    /// The answer, where it is a good one.
    pub fn good(self) -> String {
        assert_eq!((self.code, self.err.as_str()), (0, ""), "it answers and has nothing to complain about");
        self.out
    }

    /// The JSON objects of a good answer.
    pub fn json(self) -> Vec<Value> {
        self.good().lines().map(|line| serde_json::from_str(line).expect("one JSON object a line")).collect()
    }

    /// The one line in which a failure with this code is told. Log lines before it are passed over.
    pub fn failure(&self, code: i32) -> String {
        assert_eq!((self.code, self.out.as_str()), (code, ""), "{}", self.err);
        let told: Vec<&str> = self.err.lines().filter(|line| !line.starts_with('{')).collect();
        match told.as_slice() {
            [line] => line.strip_prefix("hanhtrinh: ").expect("it says who speaks").to_owned(),
            other => panic!("one line was expected: {other:#?}"),
        }
    }

    /// As [`Self::failure`]; the line names each of these.
    pub fn fails_naming(&self, code: i32, named: &[&str]) {
        let line = self.failure(code);
        for what in named {
            assert!(line.contains(what), "`{what}` is not named: {line}");
        }
    }
}

/// Passages, journeys and the like of a store, as `--json` gives them.
pub fn listed(verb: &str, store: &Path) -> Vec<Value> {
    ask(&[&verb, &"--json", &"--limit", &"100000", &"--store", &store]).json()
}

/// Asserts that every picture a passage names is a JPEG in the store; gives their number.
pub fn pictures_are_there(store: &Path, passages: &[Value]) -> usize {
    let mut count = 0;
    for passage in passages {
        for kind in ["frame", "vehicle", "plate"] {
            let Some(path) = passage["pictures"][kind].as_str() else { continue };
            let bytes = std::fs::read(store.join(path)).expect("a picture that is named is there");
            assert!(
                bytes.starts_with(&[0xff, 0xd8, 0xff]) && bytes.ends_with(&[0xff, 0xd9]),
                "{path} is a JPEG"
            );
            count += 1;
        }
    }
    count
}

/// Writes a configuration.
pub fn configuration(folder: &Path, text: &str) -> PathBuf {
    let path = folder.join("hanhtrinh.toml");
    std::fs::write(&path, text).expect("written");
    path
}

/// A run in the background, with what it logs. It does not outlive the test.
pub struct Running {
    child: Child,
    lines: Receiver<String>,
    log: Vec<Value>,
}

impl Drop for Running {
    fn drop(&mut self) {
        // Both fail where it has ended, as it should have.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Running {
    /// Starts `run --config`.
    pub fn start(config: &Path, environment: &[(&str, &str)]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_hanhtrinh"))
            .args(["run", "--config"])
            .arg(config)
            .env_remove("HANHTRINH_MODELS")
            .env_remove("HANHTRINH_LOG")
            .envs(environment.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let stderr = child.stderr.take().expect("it is piped");
        // More lines than any test's run logs: it must not wait for us.
        let (to, lines) = sync_channel(4096);
        let reader = std::thread::Builder::new().name("log".to_owned()).spawn(move || {
            for line in BufReader::new(stderr).lines().map_while(Result::ok) {
                if to.send(line).is_err() {
                    return;
                }
            }
        });
        reader.expect("a thread starts");
        Self { child, lines, log: Vec::new() }
    }

    /// What it has logged so far.
    pub fn log(&self) -> &[Value] {
        &self.log
    }

    /// Waits until it logs, or has logged, what is looked for; panics after `limit`, and where it ends before.
    pub fn until(&mut self, limit: Duration, what: &str, wanted: impl Fn(&[Value]) -> bool) {
        let end = Instant::now() + limit;
        while !wanted(&self.log) {
            match self.lines.recv_timeout(end.saturating_duration_since(Instant::now())) {
                Ok(line) => self.keep(&line),
                Err(RecvTimeoutError::Timeout) => panic!("{what}: not within {limit:?}: {:#?}", self.log),
                Err(RecvTimeoutError::Disconnected) => panic!("{what}: it has ended: {:#?}", self.log),
            }
        }
    }

    /// Waits until `found` finds what is looked for in what others can see, asked twice a second.
    pub fn until_seen<T>(&mut self, limit: Duration, what: &str, found: impl Fn() -> Option<T>) -> T {
        let end = Instant::now() + limit;
        loop {
            if let Some(found) = found() {
                return found;
            }
            assert!(Instant::now() < end, "{what}: not within {limit:?}: {:#?}", self.log);
            match self.lines.recv_timeout(Duration::from_millis(500)) {
                Ok(line) => self.keep(&line),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => panic!("{what}: it has ended: {:#?}", self.log),
            }
        }
    }

    /// Listens for so long; panics where it ends before.
    pub fn listen(&mut self, time: Duration) {
        let end = Instant::now() + time;
        loop {
            match self.lines.recv_timeout(end.saturating_duration_since(Instant::now())) {
                Ok(line) => self.keep(&line),
                Err(RecvTimeoutError::Timeout) => return,
                Err(RecvTimeoutError::Disconnected) => panic!("it has ended: {:#?}", self.log),
            }
        }
    }

    fn keep(&mut self, line: &str) {
        self.log.push(serde_json::from_str(line).unwrap_or_else(|_| Value::String(line.to_owned())));
    }

    /// SIGTERM; how it ended, and how long that took.
    pub fn stop(mut self, limit: Duration) -> (ExitStatus, Duration) {
        let asked = Instant::now();
        let sent =
            Command::new("sh").args(["-c", "kill -TERM \"$0\"", &self.child.id().to_string()]).status();
        assert!(sent.expect("kill is there").success());
        // Its log ends when it does.
        loop {
            match self.lines.recv_timeout((asked + limit).saturating_duration_since(Instant::now())) {
                Ok(line) => self.keep(&line),
                Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) => {
                    panic!("not ended {limit:?} after SIGTERM: {:#?}", self.log)
                }
            }
        }
        (self.child.wait().expect("it has ended"), asked.elapsed())
    }

    /// SIGKILL: no chance to tidy up.
    pub fn kill(mut self) {
        self.child.kill().expect("it runs");
        self.child.wait().expect("it has ended");
    }
}

/// Whether the log tells that this camera is in this state.
pub fn told(log: &[Value], camera: &str, state: &str) -> bool {
    log.iter().any(|line| line["camera"] == camera && line["state"] == state)
}

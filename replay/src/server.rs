//! The server: its paths, its run-time, and the handle to it.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::sync::watch;

use crate::clip::{Clip, ClipError, RATE};
use crate::clock::{PathClock, Start};
use crate::connection;
use crate::fault::Faults;

/// One path of the server.
#[derive(Debug, Clone)]
pub struct Path {
    /// Its name in the address, without a slash.
    pub name: String,
    /// The MP4.
    pub clip: PathBuf,
}

/// How to serve.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where to listen; port 0 takes a free one.
    pub listen: SocketAddr,
    /// What to serve.
    pub paths: Vec<Path>,
    /// User and password; `None` lets everybody in.
    pub credentials: Option<(String, String)>,
    /// Whether clips begin anew at their end, with times that go on; else the stream ends with a farewell and the path
    /// is no longer found.
    pub looped: bool,
    /// When clips begin.
    pub start: Start,
    /// Time between sender reports.
    pub report_every: Duration,
    /// Seconds by which the clock of the sender reports is ahead of the host's.
    pub clock_ahead_s: i64,
    /// Drives lost packets and broken bytes.
    pub seed: u64,
}

impl Default for Config {
    /// A free port on loopback, no path yet, no password, no loop, each clip from its first client on.
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            paths: Vec::new(),
            credentials: None,
            looped: false,
            start: Start::OnFirstPlay,
            report_every: Duration::from_secs(2),
            clock_ahead_s: 0,
            seed: 1,
        }
    }
}

/// Why the server did not start.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    /// A clip cannot be served.
    #[error(transparent)]
    Clip(#[from] ClipError),
    /// The address cannot be listened on.
    #[error("{listen}: cannot listen ({source}); choose another port, or 0 for a free one")]
    Listen {
        /// The address.
        listen: SocketAddr,
        /// What the system says.
        source: std::io::Error,
    },
    /// No threads.
    #[error("the run-time cannot start ({0})")]
    Runtime(std::io::Error),
    /// Two paths of one name, or a name that no address can hold.
    #[error("clip name `{0}` is given twice or holds a slash; give each clip a plain name of its own")]
    Name(String),
}

/// What a path has served.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Stats {
    /// Requests refused for their password, the first one of each connection (which carries none) left out.
    pub refused: u64,
    /// Orders to play that were followed.
    pub plays: u64,
    /// Pictures sent.
    pub pictures: u64,
}

#[derive(Debug, Default)]
pub(crate) struct Counters {
    pub refused: AtomicU64,
    pub plays: AtomicU64,
    pub pictures: AtomicU64,
}

/// A path as its connections share it.
#[derive(Debug)]
pub(crate) struct PathState {
    pub name: String,
    pub clip: Clip,
    pub clock: PathClock,
    pub faults: watch::Sender<Faults>,
    pub counters: Counters,
}

impl PathState {
    /// Ticks since its clip began; `None` where it has not.
    pub fn position(&self) -> Option<i64> {
        let passed = self.clock.began()?.elapsed();
        i64::try_from(passed.as_micros() * RATE as u128 / 1_000_000).ok()
    }
}

/// What all connections share.
#[derive(Debug)]
pub(crate) struct Shared {
    pub config: Config,
    pub paths: Vec<Arc<PathState>>,
    pub drawn: AtomicU64,
}

impl Shared {
    pub fn path(&self, name: &str) -> Option<&Arc<PathState>> {
        self.paths.iter().find(|p| p.name == name)
    }

    /// Whether the path's clip has been shown to its end.
    pub fn ended(&self, path: &PathState) -> bool {
        !self.config.looped && path.position().is_some_and(|p| p > path.clip.length)
    }

    /// Another seed for every asker.
    pub fn draw(&self) -> u64 {
        let number = self.drawn.fetch_add(1, Ordering::Relaxed);
        crate::random::Random::new(self.config.seed.wrapping_add(number)).bits()
    }
}

/// Starts servers.
#[derive(Debug)]
pub struct Server;

impl Server {
    /// Reads the clips and serves them until the handle is stopped or dropped.
    pub fn start(config: Config) -> Result<Handle, ServerError> {
        let together = PathClock::standing();
        let mut paths: Vec<Arc<PathState>> = Vec::new();
        for path in &config.paths {
            if path.name.is_empty() || path.name.contains('/') || paths.iter().any(|p| p.name == path.name) {
                return Err(ServerError::Name(path.name.clone()));
            }
            let clock = match config.start {
                Start::Together => together.clone(),
                Start::Live | Start::OnFirstPlay => PathClock::standing(),
            };
            paths.push(Arc::new(PathState {
                name: path.name.clone(),
                clip: Clip::read(&path.clip)?,
                clock,
                faults: watch::Sender::new(Faults::default()),
                counters: Counters::default(),
            }));
        }
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .thread_name("replay")
            .enable_all()
            .build()
            .map_err(ServerError::Runtime)?;
        let listen = config.listen;
        let listener = runtime
            .block_on(TcpListener::bind(listen))
            .map_err(|source| ServerError::Listen { listen, source })?;
        let address = listener.local_addr().map_err(|source| ServerError::Listen { listen, source })?;
        if config.start == Start::Live {
            // Behind the reading of all clips, so that they begin at one moment.
            paths.iter().for_each(|p| {
                p.clock.start();
            });
        }
        let shared = Arc::new(Shared { config, paths, drawn: AtomicU64::new(0) });
        let for_clients = Arc::clone(&shared);
        runtime.spawn(async move {
            loop {
                match listener.accept().await {
                    Ok((socket, peer)) => {
                        tokio::spawn(connection::serve(socket, peer, Arc::clone(&for_clients)));
                    }
                    // Out of descriptors, for one: others may be given back meanwhile.
                    Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
                }
            }
        });
        Ok(Handle { runtime: Some(runtime), address, shared })
    }
}

/// A running server. Names that it does not serve are passed over by all that changes faults.
#[derive(Debug)]
pub struct Handle {
    runtime: Option<Runtime>,
    address: SocketAddr,
    shared: Arc<Shared>,
}

impl Handle {
    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The port it listens on.
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// Address of a path, without user and password.
    pub fn url(&self, path: &str) -> String {
        format!("rtsp://{}/{path}", self.address)
    }

    /// Sends nothing more on the path, keeps its connections and answers.
    pub fn stall(&self, path: &str) {
        self.change(path, |f| f.stall = true);
    }

    /// Neither sends nor answers on the path.
    pub fn hang(&self, path: &str) {
        self.change(path, |f| f.hang = true);
    }

    /// Cuts the path's connections and refuses new ones for so long.
    pub fn cut(&self, path: &str, pause: Duration) {
        self.change(path, |f| f.cut(pause));
    }

    /// Loses this share of the path's packets, 0-1.
    pub fn lose(&self, path: &str, share: f64) {
        self.change(path, |f| f.loss = share);
    }

    /// Scrambles this share of the path's pictures, 0-1.
    pub fn garble(&self, path: &str, share: f64) {
        self.change(path, |f| f.garbage = share);
    }

    /// Scrambles the path's parameter sets.
    pub fn wrong_parameters(&self, path: &str) {
        self.change(path, |f| f.wrong_parameters = true);
    }

    /// Ends all faults of the path. Pictures come again from the next key picture on.
    pub fn resume(&self, path: &str) {
        self.change(path, Faults::end);
    }

    /// The path's faults.
    pub fn faults(&self, path: &str) -> Faults {
        self.shared.path(path).map(|p| *p.faults.borrow()).unwrap_or_default()
    }

    /// Puts the path's clip back to its front; it begins with the next client that plays it. Clients that play lose
    /// their connection.
    pub fn rewind(&self, path: &str) {
        if let Some(state) = self.shared.path(path) {
            state.clock.rewind();
            self.change(path, |f| f.cut(Duration::ZERO));
        }
    }

    /// Moment of the clip's first picture; `None` where nobody has played it yet.
    pub fn playing_since(&self, path: &str) -> Option<SystemTime> {
        let began = self.shared.path(path)?.clock.began()?;
        SystemTime::now().checked_sub(began.elapsed())
    }

    /// Whether the path's clip has been shown to its end; never where clips are looped.
    pub fn ended(&self, path: &str) -> bool {
        self.shared.path(path).is_some_and(|state| self.shared.ended(state))
    }

    /// What the path has served.
    pub fn stats(&self, path: &str) -> Stats {
        let Some(state) = self.shared.path(path) else { return Stats::default() };
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Stats {
            refused: read(&state.counters.refused),
            plays: read(&state.counters.plays),
            pictures: read(&state.counters.pictures),
        }
    }

    /// Ends it with all connections and waits until the port is free. Blocks; not for use within tokio.
    pub fn stop(mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_timeout(Duration::from_secs(10));
        }
    }

    fn change(&self, path: &str, how: impl FnOnce(&mut Faults)) {
        if let Some(state) = self.shared.path(path) {
            state.faults.send_modify(how);
        }
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

//! A run: opens the store, loads the nets, starts the threads, watches over them, and joins them in order.

use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};

use super::alerts::{Alerts, Bell};
use super::confusion::ReaderErrors;
use super::engine::{Engine, EngineOptions};
use super::error::PipelineError;
use super::hands::hands;
use super::health::Health;
use super::judge::{Judge, track_rules};
use super::lane::Lane;
use super::queue::{self, WhenFull};
use super::read::ReadStage;
use super::records::RecordMaker;
use super::sink::{CameraSink, Status};
use super::wiring::{self, CameraWork, Worker};
use crate::base::clock::Clock;
use crate::base::shutdown::Shutdown;
use crate::config::{CameraSettings, HomePassages, Location, Settings};
use crate::domain::ids::{CameraId, RunId};
use crate::domain::time::{ClockQuality, local_date};
use crate::journey::JourneyRules;
use crate::obs::{self, CameraCounters};
use crate::plate::province::Home;
use crate::source::{self, EndReason, SourceEnd, SourceSpec, Transport};
use crate::store::{
    OpenMode, Record, RetentionRules, RunStart, SettingsUsed, Store, Writer, WriterHandle, WriterOptions,
};

/// How often the supervisor looks.
const WATCH_EVERY: Duration = Duration::from_millis(200);

/// What a run is told beside its settings.
#[derive(Debug, Clone)]
pub struct RunOptions {
    /// Models, runtime, provider.
    pub engine: EngineOptions,
    /// Stop when every file has been read.
    pub until_end: bool,
    /// Date files without `start` with the present moment.
    pub start_now: bool,
}

/// How a run ended.
#[derive(Debug, Default)]
pub struct RunReport {
    /// File cameras that could not be read, with the error.
    pub failed: Vec<(CameraId, String)>,
    /// Files that were not dated, so that their passages carry no time.
    pub undated: Vec<CameraId>,
}

/// Runs until the flag goes up, or, where so told, until every file has been read. Without cameras it only delivers alerts.
pub fn run(
    settings: &Settings,
    options: &RunOptions,
    clock: Arc<dyn Clock>,
    shutdown: &Shutdown,
) -> Result<RunReport, PipelineError> {
    if settings.cameras.is_empty() {
        return super::centre::run(settings, options.until_end, clock, shutdown);
    }
    let home = Home::find(&settings.home)?;
    let mut engine = Engine::start(&options.engine)?;
    if let Some(notice) = &engine.notice {
        tracing::warn!("{notice}");
    }
    tracing::info!(provider = engine.provider, models = engine.versions, "the models are loaded");

    let store = Store::open(&settings.store.dir, OpenMode::Create)?;
    let alerts = Alerts::start(&settings.alerts, store.dir(), &clock)?;
    let writer =
        start_writer(store, settings, engine.errors.clone(), clock.clone(), alerts.bell(), shutdown)?;
    let run_id = RunId::new(&format!("{}-{}", clock.now().as_millisecond(), std::process::id()));
    tell_start(&writer.handle(), settings, &engine, &run_id)?;

    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .thread_name("net")
        .enable_all()
        .build()
        .map_err(|cause| PipelineError::System {
            what: "the network threads cannot be started".to_owned(),
            cause,
        })?;
    if let Some(address) = settings.metrics
        && let Err(why) = obs::metrics::serve(address, runtime.handle())
    {
        tracing::warn!("{why}; the run goes on without it. Set [metrics] listen to another port, or to \"\"");
    }

    let judge = Arc::new(Judge { home, rules: track_rules(), today: local_date(clock.now()) });
    let start =
        Start { settings, options, engine: &engine, writer: writer.handle(), judge, clock, run_id: &run_id };
    let mut report = RunReport::default();
    let mut cameras = Vec::new();
    let mut sources = Vec::new();
    for camera in &settings.cameras {
        if matches!(camera.location, Location::File(_)) && camera.start.is_none() && !options.start_now {
            tracing::warn!(
                camera = %camera.place.name,
                "this file has no `start`: its passages carry no time and make no journey. Give the camera a `start`, \
                 or use run --start-now"
            );
            report.undated.push(camera.place.name.clone());
        }
        let (work, source) = start.camera(camera, shutdown, runtime.handle())?;
        cameras.push(work);
        sources.push(source);
    }
    let workers = start_workers(settings, &mut engine, cameras, &writer.handle(), shutdown)?;

    watch(&mut sources, options.until_end, shutdown);
    shutdown_sources(sources, &mut report);
    let mut failure = None;
    for worker in workers {
        failure = failure.or(wiring::join(worker).err());
    }
    let ended = writer.send(Record::RunEnded(run_id));
    let closed = writer.close();
    alerts.finish();
    runtime.shutdown_timeout(Duration::from_secs(1));
    // The store's own words are better than what others met behind it.
    closed?;
    ended?;
    failure.map_or(Ok(report), Err)
}

/// The writer, with the rules that journeys are assembled by.
pub(super) fn start_writer(
    store: Store,
    settings: &Settings,
    errors: ReaderErrors,
    clock: Arc<dyn Clock>,
    alerts: Bell,
    shutdown: &Shutdown,
) -> Result<Writer, PipelineError> {
    let mut rules = journey_rules(settings);
    // Passages of other boxes join by the roles of their gates.
    for gate in store.reader()?.other_boxes()?.into_iter().flat_map(|b| b.settings.gates) {
        if rules.gates.iter().all(|g| g.name != gate.name) {
            rules.gates.push(gate);
        }
    }
    let mut options = WriterOptions::with(hands(rules, errors), clock);
    options.retention = RetentionRules {
        keep_days: Some(settings.store.keep_days),
        max_bytes: Some(settings.store.max_bytes),
    };
    options.on_deletion = Box::new(|gone| {
        tracing::info!(count = gone.count, bytes = gone.bytes, "removed {}: {}", gone.what, gone.why);
    });
    options.on_alert = Box::new(move || alerts.ring());
    let shutdown = shutdown.clone();
    options.on_failure = Box::new(move |error| {
        tracing::error!("the store has failed, the run ends: {error}");
        shutdown.trigger();
    });
    Ok(Writer::start(store, options)?)
}

/// By what rules journeys are told under these settings.
pub fn journey_rules(settings: &Settings) -> JourneyRules {
    JourneyRules {
        lost_after: SignedDuration::from_hours(i64::from(settings.lost_after_hours)),
        gates: settings.gates.clone(),
        ..JourneyRules::default()
    }
}

fn tell_start(
    writer: &WriterHandle,
    settings: &Settings,
    engine: &Engine,
    run: &RunId,
) -> Result<(), PipelineError> {
    let live = settings.cameras.iter().filter(|c| matches!(c.location, Location::Rtsp { .. }));
    writer.send(Record::RunStarted(RunStart {
        run: run.clone(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        models: engine.versions.clone(),
        config: settings.fingerprint.clone(),
        provider: engine.provider.clone(),
        live_cameras: live.map(|c| c.place.name.clone()).collect(),
    }))?;
    tell_settings(writer, settings)
}

/// Where alerts go, and where everything is: what the verbs that ask know of this box.
pub(super) fn tell_settings(writer: &WriterHandle, settings: &Settings) -> Result<(), PipelineError> {
    writer.send(Record::AlertTargets(settings.alerts.iter().map(|a| a.name.clone()).collect()))?;
    let rules = journey_rules(settings);
    writer.send(Record::Settings(Box::new(SettingsUsed {
        home: settings.home.clone(),
        gates: settings.gates.clone(),
        cameras: settings.cameras.iter().map(|c| c.place.clone()).collect(),
        lost_after_s: rules.lost_after.as_secs(),
        same_crossing_s: rules.same_crossing_window.as_secs(),
    })))?;
    Ok(())
}

/// What every camera is started with.
struct Start<'a> {
    settings: &'a Settings,
    options: &'a RunOptions,
    engine: &'a Engine,
    writer: WriterHandle,
    judge: Arc<Judge>,
    clock: Arc<dyn Clock>,
    run_id: &'a RunId,
}

/// A camera's source while it runs.
struct RunningSource {
    camera: CameraId,
    thread: JoinHandle<SourceEnd>,
    is_file: bool,
    health: Health,
}

impl Start<'_> {
    fn camera(
        &self,
        camera: &CameraSettings,
        shutdown: &Shutdown,
        runtime: &tokio::runtime::Handle,
    ) -> Result<(CameraWork, RunningSource), PipelineError> {
        let name = &camera.place.name;
        let is_file = matches!(camera.location, Location::File(_));
        let spec = source_spec(camera, self.settings.inference.detect_fps, self.start_of(camera));
        let run = if is_file { file_run(camera, spec.start) } else { self.run_id.clone() };
        let counters = Arc::new(CameraCounters::new(name.clone()));
        let status = Arc::new(Mutex::new(Status::default()));
        let when_full = if is_file { WhenFull::Wait } else { WhenFull::DropOldest };
        let (to, frames) = queue::frames(when_full, counters.clone(), shutdown.clone());
        let outages = (!is_file).then(|| self.writer.clone());
        let sink = CameraSink::new(name.clone(), to, outages, counters.clone(), status.clone());
        let thread =
            source::spawn(spec, sink, shutdown.clone(), self.clock.clone(), runtime.clone()).map_err(
                |cause| PipelineError::System { what: format!("camera {name} cannot be started"), cause },
            )?;
        let maker = RecordMaker {
            place: camera.place.clone(),
            models: self.engine.versions.clone(),
            config: self.settings.fingerprint.clone(),
            count_home: self.settings.store.home_passages == HomePassages::Count,
        };
        let work = CameraWork {
            frames,
            lane: Lane::new(run, name.clone(), camera.place.line),
            read: ReadStage::new(&camera.place, self.judge.clone(), maker, counters.clone()),
            counters: counters.clone(),
        };
        let health = Health::new(name.clone(), status, counters);
        Ok((work, RunningSource { camera: name.clone(), thread, is_file, health }))
    }

    fn start_of(&self, camera: &CameraSettings) -> Option<Timestamp> {
        let is_file = matches!(camera.location, Location::File(_));
        camera.start.or((is_file && self.options.start_now).then(|| self.clock.now()))
    }
}

/// A camera's source in the words of the source room.
pub fn source_spec(camera: &CameraSettings, sample_fps: f64, start: Option<Timestamp>) -> SourceSpec {
    let location = match &camera.location {
        Location::File(path) => source::Location::File(path.clone()),
        Location::Rtsp { url, credentials, udp } => source::Location::Rtsp {
            url: url.clone(),
            credentials: credentials.clone(),
            transport: if *udp { Transport::Udp } else { Transport::Tcp },
        },
    };
    SourceSpec {
        start,
        sample_fps,
        trust_sender_clock: camera.trust_clock,
        clock_quality_of_host: host_clock(),
        ..SourceSpec::new(camera.place.name.clone(), location)
    }
}

/// Whether a time server holds this host's clock: systemd-timesyncd and chrony leave these marks.
fn host_clock() -> ClockQuality {
    let marks = ["/run/systemd/timesync/synchronized", "/run/chrony/chronyd.pid"];
    let held = marks.iter().any(|mark| std::path::Path::new(mark).exists());
    if held { ClockQuality::Synced } else { ClockQuality::Free }
}

/// The run of a file: the same file with the same start is the same run, so a second reading names the same passages.
fn file_run(camera: &CameraSettings, start: Option<Timestamp>) -> RunId {
    let Location::File(path) = &camera.location else { return RunId::new("live") };
    let bytes = std::fs::metadata(path).map(|m| m.len()).unwrap_or_default();
    let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    let what = format!("{name}\n{bytes}\n{}", start.map(|s| s.as_microsecond()).unwrap_or_default());
    let digest: String = Sha256::digest(what.as_bytes()).iter().take(8).map(|b| format!("{b:02x}")).collect();
    RunId::new(&format!("file-{digest}"))
}

fn start_workers(
    settings: &Settings,
    engine: &mut Engine,
    cameras: Vec<CameraWork>,
    writer: &WriterHandle,
    shutdown: &Shutdown,
) -> Result<Vec<Worker>, PipelineError> {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let wanted = if settings.inference.workers == 0 { cores } else { settings.inference.workers as usize };
    let pairs = wanted.clamp(1, cameras.len().max(1));
    let mut dealt: Vec<Vec<CameraWork>> = (0..pairs).map(|_| Vec::new()).collect();
    for (at, camera) in cameras.into_iter().enumerate() {
        dealt[at % pairs].push(camera);
    }
    let (mut detect, mut read) = (Vec::new(), Vec::new());
    for (number, cameras) in dealt.into_iter().enumerate() {
        let nets = engine.worker_nets()?;
        let [d, r] =
            wiring::start_pair(number, cameras, nets, writer.clone(), engine.times.clone(), shutdown)?;
        detect.push(d);
        read.push(r);
    }
    detect.extend(read);
    Ok(detect)
}

/// Waits for the end, and tells how it goes meanwhile.
fn watch(sources: &mut [RunningSource], until_end: bool, shutdown: &Shutdown) {
    let mut ticker = super::health::Ticker::start();
    while !shutdown.wait_for(WATCH_EVERY) {
        ticker.tick(sources.iter_mut().map(|s| &mut s.health));
        if until_end && sources.iter().filter(|s| s.is_file).all(|s| s.thread.is_finished()) {
            break;
        }
    }
    ticker.finish();
}

fn shutdown_sources(sources: Vec<RunningSource>, report: &mut RunReport) {
    for source in sources {
        if !source.thread.is_finished() {
            tracing::debug!(camera = %source.camera, "waiting for the camera's thread");
        }
        match source.thread.join() {
            Ok(SourceEnd { reason: EndReason::Failed(error), .. }) => {
                report.failed.push((source.camera, error.to_string()));
            }
            Ok(_) => {}
            Err(_) => report
                .failed
                .push((source.camera, "its thread broke off by a fault of this program".to_owned())),
        }
    }
}

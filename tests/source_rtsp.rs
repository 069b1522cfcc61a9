//! Live cameras, played by our own RTSP server: what comes, and what happens when a camera fails.

mod support;

use std::net::TcpListener;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use hanhtrinh::base::clock::{Clock, SystemClock};
use hanhtrinh::base::shutdown::Shutdown;
use hanhtrinh::domain::ids::CameraId;
use hanhtrinh::domain::time::ClockQuality;
use hanhtrinh::source::{
    EndReason, Location, SourceEnd, SourceError, SourceSpec, StateKind, Transport, one_frame, spawn,
};
use replay::{Config, Handle, Path, Server};
use support::{Heard, Tell, listener, test_card};

/// Generous: the machine that runs the tests may be busy.
const PATIENCE: Duration = Duration::from_secs(90);

fn serve(clips: &[(&str, &std::path::Path)], change: impl FnOnce(&mut Config)) -> Handle {
    let paths = clips.iter().map(|(name, clip)| Path { name: (*name).to_owned(), clip: clip.to_path_buf() });
    let mut config = Config { paths: paths.collect(), looped: true, ..Config::default() };
    change(&mut config);
    Server::start(config).expect("the server starts")
}

fn spec(url: &str, transport: Transport) -> SourceSpec {
    let url = url.parse().expect("a url");
    let mut spec =
        SourceSpec::new(CameraId::new("gate"), Location::Rtsp { url, credentials: None, transport });
    spec.sample_fps = f64::INFINITY;
    spec
}

fn with_password(mut spec: SourceSpec, password: &str) -> SourceSpec {
    if let Location::Rtsp { credentials, .. } = &mut spec.location {
        *credentials = Some(("viewer".to_owned(), password.to_owned()));
    }
    spec
}

/// What a camera needs around it.
struct Bench {
    runtime: tokio::runtime::Runtime,
    shutdown: Shutdown,
    clock: Arc<dyn Clock>,
}

impl Bench {
    fn new() -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
        Self {
            runtime: runtime.expect("a runtime"),
            shutdown: Shutdown::new(),
            clock: Arc::new(SystemClock::new()),
        }
    }

    fn start(&self, spec: SourceSpec) -> (JoinHandle<SourceEnd>, Heard) {
        let (tell, heard): (Tell, Heard) = listener();
        let handle = self.runtime.handle().clone();
        let thread = spawn(spec, tell, self.shutdown.clone(), Arc::clone(&self.clock), handle);
        (thread.expect("the thread starts"), heard)
    }

    /// Puts the flag up and waits for the camera's end.
    fn stop(&self, thread: JoinHandle<SourceEnd>) -> (SourceEnd, Duration) {
        let begin = Instant::now();
        self.shutdown.trigger();
        let end = thread.join().expect("the thread ends well");
        (end, begin.elapsed())
    }
}

#[test]
fn tcp_and_udp_give_all_frames_of_a_clip() {
    let folder = tempfile::tempdir().expect("a folder");
    let h264 = test_card(folder.path(), "a.mp4", 2, &["-bf", "2"]);
    let h265 = test_card(folder.path(), "h.mp4", 2, &["-c:v", "libx265", "-x265-params", "log-level=error"]);
    for transport in [Transport::Tcp, Transport::Udp] {
        for clip in [&h264, &h265] {
            let server = serve(&[("cam", clip)], |c| {
                c.looped = false;
                c.credentials = Some(("viewer".into(), "s3cret".into()));
            });
            let bench = Bench::new();
            let (thread, mut heard) =
                bench.start(with_password(spec(&server.url("cam"), transport), "s3cret"));
            // The server says farewell at the end of the clip; the last frames come out of the decoder then.
            heard.until(PATIENCE, "the end", |h| h.states.iter().any(|s| s.kind == StateKind::Unreachable));
            let (end, _) = bench.stop(thread);
            assert!(matches!(end.reason, EndReason::Shutdown), "{:?}", end.reason);
            assert_eq!(heard.frames.len(), 50, "{transport:?} {}", clip.display());
            assert_eq!((end.counts.decode_errors, end.counts.lost_packets), (0, 0));
            for (k, frame) in heard.frames.iter().enumerate() {
                assert!((frame.stamp.stream_s - k as f64 / 25.0).abs() < 1e-3, "{k}: {:?}", frame.stamp);
                assert_eq!(frame.stamp.clock, ClockQuality::Free);
            }
            assert_eq!(heard.kinds()[..2], [StateKind::Connecting, StateKind::Live]);
        }
    }
}

#[test]
fn a_wrong_password_is_said_and_not_tried_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let clip = test_card(folder.path(), "a.mp4", 1, &[]);
    let server = serve(&[("cam", &clip)], |c| c.credentials = Some(("viewer".into(), "s3cret".into())));
    let bench = Bench::new();
    let mut wrong = with_password(spec(&server.url("cam"), Transport::Tcp), "guess");
    // Were it tried like other failures, the next tries would come at once.
    wrong.timeouts.retry_max = Duration::from_millis(10);
    let (thread, mut heard) = bench.start(wrong.clone());
    heard.until(PATIENCE, "the refusal", |h| h.kinds().contains(&StateKind::AuthFailed));
    assert!(!bench.shutdown.wait_for(Duration::from_secs(2)));
    assert_eq!(server.stats("cam").refused, 1);
    let text = format!("{:?}", heard.states);
    assert!(text.contains("300 s") && !text.contains("guess"), "{text}");
    let (_, took) = bench.stop(thread);
    assert!(took < Duration::from_secs(20), "the pause of five minutes does not hold the end: {took:?}");

    let error = one_frame(&wrong, PATIENCE).expect_err("refused");
    assert!(error.is_auth(), "{error}");
    let right = with_password(wrong, "s3cret");
    assert_eq!(one_frame(&right, PATIENCE).expect("a frame").image.width(), 320);
}

#[test]
fn a_camera_that_falls_silent_is_stalled_and_comes_back() {
    let folder = tempfile::tempdir().expect("a folder");
    let clip = test_card(folder.path(), "a.mp4", 2, &[]);
    for hang in [false, true] {
        let server = serve(&[("cam", &clip)], |_| {});
        let bench = Bench::new();
        let mut spec = spec(&server.url("cam"), Transport::Tcp);
        spec.timeouts.stall = Duration::from_secs(2);
        spec.timeouts.connect = Duration::from_secs(2);
        spec.timeouts.first_frame = Duration::from_secs(2);
        let (thread, mut heard) = bench.start(spec);
        heard.until(PATIENCE, "frames", |h| h.frames.len() > 10);
        if hang {
            server.hang("cam")
        } else {
            server.stall("cam")
        }
        heard.until(PATIENCE, "the stall", |h| h.kinds().contains(&StateKind::Stalled));
        server.resume("cam");
        let seen = heard.frames.len();
        heard.until(PATIENCE, "frames again", |h| {
            h.frames.len() > seen + 10 && h.states.last().is_some_and(|s| s.kind == StateKind::Live)
        });
        let stalled = heard.states.iter().find(|s| s.kind == StateKind::Stalled).expect("it stalled");
        let live = heard.states.last().expect("a state");
        assert!(stalled.last_good.expect("frames before") < stalled.since);
        assert!(live.since > stalled.since && live.attempts == 0);
        assert!(heard.in_order());
        let (end, _) = bench.stop(thread);
        assert!(end.counts.reconnects >= 1);
    }
}

#[test]
fn a_cut_stream_is_back_within_five_seconds_and_time_goes_on() {
    let folder = tempfile::tempdir().expect("a folder");
    let clip = test_card(folder.path(), "a.mp4", 2, &[]);
    for transport in [Transport::Tcp, Transport::Udp] {
        let server = serve(&[("cam", &clip)], |_| {});
        let bench = Bench::new();
        let (thread, mut heard) = bench.start(spec(&server.url("cam"), transport));
        heard.until(PATIENCE, "frames", |h| h.frames.len() > 10);
        let before = heard.frames.len();
        let (mono, cut_s) = (bench.clock.monotonic_s(), 1.0);
        server.cut("cam", Duration::from_secs_f64(cut_s));
        heard.until(PATIENCE, "the cut", |h| h.kinds().contains(&StateKind::Unreachable));
        let refused = heard.states.last().expect("a state").clone();
        heard.until(PATIENCE, "frames again", |h| {
            h.states.last().is_some_and(|s| s.kind == StateKind::Live) && h.frames.len() > before + 10
        });
        let away = heard.states.last().expect("a state").since.duration_since(refused.since);
        assert!(away.as_secs_f64() < cut_s + 5.0, "back after {away}");
        assert!(heard.in_order());
        // The gap is in stream time: it runs with the host's clock.
        let gap =
            heard.frames.windows(2).map(|w| w[1].stamp.stream_s - w[0].stamp.stream_s).fold(0.0, f64::max);
        let passed = bench.clock.monotonic_s() - mono;
        assert!(gap > cut_s * 0.5 && gap < passed + 1.0, "{gap} s of {passed} s");
        bench.stop(thread);
    }
}

#[test]
fn lost_packets_and_broken_pictures_do_not_end_a_camera() {
    let folder = tempfile::tempdir().expect("a folder");
    let clip = test_card(folder.path(), "a.mp4", 2, &["-b:v", "2M"]);
    let server = serve(&[("cam", &clip)], |_| {});
    let bench = Bench::new();
    let (thread, mut heard) = bench.start(spec(&server.url("cam"), Transport::Udp));
    heard.until(PATIENCE, "frames", |h| h.frames.len() > 10);
    server.lose("cam", 0.1);
    heard.until(PATIENCE, "losses", |h| h.counts.lost_packets > 5 && h.counts.skipped_units > 0);
    server.resume("cam");
    server.garble("cam", 0.3);
    heard.until(PATIENCE, "broken pictures", |h| h.counts.decode_errors > 3);
    server.resume("cam");
    let seen = heard.frames.len();
    heard.until(PATIENCE, "whole pictures", |h| h.frames.len() > seen + 50);
    assert!(heard.in_order());
    let (end, _) = bench.stop(thread);
    assert!(matches!(end.reason, EndReason::Shutdown));
}

#[test]
fn what_cannot_be_decoded_is_said_and_tried_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let clip = test_card(folder.path(), "a.mp4", 2, &[]);
    let server = serve(&[("cam", &clip)], |_| {});
    server.wrong_parameters("cam");
    let bench = Bench::new();
    let mut spec = spec(&server.url("cam"), Transport::Tcp);
    spec.timeouts.first_frame = Duration::from_secs(2);
    let (thread, mut heard) = bench.start(spec);
    heard.until(PATIENCE, "the failure", |h| h.states.iter().filter(|s| s.attempts > 0).count() > 1);
    assert!(heard.frames.is_empty());
    server.resume("cam");
    heard.until(PATIENCE, "frames", |h| h.frames.len() > 10);
    bench.stop(thread);
}

#[test]
fn one_hung_camera_neither_holds_the_other_nor_the_end() {
    let folder = tempfile::tempdir().expect("a folder");
    let clip = test_card(folder.path(), "a.mp4", 2, &[]);
    let server = serve(&[("hung", &clip), ("well", &clip)], |_| {});
    server.hang("hung");
    // And one that takes connections and never reads.
    let deaf = TcpListener::bind("127.0.0.1:0").expect("a port");
    let deaf_url = format!("rtsp://{}/x", deaf.local_addr().expect("an address"));
    let bench = Bench::new();
    let patient = |url: &str| {
        let mut spec = spec(url, Transport::Tcp);
        spec.timeouts.connect = Duration::from_secs(600);
        spec
    };
    let (hung, mut hung_heard) = bench.start(patient(&server.url("hung")));
    let (silent, silent_heard) = bench.start(patient(&deaf_url));
    let (well, mut well_heard) = bench.start(spec(&server.url("well"), Transport::Tcp));
    well_heard.until(PATIENCE, "frames of the other", |h| h.frames.len() > 60);
    let (end, took) = bench.stop(hung);
    assert!(matches!(end.reason, EndReason::Shutdown));
    silent.join().expect("it ends well");
    well.join().expect("it ends well");
    assert!(took < Duration::from_secs(20), "{took:?}");
    hung_heard.until_it_ends();
    assert!(hung_heard.frames.is_empty() && silent_heard.frames.is_empty());
    assert_eq!(hung_heard.kinds().last(), Some(&StateKind::Ended));
}

#[test]
fn the_cameras_clock_dates_frames_only_where_it_is_trusted() {
    let folder = tempfile::tempdir().expect("a folder");
    let clip = test_card(folder.path(), "a.mp4", 2, &[]);
    let server = serve(&[("cam", &clip)], |c| c.clock_ahead_s = 3600);
    for trusted in [true, false] {
        let bench = Bench::new();
        let mut spec = spec(&server.url("cam"), Transport::Tcp);
        spec.trust_sender_clock = trusted;
        let (thread, mut heard) = bench.start(spec);
        heard.until(PATIENCE, "frames", |h| h.frames.len() > 20);
        let last = heard.frames.last().expect("frames").stamp;
        let ahead = last.wall.expect("dated").duration_since(bench.clock.now()).as_secs();
        if trusted {
            assert!((3500..=3600).contains(&ahead), "{ahead}");
            assert_eq!(last.clock, ClockQuality::Synced);
        } else {
            assert!((-100..=1).contains(&ahead), "{ahead}");
            assert_eq!(last.clock, ClockQuality::Free);
        }
        bench.stop(thread);
    }
}

#[test]
fn nobody_there_and_nothing_there_are_told_apart() {
    let folder = tempfile::tempdir().expect("a folder");
    let clip = test_card(folder.path(), "a.mp4", 1, &[]);
    let server = serve(&[("cam", &clip)], |_| {});
    let error = one_frame(&spec(&server.url("other"), Transport::Tcp), PATIENCE).expect_err("not served");
    assert!(matches!(error, SourceError::Refused { status: 404, .. }), "{error}");
    let url = server.url("cam");
    server.stop();
    let error = one_frame(&spec(&url, Transport::Tcp), PATIENCE).expect_err("nobody listens");
    assert!(matches!(error, SourceError::Connect { .. }), "{error}");
    assert!(error.to_string().contains(&url), "{error}");
    let error = one_frame(&spec("rtsps://127.0.0.1/x", Transport::Tcp), PATIENCE).expect_err("not supported");
    assert!(matches!(error, SourceError::Scheme { .. }), "{error}");
}

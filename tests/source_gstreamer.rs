//! Live cameras played by GStreamer's RTSP server, which is not ours. Ignored by default: it needs packages that only
//! this test uses (see tests/support/gst_server.py).

mod support;

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use hanhtrinh::base::clock::SystemClock;
use hanhtrinh::base::shutdown::Shutdown;
use hanhtrinh::domain::ids::CameraId;
use hanhtrinh::source::{Location, SourceSpec, StateKind, Transport, one_frame, spawn};
use support::{listener, test_card};

struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
#[ignore = "needs GStreamer's RTSP server"]
fn gstreamer_is_played_by_tcp_and_udp_with_digest() {
    let folder = tempfile::tempdir().expect("a folder");
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/gst_server.py");
    let coders: [(&str, &[&str]); 2] =
        [("h264", &[]), ("h265", &["-c:v", "libx265", "-x265-params", "log-level=error"])];
    for (coding, coder) in coders {
        let clip = test_card(folder.path(), &format!("{coding}.mp4"), 4, coder);
        for transport in [Transport::Tcp, Transport::Udp] {
            let mut server = Command::new("/usr/bin/python3")
                .arg(script)
                .args([clip.as_os_str(), coding.as_ref()])
                .stdout(Stdio::piped())
                .spawn()
                .map(Server)
                .expect("python3 is there");
            let mut port = String::new();
            let out = server.0.stdout.take().expect("it is piped");
            BufReader::new(out).read_line(&mut port).expect("the server tells its port");
            let url = format!("rtsp://127.0.0.1:{}/cam", port.trim()).parse().expect("a url");
            let credentials = Some(("viewer".to_owned(), "s3cret".to_owned()));
            let location = Location::Rtsp { url, credentials, transport };
            let mut spec = SourceSpec::new(CameraId::new("cam"), location);
            spec.sample_fps = f64::INFINITY;
            let mut wrong = spec.clone();
            if let Location::Rtsp { credentials, .. } = &mut wrong.location {
                *credentials = Some(("viewer".to_owned(), "guess".to_owned()));
            }
            assert!(one_frame(&wrong, Duration::from_secs(30)).expect_err("refused").is_auth());

            let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
            let runtime = runtime.expect("a runtime");
            let (tell, mut heard) = listener();
            let shutdown = Shutdown::new();
            let clock = Arc::new(SystemClock::new());
            let thread = spawn(spec, tell, shutdown.clone(), clock, runtime.handle().clone());
            heard.until(Duration::from_secs(60), "the clip", |h| {
                h.kinds().iter().any(|k| matches!(k, StateKind::Stalled | StateKind::Unreachable))
                    || h.frames.len() >= 100
            });
            shutdown.trigger();
            let end = thread.expect("the thread starts").join().expect("it ends well");
            println!("{coding} {transport:?}: {} of 100 frames, {:?}", heard.frames.len(), end.counts);
            assert!(heard.frames.len() >= 98, "{} frames, {:?}", heard.frames.len(), heard.states);
            assert_eq!((end.counts.decode_errors, end.counts.lost_packets), (0, 0));
            assert!(heard.in_order());
        }
    }
}

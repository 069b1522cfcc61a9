//! Files as sources: what comes, when it was, and what is said of files that are broken.

mod support;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use hanhtrinh::base::clock::SystemClock;
use hanhtrinh::base::shutdown::Shutdown;
use hanhtrinh::domain::ids::CameraId;
use hanhtrinh::domain::time::ClockQuality;
use hanhtrinh::source::{
    EndReason, Location, SourceEnd, SourceError, SourceSpec, StateKind, bare_decode, one_frame, probe, spawn,
};
use support::{Heard, clip, ffmpeg, listener, test_card};

fn spec(path: &Path, sample_fps: f64) -> SourceSpec {
    let mut spec = SourceSpec::new(CameraId::new("gate"), Location::File(path.to_owned()));
    spec.sample_fps = sample_fps;
    spec
}

fn read(spec: SourceSpec) -> (SourceEnd, Heard) {
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let (tell, mut heard) = listener();
    let clock = Arc::new(SystemClock::new());
    let thread =
        spawn(spec, tell, Shutdown::new(), clock, runtime.handle().clone()).expect("the thread starts");
    heard.until_it_ends();
    (thread.join().expect("the thread ends well"), heard)
}

#[test]
fn all_frames_of_a_file_come_in_order_and_undated() {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, options) in [
        ("b.mp4", &["-bf", "3"][..]),
        ("plain.mkv", &["-bf", "0"]),
        ("h265.mp4", &["-c:v", "libx265", "-x265-params", "log-level=error"]),
    ] {
        let path = test_card(folder.path(), name, 2, options);
        let (end, heard) = read(spec(&path, f64::INFINITY));
        assert!(matches!(end.reason, EndReason::EndOfFile), "{name}: {:?}", end.reason);
        assert_eq!(heard.frames.len(), 50, "{name}");
        assert_eq!(heard.kinds(), [StateKind::Connecting, StateKind::Live, StateKind::Ended], "{name}");
        for (k, frame) in heard.frames.iter().enumerate() {
            assert_eq!(frame.seq, k as u64);
            assert!((frame.stamp.stream_s - k as f64 / 25.0).abs() < 1.5e-3, "{name} {k}: {:?}", frame.stamp);
            assert_eq!((frame.stamp.wall, frame.stamp.clock), (None, ClockQuality::Unknown));
            assert_eq!((frame.image.width(), frame.image.height()), (320, 240));
        }
        assert_ne!(heard.frames[0].image.bgr(), heard.frames[25].image.bgr());
    }
}

#[test]
fn sampling_and_the_start_date_the_frames() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = test_card(folder.path(), "a.mp4", 2, &[]);
    let mut spec = spec(&path, 5.0);
    spec.start = Some("2026-03-14T02:30:00Z".parse().expect("a time"));
    let (end, heard) = read(spec);
    // The grid lies a quarter of a cell early, so an eleventh cell begins at 1.95 s.
    assert_eq!((end.counts.decoded, end.counts.handed_on, heard.frames.len()), (50, 11, 11));
    let walls: Vec<i64> = heard
        .frames
        .iter()
        .map(|f| f.stamp.wall.expect("dated").as_millisecond() - 1_773_455_400_000)
        .collect();
    assert_eq!(walls[0], 0);
    assert!(walls.windows(2).all(|w| (160..=240).contains(&(w[1] - w[0]))), "{walls:?}");
    assert!(heard.frames.iter().all(|f| f.stamp.clock == ClockQuality::Free));
}

#[test]
fn colours_follow_matrix_and_range_of_the_file() {
    let folder = tempfile::tempdir().expect("a folder");
    // Orange, as BGR.
    let wanted = [0i32, 128, 255];
    for (matrix, range, tag) in
        [("bt709", "tv", "bt709"), ("bt601", "tv", "smpte170m"), ("bt709", "pc", "bt709")]
    {
        let filter = format!("scale=out_color_matrix={matrix}:out_range={range},format=yuv420p");
        let name = format!("{matrix}-{range}.mp4");
        let options =
            ["-vf", &filter, "-colorspace", tag, "-color_range", range, "-c:v", "libx264", "-qp", "0"];
        let path = clip(folder.path(), &name, "color=c=#ff8000:size=64x64:rate=25:duration=0.2", &options);
        let frame = one_frame(&spec(&path, 8.0), Duration::from_secs(30)).expect("a frame");
        let pixel = &frame.image.bgr()[64 * 32 * 3..][..3];
        for (got, want) in pixel.iter().zip(wanted) {
            assert!((i32::from(*got) - want).abs() <= 4, "{name}: {pixel:?}");
        }
    }
}

#[test]
fn turned_clips_stand_as_ffmpeg_itself_turns_them() {
    let folder = tempfile::tempdir().expect("a folder");
    let graph = "color=c=red:size=96x32:rate=25:duration=0.2,pad=96:64:0:0:blue";
    let lying = clip(folder.path(), "lying.mp4", graph, &["-c:v", "libx264", "-pix_fmt", "yuv420p"]);
    for (degrees, size) in [("90", (64, 96)), ("180", (96, 64)), ("270", (64, 96))] {
        let tag = format!("rotate={degrees}");
        let turned = folder.path().join(format!("{degrees}.mp4"));
        ffmpeg(&[&"-i", &lying, &"-c", &"copy", &"-metadata:s:v:0", &tag, &turned]);
        let drawn = folder.path().join(format!("{degrees}.bgr"));
        ffmpeg(&[&"-i", &turned, &"-frames:v", &"1", &"-f", &"rawvideo", &"-pix_fmt", &"bgr24", &drawn]);
        let wanted = std::fs::read(&drawn).expect("drawn");
        let frame = one_frame(&spec(&turned, 8.0), Duration::from_secs(30)).expect("a frame");
        assert_eq!((frame.image.width(), frame.image.height()), size);
        let off = frame.image.bgr().iter().zip(&wanted).filter(|(a, b)| a.abs_diff(**b) > 60).count();
        assert_eq!(frame.image.bgr().len(), wanted.len());
        assert!(off < wanted.len() / 20, "{degrees}: {off} bytes of {} differ", wanted.len());
    }
}

#[test]
fn odd_sizes_are_packed_without_padding() {
    let folder = tempfile::tempdir().expect("a folder");
    let graph = "testsrc=size=101x67:rate=25:duration=0.2";
    let path = clip(folder.path(), "odd.mkv", graph, &["-c:v", "libx264", "-pix_fmt", "yuv444p", "-qp", "0"]);
    let frame = one_frame(&spec(&path, 8.0), Duration::from_secs(30)).expect("a frame");
    assert_eq!((frame.image.width(), frame.image.height()), (101, 67));
    assert_eq!(frame.image.bgr().len(), 101 * 67 * 3);
}

#[test]
fn broken_files_are_named_with_the_way_out() {
    let folder = tempfile::tempdir().expect("a folder");
    let whole = test_card(folder.path(), "whole.mp4", 4, &["-movflags", "+faststart"]);
    let bytes = std::fs::read(&whole).expect("the clip");
    let write = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).expect("written");
        path
    };

    let (end, heard) = read(spec(&folder.path().join("none.mp4"), 8.0));
    assert!(matches!(&end.reason, EndReason::Failed(SourceError::Missing { .. })), "{:?}", end.reason);
    assert_eq!(heard.kinds(), [StateKind::Connecting, StateKind::Failed]);
    assert!(heard.states[1].detail.contains("none.mp4"), "{:?}", heard.states);

    let (end, _) = read(spec(folder.path(), 8.0));
    assert!(matches!(&end.reason, EndReason::Failed(SourceError::Unreadable { .. })), "{:?}", end.reason);

    for (name, content) in [("text.mp4", &b"not a video at all, only words"[..]), ("empty.mp4", b"")] {
        let (end, _) = read(spec(&write(name, content), 8.0));
        assert!(matches!(&end.reason, EndReason::Failed(SourceError::NotVideo { .. })), "{:?}", end.reason);
    }

    let (end, heard) = read(spec(&write("cut.mp4", &bytes[..bytes.len() / 2]), f64::INFINITY));
    assert!(matches!(&end.reason, EndReason::Failed(SourceError::CutShort { .. })), "{:?}", end.reason);
    assert!((20..90).contains(&heard.frames.len()), "{} frames before the cut", heard.frames.len());
    assert_eq!(heard.kinds(), [StateKind::Connecting, StateKind::Live, StateKind::Failed]);

    // Index at the end, so a cut one cannot be opened at all.
    let tail = test_card(folder.path(), "tail.mp4", 2, &[]);
    let bytes = std::fs::read(&tail).expect("the clip");
    let (end, _) = read(spec(&write("headless.mp4", &bytes[..bytes.len() / 2]), 8.0));
    assert!(matches!(&end.reason, EndReason::Failed(SourceError::NotVideo { .. })), "{:?}", end.reason);
}

#[test]
fn damage_in_the_middle_is_counted_and_passed_over() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = test_card(folder.path(), "a.mp4", 4, &["-movflags", "+faststart"]);
    let mut bytes = std::fs::read(&path).expect("the clip");
    let middle = bytes.len() / 2;
    for (k, byte) in bytes[middle..middle + 3000].iter_mut().enumerate() {
        *byte ^= (k % 251) as u8 | 1;
    }
    std::fs::write(&path, bytes).expect("written");
    let (end, heard) = read(spec(&path, f64::INFINITY));
    assert!(matches!(end.reason, EndReason::EndOfFile), "{:?}", end.reason);
    assert!(end.counts.decode_errors > 0);
    assert!((60..100).contains(&heard.frames.len()), "{}", heard.frames.len());
    assert!(heard.in_order());
    assert!(heard.frames.last().expect("frames").stamp.stream_s > 3.9);
}

#[test]
fn the_flag_and_the_sink_end_a_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = test_card(folder.path(), "a.mp4", 4, &[]);
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let clock = Arc::new(SystemClock::new());

    let shutdown = Shutdown::new();
    shutdown.trigger();
    let (tell, heard) = listener();
    let thread = spawn(spec(&path, 8.0), tell, shutdown, clock.clone(), runtime.handle().clone());
    let end = thread.expect("the thread starts").join().expect("the thread ends well");
    assert!(matches!(end.reason, EndReason::Shutdown), "{:?}", end.reason);
    drop(heard);

    let (tell, heard) = listener();
    drop(heard);
    let thread = spawn(spec(&path, 8.0), tell, Shutdown::new(), clock, runtime.handle().clone());
    let end = thread.expect("the thread starts").join().expect("the thread ends well");
    assert!(matches!(end.reason, EndReason::SinkClosed), "{:?}", end.reason);
    assert_eq!(end.counts.handed_on, 1);
}

#[test]
fn probe_and_bare_decode_agree_with_the_clip() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = test_card(folder.path(), "colon: ü.mp4", 2, &[]);
    let found = probe(&path).expect("a video");
    assert_eq!((found.width, found.height, found.encoding.as_str()), (320, 240, "h264"));
    assert!((found.fps - 25.0).abs() < 0.01 && (found.duration_s - 2.0).abs() < 0.05, "{found:?}");
    for threads in [1, 2] {
        assert_eq!(bare_decode(&path, threads).expect("decoded").frames, 50);
    }
}

//! FFmpeg, a client that is not ours, plays what is served.

use std::path::{Path, PathBuf};
use std::process::Command;

use replay::{Config, Handle, Server};

fn clip(folder: &Path, name: &str, coder: &[&str]) -> PathBuf {
    let path = folder.join(name);
    let drawn = Command::new("ffmpeg")
        .args(["-nostdin", "-loglevel", "error", "-y", "-f", "lavfi"])
        .args(["-i", "testsrc=size=320x240:rate=25:duration=2", "-pix_fmt", "yuv420p", "-g", "10"])
        .args(coder)
        .arg(&path)
        .status()
        .expect("ffmpeg is installed (cargo xtask setup)");
    assert!(drawn.success());
    path
}

fn serve(clips: &[(&str, PathBuf)]) -> Handle {
    let paths = clips
        .iter()
        .map(|(name, clip)| replay::Path { name: (*name).to_owned(), clip: clip.clone() })
        .collect();
    let credentials = Some(("viewer".to_owned(), "s3cret".to_owned()));
    Server::start(Config { paths, credentials, ..Config::default() }).expect("the server starts")
}

/// Numbers of frames that FFmpeg decodes of an address.
fn played(url: &str, transport: &str) -> Result<usize, String> {
    let out = Command::new("ffprobe")
        .args(["-loglevel", "error", "-rtsp_transport", transport, "-count_frames"])
        .args(["-select_streams", "v", "-show_entries", "stream=nb_read_frames", "-of", "csv=p=0", url])
        .output()
        .expect("ffprobe is installed (cargo xtask setup)");
    let text = String::from_utf8_lossy(&out.stdout);
    let number = text.lines().next().unwrap_or_default().trim().trim_end_matches(',');
    number.parse().map_err(|_| String::from_utf8_lossy(&out.stderr).into_owned())
}

#[test]
fn ffmpeg_plays_every_picture_by_tcp_and_udp() {
    let folder = tempfile::tempdir().expect("a folder");
    let h264 = clip(folder.path(), "a.mp4", &["-c:v", "libx264", "-bf", "2", "-threads", "1"]);
    let h265 = clip(folder.path(), "h.mp4", &["-c:v", "libx265", "-x265-params", "log-level=error"]);
    for transport in ["tcp", "udp"] {
        let server = serve(&[("gate", h264.clone()), ("town", h265.clone())]);
        for name in ["gate", "town"] {
            let url = server.url(name).replace("rtsp://", "rtsp://viewer:s3cret@");
            assert_eq!(played(&url, transport), Ok(50), "{transport} {name}");
            assert_eq!(server.stats(name).pictures, 50);
            let again = played(&url, transport).expect_err("the clip has ended");
            assert!(again.contains("404"), "{again}");
        }
    }
}

#[test]
fn a_wrong_password_gets_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = serve(&[("gate", clip(folder.path(), "a.mp4", &["-c:v", "libx264"]))]);
    let url = server.url("gate").replace("rtsp://", "rtsp://viewer:guess@");
    let refusal = played(&url, "tcp").expect_err("refused");
    assert!(refusal.contains("401"), "{refusal}");
    assert_eq!((server.stats("gate").plays, server.stats("gate").refused > 0), (0, true));
}

#[test]
fn what_is_no_clip_is_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("words.mp4");
    std::fs::write(&path, "only words").expect("written");
    let paths = vec![replay::Path { name: "gate".into(), clip: path }];
    let error = Server::start(Config { paths, ..Config::default() }).expect_err("no clip");
    assert!(error.to_string().contains("words.mp4"), "{error}");
}

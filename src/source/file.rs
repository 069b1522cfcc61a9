//! Frames of a file.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::Instant;

use ffmpeg_next::format::context::Input;
use ffmpeg_next::{Error, Packet, Rational, codec, format, media};
use jiff::Timestamp;

use super::convert::Rotation;
use super::decoder::{self, VideoDecoder};
use super::error::SourceError;
use super::hand_over::HandOver;
use super::spec::SourceSpec;
use super::state::{Counts, EndReason, Sink, SourceEnd, Teller};
use crate::base::clock::Clock;
use crate::base::shutdown::Shutdown;
use crate::domain::time::{ClockQuality, Stamp};

/// So many read errors without a packet between them end a file.
const READ_ERRORS_MAX: u32 = 64;

/// What a file is.
#[derive(Debug, Clone, PartialEq)]
pub struct Probe {
    /// Coded width in pixels, before it is turned upright.
    pub width: u32,
    /// Coded height in pixels, before it is turned upright.
    pub height: u32,
    /// Frames a second on average; 0 where the file does not say.
    pub fps: f64,
    /// Seconds; 0 where the file does not say.
    pub duration_s: f64,
    /// FFmpeg's name of the encoding: `h264`, `hevc`, ...
    pub encoding: String,
}

/// How fast a file decodes when nothing else is done with it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BareDecode {
    /// Frames decoded.
    pub frames: u64,
    /// Seconds it took.
    pub took_s: f64,
}

/// An open file with its first video stream.
struct Opened {
    path: PathBuf,
    input: Input,
    index: usize,
    time_base: Rational,
    parameters: codec::Parameters,
    rotation: Rotation,
    probe: Probe,
    /// Number of packets by the file's index; 0 where it has none.
    packets: u64,
}

fn rate(of: Rational) -> Option<f64> {
    (of.numerator() > 0 && of.denominator() > 0).then(|| f64::from(of))
}

fn open(path: &Path, shutdown: &Shutdown) -> Result<Opened, SourceError> {
    decoder::init();
    let owned = || path.to_owned();
    match std::fs::metadata(path) {
        Ok(found) if found.is_dir() => {
            return Err(SourceError::Unreadable { path: owned(), why: "it is a folder".into() });
        }
        Ok(_) => {}
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
            return Err(SourceError::Missing { path: owned() });
        }
        Err(e) => return Err(SourceError::Unreadable { path: owned(), why: e.to_string() }),
    }
    if let Err(e) = std::fs::File::open(path) {
        return Err(SourceError::Unreadable { path: owned(), why: e.to_string() });
    }
    // `file:` keeps FFmpeg from taking a name with a colon for a protocol.
    let mut address = std::ffi::OsString::from("file:");
    address.push(path);
    let flag = shutdown.clone();
    let input =
        format::input_with_interrupt(Path::new(&address), move || flag.is_set()).map_err(|e| match e {
            Error::Exit => SourceError::Stopped { what: path.display().to_string() },
            e => SourceError::NotVideo { path: owned(), why: e.to_string() },
        })?;
    let stream = input
        .streams()
        .best(media::Type::Video)
        .ok_or_else(|| SourceError::NotVideo { path: owned(), why: "it has no video stream".into() })?;
    let parameters = stream.parameters();
    let encoding = parameters.id();
    let time_base = stream.time_base();
    let duration_s = match stream.duration() {
        ticks if ticks > 0 => ticks as f64 * f64::from(time_base),
        _ => (input.duration().max(0)) as f64 / f64::from(ffmpeg_next::ffi::AV_TIME_BASE),
    };
    let rotation = stream
        .side_data()
        .find(|s| s.kind() == codec::packet::side_data::Type::DisplayMatrix)
        .map_or(Rotation::None, |s| Rotation::of_display_matrix(s.data()));
    let size = codec::Context::from_parameters(stream.parameters())
        .and_then(|c| c.decoder().video())
        .map(|d| (d.width(), d.height()))
        .map_err(|e| match e {
            Error::DecoderNotFound => SourceError::Encoding {
                what: path.display().to_string(),
                encoding: encoding.name().to_owned(),
            },
            e => SourceError::NotVideo { path: owned(), why: e.to_string() },
        })?;
    let probe = Probe {
        width: size.0,
        height: size.1,
        fps: rate(stream.avg_frame_rate()).or_else(|| rate(stream.rate())).unwrap_or(0.0),
        duration_s,
        encoding: encoding.name().to_owned(),
    };
    let (index, packets) = (stream.index(), u64::try_from(stream.frames()).unwrap_or(0));
    Ok(Opened { path: owned(), index, time_base, parameters, rotation, probe, packets, input })
}

impl Opened {
    fn decoder(&self, threads: usize) -> Result<VideoDecoder, SourceError> {
        VideoDecoder::of_parameters(self.parameters.clone(), self.time_base, threads).map_err(|e| {
            SourceError::Ffmpeg {
                what: self.path.display().to_string(),
                doing: "open the decoder",
                why: e.to_string(),
            }
        })
    }
}

/// What the file says of itself.
pub fn probe(path: &Path) -> Result<Probe, SourceError> {
    Ok(open(path, &Shutdown::new())?.probe)
}

/// Decodes the whole file as fast as one can, without converting a frame. `threads` as in [`SourceSpec`].
pub fn bare_decode(path: &Path, threads: usize) -> Result<BareDecode, SourceError> {
    let mut opened = open(path, &Shutdown::new())?;
    let mut decoder = opened.decoder(threads)?;
    let begin = Instant::now();
    let mut frames = 0;
    let mut reader = Reader::default();
    while let Some(packet) = reader.next(&mut opened)? {
        if decoder.send(&packet).is_ok() {
            frames += count_waiting(&mut decoder);
        }
    }
    decoder.finish();
    frames += count_waiting(&mut decoder);
    Ok(BareDecode { frames, took_s: begin.elapsed().as_secs_f64() })
}

fn count_waiting(decoder: &mut VideoDecoder) -> u64 {
    let mut frames = 0;
    while let Ok(Some(_)) = decoder.receive() {
        frames += 1;
    }
    frames
}

/// Reads the packets of the video stream.
#[derive(Default)]
struct Reader {
    packets: u64,
    errors: u64,
    errors_in_row: u32,
    why: String,
}

impl Reader {
    /// The next packet; `None` at the end of the file, and where it cannot be read on.
    fn next(&mut self, opened: &mut Opened) -> Result<Option<Packet>, SourceError> {
        loop {
            let mut packet = Packet::empty();
            match packet.read(&mut opened.input) {
                Ok(()) if packet.stream() == opened.index => {
                    self.packets += 1;
                    self.errors_in_row = 0;
                    return Ok(Some(packet));
                }
                Ok(()) => {}
                Err(Error::Eof) => return Ok(None),
                Err(Error::Exit) => {
                    return Err(SourceError::Stopped { what: opened.path.display().to_string() });
                }
                Err(error) => {
                    self.errors += 1;
                    self.errors_in_row += 1;
                    self.why = error.to_string();
                    if self.errors_in_row > READ_ERRORS_MAX {
                        return Ok(None);
                    }
                }
            }
        }
    }
}

/// Times of a file's frames.
struct Times {
    time_base: f64,
    /// Seconds from one frame to the next, for frames without a time.
    step_s: f64,
    start: Option<Timestamp>,
    first: Option<i64>,
    last_s: Option<f64>,
}

impl Times {
    /// The stamp of the next frame, whose time is `ticks` of the stream.
    fn stamp(&mut self, ticks: Option<i64>) -> Stamp {
        let told = ticks.map(|t| {
            let first = *self.first.get_or_insert(t);
            t.saturating_sub(first) as f64 * self.time_base
        });
        let stream_s = match (told, self.last_s) {
            (Some(s), Some(last)) => s.max(last),
            (Some(s), None) => s,
            (None, Some(last)) => last + self.step_s,
            (None, None) => 0.0,
        };
        self.last_s = Some(stream_s);
        let begin = Stamp { stream_s: 0.0, wall: self.start, clock: self.clock() };
        begin.shifted(stream_s)
    }

    fn clock(&self) -> ClockQuality {
        // Dated by a person, so held by nothing.
        if self.start.is_some() { ClockQuality::Free } else { ClockQuality::Unknown }
    }
}

/// How the reading came to its end.
enum Stop {
    Sink,
    Failed(SourceError),
}

/// Reads the file to its end.
pub(super) fn run<S: Sink>(
    spec: &SourceSpec,
    path: &Path,
    mut sink: S,
    shutdown: &Shutdown,
    clock: &dyn Clock,
) -> SourceEnd {
    let mut teller = Teller::start(&mut sink, clock, &path.display().to_string());
    let mut counts = Counts::default();
    let result = read(spec, path, &mut sink, shutdown, clock, &mut teller, &mut counts);
    let reason = match result {
        Ok(()) => EndReason::EndOfFile,
        Err(Stop::Sink) => EndReason::SinkClosed,
        Err(Stop::Failed(SourceError::Stopped { .. })) => EndReason::Shutdown,
        Err(Stop::Failed(error)) => EndReason::Failed(error),
    };
    sink.counts(counts);
    match &reason {
        EndReason::Failed(error) => teller.failed(&mut sink, clock.now(), error),
        EndReason::EndOfFile => {
            let detail = format!("read to its end, {} frames", counts.decoded);
            teller.ended(&mut sink, clock.now(), detail);
        }
        EndReason::Shutdown | EndReason::SinkClosed => {
            teller.ended(&mut sink, clock.now(), "stopped".into());
        }
    }
    SourceEnd { reason, counts }
}

fn read(
    spec: &SourceSpec,
    path: &Path,
    sink: &mut dyn Sink,
    shutdown: &Shutdown,
    clock: &dyn Clock,
    teller: &mut Teller,
    counts: &mut Counts,
) -> Result<(), Stop> {
    let mut opened = open(path, shutdown).map_err(Stop::Failed)?;
    let mut decoder = opened.decoder(spec.decoder_threads).map_err(Stop::Failed)?;
    let mut over = HandOver::new(spec, opened.rotation);
    let fps = if opened.probe.fps > 0.0 { opened.probe.fps } else { 25.0 };
    let mut times = Times {
        time_base: f64::from(opened.time_base),
        step_s: 1.0 / fps,
        start: spec.start,
        first: None,
        last_s: None,
    };
    let mut reader = Reader::default();
    let mut drain = |decoder: &mut VideoDecoder, over: &mut HandOver, times: &mut Times| {
        loop {
            if shutdown.is_set() {
                return Err(Stop::Failed(SourceError::Stopped { what: path.display().to_string() }));
            }
            match decoder.receive() {
                Ok(Some(frame)) => {
                    let stamp = times.stamp(frame.timestamp());
                    teller.good(sink, clock.now(), || format!("{}x{}", frame.width(), frame.height()));
                    let flow = over.take(frame, stamp, sink);
                    *counts = over.counts;
                    if flow == ControlFlow::Break(()) {
                        return Err(Stop::Sink);
                    }
                }
                Ok(None) => return Ok(()),
                Err(_) => {
                    over.counts.decode_errors += 1;
                    return Ok(());
                }
            }
        }
    };
    while let Some(packet) = reader.next(&mut opened).map_err(Stop::Failed)? {
        if decoder.send(&packet).is_err() {
            over.counts.decode_errors += 1;
        }
        drain(&mut decoder, &mut over, &mut times)?;
    }
    decoder.finish();
    drain(&mut decoder, &mut over, &mut times)?;
    over.counts.decode_errors += reader.errors;
    *counts = over.counts;
    verdict(&opened, &reader, &over.counts, times.last_s.map_or(0.0, |s| s + times.step_s))
        .map_err(Stop::Failed)
}

/// Whether a file that can be read no further was read whole. `at_s` is the end of its last frame.
fn verdict(opened: &Opened, reader: &Reader, counts: &Counts, at_s: f64) -> Result<(), SourceError> {
    let path = opened.path.clone();
    if counts.decoded == 0 {
        let why = if reader.why.is_empty() { "no frame could be decoded" } else { &reader.why };
        return Err(SourceError::NotVideo { path, why: why.to_owned() });
    }
    if reader.errors_in_row > READ_ERRORS_MAX {
        return Err(SourceError::Damaged { path, at_s, why: reader.why.clone() });
    }
    let duration_s = opened.probe.duration_s;
    // Both must say so: an edit list leaves packets out, and a recorder may write a wrong duration.
    let short = opened.packets > 0 && reader.packets < opened.packets && at_s < duration_s * 0.98 - 0.2;
    if short { Err(SourceError::CutShort { path, at_s, duration_s }) } else { Ok(()) }
}

//! An MP4 file as coded pictures with their times.

use std::ops::Range;
use std::path::{Path, PathBuf};

use re_mp4::{Mp4, TrackKind};

/// RTP ticks a second of all video.
pub(crate) const RATE: i64 = 90_000;

/// Why a clip cannot be served.
#[derive(Debug, thiserror::Error)]
#[error("{}: {why}; give an MP4 with H.264 or H.265, made for example by ffmpeg -c:v libx264", path.display())]
pub struct ClipError {
    path: PathBuf,
    why: String,
}

/// How the pictures are coded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Coding {
    H264,
    H265,
}

/// One coded picture.
#[derive(Debug)]
pub(crate) struct Sample {
    /// NAL units, as ranges of the file's bytes.
    pub nals: Vec<Range<usize>>,
    /// When it is sent: ticks since the first one is.
    pub send: i64,
    /// When it is shown: ticks, the earliest is 0.
    pub show: i64,
    /// Whether decoding can begin here.
    pub key: bool,
}

/// A clip in memory.
#[derive(Debug)]
pub struct Clip {
    pub(crate) bytes: Vec<u8>,
    pub(crate) coding: Coding,
    /// SPS and PPS, or VPS, SPS and PPS.
    pub(crate) parameters: Vec<Vec<u8>>,
    pub(crate) samples: Vec<Sample>,
    /// Ticks from the first to the start of a second showing.
    pub(crate) length: i64,
}

impl Clip {
    /// Reads the first video track.
    pub fn read(path: &Path) -> Result<Self, ClipError> {
        let wrong = |why: String| ClipError { path: path.to_owned(), why };
        let (mp4, bytes) = Mp4::read_file(path).map_err(|e| wrong(e.to_string()))?;
        let track = mp4
            .tracks()
            .values()
            .find(|t| t.kind == Some(TrackKind::Video))
            .ok_or_else(|| wrong("it has no video track".into()))?;
        let name = track.codec_string(&mp4).unwrap_or_default();
        let config = track.raw_codec_config(&mp4).unwrap_or_default();
        let coding = match name.get(..4) {
            Some("avc1" | "avc3") => Coding::H264,
            Some("hvc1" | "hev1") => Coding::H265,
            _ => return Err(wrong(format!("its video is `{name}`"))),
        };
        let (parameters, length_bytes) = match coding {
            Coding::H264 => avc_parameters(&config),
            Coding::H265 => hevc_parameters(&config),
        }
        .ok_or_else(|| wrong("its decoder configuration is broken".into()))?;
        let ticks =
            |t: i64| i64::try_from(i128::from(t) * i128::from(RATE) / i128::from(track.timescale.max(1)));
        let ticks = |t: i64| ticks(t).unwrap_or(0);
        let begin = track.samples.first().map_or(0, |s| s.decode_timestamp);
        let mut samples = Vec::with_capacity(track.samples.len());
        for sample in &track.samples {
            let nals = split(&bytes, sample.byte_range(), length_bytes)
                .ok_or_else(|| wrong(format!("picture {} is broken", sample.id)))?;
            samples.push(Sample {
                nals,
                send: ticks(sample.decode_timestamp - begin),
                show: ticks(sample.composition_timestamp),
                key: sample.is_sync,
            });
        }
        if !samples.first().is_some_and(|s| s.key) {
            return Err(wrong("it does not begin with a key picture".into()));
        }
        let mut shown: Vec<i64> = samples.iter().map(|s| s.show).collect();
        shown.sort_unstable();
        let step =
            if shown.len() > 1 { shown[shown.len() - 1] / (shown.len() as i64 - 1) } else { RATE / 25 };
        let length = shown[shown.len() - 1] + step;
        Ok(Self { bytes, coding, parameters, samples, length })
    }

    /// Number of pictures.
    pub fn pictures(&self) -> usize {
        self.samples.len()
    }

    /// Seconds of one showing.
    pub fn seconds(&self) -> f64 {
        self.length as f64 / RATE as f64
    }
}

/// The NAL units of a sample whose lengths take `length_bytes` each.
fn split(bytes: &[u8], range: Range<usize>, length_bytes: usize) -> Option<Vec<Range<usize>>> {
    let mut nals = Vec::new();
    let mut at = range.start;
    while at < range.end {
        let length = bytes.get(at..at + length_bytes)?.iter().fold(0usize, |n, b| n << 8 | usize::from(*b));
        at += length_bytes;
        let end = at.checked_add(length).filter(|end| *end <= range.end && *end <= bytes.len())?;
        if length > 0 {
            nals.push(at..end);
        }
        at = end;
    }
    Some(nals)
}

/// Takes bytes from the front.
struct Front<'a>(&'a [u8]);

impl<'a> Front<'a> {
    fn take(&mut self, n: usize) -> Option<&'a [u8]> {
        let (front, rest) = self.0.split_at_checked(n)?;
        self.0 = rest;
        Some(front)
    }

    fn byte(&mut self) -> Option<u8> {
        self.take(1).map(|b| b[0])
    }

    fn sized(&mut self) -> Option<Vec<u8>> {
        let size = self.take(2).map(|b| usize::from(u16::from_be_bytes([b[0], b[1]])))?;
        self.take(size).map(<[u8]>::to_vec)
    }
}

/// SPS and PPS of an avcC box, and the bytes of a length.
fn avc_parameters(config: &[u8]) -> Option<(Vec<Vec<u8>>, usize)> {
    let mut front = Front(config);
    let head = front.take(5)?;
    let mut sets = Vec::new();
    for mask in [0x1f, 0xff] {
        for _ in 0..front.byte()? & mask {
            sets.push(front.sized()?);
        }
    }
    (sets.len() >= 2).then_some((sets, usize::from(head[4] & 3) + 1))
}

/// VPS, SPS and PPS of an hvcC box, and the bytes of a length.
fn hevc_parameters(config: &[u8]) -> Option<(Vec<Vec<u8>>, usize)> {
    let mut front = Front(config);
    let head = front.take(22)?;
    let mut sets = Vec::new();
    for _ in 0..front.byte()? {
        let kind = front.byte()? & 0x3f;
        let count = front.take(2).map(|b| u16::from_be_bytes([b[0], b[1]]))?;
        for _ in 0..count {
            let set = front.sized()?;
            // VPS, SPS, PPS; what else stands there is for the file only.
            if (32..=34).contains(&kind) {
                sets.push((kind, set));
            }
        }
    }
    sets.sort_by_key(|(kind, _)| *kind);
    let sets: Vec<Vec<u8>> = sets.into_iter().map(|(_, set)| set).collect();
    (sets.len() >= 3).then_some((sets, usize::from(head[21] & 3) + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn broken_configurations_and_lengths_are_refused_without_a_panic() {
        let whole = [1, 100, 0, 31, 0xff, 0xe1, 0, 2, 0x67, 1, 1, 0, 1, 0x68];
        assert_eq!(avc_parameters(&whole), Some((vec![vec![0x67, 1], vec![0x68]], 4)));
        for end in 0..whole.len() {
            assert_eq!(avc_parameters(&whole[..end]), None, "{end}");
        }
        let data = [0, 0, 0, 2, 9, 9, 0, 0, 0, 9, 1];
        assert_eq!(split(&data, 0..6, 4), Some(std::iter::once(4..6).collect()));
        assert_eq!(split(&data, 0..11, 4), None);
        assert_eq!(split(&data, 0..8, 4), None);
    }
}

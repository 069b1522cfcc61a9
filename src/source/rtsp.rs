//! One RTSP session: from the address to access units.

use std::time::Duration;

use ffmpeg_next::codec::Id;
use futures::StreamExt;
use jiff::Timestamp;
use retina::client::{
    Credentials, Demuxed, InitialSequenceNumberPolicy, InitialTimestampPolicy, PlayOptions, SessionOptions,
    SetupOptions, TcpTransportOptions, UdpTransportOptions,
};
use retina::codec::{CodecItem, FrameFormat};
use tokio::time::{Instant, timeout, timeout_at};
use url::Url;

use super::error::SourceError;
use super::spec::{Timeouts, Transport};

/// Where a session goes.
#[derive(Clone)]
pub(super) struct Target {
    pub url: Url,
    pub credentials: Option<(String, String)>,
    pub transport: Transport,
    pub timeouts: Timeouts,
}

impl Target {
    pub fn new(
        url: &Url,
        credentials: Option<&(String, String)>,
        transport: Transport,
        timeouts: Timeouts,
    ) -> Self {
        Self { url: url.clone(), credentials: credentials.cloned(), transport, timeouts }
    }
}

/// One coded picture in Annex B; a key picture carries its parameter sets.
pub(super) struct Unit {
    pub data: Vec<u8>,
    /// RTP time of its showing, which does not wrap.
    pub ticks: i64,
    pub key: bool,
    /// RTP packets lost before it.
    pub lost: u16,
    pub new_parameters: bool,
}

/// What a session gives.
pub(super) enum Item {
    Unit(Unit),
    /// A sender report: the camera's wall clock at these ticks.
    Report {
        ticks: i64,
        wall: Timestamp,
    },
}

/// A session that plays.
pub(super) struct Session {
    demuxed: Demuxed,
    stream: usize,
    url: String,
    timeouts: Timeouts,
    deadline: Instant,
    waited: Duration,
    pub encoding: Id,
    /// Ticks a second.
    pub rate_hz: u32,
}

impl Session {
    /// Connects, chooses the first H.264 or H.265 stream and has it played.
    pub async fn open(target: &Target) -> Result<Self, SourceError> {
        let mut url = target.url.clone();
        // Neither can fail on an address with a host; retina refuses addresses that carry them.
        let _ = url.set_username("");
        let _ = url.set_password(None);
        let shown = url.to_string();
        if url.scheme() != "rtsp" {
            return Err(SourceError::Scheme { url: shown });
        }
        let limit = target.timeouts.connect;
        let late = |step| SourceError::NoAnswer { url: shown.clone(), step, limit };
        let failed = |e| failure(&shown, &e, &target.timeouts);
        let credentials =
            target.credentials.clone().map(|(username, password)| Credentials { username, password });
        let options = SessionOptions::default()
            .creds(credentials)
            .user_agent(concat!("hanhtrinh/", env!("CARGO_PKG_VERSION")).to_owned());
        let mut session = timeout(limit, retina::client::Session::describe(url, options))
            .await
            .map_err(|_| late("describe its streams"))?
            .map_err(failed)?;
        let (stream, encoding) = choose(&shown, session.streams())?;
        let transport = match target.transport {
            Transport::Tcp => retina::client::Transport::Tcp(TcpTransportOptions::default()),
            Transport::Udp => retina::client::Transport::Udp(UdpTransportOptions::default()),
        };
        let setup = SetupOptions::default().transport(transport).frame_format(FrameFormat::SIMPLE);
        // Cameras set rtptime and seq of RTP-Info wrongly, and one stream needs neither.
        let play = PlayOptions::default()
            .initial_timestamp(InitialTimestampPolicy::Ignore)
            .initial_seq(InitialSequenceNumberPolicy::Ignore);
        let playing = timeout(limit, async {
            session.setup(stream, setup).await?;
            session.play(play).await
        })
        .await
        .map_err(|_| late("play"))?
        .map_err(failed)?;
        let rate_hz = playing.streams()[stream].clock_rate_hz();
        let waited = target.timeouts.first_frame;
        Ok(Self {
            demuxed: playing.demuxed().map_err(failed)?,
            stream,
            url: shown.clone(),
            timeouts: target.timeouts,
            deadline: Instant::now() + waited,
            waited,
            encoding,
            rate_hz,
        })
    }

    /// The next access unit or report. An error ends the session.
    pub async fn next(&mut self) -> Result<Item, SourceError> {
        loop {
            let item = timeout_at(self.deadline, self.demuxed.next())
                .await
                .map_err(|_| SourceError::Stalled { url: self.url.clone(), limit: self.waited })?;
            match item {
                Some(Ok(CodecItem::VideoFrame(frame))) if frame.stream_id() == self.stream => {
                    self.waited = self.timeouts.stall;
                    self.deadline = Instant::now() + self.waited;
                    return Ok(Item::Unit(Unit {
                        ticks: frame.timestamp().timestamp(),
                        key: frame.is_random_access_point(),
                        lost: frame.loss(),
                        new_parameters: frame.has_new_parameters(),
                        data: frame.into_data(),
                    }));
                }
                Some(Ok(CodecItem::Rtcp(packet))) => {
                    if let Some(report) = sender_report(&packet) {
                        return Ok(report);
                    }
                }
                Some(Ok(_)) => {}
                Some(Err(error)) => return Err(failure(&self.url, &error, &self.timeouts)),
                None => {
                    return Err(SourceError::Lost {
                        url: self.url.clone(),
                        why: "the camera closed it".into(),
                    });
                }
            }
        }
    }
}

fn choose(url: &str, streams: &[retina::client::Stream]) -> Result<(usize, Id), SourceError> {
    let videos = || streams.iter().enumerate().filter(|(_, s)| s.media() == "video");
    for (index, stream) in videos() {
        match stream.encoding_name() {
            "h264" => return Ok((index, Id::H264)),
            "h265" => return Ok((index, Id::HEVC)),
            _ => {}
        }
    }
    Err(match videos().next() {
        Some((_, stream)) => {
            SourceError::Encoding { what: url.to_owned(), encoding: stream.encoding_name().to_owned() }
        }
        None => SourceError::NoVideo { url: url.to_owned() },
    })
}

fn sender_report(packet: &retina::rtcp::ReceivedCompoundPacket) -> Option<Item> {
    let ticks = packet.rtp_timestamp()?.timestamp();
    let report = packet.pkts().next()?.as_sender_report().ok()??;
    Some(Item::Report { ticks, wall: ntp_time(report.ntp_timestamp().0)? })
}

/// The time of an NTP time stamp; its seconds wrap in 2036, so those of the lower half lie behind that.
fn ntp_time(ntp: u64) -> Option<Timestamp> {
    const UNIX_EPOCH_S: i64 = 2_208_988_800;
    let seconds = i64::try_from(ntp >> 32).ok()?;
    let era = if seconds < 1 << 31 { 1 << 32 } else { 0 };
    let nanos = ((ntp & 0xffff_ffff) * 1_000_000_000) >> 32;
    Timestamp::new(seconds + era - UNIX_EPOCH_S, i32::try_from(nanos).ok()?).ok()
}

/// retina's error as ours. Its first line says what happened, the others where in a capture.
fn failure(url: &str, error: &retina::Error, timeouts: &Timeouts) -> SourceError {
    let text = error.to_string();
    let why = text.lines().next().unwrap_or_default().to_owned();
    let url = url.to_owned();
    match error.status_code() {
        Some(status @ (401 | 403)) => SourceError::Auth { url, status, retry: timeouts.retry_auth },
        Some(status) if status >= 300 => SourceError::Refused { url, status, why },
        _ => match why.strip_prefix("Unable to connect to RTSP server: ") {
            Some(why) => SourceError::Connect { url, why: why.to_owned() },
            None => SourceError::Lost { url, why },
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ntp_times_of_both_eras() {
        let at = |s: i64| Timestamp::from_second(s).expect("a time");
        assert_eq!(ntp_time((2_208_988_800 + 1_790_000_000) << 32), Some(at(1_790_000_000)));
        // 2040-01-01, four years into the second era.
        let wrapped = (2_208_988_800u64 + 2_208_988_800) % (1 << 32);
        assert_eq!(
            ntp_time((wrapped << 32) | (1 << 31)).map(|t| t.as_millisecond()),
            Some(2_208_988_800_500)
        );
    }
}

//! Sends one client the pictures of a path, each at its time.

use std::borrow::Cow;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, SystemTime};

use tokio::net::UdpSocket;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};

use crate::clip::{Coding, RATE, Sample};
use crate::packet::{Stream, payloads};
use crate::random::Random;
use crate::report;
use crate::server::{PathState, Shared};

/// A client that takes this much longer than the clip loses pictures up to the next key picture.
const BEHIND_MAX: Duration = Duration::from_secs(3);

/// What the writer of a connection is given.
#[derive(Debug)]
pub(crate) enum Outgoing {
    Bytes(Vec<u8>),
    /// Closes the connection behind what was written.
    Close,
}

/// How packets reach the client.
#[derive(Debug)]
pub(crate) enum Route {
    /// Within the connection, on these channels.
    Interleaved { rtp: u8, rtcp: u8 },
    /// By datagrams.
    Datagrams { rtp: UdpSocket, rtcp: UdpSocket, to_rtp: SocketAddr, to_rtcp: SocketAddr },
}

/// A client has gone.
struct Gone;

/// One client's stream.
pub(crate) struct Player {
    pub shared: Arc<Shared>,
    pub path: Arc<PathState>,
    pub route: Route,
    pub writer: mpsc::Sender<Outgoing>,
    pub stream: Stream,
    pub random: Random,
}

fn span(ticks: i64) -> Duration {
    Duration::from_micros(u64::try_from(ticks.max(0)).unwrap_or(0) * 1_000_000 / RATE as u64)
}

fn ticks(span: Duration) -> i64 {
    i64::try_from(span.as_micros() * RATE as u128 / 1_000_000).unwrap_or(i64::MAX)
}

impl Player {
    /// Plays until the clip ends or the client has gone.
    pub async fn run(mut self) {
        let began = self.path.clock.start();
        if self.play(began).await.is_ok() {
            let farewell = report::bye(&self.stream, ticks(began.elapsed()), self.wall());
            if self.send(farewell, false).await.is_ok() {
                // The client may have gone by itself.
                let _ = self.writer.send(Outgoing::Close).await;
            }
        }
    }

    /// `Ok` at the end of the clip.
    async fn play(&mut self, began: Instant) -> Result<(), Gone> {
        let path = Arc::clone(&self.path);
        let length = path.clip.length;
        let position = ticks(began.elapsed());
        let mut lap = if self.shared.config.looped { position / length } else { 0 };
        let within = position - lap * length;
        let samples = &path.clip.samples;
        let first = samples.iter().rposition(|s| s.key && s.send <= within).unwrap_or(0);
        let first_due = began + span(lap * length + samples[first].send);
        let patience = first_due.elapsed() + BEHIND_MAX;
        let mut next_report = Instant::now();
        let mut wait_for_key = false;
        let mut index = first;
        loop {
            while let Some(sample) = samples.get(index) {
                index += 1;
                let due = began + span(lap * length + sample.send);
                sleep_until(due).await;
                if self.writer.is_closed() {
                    return Err(Gone);
                }
                let faults = *path.faults.borrow();
                if faults.stall || faults.hang || due.elapsed() > patience {
                    wait_for_key = true;
                    continue;
                }
                if wait_for_key && !sample.key {
                    continue;
                }
                wait_for_key = false;
                if Instant::now() >= next_report {
                    next_report = Instant::now() + self.shared.config.report_every;
                    let packet = report::sender_report(&self.stream, ticks(began.elapsed()), self.wall());
                    self.send(packet, false).await?;
                }
                self.picture(sample, lap * length + sample.show).await?;
            }
            if !self.shared.config.looped {
                sleep_until(began + span(length)).await;
                return Ok(());
            }
            (lap, index) = (lap + 1, 0);
        }
    }

    fn wall(&self) -> SystemTime {
        let ahead = self.shared.config.clock_ahead_s;
        let by = Duration::from_secs(ahead.unsigned_abs());
        if ahead >= 0 { SystemTime::now() + by } else { SystemTime::now() - by }
    }

    async fn picture(&mut self, sample: &Sample, show: i64) -> Result<(), Gone> {
        let path = Arc::clone(&self.path);
        let (clip, faults) = (&path.clip, *path.faults.borrow());
        let garbled = self.random.hits(faults.garbage);
        let nals: Vec<Cow<'_, [u8]>> = sample
            .nals
            .iter()
            .map(|range| {
                let nal = &clip.bytes[range.clone()];
                if garbled { Cow::Owned(scrambled(nal, 12, &mut self.random)) } else { Cow::Borrowed(nal) }
            })
            .collect();
        let nals: Vec<&[u8]> = nals.iter().map(AsRef::as_ref).collect();
        let parameters = if sample.key { parameters(&path) } else { Vec::new() };
        let payloads = payloads(clip.coding, &parameters, &nals);
        for (k, payload) in payloads.iter().enumerate() {
            let packet = self.stream.packet(payload, show, k + 1 == payloads.len());
            if !self.random.hits(faults.loss) {
                self.send(packet, true).await?;
            }
        }
        path.counters.pictures.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }

    async fn send(&self, packet: Vec<u8>, is_rtp: bool) -> Result<(), Gone> {
        match &self.route {
            Route::Interleaved { rtp, rtcp } => {
                let channel = if is_rtp { *rtp } else { *rtcp };
                let mut framed = vec![b'$', channel];
                framed.extend_from_slice(&(packet.len() as u16).to_be_bytes());
                framed.extend_from_slice(&packet);
                self.writer.send(Outgoing::Bytes(framed)).await.map_err(|_| Gone)
            }
            Route::Datagrams { rtp, rtcp, to_rtp, to_rtcp } => {
                let (socket, to) = if is_rtp { (rtp, to_rtp) } else { (rtcp, to_rtcp) };
                // A refused datagram says that the client has closed its port; its connection tells the rest.
                let _ = socket.send_to(&packet, *to).await;
                Ok(())
            }
        }
    }
}

/// The path's parameter sets, scrambled where its faults say so.
pub(crate) fn parameters(path: &PathState) -> Vec<Vec<u8>> {
    let sets = &path.clip.parameters;
    if !path.faults.borrow().wrong_parameters {
        return sets.clone();
    }
    let head = match path.clip.coding {
        Coding::H264 => 1,
        Coding::H265 => 2,
    };
    let mut random = Random::new(7);
    sets.iter().map(|set| scrambled(set, head, &mut random)).collect()
}

/// The bytes from `from` on made to noise.
fn scrambled(nal: &[u8], from: usize, random: &mut Random) -> Vec<u8> {
    let mut out = nal.to_vec();
    for byte in out.iter_mut().skip(from) {
        *byte ^= random.bits() as u8;
    }
    out
}

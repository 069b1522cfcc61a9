//! A live camera: sessions one after another on the network side, decoding on the camera's thread.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use ffmpeg_next::codec::Id;
use ffmpeg_next::{Packet, Rational};
use jiff::Timestamp;
use tokio::sync::{Notify, mpsc};
use tokio::time::Instant;

use super::convert::Rotation;
use super::decoder::VideoDecoder;
use super::error::SourceError;
use super::hand_over::HandOver;
use super::rtsp::{Item, Session, Target, Unit};
use super::spec::SourceSpec;
use super::state::{EndReason, Sink, SourceEnd, Teller};
use super::timeline::Timeline;
use crate::base::clock::Clock;
use crate::base::shutdown::Shutdown;

/// Access units between network and decoder, five seconds of a usual camera. When it is full, units are dropped up to
/// the next key picture, so that the delay stays within it.
const QUEUE: usize = 128;

/// What the network side tells the decoder.
pub(super) enum Event {
    /// A session plays.
    Began { encoding: Id, rate_hz: u32 },
    /// A picture, with the host's wall clock and monotonic seconds at its arrival, and how many units before it were
    /// dropped.
    Unit { unit: Unit, wall: Timestamp, mono_s: f64, dropped: u64 },
    /// A sender report.
    Report { ticks: i64, wall: Timestamp },
    /// A session ended or did not begin; another try follows.
    Failed(SourceError),
}

/// Decodes until the flag goes up or the sink breaks.
pub(super) fn run<S: Sink>(
    spec: &SourceSpec,
    target: Target,
    mut sink: S,
    shutdown: &Shutdown,
    clock: &Arc<dyn Clock>,
    runtime: &tokio::runtime::Handle,
) -> SourceEnd {
    let mut teller = Teller::start(&mut sink, clock.as_ref(), target.url.as_str());
    let (events, mut queue) = mpsc::channel(QUEUE);
    let stop = Arc::new(Notify::new());
    let stopper = Arc::clone(&stop);
    // A permit is kept where nobody waits yet, so the flag cannot be missed.
    shutdown.on_trigger(move || stopper.notify_one());
    let decoded = Arc::new(AtomicU64::new(0));
    let network = Network {
        target,
        seed: seed(spec.camera.as_str()),
        clock: Arc::clone(clock),
        decoded: Arc::clone(&decoded),
        events,
    };
    runtime.spawn(async move {
        let gone = network.events.clone();
        tokio::select! {
            () = stop.notified() => {}
            () = gone.closed() => {}
            () = network.run() => {}
        }
    });
    let mut decoding = Decoding::new(spec);
    let mut reason = EndReason::Shutdown;
    while let Some(event) = queue.blocking_recv() {
        if shutdown.is_set() {
            break;
        }
        if decoding.event(event, &mut sink, &mut teller, clock.as_ref()) == ControlFlow::Break(()) {
            reason = EndReason::SinkClosed;
            break;
        }
        decoded.store(decoding.good, Ordering::Relaxed);
    }
    let counts = decoding.over.counts;
    sink.counts(counts);
    teller.ended(&mut sink, clock.now(), "stopped".into());
    SourceEnd { reason, counts }
}

/// The network side.
struct Network {
    target: Target,
    seed: u64,
    clock: Arc<dyn Clock>,
    /// Good frames decoded so far.
    decoded: Arc<AtomicU64>,
    events: mpsc::Sender<Event>,
}

impl Network {
    /// One session after another; ends only when nobody takes the events.
    async fn run(mut self) {
        let mut attempt = 0;
        loop {
            let before = self.decoded.load(Ordering::Relaxed);
            let Err(error) = self.session().await else { return };
            if self.decoded.load(Ordering::Relaxed) > before {
                attempt = 0;
            }
            attempt += 1;
            let pause = error.retry_in(attempt, self.jitter(), &self.target.timeouts);
            if self.events.send(Event::Failed(error)).await.is_err() {
                return;
            }
            tokio::time::sleep(pause).await;
        }
    }

    /// 0-1, by splitmix64.
    fn jitter(&mut self) -> f64 {
        self.seed = self.seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.seed;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 53) as f64
    }

    /// One session; `Ok` where nobody takes the events any more.
    async fn session(&self) -> Result<(), SourceError> {
        let mut session = Session::open(&self.target).await?;
        let began = Event::Began { encoding: session.encoding, rate_hz: session.rate_hz };
        if self.events.send(began).await.is_err() {
            return Ok(());
        }
        let patience = self.target.timeouts.first_frame;
        let mut progress = Progress::new(self.decoded.load(Ordering::Relaxed));
        let mut dropped = 0;
        loop {
            let item = session.next().await?;
            if progress.stands_for(self.decoded.load(Ordering::Relaxed)) > patience {
                return Err(SourceError::Undecodable { url: self.target.url.to_string(), limit: patience });
            }
            let event = match item {
                Item::Report { ticks, wall } => Event::Report { ticks, wall },
                Item::Unit(unit) if dropped > 0 && !unit.key => {
                    dropped += 1;
                    continue;
                }
                Item::Unit(unit) => {
                    let (wall, mono_s) = (self.clock.now(), self.clock.monotonic_s());
                    Event::Unit { unit, wall, mono_s, dropped }
                }
            };
            let is_unit = matches!(event, Event::Unit { .. });
            match self.events.try_send(event) {
                Ok(()) if is_unit => dropped = 0,
                Ok(()) => {}
                Err(mpsc::error::TrySendError::Full(_)) if is_unit => dropped += 1,
                // Another report follows in seconds.
                Err(mpsc::error::TrySendError::Full(_)) => {}
                Err(mpsc::error::TrySendError::Closed(_)) => return Ok(()),
            }
        }
    }
}

/// How long the count of decoded frames has stood still.
struct Progress {
    count: u64,
    since: Instant,
}

impl Progress {
    fn new(count: u64) -> Self {
        Self { count, since: Instant::now() }
    }

    fn stands_for(&mut self, count: u64) -> Duration {
        if count != self.count {
            *self = Self::new(count);
        }
        self.since.elapsed()
    }
}

/// A camera's own start for its jitter: FNV-1a of its name.
fn seed(name: &str) -> u64 {
    name.bytes().fold(0xcbf2_9ce4_8422_2325, |h, b| (h ^ u64::from(b)).wrapping_mul(0x100_0000_01b3))
}

/// The decoding side.
pub(super) struct Decoding {
    threads: usize,
    timeline: Timeline,
    decoder: Option<(Id, VideoDecoder)>,
    wait_for_key: bool,
    began: bool,
    pub over: HandOver,
    /// Frames decoded without damage.
    pub good: u64,
}

/// Stream time travels through the decoder as microseconds.
const STREAM_BASE: Rational = Rational(1, 1_000_000);

impl Decoding {
    pub fn new(spec: &SourceSpec) -> Self {
        Self {
            threads: spec.decoder_threads,
            timeline: Timeline::new(spec.clock_quality_of_host, spec.trust_sender_clock),
            decoder: None,
            wait_for_key: true,
            began: false,
            over: HandOver::new(spec, Rotation::None),
            good: 0,
        }
    }

    /// Does what the event asks; `Break` where the sink breaks.
    pub fn event(
        &mut self,
        event: Event,
        sink: &mut dyn Sink,
        teller: &mut Teller,
        clock: &dyn Clock,
    ) -> ControlFlow<()> {
        match event {
            Event::Began { encoding, rate_hz } => {
                if self.began {
                    self.over.counts.reconnects += 1;
                }
                self.began = true;
                // Frames the old session left in the decoder still have their place in the stream.
                self.drain(true, sink, teller, clock)?;
                self.timeline.session(rate_hz);
                self.open(encoding);
            }
            Event::Unit { unit, wall, mono_s, dropped } => {
                self.over.counts.lost_packets += u64::from(unit.lost);
                self.over.counts.dropped_units += dropped;
                if (unit.lost > 0 || dropped > 0) && !unit.key {
                    self.wait_for_key = true;
                }
                if self.wait_for_key && !unit.key {
                    self.over.counts.skipped_units += 1;
                    return ControlFlow::Continue(());
                }
                self.wait_for_key = false;
                if unit.new_parameters {
                    self.drain(true, sink, teller, clock)?;
                    if let Some((encoding, _)) = self.decoder {
                        self.open(encoding);
                    }
                }
                let stream_s = self.timeline.place(unit.ticks, mono_s, wall);
                let mut packet = Packet::copy(&unit.data);
                packet.set_pts(Some((stream_s * 1e6).round() as i64));
                let Some((_, decoder)) = &mut self.decoder else { return ControlFlow::Continue(()) };
                if decoder.send(&packet).is_err() {
                    self.over.counts.decode_errors += 1;
                    decoder.flush();
                    self.wait_for_key = true;
                }
                self.drain(false, sink, teller, clock)?;
            }
            Event::Report { ticks, wall } => self.timeline.report(ticks, wall),
            Event::Failed(error) => {
                self.drain(true, sink, teller, clock)?;
                self.decoder = None;
                sink.counts(self.over.counts);
                teller.failed(sink, clock.now(), &error);
            }
        }
        ControlFlow::Continue(())
    }

    fn open(&mut self, encoding: Id) {
        self.wait_for_key = true;
        self.decoder = match VideoDecoder::of_codec(encoding, STREAM_BASE, self.threads) {
            Ok(decoder) => Some((encoding, decoder)),
            // The session then ends as undecodable and is tried again.
            Err(_) => {
                self.over.counts.decode_errors += 1;
                None
            }
        };
    }

    /// Takes the frames that the decoder has ready; with `finish` those it holds back too, and then it is spent.
    fn drain(
        &mut self,
        finish: bool,
        sink: &mut dyn Sink,
        teller: &mut Teller,
        clock: &dyn Clock,
    ) -> ControlFlow<()> {
        let Some((_, decoder)) = &mut self.decoder else { return ControlFlow::Continue(()) };
        if finish {
            decoder.finish();
        }
        loop {
            match decoder.receive() {
                Ok(Some(frame)) => {
                    let stream_s = frame.timestamp().map_or(0.0, |us| us as f64 / 1e6);
                    let stamp = self.timeline.stamp(stream_s);
                    if !HandOver::damaged(frame) {
                        self.good += 1;
                        let (w, h) = (frame.width(), frame.height());
                        teller.good(sink, clock.now(), || format!("{w}x{h}"));
                    }
                    self.over.take(frame, stamp, sink)?;
                }
                Ok(None) => return ControlFlow::Continue(()),
                Err(_) => {
                    self.over.counts.decode_errors += 1;
                    decoder.flush();
                    self.wait_for_key = true;
                    return ControlFlow::Continue(());
                }
            }
        }
    }
}

//! Times of a live camera: RTP ticks to seconds of the stream, and these to the wall clock.

use jiff::{SignedDuration, Timestamp};

use crate::domain::time::{ClockQuality, Stamp};

/// RTP time may go back so far within a session, as it does where pictures are sent in decoding order.
const BACK_S: f64 = 2.0;
/// RTP time may run so far ahead of the arrival before it counts as a jump; servers send their buffer at once.
const AHEAD_S: f64 = 10.0;
/// The estimate of the least delay rises by this share of the time that passes, so that it follows a drifting clock.
const DRIFT: f64 = 200e-6;
/// Farther off than this, the host's clock was set, or the camera's RTP clock is nonsense: begin anew.
const CLOCK_SET_S: f64 = 60.0;
/// Sender reports before 2020-01-01T00:00:00Z come from a clock that was never set.
const NEVER_SET_BEFORE: i64 = 1_577_836_800;

/// Where one tick of the session lies in the stream.
#[derive(Debug, Clone, Copy)]
struct Anchor {
    ticks: i64,
    stream_s: f64,
}

/// Maps the ticks of one session after another onto one stream time. It begins with 0 at the first access unit, goes
/// on over a gap by the host's monotonic clock, and never goes back.
#[derive(Debug)]
pub(super) struct Timeline {
    host_quality: ClockQuality,
    trust_sender: bool,
    rate_hz: f64,
    begin_mono_s: Option<f64>,
    anchor: Option<Anchor>,
    previous: Option<(i64, f64)>,
    placed_max_s: f64,
    stamped_s: f64,
    /// Wall clock less stream time, microseconds: by arrival of the least delayed, and by sender report.
    by_arrival: Option<(f64, f64)>,
    report: Option<(i64, Timestamp)>,
}

impl Timeline {
    /// `trust_sender`: whether sender reports date the frames.
    pub fn new(host_quality: ClockQuality, trust_sender: bool) -> Self {
        Self {
            host_quality,
            trust_sender,
            rate_hz: 90_000.0,
            begin_mono_s: None,
            anchor: None,
            previous: None,
            placed_max_s: 0.0,
            stamped_s: 0.0,
            by_arrival: None,
            report: None,
        }
    }

    /// A session begins, whose ticks have nothing to do with those before.
    pub fn session(&mut self, rate_hz: u32) {
        self.rate_hz = f64::from(rate_hz.max(1));
        (self.anchor, self.previous, self.by_arrival, self.report) = (None, None, None, None);
    }

    /// Seconds of the stream at which the access unit of `ticks` lies, which arrived at `mono_s` and `wall`.
    pub fn place(&mut self, ticks: i64, mono_s: f64, wall: Timestamp) -> f64 {
        let arrival_s = mono_s - *self.begin_mono_s.get_or_insert(mono_s);
        if let Some((before, before_mono_s)) = self.previous {
            let step_s = (ticks - before) as f64 / self.rate_hz;
            if step_s < -BACK_S || step_s > mono_s - before_mono_s + AHEAD_S {
                (self.anchor, self.by_arrival, self.report) = (None, None, None);
            }
        }
        self.previous = Some((ticks, mono_s));
        // Behind all that was placed, by a millisecond where the arrival does not put it farther.
        let floor_s = if self.placed_max_s > 0.0 { self.placed_max_s + 1e-3 } else { 0.0 };
        let anchor = *self.anchor.get_or_insert(Anchor { ticks, stream_s: arrival_s.max(floor_s) });
        let stream_s = anchor.stream_s + (ticks - anchor.ticks) as f64 / self.rate_hz;
        self.placed_max_s = self.placed_max_s.max(stream_s);
        self.measure_delay(stream_s, wall);
        stream_s
    }

    /// Keeps the least difference of arrival and stream time: what arrives later than it was delayed.
    fn measure_delay(&mut self, stream_s: f64, wall: Timestamp) {
        let now_us = wall.as_microsecond() as f64 - stream_s * 1e6;
        let kept_us = match self.by_arrival {
            Some((kept_us, at_s)) if (now_us - kept_us).abs() < CLOCK_SET_S * 1e6 => {
                let risen_us = kept_us + (stream_s - at_s).max(0.0) * DRIFT * 1e6;
                now_us.min(risen_us)
            }
            _ => now_us,
        };
        self.by_arrival = Some((kept_us, stream_s));
    }

    /// A sender report: the camera's wall clock at `ticks`.
    pub fn report(&mut self, ticks: i64, wall: Timestamp) {
        if self.trust_sender && wall.as_second() >= NEVER_SET_BEFORE {
            self.report = Some((ticks, wall));
        }
    }

    /// The stamp of a frame placed at `stream_s`. Frames are asked for in the order they are shown.
    pub fn stamp(&mut self, stream_s: f64) -> Stamp {
        self.stamped_s = self.stamped_s.max(stream_s);
        let stream_s = self.stamped_s;
        let by_report = self.report.zip(self.anchor).and_then(|((ticks, wall), anchor)| {
            let report_s = anchor.stream_s + (ticks - anchor.ticks) as f64 / self.rate_hz;
            let since = SignedDuration::try_from_secs_f64(stream_s - report_s).ok()?;
            wall.checked_add(since).ok()
        });
        match by_report {
            Some(wall) => Stamp { stream_s, wall: Some(wall), clock: ClockQuality::Synced },
            None => {
                let wall = self.by_arrival.and_then(|(kept_us, _)| {
                    Timestamp::from_microsecond((kept_us + stream_s * 1e6) as i64).ok()
                });
                let clock = if wall.is_some() { self.host_quality } else { ClockQuality::Unknown };
                Stamp { stream_s, wall, clock }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const WALL: i64 = 1_790_000_000_000_000;

    fn wall(s: f64) -> Timestamp {
        Timestamp::from_microsecond(WALL + (s * 1e6) as i64).expect("a time")
    }

    fn at(line: &mut Timeline, ticks: i64, mono_s: f64) -> Stamp {
        let s = line.place(ticks, mono_s, wall(mono_s));
        line.stamp(s)
    }

    #[test]
    fn a_gap_is_kept_and_a_new_session_goes_on_behind_it() {
        let mut line = Timeline::new(ClockQuality::Free, false);
        line.session(90_000);
        assert_eq!(at(&mut line, 5_000, 100.0).stream_s, 0.0);
        assert!((at(&mut line, 95_000, 101.0).stream_s - 1.0).abs() < 1e-9);
        line.session(90_000);
        let again = at(&mut line, 77, 131.0);
        assert!((again.stream_s - 31.0).abs() < 1e-9);
        assert_eq!(again.wall, Some(wall(131.0)));
    }

    #[test]
    fn late_arrivals_are_dated_by_the_least_delayed() {
        let mut line = Timeline::new(ClockQuality::Synced, false);
        line.session(90_000);
        at(&mut line, 0, 10.0);
        let late = at(&mut line, 90_000, 11.8);
        let off = late.wall.expect("dated").as_microsecond() - wall(11.0).as_microsecond();
        assert!(off.abs() < 1_000, "{off} us");
        assert_eq!(late.clock, ClockQuality::Synced);
    }

    #[test]
    fn sender_reports_date_frames_only_where_trusted_and_set() {
        let report = wall(-3600.0);
        for (trusted, told, hit) in
            [(true, report, true), (false, report, false), (true, Timestamp::UNIX_EPOCH, false)]
        {
            let mut line = Timeline::new(ClockQuality::Free, trusted);
            line.session(90_000);
            at(&mut line, 900_000, 10.0);
            line.report(900_000, told);
            let stamp = at(&mut line, 990_000, 11.0);
            let wanted = if hit { wall(-3599.0) } else { wall(11.0) };
            let off = stamp.wall.expect("dated").as_microsecond() - wanted.as_microsecond();
            assert!(off.abs() < 1_000, "{off} us");
            assert_eq!(stamp.clock == ClockQuality::Synced, hit);
        }
    }

    #[test]
    fn a_jump_of_the_rtp_clock_is_bridged_by_arrival() {
        let mut line = Timeline::new(ClockQuality::Free, false);
        line.session(90_000);
        at(&mut line, 90_000_000, 0.0);
        let back = at(&mut line, 0, 0.04);
        assert!((back.stream_s - 0.04).abs() < 1e-6);
        let ahead = at(&mut line, 1 << 31, 0.08);
        assert!((ahead.stream_s - 0.08).abs() < 1e-6);
    }

    proptest! {
        #[test]
        fn stream_time_never_goes_back(
            steps in prop::collection::vec((-5_000_000i64..5_000_000, 0.0f64..3.0, 0u8..10), 1..200)
        ) {
            let mut line = Timeline::new(ClockQuality::Free, true);
            line.session(90_000);
            let (mut ticks, mut mono, mut last) = (0, 0.0, 0.0);
            for (by, wait, what) in steps {
                if what == 0 { line.session(90_000); }
                if what == 1 { line.report(ticks, wall(mono)); }
                ticks += by;
                mono += wait;
                let stamp = at(&mut line, ticks, mono);
                prop_assert!(stamp.stream_s >= last && stamp.stream_s.is_finite());
                last = stamp.stream_s;
            }
        }
    }
}

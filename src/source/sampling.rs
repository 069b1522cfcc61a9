//! Which frames are handed on.

/// Picks the first frame of every cell of a grid over stream time, at most one a cell. The same times give the same
/// picks.
#[derive(Debug)]
pub(super) struct Sampler {
    fps: f64,
    last: Option<i64>,
}

/// The grid lies this part of a cell early, so that times rounded to milliseconds do not fall to the cell before.
const PHASE: f64 = 0.25;

impl Sampler {
    /// A grid of `1 / fps` seconds; infinity picks every frame.
    pub fn new(fps: f64) -> Self {
        Self { fps, last: None }
    }

    /// Whether the frame at `stream_s` is handed on. Times must not go back.
    pub fn picks(&mut self, stream_s: f64) -> bool {
        if self.fps.is_infinite() {
            return true;
        }
        let cell = (stream_s * self.fps + PHASE).floor() as i64;
        let picked = self.last.is_none_or(|last| cell > last);
        if picked {
            self.last = Some(cell);
        }
        picked
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn picked(fps: f64, times: impl Iterator<Item = f64>) -> usize {
        let mut sampler = Sampler::new(fps);
        times.filter(|t| sampler.picks(*t)).count()
    }

    #[test]
    fn eight_of_twenty_five() {
        assert_eq!(picked(8.0, (0..250).map(|k| f64::from(k) / 25.0)), 80);
    }

    #[test]
    fn times_in_whole_milliseconds_lose_no_frame_at_the_native_rate() {
        assert_eq!(picked(30.0, (0..300).map(|k| (f64::from(k) / 30.0 * 1000.0).floor() / 1000.0)), 300);
    }

    proptest! {
        #[test]
        fn never_more_than_the_rate_and_never_a_cell_left_out(
            steps in prop::collection::vec(0.0f64..0.3, 1..400), fps in 0.5f64..60.0,
        ) {
            let mut now = 0.0;
            let times: Vec<f64> = std::iter::once(0.0).chain(steps.iter().map(|s| { now += s; now })).collect();
            let count = picked(fps, times.iter().copied());
            prop_assert!(count as f64 <= now * fps + 2.0);
            let cells: std::collections::BTreeSet<i64> =
                times.iter().map(|t| (t * fps + PHASE).floor() as i64).collect();
            prop_assert_eq!(count, cells.len());
        }
    }
}

//! What a path does wrong when told to.

use std::time::Duration;

use tokio::time::Instant;

/// The faults of a path. Without any it serves as it should.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Faults {
    /// Sends no pictures and no reports, keeps connections and answers.
    pub stall: bool,
    /// Takes connections and answers nothing, sends nothing.
    pub hang: bool,
    /// Share of packets that are lost, 0-1.
    pub loss: f64,
    /// Share of pictures whose bytes are scrambled, 0-1.
    pub garbage: f64,
    /// Parameter sets are scrambled, in the description and in the stream.
    pub wrong_parameters: bool,
    pub(crate) refuse_until: Option<Instant>,
    /// Counts the cuts.
    pub(crate) cuts: u64,
}

impl Faults {
    /// Cuts all connections and refuses new ones for so long.
    pub(crate) fn cut(&mut self, pause: Duration) {
        self.refuse_until = Some(Instant::now() + pause);
        self.cuts += 1;
    }

    /// None any more. What was cut stays cut.
    pub(crate) fn end(&mut self) {
        *self = Self { cuts: self.cuts, ..Self::default() };
    }

    pub(crate) fn refuses(&self) -> bool {
        self.refuse_until.is_some_and(|until| Instant::now() < until)
    }
}

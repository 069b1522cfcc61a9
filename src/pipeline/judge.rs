//! The vote of one track, with what it must know of the home province and the date.

use std::sync::Arc;

use jiff::civil::Date;

use crate::colour::{PaintBallot, PaintSight};
use crate::domain::detection::{VehicleClass, VehicleColour};
use crate::domain::plate::PlateOutcome;
use crate::domain::time::{Stamp, local_date};
use crate::journey::book::Poll;
use crate::plate::province::Home;
use crate::plate::vote::{Ballot, Context, Look, Rules};

/// The rules for tracks. One look alone is never enough, however sure: where frames were dropped, a track may have
/// taken up another vehicle, and its one look shows that one's plate.
pub fn track_rules() -> Rules {
    Rules { alone_confidence: f32::INFINITY, ..Rules::default() }
}

/// By what rule plates are judged.
#[derive(Debug, Clone)]
pub struct Judge {
    /// The home province.
    pub home: Home,
    /// When a text counts as read.
    pub rules: Rules,
    /// The date for what carries none.
    pub today: Date,
}

/// A sight of a vehicle beside its plate.
pub enum Sight {
    /// Of its paint.
    Paint(PaintSight),
    /// Of a number painted on it.
    Number(Look),
}

/// The ballots of one track, of its plate under its judge, of the number painted on it and of its colour. A look of `None` is
/// one that found no plate.
pub struct TrackPoll {
    /// The looks at the plate.
    pub ballot: Ballot,
    /// The looks at the painted number.
    pub painted: Ballot,
    paint: PaintBallot,
    judge: Arc<Judge>,
}

impl TrackPoll {
    /// No look yet.
    pub fn new(judge: Arc<Judge>) -> Self {
        Self { ballot: Ballot::new(), painted: Ballot::new(), paint: PaintBallot::default(), judge }
    }
}

impl Poll for TrackPoll {
    type Look = Option<Look>;
    type Sight = Sight;

    fn add(&mut self, look: Option<Look>) {
        match look {
            Some(look) => self.ballot.add(look),
            None => self.ballot.add_empty(),
        }
    }

    fn see(&mut self, sight: Sight) {
        match sight {
            Sight::Paint(sight) => self.paint.add(sight),
            Sight::Number(look) => self.painted.add(look),
        }
    }

    fn colour(&self) -> Option<VehicleColour> {
        self.paint.colour()
    }

    fn outcome(&self, class: VehicleClass, at: &Stamp) -> PlateOutcome {
        let context = Context {
            vehicle: class,
            date: at.wall.map_or(self.judge.today, local_date),
            home: &self.judge.home,
            rules: self.judge.rules,
        };
        self.ballot.outcome_beside(&self.painted, &context)
    }
}

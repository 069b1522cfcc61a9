//! What news change: the two rounds, whoever keeps the books.

use std::collections::BTreeSet;

use super::decide::{Decision, Joining, decide, dirty};
use super::sighting::{Block, Key, Sighting, Traffic};

/// The two rounds of decisions. The second sees what the first has moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Round {
    /// Sees the sightings as recorded.
    First,
    /// Sees them as the first has left them; what it decides stands.
    Second,
}

/// Who keeps sightings and decisions: the store in tables, [`super::Memory`] in memory.
pub trait Ledger {
    /// What can go wrong in asking and writing.
    type Error;
    /// The traffic as a round sees it.
    type View<'a>: Traffic<Error = Self::Error>
    where
        Self: 'a;

    /// The traffic as the round sees it.
    fn view(&self, round: Round) -> Self::View<'_>;

    /// The unsure sightings of a block, by (time, name).
    fn unsure_of(&self, block: &Block, joining: &Joining) -> Result<Vec<Sighting>, Self::Error>;

    /// Puts down what a round has decided of an unsure sighting. Gives the keys that it goes from and to where anything
    /// has changed.
    fn put(
        &mut self,
        round: Round,
        sighting: &Sighting,
        decision: Decision,
        joining: &Joining,
    ) -> Result<Option<(Key, Key)>, Self::Error>;
}

/// What a settling did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Settled {
    /// Blocks that were decided, in both rounds together.
    pub decided: usize,
    /// Keys whose vehicle may have gained or lost a passage.
    pub touched: BTreeSet<Key>,
}

/// Decides what the news touch: sightings that have come or gone, as they were.
pub fn settle<L: Ledger>(
    ledger: &mut L,
    mut news: Vec<Sighting>,
    joining: &Joining,
) -> Result<Settled, L::Error> {
    let mut settled = Settled { decided: 0, touched: news.iter().map(|s| s.key).collect() };
    let mut blocks = dirty_by(&news, &ledger.view(Round::First), joining)?;
    settled.decided += blocks.len();
    for block in &blocks {
        for (member, decision) in decisions(ledger, block, Round::First, joining)? {
            if let Some((from, to)) = ledger.put(Round::First, &member, decision, joining)? {
                news.extend([from, to].map(|key| Sighting { key, ..member.clone() }));
            }
        }
    }
    // What the first round has moved is an anchor where it went.
    news.iter_mut().for_each(|s| s.read = true);
    blocks.extend(dirty_by(&news, &ledger.view(Round::Second), joining)?);
    settled.decided += blocks.len();
    for block in &blocks {
        for (member, decision) in decisions(ledger, block, Round::Second, joining)? {
            if let Some((from, to)) = ledger.put(Round::Second, &member, decision, joining)? {
                settled.touched.extend([from, to]);
            }
        }
    }
    Ok(settled)
}

/// What the round decides of a block's members.
pub fn decisions<L: Ledger>(
    ledger: &L,
    block: &Block,
    round: Round,
    joining: &Joining,
) -> Result<Vec<(Sighting, Decision)>, L::Error> {
    let members = ledger.unsure_of(block, joining)?;
    let decided = decide(block, &members, &ledger.view(round), joining)?;
    Ok(members.into_iter().zip(decided).collect())
}

fn dirty_by<T: Traffic>(
    news: &[Sighting],
    traffic: &T,
    joining: &Joining,
) -> Result<BTreeSet<Block>, T::Error> {
    let mut blocks = BTreeSet::new();
    for sighting in news {
        blocks.extend(dirty(sighting, traffic, joining)?);
    }
    Ok(blocks)
}

//! What news change: the two rounds, whoever keeps the books.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;

use super::decide::{Decision, Joining, Rules, decide, dirty};
use super::sighting::{Anchor, Block, Key, Sighting, Traffic};

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

/// Keys near to keys, found once while no text comes or goes: by key, and whether only those of unsure sightings are meant.
#[derive(Debug, Default)]
pub struct Near(RefCell<Found>);

type Found = HashMap<(Key, bool), Rc<[Key]>>;

/// Traffic that is not asked twice what is near.
struct Remembering<'n, T> {
    traffic: T,
    near: &'n Near,
}

impl<T: Traffic> Traffic for Remembering<'_, T> {
    type Error = T::Error;

    fn anchors(
        &self,
        key: &Key,
        from: i64,
        to: i64,
        read: bool,
        rules: &Rules,
    ) -> Result<Vec<Anchor>, T::Error> {
        self.traffic.anchors(key, from, to, read, rules)
    }

    fn near(&self, key: &Key, only_unsure: bool, joining: &Joining) -> Result<Rc<[Key]>, T::Error> {
        if let Some(known) = self.near.0.borrow().get(&(*key, only_unsure)) {
            return Ok(known.clone());
        }
        let keys = self.traffic.near(key, only_unsure, joining)?;
        self.near.0.borrow_mut().insert((*key, only_unsure), keys.clone());
        Ok(keys)
    }

    fn blocks_naming(&self, key: &Key, from: i64, at: i64, to: i64) -> Result<Vec<Block>, T::Error> {
        self.traffic.blocks_naming(key, from, at, to)
    }
}

/// Decides what the news touch: sightings that have come or gone, as they were.
pub fn settle<L: Ledger>(
    ledger: &mut L,
    mut news: Vec<Sighting>,
    joining: &Joining,
) -> Result<Settled, L::Error> {
    let near = Near::default();
    let mut settled = Settled { decided: 0, touched: news.iter().map(|s| s.key).collect() };
    let mut blocks = dirty_by(&news, ledger, Round::First, &near, joining)?;
    settled.decided += blocks.len();
    for block in &blocks {
        for (member, decision) in decisions(ledger, block, Round::First, &near, joining)? {
            if let Some((from, to)) = ledger.put(Round::First, &member, decision, joining)? {
                news.extend([from, to].map(|key| Sighting { key, ..member.clone() }));
            }
        }
    }
    // What the first round has moved is an anchor where it went.
    news.iter_mut().for_each(|s| s.read = true);
    blocks.extend(dirty_by(&news, ledger, Round::Second, &near, joining)?);
    settled.decided += blocks.len();
    for block in &blocks {
        for (member, decision) in decisions(ledger, block, Round::Second, &near, joining)? {
            if let Some((from, to)) = ledger.put(Round::Second, &member, decision, joining)? {
                settled.touched.extend([from, to]);
            }
        }
    }
    Ok(settled)
}

/// What the round decides of a block's members. `near` serves as long as the ledger's texts stay.
pub fn decisions<L: Ledger>(
    ledger: &L,
    block: &Block,
    round: Round,
    near: &Near,
    joining: &Joining,
) -> Result<Vec<(Sighting, Decision)>, L::Error> {
    let members = ledger.unsure_of(block, joining)?;
    let decided = decide(block, &members, &Remembering { traffic: ledger.view(round), near }, joining)?;
    Ok(members.into_iter().zip(decided).collect())
}

fn dirty_by<L: Ledger>(
    news: &[Sighting],
    ledger: &L,
    round: Round,
    near: &Near,
    joining: &Joining,
) -> Result<BTreeSet<Block>, L::Error> {
    let traffic = Remembering { traffic: ledger.view(round), near };
    let mut blocks = BTreeSet::new();
    for sighting in news {
        blocks.extend(dirty(sighting, &traffic, joining)?);
    }
    Ok(blocks)
}

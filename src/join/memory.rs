//! Recorded traffic in memory, with what was decided of it: for the simulation and the tests. The store keeps the same
//! in tables.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;
use std::ops::Bound;
use std::rc::Rc;

use foldhash::HashMap;

use super::decide::{Decision, Hint, Joining, Rules};
use super::settle::{Ledger, Near, Round, decisions, settle};
use super::sighting::{Anchor, Block, Key, Sighting, Traffic, nearest_around, week_of};
use super::text::PlateText;
use super::walk::{Member, bodies, link_p, was_read, without_room};
use crate::domain::plate::PlateKind;

/// One vehicle as joined.
#[derive(Debug, Clone, PartialEq)]
pub struct Vehicle {
    /// Its key.
    pub key: Key,
    /// 0 the vehicle of that key; more: what did not fit it in time and place.
    pub body: usize,
    /// Members by time.
    pub members: Vec<Member>,
    /// Of each member but the last, the probability that the one after it is the vehicle's next, 0-1.
    pub links: Vec<f64>,
}

/// What one round decided.
#[derive(Debug, Default)]
struct Book {
    /// Sightings that were moved or recognised, by name.
    placed: HashMap<u64, Decision>,
    /// Those moved to a key: time, name, own key.
    guests: HashMap<Key, BTreeSet<(i64, u64, Key)>>,
}

impl Book {
    /// Puts down a decision, or that there is none; gives the keys that lose and gain the sighting, where anything changed.
    fn put(&mut self, sighting: &Sighting, decision: Option<Decision>) -> Option<(Key, Key)> {
        let entry = (sighting.at, sighting.id, sighting.key);
        let before = self.placed.remove(&sighting.id);
        let same = |a: &Decision, b: &Decision| a.key == b.key && a.p == b.p;
        let changed = match (&before, &decision) {
            (None, None) => false,
            (Some(a), Some(b)) => !same(a, b),
            _ => true,
        };
        let from = before.as_ref().map_or(sighting.key, |d| d.key);
        let to = decision.as_ref().map_or(sighting.key, |d| d.key);
        if let Some(guests) = before.and_then(|d| self.guests.get_mut(&d.key)) {
            guests.remove(&entry);
        }
        if let Some(decision) = decision {
            if decision.moves(sighting) {
                self.guests.entry(decision.key).or_default().insert(entry);
            }
            self.placed.insert(sighting.id, decision);
        }
        changed.then_some((from, to))
    }

    /// What moved the sighting away from its own key.
    fn moved(&self, sighting: &Sighting) -> Option<&Decision> {
        self.placed.get(&sighting.id).filter(|d| d.moves(sighting))
    }
}

/// What the second round weighed and did not join.
#[derive(Debug, Default)]
struct Hints {
    /// By the sighting's name.
    of: HashMap<u64, Vec<Hint>>,
    /// By the vehicle that it may be of, by (time, name).
    to: HashMap<Key, BTreeMap<(i64, u64), f64>>,
}

impl Hints {
    /// Puts down what else a sighting may be, instead of what was put down before.
    fn put(&mut self, sighting: &Sighting, hints: Vec<Hint>) {
        let entry = (sighting.at, sighting.id);
        for hint in self.of.remove(&sighting.id).into_iter().flatten() {
            if let Some(of_key) = self.to.get_mut(&hint.key) {
                of_key.remove(&entry);
            }
        }
        if hints.is_empty() {
            return;
        }
        for hint in &hints {
            self.to.entry(hint.key).or_default().insert(entry, hint.p);
        }
        self.of.insert(sighting.id, hints);
    }

    /// Probabilities of what may be the vehicle's after `a` and before `b`.
    fn between(&self, key: &Key, a: &Anchor, b: &Anchor) -> impl Iterator<Item = f64> {
        let span = (Bound::Excluded((a.at, a.id)), Bound::Excluded((b.at, b.id)));
        let of_key = self.to.get(key).filter(|_| (a.at, a.id) < (b.at, b.id));
        of_key.into_iter().flat_map(move |all| all.range(span)).map(|h| *h.1)
    }
}

/// Which texts on record look alike, found once for each text: what is alike is so both ways.
#[derive(Debug, Default)]
struct Neighbours(HashMap<Key, Vec<Key>>);

impl Neighbours {
    /// A text comes on record.
    fn add(&mut self, key: Key, joining: &Joining) {
        let found = self.among(&key, joining);
        for other in &found {
            if let Some(list) = self.0.get_mut(other) {
                list.insert(list.partition_point(|k| *k < key), key);
            }
        }
        self.0.insert(key, found);
    }

    /// Those that look like a text, whether that is on record or not; in order, each once.
    fn of(&self, key: &Key, joining: &Joining) -> Cow<'_, [Key]> {
        self.0.get(key).map_or_else(|| self.among(key, joining).into(), |known| known.into())
    }

    fn among(&self, key: &Key, joining: &Joining) -> Vec<Key> {
        let mut found = Vec::new();
        joining.each_alike(key, &mut |other| {
            if self.0.contains_key(&other) {
                found.push(other);
            }
        });
        found.sort_unstable();
        found.dedup();
        found
    }
}

/// Traffic in memory. Sightings come in any order.
#[derive(Debug, Default)]
pub struct Memory {
    /// By best text, by (time, name).
    sightings: HashMap<Key, Vec<Sighting>>,
    alike: Neighbours,
    /// Unsure sightings by best text and candidates: (time, block), by time.
    naming: HashMap<Key, Vec<(i64, Block)>>,
    first: Book,
    second: Book,
    hints: Hints,
    /// Sightings that came or went since the last settling.
    news: Vec<Sighting>,
}

impl Memory {
    /// Nothing recorded.
    pub fn new() -> Self {
        Self::default()
    }

    /// Records a sighting. Its effect waits for [`Self::settle`].
    pub fn insert(&mut self, sighting: Sighting, joining: &Joining) {
        if !sighting.is_sure(&joining.rules) {
            for key in named(&sighting) {
                let list = self.naming.entry(key).or_default();
                let entry = (sighting.at, sighting.block());
                list.insert(list.partition_point(|e| *e < entry), entry);
            }
        }
        self.news.push(sighting.clone());
        if !self.sightings.contains_key(&sighting.key) {
            self.alike.add(sighting.key, joining);
        }
        let list = self.sightings.entry(sighting.key).or_default();
        list.insert(list.partition_point(|s| (s.at, s.id) < (sighting.at, sighting.id)), sighting);
    }

    /// Takes back the sighting of that name and key, where it is there.
    pub fn remove(&mut self, key: Key, id: u64) {
        let Some(list) = self.sightings.get_mut(&key) else { return };
        let Some(place) = list.iter().position(|s| s.id == id) else { return };
        let sighting = list.remove(place);
        for key in named(&sighting) {
            let entry = (sighting.at, sighting.block());
            if let Some(list) = self.naming.get_mut(&key)
                && let Some(place) = list.iter().position(|e| *e == entry)
            {
                list.remove(place);
            }
        }
        if let Some((from, _)) = self.first.put(&sighting, None) {
            self.news.push(Sighting { key: from, ..sighting.clone() });
        }
        self.second.put(&sighting, None);
        self.hints.put(&sighting, Vec::new());
        self.news.push(sighting);
    }

    /// Decides what the news since the last settling touch; gives how many blocks were decided.
    pub fn settle(&mut self, joining: &Joining) -> usize {
        let news = std::mem::take(&mut self.news);
        let Ok(settled) = settle(self, news, joining);
        settled.decided
    }

    /// Decides everything anew and gives the blocks of which another decision stands: none, or what was to be decided
    /// again was not found. What a check of the store does.
    pub fn stale(&self, joining: &Joining) -> Vec<Block> {
        let blocks: BTreeSet<Block> = self
            .naming
            .iter()
            .flat_map(|(key, list)| list.iter().filter(|e| e.1.key == *key))
            .map(|e| e.1)
            .collect();
        let near = Near::default();
        let differs = |block: &Block, round: Round| {
            let book = self.book(round);
            let Ok(decided) = decisions(self, block, round, &near, joining);
            decided.into_iter().any(|(member, decision)| {
                let decision = Some(decision).filter(|d| d.is_kept(round, &member, &joining.rules));
                decision.as_ref() != book.placed.get(&member.id)
            })
        };
        let wrong = |block: &Block| differs(block, Round::First) || differs(block, Round::Second);
        blocks.into_iter().filter(wrong).collect()
    }

    fn book(&self, round: Round) -> &Book {
        match round {
            Round::First => &self.first,
            Round::Second => &self.second,
        }
    }

    /// The sightings by their best text, by time.
    pub fn by_text(&self) -> impl Iterator<Item = (&Key, &[Sighting])> {
        self.sightings.iter().map(|(key, list)| (key, list.as_slice()))
    }

    /// The sighting behind a member of a vehicle.
    pub fn sighting(&self, vehicle: &Vehicle, member: &Member) -> Option<&Sighting> {
        let (at, id) = (member.anchor.at, member.anchor.id);
        if !member.moved {
            return self.find(&vehicle.key, at, id);
        }
        let guests = self.second.guests.get(&vehicle.key)?;
        guests.range((at, id, LEAST)..).next().and_then(|g| self.find(&g.2, at, id))
    }

    fn find(&self, key: &Key, at: i64, id: u64) -> Option<&Sighting> {
        let list = self.sightings.get(key)?;
        let place = list.partition_point(|s| (s.at, s.id) < (at, id));
        list.get(place).filter(|s| s.id == id)
    }

    /// What was decided of a sighting that was moved.
    pub fn decision(&self, id: u64) -> Option<&Decision> {
        self.second.placed.get(&id)
    }

    /// All vehicles, by key and body.
    pub fn vehicles(&self, joining: &Joining) -> Vec<Vehicle> {
        let mut keys: Vec<Key> = self.sightings.keys().copied().collect();
        keys.sort_unstable();
        keys.iter().flat_map(|key| self.vehicle(key, joining)).collect()
    }

    /// The vehicles of one key.
    pub fn vehicle(&self, key: &Key, joining: &Joining) -> Vec<Vehicle> {
        let mut members = self.members(key, joining);
        let rejected = without_room(&members, &joining.places);
        members.retain(|m| !rejected.contains(&m.anchor.id));
        members.extend(self.returned(key, joining));
        let mut bodies = bodies(members, &joining.places);
        bodies.retain(|b| was_read(b));
        let vehicle = |(body, members): (usize, Vec<Member>)| {
            let link = |pair: &[Member]| {
                let between = self.hints.between(key, &pair[0].anchor, &pair[1].anchor);
                link_p(pair[0].p.min(1.0), pair[1].p.min(1.0), between)
            };
            Vehicle { key: *key, body, links: members.windows(2).map(link).collect(), members }
        };
        bodies.into_iter().enumerate().map(vehicle).collect()
    }

    /// The key's own sightings that were not moved away, and those moved here.
    fn members(&self, key: &Key, joining: &Joining) -> Vec<Member> {
        let mut members = Vec::new();
        for sighting in self.sightings.get(key).into_iter().flatten() {
            let sure = sighting.is_sure(&joining.rules);
            let p = match self.second.placed.get(&sighting.id) {
                _ if sure => 2.0,
                Some(decision) if decision.moves(sighting) => continue,
                None if sighting.read => f64::from(sighting.confidence),
                Some(decision) => decision.p,
                None => continue,
            };
            members.push(Member { anchor: sighting.anchor(), p, moved: false });
        }
        for (at, id, own) in self.second.guests.get(key).into_iter().flatten() {
            let p = self.second.placed.get(id).map_or(0.0, |d| d.p);
            let guest = self.find(own, *at, *id);
            members.extend(guest.map(|g| Member { anchor: g.anchor(), p, moved: true }));
        }
        members
    }

    /// The key's own sightings that were moved to a vehicle which cannot have been there.
    fn returned(&self, key: &Key, joining: &Joining) -> Vec<Member> {
        let mut back: Vec<Member> = Vec::new();
        for sighting in self.sightings.get(key).into_iter().flatten() {
            let Some(host) = self.second.moved(sighting).map(|d| d.key) else { continue };
            if sighting.is_sure(&joining.rules) || !sighting.read {
                continue;
            }
            if without_room(&self.members(&host, joining), &joining.places).contains(&sighting.id) {
                let p = f64::from(sighting.confidence);
                back.push(Member { anchor: sighting.anchor(), p, moved: false });
            }
        }
        back
    }
}

impl Ledger for Memory {
    type Error = Infallible;
    type View<'a> = View<'a>;

    fn view(&self, round: Round) -> View<'_> {
        View { memory: self, round: (round == Round::Second).then_some(&self.first) }
    }

    fn unsure_of(&self, block: &Block, joining: &Joining) -> Result<Vec<Sighting>, Infallible> {
        let (from, to) = block.span();
        let list = self.sightings.get(&block.key).map(Vec::as_slice).unwrap_or_default();
        let list = &list[list.partition_point(|s| s.at < from)..list.partition_point(|s| s.at < to)];
        Ok(list.iter().filter(|s| !s.is_sure(&joining.rules)).cloned().collect())
    }

    fn put(
        &mut self,
        round: Round,
        sighting: &Sighting,
        decision: Decision,
        joining: &Joining,
    ) -> Result<Option<(Key, Key)>, Infallible> {
        if round == Round::Second {
            self.hints.put(sighting, decision.hints.clone());
        }
        let decision = Some(decision).filter(|d| d.is_kept(round, sighting, &joining.rules));
        Ok(match round {
            Round::First => self.first.put(sighting, decision),
            Round::Second => self.second.put(sighting, decision),
        })
    }
}

/// Comes before every key.
const LEAST: Key = Key { kind: PlateKind::Car, text: PlateText::EMPTY };

/// The keys that an unsure sighting names.
fn named(sighting: &Sighting) -> BTreeSet<Key> {
    let texts = sighting.candidates.iter().map(|c| Key { text: c.0, ..sighting.key });
    texts.chain([sighting.key]).collect()
}

/// The traffic as recorded, or as a round has left it.
#[derive(Debug)]
pub struct View<'a> {
    memory: &'a Memory,
    round: Option<&'a Book>,
}

impl View<'_> {
    /// What is moved to `key` in the round, as an anchor of it.
    fn guest(&self, entry: &(i64, u64, Key)) -> Option<Anchor> {
        let p = self.round?.placed.get(&entry.1)?.p;
        let guest = self.memory.find(&entry.2, entry.0, entry.1)?;
        Some(Anchor { confidence: p as f32, ..guest.anchor() })
    }
}

impl Traffic for View<'_> {
    type Error = Infallible;

    fn anchors(
        &self,
        key: &Key,
        from: i64,
        to: i64,
        only_read: bool,
        rules: &Rules,
    ) -> Result<Vec<Anchor>, Infallible> {
        let list = self.memory.sightings.get(key).map(Vec::as_slice).unwrap_or_default();
        let guests = self.round.and_then(|r| r.guests.get(key));
        if list.is_empty() && guests.is_none() {
            return Ok(Vec::new());
        }
        let wanted = |s: &&Sighting| {
            (s.read || (!only_read && s.is_anchor(rules)))
                && self.round.is_none_or(|r| s.is_sure(rules) || r.moved(s).is_none())
        };
        let begin = list.partition_point(|s| s.at < from);
        let end = list.partition_point(|s| s.at <= to);
        let (earliest, latest) = (from - rules.horizon, to + rules.horizon);
        let own_before = list[..begin].iter().rev().take_while(|s| s.at >= earliest).find(wanted);
        let own_after = list[end..].iter().take_while(|s| s.at <= latest).find(wanted);
        let mut found: Vec<Anchor> = Vec::new();
        found.extend(own_before.map(Sighting::anchor));
        found.extend(list[begin..end].iter().filter(wanted).map(Sighting::anchor));
        found.extend(own_after.map(Sighting::anchor));
        let Some(guests) = guests.filter(|g| !g.is_empty()) else { return Ok(found) };
        let anchor = |e: &(i64, u64, Key)| self.guest(e).filter(|a| a.read || !only_read);
        found.extend(guests.range((earliest, 0, LEAST)..(from, 0, LEAST)).rev().find_map(anchor));
        found.extend(guests.range((from, 0, LEAST)..(to + 1, 0, LEAST)).filter_map(anchor));
        found.extend(guests.range((to + 1, 0, LEAST)..(latest + 1, 0, LEAST)).find_map(anchor));
        Ok(nearest_around(found, from, to))
    }

    fn near(&self, key: &Key, only_unsure: bool, joining: &Joining) -> Result<Rc<[Key]>, Infallible> {
        let alike = self.memory.alike.of(key, joining);
        let wanted = |other: &&Key| !only_unsure || self.memory.naming.contains_key(other);
        Ok(alike.iter().filter(wanted).copied().collect())
    }

    fn blocks_naming(&self, key: &Key, from: i64, at: i64, to: i64) -> Result<Vec<Block>, Infallible> {
        let Some(list) = self.memory.naming.get(key) else { return Ok(Vec::new()) };
        let begin = list.partition_point(|e| e.0 < from);
        let end = list.partition_point(|e| e.0 <= to);
        let mut blocks: Vec<Block> = list[begin..end].iter().map(|e| e.1).collect();
        // Beyond, only blocks that reach over from one side to the other.
        let week = week_of(at);
        let same = |e: &&(i64, Block)| e.1.week == week;
        for before in list[..begin].iter().rev().take_while(same) {
            blocks.extend(list[end..].iter().take_while(same).filter(|e| e.1 == before.1).map(|e| e.1));
        }
        Ok(blocks)
    }
}

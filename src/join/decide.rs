//! Where the unsure passages of one text in one week belong.

use std::collections::BTreeSet;

use crate::domain::detection::VehicleClass;
use crate::domain::plate::{Candidate, PlateColour};
use crate::plate::confusion::{Condition, Confusion, Doubt, Reading};
use crate::plate::grammar;

use super::links::LinkTimes;
use super::place::Places;
use super::settle::Round;
use super::sighting::{Anchor, Block, Key, Sighting, Traffic, WEEK_US, day_of, week_of};
use super::text::Alike;
use super::walk::follows;

/// What joining is set by.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rules {
    /// From this calibrated probability on a read is confident (the model manifest's `confident_vote_p`).
    pub confident_p: f32,
    /// From this calibrated probability on a read is an anchor, though it may not count as read.
    pub anchor_from: f32,
    /// Least probability of a move to another key where the own text is no vehicle's that is known, ...
    pub join_p: f64,
    /// ... and where it is one's.
    pub leave_p: f64,
    /// How far in time an anchor may be, in microseconds.
    pub horizon: i64,
    /// Texts that plates of the traffic could have: of one taken blindly, the chance that it is a given one is 1 / texts.
    pub texts: f64,
    /// Share of passages whose vehicle has no other within the horizon.
    pub newcomers: f64,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            confident_p: 0.997,
            anchor_from: 0.2,
            join_p: 0.65,
            leave_p: 0.9,
            horizon: 30 * 86_400 * 1_000_000,
            texts: 2e6,
            newcomers: 0.1,
        }
    }
}

/// Least probability at which a key that was weighed is worth a hint.
const HINT_P: f64 = 0.05;
/// Belief below this is not worth asking for anchors.
const LEAST_BELIEF: f64 = 1e-8;
/// What is less likely than the likeliest by this much, in logarithm, is not looked at.
const NEGLIGIBLE: f64 = 8.0;
/// How likely a text that no grammar class explains is what it says after all.
const NO_PLATE: f64 = 0.02;
/// Shares of the classes on the road, and of an answer that is wrong: judgements.
const CLASS_SHARES: [(VehicleClass, f64); 4] = [
    (VehicleClass::Car, 0.5),
    (VehicleClass::Motorcycle, 0.2),
    (VehicleClass::Bus, 0.1),
    (VehicleClass::Truck, 0.2),
];
const CLASS_WRONG: f64 = 0.03;
const COLOUR_SHARES: [(PlateColour, f64); 4] = [
    (PlateColour::White, 0.7),
    (PlateColour::Yellow, 0.27),
    (PlateColour::Blue, 0.02),
    (PlateColour::Red, 0.01),
];
const COLOUR_WRONG: f64 = 0.02;

/// All that joining is done with.
#[derive(Debug, Clone)]
pub struct Joining {
    /// Settings.
    pub rules: Rules,
    /// Where the cameras stand.
    pub places: Places,
    /// The reader's confusion.
    pub confusion: Confusion,
    /// Link times with the week from which on they hold, by week; the first hold before it too.
    times: Vec<(i32, LinkTimes)>,
    alike: Alike,
}

impl Joining {
    /// With these.
    pub fn new(rules: Rules, places: Places, times: LinkTimes, confusion: Confusion) -> Self {
        let alike = Alike::new(&confusion);
        Self { rules, places, confusion, times: vec![(i32::MIN, times)], alike }
    }

    /// With link times that hold from a [`Block::week`] on, until later ones do. What was decided of a week before that
    /// stays as it is, whatever is learned later.
    pub fn learned(mut self, week: i32, times: LinkTimes) -> Self {
        self.times.push((week, times));
        self.times.sort_by_key(|t| t.0);
        self
    }

    /// The link times that hold in the week that `at` falls on, in microseconds.
    fn times(&self, at: i64) -> Option<&LinkTimes> {
        let later = self.times.partition_point(|t| t.0 <= week_of(at));
        self.times.get(later.saturating_sub(1)).map(|t| &t.1)
    }

    /// Calls `found` with every key that `key` could be misread as, or be a misread of; some more than once.
    pub fn each_alike(&self, key: &Key, found: &mut dyn FnMut(Key)) {
        self.alike.each(key.text, &mut |text| found(Key { text, ..*key }));
    }
}

/// A key that a block was weighed against and not joined to, its own among them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Hint {
    /// The key.
    pub key: Key,
    /// Probability that the block is its vehicle's, 0-1.
    pub p: f64,
}

/// What was decided of a block.
#[derive(Debug, Clone, PartialEq)]
pub struct Decision {
    /// The key it belongs to: its own, or another's.
    pub key: Key,
    /// Probability of that, 0-1.
    pub p: f64,
    /// How far the readings are believed to show that key's plate, 0-1, before anything is known of the traffic.
    pub plate_p: f64,
    /// Time from the host's nearest anchor, in seconds; `None` where it has none.
    pub nearest_s: Option<f64>,
    /// Keys that it may belong to instead, by falling probability.
    pub hints: Vec<Hint>,
}

impl Decision {
    /// Whether the round puts it down: the sighting goes elsewhere, or, in the round that stands, is recognised.
    pub fn is_kept(&self, round: Round, sighting: &Sighting, rules: &Rules) -> bool {
        self.moves(sighting) || (round == Round::Second && self.recognises(sighting, rules))
    }

    /// Whether the sighting goes to another key than its own.
    pub fn moves(&self, sighting: &Sighting) -> bool {
        self.key != sighting.key
    }

    /// Whether the sighting is a passage of the vehicle of its own best text although that was not read: the vehicle is
    /// known, and likelier than anything else that it could be.
    fn recognises(&self, sighting: &Sighting, rules: &Rules) -> bool {
        !self.moves(sighting) && !sighting.read && self.nearest_s.is_some() && self.p >= rules.join_p
    }

    /// For one of the members that were decided together: where they stay with their own text, another of them that was
    /// read knows the vehicle too. What is a known vehicle's by its own text, and not surely enough, is a hint of it.
    fn of_member(mut self, member: &Sighting, members: &[Sighting], rules: &Rules) -> Self {
        if !self.moves(member) && !member.read {
            let of_read = members.iter().filter(|m| m.read).map(|m| (m.at - member.at).abs() as f64 / 1e6);
            self.nearest_s = of_read.chain(self.nearest_s).reduce(f64::min);
            if self.nearest_s.is_some() && !self.recognises(member, rules) && self.p >= HINT_P {
                let at = self.hints.partition_point(|h| h.p > self.p);
                self.hints.insert(at, Hint { key: self.key, p: self.p });
            }
        }
        self
    }

    /// Why the passage that was read as `read` was joined to this key, in words for a leg.
    pub fn why(&self, read: &Key) -> String {
        let Some(seconds) = self.nearest_s else { return "same plate".to_owned() };
        let minutes = (seconds / 60.0).round();
        let text = read.text;
        if minutes < 120.0 {
            format!("looks alike: read as {text}, {minutes:.0} min from the next sighting")
        } else {
            format!("looks alike: read as {text}, {:.0} h from the next sighting", minutes / 60.0)
        }
    }
}

/// Decides where the `members` of a block belong, its unsure sightings by (time, name): one decision for each of them.
///
/// Where the text was read of some other sighting within the horizon there is such a vehicle, and each day's members are
/// decided by themselves: one may be misread as the other now and then. Else all of the block are one vehicle's, whatever
/// its plate is: dirt is misread alike, and they are decided together.
pub fn decide<T: Traffic>(
    block: &Block,
    members: &[Sighting],
    traffic: &T,
    joining: &Joining,
) -> Result<Vec<Decision>, T::Error> {
    let (Some(first), Some(last)) = (members.first(), members.last()) else { return Ok(Vec::new()) };
    let known = traffic.anchors(&block.key, first.at, last.at, true, &joining.rules)?;
    let together = known.is_empty();
    let mut all = Vec::with_capacity(members.len());
    for part in members.chunk_by(|a, b| together || day_of(a.at) == day_of(b.at)) {
        let decision = decide_part(block.key, part, traffic, joining)?;
        all.extend(part.iter().map(|m| decision.clone().of_member(m, part, &joining.rules)));
    }
    Ok(all)
}

fn decide_part<T: Traffic>(
    own: Key,
    members: &[Sighting],
    traffic: &T,
    joining: &Joining,
) -> Result<Decision, T::Error> {
    let (Some(first), Some(last)) = (members.first(), members.last()) else {
        return Ok(Decision { key: own, p: 1.0, plate_p: 0.0, nearest_s: None, hints: Vec::new() });
    };
    let rules = &joining.rules;
    let mut hosts: BTreeSet<Key> = members
        .iter()
        .flat_map(|m| m.candidates.iter())
        .map(|(text, _)| Key { text: *text, ..own })
        .collect();
    hosts.extend(traffic.near(&own, false, joining)?.iter());
    hosts.remove(&own);
    let readings: Vec<Spoken> = members.iter().map(|m| Spoken::new(m, &joining.confusion)).collect();
    let belief = |key: &Key| {
        let text = key.text.to_string();
        let of = |s: &Spoken| joining.confusion.belief_by(&s.reading(), &s.doubt, &text).max(1e-12).ln();
        (readings.iter().map(of).sum::<f64>() / readings.len() as f64).exp()
    };
    let mut weighed: Vec<Weighed> = Vec::new();
    // What is no plate is misread: its share of the belief goes to what it may be.
    let said = belief(&own);
    let own_stands = own.text.has_missing() || is_plate(&own);
    let own_rank = if own_stands { Rank::of(members.iter().map(Sighting::anchor)) } else { Rank::default() };
    let own_belief = if own_stands { said } else { said * NO_PLATE };
    let scale = (1.0 - own_belief) / (1.0 - said).max(1e-4);
    for key in std::iter::once(own).chain(hosts) {
        // A misread may repeat: the own text is a vehicle's only where it was read.
        let only_read = key == own;
        let mut anchors = traffic.anchors(&key, first.at, last.at, only_read, rules)?;
        anchors.retain(|a| (key != own || own_stands) && members.iter().all(|m| m.id != a.id));
        // A block moves only to what was read better than itself, so that no two change places.
        let rank = Rank::of(anchors.iter().copied());
        if anchors.is_empty() || (key != own && (rank, key) <= (own_rank, own)) {
            continue;
        }
        let believed = if key == own { own_belief } else { (belief(&key) * scale).min(1.0) };
        if believed < LEAST_BELIEF {
            continue;
        }
        let Some(fit) = fit(members, &anchors, joining) else { continue };
        let like = likeness(members, &anchors);
        let nearest = anchors.iter().flat_map(|a| members.iter().map(move |m| (m.at - a.at).abs())).min();
        let stands = anchors.iter().map(|a| f64::from(a.confidence)).fold(0.0, f64::max).max(1e-3).ln();
        weighed.push(Weighed {
            key,
            weight: (believed.ln() + fit + like + stands).min(600.0),
            believed,
            nearest_s: nearest.unwrap_or(0) as f64 / 1e6,
            share: 0.0,
        });
    }
    // The grammar is slow to ask: only of what matters.
    let top = weighed.iter().map(|w| w.weight).fold(0.0, f64::max);
    weighed.retain(|w| w.key == own || (w.weight > top - NEGLIGIBLE && is_plate(&w.key)));
    let known: f64 = weighed.iter().map(|w| w.believed).sum();
    // A vehicle not seen otherwise: of this text, or of another that no anchor has.
    let own_is_known = weighed.iter().any(|w| w.key == own);
    let unknown = if own_is_known { (1.0 - known).max(1e-6) } else { own_belief.max(1.0 - known).max(1e-6) };
    let top = weighed.iter().map(|w| w.weight).fold(unknown.ln(), f64::max);
    weighed.iter_mut().for_each(|w| w.share = (w.weight - top).exp());
    let alone = (unknown.ln() - top).exp();
    let sum = alone + weighed.iter().map(|w| w.share).sum::<f64>();
    weighed.iter_mut().for_each(|w| w.share /= sum);
    weighed.sort_by(|a, b| b.share.total_cmp(&a.share).then(a.key.cmp(&b.key)));
    let own_share = weighed.iter().find(|w| w.key == own);
    let mut decision = Decision {
        key: own,
        p: own_share.map_or(if own_is_known { 0.0 } else { alone / sum }, |w| w.share),
        plate_p: own_belief,
        nearest_s: own_share.map(|w| w.nearest_s),
        hints: Vec::new(),
    };
    let least = if own_is_known { rules.leave_p } else { rules.join_p };
    let host = weighed.first().filter(|w| w.key != own && w.share >= least);
    if let Some(host) = host
        // What was read nowhere is no known vehicle: it stays a hint.
        && (members.iter().any(|m| m.read) || !traffic.anchors(&host.key, first.at, last.at, true, rules)?.is_empty())
    {
        let (key, p, plate_p) = (host.key, host.share, host.believed);
        decision = Decision { key, p, plate_p, nearest_s: Some(host.nearest_s), hints: Vec::new() };
    }
    let others = weighed.iter().filter(|w| w.key != decision.key && w.share >= HINT_P);
    decision.hints = others.map(|w| Hint { key: w.key, p: w.share }).collect();
    Ok(decision)
}

/// A key that a block is weighed against.
struct Weighed {
    key: Key,
    /// Logarithm of how likely it is, up to what all have in common.
    weight: f64,
    /// How far the readings are believed to show its plate.
    believed: f64,
    /// Time from its nearest anchor, in seconds.
    nearest_s: f64,
    /// Its probability, once all are known.
    share: f64,
}

/// How well a text was read: whether any sighting of it counts as read, then the sum of their confidences.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Default)]
struct Rank(bool, f32);

impl Rank {
    fn of(anchors: impl Iterator<Item = Anchor>) -> Self {
        anchors.fold(Self::default(), |rank, a| Self(rank.0 || a.read, rank.1 + a.confidence))
    }
}

/// Whether any class of that kind prints such a text.
fn is_plate(key: &Key) -> bool {
    grammar::parses(&key.text.to_string()).iter().any(|p| p.kind == key.kind)
}

/// Logarithm of how much likelier the way is if the members are the anchors' vehicle's than if they are another's that
/// is not seen otherwise. `None` where the vehicle would be in two places at once.
fn fit(members: &[Sighting], anchors: &[Anchor], joining: &Joining) -> Option<f64> {
    let (first, last) = (members.first()?.at, members.last()?.at);
    let times = joining.times(first)?;
    let guests: Vec<Anchor> = members.iter().map(Sighting::anchor).collect();
    let mut merged: Vec<Anchor> = anchors.iter().chain(&guests).copied().collect();
    merged.sort_by_key(|a| (a.at, a.id));
    if !merged.windows(2).all(|w| follows(&w[0], &w[1], &joining.places)) {
        // Only where the guests are the fault; anchors in two places at once are the host's own trouble.
        let guest = |a: &Anchor| guests.iter().any(|g| g.id == a.id);
        let wrong = |w: &[Anchor]| (guest(&w[0]) || guest(&w[1])) && !follows(&w[0], &w[1], &joining.places);
        if merged.windows(2).any(wrong) {
            return None;
        }
    }
    let steps = |way: &[Anchor]| -> f64 {
        way.windows(2).map(|w| times.next(w[0].event, w[1].event, (w[1].at - w[0].at) as f64 / 1e6)).sum()
    };
    // The begin of a way that nothing comes before, and the end of one that nothing follows.
    let start = |way: &[Anchor]| {
        way.first()
            .map_or(0.0, |a| times.flow(a.event) + (joining.rules.newcomers / joining.rules.texts).ln())
    };
    let end = |way: &[Anchor]| way.last().map_or(0.0, |a| times.end(a.event));
    let before = anchors.first().is_some_and(|a| a.at < first);
    let after = anchors.last().is_some_and(|a| a.at > last);
    let whole = |way: &[Anchor]| {
        let mut sum = steps(way);
        if !before {
            sum += start(way);
        }
        if !after {
            sum += end(way);
        }
        sum
    };
    let apart = steps(&guests) + start(&guests) + end(&guests);
    Some(whole(&merged) - whole(anchors) - apart)
}

/// Logarithm of how much likelier class and plate colour are if the members are the anchors' vehicle's, by the nearest
/// anchor.
fn likeness(members: &[Sighting], anchors: &[Anchor]) -> f64 {
    let Some(member) = members.first() else { return 0.0 };
    let Some(anchor) = anchors.iter().min_by_key(|a| ((a.at - member.at).abs(), a.id)) else { return 0.0 };
    let odds = |same: bool, share: f64, wrong: f64| {
        // Either says wrong what it is; then the other is any.
        if same { ((1.0 - wrong) / share + wrong).ln() } else { (wrong / (1.0 - share)).ln() }
    };
    let class = CLASS_SHARES.iter().find(|c| c.0 == member.class && anchor.class != VehicleClass::Unknown);
    let colour = COLOUR_SHARES.iter().find(|c| c.0 == member.colour && anchor.colour != PlateColour::Unknown);
    class.map_or(0.0, |c| odds(member.class == anchor.class, c.1, CLASS_WRONG))
        + colour.map_or(0.0, |c| odds(member.colour == anchor.colour, c.1, COLOUR_WRONG))
}

/// A sighting's reading in the words of the plate room.
struct Spoken {
    text: String,
    candidates: Vec<Candidate>,
    confidence: f32,
    condition: Condition,
    doubt: Doubt,
}

impl Spoken {
    fn new(sighting: &Sighting, confusion: &Confusion) -> Self {
        let candidate =
            |c: &(super::text::PlateText, f32)| Candidate { text: c.0.to_string(), p: c.1, painted: false };
        let condition = Condition { layout: sighting.layout, width_px: None };
        let candidates: Vec<Candidate> = sighting.candidates.iter().map(candidate).collect();
        let (text, confidence) = (sighting.key.text.to_string(), sighting.confidence);
        let doubt = confusion.doubt(&Reading { text: &text, confidence, candidates: &candidates, condition });
        Self { text, candidates, confidence, condition, doubt }
    }

    fn reading(&self) -> Reading<'_> {
        Reading {
            text: &self.text,
            confidence: self.confidence,
            candidates: &self.candidates,
            condition: self.condition,
        }
    }
}

/// The blocks whose decision may change when `sighting` comes, changes or goes; asked when the traffic holds it no more,
/// or already. May name blocks that stay as they are.
pub fn dirty<T: Traffic>(
    sighting: &Sighting,
    traffic: &T,
    joining: &Joining,
) -> Result<BTreeSet<Block>, T::Error> {
    let mut blocks = BTreeSet::new();
    if !sighting.is_sure(&joining.rules) {
        blocks.insert(sighting.block());
    }
    if !sighting.is_anchor(&joining.rules) {
        return Ok(blocks);
    }
    // It is weighed by the blocks for which no anchor of its key lies in between; where it was read, by those for which
    // none does that was read.
    let (at, horizon) = (sighting.at, joining.rules.horizon);
    let between = |only_read: bool| {
        let around = traffic.anchors(&sighting.key, at, at, only_read, &joining.rules)?;
        let before = around.iter().rev().find(|a| (a.at, a.id) < (at, sighting.id));
        let after = around.iter().find(|a| (a.at, a.id) > (at, sighting.id));
        Ok((before.map_or(at - horizon, |a| a.at), after.map_or(at + horizon, |a| a.at)))
    };
    let (before, after) = between(true)?;
    // One member names a candidate for its whole block: the others may lie up to a week off.
    blocks.extend(traffic.blocks_naming(&sighting.key, before - WEEK_US, at, after + WEEK_US)?);
    let (before, after) = between(sighting.read)?;
    for key in traffic.near(&sighting.key, true, joining)?.iter() {
        let of_key = traffic.blocks_naming(key, before, at, after)?;
        blocks.extend(of_key.into_iter().filter(|b| b.key == *key));
    }
    Ok(blocks)
}

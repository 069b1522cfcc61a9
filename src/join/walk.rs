//! Members of a vehicle along time, none in two places at once.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use super::place::Places;
use super::sighting::Anchor;

/// A passage that belongs to a vehicle.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Member {
    /// Where and when.
    pub anchor: Anchor,
    /// Probability that it belongs to it, 0-1; 2 for a confident read of the vehicle's own plate, which goes first.
    pub p: f64,
    /// Whether it was moved here from another text.
    pub moved: bool,
}

/// The members as bodies: in each, by time, every step from one to the next is possible. Confident reads are laid first,
/// in order of time; then by falling probability what else was read, then what was not. What does not fit the first body
/// makes further ones: two vehicles with one plate, or a wrong read. The first body is the vehicle.
pub fn bodies(mut members: Vec<Member>, places: &Places) -> Vec<Vec<Member>> {
    let by_time = |m: &Member| (m.anchor.at, m.anchor.id);
    // Confident reads in order of time; of the others, those that were read before those that were not.
    let rank = |m: &Member| if m.p > 1.0 { 0 } else { 1 + u8::from(!m.anchor.read) };
    members.sort_by(|a, b| {
        let by_p = if rank(a) == 0 { Ordering::Equal } else { b.p.total_cmp(&a.p) };
        rank(a).cmp(&rank(b)).then(by_p).then(by_time(a).cmp(&by_time(b)))
    });
    let mut all: Vec<Vec<Member>> = Vec::new();
    while !members.is_empty() {
        let mut body: Vec<Member> = Vec::new();
        let mut apart = Vec::new();
        for member in members {
            let place = body.partition_point(|m| by_time(m) < by_time(&member));
            let fits_before = place.checked_sub(1).is_none_or(|i| may_follow(&body[i], &member, places));
            let fits_after = body.get(place).is_none_or(|next| may_follow(&member, next, places));
            if fits_before && fits_after {
                body.insert(place, member);
            } else {
                apart.push(member);
            }
        }
        all.push(body);
        members = apart;
    }
    all
}

/// Names of members, moved or unread, that the vehicle has no room for.
pub fn without_room(members: &[Member], places: &Places) -> BTreeSet<u64> {
    let may_go = |m: &&Member| m.moved || !m.anchor.read;
    if !members.iter().any(|m| may_go(&m)) {
        return BTreeSet::new();
    }
    let apart = bodies(members.to_vec(), places);
    apart.iter().skip(1).flatten().filter(may_go).map(|m| m.anchor.id).collect()
}

/// Whether any of a body was read: what was read nowhere, or only where it belongs to another, is no vehicle.
pub fn was_read(body: &[Member]) -> bool {
    body.iter().any(|m| m.anchor.read)
}

/// Probability that of two passages one is the vehicle's next after the other, 0-1: both are its own, with the
/// probabilities given, and nothing that lies `between` is, of which each may be with its. Taken as independent.
pub fn link_p(before: f64, after: f64, between: impl Iterator<Item = f64>) -> f64 {
    before * after * between.map(|p| (1.0 - p).max(0.0)).product::<f64>()
}

/// As [`follows`]; but one text read twice by one camera in one direction is one vehicle that was tracked twice, or stood
/// on the line, however short the time: no clone drives behind its double.
fn may_follow(a: &Member, b: &Member, places: &Places) -> bool {
    let again = (a.anchor.camera, a.anchor.event) == (b.anchor.camera, b.anchor.event);
    again && !a.moved && !b.moved || follows(&a.anchor, &b.anchor, places)
}

/// Whether one vehicle can be at `a`, then at `b`.
pub(super) fn follows(a: &Anchor, b: &Anchor, places: &Places) -> bool {
    let seconds = (b.at - a.at) as f64 / 1e6;
    places.can_follow((a.camera, a.event), (b.camera, b.event), seconds)
}

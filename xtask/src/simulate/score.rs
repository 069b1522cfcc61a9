//! What was joined against the truth, by the contract's definitions.

use anyhow::Result;
use hanhtrinh::domain::journey::is_link;
use hanhtrinh::domain::plate::{Candidate, Verdict};
use hanhtrinh::join::{Joining, Memory, Sighting, Vehicle, VerdictRule, verdict};
use hanhtrinh::plate::confusion::{Condition, Reading};
use hanhtrinh::plate::province::{self, Home};
use jiff::civil::date;

use super::world::Traffic;
use super::{Simulate, pass_of};

/// Least belief in a verdict (the joiner's rule here).
const VERDICT_SURE: f64 = 0.99;

/// The contract's counts, and some beside them.
#[derive(Debug, Default)]
pub struct Scores {
    links: u64,
    right: u64,
    wrong: u64,
    /// Of the wrong: between passages of two vehicles. The rest skips a passage of the same vehicle.
    wrong_vehicle: u64,
    /// Joined, but not said to follow each other; of them, those that do.
    open: u64,
    open_right: u64,
    /// Links from each of [`LINKS_FROM`] on.
    right_from: [u64; LINKS_FROM.len()],
    wrong_from: [u64; LINKS_FROM.len()],
    exact_right: u64,
    exact_wrong: u64,
    impossible: u64,
    verdicts: u64,
    verdicts_wrong: u64,
    verdicts_undetermined: u64,
    misread: u64,
    confident: u64,
    moved: u64,
    moved_wrong: u64,
    not_moved: u64,
    seen_plates: u64,
}

const NONE: u32 = u32::MAX;

/// What other least probabilities of a link would give: what the shipped one is chosen by.
const LINKS_FROM: [f64; 8] = [0.8, 0.85, 0.9, 0.92, 0.93, 0.94, 0.95, 0.97];

/// Compares.
pub fn score(traffic: &Traffic, memory: &Memory, vehicles: &[Vehicle], joining: &Joining) -> Result<Scores> {
    let mut scores = Scores::default();
    // The next recorded pass of the same vehicle.
    let mut next = vec![NONE; traffic.passes.len()];
    let mut last = vec![NONE; traffic.vehicles.len()];
    for (i, pass) in traffic.passes.iter().enumerate() {
        let before = std::mem::replace(&mut last[pass.vehicle as usize], i as u32);
        if before != NONE {
            next[before as usize] = i as u32;
            scores.links += 1;
        }
    }
    scores.seen_plates = last.iter().filter(|l| **l != NONE).count() as u64;
    let mut sure: Vec<Option<&Sighting>> = vec![None; traffic.passes.len()];
    for (_, sightings) in memory.by_text() {
        for sighting in sightings {
            let i = pass_of(sighting.id);
            let truth = &traffic.vehicles[traffic.passes[i].vehicle as usize].plate;
            scores.misread += u64::from(sighting.key.text.to_string() != *truth);
            scores.confident += u64::from(sighting.is_sure(&joining.rules));
            sure[i] = Some(sighting).filter(|s| s.is_sure(&joining.rules));
        }
        for pair in sightings.windows(2) {
            let right = next[pass_of(pair[0].id)] as usize == pass_of(pair[1].id);
            *(if right { &mut scores.exact_right } else { &mut scores.exact_wrong }) += 1;
        }
    }
    for (i, n) in next.iter().enumerate().filter(|n| *n.1 != NONE) {
        if let (Some(a), Some(b)) = (sure[i], sure[*n as usize]) {
            scores.impossible += u64::from(a.key != b.key);
        }
    }
    let home = Home::find("Thái Nguyên")?;
    let rule = |kind| VerdictRule {
        home: &home,
        on: date(2026, 3, 2),
        kind,
        sure: VERDICT_SURE,
        confident_p: joining.rules.confident_p,
    };
    for vehicle in vehicles {
        for (pair, link) in vehicle.members.windows(2).zip(&vehicle.links) {
            let (a, b) = (pass_of(pair[0].anchor.id), pass_of(pair[1].anchor.id));
            let right = next[a] as usize == b;
            for ((from, rights), wrongs) in
                LINKS_FROM.iter().zip(&mut scores.right_from).zip(&mut scores.wrong_from)
            {
                if link >= from {
                    *(if right { rights } else { wrongs }) += 1;
                }
            }
            if !is_link(*link as f32) {
                scores.open += 1;
                scores.open_right += u64::from(right);
                continue;
            }
            if right {
                scores.right += 1;
            } else {
                scores.wrong += 1;
                scores.wrong_vehicle += u64::from(traffic.passes[a].vehicle != traffic.passes[b].vehicle);
            }
        }
        let members: Vec<&Sighting> =
            vehicle.members.iter().filter_map(|m| memory.sighting(vehicle, m)).collect();
        let texts: Vec<(String, Vec<Candidate>, f32)> = members
            .iter()
            .map(|s| {
                let candidates =
                    s.candidates.iter().map(|c| Candidate { text: c.0.to_string(), p: c.1, painted: false });
                (s.key.text.to_string(), candidates.collect(), s.confidence)
            })
            .collect();
        let readings: Vec<Reading> = texts
            .iter()
            .map(|(text, candidates, confidence)| Reading {
                text,
                confidence: *confidence,
                candidates,
                condition: Condition::default(),
            })
            .collect();
        let said = verdict(&readings, &joining.confusion, &rule(vehicle.key.kind));
        for member in &vehicle.members {
            let plate = &traffic.vehicles[traffic.passes[pass_of(member.anchor.id)].vehicle as usize].plate;
            let code = plate.get(..2).and_then(|c| c.parse().ok()).unwrap_or(0);
            let truth = province::verdict(code, date(2026, 3, 2), &home);
            scores.verdicts += 1;
            if said == Verdict::Undetermined {
                scores.verdicts_undetermined += 1;
            } else if said != truth {
                scores.verdicts_wrong += 1;
            }
            let right_key = vehicle.key.text.to_string() == *plate;
            if member.moved {
                scores.moved += 1;
                scores.moved_wrong += u64::from(!right_key);
            } else {
                scores.not_moved += u64::from(!right_key);
            }
        }
    }
    // What was read nowhere belongs to no vehicle, and nothing is said of it.
    let left_out = traffic.passes.len() as u64 - scores.verdicts;
    scores.verdicts += left_out;
    scores.verdicts_undetermined += left_out;
    Ok(scores)
}

impl Scores {
    /// One line of JSON, or a table.
    pub fn print(&self, simulate: &Simulate, passages: usize, per_s: f64) {
        let of = |a: u64, b: u64| a as f64 / (b.max(1)) as f64;
        let possible = self.links - self.impossible;
        let lost = possible.saturating_sub(self.exact_right);
        let recovered = (self.right as f64 - self.exact_right as f64) / lost.max(1) as f64;
        let share_wrong = of(self.wrong, self.right + self.wrong);
        let exact_wrong = of(self.exact_wrong, self.exact_right + self.exact_wrong);
        if simulate.json {
            let from = |i: usize| {
                let (right, wrong) = (self.right_from[i], self.wrong_from[i]);
                serde_json::json!({
                    "from": LINKS_FROM[i], "right": right, "wrong": wrong, "share_wrong": of(wrong, right + wrong),
                    "share_recovered": (right as f64 - self.exact_right as f64) / lost.max(1) as f64,
                })
            };
            let links_from: Vec<serde_json::Value> = (0..LINKS_FROM.len()).map(from).collect();
            let line = serde_json::json!({
                "type": "simulate", "days": simulate.days, "per_day": simulate.per_day,
                "read_errors": simulate.read_errors, "seed": simulate.seed, "missed": simulate.missed,
                "outage_days": simulate.outage_days, "order": format!("{:?}", simulate.order).to_lowercase(),
                "oversample_codes": simulate.oversample_codes, "passages": passages, "vehicles": self.seen_plates,
                "misread": self.misread, "confident": self.confident,
                "links": self.links, "links_right": self.right, "links_wrong": self.wrong,
                "links_wrong_vehicle": self.wrong_vehicle, "links_open": self.open, "links_open_right": self.open_right,
                "exact_links_right": self.exact_right, "exact_links_wrong": self.exact_wrong,
                "links_impossible": self.impossible, "moved": self.moved, "moved_wrong": self.moved_wrong,
                "left_misread": self.not_moved,
                "verdicts": self.verdicts, "verdicts_wrong": self.verdicts_wrong,
                "verdicts_undetermined": self.verdicts_undetermined,
                "share_right": of(self.right, possible), "share_wrong": share_wrong, "share_recovered": recovered,
                "exact_share_right": of(self.exact_right, possible), "exact_share_wrong": exact_wrong,
                "share_impossible": of(self.impossible, self.links),
                "passages_per_s": per_s.round(), "links_from": links_from,
            });
            println!("{line}");
            return;
        }
        println!(
            "passages             {passages}, of {} vehicles; misread {}",
            self.seen_plates, self.misread
        );
        println!("links                {}, impossible {}", self.links, self.impossible);
        println!(
            "right                {:.3} %, exact matching {:.3} %",
            100.0 * of(self.right, possible),
            100.0 * of(self.exact_right, possible)
        );
        println!(
            "wrong                {:.3} %, exact matching {:.3} %",
            100.0 * share_wrong,
            100.0 * exact_wrong
        );
        println!("open                 {} links, {} of them would be right", self.open, self.open_right);
        println!("recovered            {:.2} % of what exact matching loses", 100.0 * recovered);
        println!(
            "verdicts             wrong {:.3} %, undetermined {:.3} %",
            100.0 * of(self.verdicts_wrong, self.verdicts),
            100.0 * of(self.verdicts_undetermined, self.verdicts)
        );
        println!("joined               {per_s:.0} passages/s");
    }
}

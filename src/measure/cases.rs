//! What differs from the truth, case by case, with what explains it.

use super::edits::{Edit, edits};
use super::frames::SeenVehicle;
use super::passages::{Judgement, nearest_pass};
use super::truth::{Truth, TruthPass};
use crate::domain::detection::VehicleClass;
use crate::domain::passage::Passage;
use crate::domain::plate::PlateState;

/// A plate narrower than this, in pixels, explains by its width why it was not read.
const NARROW_PX: f64 = 60.0;
/// Less of a vehicle or plate hidden than this explains nothing.
const HIDDEN: f64 = 0.05;
/// Passages this near in time, in seconds, are in each other's way.
const NEAR_S: f64 = 1.5;
/// A recorded passage farther off than this, in seconds, cannot be the missed one.
const LATE_S: f64 = 10.0;
/// Fewer looks than this are too few to agree.
const FEW_LOOKS: u32 = 3;

/// What is wrong. The gravest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// A plate that is not the true one.
    PlateWrong,
    /// A true passage that was not recorded.
    Missed,
    /// A recorded passage that never was.
    False,
    /// The other direction.
    DirectionWrong,
    /// No answer on a plate that can be read.
    Undetermined,
    /// Another class of vehicle.
    ClassWrong,
}

/// What explains a fault, as far as the truth and the record tell. Shares 0-1, lengths of time in seconds.
#[derive(Debug, Clone, PartialEq)]
pub enum Reason {
    /// The vehicle shows this camera no plate.
    NoPlate,
    /// The plate cannot be read, by the truth's own rule.
    Unreadable,
    /// Width of a narrow plate at the crossing, in pixels.
    Narrow(f64),
    /// Share of the plate that something else hides.
    PlateHidden(f64),
    /// Share of the plate under mud or cloth.
    PlateCovered(f64),
    /// Share of the vehicle that something else hides.
    VehicleHidden(f64),
    /// The vehicle reaches the picture's edge.
    AtEdge,
    /// Another true passage of this camera, so much later (earlier where negative).
    Neighbour(f64),
    /// The nearest recorded passage of this camera that belongs to no other true one, so much later.
    NearestRecord(f64),
    /// The nearest true passage of this camera: so much later, and its name.
    NearestTruth(f64, String),
    /// No plate was found on the vehicle.
    NoPlateFound,
    /// Looks that were tried, where they are few.
    FewLooks(u32),
    /// Looks that were tried and did not agree, and the probability of the best guess.
    Disagree(u32, f32),
    /// The best guess is the truth.
    GuessRight,
    /// Characters that were mistaken.
    Mistaken(Vec<Edit>),
}

/// One difference, or several of one passage.
#[derive(Debug, Clone, PartialEq)]
pub struct Case {
    /// What is wrong; at least one, the gravest first.
    pub faults: Vec<Fault>,
    /// Index of the true passage.
    pub pass: Option<usize>,
    /// Index of the recorded one.
    pub passage: Option<usize>,
    /// What explains it.
    pub reasons: Vec<Reason>,
}

/// What is wrong with the record of a true passage.
pub fn faults(pass: &TruthPass, recorded: Option<&Passage>) -> Vec<Fault> {
    let Some(recorded) = recorded else { return vec![Fault::Missed] };
    let mut found = Vec::new();
    if pass.is_contradicted(recorded) {
        found.push(Fault::PlateWrong);
    } else if recorded.plate.is_none() && pass.readable {
        found.push(Fault::Undetermined);
    }
    if recorded.direction != pass.direction {
        found.push(Fault::DirectionWrong);
    }
    if recorded.class != VehicleClass::Unknown && recorded.class != pass.class {
        found.push(Fault::ClassWrong);
    }
    found.sort();
    found
}

/// All that differs, the gravest first, then by time. `seen` tells where the vehicle of a true passage is at its
/// crossing, where the truth has that.
pub fn cases<'a>(
    truth: &Truth,
    passages: &[Passage],
    judged: &Judgement,
    seen: impl Fn(&TruthPass) -> Option<&'a SeenVehicle>,
) -> Vec<Case> {
    let mut all = Vec::new();
    for (index, (pass, found)) in truth.passes.iter().zip(&judged.matched).enumerate() {
        let recorded = found.map(|at| &passages[at]);
        let faults = faults(pass, recorded);
        if faults.is_empty() {
            continue;
        }
        let mut reasons = of_truth(pass, seen(pass), &faults);
        match recorded {
            Some(recorded) => reasons.extend(of_record(pass, recorded)),
            None => reasons.extend(of_missing(pass, truth, passages, &judged.unmatched)),
        }
        all.push((pass.crossed_at, Case { faults, pass: Some(index), passage: *found, reasons }));
    }
    for &at in &judged.unmatched {
        let passage = &passages[at];
        let nearest = nearest_pass(passage, &truth.passes);
        let apart = nearest.zip(passage.crossed_at).map(|(pass, at)| {
            Reason::NearestTruth(pass.crossed_at.duration_since(at).as_secs_f64(), pass.id.clone())
        });
        let case = Case {
            faults: vec![Fault::False],
            pass: None,
            passage: Some(at),
            reasons: apart.into_iter().collect(),
        };
        all.push((passage.crossed_at.unwrap_or(jiff::Timestamp::MAX), case));
    }
    all.sort_by_key(|(at, case)| (case.faults.first().copied(), *at));
    all.into_iter().map(|(_, case)| case).collect()
}

/// What the truth alone explains.
fn of_truth(pass: &TruthPass, seen: Option<&SeenVehicle>, faults: &[Fault]) -> Vec<Reason> {
    let mut reasons = Vec::new();
    let of_plate = faults.iter().any(|f| matches!(f, Fault::PlateWrong | Fault::Undetermined));
    if of_plate {
        match (&pass.plate, pass.readable) {
            (None, _) => reasons.push(Reason::NoPlate),
            (Some(_), false) => reasons.push(Reason::Unreadable),
            _ => {}
        }
        reasons.extend(pass.plate_width_px.filter(|w| *w < NARROW_PX).map(Reason::Narrow));
        let seen_plate = seen.and_then(|v| v.plate.as_ref());
        // The best moment near the crossing says more than the crossing itself.
        let hidden = 1.0 - pass.plate_visible.or(seen_plate.map(|p| p.visible)).unwrap_or(1.0);
        reasons.extend((hidden > HIDDEN).then_some(Reason::PlateHidden(hidden)));
        let cover = seen_plate.map_or(0.0, |p| p.cover);
        reasons.extend((cover > HIDDEN).then_some(Reason::PlateCovered(cover)));
    }
    if let Some(seen) = seen {
        let hidden = 1.0 - seen.visible;
        reasons.extend((hidden > HIDDEN).then_some(Reason::VehicleHidden(hidden)));
        reasons.extend(seen.cut.then_some(Reason::AtEdge));
    }
    reasons
}

/// What the record of a found passage explains.
fn of_record(pass: &TruthPass, recorded: &Passage) -> Vec<Reason> {
    let mut reasons = Vec::new();
    let best = recorded.candidates.first();
    match (&recorded.plate, &pass.plate) {
        (Some(read), Some(truth)) if read != truth => reasons.push(Reason::Mistaken(edits(truth, read))),
        (None, _) if !pass.readable => {}
        (None, _) if recorded.plate_state == PlateState::NotVisible || recorded.looks == 0 => {
            reasons.push(Reason::NoPlateFound);
        }
        (None, truth) => {
            match best {
                Some(best) if recorded.looks >= FEW_LOOKS => {
                    reasons.push(Reason::Disagree(recorded.looks, best.p));
                }
                _ => reasons.push(Reason::FewLooks(recorded.looks)),
            }
            match (best, truth) {
                (Some(best), Some(truth)) if best.text == *truth => reasons.push(Reason::GuessRight),
                (Some(best), Some(truth)) => reasons.push(Reason::Mistaken(edits(truth, &best.text))),
                _ => {}
            }
        }
        _ => {}
    }
    reasons
}

/// What stands around a passage that was not recorded.
fn of_missing(pass: &TruthPass, truth: &Truth, passages: &[Passage], unmatched: &[usize]) -> Vec<Reason> {
    let later = |at: jiff::Timestamp| at.duration_since(pass.crossed_at).as_secs_f64();
    let nearest = |times: &mut dyn Iterator<Item = f64>| times.min_by(|a, b| a.abs().total_cmp(&b.abs()));
    let others = truth.passes.iter().filter(|p| p.camera == pass.camera && p.id != pass.id);
    let neighbour = nearest(&mut others.map(|p| later(p.crossed_at))).filter(|s| s.abs() <= NEAR_S);
    let records = unmatched.iter().map(|i| &passages[*i]).filter(|p| p.camera.as_str() == pass.camera);
    let record = nearest(&mut records.filter_map(|p| p.crossed_at).map(later)).filter(|s| s.abs() <= LATE_S);
    neighbour.map(Reason::Neighbour).into_iter().chain(record.map(Reason::NearestRecord)).collect()
}

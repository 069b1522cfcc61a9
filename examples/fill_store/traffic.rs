//! Years of traffic drawn from a seed: who drives, when, by which gate, and what the reader makes of it. Plausible, not
//! measured: a few vehicles come daily, most once or twice; mornings and evenings are busy; some plates are not read, a
//! few are read wrongly, a few passes are missed. All plates are drawn, none is anybody's.

use std::collections::HashSet;

use hanhtrinh::domain::detection::VehicleClass;
use hanhtrinh::domain::plate::PlateKind;

/// Seconds of a day.
pub const DAY_S: u32 = 86_400;

/// A small generator with good bits (SplitMix64): the same seed, the same years.
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Even over 0-1, 1 left out.
    pub fn share(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Even over 0 to `n`, `n` left out.
    pub fn below(&mut self, n: u32) -> u32 {
        (self.share() * f64::from(n)) as u32
    }

    /// A position in `weights`, as likely as its weight.
    pub fn pick(&mut self, weights: &[f64]) -> usize {
        let mut left = self.share() * weights.iter().sum::<f64>();
        for (i, weight) in weights.iter().enumerate() {
            left -= weight;
            if left < 0.0 {
                return i;
            }
        }
        weights.len() - 1
    }
}

/// A vehicle.
pub struct Vehicle {
    pub plate: String,
    pub kind: PlateKind,
    pub class: VehicleClass,
    /// Two-digit code.
    pub code: u8,
}

/// What the reader makes of a pass.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Read {
    Right,
    Wrong,
    Undetermined,
    NotVisible,
}

/// A vehicle passes a gate.
#[derive(Clone, Copy)]
pub struct Pass {
    /// Seconds since the begin.
    pub at_s: u32,
    pub vehicle: u32,
    pub gate: u8,
    pub inward: bool,
    pub read: Read,
}

/// Codes with how much of the traffic they are: home, the neighbours, the rest.
const CODES: [(u8, f64); 22] = [
    (20, 30.0),
    (97, 5.0),
    (29, 14.0),
    (30, 14.0),
    (33, 2.0),
    (40, 1.0),
    (98, 8.0),
    (99, 6.0),
    (88, 5.0),
    (19, 3.0),
    (22, 3.0),
    (11, 2.0),
    (12, 2.0),
    (15, 1.0),
    (34, 1.0),
    (90, 0.5),
    (17, 0.5),
    (14, 0.5),
    (36, 0.5),
    (37, 0.4),
    (51, 0.4),
    (43, 0.2),
];
/// Traffic of each hour of the day.
const HOURS: [f64; 24] = [
    0.6, 0.4, 0.3, 0.4, 1.0, 2.5, 5.0, 7.5, 6.5, 5.5, 5.0, 4.8, 4.0, 4.5, 5.2, 5.6, 6.5, 7.5, 6.0, 4.0, 3.0,
    2.2, 1.6, 1.0,
];

/// At least `passes` passes in `days` days at `gates` gates, by time, with their vehicles.
pub fn draw(passes: usize, days: u32, gates: u8, dice: &mut Dice) -> (Vec<Vehicle>, Vec<Pass>) {
    let mut vehicles = Vec::new();
    let mut all = Vec::with_capacity(passes + 1000);
    let mut taken = HashSet::new();
    while all.len() < passes {
        let number = vehicles.len() as u32;
        vehicles.push(vehicle(dice, &mut taken));
        // Most come once or twice, one in thirty nearly every day it works.
        let trips = match dice.pick(&[0.62, 0.25, 0.10, 0.03]) {
            0 => 1 + dice.below(2),
            1 => 3 + dice.below(8),
            2 => 10 + dice.below(40),
            _ => days / 3 + dice.below((days / 2).max(1)),
        };
        let home = dice.below(u32::from(gates)) as u8;
        let mut starts: Vec<u32> = (0..trips.min(days)).map(|_| start(days, dice)).collect();
        starts.sort_unstable();
        // Nobody comes in who is inside.
        let mut free_s = 0;
        for start_s in starts {
            if start_s >= free_s {
                free_s = trip(number, home, start_s, days, gates, dice, &mut all) + 600;
            }
        }
    }
    all.truncate(passes);
    all.sort_by_key(|p| (p.at_s, p.vehicle, p.inward));
    (vehicles, all)
}

fn vehicle(dice: &mut Dice, taken: &mut HashSet<String>) -> Vehicle {
    const SERIES: &[u8] = b"ABCDEFGHKLMNPSTUVXYZ";
    let letter = |dice: &mut Dice| SERIES[dice.below(SERIES.len() as u32) as usize] as char;
    loop {
        let code = CODES[dice.pick(&CODES.map(|c| c.1))].0;
        let motorcycle = dice.share() < 0.35;
        let series = if motorcycle {
            format!("{}{}", letter(dice), 1 + dice.below(9))
        } else {
            letter(dice).to_string()
        };
        let plate = format!("{code}{series}{:05}", dice.below(100_000));
        if !taken.insert(plate.clone()) {
            continue;
        }
        let class = if motorcycle {
            VehicleClass::Motorcycle
        } else {
            [VehicleClass::Car, VehicleClass::Truck, VehicleClass::Bus][dice.pick(&[0.7, 0.22, 0.08])]
        };
        let kind = if motorcycle { PlateKind::Motorcycle } else { PlateKind::Car };
        return Vehicle { plate, kind, class, code };
    }
}

/// A moment of the time, in seconds from its begin, at a likely hour.
fn start(days: u32, dice: &mut Dice) -> u32 {
    dice.below(days) * DAY_S + dice.pick(&HOURS) as u32 * 3600 + dice.below(3600)
}

/// In, and out again after a while; one pass in fifty is missed. The second at which it is out.
fn trip(
    vehicle: u32,
    home: u8,
    start: u32,
    days: u32,
    gates: u8,
    dice: &mut Dice,
    all: &mut Vec<Pass>,
) -> u32 {
    let gate = |dice: &mut Dice| if dice.share() < 0.8 { home } else { dice.below(u32::from(gates)) as u8 };
    // Half a morning, a day, or, one in forty, weeks.
    let stay_s = match dice.pick(&[0.7, 0.275, 0.025]) {
        0 => 1_200.0 + dice.share() * 36_000.0,
        1 => 36_000.0 + dice.share() * 150_000.0,
        _ => 190_000.0 + dice.share() * 2_000_000.0,
    };
    let end = start + stay_s as u32;
    for (at_s, inward) in [(start, true), (end, false)] {
        let read = [Read::Right, Read::Undetermined, Read::NotVisible, Read::Wrong]
            [dice.pick(&[0.945, 0.03, 0.02, 0.005])];
        let gate = gate(dice);
        if at_s < days * DAY_S && dice.share() >= 0.02 {
            all.push(Pass { at_s, vehicle, gate, inward, read });
        }
    }
    end
}

//! Traffic over the gates and inner points of Thái Nguyên (data/checkpoints.csv), vehicle by vehicle.
//!
//! Shares and habits are judgements of what is plausible, not counts: commuters from within and from the neighbours,
//! fleets of lorries and buses with consecutive plates, through traffic and visitors, home vehicles going out.

use std::collections::HashSet;

use anyhow::{Context, Result};
use hanhtrinh::domain::detection::VehicleClass;
use hanhtrinh::domain::place::Direction;
use hanhtrinh::domain::plate::{PlateColour, PlateKind};
use hanhtrinh::join::{ALWAYS, Place, Places};

use super::dice::Dice;

/// First midnight in Vietnam of the traffic: 2026-03-02, a Monday. Microseconds.
pub const BEGINS_US: i64 = 1_772_384_400_000_000;
const HOUR: f64 = 3600.0;
const DAY: f64 = 86_400.0;
/// Passages a day that the numbers of vehicles below are for.
const FULL: f64 = 100_000.0;

/// A gate or an inner point.
pub struct Site {
    /// Where.
    pub at: (f64, f64),
    /// Whether the border is crossed there.
    pub gate: bool,
    /// How much of the traffic takes it.
    weight: f64,
}

/// The table of gates and inner points.
pub fn sites() -> Result<Vec<Site>> {
    let mut all = Vec::new();
    for line in include_str!("../../data/checkpoints.csv").lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        let number = |i: usize| {
            cells.get(i).and_then(|c| c.parse::<f64>().ok()).context(format!("checkpoints.csv: {line}"))
        };
        let gate = !cells[5].starts_with("(trong");
        let road = cells[2];
        // The motorway and the old national road carry most; then the other national roads.
        let weight = match road {
            r if r.starts_with("CT") => 35.0,
            "QL3 (cũ)" => 20.0,
            r if r.starts_with("QL37") => 9.0,
            r if r.starts_with("QL1B") || r.starts_with("QL17") || r == "QL3" => 5.0,
            r if r.starts_with("QL") => 2.0,
            _ => 3.0,
        };
        all.push(Site { at: (number(3)?, number(4)?), gate, weight });
    }
    Ok(all)
}

/// The places for joining: one camera a site.
pub fn places(sites: &[Site]) -> Places {
    let place =
        |(i, s): (usize, &Site)| Place { at: Some(s.at), site: i as u16, gate: s.gate.then_some(ALWAYS) };
    Places::new(sites.iter().enumerate().map(place).collect())
}

/// A vehicle.
pub struct Vehicle {
    /// Compact plate text.
    pub plate: String,
    /// Kind of plate.
    pub kind: PlateKind,
    /// Class.
    pub class: VehicleClass,
    /// Plate colour.
    pub colour: PlateColour,
}

/// One true passage.
#[derive(Clone, Copy)]
pub struct Pass {
    /// Microseconds.
    pub at: i64,
    /// Vehicle.
    pub vehicle: u32,
    /// Site.
    pub site: u16,
    /// Direction.
    pub direction: Direction,
}

/// How the traffic is made.
pub struct Plan<'a> {
    /// Days.
    pub days: u32,
    /// Passages a day, about.
    pub per_day: f64,
    /// Seed.
    pub seed: u64,
    /// Share of passes that no camera records.
    pub missed: f64,
    /// Days on which one site is offline.
    pub outage_days: u32,
    /// Codes that half of the vehicles have; empty: as they come.
    pub codes: &'a [u8],
}

/// Vehicles and their recorded passes, by time.
pub struct Traffic {
    /// Vehicles.
    pub vehicles: Vec<Vehicle>,
    /// Passes by time.
    pub passes: Vec<Pass>,
}

/// Codes of neighbours and of all.
const HA_NOI: [u8; 6] = [29, 30, 29, 30, 31, 33];
const NEAR: [u8; 6] = [98, 99, 98, 99, 88, 19];
const AFAR: [u8; 30] = [
    11, 12, 14, 15, 17, 18, 21, 22, 23, 24, 25, 26, 27, 28, 34, 35, 36, 37, 38, 43, 47, 51, 60, 61, 65, 73,
    80, 81, 89, 90,
];

#[derive(Clone, Copy, PartialEq)]
enum Habit {
    HomeCommuter,
    OutsideCommuter,
    Fleet,
    HomeVisitor,
    OutsideVisitor,
}

struct Maker<'a> {
    plan: &'a Plan<'a>,
    sites: &'a [Site],
    taken: HashSet<String>,
    traffic: Traffic,
    offline: Vec<(u16, i64, i64)>,
}

/// Makes the traffic.
pub fn traffic(plan: &Plan, sites: &[Site]) -> Traffic {
    let mut dice = Dice::of(plan.seed, 1, 0);
    // A site among the five that carry most, on days in the middle.
    let mut busy: Vec<usize> = (0..sites.len()).collect();
    busy.sort_by(|a, b| sites[*b].weight.total_cmp(&sites[*a].weight).then(a.cmp(b)));
    let offline = (0..plan.outage_days)
        .map(|n| {
            let site = busy[dice.below(5.min(busy.len()))] as u16;
            let day = (i64::from(plan.days / 2) + i64::from(n)).min(i64::from(plan.days) - 1);
            let from = BEGINS_US + day * (DAY * 1e6) as i64;
            (site, from, from + (DAY * 1e6) as i64)
        })
        .collect();
    let mut maker = Maker {
        plan,
        sites,
        taken: HashSet::new(),
        traffic: Traffic { vehicles: Vec::new(), passes: Vec::new() },
        offline,
    };
    let share = plan.per_day / FULL;
    let many = |n: f64| (n * share).round() as usize;
    for _ in 0..many(13_000.0) {
        maker.vehicle(Habit::HomeCommuter);
    }
    for _ in 0..many(8_500.0) {
        maker.vehicle(Habit::OutsideCommuter);
    }
    for _ in 0..many(300.0).max(1) {
        maker.fleet();
    }
    for _ in 0..many(70_000.0) {
        maker.vehicle(Habit::HomeVisitor);
    }
    for _ in 0..many(150_000.0) {
        maker.vehicle(Habit::OutsideVisitor);
    }
    let mut traffic = maker.traffic;
    traffic.passes.sort_by_key(|p| (p.at, p.vehicle, p.site));
    traffic
}

impl Maker<'_> {
    fn vehicle(&mut self, habit: Habit) {
        let mut dice = Dice::of(self.plan.seed, 2, self.traffic.vehicles.len() as u64);
        let class = match habit {
            Habit::HomeCommuter | Habit::OutsideCommuter => {
                [VehicleClass::Car, VehicleClass::Motorcycle, VehicleClass::Bus]
                    [dice.by_weight(&[0.7, 0.27, 0.03])]
            }
            _ => [VehicleClass::Car, VehicleClass::Truck, VehicleClass::Motorcycle, VehicleClass::Bus]
                [dice.by_weight(&[0.6, 0.2, 0.15, 0.05])],
        };
        let code = self.code(habit, &mut dice);
        let plate = loop {
            let plate = plate(code, class, &mut dice);
            if self.taken.insert(plate.clone()) {
                break plate;
            }
        };
        self.drive(habit, plate, class, &mut dice);
    }

    /// Eight to sixteen lorries or buses of one owner, plates in a row.
    fn fleet(&mut self) {
        let mut dice = Dice::of(self.plan.seed, 3, self.traffic.vehicles.len() as u64);
        let class = if dice.chance(0.75) { VehicleClass::Truck } else { VehicleClass::Bus };
        let code = self.code(Habit::Fleet, &mut dice);
        let series = plate(code, class, &mut dice).chars().take(3).collect::<String>();
        let first = dice.below(99_900);
        for n in 0..8 + dice.below(9) {
            let plate = format!("{series}{:05}", first + n);
            if self.taken.insert(plate.clone()) {
                let mut of_vehicle = Dice::of(self.plan.seed, 4, self.traffic.vehicles.len() as u64);
                self.drive(Habit::Fleet, plate, class, &mut of_vehicle);
            }
        }
    }

    fn code(&self, habit: Habit, dice: &mut Dice) -> u8 {
        let home = matches!(habit, Habit::HomeCommuter | Habit::HomeVisitor)
            || habit == Habit::Fleet && dice.chance(0.4);
        if !self.plan.codes.is_empty() && dice.chance(0.5) {
            return self.plan.codes[dice.below(self.plan.codes.len())];
        }
        match home {
            true => [20, 97][dice.by_weight(&[0.85, 0.15])],
            false => match dice.by_weight(&[0.4, 0.3, 0.3]) {
                0 => HA_NOI[dice.below(HA_NOI.len())],
                1 => NEAR[dice.below(NEAR.len())],
                _ => AFAR[dice.below(AFAR.len())],
            },
        }
    }

    fn gate(&self, dice: &mut Dice) -> u16 {
        let weights: Vec<f64> = self.sites.iter().map(|s| if s.gate { s.weight } else { 0.0 }).collect();
        dice.by_weight(&weights) as u16
    }

    fn drive(&mut self, habit: Habit, plate: String, class: VehicleClass, dice: &mut Dice) {
        let vehicle = self.traffic.vehicles.len() as u32;
        let business = matches!(class, VehicleClass::Truck | VehicleClass::Bus);
        let yellow = dice.chance(if business { 0.75 } else { 0.08 });
        self.traffic.vehicles.push(Vehicle {
            plate,
            kind: if class == VehicleClass::Motorcycle { PlateKind::Motorcycle } else { PlateKind::Car },
            class,
            colour: if yellow { PlateColour::Yellow } else { PlateColour::White },
        });
        let usual = self.gate(dice);
        let other = self.gate(dice);
        let mut free_from = 0.0;
        // Visitors: most come once or twice in a month, some often.
        let often = if dice.chance(0.1) { 0.35 } else { dice.between(0.01, 0.09) };
        for day in 0..self.plan.days {
            let begin = f64::from(day) * DAY;
            if free_from > begin + 4.0 * HOUR {
                continue;
            }
            let weekend = day % 7 >= 5;
            match habit {
                Habit::HomeCommuter | Habit::OutsideCommuter => {
                    if !dice.chance(if weekend { 0.3 } else { 0.85 }) {
                        continue;
                    }
                    let go = begin + (7.0 + 0.7 * dice.normal()) * HOUR;
                    let back = begin + (17.2 + 0.9 * dice.normal()) * HOUR;
                    let way_back = if dice.chance(0.9) { usual } else { other };
                    if habit == Habit::HomeCommuter {
                        let left = self.leave(vehicle, usual, go, dice);
                        self.enter(vehicle, way_back, back.max(left + HOUR), dice);
                    } else {
                        let stay = (back - go).max(HOUR);
                        self.visit(vehicle, (usual, way_back), go, stay, dice);
                    }
                }
                Habit::Fleet => {
                    if !dice.chance(if weekend { 0.5 } else { 0.85 }) {
                        continue;
                    }
                    let mut at = begin + dice.between(4.5, 10.0) * HOUR;
                    for _ in 0..1 + dice.below(2) {
                        let out = if dice.chance(0.7) { usual } else { other };
                        let stay = dice.between(0.5, 4.0) * HOUR;
                        at =
                            self.visit(vehicle, (usual, out), at, stay, dice) + dice.between(1.5, 4.0) * HOUR;
                    }
                }
                Habit::HomeVisitor | Habit::OutsideVisitor => {
                    if !dice.chance(often) {
                        continue;
                    }
                    let at = (begin + daytime(dice) * HOUR).max(free_from);
                    let way_back = if dice.chance(0.6) { usual } else { self.gate(dice) };
                    let stay = match dice.by_weight(&[0.45, 0.35, 0.2]) {
                        0 => 0.0,
                        1 => dice.between(0.7, 9.0) * HOUR,
                        _ => dice.between(0.6, 5.0) * DAY,
                    };
                    free_from = if habit == Habit::HomeVisitor {
                        let left = self.leave(vehicle, usual, at, dice);
                        let away = stay.max(2.0 * HOUR) + dice.between(0.5, 2.0) * HOUR;
                        self.enter(vehicle, way_back, left + away, dice)
                    } else {
                        // Who goes through takes another gate.
                        let out = if stay > 0.0 { way_back } else { self.gate(dice) };
                        self.visit(vehicle, (usual, out), at, stay, dice)
                    } + 0.5 * HOUR;
                }
            }
        }
    }

    /// An entry, and often a sighting at an inner point on the way in. Gives when the last of it was.
    fn enter(&mut self, vehicle: u32, gate: u16, at: f64, dice: &mut Dice) -> f64 {
        self.pass(vehicle, gate, Direction::In, at, dice);
        let Some(point) = self.point_near(gate, dice) else { return at };
        let later = at + self.way_s(gate, point, dice);
        self.pass(vehicle, point, Direction::Seen, later, dice);
        later
    }

    /// A sighting at an inner point, often, at `at`, and an exit behind it. Gives when it left.
    fn leave(&mut self, vehicle: u32, gate: u16, at: f64, dice: &mut Dice) -> f64 {
        let mut at = at;
        if let Some(point) = self.point_near(gate, dice) {
            self.pass(vehicle, point, Direction::Seen, at, dice);
            at += self.way_s(point, gate, dice);
        }
        self.pass(vehicle, gate, Direction::Out, at, dice);
        at
    }

    /// In by one gate, a stay, out by another. Gives when it left.
    fn visit(&mut self, vehicle: u32, gates: (u16, u16), at: f64, stay: f64, dice: &mut Dice) -> f64 {
        let arrived = self.enter(vehicle, gates.0, at, dice);
        let on_the_way = self.way_s(gates.0, gates.1, dice).max(900.0);
        self.leave(vehicle, gates.1, arrived + stay + on_the_way, dice)
    }

    fn point_near(&self, gate: u16, dice: &mut Dice) -> Option<u16> {
        let points: Vec<u16> =
            (0..self.sites.len() as u16).filter(|s| !self.sites[usize::from(*s)].gate).collect();
        let km = |s: &u16| distance_km(self.sites[usize::from(*s)].at, self.sites[usize::from(gate)].at);
        let nearest = points.into_iter().min_by(|a, b| km(a).total_cmp(&km(b)))?;
        dice.chance(if km(&nearest) < 25.0 { 0.35 } else { 0.15 }).then_some(nearest)
    }

    /// Seconds on the road.
    fn way_s(&self, from: u16, to: u16, dice: &mut Dice) -> f64 {
        let km = 1.3 * distance_km(self.sites[usize::from(from)].at, self.sites[usize::from(to)].at);
        let kmh = 42.0 * (0.18 * dice.normal()).exp();
        km / kmh.min(95.0) * HOUR + dice.between(20.0, 240.0)
    }

    fn pass(&mut self, vehicle: u32, site: u16, direction: Direction, at: f64, dice: &mut Dice) {
        let missed = dice.chance(self.plan.missed);
        if at < 0.0 || at >= f64::from(self.plan.days) * DAY || missed {
            return;
        }
        let at = BEGINS_US + (at * 1e6) as i64;
        if self.offline.iter().any(|o| o.0 == site && o.1 <= at && at < o.2) {
            return;
        }
        self.traffic.passes.push(Pass { at, vehicle, site, direction });
    }
}

/// Hour of a trip: most by day, two peaks.
fn daytime(dice: &mut Dice) -> f64 {
    let hour = match dice.by_weight(&[0.3, 0.25, 0.35, 0.1]) {
        0 => 8.0 + 1.5 * dice.normal(),
        1 => 16.5 + 1.8 * dice.normal(),
        2 => dice.between(6.0, 20.0),
        _ => dice.between(0.0, 24.0),
    };
    hour.clamp(0.0, 23.9)
}

/// A plate of that province and class. Cars of a province are mostly of its first letters.
fn plate(code: u8, class: VehicleClass, dice: &mut Dice) -> String {
    const SERIES: &[u8] = b"ABCDEFGHKLMNPSTUVXYZ";
    let letter = |dice: &mut Dice| char::from(SERIES[dice.below(SERIES.len())]);
    let serial = dice.below(100_000);
    match class {
        VehicleClass::Motorcycle if dice.chance(0.3) => {
            let (a, b) = (letter(dice), letter(dice));
            format!("{code:02}{a}{b}{serial:05}")
        }
        VehicleClass::Motorcycle => {
            let (a, n) = (letter(dice), 1 + dice.below(9));
            format!("{code:02}{a}{n}{serial:05}")
        }
        VehicleClass::Truck => {
            format!("{code:02}{}{serial:05}", ['C', 'H', 'D'][dice.by_weight(&[0.6, 0.3, 0.1])])
        }
        VehicleClass::Bus => format!("{code:02}{}{serial:05}", ['B', 'F'][dice.by_weight(&[0.8, 0.2])]),
        _ => {
            // A big city has used most letters, a small province one or two.
            let big = [29, 30, 51, 43, 15].contains(&code);
            let letters: &[u8] = if big { b"AEFGHKLMA" } else { b"AAAAAE" };
            format!("{code:02}{}{serial:05}", char::from(letters[dice.below(letters.len())]))
        }
    }
}

fn distance_km(a: (f64, f64), b: (f64, f64)) -> f64 {
    let (dy, dx) = ((a.0 - b.0) * 111.2, (a.1 - b.1) * 111.2 * a.0.to_radians().cos());
    dy.hypot(dx)
}

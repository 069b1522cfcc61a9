//! Joining measured on traffic with known truth, by the contract.
//!
//! `world` makes vehicles and their passes, `reader` what is read of each plate, and the joiner is the program's own
//! (`hanhtrinh::join`), fed in batches as the store's writer would be. Two tables of confusion: the reader here misreads
//! by data/misreads.txt, counted on real crops of the test split and rendered ones of chunk 901; the joiner goes by
//! data/learned.txt, counted on the rendered ones of the tuning chunk 900. Link times are learned from other traffic (another seed, the same places and habits), as a running system learns from its past.

mod dice;
mod reader;
mod score;
mod world;

use std::time::Instant;

use anyhow::{Result, bail};
use clap::{Args, ValueEnum};
use hanhtrinh::domain::detection::VehicleClass;
use hanhtrinh::domain::plate::PlateColour;
use hanhtrinh::join::{Joining, Key, LinkCounts, LinkTimes, Memory, Places, PlateText, Rules, Sighting};
use hanhtrinh::plate::confusion::Confusion;
use hanhtrinh::plate::grammar;

use dice::Dice;
use reader::Reader;
use world::{Plan, Site, Traffic};

/// Least confidence of a read plate (plate::vote, the shipped rule).
const READ_FROM: f32 = 0.98;
/// The shipped reader's `confident_p` (models/manifest.toml).
const CONFIDENT_P: f32 = 0.9841;
/// Seeds of the traffic that link times are learned from lie this much beyond.
const LEARN_SEED: u64 = 1_000_003;

/// What is simulated.
#[derive(Debug, Args)]
pub struct Simulate {
    /// Days of traffic
    #[arg(long)]
    days: u32,
    /// Passages a day, about
    #[arg(long)]
    per_day: u32,
    /// Share of plates that are misread, in per cent
    #[arg(long)]
    read_errors: f64,
    /// Seed; the same seed gives the same traffic
    #[arg(long)]
    seed: u64,
    /// Share of passes that no camera records, in per cent
    #[arg(long, default_value_t = 5.0)]
    missed: f64,
    /// Days on which one busy site is offline
    #[arg(long, default_value_t = 1)]
    outage_days: u32,
    /// Order in which passages arrive
    #[arg(long, default_value = "time")]
    order: Order,
    /// Half of the vehicles have codes that one misread character parts from 20 and 97
    #[arg(long)]
    oversample_codes: bool,
    /// The joiner's table of confusion; else the one learned from other pictures, xtask/data/learned.txt
    #[arg(long)]
    confusion: Option<std::path::PathBuf>,
    /// The joiner goes by the program's built-in table, which saw no count
    #[arg(long)]
    built_in_confusion: bool,
    /// Link times go by the distances alone, as in the store, and not by other traffic
    #[arg(long)]
    unlearned: bool,
    /// Least probability of a move to another key
    #[arg(long)]
    join_p: Option<f64>,
    /// Passages that are joined at once; the store's writer takes up to 256
    #[arg(long, default_value_t = 256)]
    batch: usize,
    /// Decide all again from scratch at the end, and say how much differs
    #[arg(long)]
    check: bool,
    /// One line of JSON
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Order {
    /// As they happen
    Time,
    /// In any order
    Shuffled,
    /// A tenth up to two days late
    Late,
}

/// Runs it.
pub fn run(simulate: &Simulate) -> Result<()> {
    if simulate.days == 0 || simulate.per_day == 0 || !(0.0..=50.0).contains(&simulate.read_errors) {
        bail!("--days and --per-day begin at 1, --read-errors is 0 to 50 per cent");
    }
    let sites = world::sites()?;
    let places = world::places(&sites);
    let reader = Reader::new(simulate.read_errors / 100.0, simulate.seed)?;
    let codes: Vec<u8> = if simulate.oversample_codes {
        [20u8, 97].into_iter().flat_map(|c| reader.near_codes(c)).filter(|c| issued(*c)).collect()
    } else {
        Vec::new()
    };
    let plan = Plan {
        days: simulate.days,
        per_day: f64::from(simulate.per_day),
        seed: simulate.seed,
        missed: simulate.missed / 100.0,
        outage_days: simulate.outage_days,
        codes: &codes,
    };
    let confusion = match &simulate.confusion {
        Some(path) => Confusion::parse(&std::fs::read_to_string(path)?)?,
        None if simulate.built_in_confusion => Confusion::built_in(),
        None => Confusion::parse(include_str!("../../data/learned.txt"))?,
    };
    let mut rules = Rules { confident_p: CONFIDENT_P, ..Rules::default() };
    rules.join_p = simulate.join_p.unwrap_or(rules.join_p);
    let times = match simulate.unlearned {
        true => LinkTimes::new(&places, &LinkCounts::none(&places)),
        false => learn(simulate, &plan, &sites, &places)?,
    };
    let joining = Joining::new(rules, places, times, confusion);

    let traffic = world::traffic(&plan, &sites);
    let order = arrival(&traffic, simulate);
    let mut memory = Memory::new();
    let mut took = std::time::Duration::ZERO;
    for part in order.chunks(simulate.batch.max(1)) {
        let sightings: Vec<Sighting> =
            part.iter().map(|i| sighting(*i, &traffic, &reader, &joining.places, simulate.seed)).collect();
        let begun = Instant::now();
        sightings.into_iter().for_each(|s| memory.insert(s, &joining));
        memory.settle(&joining);
        took += begun.elapsed();
    }
    drop(order);
    let begun = Instant::now();
    let vehicles = memory.vehicles(&joining);
    took += begun.elapsed();
    if simulate.check {
        let stale = memory.stale(&joining);
        eprintln!("{} blocks would be decided otherwise from scratch {:?}", stale.len(), stale.first());
    }
    let scores = score::score(&traffic, &memory, &vehicles, &joining)?;
    let per_s = traffic.passes.len() as f64 / took.as_secs_f64().max(1e-9);
    scores.print(simulate, traffic.passes.len(), per_s);
    Ok(())
}

/// Whether a province has the code.
fn issued(code: u8) -> bool {
    hanhtrinh::plate::province::names(code).is_some()
}

/// Link times from other traffic of ten days, a fifth as dense.
fn learn(simulate: &Simulate, plan: &Plan, sites: &[Site], places: &Places) -> Result<LinkTimes> {
    const DAYS: u32 = 10;
    const PART: f64 = 5.0;
    let seed = simulate.seed + LEARN_SEED;
    let other = Plan {
        days: DAYS,
        per_day: plan.per_day / PART,
        seed,
        missed: plan.missed,
        outage_days: 0,
        codes: &[],
    };
    let reader = Reader::new(simulate.read_errors / 100.0, seed)?;
    let traffic = world::traffic(&other, sites);
    let mut ways: std::collections::HashMap<Key, Vec<(i64, u16)>> = std::collections::HashMap::new();
    let mut seen = 0usize;
    for i in 0..traffic.passes.len() {
        let sighting = sighting(i, &traffic, &reader, places, seed);
        if sighting.read && sighting.confidence >= CONFIDENT_P {
            ways.entry(sighting.key).or_default().push((sighting.at, sighting.event));
            seen += 1;
        }
    }
    let mut counts = LinkCounts::none(places);
    let mut keys: Vec<&Key> = ways.keys().collect();
    keys.sort_unstable();
    keys.into_iter().filter_map(|k| ways.get(k)).for_each(|way| counts.add_vehicle(way));
    // Only the confident ones were counted, of a part of the traffic.
    let share = seen as f64 / traffic.passes.len().max(1) as f64;
    counts.over(f64::from(DAYS) * 86_400.0 * share / PART);
    Ok(LinkTimes::new(places, &counts))
}

/// The name of pass `i`: it says nothing of time or vehicle, and [`pass_of`] finds the pass again.
fn name(i: usize) -> u64 {
    (i as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15)
}

fn pass_of(name: u64) -> usize {
    // The inverse of the factor modulo 2^64.
    name.wrapping_mul(0xF1DE_83E1_9937_733D) as usize
}

/// What the cameras record of pass `i`.
fn sighting(i: usize, traffic: &Traffic, reader: &Reader, places: &Places, seed: u64) -> Sighting {
    let pass = traffic.passes[i];
    let vehicle = &traffic.vehicles[pass.vehicle as usize];
    let mut dice = Dice::of(seed, 31, i as u64);
    let read = reader.read(u64::from(pass.vehicle), i as u64, &vehicle.plate);
    let four = [VehicleClass::Car, VehicleClass::Bus, VehicleClass::Truck];
    let class = match vehicle.class {
        VehicleClass::Motorcycle => VehicleClass::Motorcycle,
        _ if dice.chance(0.02) => four[dice.below(3)],
        class => class,
    };
    let colour = match vehicle.colour {
        _ if dice.chance(0.1) => PlateColour::Unknown,
        PlateColour::White if dice.chance(0.005) => PlateColour::Yellow,
        PlateColour::Yellow if dice.chance(0.01) => PlateColour::White,
        colour => colour,
    };
    // A text of a plate is never longer than the joiner keeps: the reader adds one character at most to each.
    let text = PlateText::new(&read.text).or_else(|| PlateText::new(&vehicle.plate)).unwrap_or_default();
    let is_plate = || grammar::parses(&read.text).iter().any(|p| p.kind == vehicle.kind);
    Sighting {
        id: name(i),
        at: pass.at,
        camera: pass.site,
        event: places.event(pass.site, pass.direction, pass.at),
        class,
        colour,
        key: Key { kind: vehicle.kind, text },
        // The vote answers with what the grammar knows.
        read: read.confidence >= READ_FROM && is_plate(),
        confidence: read.confidence,
        layout: None,
        candidates: read
            .candidates
            .iter()
            .filter_map(|(text, p)| Some((PlateText::new(text)?, *p)))
            .collect(),
    }
}

/// Passes in the order in which they arrive.
fn arrival(traffic: &Traffic, simulate: &Simulate) -> Vec<usize> {
    let mut order: Vec<usize> = (0..traffic.passes.len()).collect();
    match simulate.order {
        Order::Time => {}
        Order::Shuffled => order.sort_by_key(|i| Dice::of(simulate.seed, 41, *i as u64).next()),
        Order::Late => order.sort_by_key(|i| {
            let mut dice = Dice::of(simulate.seed, 42, *i as u64);
            let late = if dice.chance(0.1) { dice.between(0.0, 2.0 * 86_400e6) as i64 } else { 0 };
            (traffic.passes[*i].at + late, *i)
        }),
    }
    order
}

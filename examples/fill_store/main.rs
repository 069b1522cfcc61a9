//! Fills a new store with drawn traffic, for measurements at size: `cargo xtask fill-store`, which builds and starts it.

mod traffic;

use std::collections::HashMap;
use std::path::PathBuf;
use std::time::Instant;

use clap::Parser;
use hanhtrinh::domain::ids::{CameraId, RecordId};
use hanhtrinh::domain::journey::Witness;
use hanhtrinh::domain::passage::{Passage, Pictures};
use hanhtrinh::domain::place::{CameraPlace, CameraRole, Direction, Faces, Gate};
use hanhtrinh::domain::plate::{Candidate, PlateColour, PlateKey, PlateState, Verdict};
use hanhtrinh::domain::time::{ClockQuality, local_date};
use hanhtrinh::journey::{JourneyRules, assemble};
use hanhtrinh::pipeline::of_code;
use hanhtrinh::plate::province::{self, Home};
use hanhtrinh::store::{BulkLoad, OpenMode, SettingsUsed, Store};
use jiff::{SignedDuration, Timestamp};
use traffic::{Dice, Pass, Read, Vehicle, draw};

/// Gates of Thái Nguyên with about where they are: degrees north, degrees east.
const GATES: [(&str, f64, f64); 8] = [
    ("Cầu Đa Phúc", 21.3280, 105.8731),
    ("Cầu Ca - Kha Sơn", 21.4117, 105.9830),
    ("Cầu Hòa Sơn", 21.3845, 105.9440),
    ("Hợp Tiến - Xuân Lương", 21.5884, 106.0519),
    ("Đèo Khế", 21.6830, 105.4859),
    ("Đèo De", 21.8078, 105.4929),
    ("Phú Thượng - Vũ Lễ", 21.7781, 106.1391),
    ("Bằng Vân - đèo Cao Bắc", 22.5511, 106.0808),
];

#[derive(Parser)]
#[command(name = "cargo xtask fill-store", about = "Fill a new store with drawn traffic")]
struct Arguments {
    /// How many passages
    #[arg(long, value_name = "N")]
    passages: usize,
    /// Folder of the new store
    #[arg(long, value_name = "DIR")]
    store: PathBuf,
    /// The same seed gives the same traffic
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// Over how many days, up to 31/10/2026
    #[arg(long, value_name = "N", default_value_t = 365, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    days: u32,
    /// At how many gates
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=8))]
    gates: u8,
    /// JSON instead of text
    #[arg(long)]
    json: bool,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments = Arguments::parse();
    let begun = Instant::now();
    let end: Timestamp = "2026-11-01T00:00:00+07:00".parse()?;
    let begin = end - SignedDuration::from_hours(24 * i64::from(arguments.days));
    let mut dice = Dice::new(arguments.seed);
    let (vehicles, passes) = draw(arguments.passages, arguments.days, arguments.gates, &mut dice);
    let store = Store::open(&arguments.store, OpenMode::Create)?;
    let mut bulk = BulkLoad::start(&store)?;
    let world = World {
        vehicles,
        begin,
        home: Home::find("Thái Nguyên")?,
        rules: JourneyRules::default(),
        seed: arguments.seed,
    };
    for (i, pass) in passes.iter().enumerate() {
        let passage = world.passage(i, pass);
        let written = passage.crossed_at.unwrap_or(begin) + SignedDuration::from_secs(1);
        bulk.passage(&passage, written)?;
    }
    world.join(&passes, &mut bulk)?;
    let counts = bulk.finish(&settings(arguments.gates, &world.rules), end)?;
    let seconds = begun.elapsed().as_secs_f64();
    let per_s = counts.passages as f64 / seconds;
    let bytes = counts.bytes as f64 / counts.passages.max(1) as f64;
    if arguments.json {
        println!(
            "{{\"type\":\"fill_store\",\"passages\":{},\"journeys\":{},\"vehicles\":{},\"seconds\":{seconds:.1},\
             \"passages_per_s\":{per_s:.0},\"bytes\":{},\"bytes_per_passage\":{bytes:.0}}}",
            counts.passages,
            counts.journeys,
            world.vehicles.len(),
            counts.bytes
        );
    } else {
        println!(
            "{} passages and {} journeys of {} vehicles: {per_s:.0} passages/s, {bytes:.0} bytes a passage",
            counts.passages,
            counts.journeys,
            world.vehicles.len()
        );
    }
    Ok(())
}

/// What passes are of.
struct World {
    vehicles: Vec<Vehicle>,
    begin: Timestamp,
    home: Home,
    rules: JourneyRules,
    seed: u64,
}

impl World {
    /// What is read: the plate, or one with another last digit.
    fn text(&self, pass: &Pass) -> String {
        let plate = &self.vehicles[pass.vehicle as usize].plate;
        if pass.read != Read::Wrong {
            return plate.clone();
        }
        let (head, last) = plate.split_at(plate.len() - 1);
        format!("{head}{}", (last.parse::<u32>().unwrap_or(0) + 1 + pass.at_s % 9) % 10)
    }

    fn passage(&self, number: usize, pass: &Pass) -> Passage {
        let vehicle = &self.vehicles[pass.vehicle as usize];
        let at = self.begin + SignedDuration::from_secs(i64::from(pass.at_s));
        let read = matches!(pass.read, Read::Right | Read::Wrong);
        let text = self.text(pass);
        let verdict = if read {
            province::verdict(vehicle.code, local_date(at), &self.home)
        } else {
            Verdict::Undetermined
        };
        let confidence = match pass.read {
            // As the vote over looks says of right answers (docs/accuracy.md): six in seven from .997 on.
            Read::Right if number.is_multiple_of(7) => 0.98 + 0.017 * (number % 100) as f32 / 100.0,
            Read::Right => 0.997 + 0.0029 * (number % 100) as f32 / 100.0,
            Read::Wrong => 0.981,
            Read::Undetermined => 0.5,
            Read::NotVisible => 0.0,
        };
        let candidates = if pass.read == Read::NotVisible {
            Vec::new()
        } else {
            vec![Candidate { text: text.clone(), p: confidence, painted: false }]
        };
        Passage {
            id: RecordId::derive('p', &["filled", &self.seed.to_string(), &number.to_string()]),
            revision: 1,
            camera: CameraId::new(&camera(pass.gate)),
            gate: Some(GATES[usize::from(pass.gate)].0.to_owned()),
            lane: None,
            role: CameraRole::Gateway,
            direction: if pass.inward { Direction::In } else { Direction::Out },
            crossed_at: Some(at),
            first_seen: Some(at - SignedDuration::from_secs(2)),
            last_seen: Some(at + SignedDuration::from_secs(1)),
            stream_s: f64::from(pass.at_s),
            clock: ClockQuality::Synced,
            class: vehicle.class,
            colour: None,
            plate: read.then_some(text),
            plate_kind: read.then_some(vehicle.kind),
            plate_state: match pass.read {
                Read::Right | Read::Wrong => PlateState::Read,
                Read::Undetermined => PlateState::Undetermined,
                Read::NotVisible => PlateState::NotVisible,
            },
            confidence,
            candidates,
            layout: None,
            plate_class: None,
            plate_colour: PlateColour::White,
            trailer_plate: None,
            painted_number: None,
            province: read.then(|| format!("{:02}", vehicle.code)),
            verdict,
            looks: 9,
            pictures: Pictures::default(),
            models: "drawn".to_owned(),
            config: "000000000000".to_owned(),
            verdict_by_today: false,
            corrected: false,
        }
    }

    /// Journeys, made by the program's own rules from all passages of each key.
    fn join(&self, passes: &[Pass], bulk: &mut BulkLoad) -> Result<(), hanhtrinh::store::StoreError> {
        let mut of: HashMap<PlateKey, Vec<u32>> = HashMap::with_capacity(self.vehicles.len());
        for (i, pass) in passes.iter().enumerate() {
            if matches!(pass.read, Read::Right | Read::Wrong) {
                let kind = self.vehicles[pass.vehicle as usize].kind;
                of.entry(PlateKey { kind, text: self.text(pass) }).or_default().push(i as u32);
            }
        }
        let mut keys: Vec<(PlateKey, Vec<u32>)> = of.into_iter().collect();
        keys.sort_unstable();
        for (key, numbers) in keys {
            let witness = |i: &u32| Witness::read(self.passage(*i as usize, &passes[*i as usize]));
            let witnesses: Vec<Witness> = numbers.iter().map(witness).collect();
            for journey in assemble(&key, &witnesses, &self.rules, &of_code) {
                bulk.journey(&journey)?;
            }
        }
        Ok(())
    }
}

fn camera(gate: u8) -> String {
    format!("gate-{}", gate + 1)
}

fn settings(gates: u8, rules: &JourneyRules) -> SettingsUsed {
    let places = || GATES.iter().take(usize::from(gates));
    SettingsUsed {
        home: "Thái Nguyên".to_owned(),
        gates: places()
            .map(|(name, lat, lon)| Gate {
                name: (*name).to_owned(),
                lat: Some(*lat),
                lon: Some(*lon),
                neighbour: None,
                from: None,
                to: None,
            })
            .collect(),
        cameras: places()
            .zip(0..)
            .map(|((name, lat, lon), i)| CameraPlace {
                name: CameraId::new(&camera(i)),
                role: CameraRole::Gateway,
                gate: Some((*name).to_owned()),
                lane: None,
                lat: Some(*lat),
                lon: Some(*lon),
                faces: Faces::Both,
                line: None,
            })
            .collect(),
        lost_after_s: rules.lost_after.as_secs(),
        same_crossing_s: rules.same_crossing_window.as_secs(),
    }
}

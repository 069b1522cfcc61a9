//! The vote on simulated tracks: how often it reads, how often wrongly.
//!
//! Each character has one that it is mistaken for. A look's evidence between the two is normal with a mean that gives the
//! wanted share of wrong characters a look, and half of its variance is the track's own: dirt and angle lie the same way
//! in all its looks. The probabilities told are right for a single look (the log odds of that normal), as after
//! calibration. One look in fifty loses a character.

use super::*;
use crate::domain::plate::{PlateState, Slot};

const TRACKS: u32 = 2000;
/// Share of the variance that all looks of a track have in common.
const SHARED: f64 = 0.5;

/// SplitMix64 (Steele, Lea, Flood 2014), so that the draw is the same everywhere.
struct Draw(u64);

impl Draw {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    fn below(&mut self, n: usize) -> usize {
        (self.unit() * n as f64) as usize
    }

    fn normal(&mut self) -> f64 {
        (-2.0 * (1.0 - self.unit()).ln()).sqrt() * (std::f64::consts::TAU * self.unit()).cos()
    }

    fn one_of(&mut self, chars: &str) -> char {
        let chars: Vec<char> = chars.chars().collect();
        chars[self.below(chars.len())]
    }
}

/// A plate of a car in one or two rows or of a motorbike, rows parted by `/`.
fn plate(draw: &mut Draw) -> (String, VehicleClass) {
    let codes: Vec<u8> = super::super::province::all().map(|(code, _)| code).collect();
    let code = codes[draw.below(codes.len())];
    let number: String = (0..5).map(|_| draw.one_of("0123456789")).collect();
    let which = draw.below(3);
    let letter = if which < 2 { car_letter(draw) } else { draw.one_of("ABCDEFGHKLMNPSTUVXYZ") };
    match which {
        0 => (format!("{code}{letter}{number}"), VehicleClass::Car),
        1 => (format!("{code}{letter}/{number}"), VehicleClass::Car),
        _ => (format!("{code}{letter}{}/{number}", draw.one_of("123456789")), VehicleClass::Motorcycle),
    }
}

/// A letter as frequent as it is on the road: the vote's prior says so.
fn car_letter(draw: &mut Draw) -> char {
    let mut left = draw.unit();
    let found = super::super::series::on_road().find(|(_, share)| {
        left -= f64::from(*share);
        left < 0.0
    });
    found.map_or('A', |(letter, _)| letter)
}

/// What `c` is taken for: mostly what looks like it, digits and letters alike.
fn confused(draw: &mut Draw, c: char) -> char {
    let like = match c {
        '0' => "DUQ",
        '8' => "B36",
        'B' => "8DE",
        'D' => "0UĐ",
        '1' => "7TL",
        '5' => "S6",
        'S' => "58",
        '2' => "Z7",
        'Z' => "27",
        '4' => "A",
        'A' => "4",
        '6' => "G58",
        'G' => "6C",
        _ => "0123456789ABCDEFGHKLMNPSTUVXYZ",
    };
    loop {
        let other = draw.one_of(like);
        if other != c {
            return other;
        }
    }
}

/// The looks of one track on `truth`; `distance` is the mean of the evidence in its standard deviations.
fn ballot(draw: &mut Draw, truth: &str, distance: f64) -> Ballot {
    let mut ballot = Ballot::new();
    let faults: Vec<(char, f64)> = truth.chars().map(|c| (confused(draw, c), draw.normal())).collect();
    for n in 0..1 + draw.below(12) {
        let mut rows = vec![Vec::new()];
        let mut confidence = 0.995;
        let lost = if draw.unit() < 0.02 { draw.below(truth.len()) } else { usize::MAX };
        for (at, (c, (other, common))) in truth.chars().zip(&faults).enumerate() {
            if c == '/' {
                rows.push(Vec::new());
                continue;
            }
            let noise = SHARED.sqrt() * common + (1.0 - SHARED).sqrt() * draw.normal();
            if at == lost {
                confidence *= 0.3;
                continue;
            }
            let p = 1.0 / (1.0 + (-2.0 * distance * (distance + noise)).exp());
            let (c, p, other) = if p >= 0.5 { (c, p, *other) } else { (*other, 1.0 - p, c) };
            confidence *= p;
            rows.last_mut().expect("a row").push(Slot {
                c,
                p: p as f32,
                others: vec![(other, 1.0 - p as f32)],
            });
        }
        rows.retain(|r| !r.is_empty());
        ballot.add(Look {
            stream_s: n as f64 * 0.125,
            reading: PlateReading { rows, confidence: confidence as f32 },
            plate_width_px: 80.0,
            plate_score: 0.8,
            colour: PlateColour::White,
        });
    }
    ballot
}

/// Shares of tracks read and of tracks read wrongly, at a mean evidence that makes `wrong_characters` of a look wrong.
fn shares(wrong_characters: f64, distance: f64) -> (f64, f64) {
    let home = Home::find("Thái Nguyên").expect("a province");
    let mut draw = Draw(20261125);
    let (mut read, mut wrong, mut best_right) = (0, 0, 0);
    for _ in 0..TRACKS {
        let (truth, vehicle) = plate(&mut draw);
        let ballot = ballot(&mut draw, &truth, distance);
        let context =
            Context { vehicle, date: jiff::civil::date(2026, 3, 14), home: &home, rules: Rules::default() };
        let said = ballot.outcome(&context);
        let right = said.candidates.first().is_some_and(|c| c.text == truth.replace('/', ""));
        best_right += u32::from(right);
        read += u32::from(said.state == PlateState::Read);
        wrong += u32::from(said.state == PlateState::Read && !right);
    }
    let share = |n: u32| f64::from(n) / f64::from(TRACKS);
    println!(
        "{:5.1} % wrong characters a look: read {:5.1} %, wrong {:5.2} %, best guess right {:5.1} %",
        100.0 * wrong_characters,
        100.0 * share(read),
        100.0 * share(wrong),
        100.0 * share(best_right)
    );
    (share(read), share(wrong))
}

#[test]
fn wrong_reads_stay_rare_however_bad_the_looks() {
    // The distance whose normal tail is the share of wrong characters.
    for (wrong_characters, distance, least_read) in
        [(0.01, 2.326, 0.85), (0.03, 1.881, 0.55), (0.05, 1.645, 0.3), (0.10, 1.282, 0.01)]
    {
        let (read, wrong) = shares(wrong_characters, distance);
        assert!(wrong <= 0.003, "{wrong_characters}: {wrong} of the tracks were read wrongly");
        assert!(read >= least_read, "{wrong_characters}: only {read} were read");
    }
}

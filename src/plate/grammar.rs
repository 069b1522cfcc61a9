//! What a text can be: the plate grammar, and what row split, vehicle and ground colour leave of it.
//!
//! The table (tables/plate_classes.tsv; classes whose series differ in length have a line for each) gives the regex on compact upper-case text, the kinds of vehicle,
//! the lengths its upper row can have, the ground colours it needs, and its shapes: `d` digit, `n` digit but 0, `l`
//! series letter, `r` series letter or R, `a` any letter, everything else itself.

use std::sync::LazyLock;

use regex::Regex;

use crate::domain::detection::VehicleClass;
use crate::domain::plate::{PlateClass, PlateColour, PlateKind};

/// Letters of a series: never I J O Q W; R only where a shape says so.
const SERIES: &str = "ABCDEFGHKLMNPSTUVXYZ";

/// How the characters stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Split {
    /// Not known, as of a typed text.
    Unknown,
    /// In one row.
    OneLine,
    /// In two rows, this many in the upper one.
    Upper(u8),
}

/// What is known of a plate beside its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sight {
    /// Row split.
    pub split: Split,
    /// The vehicle it hangs on.
    pub vehicle: VehicleClass,
    /// Ground colour.
    pub colour: PlateColour,
}

impl Sight {
    /// Nothing is known.
    pub const NOTHING: Self =
        Self { split: Split::Unknown, vehicle: VehicleClass::Unknown, colour: PlateColour::Unknown };
}

/// Whose register a class belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Belongs {
    /// A province's, named by the code (code 80 excepted).
    Province,
    /// None's: army, diplomatic, temporary.
    None,
    /// Another country's.
    Foreign,
}

/// One way to understand a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parse {
    /// Class.
    pub class: PlateClass,
    /// Kind of vehicle.
    pub kind: PlateKind,
    /// Whose register.
    pub belongs: Belongs,
    /// The two-digit code in the text, 80 included; `None` where the class prints none.
    pub province: Option<u8>,
    /// Whether the vehicle's class can carry this kind.
    pub fits_vehicle: bool,
    /// Whether the class needs a ground colour that was not seen, and so rests on an assumption.
    pub colour_assumed: bool,
}

struct Entry {
    class: PlateClass,
    kinds: Vec<PlateKind>,
    one_line: bool,
    upper: Vec<u8>,
    colours: Vec<PlateColour>,
    belongs: Belongs,
    shapes: Vec<Shape>,
    regex: Regex,
}

/// A pattern of one character a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shape(Vec<char>);

impl Shape {
    /// Number of places.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether it has no place; none of the table's does.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether `c` may stand at place `at`.
    pub fn allows(&self, at: usize, c: char) -> bool {
        match self.0.get(at) {
            None => false,
            Some('d') => c.is_ascii_digit(),
            Some('n') => ('1'..='9').contains(&c),
            Some('l') => SERIES.contains(c),
            Some('r') => c == 'R' || SERIES.contains(c),
            Some('a') => c.is_ascii_uppercase(),
            Some(literal) => *literal == c,
        }
    }

    /// Least number of exchanged, missing and extra characters between `text` and any text of this shape.
    fn distance(&self, text: &[char]) -> usize {
        let mut row: Vec<usize> = (0..=self.len()).collect();
        for (i, c) in text.iter().enumerate() {
            let mut diagonal = row[0];
            row[0] = i + 1;
            for at in 0..self.len() {
                let exchange = diagonal + usize::from(!self.allows(at, *c));
                diagonal = row[at + 1];
                row[at + 1] = exchange.min(row[at] + 1).min(diagonal + 1);
            }
        }
        row[self.len()]
    }
}

// The table is part of the program and tests read every line of it, so a fault in it cannot reach a user.
#[allow(clippy::expect_used)]
static TABLE: LazyLock<Vec<Entry>> = LazyLock::new(|| {
    include_str!("tables/plate_classes.tsv")
        .lines()
        .skip(1)
        .map(|line| entry(line).expect("plate_classes.tsv is well formed"))
        .collect()
});

fn entry(line: &str) -> Option<Entry> {
    let mut cells = line.split('\t');
    let class = class_from_word(cells.next()?)?;
    let kinds = cells.next()?.split(',').map(PlateKind::from_word).collect::<Option<Vec<_>>>()?;
    let one_line = cells.next()? == "yes";
    let upper = match cells.next()? {
        "-" => Vec::new(),
        lengths => lengths.split(',').map(|n| n.parse().ok()).collect::<Option<Vec<_>>>()?,
    };
    let colours = match cells.next()? {
        "any" => Vec::new(),
        colours => colours.split(',').map(PlateColour::from_word).collect::<Option<Vec<_>>>()?,
    };
    let belongs = match cells.next()? {
        "province" => Belongs::Province,
        "none" => Belongs::None,
        "foreign" => Belongs::Foreign,
        _ => return None,
    };
    let shapes = match cells.next()? {
        "-" => Vec::new(),
        shapes => shapes.split(' ').map(|s| Shape(s.chars().collect())).collect(),
    };
    // The table writes \d and means the ten digits of ASCII.
    let regex = Regex::new(&cells.next()?.replace(r"\d", "[0-9]")).ok()?;
    Some(Entry { class, kinds, one_line, upper, colours, belongs, shapes, regex })
}

/// The class of the table's word.
pub fn class_from_word(word: &str) -> Option<PlateClass> {
    use serde::Deserialize;
    use serde::de::value::{Error, StrDeserializer};
    PlateClass::deserialize(StrDeserializer::<Error>::new(word)).ok()
}

/// All ways to understand a compact upper-case text, whatever hangs where.
pub fn parses(compact: &str) -> Vec<Parse> {
    open(compact, Sight::NOTHING)
}

/// The ways to understand a compact upper-case text that `sight` leaves open. Where one that fits the vehicle is left,
/// those that do not are gone: `29KT12345` is a special car's on a car and a new motorbike's on a motorbike.
pub fn open(compact: &str, sight: Sight) -> Vec<Parse> {
    let mut found = Vec::new();
    for entry in TABLE.iter() {
        let split_fits = match sight.split {
            Split::Unknown => true,
            Split::OneLine => entry.one_line,
            Split::Upper(n) => entry.upper.contains(&n),
        };
        let colour_seen = entry.colours.is_empty() || entry.colours.contains(&sight.colour);
        if !split_fits || !(colour_seen || sight.colour == PlateColour::Unknown) {
            continue;
        }
        let Some(captures) = entry.regex.captures(compact) else { continue };
        let code = if entry.belongs == Belongs::Foreign { None } else { captures.name("prov") };
        let province = code.and_then(|m| m.as_str().parse().ok());
        found.extend(entry.kinds.iter().map(|&kind| Parse {
            class: entry.class,
            kind,
            belongs: entry.belongs,
            province,
            fits_vehicle: carries(sight.vehicle, kind),
            colour_assumed: !colour_seen,
        }));
    }
    if found.iter().any(|p| p.fits_vehicle) {
        found.retain(|p| p.fits_vehicle);
    }
    // A class that needs a colour gives way to one that needs none, while the colour is not known.
    if found.iter().any(|p| !p.colour_assumed) {
        found.retain(|p| !p.colour_assumed);
    }
    found
}

/// Whether a vehicle of that class can carry a plate of that kind.
pub fn carries(vehicle: VehicleClass, kind: PlateKind) -> bool {
    match vehicle {
        VehicleClass::Unknown => true,
        VehicleClass::Motorcycle => kind == PlateKind::Motorcycle,
        VehicleClass::Car | VehicleClass::Bus | VehicleClass::Truck => kind != PlateKind::Motorcycle,
    }
}

/// All shapes of Vietnamese plates.
pub fn shapes() -> impl Iterator<Item = &'static Shape> {
    TABLE.iter().flat_map(|e| &e.shapes)
}

/// Least number of exchanged, missing and extra characters that part `compact` from the shape of any Vietnamese plate
/// that a ground of `colour` leaves open.
pub fn distance_from_vietnamese(compact: &str, colour: PlateColour) -> usize {
    let text: Vec<char> = compact.chars().collect();
    let open =
        |e: &&Entry| e.colours.is_empty() || e.colours.contains(&colour) || colour == PlateColour::Unknown;
    let shapes = TABLE.iter().filter(open).flat_map(|e| &e.shapes);
    shapes.map(|s| s.distance(&text)).min().unwrap_or(usize::MAX)
}

/// Whether the first two letters are those of an army unit that we know of.
pub fn known_army_unit(compact: &str) -> bool {
    let Some(prefix) = compact.get(..2) else { return false };
    include_str!("tables/army_units.txt")
        .lines()
        .filter(|l| !l.starts_with('#'))
        .any(|l| l.split_whitespace().any(|unit| unit == prefix))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn classes(text: &str, split: Split, vehicle: VehicleClass, colour: PlateColour) -> Vec<PlateClass> {
        open(text, Sight { split, vehicle, colour }).into_iter().map(|p| p.class).collect()
    }

    fn by_split(text: &str, split: Split) -> Vec<PlateClass> {
        classes(text, split, VehicleClass::Unknown, PlateColour::Unknown)
    }

    #[test]
    fn every_line_of_the_table_is_used() {
        assert_eq!(TABLE.len(), 19);
        for e in TABLE.iter() {
            assert_eq!(e.shapes.is_empty(), e.belongs == Belongs::Foreign, "{:?}", e.class);
        }
    }

    #[test]
    fn the_row_split_parts_car_and_old_motorbike() {
        use PlateClass::*;
        let mut both = by_split("30A12345", Split::Unknown);
        both.sort();
        assert_eq!(both, [Car, MotoLetterDigit]);
        assert_eq!(by_split("30A12345", Split::Upper(3)), [Car]);
        assert_eq!(by_split("30A12345", Split::OneLine), [Car]);
        assert_eq!(by_split("30A12345", Split::Upper(4)), [MotoLetterDigit]);
        assert_eq!(by_split("51R52345", Split::Upper(4)), [MotoLetterDigit]);
        assert_eq!(by_split("51R52345", Split::Upper(3)), [Trailer]);
        assert_eq!(by_split("30A12345", Split::Upper(2)), []);
    }

    #[test]
    fn vehicle_and_colour_part_the_two_letter_series() {
        use PlateClass::*;
        let (car, bike) = (VehicleClass::Car, VehicleClass::Motorcycle);
        let (white, yellow) = (PlateColour::White, PlateColour::Yellow);
        assert_eq!(classes("29KT12345", Split::Upper(4), car, white), [Special]);
        assert_eq!(classes("29KT12345", Split::Upper(4), bike, white), [MotoTwoLetter]);
        assert_eq!(classes("29KT12345", Split::OneLine, VehicleClass::Unknown, white), [Special]);
        assert_eq!(classes("29LA12345", Split::Upper(4), bike, white), [MotoTwoLetter]);
        assert_eq!(classes("29LA12345", Split::OneLine, car, white), []);
        assert_eq!(classes("29LA12345", Split::OneLine, car, yellow), [EconZone]);
        assert!(
            open("29LA12345", Sight { split: Split::OneLine, vehicle: car, colour: PlateColour::Unknown })[0]
                .colour_assumed
        );
        assert_eq!(classes("29NN12345", Split::OneLine, car, white), [DiplomaticCarAlt]);
        assert_eq!(classes("29NN12345", Split::Upper(4), bike, white), [MotoTwoLetter]);
        assert_eq!(classes("80441NG02", Split::Upper(5), car, white), [DiplomaticCar]);
        // A motorbike's plate on a car stays what it is, but does not fit.
        let odd = open("29B112345", Sight { split: Split::Upper(4), vehicle: car, colour: white });
        assert_eq!((odd[0].class, odd[0].fits_vehicle), (MotoLetterDigit, false));
    }

    #[test]
    fn army_plates_are_red() {
        use PlateClass::*;
        let seen = |c| classes("TM1234", Split::OneLine, VehicleClass::Truck, c);
        assert_eq!(seen(PlateColour::Red), [ArmyCar]);
        assert_eq!(seen(PlateColour::White), []);
        assert_eq!(seen(PlateColour::Unknown), [ArmyCar]);
        assert!(known_army_unit("TM1234") && !known_army_unit("ZZ1234") && !known_army_unit("Đ"));
    }

    #[test]
    fn british_plates_are_far_from_ours() {
        for text in ["AB12CDE", "LR33TEE", "BD51SMR", "KH05ZZK"] {
            assert_eq!(parses(text), [], "{text}");
            let distance = distance_from_vietnamese(text, PlateColour::White);
            assert!(distance >= 3, "{text} {distance}");
        }
        // What is left of a covered plate is not foreign.
        for text in ["30A123", "0A12345", "3OA12345", "13A12345", "29B1123"] {
            assert!(distance_from_vietnamese(text, PlateColour::White) <= 1, "{text}");
        }
    }

    #[test]
    fn foreign_scripts_have_their_classes() {
        assert_eq!(parses("桂A12345")[0].class, PlateClass::ForeignCn);
        assert_eq!(parses("ກກ1234")[0].belongs, Belongs::Foreign);
    }

    #[test]
    fn codes_that_were_never_given_out_make_no_plate() {
        for code in [10, 13, 42, 44, 45, 46, 87, 91, 96] {
            assert_eq!(parses(&format!("{code}A12345")), [], "{code}");
        }
        assert_eq!(parses("80A12345")[0].province, Some(80));
    }

    fn any_of_shape(shape: &Shape) -> BoxedStrategy<String> {
        let place = |c: char| -> BoxedStrategy<char> {
            let from = |s: &str| prop::sample::select(s.chars().collect::<Vec<_>>()).boxed();
            match c {
                'd' => from("0123456789"),
                'n' => from("123456789"),
                'l' => from(SERIES),
                'r' => from("ABCDEFGHKLMNPRSTUVXYZ"),
                'a' => from("ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
                c => Just(c).boxed(),
            }
        };
        shape.0.iter().map(|c| place(*c)).collect::<Vec<_>>().prop_map(|cs| cs.into_iter().collect()).boxed()
    }

    proptest! {
        #[test]
        fn any_text_is_parsed_without_panic(text in "\\PC{0,12}", upper in 0u8..9) {
            let sight = Sight { split: Split::Upper(upper), ..Sight::NOTHING };
            prop_assert!(open(&text, sight).len() <= parses(&text).len());
            distance_from_vietnamese(&text, PlateColour::Red);
        }

        #[test]
        fn shapes_and_regexes_say_the_same(seed in any::<prop::sample::Index>(), runner in any::<u64>()) {
            let all: Vec<(&Entry, &Shape)> = TABLE.iter().flat_map(|e| e.shapes.iter().map(move |s| (e, s))).collect();
            let (entry, shape) = all[seed.index(all.len())];
            let mut rng = proptest::test_runner::TestRunner::new_with_rng(
                ProptestConfig::default(),
                proptest::test_runner::TestRng::from_seed(
                    proptest::test_runner::RngAlgorithm::ChaCha,
                    &runner.to_le_bytes().repeat(4),
                ),
            );
            let text = any_of_shape(shape).new_tree(&mut rng).expect("a text").current();
            prop_assert_eq!(distance_from_vietnamese(&text, PlateColour::Unknown), 0);
            // The code must exist; everything else the shape says.
            let code: Option<u8> = match text.strip_prefix('T').unwrap_or(&text).get(..2) {
                _ if entry.belongs == Belongs::None && shape.0[0] == 'a' => Some(20),
                digits => digits.and_then(|d| d.parse().ok()),
            };
            let assigned = code.is_some_and(|c| super::super::province::names(c).is_some());
            prop_assert_eq!(entry.regex.is_match(&text), assigned, "{} {:?}", text, entry.class);
        }
    }
}

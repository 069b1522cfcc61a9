//! A plate as a person read it on the pictures, with what follows from it.

use jiff::civil::Date;

use crate::domain::correction::PersonRead;
use crate::domain::detection::VehicleClass;
use crate::domain::plate::{PlateColour, PlateKey, Verdict};

use super::grammar::{self, Sight, Split};
use super::province::{self, Home};

/// What follows from the plate `key` on a vehicle of that class and a ground of that colour, by the rule in force on
/// `on`. A text that the grammar does not know has neither class nor province, and its verdict is `undetermined`.
pub fn read(key: &PlateKey, vehicle: VehicleClass, colour: PlateColour, on: Date, home: &Home) -> PersonRead {
    let of_kind = |sight: Sight| -> Vec<grammar::Parse> {
        grammar::open(&key.text, sight).into_iter().filter(|p| p.kind == key.kind).collect()
    };
    // What the program saw of vehicle and colour may be wrong too, so it only decides where the text leaves it open.
    let mut parses = of_kind(Sight { split: Split::Unknown, vehicle, colour });
    if parses.is_empty() {
        parses = of_kind(Sight::NOTHING);
    }
    let first = parses.first();
    let verdicts: Vec<Verdict> = parses.iter().map(|p| province::verdict_of(p, on, home)).collect();
    let verdict = match verdicts.first() {
        Some(first) if verdicts.iter().all(|v| v == first) => *first,
        _ => Verdict::Undetermined,
    };
    let of_a_province = matches!(verdict, Verdict::Home | Verdict::Outside);
    PersonRead {
        plate: Some(key.text.clone()),
        plate_kind: Some(key.kind),
        plate_class: first.map(|p| p.class),
        province: first.and_then(|p| p.province).filter(|_| of_a_province).map(|code| format!("{code:02}")),
        verdict,
    }
}

/// Of the keys that a typed plate can mean, the one that a vehicle of that class can carry; the first where none fits.
pub fn likeliest(keys: &[PlateKey], vehicle: VehicleClass) -> Option<&PlateKey> {
    keys.iter().find(|k| grammar::carries(vehicle, k.kind)).or(keys.first())
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::domain::plate::{PlateClass, PlateKind};
    use crate::plate::typed;

    fn said(typed: &str, vehicle: VehicleClass, on: Date) -> PersonRead {
        let keys = typed::parse(typed).expect("a plate").keys;
        let key = likeliest(&keys, vehicle).expect("a key");
        read(key, vehicle, PlateColour::Unknown, on, &Home::find("Thái Nguyên").expect("a province"))
    }

    #[test]
    fn a_persons_plate_is_judged_by_the_date_of_its_passage() {
        let before = said("97A-123.45", VehicleClass::Car, date(2025, 6, 30));
        let since = said("97A-123.45", VehicleClass::Car, date(2025, 7, 1));
        assert_eq!((before.verdict, since.verdict), (Verdict::Outside, Verdict::Home));
        assert_eq!(since.province.as_deref(), Some("97"));
        assert_eq!(since.plate_class, Some(PlateClass::Car));
    }

    #[test]
    fn the_vehicle_tells_a_car_from_an_old_motorbike() {
        let on = date(2026, 3, 14);
        assert_eq!(said("30A12345", VehicleClass::Car, on).plate_kind, Some(PlateKind::Car));
        assert_eq!(said("30A12345", VehicleClass::Motorcycle, on).plate_kind, Some(PlateKind::Motorcycle));
        assert_eq!(
            said("motorcycle:30A12345", VehicleClass::Car, on).plate_kind,
            Some(PlateKind::Motorcycle)
        );
    }

    #[test]
    fn no_province_is_none() {
        let army = said("AA-12-34", VehicleClass::Car, date(2026, 3, 14));
        assert_eq!((army.verdict, army.province), (Verdict::NoProvince, None));
    }
}

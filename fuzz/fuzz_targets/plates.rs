//! Typed plates and the grammar, on any text.
#![no_main]

use hanhtrinh::domain::detection::VehicleClass;
use hanhtrinh::domain::plate::{PlateColour, Verdict};
use hanhtrinh::plate::grammar::{self, Belongs, Parse, Sight, Split};
use hanhtrinh::plate::province::{self, Home, MERGED_ON};
use hanhtrinh::plate::typed;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some((&[sight, rows], text)) = data.split_first_chunk() else { return };
    let text = plate_like(text);
    check_typed(&text);
    check_grammar(&text, sight_of(sight, rows));
    check_grammar(&typed::compact(&text), sight_of(sight, rows));
});

/// The text as it stands, or, behind a byte 0, one character of plates for each byte: random text is hardly ever a plate.
fn plate_like(bytes: &[u8]) -> String {
    let Some((0, plain)) = bytes.split_first() else { return String::from_utf8_lossy(bytes).into_owned() };
    let signs: Vec<char> = "00112233445566778899ABCDEFGHIKLMNPRSTUVXYZĐđðn桂ກ-. :".chars().collect();
    plain.iter().map(|b| signs[usize::from(*b) % signs.len()]).collect()
}

fn sight_of(sight: u8, rows: u8) -> Sight {
    let split = match rows % 12 {
        10 => Split::Unknown,
        11 => Split::OneLine,
        n => Split::Upper(n),
    };
    let vehicle = VehicleClass::ALL[usize::from(sight) % 5];
    Sight { split, vehicle, colour: PlateColour::ALL[usize::from(sight) / 5 % 5] }
}

fn check_typed(text: &str) {
    let plate = match typed::parse(text) {
        Ok(plate) => plate,
        Err(error) => return assert!(error.to_string().contains(text.trim()), "{error}"),
    };
    assert!((1..=12).contains(&plate.text.chars().count()));
    assert!(plate.text.chars().all(char::is_alphanumeric));
    assert_eq!(typed::compact(&plate.text), plate.text, "compact already");
    assert_eq!(plate.folded, typed::fold(&plate.text));
    assert!(!plate.folded.contains('Đ'));
    let again = typed::parse(&plate.text).expect("what was understood is understood again");
    assert_eq!((&again.text, &again.folded), (&plate.text, &plate.folded));
    for (n, key) in plate.keys.iter().enumerate() {
        assert!(!plate.keys[..n].contains(key), "{key} twice");
        assert!(again.keys.contains(key), "{key} is not among {:?}", again.keys);
        assert_eq!(typed::fold(&key.text), plate.folded, "{key} is found by searching for what was typed");
        assert!(grammar::parses(&key.text).iter().any(|p| p.kind == key.kind));
        let exact = typed::parse(&key.to_string()).expect("a printed key is understood");
        assert_eq!(exact.keys.first(), Some(key));
        assert!(exact.keys.iter().all(|k| k.kind == key.kind));
    }
}

fn check_grammar(text: &str, sight: Sight) {
    grammar::known_army_unit(text);
    assert!(grammar::class_from_word(text).is_none_or(|_| text.is_ascii()));
    let open = grammar::open(text, sight);
    if open.iter().any(|p| p.fits_vehicle) {
        assert!(open.iter().all(|p| p.fits_vehicle), "what does not fit the vehicle is gone");
    }
    if open.iter().any(|p| !p.colour_assumed) {
        assert!(open.iter().all(|p| !p.colour_assumed), "what needs a colour is gone");
    }
    if sight.colour != PlateColour::Unknown {
        assert!(open.iter().all(|p| !p.colour_assumed), "the colour is known");
    }
    let home = Home::find("Thái Nguyên").expect("a province");
    for parse in &open {
        assert_eq!(parse.fits_vehicle, grammar::carries(sight.vehicle, parse.kind));
        check_parse(parse, &home);
        let distance = grammar::distance_from_vietnamese(text, sight.colour);
        assert!(
            parse.belongs == Belongs::Foreign || distance == 0,
            "{text} is {parse:?}, yet {distance} off"
        );
    }
    // Without the vehicle nothing more can be left out.
    let unseen = grammar::open(text, Sight { vehicle: VehicleClass::Unknown, ..sight });
    assert!(open.is_empty() == unseen.is_empty());
}

fn check_parse(parse: &Parse, home: &Home) {
    let verdict = province::verdict_of(parse, MERGED_ON, home);
    match parse.belongs {
        Belongs::Foreign => assert_eq!((verdict, parse.province), (Verdict::Foreign, None)),
        Belongs::None => assert_eq!(verdict, Verdict::NoProvince),
        Belongs::Province => {
            let code = parse.province.expect("a province's plate prints its code");
            assert!(province::names(code).is_some(), "{code} was never given out");
            assert_ne!(verdict, Verdict::Undetermined);
        }
    }
}

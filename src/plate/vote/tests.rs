use proptest::prelude::*;

use super::*;
use crate::domain::plate::{PlateClass, PlateKind, PlateState, Slot, Verdict};

fn home() -> Home {
    Home::find("Thái Nguyên").expect("a province")
}

/// A reading of `rows` (split by `/`) whose characters have probability `p` each; `doubt` gives another character for
/// a place with its probability.
fn reading(rows: &str, p: f32, doubt: &[(usize, char, f32)]) -> PlateReading {
    let mut at = 0;
    let mut confidence = 1.0;
    let rows = rows
        .split('/')
        .map(|row| {
            let slot = |c: char| {
                let others: Vec<(char, f32)> =
                    doubt.iter().filter(|d| d.0 == at).map(|d| (d.1, d.2)).collect();
                at += 1;
                let p = p - others.iter().map(|o| o.1).sum::<f32>();
                confidence *= p;
                Slot { c, p, others }
            };
            row.chars().map(slot).collect()
        })
        .collect();
    PlateReading { rows, confidence }
}

fn look(at: f64, reading: PlateReading) -> Look {
    Look { stream_s: at, reading, plate_width_px: 90.0, plate_score: 0.8, colour: PlateColour::White }
}

fn ballot(readings: &[PlateReading]) -> Ballot {
    let mut ballot = Ballot::new();
    for (n, r) in readings.iter().enumerate() {
        ballot.add(look(n as f64 * 0.125, r.clone()));
    }
    ballot
}

fn outcome_on(ballot: &Ballot, vehicle: VehicleClass, date: Date) -> PlateOutcome {
    ballot.outcome(&Context { vehicle, date, home: &home(), rules: Rules::default() })
}

fn outcome(ballot: &Ballot, vehicle: VehicleClass) -> PlateOutcome {
    outcome_on(ballot, vehicle, jiff::civil::date(2026, 3, 14))
}

fn repeated(rows: &str, p: f32, times: usize) -> Ballot {
    ballot(&vec![reading(rows, p, &[]); times])
}

#[test]
fn agreeing_looks_are_read() {
    let said = outcome(&repeated("30A12345", 0.998, 3), VehicleClass::Car);
    assert_eq!(said.state, PlateState::Read);
    assert_eq!(said.key.as_ref().map(ToString::to_string).as_deref(), Some("car:30A12345"));
    assert_eq!(
        (said.class, said.province, said.verdict),
        (Some(PlateClass::Car), Some(30), Verdict::Outside)
    );
    assert_eq!((said.layout, said.colour, said.looks), (Some(Layout::OneLine), PlateColour::White, 3));
    assert_eq!(said.candidates[0].text, "30A12345");
}

#[test]
fn what_is_seen_from_afar_takes_nothing_from_what_is_seen_from_near() {
    let afar = reading("30X12845", 0.55, &[(2, 'A', 0.2), (5, '3', 0.2)]);
    let near = vec![reading("30A12345", 0.997, &[]); 3];
    let alone = outcome(&ballot(&near), VehicleClass::Car).confidence;
    let after = outcome(&ballot(&[vec![afar; 12], near].concat()), VehicleClass::Car);
    assert_eq!(after.candidates[0].text, "30A12345");
    assert!(after.confidence > alone - 0.02, "{} after {alone}", after.confidence);
}

#[test]
fn the_road_decides_between_letters_that_a_look_leaves_open() {
    let open = |a, b| outcome(&repeated_open(a, b), VehicleClass::Car).candidates[0].text.clone();
    assert_eq!(open('X', 'A'), "30A12345");
    assert_eq!(open('A', 'X'), "30A12345");
}

/// Two looks a little for `a`, against `b`, as series letter.
fn repeated_open(a: char, b: char) -> Ballot {
    ballot(&vec![reading(&format!("30{a}12345"), 0.995, &[(2, b, 0.4)]); 2])
}

#[test]
fn the_row_split_and_the_vehicle_tell_the_kind() {
    let kind = |rows: &str, vehicle| outcome(&repeated(rows, 0.998, 4), vehicle).key.map(|k| k.kind);
    assert_eq!(kind("30A/12345", VehicleClass::Car), Some(PlateKind::Car));
    assert_eq!(kind("30A1/2345", VehicleClass::Motorcycle), Some(PlateKind::Motorcycle));
    assert_eq!(kind("29KT/12345", VehicleClass::Truck), Some(PlateKind::Car));
    assert_eq!(kind("29KT/12345", VehicleClass::Motorcycle), Some(PlateKind::Motorcycle));
    assert_eq!(kind("29KT/12345", VehicleClass::Unknown), None);
    assert_eq!(kind("51RM12345", VehicleClass::Truck), Some(PlateKind::Trailer));
}

#[test]
fn a_trailer_says_nothing_of_its_tractors_province() {
    let said = outcome(&repeated("51RM12345", 0.999, 8), VehicleClass::Truck);
    assert_eq!((said.state, said.verdict, said.province), (PlateState::Read, Verdict::Undetermined, None));
}

#[test]
fn rows_that_differ_between_looks_leave_the_kind_open() {
    let both = [reading("30A/12345", 0.99, &[]), reading("30A1/2345", 0.99, &[])];
    let said = outcome(&ballot(&[both.clone(), both].concat()), VehicleClass::Unknown);
    assert_eq!((said.state, said.key), (PlateState::Undetermined, None));
    assert_eq!(said.candidates[0].text, "30A12345");
}

#[test]
fn the_verdict_follows_the_date() {
    let bac_kan = repeated("97A/12345", 0.998, 4);
    let on = |d| outcome_on(&bac_kan, VehicleClass::Car, d).verdict;
    assert_eq!(on(jiff::civil::date(2025, 6, 30)), Verdict::Outside);
    assert_eq!(on(jiff::civil::date(2025, 7, 1)), Verdict::Home);
}

#[test]
fn plates_of_no_province_have_none() {
    for rows in ["80A12345", "80441NG02"] {
        let said = outcome(&repeated(rows, 0.999, 8), VehicleClass::Car);
        assert_eq!(
            (said.state, said.verdict, said.province),
            (PlateState::Read, Verdict::NoProvince, None),
            "{rows}"
        );
    }
}

#[test]
fn army_plates_need_red_or_a_known_unit() {
    let with = |rows: &str, colour| {
        let mut ballot = repeated(rows, 0.999, 12);
        ballot.looks.iter_mut().for_each(|l| l.colour = colour);
        let said = outcome(&ballot, VehicleClass::Truck);
        (said.state, said.verdict)
    };
    assert_eq!(with("TM1234", PlateColour::Red), (PlateState::Read, Verdict::NoProvince));
    assert_eq!(with("ZZ1234", PlateColour::Red), (PlateState::Read, Verdict::NoProvince));
    assert_eq!(with("TM1234", PlateColour::Unknown), (PlateState::Read, Verdict::NoProvince));
    assert_eq!(with("ZZ1234", PlateColour::Unknown), (PlateState::Undetermined, Verdict::Undetermined));
    assert_eq!(with("TM1234", PlateColour::White).0, PlateState::Undetermined);
}

#[test]
fn contradicting_looks_are_undetermined_and_keep_both() {
    let (a, b) = (reading("30A12345", 0.995, &[]), reading("29C67890", 0.995, &[]));
    let said = outcome(&ballot(&[a.clone(), b.clone(), a, b]), VehicleClass::Car);
    assert_eq!(
        (said.state, said.verdict, said.province),
        (PlateState::Undetermined, Verdict::Undetermined, None)
    );
    let texts: Vec<_> = said.candidates.iter().map(|c| c.text.as_str()).collect();
    assert!(texts.contains(&"30A12345") && texts.contains(&"29C67890"), "{texts:?}");
}

#[test]
fn one_look_must_be_wide_and_sure() {
    let one = |p, width| {
        let mut ballot = ballot(&[reading("30A12345", p, &[])]);
        ballot.looks[0].plate_width_px = width;
        outcome(&ballot, VehicleClass::Car).state
    };
    assert_eq!(one(0.999, 90.0), PlateState::Read);
    assert_eq!(one(0.999, 50.0), PlateState::Undetermined);
    assert_eq!(one(0.99, 90.0), PlateState::Undetermined);
}

#[test]
fn doubt_is_settled_by_grammar_only_where_looks_support_it() {
    // The third character: 4 or A, each look a little for 4; a car's third character is a letter.
    let doubtful = reading("30412345", 0.995, &[(2, 'A', 0.45)]);
    let said = outcome(&ballot(&vec![doubtful; 6]), VehicleClass::Car);
    assert_eq!(said.candidates[0].text, "30A12345");
    // Sure of a 4: nothing speaks for a letter, nothing is put there.
    let said = outcome(&repeated("30412345", 0.998, 6), VehicleClass::Car);
    assert_eq!((said.state, said.candidates[0].text.as_str()), (PlateState::Undetermined, "30412345"));
}

#[test]
fn a_missing_character_does_not_lose_the_look() {
    let whole = reading("30A12345", 0.98, &[]);
    let short = reading("30A1234", 0.9, &[]);
    let with = outcome(&ballot(&[whole.clone(), short.clone(), whole.clone()]), VehicleClass::Car);
    assert_eq!(with.candidates[0].text, "30A12345");
    assert!(with.candidates[0].p > 0.8, "{:?}", with.candidates);
}

#[test]
fn a_motorbikes_plate_is_not_read_on_a_car() {
    let said = outcome(&repeated("29B1/12345", 0.999, 10), VehicleClass::Car);
    assert_eq!((said.state, said.verdict), (PlateState::Undetermined, Verdict::Undetermined));
    assert_eq!(said.candidates[0].text, "29B112345");
}

#[test]
fn british_plates_are_foreign_at_most() {
    for rows in ["AB12CDE", "LR33TEE", "BD51SMR"] {
        let said = outcome(&repeated(rows, 0.995, 6), VehicleClass::Car);
        assert_eq!(
            (said.state, said.key, said.verdict),
            (PlateState::Undetermined, None, Verdict::Foreign),
            "{rows}"
        );
        let said = outcome(&repeated(rows, 0.995, 1), VehicleClass::Car);
        assert_eq!((said.state, said.verdict), (PlateState::Undetermined, Verdict::Undetermined), "{rows}");
    }
    // A covered Vietnamese plate is not foreign, however sure its rest.
    for rows in ["P123ABC", "30A123", "A12345", "12345", "3OA12345", "13A12345"] {
        let said = outcome(&repeated(rows, 0.999, 20), VehicleClass::Car);
        assert_eq!((said.state, said.verdict), (PlateState::Undetermined, Verdict::Undetermined), "{rows}");
    }
}

#[test]
fn the_barred_d_stays_in_the_key() {
    let said = outcome(&repeated("29MĐ1/12345", 0.999, 6), VehicleClass::Motorcycle);
    assert_eq!(said.key.map(|k| k.text).as_deref(), Some("29MĐ112345"));
    assert_eq!(said.class, Some(PlateClass::MotoElectric));
}

#[test]
fn no_plate_is_not_visible_and_an_empty_reading_is_undetermined() {
    let mut ballot = Ballot::new();
    assert_eq!(outcome(&ballot, VehicleClass::Motorcycle).state, PlateState::NotVisible);
    ballot.add_empty();
    let said = outcome(&ballot, VehicleClass::Motorcycle);
    assert_eq!((said.state, said.looks, said.verdict), (PlateState::NotVisible, 1, Verdict::Undetermined));
    ballot.add(look(0.0, PlateReading { rows: vec![], confidence: 0.0 }));
    let said = outcome(&ballot, VehicleClass::Motorcycle);
    assert_eq!((said.state, said.looks, said.candidates.len()), (PlateState::Undetermined, 2, 0));
}

#[test]
fn settled_needs_agreement_time_and_width() {
    assert!(repeated("30A12345", 0.995, 4).settled());
    assert!(!repeated("30A12345", 0.995, 3).settled(), "spans a quarter of a second only");
    assert!(!repeated("30412345", 0.995, 6).settled(), "no plate");
    assert!(!repeated("30A12345", 0.95, 6).settled(), "not confident");
    let mut split = repeated("30A12345", 0.995, 4);
    split.add(look(1.0, reading("30A12346", 0.99, &[])));
    assert!(!split.settled(), "one says otherwise");
}

#[test]
fn very_many_looks_are_bounded_and_the_strong_ones_stay() {
    let mut ballot = repeated("30A12345", 0.995, 5);
    for n in 0..200 {
        ballot.add(look(1.0 + f64::from(n) * 0.1, reading("11A11111", 0.6, &[])));
    }
    assert_eq!((ballot.looks().len(), ballot.tried()), (MAX_LOOKS, 205));
    assert_eq!(ballot.best_look("30A12345").map(|l| l.reading.text()).as_deref(), Some("30A12345"));
}

#[test]
fn pieces_of_a_track_vote_together() {
    let mut first = repeated("30A12345", 0.99, 1);
    first.append(repeated("30A12345", 0.99, 2));
    first.add_empty();
    assert_eq!((first.looks().len(), first.tried()), (3, 4));
}

#[test]
fn colour_needs_a_clear_majority() {
    let with = |colours: &[PlateColour]| {
        let mut ballot = repeated("30A12345", 0.99, colours.len());
        ballot.looks.iter_mut().zip(colours).for_each(|(l, c)| l.colour = *c);
        ballot.colour()
    };
    use PlateColour::*;
    assert_eq!(with(&[Yellow, Yellow, Yellow, White]), Yellow);
    assert_eq!(with(&[Yellow, Yellow, White]), Unknown);
    assert_eq!(with(&[Yellow, Unknown, Unknown]), Unknown);
    assert_eq!(with(&[]), Unknown);
}

fn any_slot() -> impl Strategy<Value = Slot> {
    let any_char = || prop::sample::select("0123456789ABCDEFGHKLMNPQRSTUVXYZĐ".chars().collect::<Vec<_>>());
    (any_char(), 0.5f32..1.0, any_char(), 0.0f32..1.0).prop_map(|(c, p, other, share)| {
        let others = if other == c { vec![] } else { vec![(other, (1.0 - p) * share)] };
        Slot { c, p, others }
    })
}

fn any_reading() -> impl Strategy<Value = PlateReading> {
    (prop::collection::vec(prop::collection::vec(any_slot(), 1..6), 0..3), 0.0f32..1.0)
        .prop_map(|(rows, confidence)| PlateReading { rows, confidence })
}

/// A reading of this plate in which some characters are doubtful or wrong.
fn noisy_reading(text: &'static str) -> impl Strategy<Value = PlateReading> {
    prop::collection::vec((0usize..8, any_slot()), 0..3).prop_map(move |faults| {
        let mut r = reading(text, 0.99, &[]);
        for (at, slot) in faults {
            if let Some(place) = r.rows.iter_mut().flatten().nth(at) {
                *place = slot;
            }
        }
        r.confidence = r.rows.iter().flatten().map(|s| s.p).product();
        r
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn any_looks_give_a_sound_outcome(readings in prop::collection::vec(any_reading(), 0..8), bits in any::<u32>()) {
        let mut ballot = ballot(&readings);
        ballot.add(Look {
            stream_s: f64::from(f32::from_bits(bits)),
            reading: PlateReading {
                rows: vec![vec![Slot { c: 'A', p: f32::from_bits(bits), others: vec![('B', f32::from_bits(!bits))] }]],
                confidence: f32::from_bits(bits),
            },
            plate_width_px: f32::from_bits(bits),
            plate_score: f32::from_bits(bits),
            colour: PlateColour::Unknown,
        });
        ballot.settled();
        let said = outcome(&ballot, VehicleClass::Car);
        prop_assert!((0.0..=1.0).contains(&said.confidence), "{}", said.confidence);
        prop_assert!(said.candidates.iter().map(|c| c.p).sum::<f32>() <= 1.0001);
        prop_assert_eq!(said.state == PlateState::Read, said.key.is_some());
        prop_assert!(said.state == PlateState::Read || said.province.is_none());
    }

    // Looks that see another number of rows do not agree: whichever is right, one of them misread the plate.
    #[test]
    fn a_look_that_agrees_never_lowers_the_belief(
        (readings, more) in prop::sample::select(vec!["30A/12345", "30A12345"]).prop_flat_map(|plate| {
            (prop::collection::vec(noisy_reading(plate), 1..8), noisy_reading(plate))
        })
    ) {
        let before = outcome(&ballot(&readings), VehicleClass::Unknown);
        let after = outcome(&ballot(&[readings, vec![more.clone()]].concat()), VehicleClass::Unknown);
        let text = more.text();
        let p = |said: &PlateOutcome| said.candidates.iter().find(|c| c.text == text).map_or(0.0, |c| c.p);
        prop_assert!(p(&after) >= p(&before) - 2e-3, "{} {} -> {}", text, p(&before), p(&after));
    }
}

fn lorry_beside(plate: &Ballot, painted: &Ballot) -> PlateOutcome {
    let date = jiff::civil::date(2026, 3, 14);
    let rules = Rules { alone_confidence: f32::INFINITY, ..Rules::default() };
    plate.outcome_beside(painted, &Context { vehicle: VehicleClass::Truck, date, home: &home(), rules })
}

fn key(said: &PlateOutcome) -> Option<&str> {
    said.key.as_ref().map(|k| k.text.as_str())
}

#[test]
fn a_painted_number_that_says_the_same_confirms_a_read() {
    let plate = repeated("29C/12345", 0.999, 2);
    let (alone, said) =
        (lorry_beside(&plate, &Ballot::new()), lorry_beside(&plate, &repeated("29C12345", 0.998, 3)));
    assert_eq!((key(&alone), alone.painted.as_deref()), (Some("29C12345"), None));
    assert_eq!((key(&said), said.painted.as_deref()), (Some("29C12345"), Some("29C12345")));
    assert!(said.confidence > alone.confidence);
    assert!(said.candidates.iter().all(|c| !c.painted));
}

#[test]
fn a_painted_number_settles_what_the_plate_leaves_open() {
    // Of the plate's last character a 6 and an 8 are about equally likely; the body says which.
    let open = reading("29C/12346", 0.999, &[(7, '8', 0.45)]);
    let plate = ballot(&[open.clone(), open.clone(), open]);
    let alone = lorry_beside(&plate, &Ballot::new());
    assert_eq!((alone.state, key(&alone)), (PlateState::Undetermined, None));
    let said = lorry_beside(&plate, &repeated("29C12348", 0.998, 3));
    assert_eq!(
        (said.state, key(&said), said.verdict),
        (PlateState::Read, Some("29C12348"), Verdict::Outside)
    );
    assert!(said.candidates[0].painted && said.candidates[0].text == "29C12348");
    assert!((said.candidates[0].p - said.confidence).abs() < 1e-6);
    assert!(said.candidates.iter().map(|c| c.p).sum::<f32>() <= 1.0 + 1e-6);
}

#[test]
fn a_painted_number_settles_nothing_that_the_plate_speaks_against() {
    let open = reading("29C/12346", 0.999, &[(7, '8', 0.45)]);
    let plate = ballot(&[open.clone(), open.clone(), open]);
    let said = lorry_beside(&plate, &repeated("51D67912", 0.998, 3));
    assert_eq!((said.state, key(&said)), (PlateState::Undetermined, None));
    assert_eq!(said.painted.as_deref(), Some("51D67912"), "it is told all the same");
    let witness = said.candidates.iter().find(|c| c.painted).expect("it is a candidate");
    assert!(witness.text == "51D67912" && witness.p < 0.5, "{said:?}");
    assert!(said.candidates.iter().map(|c| c.p).sum::<f32>() <= 1.0 + 1e-6);
}

#[test]
fn a_painted_number_needs_a_look_at_the_plate_that_nearly_reads_it() {
    // The reader made nothing of the plate, or something that is no plate's.
    for (rows, p) in [("", 0.0), ("2CI", 0.6), ("2CI", 0.95)] {
        let said = lorry_beside(&ballot(&vec![reading(rows, p, &[]); 2]), &repeated("29C12345", 0.999, 3));
        assert_eq!((said.state, key(&said)), (PlateState::Undetermined, None), "{rows} {p}: {said:?}");
        let witness = said.candidates.iter().find(|c| c.painted).expect("a candidate");
        assert!(witness.text == "29C12345" && witness.p <= 0.5, "{said:?}");
    }
    // An unread plate on a tractor is not its trailer's.
    let said = lorry_beside(&ballot(&[reading("2CI", 0.6, &[])]), &repeated("29R01234", 0.999, 3));
    assert_eq!((said.state, said.painted.as_deref()), (PlateState::Undetermined, Some("29R01234")));
    assert!(said.candidates.iter().all(|c| !c.painted));
}

#[test]
fn a_painted_number_settles_no_track_that_holds_two_vehicles() {
    let mut plate = repeated("29C/12345", 0.9, 3);
    plate.append(repeated("51D/67890", 0.95, 2));
    assert_eq!(lorry_beside(&plate, &Ballot::new()).state, PlateState::Undetermined);
    let said = lorry_beside(&plate, &repeated("29C12345", 0.999, 3));
    assert_eq!((said.state, key(&said)), (PlateState::Undetermined, None), "{said:?}");
}

#[test]
fn a_settled_plate_is_believed_no_more_than_a_painted_number_is() {
    let open = reading("29C/12346", 0.999, &[(7, '8', 0.49)]);
    let said = lorry_beside(&ballot(&[open.clone(), open]), &repeated("29C12348", 0.9999, 5));
    assert_eq!(key(&said), Some("29C12348"));
    assert!(said.confidence <= 0.995, "{}", said.confidence);
}

#[test]
fn a_painted_number_that_says_otherwise_makes_a_read_doubtful() {
    let said = lorry_beside(&repeated("29C/12345", 0.999, 3), &repeated("29C12346", 0.998, 3));
    assert_eq!((said.state, key(&said)), (PlateState::Read, Some("29C12345")));
    assert!(said.confidence <= Rules::default().min_confidence);
    let witness = said.candidates.iter().find(|c| c.painted).expect("named");
    assert_eq!(witness.text, "29C12346");
    assert!(said.candidates.iter().map(|c| c.p).sum::<f32>() <= 1.0 + 1e-6);
}

#[test]
fn a_painted_number_is_no_plate_and_a_trailers_contradicts_no_tractor() {
    let painted = repeated("29C12345", 0.998, 3);
    let hidden = lorry_beside(&Ballot::new(), &painted);
    assert_eq!((hidden.state, key(&hidden)), (PlateState::NotVisible, None));
    assert_eq!(hidden.painted.as_deref(), Some("29C12345"));
    let tractor = lorry_beside(&repeated("29C12345", 0.999, 3), &repeated("29R01234", 0.998, 3));
    assert_eq!((key(&tractor), tractor.painted.as_deref()), (Some("29C12345"), Some("29R01234")));
    assert!(tractor.confidence > 0.98 && tractor.candidates.iter().all(|c| !c.painted));
}

#[test]
fn candidates_say_painted_only_where_it_is_so() {
    let json = |painted| {
        let candidate = crate::domain::plate::Candidate { text: "29C12345".to_owned(), p: 0.5, painted };
        serde_json::to_string(&candidate).expect("JSON")
    };
    assert_eq!(json(false), r#"{"text":"29C12345","p":0.5}"#);
    assert_eq!(json(true), r#"{"text":"29C12345","p":0.5,"painted":true}"#);
}

#[test]
fn one_look_at_a_painted_number_is_none() {
    let rules = Rules { alone_confidence: f32::INFINITY, ..Rules::default() };
    let date = jiff::civil::date(2026, 3, 14);
    let context = Context { vehicle: VehicleClass::Truck, date, home: &home(), rules };
    let said = Ballot::new().outcome_beside(&repeated("29C12345", 0.999, 1), &context);
    assert_eq!(said.painted, None);
}

#[test]
fn what_is_no_plates_number_is_not_taken_for_a_painted_one() {
    for (text, may) in [
        ("29C12345", true),
        ("29C/12345", true),
        ("29R01234", true),
        ("0912345678", false),
        ("VANTAI", false),
        ("59C1/23456", false),
    ] {
        assert_eq!(may_be_painted(&reading(text, 0.99, &[])), may, "{text}");
    }
}

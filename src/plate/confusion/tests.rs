use proptest::prelude::*;

use super::*;
use crate::domain::plate::{Candidate, Layout};

const TRAFFIC: f64 = 300_000.0;

fn reading<'a>(text: &'a str, confidence: f32, candidates: &'a [Candidate]) -> Reading<'a> {
    Reading { text, confidence, candidates, condition: Condition::default() }
}

fn llr(a: &Reading, b: &Reading) -> f64 {
    Confusion::built_in().same_plate(a, b, &Coincidence::of(TRAFFIC))
}

#[test]
fn every_true_character_is_read_as_something() {
    let table = Confusion::built_in();
    for layout in [None, Some(Layout::OneLine), Some(Layout::TwoLine)] {
        for width_px in [None, Some(20.0), Some(60.0), Some(500.0)] {
            let at = Condition { layout, width_px };
            for &t in table.alphabet() {
                let read: f64 = table.alphabet().iter().map(|r| table.read_given_true(at, *r, t)).sum();
                assert!((read + table.drop_rate(at, t) - 1.0).abs() < 1e-9, "{t}");
                assert!(table.read_given_true(at, t, t) > 0.9, "{t}");
            }
        }
    }
}

#[test]
fn look_alikes_come_first() {
    let table = Confusion::built_in();
    let alike: Vec<char> = table.alike(Condition::default(), '8', 0.0).into_iter().map(|c| c.0).collect();
    assert!(alike[..5].contains(&'B') && alike[..5].contains(&'3'), "{alike:?}");
    assert!(alike.iter().position(|c| *c == '3') < alike.iter().position(|c| *c == '1'));
}

#[test]
fn counts_move_the_table_in_their_condition() {
    let text = "hanhtrinh-confusion 1\nalphabet 0123456789ABCDEFGHKLMNPQRSTUVXYZĐIJOW\nedges 60 100 # px\n\
                one_line 0 8 8 100\none_line 0 8 4 100\none_line 0 4 - 50\ntwo_line 2 - 1 10\n";
    let table = Confusion::parse(text).expect("a table");
    let at = |layout, width| Condition { layout: Some(layout), width_px: Some(width) };
    let narrow = at(Layout::OneLine, 59.0);
    assert!(table.read_given_true(narrow, '4', '8') > 0.35);
    assert!(table.read_given_true(at(Layout::OneLine, 60.0), '4', '8') < 0.01);
    assert!(table.read_given_true(Condition::default(), '4', '8') > 0.35, "pooled where nothing is known");
    assert!(table.drop_rate(narrow, '4') > 0.4);
    let wide = at(Layout::TwoLine, 100.0);
    assert!(table.insert_rate(wide, '1') > 5.0 * table.insert_rate(wide, '7'));
}

#[test]
fn a_faulty_text_is_refused_with_its_line() {
    let head = "hanhtrinh-confusion 1\nalphabet 01\nedges 60\n";
    for (text, says) in [
        ("alphabet 01", "first line"),
        ("hanhtrinh-confusion 1\none_line 0 0 1 1", "alphabet"),
        (&format!("{head}one_line 0 0 Z 1"), "line 4"),
        (&format!("{head}one_line 2 0 1 1"), "bands are 0 to 1"),
        (&format!("{head}one_line 0 - - 1"), "one of the two"),
        (&format!("{head}three_line 0 0 1 1"), "three_line"),
        (&format!("{head}one_line 0 0 1 -3"), "count"),
        ("hanhtrinh-confusion 1\nalphabet 00\nedges 60", "once"),
        ("hanhtrinh-confusion 1\nalphabet 01\nedges 60 50", "rise"),
    ] {
        let error = Confusion::parse(text).expect_err(text).to_string();
        assert!(error.contains(says), "{text:?}: {error}");
    }
}

#[test]
fn likely_misreads_of_one_plate_are_told_from_two_plates() {
    let sure = reading("29A12345", 0.999, &[]);
    let again = llr(&sure, &reading("29A12345", 0.99, &[]));
    let missing = llr(&sure, &reading("29A123?5", 0.9, &[]));
    let alike = llr(&sure, &reading("29A12346", 0.6, &[]));
    let unlike = llr(&sure, &reading("29A12341", 0.6, &[]));
    let sure_other = llr(&sure, &reading("29A12346", 0.9999, &[]));
    let far = llr(&sure, &reading("51F77788", 0.6, &[]));
    assert!(again > 10.0 && missing > 8.0 && alike > 4.0, "{again} {missing} {alike}");
    assert!(again > missing && missing > alike && alike > unlike && unlike > far, "{unlike} {far}");
    assert!(alike > sure_other + 5.0, "{sure_other}");
    assert!(far < 0.0, "{far}");
    // One character lost, or one too many.
    assert!(llr(&sure, &reading("29A1234", 0.5, &[])) > 3.0);
    assert!(llr(&sure, &reading("29A112345", 0.5, &[])) > 3.0);
    // Candidates speak for themselves.
    let named = [
        Candidate { text: "29A12346".into(), p: 0.6, painted: false },
        Candidate { text: "29A12341".into(), p: 0.3, painted: false },
    ];
    assert!(llr(&reading("29A12341", 0.999, &[]), &reading("29A12346", 0.6, &named)) > 10.0);
}

#[test]
fn a_fleet_makes_a_likeness_worth_less() {
    let (a, b) = (reading("29A12345", 0.999, &[]), reading("29A12346", 0.6, &[]));
    let table = Confusion::built_in();
    let alone = table.same_plate(&a, &b, &Coincidence { vehicles: TRAFFIC, alike: 0.0, unknown: 0.01 });
    let fleet = table.same_plate(&a, &b, &Coincidence { vehicles: TRAFFIC, alike: 0.6, unknown: 0.01 });
    assert!(alone > fleet + 3.0, "{alone} {fleet}");
}

#[test]
fn two_unsure_readings_may_share_a_third_text() {
    // Both may be 29A12348, misread once as 3 and once as 6.
    let (a, b) = (reading("29A12343", 0.3, &[]), reading("29A12346", 0.3, &[]));
    assert!(llr(&a, &b) > 0.0);
    assert!(llr(&a, &b) > llr(&a, &reading("29A12347", 0.3, &[])));
}

proptest! {
    #[test]
    fn it_is_the_same_from_both_sides_and_a_number(
        a in "[0-9A-Z?]{0,9}", b in "[0-9A-Z?]{0,9}", pa in 0.0f32..1.0, pb in 0.0f32..1.0,
    ) {
        let (a, b) = (reading(&a, pa, &[]), reading(&b, pb, &[]));
        let (ab, ba) = (llr(&a, &b), llr(&b, &a));
        prop_assert!(ab.is_finite() && (ab - ba).abs() < 1e-9);
    }

    #[test]
    fn belief_is_a_share(read in "[0-9A-Z]{7,9}", truth in "[0-9A-ZĐ]{6,10}", p in 0.0f32..1.0) {
        let belief = Confusion::built_in().belief(&reading(&read, p, &[]), &truth);
        prop_assert!((0.0..=1.0).contains(&belief));
    }
}

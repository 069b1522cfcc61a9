use super::*;
use crate::measure::{Edit, Fault, FrameTruth, Reason, cases, group_figures, wilson95};

fn pass(id: &str, second: u32, plate: &str, readable: bool, held_out: bool) -> String {
    format!(
        r#"{{"id":"{id}","camera":"a","crossed_at":"2026-03-14T09:30:{second:02}+07:00","direction":"in","class":"car","layout":"one_line","plate":"{plate}","trailer_plate":null,"plate_width_px":120,"readable":{readable},"verdict":"outside","vehicle":"v","held_out":{held_out}}}"#
    )
}

fn passage(id: &str, second: f64, plate: Option<&str>) -> Passage {
    let at: jiff::Timestamp = "2026-03-14T09:30:00+07:00".parse().expect("a time");
    let at = at + jiff::SignedDuration::from_millis((second * 1000.0) as i64);
    let text = serde_json::json!({
        "id": id, "revision": 1, "camera": "a", "gate": "g", "lane": null, "role": "gateway", "direction": "in",
        "crossed_at": at.to_string(), "first_seen": null, "last_seen": null, "stream_s": second,
        "clock": "free", "class": "car", "colour": null, "plate": plate,
        "plate_kind": plate.map(|_| "car"), "plate_state": if plate.is_some() { "read" } else { "undetermined" },
        "confidence": 0.99, "candidates": [], "layout": null, "plate_class": null, "plate_colour": "white",
        "trailer_plate": null, "painted_number": null, "province": null,
        "verdict": if plate.is_some() { "outside" } else { "undetermined" }, "looks": 3,
        "pictures": {"frame": null, "vehicle": null, "plate": null}, "models": "", "config": ""
    });
    serde_json::from_value(text).expect("a passage")
}

fn journey(plate: &str, legs: &[&str]) -> Journey {
    let leg = |id: &&str| {
        serde_json::json!({"passage": id, "camera": "a", "at": "2026-03-14T09:30:10+07:00",
            "direction": "in", "p": 1.0, "why": "same plate"})
    };
    let text = serde_json::json!({
        "id": "j1", "plate": plate, "plate_kind": "car", "class": "car", "verdict": "outside",
        "origin": {"code": "30", "province_2021": "Hà Nội", "province_now": "Hà Nội"}, "state": "inside",
        "entry_seen": true, "exit_seen": false, "entered_at": "2026-03-14T09:30:10+07:00", "entered_by": "g",
        "left_at": null, "left_by": null, "last_seen_at": "2026-03-14T09:30:40+07:00", "last_seen_by": "a",
        "legs": legs.iter().map(leg).collect::<Vec<_>>(), "outages": []
    });
    serde_json::from_value(text).expect("a journey")
}

#[test]
fn every_kind_of_mistake_is_counted_once() {
    let passes = [
        pass("t1", 10, "30A12345", true, true),
        pass("t2", 20, "30A12346", true, false),
        pass("t3", 30, "30A12347", true, false),
        pass("t4", 40, "30A12348", false, false),
        pass("t5", 50, "30A12349", true, false),
    ];
    let truth = Truth::parse(&passes.join("\n"), "").expect("truth");
    let recorded = [
        passage("p1", 10.4, Some("30A12345")), // right
        passage("p2", 20.0, Some("30A12999")), // wrong
        passage("p3", 29.5, None),             // undetermined
        passage("p4", 40.0, Some("30A99999")), // an answer on an unreadable one
        passage("p6", 12.0, None),             // false, its nearest true one held out
    ];
    let judged = judge(&truth, &recorded, &[]);
    let expected = Counts {
        passages: 5,
        readable: 4,
        found: 4,
        plate_exact: 1,
        plate_wrong: 2,
        undetermined: 1,
        false_passages: 1,
        verdict_undetermined: 1,
        ..Counts::default()
    };
    assert_eq!(judged.all, expected);
    assert_eq!(judged.held_out.plate_exact, 1);
    assert_eq!(judged.held_out.false_passages, 1);
    assert_eq!(judged.unmatched, [4]);

    let widths = &judged.by["width"];
    assert_eq!(widths["100-140"].passages, 5, "all are 120 px wide");
    assert!(!judged.by.contains_key("light"), "the truth says nothing of it");
    let figures = &group_figures(&judged.by)["camera"]["a"];
    assert_eq!((figures.found, figures.plate_exact, figures.false_passages), (4, 1, Some(1)));
    assert_eq!(figures.found_wilson95, wilson95(4, 5));
    assert_eq!(group_figures(&judged.by)["width"]["100-140"].false_passages, None);
    assert_eq!(judged.held_out_by["class"]["car"].false_passages, 1);
}

#[test]
fn two_that_cross_within_a_second_are_told_apart_by_plate_and_class() {
    let passes = [
        pass("lorry", 10, "30A12345", true, false).replace("\"car\"", "\"truck\""),
        pass("bike", 10, "29B112345", true, false)
            .replace("\"car\"", "\"motorcycle\"")
            .replace("09:30:10", "09:30:10.7"),
    ];
    let truth = Truth::parse(&passes.join("\n"), "").expect("truth");
    let class = |passage: Passage, class| Passage { class, ..passage };
    let matched = |recorded: &[Passage]| judge(&truth, recorded, &[]).matched;
    let lorry = |at| class(passage("p1", at, Some("30A12345")), VehicleClass::Truck);
    let bike = |at, plate| class(passage("p2", at, plate), VehicleClass::Motorcycle);

    // Each is recorded at the other's time.
    assert_eq!(matched(&[lorry(10.7), bike(10.0, Some("29B112345"))]), [Some(0), Some(1)]);
    assert_eq!(matched(&[lorry(10.7), bike(10.0, None)]), [Some(0), Some(1)]);
    // One of them is missing: it is the one whose plate was not read.
    assert_eq!(matched(&[lorry(10.6)]), [Some(0), None]);
    // A misread plate stays its own vehicle's, though the other has no partner, or a record that says nothing lies near.
    assert_eq!(
        matched(&[class(passage("p1", 10.1, Some("51F99999")), VehicleClass::Truck)]),
        [Some(0), None]
    );
    assert_eq!(
        matched(&[
            class(passage("p1", 10.0, Some("51F99999")), VehicleClass::Truck),
            class(passage("p3", 9.8, None), VehicleClass::Truck),
            bike(10.7, Some("29B112345")),
        ]),
        [Some(0), Some(2)]
    );
}

#[test]
fn an_answer_with_another_plate_is_wrong_wherever_a_vehicle_is_within_reach() {
    let passes = [pass("t1", 10, "30A12345", true, false), pass("t2", 20, "30A12346", true, false)];
    let truth = Truth::parse(&passes.join("\n"), "").expect("truth");
    let other = Passage { class: VehicleClass::Bus, ..passage("p1", 10.9, Some("88H77777")) };
    let judged = judge(&truth, &[other, passage("p2", 18.5, Some("30A12346"))], &[]);
    assert_eq!((judged.all.plate_wrong, judged.all.plate_exact), (1, 0));
    // The right plate reaches no further than any other.
    assert_eq!((judged.matched, judged.unmatched), (vec![Some(0), None], vec![1]));
}

#[test]
fn groups_add_up_to_the_whole() {
    let lights = ["day", "night", "day"];
    let passes: Vec<String> = (0..3)
        .map(|i| {
            let light = format!("\"light\":\"{}\",\"held_out\"", lights[i]);
            let width = ["39.6", "null", "141"][i];
            pass(&format!("t{i}"), 10 * (i as u32 + 1), "30A12345", true, i == 1)
                .replace("\"held_out\"", &light)
                .replace(":120,", &format!(":{width},"))
        })
        .collect();
    let truth = Truth::parse(&passes.join("\n"), "").expect("truth");
    let judged = judge(&truth, &[passage("p1", 10.0, Some("30A12345")), passage("p9", 19.0, None)], &[]);
    for (by, groups) in &judged.by {
        let mut sum = Counts::default();
        groups.values().for_each(|c| sum.add(c));
        let whole = Counts { false_passages: sum.false_passages, ..judged.all.clone() };
        assert_eq!(sum, whole, "{by}");
    }
    let names: Vec<&str> = judged.by["width"].keys().map(String::as_str).collect();
    assert_eq!(names, ["140+", "<40", "none"]);
    assert_eq!((judged.by["light"]["night"].passages, judged.by["light"]["day"].found), (1, 1));
    assert_eq!(judged.held_out_by["light"].keys().collect::<Vec<_>>(), ["night"]);
}

#[test]
fn a_journey_is_exact_when_all_of_it_is() {
    let passes = [pass("t1", 10, "30A12345", true, false), pass("t2", 40, "30A12345", true, false)];
    let lines = r#"{"plate":"30A12345","passes":["t1","t2"],"entered_at":"2026-03-14T09:30:10+07:00","left_at":null,"state":"inside"}"#;
    let truth = Truth::parse(&passes.join("\n"), lines).expect("truth");
    let recorded = [passage("p1", 10.0, Some("30A12345")), passage("p2", 40.0, Some("30A12345"))];
    let right = judge(&truth, &recorded, &[journey("30A12345", &["p1", "p2"])]);
    assert_eq!((right.all.journeys_exact, right.all.links, right.all.links_right), (1, 1, 1));
    let short = judge(&truth, &recorded, &[journey("30A12345", &["p1"])]);
    assert_eq!((short.all.journeys_exact, short.all.links_right, short.all.links_wrong), (0, 0, 0));
    let far = [pass("t1", 10, "30A12345", true, false), pass("t2", 40, "30A12345", false, false)];
    let far = Truth::parse(&far.join("\n"), lines).expect("truth");
    let unread = judge(&far, &recorded, &[]);
    assert_eq!((right.all.journeys_readable, right.all.journeys_readable_exact), (1, 1));
    assert_eq!((short.all.journeys_readable, short.all.journeys_readable_exact), (1, 0));
    assert_eq!((unread.all.journeys, unread.all.journeys_readable), (1, 0));
    let turned = judge(&truth, &recorded, &[journey("30A12345", &["p2", "p1"])]);
    assert_eq!((turned.all.journeys_exact, turned.all.links_right, turned.all.links_wrong), (0, 0, 1));
}

#[test]
fn truth_that_names_what_is_not_there_is_refused() {
    let journey = r#"{"plate":"X","passes":["t9"],"entered_at":null,"left_at":null,"state":"left"}"#;
    assert!(Truth::parse("", journey).expect_err("t9 is not there").to_string().contains("t9"));
    let error = Truth::parse("\n{\"id\":1}\n", "").expect_err("no pass").to_string();
    assert!(error.starts_with("passes.jsonl:2: "), "{error}");
}

#[test]
fn every_difference_is_a_case_with_its_reasons() {
    let passes = [
        pass("right", 10, "30A12345", true, false),
        pass("wrong", 20, "30A12346", true, false).replace(":120,", ":41,"),
        pass("missed", 30, "30A12347", true, false),
        pass("unread", 31, "30A12348", true, false)
            .replace("\"held_out\"", "\"plate_visible\":0.4,\"held_out\""),
        pass("hidden", 50, "30A12349", false, false),
    ];
    let truth = Truth::parse(&passes.join("\n"), "").expect("truth");
    let recorded = [
        passage("p1", 10.0, Some("30A12345")),
        passage("p2", 20.0, Some("30A12B46")),
        passage("p4", 31.2, None),
        passage("p5", 50.0, None),
        passage("p6", 27.0, Some("30A12347")),
    ];
    let judged = judge(&truth, &recorded, &[]);
    let line = r#"{"t":20,"vehicles":[{"vehicle":"v","box":[0,0,9,9],"visible":0.3,"cut":true}]}"#;
    let frames = FrameTruth::parse(line).expect("frames");
    let found =
        cases(&truth, &recorded, &judged, |p| (p.id == "wrong").then(|| frames.vehicle_at(20.0, "v"))?);
    let told: Vec<(Fault, Option<usize>, Option<usize>)> =
        found.iter().map(|c| (c.faults[0], c.pass, c.passage)).collect();
    assert_eq!(
        told,
        [
            (Fault::PlateWrong, Some(1), Some(1)),
            (Fault::Missed, Some(2), None),
            (Fault::False, None, Some(4)),
            (Fault::Undetermined, Some(3), Some(2)),
        ]
    );
    let mistake = Edit { truth: Some('3'), read: Some('B') };
    let reasons = vec![
        Reason::Narrow(41.0),
        Reason::VehicleHidden(0.7),
        Reason::AtEdge,
        Reason::Mistaken(vec![mistake]),
    ];
    assert_eq!(found[0].reasons, reasons);
    assert_eq!(found[1].reasons, [Reason::Neighbour(1.0), Reason::NearestRecord(-3.0)]);
    assert_eq!(found[2].reasons, [Reason::NearestTruth(3.0, "missed".to_owned())]);
    assert_eq!(found[3].reasons, [Reason::PlateHidden(0.6), Reason::FewLooks(3)]);
}

#[test]
fn a_painted_number_is_judged_by_plate_and_trailer() {
    let truth = pass("t1", 10, "30A12345", true, false) + "\n" + &pass("t2", 20, "30A12346", true, false);
    let truth = truth.replacen("\"trailer_plate\":null", "\"trailer_plate\":\"51R01234\"", 1);
    let truth = Truth::parse(&truth, "").expect("truth");
    let with = |id: &str, second, number: Option<&str>| Passage {
        painted_number: number.map(str::to_owned),
        ..passage(id, second, None)
    };
    let judged = |first, second| {
        let counts = judge(&truth, &[with("p1", 10.0, first), with("p2", 20.0, second)], &[]).all;
        (counts.painted_right, counts.painted_wrong)
    };
    assert_eq!(judged(Some("51R01234"), Some("30A12346")), (2, 0));
    assert_eq!(judged(Some("30A12345"), Some("30A12345")), (1, 1));
    assert_eq!(judged(None, None), (0, 0));
}

//! English.

use super::{Headings, Sentences, Words};
use crate::domain::detection::{VehicleClass, VehicleColour};
use crate::domain::journey::JourneyState;
use crate::domain::place::Direction;
use crate::domain::plate::Verdict;

/// What the program says in English.
pub static WORDS: Words = Words {
    head: Headings {
        time: "time",
        camera: "camera",
        gate: "gate",
        direction: "direction",
        plate: "plate",
        class: "class",
        colour: "colour",
        verdict: "verdict",
        issued_in: "issued in",
        confidence: "confidence",
        picture: "picture",
        state: "state",
        entered: "entered",
        left: "left",
        last_seen: "last seen",
        passages: "passages",
        outages: "outages",
    },
    say: Sentences {
        nothing_found: "nothing found",
        not_seen: "not seen",
        purpose_missing: "--purpose is missing: a question about a plate needs its reason, a case number or words; \
                          it is recorded with your login",
        no_store_given: "give --config FILE or --store DIR",
        unknown_name: |flag, name| format!("--{flag}: `{name}` is not known here"),
        unknown_word: |flag, word, known| format!("--{flag}: `{word}` is none of {}", known.join(", ")),
        did_you_mean: |word| format!("; did you mean `{word}`?"),
        known_are: |known| format!("; known are {}", known.join(", ")),
        no_share: |flag, number| format!("--{flag}: {number} is no share; give 0 to 1"),
        no_time: |flag, text| {
            format!(
                "--{flag}: `{text}` is no time that is understood; write 14/03/2026, 14/03/2026 09:30, 7h30, 3pm, \
                 yesterday 7h30, this morning, hôm qua 7h30, 3 giờ chiều, tối qua, 2 giờ qua, or ISO 8601"
            )
        },
        ends_before_it_begins: |from, to| {
            format!("--to ({to}) lies before --from ({from}); exchange the two, or write the day too")
        },
        built_in_table: |why| format!("{why}; meanwhile look-alikes are weighed by the built-in table"),
        no_length: |flag, text| {
            format!("--{flag}: `{text}` is no length of time; write 90m, 12h, 3d or 2 giờ")
        },
        no_plate: |text| {
            format!(
                "`{text}` is no plate of any class that is known; write it like 30A-123.45 or 29-B1 123.45"
            )
        },
        part_of_plate: |text| {
            format!("`{text}` is a part of a plate; look for it with `hanhtrinh search \"{text}\"`")
        },
        no_store: |dir| {
            format!("no store in {dir}: give the folder of a store, or start one with `hanhtrinh run`")
        },
        no_rights: |path| {
            format!(
                "{path}: you lack the right; this user needs to write the folder, for questions too, as they are put \
                 on record"
            )
        },
        no_file: |path| format!("{path}: there is no such file or folder"),
        no_utf8: |path| format!("{path}: is no text in UTF-8; save it from the spreadsheet as CSV UTF-8"),
        cut_off: |n| {
            format!("the first {n} are shown and there are more; --limit NUMBER shows as many as you say")
        },
        no_province: |flag, name, near| {
            let near = near.map(|n| format!(" (did you mean \"{n}\"?)")).unwrap_or_default();
            format!(
                "--{flag}: no province is called \"{name}\"{near}; write a code, or one of the 63 names before \
                 2025-07-01 or the 34 since, with or without accents"
            )
        },
    },
    verdict: |verdict| match verdict {
        Verdict::Home => "home",
        Verdict::Outside => "outside",
        Verdict::NoProvince => "no province",
        Verdict::Foreign => "foreign",
        Verdict::Undetermined => "undetermined",
    },
    direction: |direction| match direction {
        Direction::In => "in",
        Direction::Out => "out",
        Direction::Seen => "seen",
    },
    class: |class| match class {
        VehicleClass::Car => "car",
        VehicleClass::Motorcycle => "motorcycle",
        VehicleClass::Bus => "bus",
        VehicleClass::Truck => "truck",
        VehicleClass::Unknown => "unknown",
    },
    colour: |colour| match colour {
        VehicleColour::White => "white",
        VehicleColour::Grey => "grey",
        VehicleColour::Black => "black",
        VehicleColour::Red => "red",
        VehicleColour::Orange => "orange",
        VehicleColour::Yellow => "yellow",
        VehicleColour::Green => "green",
        VehicleColour::Blue => "blue",
    },
    state: |state| match state {
        JourneyState::Inside => "inside",
        JourneyState::Left => "left",
        JourneyState::Lost => "lost",
    },
    outage: |state| match state {
        "auth_failed" => "wrong password",
        other => other,
    },
    keep: &super::keep::en::KEEP,
    ask: &super::ask::en::ASK,
    judge: &super::judge::en::JUDGE,
    usage: &super::usage::en::USAGE,
    why: str::to_owned,
};

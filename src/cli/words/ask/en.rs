//! English.

use super::AskWords;
use crate::domain::plate::PlateKind;

/// What these verbs say in English.
pub static ASK: AskWords = AskWords {
    one_each: |wider| {
        format!("each ? stands for exactly one character; * stands for any number of them, as in \"{wider}\"")
    },
    lost_not_inside: |hours| {
        format!(
            "what was not seen for {hours} hours counts as lost, no more as inside; `hanhtrinh journeys` lists it"
        )
    },
    trace_empty: |plate| {
        format!(
            "nothing is recorded of {plate}; `hanhtrinh search {plate}` also finds plates that look like it"
        )
    },
    inside_empty: |at, hours| {
        let at = at.map_or_else(|| "is inside now".to_owned(), |at| format!("was inside at {at}"));
        format!(
            "none of those asked for {at}; what was not seen for {hours} hours counts as lost: \
             `hanhtrinh journeys` lists it"
        )
    },
    match_: "match",
    likeness: "likeness",
    first_seen: "first seen",
    leg: "since the one before",
    km: "km",
    speed: "km/h",
    reason: "joined by",
    perhaps_between: |n| match n {
        0 => "it may not be the next".to_owned(),
        1 => "1 more passage may lie between".to_owned(),
        n => format!("{n} more passages may lie between"),
    },
    since: "since",
    vehicles: "vehicles",
    up_to_1h: "up to 1 h",
    up_to_12h: "1-12 h",
    up_to_1d: "12-24 h",
    longer: "longer",
    meetings: "met",
    met_at: "where",
    chance: "by chance",
    first: "first",
    second: "then",
    pictures: "pictures",
    journeys: "journeys",
    days: "days",
    last: "last",
    all: "all",
    read_rate: "read, of visible",
    bar: "",
    hour: "hour",
    day: "day",
    exact: "exact",
    pattern: "pattern",
    alike: "alike",
    plate_kind: |kind| match kind {
        PlateKind::Car => "car",
        PlateKind::Motorcycle => "motorcycle",
        PlateKind::Trailer => "trailer",
    },
    never: "never seen",
    no_outage: "none",
    clone_hint: "A hint, not a proof: a plate may be read wrongly, moved to another vehicle, or a clock may be off. Look at both \
                 pictures.",
    chance_hint: "by chance: how likely the traffic of those times alone has such a vehicle; near 1 it means nothing.",
    more: |shown| format!("{shown} are shown; there are more (--limit)"),
    period: |from, to| format!("from {from} to {to}"),
    written: |file| format!("written: {file}"),
    report_title: "Vehicles at the gates",
    by_hour: "By hour of the day",
    by_day: "By day",
    by_gate: "By gate",
    by_origin: "By the province that issued the plate",
    by_class: "By vehicle class",
    by_camera: "Plates read, by camera",
    map: "Gates and origins",
    map_note: "Squares: gates. Circles: provinces that issued the plates, at about the place of their seat; as large as \
               their passages are many. Where a plate was issued says nothing of where its owner lives.",
    none: |by| match by {
        "hour" | "day" => "no date",
        "gate" => "at no gate",
        "entry" => "entry not seen",
        "origin" => "no province known",
        _ => "none",
    },
    language: "en",
};

//! English.

use super::{Keep, KeepHeadings};
use crate::domain::plate::PlateState;
use crate::domain::time::ClockQuality;
use crate::domain::watch::{AlertState, WatchHow};
use crate::store::{Deed, WatchPut};

/// What these verbs say in English.
pub static KEEP: Keep = Keep {
    head: KeepHeadings {
        number: "no.",
        who: "who",
        what: "what",
        verb: "verb",
        query: "query",
        purpose: "purpose",
        results: "results",
        how: "how",
        reason: "reason",
        added: "added",
        until: "until",
        removed: "taken off",
        event: "event",
        probability: "probability",
        passage: "passage",
        delivered: "delivered",
        why: "why",
        candidates: "may be",
        hints: "perhaps also",
        looks: "looks",
        painted: "painted number",
        id: "name",
        revision: "revision",
        lane: "lane",
        seen: "in view",
        clock: "clock",
        plate_state: "plate is",
        program_read: "the program reads",
        corrected: "corrected",
        earlier: "earlier revisions",
        journey: "journey",
        alerts: "alerts",
        frame: "picture of the frame",
        vehicle: "picture of the vehicle",
        plate_picture: "picture of the plate",
        models: "models",
        config: "configuration",
    },
    deed: |deed| match deed {
        Deed::Question => "question",
        Deed::Answer => "answer",
        Deed::Correction => "correction",
        Deed::Watch => "watch list",
        Deed::Export => "export",
        Deed::Import => "import",
        Deed::Upgrade => "upgrade",
    },
    how: |how| match how {
        WatchHow::Exact => "exact",
        WatchHow::Alike => "look-alike",
        WatchHow::Pattern => "pattern",
    },
    put: |put| match put {
        WatchPut::Added => "added",
        WatchPut::Changed => "changed",
        WatchPut::Known => "known already",
    },
    alert: |state| match state {
        AlertState::Raised => "raised",
        AlertState::Amended => "amended",
        AlertState::Withdrawn => "withdrawn",
    },
    plate_state: |state| match state {
        PlateState::Read => "read",
        PlateState::Undetermined => "undetermined",
        PlateState::NotVisible => "not visible",
    },
    clock: |clock| match clock {
        ClockQuality::Synced => "synced",
        ClockQuality::Free => "free-running",
        ClockQuality::Unknown => "unknown",
    },
    doubt: |word| match word {
        "low_confidence" => "low confidence",
        "looks_disagree" => "looks disagree",
        "painted_otherwise" => "another number is painted on it",
        other => other,
    },
    reason_missing: |flag| {
        format!(
            "--{flag} is missing: it needs a reason, a case number or words; it is recorded with your login"
        )
    },
    reason_empty: "the reason is empty: it needs a case number or words; it is recorded with your login",
    pattern_too_wide: |text| {
        format!(
            "`{text}` would find nearly everything; a pattern needs at least 3 letters or digits beside * and ?"
        )
    },
    unknown_class: |text| {
        format!("`{text}` is no plate of any class that is known; it is watched for as it stands")
    },
    over_already: |text| format!("--until: `{text}` has passed already; give a time to come"),
    over_passed: |n| match n {
        1 => "1 line was passed over: its `until` has passed".to_owned(),
        n => format!("{n} lines were passed over: their `until` has passed"),
    },
    no_entry: |id| format!("the watch list has no entry {id}; `hanhtrinh watch list` shows the numbers"),
    bad_line: |file, line, why| format!("{file}, line {line}: {why}"),
    none_taken: |n| format!("nothing is taken; wrong lines: {n}; mend them and import the whole file again"),
    no_column: |file, column| {
        format!("{file} has no column `{column}`; its first line must name plate, how, reason and until")
    },
    imported: |added, changed, known| format!("{added} added, {changed} changed, {known} known already"),
    no_passage: |id| {
        format!(
            "no passage is called `{id}`; the name begins the picture file that `hanhtrinh passages` lists"
        )
    },
    which_passage: |id| format!("several passages have names that begin with `{id}`; give more of it"),
    no_home: "the store does not know the home province yet, so a plate cannot be judged; start `hanhtrinh run` once",
    plate_or_none: "give the plate, --none where none is legible, or --undo to let the program's reading stand again",
    on_its_way: |target, attempts, error| match attempts {
        0 => format!("{target}: waits"),
        n => format!("{target}: failed {n} times ({error})"),
    },
    arrived: |target| format!("{target}: yes"),
    illegible: "no plate legible",
    program_again: "the program's reading stands again",
    yes: "yes",
    exported: |passages, pictures| format!("{passages} passages and {pictures} pictures written"),
    taken_in: |[new, amended, corrected, known, pictures, alerts]| {
        format!(
            "{new} passages new, {amended} amended, {corrected} corrected, {known} known already; {pictures} pictures; \
             {alerts} alerts"
        )
    },
    left_out: |n| format!("{n} passages are left out: they have no plate, no time or no place"),
    cannot_open: |why| format!("the pictures cannot be opened ({why}); open the files that are named"),
};

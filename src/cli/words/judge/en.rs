//! English.

use super::{JudgeWords, percent};
use crate::measure::{Edit, Fault, Reason};

/// What the sheet says in English.
pub static JUDGE: JudgeWords = JudgeWords {
    language: "en",
    title: "Passages that differ from the truth",
    summary: |cases, [passages, found, readable, exact, wrong]| {
        format!(
            "{cases} differences. Of {passages} true passages {found} were recorded; of {readable} plates that can be \
             read {exact} were read exactly; {wrong} recorded passages are not in the truth."
        )
    },
    cut: |shown, of| {
        format!("Cut: {shown} of {of} differences are shown, the gravest; --sheet-limit N shows more.")
    },
    nothing: "Nothing differs from the truth.",
    legend: "The frame is that of the crossing by the truth, the vehicle's true box in green, its plate's in orange; small \
             beside it what the record kept. A passage that is not in the truth is shown as it was recorded.",
    fault: |fault| match fault {
        Fault::PlateWrong => "plate wrong",
        Fault::Missed => "missed",
        Fault::False => "not in the truth",
        Fault::DirectionWrong => "direction wrong",
        Fault::Undetermined => "plate undetermined",
        Fault::ClassWrong => "class wrong",
    },
    reason: |reason| match reason {
        Reason::NoPlate => "the vehicle shows this camera no plate".to_owned(),
        Reason::Unreadable => "by its own rule the truth calls the plate unreadable".to_owned(),
        Reason::Narrow(px) => format!("plate only {px:.0} px wide"),
        Reason::PlateHidden(share) => format!("plate hidden {}", percent(*share)),
        Reason::PlateCovered(share) => format!("plate covered by mud or cloth {}", percent(*share)),
        Reason::VehicleHidden(share) => format!("vehicle hidden {}", percent(*share)),
        Reason::AtEdge => "vehicle cut by the picture's edge".to_owned(),
        Reason::Neighbour(s) => format!("another vehicle crosses {}", apart(*s)),
        Reason::NearestRecord(s) => format!("the nearest recorded passage left over is {}", apart(*s)),
        Reason::NearestTruth(s, id) => format!("the nearest true passage is {id}, {}", apart(*s)),
        Reason::NoPlateFound => "no plate was found on the vehicle".to_owned(),
        Reason::FewLooks(1) => "only 1 look".to_owned(),
        Reason::FewLooks(n) => format!("only {n} looks"),
        Reason::Disagree(n, p) => format!("{n} looks do not agree, best guess {:.0} %", p * 100.0),
        Reason::GuessRight => "the best guess is right, but not sure enough".to_owned(),
        Reason::Mistaken(edits) => {
            let told: Vec<String> = edits.iter().map(mistake).collect();
            told.join(", ")
        }
    },
    truth: "truth",
    record: "recorded",
    not_recorded: "not recorded",
    not_in_truth: "no such passage",
    no_plate: "no plate",
    not_read: "not read",
    candidates: "candidates",
    why: "why",
    held_out: "held out",
    looks: |n| format!("{n} looks"),
    width: |px| format!("{px:.0} px"),
    no_picture: |why| format!("No picture: {why}"),
    none_kept: "the record kept none",
    no_clip: "the configuration has no file with a start for this camera",
    no_frame: "the clip has no frame at that time",
    written: |file, cases| format!("{file}: {cases} differences"),
};

fn apart(seconds: f64) -> String {
    format!("{:.1} s {}", seconds.abs(), if seconds < 0.0 { "earlier" } else { "later" })
}

fn mistake(edit: &Edit) -> String {
    match (edit.truth, edit.read) {
        (Some(truth), Some(read)) => format!("{truth} read as {read}"),
        (Some(truth), None) => format!("{truth} left out"),
        (None, Some(read)) => format!("{read} added"),
        (None, None) => String::new(),
    }
}

//! The figures as tables, and what differs as lines.

use std::io::Write;

use super::super::error::CliError;
use super::super::output;
use crate::domain::passage::Passage;
use crate::measure::{
    CountedFigures, CountedJudgement, Counts, Fault, GROUPED_BY, Groups, Judgement, Truth, band_order,
    faults, wilson95,
};

/// Prints all of it: everything, then what was held out apart, then what is not as the truth has it.
pub(super) fn print(truth: &Truth, passages: &[Passage], judged: &Judgement) -> Result<(), CliError> {
    let sets = [("all", &judged.all, &judged.by), ("held out", &judged.held_out, &judged.held_out_by)];
    for (name, counts, groups) in sets {
        if counts.passages > 0 {
            figures(name, counts)?;
            grouped(name, groups)?;
        }
    }
    differences(truth, passages, judged)
}

/// Hits, of how many, share and its 95 % interval.
fn share(hits: u64, n: u64) -> Vec<String> {
    let [lo, hi] = wilson95(hits, n);
    let percent = if n == 0 { "-".to_owned() } else { format!("{:.1} %", 100.0 * hits as f64 / n as f64) };
    vec![hits.to_string(), n.to_string(), percent, format!("{:.1}-{:.1} %", 100.0 * lo, 100.0 * hi)]
}

fn figures(name: &str, c: &Counts) -> Result<(), CliError> {
    let readable_found = c.plate_exact + c.undetermined + c.plate_wrong;
    let alone = |n: u64| vec![n.to_string(), String::new(), String::new(), String::new()];
    let rows = [
        ("passages found", share(c.found, c.passages)),
        ("false passages", alone(c.false_passages)),
        ("plates exact, of readable", share(c.plate_exact, c.readable)),
        ("plates wrong, of answers and misses", share(c.plate_wrong, readable_found)),
        ("plates undetermined, of readable", share(c.undetermined, c.readable)),
        ("direction wrong", share(c.direction_wrong, c.found)),
        ("class wrong", share(c.class_wrong, c.found)),
        ("colour right, of those with a true one", share(c.colour_right, c.coloured())),
        ("colour wrong", share(c.colour_wrong, c.coloured())),
        ("painted number right, of those read", share(c.painted_right, c.painted())),
        ("verdict wrong", share(c.verdict_wrong, c.found)),
        ("verdict undetermined", share(c.verdict_undetermined, c.found)),
        ("journeys exact", share(c.journeys_exact, c.journeys)),
        ("journeys exact, of readable", share(c.journeys_readable_exact, c.journeys_readable)),
        ("links right", share(c.links_right, c.links)),
        ("links wrong", alone(c.links_wrong)),
    ];
    let rows = rows.into_iter().map(|(what, mut cells)| {
        cells.insert(0, what.to_owned());
        cells
    });
    output::table(&[name, "count", "of", "share", "95 % (Wilson)"], rows.collect())
}

/// A row a group: found of passages, exact of readable, and what went wrong.
fn grouped(name: &str, groups: &Groups) -> Result<(), CliError> {
    let mut rows = Vec::new();
    for by in GROUPED_BY {
        let mut values: Vec<(&String, &Counts)> = groups.get(by).into_iter().flatten().collect();
        if by == "width" {
            values.sort_by_key(|(value, _)| band_order(value));
        }
        rows.extend(values.into_iter().map(|(value, counts)| group(by, value, counts)));
    }
    let heading = format!("{name}, by");
    let header = [
        heading.as_str(),
        "found",
        "of",
        "95 % (Wilson)",
        "exact",
        "of readable",
        "95 % (Wilson)",
        "wrong",
        "undetermined",
        "direction wrong",
        "class wrong",
        "false",
    ];
    output::print_table(&header, rows, &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11])
}

/// What was counted by eye, a row a camera.
pub(super) fn counted(judged: &CountedJudgement) -> Result<(), CliError> {
    let row = |name: &str, f: &CountedFigures| {
        let interval = |[lo, hi]: [f64; 2], n| {
            if n == 0 { "-".to_owned() } else { format!("{:.1}-{:.1} %", 100.0 * lo, 100.0 * hi) }
        };
        vec![
            name.to_owned(),
            f.passages.to_string(),
            f.recorded.to_string(),
            f.found.to_string(),
            interval(f.found_wilson95, f.passages),
            f.missed.to_string(),
            f.extra.to_string(),
            f.class_right.to_string(),
            f.plates.to_string(),
            f.plates_read.to_string(),
            f.plates_other.to_string(),
        ]
    };
    let mut rows: Vec<Vec<String>> = judged.by_camera.iter().map(|(name, f)| row(name, f)).collect();
    rows.push(row("all", &judged.all));
    let header = [
        "counted by eye",
        "passages",
        "recorded",
        "found at most",
        "95 % (Wilson)",
        "missed at least",
        "false at least",
        "class right",
        "plates",
        "read",
        "other plates",
    ];
    output::print_table(&header, rows, &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
}

fn group(by: &str, value: &str, c: &Counts) -> Vec<String> {
    let interval = |hits, n| {
        let [lo, hi] = wilson95(hits, n);
        if n == 0 { "-".to_owned() } else { format!("{:.1}-{:.1} %", 100.0 * lo, 100.0 * hi) }
    };
    vec![
        if by == "width" && value == "none" { "no plate".to_owned() } else { format!("{by} {value}") },
        c.found.to_string(),
        c.passages.to_string(),
        interval(c.found, c.passages),
        c.plate_exact.to_string(),
        c.readable.to_string(),
        interval(c.plate_exact, c.readable),
        c.plate_wrong.to_string(),
        c.undetermined.to_string(),
        c.direction_wrong.to_string(),
        c.class_wrong.to_string(),
        if by == "width" { "-".to_owned() } else { c.false_passages.to_string() },
    ]
}

/// What is not as the truth has it, one line each.
fn differences(truth: &Truth, passages: &[Passage], judged: &Judgement) -> Result<(), CliError> {
    let mut out = std::io::stdout().lock();
    for (pass, found) in truth.passes.iter().zip(&judged.matched) {
        let recorded = found.map(|at| &passages[at]);
        let what: Vec<String> = faults(pass, recorded).into_iter().map(|f| fault(f, recorded)).collect();
        if what.is_empty() {
            continue;
        }
        writeln!(
            out,
            "{} {} {} {} {} ({} px): {}",
            pass.id,
            pass.camera,
            pass.direction.as_str(),
            pass.class.as_str(),
            pass.plate.as_deref().unwrap_or("no plate"),
            pass.plate_width_px.unwrap_or_default().round(),
            what.join(", "),
        )?;
    }
    for at in &judged.unmatched {
        let p = &passages[*at];
        writeln!(out, "{} {} at {:.1} s: no such passage in the truth", p.id, p.camera, p.stream_s)?;
    }
    for (journey, exact) in truth.journeys.iter().zip(&judged.journey_exact) {
        if !exact {
            writeln!(out, "journey of {} ({} passages): not exact", journey.plate, journey.passes.len())?;
        }
    }
    Ok(())
}

/// One fault with what was recorded instead.
fn fault(fault: Fault, recorded: Option<&Passage>) -> String {
    let Some(p) = recorded else { return "missed".to_owned() };
    match fault {
        Fault::PlateWrong => format!("read {}", p.plate.as_deref().unwrap_or_default()),
        Fault::DirectionWrong => format!("direction {}", p.direction.as_str()),
        Fault::ClassWrong => format!("class {}", p.class.as_str()),
        Fault::Undetermined => format!(
            "plate {} after {} looks, best guess {}",
            p.plate_state.as_str(),
            p.looks,
            p.candidates.first().map_or("none", |c| c.text.as_str())
        ),
        Fault::Missed | Fault::False => String::new(),
    }
}

//! Tables that fit the terminal, and JSON Lines.

use std::io::Write;

use comfy_table::{ContentArrangement, LineStyle, Table, TableStyle};
use jiff::Timestamp;
use serde::Serialize;

use super::error::CliError;
use crate::domain::journey::{Journey, JourneyState};
use crate::domain::passage::Passage;
use crate::domain::plate::PlateState;
use crate::domain::time::table_local;
use crate::pipeline::of_code;

#[derive(Serialize)]
struct Typed<'a, T> {
    r#type: &'static str,
    #[serde(flatten)]
    body: &'a T,
}

/// One JSON object a line, each with its `type`.
pub fn json_lines<T: Serialize>(kind: &'static str, items: &[T]) -> Result<(), CliError> {
    let mut out = std::io::stdout().lock();
    for body in items {
        let line = serde_json::to_string(&Typed { r#type: kind, body })
            .map_err(|e| CliError::Failed(format!("a {kind} cannot be written as JSON: {e}")))?;
        writeln!(out, "{line}")?;
    }
    Ok(())
}

/// A table as wide as the terminal, or as its content where there is none.
pub fn table(header: &[&str], rows: Vec<Vec<String>>) -> Result<(), CliError> {
    let mut table = Table::new();
    let style = TableStyle::new().header_separator(LineStyle::none().fill('─').junction('─'));
    table.load_style(style).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_header(header.iter().copied());
    table.add_rows(rows);
    // `println!` panics where the reader has gone, as `| head` does.
    writeln!(std::io::stdout().lock(), "{}", table.trim_fmt())?;
    Ok(())
}

fn time(at: Option<Timestamp>) -> String {
    at.map_or_else(|| "-".to_owned(), table_local)
}

/// The plate as a table shows it: what was read, the best guess with a question mark, or a dash.
fn plate(passage: &Passage) -> String {
    match (&passage.plate, passage.plate_state, passage.candidates.first()) {
        (Some(text), ..) => text.clone(),
        (None, PlateState::Undetermined, Some(guess)) => format!("{}?", guess.text),
        (None, PlateState::Undetermined, None) => "?".to_owned(),
        (None, ..) => "-".to_owned(),
    }
}

/// Passages.
pub fn passages(found: &[Passage]) -> Result<(), CliError> {
    let rows = found.iter().map(|p| {
        vec![
            p.crossed_at.map_or_else(|| format!("{:.1} s", p.stream_s), table_local),
            p.camera.to_string(),
            p.direction.as_str().to_owned(),
            plate(p),
            p.class.as_str().to_owned(),
            p.verdict.as_str().to_owned(),
            p.province.as_deref().map(of_code).and_then(|o| o.province_now).unwrap_or_else(|| "-".to_owned()),
            format!("{:.2}", p.confidence),
            p.pictures.frame.clone().unwrap_or_else(|| "-".to_owned()),
        ]
    });
    table(
        &["time", "camera", "direction", "plate", "class", "verdict", "issued in", "confidence", "picture"],
        rows.collect(),
    )
}

/// Journeys.
pub fn journeys(found: &[Journey]) -> Result<(), CliError> {
    let rows = found.iter().map(|j| {
        let at_gate = |at: Option<Timestamp>, gate: &Option<String>, seen: bool| match (seen, gate) {
            (true, Some(gate)) => format!("{}\n{gate}", time(at)),
            (true, None) => time(at),
            (false, _) => "not seen".to_owned(),
        };
        let left = if j.state == JourneyState::Left || j.exit_seen {
            at_gate(j.left_at, &j.left_by, j.exit_seen)
        } else {
            "-".to_owned()
        };
        vec![
            j.plate.clone(),
            j.class.as_str().to_owned(),
            j.origin.province_now.clone().unwrap_or_else(|| j.verdict.as_str().to_owned()),
            j.state.as_str().to_owned(),
            at_gate(j.entered_at, &j.entered_by, j.entry_seen),
            left,
            format!("{}\n{}", table_local(j.last_seen_at), j.last_seen_by),
            j.legs.len().to_string(),
            if j.outages.is_empty() { "-".to_owned() } else { j.outages.len().to_string() },
        ]
    });
    table(
        &["plate", "class", "issued in", "state", "entered", "left", "last seen", "passages", "outages"],
        rows.collect(),
    )
}

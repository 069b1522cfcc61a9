//! How answers are given: a table that fits the terminal, JSON Lines, CSV or GeoJSON. A verb lists [`Listed`] things and
//! does not know in which form.

use std::collections::BTreeMap;
use std::io::{IsTerminal, Write};

use clap::Args;
use comfy_table::{CellAlignment, ColumnConstraint, ContentArrangement, LineStyle, Table, TableStyle, Width};
use geojson::{Feature, FeatureCollection, Geometry, JsonObject};
use serde::Serialize;
use serde_json::Value;

use super::error::CliError;
use super::words::{Words, words};
use crate::store::SettingsUsed;

/// `--json`, `--csv`: for verbs whose answers have no places.
#[derive(Debug, Clone, Copy, Args, Default)]
pub struct FormArgs {
    /// JSON Lines instead of a table
    #[arg(long, group = "form")]
    pub json: bool,
    /// CSV instead of a table: the keys of --json, of what lies within another with a dot
    #[arg(long, group = "form")]
    pub csv: bool,
}

/// `--json`, `--csv`, `--geojson`.
#[derive(Debug, Clone, Copy, Args, Default)]
pub struct PlacedFormArgs {
    #[command(flatten)]
    #[allow(missing_docs)]
    pub form: FormArgs,
    /// GeoJSON instead of a table, for maps
    #[arg(long, group = "form")]
    pub geojson: bool,
}

/// The form of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// For people.
    Table,
    /// One object a line, each with its `type`.
    Json,
    /// Keys in the first line.
    Csv,
    /// One FeatureCollection.
    GeoJson,
}

impl FormArgs {
    /// The form that is asked for.
    pub fn form(self) -> Form {
        match (self.json, self.csv) {
            (true, _) => Form::Json,
            (_, true) => Form::Csv,
            _ => Form::Table,
        }
    }
}

impl PlacedFormArgs {
    /// The form that is asked for.
    pub fn form(self) -> Form {
        if self.geojson { Form::GeoJson } else { self.form.form() }
    }
}

/// What can be listed in every form.
pub trait Listed: Serialize {
    /// Its `type` in JSON.
    const KIND: &'static str;
    /// Its columns in CSV: keys of its JSON, of an object within with a dot. A list is given as JSON.
    const KEYS: &'static [&'static str];
    /// Headings of its table.
    fn headings(words: &Words) -> Vec<&'static str>;
    /// Its row, as many cells as headings.
    fn cells(&self, words: &Words) -> Vec<String>;
    /// Columns that hold numbers, by position from 0.
    fn numbers() -> &'static [usize] {
        &[]
    }
    /// Where it is; `None` where nobody knows.
    fn geometry(&self, _places: &Places) -> Option<Geometry> {
        None
    }
}

/// WGS84 positions of cameras and gates, by name.
#[derive(Debug, Clone, Default)]
pub struct Places {
    cameras: BTreeMap<String, [f64; 2]>,
    gates: BTreeMap<String, [f64; 2]>,
}

impl Places {
    /// Those of the settings last used.
    pub fn of(settings: Option<&SettingsUsed>) -> Self {
        let mut places = Self::default();
        for gate in settings.iter().flat_map(|s| &s.gates) {
            if let (Some(lat), Some(lon)) = (gate.lat, gate.lon) {
                places.gates.insert(gate.name.clone(), [lon, lat]);
            }
        }
        for camera in settings.iter().flat_map(|s| &s.cameras) {
            let own = camera.lat.zip(camera.lon).map(|(lat, lon)| [lon, lat]);
            let gate = camera.gate.as_deref().and_then(|g| places.gates.get(g).copied());
            if let Some(at) = own.or(gate) {
                places.cameras.insert(camera.name.as_str().to_owned(), at);
            }
        }
        places
    }

    /// Degrees [east, north] of a camera, as GeoJSON has them.
    pub fn camera(&self, name: &str) -> Option<[f64; 2]> {
        self.cameras.get(name).copied()
    }

    /// Degrees [east, north] of a gate.
    pub fn gate(&self, name: &str) -> Option<[f64; 2]> {
        self.gates.get(name).copied()
    }

    /// Where something was seen: the camera's place, else the gate's.
    pub fn seen(&self, camera: Option<&str>, gate: Option<&str>) -> Option<[f64; 2]> {
        camera.and_then(|c| self.camera(c)).or_else(|| gate.and_then(|g| self.gate(g)))
    }
}

/// A point; degrees [east, north].
pub fn point(at: [f64; 2]) -> Geometry {
    Geometry::new_point(at)
}

/// A path; a point where all of it is one place, `None` where it has none.
pub fn path(mut places: Vec<[f64; 2]>) -> Option<Geometry> {
    places.dedup();
    match places.as_slice() {
        [] => None,
        [only] => Some(point(*only)),
        _ => Some(Geometry::new_line_string(places)),
    }
}

/// Gives the items in this form.
pub fn list<T: Listed>(form: Form, items: &[T], places: &Places) -> Result<(), CliError> {
    match form {
        Form::Table => listed_table(items),
        Form::Json => json_lines(items),
        Form::Csv => csv_lines(items),
        Form::GeoJson => {
            let features = items.iter().map(|i| feature(i, places)).collect::<Result<_, _>>()?;
            features_out(features)
        }
    }
}

/// A table of items, or a line that says that there are none.
pub fn listed_table<T: Listed>(items: &[T]) -> Result<(), CliError> {
    let words = words();
    if items.is_empty() {
        writeln!(std::io::stdout().lock(), "{}", words.say.nothing_found)?;
        return Ok(());
    }
    let rows = items.iter().map(|i| i.cells(words)).collect();
    print_table(&T::headings(words), rows, T::numbers())
}

/// A sentence below a table.
pub fn remark(text: &str) -> Result<(), CliError> {
    writeln!(std::io::stdout().lock(), "{text}")?;
    Ok(())
}

/// One JSON object a line, each with its `type`.
pub fn json_lines<T: Listed>(items: &[T]) -> Result<(), CliError> {
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    for body in items {
        let line = serde_json::to_string(&Typed { r#type: T::KIND, body }).map_err(unwritable::<T>)?;
        writeln!(out, "{line}")?;
    }
    out.flush()?;
    Ok(())
}

/// CSV with a first line of keys, also where nothing follows.
pub fn csv_lines<T: Listed>(items: &[T]) -> Result<(), CliError> {
    let mut out = csv::Writer::from_writer(std::io::stdout().lock());
    out.write_record(T::KEYS).map_err(csv_failed)?;
    for item in items {
        let value = value_of(item).map_err(unwritable::<T>)?;
        out.write_record(T::KEYS.iter().map(|key| cell(&value, key))).map_err(csv_failed)?;
    }
    out.flush()?;
    Ok(())
}

/// The item as a feature: its JSON as properties, `type` among them.
pub fn feature<T: Listed>(item: &T, places: &Places) -> Result<Feature, CliError> {
    let body = value_of(&Typed { r#type: T::KIND, body: item }).map_err(unwritable::<T>)?;
    let properties: Option<JsonObject> = match body {
        Value::Object(map) => Some(map),
        _ => None,
    };
    Ok(Feature { geometry: item.geometry(places), properties, ..Feature::default() })
}

/// Prints one FeatureCollection.
pub fn features_out(features: Vec<Feature>) -> Result<(), CliError> {
    let all = FeatureCollection { bbox: None, features, foreign_members: None };
    writeln!(std::io::stdout().lock(), "{all}")?;
    Ok(())
}

/// A table as wide as the terminal; elsewhere as wide as COLUMNS says, or as its content.
pub fn table(header: &[&str], rows: Vec<Vec<String>>) -> Result<(), CliError> {
    print_table(header, rows, &[])
}

/// As [`table`], with the numbers of these columns under each other.
pub fn print_table(header: &[&str], rows: Vec<Vec<String>>, numbers: &[usize]) -> Result<(), CliError> {
    let mut table = Table::new();
    let asked_width = std::env::var("COLUMNS").ok().and_then(|w| w.parse::<u16>().ok());
    let on_terminal = std::io::stdout().is_terminal();
    let width = if on_terminal { table.width() } else { asked_width };
    let least = least_widths(header, &rows);
    if width.is_some_and(|width| usize::from(width) < least.iter().sum()) {
        return one_under_another(header, &rows);
    }
    let style = TableStyle::new().header_separator(LineStyle::none().fill('─').junction('─'));
    table.load_style(style).set_content_arrangement(ContentArrangement::Dynamic);
    if let Some(width) = asked_width.filter(|_| !on_terminal) {
        table.set_width(width);
    }
    table.set_header(header.iter().copied());
    table.add_rows(rows);
    if width.is_some() {
        // Else a time is broken within its minutes for the sake of a picture's name.
        for (column, least) in table.column_iter_mut().zip(least) {
            let least = u16::try_from(least - BORDER).unwrap_or(u16::MAX);
            column.set_constraint(ColumnConstraint::LowerBoundary(Width::Fixed(least)));
        }
    }
    for &column in numbers {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    // `println!` panics where the reader has gone, as `| head` does.
    writeln!(std::io::stdout().lock(), "{}", table.trim_fmt())?;
    Ok(())
}

/// Columns between two cells that belong to neither.
const BORDER: usize = 1;

/// How wide each column must be to be read, with the space around it: its longest word, for half a passage's or a camera's name
/// is of no use; of the way to a file a beginning.
fn least_widths(header: &[&str], rows: &[Vec<String>]) -> Vec<usize> {
    const OF_A_WORD: usize = 30;
    const OF_A_WAY: usize = 12;
    const PADDING: usize = 2;
    let room = |word: &str| word.chars().count().min(if word.contains('/') { OF_A_WAY } else { OF_A_WORD });
    let longest = |text: &str| text.split_whitespace().map(room).max().unwrap_or(0);
    let least = |i: usize| {
        let cells = rows.iter().filter_map(|row| row.get(i)).map(|cell| longest(cell));
        cells.fold(longest(header[i]), usize::max) + PADDING + BORDER
    };
    (0..header.len()).map(least).collect()
}

/// Each row as lines of heading and cell: for a terminal on which the columns would be a few letters wide.
fn one_under_another(header: &[&str], rows: &[Vec<String>]) -> Result<(), CliError> {
    let wide = header.iter().map(|h| h.chars().count()).max().unwrap_or(0);
    let mut out = std::io::stdout().lock();
    for (i, row) in rows.iter().enumerate() {
        if i > 0 {
            writeln!(out)?;
        }
        for (heading, cell) in header.iter().zip(row) {
            let mut heading = *heading;
            for line in cell.lines() {
                writeln!(out, " {heading:wide$}   {line}")?;
                heading = "";
            }
        }
    }
    Ok(())
}

/// By way of the text: there 0.987 is 0.987, while a value made at once holds what a 32-bit number is as a 64-bit one.
fn value_of(item: &impl Serialize) -> serde_json::Result<Value> {
    serde_json::from_str(&serde_json::to_string(item)?)
}

#[derive(Serialize)]
struct Typed<'a, T> {
    r#type: &'static str,
    #[serde(flatten)]
    body: &'a T,
}

fn unwritable<T: Listed>(error: serde_json::Error) -> CliError {
    CliError::Failed(format!("a {} cannot be written as JSON: {error}", T::KIND))
}

fn csv_failed(error: csv::Error) -> CliError {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error.into(),
        other => CliError::Failed(format!("the answer cannot be written as CSV: {other:?}")),
    }
}

/// The value of a dotted key as CSV has it: nothing for null, lists and objects as JSON.
fn cell(value: &Value, key: &str) -> String {
    let found = key.split('.').try_fold(value, |v, part| v.get(part));
    match found {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_cell_is_found_by_its_dotted_key() {
        let value = json!({"origin": {"code": "29", "none": null}, "legs": [{"p": 1}], "n": 3});
        assert_eq!(cell(&value, "origin.code"), "29");
        assert_eq!(cell(&value, "origin.none"), "");
        assert_eq!(cell(&value, "missing.key"), "");
        assert_eq!(cell(&value, "legs"), "[{\"p\":1}]");
        assert_eq!(cell(&value, "n"), "3");
    }

    #[test]
    fn a_path_of_one_place_is_a_point() {
        assert!(path(Vec::new()).is_none());
        assert_eq!(path(vec![[105.8, 21.3]; 3]), Some(point([105.8, 21.3])));
        let way = path(vec![[105.8, 21.3], [105.8, 21.3], [105.9, 21.4]]);
        assert_eq!(way, Some(Geometry::new_line_string(vec![[105.8, 21.3], [105.9, 21.4]])));
    }
}

//! The labels of `eval plates`: a table of tab-separated columns under a line that names them.

use std::collections::HashMap;

use thiserror::Error;

use crate::domain::plate::{Layout, PlateKind};

/// Columns that are known. `image` and `text` must be there; the others say more where they are.
const COLUMNS: [&str; 7] = ["image", "text", "layout", "kind", "width_px", "source", "light"];

/// One plate that a picture shows.
#[derive(Debug, Clone, PartialEq)]
pub struct TruePlate {
    /// Line of the file, from 1.
    pub line: usize,
    /// The picture's file, relative to the folder of pictures.
    pub image: String,
    /// Compact upper-case text.
    pub text: String,
    /// Row split, where it is told.
    pub layout: Option<Layout>,
    /// Kind, where it is told.
    pub kind: Option<PlateKind>,
    /// Width of the plate in pixels of the picture, where it is told.
    pub width_px: Option<f32>,
    /// Where the picture is from, in the words of the file.
    pub source: Option<String>,
    /// Day, night and the like, in the words of the file.
    pub light: Option<String>,
}

/// What is wrong with a table of labels.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum LabelError {
    /// A column that must be there is not.
    #[error(
        "1: the column `{0}` is missing: the first line names the columns, with tabs between them: image, text, \
         and where known layout, kind, width_px, source, light"
    )]
    Column(&'static str),
    /// A column twice.
    #[error("1: the column `{0}` stands there twice: leave one out")]
    ColumnTwice(String),
    /// A line has more or fewer cells than the first.
    #[error(
        "{line}: {got} cells where the first line names {wanted} columns: put a tab between cells, also empty ones"
    )]
    Cells {
        /// From 1.
        line: usize,
        /// Cells of the line.
        got: usize,
        /// Columns.
        wanted: usize,
    },
    /// A cell that is not what its column asks for.
    #[error("{line}: {column} `{value}` {why}")]
    Cell {
        /// From 1.
        line: usize,
        /// The column's name.
        column: &'static str,
        /// What stands there.
        value: String,
        /// What is wrong and what would be right.
        why: &'static str,
    },
    /// The same again.
    #[error("{line}: {image} {text} stands in line {before} already: leave one out")]
    Twice {
        /// From 1.
        line: usize,
        /// The picture.
        image: String,
        /// The text.
        text: String,
        /// Where it stood before.
        before: usize,
    },
    /// Two plates on one crop.
    #[error("{line}: {image} stands in line {before} already, and a crop (--crop) shows one plate")]
    CropTwice {
        /// From 1.
        line: usize,
        /// The picture.
        image: String,
        /// Where it stood before.
        before: usize,
    },
    /// Nothing to measure.
    #[error("1: no plate stands below the names of the columns")]
    Empty,
}

/// Reads the table. `compact` brings a text into the form of plate keys. `crops`: the pictures are plates cut out, one
/// plate each; else a picture may show several, one a line. Empty lines and columns of other names are passed over.
pub fn parse_labels(
    text: &str,
    crops: bool,
    compact: impl Fn(&str) -> String,
) -> Result<Vec<TruePlate>, LabelError> {
    let mut lines = text.trim_start_matches('\u{feff}').lines().enumerate();
    let header: Vec<&str> = lines.next().map_or(Vec::new(), |(_, l)| l.split('\t').map(str::trim).collect());
    let mut places: HashMap<&'static str, usize> = HashMap::new();
    for name in COLUMNS {
        let mut at = (0..header.len()).filter(|i| header[*i] == name);
        if let Some(place) = at.next() {
            places.insert(name, place);
        }
        if at.next().is_some() {
            return Err(LabelError::ColumnTwice(name.to_owned()));
        }
    }
    for name in ["image", "text"] {
        if !places.contains_key(name) {
            return Err(LabelError::Column(name));
        }
    }
    let mut plates: Vec<TruePlate> = Vec::new();
    let mut seen: HashMap<(String, String), usize> = HashMap::new();
    for (at, line) in lines.filter(|(_, l)| !l.trim().is_empty()) {
        let cells: Vec<&str> = line.split('\t').map(str::trim).collect();
        if cells.len() != header.len() {
            return Err(LabelError::Cells { line: at + 1, got: cells.len(), wanted: header.len() });
        }
        let cell = |name: &str| places.get(name).map(|i| cells[*i]).filter(|c| !c.is_empty());
        let plate = plate_of(at + 1, cell, &compact)?;
        let key = (plate.image.clone(), if crops { String::new() } else { plate.text.clone() });
        if let Some(before) = seen.insert(key, plate.line) {
            let (line, image, text) = (plate.line, plate.image, plate.text);
            return Err(match crops && !plates.iter().any(|p| p.line == before && p.text == text) {
                true => LabelError::CropTwice { line, image, before },
                false => LabelError::Twice { line, image, text, before },
            });
        }
        plates.push(plate);
    }
    if plates.is_empty() { Err(LabelError::Empty) } else { Ok(plates) }
}

fn plate_of<'a>(
    line: usize,
    cell: impl Fn(&str) -> Option<&'a str>,
    compact: impl Fn(&str) -> String,
) -> Result<TruePlate, LabelError> {
    let wrong = |column: &'static str, why: &'static str| LabelError::Cell {
        line,
        column,
        value: cell(column).unwrap_or_default().to_owned(),
        why,
    };
    let image = cell("image").ok_or(wrong("image", "is empty: name the picture"))?;
    let typed = cell("text").ok_or(wrong("text", "is empty: write the plate, or leave the line out"))?;
    let text = compact(typed);
    if text.is_empty() || !text.chars().all(char::is_alphanumeric) {
        return Err(wrong("text", "is no plate: letters and digits, with - . / or spaces between them"));
    }
    let layout = match cell("layout") {
        None => None,
        Some("one_line") => Some(Layout::OneLine),
        Some("two_line") => Some(Layout::TwoLine),
        Some(_) => return Err(wrong("layout", "is neither one_line nor two_line, nor empty")),
    };
    let kind = match cell("kind").map(PlateKind::from_word) {
        None => None,
        Some(Some(kind)) => Some(kind),
        Some(None) => return Err(wrong("kind", "is none of car, motorcycle, trailer, nor empty")),
    };
    let width_px = match cell("width_px").map(str::parse::<f32>) {
        None => None,
        Some(Ok(width)) if width > 0.0 && width.is_finite() => Some(width),
        Some(_) => return Err(wrong("width_px", "is no number of pixels above 0, nor empty")),
    };
    let words = |column| cell(column).map(str::to_owned);
    Ok(TruePlate {
        line,
        image: image.to_owned(),
        text,
        layout,
        kind,
        width_px,
        source: words("source"),
        light: words("light"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(text: &str) -> String {
        text.chars().filter(|c| !"-./ ".contains(*c)).flat_map(char::to_uppercase).collect()
    }

    fn refused(text: &str, crops: bool) -> String {
        parse_labels(text, crops, plain).expect_err("refused").to_string()
    }

    #[test]
    fn columns_are_found_by_name_and_others_passed_over() {
        let text = "text\tnote\timage\twidth_px\tlayout\tlight\n\
                    30a-123.45\tx\ta.jpg\t88.5\tone_line\tnight\n\n29MĐ1/234.56\t\tb/c.png\t\t\t\n";
        let plates = parse_labels(text, false, plain).expect("labels");
        assert_eq!(plates.len(), 2);
        assert_eq!((plates[0].line, plates[0].image.as_str()), (2, "a.jpg"));
        assert_eq!((plates[0].text.as_str(), plates[0].width_px), ("30A12345", Some(88.5)));
        assert_eq!((plates[0].layout, plates[0].light.as_deref()), (Some(Layout::OneLine), Some("night")));
        assert_eq!((plates[1].line, plates[1].text.as_str(), plates[1].layout), (4, "29MĐ123456", None));
    }

    #[test]
    fn what_is_wrong_is_told_with_its_line() {
        for (text, named) in [
            ("", &["1:", "`image`"][..]),
            ("image\tplate\na.jpg\t30A12345", &["1:", "`text`"]),
            ("image\ttext\timage\na\tb\tc", &["1:", "`image`", "twice"]),
            ("image\ttext\n", &["1:", "no plate"]),
            ("image\ttext\na.jpg", &["2:", "1 cells", "2 columns"]),
            ("image\ttext\n\na.jpg\t", &["3:", "text", "is empty"]),
            ("image\ttext\na.jpg\t30A?2345", &["2:", "30A?2345", "no plate"]),
            ("image\ttext\tkind\na.jpg\t30A12345\tvan", &["2:", "`van`", "motorcycle"]),
            ("image\ttext\tlayout\na.jpg\t30A12345\t2", &["2:", "`2`", "two_line"]),
            ("image\ttext\twidth_px\na.jpg\t30A12345\twide", &["2:", "`wide`", "pixels"]),
            ("image\ttext\na.jpg\t30A12345\nb.jpg\t30A1\na.jpg\t30A-123.45", &["4:", "line 2"]),
        ] {
            let told = refused(text, false);
            for what in named {
                assert!(told.contains(what), "{what} is not named: {told}");
            }
        }
    }

    #[test]
    fn a_picture_may_show_two_plates_and_a_crop_may_not() {
        let text = "image\ttext\na.jpg\t30A12345\na.jpg\t30A12346\n";
        assert_eq!(parse_labels(text, false, plain).expect("two plates").len(), 2);
        assert!(refused(text, true).contains("--crop"));
        assert!(refused("image\ttext\na.jpg\t1\na.jpg\t1", true).contains("leave one out"));
    }
}

//! `search`: plates by a pattern, or that one may have been read as.

use clap::Args;
use jiff::Timestamp;
use serde::Serialize;

use super::args::StoreArg;
use super::ask::{self, PurposeArg};
use super::error::CliError;
use super::listed::time;
use super::output::{FormArgs, Listed, Places, list};
use super::words::{Words, words};
use crate::domain::plate::PlateKind;
use crate::domain::time::local_option;
use crate::pipeline::reader_errors_or_built_in;
use crate::plate::alike::alike;
use crate::plate::typed;
use crate::store::PlateOnRecord;

/// A look-alike is shown from this likelihood on, against being read right: two common slips, or one rare.
const LEAST_LIKELY: f64 = 1e-6;
/// Shorter texts are a part of a plate, not a plate.
const WHOLE: usize = 7;

/// `search`
#[derive(Debug, Args)]
pub struct SearchArgs {
    /// A plate, a part of one, or a pattern: `*` any characters, `?` one (30A*45, ?0A12345)
    pub pattern: String,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub store: StoreArg,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub purpose: PurposeArg,
    /// At most this many
    #[arg(long, value_name = "N", default_value_t = 100)]
    pub limit: usize,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub form: FormArgs,
}

/// A plate that was found.
#[derive(Debug, Serialize)]
struct Found {
    plate: String,
    plate_kind: PlateKind,
    /// `exact`, `pattern` or `alike`.
    r#match: &'static str,
    /// How likely the plate that was typed is read so, against being read right: 1 where it is the same.
    likeness: f64,
    passages: u64,
    #[serde(with = "local_option")]
    first_seen: Option<Timestamp>,
    #[serde(with = "local_option")]
    last_seen: Option<Timestamp>,
    last_seen_by: Option<String>,
}

impl Found {
    fn new(plate: PlateOnRecord, r#match: &'static str, likeness: f64) -> Self {
        Self {
            plate: plate.key.text,
            plate_kind: plate.key.kind,
            r#match,
            likeness,
            passages: plate.passages,
            first_seen: plate.first_seen,
            last_seen: plate.last_seen,
            last_seen_by: plate.last_camera.map(|c| c.to_string()),
        }
    }
}

/// Exact ones first, then the likeliest, then those seen last.
pub fn run(args: &SearchArgs) -> Result<(), CliError> {
    let asked = ask::open(&args.store)?;
    let pattern = typed_pattern(&args.pattern)?;
    let question = asked.question(&args.purpose, "search", &args.pattern)?;
    let mut found: Vec<Found> = Vec::new();
    if pattern.contains(['*', '?']) {
        let plates = asked.reader.plates_like(&pattern, args.limit.saturating_add(1))?;
        found.extend(plates.into_iter().map(|p| Found::new(p, "pattern", 1.0)));
    } else if pattern.chars().count() < WHOLE {
        let plates = asked.reader.plates_like(&format!("*{pattern}*"), args.limit.saturating_add(1))?;
        found.extend(plates.into_iter().map(|p| Found::new(p, "pattern", 1.0)));
    } else {
        let folded = typed::fold(&pattern);
        let exact = asked.reader.plates_among([folded.as_str()])?;
        found.extend(exact.into_iter().map(|p| Found::new(p, "exact", 1.0)));
        let texts = alike(&reader_errors_or_built_in().confusion, &pattern, LEAST_LIKELY);
        let near = asked.reader.plates_among(texts.iter().map(|a| a.text.as_str()))?;
        for plate in near {
            let text = typed::fold(&plate.key.text);
            let likeness = texts.iter().find(|a| typed::fold(&a.text) == text).map_or(0.0, |a| a.likeness);
            found.push(Found::new(plate, "alike", likeness));
        }
    }
    found.sort_by(|a, b| {
        let rank = |f: &Found| u8::from(f.r#match == "alike");
        rank(a)
            .cmp(&rank(b))
            .then(b.likeness.total_cmp(&a.likeness))
            .then(b.last_seen.cmp(&a.last_seen))
            .then_with(|| a.plate.cmp(&b.plate))
    });
    let more = found.len() > args.limit;
    found.truncate(args.limit);
    question.answered(asked.now, found.len())?;
    list(args.form.form(), &found, &Places::default())?;
    if more {
        eprintln!("{}", (words().ask.more)(found.len()));
    }
    Ok(())
}

/// The pattern as plates lie on record, wildcards kept.
pub fn typed_pattern(text: &str) -> Result<String, CliError> {
    let compact = typed::compact(text);
    let wild = |c: char| matches!(c, '*' | '?');
    let letters = compact.chars().filter(|c| !wild(*c)).count();
    if letters == 0
        || compact.chars().count() > 24
        || !compact.chars().all(|c| c.is_alphanumeric() || wild(c))
    {
        return Err(CliError::Usage((words().say.no_plate)(text)));
    }
    Ok(compact)
}

impl Listed for Found {
    const KIND: &'static str = "found";
    const KEYS: &'static [&'static str] =
        &["plate", "plate_kind", "match", "likeness", "passages", "first_seen", "last_seen", "last_seen_by"];

    fn headings(w: &Words) -> Vec<&'static str> {
        let (h, a) = (&w.head, w.ask);
        vec![h.plate, h.class, a.match_, a.likeness, h.passages, a.first_seen, h.last_seen, h.camera]
    }

    fn cells(&self, w: &Words) -> Vec<String> {
        let found = match self.r#match {
            "exact" => w.ask.exact,
            "alike" => w.ask.alike,
            _ => w.ask.pattern,
        };
        vec![
            self.plate.clone(),
            (w.ask.plate_kind)(self.plate_kind).to_owned(),
            found.to_owned(),
            if self.r#match == "alike" { format!("{:.1e}", self.likeness) } else { "1".to_owned() },
            self.passages.to_string(),
            time(self.first_seen),
            time(self.last_seen),
            self.last_seen_by.clone().unwrap_or_else(super::listed::dash),
        ]
    }

    fn numbers() -> &'static [usize] {
        &[3, 4]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_as_people_type_them() {
        for (typed, meant) in [
            ("30A*45", "30A*45"),
            ("30a-*45", "30A*45"),
            ("30A-1??.45", "30A1??45"),
            (" *123.45 ", "*12345"),
            ("?0A 12345", "?0A12345"),
            ("29-mđ1*", "29MĐ1*"),
            ("12345", "12345"),
        ] {
            assert_eq!(typed_pattern(typed).ok().as_deref(), Some(meant), "{typed}");
        }
        for wrong in ["", "*", "???", "30A'; DROP", "30A%45"] {
            assert!(typed_pattern(wrong).is_err(), "{wrong}");
        }
    }
}

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
use crate::domain::ids::RecordId;
use crate::domain::plate::{PlateKind, PlateState};
use crate::domain::time::local_option;
use crate::plate::alike::alike;
use crate::plate::typed;
use crate::store::{CandidateOnRecord, PlateOnRecord};

/// A look-alike is shown from this likelihood on, against being read right: two common slips, or one rare.
const LEAST_LIKELY: f64 = 1e-6;
/// Shorter texts are a part of a plate, not a plate.
const WHOLE: usize = 7;

/// `search`
#[derive(Debug, Args)]
pub struct SearchArgs {
    /// A plate, which also finds look-alikes and what unread passages may show; a part of one, or a pattern: `*` any characters, `?` one (30A*45, ?0A12345)
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
    /// `exact`, `pattern`, `alike`; `undetermined`: a candidate of passages whose plate was not read.
    r#match: &'static str,
    /// How likely the plate that was typed is read so, against being read right: 1 where it is the same.
    likeness: f64,
    /// Of an undetermined one: probability that the likeliest of its passages shows it.
    p: Option<f32>,
    passages: u64,
    #[serde(with = "local_option")]
    first_seen: Option<Timestamp>,
    #[serde(with = "local_option")]
    last_seen: Option<Timestamp>,
    last_seen_by: Option<String>,
    /// Of an undetermined one: the likeliest of its passages.
    passage: Option<RecordId>,
}

impl Found {
    /// A plate that passages may show, these all of one key and by time.
    fn undetermined(likeness: f64, passages: &[CandidateOnRecord]) -> Option<Self> {
        let best = passages.iter().max_by(|a, b| a.p.total_cmp(&b.p))?;
        let (first, last) = (passages.first()?, passages.last()?);
        Some(Self {
            plate: best.key.text.clone(),
            plate_kind: best.key.kind,
            r#match: "undetermined",
            likeness,
            p: Some(best.p),
            passages: passages.len() as u64,
            first_seen: Some(first.at),
            last_seen: Some(last.at),
            last_seen_by: Some(last.camera.to_string()),
            passage: Some(best.passage.clone()),
        })
    }

    /// What it is ranked by: how likely it is meant.
    fn weight(&self) -> f64 {
        self.likeness * self.p.map_or(1.0, f64::from)
    }

    fn new(plate: PlateOnRecord, r#match: &'static str, likeness: f64) -> Self {
        Self {
            plate: plate.key.text,
            plate_kind: plate.key.kind,
            r#match,
            likeness,
            p: None,
            passages: plate.passages,
            first_seen: plate.first_seen,
            last_seen: plate.last_seen,
            last_seen_by: plate.last_camera.map(|c| c.to_string()),
            passage: None,
        }
    }
}

/// Exact ones first, then the likeliest, read or not, then those seen last.
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
        let texts = alike(&ask::reader_errors().confusion, &pattern, LEAST_LIKELY);
        let near = asked.reader.plates_among(texts.iter().map(|a| a.text.as_str()))?;
        for plate in near {
            let text = typed::fold(&plate.key.text);
            // Typed with Đ, its own D is like it; it stands above already.
            if text == folded {
                continue;
            }
            let likeness = texts.iter().find(|a| typed::fold(&a.text) == text).map_or(0.0, |a| a.likeness);
            found.push(Found::new(plate, "alike", likeness));
        }
        // Those that were not read: what was typed, Đ as it is and as D, and what is like it, among their candidates.
        let mut wanted = vec![(pattern.as_str(), 1.0)];
        if folded != pattern {
            wanted.push((&folded, 1.0));
        }
        wanted.extend(texts.iter().filter(|a| a.text != folded).map(|a| (a.text.as_str(), a.likeness)));
        let unread = asked.reader.candidates_among(wanted.iter().map(|(text, _)| *text))?;
        for of_one in unread.chunk_by(|a, b| a.key == b.key) {
            let likeness = wanted.iter().find(|(text, _)| *text == of_one[0].key.text).map_or(0.0, |w| w.1);
            found.extend(Found::undetermined(likeness, of_one));
        }
    }
    found.sort_by(|a, b| {
        let rank = |f: &Found| u8::from(matches!(f.r#match, "alike" | "undetermined"));
        rank(a)
            .cmp(&rank(b))
            .then(b.weight().total_cmp(&a.weight()))
            .then(b.last_seen.cmp(&a.last_seen))
            .then_with(|| a.plate.cmp(&b.plate))
    });
    let more = found.len() > args.limit;
    found.truncate(args.limit);
    question.answered(asked.now, found.len())?;
    list(args.form.form(), &found, &Places::default())?;
    if found.is_empty() && pattern.contains('?') {
        eprintln!("hanhtrinh: {}", (words().ask.one_each)(&pattern.replace('?', "*")));
    }
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
    const KEYS: &'static [&'static str] = &[
        "plate",
        "plate_kind",
        "match",
        "likeness",
        "p",
        "passages",
        "first_seen",
        "last_seen",
        "last_seen_by",
        "passage",
    ];

    fn headings(w: &Words) -> Vec<&'static str> {
        let (h, a) = (&w.head, w.ask);
        let p = w.keep.head.probability;
        vec![h.plate, h.class, a.match_, a.likeness, p, h.passages, a.first_seen, h.last_seen, h.camera]
    }

    fn cells(&self, w: &Words) -> Vec<String> {
        let found = match self.r#match {
            "exact" => w.ask.exact,
            "alike" => w.ask.alike,
            "undetermined" => (w.keep.plate_state)(PlateState::Undetermined),
            _ => w.ask.pattern,
        };
        vec![
            self.plate.clone(),
            (w.ask.plate_kind)(self.plate_kind).to_owned(),
            found.to_owned(),
            if self.likeness < 1.0 { format!("{:.1e}", self.likeness) } else { "1".to_owned() },
            self.p.map_or_else(super::listed::dash, |p| format!("{p:.2}")),
            self.passages.to_string(),
            time(self.first_seen),
            time(self.last_seen),
            self.last_seen_by.clone().unwrap_or_else(super::listed::dash),
        ]
    }

    fn numbers() -> &'static [usize] {
        &[3, 4, 5]
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

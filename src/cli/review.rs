//! `review`: what a person should look at (cần kiểm tra lại).

use clap::Args;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use super::args::StoreArg;
use super::ask;
use super::error::CliError;
use super::listed::{dash, passage_time};
use super::output::{FormArgs, Listed, Places, list};
use super::words::{Words, words};
use crate::domain::passage::Passage;
use crate::domain::plate::PlateState;
use crate::store::ReviewFilter;

/// Alerts of this time make a passage important.
const RECENT: SignedDuration = SignedDuration::from_hours(30 * 24);
/// A second candidate with at least this share of the belief: the looks disagree.
const DISAGREE: f32 = 0.05;

/// `review`
#[derive(Debug, Args)]
pub struct ReviewArgs {
    #[command(flatten)]
    #[allow(missing_docs)]
    pub store: StoreArg,
    /// From this time on
    #[arg(long, value_name = "TIME")]
    pub from: Option<String>,
    /// Before this time, a day to its end
    #[arg(long, value_name = "TIME")]
    pub to: Option<String>,
    /// Camera
    #[arg(long, value_name = "NAME")]
    pub camera: Option<String>,
    /// Also plates that were read with less confidence than this, 0-1 [default: the reader's confident_vote_p; 0.9975 at most]
    #[arg(long, value_name = "SHARE")]
    pub below: Option<f32>,
    /// Oldest first, instead of what the watch list may mean and what stands open at the gates
    #[arg(long)]
    pub oldest: bool,
    /// At most this many
    #[arg(long, value_name = "N", default_value_t = 100)]
    pub limit: u32,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub form: FormArgs,
}

/// A passage to look at.
#[derive(Debug, Serialize)]
struct ToReview {
    /// `undetermined`, `low_confidence`, `looks_disagree`, `painted_otherwise`.
    why: Vec<&'static str>,
    /// An entry of the watch list may mean it.
    watched: bool,
    #[serde(flatten)]
    passage: Passage,
}

/// Lists them.
pub fn run(args: &ReviewArgs) -> Result<(), CliError> {
    if let Some(share) = args.below
        && !(0.0..=1.0).contains(&share)
    {
        return Err(CliError::Usage((words().say.no_share)("below", share)));
    }
    let asked = ask::open(&args.store)?;
    let (from, to) = asked.stretch(&args.from, &args.to)?;
    let filter = ReviewFilter {
        from,
        to,
        camera: asked.camera("camera", args.camera.as_deref())?,
        confident_p: args.below.unwrap_or_else(|| ask::reader_errors().confident_p),
        important_since: (!args.oldest).then(|| asked.now.checked_sub(RECENT).unwrap_or(Timestamp::MIN)),
        limit: args.limit as usize,
    };
    let found = asked.reader.to_review(&filter)?;
    let found: Vec<ToReview> = found
        .into_iter()
        .map(|(passage, watched)| ToReview { why: why(&passage), watched, passage })
        .collect();
    list(args.form.form(), &found, &Places::default())
}

fn why(passage: &Passage) -> Vec<&'static str> {
    let mut why = Vec::new();
    why.push(match passage.plate_state {
        PlateState::Read => "low_confidence",
        _ => "undetermined",
    });
    if passage.candidates.get(1).is_some_and(|second| second.p >= DISAGREE) {
        why.push("looks_disagree");
    }
    if passage.plate.is_some()
        && passage.candidates.iter().any(|c| c.painted && Some(&c.text) != passage.plate.as_ref())
    {
        why.push("painted_otherwise");
    }
    why
}

impl Listed for ToReview {
    const KIND: &'static str = "review";
    const KEYS: &'static [&'static str] = &[
        "why",
        "watched",
        "id",
        "revision",
        "camera",
        "gate",
        "direction",
        "crossed_at",
        "stream_s",
        "class",
        "plate",
        "plate_state",
        "confidence",
        "candidates",
        "verdict",
        "looks",
        "pictures.frame",
        "pictures.vehicle",
        "pictures.plate",
    ];

    fn headings(w: &Words) -> Vec<&'static str> {
        let (h, k) = (&w.head, &w.keep.head);
        vec![k.passage, h.time, h.camera, h.direction, k.why, k.candidates, k.looks, h.picture]
    }

    fn cells(&self, w: &Words) -> Vec<String> {
        let p = &self.passage;
        let mut why: Vec<&str> = self.why.iter().map(|word| (w.keep.doubt)(word)).collect();
        if self.watched {
            why.insert(0, w.keep.head.alerts);
        }
        let candidates = p.candidates.iter().map(|c| format!("{} {:.2}", c.text, c.p)).collect::<Vec<_>>();
        vec![
            p.id.to_string(),
            passage_time(p),
            p.camera.to_string(),
            (w.direction)(p.direction).to_owned(),
            why.join("\n"),
            if candidates.is_empty() { dash() } else { candidates.join("\n") },
            p.looks.to_string(),
            p.pictures.plate.clone().or(p.pictures.vehicle.clone()).unwrap_or_else(dash),
        ]
    }

    fn numbers() -> &'static [usize] {
        &[6]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::plate::Candidate;

    #[test]
    fn why_a_passage_is_to_be_looked_at() {
        let of = |state: &str, candidates: &[(&str, f32, bool)]| {
            let candidate = |c: &(&str, f32, bool)| Candidate { text: c.0.to_owned(), p: c.1, painted: c.2 };
            let text = serde_json::json!({
                "id": "p1", "revision": 1, "camera": "a", "gate": "g", "lane": null, "role": "gateway",
                "direction": "in", "crossed_at": null, "first_seen": null, "last_seen": null, "stream_s": 1.0,
                "clock": "unknown", "class": "truck", "colour": null,
                "plate": (state == "read").then_some("29C12345"),
                "plate_kind": (state == "read").then_some("car"), "plate_state": state, "confidence": 0.98,
                "candidates": candidates.iter().map(candidate).collect::<Vec<_>>(), "layout": null,
                "plate_class": null, "plate_colour": "white", "trailer_plate": null, "painted_number": null,
                "province": null, "verdict": "undetermined", "looks": 3,
                "pictures": {"frame": null, "vehicle": null, "plate": null}, "models": "", "config": ""
            });
            why(&serde_json::from_value(text).expect("a passage"))
        };
        let own = ("29C12345", 0.98, false);
        assert_eq!(of("read", &[own]), ["low_confidence"]);
        assert_eq!(of("read", &[own, ("29C12346", 0.02, true)]), ["low_confidence", "painted_otherwise"]);
        // It settled the read, or stands beside what was not read: nothing is said otherwise.
        assert_eq!(of("read", &[("29C12345", 0.98, true)]), ["low_confidence"]);
        assert_eq!(of("undetermined", &[("29C12346", 0.4, true)]), ["undetermined"]);
    }
}

//! `--sheet`: one HTML file of everything that differs from the truth, with pictures in it. It needs nothing else.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Read as _;
use std::path::Path;

use jiff::Timestamp;

use super::super::error::CliError;
use super::super::listed::passage_time;
use super::super::report::{add, escaped};
use super::super::words::Words;
use super::stills::{self, Shot, Stills};
use crate::config::{CameraSettings, Location, Settings};
use crate::domain::passage::Passage;
use crate::domain::time::table_local;
use crate::measure::{Case, FrameTruth, Judgement, SeenVehicle, Truth, TruthPass, cases};

const STYLE: &str = "body{font:15px/1.4 system-ui,sans-serif;max-width:76rem;margin:1.5rem auto;padding:0 1rem;color:#1b1b1b;\
    background:#fff}h1{font-size:1.5rem}h2{font-size:1.1rem;margin-top:2rem}article{display:flex;gap:1rem;\
    border-top:1px solid #bbb;padding:.8rem 0;flex-wrap:wrap}article>img{max-width:100%;height:auto;align-self:flex-start}\
    .told{flex:1;min-width:18rem}.told img{margin:.3rem .4rem 0 0;vertical-align:top;min-width:6rem;image-rendering:pixelated}\
    dl{display:grid;grid-template-columns:max-content 1fr;gap:.1rem .8rem;margin:.4rem 0}dt{color:#555}dd{margin:0}\
    .mark{background:#8a1c2c;color:#fff;border-radius:.3rem;padding:0 .4rem;margin-right:.3rem}.note{color:#555}";

/// What the sheet is made of.
pub(super) struct Sheet<'a> {
    pub settings: &'a Settings,
    pub truth: &'a Truth,
    /// Folder of the truth, which may hold `frames/CAMERA.jsonl.gz`.
    pub truth_dir: &'a Path,
    pub passages: &'a [Passage],
    pub judged: &'a Judgement,
    /// Folder of the store that holds the record's pictures.
    pub store: &'a Path,
    /// Cases that are shown at most.
    pub limit: usize,
}

impl Sheet<'_> {
    /// The page, and how many cases differ.
    pub fn page(&self, w: &Words) -> Result<(String, usize), CliError> {
        let mut frames: BTreeMap<&str, FrameTruth> = BTreeMap::new();
        for camera in self.truth.passes.iter().map(|p| p.camera.as_str()) {
            if !frames.contains_key(camera) {
                frames.insert(camera, read_frames(self.truth_dir, camera)?);
            }
        }
        let seen = |pass: &TruthPass| self.seen(frames.get(pass.camera.as_str()), pass);
        let cases = cases(self.truth, self.passages, self.judged, seen);
        let shown = &cases[..cases.len().min(self.limit)];
        let pictures = self.pictures(shown, &frames, w);

        let mut page = String::new();
        let j = w.judge;
        add(
            &mut page,
            format_args!(
                "<!DOCTYPE html>\n<html lang=\"{}\"><head><meta charset=\"utf-8\"><title>{}</title><meta name=\"viewport\" \
                 content=\"width=device-width\"><style>{STYLE}</style></head><body>\n<h1>{}</h1>\n",
                j.language, j.title, j.title
            ),
        );
        let c = &self.judged.all;
        let counts = [c.passages, c.found, c.readable, c.plate_exact, c.false_passages];
        add(&mut page, format_args!("<p>{}</p>\n", escaped(&(j.summary)(cases.len(), counts))));
        if cases.is_empty() {
            add(&mut page, format_args!("<p>{}</p>\n", j.nothing));
        } else {
            add(&mut page, format_args!("<p class=\"note\">{}</p>\n", j.legend));
        }
        if shown.len() < cases.len() {
            add(&mut page, format_args!("<p><b>{}</b></p>\n", escaped(&(j.cut)(shown.len(), cases.len()))));
        }
        let mut heading = None;
        for (case, picture) in shown.iter().zip(&pictures) {
            let fault = case.faults.first().copied();
            if let Some(fault) = fault.filter(|_| fault != heading) {
                let n = cases.iter().filter(|c| c.faults.first() == Some(&fault)).count();
                add(&mut page, format_args!("<h2>{}: {n}</h2>\n", (j.fault)(fault)));
                heading = Some(fault);
            }
            self.card(&mut page, case, picture, w);
        }
        page.push_str("</body></html>\n");
        Ok((page, cases.len()))
    }

    fn camera(&self, name: &str) -> Option<&CameraSettings> {
        self.settings.cameras.iter().find(|c| c.place.name.as_str() == name)
    }

    /// Seconds of the camera's clip at that moment.
    fn clip_second(&self, camera: &str, at: Timestamp) -> Option<f64> {
        let start = self.camera(camera)?.start?;
        Some(at.duration_since(start).as_secs_f64())
    }

    fn seen<'f>(&self, frames: Option<&'f FrameTruth>, pass: &TruthPass) -> Option<&'f SeenVehicle> {
        frames?.vehicle_at(self.clip_second(&pass.camera, pass.crossed_at)?, pass.vehicle.as_deref()?)
    }

    /// Pictures of each case, or why there are none. Each clip is read once.
    fn pictures(
        &self,
        shown: &[Case],
        frames: &BTreeMap<&str, FrameTruth>,
        w: &Words,
    ) -> Vec<Result<Stills, String>> {
        let mut made: Vec<Result<Stills, String>> = vec![Err(w.judge.none_kept.to_owned()); shown.len()];
        let mut by_camera: BTreeMap<&str, Vec<(usize, Shot)>> = BTreeMap::new();
        for (index, case) in shown.iter().enumerate() {
            if let Some(pass) = case.pass.map(|at| &self.truth.passes[at]) {
                let Some(at_s) = self.clip_second(&pass.camera, pass.crossed_at) else {
                    made[index] = Err(w.judge.no_clip.to_owned());
                    continue;
                };
                let truth = frames.get(pass.camera.as_str());
                let vehicle = self.seen(truth, pass);
                // The boxes fit that frame, and the crossing lies between two.
                let at_s =
                    truth.and_then(|t| t.time_near(at_s)).filter(|_| vehicle.is_some()).unwrap_or(at_s);
                let plate = vehicle.and_then(|v| v.plate.as_ref()).and_then(|p| p.rect());
                let shot = Shot { at_s, vehicle: vehicle.map(SeenVehicle::rect), plate };
                by_camera.entry(pass.camera.as_str()).or_default().push((index, shot));
            }
        }
        for (camera, wanted) in by_camera {
            let (indices, shots): (Vec<usize>, Vec<Shot>) = wanted.into_iter().unzip();
            let stills = match self.camera(camera).map(|c| &c.location) {
                Some(Location::File(path)) => stills::of_clip(path, &shots),
                _ => Err(w.judge.no_clip.to_owned()),
            };
            for (at, index) in indices.into_iter().enumerate() {
                let still = stills.as_ref().map(|s| s.get(&at).cloned());
                made[index] = match still {
                    Ok(Some(still)) => Ok(still),
                    Ok(None) => Err(w.judge.no_frame.to_owned()),
                    Err(why) => Err(why.clone()),
                };
            }
        }
        for (index, case) in shown.iter().enumerate() {
            if let (None, Some(at)) = (case.pass, case.passage)
                && let Some(path) = &self.passages[at].pictures.frame
            {
                let frame = stills::of_file(&self.store.join(path), true);
                made[index] =
                    frame.map(|frame| Stills { frame, details: Vec::new() }).map_err(|e| e.to_string());
            }
        }
        made
    }

    fn card(&self, page: &mut String, case: &Case, picture: &Result<Stills, String>, w: &Words) {
        let j = w.judge;
        page.push_str("<article>\n");
        let details = match picture {
            Ok(stills) => {
                add(page, format_args!("<img src=\"{}\" alt=\"\">\n", stills.frame));
                stills.details.as_slice()
            }
            Err(why) => {
                add(page, format_args!("<p class=\"note\">{}</p>\n", escaped(&(j.no_picture)(why))));
                &[]
            }
        };
        page.push_str("<div class=\"told\">");
        let pass = case.pass.map(|at| &self.truth.passes[at]);
        let passage = case.passage.map(|at| &self.passages[at]);
        for fault in &case.faults {
            add(page, format_args!("<span class=\"mark\">{}</span>", (j.fault)(*fault)));
        }
        if pass.is_some_and(|p| p.held_out) {
            add(page, format_args!("<span class=\"note\">{}</span>", j.held_out));
        }
        page.push_str("<dl>");
        let mut row = |label: &str, text: &str| {
            if !text.is_empty() {
                add(page, format_args!("<dt>{}</dt><dd>{}</dd>", escaped(label), escaped(text)));
            }
        };
        row(w.head.camera, pass.map_or_else(|| passage.map_or("", |p| p.camera.as_str()), |p| &p.camera));
        row(w.head.time, &self.time(pass, passage));
        row(j.truth, &pass.map_or_else(|| j.not_in_truth.to_owned(), |p| true_words(p, w)));
        row(j.record, &passage.map_or_else(|| j.not_recorded.to_owned(), |p| recorded_words(p, w)));
        row(j.candidates, &passage.map_or_else(String::new, candidates));
        let reasons: Vec<String> = case.reasons.iter().map(|r| (j.reason)(r)).collect();
        row(j.why, &reasons.join("; "));
        page.push_str("</dl>\n");
        for detail in details {
            add(page, format_args!("<img src=\"{detail}\" alt=\"{}\">", escaped(j.truth)));
        }
        for path in passage.iter().flat_map(|p| [&p.pictures.vehicle, &p.pictures.plate]).flatten() {
            // A picture that the store's keeping has removed is no fault of the sheet.
            if let Ok(kept) = stills::of_file(&self.store.join(path), false) {
                add(page, format_args!("<img src=\"{kept}\" alt=\"{}\">", escaped(j.record)));
            }
        }
        page.push_str("</div></article>\n");
    }

    /// When it was, and where in the clip.
    fn time(&self, pass: Option<&TruthPass>, passage: Option<&Passage>) -> String {
        let Some(pass) = pass else { return passage.map_or_else(String::new, passage_time) };
        let mut told = table_local(pass.crossed_at);
        if let Some(second) = self.clip_second(&pass.camera, pass.crossed_at) {
            let _ = write!(told, " ({second:.1} s)");
        }
        told
    }
}

fn true_words(pass: &TruthPass, w: &Words) -> String {
    let plate = match (&pass.plate, pass.plate_width_px) {
        (Some(text), Some(px)) => format!("{text} ({})", (w.judge.width)(px)),
        (Some(text), None) => text.clone(),
        (None, _) => w.judge.no_plate.to_owned(),
    };
    let light = pass.light.as_ref().map(|l| format!(", {l}")).unwrap_or_default();
    format!("{plate}, {}, {}{light}: {}", (w.class)(pass.class), (w.direction)(pass.direction), pass.id)
}

fn recorded_words(passage: &Passage, w: &Words) -> String {
    let plate = match &passage.plate {
        Some(text) => format!("{text} ({:.1} %)", passage.confidence * 100.0),
        None => format!("{} ({})", w.judge.not_read, (w.keep.plate_state)(passage.plate_state)),
    };
    let (class, direction) = ((w.class)(passage.class), (w.direction)(passage.direction));
    format!("{plate}, {class}, {direction}, {}", (w.judge.looks)(passage.looks))
}

fn candidates(passage: &Passage) -> String {
    let told: Vec<String> =
        passage.candidates.iter().map(|c| format!("{} {:.1} %", c.text, c.p * 100.0)).collect();
    told.join(", ")
}

/// The truth of a camera's frames; empty where there is none.
fn read_frames(truth: &Path, camera: &str) -> Result<FrameTruth, CliError> {
    let folder = truth.join("frames");
    let packed = folder.join(format!("{camera}.jsonl.gz"));
    let failed =
        |path: &Path, why: &dyn std::fmt::Display| CliError::Failed(format!("{}: {why}", path.display()));
    let (path, text) = match std::fs::File::open(&packed) {
        Ok(file) => {
            let mut text = String::new();
            let read = flate2::read::MultiGzDecoder::new(file).read_to_string(&mut text);
            read.map_err(|e| failed(&packed, &format!("cannot be unpacked ({e})")))?;
            (packed, text)
        }
        Err(_) => {
            let plain = folder.join(format!("{camera}.jsonl"));
            match std::fs::read_to_string(&plain) {
                Ok(text) => (plain, text),
                Err(_) => return Ok(FrameTruth::default()),
            }
        }
    };
    FrameTruth::parse(&text).map_err(|e| failed(&path, &e))
}

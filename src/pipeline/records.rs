//! From the passage book's drafts to the store's records, with their evidence pictures.

use std::sync::Arc;

use super::error::PipelineError;
use crate::domain::frame::Image;
use crate::domain::geometry::{FrameSpace, Rect};
use crate::domain::passage::{CancelledPassage, Passage, Pictures};
use crate::domain::place::CameraPlace;
use crate::domain::plate::Verdict;
use crate::image;
use crate::journey::book::{Draft, Entry};
use crate::store::{HomeCount, Picture, PictureKind, Record};

/// JPEG quality of whole frames: they are the bulk of the disk.
const FRAME_QUALITY: u8 = 75;
/// JPEG quality of vehicle and plate.
const DETAIL_QUALITY: u8 = 90;

/// A sight of a vehicle: the frame, and where vehicle and plate are in it. Cheap to clone.
#[derive(Debug, Clone, PartialEq)]
pub struct Evidence {
    /// The frame.
    pub image: Arc<Image>,
    /// The vehicle.
    pub vehicle: Rect<FrameSpace>,
    /// Its plate.
    pub plate: Option<Rect<FrameSpace>>,
}

/// What is the same for all records of one camera in one run.
#[derive(Debug, Clone)]
pub struct RecordMaker {
    /// The camera.
    pub place: CameraPlace,
    /// Versions of the models and the provider.
    pub models: String,
    /// Which configuration made the record.
    pub config: String,
    /// Whether home vehicles are only counted.
    pub count_home: bool,
}

impl RecordMaker {
    /// The record of one entry.
    pub fn record(&self, entry: Entry<Evidence>) -> Result<Option<Record>, PipelineError> {
        match entry {
            Entry::Cancelled { id, at } => Ok(Some(Record::Cancelled(CancelledPassage {
                id,
                at: at.wall,
                why: "the vehicle went back over the line".to_owned(),
            }))),
            Entry::Passage(draft) => {
                let passage = self.passage(&draft);
                if self.count_home && passage.verdict == Verdict::Home {
                    return Ok(Some(Record::HomeCount(HomeCount {
                        id: passage.id,
                        revision: passage.revision,
                        camera: passage.camera,
                        direction: passage.direction,
                        class: passage.class,
                        crossed_at: passage.crossed_at,
                    })));
                }
                let pictures = draft.evidence.as_ref().map(pictures).transpose()?.unwrap_or_default();
                Ok(Some(Record::Passage(Box::new(passage), pictures)))
            }
        }
    }

    fn passage(&self, draft: &Draft<Evidence>) -> Passage {
        let outcome = draft.outcome.clone();
        Passage {
            id: draft.id.clone(),
            revision: draft.revision,
            camera: self.place.name.clone(),
            gate: self.place.gate.clone(),
            lane: self.place.lane.clone(),
            role: self.place.role,
            direction: draft.direction,
            crossed_at: draft.crossed.wall,
            first_seen: draft.first.wall,
            last_seen: draft.last.wall,
            stream_s: (draft.crossed.stream_s * 1000.0).round() / 1000.0,
            clock: draft.crossed.clock,
            class: draft.class,
            colour: draft.colour,
            plate: None,
            plate_kind: None,
            plate_state: outcome.state,
            confidence: outcome.confidence,
            candidates: outcome.candidates,
            layout: outcome.layout,
            plate_class: outcome.class,
            plate_colour: outcome.colour,
            trailer_plate: None,
            painted_number: outcome.painted,
            province: outcome.province.map(|code| format!("{code:02}")),
            verdict: outcome.verdict,
            looks: outcome.looks,
            pictures: Pictures::default(),
            models: self.models.clone(),
            config: self.config.clone(),
            verdict_by_today: draft.crossed.wall.is_none(),
            corrected: false,
        }
        .named(outcome.key)
    }
}

/// The frame that was read, its vehicle and its plate.
fn pictures(evidence: &Evidence) -> Result<Vec<Picture>, PipelineError> {
    let cut = |rect: &Rect<FrameSpace>, margin: f32| -> Result<Vec<u8>, PipelineError> {
        Ok(image::encode_jpeg(&image::crop(&evidence.image, &rect.grown(margin))?, DETAIL_QUALITY)?)
    };
    let mut pictures = vec![
        Picture { kind: PictureKind::Frame, jpeg: image::encode_jpeg(&evidence.image, FRAME_QUALITY)? },
        Picture { kind: PictureKind::Vehicle, jpeg: cut(&evidence.vehicle, 0.02)? },
    ];
    if let Some(plate) = &evidence.plate {
        pictures.push(Picture { kind: PictureKind::Plate, jpeg: cut(plate, 0.08)? });
    }
    Ok(pictures)
}

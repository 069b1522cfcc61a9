//! Pictures of the sheet: frames of the clips at given times, and what the record kept.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::base::clock::SystemClock;
use crate::base::shutdown::Shutdown;
use crate::domain::frame::{Frame, Image};
use crate::domain::geometry::{FrameSpace, Rect};
use crate::domain::ids::CameraId;
use crate::image::{self, Colour, ImageError};
use crate::source::{self, CameraState, EndReason, Location, Sink, SourceSpec};

/// Largest sides of pictures on the sheet, in pixels.
const FRAME: (u32, u32) = (640, 480);
const DETAIL: (u32, u32) = (240, 240);
const FRAME_QUALITY: u8 = 72;
const DETAIL_QUALITY: u8 = 82;

/// What is shown of one moment of a clip.
#[derive(Debug, Clone)]
pub(super) struct Shot {
    /// Seconds of the clip.
    pub at_s: f64,
    /// The vehicle's true box.
    pub vehicle: Option<Rect<FrameSpace>>,
    /// Its plate's.
    pub plate: Option<Rect<FrameSpace>>,
}

/// Pictures as `data:` addresses; those that there are none of are empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Stills {
    /// The whole frame.
    pub frame: String,
    /// Vehicle and plate cut out.
    pub details: Vec<String>,
}

/// The stills of the shots of one clip, by the index of the shot; those after the clip's end are missing. The frame of a
/// shot is the first at or after its time.
pub(super) fn of_clip(path: &Path, shots: &[Shot]) -> Result<BTreeMap<usize, Stills>, String> {
    let mut order: Vec<usize> = (0..shots.len()).collect();
    // Frames come by time, and the last wanted is at the end to be taken off.
    order.sort_by(|a, b| shots[*b].at_s.total_cmp(&shots[*a].at_s));
    let mut pick = Pick { shots, wanted: order, made: BTreeMap::new(), failed: None };
    let mut spec = SourceSpec::new(CameraId::new("sheet"), Location::File(path.to_owned()));
    spec.sample_fps = f64::INFINITY;
    let end = source::read_file(&spec, path, &mut pick, &Shutdown::new(), &SystemClock::new());
    match (pick.failed, end.reason) {
        (Some(error), _) => Err(error.to_string()),
        (None, EndReason::Failed(error)) if pick.made.is_empty() => Err(error.to_string()),
        (None, _) => Ok(pick.made),
    }
}

/// A file that the record kept.
pub(super) fn of_file(path: &Path, whole_frame: bool) -> Result<String, ImageError> {
    let picture = image::decode_still(path)?;
    let (limit, quality) = if whole_frame { (FRAME, FRAME_QUALITY) } else { (DETAIL, DETAIL_QUALITY) };
    address(&picture, limit, quality)
}

/// Takes the frames that are wanted and stops behind the last.
struct Pick<'a> {
    shots: &'a [Shot],
    /// Indices of shots, the latest first.
    wanted: Vec<usize>,
    made: BTreeMap<usize, Stills>,
    failed: Option<ImageError>,
}

impl Sink for &mut Pick<'_> {
    fn frame(&mut self, frame: Frame) -> ControlFlow<()> {
        while let Some(&next) = self.wanted.last() {
            let shot = &self.shots[next];
            // Times in the truth are rounded, frames lie further apart than this.
            if frame.stamp.stream_s + 0.005 < shot.at_s {
                return ControlFlow::Continue(());
            }
            match still(&frame.image, shot) {
                Ok(made) => _ = self.made.insert(next, made),
                Err(error) => {
                    self.failed = Some(error);
                    return ControlFlow::Break(());
                }
            }
            self.wanted.pop();
        }
        ControlFlow::Break(())
    }

    fn state(&mut self, _state: CameraState) {}
}

fn still(picture: &Image, shot: &Shot) -> Result<Stills, ImageError> {
    let boxes = [(&shot.vehicle, Colour::Green, 0.04), (&shot.plate, Colour::Orange, 0.15)];
    let mut details = Vec::new();
    for (rect, _, margin) in boxes {
        let Some(rect) = rect else { continue };
        let inside = rect.grown(margin).clipped(picture.width() as f32, picture.height() as f32);
        // What lies outside the picture cannot be shown.
        if inside.w >= 1.0 && inside.h >= 1.0 {
            details.push(address(&image::crop(picture, &inside)?, DETAIL, DETAIL_QUALITY)?);
        }
    }
    let mut marked = picture.clone();
    for (rect, colour, _) in boxes {
        if let Some(rect) = rect {
            image::draw_box(&mut marked, rect, colour, "")?;
        }
    }
    Ok(Stills { frame: address(&marked, FRAME, FRAME_QUALITY)?, details })
}

fn address(picture: &Image, (width, height): (u32, u32), quality: u8) -> Result<String, ImageError> {
    let jpeg = image::encode_jpeg(&image::fitted(picture, width, height)?, quality)?;
    Ok(format!("data:image/jpeg;base64,{}", STANDARD.encode(jpeg)))
}

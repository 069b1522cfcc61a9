//! The read stage of one camera: looks at plates, keeps the evidence, and turns the passage book's drafts into
//! records.

use std::sync::Arc;

use super::error::PipelineError;
use super::judge::{Judge, Sight, TrackPoll};
use super::lane::Seen;
use super::looks::{LookPlanner, LookRules};
use super::nets::{DetectorNet, ReaderNet, plate_colour, vehicle_paint};
use super::painted::FinderNet;
use super::records::{Evidence, RecordMaker};
use crate::domain::detection::PlateDetection;
use crate::domain::frame::Frame;
use crate::domain::geometry::{FrameSpace, Rect};
use crate::domain::place::CameraPlace;
use crate::domain::plate::PlateColour;
use crate::domain::track::{EndedTrack, TrackPoint};
use crate::journey::book::{BookRules, Entry, PassageBook};
use crate::obs::{CameraCounters, Count, Stage, StageTimes};
use crate::plate::vote::{Look, may_be_painted};
use crate::store::Record;

/// The nets that look at plates; one set a read worker, shared by its cameras.
pub struct Eyes {
    /// For second looks.
    pub detector: DetectorNet,
    /// For plates.
    pub reader: ReaderNet,
    /// For painted numbers, where there is such a net.
    pub finder: Option<FinderNet>,
}

/// One camera's read stage.
pub struct ReadStage {
    planner: LookPlanner,
    book: PassageBook<TrackPoll, Evidence>,
    maker: RecordMaker,
    counters: Arc<CameraCounters>,
}

impl ReadStage {
    /// A stage that has seen nothing.
    pub fn new(
        place: &CameraPlace,
        judge: Arc<Judge>,
        maker: RecordMaker,
        counters: Arc<CameraCounters>,
    ) -> Self {
        Self {
            planner: LookPlanner::new(LookRules::default()),
            book: PassageBook::new(BookRules::default(), place.line.is_some(), move || {
                TrackPoll::new(judge.clone())
            }),
            maker,
            counters,
        }
    }

    /// Takes what one frame showed; the answer is what is to be recorded.
    pub fn take(
        &mut self,
        seen: &Seen,
        eyes: &mut Eyes,
        times: &StageTimes,
    ) -> Result<Vec<Record>, PipelineError> {
        for point in seen.earlier.iter().chain(&seen.points) {
            self.book.point(point);
        }
        times.time(Stage::Record, || self.glimpses(seen))?;
        let mut lettered = self.looks(seen, eyes)?;
        lettered.extend(&seen.lettered);
        self.painted(seen, &lettered, eyes)?;
        times.time(Stage::Record, || self.entries(seen))
    }

    fn entries(&mut self, seen: &Seen) -> Result<Vec<Record>, PipelineError> {
        let mut entries: Vec<Entry<Evidence>> =
            seen.crossings.iter().filter_map(|e| self.book.crossing(e)).collect();
        entries.extend(self.end(&seen.ended));
        entries.extend(self.book.tick(&seen.frame.stamp));
        self.record(entries)
    }

    /// The camera's tracks have all ended.
    pub fn finish(&mut self, ended: &[EndedTrack], times: &StageTimes) -> Result<Vec<Record>, PipelineError> {
        times.time(Stage::Record, || {
            let entries = self.end(ended);
            self.record(entries)
        })
    }

    fn end(&mut self, ended: &[EndedTrack]) -> Vec<Entry<Evidence>> {
        self.counters.add(Count::Tracks, ended.len() as u64);
        let mut entries = Vec::new();
        for track in ended {
            entries.extend(self.book.ended(track));
            self.planner.forget(&track.track);
        }
        entries
    }

    fn record(&self, entries: Vec<Entry<Evidence>>) -> Result<Vec<Record>, PipelineError> {
        let mut records = Vec::new();
        for entry in entries {
            if matches!(&entry, Entry::Passage(draft) if draft.revision == 1) {
                self.counters.count(Count::Passages);
            }
            records.extend(self.maker.record(entry)?);
        }
        Ok(records)
    }

    /// Keeps the largest whole sight of every vehicle, for those whose plate is never read, and looks at the colour of those
    /// that are whole.
    fn glimpses(&mut self, seen: &Seen) -> Result<(), PipelineError> {
        let (w, h) = (seen.frame.image.width() as f32, seen.frame.image.height() as f32);
        let mut light = None;
        for point in seen.points.iter().filter(|p| p.score.is_some()) {
            let r = point.rect;
            let whole = r.x > 2.0 && r.y > 2.0 && r.right() < w - 2.0 && r.bottom() < h - 2.0;
            let worth = r.area() * if whole { 1.0 } else { 0.25 };
            self.book.glimpse(&point.track, worth, || evidence(&seen.frame, point, None));
            if whole {
                let sight = vehicle_paint(&seen.frame.image, &point.rect, point.class, &mut light)?;
                sight.into_iter().for_each(|sight| self.book.see(&point.track, Sight::Paint(sight)));
            }
        }
        Ok(())
    }

    /// Looks at the plates of the frame, and again at vehicles whose plate was not seen; the plates found on these.
    fn looks(&mut self, seen: &Seen, eyes: &mut Eyes) -> Result<Vec<Rect<FrameSpace>>, PipelineError> {
        let mut found: Vec<Rect<FrameSpace>> = Vec::new();
        let mut open: Vec<bool> = seen.points.iter().map(|p| !self.settled(p)).collect();
        for (at, plate) in &seen.plates {
            open[*at] = false;
            self.look(&seen.frame, &seen.points[*at], plate, eyes)?;
        }
        for at in self.planner.second_looks(&seen.points, &open) {
            let point = &seen.points[at];
            self.counters.count(Count::SecondLooks);
            let plates = eyes.detector.second_look(&seen.frame.image, point.rect)?;
            found.extend(plates.iter().map(|plate| plate.rect));
            // The crop also shows neighbours; a plate nearer to another vehicle's box is not this one's.
            let own = plates.iter().find(|plate| {
                let inside = |p: &TrackPoint| p.rect.overlap(&plate.rect) >= 0.8 * plate.rect.area();
                let smaller =
                    |p: &TrackPoint| p.track != point.track && inside(p) && p.rect.area() < point.rect.area();
                inside(point) && !seen.points.iter().any(smaller)
            });
            match own {
                Some(plate) => self.look(&seen.frame, point, plate, eyes)?,
                None => {
                    let nothing = evidence(&seen.frame, point, None);
                    self.book.look(&point.track, None, "", 0.0, nothing);
                }
            }
        }
        Ok(found)
    }

    /// Looks for the number painted on one lorry of the frame, and reads what is found beside the plates, which are `lettered`.
    fn painted(
        &mut self,
        seen: &Seen,
        lettered: &[Rect<FrameSpace>],
        eyes: &mut Eyes,
    ) -> Result<(), PipelineError> {
        let Some(finder) = &mut eyes.finder else { return Ok(()) };
        let book = &self.book;
        let settled = |p: &TrackPoint| book.poll(&p.track).is_some_and(|poll| poll.ballot.settled());
        let done = |p: &TrackPoint| book.poll(&p.track).is_some_and(|poll| poll.painted.settled());
        let Some(at) = self.planner.painted(&seen.points, settled, done) else { return Ok(()) };
        let point = &seen.points[at];
        for number in finder.find(&seen.frame.image, point.rect)? {
            let middle = number.level.center();
            // Text on a plate is the plate's, also where this frame did not show that it is one; and what lies on another
            // vehicle, before this one or behind it, may be that one's.
            let on_a_plate = lettered.iter().any(|plate| plate.grown(0.1).contains(middle));
            let on_its_plate =
                self.planner.plate_on(point).is_some_and(|plate| plate.grown(0.5).contains(middle));
            let on_another = |p: &TrackPoint| p.track != point.track && p.rect.contains(middle);
            if on_a_plate || on_its_plate || seen.points.iter().any(on_another) {
                continue;
            }
            let (level, turn) = (&number.level, number.turn_deg);
            let reading = eyes.reader.read_level(&seen.frame.image, level, finder.margin(), turn)?;
            // Names, telephone numbers and loads are no plate's number.
            if may_be_painted(&reading) {
                let look = Look {
                    stream_s: seen.frame.stamp.stream_s,
                    reading,
                    plate_width_px: number.level.w,
                    plate_score: number.score,
                    colour: PlateColour::Unknown,
                };
                self.book.see(&point.track, Sight::Number(look));
            }
        }
        Ok(())
    }

    fn settled(&self, point: &TrackPoint) -> bool {
        self.book.poll(&point.track).is_some_and(|p| p.ballot.settled())
    }

    /// Reads one plate where that gains something.
    fn look(
        &mut self,
        frame: &Frame,
        point: &TrackPoint,
        plate: &PlateDetection,
        eyes: &mut Eyes,
    ) -> Result<(), PipelineError> {
        let settled = self.settled(point);
        self.planner.plate_seen(point, &plate.rect);
        if !self.planner.read(&point.track, frame.stamp.stream_s, plate.rect.w, settled) {
            return Ok(());
        }
        self.counters.count(Count::Looks);
        let reading = eyes.reader.read(&frame.image, plate.rect)?;
        let text = reading.text();
        let worth = reading.confidence * plate.rect.w.min(160.0) * plate.score.sqrt();
        let look = Look {
            stream_s: frame.stamp.stream_s,
            reading,
            plate_width_px: plate.rect.w,
            plate_score: plate.score,
            colour: plate_colour(&frame.image, &plate.rect),
        };
        self.book.look(&point.track, Some(look), &text, worth, evidence(frame, point, Some(plate)));
        Ok(())
    }
}

fn evidence(frame: &Frame, point: &TrackPoint, plate: Option<&PlateDetection>) -> Evidence {
    Evidence { image: frame.image.clone(), vehicle: point.rect, plate: plate.map(|p| p.rect) }
}

//! Measuring against truth: matching, counts, intervals. Pure.

mod bands;
mod boxes;
mod cases;
mod counted;
mod edits;
mod frames;
mod groups;
mod labels;
mod passages;
mod plates;
mod truth;
mod wilson;

pub use bands::band_order;
pub use boxes::{
    BoxError, CLASSES as BOX_CLASSES, ClassFigures, DetectCounts, DetectFigures, LabelledBox, WidthFigures,
    parse_boxes,
};
pub use cases::{Case, Fault, Reason, cases, faults};
pub use counted::{CountedFigures, CountedJudgement, CountedSpan, hashed, judge_counted, parse_counted};
pub use edits::Edit;
pub use frames::{FrameTruth, SeenPlate, SeenVehicle};
pub use groups::{GROUPED_BY, GroupFigures, Groups, group_figures, intervals};
pub use labels::{LabelError, TruePlate, parse_labels};
pub use passages::{Counts, Judgement, judge, nearest_pass};
pub use plates::{Confused, Coverage, FoundPlate, PlateCase, PlateCounts, PlateFigures, pair, plate_figures};
pub use truth::{Truth, TruthError, TruthJourney, TruthPass};
pub use wilson::wilson95;

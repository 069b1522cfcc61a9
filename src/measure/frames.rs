//! Truth of single frames, `frames/CAMERA.jsonl`: where each vehicle and its plate are, and how much of them is seen.

use serde::Deserialize;

use super::truth::TruthError;
use crate::domain::geometry::{FrameSpace, Rect};

/// A vehicle in a frame.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct SeenVehicle {
    /// Its name, as in [`super::TruthPass::vehicle`].
    pub vehicle: String,
    /// Its visible pixels: left, top, width, height.
    #[serde(rename = "box")]
    rect: [f32; 4],
    /// Share of it that nothing hides, 0-1.
    #[serde(default = "whole")]
    pub visible: f64,
    /// Whether it reaches the picture's edge.
    #[serde(default)]
    pub cut: bool,
    /// The plate that faces the camera.
    #[serde(default)]
    pub plate: Option<SeenPlate>,
}

/// A plate in a frame.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct SeenPlate {
    /// Pixels.
    pub width: f64,
    /// Share of it that nothing hides, 0-1.
    #[serde(default = "whole")]
    pub visible: f64,
    /// Share of it under mud or cloth, 0-1.
    #[serde(default)]
    pub cover: f64,
    /// Corners in pixels of the frame.
    #[serde(default)]
    corners: Vec<[f32; 2]>,
}

fn whole() -> f64 {
    1.0
}

impl SeenVehicle {
    /// Where it is.
    pub fn rect(&self) -> Rect<FrameSpace> {
        let [x, y, w, h] = self.rect;
        Rect::new(x, y, w, h)
    }
}

impl SeenPlate {
    /// The upright box around it; `None` where the truth does not say where it is.
    pub fn rect(&self) -> Option<Rect<FrameSpace>> {
        let side = |axis: usize, pick: fn(f32, f32) -> f32| self.corners.iter().map(|c| c[axis]).reduce(pick);
        let (x0, y0) = (side(0, f32::min)?, side(1, f32::min)?);
        Some(Rect::from_corners(x0, y0, side(0, f32::max)?, side(1, f32::max)?))
    }
}

#[derive(Deserialize)]
struct Line {
    t: f64,
    vehicles: Vec<SeenVehicle>,
}

/// What is seen in the frames of one camera, by time.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct FrameTruth {
    frames: Vec<(f64, Vec<SeenVehicle>)>,
}

impl FrameTruth {
    /// Reads JSON Lines of `t` (seconds of the clip) and `vehicles`.
    pub fn parse(text: &str) -> Result<Self, TruthError> {
        let lines: Vec<Line> = super::truth::lines("frames", text)?;
        let mut frames: Vec<_> = lines.into_iter().map(|l| (l.t, l.vehicles)).collect();
        frames.sort_by(|a, b| a.0.total_cmp(&b.0));
        Ok(Self { frames })
    }

    /// The vehicle of that name in the frame nearest to `t` seconds.
    pub fn vehicle_at(&self, t: f64, name: &str) -> Option<&SeenVehicle> {
        self.nearest(t)?.1.iter().find(|v| v.vehicle == name)
    }

    /// Seconds of the frame nearest to `t`.
    pub fn time_near(&self, t: f64) -> Option<f64> {
        self.nearest(t).map(|frame| frame.0)
    }

    fn nearest(&self, t: f64) -> Option<&(f64, Vec<SeenVehicle>)> {
        let after = self.frames.partition_point(|(at, _)| *at < t);
        let near = [after.checked_sub(1), Some(after)];
        let frames = near.into_iter().flatten().filter_map(|i| self.frames.get(i));
        frames.min_by(|a, b| (a.0 - t).abs().total_cmp(&(b.0 - t).abs()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_frame_tells_where_a_vehicle_is() {
        let line = |t: f64, x: u32| {
            format!(
                r#"{{"frame":0,"t":{t},"vehicles":[{{"id":"a-in","vehicle":"a","class":"car","box":[{x},5,50,40],"visible":0.4,"cut":true,"plate":{{"text":"x","layout":"one_line","width":38,"visible":0.5,"corners":[[10,20],[48,21],[48,30],[10,29]]}}}}]}}"#
            )
        };
        let text = [line(0.0, 1), line(0.04, 2), line(0.5, 3)].join("\n");
        let frames = FrameTruth::parse(&text).expect("frames");
        let x = |t| frames.vehicle_at(t, "a").map(|v| v.rect().x);
        assert_eq!([x(-3.0), x(0.03), x(0.2), x(9.0)], [Some(1.0), Some(2.0), Some(2.0), Some(3.0)]);
        assert_eq!(frames.vehicle_at(0.0, "b"), None);
        assert_eq!(frames.time_near(0.3), Some(0.5));
        assert_eq!(FrameTruth::default().vehicle_at(0.0, "a"), None);
        let plate = frames.vehicle_at(0.0, "a").and_then(|v| v.plate.as_ref()).expect("a plate");
        assert_eq!(plate.rect().map(|r| r.to_array()), Some([10, 20, 38, 10]));
        assert!(FrameTruth::parse("{}").expect_err("no frame").to_string().contains("frames:1"));
    }
}

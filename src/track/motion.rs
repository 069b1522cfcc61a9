//! Where a vehicle will be: a constant-velocity Kalman filter in stream seconds.
//!
//! The state is centre x, centre y (pixels), ln width and ln height, each with its velocity. The four are filtered
//! apart: their noises do not mix, so it is the joint filter exactly. Noises are told in box sizes, not pixels, and per
//! second, not per frame: a lorry near the camera and a motorbike far away obey the same numbers at any frame rate.

use crate::domain::geometry::{FrameSpace, Point, Rect};

/// Noise of a sure detection's centre, box sizes.
const CENTRE_NOISE: f64 = 0.05;
/// Noise of ln width and ln height.
const SIZE_NOISE: f64 = 0.08;
/// Root of the spectral density of the acceleration's white noise, box sizes / s^1.5, of a standing vehicle.
const CENTRE_JERK: f64 = 0.5;
/// What a speed of one box size / s adds to it: what moves fast on the picture brakes and turns fast on it.
const CENTRE_JERK_BY_SPEED: f64 = 0.5;
/// The same of ln width and ln height, 1/s^1.5.
const SIZE_JERK: f64 = 0.3;
/// Fastest growth by which the way is bent, 1/s. Nearer than that the picture's edge cuts what comes, and its box grows no
/// more: a growth that feeds on itself would run away (seen on footage: a bus expected 2,000 pictures away).
const FASTEST_GROWTH: f64 = 1.0;
/// A surprise of more variances than this says that the vehicle does what the model does not know (it brakes, the edge
/// cuts it): all that was known is doubted until the surprise is no larger.
const SURPRISING: f64 = 9.0;
/// Spread of the unknown velocity at birth, box sizes / s: a motorbike at 50 km/h moves about 7 of its sizes a second.
const BIRTH_SPEED: f64 = 4.0;
/// Spread of the unknown growth at birth, 1/s.
const BIRTH_GROWTH: f64 = 0.7;

/// One quantity, its velocity and their covariance.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Axis {
    x: f64,
    v: f64,
    xx: f64,
    xv: f64,
    vv: f64,
}

impl Axis {
    fn new(x: f64, noise: f64, speed: f64) -> Self {
        Self { x, v: 0.0, xx: noise * noise, xv: 0.0, vv: speed * speed }
    }

    /// Moved on by `dt` seconds under acceleration noise of density `q`.
    fn predict(&mut self, dt: f64, q: f64) {
        self.x += self.v * dt;
        self.xx += dt * (2.0 * self.xv + dt * self.vv) + q * dt * dt * dt / 3.0;
        self.xv += dt * self.vv + q * dt * dt / 2.0;
        self.vv += q * dt;
    }

    fn update(&mut self, measured: f64, noise: f64) {
        let surprise = measured - self.x;
        let doubt = ((surprise * surprise / SURPRISING - noise * noise) / self.xx).max(1.0);
        self.xx *= doubt;
        self.xv *= doubt;
        self.vv *= doubt;
        let total = self.xx + noise * noise;
        let (kx, kv) = (self.xx / total, self.xv / total);
        self.x += kx * surprise;
        self.v += kv * surprise;
        self.vv -= kv * self.xv;
        self.xv *= 1.0 - kx;
        self.xx *= 1.0 - kx;
    }

    /// Square of the surprise in standard deviations, and the logarithm of the variance.
    fn surprise(&self, measured: f64, noise: f64) -> (f64, f64) {
        let total = self.xx + noise * noise;
        ((measured - self.x).powi(2) / total, total.ln())
    }
}

/// How well a box fits a prediction.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Fit {
    /// Square of the Mahalanobis distance over the four quantities.
    pub distance2: f64,
    /// Negative logarithm of the likelihood, but for a constant, with lengths in sizes of the box: comparable between
    /// tracks, so that a track that knows little does not win by knowing little.
    pub cost: f64,
}

/// The motion of one vehicle.
#[derive(Debug, Clone, PartialEq)]
pub struct Motion {
    cx: Axis,
    cy: Axis,
    ln_w: Axis,
    ln_h: Axis,
}

/// Mean side of a box, pixels, at least 1.
pub fn size(rect: &Rect<FrameSpace>) -> f64 {
    f64::from(rect.area()).sqrt().max(1.0)
}

fn ln(side: f32) -> f64 {
    f64::from(side.max(1.0)).ln()
}

impl Motion {
    /// A vehicle first seen here, its velocity unknown.
    pub fn new(rect: &Rect<FrameSpace>) -> Self {
        let s = size(rect);
        let c = rect.center();
        Self {
            cx: Axis::new(f64::from(c.x), CENTRE_NOISE * s, BIRTH_SPEED * s),
            cy: Axis::new(f64::from(c.y), CENTRE_NOISE * s, BIRTH_SPEED * s),
            ln_w: Axis::new(ln(rect.w), SIZE_NOISE, BIRTH_GROWTH),
            ln_h: Axis::new(ln(rect.h), SIZE_NOISE, BIRTH_GROWTH),
        }
    }

    /// Moves on by `dt` seconds; nothing happens for a `dt` that is not above 0.
    ///
    /// A vehicle that comes straight nearer grows by g a second and grows faster the nearer it is; its way on the
    /// picture stretches alike. At constant speed on the road that is exactly a factor of 1 / (1 - g·dt) on the size
    /// and on the way, which a constant velocity on the picture would miss by half near the camera.
    pub fn predict(&mut self, dt: f64) {
        if dt.is_nan() || dt <= 0.0 {
            return;
        }
        let jerk = (CENTRE_JERK + CENTRE_JERK_BY_SPEED * self.speed()) * self.size();
        // The growth as far as it is known, and no more than a doubling or halving at once.
        let (g, doubt) = (self.growth(), (self.ln_w.vv + self.ln_h.vv) / 4.0);
        let g = (g * g * g / (g * g + doubt)).clamp(-FASTEST_GROWTH, FASTEST_GROWTH);
        let stretch = 1.0 / (1.0 - (g * dt).clamp(-1.0, 0.5));
        for axis in [&mut self.cx, &mut self.cy] {
            let v = axis.v;
            axis.predict(dt, jerk * jerk);
            axis.x += v * dt * (stretch - 1.0);
            axis.v = v * stretch * stretch;
        }
        for axis in [&mut self.ln_w, &mut self.ln_h] {
            axis.predict(dt, SIZE_JERK * SIZE_JERK);
            axis.x += stretch.ln() - g * dt;
            axis.v *= stretch;
        }
    }

    /// Takes a detection in. `doubt` multiplies the noise: 1 for a sure box, more for a faint one or one cut by the
    /// picture's edge.
    pub fn update(&mut self, rect: &Rect<FrameSpace>, doubt: f64) {
        let s = size(rect);
        let c = rect.center();
        self.cx.update(f64::from(c.x), doubt * CENTRE_NOISE * s);
        self.cy.update(f64::from(c.y), doubt * CENTRE_NOISE * s);
        self.ln_w.update(ln(rect.w), doubt * SIZE_NOISE);
        self.ln_h.update(ln(rect.h), doubt * SIZE_NOISE);
    }

    /// How well a box fits.
    pub fn fit(&self, rect: &Rect<FrameSpace>, doubt: f64) -> Fit {
        let s = size(rect);
        let c = rect.center();
        let parts = [
            self.cx.surprise(f64::from(c.x), doubt * CENTRE_NOISE * s),
            self.cy.surprise(f64::from(c.y), doubt * CENTRE_NOISE * s),
            self.ln_w.surprise(ln(rect.w), doubt * SIZE_NOISE),
            self.ln_h.surprise(ln(rect.h), doubt * SIZE_NOISE),
        ];
        let distance2 = parts.iter().map(|p| p.0).sum::<f64>();
        let spread = parts.iter().map(|p| p.1).sum::<f64>() - 4.0 * s.ln();
        Fit { distance2, cost: distance2 + spread }
    }

    /// The box as the filter has it.
    pub fn rect(&self) -> Rect<FrameSpace> {
        // 2^16 pixels a side are enough for any picture and keep the exponential finite.
        let (w, h) = (self.ln_w.x.min(11.0).exp(), self.ln_h.x.min(11.0).exp());
        Rect::new((self.cx.x - w / 2.0) as f32, (self.cy.x - h / 2.0) as f32, w as f32, h as f32)
    }

    /// Mean side of the box, pixels, at least 1.
    pub fn size(&self) -> f64 {
        size(&self.rect())
    }

    /// Velocity of the centre, pixels / s.
    pub fn velocity(&self) -> Point {
        Point { x: self.cx.v as f32, y: self.cy.v as f32 }
    }

    /// How fast the box grows: change of the logarithm of its mean side, 1/s.
    pub fn growth(&self) -> f64 {
        (self.ln_w.v + self.ln_h.v) / 2.0
    }

    /// Speed of the centre, box sizes / s.
    pub fn speed(&self) -> f64 {
        self.cx.v.hypot(self.cy.v) / self.size()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(t: f64) -> Rect<FrameSpace> {
        Rect::new((100.0 + 120.0 * t) as f32, (50.0 + 60.0 * t) as f32, 80.0, 60.0)
    }

    #[test]
    fn the_same_motion_is_learnt_at_any_frame_rate() {
        for fps in [5.0, 8.0, 25.0] {
            let mut motion = Motion::new(&at(0.0));
            let steps = (2.0 * fps) as u32;
            for n in 1..=steps {
                motion.predict(1.0 / fps);
                motion.update(&at(f64::from(n) / fps), 1.0);
            }
            let v = motion.velocity();
            assert!((v.x - 120.0).abs() < 3.0 && (v.y - 60.0).abs() < 3.0, "{fps} frames a second: {v:?}");
            // Half a second unseen.
            motion.predict(0.5);
            let error = motion.rect().center().x - at(2.5).center().x;
            assert!(error.abs() < 4.0, "{fps} frames a second: {error} px off");
        }
    }

    #[test]
    fn a_vehicle_that_comes_nearer_is_expected_where_the_road_takes_it() {
        // 10 m/s, from 40 m away; a metre at a metre is 1000 px wide, the camera hangs 6 m high.
        let at = |t: f64| {
            let z = 40.0 - 10.0 * t;
            let (w, foot) = (1800.0 / z, 6000.0 / z);
            Rect::<FrameSpace>::new((-2000.0 / z - w / 2.0) as f32, (foot - w) as f32, w as f32, w as f32)
        };
        let mut motion = Motion::new(&at(0.0));
        for n in 1..=16 {
            motion.predict(0.125);
            motion.update(&at(f64::from(n) * 0.125), 1.0);
        }
        motion.predict(1.0);
        let (got, truth) = (motion.rect(), at(3.0));
        assert!(got.iou(&truth) > 0.7, "{got:?} is not {truth:?}");
    }

    /// Seen on footage: what comes under the camera fills the picture, is cut by its edges and grows no more.
    #[test]
    fn a_box_that_stops_growing_at_the_edge_is_still_followed() {
        let at = |n: u32| {
            let t = f64::from(n) * 0.125;
            let z = (20.0 - 8.0 * t).max(1.0);
            let (w, h) = ((2500.0 / z) as f32, (3000.0 / z) as f32);
            Rect::<FrameSpace>::new(960.0 - w / 2.0, 500.0 - h / 2.0, w, h).clipped(1920.0, 1080.0)
        };
        let mut motion = Motion::new(&at(0));
        for n in 1..40 {
            motion.predict(0.125);
            assert!(
                motion.rect().clipped(1920.0, 1080.0).iou(&at(n)) > 0.4,
                "step {n}: {:?} is not {:?}",
                motion.rect(),
                at(n)
            );
            motion.update(&at(n), 1.5);
        }
        assert!(motion.speed() < 0.5, "{}", motion.speed());
    }

    #[test]
    fn one_long_step_is_as_uncertain_as_many_short_ones() {
        let (mut long, mut short) = (Motion::new(&at(0.0)), Motion::new(&at(0.0)));
        long.predict(1.0);
        for _ in 0..10 {
            short.predict(0.1);
        }
        assert!((long.cx.xx / short.cx.xx - 1.0).abs() < 1e-9);
        assert!((long.cx.vv / short.cx.vv - 1.0).abs() < 1e-9);
    }

    #[test]
    fn a_known_track_beats_a_new_one_for_its_own_box() {
        let mut known = Motion::new(&at(0.0));
        for n in 1..10 {
            known.predict(0.1);
            known.update(&at(f64::from(n) * 0.1), 1.0);
        }
        known.predict(0.1);
        let mut fresh = Motion::new(&at(1.0));
        fresh.predict(0.1);
        assert!(known.fit(&at(1.0), 1.0).cost < fresh.fit(&at(1.0), 1.0).cost);
    }
}

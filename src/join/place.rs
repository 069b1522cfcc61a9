//! Where cameras stand, and how fast a vehicle gets from one to another.

use crate::domain::place::Direction;

/// A camera's place.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Place {
    /// WGS84 degrees north and east, where known.
    pub at: Option<(f64, f64)>,
    /// Cameras of one gate share this number; every other camera has its own.
    pub site: u16,
    /// From when to when the border is crossed here, in microseconds since 1970-01-01 UTC, the end not part of it;
    /// `None`: never.
    pub gate: Option<(i64, i64)>,
}

/// The times of a gate that always was one and still is.
pub const ALWAYS: (i64, i64) = (i64::MIN, i64::MAX);

/// All places, by camera.
#[derive(Debug, Clone, PartialEq)]
pub struct Places {
    places: Vec<Place>,
    sites: usize,
    /// Kilometres between sites as the crow flies; 0 where a place is not known.
    km: Vec<f64>,
}

/// Metres that a place may be off, and the road's end of a wide junction.
const SLACK_KM: f64 = 3.0;
/// Faster than this, as the crow flies, no vehicle goes, in km/h.
const FASTEST_KMH: f64 = 160.0;
/// Clocks of two cameras may differ by this much, in seconds.
const CLOCKS_S: f64 = 10.0;
/// One camera does not see one vehicle cross its line in one direction twice within this time, in seconds.
const TURN_S: f64 = 60.0;

impl Places {
    /// The cameras' places, by their index.
    pub fn new(places: Vec<Place>) -> Self {
        let sites = places.iter().map(|p| usize::from(p.site) + 1).max().unwrap_or(0);
        let mut at = vec![None; sites];
        for place in &places {
            at[usize::from(place.site)] = at[usize::from(place.site)].or(place.at);
        }
        let mut km = vec![0.0; sites * sites];
        for a in 0..sites {
            for b in 0..sites {
                if let (Some(a_at), Some(b_at)) = (at[a], at[b]) {
                    km[a * sites + b] = distance_km(a_at, b_at);
                }
            }
        }
        Self { places, sites, km }
    }

    /// Kinds of events: three at each site.
    pub fn events(&self) -> usize {
        self.sites * 3
    }

    /// The kind of event that a passage at `camera` in `direction` is: site and direction. `at`, in microseconds: at a gate
    /// outside the dates of its role no border is crossed, a vehicle is only seen there.
    pub fn event(&self, camera: u16, direction: Direction, at: i64) -> u16 {
        let place = self.places.get(usize::from(camera));
        let crosses = place.and_then(|p| p.gate).is_none_or(|(from, to)| from <= at && at < to);
        place.map_or(0, |p| p.site) * 3
            + match direction {
                Direction::In if crosses => 0,
                Direction::Out if crosses => 1,
                _ => 2,
            }
    }

    /// Whether the event leaves the province.
    pub(super) fn leaves(&self, event: u16) -> bool {
        event % 3 == 1 && self.is_gate(event)
    }

    /// Whether the event enters the province.
    pub(super) fn enters(&self, event: u16) -> bool {
        event.is_multiple_of(3) && self.is_gate(event)
    }

    fn is_gate(&self, event: u16) -> bool {
        self.places.iter().any(|p| p.site == event / 3 && p.gate.is_some())
    }

    /// Kilometres between the sites of two events as the crow flies.
    pub(super) fn km(&self, from: u16, to: u16) -> f64 {
        self.km.get(usize::from(from / 3) * self.sites + usize::from(to / 3)).copied().unwrap_or(0.0)
    }

    /// Whether one vehicle can be at both, `seconds` apart (not negative).
    pub(super) fn can_follow(&self, from: (u16, u16), to: (u16, u16), seconds: f64) -> bool {
        let ((from_camera, from_event), (to_camera, to_event)) = (from, to);
        if from_camera == to_camera && from_event == to_event && from_event % 3 != 2 {
            return seconds >= TURN_S;
        }
        let km = self.km(from_event, to_event) - SLACK_KM;
        km <= 0.0 || seconds + CLOCKS_S >= km / FASTEST_KMH * 3600.0
    }
}

/// Great-circle distance.
fn distance_km(a: (f64, f64), b: (f64, f64)) -> f64 {
    let (lat_a, lat_b) = (a.0.to_radians(), b.0.to_radians());
    let half = |d: f64| (d / 2.0).sin().powi(2);
    let h = half(lat_b - lat_a) + lat_a.cos() * lat_b.cos() * half((b.1 - a.1).to_radians());
    2.0 * 6371.0 * h.sqrt().min(1.0).asin()
}

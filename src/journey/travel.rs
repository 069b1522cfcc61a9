//! Ways between sightings: distance, speed, and what no vehicle drives.

use jiff::Timestamp;

/// Mean radius of the earth in km.
const EARTH_KM: f64 = 6371.0;
/// Places nearer than this are one: positions of gates are known to a kilometre or two.
pub const NEAR_KM: f64 = 2.0;

/// Where and when a vehicle was seen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sighting {
    /// WGS84 degrees [east, north]; `None` where nobody knows.
    pub place: Option<[f64; 2]>,
    /// When.
    pub at: Timestamp,
}

/// The way from one sighting to the next.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Hop {
    /// Seconds between them, at least 0.
    pub seconds: f64,
    /// Straight distance in km, which no road is shorter than; `None` where a place is not known.
    pub km: Option<f64>,
}

impl Hop {
    /// From `a` to `b`, whichever came first.
    pub fn between(a: &Sighting, b: &Sighting) -> Self {
        let km = a.place.zip(b.place).map(|(a, b)| distance_km(a, b));
        Self { seconds: b.at.duration_since(a.at).abs().as_secs_f64(), km }
    }

    /// Least mean speed in km/h; `None` where the distance or any time between is missing.
    pub fn km_per_h(&self) -> Option<f64> {
        self.km.filter(|_| self.seconds > 0.0).map(|km| km / self.seconds * 3600.0)
    }

    /// Whether one vehicle cannot have gone it at `most` km/h.
    pub fn is_impossible(&self, most: f64) -> bool {
        self.km.is_some_and(|km| km >= NEAR_KM && km * 3600.0 > most * self.seconds)
    }
}

/// Distance in km over the globe between WGS84 degrees [east, north].
pub fn distance_km(a: [f64; 2], b: [f64; 2]) -> f64 {
    let [lon_a, lat_a] = a.map(f64::to_radians);
    let [lon_b, lat_b] = b.map(f64::to_radians);
    let half = |x: f64| (x / 2.0).sin().powi(2);
    let h = half(lat_b - lat_a) + lat_a.cos() * lat_b.cos() * half(lon_b - lon_a);
    2.0 * EARTH_KM * h.clamp(0.0, 1.0).sqrt().asin()
}

/// Pairs of sightings of one plate that one vehicle cannot both have made, by position in `sightings`, which are in order
/// of time. Each is compared with the one before it; where the two are one place, with none.
pub fn impossible_pairs(sightings: &[Sighting], most: f64) -> Vec<(usize, usize, Hop)> {
    let mut found = Vec::new();
    for (i, pair) in sightings.windows(2).enumerate() {
        let hop = Hop::between(&pair[0], &pair[1]);
        if hop.is_impossible(most) {
            found.push((i, i + 1, hop));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;
    use proptest::prelude::*;

    use super::*;

    const HANOI: [f64; 2] = [105.8542, 21.0285];
    const SAIGON: [f64; 2] = [106.6602, 10.7626];

    fn seen(place: Option<[f64; 2]>, minutes: i64) -> Sighting {
        let start: Timestamp = "2026-03-14T00:00:00Z".parse().expect("a time");
        Sighting { place, at: start + SignedDuration::from_mins(minutes) }
    }

    #[test]
    fn hanoi_lies_1140_km_from_saigon() {
        assert!((distance_km(HANOI, SAIGON) - 1143.0).abs() < 8.0, "{}", distance_km(HANOI, SAIGON));
    }

    #[test]
    fn a_speed_is_the_straight_distance_by_the_time() {
        let hop = Hop::between(&seen(Some([105.0, 21.0]), 0), &seen(Some([105.0, 21.5]), 30));
        assert!((hop.km_per_h().expect("a speed") - 111.2).abs() < 0.5);
        assert!(!hop.is_impossible(150.0) && hop.is_impossible(100.0));
        assert_eq!(Hop::between(&seen(None, 0), &seen(Some(HANOI), 5)).km_per_h(), None);
        assert_eq!(Hop::between(&seen(Some(HANOI), 5), &seen(Some(SAIGON), 5)).km_per_h(), None);
    }

    #[test]
    fn one_vehicle_is_not_in_two_places() {
        let way = [
            seen(Some(HANOI), 0),
            seen(Some(SAIGON), 60),
            seen(None, 61),
            seen(Some([105.8550, 21.0290]), 62),
            seen(Some(HANOI), 62),
        ];
        let pairs: Vec<_> = impossible_pairs(&way, 150.0).iter().map(|(a, b, _)| (*a, *b)).collect();
        assert_eq!(pairs, [(0, 1)]);
        assert!(impossible_pairs(&way, 1200.0).is_empty());
    }

    proptest! {
        #[test]
        fn distances_are_the_same_both_ways(a in (-180.0..180.0f64, -90.0..90.0f64), b in (-180.0..180.0f64, -90.0..90.0f64)) {
            let (a, b) = ([a.0, a.1], [b.0, b.1]);
            let there = distance_km(a, b);
            prop_assert!((0.0..=20_016.0).contains(&there));
            prop_assert!((there - distance_km(b, a)).abs() < 1e-6);
        }
    }
}

//! What a vehicle is, by vote over its detections.

use crate::domain::detection::VehicleClass;

/// Weight that each class has gathered.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct ClassVotes {
    weights: [f64; 4],
}

impl ClassVotes {
    /// Adds a detection's word. Weights that are not above 0, and `Unknown`, are not counted.
    pub fn add(&mut self, class: VehicleClass, weight: f64) {
        let at = VehicleClass::ALL.iter().position(|c| *c == class);
        if let Some(slot) = at.and_then(|i| self.weights.get_mut(i)).filter(|_| weight > 0.0) {
            *slot += weight;
        }
    }

    /// Adds all that `other` has gathered.
    pub fn join(&mut self, other: &Self) {
        for (mine, theirs) in self.weights.iter_mut().zip(other.weights) {
            *mine += theirs;
        }
    }

    /// The class with the largest share and that share, 0-1; `Unknown` where no class has half of the votes.
    pub fn verdict(&self) -> (VehicleClass, f32) {
        let total: f64 = self.weights.iter().sum();
        if total <= 0.0 {
            return (VehicleClass::Unknown, 0.0);
        }
        let mut best = 0;
        for i in 1..self.weights.len() {
            if self.weights[i] > self.weights[best] {
                best = i;
            }
        }
        let share = (self.weights[best] / total) as f32;
        (if share >= 0.5 { VehicleClass::ALL[best] } else { VehicleClass::Unknown }, share)
    }

    /// Share of the votes for two wheels, 0-1; one half where there are none.
    pub fn two_wheeled(&self) -> f64 {
        let total: f64 = self.weights.iter().sum();
        if total > 0.0 { self.weights[1] / total } else { 0.5 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_few_sure_looks_outvote_many_faint_ones_and_a_split_vote_is_unknown() {
        let mut votes = ClassVotes::default();
        assert_eq!(votes.verdict(), (VehicleClass::Unknown, 0.0));
        for _ in 0..4 {
            votes.add(VehicleClass::Car, 0.1);
        }
        votes.add(VehicleClass::Truck, 0.8);
        assert_eq!(votes.verdict().0, VehicleClass::Truck);
        votes.add(VehicleClass::Bus, 0.8);
        votes.add(VehicleClass::Unknown, 9.0);
        let (class, share) = votes.verdict();
        assert_eq!(class, VehicleClass::Unknown);
        assert!((share - 0.4).abs() < 1e-6);
    }
}

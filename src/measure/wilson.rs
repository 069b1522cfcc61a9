//! How far a share can be trusted.

/// Wilson's score interval of `hits` of `n` at 95 % (Wilson 1927): `[lo, hi]`, both 0-1; `[0, 1]` where n is 0.
pub fn wilson95(hits: u64, n: u64) -> [f64; 2] {
    if n == 0 {
        return [0.0, 1.0];
    }
    const Z: f64 = 1.959_963_984_540_054;
    let n = n as f64;
    let share = (hits as f64 / n).min(1.0);
    let z2 = Z * Z;
    let middle = (share + z2 / (2.0 * n)) / (1.0 + z2 / n);
    let half = Z / (1.0 + z2 / n) * (share * (1.0 - share) / n + z2 / (4.0 * n * n)).sqrt();
    [(middle - half).max(0.0), (middle + half).min(1.0)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_intervals() {
        // Newcombe 1998, Statistics in Medicine 17:857, table I: 81 of 263, and 0 of 20.
        let [lo, hi] = wilson95(81, 263);
        assert!((lo - 0.2553).abs() < 5e-5 && (hi - 0.3662).abs() < 5e-5, "{lo} {hi}");
        let [lo, hi] = wilson95(0, 20);
        assert!(lo.abs() < 1e-12 && (hi - 0.1611).abs() < 5e-5, "{lo} {hi}");
        assert_eq!(wilson95(0, 0), [0.0, 1.0]);
    }
}

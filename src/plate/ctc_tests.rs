use proptest::prelude::*;

use super::*;

const ALPHABET: &str = "0123456789ABCDEFGHKLMNPQRSTUVXYZĐ";
const COLUMNS: usize = 32;
const CLASSES: usize = 34;

fn decoder() -> Decoder {
    Decoder::new(ALPHABET, 2, COLUMNS, Calibration::identity()).expect("a good decoder")
}

/// A lattice that says `rows` with probability `sure` at each column, the rest spread evenly.
fn encoded(rows: [&str; 2], sure: f32) -> Vec<f32> {
    let mut out = vec![(1.0 - sure) / (CLASSES - 1) as f32; 2 * COLUMNS * CLASSES];
    for (r, row) in rows.iter().enumerate() {
        let mut path = vec![0; COLUMNS];
        for (i, c) in row.chars().enumerate() {
            path[1 + 3 * i] = ALPHABET.chars().position(|a| a == c).expect("in the alphabet") + 1;
        }
        for (column, class) in path.into_iter().enumerate() {
            out[(r * COLUMNS + column) * CLASSES + class] = sure;
        }
    }
    out
}

/// Probability of every text that a tiny lattice can give, by walking all paths.
fn by_all_paths(lattice: &Lattice) -> std::collections::BTreeMap<Vec<u8>, f64> {
    let mut all = std::collections::BTreeMap::new();
    let columns = lattice.columns();
    for code in 0..lattice.classes.pow(columns as u32) {
        let (mut rest, mut p, mut text, mut last) = (code, 1.0, Vec::new(), 0u8);
        for column in 0..columns {
            let class = (rest % lattice.classes) as u8;
            rest /= lattice.classes;
            p *= lattice.at(column, class);
            if class != 0 && class != last {
                text.push(class);
            }
            last = class;
        }
        *all.entry(text).or_insert(0.0) += p;
    }
    all
}

#[test]
fn texts_come_back_with_their_split() {
    let reading = decoder().decode(&encoded(["29MĐ1", "12255"], 0.99)).expect("right size");
    assert_eq!(reading.row_texts(), ["29MĐ1", "12255"]);
    assert!(reading.confidence > 0.5);
    let reading = decoder().decode(&encoded(["30A12345", ""], 0.999)).expect("right size");
    assert_eq!(reading.row_texts(), ["30A12345"]);
    assert!(reading.rows[0].iter().all(|s| s.p > 0.99));
}

#[test]
fn a_lower_row_alone_is_never_confident() {
    let reading = decoder().decode(&encoded(["", "12345"], 0.999)).expect("right size");
    assert_eq!((reading.text().as_str(), reading.confidence), ("12345", 0.0));
}

#[test]
fn blank_lattices_read_nothing() {
    let reading = decoder().decode(&encoded(["", ""], 0.999)).expect("right size");
    assert_eq!(reading, PlateReading { rows: vec![], confidence: 0.0 });
}

#[test]
fn a_wrong_size_is_an_error_that_names_the_sizes() {
    let error = decoder().decode(&[0.0; 7]).expect_err("too short").to_string();
    assert!(error.contains('7') && error.contains("32 columns x 34 classes"), "{error}");
}

#[test]
fn manifests_that_make_no_sense_are_refused() {
    assert!(Decoder::new("", 2, 32, Calibration::identity()).is_err());
    assert!(Decoder::new("AA", 2, 32, Calibration::identity()).is_err());
    assert!(Decoder::new("AB", 3, 32, Calibration::identity()).is_err());
    for points in [&[][..], &[(0.0, 0.5), (0.0, 0.6)], &[(0.0, 0.5), (1.0, 0.4)], &[(0.0, f32::NAN)]] {
        assert!(Calibration::new(points).is_err(), "{points:?}");
    }
}

#[test]
fn calibration_bends_between_its_points_and_holds_outside() {
    let map = Calibration::new(&[(0.2, 0.1), (0.6, 0.5), (0.9, 0.98)]).expect("rises");
    for (from, to) in [(0.0, 0.1), (0.2, 0.1), (0.4, 0.3), (0.75, 0.74), (0.9, 0.98), (1.0, 0.98)] {
        assert!((map.apply(from) - to).abs() < 1e-6, "{from} -> {to}");
    }
    assert_eq!(map.apply(f32::NAN), 0.1);
}

#[test]
fn the_likeliest_text_is_not_the_text_of_the_likeliest_path() {
    // Two columns, blank .6 each: the best path is blank blank (.36), but "A" sums to .64.
    let decoder = Decoder::new("A", 1, 2, Calibration::identity()).expect("tiny");
    let reading = decoder.decode(&[0.6, 0.4, 0.6, 0.4]).expect("right size");
    assert_eq!(reading.text(), "A");
    assert!((reading.confidence - 0.64).abs() < 1e-6);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_text_survives_encoding(upper in "[0-9A-HK-NP-VX-ZĐ]{1,10}", lower in "[0-9A-HK-NP-VX-ZĐ]{0,10}") {
        let reading = decoder().decode(&encoded([&upper, &lower], 0.97)).expect("right size");
        let rows: Vec<_> = [upper, lower].into_iter().filter(|r| !r.is_empty()).collect();
        prop_assert_eq!(reading.row_texts(), rows);
        prop_assert!(reading.confidence > 0.0);
    }

    #[test]
    fn wild_floats_never_panic(bits in prop::collection::vec(any::<u32>(), 2 * COLUMNS * CLASSES)) {
        let wild: Vec<f32> = bits.into_iter().map(f32::from_bits).collect();
        let reading = decoder().decode(&wild).expect("right size");
        prop_assert!((0.0..=1.0).contains(&reading.confidence));
        for slot in reading.rows.iter().flatten() {
            prop_assert!((0.0..=1.0).contains(&slot.p));
        }
    }

    #[test]
    fn best_text_and_probabilities_are_exact(values in prop::collection::vec(0.0f32..1.0, 5 * 4)) {
        let lattice = Lattice::new(&values, 4);
        let all = by_all_paths(&lattice);
        let (text, p) = lattice.best_text();
        // On noise a narrow beam may miss the best text, but not by much: 0.89 of it has been seen, and in 40,000
        // cases never less than 0.7.
        let best = all.values().copied().fold(0.0, f64::max);
        prop_assert!(p >= 0.5 * best, "{} {}", p, best);
        prop_assert!((all[&text] - p).abs() < 1e-9);
        for (slot, weights) in lattice.exchanged(&text).iter().enumerate() {
            for class in 1..4u8 {
                let mut other = text.clone();
                other[slot] = class;
                let expected = all.get(&other).copied().unwrap_or(0.0);
                prop_assert!((weights[usize::from(class) - 1] - expected).abs() < 1e-9);
            }
        }
    }
}

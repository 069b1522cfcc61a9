//! The reader's output, of any numbers and any shape, through CTC decoding. Small lattices are checked against the sum
//! over all paths.
#![no_main]

use std::collections::BTreeMap;

use hanhtrinh::domain::plate::PlateReading;
use hanhtrinh::plate::ctc::{Calibration, Decoder};
use libfuzzer_sys::arbitrary::{Result, Unstructured};
use libfuzzer_sys::fuzz_target;

const ALPHABET: &str = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZĐ";
/// Most characters that a row may have.
const MAX_ROW: usize = 14;

fuzz_target!(|data: &[u8]| {
    let _ = run(&mut Unstructured::new(data));
});

fn run(u: &mut Unstructured) -> Result<()> {
    calibration(u)?;
    let characters = if u.arbitrary()? { u.int_in_range(1..=3)? } else { u.int_in_range(1..=37)? };
    let columns = if u.arbitrary()? { u.int_in_range(1..=4)? } else { u.int_in_range(1..=24)? };
    let rows = u.int_in_range(1..=2)?;
    let alphabet: String = ALPHABET.chars().take(characters).collect();
    let decoder = Decoder::new(&alphabet, rows, columns, Calibration::identity()).expect("it is sound");
    let wild = u.ratio(1, 4)?;
    let mut output = vec![0.0f32; decoder.output_len()];
    assert_eq!(output.len(), rows * columns * (characters + 1));
    for value in &mut output {
        *value = if wild { f32::from_bits(u.arbitrary()?) } else { f32::from(u.arbitrary::<u8>()?) / 255.0 };
    }
    assert!(decoder.decode(&output[1..]).is_err(), "a number is missing");
    let reading = decoder.decode(&output).expect("the length is right");
    check(&reading, &alphabet, rows);
    assert_eq!(decoder.decode(&output).expect("as before"), reading, "the same answer again");
    if !wild && characters <= 3 && columns <= 4 {
        against_all_paths(&reading, &output, &alphabet, rows, columns);
    }
    Ok(())
}

fn check(reading: &PlateReading, alphabet: &str, rows: usize) {
    assert!(reading.rows.len() <= rows && (0.0..=1.0).contains(&reading.confidence));
    assert!(!reading.rows.is_empty() || reading.confidence == 0.0);
    for row in &reading.rows {
        assert!((1..=MAX_ROW).contains(&row.len()));
        for slot in row {
            assert!(alphabet.contains(slot.c) && (0.0..=1.0).contains(&slot.p), "{slot:?}");
            let mut named = vec![slot.c];
            let (mut before, mut sum) = (1.0, slot.p);
            for (c, p) in &slot.others {
                assert!(alphabet.contains(*c) && !named.contains(c), "{slot:?}");
                assert!((0.001..=before).contains(p), "{slot:?}");
                (before, sum) = (*p, sum + p);
                named.push(*c);
            }
            assert!(sum <= 1.001, "{slot:?}");
        }
    }
}

/// Probability of every text of one row, by going through all paths.
fn texts(values: &[f32], alphabet: &[char], columns: usize) -> BTreeMap<String, f64> {
    let classes = alphabet.len() + 1;
    let mut all = BTreeMap::new();
    for path in 0..classes.pow(columns as u32) {
        let (mut text, mut last, mut p, mut rest) = (String::new(), 0, 1.0, path);
        for column in values.chunks_exact(classes) {
            let class = rest % classes;
            rest /= classes;
            p *= f64::from(column[class]) / column.iter().map(|v| f64::from(*v)).sum::<f64>();
            if class != 0 && class != last {
                text.push(alphabet[class - 1]);
            }
            last = class;
        }
        *all.entry(text).or_insert(0.0) += p;
    }
    all
}

fn against_all_paths(reading: &PlateReading, output: &[f32], alphabet: &str, rows: usize, columns: usize) {
    let alphabet: Vec<char> = alphabet.chars().collect();
    let classes = alphabet.len() + 1;
    if output.chunks_exact(classes).any(|column| column.iter().sum::<f32>() < 0.01) {
        return;
    }
    let all: Vec<_> =
        output.chunks_exact(output.len() / rows).map(|row| texts(row, &alphabet, columns)).collect();
    // A reading of two rows names its rows; of one row it is the upper one, as a lower one alone has confidence 0.
    if reading.confidence == 0.0 {
        return;
    }
    let mut read = reading.row_texts();
    read.resize(rows, String::new());
    let exact: f64 = read.iter().zip(&all).map(|(text, all)| all.get(text).copied().unwrap_or(0.0)).product();
    assert!((f64::from(reading.confidence) - exact).abs() < 1e-4, "{} is {exact}", reading.confidence);
    // With so few columns the beam drops nothing that could win.
    if columns <= 3 && alphabet.len() <= 2 {
        for (text, all) in read.iter().zip(&all) {
            let best = all.values().copied().fold(0.0, f64::max);
            let own = all.get(text).copied().unwrap_or(0.0);
            assert!(own >= best - 1e-6, "{text} has {own}, another {best}");
        }
    }
}

fn calibration(u: &mut Unstructured) -> Result<()> {
    let mut points = Vec::new();
    for _ in 0..u.int_in_range(0..=4)? {
        points.push((number(u)?, number(u)?));
    }
    let (a, b) = (number(u)?, number(u)?);
    let Ok(map) = Calibration::new(&points) else { return Ok(()) };
    assert!(!points.is_empty());
    for p in [a, b] {
        assert!((-1e-6..=1.000001).contains(&map.apply(p)), "{points:?} at {p}");
    }
    if a.is_finite() && b.is_finite() && a <= b {
        assert!(map.apply(a) <= map.apply(b) + 1e-6, "{points:?} falls from {a} to {b}");
    }
    Ok(())
}

fn number(u: &mut Unstructured) -> Result<f32> {
    Ok(if u.ratio(1, 8)? { f32::from_bits(u.arbitrary()?) } else { f32::from(u.arbitrary::<u8>()?) / 255.0 })
}

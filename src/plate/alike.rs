//! Texts that a plate may have been read as: what a search for look-alikes looks up, the likeliest first.

use std::collections::BTreeMap;

use super::confusion::{Condition, Confusion};

/// A text that may stand on record where a plate was meant.
#[derive(Debug, Clone, PartialEq)]
pub struct Alike {
    /// Compact text.
    pub text: String,
    /// How likely the plate is read as this text, against being read right; 0-1 in all but odd tables.
    pub likeness: f64,
}

/// The texts that the plate `text` (compact, upper-case) is read as with at least `least` of the likelihood of being read
/// right: one or two characters taken for others, one lost, or one added. The text itself is left out. Likeliest first,
/// of equals by text.
pub fn alike(confusion: &Confusion, text: &str, least: f64) -> Vec<Alike> {
    let at = Condition::default();
    let letters: Vec<char> = text.chars().collect();
    let right = |c: char| confusion.read_given_true(at, c, c).max(1e-9);
    let mut found: BTreeMap<String, f64> = BTreeMap::new();
    let mut add = |letters: Vec<char>, likeness: f64| {
        if likeness >= least {
            let best = found.entry(letters.into_iter().collect()).or_default();
            *best = best.max(likeness);
        }
    };
    // For each place, what may be read there.
    let others: Vec<Vec<(char, f64)>> = letters
        .iter()
        .map(|&truth| {
            let likeness = |&read: &char| (read, confusion.read_given_true(at, read, truth) / right(truth));
            let other = confusion.alphabet().iter().filter(|read| **read != truth);
            other.map(likeness).filter(|(_, likeness)| *likeness >= least).collect()
        })
        .collect();
    for (i, reads) in others.iter().enumerate() {
        for &(read, likeness) in reads {
            let mut one = letters.clone();
            one[i] = read;
            for (j, more) in others.iter().enumerate().skip(i + 1) {
                for &(second, as_likely) in more {
                    if likeness * as_likely >= least {
                        let mut two = one.clone();
                        two[j] = second;
                        add(two, likeness * as_likely);
                    }
                }
            }
            add(one, likeness);
        }
    }
    for (i, &truth) in letters.iter().enumerate() {
        let mut shorter = letters.clone();
        shorter.remove(i);
        add(shorter, confusion.drop_rate(at, truth) / right(truth));
    }
    for i in 0..=letters.len() {
        for &read in confusion.alphabet() {
            let mut longer = letters.clone();
            longer.insert(i, read);
            add(longer, confusion.insert_rate(at, read));
        }
    }
    found.remove(text);
    let mut found: Vec<Alike> = found.into_iter().map(|(text, likeness)| Alike { text, likeness }).collect();
    found.sort_by(|a, b| b.likeness.total_cmp(&a.likeness).then_with(|| a.text.cmp(&b.text)));
    found
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const LEAST: f64 = 1e-6;

    fn place(found: &[Alike], text: &str) -> Option<usize> {
        found.iter().position(|a| a.text == text)
    }

    #[test]
    fn what_looks_more_alike_comes_first() {
        let found = alike(&Confusion::built_in(), "30A12348", LEAST);
        let near = place(&found, "30A1234B").expect("B for 8");
        let far = place(&found, "30A12341").expect("1 for 8");
        let two = place(&found, "3OA1234B").expect("two look-alikes");
        assert!(near < far && near < two, "{near} {far} {two}");
        assert!(place(&found, "30A1234").is_some(), "one lost");
        assert!(place(&found, "30AA12348").is_some(), "one added");
        assert!(place(&found, "30A12348").is_none(), "not itself");
        assert!(place(&found, "51F77777").is_none());
        assert!(found.len() < 5_000, "{}", found.len());
    }

    proptest! {
        #[test]
        fn ranked_once_each_and_never_below_the_least(text in "[0-9A-Z]{1,10}") {
            let found = alike(&Confusion::built_in(), &text, LEAST);
            prop_assert!(found.windows(2).all(|w| w[0].likeness >= w[1].likeness));
            prop_assert!(found.iter().all(|a| a.likeness >= LEAST && a.text != text));
            let mut texts: Vec<&str> = found.iter().map(|a| a.text.as_str()).collect();
            texts.sort_unstable();
            texts.dedup();
            prop_assert_eq!(texts.len(), found.len());
        }
    }
}

//! Plates as people type them: `30A-123.45`, `30a 12345`, `29-MĐ1 123.45`.

use unicode_normalization::UnicodeNormalization;

use crate::domain::plate::{PlateKey, PlateKind};

use super::PlateError;
use super::grammar::{self, Split};

/// Longest compact text of any class.
const MAX_CHARS: usize = 12;

/// A typed plate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Typed {
    /// Compact upper-case text as typed, Đ kept.
    pub text: String,
    /// The same with Đ folded to D: what searches compare.
    pub folded: String,
    /// The keys it can mean, the likeliest first: `30A12345` is a car's and an old motorbike's, `29MD12345` may be
    /// meant as `29MĐ12345`. Empty where no class of the grammar fits; the text may still be searched for.
    pub keys: Vec<PlateKey>,
}

/// A text with Đ folded to D, for searching.
pub fn fold(text: &str) -> String {
    text.chars().map(|c| if c == 'Đ' { 'D' } else { c }).collect()
}

/// A text in composed form, upper-case, without `- . / _`, spaces and dashes of any kind.
pub fn compact(text: &str) -> String {
    let joined = text.nfc().filter(|c| !is_separator(*c)).flat_map(char::to_uppercase).map(one_d);
    // Once more, as marks that a separator kept apart stand together now.
    joined.nfc().collect()
}

/// The Icelandic and African letters that look like Đ and that some keyboards give.
fn one_d(c: char) -> char {
    if matches!(c, 'Ð' | 'Ɖ') { 'Đ' } else { c }
}

fn is_separator(c: char) -> bool {
    c.is_whitespace() || matches!(c, '-' | '.' | '/' | '_' | ',' | '·' | '\u{2010}'..='\u{2015}' | '\u{2212}')
}

/// Understands a typed plate. A kind may stand before it as keys are printed: `car:30A12345`.
pub fn parse(typed: &str) -> Result<Typed, PlateError> {
    let wrong = |why| PlateError::NotAPlate { typed: typed.trim().to_owned(), why };
    let (kind, body) = match typed.split_once(':') {
        None => (None, typed),
        Some((word, body)) => {
            let word = word.trim().to_lowercase();
            let kind = PlateKind::from_word(&word);
            (Some(kind.ok_or(wrong("before the colon stands neither car, motorcycle nor trailer"))?), body)
        }
    };
    let text = compact(body);
    if text.is_empty() {
        return Err(wrong("it holds no letter and no digit"));
    }
    if text.chars().count() > MAX_CHARS {
        return Err(wrong("it is longer than any plate"));
    }
    if !text.chars().all(char::is_alphanumeric) {
        return Err(wrong("it holds a character that no plate has"));
    }
    let mut readings = variants(&text);
    if readings.iter().all(|t| grammar::parses(t).is_empty()) {
        // `98-Đ1 364.82`: no plate has Đ there, so D is meant, as people say it.
        readings.push(fold(&text));
    }
    let mut ranked = Vec::new();
    for variant in readings {
        for parse in grammar::parses(&variant) {
            let key = PlateKey { kind: parse.kind, text: variant.clone() };
            if kind.is_none_or(|k| k == key.kind) {
                ranked.push((variant != text, !typed_so(body, &key), key));
            }
        }
    }
    // The order of the grammar's table stays among equals.
    ranked.sort_by_key(|(changed, unlike, _)| (*changed, *unlike));
    let mut keys: Vec<PlateKey> = Vec::new();
    for (_, _, key) in ranked {
        if !keys.contains(&key) {
            keys.push(key);
        }
    }
    Ok(Typed { folded: fold(&text), text, keys })
}

/// The text, and with Đ for D where that makes another plate (a keyboard without Đ).
fn variants(text: &str) -> Vec<String> {
    let mut all = vec![text.to_owned()];
    for (plain, with_bar) in [("MD", "MĐ"), ("TD", "TĐ")] {
        if text.get(2..4) == Some(plain) {
            all.push(text.replacen(plain, with_bar, 1));
        }
    }
    all
}

/// Whether the separators stand as on a plate of that kind: `30A-123.45` is a car's, `30-A1 2345` a motorbike's.
fn typed_so(body: &str, key: &PlateKey) -> bool {
    let mut before = 0;
    let mut groups = Vec::new();
    for group in body.nfc().collect::<String>().split(is_separator).filter(|g| !g.is_empty()) {
        before += group.chars().count();
        groups.push(before as u8);
    }
    groups.iter().any(|&n| {
        grammar::open(&key.text, grammar::Sight { split: Split::Upper(n), ..grammar::Sight::NOTHING })
            .iter()
            .any(|p| p.kind == key.kind)
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn keys(typed: &str) -> Vec<String> {
        parse(typed).expect("a plate").keys.iter().map(PlateKey::to_string).collect()
    }

    #[test]
    fn operators_forms_mean_the_same_plate() {
        for typed in ["30A-123.45", "30A12345", "30a 12345", " 30a-12345 ", "30A–123.45", "30A/12345"] {
            assert_eq!(parse(typed).expect("a plate").text, "30A12345", "{typed}");
            assert_eq!(keys(typed), ["car:30A12345", "motorcycle:30A12345"], "{typed}");
        }
        assert_eq!(keys("30-A1 2345"), ["motorcycle:30A12345", "car:30A12345"]);
        assert_eq!(keys("29-B1 123.45"), ["motorcycle:29B112345"]);
        assert_eq!(keys("29B1-12345"), ["motorcycle:29B112345"]);
        assert_eq!(keys("51R-02345"), ["trailer:51R02345"]);
    }

    #[test]
    fn a_kind_may_be_given() {
        assert_eq!(keys("car:30A12345"), ["car:30A12345"]);
        assert_eq!(keys("Motorcycle: 30A12345"), ["motorcycle:30A12345"]);
        assert!(parse("boat:30A12345").is_err());
    }

    #[test]
    fn the_barred_d_is_kept_in_keys_and_folded_for_search() {
        for typed in ["29-MĐ1 123.45", "29-mđ1 123.45", "29MÐ112345"] {
            let plate = parse(typed).expect("a plate");
            assert_eq!((plate.text.as_str(), plate.folded.as_str()), ("29MĐ112345", "29MD112345"), "{typed}");
            assert_eq!(keys(typed), ["motorcycle:29MĐ112345"]);
        }
        assert_eq!(keys("29-MD1 123.45"), ["motorcycle:29MĐ112345"]);
        // Where no plate has Đ, D is meant.
        assert_eq!(keys("98-Đ1 364.82"), keys("98-D1 364.82"));
        assert_eq!(keys("29TD-12345"), ["motorcycle:29TD12345", "car:29TĐ12345"]);
    }

    #[test]
    fn what_is_no_plate_says_why() {
        for (typed, why) in
            [("", "no letter"), ("--", "no letter"), ("30A*45", "no plate has"), ("30A1234567890", "longer")]
        {
            let error = parse(typed).expect_err("no plate").to_string();
            assert!(error.contains(why), "{typed}: {error}");
        }
        assert_eq!(keys("13A12345"), [""; 0]);
    }

    #[test]
    fn signs_that_a_separator_kept_apart_are_composed() {
        // A Korean syllable typed in two parts, and two vowel marks in an order that composition changes.
        for typed in ["\u{1112}-\u{1161}", "\u{73e}\u{73a}-\u{73a}", "\u{73a}.\u{73e}\u{73a}"] {
            let text = compact(typed);
            assert_eq!(compact(&text), text, "{typed:?}");
        }
        assert_eq!(compact("\u{1112}-\u{1161}"), "\u{d558}");
    }

    proptest! {
        #[test]
        fn any_text_is_answered_without_panic(typed in "\\PC{0,20}") {
            if let Ok(plate) = parse(&typed) {
                prop_assert_eq!(compact(&plate.text), plate.text.clone());
            }
        }

        #[test]
        fn separators_case_and_composition_do_not_matter(
            text in "[2-3][0-9][A-H]([1-9])?[0-9]{5}", cuts in prop::collection::vec((0usize..9, "[-. /]"), 0..4)
        ) {
            let mut typed: Vec<char> = text.to_lowercase().nfd().collect();
            for (at, cut) in cuts {
                typed.splice(at.min(typed.len())..at.min(typed.len()), cut.chars());
            }
            let typed: String = typed.into_iter().collect();
            let plate = parse(&typed).expect("a plate");
            prop_assert_eq!(&plate.text, &text);
            prop_assert!(!plate.keys.is_empty());
        }
    }
}

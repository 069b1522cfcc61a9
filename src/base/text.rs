//! Words as people type them: compared without case and diacritics, and what was meant by a misspelt one.

use unicode_normalization::UnicodeNormalization;

/// Lower case, without diacritics, single spaces: what two words are compared by.
pub fn folded(text: &str) -> String {
    let plain: String = text
        .nfd()
        .filter(|c| !unicode_normalization::char::is_combining_mark(*c))
        .flat_map(char::to_lowercase)
        .map(|c| if c == 'đ' { 'd' } else { c })
        .collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The known word that is most like `word`, where any is; of equals the first. Case and diacritics do not count.
pub fn nearest<'a>(word: &str, known: &[&'a str]) -> Option<&'a str> {
    let wanted = folded(word);
    let mut best: Option<(f64, &'a str)> = None;
    for &candidate in known {
        let likeness = likeness(&wanted, &folded(candidate));
        if likeness >= 0.75 && best.is_none_or(|(most, _)| likeness > most) {
            best = Some((likeness, candidate));
        }
    }
    best.map(|(_, word)| word)
}

fn likeness(a: &str, b: &str) -> f64 {
    // One slip of the finger is near in a short word too, where the share of equal letters says little.
    let slip = b.chars().count() > 2 && strsim::osa_distance(a, b) == 1;
    strsim::jaro_winkler(a, b).max(if slip { 0.9 } else { 0.0 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_letters_exchanged_in_a_short_word_are_near() {
        assert_eq!(nearest("ulr", &["name", "url", "role"]), Some("url"));
        assert_eq!(nearest("dri", &["dir", "keep_days"]), Some("dir"));
        assert_eq!(nearest("xy", &["name", "url", "role"]), None);
    }

    #[test]
    fn case_and_diacritics_do_not_count() {
        assert_eq!(folded("  ĐÈO   Khế "), "deo khe");
        assert_eq!(nearest("cau da phu", &["Đèo Khế", "Cầu Đa Phúc"]), Some("Cầu Đa Phúc"));
    }
}

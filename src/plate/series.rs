//! How much commoner a car's series letter is on the road than among the plates that the reader was taught with.
//!
//! The reader learns every letter about equally often, so that it knows the rare ones; on the road an A stands on every
//! fourth car plate and an X on one of hundreds. Where a look leaves both open, the road decides. Motorbikes' letters are
//! spread evenly where they were counted, and province codes have no such prior: it would lean the verdict to some province.

use std::sync::LazyLock;

/// Share of the belief spread evenly over all letters. The plates were counted at few places; elsewhere and in later years
/// other letters are common, and none of them is ever rarer here than one car in a hundred.
const EVEN: f32 = 0.2;

struct Letter {
    letter: char,
    on_road: f32,
    taught: f32,
}

// The table is part of the program and a test reads every line of it, so a fault in it cannot reach a user.
#[allow(clippy::expect_used)]
static LETTERS: LazyLock<Vec<Letter>> = LazyLock::new(|| {
    let lines = include_str!("tables/series.tsv").lines().filter(|l| !l.starts_with('#'));
    let counts: Vec<(char, f32, f32)> = lines.map(|l| row(l).expect("series.tsv is well formed")).collect();
    let road: f32 = counts.iter().map(|c| c.1).sum();
    let drawn: f32 = counts.iter().map(|c| c.2).sum();
    let even = 1.0 / counts.len() as f32;
    let letter = |&(letter, on_road, of_drawn): &(char, f32, f32)| Letter {
        letter,
        on_road: (1.0 - EVEN) * on_road / road + EVEN * even,
        taught: of_drawn / drawn,
    };
    counts.iter().map(letter).collect()
});

fn row(line: &str) -> Option<(char, f32, f32)> {
    let mut cells = line.split('\t');
    let letter = cells.next()?.chars().next()?;
    Some((letter, cells.next()?.parse().ok()?, cells.next()?.parse().ok()?))
}

/// Each letter with its share among cars on the road; together 1.
pub fn on_road() -> impl Iterator<Item = (char, f32)> {
    LETTERS.iter().map(|l| (l.letter, l.on_road))
}

/// Share of the letter among cars on the road, against its share in the reader's training; 1 for what is no series letter.
pub fn ratio(letter: char) -> f32 {
    LETTERS.iter().find(|l| l.letter == letter).map_or(1.0, |l| l.on_road / l.taught)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn common_letters_gain_and_none_is_ruled_out() {
        assert_eq!(on_road().map(|l| l.0).collect::<String>(), "ABCDEFGHKLMNPSTUVXYZ");
        assert!(ratio('A') > 5.0 && ratio('X') < 0.5 && ratio('?') == 1.0);
        assert!((on_road().map(|l| l.1).sum::<f32>() - 1.0).abs() < 1e-4);
        assert!(on_road().all(|(letter, share)| share >= 0.01 && ratio(letter) > 0.05));
    }
}

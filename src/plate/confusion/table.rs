//! The table and its text.

use crate::domain::plate::Layout;

/// Observations that each true character starts with, spread as in the built-in table.
pub const PRIOR_COUNT: f64 = 50.0;

/// The characters of the built-in table: the reader's, and the letters that no series has but a reader may see.
const ALPHABET: &str = "0123456789ABCDEFGHKLMNPQRSTUVXYZĐIJOW";
/// Plate widths that part the built-in bands, in px.
const EDGES: [f32; 2] = [60.0, 100.0];

/// Characters that look alike on a plate. A judgement, not a count: strokes that open, close or bend by dirt, bolts and
/// blur (8 B 3 6 9 0, 5 S 6, 1 7 I T L, 2 Z 7), and letters that differ by one stroke.
const ALIKE: [&str; 18] = [
    "0DOQC", "08", "8B", "83", "86", "89", "1I7T", "1L", "5S", "56", "2Z7", "4A", "6G", "CG", "VYUX", "MNHW",
    "PFRE", "DĐO",
];
/// Share of characters that the built-in table takes to be misread, in bands 0, 1 and 2.
const MISREAD: [f64; 3] = [0.03, 0.01, 0.005];
/// Of the misread: shares that go to look-alikes, to other characters of the same sort (digit or letter), to any.
const TO: [f64; 3] = [0.75, 0.17, 0.08];
/// Share of characters not read, and of characters read where none stands, per misread one.
const LOST: f64 = 0.1;

/// What is wrong with a table's text. The messages name the line and the way out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfusionError {
    /// The first line is another.
    #[error("not a confusion table: the first line must be \"hanhtrinh-confusion 1\"")]
    NotATable,
    /// A line that cannot be used.
    #[error("line {line} of the confusion table cannot be used: {why}")]
    Line {
        /// Counted from 1.
        line: usize,
        /// What is wrong with it.
        why: String,
    },
    /// There is no line of that name.
    #[error("the confusion table has no line \"{0}\"; write it before the counts")]
    Missing(&'static str),
}

/// Under which conditions a plate was read; what is not known is averaged over.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Condition {
    /// Row split.
    pub layout: Option<Layout>,
    /// Width of the plate in pixels of the frame.
    pub width_px: Option<f32>,
}

/// Probabilities of one condition. Characters are indices into the alphabet.
#[derive(Debug, Clone, PartialEq)]
struct Rates {
    /// `read_given_true[true * n + read]`; with the drop rate each true character's sum is 1.
    read_given_true: Vec<f64>,
    /// Probability that the true character is not read.
    drop: Vec<f64>,
    /// Expected number of times that the character is read where none stands, per true character.
    insert: Vec<f64>,
    /// For each read character the sum of the odds of the others that may stand there.
    doubt: Vec<f64>,
    /// Mean of `drop`.
    mean_drop: f64,
}

/// Counts of one condition, the prior left out.
#[derive(Clone)]
struct Counts {
    pair: Vec<f64>,
    drop: Vec<f64>,
    insert: Vec<f64>,
}

/// The reader's learned confusion. See the module.
#[derive(Debug, Clone, PartialEq)]
pub struct Confusion {
    alphabet: Vec<char>,
    /// Places of the ASCII characters in it.
    ascii: Vec<Option<u8>>,
    edges: Vec<f32>,
    /// By layout (one line, two lines, either), then by band (the edges' and, last, any).
    rates: Vec<Vec<Rates>>,
}

impl Confusion {
    /// The table that is used where none was learned.
    pub fn built_in() -> Self {
        let alphabet: Vec<char> = ALPHABET.chars().collect();
        let counts = vec![vec![Counts::none(alphabet.len()); EDGES.len() + 1]; 2];
        Self::learn(alphabet, EDGES.to_vec(), &counts)
    }

    /// The table of a text in the module's form.
    pub fn parse(text: &str) -> Result<Self, ConfusionError> {
        let mut lines =
            text.lines().enumerate().map(|(i, l)| (i + 1, l.split('#').next().unwrap_or("").trim()));
        let mut lines = lines.by_ref().filter(|(_, l)| !l.is_empty());
        if lines.next().is_none_or(|(_, l)| l.split_whitespace().ne(["hanhtrinh-confusion", "1"])) {
            return Err(ConfusionError::NotATable);
        }
        let mut alphabet: Option<Vec<char>> = None;
        let mut edges: Option<Vec<f32>> = None;
        let mut counts: Vec<Vec<Counts>> = Vec::new();
        for (line, words) in lines {
            let wrong = |why: String| ConfusionError::Line { line, why };
            let words: Vec<&str> = words.split_whitespace().collect();
            match words.as_slice() {
                ["alphabet", letters] if alphabet.is_none() => {
                    let letters: Vec<char> = letters.chars().collect();
                    let mut once = letters.clone();
                    once.sort_unstable();
                    once.dedup();
                    if once.len() != letters.len()
                        || letters.contains(&'-')
                        || letters.contains(&super::MISSING)
                    {
                        return Err(wrong(
                            "an alphabet names each character once, and neither - nor ?".into(),
                        ));
                    }
                    alphabet = Some(letters);
                }
                ["edges", widths @ ..] if edges.is_none() => {
                    let widths: Vec<f32> = widths.iter().map_while(|w| w.parse().ok()).collect();
                    if widths.len() + 1 != words.len() || widths.windows(2).any(|w| w[1] <= w[0]) {
                        return Err(wrong("edges are plate widths in px that rise".into()));
                    }
                    edges = Some(widths);
                }
                [layout, band, truth, read, count] => {
                    let letters = alphabet.as_ref().ok_or(ConfusionError::Missing("alphabet"))?;
                    let bands = edges.as_ref().ok_or(ConfusionError::Missing("edges"))?.len() + 1;
                    if counts.is_empty() {
                        counts = vec![vec![Counts::none(letters.len()); bands]; 2];
                    }
                    let layout = match *layout {
                        "one_line" => 0,
                        "two_line" => 1,
                        other => return Err(wrong(format!("{other} is neither one_line nor two_line"))),
                    };
                    let band = band.parse().ok().filter(|b: &usize| *b < bands);
                    let band = band.ok_or_else(|| wrong(format!("the bands are 0 to {}", bands - 1)))?;
                    let count = count.parse().ok().filter(|c: &f64| c.is_finite() && *c >= 0.0);
                    let count = count.ok_or_else(|| wrong("a count is a number from 0 on".into()))?;
                    let place = |word: &str| match word {
                        "-" => Ok(None),
                        word => letters
                            .iter()
                            .position(|c| word.chars().eq([*c]))
                            .map(Some)
                            .ok_or_else(|| wrong(format!("{word} is not in the alphabet"))),
                    };
                    let to = &mut counts[layout][band];
                    match (place(truth)?, place(read)?) {
                        (Some(t), Some(r)) => to.pair[t * letters.len() + r] += count,
                        (Some(t), None) => to.drop[t] += count,
                        (None, Some(r)) => to.insert[r] += count,
                        (None, None) => return Err(wrong("one of the two characters must be given".into())),
                    }
                }
                _ => return Err(wrong("expected: layout band true read count".into())),
            }
        }
        let alphabet = alphabet.ok_or(ConfusionError::Missing("alphabet"))?;
        let edges = edges.ok_or(ConfusionError::Missing("edges"))?;
        if counts.is_empty() {
            counts = vec![vec![Counts::none(alphabet.len()); edges.len() + 1]; 2];
        }
        Ok(Self::learn(alphabet, edges, &counts))
    }

    fn learn(alphabet: Vec<char>, edges: Vec<f32>, counts: &[Vec<Counts>]) -> Self {
        let n = alphabet.len();
        let bands = edges.len() + 1;
        let mut rates = Vec::new();
        for layouts in [&counts[..1], &counts[1..], counts] {
            let mut by_band: Vec<Rates> = Vec::new();
            for band in 0..=bands {
                let of: Vec<&Counts> = layouts
                    .iter()
                    .flat_map(|l| if band < bands { &l[band..=band] } else { &l[..] })
                    .collect();
                by_band.push(rates_of(&alphabet, n, band, &of));
            }
            rates.push(by_band);
        }
        let place = |b: u8| alphabet.iter().position(|c| *c == char::from(b)).map(|p| p as u8);
        let ascii = (0..128).map(place).collect();
        Self { alphabet, ascii, edges, rates }
    }

    /// The characters it knows.
    pub fn alphabet(&self) -> &[char] {
        &self.alphabet
    }

    fn rates(&self, at: Condition) -> &Rates {
        let layout = match at.layout {
            Some(Layout::OneLine) => 0,
            Some(Layout::TwoLine) => 1,
            None => 2,
        };
        let band = match at.width_px {
            Some(width) => self.edges.partition_point(|e| *e <= width),
            None => self.edges.len() + 1,
        };
        &self.rates[layout][band]
    }

    fn place(&self, c: char) -> Option<usize> {
        match self.ascii.get(c as usize) {
            Some(place) => place.map(usize::from),
            None => self.alphabet.iter().position(|a| *a == c),
        }
    }

    /// Sum of the odds of all characters that may stand where `read` is read, itself left out; and the chances that it
    /// was added, or that one beside it was lost.
    pub(super) fn doubts(&self, at: Condition, read: char) -> (f64, f64) {
        let rates = self.rates(at);
        self.place(read).map_or((0.0, 0.0), |r| (rates.doubt[r], rates.insert[r] + rates.mean_drop))
    }

    /// Probability, 0-1, that `read` is read where `truth` stands. A character outside the alphabet is read as itself.
    pub fn read_given_true(&self, at: Condition, read: char, truth: char) -> f64 {
        match (self.place(read), self.place(truth)) {
            (Some(r), Some(t)) => self.rates(at).read_given_true[t * self.alphabet.len() + r],
            _ => f64::from(u8::from(read == truth)),
        }
    }

    /// Probability, 0-1, that `truth` is not read at all.
    pub fn drop_rate(&self, at: Condition, truth: char) -> f64 {
        self.place(truth).map_or(0.0, |t| self.rates(at).drop[t])
    }

    /// Expected number of times that `read` is read where nothing stands, per true character.
    pub fn insert_rate(&self, at: Condition, read: char) -> f64 {
        self.place(read).map_or(0.0, |r| self.rates(at).insert[r])
    }

    /// The characters that may stand where `read` is read, with how likely that is against `read` itself standing there
    /// (all characters equally common), likeliest first; those below `least` are left out.
    pub fn alike(&self, at: Condition, read: char, least: f64) -> Vec<(char, f64)> {
        let own = self.read_given_true(at, read, read).max(1e-9);
        let others = self.alphabet.iter().filter(|c| **c != read);
        let mut found: Vec<(char, f64)> = others
            .map(|c| (*c, self.read_given_true(at, read, *c) / own))
            .filter(|(_, odds)| *odds >= least)
            .collect();
        found.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        found
    }
}

impl Counts {
    fn none(n: usize) -> Self {
        Self { pair: vec![0.0; n * n], drop: vec![0.0; n], insert: vec![0.0; n] }
    }
}

/// Probabilities from the counts `of` and the built-in prior of `band`; what lies beyond the built-in bands takes the
/// middle one's.
fn rates_of(alphabet: &[char], n: usize, band: usize, of: &[&Counts]) -> Rates {
    let misread = MISREAD.get(band).copied().unwrap_or(MISREAD[1]);
    let mut rates = Rates {
        read_given_true: vec![0.0; n * n],
        drop: vec![0.0; n],
        insert: vec![0.0; n],
        doubt: vec![0.0; n],
        mean_drop: 0.0,
    };
    let mut all = 0.0;
    for t in 0..n {
        let prior = prior(alphabet, t, misread);
        let seen = |i: usize| of.iter().map(|c| c.pair[t * n + i]).sum::<f64>();
        let dropped: f64 = of.iter().map(|c| c.drop[t]).sum();
        let total = (0..n).map(seen).sum::<f64>() + dropped;
        all += total;
        for (r, prior) in prior.iter().enumerate() {
            rates.read_given_true[t * n + r] = (seen(r) + PRIOR_COUNT * prior) / (total + PRIOR_COUNT);
        }
        rates.drop[t] = (dropped + PRIOR_COUNT * misread * LOST) / (total + PRIOR_COUNT);
    }
    for r in 0..n {
        let inserted: f64 = of.iter().map(|c| c.insert[r]).sum();
        rates.insert[r] = (inserted + PRIOR_COUNT * misread * LOST / n as f64) / (all + PRIOR_COUNT);
    }
    for r in 0..n {
        let own = rates.read_given_true[r * n + r].max(1e-9);
        let others: f64 = (0..n).filter(|t| *t != r).map(|t| rates.read_given_true[t * n + r]).sum();
        rates.doubt[r] = others / own;
    }
    rates.mean_drop = rates.drop.iter().sum::<f64>() / n.max(1) as f64;
    rates
}

/// The built-in probabilities of what is read where character `t` stands; with the drop rate they sum to 1.
fn prior(alphabet: &[char], t: usize, misread: f64) -> Vec<f64> {
    let truth = alphabet[t];
    let alike = |c: char| c != truth && ALIKE.iter().any(|group| group.contains(c) && group.contains(truth));
    let sort = |c: char| c != truth && c.is_ascii_digit() == truth.is_ascii_digit();
    let any = |c: char| c != truth;
    let share = |of: &dyn Fn(char) -> bool| {
        let many = alphabet.iter().filter(|c| of(**c)).count();
        move |yes: bool| if yes { 1.0 / many.max(1) as f64 } else { 0.0 }
    };
    let (to_alike, to_sort, to_any) = (share(&alike), share(&sort), share(&any));
    let mut row: Vec<f64> = alphabet
        .iter()
        .map(|&c| misread * (TO[0] * to_alike(alike(c)) + TO[1] * to_sort(sort(c)) + TO[2] * to_any(any(c))))
        .collect();
    row[t] = 0.0;
    row[t] = 1.0 - misread * LOST - row.iter().sum::<f64>();
    row
}

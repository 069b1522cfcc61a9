//! Plate texts in twelve bytes, and which of them look alike.

use std::fmt;

use crate::plate::confusion::{Condition, Confusion, MISSING};

/// Most characters of a text.
const LONGEST: usize = 12;
/// Stands for Đ, the one letter beyond ASCII.
const BARRED_D: u8 = b'd';

/// A compact plate text in few bytes; copied, compared and hashed at no cost.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct PlateText([u8; LONGEST]);

impl PlateText {
    /// No text; before every other in order.
    pub(super) const EMPTY: Self = Self([0; LONGEST]);

    /// The text; `None` where it is empty, too long, or holds what no plate of the alphabet does.
    pub fn new(text: &str) -> Option<Self> {
        let mut bytes = [0; LONGEST];
        let mut n = 0;
        for c in text.chars() {
            *bytes.get_mut(n)? = match c {
                'Đ' => BARRED_D,
                '0'..='9' | 'A'..='Z' | MISSING => c as u8,
                _ => return None,
            };
            n += 1;
        }
        (n > 0).then_some(Self(bytes))
    }

    /// One byte a character.
    fn bytes(&self) -> &[u8] {
        let n = self.0.iter().position(|b| *b == 0).unwrap_or(LONGEST);
        &self.0[..n]
    }

    /// Whether a character could not be read.
    pub fn has_missing(&self) -> bool {
        self.0.contains(&(MISSING as u8))
    }
}

impl fmt::Display for PlateText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.bytes().iter().try_for_each(|b| {
            let c = if *b == BARRED_D { 'Đ' } else { char::from(*b) };
            fmt::Write::write_char(f, c)
        })
    }
}

impl fmt::Debug for PlateText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// Two characters differ in what looks alike only where the product of their ranks among each other's look-alikes, the
/// likeliest has 1, is no more than this. By measurement (10 % misreads, seeds 1 and 2): 8 leaves 227 and 241 wrong links,
/// 12 leaves 224 and 226, 20 leaves 215 and 223, 30 leaves 204 and 218 at two thirds of the speed.
const RANKS: usize = 20;
/// Characters of plates, one byte each.
const ALPHABET: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZd";
/// Characters that may be lost or added: digits anywhere, letters behind the code.
const DIGITS: &[u8] = b"0123456789";
const LETTERS: &[u8] = b"ABCDEFGHKLMNPRSTUVXYZ";
const OPEN: u8 = MISSING as u8;

fn may_be_lost(at: usize, c: u8) -> bool {
    DIGITS.contains(&c) || ((at == 2 || at == 3) && LETTERS.contains(&c))
}

/// For each character those that are taken for it most. Symmetric: what looks like b from a looks like a from b.
///
/// Two texts look alike where one character differs, or two that are each other's closest look-alikes, or up to two could
/// not be read and the rest agrees, or one is lost. So few that all that look like a text can be named one by one, which
/// asks nothing of an index but whether it holds a text.
#[derive(Debug, Clone)]
pub(super) struct Alike {
    /// The likeliest few of each character with their ranks, by rank: taken for each other in two places at once.
    twins: Vec<Vec<(u8, usize)>>,
}

impl Alike {
    pub fn new(confusion: &Confusion) -> Self {
        let byte = |c: char| if c == 'Đ' { BARRED_D } else { c as u8 };
        let mut twins: Vec<Vec<(u8, usize)>> = vec![Vec::new(); 128];
        for &c in confusion.alphabet() {
            let alike = confusion.alike(Condition::default(), c, 0.0).into_iter().zip(1..=RANKS);
            for ((other, _), rank) in alike {
                for (a, b) in [(byte(c), byte(other)), (byte(other), byte(c))] {
                    let Some(list) = twins.get_mut(usize::from(a)) else { continue };
                    match list.iter_mut().find(|t| t.0 == b) {
                        Some(twin) => twin.1 = twin.1.min(rank),
                        None => list.push((b, rank)),
                    }
                }
            }
        }
        twins.iter_mut().for_each(|list| list.sort_by_key(|t| (t.1, t.0)));
        Self { twins }
    }

    /// Look-alikes of a character up to a rank.
    fn twins(&self, c: u8, rank: usize) -> impl Iterator<Item = &(u8, usize)> {
        let all = self.twins.get(usize::from(c)).map_or(&[][..], Vec::as_slice);
        all.iter().take_while(move |t| t.1 <= rank)
    }

    /// Calls `found` with every text that looks like `text`, some more than once; never with `text` itself.
    pub fn each(&self, text: PlateText, found: &mut dyn FnMut(PlateText)) {
        let n = text.bytes().len();
        for i in 0..n {
            let here = text.0[i];
            let mut one = text;
            for c in ALPHABET.iter().chain(&[OPEN]).filter(|c| **c != here) {
                one.0[i] = *c;
                found(one);
            }
            for j in i + 1..n {
                self.each_pair(text, (i, j), found);
            }
            if n > 1 && may_be_lost(i, here) {
                let mut shorter = text;
                shorter.0.copy_within(i + 1.., i);
                shorter.0[LONGEST - 1] = 0;
                found(shorter);
            }
        }
        if n == LONGEST {
            return;
        }
        for i in 0..=n {
            let mut longer = text;
            longer.0.copy_within(i..LONGEST - 1, i + 1);
            let letters = if i == 2 || i == 3 { LETTERS } else { &[] };
            for c in DIGITS.iter().chain(letters) {
                longer.0[i] = *c;
                found(longer);
            }
        }
    }

    /// Those that differ in both of these places.
    fn each_pair(&self, text: PlateText, (i, j): (usize, usize), found: &mut dyn FnMut(PlateText)) {
        let (a, b) = (text.0[i], text.0[j]);
        let mut both = |x: u8, y: u8| {
            if x != a && y != b {
                let mut other = text;
                (other.0[i], other.0[j]) = (x, y);
                found(other);
            }
        };
        // What could not be read is anything; what was read could not be read there.
        match (a == OPEN, b == OPEN) {
            (false, false) => {
                both(OPEN, OPEN);
                for (x, rank) in self.twins(a, RANKS) {
                    self.twins(b, RANKS / rank).for_each(|(y, _)| both(*x, *y));
                }
            }
            (true, true) => ALPHABET.iter().for_each(|x| ALPHABET.iter().for_each(|y| both(*x, *y))),
            (true, false) => ALPHABET.iter().for_each(|x| both(*x, OPEN)),
            (false, true) => ALPHABET.iter().for_each(|y| both(OPEN, *y)),
        }
    }
}

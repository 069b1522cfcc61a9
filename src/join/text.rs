//! Plate texts in twelve bytes, and which of them look alike.

use std::collections::{HashMap, HashSet};
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

/// How many of the likeliest are tried in two places at once.
const TWINS: usize = 4;
/// Characters that may be lost or added: digits anywhere, letters behind the code.
const DIGITS: &[u8] = b"0123456789";
const LETTERS: &[u8] = b"ABCDEFGHKLMNPRSTUVXYZ";

fn may_be_lost(at: usize, c: u8) -> bool {
    DIGITS.contains(&c) || ((at == 2 || at == 3) && LETTERS.contains(&c))
}

/// For each character those that may stand in its place. Symmetric: what looks like b from a looks like a from b.
#[derive(Debug, Clone)]
pub(super) struct Alike {
    /// The likeliest few of each character: taken for each other in two places at once.
    twins: Vec<Vec<u8>>,
}

impl Alike {
    pub fn new(confusion: &Confusion) -> Self {
        let byte = |c: char| if c == 'Đ' { BARRED_D } else { c as u8 };
        let mut twins: Vec<Vec<u8>> = vec![Vec::new(); 128];
        for &c in confusion.alphabet() {
            for (other, _) in confusion.alike(Condition::default(), c, 0.0).into_iter().take(TWINS) {
                for (a, b) in [(byte(c), byte(other)), (byte(other), byte(c))] {
                    if let Some(list) = twins.get_mut(usize::from(a)).filter(|l| !l.contains(&b)) {
                        list.push(b);
                    }
                }
            }
        }
        Self { twins }
    }

    /// Whether the two look alike: one character differs, or two that are each other's closest look-alikes (`loose`: any
    /// two), or one is lost; characters that are missing agree with any. Symmetric; equal texts are not meant.
    pub fn related(&self, a: PlateText, b: PlateText, loose: bool) -> bool {
        let (a, b) = (a.bytes(), b.bytes());
        if a.len() == b.len() {
            let missing = MISSING as u8;
            let mut differ = a.iter().zip(b).filter(|(x, y)| x != y && **x != missing && **y != missing);
            let twins = |(x, y): (&u8, &u8)| self.twins.get(usize::from(*x)).is_some_and(|t| t.contains(y));
            return match (differ.next(), differ.next(), differ.next()) {
                (_, None, _) => true,
                (Some(first), Some(second), None) => loose || twins(first) && twins(second),
                _ => false,
            };
        }
        let (shorter, longer) = if a.len() < b.len() { (a, b) } else { (b, a) };
        if shorter.len() + 1 != longer.len() {
            return false;
        }
        let at = shorter.iter().zip(longer).take_while(|(x, y)| x == y).count();
        shorter[at..] == longer[at + 1..] && may_be_lost(at, longer[at])
    }
}

/// Finds texts that may look alike: a set of texts under what is left of each when two characters are left out of sight,
/// or one is lost.
#[derive(Debug, Default)]
pub(super) struct TextIndex {
    known: HashSet<PlateText>,
    under: HashMap<PlateText, Vec<PlateText>>,
}

impl TextIndex {
    pub fn insert(&mut self, text: PlateText) {
        if self.known.insert(text) {
            text.each_view(&mut |view| self.under.entry(view).or_default().push(text));
        }
    }

    /// Calls `found` with every text that [`Alike::related`] may say yes of, and others; some more than once.
    pub fn near(&self, text: PlateText, found: &mut dyn FnMut(PlateText)) {
        let mut of = |view: PlateText| {
            self.under.get(&view).into_iter().flatten().for_each(|t| found(*t));
        };
        text.each_view(&mut of);
        of(text);
        text.each_shorter(&mut |shorter| {
            if self.known.contains(&shorter) {
                found(shorter);
            }
        });
    }
}

impl PlateText {
    /// The text with each two of its characters missing, and with each one lost.
    fn each_view(self, found: &mut dyn FnMut(Self)) {
        let n = self.bytes().len();
        for i in 0..n {
            for j in i + 1..n {
                let mut view = self;
                view.0[i] = MISSING as u8;
                view.0[j] = MISSING as u8;
                found(view);
            }
        }
        self.each_shorter(found);
    }

    fn each_shorter(self, found: &mut dyn FnMut(Self)) {
        let bytes = self.bytes();
        for i in 0..bytes.len() {
            // Of equal characters side by side one stands for all.
            if bytes.len() > 1 && bytes.get(i + 1) != Some(&bytes[i]) {
                let mut shorter = self;
                shorter.0.copy_within(i + 1.., i);
                shorter.0[LONGEST - 1] = 0;
                found(shorter);
            }
        }
    }
}

//! Which characters of a text were read as which: one shortest way from the truth to what was read.

/// One mistake.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Edit {
    /// The true character; `None`: none stands there.
    pub truth: Option<char>,
    /// What was read; `None`: nothing.
    pub read: Option<char>,
}

/// The fewest mistakes that make `read` of `truth`, from left to right. Of ways with as many mistakes the one that
/// takes a character for another rather than leaving one out and adding one.
pub fn edits(truth: &str, read: &str) -> Vec<Edit> {
    let (a, b): (Vec<char>, Vec<char>) = (truth.chars().collect(), read.chars().collect());
    // cost[i][j]: mistakes from the first i true characters to the first j read ones.
    let mut cost = vec![vec![0usize; b.len() + 1]; a.len() + 1];
    for i in 0..=a.len() {
        for j in 0..=b.len() {
            cost[i][j] = match (i, j) {
                (0, _) => j,
                (_, 0) => i,
                _ => (cost[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]))
                    .min(cost[i - 1][j] + 1)
                    .min(cost[i][j - 1] + 1),
            };
        }
    }
    let (mut i, mut j) = (a.len(), b.len());
    let mut made = Vec::new();
    while i > 0 || j > 0 {
        let differs = i > 0 && j > 0 && a[i - 1] != b[j - 1];
        if i > 0 && j > 0 && cost[i][j] == cost[i - 1][j - 1] + usize::from(differs) {
            (i, j) = (i - 1, j - 1);
            if differs {
                made.push(Edit { truth: Some(a[i]), read: Some(b[j]) });
            }
        } else if i > 0 && cost[i][j] == cost[i - 1][j] + 1 {
            i -= 1;
            made.push(Edit { truth: Some(a[i]), read: None });
        } else {
            j -= 1;
            made.push(Edit { truth: None, read: Some(b[j]) });
        }
    }
    made.reverse();
    made
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn edit(truth: Option<char>, read: Option<char>) -> Edit {
        Edit { truth, read }
    }

    #[test]
    fn mistakes_are_told_where_they_stand() {
        assert_eq!(edits("30A12345", "30A12345"), []);
        assert_eq!(edits("30A12345", "30A1B345"), [edit(Some('2'), Some('B'))]);
        assert_eq!(edits("30A12345", "30A1345"), [edit(Some('2'), None)]);
        assert_eq!(edits("30A1234", "930A1234"), [edit(None, Some('9'))]);
        assert_eq!(edits("", "7"), [edit(None, Some('7'))]);
        assert_eq!(edits("MĐ", "MD"), [edit(Some('Đ'), Some('D'))]);
    }

    proptest! {
        #[test]
        fn as_many_as_the_distance(a in "[0-3A-BĐ]{0,9}", b in "[0-3A-BĐ]{0,9}") {
            prop_assert_eq!(edits(&a, &b).len(), strsim::levenshtein(&a, &b));
        }
    }
}

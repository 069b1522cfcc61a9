//! The cheapest one-to-one assignment, where staying alone is a choice too.

/// Pairs each row with at most one column and each column with at most one row, so that the sum of the pairs' costs,
/// plus `alone` for each row without a pair, is least. `cost(row, column)`: `None` where the pair may not be. Gives the
/// column of each row.
///
/// Shortest augmenting paths with potentials (the Hungarian method as Jonker and Volgenant, 1987, have it); each row
/// has a column of its own of cost `alone`. O(rows² · (rows + columns)). Costs that are not finite count as `None`.
/// Deterministic: among equally cheap columns the first is taken.
pub fn assign(
    rows: usize,
    columns: usize,
    alone: f64,
    cost: impl Fn(usize, usize) -> Option<f64>,
) -> Vec<Option<usize>> {
    if rows == 0 || columns == 0 {
        return vec![None; rows];
    }
    let width = columns + rows;
    let mut costs = vec![f64::INFINITY; rows * width];
    for r in 0..rows {
        for c in 0..columns {
            // A pair dearer than staying alone is never part of the best answer.
            if let Some(value) = cost(r, c).filter(|v| v.is_finite() && *v < alone) {
                costs[r * width + c] = value;
            }
        }
        costs[r * width + columns + r] = alone;
    }

    // 1-based: row 0 and column 0 stand for "none".
    let mut row_potential = vec![0.0f64; rows + 1];
    let mut column_potential = vec![0.0f64; width + 1];
    let mut row_of = vec![0usize; width + 1];
    let mut came_from = vec![0usize; width + 1];
    for row in 1..=rows {
        row_of[0] = row;
        let mut column = 0;
        let mut least = vec![f64::INFINITY; width + 1];
        let mut done = vec![false; width + 1];
        loop {
            done[column] = true;
            let r = row_of[column];
            let (mut step, mut next) = (f64::INFINITY, 0);
            for c in 1..=width {
                if done[c] {
                    continue;
                }
                let reduced = costs[(r - 1) * width + c - 1] - row_potential[r] - column_potential[c];
                if reduced < least[c] {
                    least[c] = reduced;
                    came_from[c] = column;
                }
                if least[c] < step {
                    step = least[c];
                    next = c;
                }
            }
            // A row's own column is always free or leads to its row's next choice, so `next` is never 0 here.
            if next == 0 {
                break;
            }
            for c in 0..=width {
                if done[c] {
                    row_potential[row_of[c]] += step;
                    column_potential[c] -= step;
                } else {
                    least[c] -= step;
                }
            }
            column = next;
            if row_of[column] == 0 {
                break;
            }
        }
        while column != 0 {
            let before = came_from[column];
            row_of[column] = row_of[before];
            column = before;
        }
    }
    let mut answer = vec![None; rows];
    for c in 1..=columns {
        if row_of[c] > 0 {
            answer[row_of[c] - 1] = Some(c - 1);
        }
    }
    answer
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn total(costs: &[Vec<Option<f64>>], alone: f64, answer: &[Option<usize>]) -> f64 {
        let of_row = |(r, c): (usize, &Option<usize>)| match c {
            Some(c) => costs[r][*c].expect("only allowed pairs are made"),
            None => alone,
        };
        answer.iter().enumerate().map(of_row).sum()
    }

    /// The least total by trying everything.
    fn least(costs: &[Vec<Option<f64>>], alone: f64, row: usize, used: u32) -> f64 {
        if row == costs.len() {
            return 0.0;
        }
        let mut best = alone + least(costs, alone, row + 1, used);
        for (c, cost) in costs[row].iter().enumerate() {
            if let Some(cost) = cost.filter(|_| used & (1 << c) == 0) {
                best = best.min(cost + least(costs, alone, row + 1, used | (1 << c)));
            }
        }
        best
    }

    #[test]
    fn the_nearest_pair_gives_way_where_the_whole_is_cheaper() {
        let costs = [[1.0, 2.0], [1.5, 9.0]];
        assert_eq!(assign(2, 2, 10.0, |r, c| Some(costs[r][c])), vec![Some(1), Some(0)]);
        assert_eq!(assign(2, 2, 1.2, |r, c| Some(costs[r][c])), vec![Some(0), None]);
        assert_eq!(assign(0, 3, 1.0, |_, _| None), vec![]);
        assert_eq!(assign(2, 0, 1.0, |_, _| None), vec![None, None]);
    }

    proptest! {
        #[test]
        fn no_other_assignment_is_cheaper(
            cells in proptest::collection::vec(proptest::option::weighted(0.7, 0.0f64..10.0), 25),
            rows in 1usize..6, columns in 1usize..6, alone in 0.5f64..12.0,
        ) {
            let costs: Vec<Vec<_>> = (0..rows).map(|r| cells[r * 5..r * 5 + columns].to_vec()).collect();
            let answer = assign(rows, columns, alone, |r, c| costs[r][c]);
            let mut used: Vec<_> = answer.iter().flatten().collect();
            used.sort_unstable();
            used.dedup();
            prop_assert_eq!(used.len(), answer.iter().flatten().count(), "a column is used twice");
            let (got, best) = (total(&costs, alone, &answer), least(&costs, alone, 0, 0));
            prop_assert!((got - best).abs() < 1e-9, "{} is not {}", got, best);
        }
    }
}

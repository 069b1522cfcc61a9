//! A net without a net, for tests of whatever runs one.

use super::error::InferError;
use super::model::{Model, Tensor, check_input};

type Answer = Box<dyn FnMut(&[f32], [usize; 4]) -> Tensor + Send>;

/// A model whose answer is a function of its input. It refuses inputs of the wrong shape as a real one does, so a test
/// that feeds it is held to the same contract.
pub struct FakeModel {
    input_shape: [Option<usize>; 4],
    answer: Answer,
}

impl FakeModel {
    /// Takes what `input_shape` says and answers with `answer(input, shape)`.
    pub fn new(
        input_shape: [Option<usize>; 4],
        answer: impl FnMut(&[f32], [usize; 4]) -> Tensor + Send + 'static,
    ) -> Self {
        Self { input_shape, answer: Box::new(answer) }
    }

    /// Takes any shape and answers `[n, 4]`: for each of the n pictures the smallest value, the largest value, the mean
    /// and the number of values, over all its channels.
    pub fn summary() -> Self {
        Self::new([None; 4], |input, [n, channels, height, width]| {
            let each = channels * height * width;
            let of_one = |values: &[f32]| {
                let low = values.iter().copied().fold(f32::INFINITY, f32::min);
                let high = values.iter().copied().fold(f32::NEG_INFINITY, f32::max);
                [low, high, values.iter().sum::<f32>() / each as f32, each as f32]
            };
            Tensor { shape: vec![n, 4], data: input.chunks_exact(each).flat_map(of_one).collect() }
        })
    }
}

impl Model for FakeModel {
    fn input_shape(&self) -> [Option<usize>; 4] {
        self.input_shape
    }

    fn run(&mut self, input: &[f32], shape: [usize; 4]) -> Result<Tensor, InferError> {
        check_input("fake", self.input_shape, shape, input.len())?;
        Ok((self.answer)(input, shape))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_summary_is_taken_for_each_picture() {
        let input = [1.0, 2.0, 3.0, 6.0, -1.0, -1.0, -1.0, 5.0];
        let answer = FakeModel::summary().run(&input, [2, 1, 2, 2]).expect("a right shape");
        assert_eq!(answer.shape, [2, 4]);
        assert_eq!(answer.data, [1.0, 6.0, 3.0, 4.0, -1.0, 5.0, 0.5, 4.0]);
    }

    #[test]
    fn wrong_shapes_are_refused_with_what_was_expected() {
        let mut fake = FakeModel::new([None, Some(3), None, None], |_, _| unreachable!());
        for (shape, values) in [([1, 1, 4, 4], 16), ([1, 3, 4, 4], 47), ([0, 3, 4, 4], 0)] {
            let text = fake.run(&vec![0.0; values], shape).expect_err("wrong").to_string();
            assert!(text.contains("expected [?, 3, ?, ?]"), "{text}");
        }
    }
}

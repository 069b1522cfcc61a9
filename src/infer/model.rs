//! The seam between the program and whatever runs its nets.

use super::error::InferError;

/// What a net answers: row-major values and their shape.
#[derive(Debug, Clone, PartialEq)]
pub struct Tensor {
    /// Sizes, outermost first; their product is the number of values.
    pub shape: Vec<usize>,
    /// Values, the last dimension running fastest.
    pub data: Vec<f32>,
}

/// A net with one input `[n, channels, height, width]` and one output.
pub trait Model: Send {
    /// What it takes; `None` for a size that is free.
    fn input_shape(&self) -> [Option<usize>; 4];

    /// Runs it once on `input`, laid out as `shape` says, row-major.
    fn run(&mut self, input: &[f32], shape: [usize; 4]) -> Result<Tensor, InferError>;
}

/// Whether `shape` with so many values is what a net of `wanted` takes. `net` is its name in the error.
pub(super) fn check_input(
    net: &str,
    wanted: [Option<usize>; 4],
    shape: [usize; 4],
    values: usize,
) -> Result<(), InferError> {
    let fits = wanted.iter().zip(shape).all(|(wanted, size)| size > 0 && wanted.is_none_or(|w| w == size));
    let product = shape.iter().try_fold(1usize, |all, size| all.checked_mul(*size));
    if fits && product == Some(values) {
        return Ok(());
    }
    let sizes: Vec<String> = wanted.iter().map(|w| w.map_or("?".to_owned(), |w| w.to_string())).collect();
    Err(InferError::Input {
        net: net.to_owned(),
        found: shape,
        values,
        wanted: format!("[{}] and as many values", sizes.join(", ")),
    })
}

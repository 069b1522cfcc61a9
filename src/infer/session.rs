//! One net in ONNX Runtime.

use ndarray::ArrayView4;
use ort::session::Session;
use ort::session::builder::{GraphOptimizationLevel, SessionBuilder};
use ort::value::{TensorElementType, TensorRef, ValueType};

use super::error::InferError;
use super::model::{Model, Tensor, check_input};
use super::provider::{Provider, dispatches};
use super::runtime::Runtime;

/// A net with one float input of four dimensions and one float output. A session runs one input at a time: each worker
/// has its own.
#[derive(Debug)]
pub struct OrtModel {
    session: Session,
    name: String,
    input: String,
    input_shape: [Option<usize>; 4],
}

impl OrtModel {
    /// Starts the net of these ONNX bytes on `provider`, with `threads` threads of its own (0: as many as cores; 1 runs
    /// on the caller's thread). `name` is what errors call it. On failure, why.
    pub fn start(
        runtime: &Runtime,
        name: &str,
        onnx: &[u8],
        provider: Provider,
        threads: usize,
    ) -> Result<Self, String> {
        let session = builder(runtime, provider, threads)
            .and_then(|mut builder| builder.commit_from_memory(onnx))
            .map_err(|error| error.to_string())?;
        let ([input], [output]) = (session.inputs(), session.outputs()) else {
            let (inputs, outputs) = (session.inputs().len(), session.outputs().len());
            return Err(format!("has {inputs} inputs and {outputs} outputs instead of one of each"));
        };
        let input_shape = four_floats(input.dtype())
            .ok_or_else(|| format!("its input `{}` is not of floats in four dimensions", input.name()))?;
        if output.dtype().tensor_type() != Some(TensorElementType::Float32) {
            return Err(format!("its output `{}` is not of floats", output.name()));
        }
        let input = input.name().to_owned();
        Ok(Self { session, name: name.to_owned(), input, input_shape })
    }
}

impl Model for OrtModel {
    fn input_shape(&self) -> [Option<usize>; 4] {
        self.input_shape
    }

    fn run(&mut self, input: &[f32], shape: [usize; 4]) -> Result<Tensor, InferError> {
        check_input(&self.name, self.input_shape, shape, input.len())?;
        let mut run = || {
            // The length was checked above, so the view always fits.
            let array = ArrayView4::from_shape(shape, input).map_err(|e| ort::Error::new(e.to_string()))?;
            let view = TensorRef::from_array_view(array)?;
            let outputs = self.session.run(ort::inputs![self.input.as_str() => view])?;
            let (shape, data) = outputs[0].try_extract_tensor::<f32>()?;
            let shape = shape.iter().map(|&size| usize::try_from(size).unwrap_or(0)).collect();
            Ok(Tensor { shape, data: data.to_vec() })
        };
        run().map_err(|error: ort::Error| InferError::Run { net: self.name.clone(), why: error.to_string() })
    }
}

fn builder(runtime: &Runtime, provider: Provider, threads: usize) -> ort::Result<SessionBuilder> {
    let builder = Session::builder(runtime.environment())?
        .with_optimization_level(GraphOptimizationLevel::All)?
        .with_intra_threads(threads)?
        // A thread that spins while it waits takes the core from the other camera.
        .with_intra_op_spinning(false)?;
    Ok(builder.with_execution_providers(dispatches(provider))?)
}

/// The sizes of a float tensor of four dimensions, `None` for free ones.
fn four_floats(value: &ValueType) -> Option<[Option<usize>; 4]> {
    match value {
        ValueType::Tensor { ty: TensorElementType::Float32, shape, .. } => {
            let sizes: Vec<_> =
                shape.iter().map(|&size| usize::try_from(size).ok().filter(|s| *s > 0)).collect();
            sizes.try_into().ok()
        }
        _ => None,
    }
}

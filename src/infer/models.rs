//! The shipped nets, ready to run.

use std::path::{Path, PathBuf};

use super::error::InferError;
use super::manifest::{Manifest, net_bytes};
use super::model::Model;
use super::provider::{Provider, ProviderChoice, built_with_cuda, choose};
use super::runtime::Runtime;
use super::session::OrtModel;

/// How to load.
#[derive(Debug, Clone)]
pub struct LoadOptions {
    /// What the nets should run on.
    pub provider: ProviderChoice,
    /// Threads of each session; 1 where there are as many workers as cores, which is the fastest for several cameras.
    pub threads: usize,
    /// The ONNX Runtime to use; `None` looks it up.
    pub runtime: Option<PathBuf>,
}

impl Default for LoadOptions {
    fn default() -> Self {
        Self { provider: ProviderChoice::Auto, threads: 1, runtime: None }
    }
}

/// The nets of one worker, with what the manifest says of them. Every worker loads its own: a session runs
/// one input at a time.
pub struct Models {
    /// Finds vehicles and plates.
    pub detector: Box<dyn Model>,
    /// Reads plates; takes any number of crops at once.
    pub reader: Box<dyn Model>,
    /// Finds painted numbers, where the manifest has such a net.
    pub painted: Option<Box<dyn Model>>,
    /// What they are.
    pub manifest: Manifest,
    /// What they run on.
    pub provider: Provider,
    /// For the log, where the provider is not the one that was hoped for.
    pub notice: Option<String>,
}

impl Models {
    /// Loads the models in `folder`, which [`models_folder`](super::models_folder) finds. Each net's bytes are compared
    /// with the manifest's hash, and each net is run once on a small input, which proves that provider, net and
    /// manifest go together.
    pub fn load(folder: &Path, options: &LoadOptions) -> Result<Self, InferError> {
        let manifest = Manifest::load(folder)?;
        let runtime = Runtime::load(options.runtime.as_deref())?;
        let (detector, reader) = (&manifest.detector, &manifest.reader);
        let step = detector.step() as usize;
        let cells: usize = detector.strides.iter().map(|stride| (step / *stride as usize).pow(2)).sum();
        let nets = [
            Net {
                bytes: net_bytes(folder, &detector.file, &detector.sha256)?,
                probe: [1, 3, step, step],
                answer: vec![1, cells, 5 + detector.classes.len()],
            },
            Net {
                bytes: net_bytes(folder, &reader.file, &reader.sha256)?,
                // Two, so that a net for one crop at a time is found out.
                probe: [2, 1, reader.input.height as usize, reader.input.width as usize],
                answer: vec![2, reader.rows, reader.columns, 1 + reader.alphabet.chars().count()],
            },
        ];
        let painted = manifest.painted.as_ref();
        let painted = painted.map(|p| -> Result<Net, InferError> {
            let (width, height) = (p.input.width as usize, p.input.height as usize);
            Ok(Net {
                bytes: net_bytes(folder, &p.file, &p.sha256)?,
                probe: [1, 1, height, width],
                answer: vec![1, 1, height / p.stride as usize, width / p.stride as usize],
            })
        });
        let painted = painted.transpose()?;
        let start = |provider| {
            let [detector, reader] = &nets;
            let painted = painted.as_ref().map(|net| net.start(&runtime, provider, options.threads));
            Ok((
                detector.start(&runtime, provider, options.threads)?,
                reader.start(&runtime, provider, options.threads)?,
                painted.transpose()?,
            ))
        };
        let ((detector, reader, painted), provider, notice) = choose(
            options.provider,
            built_with_cuda,
            start,
        )
        .map_err(|(provider, error): (Provider, InferError)| match provider {
            Provider::Cpu => error,
            Provider::Cuda => InferError::Provider { provider: provider.as_str(), why: error.to_string() },
        })?;
        Ok(Self {
            detector: Box::new(detector),
            reader: Box::new(reader),
            painted: painted.map(|net| Box::new(net) as Box<dyn Model>),
            manifest,
            provider,
            notice,
        })
    }

    /// The versions and `provider=WORD`, as records carry them.
    pub fn label(&self) -> String {
        format!("{} provider={}", self.manifest.versions(), self.provider)
    }
}

/// A net with the input that tries it and the shape of the answer to that.
struct Net {
    bytes: (PathBuf, Vec<u8>),
    probe: [usize; 4],
    answer: Vec<usize>,
}

impl Net {
    fn start(&self, runtime: &Runtime, provider: Provider, threads: usize) -> Result<OrtModel, InferError> {
        let (path, bytes) = &self.bytes;
        let fault = |why: String| InferError::Net { path: path.clone(), why };
        let name = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        let mut model = OrtModel::start(runtime, &name, bytes, provider, threads).map_err(fault)?;
        let input = vec![114.0; self.probe.iter().product()];
        let answer = model.run(&input, self.probe)?;
        if answer.shape != self.answer {
            let (found, wanted) = (&answer.shape, &self.answer);
            return Err(fault(format!(
                "answers {:?} with {found:?} where the manifest's numbers make {wanted:?}; take both from the same training",
                self.probe
            )));
        }
        Ok(model)
    }
}

#[cfg(test)]
#[path = "models_tests.rs"]
mod tests;

//! The nets of all workers, loaded once by the rules of the command line and the configuration.

use std::path::PathBuf;
use std::sync::Arc;

use super::confusion::ReaderErrors;
use super::error::PipelineError;
use super::nets::{DetectorNet, ReaderNet};
use super::painted::FinderNet;
use super::read::Eyes;
use super::wiring::WorkerNets;
use crate::infer::{LoadOptions, Manifest, Models, ProviderChoice, models_folder};
use crate::obs::StageTimes;

/// Where models are, and what is to run them.
#[derive(Debug, Clone)]
pub struct EngineOptions {
    /// Folder of the models; `None`: looked up.
    pub models: Option<PathBuf>,
    /// Folder of the configuration, beside which models may lie.
    pub config_folder: Option<PathBuf>,
    /// ONNX Runtime's library; `None`: looked up.
    pub runtime: Option<PathBuf>,
    /// Execution provider.
    pub provider: ProviderChoice,
}

/// Loads nets, as many sets as are wanted.
pub struct Engine {
    folder: PathBuf,
    options: LoadOptions,
    first: Option<Models>,
    /// What the manifest says.
    pub manifest: Manifest,
    /// Which characters the reader takes for which.
    pub errors: ReaderErrors,
    /// The provider in use.
    pub provider: String,
    /// Why it is not the one hoped for; for the log.
    pub notice: Option<String>,
    /// Versions and provider, as records carry them.
    pub versions: String,
    /// Where the time goes, over all nets of this engine.
    pub times: Arc<StageTimes>,
}

impl Engine {
    /// Checks the models' hashes, loads the runtime, starts the provider and runs each net once.
    pub fn start(options: &EngineOptions) -> Result<Self, PipelineError> {
        let folder = models_folder(options.models.as_deref(), options.config_folder.as_deref())?;
        let load = LoadOptions { provider: options.provider, threads: 1, runtime: options.runtime.clone() };
        let models = Models::load(&folder, &load)?;
        let manifest = models.manifest.clone();
        let errors = ReaderErrors::of(&folder, &manifest)?;
        let provider = models.provider.as_str().to_owned();
        let versions = models.label();
        Ok(Self {
            folder,
            options: load,
            manifest,
            errors,
            provider,
            notice: models.notice.clone(),
            versions,
            first: Some(models),
            times: Arc::new(StageTimes::default()),
        })
    }

    /// The folder of the models.
    pub fn folder(&self) -> &std::path::Path {
        &self.folder
    }

    /// The nets of one read worker, or of the verbs that look at pictures.
    pub fn eyes(&mut self) -> Result<Eyes, PipelineError> {
        let models = self.models()?;
        Ok(Eyes {
            detector: DetectorNet::new(models.detector, &self.manifest.detector, self.times.clone())?,
            reader: ReaderNet::new(models.reader, &self.manifest.reader, self.times.clone())?,
            finder: models
                .painted
                .zip(self.manifest.painted.as_ref())
                .map(|(model, manifest)| FinderNet::new(model, manifest, self.times.clone())),
        })
    }

    /// The nets of one pair of workers.
    pub fn worker_nets(&mut self) -> Result<WorkerNets, PipelineError> {
        let models = self.models()?;
        let detector = DetectorNet::new(models.detector, &self.manifest.detector, self.times.clone())?;
        Ok(WorkerNets { detector, eyes: self.eyes()? })
    }

    fn models(&mut self) -> Result<Models, PipelineError> {
        match self.first.take() {
            Some(models) => Ok(models),
            None => Ok(Models::load(&self.folder, &self.options)?),
        }
    }
}

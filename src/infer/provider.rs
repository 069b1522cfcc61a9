//! The execution provider: what the nets run on.

use std::fmt;

use ort::ep::{self, ExecutionProvider};

/// What was asked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ProviderChoice {
    /// An NVIDIA GPU where one works, else the processor.
    #[default]
    Auto,
    /// The processor.
    Cpu,
    /// An NVIDIA GPU; an error where it does not start.
    Cuda,
}

/// What is in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Provider {
    /// The processor.
    Cpu,
    /// An NVIDIA GPU.
    Cuda,
}

impl Provider {
    /// The word in records and tables.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Cpu => "cpu",
            Self::Cuda => "cuda",
        }
    }
}

impl fmt::Display for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Whether the loaded ONNX Runtime was built with CUDA at all. True says nothing about a driver or a card.
pub(super) fn built_with_cuda() -> bool {
    ep::CUDA::is_available().unwrap_or(false)
}

/// The providers to register for `provider`, each of which must start: by default ONNX Runtime passes over one that
/// fails and says nothing.
pub(super) fn dispatches(provider: Provider) -> Vec<ep::ExecutionProviderDispatch> {
    match provider {
        Provider::Cpu => Vec::new(),
        Provider::Cuda => vec![ep::CUDA::default().build().error_on_failure()],
    }
}

/// Runs `start` for the provider that `choice` comes to. The second answer is a notice for the log where `Auto` had to
/// fall back; `Auto` on a library without CUDA is no fall-back and gives none.
pub(super) fn choose<T, E: fmt::Display>(
    choice: ProviderChoice,
    built_with_cuda: impl FnOnce() -> bool,
    mut start: impl FnMut(Provider) -> Result<T, E>,
) -> Result<(T, Provider, Option<String>), (Provider, E)> {
    let cpu = |start: &mut dyn FnMut(Provider) -> Result<T, E>, notice| match start(Provider::Cpu) {
        Ok(started) => Ok((started, Provider::Cpu, notice)),
        Err(error) => Err((Provider::Cpu, error)),
    };
    match choice {
        ProviderChoice::Cpu => cpu(&mut start, None),
        ProviderChoice::Auto if !built_with_cuda() => cpu(&mut start, None),
        ProviderChoice::Auto => match start(Provider::Cuda) {
            Ok(started) => Ok((started, Provider::Cuda, None)),
            Err(error) => {
                let notice = format!("CUDA does not start, the nets run on the processor: {error}");
                cpu(&mut start, Some(notice))
            }
        },
        ProviderChoice::Cuda => match start(Provider::Cuda) {
            Ok(started) => Ok((started, Provider::Cuda, None)),
            Err(error) => Err((Provider::Cuda, error)),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What it runs on with which notice, or what failed last; then all that was tried.
    type Chosen = (Result<(Provider, Option<String>), Provider>, Vec<Provider>);

    /// Starts on what `works` names and counts the tries.
    fn chosen(choice: ProviderChoice, built: bool, works: &[Provider]) -> Chosen {
        let mut tried = Vec::new();
        let answer = choose(
            choice,
            || built,
            |provider| {
                tried.push(provider);
                if works.contains(&provider) { Ok(()) } else { Err("no driver") }
            },
        );
        (answer.map(|((), provider, notice)| (provider, notice)).map_err(|(provider, _)| provider), tried)
    }

    #[test]
    fn auto_falls_back_aloud_and_a_named_provider_never() {
        use Provider::{Cpu, Cuda};
        let both = [Cpu, Cuda];
        assert_eq!(chosen(ProviderChoice::Auto, true, &both), (Ok((Cuda, None)), vec![Cuda]));
        let (answer, tried) = chosen(ProviderChoice::Auto, true, &[Cpu]);
        let (provider, notice) = answer.expect("the processor works");
        assert_eq!((provider, tried), (Cpu, vec![Cuda, Cpu]));
        assert!(notice.expect("a notice").contains("no driver"));
        assert_eq!(chosen(ProviderChoice::Auto, false, &[Cpu]), (Ok((Cpu, None)), vec![Cpu]));
        assert_eq!(chosen(ProviderChoice::Cuda, true, &[Cpu]), (Err(Cuda), vec![Cuda]));
        assert_eq!(chosen(ProviderChoice::Cpu, true, &both), (Ok((Cpu, None)), vec![Cpu]));
        assert_eq!(chosen(ProviderChoice::Auto, true, &[]), (Err(Cpu), vec![Cuda, Cpu]));
    }
}

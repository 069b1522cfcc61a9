//! What the reader in use mixes up, and from where on its reads stand: for whoever searches and joins by it.

use std::path::Path;

use super::error::PipelineError;
use crate::infer::{InferError, Manifest, models_folder};
use crate::join::Rules;
use crate::plate::confusion::Confusion;

/// What is known of a reader's errors.
#[derive(Debug, Clone)]
pub struct ReaderErrors {
    /// What it mixes up.
    pub confusion: Confusion,
    /// From this probability on what the looks at one vehicle say together is confident.
    pub confident_p: f32,
}

impl ReaderErrors {
    /// Of no reader in particular.
    fn built_in() -> Self {
        Self { confusion: Confusion::built_in(), confident_p: Rules::default().confident_p }
    }

    /// Of the reader of the models in this folder.
    pub(super) fn of(folder: &Path, manifest: &Manifest) -> Result<Self, PipelineError> {
        Ok(Self { confusion: confusion_in(folder, manifest)?, confident_p: manifest.reader.confident_vote_p })
    }
}

/// The errors of the models that would be used, without loading a net: `models` (`--models`) and `config_folder` as for
/// the engine. The built-in table where the models' manifest names none.
fn reader_errors(models: Option<&Path>, config_folder: Option<&Path>) -> Result<ReaderErrors, PipelineError> {
    let folder = models_folder(models, config_folder)?;
    ReaderErrors::of(&folder, &Manifest::load(&folder)?)
}

/// The errors of the installed models; the built-in ones where none are, as at a centre that only takes in what its boxes
/// read, and where they are damaged, which is then told in words beside them.
pub fn reader_errors_or_built_in() -> (ReaderErrors, Option<PipelineError>) {
    match reader_errors(None, None) {
        Ok(errors) => (errors, None),
        Err(PipelineError::Infer(InferError::ModelsMissing { .. })) => (ReaderErrors::built_in(), None),
        Err(damaged) => (ReaderErrors::built_in(), Some(damaged)),
    }
}

/// The table of the models in this folder.
fn confusion_in(folder: &Path, manifest: &Manifest) -> Result<Confusion, PipelineError> {
    let Some((path, text)) = manifest.confusion_text(folder)? else { return Ok(Confusion::built_in()) };
    let told = |why: String| {
        PipelineError::Other(format!(
            "{}: {why}; restore it, or measure it again with the reader",
            path.display()
        ))
    };
    let confusion = Confusion::parse(&text).map_err(|e| told(e.to_string()))?;
    let mut letters = manifest.reader.alphabet.chars();
    match letters.find(|c| !confusion.alphabet().contains(c)) {
        None => Ok(confusion),
        Some(missing) => Err(told(format!("its alphabet lacks {missing}, which the reader knows"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::plate::Layout;
    use crate::plate::confusion::Condition;

    #[test]
    fn the_shipped_table_says_what_the_reader_mixes_up() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("models");
        let table = confusion_in(&folder, &Manifest::load(&folder).expect("a manifest")).expect("a table");
        let at = |width_px| Condition { layout: Some(Layout::TwoLine), width_px: Some(width_px) };
        for c in table.alphabet() {
            // Of every character that the measuring saw often enough the right one is the likeliest.
            let right = table.read_given_true(at(120.0), *c, *c);
            assert!(
                table.alphabet().iter().all(|r| table.read_given_true(at(120.0), *r, *c) <= right),
                "{c}"
            );
        }
        let mixed = |width_px| table.read_given_true(at(width_px), '8', '6');
        assert!(mixed(40.0) > 2.0 * mixed(120.0), "a narrow 6 is more often an 8");
        assert_eq!(
            reader_errors(Some(&folder), None).expect("a table").confusion,
            table,
            "the same without an engine"
        );
    }
}

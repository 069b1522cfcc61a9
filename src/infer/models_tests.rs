use std::path::Path;

use serde::Deserialize;

use super::*;
use crate::infer::model::Tensor;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("models")
}

fn models() -> Models {
    Models::load(&folder(), &LoadOptions { provider: ProviderChoice::Cpu, ..LoadOptions::default() })
        .unwrap_or_else(|error| panic!("{error}"))
}

/// See models/golden/bless.py.
#[derive(Deserialize)]
struct Golden {
    sha256: String,
    input: [usize; 4],
    output: Vec<usize>,
    every: usize,
    values: Vec<f32>,
}

impl Golden {
    fn read(name: &str) -> Self {
        let path = folder().join("golden").join(format!("{name}.json"));
        serde_json::from_str(&std::fs::read_to_string(path).expect("the file")).expect("its content")
    }

    fn input(&self) -> Vec<f32> {
        let count: usize = self.input.iter().product();
        (0..count).map(|i| ((i * 31 + i / 97 * 17) % 256) as f32).collect()
    }

    fn compare(&self, sha256: &str, model: &mut dyn Model) -> Tensor {
        assert_eq!(self.sha256, sha256, "a new net: run python3 models/golden/bless.py");
        let answer = model.run(&self.input(), self.input).expect("a run");
        assert_eq!(answer.shape, self.output);
        let kept: Vec<f32> = answer.data.iter().copied().step_by(self.every).collect();
        assert_eq!(kept.len(), self.values.len());
        for (at, (ours, golden)) in kept.iter().zip(&self.values).enumerate() {
            assert!((ours - golden).abs() < 2e-3 * (1.0 + golden.abs()), "value {at}: {ours}, not {golden}");
        }
        answer
    }
}

#[test]
fn the_nets_answer_as_in_python() {
    let mut models = models();
    let (detector, reader) = (&models.manifest.detector.sha256, &models.manifest.reader.sha256);
    Golden::read("detector").compare(detector, &mut *models.detector);
    Golden::read("reader").compare(reader, &mut *models.reader);
    let painted = &models.manifest.painted.as_ref().expect("shipped").sha256;
    Golden::read("painted").compare(painted, &mut **models.painted.as_mut().expect("shipped"));
}

#[test]
fn models_without_a_finder_of_painted_numbers_are_whole() {
    let text = std::fs::read_to_string(folder().join("manifest.toml")).expect("the manifest");
    let (_, table) = text.split_once("[painted]").expect("shipped");
    let copy = changed(&format!("[painted]{table}"), "");
    let models =
        Models::load(copy.path(), &LoadOptions { provider: ProviderChoice::Cpu, ..Default::default() })
            .unwrap_or_else(|error| panic!("{error}"));
    assert!(models.painted.is_none() && !models.label().contains("painted="));
}

#[test]
fn a_batch_of_plates_is_read_as_each_alone() {
    let mut models = models();
    let golden = Golden::read("reader");
    let input = golden.input();
    let [_, channels, height, width] = golden.input;
    let batch = models.reader.run(&input, golden.input).expect("a run");
    let (one_input, one_output) = (input.len() / 2, batch.data.len() / 2);
    assert_ne!(input[..one_input], input[one_input..]);
    for n in 0..2 {
        let alone = models.reader.run(&input[n * one_input..][..one_input], [1, channels, height, width]);
        let apart = alone.expect("a run").data;
        let together = &batch.data[n * one_output..][..one_output];
        assert!(apart.iter().zip(together).all(|(a, b)| (a - b).abs() < 1e-4));
    }
}

#[test]
fn inputs_of_any_size_go_in_and_wrong_ones_are_refused_by_the_nets_name() {
    let mut models = models();
    for (width, height) in [(640, 384), (416, 256), (320, 320)] {
        let answer =
            models.detector.run(&vec![114.0; 3 * width * height], [1, 3, height, width]).expect("a run");
        let cells: usize = [8, 16, 32].iter().map(|s| (width / s) * (height / s)).sum();
        assert_eq!(answer.shape, [1, cells, 10]);
    }
    let text = models.detector.run(&[0.0; 32 * 32], [1, 1, 32, 32]).expect_err("one channel").to_string();
    assert!(text.contains("detector.onnx") && text.contains("3, ?, ?"), "{text}");
}

#[test]
fn the_label_names_versions_and_the_provider_in_use() {
    let models = models();
    assert_eq!(models.provider, Provider::Cpu);
    assert_eq!(models.notice, None);
    assert_eq!(models.label(), format!("{} provider=cpu", models.manifest.versions()));
}

/// A copy of the shipped models with some text of the manifest exchanged.
fn changed(from: &str, to: &str) -> tempfile::TempDir {
    let copy = tempfile::tempdir().expect("a folder");
    for entry in std::fs::read_dir(folder()).expect("the models").flatten().filter(|e| e.path().is_file()) {
        std::fs::copy(entry.path(), copy.path().join(entry.file_name())).expect("copied");
    }
    let manifest = copy.path().join("manifest.toml");
    let text = std::fs::read_to_string(&manifest).expect("the manifest");
    assert!(text.contains(from));
    std::fs::write(&manifest, text.replacen(from, to, 1)).expect("written");
    copy
}

fn refused(folder: &Path, provider: ProviderChoice) -> String {
    let options = LoadOptions { provider, ..LoadOptions::default() };
    Models::load(folder, &options).err().expect("refused").to_string()
}

#[test]
fn a_manifest_that_does_not_fit_its_net_is_found_at_the_start() {
    let copy = changed("columns = 32", "columns = 16");
    let text = refused(copy.path(), ProviderChoice::Cpu);
    assert!(text.contains("reader.onnx") && text.contains("[2, 2, 16, 38]"), "{text}");
}

#[test]
fn a_net_that_is_none_is_named() {
    use sha2::{Digest, Sha256};
    let (noise, sha256) = (vec![1u8; 5000], models().manifest.detector.sha256);
    let hash: String = Sha256::digest(&noise).iter().map(|byte| format!("{byte:02x}")).collect();
    let copy = changed(&sha256, &hash);
    std::fs::write(copy.path().join("detector.onnx"), noise).expect("written");
    let text = refused(copy.path(), ProviderChoice::Cpu);
    assert!(text.contains("detector.onnx"), "{text}");
    std::fs::remove_file(copy.path().join("detector.onnx")).expect("removed");
    let text = refused(copy.path(), ProviderChoice::Cpu);
    assert!(text.contains("detector.onnx: cannot be read"), "{text}");
}

#[test]
fn cuda_by_name_either_runs_or_is_an_error() {
    let options = LoadOptions { provider: ProviderChoice::Cuda, ..LoadOptions::default() };
    match Models::load(&folder(), &options) {
        Ok(models) => assert_eq!(models.provider, Provider::Cuda),
        Err(error) => {
            let text = error.to_string();
            assert!(text.contains("provider = \"cuda\" does not start"), "{text}");
        }
    }
}

#[test]
fn auto_runs_and_says_on_what() {
    let models = Models::load(&folder(), &LoadOptions::default()).unwrap_or_else(|error| panic!("{error}"));
    assert!(models.label().ends_with(models.provider.as_str()));
    assert!(models.provider == Provider::Cpu || models.notice.is_none());
}

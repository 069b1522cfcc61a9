//! `models/manifest.toml`: what the shipped nets are, what goes into them, what comes out, and the thresholds that were
//! set for them. Every key is named here; others are refused, so that a misspelt threshold is not silently a default.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::error::InferError;

/// The whole file, checked.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// Of the manifest itself: 1.
    schema: u32,
    /// The net that finds vehicles and plates.
    pub detector: Detector,
    /// The net that reads plates.
    pub reader: Reader,
    /// The net that finds painted numbers. `None`: there is none, and no painted number is read.
    #[serde(default)]
    pub painted: Option<Painted>,
}

/// A picture's sides in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Size {
    /// Width.
    pub width: u32,
    /// Height.
    pub height: u32,
}

/// `[detector]`: a net of the YOLOX family. Input `[1, 3, height, width]`: planes B, G, R, values 0-255, the picture at
/// the left top, the rest 114. Output `[1, cells, 5 + classes]`: for each cell of each stride's grid, row by row, centre
/// and size before decoding, objectness and class probabilities.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Detector {
    /// File beside the manifest.
    pub file: String,
    /// SHA-256 of the file, lower-case hexadecimal.
    pub sha256: String,
    /// Name of this training, for records.
    pub version: String,
    /// Words of the classes, in the order of the output.
    pub classes: Vec<String>,
    /// Pixels of the input for each cell, in the order of the output.
    pub strides: Vec<u32>,
    /// Input of the pass over the whole frame; the net takes any multiple of the largest stride.
    pub input: Size,
    /// The second look at vehicles whose plate the first did not show.
    pub second_look: SecondLook,
    /// Shipped score threshold of each class, 0-1.
    pub min_score: BTreeMap<String, f32>,
    /// Overlap above which two boxes are one.
    pub nms_iou: NmsIou,
}

/// `second_look`: the same net on a vehicle cut out of the frame.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SecondLook {
    /// Side of the input in pixels.
    pub size: u32,
    /// Share of the vehicle's width and height added on each side.
    pub margin: f32,
    /// Vehicles narrower than this, in pixels of the frame, are not looked at again.
    pub min_vehicle_px: u32,
}

/// `nms_iou`: intersection over union, 0-1.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NmsIou {
    /// Between vehicles of any class.
    pub vehicle: f32,
    /// Between plates.
    pub plate: f32,
}

/// `[reader]`. Input `[n, 1, height, width]`: grey, values 0-255. Output `[n, rows, columns, 1 + characters]`:
/// probabilities; class 0 is CTC's blank, class i + 1 the alphabet's character i.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reader {
    /// File beside the manifest.
    pub file: String,
    /// SHA-256 of the file, lower-case hexadecimal.
    pub sha256: String,
    /// Name of this training, for records.
    pub version: String,
    /// Input of one plate.
    pub input: Size,
    /// Characters in the order of the output.
    pub alphabet: String,
    /// Rows of the output: the upper or only one, the lower one.
    pub rows: usize,
    /// Columns of each row.
    pub columns: usize,
    /// Share of the plate box's width and height added on each side before it is cut out.
    pub margin: f32,
    /// Calibrated probability below which the text of a single crop is null.
    pub min_confidence: f32,
    /// Calibrated probability from which the read of a single crop counts as confident.
    pub confident_p: f32,
    /// Probability from which the vote over a vehicle's looks does: what is recorded, joined and reviewed goes by it.
    pub confident_vote_p: f32,
    /// Points of a piecewise linear map from the decoded text's CTC probability to the probability that it is exact;
    /// both rise from 0 to 1.
    pub calibration: Vec<(f32, f32)>,
    /// Which characters it takes for which; a table that plates are searched and joined by. `None`: none was measured.
    #[serde(default)]
    pub confusion: Option<NamedFile>,
}

/// `[painted]`. Input `[n, 1, height, width]`: grey, values 0-255, a vehicle at the left top, the rest 114. Output
/// `[n, 1, height / stride, width / stride]`: the probability that a cell belongs to the core of a painted number.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Painted {
    /// File beside the manifest.
    pub file: String,
    /// SHA-256 of the file, lower-case hexadecimal.
    pub sha256: String,
    /// Name of this training, for records.
    pub version: String,
    /// Input of one vehicle.
    pub input: Size,
    /// Pixels of the input a cell of the output.
    pub stride: u32,
    /// Cells below this belong to no number, 0-1.
    pub min_score: f32,
    /// Share of the number's width and height added on each side before it is read.
    pub margin: f32,
}

/// A file beside the manifest that is no net.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NamedFile {
    /// File beside the manifest.
    pub file: String,
    /// SHA-256 of the file, lower-case hexadecimal.
    pub sha256: String,
}

impl Manifest {
    /// Reads and checks `manifest.toml` in the models' folder. The nets are checked by `net_bytes`.
    pub fn load(folder: &Path) -> Result<Self, InferError> {
        let path = folder.join("manifest.toml");
        let text = std::fs::read_to_string(&path)
            .map_err(|source| InferError::Read { path: path.clone(), source })?;
        Self::parse(&text).map_err(|why| InferError::Manifest { path, why })
    }

    fn parse(text: &str) -> Result<Self, String> {
        // The schema first: a later one may have keys that this program does not know.
        #[derive(Deserialize)]
        struct Head {
            schema: u32,
        }
        let head: Head = toml::from_str(text).map_err(|e| e.to_string().trim_end().to_owned())?;
        if head.schema != 1 {
            return Err(format!(
                "schema {} is not known here, only 1: take program and models from the same release",
                head.schema
            ));
        }
        let manifest: Self = toml::from_str(text).map_err(|e| e.to_string().trim_end().to_owned())?;
        manifest.detector.check()?;
        manifest.reader.check()?;
        manifest.painted.as_ref().map_or(Ok(()), Painted::check)?;
        Ok(manifest)
    }

    /// The text of the reader's confusion table in this folder, with its path, where the manifest names one.
    pub fn confusion_text(&self, folder: &Path) -> Result<Option<(PathBuf, String)>, InferError> {
        let Some(NamedFile { file, sha256 }) = &self.reader.confusion else { return Ok(None) };
        let (path, bytes) = net_bytes(folder, file, sha256)?;
        match String::from_utf8(bytes) {
            Ok(text) => Ok(Some((path, text))),
            Err(_) => Err(InferError::Manifest { path, why: "is no text in UTF-8".to_owned() }),
        }
    }

    /// `detector=VERSION reader=VERSION painted=VERSION`, the last where there is one, as records carry it.
    pub fn versions(&self) -> String {
        let painted = self.painted.as_ref().map_or(String::new(), |p| format!(" painted={}", p.version));
        format!("detector={} reader={}{painted}", self.detector.version, self.reader.version)
    }
}

impl Detector {
    /// The shipped thresholds in the order of `classes`.
    pub fn min_scores(&self) -> Vec<f32> {
        self.classes.iter().map(|class| self.min_score.get(class).copied().unwrap_or(1.0)).collect()
    }

    /// The step of the input's sides: the largest stride.
    pub fn step(&self) -> u32 {
        self.strides.iter().copied().max().unwrap_or(1)
    }

    fn check(&self) -> Result<(), String> {
        file("detector", &self.file, &self.sha256, &self.version)?;
        let classes: BTreeSet<&String> = self.classes.iter().collect();
        if classes.is_empty() || classes.len() != self.classes.len() {
            return Err("[detector] classes must name each class once".to_owned());
        }
        if let Some(odd) = classes.symmetric_difference(&self.min_score.keys().collect()).next() {
            return Err(format!(
                "[detector] classes and min_score must name the same classes; one lacks {odd}"
            ));
        }
        if self.strides.is_empty() || self.strides.contains(&0) {
            return Err("[detector] strides must be above 0".to_owned());
        }
        let step = self.step();
        for (key, side) in [
            ("input width", self.input.width),
            ("input height", self.input.height),
            ("second_look size", self.second_look.size),
        ] {
            if side == 0 || side % step != 0 {
                return Err(format!(
                    "[detector] {key} = {side} is not a multiple of {step}, the largest stride"
                ));
            }
        }
        for (class, score) in &self.min_score {
            share(&format!("[detector] min_score of {class}"), *score)?;
        }
        share("[detector] nms_iou of vehicle", self.nms_iou.vehicle)?;
        share("[detector] nms_iou of plate", self.nms_iou.plate)?;
        share("[detector] second_look margin", self.second_look.margin)
    }
}

impl Reader {
    fn check(&self) -> Result<(), String> {
        file("reader", &self.file, &self.sha256, &self.version)?;
        if let Some(NamedFile { file, sha256 }) = &self.confusion {
            named_file("reader.confusion", file, sha256)?;
        }
        let characters: BTreeSet<char> = self.alphabet.chars().collect();
        if characters.is_empty() || characters.len() != self.alphabet.chars().count() {
            return Err("[reader] alphabet must hold each character once".to_owned());
        }
        let sides = [self.input.width, self.input.height, self.rows as u32, self.columns as u32];
        if sides.contains(&0) {
            return Err("[reader] input, rows and columns must be above 0".to_owned());
        }
        share("[reader] margin", self.margin)?;
        share("[reader] min_confidence", self.min_confidence)?;
        share("[reader] confident_p", self.confident_p)?;
        share("[reader] confident_vote_p", self.confident_vote_p)?;
        let points = &self.calibration;
        let rises = points.windows(2).all(|w| w[0].0 < w[1].0 && w[0].1 <= w[1].1);
        let within = points.iter().all(|(x, y)| (0.0..=1.0).contains(x) && (0.0..=1.0).contains(y));
        if points.len() < 2 || !rises || !within {
            return Err("[reader] calibration needs two points or more, each [from, to] within 0-1, rising"
                .to_owned());
        }
        Ok(())
    }
}

impl Painted {
    fn check(&self) -> Result<(), String> {
        file("painted", &self.file, &self.sha256, &self.version)?;
        let Size { width, height } = self.input;
        if self.stride == 0 || [width, height].iter().any(|side| *side == 0 || side % self.stride != 0) {
            return Err(format!(
                "[painted] input of {width}x{height} must be a multiple of stride = {}, both above 0",
                self.stride
            ));
        }
        share("[painted] min_score", self.min_score)?;
        share("[painted] margin", self.margin)
    }
}

fn file(table: &str, file: &str, sha256: &str, version: &str) -> Result<(), String> {
    named_file(table, file, sha256)?;
    // Records hold the versions as `detector=... reader=...`.
    if version.is_empty() || version.contains(char::is_whitespace) {
        return Err(format!("[{table}] version must be one word"));
    }
    Ok(())
}

fn named_file(table: &str, file: &str, sha256: &str) -> Result<(), String> {
    if file.is_empty() || file.contains(['/', '\\']) || file == ".." {
        return Err(format!("[{table}] file = {file:?} must name a file beside the manifest"));
    }
    if sha256.len() != 64 || !sha256.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')) {
        return Err(format!("[{table}] sha256 must be 64 lower-case hexadecimal digits"));
    }
    Ok(())
}

fn share(what: &str, value: f32) -> Result<(), String> {
    if (0.0..=1.0).contains(&value) { Ok(()) } else { Err(format!("{what} = {value} is not within 0-1")) }
}

/// The bytes of a file beside the manifest, where they are those that the manifest was written for.
pub(super) fn net_bytes(folder: &Path, file: &str, sha256: &str) -> Result<(PathBuf, Vec<u8>), InferError> {
    let path = folder.join(file);
    let bytes = std::fs::read(&path).map_err(|source| InferError::Read { path: path.clone(), source })?;
    let found: String = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    if found != sha256 {
        return Err(InferError::Hash { path, found, wanted: sha256.to_owned() });
    }
    Ok((path, bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHIPPED: &str = include_str!("../../models/manifest.toml");

    fn refused(from: &str, to: &str) -> String {
        assert!(SHIPPED.contains(from), "the shipped manifest has {from}");
        Manifest::parse(&SHIPPED.replacen(from, to, 1)).expect_err("refused")
    }

    #[test]
    fn the_shipped_manifest_is_taken_and_its_scores_follow_its_classes() {
        let manifest = Manifest::parse(SHIPPED).expect("the shipped manifest");
        let detector = &manifest.detector;
        assert_eq!(detector.min_scores().len(), detector.classes.len());
        assert_eq!(detector.min_scores()[0], detector.min_score[&detector.classes[0]]);
        assert!(manifest.versions().starts_with("detector="));
    }

    #[test]
    fn unknown_keys_schemas_and_values_are_refused_by_name() {
        assert!(refused("schema = 1", "schema = 2").contains("only 1"));
        assert!(refused("schema = 1", "schema = 1\nextra = 2").contains("extra"));
        assert!(refused("rows = 2", "rows = 0").contains("[reader]"));
        assert!(refused("rows = 2", "rows = 2\nrow = 3").contains("`row`"));
        assert!(refused("strides = [8, 16, 32]", "strides = [8, 16, 48]").contains("multiple of 48"));
        assert!(refused("stride = 4", "stride = 5").contains("[painted] input of 384x288"));
        assert!(refused("stride = 4", "stride = 4\nturn = 1").contains("`turn`"));
        assert!(refused("car = ", "van = ").contains("the same classes"));
        assert!(
            refused("file = \"reader.onnx\"", "file = \"../reader.onnx\"").contains("beside the manifest")
        );
        assert!(refused("[detector]", "[detektor]").contains("detektor"));
    }

    #[test]
    fn the_confusion_table_is_optional_and_checked() {
        let line = SHIPPED.lines().find(|l| l.starts_with("confusion = ")).expect("the shipped one has it");
        let without = Manifest::parse(&SHIPPED.replace(line, "")).expect("taken");
        assert_eq!(without.confusion_text(Path::new("nowhere")).expect("nothing to read"), None);
        assert!(refused("confusion.txt", "../confusion.txt").contains("[reader.confusion]"));
        let shipped = Manifest::parse(SHIPPED).expect("the shipped manifest");
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("models");
        let (path, text) = shipped.confusion_text(&folder).expect("read").expect("there");
        assert!(path.ends_with("confusion.txt") && text.starts_with("hanhtrinh-confusion"));
        let other = tempfile::tempdir().expect("a folder");
        std::fs::write(other.path().join("confusion.txt"), text.replace("one_line", "two_line"))
            .expect("written");
        let told = shipped.confusion_text(other.path()).expect_err("changed").to_string();
        assert!(told.contains("confusion.txt") && told.contains("SHA-256"), "{told}");
    }

    #[test]
    fn a_net_that_was_changed_is_told_by_both_hashes() {
        let folder = tempfile::tempdir().expect("a folder");
        let text = net_bytes(folder.path(), "x.onnx", "").expect_err("missing").to_string();
        assert!(text.contains("x.onnx") && text.contains("restore it"), "{text}");
        std::fs::write(folder.path().join("x.onnx"), "abc").expect("written");
        let of_abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(net_bytes(folder.path(), "x.onnx", of_abc).expect("the same").1, b"abc");
        let wanted = of_abc.replace('b', "c");
        let text = net_bytes(folder.path(), "x.onnx", &wanted).expect_err("changed").to_string();
        assert!(text.contains("x.onnx") && text.contains(of_abc) && text.contains(&wanted), "{text}");
    }
}

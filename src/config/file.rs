//! The configuration file as it is written: one struct a table, every key named, none beside them allowed.

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::error::ConfigError;
use crate::base::text::nearest;
use crate::domain::place::{CameraRole, Faces};

/// The whole file.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct File {
    /// Name of the home province, of 2021 or of today, with or without diacritics.
    pub home: String,
    /// Where records go.
    pub store: StoreTable,
    /// How nets run.
    #[serde(default)]
    pub inference: InferenceTable,
    /// How journeys are told.
    #[serde(default)]
    pub journey: JourneyTable,
    /// How the program shows its health.
    #[serde(default)]
    pub metrics: MetricsTable,
    /// Where alerts of the watch list go.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub alert: Vec<AlertTable>,
    /// Gates.
    #[serde(default)]
    pub gate: Vec<GateTable>,
    /// Cameras.
    #[serde(default)]
    pub camera: Vec<CameraTable>,
}

/// `[store]`
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct StoreTable {
    /// Folder, relative to the file.
    pub dir: String,
    /// Days that records and pictures are kept.
    #[serde(default = "defaults::keep_days")]
    pub keep_days: u32,
    /// Bytes that pictures and database may take together; the oldest pictures go first.
    #[serde(default = "defaults::max_bytes")]
    pub max_bytes: u64,
    /// Whether vehicles of the home province are recorded (`keep`) or only counted (`count`).
    #[serde(default)]
    pub home_passages: HomePassagesWord,
}

/// `home_passages`
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum HomePassagesWord {
    /// Record them.
    #[default]
    Keep,
    /// Count them by hour.
    Count,
}

/// `[inference]`
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct InferenceTable {
    /// `auto`, `cpu` or `cuda`.
    pub provider: ProviderWord,
    /// Frames a second of stream time that the detector sees.
    pub detect_fps: f64,
    /// Detector threads; 0: as many as cores.
    pub workers: u32,
}

/// `provider`
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ProviderWord {
    /// The best that starts.
    #[default]
    Auto,
    /// The processor.
    Cpu,
    /// An NVIDIA GPU.
    Cuda,
}

impl Default for InferenceTable {
    fn default() -> Self {
        Self { provider: ProviderWord::Auto, detect_fps: defaults::DETECT_FPS, workers: 0 }
    }
}

/// `[journey]`
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct JourneyTable {
    /// Hours without a sighting after which a journey is `lost`.
    pub lost_after_hours: u32,
}

impl Default for JourneyTable {
    fn default() -> Self {
        Self { lost_after_hours: 72 }
    }
}

/// `[metrics]`
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct MetricsTable {
    /// Address of the Prometheus endpoint; an empty text turns it off.
    pub listen: String,
}

impl Default for MetricsTable {
    fn default() -> Self {
        Self { listen: "127.0.0.1:9464".to_owned() }
    }
}

/// `[[alert]]`
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct AlertTable {
    /// Name.
    pub name: String,
    /// `http://` or `https://`. May hold `${ENV}`.
    pub webhook: Option<String>,
    /// A file's path relative to this file.
    pub file: Option<String>,
    /// Program and arguments.
    pub command: Option<Vec<String>>,
    /// Bearer token of the webhook. May hold `${ENV}`.
    pub token: Option<String>,
    /// File that holds the token, relative to this file.
    pub token_file: Option<String>,
    /// PEM file of the authorities that sign the webhook's certificate, relative to this file.
    pub authorities: Option<String>,
    /// Seconds that an attempt may take.
    #[serde(default = "defaults::limit_s")]
    pub limit_s: u32,
}

/// `[[gate]]`
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct GateTable {
    /// Name.
    pub name: String,
    /// WGS84 degrees north.
    pub lat: Option<f64>,
    /// WGS84 degrees east.
    pub lon: Option<f64>,
    /// The province beyond.
    pub neighbour: Option<String>,
    /// First day of its role, `2025-07-01`.
    pub from: Option<String>,
    /// Last day of its role.
    pub to: Option<String>,
}

/// `[[camera]]`
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct CameraTable {
    /// Name.
    pub name: String,
    /// `rtsp://`, `rtsps://`, or a file's path relative to this file. May hold `${ENV}`.
    pub url: String,
    /// `gateway` or `interior`.
    pub role: CameraRole,
    /// Its gate's name; a gateway's default is a gate of its own name.
    pub gate: Option<String>,
    /// Lane.
    pub lane: Option<String>,
    /// WGS84 degrees north, its gate's where not given.
    pub lat: Option<f64>,
    /// WGS84 degrees east.
    pub lon: Option<f64>,
    /// `front`, `rear` or `both`.
    #[serde(default = "defaults::faces")]
    pub faces: Faces,
    /// Counting line, `[[ax,ay],[bx,by]]` in 0-1 of the picture.
    pub line: Option<[[f32; 2]; 2]>,
    /// `tcp` or `udp`.
    #[serde(default)]
    pub transport: TransportWord,
    /// Moment of a file's first frame, RFC 3339.
    pub start: Option<String>,
    /// File that holds the password, relative to this file.
    pub password_file: Option<String>,
    /// Whether the camera's own clock (RTCP sender reports) dates the records.
    #[serde(default)]
    pub trust_clock: bool,
}

/// `transport`
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum TransportWord {
    /// Interleaved in the RTSP connection.
    #[default]
    Tcp,
    /// Datagrams.
    Udp,
}

mod defaults {
    use crate::domain::place::Faces;

    /// A vehicle at 13 m/s is seen every 1.6 m, several times in any view that can read its plate.
    pub const DETECT_FPS: f64 = 8.0;

    pub fn keep_days() -> u32 {
        365
    }

    pub fn max_bytes() -> u64 {
        50_000_000_000
    }

    pub fn limit_s() -> u32 {
        5
    }

    pub fn faces() -> Faces {
        Faces::Both
    }
}

impl File {
    /// Reads the text; `path` is only named in errors.
    pub fn parse(text: &str, path: &Path) -> Result<Self, ConfigError> {
        toml::from_str(text).map_err(|error| explain(text, path, &error))
    }
}

/// Turns serde's words into ours: where the key stands, and which known one is nearest.
fn explain(text: &str, path: &Path, error: &toml::de::Error) -> ConfigError {
    let at = error.span().map_or(0, |s| s.start.min(text.len()));
    let line = text.as_bytes()[..at].iter().filter(|b| **b == b'\n').count() + 1;
    let message = error.message();
    if let Some(rest) = message.strip_prefix("unknown field `") {
        let mut names = rest.split('`').step_by(2);
        let key = names.next().unwrap_or_default().to_owned();
        let known: Vec<&str> = rest.split('`').skip(2).step_by(2).collect();
        return ConfigError::UnknownKey { path: path.to_owned(), line, hint: hint(&key, &known), key };
    }
    ConfigError::Syntax { path: path.to_owned(), line, message: message.replace('\n', " ") }
}

/// `; did you mean ...?` where a known word is near, else the list of known words.
pub(super) fn hint(word: &str, known: &[&str]) -> String {
    match nearest(word, known) {
        Some(near) => format!("; did you mean `{near}`?"),
        None if known.is_empty() => String::new(),
        None => format!("; known here: {}", known.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(text: &str) -> String {
        File::parse(text, Path::new("a.toml")).expect_err("the text is wrong").to_string()
    }

    #[test]
    fn an_unknown_key_is_refused_with_the_nearest_known_one() {
        let text = "home = \"Thái Nguyên\"\n[store]\ndir = \"x\"\nkeepdays = 3\n";
        assert_eq!(error(text), "a.toml:4: unknown key `keepdays`; did you mean `keep_days`?");
        let text = "home = \"x\"\n[stor]\ndir = \"x\"\n";
        assert_eq!(error(text), "a.toml:2: unknown key `stor`; did you mean `store`?");
    }

    #[test]
    fn an_unknown_key_like_none_lists_what_is_known() {
        let text = "home = \"x\"\n[store]\ndir = \"x\"\nqqq = 3\n";
        assert_eq!(
            error(text),
            "a.toml:4: unknown key `qqq`; known here: dir, keep_days, max_bytes, home_passages"
        );
    }

    #[test]
    fn a_wrong_type_names_the_line() {
        let text = "home = \"x\"\n[store]\ndir = \"x\"\nkeep_days = \"many\"\n";
        assert!(error(text).starts_with("a.toml:4: invalid type"), "{}", error(text));
    }
}

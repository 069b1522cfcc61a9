//! Validated settings: what the program works with. Every value has been checked against the others.

use std::collections::HashSet;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use jiff::civil::Date;
use sha2::{Digest, Sha256};
use url::Url;

use super::alerts::{self, AlertSettings};
use super::error::ConfigError;
use super::file::{CameraTable, File, GateTable, TransportWord, hint};
use super::secrets;
use crate::domain::geometry::Line;
use crate::domain::ids::CameraId;
use crate::domain::place::{CameraPlace, CameraRole, Gate};
use crate::plate::province::Home;

pub use super::file::{HomePassagesWord as HomePassages, ProviderWord};

/// The whole configuration.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Name of the home province as written in the file.
    pub home: String,
    /// Where records go.
    pub store: StoreSettings,
    /// How nets run.
    pub inference: InferenceSettings,
    /// Hours without a sighting after which a journey is `lost`, at least 1.
    pub lost_after_hours: u32,
    /// Address of the Prometheus endpoint, always on loopback; `None`: off.
    pub metrics: Option<SocketAddr>,
    /// Where alerts of the watch list go.
    pub alerts: Vec<AlertSettings>,
    /// Gates; every gateway camera's gate is among them.
    pub gates: Vec<Gate>,
    /// Cameras with unique names; none at a centre that only takes in what other boxes saw.
    pub cameras: Vec<CameraSettings>,
    /// The file with its defaults written out; `${ENV}` as it is written, a plain password as `***`.
    pub shown: String,
    /// First 12 hexadecimal digits of SHA-256 over `shown`: which configuration made a record.
    pub fingerprint: String,
}

/// `[store]`
#[derive(Debug, Clone)]
pub struct StoreSettings {
    /// Folder.
    pub dir: PathBuf,
    /// Days that records and pictures are kept, at least 1.
    pub keep_days: u32,
    /// Bytes that pictures and database may take together.
    pub max_bytes: u64,
    /// Whether home vehicles are recorded or counted.
    pub home_passages: HomePassages,
}

/// `[inference]`
#[derive(Debug, Clone)]
pub struct InferenceSettings {
    /// Execution provider.
    pub provider: ProviderWord,
    /// Frames a second of stream time that the detector sees, 0.5-60.
    pub detect_fps: f64,
    /// Detector threads; 0: chosen by the number of cores.
    pub workers: u32,
}

/// Where a camera's frames come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Location {
    /// A file.
    File(PathBuf),
    /// A stream.
    Rtsp {
        /// Without user and password.
        url: Url,
        /// User and password.
        credentials: Option<(String, String)>,
        /// Datagrams instead of the RTSP connection.
        udp: bool,
    },
}

/// `[[camera]]`
#[derive(Debug, Clone)]
pub struct CameraSettings {
    /// The place.
    pub place: CameraPlace,
    /// The source.
    pub location: Location,
    /// Moment of a file's first frame.
    pub start: Option<Timestamp>,
    /// Whether the camera's own clock dates the records.
    pub trust_clock: bool,
}

impl Settings {
    /// Checks the mirror and turns it into settings. `folder` is what relative paths start from, `path` is named in
    /// errors.
    pub fn from_file(file: File, folder: &Path, path: &Path) -> Result<Self, ConfigError> {
        let check = Check { folder, path };
        let mut masked = file.clone();
        for camera in &mut masked.camera {
            camera.url = secrets::masked(&camera.url);
        }
        alerts::mask(&mut masked.alert);
        let shown = toml::to_string_pretty(&masked)
            .map_err(|e| check.wrong("file", format!("cannot be written out: {e}")))?;
        let mut gates = Vec::new();
        for table in &file.gate {
            let gate = check.gate(table)?;
            if gates.iter().any(|g: &Gate| g.name == gate.name) {
                return Err(check.wrong(
                    &format!("gate \"{}\"", gate.name),
                    "is given twice; gates are told apart by name",
                ));
            }
            gates.push(gate);
        }
        let mut names = HashSet::new();
        let mut cameras = Vec::new();
        for table in &file.camera {
            if !names.insert(table.name.clone()) {
                return Err(check.wrong(
                    &format!("camera \"{}\"", table.name),
                    "is given twice; cameras are told apart by name",
                ));
            }
            cameras.push(check.camera(table, &mut gates)?);
        }
        let fps = file.inference.detect_fps;
        if !(0.5..=60.0).contains(&fps) {
            return Err(check.wrong("inference detect_fps", format!("is {fps}; give 0.5 to 60")));
        }
        if file.store.keep_days == 0 {
            return Err(
                check.wrong("store keep_days", "is 0; give the days that records are kept, at least 1")
            );
        }
        if file.journey.lost_after_hours == 0 {
            return Err(check.wrong("journey lost_after_hours", "is 0; give hours, at least 1"));
        }
        let fingerprint =
            Sha256::digest(shown.as_bytes()).iter().take(6).map(|b| format!("{b:02x}")).collect();
        Ok(Self {
            home: check.home(&file.home)?,
            store: StoreSettings {
                dir: folder.join(&file.store.dir),
                keep_days: file.store.keep_days,
                max_bytes: file.store.max_bytes,
                home_passages: file.store.home_passages,
            },
            inference: InferenceSettings {
                provider: file.inference.provider,
                detect_fps: fps,
                workers: file.inference.workers,
            },
            lost_after_hours: file.journey.lost_after_hours,
            metrics: check.metrics(&file.metrics.listen)?,
            alerts: check.alerts(&file.alert)?,
            gates,
            cameras,
            shown,
            fingerprint,
        })
    }

    /// The camera of that name; the error lists what is near.
    pub fn camera(&self, name: &str) -> Result<&CameraSettings, String> {
        self.cameras.iter().find(|c| c.place.name.as_str() == name).ok_or_else(|| {
            let known: Vec<&str> = self.cameras.iter().map(|c| c.place.name.as_str()).collect();
            format!("camera `{name}` is not in the configuration{}", hint(name, &known))
        })
    }
}

/// The checks of one file.
pub(super) struct Check<'a> {
    pub(super) folder: &'a Path,
    path: &'a Path,
}

impl Check<'_> {
    pub(super) fn wrong(&self, key: &str, message: impl Into<String>) -> ConfigError {
        ConfigError::Value { path: self.path.to_owned(), key: key.to_owned(), message: message.into() }
    }

    fn home(&self, name: &str) -> Result<String, ConfigError> {
        if name.trim().is_empty() {
            return Err(self.wrong("home", "is empty; give the home province, as \"Thái Nguyên\""));
        }
        Home::find(name).map_err(|e| self.wrong("home", e.to_string()))?;
        Ok(name.trim().to_owned())
    }

    fn metrics(&self, listen: &str) -> Result<Option<SocketAddr>, ConfigError> {
        if listen.is_empty() {
            return Ok(None);
        }
        let address: SocketAddr = listen.parse().map_err(|_| {
            self.wrong(
                "metrics listen",
                format!("`{listen}` is no address; give 127.0.0.1:PORT, or \"\" for none"),
            )
        })?;
        if !address.ip().is_loopback() {
            return Err(self.wrong(
                "metrics listen",
                format!("`{listen}` is open to the network; give an address on loopback, as 127.0.0.1:9464"),
            ));
        }
        Ok(Some(address))
    }

    fn gate(&self, table: &GateTable) -> Result<Gate, ConfigError> {
        let key = |k: &str| format!("gate \"{}\" {k}", table.name);
        if table.name.trim().is_empty() {
            return Err(self.wrong("gate name", "is empty"));
        }
        let from = self.date(&key("from"), table.from.as_deref())?;
        let to = self.date(&key("to"), table.to.as_deref())?;
        if let (Some(from), Some(to)) = (from, to)
            && from > to
        {
            return Err(self.wrong(&key("to"), format!("{to} lies before from = {from}")));
        }
        let (lat, lon) = self.position(&format!("gate \"{}\"", table.name), table.lat, table.lon)?;
        Ok(Gate { name: table.name.clone(), lat, lon, neighbour: table.neighbour.clone(), from, to })
    }

    fn date(&self, key: &str, text: Option<&str>) -> Result<Option<Date>, ConfigError> {
        text.map(|t| t.parse().map_err(|_| self.wrong(key, format!("`{t}` is no date; write 2025-07-01"))))
            .transpose()
    }

    fn position(
        &self,
        key: &str,
        lat: Option<f64>,
        lon: Option<f64>,
    ) -> Result<(Option<f64>, Option<f64>), ConfigError> {
        match (lat, lon) {
            (Some(lat), _) if !(-90.0..=90.0).contains(&lat) => {
                Err(self.wrong(&format!("{key} lat"), format!("{lat} is outside -90 to 90 degrees")))
            }
            (_, Some(lon)) if !(-180.0..=180.0).contains(&lon) => {
                Err(self.wrong(&format!("{key} lon"), format!("{lon} is outside -180 to 180 degrees")))
            }
            (Some(_), None) | (None, Some(_)) => {
                Err(self.wrong(key, "has one of lat and lon; give both or none"))
            }
            both => Ok(both),
        }
    }

    fn camera(&self, table: &CameraTable, gates: &mut Vec<Gate>) -> Result<CameraSettings, ConfigError> {
        let name = &table.name;
        let key = |k: &str| format!("camera \"{name}\" {k}");
        if name.trim().is_empty() || name.contains(['/', '\\']) || name.chars().any(char::is_control) {
            return Err(
                self.wrong("camera name", format!("`{name}` cannot be; give letters, digits, - or _"))
            );
        }
        let line = self.line(&key("line"), table)?;
        let gate = self.camera_gate(table, gates)?;
        let at_gate = gate.as_ref().and_then(|g| gates.iter().find(|known| known.name == *g));
        let (lat, lon) = self.position(&format!("camera \"{name}\""), table.lat, table.lon)?;
        let start = table
            .start
            .as_deref()
            .map(|t| {
                t.parse::<Timestamp>().map_err(|_| {
                    self.wrong(&key("start"), format!("`{t}` is no moment; write 2026-03-14T09:30:00+07:00"))
                })
            })
            .transpose()?;
        let location = self.location(table)?;
        if start.is_some() && !matches!(location, Location::File(_)) {
            return Err(
                self.wrong(&key("start"), "dates a file, and this camera's url is a stream; remove it")
            );
        }
        Ok(CameraSettings {
            place: CameraPlace {
                name: CameraId::new(name),
                role: table.role,
                lat: lat.or(at_gate.and_then(|g| g.lat)),
                lon: lon.or(at_gate.and_then(|g| g.lon)),
                gate,
                lane: table.lane.clone(),
                faces: table.faces,
                line,
            },
            location,
            start,
            trust_clock: table.trust_clock,
        })
    }

    fn line(&self, key: &str, table: &CameraTable) -> Result<Option<Line>, ConfigError> {
        let Some(ends) = table.line else {
            return match table.role {
                CameraRole::Gateway => Err(self.wrong(
                    key,
                    "is missing, and a gateway needs one; give line = [[ax, ay], [bx, by]] in 0-1 of the picture",
                )),
                CameraRole::Interior => Ok(None),
            };
        };
        if !ends.iter().flatten().all(|v| (0.0..=1.0).contains(v)) {
            return Err(
                self.wrong(key, format!("{ends:?} leaves the picture; give shares of width and height, 0-1"))
            );
        }
        let line = Line::from(ends);
        if (line.a.x - line.b.x).hypot(line.a.y - line.b.y) < 0.02 {
            return Err(self.wrong(key, format!("{ends:?} is shorter than 0.02 of the picture")));
        }
        Ok(Some(line))
    }

    /// The gate of a camera: the one it names, for a gateway without a name one of its own.
    fn camera_gate(&self, table: &CameraTable, gates: &mut Vec<Gate>) -> Result<Option<String>, ConfigError> {
        let Some(name) = &table.gate else {
            if table.role == CameraRole::Interior {
                return Ok(None);
            }
            if !gates.iter().any(|g| g.name == table.name) {
                let name = table.name.clone();
                let (lat, lon) = (table.lat, table.lon);
                gates.push(Gate { name, lat, lon, neighbour: None, from: None, to: None });
            }
            return Ok(Some(table.name.clone()));
        };
        if gates.iter().any(|g| g.name == *name) {
            return Ok(Some(name.clone()));
        }
        let known: Vec<&str> = gates.iter().map(|g| g.name.as_str()).collect();
        Err(self.wrong(
            &format!("camera \"{}\" gate", table.name),
            format!("`{name}` has no [[gate]] of that name{}", hint(name, &known)),
        ))
    }

    fn location(&self, table: &CameraTable) -> Result<Location, ConfigError> {
        let key = |k: &str| format!("camera \"{}\" {k}", table.name);
        let text = secrets::expand(&table.url).map_err(|name| {
            self.wrong(&key("url"), format!("the environment has no `{name}`; set it before the start"))
        })?;
        if !text.contains("://") {
            if text.trim().is_empty() {
                return Err(self.wrong(&key("url"), "is empty; give rtsp://HOST/PATH or a file"));
            }
            return Ok(Location::File(self.folder.join(text)));
        }
        let mut url =
            Url::parse(&text).map_err(|e| self.wrong(&key("url"), format!("is no address ({e})")))?;
        if !matches!(url.scheme(), "rtsp" | "rtsps") {
            return Err(self.wrong(
                &key("url"),
                format!("`{}://` is not supported; give rtsp://, rtsps:// or a file", url.scheme()),
            ));
        }
        let decoded = |part: &str| percent_decoded(part);
        let mut password = url.password().map(decoded);
        if let Some(file) = &table.password_file {
            let file = self.folder.join(file);
            password = Some(secrets::first_line(&file).map_err(|e| {
                self.wrong(&key("password_file"), format!("{} cannot be read ({e})", file.display()))
            })?);
        }
        let user = decoded(url.username());
        let credentials = match (user.is_empty(), password) {
            (false, password) => Some((user, password.unwrap_or_default())),
            (true, Some(_)) => {
                return Err(
                    self.wrong(&key("url"), "has a password and no user; write rtsp://USER@HOST/PATH")
                );
            }
            (true, None) => None,
        };
        // Neither can fail: an rtsp address with a host may always carry or lose user and password.
        let _ = url.set_username("");
        let _ = url.set_password(None);
        Ok(Location::Rtsp { url, credentials, udp: table.transport == TransportWord::Udp })
    }
}

/// Undoes `%40` and the like in user and password.
fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        let hex = tail.get(..2).and_then(|h| std::str::from_utf8(h).ok());
        match hex.and_then(|h| u8::from_str_radix(h, 16).ok()) {
            Some(byte) if first == b'%' => {
                bytes.push(byte);
                rest = &tail[2..];
            }
            _ => {
                bytes.push(first);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHORTEST: &str = r#"
home = "Thái Nguyên"
[store]
dir = "data"
[[camera]]
name = "gate-1"
url = "rtsp://admin:p%40ss@10.0.0.5:554/stream1"
role = "gateway"
line = [[0.1, 0.7], [0.9, 0.7]]
"#;

    fn settings(text: &str) -> Result<Settings, String> {
        let path = Path::new("/etc/h/a.toml");
        let file = File::parse(text, path).map_err(|e| e.to_string())?;
        Settings::from_file(file, Path::new("/etc/h"), path).map_err(|e| e.to_string())
    }

    #[test]
    fn the_shortest_file_runs_with_defaults() {
        let s = settings(SHORTEST).expect("it is valid");
        assert_eq!(s.store.dir, Path::new("/etc/h/data"));
        assert_eq!(s.gates[0].name, "gate-1");
        assert_eq!(s.cameras[0].place.gate.as_deref(), Some("gate-1"));
        let Location::Rtsp { url, credentials, udp } = &s.cameras[0].location else { panic!("a stream") };
        assert_eq!(url.as_str(), "rtsp://10.0.0.5:554/stream1");
        assert_eq!(credentials.as_ref().map(|c| c.1.as_str()), Some("p@ss"));
        assert!(!udp);
        assert!(s.shown.contains("keep_days = 365"), "{}", s.shown);
    }

    #[test]
    fn wrong_values_name_camera_and_key() {
        let cases = [
            ("line = [[0.1, 0.7], [0.9, 0.7]]", "", "camera \"gate-1\" line: is missing"),
            (
                "[0.9, 0.7]",
                "[1.9, 0.7]",
                "camera \"gate-1\" line: [[0.1, 0.7], [1.9, 0.7]] leaves the picture",
            ),
            ("rtsp://admin", "http://admin", "camera \"gate-1\" url: `http://` is not supported"),
            ("\"gateway\"", "\"gateway\"\ngate = \"X\"", "camera \"gate-1\" gate: `X` has no [[gate]]"),
            ("\"gateway\"", "\"gateway\"\nstart = \"2026-03-14T09:30:00+07:00\"", "start: dates a file"),
            ("admin:p%40ss@", "${HANHTRINH_NO_SUCH}@", "the environment has no `HANHTRINH_NO_SUCH`"),
            ("\"data\"", "\"data\"\nkeep_days = 0", "store keep_days: is 0"),
        ];
        for (from, to, expected) in cases {
            let text = SHORTEST.replace(from, to);
            assert_ne!(text, SHORTEST, "{from} is in the text");
            let error = settings(&text).expect_err(expected);
            assert!(error.contains(expected), "{error}");
        }
    }

    #[test]
    fn metrics_stay_on_loopback() {
        let text = format!("{SHORTEST}\n[metrics]\nlisten = \"0.0.0.0:9464\"\n");
        assert!(settings(&text).expect_err("open to the network").contains("open to the network"));
    }

    #[test]
    fn shown_never_holds_a_password() {
        let text = SHORTEST.replace("p%40ss", "${HOME}");
        assert!(settings(&text).expect("valid").shown.contains("admin:${HOME}@"));
        let shown = settings(SHORTEST).expect("valid").shown;
        assert!(shown.contains("rtsp://admin:***@10.0.0.5:554/stream1"), "{shown}");
    }
}

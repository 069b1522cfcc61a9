//! The sample's configuration with streams in the place of files.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use jiff::{SignedDuration, Timestamp};
use toml::{Table, Value};

/// A camera of the sample.
pub struct Camera {
    /// Its name.
    pub name: String,
    /// Its clip.
    pub clip: PathBuf,
}

fn read(sample: &Path) -> Result<Table> {
    let text =
        std::fs::read_to_string(sample).with_context(|| format!("{} cannot be read", sample.display()))?;
    text.parse().with_context(|| format!("{} is no TOML", sample.display()))
}

fn camera_tables(table: &mut Table) -> impl Iterator<Item = &mut Table> {
    table
        .get_mut("camera")
        .and_then(Value::as_array_mut)
        .into_iter()
        .flatten()
        .filter_map(Value::as_table_mut)
}

/// The cameras of the sample, in its order.
pub fn cameras(sample: &Path) -> Result<Vec<Camera>> {
    let mut table = read(sample)?;
    let folder = sample.parent().unwrap_or(Path::new("."));
    camera_tables(&mut table)
        .map(|camera| {
            let text = |key: &str| camera.get(key).and_then(Value::as_str).map(str::to_owned);
            let name = text("name").context("a camera of the sample has no name")?;
            let clip = folder.join(text("url").with_context(|| format!("camera {name} has no url"))?);
            Ok(Camera { name, clip })
        })
        .collect()
}

/// Writes `demo.toml`: the sample's cameras as streams, dated by their sender reports, a store beside it.
pub fn write(folder: &Path, sample: &Path, urls: &[String]) -> Result<PathBuf> {
    let mut table = read(sample)?;
    for (camera, url) in camera_tables(&mut table).zip(urls) {
        camera.remove("start");
        camera.insert("url".to_owned(), Value::String(url.clone()));
        camera.insert("trust_clock".to_owned(), Value::Boolean(true));
    }
    write_beside_its_store(&folder.join("demo.toml"), table)
}

/// Writes `judge.toml`: the sample's cameras as the clips they are, from which the sheet takes its pictures, but begun
/// when they were shown. The store is the demo's.
pub fn write_for_the_judge(folder: &Path, sample: &Path, later: SignedDuration) -> Result<PathBuf> {
    let mut table = read(sample)?;
    let clips = sample.parent().unwrap_or(Path::new(".")).canonicalize()?;
    for camera in camera_tables(&mut table) {
        let url = camera.get("url").and_then(Value::as_str).context("a camera of the sample has no url")?;
        let clip = clips.join(url).display().to_string();
        camera.insert("url".to_owned(), Value::String(clip));
        let start = camera.get("start").and_then(Value::as_str).context("a camera has no start")?;
        let start = start.parse::<Timestamp>()? + later;
        camera.insert("start".to_owned(), Value::String(start.to_string()));
    }
    write_beside_its_store(&folder.join("judge.toml"), table)
}

/// With a store in the folder of the configuration, and no metrics.
fn write_beside_its_store(path: &Path, mut table: Table) -> Result<PathBuf> {
    let mut store = Table::new();
    store.insert("dir".to_owned(), Value::String("store".to_owned()));
    table.insert("store".to_owned(), Value::Table(store));
    let mut metrics = Table::new();
    metrics.insert("listen".to_owned(), Value::String(String::new()));
    table.insert("metrics".to_owned(), Value::Table(metrics));
    std::fs::write(path, toml::to_string_pretty(&table)?)?;
    Ok(path.to_owned())
}

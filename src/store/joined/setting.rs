//! What joining goes by: the rules and the reader's confusion, which are handed in, and the cameras' places, which the
//! store knows of its own settings and those of other boxes.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rusqlite::Connection;

use super::learned::{self, Learned};
use crate::domain::passage::Passage;
use crate::domain::place::{CameraPlace, CameraRole};
use crate::join::{Joining, LinkCounts, LinkTimes, Place, Places, Rules, Sighting};
use crate::plate::confusion::Confusion;
use crate::store::facts::SettingsUsed;
use crate::store::rows;

/// What joining is handed.
#[derive(Debug, Clone)]
pub struct JoinBy {
    /// Rules.
    pub rules: Rules,
    /// What the reader mixes up.
    pub confusion: Confusion,
}

/// All that joining goes by.
pub struct Setting {
    pub joining: Joining,
    cameras: BTreeMap<String, u16>,
    /// Names of the sites by their number: of gates, and of cameras.
    pub sites: Vec<String>,
}

/// Cameras by name, in one loose walk over the index.
const CAMERAS: &str = "WITH RECURSIVE names (name) AS (SELECT min(camera) FROM passages UNION ALL \
    SELECT (SELECT min(camera) FROM passages WHERE camera > name) FROM names WHERE name IS NOT NULL) \
    SELECT name FROM names WHERE name IS NOT NULL";

/// The cameras that a store knows, by name, with their places where its settings, or those of another box, tell them.
#[derive(Debug, Clone, PartialEq)]
pub struct Known(BTreeMap<String, Option<CameraPlace>>);

impl Known {
    /// Those on record, and those `named`.
    pub fn of<'n>(db: &Connection, named: impl IntoIterator<Item = &'n str>) -> rusqlite::Result<Self> {
        let mut known: BTreeMap<String, Option<CameraPlace>> = BTreeMap::new();
        let settings = "SELECT body FROM settings UNION ALL SELECT settings FROM boxes ORDER BY 1";
        for used in db.prepare_cached(settings)?.query_map([], |row| rows::json::<SettingsUsed>(row, 0))? {
            known.extend(used?.cameras.into_iter().map(|c| (c.name.to_string(), Some(c))));
        }
        for name in db.prepare_cached(CAMERAS)?.query_map([], |row| row.get::<_, String>(0))? {
            known.entry(name?).or_default();
        }
        named.into_iter().for_each(|name| {
            known.entry(name.to_owned()).or_default();
        });
        Ok(Self(known))
    }
}

/// Makes the setting, and keeps it while the cameras and what was learned stay the same.
#[derive(Default)]
pub struct Settings(RefCell<Option<Kept>>);

/// What a setting was made of, and it.
struct Kept {
    known: Known,
    weeks: Vec<i32>,
    setting: Arc<Setting>,
}

impl Settings {
    /// The setting for what the store knows, and the cameras `named`.
    pub fn of<'n>(
        &self,
        db: &Connection,
        by: &JoinBy,
        named: impl IntoIterator<Item = &'n str>,
    ) -> rusqlite::Result<Arc<Setting>> {
        let (known, weeks) = (Known::of(db, named)?, learned::weeks(db)?);
        let mut kept = self.0.borrow_mut();
        if let Some(kept) = &*kept
            && (&kept.known, &kept.weeks) == (&known, &weeks)
        {
            return Ok(kept.setting.clone());
        }
        let setting = Arc::new(Setting::new(&known, by).with_learned(learned::learned(db)?));
        *kept = Some(Kept { known, weeks, setting: setting.clone() });
        Ok(setting)
    }
}

impl Setting {
    /// With the places of every camera that the store knows in the order of their names.
    pub fn new(known: &Known, by: &JoinBy) -> Self {
        let known = &known.0;
        let gates: BTreeSet<&str> = known.values().flatten().filter_map(gate).collect();
        let site_of = |i: usize, camera: Option<&CameraPlace>| {
            let gate = camera.and_then(gate).and_then(|g| gates.iter().position(|n| *n == g));
            gate.unwrap_or(gates.len() + i) as u16
        };
        let place = |(i, camera): (usize, &Option<CameraPlace>)| Place {
            at: camera.as_ref().and_then(|c| c.lat.zip(c.lon)),
            site: site_of(i, camera.as_ref()),
            gate: camera.as_ref().is_some_and(|c| c.role == CameraRole::Gateway),
        };
        let places = Places::new(known.values().enumerate().map(place).collect());
        let cameras = known.keys().cloned().zip(0..).collect();
        let times = LinkTimes::new(&places, &LinkCounts::none(&places));
        let joining = Joining::new(by.rules, places, times, by.confusion.clone());
        let of_gates = gates.iter().map(|g| format!("gate {g}"));
        let sites = of_gates.chain(known.keys().map(|c| format!("camera {c}"))).collect();
        Self { joining, cameras, sites }
    }

    /// With what was learned, by the week from which on it holds.
    pub fn with_learned(mut self, learned: BTreeMap<i32, Learned>) -> Self {
        for (week, learned) in learned {
            let times = LinkTimes::new(&self.joining.places, &learned.counts(&self));
            self.joining = self.joining.learned(week, times);
        }
        self
    }

    /// Enough to see passages as sightings; not to decide.
    pub fn of_places_alone(db: &Connection) -> rusqlite::Result<Self> {
        let by = JoinBy { rules: Rules::default(), confusion: Confusion::built_in() };
        Ok(Self::new(&Known::of(db, [])?, &by))
    }

    /// The camera's index in the places.
    pub fn camera(&self, name: &str) -> u16 {
        self.cameras.get(name).copied().unwrap_or(u16::MAX)
    }

    /// The passage as joining sees it.
    pub fn sighting(&self, passage: &Passage) -> Option<Sighting> {
        Sighting::of(passage, self.camera(passage.camera.as_str()), &self.joining.places)
    }
}

fn gate(camera: &CameraPlace) -> Option<&str> {
    camera.gate.as_deref().filter(|_| camera.role == CameraRole::Gateway)
}

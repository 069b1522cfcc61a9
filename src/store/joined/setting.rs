//! What joining goes by: the rules and the reader's confusion, which are handed in, and the cameras' places, which the
//! store knows of its own settings and those of other boxes.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::civil::Date;
use rusqlite::Connection;

use super::learned::{self, Learned};
use crate::domain::passage::Passage;
use crate::domain::place::{CameraPlace, CameraRole, Gate};
use crate::domain::time::day_begins;
use crate::join::{ALWAYS, Joining, LinkCounts, LinkTimes, Place, Places, Rules, Sighting};
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

/// What a store knows of cameras and gates, by name.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Known {
    /// Cameras on record, with their places where the store's settings, or those of another box, tell them.
    cameras: BTreeMap<String, Option<CameraPlace>>,
    /// Gates of those settings.
    gates: BTreeMap<String, Gate>,
}

impl Known {
    /// Those on record, and those `named`.
    pub fn of<'n>(db: &Connection, named: impl IntoIterator<Item = &'n str>) -> rusqlite::Result<Self> {
        let mut known = Self::default();
        let settings = "SELECT body FROM settings UNION ALL SELECT settings FROM boxes ORDER BY 1";
        for used in db.prepare_cached(settings)?.query_map([], |row| rows::json::<SettingsUsed>(row, 0))? {
            let used = used?;
            known.gates.extend(used.gates.into_iter().map(|g| (g.name.clone(), g)));
            known.cameras.extend(used.cameras.into_iter().map(|c| (c.name.to_string(), Some(c))));
        }
        for name in db.prepare_cached(CAMERAS)?.query_map([], |row| row.get::<_, String>(0))? {
            known.cameras.entry(name?).or_default();
        }
        named.into_iter().for_each(|name| {
            known.cameras.entry(name.to_owned()).or_default();
        });
        Ok(known)
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
        let Known { cameras: known, gates: dated } = known;
        let gates: BTreeSet<&str> = known.values().flatten().filter_map(gate).collect();
        let site_of = |i: usize, camera: Option<&CameraPlace>| {
            let gate = camera.and_then(gate).and_then(|g| gates.iter().position(|n| *n == g));
            gate.unwrap_or(gates.len() + i) as u16
        };
        let place = |(i, camera): (usize, &Option<CameraPlace>)| Place {
            at: camera.as_ref().and_then(|c| c.lat.zip(c.lon)),
            site: site_of(i, camera.as_ref()),
            gate: camera
                .as_ref()
                .filter(|c| c.role == CameraRole::Gateway)
                .map(|c| c.gate.as_deref().and_then(|name| dated.get(name)).map_or(ALWAYS, times_of_role)),
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

/// From the begin of the first day of the gate's role to the end of the last, in microseconds.
fn times_of_role(gate: &Gate) -> (i64, i64) {
    let begins = |day: Date| day_begins(day).as_microsecond();
    let after = gate.to.and_then(|day| day.tomorrow().ok());
    (gate.from.map_or(ALWAYS.0, begins), after.map_or(ALWAYS.1, begins))
}

fn gate(camera: &CameraPlace) -> Option<&str> {
    camera.gate.as_deref().filter(|_| camera.role == CameraRole::Gateway)
}

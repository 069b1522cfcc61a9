//! What a person should look at: passages whose plate is undetermined, or read but not confidently, until somebody
//! has corrected them.

use jiff::Timestamp;
use rusqlite::Connection;
use rusqlite::types::Value;

use super::error::StoreError;
use super::joined;
use super::query::Reader;
use super::rows::{self, text};
use crate::domain::ids::RecordId;
use crate::domain::passage::Passage;
use crate::domain::plate::Candidate;

/// Reads with this confidence and more are never reviewed: the index of what may be ends here.
const LOW_AT_MOST: f32 = 0.9975;

/// What is to be reviewed.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ReviewFilter {
    /// Crossed at this time or later.
    pub from: Option<Timestamp>,
    /// Before this time.
    pub to: Option<Timestamp>,
    /// Camera.
    pub camera: Option<String>,
    /// What was read with less than this, 0-0.9975, is to be looked at too; more counts as 0.9975.
    pub confident_p: f32,
    /// Most important first: those of which an alert was made since this time, then undetermined ones at a gate, then
    /// the rest. `None`: oldest first, as among these.
    pub important_since: Option<Timestamp>,
    /// So many at most.
    pub limit: usize,
}

/// Which part of the passages to review.
#[derive(Clone, Copy)]
enum Part {
    All,
    Watched,
    Gate,
    Rest,
}

impl Reader {
    /// Passages to review; true: an entry of the watch list may mean it.
    pub fn to_review(&self, filter: &ReviewFilter) -> Result<Vec<(Passage, bool)>, StoreError> {
        let parts: &[Part] = if filter.important_since.is_some() {
            &[Part::Watched, Part::Gate, Part::Rest]
        } else {
            &[Part::All]
        };
        self.ask(|db| {
            let mut found: Vec<(Passage, bool)> = Vec::new();
            for part in parts {
                let (sql, values) = review_sql(filter, *part);
                let more = db
                    .prepare(&sql)?
                    .query_map(rusqlite::params_from_iter(values), rows::passage)?
                    .collect::<rusqlite::Result<Vec<_>>>()?;
                for passage in more {
                    let watched = is_watched(db, &passage.id)?;
                    found.push((passage, watched));
                }
            }
            found.truncate(filter.limit);
            Ok(found)
        })
    }

    /// The passages whose names begin so, two at most.
    pub fn named(&self, beginning: &str) -> Result<Vec<RecordId>, StoreError> {
        self.ask(|db| {
            // Names are ASCII, and no name holds a character beyond `~`.
            db.prepare_cached(
                "SELECT id FROM passages WHERE id >= ?1 AND id < ?1 || '~' ORDER BY id LIMIT 2",
            )?
            .query_map([beginning], |row| Ok(RecordId::from_text(row.get_ref(0)?.as_str()?)))?
            .collect()
        })
    }

    /// Which plates an unsure passage may be of besides the one it was joined to, by plate, time and place: texts with
    /// their probability, likeliest first. Hints, never links.
    pub fn hints(&self, passage: &RecordId) -> Result<Vec<Candidate>, StoreError> {
        self.ask(|db| joined::hints(db, passage))
    }

    /// The journey that a passage is a leg of.
    pub fn journey_with(&self, passage: &RecordId) -> Result<Option<RecordId>, StoreError> {
        self.ask(|db| {
            let found = db
                .prepare_cached("SELECT journey FROM legs WHERE passage = ?1 LIMIT 1")?
                .query_map([passage.as_str()], |row| Ok(RecordId::from_text(row.get_ref(0)?.as_str()?)))?
                .next();
            found.transpose()
        })
    }
}

fn is_watched(db: &Connection, id: &RecordId) -> rusqlite::Result<bool> {
    db.prepare_cached("SELECT EXISTS (SELECT 1 FROM alerts WHERE passage = ?1 AND state <> 'withdrawn')")?
        .query_row([id.as_str()], |row| row.get(0))
}

fn review_sql(filter: &ReviewFilter, part: Part) -> (String, Vec<Value>) {
    // Word for word what the index says, so that SQLite sees that it fits.
    let mut terms = vec![
        "p.corrected = 0".to_owned(),
        format!(
            "(p.plate_state = 'undetermined' OR p.plate_state = 'read' AND p.confidence < {LOW_AT_MOST})"
        ),
        "(p.plate_state = 'undetermined' OR p.confidence < ?)".to_owned(),
    ];
    let mut values = vec![Value::Real(f64::from(filter.confident_p))];
    let since = filter.important_since.map_or(i64::MAX, |t| t.as_microsecond());
    let watched =
        format!("p.id IN (SELECT passage FROM alerts WHERE made_at >= {since} AND state <> 'withdrawn')");
    let at_gate = "(p.role = 'gateway' AND p.plate_state = 'undetermined')";
    match part {
        Part::All => {}
        Part::Watched => terms.push(watched),
        Part::Gate => terms.extend([format!("NOT {watched}"), at_gate.to_owned()]),
        Part::Rest => terms.extend([format!("NOT {watched}"), format!("NOT {at_gate}")]),
    }
    for (term, at) in [("p.crossed_at >= ?", filter.from), ("p.crossed_at < ?", filter.to)] {
        if let Some(at) = at {
            terms.push(term.to_owned());
            values.push(Value::Integer(at.as_microsecond()));
        }
    }
    if let Some(camera) = &filter.camera {
        terms.push("p.camera = ?".to_owned());
        values.push(text(camera.clone()));
    }
    // The names of watched passages are few; all else goes by the index of what is to be reviewed, in its order.
    let table = match part {
        Part::Watched => "passages p",
        _ => "passages p INDEXED BY passages_to_review",
    };
    let sql = format!(
        "SELECT {} FROM {table} JOIN makers m ON m.id = p.maker WHERE {} \
         ORDER BY p.crossed_at, p.stream_s, p.id LIMIT {}",
        rows::PASSAGE,
        terms.join(" AND "),
        filter.limit
    );
    (sql, values)
}

/// The queries of all parts, for the tests of their plans.
#[cfg(test)]
pub(super) fn all_sql(filter: &ReviewFilter) -> Vec<(String, Vec<Value>)> {
    [Part::All, Part::Watched, Part::Gate, Part::Rest].map(|part| review_sql(filter, part)).to_vec()
}

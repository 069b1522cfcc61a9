//! Two times: seconds of the stream for tracks, wall clock with its quality for records.

use jiff::Timestamp;
use jiff::tz::{Offset, TimeZone};
use serde::{Deserialize, Serialize};

/// How far the wall clock behind a record can be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClockQuality {
    /// Held by a time server, or by a camera whose clock is trusted by configuration.
    Synced,
    /// A clock that nothing holds.
    Free,
    /// No wall clock at all, as of a file without `start`.
    Unknown,
}

impl ClockQuality {
    /// The word in JSON and in the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Synced => "synced",
            Self::Free => "free",
            Self::Unknown => "unknown",
        }
    }
}

/// When a frame was taken.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Stamp {
    /// Seconds since the source's first frame in this run. Never goes back within a run.
    pub stream_s: f64,
    /// Wall clock; `None` for a file without `start`.
    pub wall: Option<Timestamp>,
    /// Quality of `wall`.
    pub clock: ClockQuality,
}

impl Stamp {
    /// The same moment moved by `seconds` on both clocks.
    pub fn shifted(self, seconds: f64) -> Self {
        let micros = (seconds * 1e6).round() as i64;
        Self {
            stream_s: self.stream_s + seconds,
            wall: self.wall.and_then(|t| t.checked_add(jiff::SignedDuration::from_micros(micros)).ok()),
            clock: self.clock,
        }
    }
}

/// Vietnam's zone: UTC+7 all year, without daylight saving since 1975.
pub fn vietnam() -> TimeZone {
    TimeZone::fixed(Offset::constant(7))
}

/// The local date in Vietnam, which the province rule is dated by.
pub fn local_date(at: Timestamp) -> jiff::civil::Date {
    at.to_zoned_datetime(vietnam()).date()
}

/// When that day begins in Vietnam; the last moment that is known for a day beyond all times.
pub fn day_begins(day: jiff::civil::Date) -> Timestamp {
    vietnam().to_timestamp(day.at(0, 0, 0, 0)).unwrap_or(Timestamp::MAX)
}

/// RFC 3339 with +07:00 and milliseconds: `2026-03-14T09:30:12.480+07:00`.
pub fn rfc3339_local(at: Timestamp) -> String {
    at.to_zoned_datetime(vietnam()).strftime("%Y-%m-%dT%H:%M:%S%.3f%:z").to_string()
}

/// As tables print it: `14/03/2026 09:30:12`.
pub fn table_local(at: Timestamp) -> String {
    at.to_zoned_datetime(vietnam()).strftime("%d/%m/%Y %H:%M:%S").to_string()
}

/// Serde form of a time in JSON: RFC 3339 with +07:00.
pub mod local {
    use jiff::Timestamp;
    use serde::{Deserialize, Deserializer, Serializer};

    /// Writes RFC 3339 with +07:00.
    pub fn serialize<S: Serializer>(at: &Timestamp, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&super::rfc3339_local(*at))
    }

    /// Reads any RFC 3339.
    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Timestamp, D::Error> {
        String::deserialize(from)?.parse().map_err(serde::de::Error::custom)
    }
}

/// As [`local`], for a time that may be absent.
pub mod local_option {
    use jiff::Timestamp;
    use serde::{Deserialize, Deserializer, Serializer};

    /// Writes RFC 3339 with +07:00, or null.
    pub fn serialize<S: Serializer>(at: &Option<Timestamp>, to: S) -> Result<S::Ok, S::Error> {
        match at {
            Some(at) => to.serialize_str(&super::rfc3339_local(*at)),
            None => to.serialize_none(),
        }
    }

    /// Reads any RFC 3339, or null.
    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Timestamp>, D::Error> {
        match Option::<String>::deserialize(from)? {
            Some(text) => text.parse().map(Some).map_err(serde::de::Error::custom),
            None => Ok(None),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_for_vietnam() {
        let at: Timestamp = "2026-03-14T02:30:12.480Z".parse().expect("a time");
        assert_eq!(rfc3339_local(at), "2026-03-14T09:30:12.480+07:00");
        assert_eq!(table_local(at), "14/03/2026 09:30:12");
        let late: Timestamp = "2025-06-30T17:30:00Z".parse().expect("a time");
        assert_eq!(local_date(late), jiff::civil::date(2025, 7, 1));
    }
}

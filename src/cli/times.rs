//! Times as people type them, in Vietnam's zone.

mod civil;
#[cfg(test)]
mod tests;

use jiff::civil::DateTime;
use jiff::{SignedDuration, Timestamp};

use super::error::CliError;
use super::words::words;
use crate::base::text::folded;
use crate::domain::time::vietnam;

/// What words mean: a moment, where both are the same, or a stretch such as a day or an afternoon, the end left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Meant {
    from: Timestamp,
    to: Timestamp,
}

impl Meant {
    fn moment(at: Timestamp) -> Self {
        Self { from: at, to: at }
    }
}

/// A moment; of a day, a part of one, a week or a month its begin. Words without a date mean today. `now` is what
/// `today` and `ago` start from.
pub fn moment(flag: &str, text: &str, now: Timestamp) -> Result<Timestamp, CliError> {
    meant(flag, text, now).map(|m| m.from)
}

/// As [`moment`], but of a day, a part of one, a week or a month the end: what is asked for `--to` it includes it.
pub fn end(flag: &str, text: &str, now: Timestamp) -> Result<Timestamp, CliError> {
    meant(flag, text, now).map(|m| m.to)
}

/// As [`end`], of a time to come: `3 ngày`, `3 ngày nữa` and `3d` are so long from now.
pub fn ahead(flag: &str, text: &str, now: Timestamp) -> Result<Timestamp, CliError> {
    let folded = folded(text);
    let length = quantity(folded.strip_suffix(" nua").unwrap_or(&folded));
    match length.and_then(|l| now.checked_add(l).ok()) {
        Some(at) => Ok(at),
        None => end(flag, text, now),
    }
}

fn meant(flag: &str, text: &str, now: Timestamp) -> Result<Meant, CliError> {
    let folded = folded(text);
    // Without its accents `lúc nãy` (a while ago) would be `lúc này` (now).
    let vague = text.to_lowercase().contains("nãy");
    let known = if folded.is_empty() || vague {
        None
    } else {
        absolute(text.trim())
            .or_else(|| ago(&folded, now))
            .map(Meant::moment)
            .or_else(|| civil::read(&folded, now))
    };
    known.ok_or_else(|| CliError::Usage((words().say.no_time)(flag, text)))
}

/// A length of time: `90m`, `12h`, `3d`, `2 giờ`, `30 phút`, `3 ngày`, `nửa tiếng`.
pub fn length(flag: &str, text: &str) -> Result<SignedDuration, CliError> {
    quantity(&folded(text)).ok_or_else(|| CliError::Usage((words().say.no_length)(flag, text)))
}

/// ISO 8601 with a time. A date alone is a day, which is read elsewhere.
fn absolute(text: &str) -> Option<Timestamp> {
    if let Ok(at) = text.parse::<Timestamp>() {
        return Some(at);
    }
    let written = text.contains('-') && text.contains(':');
    let local = if written { text.parse::<DateTime>().ok() } else { None };
    local.and_then(in_vietnam)
}

fn in_vietnam(at: DateTime) -> Option<Timestamp> {
    at.to_zoned_datetime(vietnam()).ok().map(|z| z.timestamp())
}

/// `2 gio qua`, `30 phut truoc`, `cach day 2 gio`, `2 tieng vua roi`
fn ago(text: &str, now: Timestamp) -> Option<Timestamp> {
    if matches!(text, "bay gio" | "luc nay" | "hien tai" | "now") {
        return Some(now);
    }
    let endings = [" vua qua", " vua roi", " qua", " truoc", " ago"];
    let begins = ["cach day ", "trong vong ", "trong "];
    let ended = endings.iter().find_map(|end| text.strip_suffix(end));
    let begun = |text: &str| begins.iter().find_map(|begin| text.strip_prefix(begin)).map(str::to_owned);
    let before = match (ended, begun(text)) {
        (Some(text), _) => begun(text).unwrap_or_else(|| text.to_owned()),
        (None, Some(text)) => text,
        (None, None) => return None,
    };
    now.checked_sub(quantity(&before)?).ok()
}

/// Numbers in words, as far as hours go.
const NUMBERS: [&str; 13] =
    ["khong", "mot", "hai", "ba", "bon", "nam", "sau", "bay", "tam", "chin", "muoi", "muoi mot", "muoi hai"];

/// The number that these words begin with, and what follows it: digits, or a word before a unit of time.
fn number(text: &str) -> Option<(i64, &str)> {
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    if digits > 0 {
        return Some((text[..digits].parse().ok()?, text[digits..].trim_start()));
    }
    // The longest first: `muoi hai` is not `muoi`.
    let found = NUMBERS.iter().enumerate().rev().find_map(|(n, word)| {
        let rest = text.strip_prefix(word)?.strip_prefix(' ')?;
        Some((n as i64, rest))
    })?;
    Some(found)
}

fn quantity(text: &str) -> Option<SignedDuration> {
    if matches!(text, "nua tieng" | "nua gio") {
        return Some(SignedDuration::from_mins(30));
    }
    let (n, unit) = number(text)?;
    let (unit, half) = match unit.strip_suffix(" ruoi") {
        Some(unit) => (unit, 1),
        None => (unit, 0),
    };
    let seconds: i64 = match unit {
        "s" | "giay" => 1,
        "m" | "min" | "p" | "phut" | "minute" | "minutes" => 60,
        "h" | "g" | "gio" | "tieng" | "hour" | "hours" => 3_600,
        "d" | "ngay" | "day" | "days" => 86_400,
        "w" | "tuan" | "week" | "weeks" => 604_800,
        _ => return None,
    };
    Some(SignedDuration::from_secs(n.checked_mul(seconds)?.checked_add(half * seconds / 2)?))
}

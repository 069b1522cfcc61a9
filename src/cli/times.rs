//! Times as people type them, in Vietnam's zone.

use jiff::civil::{Date, DateTime, Time};
use jiff::{SignedDuration, Timestamp};

use super::error::CliError;
use super::words::words;
use crate::base::text::folded;
use crate::domain::time::vietnam;

/// A moment; words without a date mean today, a date without a time its first second. `now` is what `today` and
/// `ago` start from.
pub fn moment(flag: &str, text: &str, now: Timestamp) -> Result<Timestamp, CliError> {
    let folded = folded(text);
    let known = if folded.is_empty() {
        None
    } else {
        absolute(text.trim()).or_else(|| ago(&folded, now)).or_else(|| civil(&folded, now))
    };
    known.ok_or_else(|| CliError::Usage((words().say.no_time)(flag, text)))
}

/// A length of time: `90m`, `12h`, `3d`, `2 giờ`, `30 phút`, `3 ngày`.
pub fn length(flag: &str, text: &str) -> Result<SignedDuration, CliError> {
    quantity(&folded(text)).ok_or_else(|| CliError::Usage((words().say.no_length)(flag, text)))
}

fn absolute(text: &str) -> Option<Timestamp> {
    if let Ok(at) = text.parse::<Timestamp>() {
        return Some(at);
    }
    let local = if text.contains('-') { text.parse::<DateTime>().ok() } else { None };
    local.and_then(in_vietnam)
}

fn in_vietnam(at: DateTime) -> Option<Timestamp> {
    at.to_zoned_datetime(vietnam()).ok().map(|z| z.timestamp())
}

/// `2 gio qua`, `30 phut truoc`
fn ago(text: &str, now: Timestamp) -> Option<Timestamp> {
    let before = text.strip_suffix(" qua").or_else(|| text.strip_suffix(" truoc"))?;
    now.checked_sub(quantity(before)?).ok()
}

fn quantity(text: &str) -> Option<SignedDuration> {
    let digits = text.find(|c: char| !c.is_ascii_digit())?;
    let n: i64 = text[..digits].parse().ok()?;
    let seconds: i64 = match text[digits..].trim() {
        "s" | "giay" => 1,
        "m" | "min" | "phut" => 60,
        "h" | "gio" => 3_600,
        "d" | "ngay" => 86_400,
        _ => return None,
    };
    Some(SignedDuration::from_secs(n.checked_mul(seconds)?))
}

fn civil(text: &str, now: Timestamp) -> Option<Timestamp> {
    let today = now.to_zoned_datetime(vietnam()).date();
    let (day, rest) = if let Some(rest) = text.strip_prefix("hom nay") {
        (today, rest.trim())
    } else if let Some(rest) = text.strip_prefix("hom qua") {
        (today.yesterday().ok()?, rest.trim())
    } else {
        match text.split_once(' ') {
            Some((first, rest)) => (written_date(first)?, rest.trim()),
            None => match written_date(text) {
                Some(day) => (day, ""),
                None => (today, text),
            },
        }
    };
    let time = if rest.is_empty() { Time::midnight() } else { written_time(rest)? };
    in_vietnam(day.to_datetime(time))
}

/// `14/03/2026`, `14-03-2026`
fn written_date(text: &str) -> Option<Date> {
    let mut parts = text.split(['/', '-']);
    let day: i8 = parts.next()?.parse().ok()?;
    let month: i8 = parts.next()?.parse().ok()?;
    let year: i16 = parts.next()?.parse().ok()?;
    (parts.next().is_none() && year >= 1900).then(|| Date::new(year, month, day).ok())?
}

/// `09:30`, `09:30:15`, `7h30`, `7h`
fn written_time(text: &str) -> Option<Time> {
    let number = |part: &str| if part.is_empty() { Some(0) } else { part.parse::<i8>().ok() };
    let mut parts = text.split([':', 'h']);
    let hour = parts.next()?.parse::<i8>().ok()?;
    let minute = number(parts.next()?)?;
    let second = number(parts.next().unwrap_or_default())?;
    if parts.next().is_some() {
        return None;
    }
    Time::new(hour, minute, second, 0).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> String {
        let now: Timestamp = "2026-03-14T10:00:00+07:00".parse().expect("a time");
        match moment("from", text, now) {
            Ok(at) => crate::domain::time::rfc3339_local(at).replace(".000+07:00", ""),
            Err(_) => "refused".to_owned(),
        }
    }

    #[test]
    fn times_as_people_type_them() {
        let cases = [
            ("14/03/2026", "2026-03-14T00:00:00"),
            ("1/3/2026 7:05", "2026-03-01T07:05:00"),
            ("14/03/2026 09:30:15", "2026-03-14T09:30:15"),
            ("09:30", "2026-03-14T09:30:00"),
            ("7h30", "2026-03-14T07:30:00"),
            ("7h", "2026-03-14T07:00:00"),
            ("hôm nay", "2026-03-14T00:00:00"),
            ("Hôm qua 7h30", "2026-03-13T07:30:00"),
            ("hom qua", "2026-03-13T00:00:00"),
            ("2 giờ qua", "2026-03-14T08:00:00"),
            ("30 phút trước", "2026-03-14T09:30:00"),
            ("2026-03-14T09:30:00+07:00", "2026-03-14T09:30:00"),
            ("2026-03-14T09:30", "2026-03-14T09:30:00"),
            ("2026-03-14 09:30:00", "2026-03-14T09:30:00"),
            ("2026-03-14", "2026-03-14T00:00:00"),
            ("2026-03-14T02:30:00Z", "2026-03-14T09:30:00"),
            ("31/02/2026", "refused"),
            ("25:00", "refused"),
            ("yesterday", "refused"),
            ("", "refused"),
        ];
        for (typed, expected) in cases {
            assert_eq!(read(typed), expected, "{typed}");
        }
    }

    #[test]
    fn lengths() {
        assert_eq!(length("longer-than", "12h").ok(), Some(SignedDuration::from_hours(12)));
        assert_eq!(length("longer-than", "3 ngày").ok(), Some(SignedDuration::from_hours(72)));
        assert!(length("longer-than", "12").is_err());
    }

    proptest::proptest! {
        #[test]
        fn any_text_gives_a_time_or_a_refusal(text in ".{0,24}") {
            let _ = read(&text);
            let _ = length("longer-than", &text);
        }
    }
}

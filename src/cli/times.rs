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
    if matches!(text, "bay gio" | "now") {
        return Some(now);
    }
    let endings = [" qua", " truoc", " ago"];
    let before = endings.iter().find_map(|end| text.strip_suffix(end))?;
    now.checked_sub(quantity(before)?).ok()
}

fn quantity(text: &str) -> Option<SignedDuration> {
    let digits = text.find(|c: char| !c.is_ascii_digit())?;
    let n: i64 = text[..digits].parse().ok()?;
    let seconds: i64 = match text[digits..].trim() {
        "s" | "giay" => 1,
        "m" | "min" | "p" | "phut" | "minutes" => 60,
        "h" | "g" | "gio" | "tieng" | "hours" => 3_600,
        "d" | "ngay" | "days" => 86_400,
        "w" | "tuan" | "weeks" => 604_800,
        _ => return None,
    };
    Some(SignedDuration::from_secs(n.checked_mul(seconds)?))
}

/// A day, a time of day, or both in either order; `luc` (at), `ngay` (day) and `at` may stand before them.
fn civil(text: &str, now: Timestamp) -> Option<Timestamp> {
    let today = now.to_zoned_datetime(vietnam()).date();
    // The words of a day in one, those of a time in the form with h.
    let mut text = format!(" {text} ");
    for (words, one) in [
        (" hom nay ", " @0 "),
        (" today ", " @0 "),
        (" hom qua ", " @1 "),
        (" yesterday ", " @1 "),
        (" hom kia ", " @2 "),
    ] {
        text = text.replace(words, one);
    }
    let text = text.replace(" gio ", "h ").replace(" phut ", " ");
    let mut day = None;
    let mut time = None;
    let mut hour_alone: Option<String> = None;
    for word in text.split_whitespace().filter(|w| !matches!(*w, "luc" | "ngay" | "at")) {
        if let Some(hour) = hour_alone.take() {
            // `7h 30`
            if let Some(both) = written_time(&format!("{hour}{word}")).filter(|_| word.parse::<i8>().is_ok())
            {
                time = Some(both);
                continue;
            }
        }
        let date = match word.strip_prefix('@') {
            Some(back) => today.checked_sub(jiff::Span::new().days(back.parse::<i64>().ok()?)).ok(),
            None => written_date(word, today),
        };
        if let Some(date) = date {
            if day.replace(date).is_some() {
                return None;
            }
        } else if time.replace(written_time(word)?).is_some() {
            return None;
        } else if word.ends_with('h') {
            hour_alone = Some(word.to_owned());
        }
    }
    if day.is_none() && time.is_none() {
        return None;
    }
    in_vietnam(day.unwrap_or(today).to_datetime(time.unwrap_or(Time::midnight())))
}

/// `14/03/2026`, `14-03-2026`, `14.03.2026`, `14/03/26`, and `14/03` of this year.
fn written_date(text: &str, today: Date) -> Option<Date> {
    let mut parts = text.split(['/', '-', '.']);
    let day: i8 = parts.next()?.parse().ok()?;
    let month: i8 = parts.next()?.parse().ok()?;
    let year: i16 = match parts.next() {
        None if text.contains('/') => today.year(),
        None => return None,
        Some(year) => match (year.len(), year.parse::<i16>().ok()?) {
            (2, year) => 2000 + year,
            (_, year) => year,
        },
    };
    (parts.next().is_none() && year >= 1900).then(|| Date::new(year, month, day).ok())?
}

/// `09:30`, `09:30:15`, `7h30`, `7g30`, `7h`
fn written_time(text: &str) -> Option<Time> {
    let number = |part: &str| if part.is_empty() { Some(0) } else { part.parse::<i8>().ok() };
    let mut parts = text.split([':', 'h', 'g']);
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
            ("yesterday", "2026-03-13T00:00:00"),
            ("today 9:05", "2026-03-14T09:05:00"),
            ("hôm kia", "2026-03-12T00:00:00"),
            ("HÔM NAY 7h30", "2026-03-14T07:30:00"),
            ("7h30 hôm qua", "2026-03-13T07:30:00"),
            ("7h30 ngày 12/03/2026", "2026-03-12T07:30:00"),
            ("ngày 12/03/2026 lúc 7h30", "2026-03-12T07:30:00"),
            ("12/03/2026 7 giờ 30 phút", "2026-03-12T07:30:00"),
            ("7 giờ", "2026-03-14T07:00:00"),
            ("7 giờ 30", "2026-03-14T07:30:00"),
            ("7g30", "2026-03-14T07:30:00"),
            ("12-03-2026 23:59:59", "2026-03-12T23:59:59"),
            ("12.03.2026", "2026-03-12T00:00:00"),
            ("12/03/26", "2026-03-12T00:00:00"),
            ("12/3", "2026-03-12T00:00:00"),
            ("2 tiếng trước", "2026-03-14T08:00:00"),
            ("2h qua", "2026-03-14T08:00:00"),
            ("3 ngày qua", "2026-03-11T10:00:00"),
            ("1 tuần trước", "2026-03-07T10:00:00"),
            ("90 phút qua", "2026-03-14T08:30:00"),
            ("30 minutes ago", "2026-03-14T09:30:00"),
            ("bây giờ", "2026-03-14T10:00:00"),
            ("2026-03-14T02:30:00.000Z", "2026-03-14T09:30:00"),
            ("2026-03-14T04:30:00+02:00", "2026-03-14T09:30:00"),
            ("gestern", "refused"),
            ("7h30 8h30", "refused"),
            ("12/03/2026 13/03/2026", "refused"),
            ("12/13/2026", "refused"),
            ("30", "refused"),
            ("lúc", "refused"),
            ("7h61", "refused"),
            ("", "refused"),
        ];
        for (typed, expected) in cases {
            assert_eq!(read(typed), expected, "{typed}");
        }
    }

    /// With the times above, more than sixty ways in which people type what they ask for.
    #[test]
    fn plates_as_people_type_them() {
        let cases = [
            ("30A-123.45", "car:30A12345"),
            ("30A12345", "car:30A12345"),
            ("30a 12345", "car:30A12345"),
            ("30a-12345", "car:30A12345"),
            ("30A 123.45", "car:30A12345"),
            (" 30 A 123 45 ", "car:30A12345"),
            ("30A–12345", "car:30A12345"),
            ("30A.12345", "car:30A12345"),
            ("30A/12345", "car:30A12345"),
            ("30A_12345", "car:30A12345"),
            ("30A-1234", "car:30A1234"),
            ("30-A1 2345", "motorcycle:30A12345"),
            ("29-B1 123.45", "motorcycle:29B112345"),
            ("29B1-12345", "motorcycle:29B112345"),
            ("29b1 12345", "motorcycle:29B112345"),
            ("29-AA 123.45", "motorcycle:29AA12345"),
            ("29-MĐ1 123.45", "motorcycle:29MĐ112345"),
            ("29-mđ1 12345", "motorcycle:29MĐ112345"),
            ("29-MD1 123.45", "motorcycle:29MĐ112345"),
            ("51R-023.45", "trailer:51R02345"),
            ("car:30A12345", "car:30A12345"),
            ("motorcycle:30A12345", "motorcycle:30A12345"),
            ("80A-123.45", "car:80A12345"),
        ];
        for (typed, meant) in cases {
            let keys = super::super::ask::keys_of(typed).unwrap_or_default();
            assert_eq!(keys.first().map(ToString::to_string).as_deref(), Some(meant), "{typed}");
        }
        for wrong in ["", "---", "30A*45", "30A1234567890", "biển số", "boat:30A12345"] {
            assert!(super::super::ask::keys_of(wrong).is_err(), "{wrong}");
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

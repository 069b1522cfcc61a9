//! Days, parts of days and times of day in words, in any order: `3 giờ chiều qua`, `sáng nay`, `thứ hai tuần trước`.

use jiff::civil::{Date, Weekday};
use jiff::{SignedDuration, Span, Timestamp};

use super::{Meant, NUMBERS, in_vietnam};
use crate::domain::time::vietnam;

/// A part of a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Dawn,
    Morning,
    Noon,
    Afternoon,
    Evening,
    Night,
    Am,
    Pm,
}

impl Part {
    fn of(word: &str) -> Option<Self> {
        Some(match word {
            "sang" | "morning" => Self::Morning,
            "trua" | "noon" => Self::Noon,
            "chieu" | "afternoon" => Self::Afternoon,
            "toi" | "evening" | "tonight" => Self::Evening,
            "dem" | "khuya" | "night" => Self::Night,
            "am" => Self::Am,
            "pm" => Self::Pm,
            _ => return None,
        })
    }

    /// From which hour to which, counted from the midnight that begins the day. A night ends on the next day.
    fn hours(self) -> Option<(i64, i64)> {
        Some(match self {
            Self::Dawn => (0, 6),
            Self::Morning => (5, 11),
            Self::Noon => (11, 13),
            Self::Afternoon => (13, 18),
            Self::Evening => (18, 24),
            Self::Night => (22, 29),
            Self::Am | Self::Pm => return None,
        })
    }

    /// The hour that one on the clock is in this part; `None` where nobody says so.
    fn hour(self, hour: i64) -> Option<i64> {
        match (self, hour) {
            (Self::Dawn | Self::Morning, 0..=11) => Some(hour),
            (Self::Noon, 10..=14) | (Self::Afternoon, 12..=19) => Some(hour),
            (Self::Noon, 1..=2) | (Self::Afternoon, 1..=7) => Some(hour + 12),
            (Self::Evening, 5..=11) | (Self::Night, 8..=11) => Some(hour + 12),
            (Self::Evening | Self::Night, 12) => Some(24),
            (Self::Evening, 17..=24) | (Self::Night, 20..=24 | 0..=5) => Some(hour),
            (Self::Am, 12) => Some(0),
            (Self::Am, 0..=11) | (Self::Pm, 12) => Some(hour),
            (Self::Pm, 1..=11) => Some(hour + 12),
            _ => None,
        }
    }
}

/// Hours, minutes and seconds on the clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct OnTheClock {
    hour: i64,
    minute: i64,
    second: i64,
}

/// What has been said so far; each thing once.
#[derive(Debug, Default)]
struct Said {
    day: Option<Date>,
    /// The day was named by a word (`qua`), not by its date.
    day_in_words: bool,
    weekday: Option<Weekday>,
    /// First day of a week or month, and the first day after it.
    days: Option<(Date, Date)>,
    is_week: bool,
    part: Option<Part>,
    clock: Option<OnTheClock>,
}

/// Puts it where nothing is yet; `None` where it was said twice.
fn once<T>(place: &mut Option<T>, value: T) -> Option<()> {
    place.replace(value).is_none().then_some(())
}

/// What folded words mean; `None` where they are not understood, or say two things.
pub(super) fn read(text: &str, now: Timestamp) -> Option<Meant> {
    let today = now.to_zoned_datetime(vietnam()).date();
    let text = text.replace(',', " ");
    let words: Vec<&str> = text.split_whitespace().collect();
    let mut said = Said::default();
    let mut rest = words.as_slice();
    while !rest.is_empty() {
        let taken =
            said.phrase(rest, today).or_else(|| said.calendar(rest, today)).or_else(|| said.time(rest))?;
        rest = rest.get(taken?..)?;
    }
    said.meant(today)
}

/// How many words were taken; within it `None` where they contradict what was said before. The outer `None`: not mine.
type Taken = Option<Option<usize>>;

impl Said {
    /// Days and parts of days in words.
    fn phrase(&mut self, words: &[&str], today: Date) -> Taken {
        let back = |said: &mut Self, days: i64, taken: usize| {
            said.day_in_words = true;
            let day = today.checked_sub(Span::new().days(days)).ok();
            day.and_then(|day| once(&mut said.day, day)).map(|()| taken)
        };
        Some(match words {
            ["hom", "nay", ..] => back(self, 0, 2),
            ["hom", "qua", ..] => back(self, 1, 2),
            ["hom", "kia", ..] => back(self, 2, 2),
            ["ngay", "mai", ..] => back(self, -1, 2),
            ["ngay", "kia", ..] => back(self, -2, 2),
            ["nay" | "today", ..] => back(self, 0, 1),
            ["qua" | "yesterday", ..] => back(self, 1, 1),
            ["mai" | "tomorrow", ..] => back(self, -1, 1),
            ["this", part @ ("morning" | "afternoon" | "evening"), ..] => {
                Part::of(part).and_then(|p| once(&mut self.part, p)).and_then(|()| back(self, 0, 2))
            }
            ["last", "night", ..] => once(&mut self.part, Part::Night).and_then(|()| back(self, 1, 2)),
            ["tonight", ..] => once(&mut self.part, Part::Evening).and_then(|()| back(self, 0, 1)),
            ["rang", "sang", ..] | ["sang", "som", ..] => once(&mut self.part, Part::Dawn).map(|()| 2),
            ["tuan", "nay", ..] | ["this", "week", ..] => self.week(today, 0),
            ["tuan", "truoc" | "qua", ..] | ["last", "week", ..] => self.week(today, 1),
            ["thang", "nay", ..] | ["this", "month", ..] => self.month(today.year(), today.month(), 2),
            ["thang", "truoc" | "qua", ..] | ["last", "month", ..] => {
                let before = today.first_of_month().yesterday().ok();
                before.and_then(|d| self.month(d.year(), d.month(), 2))
            }
            ["chu", "nhat", ..] => once(&mut self.weekday, Weekday::Sunday).map(|()| 2),
            ["thu", day, ..] => weekday(day).and_then(|day| once(&mut self.weekday, day)).map(|()| 2),
            // Words that say nothing by themselves.
            ["luc" | "vao" | "ngay" | "buoi" | "at" | "on" | "in" | "the", _, ..] => Some(1),
            [word, ..] => match Part::of(word) {
                Some(part) => once(&mut self.part, part).map(|()| 1),
                None => return None,
            },
            [] => return None,
        })
    }

    fn week(&mut self, today: Date, weeks_ago: i64) -> Option<usize> {
        let since_monday = i64::from(today.weekday().to_monday_zero_offset());
        let monday = today.checked_sub(Span::new().days(since_monday + 7 * weeks_ago)).ok()?;
        self.is_week = true;
        once(&mut self.days, (monday, monday.checked_add(Span::new().days(7)).ok()?))?;
        Some(2)
    }

    fn month(&mut self, year: i16, month: i8, taken: usize) -> Option<usize> {
        let first = Date::new(year, month, 1).ok().filter(|_| year >= 1900)?;
        once(&mut self.days, (first, first.last_of_month().tomorrow().ok()?))?;
        Some(taken)
    }

    /// Dates, and months with their number.
    fn calendar(&mut self, words: &[&str], today: Date) -> Taken {
        match words {
            // `14 thang 3 nam 2026`, `14 thang 3`
            [day, "thang", month, "nam", year, ..] if day.parse::<i8>().is_ok() => {
                let date = written_date(&format!("{day}/{month}/{year}"), today);
                Some(date.and_then(|d| once(&mut self.day, d)).map(|()| 5))
            }
            [day, "thang", month, ..] if day.parse::<i8>().is_ok() => {
                let date = written_date(&format!("{day}/{month}"), today);
                Some(date.and_then(|d| once(&mut self.day, d)).map(|()| 3))
            }
            ["thang", month, "nam", year, ..] => {
                let both = year.parse().ok().zip(month.parse().ok());
                Some(both.and_then(|(year, month)| self.month(year, month, 4)))
            }
            ["thang", month, ..] => {
                let (month, year) = month.split_once('/').unwrap_or((month, ""));
                let year = if year.is_empty() { Some(today.year()) } else { year.parse().ok() };
                let both = year.zip(month.parse().ok());
                Some(both.and_then(|(year, month)| self.month(year, month, 2)))
            }
            [word, ..] => match written_date(word, today) {
                Some(date) => Some(once(&mut self.day, date).map(|()| 1)),
                None => {
                    let (month, year) = written_month(word)?;
                    Some(self.month(year, month, 1))
                }
            },
            [] => None,
        }
    }

    /// A time of day: `09:30`, `7h30`, `7 gio 30 phut`, `7 gio kem 15`, `bay gio ruoi`, `3pm`.
    fn time(&mut self, words: &[&str]) -> Taken {
        let (clock, taken) = time_of_day(words)?;
        let (clock, half) = clock;
        if let Some(half) = half
            && once(&mut self.part, half).is_none()
        {
            return Some(None);
        }
        Some(once(&mut self.clock, clock).map(|()| taken))
    }

    /// All together.
    fn meant(self, today: Date) -> Option<Meant> {
        let day = match (self.day, self.weekday, self.days) {
            (Some(day), None, None) => day,
            (Some(day), Some(weekday), None) if day.weekday() == weekday => day,
            (None, Some(weekday), days) => {
                // The last one there was, today among them, or the one of that week.
                let monday = match days {
                    Some((monday, _)) if self.is_week => monday,
                    Some(_) => return None,
                    None => today.checked_sub(Span::new().days(i64::from(since(today, weekday)))).ok()?,
                };
                let ahead = if days.is_some() { weekday.to_monday_zero_offset() } else { 0 };
                monday.checked_add(Span::new().days(i64::from(ahead))).ok()?
            }
            (None, None, Some((first, after))) => {
                let whole = self.part.is_none() && self.clock.is_none();
                return whole
                    .then(|| Some(Meant { from: hours_after(first, 0)?, to: hours_after(after, 0)? }))?;
            }
            (None, None, None) if self.part.is_some() || self.clock.is_some() => today,
            _ => return None,
        };
        match (self.part, self.clock) {
            (None, None) => Some(Meant { from: hours_after(day, 0)?, to: hours_after(day, 24)? }),
            (Some(part), None) => {
                let (from, to) = part.hours()?;
                Some(Meant { from: hours_after(day, from)?, to: hours_after(day, to)? })
            }
            (part, Some(clock)) => {
                let mut hour = match part {
                    Some(part) => part.hour(clock.hour)?,
                    None => clock.hour,
                };
                if part == Some(Part::Night) && hour <= 5 {
                    match (self.day, self.day_in_words && day < today) {
                        // The night of yesterday: its small hours are today's.
                        (Some(_), true) => hour += 24,
                        // Before or after the day, nobody can tell: `2 gio sang` says which.
                        (Some(_), false) => return None,
                        (None, _) => {}
                    }
                }
                let within = SignedDuration::from_secs(60 * clock.minute + clock.second);
                let past_midnight = hour == 24 && !within.is_zero() && part != Some(Part::Night);
                let at = hours_after(day, hour)?.checked_add(within).ok()?;
                (!past_midnight).then_some(Meant::moment(at))
            }
        }
    }
}

/// So many hours after the midnight that begins the day. Vietnam's clocks are never changed.
fn hours_after(day: Date, hours: i64) -> Option<Timestamp> {
    in_vietnam(day.at(0, 0, 0, 0))?.checked_add(SignedDuration::from_hours(hours)).ok()
}

/// Days since the last such weekday, 0 where it is today.
fn since(today: Date, weekday: Weekday) -> i8 {
    (today.weekday().to_monday_zero_offset() - weekday.to_monday_zero_offset()).rem_euclid(7)
}

fn weekday(word: &str) -> Option<Weekday> {
    Some(match word {
        "hai" | "2" => Weekday::Monday,
        "ba" | "3" => Weekday::Tuesday,
        "tu" | "bon" | "4" => Weekday::Wednesday,
        "nam" | "5" => Weekday::Thursday,
        "sau" | "6" => Weekday::Friday,
        "bay" | "7" => Weekday::Saturday,
        _ => return None,
    })
}

/// `14/03/2026`, `14-03-2026`, `14.03.2026`, `14/03/26`, `14/03` of this year, `2026-03-14`.
fn written_date(text: &str, today: Date) -> Option<Date> {
    let parts: Vec<&str> = text.split(['/', '-', '.']).collect();
    let (day, month, year) = match parts.as_slice() {
        [year, month, day] if year.len() == 4 => (day, month, year.parse().ok()?),
        [day, month, year] if year.len() == 2 => (day, month, 2000 + year.parse::<i16>().ok()?),
        [day, month, year] => (day, month, year.parse().ok()?),
        [day, month] if text.contains('/') => (day, month, today.year()),
        _ => return None,
    };
    Date::new(year, month.parse().ok()?, day.parse().ok()?).ok().filter(|_| year >= 1900)
}

/// `03/2026`
fn written_month(text: &str) -> Option<(i8, i16)> {
    let (month, year) = text.split_once('/')?;
    Some((month.parse().ok()?, year.parse().ok().filter(|_| year.len() == 4)?))
}

/// Time on the clock with `am` or `pm` where they are written to it, and how many words it took.
fn time_of_day(words: &[&str]) -> Option<((OnTheClock, Option<Part>), usize)> {
    let first = words.first()?;
    let (bare, half) = match first.strip_suffix("am").map(|b| (b, Part::Am)) {
        Some((bare, half)) => (bare, Some(half)),
        None => match first.strip_suffix("pm") {
            Some(bare) => (bare, Some(Part::Pm)),
            None => (*first, None),
        },
    };
    if let Some(hour) = (half.is_some()).then(|| bare.parse().ok()).flatten() {
        return Some(((on_the_clock(hour, 0, 0)?, half), 1));
    }
    if let Some(clock) = written_time(bare) {
        let alone = bare.ends_with(['h', 'g']) && half.is_none();
        let (clock, more) = if alone { with_minutes(clock, &words[1..])? } else { (clock, 0) };
        // `7h30 phut`
        let unit = usize::from(more == 0 && !alone && words.get(1) == Some(&"phut"));
        return Some(((clock, half), 1 + more + unit));
    }
    // `7 gio`, `muoi hai gio`, `3 pm`
    let (hour, taken) = match first.parse::<i64>() {
        Ok(hour) => (hour, 1),
        Err(_) => number_in_words(words)?,
    };
    match words.get(taken) {
        Some(&("gio" | "h" | "g")) => {
            let (clock, more) = with_minutes(on_the_clock(hour, 0, 0)?, &words[taken + 1..])?;
            Some(((clock, None), taken + 1 + more))
        }
        // The half of the day is a word of its own and is read next.
        Some(&("am" | "pm")) => Some(((on_the_clock(hour, 0, 0)?, None), taken)),
        _ => None,
    }
}

fn number_in_words(words: &[&str]) -> Option<(i64, usize)> {
    let two = words.get(..2).map(|w| w.join(" "));
    let found = |text: &str| NUMBERS.iter().position(|n| *n == text).map(|n| n as i64);
    two.and_then(|two| found(&two)).map(|n| (n, 2)).or_else(|| found(words.first()?).map(|n| (n, 1)))
}

/// The minutes that follow a full hour, and how many words they took.
fn with_minutes(full: OnTheClock, words: &[&str]) -> Option<(OnTheClock, usize)> {
    let unit = |taken: usize| taken + usize::from(words.get(taken) == Some(&"phut"));
    match words {
        ["ruoi", ..] => Some((OnTheClock { minute: 30, ..full }, 1)),
        ["kem", minutes, ..] => {
            let minute = 60 - minutes.parse::<i64>().ok().filter(|m| (1..60).contains(m))?;
            Some((on_the_clock(full.hour - 1, minute, 0)?, unit(2)))
        }
        [minutes, ..] if minutes.parse::<i64>().is_ok() && words.get(1) != Some(&"thang") => {
            Some((on_the_clock(full.hour, minutes.parse().ok()?, 0)?, unit(1)))
        }
        _ => Some((full, 0)),
    }
}

/// `09:30`, `09:30:15`, `7h30`, `7g30`, `7h`, `24:00`
fn written_time(text: &str) -> Option<OnTheClock> {
    let number = |part: &str| match part {
        "" => Some(0),
        _ if part.len() <= 2 => part.parse::<u8>().ok().map(i64::from),
        _ => None,
    };
    let text = text.trim_end_matches(['p', '\'']);
    let mut parts = text.split([':', 'h', 'g']);
    let hour = parts.next().filter(|h| !h.is_empty())?;
    let (hour, minute) = (number(hour)?, number(parts.next()?)?);
    let second = number(parts.next().unwrap_or_default())?;
    if parts.next().is_some() {
        return None;
    }
    on_the_clock(hour, minute, second)
}

/// 24:00 is the end of a day; nothing comes after it.
fn on_the_clock(hour: i64, minute: i64, second: i64) -> Option<OnTheClock> {
    let within = (0..24).contains(&hour) && (0..60).contains(&minute) && (0..60).contains(&second);
    let end = hour == 24 && minute == 0 && second == 0;
    (within || end).then_some(OnTheClock { hour, minute, second })
}

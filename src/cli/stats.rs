//! `stats`: traffic counted by hour, day, gate, origin, class, camera, direction or verdict, with bars.

use std::collections::BTreeMap;
use std::io::Write;

use clap::{Args, ValueEnum};
use serde::Serialize;

use super::args::StoreArg;
use super::ask::{self, Asked};
use super::error::CliError;
use super::filter::{self, WhichArgs};
use super::listed::dash;
use super::output::{Form, FormArgs, Listed, Places, list, listed_table};
use super::period::{Period, PeriodArgs};
use super::words::{Words, words};
use crate::domain::place::Direction;
use crate::domain::plate::{PlateState, Verdict};
use crate::domain::time::vietnam;
use crate::pipeline::of_code;
use crate::store::{Filter, HourlyCount};

/// What is counted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum By {
    /// Hour of the day
    #[value(aliases = ["giờ", "gio"])]
    Hour,
    /// Local day
    #[value(aliases = ["ngày", "ngay"])]
    Day,
    /// Gate
    #[value(aliases = ["cửa ngõ", "cua ngo"])]
    Gate,
    /// Province of today that issued the plate
    #[value(aliases = ["tỉnh", "tinh"])]
    Origin,
    /// Vehicle class
    #[value(aliases = ["loại xe", "loai xe"])]
    Class,
    /// Camera
    Camera,
    /// Direction
    #[value(aliases = ["chiều", "chieu"])]
    Direction,
    /// Verdict
    #[value(aliases = ["kết luận", "ket luan"])]
    Verdict,
}

impl By {
    fn as_str(self) -> &'static str {
        match self {
            Self::Hour => "hour",
            Self::Day => "day",
            Self::Gate => "gate",
            Self::Origin => "origin",
            Self::Class => "class",
            Self::Camera => "camera",
            Self::Direction => "direction",
            Self::Verdict => "verdict",
        }
    }
}

/// `stats`
#[derive(Debug, Args)]
pub struct StatsArgs {
    #[command(flatten)]
    #[allow(missing_docs)]
    pub store: StoreArg,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub counted: CountedArgs,
    /// hour, day, gate, origin, class, camera, direction or verdict; several with commas
    #[arg(
        long,
        value_name = "WORDS",
        value_enum,
        ignore_case = true,
        value_delimiter = ',',
        hide_possible_values = true,
        default_value = "hour,gate,origin,class,camera"
    )]
    pub by: Vec<By>,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub form: FormArgs,
}

/// What traffic is counted.
#[derive(Debug, Args)]
pub struct CountedArgs {
    #[command(flatten)]
    #[allow(missing_docs)]
    pub period: PeriodArgs,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub which: WhichArgs,
}

/// Passages that agree in one thing.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Count {
    /// What they are counted by.
    pub by: &'static str,
    /// Its value: `07`, `2026-03-14`, a name, a word of JSON; null where they have none.
    pub value: Option<String>,
    /// How many.
    pub passages: u64,
    /// Of them, by direction.
    pub r#in: u64,
    /// Out.
    pub out: u64,
    /// Without a line.
    pub seen: u64,
    /// Plates read.
    pub read: u64,
    /// Visible and not read.
    pub undetermined: u64,
    /// No plate to be seen.
    pub not_visible: u64,
    /// Read of those visible, 0-1; null where none was.
    pub read_rate: Option<f64>,
    /// The most passages of any value: how long the bar is.
    #[serde(skip)]
    pub most: u64,
}

impl Asked {
    /// The counts that are asked for, with their period.
    pub fn counts(&self, args: &CountedArgs, days: i64) -> Result<(Period, Vec<HourlyCount>), CliError> {
        let period = self.period(&args.period, days)?;
        let wanted = Filter { from: Some(period.from), to: Some(period.to), ..self.which(&args.which)? };
        let mut counts = self.reader.hourly(&wanted)?;
        // Vehicles of the home province that were only counted, see home_passages.
        for home in self.reader.home_counts(Some(period.from), Some(period.to))? {
            let places = self.settings.iter().flat_map(|s| &s.cameras);
            let gate = places.into_iter().find(|c| c.name == home.camera).and_then(|c| c.gate.clone());
            let Some(hour) = home.hour else { continue };
            let asked = |list: &[String], value: &str| list.is_empty() || list.iter().any(|v| v == value);
            let is_wanted = asked(&wanted.cameras, home.camera.as_str())
                && asked(&wanted.gates, gate.as_deref().unwrap_or_default())
                && wanted.direction.is_none_or(|d| d == home.direction)
                && (wanted.verdicts.is_empty() || wanted.verdicts.contains(&Verdict::Home))
                && wanted.provinces.is_empty()
                && (wanted.classes.is_empty() || wanted.classes.contains(&home.class));
            if is_wanted {
                counts.push(HourlyCount {
                    hour,
                    camera: home.camera,
                    gate,
                    direction: home.direction,
                    class: home.class,
                    province: None,
                    verdict: Verdict::Home,
                    plate_state: PlateState::Read,
                    n: home.n,
                });
            }
        }
        Ok((period, counts))
    }
}

/// The counts added up by one thing: hours and days in order, all else the most first.
pub fn add_up(by: By, counts: &[HourlyCount]) -> Vec<Count> {
    let mut sums: BTreeMap<Option<String>, Count> = BTreeMap::new();
    for count in counts {
        let local = || count.hour.to_zoned_datetime(vietnam());
        let value = match by {
            By::Hour => Some(format!("{:02}", local().hour())),
            By::Day => Some(local().date().to_string()),
            By::Gate => count.gate.clone(),
            By::Origin => count.province.as_deref().map(of_code).and_then(|o| o.province_now),
            By::Class => Some(count.class.as_str().to_owned()),
            By::Camera => Some(count.camera.to_string()),
            By::Direction => Some(count.direction.as_str().to_owned()),
            By::Verdict => Some(count.verdict.as_str().to_owned()),
        };
        let sum =
            sums.entry(value.clone()).or_insert_with(|| Count { by: by.as_str(), value, ..Count::default() });
        sum.passages += count.n;
        *(match count.direction {
            Direction::In => &mut sum.r#in,
            Direction::Out => &mut sum.out,
            Direction::Seen => &mut sum.seen,
        }) += count.n;
        *(match count.plate_state {
            PlateState::Read => &mut sum.read,
            PlateState::Undetermined => &mut sum.undetermined,
            PlateState::NotVisible => &mut sum.not_visible,
        }) += count.n;
    }
    let mut all: Vec<Count> = sums.into_values().collect();
    let most = all.iter().map(|c| c.passages).max().unwrap_or(0);
    for count in &mut all {
        count.most = most;
        let visible = count.read + count.undetermined;
        count.read_rate = (visible > 0).then(|| count.read as f64 / visible as f64);
    }
    if !matches!(by, By::Hour | By::Day) {
        all.sort_by(|a, b| b.passages.cmp(&a.passages).then_with(|| a.value.cmp(&b.value)));
    }
    all
}

/// Counts.
pub fn run(args: &StatsArgs) -> Result<(), CliError> {
    let asked = ask::open(&args.store)?;
    let (period, counts) = asked.counts(&args.counted, 1)?;
    let sections: Vec<Vec<Count>> = args.by.iter().map(|by| add_up(*by, &counts)).collect();
    if args.form.form() != Form::Table {
        return list(args.form.form(), &sections.concat(), &Places::default());
    }
    writeln!(std::io::stdout().lock(), "{}", period.told())?;
    if counts.is_empty() {
        writeln!(std::io::stdout().lock(), "{}", words().say.nothing_found)?;
    }
    for section in sections.iter().filter(|s| !s.is_empty()) {
        writeln!(std::io::stdout().lock(), "\n{}", heading(section[0].by, words()))?;
        listed_table(section)?;
    }
    Ok(())
}

/// What a section is headed by.
pub fn heading(by: &str, w: &Words) -> &'static str {
    match by {
        "hour" => w.ask.by_hour,
        "day" => w.ask.by_day,
        "gate" => w.ask.by_gate,
        "origin" => w.ask.by_origin,
        "class" => w.ask.by_class,
        "camera" => w.ask.by_camera,
        "direction" => w.head.direction,
        _ => w.head.verdict,
    }
}

/// A value as people read it.
pub fn value_in_words(count: &Count, w: &Words) -> String {
    let Some(value) = &count.value else { return (w.ask.none)(count.by).to_owned() };
    match count.by {
        "hour" => format!("{value}h"),
        "day" => value.split('-').rev().collect::<Vec<_>>().join("/"),
        "class" => filter::class(value).map_or_else(|_| value.clone(), |c| (w.class)(c).to_owned()),
        "direction" => {
            filter::direction(value).map_or_else(|_| value.clone(), |d| (w.direction)(d).to_owned())
        }
        "verdict" => filter::verdict(value).map_or_else(|_| value.clone(), |v| (w.verdict)(v).to_owned()),
        _ => value.clone(),
    }
}

/// A bar of at most 24 columns, to the eighth of one.
fn bar(n: u64, most: u64) -> String {
    const EIGHTHS: [char; 8] = [' ', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];
    let eighths = if most == 0 { 0 } else { (n * 24 * 8).div_ceil(most) as usize };
    let mut bar = "█".repeat(eighths / 8);
    if eighths % 8 > 0 {
        bar.push(EIGHTHS[eighths % 8]);
    }
    bar
}

impl Listed for Count {
    const KIND: &'static str = "count";
    const KEYS: &'static [&'static str] =
        &["by", "value", "passages", "in", "out", "seen", "read", "undetermined", "not_visible", "read_rate"];

    fn headings(w: &Words) -> Vec<&'static str> {
        let d = w.direction;
        vec![
            "",
            w.head.passages,
            w.ask.bar,
            d(Direction::In),
            d(Direction::Out),
            d(Direction::Seen),
            w.ask.read_rate,
        ]
    }

    fn cells(&self, w: &Words) -> Vec<String> {
        vec![
            value_in_words(self, w),
            self.passages.to_string(),
            bar(self.passages, self.most),
            self.r#in.to_string(),
            self.out.to_string(),
            self.seen.to_string(),
            self.read_rate.map_or_else(dash, |r| format!("{:.1} %", r * 100.0)),
        ]
    }

    fn numbers() -> &'static [usize] {
        &[1, 3, 4, 5, 6]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_grow_with_what_they_show() {
        assert_eq!(bar(10, 10).chars().count(), 24);
        assert_eq!(bar(0, 10), "");
        assert_eq!(bar(5, 10).chars().count(), 12);
        assert_eq!(bar(1, 100_000).chars().count(), 1, "what is there is seen");
    }
}

//! The time that a question about traffic is about.

use clap::Args;
use jiff::{SignedDuration, Timestamp};

use super::ask::Asked;
use super::error::CliError;
use super::words::words;
use crate::domain::time::{day_begins, local_date, table_local};

/// `--from`, `--to`
#[derive(Debug, Clone, Args, Default)]
pub struct PeriodArgs {
    /// From this time on [default: the last day on record, or what the verb says]
    #[arg(long, value_name = "TIME")]
    pub from: Option<String>,
    /// Before this time, a day to its end [default: the end of the last day on record]
    #[arg(long, value_name = "TIME")]
    pub to: Option<String>,
}

/// From when to when, the end left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    /// Begin.
    pub from: Timestamp,
    /// End.
    pub to: Timestamp,
}

impl Period {
    /// In words.
    pub fn told(&self) -> String {
        (words().ask.period)(&table_local(self.from), &table_local(self.to))
    }
}

impl Asked {
    /// The period that is asked for. Where nothing is said, the last `days` local days up to the last passage.
    pub fn period(&self, args: &PeriodArgs, days: i64) -> Result<Period, CliError> {
        let (from, to) = self.stretch(&args.from, &args.to)?;
        let last = self.reader.last_passage_at()?.unwrap_or(self.now);
        let day = SignedDuration::from_hours(24);
        let end_of_record = day_begins(local_date(last)).checked_add(day).unwrap_or(last);
        // Who asks from a time after the last passage means until now: the answer is that nothing passed in all of it.
        let to = to.unwrap_or_else(|| match from {
            Some(from) if from >= end_of_record => from.max(self.now),
            _ => end_of_record,
        });
        let back = SignedDuration::from_hours(24 * days);
        let from = from.unwrap_or_else(|| to.checked_sub(back).unwrap_or(Timestamp::MIN));
        Ok(Period { from, to })
    }
}

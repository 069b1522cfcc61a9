//! `alerts`: what the watch list has found.

use std::io::Write;
use std::time::Duration;

use clap::Args;

use super::args::StoreArg;
use super::ask;
use super::error::CliError;
use super::listed::passage_time;
use super::output::{Form, FormArgs, Listed, Places, json_lines, list};
use super::watch::shown;
use super::words::{Words, words};
use crate::domain::time::table_local;
use crate::store::{Reader, ToldAlert};

/// Between two looks for something new.
const LOOK: Duration = Duration::from_millis(200);
/// New ones that are read at once.
const AT_ONCE: usize = 1000;

/// `alerts`
#[derive(Debug, Args)]
pub struct AlertsArgs {
    #[command(flatten)]
    #[allow(missing_docs)]
    pub store: StoreArg,
    /// At most this many, the latest
    #[arg(long, value_name = "N", default_value_t = 100)]
    pub limit: u32,
    /// From this time on
    #[arg(long, value_name = "TIME")]
    pub from: Option<String>,
    /// Before this time, a day to its end
    #[arg(long, value_name = "TIME", conflicts_with = "follow")]
    pub to: Option<String>,
    /// Go on with what comes, until interrupted
    #[arg(long, conflicts_with = "csv")]
    pub follow: bool,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub form: FormArgs,
}

/// Lists alerts, oldest first, and follows them where asked to.
pub fn run(args: &AlertsArgs) -> Result<(), CliError> {
    let asked = ask::open(&args.store)?;
    // Asked before the list is read: what is written in between is seen as new.
    let version = asked.reader.data_version()?;
    let span = asked.stretch(&args.from, &args.to)?;
    let found = asked.reader.latest_alerts(span, args.limit as usize)?;
    let form = args.form.form();
    if !args.follow {
        return list(form, &found, &Places::default());
    }
    let last = match found.last() {
        Some(last) => last.number,
        // None was wanted; what comes is what comes after the last there is.
        None => asked.reader.latest_alerts((None, None), 1)?.last().map_or(0, |a| a.number),
    };
    tell(form, &found)?;
    follow(&asked.reader, form, last, version)
}

fn follow(reader: &Reader, form: Form, mut last: i64, mut version: i64) -> Result<(), CliError> {
    loop {
        let now = reader.data_version()?;
        if now != version {
            version = now;
            let new = reader.alerts_after(last, AT_ONCE)?;
            if let Some(newest) = new.last() {
                last = newest.number;
            }
            tell(form, &new)?;
            if new.len() == AT_ONCE {
                // There is more.
                version -= 1;
            }
        }
        std::thread::sleep(LOOK);
    }
}

/// One line each: a table cannot grow.
fn tell(form: Form, alerts: &[ToldAlert]) -> Result<(), CliError> {
    if form == Form::Json {
        return json_lines(alerts);
    }
    let mut out = std::io::stdout().lock();
    for alert in alerts {
        let mut cells = alert.cells(words());
        // Deliveries are not known yet.
        cells.pop();
        writeln!(out, "{}", cells.join("  "))?;
    }
    out.flush()?;
    Ok(())
}

impl Listed for ToldAlert {
    const KIND: &'static str = "alert";
    const KEYS: &'static [&'static str] = &[
        "number",
        "key",
        "id",
        "revision",
        "state",
        "at",
        "plate",
        "p",
        "watch.id",
        "watch.how",
        "watch.plate",
        "watch.reason",
        "passage.id",
        "passage.camera",
        "passage.gate",
        "passage.direction",
        "passage.crossed_at",
        "passage.class",
        "passage.plate",
        "passage.confidence",
        "deliveries",
    ];

    fn headings(w: &Words) -> Vec<&'static str> {
        let (h, k) = (&w.head, &w.keep.head);
        vec![k.event, h.plate, h.time, h.camera, h.direction, k.probability, k.reason, k.passage, k.delivered]
    }

    fn cells(&self, w: &Words) -> Vec<String> {
        let event = &self.event;
        let deliveries = self.deliveries.iter().map(|d| match d.done_at {
            Some(_) => (w.keep.arrived)(&d.target),
            None => (w.keep.on_its_way)(&d.target, d.attempts, d.error.as_deref().unwrap_or_default()),
        });
        vec![
            format!("{} {}", (w.keep.alert)(event.state), table_local(event.at)),
            event.plate.clone(),
            passage_time(&event.passage),
            event.passage.camera.to_string(),
            (w.direction)(event.passage.direction).to_owned(),
            format!("{:.2}", event.p),
            format!("{} ({} {})", event.watch.reason, (w.keep.how)(event.watch.how), shown(&event.watch)),
            event.passage.id.to_string(),
            deliveries.collect::<Vec<_>>().join("\n"),
        ]
    }
}

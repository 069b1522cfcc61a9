//! `report`: traffic of a time as one HTML file that needs nothing else: charts and a map as SVG within it.

mod map;

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::PathBuf;

use clap::Args;

use super::args::StoreArg;
use super::ask;
use super::error::CliError;
use super::stats::{By, Count, CountedArgs, add_up, heading, value_in_words};
use super::words::{Words, words};

const STYLE: &str = "body{font:16px/1.4 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1b1b1b;\
    background:#fff}h1{font-size:1.6rem}h2{font-size:1.15rem;margin-top:2rem}svg{width:100%;height:auto}\
    text{font:13px system-ui,sans-serif;fill:#1b1b1b}.bar{fill:#1f6f8b}.half{fill:#c9772b}.line{stroke:#c9772b;fill:none}\
    .home{fill:#8a1c2c}.note{color:#555}";

/// `report`
#[derive(Debug, Args)]
pub struct ReportArgs {
    #[command(flatten)]
    #[allow(missing_docs)]
    pub store: StoreArg,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub counted: CountedArgs,
    /// The file to write [default: standard output]
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

/// Writes it; without --from it is of the last seven days on record.
pub fn run(args: &ReportArgs) -> Result<(), CliError> {
    let asked = ask::open(&args.store)?;
    let (period, counts) = asked.counts(&args.counted, 7)?;
    let w = words();
    let mut page = String::new();
    let title = w.ask.report_title;
    let home = asked.settings.as_ref().map_or("", |s| s.home.as_str());
    let total: u64 = counts.iter().map(|c| c.n).sum();
    add(
        &mut page,
        format_args!(
            "<!DOCTYPE html>\n<html lang=\"{}\"><head><meta charset=\"utf-8\"><title>{title}</title>\
         <meta name=\"viewport\" content=\"width=device-width\"><style>{STYLE}</style></head><body>\n\
         <h1>{title}: {}</h1>\n<p>{}. {}: {total}</p>\n",
            w.ask.language,
            escaped(home),
            period.told(),
            w.head.passages
        ),
    );
    let origins = add_up(By::Origin, &counts);
    let gates = add_up(By::Gate, &counts);
    add(
        &mut page,
        format_args!(
            "<h2>{}</h2>\n{}<p class=\"note\">{}</p>\n",
            w.ask.map,
            map::svg(&gates, &origins, &asked.places()),
            w.ask.map_note
        ),
    );
    for by in [By::Day, By::Hour] {
        section(&mut page, &add_up(by, &counts), w, &columns);
    }
    section(&mut page, &gates, w, &bars);
    section(&mut page, &origins, w, &bars);
    section(&mut page, &add_up(By::Class, &counts), w, &bars);
    section(&mut page, &add_up(By::Camera, &counts), w, &rates);
    page.push_str("</body></html>\n");
    match &args.out {
        None => std::io::stdout().lock().write_all(page.as_bytes())?,
        Some(file) => {
            std::fs::write(file, page).map_err(|e| CliError::file(file, &e))?;
            writeln!(std::io::stdout().lock(), "{}", (w.ask.written)(&file.display().to_string()))?;
        }
    }
    Ok(())
}

/// Text into a text: cannot fail.
pub(super) fn add(page: &mut String, text: std::fmt::Arguments<'_>) {
    let _ = page.write_fmt(text);
}

/// Text as HTML shows it.
pub(super) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

fn section(page: &mut String, counts: &[Count], w: &Words, chart: &dyn Fn(&[Count], &Words) -> String) {
    if let Some(first) = counts.first() {
        add(page, format_args!("<h2>{}</h2>\n{}", escaped(heading(first.by, w)), chart(counts, w)));
    }
}

/// A row a value, as long as it is frequent.
fn bars(counts: &[Count], w: &Words) -> String {
    rows(counts, w, &|c| (c.passages as f64 / c.most.max(1) as f64, c.passages.to_string()))
}

/// A row a value, as long as its share of plates that were read.
fn rates(counts: &[Count], w: &Words) -> String {
    rows(counts, w, &|c| {
        let rate = c.read_rate.unwrap_or(0.0);
        (rate, format!("{:.1} % / {}", rate * 100.0, c.read + c.undetermined))
    })
}

fn rows(counts: &[Count], w: &Words, length: &dyn Fn(&Count) -> (f64, String)) -> String {
    let mut svg = format!("<svg viewBox=\"0 0 800 {}\" role=\"img\">\n", counts.len() * 24 + 4);
    for (i, count) in counts.iter().enumerate() {
        let (share, told) = length(count);
        let (y, wide) = (i * 24 + 2, share * 460.0);
        add(
            &mut svg,
            format_args!(
                "<text x=\"215\" y=\"{}\" text-anchor=\"end\">{}</text><rect class=\"bar\" x=\"225\" y=\"{y}\" \
             width=\"{wide:.1}\" height=\"18\"/><text x=\"{:.1}\" y=\"{}\">{told}</text>\n",
                y + 14,
                escaped(&value_in_words(count, w)),
                231.0 + wide,
                y + 14
            ),
        );
    }
    svg + "</svg>\n"
}

/// A column a value: in below, out above, what only was seen on top.
fn columns(counts: &[Count], w: &Words) -> String {
    let most = counts.iter().map(|c| c.passages).max().unwrap_or(1).max(1) as f64;
    let wide = 780.0 / counts.len().max(1) as f64;
    let mut svg = String::from("<svg viewBox=\"0 0 800 230\" role=\"img\">\n");
    for (i, count) in counts.iter().enumerate() {
        let x = 10.0 + i as f64 * wide;
        let high = |n: u64| n as f64 / most * 170.0;
        let (below, all) = (high(count.r#in), high(count.passages));
        add(
            &mut svg,
            format_args!(
                "<g><title>{}: {}</title><rect class=\"half\" x=\"{x:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{:.1}\"/>\
             <rect class=\"bar\" x=\"{x:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{below:.1}\"/></g>\n",
                escaped(&value_in_words(count, w)),
                count.passages,
                200.0 - all,
                wide * 0.8,
                all - below,
                200.0 - below,
                wide * 0.8
            ),
        );
        if counts.len() <= 31 || i % (counts.len() / 15) == 0 {
            let label = value_in_words(count, w).chars().take(5).collect::<String>();
            add(
                &mut svg,
                format_args!(
                    "<text x=\"{:.1}\" y=\"216\" text-anchor=\"middle\" style=\"font-size:10px\">{}</text>\n",
                    x + wide * 0.4,
                    escaped(&label)
                ),
            );
        }
    }
    let legend =
        [("bar", crate::domain::place::Direction::In), ("half", crate::domain::place::Direction::Out)];
    for (i, (class, direction)) in legend.into_iter().enumerate() {
        add(
            &mut svg,
            format_args!(
                "<rect class=\"{class}\" x=\"{}\" y=\"4\" width=\"12\" height=\"12\"/><text x=\"{}\" y=\"15\">{}</text>\n",
                620 + i * 80,
                637 + i * 80,
                escaped((w.direction)(direction))
            ),
        );
    }
    svg + "</svg>\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_cannot_break_out_of_the_page() {
        let count = Count {
            by: "gate",
            value: Some("<script>\"&".to_owned()),
            passages: 1,
            most: 1,
            ..Count::default()
        };
        let svg = bars(&[count], super::super::words::Lang::En.words());
        assert!(svg.contains("&lt;script&gt;&quot;&amp;") && !svg.contains("<script>"), "{svg}");
    }
}

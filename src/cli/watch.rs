//! `watch`: the watch list (danh sách theo dõi).

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use jiff::Timestamp;

use super::args::StoreArg;
use super::ask::{self, Asked, login};
use super::error::CliError;
use super::listed::{dash, time};
use super::output::{FormArgs, Listed, Places, list};
use super::times;
use super::words::{Lang, Words, words};
use crate::base::text::folded;
use crate::domain::plate::PlateKind;
use crate::domain::time::{rfc3339_local, table_local};
use crate::domain::watch::{Wanted, WatchEntry, WatchHow};
use crate::plate::typed;
use crate::store::{WatchPut, put_on_watch, take_off_watch};

/// Characters that the shortest plate of any country has.
const LEAST_OF_A_PLATE: usize = 5;
/// Letters and digits that a pattern needs.
const LEAST_OF_A_PATTERN: usize = 3;

/// `watch`
#[derive(Debug, Subcommand)]
pub enum WatchVerb {
    /// Watch for a plate; what matches gives an alert
    Add(WatchAddArgs),
    /// Take entries off the list, by their numbers
    Rm(WatchRmArgs),
    /// List what is watched for
    List(WatchListArgs),
    /// Watch for all plates of a CSV file with the columns plate, how, reason and until
    Import(WatchImportArgs),
    /// Print the list as such a CSV file
    Export(WatchExportArgs),
}

/// `watch add`
#[derive(Debug, Args)]
pub struct WatchAddArgs {
    /// The plate, as people type it; * stands for any characters, ? for one
    pub plate: String,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub store: StoreArg,
    /// Why: a case number or words; recorded with your login
    #[arg(long, value_name = "TEXT")]
    pub reason: Option<String>,
    /// Until this time, a day to its end [default: until it is taken off]
    #[arg(long, value_name = "TIME")]
    pub until: Option<String>,
    /// Also what may be a misreading of the plate
    #[arg(long)]
    pub alike: bool,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub form: FormArgs,
}

/// `watch rm`
#[derive(Debug, Args)]
pub struct WatchRmArgs {
    /// Numbers of entries
    #[arg(required = true, value_name = "NUMBER")]
    pub entries: Vec<i64>,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub store: StoreArg,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub form: FormArgs,
}

/// `watch list`
#[derive(Debug, Args)]
pub struct WatchListArgs {
    #[command(flatten)]
    #[allow(missing_docs)]
    pub store: StoreArg,
    /// Also those that are over or were taken off
    #[arg(long)]
    pub all: bool,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub form: FormArgs,
}

/// `watch import`
#[derive(Debug, Args)]
pub struct WatchImportArgs {
    /// The CSV file
    pub file: PathBuf,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub store: StoreArg,
}

/// `watch export`
#[derive(Debug, Args)]
pub struct WatchExportArgs {
    #[command(flatten)]
    #[allow(missing_docs)]
    pub store: StoreArg,
}

/// Does what the verb says.
pub fn run(verb: &WatchVerb) -> Result<(), CliError> {
    match verb {
        WatchVerb::Add(args) => add(args),
        WatchVerb::Rm(args) => rm(args),
        WatchVerb::List(args) => {
            let asked = ask::open(&args.store)?;
            let found = asked.reader.watch_list(asked.now, args.all)?;
            list(args.form.form(), &found, &Places::default())
        }
        WatchVerb::Import(args) => import(args),
        WatchVerb::Export(args) => export(&ask::open(&args.store)?),
    }
}

fn add(args: &WatchAddArgs) -> Result<(), CliError> {
    let asked = ask::open(&args.store)?;
    let how = if args.alike { Some(WatchHow::Alike) } else { None };
    let reason = args.reason.as_deref().unwrap_or_default();
    if !ask::says_something(reason) {
        return Err(CliError::Usage((words().keep.reason_missing)("reason")));
    }
    let wanted = wanted(&args.plate, how, reason, args.until.as_deref(), asked.now)?;
    let put = put_on_watch(&asked.store, &[wanted], &login(), asked.now)?;
    let entries: Vec<WatchEntry> = put.into_iter().map(|(entry, _)| entry).collect();
    list(args.form.form(), &entries, &Places::default())
}

fn rm(args: &WatchRmArgs) -> Result<(), CliError> {
    let asked = ask::open(&args.store)?;
    let listed = asked.reader.watch_list(Timestamp::MIN, true)?;
    for id in &args.entries {
        if !listed.iter().any(|e| e.id == *id && e.removed_at.is_none()) {
            return Err(CliError::Usage((words().keep.no_entry)(*id)));
        }
    }
    let gone = take_off_watch(&asked.store, &args.entries, &login(), asked.now)?;
    list(args.form.form(), &gone, &Places::default())
}

/// What is typed, in the words of the store. `how`: `None` goes by the text.
fn wanted(
    plate: &str,
    how: Option<WatchHow>,
    reason: &str,
    until: Option<&str>,
    now: Timestamp,
) -> Result<Wanted, CliError> {
    let say = &words().keep;
    let reason = reason.trim();
    let expires_at = until.map(|text| times::ahead("until", text, now)).transpose()?;
    if expires_at.is_some_and(|at| at <= now) {
        return Err(CliError::Usage((say.over_already)(until.unwrap_or_default())));
    }
    let is_pattern = plate.contains(['*', '?']);
    let how = how.unwrap_or(if is_pattern { WatchHow::Pattern } else { WatchHow::Exact });
    let (text, plate_kind) = if how == WatchHow::Pattern { pattern(plate)? } else { exact(plate)? };
    Ok(Wanted { how, plate: text, plate_kind, reason: reason.to_owned(), expires_at })
}

/// The kind that stands before a plate as keys are printed, `car:30A12345`.
fn kind_of(plate: &str) -> Option<PlateKind> {
    plate.split_once(':').and_then(|(word, _)| PlateKind::from_word(&word.trim().to_lowercase()))
}

fn exact(plate: &str) -> Result<(String, Option<PlateKind>), CliError> {
    let typed = typed::parse(plate).map_err(|_| CliError::Usage((words().say.no_plate)(plate)))?;
    if typed.keys.is_empty() {
        if typed.folded.chars().count() < LEAST_OF_A_PLATE {
            return Err(CliError::Usage((words().say.no_plate)(plate)));
        }
        eprintln!("hanhtrinh: {}", (words().keep.unknown_class)(plate));
    }
    Ok((typed.folded, kind_of(plate)))
}

fn pattern(plate: &str) -> Result<(String, Option<PlateKind>), CliError> {
    let kind = kind_of(plate);
    let body = if kind.is_some() { plate.split_once(':').map_or(plate, |(_, body)| body) } else { plate };
    let text = typed::fold(&typed::compact(body));
    if !text.chars().all(|c| c.is_alphanumeric() || c == '*' || c == '?') {
        return Err(CliError::Usage((words().say.no_plate)(plate)));
    }
    if text.chars().filter(|c| c.is_alphanumeric()).count() < LEAST_OF_A_PATTERN {
        return Err(CliError::Usage((words().keep.pattern_too_wide)(plate)));
    }
    Ok((text, kind))
}

/// Columns of the CSV file.
const COLUMNS: [&str; 4] = ["plate", "how", "reason", "until"];
/// What they are called in Vietnamese, as [`folded`] gives it.
const CALLED: [&str; 4] = ["bien so", "cach so", "ly do", "den khi"];

/// The way of a word in JSON or in either language.
fn how_of(word: &str) -> Option<WatchHow> {
    let wanted = folded(word);
    // The short forms that people write into the column.
    match wanted.as_str() {
        "dung" | "chinh xac" => return Some(WatchHow::Exact),
        "mau" => return Some(WatchHow::Pattern),
        _ => {}
    }
    let said =
        |how: &WatchHow| [Lang::Vi, Lang::En].iter().any(|l| folded((l.words().keep.how)(*how)) == wanted);
    WatchHow::from_word(&wanted).or_else(|| WatchHow::ALL.into_iter().find(said))
}

fn import(args: &WatchImportArgs) -> Result<(), CliError> {
    let asked = ask::open(&args.store)?;
    let (wanted, over) = read_csv(&args.file, asked.now)?;
    let put = put_on_watch(&asked.store, &wanted, &login(), asked.now)?;
    let count = |what| put.iter().filter(|(_, done)| *done == what).count();
    let told =
        (words().keep.imported)(count(WatchPut::Added), count(WatchPut::Changed), count(WatchPut::Known));
    writeln!(std::io::stdout().lock(), "{told}")?;
    if over > 0 {
        eprintln!("hanhtrinh: {}", (words().keep.over_passed)(over));
    }
    Ok(())
}

/// So many wrong lines are told at once.
const WRONG_LINES: usize = 20;

/// The line, from 1, that begins at this byte or behind the line's end that lies there: the CSV reader leaves the second
/// half of a `\r\n` to the next record, and its own count is one short then.
fn line_at(text: &str, byte: u64) -> u64 {
    let (before, rest) = text.as_bytes().split_at((byte as usize).min(text.len()));
    let ends = rest.iter().take_while(|b| matches!(b, b'\r' | b'\n'));
    1 + before.iter().chain(ends).filter(|b| **b == b'\n').count() as u64
}

/// All lines of the file; those that are wrong are named together, and none is taken then. Entries that are over are only
/// counted, so that an old list can be read again.
fn read_csv(path: &Path, now: Timestamp) -> Result<(Vec<Wanted>, usize), CliError> {
    let file = path.display().to_string();
    let unreadable = |e: csv::Error| CliError::Failed(format!("{file}: {e}"));
    // Spreadsheets put a mark of byte order before the first heading.
    let text = std::fs::read_to_string(path).map_err(|e| CliError::file(path, &e))?;
    let text = text.trim_start_matches('\u{feff}');
    // Where the decimal sign is a comma, as in Vietnam, spreadsheets part columns by semicolons.
    let first = text.lines().next().unwrap_or_default();
    let parted = if first.contains(';') && !first.contains(',') { b';' } else { b',' };
    let mut lines = csv::ReaderBuilder::new().flexible(true).delimiter(parted).from_reader(text.as_bytes());
    let heads: Vec<String> = lines.headers().map_err(unreadable)?.iter().map(folded).collect();
    let place = |column: &str| {
        let called = COLUMNS.iter().position(|c| *c == column).map(|i| CALLED[i]);
        heads.iter().position(|h| h == column || Some(h.as_str()) == called)
    };
    for column in ["plate", "reason"] {
        if place(column).is_none() {
            return Err(CliError::Failed((words().keep.no_column)(&file, column)));
        }
    }
    let (mut found, mut over) = (Vec::new(), 0);
    let mut wrong: Vec<String> = Vec::new();
    for record in lines.records() {
        let record = record.map_err(|e| CliError::Failed(format!("{file}: {e}")))?;
        let line = record.position().map_or(0, |p| line_at(text, p.byte()));
        let [plate, how, reason, until] =
            COLUMNS.map(|column| place(column).and_then(|at| record.get(at)).unwrap_or_default().trim());
        if plate.is_empty() && reason.is_empty() {
            continue;
        }
        let how = match how {
            "" => None,
            word => match how_of(word) {
                Some(how) => Some(how),
                None => {
                    let known = WatchHow::ALL.map(words().keep.how);
                    let why = (words().say.unknown_word)("how", word, &known);
                    wrong.push((words().keep.bad_line)(&file, line, &why));
                    continue;
                }
            },
        };
        if !ask::says_something(reason) {
            wrong.push((words().keep.bad_line)(&file, line, words().keep.reason_empty));
            continue;
        }
        let until = (!until.is_empty()).then_some(until);
        if let Some(text) = until
            && times::ahead("until", text, now).is_ok_and(|at| at <= now)
        {
            over += 1;
            continue;
        }
        match wanted(plate, how, reason, until, now) {
            Ok(entry) => found.push(entry),
            Err(CliError::Usage(why) | CliError::Failed(why)) => {
                wrong.push((words().keep.bad_line)(&file, line, &why));
            }
            Err(CliError::ReaderGone) => return Err(CliError::ReaderGone),
        }
    }
    if wrong.is_empty() {
        return Ok((found, over));
    }
    if let [only] = wrong.as_slice() {
        return Err(CliError::Failed(only.clone()));
    }
    let told = wrong.iter().take(WRONG_LINES).cloned().chain([(words().keep.none_taken)(wrong.len())]);
    Err(CliError::Failed(told.collect::<Vec<_>>().join("\n")))
}

fn export(asked: &Asked) -> Result<(), CliError> {
    let mut out = csv::Writer::from_writer(std::io::stdout().lock());
    let failed = |e: csv::Error| match e.into_kind() {
        csv::ErrorKind::Io(error) => CliError::from(error),
        other => CliError::Failed(format!("the list cannot be written as CSV: {other:?}")),
    };
    out.write_record(COLUMNS).map_err(failed)?;
    for entry in asked.reader.watch_list(asked.now, false)? {
        let until = entry.expires_at.map(rfc3339_local).unwrap_or_default();
        let row = [shown(&entry), entry.how.as_str().to_owned(), entry.reason.clone(), until];
        out.write_record(row).map_err(failed)?;
    }
    out.flush()?;
    Ok(())
}

/// The plate with its kind, where it has one.
pub fn shown(entry: &WatchEntry) -> String {
    let kind = entry.plate_kind.map(|k| format!("{}:", k.as_str())).unwrap_or_default();
    format!("{kind}{}", entry.plate)
}

impl Listed for WatchEntry {
    const KIND: &'static str = "watch";
    const KEYS: &'static [&'static str] = &[
        "id",
        "how",
        "plate",
        "plate_kind",
        "reason",
        "added_at",
        "added_by",
        "expires_at",
        "removed_at",
        "removed_by",
    ];

    fn headings(w: &Words) -> Vec<&'static str> {
        let (h, k) = (&w.head, &w.keep.head);
        vec![k.number, h.plate, k.how, k.reason, k.added, k.who, k.until, k.removed]
    }

    fn cells(&self, w: &Words) -> Vec<String> {
        vec![
            self.id.to_string(),
            shown(self),
            (w.keep.how)(self.how).to_owned(),
            self.reason.clone(),
            table_local(self.added_at),
            self.added_by.clone(),
            time(self.expires_at),
            self.removed_at.map_or_else(dash, |at| {
                format!("{} {}", table_local(at), self.removed_by.as_deref().unwrap_or_default())
            }),
        ]
    }

    fn numbers() -> &'static [usize] {
        &[0]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: &str = "2026-03-14T10:00:00+07:00";

    fn read(plate: &str, how: Option<WatchHow>) -> Result<(WatchHow, String, Option<PlateKind>), String> {
        match wanted(plate, how, " case 12 ", Some("31/12/2026"), NOW.parse().expect("a time")) {
            Ok(w) => {
                assert_eq!(w.reason, "case 12");
                Ok((w.how, w.plate, w.plate_kind))
            }
            Err(CliError::Usage(why)) => Err(why),
            Err(other) => panic!("{other:?}"),
        }
    }

    #[test]
    fn what_is_typed_is_watched_for() {
        let exact = |text: &str, kind| Ok((WatchHow::Exact, text.to_owned(), kind));
        assert_eq!(read("30a-123.45", None), exact("30A12345", None));
        assert_eq!(read("car:30A12345", None), exact("30A12345", Some(PlateKind::Car)));
        assert_eq!(read("29-MĐ1 123.45", None), exact("29MD112345", None));
        assert_eq!(read("30A-*45", None), Ok((WatchHow::Pattern, "30A*45".to_owned(), None)));
        assert_eq!(
            read("motorcycle:29-b1 123.?5", None),
            Ok((WatchHow::Pattern, "29B1123?5".to_owned(), Some(PlateKind::Motorcycle)))
        );
        assert_eq!(read("30A12345", Some(WatchHow::Alike)).map(|w| w.0), Ok(WatchHow::Alike));
        assert!(read("*1?", None).expect_err("too wide").contains("at least 3"));
        assert!(read("30A[1]*", None).is_err());
        assert!(read("--", None).is_err() && read("abc", None).is_err());
        let passed = wanted("30A12345", None, "x", Some("13/03/2026"), NOW.parse().expect("a time"));
        assert!(matches!(passed, Err(CliError::Usage(why)) if why.contains("passed")));
    }

    #[test]
    fn a_time_to_come_is_so_long_from_now() {
        for until in ["3 ngày", "3 ngày nữa", "3d", "72 giờ"] {
            let entry =
                wanted("30A12345", None, "x", Some(until), NOW.parse().expect("a time")).expect(until);
            let ahead = entry.expires_at.expect("an end").duration_since(NOW.parse().expect("a time"));
            assert_eq!(ahead.as_hours(), 72, "{until}");
        }
    }

    #[test]
    fn a_line_without_a_reason_is_named() {
        let why = csv("plate,reason\n30A12345,case 1\n30A12346, \n").expect_err("no reason");
        assert!(why.starts_with("list.csv, line 3:") && why.contains("reason is empty"), "{why}");
        assert!(!why.contains("--reason"), "a list has no flags: {why}");
    }

    fn csv(text: &str) -> Result<Vec<Wanted>, String> {
        csv_and_over(text).map(|read| read.0)
    }

    fn csv_and_over(text: &str) -> Result<(Vec<Wanted>, usize), String> {
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join("list.csv");
        std::fs::write(&path, text).expect("written");
        match read_csv(&path, NOW.parse().expect("a time")) {
            Ok(found) => Ok(found),
            Err(CliError::Failed(why)) => Err(why.replace(&path.display().to_string(), "list.csv")),
            Err(other) => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_list_is_read_as_spreadsheets_write_it() {
        let text = "\u{feff}Reason,Plate,until,how,note\r\n\"stolen, see 12\",30A-123.45,,alike,x\r\n,,,,\r\ncase 13,\
                    30A*45,31/12/2026,\r\nlong over,30F00001,01/01/2020,exact\r\n";
        let (found, over) = csv_and_over(text).expect("a list");
        assert_eq!(over, 1);
        let read: Vec<_> = found.iter().map(|w| (w.how, w.plate.as_str(), w.reason.as_str())).collect();
        assert_eq!(
            read,
            [(WatchHow::Alike, "30A12345", "stolen, see 12"), (WatchHow::Pattern, "30A*45", "case 13")]
        );
        assert_eq!(found[0].expires_at, None);
        // As a Vietnamese spreadsheet does.
        let found = csv("Biển số;Lý do;Đến khi;Cách so\n30A-123.45;xe mất cắp;31/12/2026;Gần giống\n")
            .expect("a list");
        assert_eq!((found[0].how, found[0].reason.as_str()), (WatchHow::Alike, "xe mất cắp"));
    }

    #[test]
    fn all_wrong_lines_are_told_at_once_by_the_number_that_an_editor_shows() {
        for end in ["\n", "\r\n"] {
            let lines =
                ["plate,reason,how", "30A12345,x,mẫu", "30A12346,x,similar", "", "--,x,", "30A12347,-,"];
            let why = csv(&lines.join(end)).expect_err("wrong lines");
            let told: Vec<&str> = why.lines().collect();
            assert_eq!(told.len(), 4, "{why}");
            for (told, line) in told.iter().zip([3, 5, 6]) {
                assert!(told.contains(&format!("list.csv, line {line}:")), "{end:?}: {why}");
            }
            assert!(told[3].contains("wrong lines: 3"), "{why}");
        }
        let found = csv("plate;reason;how\n30A*45;x;mẫu\n30A12345;x;đúng\n").expect("a list");
        assert_eq!(found.iter().map(|w| w.how).collect::<Vec<_>>(), [WatchHow::Pattern, WatchHow::Exact]);
    }

    #[test]
    fn a_wrong_line_is_named_and_nothing_is_taken() {
        for (text, named) in [
            ("plate,how\n30A12345,exact\n", "no column `reason`"),
            ("plate,reason\n30A12345,x\n30A12346,\n", "list.csv, line 3"),
            ("plate,reason,how\n30A12345,x,similar\n", "list.csv, line 2"),
            ("plate,reason,until\n30A12345,x,some day\n", "some day"),
            ("plate,reason\n--,x\n", "line 2"),
        ] {
            let why = csv(text).expect_err(named);
            assert!(why.contains(named), "{why}");
        }
    }
}

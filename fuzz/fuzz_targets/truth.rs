//! Truth files: any text, and objects whose fields are right or wrong one by one.
#![no_main]

use hanhtrinh::domain::time::{local_date, rfc3339_local};
use hanhtrinh::measure::{Truth, TruthError};
use libfuzzer_sys::arbitrary::{Result, Unstructured};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let _ = run(&mut Unstructured::new(data));
});

fn run(u: &mut Unstructured) -> Result<()> {
    let (mut passes, mut journeys, mut sound) = (String::new(), String::new(), true);
    let count = u.int_in_range(0..=4)?;
    for id in 0..count {
        passes.push_str(&pass(u, id, &mut sound)?);
    }
    for _ in 0..u.int_in_range(0..=3)? {
        journeys.push_str(&journey(u, count, &mut sound)?);
    }
    if u.ratio(1, 3)? {
        let anywhere = u.int_in_range(0..=passes.len())?;
        let at = (0..=anywhere).rev().find(|at| passes.is_char_boundary(*at)).unwrap_or(0);
        passes.insert_str(at, &String::from_utf8_lossy(u.peek_bytes(u.len()).unwrap_or_default()));
        check(&passes, &journeys, None);
    } else {
        check(&passes, &journeys, Some(sound));
    }
    Ok(())
}

/// `sound`: whether it must be read; `None`: not known.
fn check(passes: &str, journeys: &str, sound: Option<bool>) {
    let filled = |text: &str| text.lines().filter(|l| !l.trim().is_empty()).count();
    let read = Truth::parse(passes, journeys);
    if let Some(sound) = sound {
        assert_eq!(read.is_ok(), sound, "{read:?} from\n{passes}{journeys}");
    }
    match &read {
        Ok(truth) => {
            assert_eq!((truth.passes.len(), truth.journeys.len()), (filled(passes), filled(journeys)));
            for id in truth.journeys.iter().flat_map(|j| &j.passes) {
                assert!(truth.passes.iter().any(|p| p.id == *id), "{id} is named and not there");
            }
            for pass in &truth.passes {
                // Any time is written for Vietnam so that it can be read again, to the millisecond.
                let mut back = pass.crossed_at;
                if (0..=9999).contains(&local_date(back).year()) {
                    back = rfc3339_local(pass.crossed_at).parse().expect("it is RFC 3339");
                }
                assert!((0..1000).contains(&(pass.crossed_at.as_microsecond() - back.as_microsecond())));
            }
        }
        Err(TruthError::Line { file, line, message }) => {
            let text = if *file == "passes.jsonl" { passes } else { journeys };
            let wrong = text.lines().nth(line - 1).expect("the line is there");
            assert!(!wrong.trim().is_empty() && !message.is_empty());
        }
        Err(TruthError::UnknownPass { pass, .. }) => {
            let alone = Truth::parse(passes, "").expect("the passages could be read");
            assert!(!alone.passes.iter().any(|p| p.id == *pass), "{pass} is there");
        }
    }
    // Empty lines and line ends of another system mean nothing.
    let spaced = |text: &str| text.lines().map(|l| format!("{l}\r\n \r\n")).collect::<String>();
    let again = Truth::parse(&spaced(passes), &spaced(journeys));
    assert_eq!(again.is_ok(), read.is_ok());
    if let (Ok(again), Ok(read)) = (again, read) {
        assert_eq!(again, read);
    }
}

fn pass(u: &mut Unstructured, id: u8, sound: &mut bool) -> Result<String> {
    let fields = [
        ("id", one_of(u, &[&format!("\"p{id}\"")], &["7", "null"])?),
        ("camera", one_of(u, &["\"c\"", "\"\""], &["null"])?),
        ("crossed_at", time(u, &["null", "\"2026-03-14\"", "5"])?),
        ("direction", one_of(u, &["\"in\"", "\"out\"", "\"seen\""], &["\"IN\"", "null"])?),
        ("class", one_of(u, &["\"car\"", "\"motorcycle\"", "\"unknown\""], &["\"boat\""])?),
        ("layout", one_of(u, &["null", "\"one_line\"", "\"two_line\""], &["\"three_line\""])?),
        ("plate", one_of(u, &["null", "\"30A12345\"", "\"29M\\u0110112345\""], &["30"])?),
        ("plate_width_px", one_of(u, &["null", "0", "61.5", "-1e300"], &["1e999", "\"61\""])?),
        ("readable", one_of(u, &["true", "false"], &["1", "null"])?),
        ("verdict", one_of(u, &["\"home\"", "\"no_province\""], &["\"here\""])?),
        ("held_out", one_of(u, &["true", "false"], &["null"])?),
        ("more", one_of(u, &["[1, {}]", "\"what may stand beside\""], &["]", "nul"])?),
    ];
    let optional = ["layout", "plate", "plate_width_px", "held_out", "more"];
    object(u, sound, &fields, &optional)
}

fn journey(u: &mut Unstructured, passes: u8, sound: &mut bool) -> Result<String> {
    let mut named = Vec::new();
    for _ in 0..u.int_in_range(0..=2)? {
        let id = u.int_in_range(0..=4)?;
        *sound &= id < passes;
        named.push(format!("\"p{id}\""));
    }
    let fields = [
        ("plate", one_of(u, &["\"30A12345\""], &["null"])?),
        ("passes", (format!("[{}]", named.join(",")), true)),
        ("entered_at", if u.arbitrary()? { time(u, &["5"])? } else { ("null".into(), true) }),
        ("left_at", if u.arbitrary()? { time(u, &["\"\""])? } else { ("null".into(), true) }),
        ("state", one_of(u, &["\"inside\"", "\"left\"", "\"lost\""], &["\"gone\"", "null"])?),
    ];
    object(u, sound, &fields, &["entered_at", "left_at"])
}

/// One line of these fields, now and then without one or with one twice.
fn object(
    u: &mut Unstructured,
    sound: &mut bool,
    fields: &[(&str, (String, bool))],
    optional: &[&str],
) -> Result<String> {
    let mut parts = Vec::new();
    for (key, (value, right)) in fields {
        let times = match u.int_in_range(0..=63)? {
            1 => 0,
            2 => 2,
            _ => 1,
        };
        // Serde takes a field that is told twice for a fault, but knows nothing of those beside the contract.
        *sound &= match times {
            0 => optional.contains(key),
            1 => *right,
            _ => *right && *key == "more",
        };
        parts.extend((0..times).map(|_| format!("\"{key}\": {value}")));
    }
    Ok(format!("{{{}}}\n", parts.join(", ")))
}

/// One of the right values, or seldom a wrong one, and whether it is right.
fn one_of(u: &mut Unstructured, right: &[&str], wrong: &[&str]) -> Result<(String, bool)> {
    let at = u.arbitrary::<u8>()?;
    let from = if at < 250 { right } else { wrong };
    Ok((from[usize::from(at) % from.len()].to_owned(), at < 250))
}

fn time(u: &mut Unstructured, wrong: &[&str]) -> Result<(String, bool)> {
    let year = if u.ratio(1, 8)? { u.int_in_range(1..=9998)? } else { 2026u16 };
    let (month, day) = (u.int_in_range(1..=12u8)?, u.int_in_range(1..=28u8)?);
    let (hour, minute, second) =
        (u.int_in_range(0..=23u8)?, u.int_in_range(0..=59u8)?, u.int_in_range(0..=59u8)?);
    let micros = u.int_in_range(0..=999_999u32)?;
    let zone = *u.choose(&["Z", "+07:00", "-11:30"])?;
    let right =
        format!("\"{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{micros:06}{zone}\"");
    one_of(u, &[&right], wrong)
}

//! Names of provinces, on any text.
#![no_main]

use hanhtrinh::plate::PlateError;
use hanhtrinh::plate::province::{self, CENTRAL_CODE, Home, MERGED_ON};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some((how, text)) = data.split_first() else { return };
    let name = name_like(*how, text);
    let before = MERGED_ON.yesterday().expect("no first day of time");
    let home = Home::find(&name);
    assert_eq!(Home::find(&name.to_ascii_uppercase()).ok(), home.clone().ok(), "case does not matter");
    let codes = province::codes_named(&name);
    match home {
        Ok(home) => {
            assert_eq!(Home::find(home.name(before)).as_ref(), Ok(&home), "the old name means the same");
            let named = codes.expect("a province has codes");
            for on in [before, MERGED_ON] {
                rising(home.codes(on));
                for code in home.codes(on) {
                    assert_eq!(province::names(*code).map(|n| n.on(on)), Some(home.name(on)));
                    assert_eq!(
                        province::verdict(*code, on, &home),
                        hanhtrinh::domain::plate::Verdict::Home,
                        "{code}"
                    );
                }
            }
            rising(&named);
            assert!(
                named.iter().any(|c| home.codes(before).contains(c) || home.codes(MERGED_ON).contains(c))
            );
        }
        Err(error) => {
            let PlateError::UnknownProvince { name: told, nearest } = &error else { panic!("{error}") };
            assert_eq!(told, name.trim());
            if let Some(nearest) = nearest {
                assert!(Home::find(nearest).is_ok(), "{nearest} is offered and not known");
            }
            // A code is no name, but stands for itself.
            if let Ok(codes) = codes {
                assert!(codes.len() == 1 && codes[0] != CENTRAL_CODE, "{name} gives {codes:?}");
            }
        }
    }
});

/// Any text, or a name of the table with something exchanged: random text is hardly ever a province.
fn name_like(how: u8, text: &[u8]) -> String {
    let text = String::from_utf8_lossy(text);
    if how >= 192 {
        return text.into_owned();
    }
    let (_, names) = province::all()
        .nth(usize::from(how) % 80)
        .unwrap_or_else(|| province::all().next().expect("the table is not empty"));
    let name = if how.is_multiple_of(2) { names.before } else { names.now };
    let mut signs: Vec<char> = name.chars().collect();
    let mut edits = text.chars();
    while let (Some(at), Some(sign)) = (edits.next(), edits.next()) {
        let at = at as usize % (signs.len() + 1);
        if at < signs.len() && sign as usize % 3 == 0 {
            signs.remove(at);
        } else {
            signs.insert(at, sign);
        }
    }
    signs.into_iter().collect()
}

fn rising(codes: &[u8]) {
    assert!(!codes.is_empty() && codes.windows(2).all(|w| w[0] < w[1]), "{codes:?}");
}

//! The province rule as dated data: which codes belong to which province before and since 2025-07-01 (Resolution
//! 202/2025/QH15), and where a plate's issuer stands to the home province on a date. Old codes stay on the road, and the
//! table in force on the date judges them.

use std::sync::LazyLock;

use jiff::civil::{Date, date};
use unicode_normalization::UnicodeNormalization;

use crate::base::text::nearest;
use crate::domain::plate::{PlateKind, Verdict};

use super::PlateError;
use super::grammar::{Belongs, Parse};

/// The first day of the 34 provinces.
pub const MERGED_ON: Date = date(2025, 7, 1);

/// The code of the central traffic police, which is no province's.
pub const CENTRAL_CODE: u8 = 80;

/// One code of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Names {
    /// Its province until 2025-06-30.
    pub before: &'static str,
    /// Its province since 2025-07-01.
    pub now: &'static str,
}

impl Names {
    /// Its province on `on`.
    pub fn on(&self, on: Date) -> &'static str {
        if on < MERGED_ON { self.before } else { self.now }
    }
}

// The table is part of the program and a test reads every line of it.
#[allow(clippy::expect_used)]
static TABLE: LazyLock<Vec<(u8, Names)>> = LazyLock::new(|| {
    include_str!("tables/provinces.csv")
        .lines()
        .skip(1)
        .map(|line| row(line).expect("provinces.csv is well formed"))
        .collect()
});

fn row(line: &'static str) -> Option<(u8, Names)> {
    let mut cells = line.split(',');
    let code = cells.next()?.parse().ok()?;
    let before = cells.next()?;
    let now = cells.nth(1)?;
    Some((code, Names { before, now }))
}

/// The provinces of a code; `None` for codes that were never given out. Code 80 names the traffic police.
pub fn names(code: u8) -> Option<Names> {
    TABLE.iter().find(|(c, _)| *c == code).map(|(_, names)| *names)
}

/// All codes of provinces with their names, by code; 80 is left out.
pub fn all() -> impl Iterator<Item = (u8, Names)> {
    TABLE.iter().copied().filter(|(code, _)| *code != CENTRAL_CODE)
}

/// The home province.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Home {
    before: Vec<u8>,
    now: Vec<u8>,
    name_before: &'static str,
    name_now: &'static str,
}

/// Lower-case letters and digits of a name without accents and without the words for province and city.
fn plain(name: &str) -> String {
    let bare: String = name
        .nfd()
        .filter(|c| !unicode_normalization::char::is_combining_mark(*c))
        .flat_map(char::to_lowercase)
        .map(|c| if c == 'đ' { 'd' } else { c })
        .filter(|c| c.is_alphanumeric())
        .collect();
    let rest = ["thanhpho", "tinh", "tp"].iter().find_map(|word| bare.strip_prefix(word));
    match rest.unwrap_or(&bare) {
        "hcm" | "hcmc" | "saigon" | "sg" => "hochiminh".into(),
        "hn" => "hanoi".into(),
        "hp" => "haiphong".into(),
        "brvt" => "bariavungtau".into(),
        // Another spelling that was official for long.
        "baccan" => "backan".into(),
        "daclac" | "daklac" => "daklak".into(),
        rest => rest.into(),
    }
}

impl Home {
    /// The province of that name of 2021 or 2025, with or without accents, in any case. A province that was merged into
    /// another stands for itself before 2025-07-01 and for the whole new province since.
    pub fn find(name: &str) -> Result<Self, PlateError> {
        let wanted = plain(name);
        let is = |n: &str| plain(n) == wanted;
        let found = all().find(|(_, n)| is(n.before)).or_else(|| all().find(|(_, n)| is(n.now)));
        let Some((_, Names { before, now })) = found else {
            return Err(PlateError::UnknownProvince {
                name: name.trim().to_owned(),
                nearest: nearest_name(&wanted),
            });
        };
        let codes = |of: &dyn Fn(&Names) -> bool| all().filter(|(_, n)| of(n)).map(|(c, _)| c).collect();
        Ok(Self {
            before: codes(&|n| n.before == before),
            now: codes(&|n| n.now == now),
            name_before: before,
            name_now: now,
        })
    }

    /// Its codes on `on`, rising.
    pub fn codes(&self, on: Date) -> &[u8] {
        if on < MERGED_ON { &self.before } else { &self.now }
    }

    /// Its name on `on`, with accents.
    pub fn name(&self, on: Date) -> &'static str {
        if on < MERGED_ON { self.name_before } else { self.name_now }
    }
}

/// All codes that a province of this name of 2021 or of today issues or issued, rising: of a name that both have,
/// today's, among which the old ones are. With `cũ` (old) after it a name means 2021 alone. A two-digit code stands for
/// itself.
pub fn codes_named(name: &str) -> Result<Vec<u8>, PlateError> {
    match without_old(name) {
        Some(name) => codes_named_2021(name),
        None => codes_of(name, |n, wanted| plain(n.before) == wanted || plain(n.now) == wanted),
    }
}

/// The codes of the province that had this name in 2021, rising: Thái Nguyên is 20 alone. A two-digit code stands for
/// itself.
pub fn codes_named_2021(name: &str) -> Result<Vec<u8>, PlateError> {
    codes_of(without_old(name).unwrap_or(name), |n, wanted| plain(n.before) == wanted)
}

/// The name before `cũ`, as in `tỉnh Thái Nguyên cũ`; no province's own name ends so.
fn without_old(name: &str) -> Option<&str> {
    let name = name.trim();
    let (before, last) = name.rsplit_once(char::is_whitespace)?;
    (plain(last) == "cu").then_some(before)
}

fn codes_of(name: &str, is: impl Fn(&Names, &str) -> bool) -> Result<Vec<u8>, PlateError> {
    let wanted = plain(name);
    let meant = all().filter(|(code, n)| is(n, &wanted) || wanted == format!("{code:02}"));
    let codes: Vec<u8> = meant.map(|(code, _)| code).collect();
    if codes.is_empty() {
        return Err(PlateError::UnknownProvince {
            name: name.trim().to_owned(),
            nearest: nearest_name(&wanted),
        });
    }
    Ok(codes)
}

fn nearest_name(wanted: &str) -> Option<String> {
    let names: Vec<(String, &str)> =
        all().flat_map(|(_, n)| [n.now, n.before]).map(|name| (plain(name), name)).collect();
    let words: Vec<&str> = names.iter().map(|(word, _)| word.as_str()).collect();
    let near = nearest(wanted, &words)?;
    names.iter().find(|(word, _)| word == near).map(|(_, name)| (*name).to_owned())
}

/// Where the issuer named by `code` stands to `home` on `on`; `undetermined` for codes that were never given out.
pub fn verdict(code: u8, on: Date, home: &Home) -> Verdict {
    if code == CENTRAL_CODE {
        Verdict::NoProvince
    } else if names(code).is_none() {
        Verdict::Undetermined
    } else if home.codes(on).contains(&code) {
        Verdict::Home
    } else {
        Verdict::Outside
    }
}

/// The verdict on a plate understood as `parse`. A trailer's says nothing of the tractor, which decides it.
pub fn verdict_of(parse: &Parse, on: Date, home: &Home) -> Verdict {
    match (parse.belongs, parse.province) {
        _ if parse.kind == PlateKind::Trailer => Verdict::Undetermined,
        (Belongs::Foreign, _) => Verdict::Foreign,
        (Belongs::None, _) => Verdict::NoProvince,
        (Belongs::Province, Some(code)) => verdict(code, on, home),
        (Belongs::Province, None) => Verdict::Undetermined,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plate::grammar;

    const BEFORE: Date = date(2025, 6, 30);

    fn home(name: &str) -> Home {
        Home::find(name).expect("a province")
    }

    #[test]
    fn the_table_has_63_then_34_provinces() {
        let count = |of: fn(Names) -> &'static str| {
            all().map(|(_, n)| of(n)).collect::<std::collections::BTreeSet<_>>().len()
        };
        assert_eq!((count(|n| n.before), count(|n| n.now)), (63, 34));
        assert_eq!(TABLE.len(), 81);
    }

    #[test]
    fn every_row_is_home_to_its_own_provinces_and_outside_to_others() {
        for (code, n) in all() {
            assert!(grammar::parses(&format!("{code}A12345")).iter().any(|p| p.province == Some(code)));
            assert_eq!(verdict(code, BEFORE, &home(n.before)), Verdict::Home, "{code}");
            assert_eq!(verdict(code, MERGED_ON, &home(n.now)), Verdict::Home, "{code}");
            assert_eq!(verdict(code, MERGED_ON, &home(n.before)), Verdict::Home, "{code}");
            let elsewhere = home(if n.before == "Hà Nội" { "Huế" } else { "Hà Nội" });
            assert_eq!(verdict(code, BEFORE, &elsewhere), Verdict::Outside, "{code}");
            assert_eq!(verdict(code, MERGED_ON, &elsewhere), Verdict::Outside, "{code}");
            assert_eq!((n.on(BEFORE), n.on(MERGED_ON)), (n.before, n.now));
        }
    }

    #[test]
    fn bac_kan_comes_home_on_the_day_of_the_merger() {
        let here = home("Thái Nguyên");
        assert_eq!(here.codes(BEFORE), [20]);
        assert_eq!(here.codes(MERGED_ON), [20, 97]);
        assert_eq!(verdict(97, BEFORE, &here), Verdict::Outside);
        assert_eq!(verdict(97, MERGED_ON, &here), Verdict::Home);
        assert_eq!(home("Bắc Kạn").codes(BEFORE), [97]);
        assert_eq!(home("Bắc Kạn").codes(MERGED_ON), [20, 97]);
        assert_eq!(
            (home("bac kan").name(BEFORE), home("bac kan").name(MERGED_ON)),
            ("Bắc Kạn", "Thái Nguyên")
        );
    }

    #[test]
    fn no_code_outside_the_table_has_a_verdict() {
        let here = home("Thái Nguyên");
        for code in 0..=u8::MAX {
            let expected = match (code, names(code)) {
                (80, _) => Verdict::NoProvince,
                (_, None) => Verdict::Undetermined,
                (20, _) => Verdict::Home,
                _ => Verdict::Outside,
            };
            assert_eq!(verdict(code, BEFORE, &here), expected, "{code}");
        }
    }

    #[test]
    fn names_are_found_however_they_are_written() {
        for name in
            ["Thái Nguyên", "thai nguyen", "THÁI NGUYÊN", "tha\u{301}i nguye\u{302}n", "Tỉnh Thái Nguyên"]
        {
            assert_eq!(home(name).codes(MERGED_ON), [20, 97], "{name}");
        }
        for (short, name) in
            [("HN", "Hà Nội"), ("bac can", "Bắc Kạn"), ("Đắc Lắc", "Đắk Lắk"), ("BRVT", "Bà Rịa - Vũng Tàu")]
        {
            assert_eq!(codes_named_2021(short), codes_named_2021(name), "{short}");
            assert!(codes_named_2021(name).is_ok(), "{name}");
        }
        for name in ["TP. Hồ Chí Minh", "Hồ Chí Minh", "TPHCM", "tp hcm", "Sài Gòn", "thành phố hồ chí minh"]
        {
            assert!(home(name).codes(BEFORE).contains(&51), "{name}");
        }
        assert_eq!(home("Đắk Lắk").codes(BEFORE), [47]);
        assert_eq!(home("dak lak").codes(BEFORE), [47]);
        assert_eq!(home("Huế").codes(BEFORE), [75]);
        assert_eq!(home("Ba Ria Vung Tau").codes(BEFORE), [72]);
    }

    #[test]
    fn a_name_can_mean_2021_alone() {
        for (name, today, of_2021) in [
            ("Thái Nguyên", &[20, 97][..], &[20][..]),
            ("Bắc Kạn", &[97], &[97]),
            ("phu tho", &[19, 28, 88], &[19]),
            ("97", &[97], &[97]),
        ] {
            assert_eq!(codes_named(name).expect("a province"), today, "{name}");
            assert_eq!(codes_named_2021(name).expect("a province"), of_2021, "{name}");
            if name != "97" {
                for old in [format!("tỉnh {name} cũ"), format!("{name} (CŨ)"), format!("{name} cu")] {
                    assert_eq!(codes_named(&old).expect("a province"), of_2021, "{old}");
                    assert_eq!(codes_named_2021(&old).expect("a province"), of_2021, "{old}");
                }
            }
        }
        assert!(all().all(|(_, n)| without_old(n.before).or(without_old(n.now)).is_none()));
        assert!(codes_named_2021("Thái Nguyn cũ").is_err() && codes_named("cũ").is_err());
    }

    #[test]
    fn a_slip_is_answered_with_the_nearest_name() {
        let error = Home::find("Thái Nguyn").expect_err("misspelt").to_string();
        assert!(error.contains("did you mean \"Thái Nguyên\""), "{error}");
        let error = Home::find("Xyzzy").expect_err("nonsense").to_string();
        assert!(!error.contains("did you mean"), "{error}");
        assert!(Home::find("Cục Cảnh sát giao thông").is_err());
    }
}

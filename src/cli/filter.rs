//! The filters of the verbs that list, in the words that people type, to those of the store.

use clap::Args;

use super::ask::{Asked, keys_of, suggestion};
use super::error::CliError;
use super::search::typed_pattern;
use super::times;
use super::words::{Lang, Words, words};
use crate::base::text::folded;
use crate::domain::detection::{VehicleClass, VehicleColour};
use crate::domain::place::Direction;
use crate::domain::plate::Verdict;
use crate::plate::{PlateError, province};
use crate::store::Filter;

/// What lists and counts are both asked by.
#[derive(Debug, Clone, Args, Default)]
pub struct WhichArgs {
    /// Camera
    #[arg(long, value_name = "NAME")]
    pub camera: Option<String>,
    /// Gate
    #[arg(long, value_name = "NAME")]
    pub gate: Option<String>,
    /// in, out or seen
    #[arg(long, value_name = "WORD")]
    pub direction: Option<String>,
    /// home, outside, no_province, foreign or undetermined
    #[arg(long, value_name = "WORD")]
    pub verdict: Option<String>,
    /// Where the plate was issued: a code, or a province's name of 2021 or of today
    #[arg(long, value_name = "NAME")]
    pub province: Option<String>,
    /// Where the plate was issued, by the province of 2021 alone: `Thái Nguyên` is then code 20 without 97
    #[arg(long, value_name = "NAME", conflicts_with = "province")]
    pub province_2021: Option<String>,
    /// car, motorcycle, bus, truck or unknown
    #[arg(long, value_name = "WORD")]
    pub class: Option<String>,
}

/// The filters of the verbs that list.
#[derive(Debug, Clone, Args, Default)]
pub struct FilterArgs {
    /// From this time on (14/03/2026 09:30, 14/03/2026, 7h30, hôm qua, 3 giờ chiều, sáng nay, 2 giờ qua, ISO 8601)
    #[arg(long, value_name = "TIME")]
    pub from: Option<String>,
    /// Before this time; a day, `chiều qua` or `tuần trước` to its end
    #[arg(long, value_name = "TIME")]
    pub to: Option<String>,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub which: WhichArgs,
    /// white, grey, black, red, orange, yellow, green or blue; silver is grey or white; vehicles of unknown colour are left out
    #[arg(long, value_name = "WORD")]
    pub colour: Option<String>,
    /// Plate, as people type it, or a pattern with * and ?; needs --purpose
    #[arg(long, value_name = "PLATE")]
    pub plate: Option<String>,
    /// Least confidence of the read, 0-1
    #[arg(long, value_name = "SHARE", value_parser = share)]
    pub min_confidence: Option<f32>,
    /// Came in by this gate
    #[arg(long, value_name = "GATE")]
    pub in_by: Option<String>,
    /// Went out by this gate
    #[arg(long, value_name = "GATE")]
    pub out_by: Option<String>,
    /// In the province, or in view of the camera (`passages`), for longer than this (90m, 12h, 3d)
    #[arg(long, value_name = "DURATION")]
    pub longer_than: Option<String>,
    /// At most this many [default: 100]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub limit: Option<u32>,
}

/// A number as people write one here: `0,95` is `0.95`.
fn share(text: &str) -> Result<f32, std::num::ParseFloatError> {
    text.replace(',', ".").parse()
}

impl Asked {
    /// The filters in the words of the store.
    pub fn filter(&self, args: &FilterArgs) -> Result<Filter, CliError> {
        if let Some(share) = args.min_confidence
            && !(0.0..=1.0).contains(&share)
        {
            return Err(CliError::Usage((words().say.no_share)("min-confidence", share)));
        }
        let (from, to) = self.stretch(&args.from, &args.to)?;
        let which = self.which(&args.which)?;
        Ok(Filter {
            from,
            to,
            colours: args.colour.as_deref().map(colours).transpose()?.unwrap_or_default(),
            plates: match args.plate.as_deref() {
                Some(text) if !is_pattern(text) => keys_of(text)?,
                _ => Vec::new(),
            },
            plate_patterns: match args.plate.as_deref() {
                Some(text) if is_pattern(text) => vec![typed_pattern(text)?],
                _ => Vec::new(),
            },
            min_confidence: args.min_confidence,
            in_by: self.gate("in-by", args.in_by.as_deref())?,
            out_by: self.gate("out-by", args.out_by.as_deref())?,
            longer_than: args.longer_than.as_deref().map(|t| times::length("longer-than", t)).transpose()?,
            // One more than is shown without a word about it, to tell whether the list goes on.
            lost_before: self.now.checked_sub(self.rules().lost_after).ok(),
            limit: Some(args.limit.unwrap_or(UNASKED + 1) as usize),
            ..which
        })
    }

    /// The part of a filter that lists and counts share.
    pub fn which(&self, args: &WhichArgs) -> Result<Filter, CliError> {
        Ok(Filter {
            cameras: self.camera("camera", args.camera.as_deref())?.into_iter().collect(),
            gates: self.gate("gate", args.gate.as_deref())?.into_iter().collect(),
            direction: args.direction.as_deref().map(direction).transpose()?,
            verdicts: args.verdict.as_deref().map(verdict).transpose()?.into_iter().collect(),
            provinces: provinces(args.province.as_deref(), args.province_2021.as_deref())?,
            classes: args.class.as_deref().map(class).transpose()?.into_iter().collect(),
            ..Filter::default()
        })
    }

    /// The gate as it is written in the settings, found without regard to case and diacritics.
    pub fn gate(&self, flag: &str, name: Option<&str>) -> Result<Option<String>, CliError> {
        let gates: Vec<&str> = self.settings.iter().flat_map(|s| &s.gates).map(|g| g.name.as_str()).collect();
        named(flag, name, &gates)
    }

    /// The camera as it is written in the settings, found without regard to case and diacritics.
    pub fn camera(&self, flag: &str, name: Option<&str>) -> Result<Option<String>, CliError> {
        let cameras: Vec<&str> =
            self.settings.iter().flat_map(|s| &s.cameras).map(|c| c.name.as_str()).collect();
        named(flag, name, &cameras)
    }
}

/// So many are listed where nobody says how many.
const UNASKED: u32 = 100;

impl FilterArgs {
    /// Of a list that was found by this filter, what is shown; says so where that is not all and nobody asked for a
    /// number.
    pub fn shown<T>(&self, found: &mut Vec<T>) {
        if self.limit.is_none() && found.len() > UNASKED as usize {
            found.truncate(UNASKED as usize);
            eprintln!("hanhtrinh: {}", (words().say.cut_off)(UNASKED));
        }
    }
}

fn is_pattern(text: &str) -> bool {
    text.contains(['*', '?'])
}

/// The known name that is meant. A store that knows none takes the name as it is.
fn named(flag: &str, name: Option<&str>, known: &[&str]) -> Result<Option<String>, CliError> {
    let Some(name) = name else { return Ok(None) };
    if known.is_empty() {
        return Ok(Some(name.to_owned()));
    }
    let wanted = folded(name);
    if let Some(found) = known.iter().find(|k| folded(k) == wanted) {
        return Ok(Some((*found).to_owned()));
    }
    // `phổ yên` for `pho-yen`, where only one name is meant.
    let bare = |text: &str| folded(text).chars().filter(|c| c.is_alphanumeric()).collect::<String>();
    // `Đa Phúc` for `Cầu Đa Phúc`, likewise.
    let spaced = |text: &str| format!(" {} ", folded(&text.replace(|c: char| !c.is_alphanumeric(), " ")));
    let only = |meant: &dyn Fn(&str) -> bool| {
        let mut found = known.iter().filter(|k| meant(k));
        found.next().filter(|_| found.next().is_none())
    };
    let (same, part) = (bare(&wanted), spaced(name));
    let found =
        only(&|k| bare(k) == same).or_else(|| only(&|k| !same.is_empty() && spaced(k).contains(&part)));
    if let Some(found) = found {
        return Ok(Some((*found).to_owned()));
    }
    Err(CliError::Usage((words().say.unknown_name)(flag, name) + &suggestion(name, known)))
}

/// The two-digit codes that `--province` (a name of 2021 or of today, or a code) or `--province-2021` (a name of 2021
/// alone) means; none where neither is given.
pub fn provinces(any: Option<&str>, of_2021: Option<&str>) -> Result<Vec<String>, CliError> {
    let (flag, name, found) = match (any, of_2021) {
        (_, Some(name)) => ("province-2021", name, province::codes_named_2021(name)),
        (Some(name), None) => ("province", name, province::codes_named(name)),
        (None, None) => return Ok(Vec::new()),
    };
    match found {
        Ok(codes) => Ok(codes.iter().map(|c| format!("{c:02}")).collect()),
        Err(PlateError::UnknownProvince { nearest, .. }) => {
            Err(CliError::Usage((words().say.no_province)(flag, name.trim(), nearest.as_deref())))
        }
        Err(other) => Err(CliError::Usage(format!("--{flag}: {other}"))),
    }
}

/// The one of `all` that a word means, in either language; `others` are further words for them, folded.
fn meant<T: Copy>(
    flag: &str,
    text: &str,
    (all, others): (&[T], &[(&str, T)]),
    key: impl Fn(T) -> &'static str,
    said: impl Fn(&Words, T) -> &'static str,
) -> Result<T, CliError> {
    let wanted = folded(&text.replace('_', " "));
    let is_wanted = |name: &str| folded(&name.replace('_', " ")) == wanted;
    let names = |v: T| [key(v), said(Lang::Vi.words(), v), said(Lang::En.words(), v)];
    if let Some(found) = all.iter().find(|v| names(**v).into_iter().any(is_wanted)) {
        return Ok(*found);
    }
    if let Some((_, found)) = others.iter().find(|(word, _)| *word == wanted) {
        return Ok(*found);
    }
    let known: Vec<&str> = all.iter().map(|v| said(words(), *v)).collect();
    let near = crate::base::text::nearest(text, &known).map(|n| (words().say.did_you_mean)(n));
    Err(CliError::Usage((words().say.unknown_word)(flag, text, &known) + &near.unwrap_or_default()))
}

/// The direction that a word means.
pub fn direction(text: &str) -> Result<Direction, CliError> {
    let all = [Direction::In, Direction::Out, Direction::Seen];
    let others = [
        ("di vao", Direction::In),
        ("di ra", Direction::Out),
        ("thay", Direction::Seen),
        ("xuat hien", Direction::Seen),
    ];
    meant("direction", text, (&all, &others), Direction::as_str, |w, d| (w.direction)(d))
}

/// The verdict that a word means.
pub fn verdict(text: &str) -> Result<Verdict, CliError> {
    let others = [
        ("khong xac dinh", Verdict::Undetermined),
        ("chua ro", Verdict::Undetermined),
        ("tinh khac", Verdict::Outside),
        ("tinh ngoai", Verdict::Outside),
    ];
    meant("verdict", text, (&Verdict::ALL, &others), Verdict::as_str, |w, v| (w.verdict)(v))
}

/// The class that a word means.
pub fn class(text: &str) -> Result<VehicleClass, CliError> {
    let others = [
        ("xe con", VehicleClass::Car),
        ("xe hoi", VehicleClass::Car),
        ("xe du lich", VehicleClass::Car),
        ("xe buyt", VehicleClass::Bus),
        ("xe bus", VehicleClass::Bus),
        ("mo to", VehicleClass::Motorcycle),
        ("xe mo to", VehicleClass::Motorcycle),
        ("xe gan may", VehicleClass::Motorcycle),
        ("o to tai", VehicleClass::Truck),
        ("khong ro", VehicleClass::Unknown),
    ];
    meant("class", text, (&VehicleClass::ALL, &others), VehicleClass::as_str, |w, c| (w.class)(c))
}

/// The colours that a word means: `xanh` alone is two, silver looks grey or white.
fn colours(text: &str) -> Result<Vec<VehicleColour>, CliError> {
    let wanted = folded(text);
    let wanted = wanted.strip_prefix("mau ").unwrap_or(&wanted);
    match wanted {
        "silver" | "bac" => return Ok(vec![VehicleColour::Grey, VehicleColour::White]),
        "xanh" => return Ok(vec![VehicleColour::Green, VehicleColour::Blue]),
        _ => {}
    }
    let others = [
        ("ghi", VehicleColour::Grey),
        ("gray", VehicleColour::Grey),
        ("xanh la cay", VehicleColour::Green),
        ("xanh luc", VehicleColour::Green),
        ("xanh lam", VehicleColour::Blue),
        ("xanh nuoc bien", VehicleColour::Blue),
        ("da cam", VehicleColour::Orange),
    ];
    // Without its accents, so that `màu đỏ` is understood; a word that is not known is told as it was typed.
    let all = (&VehicleColour::ALL[..], &others[..]);
    let named = |text: &str| meant("colour", text, all, VehicleColour::as_str, |w, c| (w.colour)(c));
    named(wanted).or_else(|_| named(text)).map(|c| vec![c])
}

#[cfg(test)]
mod tests {
    use super::{VehicleColour, class, colours, direction, named, share, verdict};
    use crate::domain::detection::VehicleClass;
    use crate::domain::place::Direction;
    use crate::domain::plate::Verdict;

    #[test]
    fn words_of_either_language_and_of_every_day_are_understood() {
        for word in ["ô tô con", "xe con", "xe hơi", "car", "O TO CON"] {
            assert_eq!(class(word).ok(), Some(VehicleClass::Car), "{word}");
        }
        assert_eq!(class("xe buýt").ok(), Some(VehicleClass::Bus));
        assert_eq!(class("mô tô").ok(), Some(VehicleClass::Motorcycle));
        for word in ["có mặt", "thấy", "xuất hiện", "seen"] {
            assert_eq!(direction(word).ok(), Some(Direction::Seen), "{word}");
        }
        for word in ["không xác định", "chưa xác định", "undetermined"] {
            assert_eq!(verdict(word).ok(), Some(Verdict::Undetermined), "{word}");
        }
        for (word, meant) in [
            ("đỏ", &[VehicleColour::Red][..]),
            ("màu trắng", &[VehicleColour::White]),
            ("ghi", &[VehicleColour::Grey]),
            ("bạc", &[VehicleColour::Grey, VehicleColour::White]),
            ("xanh", &[VehicleColour::Green, VehicleColour::Blue]),
        ] {
            assert_eq!(colours(word).ok().as_deref(), Some(meant), "{word}");
        }
        assert!(colours("nâu").is_err() && colours("").is_err());
        assert_eq!((share("0,95"), share("0.5")), (Ok(0.95), Ok(0.5)));
    }

    #[test]
    fn a_name_is_known_without_diacritics_and_by_a_part_that_only_one_has() {
        let known = ["Cầu Đa Phúc", "Cầu Hòa Sơn", "pho-yen"];
        let meant = |name: &str| named("gate", Some(name), &known).ok().flatten();
        assert_eq!(meant("cau da phuc").as_deref(), Some("Cầu Đa Phúc"));
        assert_eq!(meant("Đa Phúc").as_deref(), Some("Cầu Đa Phúc"));
        assert_eq!(meant("phổ yên").as_deref(), Some("pho-yen"));
        for neither in ["Cầu", "a Phúc", "-", ""] {
            assert_eq!(meant(neither), None, "{neither}");
        }
    }
}

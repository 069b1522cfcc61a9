//! What the verbs that ask have in common: the store, the filters, the reason for a question.

use jiff::{SignedDuration, Timestamp};

use super::args::{FilterArgs, PurposeArg, StoreArg};
use super::error::CliError;
use super::times;
use crate::config;
use crate::domain::detection::VehicleClass;
use crate::domain::place::Direction;
use crate::domain::plate::{PlateKey, Verdict};
use crate::journey::JourneyRules;
use crate::plate::{province, typed};
use crate::store::{Filter, OpenMode, Question, Reader, SettingsUsed, Store, record_question};

/// A store that is asked.
pub struct Asked {
    /// The store.
    pub store: Store,
    /// A connection to it.
    pub reader: Reader,
    /// What the last run used.
    pub settings: Option<SettingsUsed>,
    /// The present moment, the same for the whole question.
    pub now: Timestamp,
}

/// Opens the store that the flags name.
pub fn open(arg: &StoreArg) -> Result<Asked, CliError> {
    let dir = match (&arg.store, &arg.config) {
        (Some(dir), _) => dir.clone(),
        (None, Some(file)) => config::load(file)?.store.dir,
        (None, None) => return Err(CliError::Usage("give --config FILE or --store DIR".to_owned())),
    };
    let store = Store::open(&dir, OpenMode::ReadOnly)?;
    let reader = store.reader()?;
    let settings = reader.settings()?;
    Ok(Asked { store, reader, settings, now: Timestamp::now() })
}

impl Asked {
    /// By what rules journeys are told in this store.
    pub fn rules(&self) -> JourneyRules {
        let defaults = JourneyRules::default();
        match &self.settings {
            None => defaults,
            Some(used) => JourneyRules {
                lost_after: SignedDuration::from_secs(used.lost_after_s),
                same_crossing_window: SignedDuration::from_secs(used.same_crossing_s),
                gates: used.gates.clone(),
            },
        }
    }

    /// Puts a question about a plate on record before it is answered. A missing or blank purpose is refused.
    pub fn question(&self, purpose: &PurposeArg, verb: &str, query: &str) -> Result<Question, CliError> {
        let purpose = purpose.purpose.as_deref().map(str::trim).unwrap_or_default();
        if purpose.is_empty() {
            return Err(CliError::Usage(
                "--purpose is missing: a question about a plate needs its reason, a case number or words; it is \
                 recorded with your login"
                    .to_owned(),
            ));
        }
        Ok(record_question(&self.store, self.now, &login(), purpose, verb, query)?)
    }

    /// The filters in the words of the store.
    pub fn filter(&self, args: &FilterArgs) -> Result<Filter, CliError> {
        let moment = |flag: &str, text: &Option<String>| {
            text.as_deref().map(|t| times::moment(flag, t, self.now)).transpose()
        };
        let plates = match &args.plate {
            Some(text) => keys_of(text)?,
            None => Vec::new(),
        };
        if let Some(share) = args.min_confidence
            && !(0.0..=1.0).contains(&share)
        {
            return Err(CliError::Usage(format!("--min-confidence: {share} is no share; give 0 to 1")));
        }
        Ok(Filter {
            from: moment("from", &args.from)?,
            to: moment("to", &args.to)?,
            cameras: self.known("camera", &args.camera)?.into_iter().collect(),
            gates: self.known("gate", &args.gate)?.into_iter().collect(),
            direction: word("direction", &args.direction, Direction::from_word, &["in", "out", "seen"])?,
            verdicts: word("verdict", &args.verdict, Verdict::from_word, &Verdict::ALL.map(Verdict::as_str))?
                .into_iter()
                .collect(),
            provinces: match &args.province {
                Some(name) => province::codes_named(name)
                    .map_err(|e| CliError::Usage(format!("--province: {e}")))?
                    .iter()
                    .map(|c| format!("{c:02}"))
                    .collect(),
                None => Vec::new(),
            },
            classes: word(
                "class",
                &args.class,
                VehicleClass::from_word,
                &VehicleClass::ALL.map(VehicleClass::as_str),
            )?
            .into_iter()
            .collect(),
            colours: args.colour.iter().cloned().collect(),
            plates,
            min_confidence: args.min_confidence,
            in_by: self.known_gate("in-by", &args.in_by)?,
            out_by: self.known_gate("out-by", &args.out_by)?,
            longer_than: args.longer_than.as_deref().map(|t| times::length("longer-than", t)).transpose()?,
            limit: Some(args.limit as usize),
            ..Filter::default()
        })
    }

    fn known_gate(&self, flag: &str, name: &Option<String>) -> Result<Option<String>, CliError> {
        let gates = self.settings.iter().flat_map(|s| &s.gates).map(|g| g.name.clone()).collect();
        named(flag, name, gates)
    }

    /// The camera or gate as it is written in the settings, found without regard to case and diacritics.
    fn known(&self, flag: &str, name: &Option<String>) -> Result<Option<String>, CliError> {
        if flag == "gate" {
            return self.known_gate(flag, name);
        }
        let cameras = self.settings.iter().flat_map(|s| &s.cameras);
        named(flag, name, cameras.map(|c| c.name.as_str().to_owned()).collect())
    }
}

/// The known name that is meant. A store that knows none takes the name as it is.
fn named(flag: &str, name: &Option<String>, known: Vec<String>) -> Result<Option<String>, CliError> {
    let Some(name) = name else { return Ok(None) };
    if known.is_empty() {
        return Ok(Some(name.clone()));
    }
    let wanted = times::folded(name);
    if let Some(found) = known.iter().find(|k| times::folded(k) == wanted) {
        return Ok(Some(found.clone()));
    }
    Err(CliError::Usage(format!("--{flag}: `{name}` is not known here{}", suggestion(&wanted, &known))))
}

fn word<T>(
    flag: &str,
    text: &Option<String>,
    read: impl Fn(&str) -> Option<T>,
    known: &[&str],
) -> Result<Option<T>, CliError> {
    let Some(text) = text else { return Ok(None) };
    let lower = text.trim().to_lowercase();
    read(&lower).map(Some).ok_or_else(|| {
        let known: Vec<String> = known.iter().map(|k| (*k).to_owned()).collect();
        CliError::Usage(format!(
            "--{flag}: `{text}` is none of {}{}",
            known.join(", "),
            suggestion(&lower, &known)
        ))
    })
}

/// `; did you mean ...?`, or the names that are known.
fn suggestion(wanted: &str, known: &[String]) -> String {
    let folded: Vec<String> = known.iter().map(|k| times::folded(k)).collect();
    let words: Vec<&str> = folded.iter().map(String::as_str).collect();
    match config::nearest(wanted, &words).and_then(|near| words.iter().position(|w| *w == near)) {
        Some(at) => format!("; did you mean `{}`?", known[at]),
        None => format!("; known are {}", known.join(", ")),
    }
}

/// The keys that a typed plate can mean.
pub fn keys_of(text: &str) -> Result<Vec<PlateKey>, CliError> {
    let typed = typed::parse(text).map_err(|e| CliError::Usage(e.to_string()))?;
    if typed.keys.is_empty() {
        return Err(CliError::Usage(format!(
            "`{text}` is no plate of any class that is known; write it like 30A-123.45 or 29-B1 123.45"
        )));
    }
    Ok(typed.keys)
}

/// The login of the real user; the number where it has no name.
fn login() -> String {
    let uid = uzers::get_current_uid();
    uzers::get_user_by_uid(uid)
        .map_or_else(|| format!("uid {uid}"), |u| u.name().to_string_lossy().into_owned())
}

//! `correct`: a person read a passage's plate otherwise than the program.

use clap::Args;

use super::args::StoreArg;
use super::ask::{self, Asked, login};
use super::error::CliError;
use super::output::{FormArgs, Places, list};
use super::show::find;
use super::words::words;
use crate::base::clock::SystemClock;
use crate::domain::correction::{Correction, PersonRead};
use crate::domain::passage::Passage;
use crate::domain::time::local_date;
use crate::pipeline::hands;
use crate::plate::person;
use crate::plate::province::Home;
use crate::store::{Record, write_beside};

/// `correct`
#[derive(Debug, Args)]
pub struct CorrectArgs {
    /// Name of the passage, or its beginning
    pub id: String,
    /// The plate on its pictures, as people type it
    pub plate: Option<String>,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub store: StoreArg,
    /// No plate is legible
    #[arg(long, conflicts_with = "plate")]
    pub none: bool,
    /// Let the program's reading stand again
    #[arg(long, conflicts_with_all = ["plate", "none"])]
    pub undo: bool,
    /// Who has read it [default: your login, which is recorded in any case]
    #[arg(long, value_name = "NAME")]
    pub by: Option<String>,
    /// Why: a case number or words
    #[arg(long, value_name = "TEXT")]
    pub why: Option<String>,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub form: FormArgs,
}

/// Puts the correction on record and shows the passage as it stands then.
pub fn run(args: &CorrectArgs) -> Result<(), CliError> {
    let say = &words().keep;
    let why = args.why.as_deref().map(str::trim).unwrap_or_default();
    if why.is_empty() {
        return Err(CliError::Usage((say.reason_missing)("why")));
    }
    let asked = ask::open(&args.store)?;
    let passage = find(&asked, &args.id)?;
    let reading = match (&args.plate, args.none, args.undo) {
        (Some(text), ..) => Some(read(&asked, &passage, text)?),
        (None, true, _) => Some(PersonRead::ILLEGIBLE),
        (None, _, true) => None,
        _ => return Err(CliError::Usage(say.plate_or_none.to_owned())),
    };
    let login = login();
    let by = args.by.as_deref().map(str::trim).filter(|by| !by.is_empty()).unwrap_or(&login);
    let correction = Box::new(Correction::new(passage.id.clone(), asked.now, by, why, reading));
    let record = Record::Corrected { correction, login: login.clone(), verb: "correct" };
    write_beside(&asked.store, [record], &hands(asked.rules(), ask::reader_errors()), &SystemClock::new())?;
    let now = asked.reader.passage(&passage.id)?;
    list(args.form.form(), now.as_slice(), &Places::default())
}

/// The typed plate, judged by the rule of the passage's date.
fn read(asked: &Asked, passage: &Passage, text: &str) -> Result<PersonRead, CliError> {
    let settings = asked.settings.as_ref();
    let settings = settings.ok_or_else(|| CliError::Failed(words().keep.no_home.to_owned()))?;
    let home = Home::find(&settings.home)?;
    let keys = ask::keys_of(text)?;
    // There is one: a text without a key was refused.
    let key = person::likeliest(&keys, passage.class)
        .ok_or_else(|| CliError::Usage((words().say.no_plate)(text)))?;
    let date = local_date(passage.crossed_at.unwrap_or(asked.now));
    Ok(person::read(key, passage.class, passage.plate_colour, date, &home))
}

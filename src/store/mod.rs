//! The SQLite store: schema, migrations, writer, queries, check, retention. The only room that names rusqlite.
//!
//! One folder: `hanhtrinh.db` and `pictures/`. One program writes, through one thread ([`Writer`]); any number of
//! [`Reader`]s ask beside it. Passages are facts; journeys are made from them by a function that is handed in, in the
//! same transaction, so that the two never disagree. What a [`WriterHandle::flush`] has answered for survives a power
//! cut, its pictures included.

mod apply;
mod audit;
mod check;
mod error;
mod facts;
mod home;
mod open;
mod pictures;
mod query;
mod retention;
mod rows;
mod writer;

pub use apply::{Assemble, Counts, Record};
pub use audit::{AuditFilter, AuditRow, Deed, Question, record_question};
pub use check::{Finding, Severity, check};
pub use error::StoreError;
pub use facts::{Run, RunStart, SettingsUsed};
pub use home::{HomeCount, HomeHour};
pub use open::{DATABASE, OpenMode, PICTURES, Store, VERSION};
pub use pictures::{Picture, PictureKind};
pub use query::{Filter, Reader, WithdrawnJourney};
pub use retention::{Deletion, RetentionRules};
pub use writer::{BATCH_RECORDS, Writer, WriterHandle, WriterOptions};

#[cfg(test)]
mod tests;

//! The SQLite store: schema, migrations, writer, queries, check, retention. The only room that names rusqlite.
//!
//! One folder: `hanhtrinh.db` and `pictures/`. One run writes, through one thread ([`Writer`]); any number of [`Reader`]s
//! ask beside it, and what people do (questions, the watch list, corrections, imports: [`write_beside`]) is written beside
//! it in short transactions of the same kind. Passages are facts; journeys are made from them by a function that is handed in, in the
//! same transaction, so that the two never disagree. What a [`WriterHandle::flush`] has answered for survives a power
//! cut, its pictures included.

mod alerts;
mod apply;
mod audit;
mod bulk;
mod check;
mod corrections;
mod error;
mod exchange;
mod facts;
mod filter;
mod home;
mod import;
mod joined;
mod open;
mod outbox;
mod pictures;
mod query;
mod retention;
mod review;
mod rows;
mod search;
mod summaries;
mod traffic;
mod watch;
mod writer;

pub use alerts::{Delivery, Likeness, ToldAlert};
pub use apply::{Assemble, Counts, Hands, Record};
pub use audit::{AuditFilter, AuditRow, Deed, Question, record_question};
pub use bulk::{BulkCounts, BulkLoad};
pub use check::{Finding, Severity, check};
pub use corrections::CorrectedPassage;
pub use error::StoreError;
pub use exchange::{BoxLine, ExportHeader, ExportOrder, Exported, export, record_export};
pub use facts::{Run, RunStart, SettingsUsed};
pub use filter::Filter;
pub use home::{HomeCount, HomeHour};
pub use import::{Incoming, import, take_boxes};
pub use joined::JoinBy;
pub use open::{DATABASE, OpenMode, PICTURES, Store, VERSION};
pub use outbox::{Due, Outbox};
pub use pictures::{Picture, PictureKind};
pub use query::{Reader, WithdrawnJourney};
pub use retention::{Deletion, RetentionRules};
pub use review::ReviewFilter;
pub use search::{CandidateOnRecord, PlateOnRecord};
pub use traffic::{HourlyCount, InsideCount, LightPassage, Repeated};
pub use watch::{WatchPut, put_on_watch, take_off_watch};
pub use writer::{BATCH_RECORDS, Writer, WriterHandle, WriterOptions, write_beside};

#[cfg(test)]
mod tests;

//! Which passages are one vehicle's. Pure; the result depends on the set of passages and the data passed in (reader's
//! confusion, link times, places, rules), never on the order of arrival.
//!
//! The shape, made so that a new passage is joined by looking at a bounded neighbourhood alone:
//! - A passage that was read, or nearly so, is an *anchor* of the vehicle of its text. One that is not confident is also
//!   *unsure*: it may be moved to another key. A confident one never is, and a vehicle has one key, so two confident
//!   reads that differ never meet.
//! - The unsure passages of one text in one week are a *block*. Where that text was read of some other passage they are
//!   decided day by day, else all together: dirt is misread alike.
//! - [`decide`] weighs for them every key that looks like their text, or stands among their candidates, and has an anchor
//!   within the horizon: belief by the confusion table, how well they fit in time and place between the host's anchors
//!   (before, within and after), class and plate colour; against the chance that the text is right, or shows a vehicle
//!   not seen otherwise. They move only to what was read better than they were, so no two change places.
//! - Two rounds. The first sees the passages as recorded; the second sees what the first has moved as anchors where it
//!   went. A round reads only what the one before it left, never its own decisions, so nothing cascades further.
//! - A passage that comes, changes or goes can alter the decisions of its own block and, where it is an anchor, of the
//!   blocks of look-alike texts between the anchors before and after it: [`dirty`] lists them. A decision of the first
//!   round that changes is, for the second, a passage that went from one key and came to another.
//! - [`bodies`] lays a vehicle's members along time so that none is in two places at once: confident ones first, then
//!   the others by their probability. What was moved and has no room goes back to its own text; what else was read and
//!   does not fit stands apart: a clone, or a wrong read.
//! - What was weighed and not joined is kept as a [`Hint`], never as a link; and so is all of a vehicle that was read
//!   nowhere.
//! - Two members that follow each other are a link as far as no hint lies between them: [`link_p`].
//! - Link times are those that were known when the week began, so whatever is learned later changes no decision.

mod decide;
mod links;
mod memory;
mod place;
mod settle;
mod sighting;
mod text;
mod verdict;
mod walk;

pub use decide::{Decision, Hint, Joining, Rules, decide, dirty};
pub use links::{LinkCounts, LinkTimes, WrittenCounts};
pub use memory::{Memory, Vehicle};
pub use place::{ALWAYS, Place, Places};
pub use settle::{Ledger, Near, Round, Settled, decisions, settle};
pub use sighting::{Anchor, Block, Key, Sighting, Traffic, nearest_around, number_of, week_of};
pub use text::PlateText;
pub use verdict::{VerdictRule, verdict};
pub use walk::{Member, bodies, link_p, was_read, without_room};

#[cfg(test)]
mod tests;

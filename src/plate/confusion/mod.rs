//! How the plate reader mixes characters up, and what that says of two readings: one plate or two.
//!
//! [`Confusion`] is the table: the probability that the reader gives a character where another stands, loses one, or
//! adds one, by row split and by the plate's width in the picture. It is learned elsewhere and comes as a text (below),
//! or is [`Confusion::built_in`]. [`Reading`] is what one passage shows of a plate; [`Confusion::belief`] how far it is
//! believed to show a given text, and [`Confusion::same_plate`] how much more likely two readings are if they show one
//! plate than if they show two.
//!
//! # The text
//!
//! Lines of words; `#` and what follows it is passed over.
//!
//! ```text
//! hanhtrinh-confusion 1
//! alphabet 0123456789ABCDEFGHKLMNPQRSTUVXYZĐIJOW
//! edges 60 100            # plate widths in px that part the bands: 0 is below 60, 1 from 60 on, 2 from 100 on
//! one_line 0 8 8 412      # layout, band, true character, read character, how often
//! one_line 0 8 B 3
//! one_line 0 8 - 1        # an 8 that was not read
//! two_line 2 - 1 2        # a 1 read where nothing stands
//! ```
//!
//! The counts are of raw reads (the best text whatever its confidence) aligned with the truth. A line that comes twice
//! adds up. Each true character of each condition starts from [`PRIOR_COUNT`] observations spread as in the built-in
//! table, so that what was never seen is rare and not impossible.

mod table;
mod weigh;

pub use table::{Condition, Confusion, ConfusionError, PRIOR_COUNT};
pub use weigh::{Coincidence, Doubt, Reading};

/// Stands for a character that could not be read, in the text of a [`Reading`].
pub const MISSING: char = '?';

#[cfg(test)]
mod tests;

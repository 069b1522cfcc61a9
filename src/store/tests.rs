//! Tests of the room as the rest of the program uses it.

mod basics;
mod support;

//! What every room may lean on and what leans on none: clocks and the end of the program.

pub mod clock;
pub mod shutdown;

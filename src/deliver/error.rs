//! Why something did not arrive.

/// Whose fault it is: what a second attempt depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The target's: it cannot be reached or takes nothing now. The next parcel would fare no better.
    Target,
    /// This parcel was refused; another may be taken.
    Parcel,
}

/// A delivery that failed. Never holds a token or password.
#[derive(Debug, thiserror::Error)]
#[error("{what}")]
pub struct DeliverError {
    /// What happened, and the way out.
    pub what: String,
    /// Whose fault it is.
    pub fault: Fault,
}

impl DeliverError {
    pub(super) fn target(what: impl Into<String>) -> Self {
        Self { what: what.into(), fault: Fault::Target }
    }

    pub(super) fn parcel(what: impl Into<String>) -> Self {
        Self { what: what.into(), fault: Fault::Parcel }
    }
}

//! Where a plate was issued, in the words of the province table.

use crate::domain::journey::Origin;
use crate::plate::province;

/// The provinces of a two-digit code; empty where the code belongs to none.
pub fn of_code(code: &str) -> Origin {
    let names = code.parse().ok().and_then(province::names);
    Origin {
        code: names.as_ref().map(|_| code.to_owned()),
        province_2021: names.as_ref().map(|n| n.before.to_owned()),
        province_now: names.as_ref().map(|n| n.now.to_owned()),
    }
}

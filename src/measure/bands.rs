//! Widths in bands.

/// The name of the band that a width lies in; `bands`: lower edges in pixels with their names, the widest first.
pub(super) fn band(bands: &[(f32, &'static str)], width: f32) -> Option<&'static str> {
    bands.iter().find(|(least, _)| width >= *least).map(|(_, name)| *name)
}

/// What sorts names of bands by their size and not by their letters: `<40`, `40-60`, `140+`; other words last.
pub fn band_order(name: &str) -> impl Ord + use<> {
    let lower_edge = name.split(['-', '+']).next().and_then(|n| n.parse::<u32>().ok());
    let narrowest = name.starts_with('<');
    (lower_edge.is_none() && !narrowest, !narrowest, lower_edge)
}

//! Passages from tracks, and journeys from passages. Pure.

//! The tracker: motion model, association, track life, plates attached to vehicles. Pure.

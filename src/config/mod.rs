//! Settings: the TOML file's mirror, then validated settings.

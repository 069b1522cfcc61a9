//! Wiring: every queue and thread, the stages, and the inline run of the same stages.

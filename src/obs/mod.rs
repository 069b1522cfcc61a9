//! Metric names, counters, logging.

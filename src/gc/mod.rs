//! The collector, one file a phase.

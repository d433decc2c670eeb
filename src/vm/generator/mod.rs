//! What scripts do to a suspended generator besides resuming it: `throw` (`throw.rs`) and `close` (`close.rs`).
//!
//! The object is in `frame/generator.rs`, resuming in `run/resume.rs`, the type in `types/generator.rs`.
//!
//! Begin with `throw.rs`.

pub(super) mod close;
pub(super) mod throw;
pub(super) mod thrown;

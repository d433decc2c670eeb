//! What scripts do to a suspended generator besides resuming it: `throw` (`throw.rs`) and `close` (`close.rs`);
//! `async_throw.rs` does the same to asynchronous generators.
//!
//! The object is in `frame/generator.rs`, resuming in `run/resume.rs`, the type in `types/generator.rs`.
//!
//! Begin with `throw.rs`.

pub(super) mod async_throw;
pub(super) mod close;
pub(super) mod throw;
pub(super) mod thrown;

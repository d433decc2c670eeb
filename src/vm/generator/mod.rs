//! What scripts do to a suspended generator beside going on with it: `throw` (`throw.rs`) and `close` (`close.rs`).
//!
//! The object is in `frame/generator.rs`, going on with it in `run/resume.rs`, its type in `types/generator.rs`.
//!
//! Begin with `throw.rs`.

pub(super) mod close;
pub(super) mod throw;
pub(super) mod thrown;

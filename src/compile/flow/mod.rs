//! Analyses of the instructions of a unit: where control goes, which loads of locals may find them unbound
//! (`assigned.rs`), and which may push a deferred reference (`borrow.rs`).
//!
//! Begin with `blocks.rs`; `thread_jumps.rs` shortens jumps to jumps and drops what nothing leads to.

pub(super) mod assigned;
pub(super) mod blocks;
pub(super) mod borrow;
pub(super) mod thread_jumps;

//! What happens when a request for memory fails: who gets an error, and which requests are served from a reserve.
//!
//! There are three kinds of requests:
//!
//! | a request | when there is no memory |
//! |---|---|
//! | whose size a program chooses | the caller asks with `try_reserve` and raises `MemoryError` |
//! | of a library that cannot fail, of a size known before | a [`Room`] is taken first, and that may fail |
//! | short (at most [`SERVED_BYTES`]) | is served from the [reserve](is_low); the thread raises `MemoryError` at its next safepoint |
//!
//! Lists of the machine itself that grow with what a program does are [`Chunks`] and [`Queue`], which make short
//! requests only.
//!
//! [`Steps`] decides how much of a reserve must be in use before `MemoryError` is raised; pages of objects have a
//! reserve of their own (`heap`). `watched` is the allocator in front of the system's, `reserve` the memory that it
//! hands out when the system's has none left, `fault` makes requests fail on purpose.

mod chunks;
mod fault;
mod grow;
mod reserve;
mod room;
mod signal;
mod steps;
mod watched;

pub use chunks::{Chunks, Queue};
pub use fault::{arm, has_failed, set_served, takes_owed, without_faults};
pub use grow::{
    collect, collect_text, copy, copy_text, formatted, has_addresses, has_many_addresses, push, push_str,
    repeated, repeated_bytes, repeated_text, split_off, text_with_room, with_room,
};
pub use reserve::{has_recovered, is_due, is_low};
pub use room::{OutOfMemory, Room};
pub use signal::{fails_page, report_to, shortage};
pub use steps::Steps;
pub use watched::Watched;

/// The longest request that never fails: long enough for what a fixed number of values needs, short enough
/// that many of them fit into the reserve.
pub const SERVED_BYTES: usize = 64 << 10;

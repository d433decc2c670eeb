//! Memory that may run out: what is asked for, what it is served from, and who is told.
//!
//! Three kinds of requests, and no fourth:
//!
//! | a request | when there is no memory |
//! |---|---|
//! | whose size a program chooses | the caller asks with `try_reserve` and raises `MemoryError` |
//! | of a library that cannot fail, of a size known before | a [`Room`] is taken first, and that may fail |
//! | short (at most [`SERVED_BYTES`]) | is served from the [reserve](is_low); the thread raises `MemoryError` at its next safepoint |
//!
//! What the machine keeps of its own, as much as a program makes it, is in [`Chunks`] and [`Queue`]: short requests only.
//!
//! [`Steps`] say when what is in use of a reserve raises an error; pages of objects have a reserve of their own (`heap`).
//! `watched` is the allocator in front of the real one, `reserve` what it serves from when that one has nothing left,
//! `fault` makes requests fail on purpose.

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

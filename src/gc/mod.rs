//! The collector: finds objects that only refer to each other, and frees them.
//!
//! Start with `collect.rs`: it is the table of contents, one line for each phase, and the only place that
//! decides their order. Each phase is a file; what phases pass to each other is in `cycle.rs`, and in the list
//! that the pages keep (`heap/listed.rs`). `schedule.rs` decides when a collection runs, `seal.rs` what is
//! never traversed, `verify.rs` checks the counts, `listing.rs` answers what scripts ask about the heap.
//! `RULES.md` has the rules that comments refer to by number.

#![deny(unsafe_code)]

#[expect(unsafe_code, reason = "empties objects that it knows to be trash")]
mod break_cycles;
mod callbacks;
#[expect(unsafe_code, reason = "owns a count that it has added")]
mod clear_weakrefs;
mod collect;
#[expect(unsafe_code, reason = "takes over the counts that the list of trash holds")]
mod cycle;
mod drain_delayed;
#[expect(unsafe_code, reason = "reads the reference words of objects with the world stopped")]
mod edges;
mod finalize;
mod gather_unreachable;
mod keep_resurrected;
mod listing;
mod mark_alive;
mod mark_reachable;
mod marker;
mod merge_refcounts;
#[expect(unsafe_code, reason = "owns counts in a chain without memory of its own")]
mod noted;
mod release_merged;
mod report;
mod schedule;
mod seal;
mod set_aside_legacy;
mod subtract_internal;
mod verify;
mod waiting;
#[expect(unsafe_code, reason = "takes over the counts that the list of trash holds")]
mod watched;
mod work_count;

pub use collect::collect;
pub use cycle::{DebugFlags, Outcome, Reason};
pub use listing::{
    freeze, frozen_count, get_objects, get_referents, get_referrers, is_finalized, is_tracked, unfreeze,
};
pub use schedule::{automatic, shutdown};
pub use seal::seal;

pub use verify::{Fault, verify};

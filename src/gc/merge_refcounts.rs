//! Phase: every object's own counts become exact.
//!
//! References to classes and code are counted in each thread by id, and references dropped by other threads may
//! wait in the owner's queue; both are added to the objects' own counts (B-17, B-34).

use super::cycle::Cycle;
use crate::life;
use crate::thread::{WorldStopped, align_births, merge_per_thread_counts};

/// Adds the per-thread counts to the objects' own counts and drains every merge queue.
///
/// Untracked objects without references wait for `release_merged`.
pub(super) fn run(stopped: &WorldStopped<'_>, cycle: &mut Cycle) {
    merge_per_thread_counts(stopped);
    life::drain_all_merge_queues(stopped, true);
    cycle.births = align_births(stopped);
}

/// Does the same in the second pause, for what script code counted since the first (D-44).
///
/// No more trash is searched for, so tracked objects without references wait for `release_merged` too.
pub(super) fn run_again(stopped: &WorldStopped<'_>) {
    merge_per_thread_counts(stopped);
    life::drain_all_merge_queues(stopped, false);
}

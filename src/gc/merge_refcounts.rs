//! Phase: the counts of every object become exact.
//!
//! Classes and code are counted in each thread by their own slot, and a foreign drop may wait in its
//! owner's queue; both are folded into the objects' own words (B-17, B-34).

use super::cycle::Cycle;
use crate::life;
use crate::thread::{WorldStopped, align_births, merge_per_thread_counts};

/// Folds per-thread counts and drains every merge queue.
///
/// Untracked objects that nobody holds wait for `release_merged`.
pub(super) fn run(stopped: &WorldStopped<'_>, cycle: &mut Cycle) {
    merge_per_thread_counts(stopped);
    life::drain_all_merge_queues(stopped, true);
    cycle.births = align_births(stopped);
}

/// The same in the second pause, for what script code counted since the first (D-44).
///
/// Nobody looks for further trash, so tracked objects that nobody holds wait for `release_merged` as well.
pub(super) fn run_again(stopped: &WorldStopped<'_>) {
    merge_per_thread_counts(stopped);
    life::drain_all_merge_queues(stopped, false);
}

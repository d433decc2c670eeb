//! Phase: the counts of every object become exact.
//!
//! Classes and code are counted in each thread by their own slot, and a foreign drop may wait in its
//! owner's queue; both are folded into the objects' own words (B-17, B-34).

use super::cycle::Cycle;
use crate::life;
use crate::object::RawObject;
use crate::thread::WorldStopped;

/// Folds per-thread counts and drains every merge queue.
///
/// Untracked objects that nobody holds come back with one reference, to be released once the world runs.
pub(super) fn run(stopped: &WorldStopped<'_>, cycle: &mut Cycle) {
    let untracked = fold(stopped);
    cycle.released.extend(untracked);
}

/// Makes the counts exact, outside of a collection too; answers what is to be released after the pause.
pub(super) fn fold(stopped: &WorldStopped<'_>) -> Vec<RawObject> {
    for thread in stopped.threads() {
        thread.counts.drain(|id, count| {
            if let Some(object) = stopped.runtime().unique_ids.lookup(id) {
                object.counts().add_shared(count);
            }
        });
    }
    life::drain_stopped(stopped)
}

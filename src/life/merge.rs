//! Handles references that other threads dropped: queues them to the owner, drains the queues, merges the
//! counts (B-13 to B-19).
//!
//! The owner drains its queue at a safepoint, so destructors run on the owner (B-14); a collection drains the
//! queues of all threads.

use super::count::{release_with, release_word};
use super::destroy::destroy;
use crate::object::{RawObject, word};
use crate::sync::Ordering::Relaxed;
use crate::thread::{Handover, ThreadState, WorldStopped};

/// Hands a reference to the owner's queue, or merges the object here if the owner cannot run.
#[cold]
#[inline(never)]
pub(super) fn hand_over(thread: &ThreadState, owner: u32, object: RawObject) {
    let runtime = thread.runtime();
    match runtime.merge_queues.hand_over(thread, owner, object) {
        Handover::Queued => {
            runtime.events.merge_queued.fetch_add(1, Relaxed);
        }
        Handover::Merged(left) => {
            runtime.events.merged_by_dropper.fetch_add(1, Relaxed);
            if left == 0 {
                destroy(thread, object);
            }
        }
        Handover::AlreadyMerged => release_with(thread, object),
    }
}

/// Merges the objects that other threads have queued for this one (B-14, B-15).
/// Destroys those without references.
pub fn merge_queue(thread: &ThreadState) {
    loop {
        let queued = thread.runtime().merge_queues.take(thread.id);
        if queued.is_empty() {
            return;
        }
        merge_all(thread, queued);
    }
}

/// Merges queued objects of this thread and releases the reference that the queue held on each.
pub(super) fn merge_all(thread: &ThreadState, queued: Vec<RawObject>) {
    for object in queued {
        thread.runtime().events.merge_drained.fetch_add(1, Relaxed);
        if object.counts().merge(-1) == 0 {
            destroy(thread, object);
        }
    }
}

/// Drains the queues of all threads in a pause (B-17).
///
/// An object without references becomes an orphan with one reference, which the caller releases with
/// `release_orphans` after the pause. With `leave_tracked` a tracked object stays as it is, merged with count
/// 0, so that the collector finds it.
pub fn drain_all_merge_queues(stopped: &WorldStopped<'_>, leave_tracked: bool) {
    let runtime = stopped.runtime();
    for thread in stopped.threads() {
        for object in runtime.merge_queues.take(thread.id) {
            runtime.events.merge_drained.fetch_add(1, Relaxed);
            if object.counts().merge(-1) == 0 && !(leave_tracked && object.is_tracked()) {
                object.counts().add_shared(1);
                runtime.pool().leave_orphan(object);
            }
        }
    }
}

/// Releases the orphans: references that others left to be released at a safepoint.
/// Threads outside of the runtime have dropped them (D-27), or a pause has left them. Returns whether there were any.
pub fn release_orphans(thread: &ThreadState) -> bool {
    let orphans = thread.runtime().pool().take_orphans();
    let any = !orphans.is_empty();
    for object in orphans {
        // SAFETY: the orphan's reference was left for us.
        unsafe { release_word(thread, word::owned(object)) };
    }
    any
}

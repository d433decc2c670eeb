//! Where a thread hands over references to objects that another thread owns (CPython: `brc`).
//!
//! 257 locked buckets of threads by id. Invariant: a thread in its bucket will drain its queue before it
//! leaves, and nothing can be queued to it afterwards (B-18). Rules B-13 to B-19; the draining, which may
//! destroy objects, is `life::merge`'s.

use super::world::ThreadPtr;
use super::{BreakerBits, ThreadState};
use crate::object::RawObject;
use crate::sync::Mutex;

/// How many buckets there are. A prime, so that thread ids spread evenly.
const BUCKETS: usize = 257;

/// What happened to a reference that was handed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Handover {
    /// It is in the queue of the owner, who will merge and release it.
    Queued,
    /// The owner has ended or is detached, so its work was done here: the object has been merged, the reference
    /// is gone, and this many references are left.
    Merged(i64),
    /// The owner has merged the object already; the caller still holds the reference and releases it as usual
    /// (B-16).
    AlreadyMerged,
}

struct Entry {
    id: u32,
    thread: ThreadPtr,
    queue: Vec<RawObject>,
}

/// The queues of one runtime.
pub struct MergeQueues {
    buckets: Box<[Mutex<Vec<Entry>>]>,
}

impl Default for MergeQueues {
    fn default() -> Self {
        MergeQueues { buckets: (0..BUCKETS).map(|_| Mutex::default()).collect() }
    }
}

impl MergeQueues {
    fn bucket(&self, id: u32) -> &Mutex<Vec<Entry>> {
        &self.buckets[id as usize % BUCKETS]
    }

    /// Adds a thread, so that references can be queued to it.
    pub(super) fn add(&self, thread: &ThreadState) {
        let entry = Entry { id: thread.id, thread: ThreadPtr::new(thread), queue: Vec::new() };
        self.bucket(thread.id).lock().push(entry);
    }

    /// Removes a thread if its queue is empty; otherwise returns what is in it (B-18).
    pub(super) fn remove_if_empty(&self, id: u32) -> Result<(), Vec<RawObject>> {
        let mut bucket = self.bucket(id).lock();
        let at = bucket.iter().position(|entry| entry.id == id).expect("the thread is registered");
        if bucket[at].queue.is_empty() {
            bucket.swap_remove(at);
            Ok(())
        } else {
            Err(std::mem::take(&mut bucket[at].queue))
        }
    }

    /// Hands a reference to the queue of the owner, or merges the object for it (B-16, B-19).
    /// It merges the object if the owner cannot run. The state of the object is QUEUED, and the caller gives up its
    /// reference.
    pub fn hand_over(&self, caller: &ThreadState, owner: u32, object: RawObject) -> Handover {
        if owner == 0 {
            return Handover::AlreadyMerged;
        }
        let mut bucket = self.bucket(owner).lock();
        let Some(entry) = bucket.iter_mut().find(|entry| entry.id == owner) else {
            return Handover::Merged(object.counts().merge(-1));
        };
        // A thread leaves its bucket, under this lock, before its state is freed.
        if let Some(held) = caller.runtime().world.hold_detached(&entry.thread) {
            let left = object.counts().merge(-1);
            drop(held);
            return Handover::Merged(left);
        }
        entry.queue.push(object);
        entry.thread.get().breaker.set(BreakerBits::EXPLICIT_MERGE);
        Handover::Queued
    }

    /// Removes a thread with whatever is queued to it. The references leak, as everything does when a runtime
    /// is torn down.
    pub(super) fn forget(&self, id: u32) {
        self.bucket(id).lock().retain(|entry| entry.id != id);
    }

    /// Empties a thread's queue and returns what was in it.
    pub fn take(&self, id: u32) -> Vec<RawObject> {
        let mut bucket = self.bucket(id).lock();
        bucket
            .iter_mut()
            .find(|entry| entry.id == id)
            .map_or_else(Vec::new, |entry| std::mem::take(&mut entry.queue))
    }

    /// Returns how many references are queued for a thread.
    pub fn len(&self, id: u32) -> usize {
        self.bucket(id).lock().iter().find(|entry| entry.id == id).map_or(0, |entry| entry.queue.len())
    }
}

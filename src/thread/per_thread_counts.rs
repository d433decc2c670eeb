//! One thread's private counts of objects that many threads share, by unique id (B-33, B-34).
//!
//! Instances of a class refer to it by a number here instead of by the class's own words, so that threads
//! making instances of one class do not fight over a cache line. A collection folds them in.

use super::{ThreadState, WorldStopped};
use crate::sync::Ordering::Relaxed;
use std::cell::UnsafeCell;

/// Counts by id; index 0 is never used.
#[derive(Default)]
pub struct PerThreadCounts {
    counts: UnsafeCell<Vec<i64>>,
}

impl PerThreadCounts {
    /// Adds `by` to the count of an id.
    #[inline(always)]
    pub fn add(&self, id: u32, by: i64) {
        // SAFETY: only the owning thread is here, or the world is stopped; no reference escapes.
        let counts = unsafe { &mut *self.counts.get() };
        match counts.get_mut(id as usize) {
            Some(count) => *count += by,
            None => Self::grow(counts, id, by),
        }
    }

    #[cold]
    fn grow(counts: &mut Vec<i64>, id: u32, by: i64) {
        counts.resize((id as usize + 1).next_power_of_two().max(8), 0);
        counts[id as usize] += by;
    }

    /// Makes room for the count of an id on this thread; false if there is no memory.
    pub fn make_room(&self, id: u32) -> bool {
        // SAFETY: only the owning thread comes here, or a stopper in a pause, and no reference to the vector is
        // kept (see `add`).
        let counts = unsafe { &mut *self.counts.get() };
        let slots = (id as usize + 1).next_power_of_two().max(8);
        let has_room = counts.len() >= slots || counts.try_reserve_exact(slots - counts.len()).is_ok();
        if has_room {
            self.add(id, 0);
        }
        has_room
    }

    /// Returns the count of an id.
    pub fn get(&self, id: u32) -> i64 {
        // SAFETY: only the owning thread comes here, or a stopper in a pause, and no reference to the vector is
        // kept (see `add`).
        unsafe { &*self.counts.get() }.get(id as usize).copied().unwrap_or(0)
    }

    /// Sets the count of an id to zero and returns what it was.
    pub fn take(&self, id: u32) -> i64 {
        // SAFETY: only the owning thread comes here, or a stopper in a pause, and no reference to the vector is
        // kept (see `add`).
        unsafe { &mut *self.counts.get() }.get_mut(id as usize).map_or(0, std::mem::take)
    }

    /// Sets every count to zero and calls `see` with each that was not zero (B-34).
    pub fn drain(&self, mut see: impl FnMut(u32, i64)) {
        // SAFETY: only the owning thread comes here, or a stopper in a pause, and no reference to the vector is
        // kept (see `add`).
        let counts = unsafe { std::mem::take(&mut *self.counts.get()) };
        for (id, &count) in counts.iter().enumerate() {
            if count != 0 {
                see(id as u32, count);
            }
        }
        let mut counts = counts;
        counts.fill(0);
        // SAFETY: only the owning thread comes here, or a stopper in a pause, and no reference to the vector is
        // kept (see `add`).
        unsafe { *self.counts.get() = counts };
    }
}

/// Adds every thread's private counts to the objects' own counts (B-34).
pub fn merge_per_thread_counts(stopped: &WorldStopped<'_>) {
    stopped.threads().for_each(fold);
}

/// Makes all threads number births from the highest number that any of them has reached.
/// So what is made after a pause counts as younger than what any thread made before it. Returns that number.
pub fn align_births(stopped: &WorldStopped<'_>) -> u32 {
    let last = &stopped.runtime().gc.births;
    let since = |thread: &ThreadState| thread.births.get().wrapping_sub(last.load(Relaxed));
    let furthest = stopped.threads().map(since).max().unwrap_or(0);
    let births = last.load(Relaxed).wrapping_add(furthest);
    last.store(births, Relaxed);
    stopped.threads().for_each(|thread| thread.number_births_from(births));
    births
}

/// Adds one thread's private counts to the objects' own counts.
pub(super) fn fold(thread: &ThreadState) {
    thread.counts.drain(|id, count| {
        if let Some(object) = thread.runtime().unique_ids.object_of(id) {
            object.counts().add_shared(count);
        }
    });
}

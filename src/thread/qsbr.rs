//! Grace periods: memory that readers without a lock may still look at is freed once every thread has
//! reported that it looks at nothing old (CPython: `_Py_qsbr`).
//!
//! ```text
//! write  odd, grows by 2 with every `advance`; its new value is the goal of what was unlinked before
//! seen   what a thread saw last when it held no old pointer; 0 = offline
//! read   the smallest `seen` anybody has found; never decreases, never passes `write`
//! ```
//! Comparisons use the signed difference, so they stay right when the counter wraps (B-37).

use crate::sync::{Arc, AtomicU64, Mutex, Ordering, fence};

/// The value of `seen` while a thread is detached.
const OFFLINE: u64 = 0;
const FIRST: u64 = 1;
const STEP: u64 = 2;
/// How many slots the array has at first; it is doubled when needed.
const FIRST_SLOTS: usize = 8;

/// Tells whether `a` comes before `b` on the wrapping clock.
fn before(a: u64, b: u64) -> bool {
    (a.wrapping_sub(b) as i64) < 0
}

/// What one thread reports, on a cache line of its own.
#[repr(align(64))]
#[derive(Debug)]
pub struct QsbrSlot {
    seen: AtomicU64,
    index: usize,
}

/// The clock of grace periods.
pub struct Qsbr {
    write: AtomicU64,
    read: AtomicU64,
    /// The threads' reports, by the index of the thread.
    slots: Mutex<Vec<Option<Arc<QsbrSlot>>>>,
}

impl Default for Qsbr {
    fn default() -> Self {
        Self::starting_at(FIRST)
    }
}

impl Qsbr {
    /// Makes a clock that starts at a given odd value; tests use it to cross the wrap-around.
    pub fn starting_at(sequence: u64) -> Self {
        assert!(sequence % STEP == 1, "sequences are odd, so that they never equal OFFLINE");
        let (write, read) = (AtomicU64::new(sequence), AtomicU64::new(sequence));
        Qsbr { write, read, slots: Mutex::new(Vec::new()) }
    }

    /// Adds the thread with this index. It begins offline: it holds no pointer from before, so no grace period waits
    /// for it (B-42).
    pub fn register(&self, index: usize) -> Arc<QsbrSlot> {
        let mut slots = self.slots.lock();
        if index >= slots.len() {
            slots.resize((index + 1).next_power_of_two().max(FIRST_SLOTS), None);
        }
        let slot = Arc::new(QsbrSlot { seen: AtomicU64::new(OFFLINE), index });
        let before = slots[index].replace(Arc::clone(&slot));
        assert!(before.is_none(), "an index belongs to one thread");
        slot
    }

    /// Removes a thread, which must be offline (B-42).
    pub fn unregister(&self, slot: &Arc<QsbrSlot>) {
        assert_eq!(slot.seen.load(Ordering::Relaxed), OFFLINE, "a thread leaves while it may hold pointers");
        let removed = self.slots.lock()[slot.index].take();
        assert!(removed.is_some_and(|removed| Arc::ptr_eq(&removed, slot)), "the slot is registered here");
    }

    /// Returns how many slots the array has.
    pub fn capacity(&self) -> usize {
        self.slots.lock().len()
    }

    /// Returns the write sequence.
    pub fn current(&self) -> u64 {
        self.write.load(Ordering::Acquire)
    }

    /// Returns what `advance` would return, without advancing (B-38).
    pub fn next(&self) -> u64 {
        self.current().wrapping_add(STEP)
    }

    /// Starts a grace period and returns the goal of everything unlinked before the call.
    pub fn advance(&self) -> u64 {
        // AcqRel: whoever reads the new value has also seen that the object was unlinked.
        self.write.fetch_add(STEP, Ordering::AcqRel).wrapping_add(STEP)
    }

    /// Reports that the calling thread holds no pointer that it read without a lock before this call (B-39).
    pub fn quiescent(&self, slot: &QsbrSlot) {
        // Acquire: pairs with the AcqRel in `advance`.
        let now = self.write.load(Ordering::Acquire);
        // Release: pairs with the Acquire in `poll`; our reads of old objects stay above it.
        slot.seen.store(now, Ordering::Release);
    }

    /// Marks a thread as online. It takes over the current value of the clock, because it has not read any
    /// pointer yet.
    pub fn attach(&self, slot: &QsbrSlot) {
        debug_assert_eq!(slot.seen.load(Ordering::Relaxed), OFFLINE, "attached twice");
        let now = self.write.load(Ordering::Acquire);
        slot.seen.store(now, Ordering::SeqCst);
        // SeqCst: either a poll sees us online, or we see what was unlinked before that poll (D-37).
        fence(Ordering::SeqCst);
    }

    /// Marks a thread as offline, so that no goal waits for it. It must not hold any pointer read without a
    /// lock.
    pub fn detach(&self, slot: &QsbrSlot) {
        // Release: pairs with the Acquire in `poll`; our last reads stay above it.
        slot.seen.store(OFFLINE, Ordering::Release);
    }

    /// Tells whether a goal was reached the last time anybody checked, without reading other threads' reports.
    pub fn goal_reached(&self, goal: u64) -> bool {
        !before(self.read.load(Ordering::Acquire), goal)
    }

    /// Reads the report of every thread and tells whether a goal is reached (B-40).
    pub fn poll(&self, goal: u64) -> bool {
        self.goal_reached(goal) || !before(self.scan(), goal)
    }

    fn scan(&self) -> u64 {
        // SeqCst: pairs with the fence in `attach`.
        fence(Ordering::SeqCst);
        let mut smallest = self.current();
        for slot in self.slots.lock().iter().flatten() {
            // Acquire: pairs with the Release in `quiescent` and `detach`.
            let seen = slot.seen.load(Ordering::Acquire);
            if seen != OFFLINE && before(seen, smallest) {
                smallest = seen;
            }
        }
        let mut read = self.read.load(Ordering::Relaxed);
        while before(read, smallest) {
            // Release: pairs with the Acquire in `goal_reached`.
            match self.read.compare_exchange(read, smallest, Ordering::AcqRel, Ordering::Relaxed) {
                Ok(_) => return smallest,
                Err(now) => read = now,
            }
        }
        read
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    /// B-37, B-38, B-41: a thread that never reports holds every later goal back, also across the wrap.
    #[test]
    fn one_slow_thread_holds_memory_back() {
        for start in [FIRST, u64::MAX - 2, u64::MAX] {
            let qsbr = Qsbr::starting_at(start);
            let (prompt, slow) = (qsbr.register(0), qsbr.register(1));
            qsbr.attach(&prompt);
            qsbr.attach(&slow);
            assert_eq!(qsbr.next(), start.wrapping_add(2));
            let goal = qsbr.advance();
            assert_eq!(goal, start.wrapping_add(2));
            qsbr.quiescent(&prompt);
            assert!(!qsbr.poll(goal));
            qsbr.detach(&slow);
            assert!(!qsbr.goal_reached(goal));
            assert!(qsbr.poll(goal));
            assert!(qsbr.goal_reached(goal));
        }
    }

    /// B-39, B-40: with everybody offline the write sequence counts.
    #[test]
    fn with_everybody_offline_every_goal_is_reached() {
        let qsbr = Qsbr::default();
        let slot = qsbr.register(0);
        let goal = qsbr.advance();
        assert!(qsbr.poll(goal));
        assert!(!qsbr.poll(qsbr.next()));
        qsbr.unregister(&slot);
    }

    /// B-42: eight slots at first, doubled, reused.
    #[test]
    fn slots_are_reused_and_doubled() {
        let qsbr = Qsbr::default();
        let slots: Vec<_> = (0..8).map(|index| qsbr.register(index)).collect();
        assert_eq!(qsbr.capacity(), 8);
        qsbr.unregister(&slots[3]);
        let again = qsbr.register(3);
        assert_eq!(qsbr.capacity(), 8);
        let ninth = qsbr.register(8);
        assert_eq!(qsbr.capacity(), 16);
        qsbr.unregister(&again);
        qsbr.unregister(&ninth);
    }
}

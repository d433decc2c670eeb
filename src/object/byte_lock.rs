//! The one-byte lock of an object. A thread that must wait for it sleeps elsewhere.
//!
//! ```text
//! 0 free   1 held   3 held, somebody waits
//! ```
//! The byte only says who may go on. Parking and waking belong to `thread::section`, because a waiter
//! must first detach (B-56).

use crate::sync::{AtomicU8, Ordering};

const FREE: u8 = 0;
const HELD: u8 = 1;
const WAITED_FOR: u8 = 3;

/// A lock that fits one byte.
#[repr(transparent)]
#[derive(Debug)]
pub struct ByteLock(AtomicU8);

impl Default for ByteLock {
    fn default() -> Self {
        Self::new()
    }
}

impl ByteLock {
    /// Takes the lock by a plain store, while the runtime has one thread. Returns false if it is held already,
    /// by an outer call.
    #[inline(always)]
    pub fn enter_alone(&self) -> bool {
        // Relaxed: no other thread looks at the byte.
        let free = self.0.load(Ordering::Relaxed) == 0;
        self.0.store(1, Ordering::Relaxed);
        free
    }

    /// Releases a lock taken by `enter_alone`.
    #[inline(always)]
    pub fn leave_alone(&self) {
        self.0.store(0, Ordering::Relaxed);
    }

    /// Makes a free lock.
    #[inline(always)]
    pub fn new() -> Self {
        ByteLock(AtomicU8::new(FREE))
    }

    /// Takes the lock if it is free.
    #[inline]
    pub fn try_lock(&self) -> bool {
        // Acquire: pairs with the Release in `unlock`.
        self.0.compare_exchange(FREE, HELD, Ordering::Acquire, Ordering::Relaxed).is_ok()
    }

    /// Marks a held lock so that its holder wakes a waiter. Returns false if the lock has become free.
    pub fn announce_waiter(&self) -> bool {
        match self.0.compare_exchange(HELD, WAITED_FOR, Ordering::Relaxed, Ordering::Relaxed) {
            Ok(_) => true,
            // Acquire is not needed: the caller tries to take the lock next.
            Err(now) => now == WAITED_FOR,
        }
    }

    /// Gives the lock back; true if somebody has to be woken.
    #[inline]
    pub fn unlock(&self) -> bool {
        // Release: what was written under the lock is seen by the next holder.
        let was = self.0.swap(FREE, Ordering::Release);
        debug_assert!(was != FREE, "a free lock was unlocked");
        was == WAITED_FOR
    }

    /// Tells whether somebody holds the lock.
    pub fn is_held(&self) -> bool {
        self.0.load(Ordering::Relaxed) != FREE
    }
}

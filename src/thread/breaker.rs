//! The word that makes a thread leave its fast path: one relaxed load at each safepoint.
//!
//! Anybody sets bits, only the thread itself clears them (and a stopper its own). See `life::safepoint` for
//! the order in which they are handled (B-13).

use crate::sync::{AtomicU32, Ordering};

bitflags::bitflags! {
    /// Reasons to leave the fast path.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct BreakerBits: u32 {
        /// Another thread wants the world to stop.
        const PLEASE_STOP = 1 << 0;
        /// A signal (Ctrl-C) or a pending call waits.
        const SIGNAL = 1 << 1;
        /// Other threads queued objects of this one for merging.
        const EXPLICIT_MERGE = 1 << 2;
        /// A grace period may have ended; report quiescent and look at the delayed frees.
        const DELAYED_FREE = 1 << 3;
        /// A collection is due.
        const GC_SCHEDULED = 1 << 4;
        /// There are references that were dropped by threads which no runtime knows.
        const ORPHANS = 1 << 5;
        /// A short request for memory was served from the reserve.
        const MEMORY = 1 << 6;
        /// The reserve is nearly used up; every safepoint raises `MemoryError` until there is more again.
        const MEMORY_LOW = 1 << 7;
        /// The first bit that the floors above may define for themselves.
        const UPPER = 1 << 16;
    }
}

/// The breaker of one thread.
#[repr(transparent)]
#[derive(Debug, Default)]
pub struct Breaker(AtomicU32);

impl Breaker {
    /// Tells whether memory ran short and no safepoint has handled it yet.
    pub fn is_memory_short(&self) -> bool {
        self.bits().intersects(BreakerBits::MEMORY.union(BreakerBits::MEMORY_LOW))
    }

    /// Tells whether any bit is set.
    #[inline(always)]
    pub fn is_set(&self) -> bool {
        // Relaxed: the bits only ask for a look; what they announce is read under a lock or with Acquire.
        self.0.load(Ordering::Relaxed) != 0
    }
    /// Returns the bits.
    #[inline]
    pub fn bits(&self) -> BreakerBits {
        BreakerBits::from_bits_retain(self.0.load(Ordering::Acquire))
    }
    /// Sets bits.
    pub fn set(&self, bits: BreakerBits) {
        self.0.fetch_or(bits.bits(), Ordering::AcqRel);
    }
    /// Returns the address of the word, for code that sets bits and knows no threads (`memory/signal.rs`).
    pub(super) fn word(&self) -> *const AtomicU32 {
        &self.0
    }
    /// Clears bits and returns those of them that were set.
    pub fn take(&self, bits: BreakerBits) -> BreakerBits {
        BreakerBits::from_bits_retain(self.0.fetch_and(!bits.bits(), Ordering::AcqRel)) & bits
    }
}

//! The reference-count words of one object, as a state machine that only answers what to do next.
//!
//! ```text
//! shared  count << 2 | state     INIT 0 → MAYBE_WEAKREF 1 → QUEUED 2 → MERGED 3
//! owner   thread id; 0 once merged, and for immortal objects
//! local   references counted by the owner without read-modify-write; u32::MAX = immortal
//! ```
//! Invariant: outside a change in progress, owner is 0 if and only if the state is MERGED (or the object
//! is immortal), and MERGED implies that local is 0; in a pause the collector may borrow local. Rules B-1 to B-12 and
//! B-20 of `gc/RULES.md`.
//! Nothing here frees, queues or calls: `life` acts on the answers.

use crate::sync::{AtomicI64, AtomicU32, Ordering, fence};
use Ordering::{AcqRel, Acquire, Relaxed, Release};

/// The local count that makes an object immortal.
pub const IMMORTAL: u32 = u32::MAX;

/// What deferral adds to the shared count, so that ordinary releases never bring it to zero (B-20).
pub const DEFERRED_BIAS: i64 = i64::MAX / 8;

/// The state part of a shared word; it only grows (B-11).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum SharedState {
    /// The state of a new object: `try_retain` fails for any thread but the owner, since no other thread can have
    /// found the object without holding a reference.
    Init = 0,
    /// A weak reference or a slot read without a lock may lead another thread to the object, so `try_retain`
    /// may succeed.
    MaybeWeakref = 1,
    /// The object is in its owner's merge queue: the owner will merge the two counts.
    Queued = 2,
    /// The object has no owner any more: all references are counted in the shared word.
    Merged = 3,
}

/// The shared half of the counts: a signed count above two state bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SharedWord(i64);

impl SharedWord {
    const SHIFT: u32 = 2;
    const STATE: i64 = 0b11;
    const ONE: i64 = 1 << Self::SHIFT;

    /// Builds the word from its two parts.
    pub const fn new(count: i64, state: SharedState) -> Self {
        SharedWord((count << Self::SHIFT) | state as i64)
    }
    /// Returns the count part.
    pub const fn count(self) -> i64 {
        self.0 >> Self::SHIFT
    }
    /// Returns the state part.
    pub const fn state(self) -> SharedState {
        match self.0 & Self::STATE {
            0 => SharedState::Init,
            1 => SharedState::MaybeWeakref,
            2 => SharedState::Queued,
            _ => SharedState::Merged,
        }
    }
    /// Tells whether `try_retain` must fail for a thread other than the owner (B-8).
    const fn is_beyond_reach(self) -> bool {
        self.0 == 0 || self.0 == SharedState::Merged as i64
    }
    /// Tells whether a release by another thread must be queued to the owner (B-6).
    const fn must_ask_owner(self) -> bool {
        self.0 == 0 || self.0 == SharedState::MaybeWeakref as i64
    }
}

const _: () = assert!(SharedWord::new(-3, SharedState::Merged).count() == -3);

/// What the caller of a release has to do next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum AfterRelease {
    /// Nothing: somebody else holds the object, or it is immortal.
    Alive,
    /// Destroy the object: the caller held the last reference.
    Destroy,
    /// Hand the reference, which the caller still holds, to the queue of this owner.
    Queue(u32),
}

/// The two counts of one object, and the thread that counts in the local one.
#[repr(C)]
#[derive(Debug)]
pub struct Counts {
    shared: AtomicI64,
    owner: AtomicU32,
    local: AtomicU32,
}

#[cfg(not(loom))]
const _: () = assert!(std::mem::size_of::<Counts>() == 16);

impl Counts {
    /// Counts of an object that `owner` holds one reference to (B-1).
    #[inline(always)]
    pub fn fresh(owner: u32) -> Counts {
        Counts { shared: AtomicI64::new(0), owner: AtomicU32::new(owner), local: AtomicU32::new(1) }
    }

    /// Returns the owning thread's id, 0 if there is none.
    #[inline(always)]
    pub fn owner(&self) -> u32 {
        self.owner.load(Relaxed)
    }
    /// Returns the local count.
    #[inline(always)]
    pub fn local(&self) -> u32 {
        self.local.load(Relaxed)
    }
    /// Returns the shared word.
    #[inline(always)]
    pub fn shared(&self) -> SharedWord {
        SharedWord(self.shared.load(Relaxed))
    }
    /// Tells whether the object can never die (B-2).
    #[inline(always)]
    pub fn is_immortal(&self) -> bool {
        self.local() == IMMORTAL
    }
    /// Returns local plus shared count, the deferral bias included.
    pub fn total(&self) -> i64 {
        i64::from(self.local()) + self.shared().count()
    }

    /// Adds one reference; the caller holds one already, or the world is stopped.
    #[inline(always)]
    pub fn retain(&self, me: u32) {
        let local = self.local.load(Relaxed);
        if self.owner.load(Relaxed) == me {
            // Relaxed: only the owner writes `local`, and we are the owner.
            self.local.store(local + 1, Relaxed);
            if local >= IMMORTAL - 1 {
                self.make_immortal();
            }
        } else if local != IMMORTAL {
            // Relaxed: the caller's own reference keeps the object alive meanwhile.
            self.shared.fetch_add(SharedWord::ONE, Relaxed);
        }
    }

    /// Adds one reference if that takes no more than a plain store. Returns false if nothing was done.
    #[inline(always)]
    pub fn retain_fast(&self, me: u32) -> bool {
        let local = self.local.load(Relaxed);
        if self.owner.load(Relaxed) == me && local < IMMORTAL - 1 {
            // Relaxed: only the owner writes `local`, and we are the owner.
            self.local.store(local + 1, Relaxed);
            return true;
        }
        local == IMMORTAL
    }

    /// Gives back one reference if the owner holds more than one, by a plain store. Returns false if nothing
    /// was done.
    #[inline(always)]
    pub fn release_fast(&self, me: u32) -> bool {
        let local = self.local.load(Relaxed);
        if self.owner.load(Relaxed) == me && local > 1 {
            self.local.store(local - 1, Relaxed);
            return true;
        }
        false
    }

    /// Tells whether `release_fast` would succeed, or the object is immortal.
    #[inline(always)]
    pub fn can_release_fast(&self, me: u32) -> bool {
        let local = self.local.load(Relaxed);
        self.owner.load(Relaxed) == me && local > 1 || local == IMMORTAL
    }

    /// Gives back one reference and says what follows.
    pub fn release(&self, me: u32) -> AfterRelease {
        let local = self.local.load(Relaxed);
        if local == IMMORTAL {
            return AfterRelease::Alive;
        }
        if self.owner.load(Relaxed) != me {
            return self.release_shared();
        }
        debug_assert!(local > 0, "the owner releases a reference it does not hold");
        self.local.store(local - 1, Relaxed);
        if local > 1 { AfterRelease::Alive } else { self.merge_zero_local() }
    }

    /// Continues a release after the owner's last local reference is gone (B-3, B-4).
    fn merge_zero_local(&self) -> AfterRelease {
        // Acquire: pairs with the Release of foreign releases, whose writes the destructor must see.
        let mut shared = self.shared.load(Acquire);
        if shared == 0 {
            return AfterRelease::Destroy;
        }
        // Owner before state: whoever sees MERGED also sees that nobody counts locally (D-5).
        self.owner.store(0, Relaxed);
        loop {
            let merged = shared | SharedState::Merged as i64;
            match self.shared.compare_exchange_weak(shared, merged, AcqRel, Acquire) {
                Ok(_) if SharedWord(merged).count() == 0 => return AfterRelease::Destroy,
                Ok(_) => return AfterRelease::Alive,
                Err(now) => shared = now,
            }
        }
    }

    /// Gives back a reference from a thread that is not the owner (B-6, B-7).
    fn release_shared(&self) -> AfterRelease {
        let mut shared = self.shared.load(Relaxed);
        loop {
            let ask = SharedWord(shared).must_ask_owner();
            let next = if ask { SharedState::Queued as i64 } else { shared - SharedWord::ONE };
            // Release: our writes to the object come before whoever destroys it. Acquire: and if that is us.
            match self.shared.compare_exchange_weak(shared, next, AcqRel, Relaxed) {
                Ok(_) if ask => return AfterRelease::Queue(self.owner.load(Relaxed)),
                Ok(_) if next == SharedState::Merged as i64 => return AfterRelease::Destroy,
                Ok(_) => return AfterRelease::Alive,
                Err(now) => shared = now,
            }
        }
    }

    /// Takes a reference without holding one; false if that is not allowed (B-8). The caller must know that the
    /// memory has not been freed.
    #[inline]
    pub fn try_retain(&self, me: u32) -> bool {
        let local = self.local.load(Relaxed);
        if local == IMMORTAL {
            return true;
        }
        if self.owner.load(Relaxed) == me {
            // Local zero on our own thread: we are in the middle of destroying it.
            if local == 0 {
                return false;
            }
            self.retain(me);
            return true;
        }
        let mut shared = self.shared.load(Relaxed);
        while !SharedWord(shared).is_beyond_reach() {
            // Acquire: pairs with the Release of whoever published the object.
            match self.shared.compare_exchange_weak(shared, shared + SharedWord::ONE, AcqRel, Relaxed) {
                Ok(_) => return true,
                Err(now) => shared = now,
            }
        }
        false
    }

    /// Allows other threads to take references with `try_retain` from here on (B-10).
    pub fn publish(&self) {
        let mut shared = self.shared.load(Relaxed);
        while SharedWord(shared).state() == SharedState::Init {
            let next = shared | SharedState::MaybeWeakref as i64;
            // Release: what was written to the object so far comes before any successful try.
            match self.shared.compare_exchange_weak(shared, next, Release, Relaxed) {
                Ok(_) => return,
                Err(now) => shared = now,
            }
        }
    }

    /// Folds the local count and `extra` into the shared count and returns the total (B-15).
    ///
    /// Only the owner may call it, or anybody while the owner cannot run.
    pub fn merge(&self, extra: i64) -> i64 {
        let local = self.local.load(Relaxed);
        if local == IMMORTAL {
            return i64::from(IMMORTAL);
        }
        // Owner and local before the shared word: see `merge_zero_local`.
        self.owner.store(0, Relaxed);
        self.local.store(0, Relaxed);
        let mut shared = self.shared.load(Relaxed);
        loop {
            let total = SharedWord(shared).count() + i64::from(local) + extra;
            let next = SharedWord::new(total, SharedState::Merged).0;
            match self.shared.compare_exchange_weak(shared, next, AcqRel, Relaxed) {
                Ok(_) => return total,
                Err(now) => shared = now,
            }
        }
    }

    /// Adds `references` to the shared count, whatever the state; used for deferral and per-thread counts.
    pub fn add_shared(&self, references: i64) {
        if !self.is_immortal() {
            self.shared.fetch_add(references * SharedWord::ONE, AcqRel);
        }
    }

    /// Makes the object immortal (B-2, B-12). The caller owns the object, or no other thread has a reference to
    /// it.
    #[cold]
    pub fn make_immortal(&self) {
        self.local.store(IMMORTAL, Relaxed);
        // No owner: the owner's fast path compares ids only and must not see this object as its own.
        self.owner.store(0, Relaxed);
        self.shared.store(0, Relaxed);
    }

    /// Revives a dead object for its finalizer, as a fresh one of `me` (B-11).
    ///
    /// `reachable` says that weak references or unlocked slots may still lead other threads here (B-10).
    pub fn revive(&self, me: u32, reachable: bool) {
        let state = if reachable { SharedState::MaybeWeakref } else { SharedState::Init };
        // Local before owner and both before the shared word, which opens the door to others.
        self.local.store(1, Relaxed);
        self.owner.store(me, Relaxed);
        self.shared.store(state as i64, Release);
    }

    /// Ends a revival; true if the finalizer left further references behind.
    ///
    /// After true the object belongs to those and must not be touched (B-102).
    pub fn end_revival(&self, me: u32) -> bool {
        if self.is_immortal() {
            return true;
        }
        // Acquire: pairs with foreign releases; their writes come before our destructor.
        if self.owner() == me && self.local() == 1 && self.shared.load(Acquire) == 0 {
            self.local.store(0, Relaxed);
            return false;
        }
        if self.owner() == me {
            return self.merge(-1) != 0;
        }
        // Somebody merged meanwhile: an ordinary release then decides.
        match self.release_shared() {
            AfterRelease::Destroy => false,
            AfterRelease::Alive | AfterRelease::Queue(_) => {
                fence(Acquire);
                true
            }
        }
    }

    /// Lends the local count to the collector. It starts as the number of all references, the bias and `minus`
    /// references not counted.
    ///
    /// The references themselves are kept in the shared count. The world stays stopped until `end_loan`.
    #[inline(always)]
    pub fn lend_local(&self, minus: i64) {
        let (local, shared) = (i64::from(self.local()), self.shared());
        let total = local + shared.count();
        self.local.store((total - minus).clamp(0, i64::from(IMMORTAL) - 1) as u32, Relaxed);
        let mut held = shared.0 + local * SharedWord::ONE;
        if shared.count() != 0 && shared.state() == SharedState::Init {
            // Other threads have references, which will be the owner's: they must still be able to take some.
            held |= SharedState::MaybeWeakref as i64;
        }
        self.shared.store(held, Relaxed);
    }

    /// Returns the local count while it is lent.
    #[inline(always)]
    pub fn lent(&self) -> u32 {
        self.local()
    }

    /// Sets the local count while it is lent.
    #[inline(always)]
    pub fn set_lent(&self, left: u32) {
        self.local.store(left, Relaxed);
    }

    /// Ends the loan and returns the number of references, without the bias of deferral (`bias` or 0).
    ///
    /// All references but the bias become references of the owner: it does not matter whose they were, only how
    /// many there are.
    #[inline(always)]
    pub fn end_loan(&self, bias: i64) -> i64 {
        let shared = self.shared();
        let total = shared.count() - bias;
        let local = if self.owner() == 0 { 0 } else { total.clamp(0, i64::from(IMMORTAL) - 1) };
        self.local.store(local as u32, Relaxed);
        self.shared.store(shared.0 - local * SharedWord::ONE, Relaxed);
        total
    }

    /// Overwrites all three words; only for an object nobody else can reach, or with the world stopped.
    pub fn restore(&self, owner: u32, local: u32, shared: SharedWord) {
        self.owner.store(owner, Relaxed);
        self.local.store(local, Relaxed);
        self.shared.store(shared.0, Relaxed);
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    const OWNER: u32 = 1;
    const OTHER: u32 = 2;

    /// Whatever the counts are, a loan leaves their sum alone, and the last release is still the last.
    #[test]
    fn a_loan_loses_no_reference() {
        for (local, foreign, bias, merge) in [
            (1, 0, 0, false),
            (3, 0, 0, false),
            (2, 2, 0, false),
            (3, 1, DEFERRED_BIAS, false),
            (2, 1, 0, true),
        ] {
            let counts = Counts::fresh(OWNER);
            (1..local).for_each(|_| counts.retain(OWNER));
            (0..foreign).for_each(|_| counts.retain(OTHER));
            counts.add_shared(bias);
            if merge {
                counts.merge(0);
            }
            let total = i64::from(local + foreign);
            counts.lend_local(bias + 1);
            assert_eq!(i64::from(counts.lent()), total - 1);
            counts.set_lent(0);
            assert_eq!(counts.end_loan(bias), total);
            assert_eq!(counts.total(), total + bias);
            assert_eq!(counts.owner() == 0, counts.shared().state() == SharedState::Merged);
            assert!(foreign == 0 || counts.try_retain(OTHER));
            counts.add_shared(-bias - i64::from(foreign > 0));
            for left in (0..total).rev() {
                let after = counts.release(OWNER);
                assert_eq!(after == AfterRelease::Destroy, left == 0, "{left} left");
            }
        }
    }
}

//! Counts net allocations, which schedule collections (B-60 to B-63), and numbers births.
//!
//! A collection runs finalizers in the order of births. One counter serves both: a thread numbers its containers, and
//! tells the shared counter when the number reaches a mark, which each dying container moves on by one.
//!
//! A thread counts privately and updates the shared counter in steps of 512 (`--gc-stress` makes them smaller). Only
//! a positive step can schedule a collection, and scheduling only sets a bit of the breaker: nothing is collected
//! inside an allocation (D-22).

use crate::sync::Ordering::Relaxed;
use crate::thread::{BreakerBits, ThreadState};

/// Counts one new container and returns the number of its birth.
#[inline(always)]
pub fn record_allocation(thread: &ThreadState) -> u32 {
    let birth = thread.births.get().wrapping_add(1);
    thread.births.set(birth);
    if birth == thread.settled_at.get() {
        settle_balance(thread);
    }
    birth
}

/// Counts one container that died.
#[inline(always)]
pub fn record_deallocation(thread: &ThreadState) {
    let settled_at = thread.settled_at.get().wrapping_add(1);
    thread.settled_at.set(settled_at);
    if settled_at.wrapping_sub(thread.births.get()).cast_signed() >= 2 * thread.balance_step() {
        flush_balance(thread);
    }
}

/// Adds the private balance to the shared counter, and schedules a collection if one is due.
///
/// Called after each step of 512, and when a program reads the counter: reading it often must not keep
/// collections from becoming due (B-67).
#[cold]
#[inline(never)]
pub fn settle_balance(thread: &ThreadState) {
    let has_grown = flush_balance(thread) > 0;
    let runtime = thread.runtime();
    if has_grown && (runtime.gc.should_collect() || runtime.gc.stress.load(Relaxed) != 0) {
        thread.breaker.set(BreakerBits::GC_SCHEDULED);
    }
    if runtime.pool().has_orphans() {
        thread.breaker.set(BreakerBits::ORPHANS);
    }
}

/// Adds the private balance to the shared counter and returns it.
#[cold]
#[inline(never)]
pub fn flush_balance(thread: &ThreadState) -> i32 {
    let balance = thread.take_balance();
    if balance != 0 {
        thread.runtime().gc.add_balance(balance);
    }
    balance
}

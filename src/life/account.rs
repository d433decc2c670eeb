//! Counting net allocations, which is what schedules collections (B-60 to B-63).
//!
//! A thread counts privately and tells the others in steps of 512 (`--gc-stress` makes them smaller). Only a positive step can schedule, and
//! scheduling only sets a breaker bit: nothing is collected inside an allocation (D-22).

use crate::sync::Ordering::Relaxed;
use crate::thread::{BreakerBits, ThreadState};

/// Counts one tracked allocation.
#[inline(always)]
pub fn record_allocation(thread: &ThreadState) {
    let balance = thread.balance.get() + 1;
    thread.balance.set(balance);
    if balance >= thread.balance_step.get() {
        flush_and_schedule(thread);
    }
}

/// Counts one tracked object gone.
#[inline(always)]
pub fn record_deallocation(thread: &ThreadState) {
    let balance = thread.balance.get() - 1;
    thread.balance.set(balance);
    if balance <= -thread.balance_step.get() {
        flush_balance(thread);
    }
}

#[cold]
#[inline(never)]
fn flush_and_schedule(thread: &ThreadState) {
    flush_balance(thread);
    let runtime = thread.runtime();
    if runtime.gc.should_collect() || runtime.gc.stress.load(Relaxed) != 0 {
        thread.breaker.set(BreakerBits::GC_SCHEDULED);
    }
    if runtime.pool().has_orphans() {
        thread.breaker.set(BreakerBits::ORPHANS);
    }
}

/// Adds the private balance to the shared counter (B-67).
#[cold]
#[inline(never)]
pub fn flush_balance(thread: &ThreadState) {
    let balance = thread.balance.replace(0);
    if balance != 0 {
        thread.runtime().gc.add_balance(balance);
    }
}

//! The safepoint: where a thread does what others asked of it.
//!
//! Order (B-13): a pending stop request, signals, the merge queue, delayed frees, a scheduled collection, memory
//! that ran short.
//! The interpreter publishes its stack pointer before it polls (D-29).

use super::{merge_queue, process_delayed, release_orphans};
use crate::memory;
use crate::thread::{BreakerBits, Thread, ThreadState};

/// Handles whatever the breaker asks for; the caller holds no object it has not counted or published.
#[inline(always)]
pub fn poll(thread: &mut Thread) {
    debug_assert!(!thread.is_silent.get(), "a silent operation reaches a safepoint");
    if thread.breaker.is_set() {
        poll_breaker(thread);
    }
}

#[cold]
#[inline(never)]
fn poll_breaker(thread: &mut Thread) {
    thread.park_if_asked();
    thread.quiescent();
    // Each bit is cleared before its work, so that what arrives meanwhile is seen at the next safepoint.
    // An error that a signal has left is not replaced: memory waits for the next safepoint.
    let has_signal = takes(thread, BreakerBits::SIGNAL);
    if has_signal {
        (thread.runtime().hooks().run_signals)(thread);
    }
    let is_short = !has_signal && takes_shortage(thread);
    if takes(thread, BreakerBits::EXPLICIT_MERGE) {
        merge_queue(thread);
    }
    if takes(thread, BreakerBits::ORPHANS) {
        release_orphans(thread);
    }
    if takes(thread, BreakerBits::DELAYED_FREE) {
        process_delayed(thread);
    }
    if takes(thread, BreakerBits::GC_SCHEDULED) {
        (thread.runtime().hooks().collect)(thread);
    }
    // Last, so that no finalizer meanwhile takes the error for its own.
    if is_short {
        (thread.runtime().hooks().raise_memory_error)(thread);
    }
}

/// Takes the news that memory ran short, and fills up again what short requests are served from.
///
/// Tells whether `MemoryError` is due: once when something was taken that cannot be taken again, and at every safepoint
/// while little is left. What the program has given up meanwhile makes it none.
pub fn takes_shortage(thread: &ThreadState) -> bool {
    let has_taken = takes(thread, BreakerBits::MEMORY);
    if !has_taken && !takes(thread, BreakerBits::MEMORY_LOW) {
        return false;
    }
    let has_all = memory::refill();
    let is_low = !thread.heap.has_reserve() || memory::is_low();
    if is_low {
        thread.breaker.set(BreakerBits::MEMORY_LOW);
    }
    let is_owed = memory::takes_owed();
    is_low || is_owed || has_taken && !has_all
}

fn takes(thread: &ThreadState, bit: BreakerBits) -> bool {
    thread.breaker.bits().contains(bit) && !thread.breaker.take(bit).is_empty()
}

//! The safepoint: where a thread does what others asked of it.
//!
//! Order (B-13): a pending stop request, signals, the merge queue, delayed frees, a scheduled collection.
//! The interpreter publishes its stack pointer before it polls (D-29).

use super::{merge_queue, process_delayed, release_orphans};
use crate::thread::{BreakerBits, Thread};

/// Handles whatever the breaker asks for; the caller holds no object it has not counted or published.
#[inline(always)]
pub fn poll(thread: &mut Thread) {
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
    if takes(thread, BreakerBits::SIGNAL) {
        (thread.runtime().hooks().run_signals)(thread);
    }
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
}

fn takes(thread: &Thread, bit: BreakerBits) -> bool {
    thread.breaker.bits().contains(bit) && !thread.breaker.take(bit).is_empty()
}

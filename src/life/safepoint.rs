//! The safepoint: where a thread does what other threads asked of it.
//!
//! Order (B-13): a pending stop request, signals, the merge queue, delayed frees, a scheduled collection,
//! memory that ran short. The interpreter publishes its stack pointer before it polls (D-29).

use super::{merge_queue, process_delayed, release_orphans};
use crate::memory;
use crate::sync::Ordering::Relaxed;
use crate::thread::{BreakerBits, Thread, ThreadState};

/// Does what the bits of the breaker ask for. The caller holds references only in counted or published places,
/// since a collection may run.
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
    let shortage = if has_signal { None } else { shortage(thread) };
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
    if shortage.is_some_and(|kind| kind == Shortage::Feigned || !has_collected_enough(thread)) {
        (thread.runtime().hooks().raise_memory_error)(thread);
    }
}

/// Handles a shortage of memory that the breaker reported; tells whether `MemoryError` must be raised.
///
/// It is raised once when something served from the reserve is still in use, and at every safepoint while
/// little of the reserve is left. If the program has freed enough meanwhile, it is not raised.
pub fn takes_shortage(thread: &ThreadState) -> bool {
    shortage(thread).is_some()
}

/// Why memory counts as short.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shortage {
    /// A request was failed on purpose, by a test.
    Feigned,
    /// The system has no more memory.
    Real,
}

fn shortage(thread: &ThreadState) -> Option<Shortage> {
    let has_taken = takes(thread, BreakerBits::MEMORY);
    if !has_taken && !takes(thread, BreakerBits::MEMORY_LOW) {
        return None;
    }
    let is_low = is_low(thread);
    if is_low {
        thread.breaker.set(BreakerBits::MEMORY_LOW);
    }
    // Both are asked: one error is enough for both.
    let is_due = has_taken && memory::is_due() | thread.heap.is_due();
    if memory::takes_owed() { Some(Shortage::Feigned) } else { (is_low || is_due).then_some(Shortage::Real) }
}

fn is_low(thread: &ThreadState) -> bool {
    thread.heap.is_low() || memory::is_low()
}

/// How many of the first shortages in a row each cause a collection; after that only some do.
const FIRST_SHORTAGES: u32 = 8;

/// Collects, because garbage in cycles may hold the missing memory; tells whether enough is free now.
///
/// If collections free nothing they are not run at every shortage, but at the first few (a handler may have
/// dropped what the failed code held), then at the sixteenth, the thirty-second and so on.
fn has_collected_enough(thread: &mut Thread) -> bool {
    let nth = thread.runtime().gc.shortages.fetch_add(1, Relaxed) + 1;
    if nth > FIRST_SHORTAGES && !nth.is_power_of_two() {
        return false;
    }
    thread.runtime().gc.is_short.store(true, Relaxed);
    (thread.runtime().hooks().collect)(thread);
    thread.runtime().gc.is_short.store(false, Relaxed);
    let has_enough = thread.heap.has_recovered() && memory::has_recovered();
    if has_enough {
        thread.runtime().gc.shortages.store(0, Relaxed);
    }
    has_enough
}

fn takes(thread: &ThreadState, bit: BreakerBits) -> bool {
    thread.breaker.bits().contains(bit) && !thread.breaker.take(bit).is_empty()
}

//! Ctrl-C, and shortages of memory, in long native operations.
//!
//! The interpreter checks for both at calls and when a loop jumps back. A native loop that may be long and need
//! not run script code must check itself: [`check_interrupt`] before each step, so that an endless loop can be
//! interrupted, and one that makes objects without end raises `MemoryError` before the reserve is used up.

use crate::life;
use crate::thread::{BreakerBits, ThreadState};
use crate::value::{ErrorKind, Raised, Run};

/// Checks for Ctrl-C and for a shortage of memory since the last check.
/// Raises `KeyboardInterrupt` or `MemoryError`.
#[inline(always)]
pub fn check_interrupt(thread: &ThreadState) -> Run<()> {
    if thread.breaker.is_set() { take_interrupt(thread) } else { Ok(()) }
}

#[cold]
#[inline(never)]
fn take_interrupt(thread: &ThreadState) -> Run<()> {
    // The bit is looked at first, since taking it is a write.
    let signal = BreakerBits::SIGNAL;
    if thread.breaker.bits().contains(signal) && thread.breaker.take(signal).contains(signal) {
        return Err(Raised::with(ErrorKind::KeyboardInterrupt, Vec::new()));
    }
    if life::takes_shortage(thread) { Err(Raised::memory_error()) } else { Ok(()) }
}

//! Ctrl-C within native code.
//!
//! The interpreter looks for it at calls and when a loop jumps back. A native loop that may be long and need not
//! run script code has to look for it itself.

use crate::thread::{BreakerBits, ThreadState};
use crate::value::{ErrorKind, Raised, Run};

/// Raises `KeyboardInterrupt` if Ctrl-C was pressed since anybody looked.
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
    Ok(())
}

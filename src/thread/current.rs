//! The one static of the program: which `ThreadState` the running thread is attached to.
//!
//! Invariant: the pointer is null or leads to a state whose `Registration` lives on this thread. It is
//! const-initialised and needs no destructor, so reading it is one load relative to the thread register.

use super::{BreakerBits, ThreadState};
use crate::memory;
use std::cell::Cell;
use std::ptr::null;

thread_local! {
    static CURRENT: Cell<*const ThreadState> = const { Cell::new(null()) };
}

/// Returns the state of the running thread, null if it is registered nowhere.
#[inline(always)]
pub fn current_ptr() -> *const ThreadState {
    CURRENT.get()
}

/// Calls `use_it` with the state of the running thread.
///
/// Panics if the thread is registered nowhere.
#[inline(always)]
pub fn with_current<R>(use_it: impl FnOnce(&ThreadState) -> R) -> R {
    let thread = current_ptr();
    assert!(!thread.is_null(), "this needs a thread that is registered with a runtime");
    // SAFETY: the state lives until its registration is dropped, which happens on this thread.
    use_it(unsafe { &*thread })
}

/// Changes the state of the running thread and returns the one before.
pub(super) fn replace(thread: *const ThreadState) -> *const ThreadState {
    // SAFETY: null, or a state that lives until its registration replaces it here.
    let breaker = unsafe { thread.as_ref() }.map_or(null(), |thread| thread.breaker.word());
    // SAFETY: the word is null, or lies in a state that lives until its registration calls this again with
    // another.
    unsafe { memory::report_to(breaker, BreakerBits::MEMORY.bits()) };
    CURRENT.replace(thread)
}

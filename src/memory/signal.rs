//! Tells a thread that memory ran short, by a bit in its breaker.
//!
//! The allocator has no access to threads, so the code that registers a thread names the word in which to set
//! the bit. That name is const-initialised and has no destructor, so that it may be used within an allocation.

use super::fault;
use crate::sync::{AtomicU32, Ordering};
use std::cell::Cell;
use std::ptr::null;

thread_local! {
    static TOLD: Cell<(*const AtomicU32, u32)> = const { Cell::new((null(), 0)) };
}

/// Sets `bits` in `word` whenever a short request of this thread is served from the reserve; null for never.
///
/// # Safety
/// The word lives until another one is named.
pub unsafe fn report_to(word: *const AtomicU32, bits: u32) {
    TOLD.set((word, bits));
}

/// Tells the running thread that memory ran short.
#[cold]
pub fn shortage() {
    let (word, bits) = TOLD.get();
    if !word.is_null() {
        // SAFETY: the promise of `report_to`. Release: as every other bit of a breaker.
        unsafe { &*word }.fetch_or(bits, Ordering::Release);
    }
}

/// Tells the running thread that memory ran short if this request for a page was chosen to fail on purpose.
pub fn fails_page() {
    if fault::fails_here() {
        fault::owe();
        shortage();
    }
}

//! The allocator in front of the real one: serves short requests from what is held back, long ones from the
//! room that was taken, and makes requests fail on purpose.
//!
//! What usually happens costs two comparisons: one for a request to fail, one for an answer that is none.

use super::{SERVED_BYTES, fault, held_back, room, signal};
use std::alloc::{GlobalAlloc, Layout};
use std::ptr::null_mut;

/// An allocator whose short requests do not fail. A command makes it its global allocator, around another.
#[derive(Debug, Default)]
pub struct Watched<A>(A);

impl<A: GlobalAlloc> Watched<A> {
    /// Watches `allocator`, which must not be used by another way as well.
    pub const fn new(allocator: A) -> Watched<A> {
        Watched(allocator)
    }

    /// Holds back what short requests are served from.
    pub fn hold_back(&self) {
        held_back::begin();
    }

    /// A request was made to fail, or did: tries again where it must not.
    #[cold]
    #[inline(never)]
    fn again(&self, bytes: usize, is_made_to_fail: bool, ask: impl Fn(&A) -> *mut u8) -> *mut u8 {
        if is_made_to_fail {
            if !room::is_taken() {
                if !fault::serves(bytes) {
                    return null_mut();
                }
                fault::owe();
                signal::shortage();
            }
            let block = ask(&self.0);
            if !block.is_null() {
                return block;
            }
        }
        if room::give(&self.0) {
            let block = ask(&self.0);
            if !block.is_null() {
                return block;
            }
        }
        if bytes > SERVED_BYTES {
            return null_mut();
        }
        loop {
            if !held_back::give_one(&self.0) {
                return null_mut();
            }
            signal::shortage();
            let block = ask(&self.0);
            if !block.is_null() {
                return block;
            }
        }
    }
}

// SAFETY: every block comes from the allocator within, asked for with the caller's layout, and goes back to it.
unsafe impl<A: GlobalAlloc> GlobalAlloc for Watched<A> {
    #[inline]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promise, here and below.
        let ask = |allocator: &A| unsafe { allocator.alloc(layout) };
        if fault::fails_here() {
            return self.again(layout.size(), true, ask);
        }
        let block = ask(&self.0);
        if block.is_null() { self.again(layout.size(), false, ask) } else { block }
    }

    #[inline]
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promise.
        let ask = |allocator: &A| unsafe { allocator.alloc_zeroed(layout) };
        if fault::fails_here() {
            return self.again(layout.size(), true, ask);
        }
        let block = ask(&self.0);
        if block.is_null() { self.again(layout.size(), false, ask) } else { block }
    }

    #[inline]
    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: the caller's promise.
        unsafe { self.0.dealloc(block, layout) };
    }

    #[inline]
    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: the caller's promise; a request that failed has left the block as it was.
        let ask = |allocator: &A| unsafe { allocator.realloc(block, layout, size) };
        if fault::fails_here() {
            return self.again(size, true, ask);
        }
        let moved = ask(&self.0);
        if moved.is_null() { self.again(size, false, ask) } else { moved }
    }
}

//! The allocator that stands in front of the system's and that programs use. When the system's allocator has no
//! memory, this one gives back the memory it has set aside (`room`) and asks again; if that fails too, it
//! serves requests up to a certain length from a reserve. Tests can let it fail on purpose.
//!
//! A request that succeeds costs two comparisons: whether it is chosen to fail, and whether the system's
//! allocator returned null. Freeing a block costs one: whether the block lies in the reserve.

use super::reserve::{self, SERVED_WITH_ROOM};
use super::{SERVED_BYTES, fault, room, signal};
use std::alloc::{GlobalAlloc, Layout};
use std::ptr::null_mut;

/// An allocator whose short requests do not fail. A command makes it its global allocator, around another.
#[derive(Debug, Default)]
pub struct Watched<A>(A);

impl<A: GlobalAlloc> Watched<A> {
    /// Makes the watched form of `allocator`. Nothing else may allocate from it directly.
    pub const fn new(allocator: A) -> Watched<A> {
        Watched(allocator)
    }

    /// Tries again after a request that failed, on purpose or not, from the room or the reserve, if the request
    /// is one that must not fail.
    #[cold]
    #[inline(never)]
    fn again(&self, layout: Layout, is_made_to_fail: bool, ask: impl Fn(&A) -> *mut u8) -> *mut u8 {
        let bytes = layout.size();
        if reserve::is_asking() {
            return null_mut();
        }
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
        let longest = if room::is_taken() { SERVED_WITH_ROOM } else { SERVED_BYTES };
        if bytes > longest {
            return null_mut();
        }
        signal::shortage();
        reserve::serve(layout)
    }

    /// Moves a block out of the reserve into one of the new length, because blocks in the reserve do not grow.
    ///
    /// # Safety
    /// As for `realloc`; the block lies in the reserve.
    #[cold]
    #[inline(never)]
    unsafe fn move_out(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: the caller's promise: the length is a valid one. Both blocks hold what is copied; the old one is
        // freed after it.
        unsafe {
            let moved = self.alloc(Layout::from_size_align_unchecked(size, layout.align()));
            if !moved.is_null() {
                moved.copy_from_nonoverlapping(block, layout.size().min(size));
                reserve::take_back(block, layout);
            }
            moved
        }
    }
}

// SAFETY: every block comes from the allocator within, asked for with the caller's layout, and goes back to it.
unsafe impl<A: GlobalAlloc> GlobalAlloc for Watched<A> {
    #[inline]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller of this method keeps the contract of `GlobalAlloc`, which is passed on to the
        // allocator within.
        let ask = |allocator: &A| unsafe { allocator.alloc(layout) };
        if fault::fails_here() {
            return self.again(layout, true, ask);
        }
        let block = ask(&self.0);
        if block.is_null() { self.again(layout, false, ask) } else { block }
    }

    #[inline]
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller of this method keeps the contract of `GlobalAlloc`, which is passed on to the
        // allocator within.
        let ask = |allocator: &A| unsafe { allocator.alloc_zeroed(layout) };
        let is_made_to_fail = fault::fails_here();
        let block = if is_made_to_fail { null_mut() } else { ask(&self.0) };
        if !block.is_null() {
            return block;
        }
        let block = self.again(layout, is_made_to_fail, ask);
        if reserve::holds(block) {
            // SAFETY: the block was just handed out with `layout.size()` bytes, and nobody else has it.
            unsafe { block.write_bytes(0, layout.size()) };
        }
        block
    }

    #[inline]
    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: the caller of `dealloc` returns a block of this allocator with its layout; its address tells
        // which of the two it is from.
        unsafe {
            match reserve::holds(block) {
                true => reserve::take_back(block, layout),
                false => self.0.dealloc(block, layout),
            }
        }
    }

    #[inline]
    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        if reserve::holds(block) {
            // SAFETY: the caller of `realloc` keeps the contract of `GlobalAlloc`, and the block lies in the
            // reserve, as was just tested.
            return unsafe { self.move_out(block, layout, size) };
        }
        // SAFETY: the caller of `realloc` keeps the contract of `GlobalAlloc`; a request that failed has left
        // the block as it was.
        let ask = |allocator: &A| unsafe { allocator.realloc(block, layout, size) };
        let is_made_to_fail = fault::fails_here();
        let moved = if is_made_to_fail { null_mut() } else { ask(&self.0) };
        if !moved.is_null() {
            return moved;
        }
        // SAFETY: the caller's promise: the length is a valid one.
        let wanted = unsafe { Layout::from_size_align_unchecked(size, layout.align()) };
        let moved = self.again(wanted, is_made_to_fail, ask);
        if reserve::holds(moved) {
            // SAFETY: both blocks hold what is copied; the old one is freed after it.
            unsafe {
                moved.copy_from_nonoverlapping(block, layout.size().min(size));
                self.0.dealloc(block, layout);
            }
        }
        moved
    }
}

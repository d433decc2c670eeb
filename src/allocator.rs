//! The allocator of the command, for everything but the pages of objects.
//!
//! Short and long blocks come from mimalloc. Huge ones come from the system, which takes them back when they
//! are freed and moves them without copying when they grow; an allocator that keeps freed ones would use up the
//! address space.

use minivm::memory::Watched;
use std::alloc::{GlobalAlloc, Layout, System};
use std::ffi::{c_int, c_long};

/// The global allocator: mimalloc, without its slower path for alignments that it provides anyway.
struct Allocator;

/// The alignment that mimalloc gives to every block at least as long. (mimalloc: MI_MAX_ALIGN_SIZE)
const USUAL_ALIGN: usize = 16;

/// Blocks of at least so many bytes come from the system; the length tells which allocator must free a block.
const HUGE_BYTES: usize = 32 << 20;

/// Addresses that mimalloc takes from the system at a time, in KiB, and the number of that option. (mimalloc:
/// arena_reserve)
const ARENA_KIB: c_long = 64 << 10;
const ARENA_OPTION: c_int = 23;

unsafe extern "C" {
    fn mi_option_set(option: c_int, value: c_long);
}

/// Tells whether mimalloc aligns the allocation well enough without being asked.
#[inline(always)]
const fn is_usual(layout: Layout) -> bool {
    layout.align() <= USUAL_ALIGN && layout.align() <= layout.size()
}

// SAFETY: mimalloc's functions keep the promises of an allocator for every layout.
unsafe impl GlobalAlloc for Allocator {
    #[inline]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if layout.size() >= HUGE_BYTES {
            // SAFETY: the caller of this method keeps the contract of `GlobalAlloc`, which is passed on to the
            // system's allocator.
            return unsafe { System.alloc(layout) };
        }
        // SAFETY: any size and any power of two as alignment may be asked for.
        unsafe {
            match is_usual(layout) {
                true => libmimalloc_sys::mi_malloc(layout.size()).cast(),
                false => libmimalloc_sys::mi_malloc_aligned(layout.size(), layout.align()).cast(),
            }
        }
    }

    #[inline]
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        if layout.size() >= HUGE_BYTES {
            // SAFETY: the caller of this method keeps the contract of `GlobalAlloc`, which is passed on to the
            // system's allocator.
            return unsafe { System.alloc_zeroed(layout) };
        }
        // SAFETY: `mi_zalloc…` accepts any size and any power of two as alignment.
        unsafe {
            match is_usual(layout) {
                true => libmimalloc_sys::mi_zalloc(layout.size()).cast(),
                false => libmimalloc_sys::mi_zalloc_aligned(layout.size(), layout.align()).cast(),
            }
        }
    }

    #[inline]
    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        if layout.size() >= HUGE_BYTES {
            // SAFETY: a block of this length came from the system.
            return unsafe { System.dealloc(block, layout) };
        }
        // SAFETY: the caller passes a block of this allocator.
        unsafe { libmimalloc_sys::mi_free(block.cast()) };
    }

    #[inline]
    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        if layout.size().max(size) >= HUGE_BYTES {
            // SAFETY: the caller of `realloc` keeps the contract of `GlobalAlloc`, which `realloc_huge` asks
            // for.
            return unsafe { self.realloc_huge(block, layout, size) };
        }
        // SAFETY: the caller passes a block of this allocator.
        unsafe {
            match layout.align() <= USUAL_ALIGN && layout.align() <= size {
                true => libmimalloc_sys::mi_realloc(block.cast(), size).cast(),
                false => libmimalloc_sys::mi_realloc_aligned(block.cast(), size, layout.align()).cast(),
            }
        }
    }
}

impl Allocator {
    /// Changes the length of a block, if the old or the new length is huge.
    ///
    /// # Safety
    /// As for `realloc`.
    #[cold]
    unsafe fn realloc_huge(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        if layout.size() >= HUGE_BYTES && size >= HUGE_BYTES {
            // SAFETY: a block of this length came from the system; the caller's promise.
            return unsafe { System.realloc(block, layout, size) };
        }
        // SAFETY: the caller's promise: the new length is a valid one. Both blocks hold what is copied, and the
        // old one is given back to where its length says it came from.
        unsafe {
            let moved = self.alloc(Layout::from_size_align_unchecked(size, layout.align()));
            if !moved.is_null() {
                moved.copy_from_nonoverlapping(block, layout.size().min(size));
                self.dealloc(block, layout);
            }
            moved
        }
    }
}

#[global_allocator]
static ALLOCATOR: Watched<Allocator> = Watched::new(Allocator);

/// Makes mimalloc take address space in small pieces.
pub fn set_up() {
    // SAFETY: the option is read when mimalloc takes more address space, and may be set at any time before.
    unsafe { mi_option_set(ARENA_OPTION, ARENA_KIB) };
}

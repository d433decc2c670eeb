//! What the command allocates with, the pages of objects aside.

use std::alloc::{GlobalAlloc, Layout};

/// The global allocator: mimalloc, without its detour for alignments that it gives anyway.
struct Allocator;

/// Alignment of every allocation that is at least as long. (mimalloc: MI_MAX_ALIGN_SIZE)
const USUAL_ALIGN: usize = 16;

/// Whether an allocation is aligned as wanted without asking for it.
#[inline(always)]
const fn is_usual(layout: Layout) -> bool {
    layout.align() <= USUAL_ALIGN && layout.align() <= layout.size()
}

// SAFETY: mimalloc's functions keep the promises of an allocator for every layout.
unsafe impl GlobalAlloc for Allocator {
    #[inline]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
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
        // SAFETY: as in `alloc`.
        unsafe {
            match is_usual(layout) {
                true => libmimalloc_sys::mi_zalloc(layout.size()).cast(),
                false => libmimalloc_sys::mi_zalloc_aligned(layout.size(), layout.align()).cast(),
            }
        }
    }

    #[inline]
    unsafe fn dealloc(&self, block: *mut u8, _layout: Layout) {
        // SAFETY: the caller passes a block of this allocator.
        unsafe { libmimalloc_sys::mi_free(block.cast()) };
    }

    #[inline]
    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: the caller passes a block of this allocator.
        unsafe {
            match layout.align() <= USUAL_ALIGN && layout.align() <= size {
                true => libmimalloc_sys::mi_realloc(block.cast(), size).cast(),
                false => libmimalloc_sys::mi_realloc_aligned(block.cast(), size, layout.align()).cast(),
            }
        }
    }
}

#[global_allocator]
static ALLOCATOR: Allocator = Allocator;

//! Visits the blocks of a heap that nobody uses meanwhile.
//!
//! Callers prove with a `Stopped` that nobody allocates or frees; pages come in creation order.

use super::page::{FreeBlock, Page};
use super::{Pool, ThreadHeap};
use crate::sync::Ordering::Relaxed;
use std::ptr::NonNull;

/// How many free blocks one count looks at: counting more costs more than it can save.
const COUNT_LIMIT: usize = 1 << 12;

/// Proof that no thread uses its heap.
///
/// # Safety
/// While a value of the type lives, nobody allocates from or frees to the pool or any of the heaps.
pub unsafe trait Stopped {
    /// Returns the pool that the heaps share.
    fn pool(&self) -> &Pool;
    /// Calls `see` with the heap of every thread.
    fn for_each_heap(&self, see: &mut dyn FnMut(&ThreadHeap));
}

/// Calls `see` with every page, those of dead threads included, in creation order.
pub fn for_each_page(stopped: &impl Stopped, see: impl FnMut(&Page)) {
    // SAFETY: the world is stopped, by the promise of the trait.
    unsafe { stopped.pool().for_each_page(see) }
}

/// Seals the marked objects: they keep their marks for good, so that marking never goes there. Done once for
/// each heap.
pub fn seal_marked(stopped: &impl Stopped) {
    // SAFETY: the world is stopped, by the promise of the trait.
    unsafe { stopped.pool().seal_marked() }
}

/// Takes all marks away but those of sealed objects.
pub fn clear_marks(stopped: &impl Stopped) {
    for_each_page(stopped, Page::clear_marks);
}

/// Clears the marks as `clear_marks` does, and counts the free blocks of each page.
/// Afterwards `Page::used` is nearly exact.
pub fn prepare_marks(stopped: &impl Stopped) {
    for_each_page(stopped, |page| {
        page.clear_marks();
        page.counted_free.store(0, Relaxed);
    });
    let mut budget = COUNT_LIMIT;
    for_each_page(stopped, |page| count(page.foreign.load(Relaxed), &mut budget));
    stopped.pool().for_each_spare(|list| count(list, &mut budget));
    stopped.for_each_heap(&mut |heap| heap.for_each_list(|list| count(list, &mut budget)));
}

fn count(mut list: *mut FreeBlock, budget: &mut usize) {
    while let Some(block) = NonNull::new(list).filter(|_| *budget > 0) {
        // SAFETY: blocks on lists came from a heap.
        let page = unsafe { Page::of_block(block.cast()) };
        page.counted_free.store(page.counted_free.load(Relaxed) + 1, Relaxed);
        *budget -= 1;
        // SAFETY: blocks on lists are free, and nobody takes them meanwhile.
        list = unsafe { block.as_ref() }.next.load(Relaxed);
    }
}

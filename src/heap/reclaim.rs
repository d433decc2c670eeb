//! Giving pages whose blocks are all free back to the pool, so that another size class can use them.
//!
//! A thread does it to its own pages, when the pool would have to ask the system for a segment. Blocks of a
//! page that are all on the thread's own lists are unlinked in one walk over those lists. The walk costs as much
//! as there are free blocks, so after a poor yield the next one waits until the heap has grown by a quarter.

use super::ThreadHeap;
use super::page::{FreeBlock, PAGE_BYTES, Page};
use super::segment::{SEGMENT_BYTES, SPARE_PAGES};
use crate::memory::Chunks;
use crate::sync::Ordering::Relaxed;
use std::ptr::{NonNull, null_mut};

/// How many pages a heap must have before it searches for empty ones.
pub(super) const FIRST_AT: usize = 64;
/// How many pages a walk must give back so that the next one is done soon.
const GOOD_YIELD: usize = 8;

impl ThreadHeap {
    /// Gives empty pages back if the pool would otherwise have to take a new segment.
    pub(super) fn reclaim_if_due(&self) {
        let pages = self.page_count();
        if pages < self.reclaim_at.get() || !self.pool().is_exhausted() {
            return;
        }
        let found = self.reclaim();
        let left = pages - found;
        let growth = if found >= GOOD_YIELD { GOOD_YIELD } else { FIRST_AT.max(left / 4) };
        self.reclaim_at.set(FIRST_AT.max(left + growth));
    }

    /// Tells whether `MemoryError` must be raised for spare pages in use: once for each step of them.
    pub fn is_due(&self) -> bool {
        self.give_back_if(self.pool().is_beyond());
        self.pool().is_due()
    }

    /// Tells whether the heap is nearly out of memory: few spare pages are left, and few free blocks are on
    /// this thread's lists.
    pub fn is_low(&self) -> bool {
        self.give_back_if(self.pool().is_low());
        self.pool().is_low() && self.free_bytes() < SEGMENT_BYTES / 2
    }

    /// Tells whether memory is there again: no spare page is in use, or as much memory is free on this thread's
    /// lists.
    pub fn has_recovered(&self) -> bool {
        let in_use = self.pool().spare_in_use();
        self.give_back_if(in_use > 0);
        self.pool().spare_in_use() == 0 || self.free_bytes() >= SPARE_PAGES * PAGE_BYTES
    }

    /// Gives empty pages back if `is_needed`.
    ///
    /// This walks all free blocks. There are few of them, unless the program has just dropped what filled the
    /// memory.
    fn give_back_if(&self, is_needed: bool) {
        if is_needed {
            self.reclaim();
        }
    }

    /// Returns how many bytes the free blocks on this thread's lists have.
    fn free_bytes(&self) -> usize {
        let mut bytes = 0;
        for list in &self.free {
            for_each_block(list.get(), |page, _| bytes += page.block_bytes());
        }
        bytes
    }

    /// Gives every page back whose blocks are all on this thread's lists; returns how many.
    pub(super) fn reclaim(&self) -> usize {
        let mut shelves = self.shelves.borrow_mut();
        for page in shelves.iter().flat_map(|shelf| shelf.pages.iter()) {
            // SAFETY: pages on a shelf have live headers.
            unsafe { page.as_ref() }.counted_free.store(0, Relaxed);
        }
        for list in &self.free {
            for_each_block(list.get(), |page, _| {
                page.counted_free.store(page.counted_free.load(Relaxed) + 1, Relaxed);
            });
        }
        for list in &self.free {
            // In order, so that what is left is taken in the order it would have been.
            let (mut first, mut last) = (null_mut::<FreeBlock>(), null_mut::<FreeBlock>());
            for_each_block(list.get(), |page, block| {
                if self.is_empty(page) {
                    return;
                }
                match NonNull::new(last) {
                    None => first = block.as_ptr(),
                    // SAFETY: the block was found on this thread's own list, where only free blocks are.
                    Some(last) => unsafe { last.as_ref() }.next.store(block.as_ptr(), Relaxed),
                }
                last = block.as_ptr();
            });
            if let Some(last) = NonNull::new(last) {
                // SAFETY: the block was found on this thread's own list, where only free blocks are.
                unsafe { last.as_ref() }.next.store(null_mut(), Relaxed);
            }
            list.set(first);
        }
        let mut empty = Chunks::default();
        for shelf in shelves.iter_mut() {
            let carved = shelf.carving;
            let mut index = 0;
            shelf.pages.retain(|page| {
                // SAFETY: pages on a shelf have live headers.
                let keep = !self.is_empty(unsafe { page.as_ref() });
                if !keep {
                    empty.push(*page);
                    shelf.carving -= usize::from(index < carved);
                }
                index += 1;
                keep
            });
        }
        let found = empty.len();
        self.pool().take_back(empty);
        found
    }

    /// Tells whether all blocks of a page are free and were counted, and this heap owns the page.
    fn is_empty(&self, page: &Page) -> bool {
        let carved = page.carved.load(Relaxed);
        page.owner() == self.owner && carved > 0 && page.counted_free.load(Relaxed) == carved
    }
}

/// Calls `see` with every block of a list and its page; `see` may change the block's link.
fn for_each_block(list: *mut FreeBlock, mut see: impl FnMut(&Page, NonNull<FreeBlock>)) {
    let mut at = list;
    while let Some(block) = NonNull::new(at) {
        // SAFETY: blocks on a list are free and came from a heap.
        unsafe {
            at = block.as_ref().next.load(Relaxed);
            see(Page::of_block(block.cast()), block);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Pool, SizeClass, ThreadHeap};
    use std::ptr::NonNull;

    /// Empty pages serve another class afterwards; pages with a block in use stay.
    #[test]
    fn empty_pages_are_given_back() {
        let pool = Pool::default();
        // SAFETY: `pool` is declared before the heap, so it is dropped after it.
        let heap = unsafe { ThreadHeap::new(NonNull::from(&pool), 1) };
        let class = SizeClass::for_bytes(512).expect("small");
        let many = if cfg!(miri) { 100 } else { 1000 };
        let mut blocks: Vec<_> = (0..many).map(|_| heap.allocate_bytes(512)).collect();
        let pages = heap.page_count();
        let kept = blocks.remove(0);
        for block in blocks {
            // SAFETY: the block was allocated from this heap above, and holds nothing.
            unsafe { heap.free(block) };
        }
        let found = heap.reclaim();
        // The first page has the block in use.
        assert_eq!((found, heap.page_count(), pool.stats().pages), (pages - 1, 1, 1));
        let left = std::iter::from_fn(|| heap.allocate(class)).count();
        assert!(left > 0 && left < many);
        heap.allocate_bytes(64);
        assert_eq!(pool.stats().segments, pages.div_ceil(super::super::segment::PAGES_IN_SEGMENT));
        // SAFETY: the block was allocated from this heap above, and holds nothing.
        unsafe { heap.free(kept) };
    }
}

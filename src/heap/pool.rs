//! What the heaps of one runtime share: segments, the list of all pages, the pages of dead threads.
//!
//! Invariant: `pages` is in creation order, which is the visiting order of the collector whatever the
//! addresses are; the place of a large page that was freed holds nothing until the list is compacted.
//! See `thread_heap` for who asks.

use super::page::{FreeBlock, PAGE_BYTES, PAGE_HEADER_BYTES, Page, Sealed};
use super::segment::{PAGES_IN_SEGMENT, SEGMENT_BYTES, SPARE_PAGES, Segments};
use super::size_class::{CLASSES, SizeClass};
use crate::memory::{self, Chunks, Steps};
use crate::object::RawObject;
use crate::sync::{AtomicUsize, Mutex, Ordering};
use std::alloc::{Layout, alloc, dealloc, handle_alloc_error};
use std::ptr::{NonNull, null_mut};

/// After how many more spare pages in use the next `MemoryError` is raised: 1 MiB.
const STEP_PAGES: usize = SPARE_PAGES / 8;

/// The part of the heap that threads share.
#[derive(Default)]
pub struct Pool {
    state: Mutex<PoolState>,
    /// How many pages and lists ended threads have left here. If 0, nobody has to take the lock to ask.
    left_behind: AtomicUsize,
    orphans: Mutex<Chunks<RawObject>>,
    orphan_count: AtomicUsize,
}

#[derive(Default)]
struct PoolState {
    segments: Segments,
    /// Up to which use of the spare pages `MemoryError` has been raised.
    steps: Steps,
    unused: Chunks<NonNull<Page>>,
    pages: Chunks<Option<NonNull<Page>>>,
    holes: usize,
    abandoned: Vec<Chunks<NonNull<Page>>>,
    spare: Vec<(SizeClass, NonNull<FreeBlock>)>,
    /// The records of the pages whose objects are sealed.
    sealed: Vec<NonNull<Sealed>>,
}

// SAFETY: the pointers in the state are pages, used under the mutex or by the thread that owns the page.
unsafe impl Send for Pool {}
// SAFETY: as for `Send`: what the pointers lead to is used under the mutex or by one thread only.
unsafe impl Sync for Pool {}

/// Sizes of a pool, for introspection.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PoolStats {
    /// Segments obtained from the system.
    pub segments: usize,
    /// Pages in use, large ones included.
    pub pages: usize,
    /// Pages of dead threads that nobody has adopted.
    pub abandoned: usize,
}

impl Pool {
    /// Makes a page of one class for the thread `owner`.
    ///
    /// This hardly ever fails: when the system has no memory, a spare page is used, and as long as spare pages
    /// are in use each call tells the thread that memory ran short.
    pub(super) fn new_page(&self, owner: u32, class: SizeClass) -> NonNull<Page> {
        let mut state = self.state.lock();
        if state.unused.is_empty() {
            state.add_segment();
        }
        memory::fails_page();
        let page = state.unused.pop().expect("a fresh segment has pages");
        state.segments.hold_back();
        if state.spare_in_use() > 0 {
            memory::shortage();
        }
        // SAFETY: the page was popped from the unused ones, so nobody else knows it, and it is `PAGE_BYTES`
        // long.
        unsafe {
            page.write(Page::new(page.cast(), self, owner, Some(class), class.block_bytes(), PAGE_BYTES))
        };
        state.list(page);
        page
    }

    /// Returns how many spare pages are in use.
    pub(super) fn spare_in_use(&self) -> usize {
        let mut state = self.state.lock();
        state.segments.hold_back();
        state.spare_in_use()
    }

    /// Tells whether `is_due` would answer true, without noting it.
    pub(super) fn is_beyond(&self) -> bool {
        let state = self.state.lock();
        state.steps.is_beyond(state.spare_in_use())
    }

    /// Tells whether `MemoryError` must be raised for the spare pages in use. Answers true once for each step.
    pub(super) fn is_due(&self) -> bool {
        let state = self.state.lock();
        state.steps.is_due(state.spare_in_use(), STEP_PAGES)
    }

    /// Tells whether at most one step of spare pages is left.
    pub(super) fn is_low(&self) -> bool {
        self.spare_in_use() > SPARE_PAGES - STEP_PAGES
    }

    /// Makes a page for one block of `bytes` and returns the block, if there is memory for it.
    pub(super) fn new_large(&self, owner: u32, bytes: usize) -> Option<NonNull<u8>> {
        let block = bytes.next_multiple_of(16);
        if u32::try_from(block).is_err() {
            return None;
        }
        let layout = large_layout(PAGE_HEADER_BYTES + block);
        // SAFETY: the layout is not empty.
        let page = NonNull::new(unsafe { alloc(layout) }.cast::<Page>())?;
        // SAFETY: fresh memory, large and aligned enough for the header.
        unsafe { page.write(Page::new(page.cast(), self, owner, None, block, PAGE_HEADER_BYTES + block)) };
        // SAFETY: the block follows the header in the same allocation.
        let first = unsafe { page.cast::<u8>().add(PAGE_HEADER_BYTES) };
        // SAFETY: the block was allocated above, nobody else knows it, and it has at least 32 bytes; a null
        // type keeps the collector away.
        unsafe { FreeBlock::make(first, null_mut()) };
        // SAFETY: the header was written above.
        unsafe { page.as_ref() }.carved.store(1, Ordering::Relaxed);
        self.state.lock().list(page);
        Some(first)
    }

    /// Frees a page with one large block.
    ///
    /// # Safety
    /// The page came from `new_large` and its block holds nothing.
    pub(super) unsafe fn free_large(&self, page: NonNull<Page>) {
        let mut state = self.state.lock();
        // SAFETY: the page is alive until the end of this function.
        let (index, bytes) = unsafe { (page.as_ref().index.load(Ordering::Relaxed), page.as_ref().bytes) };
        state.unlist(index);
        state.compact();
        drop(state);
        // SAFETY: allocated with this layout in `new_large`, and unlisted above.
        unsafe { dealloc(page.as_ptr().cast(), large_layout(bytes)) };
    }

    /// Tells whether the next page needs a fresh segment.
    pub(super) fn is_exhausted(&self) -> bool {
        self.state.lock().unused.is_empty()
    }

    /// Takes back pages that hold no object.
    pub(super) fn take_back(&self, pages: Chunks<NonNull<Page>>) {
        let mut state = self.state.lock();
        for page in pages {
            // SAFETY: the pages were listed and have live headers.
            let index = unsafe { page.as_ref() }.index.load(Ordering::Relaxed);
            state.unlist(index);
            state.unused.push(page);
        }
        state.compact();
    }

    /// Takes over the pages of a thread that ends.
    pub(super) fn abandon(&self, pages: impl Iterator<Item = NonNull<Page>>) {
        let mut state = self.state.lock();
        state.abandoned.resize_with(CLASSES, Chunks::default);
        for page in pages {
            // SAFETY: pages of a heap have live headers.
            let header = unsafe { page.as_ref() };
            header.owner.store(0, Ordering::Relaxed);
            let class = header.class().expect("large pages belong to no heap");
            state.abandoned[class.index()].push(page);
            self.left_behind.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Takes over a list of free blocks from a thread that ends.
    pub(super) fn leave_spare(&self, class: SizeClass, list: *mut FreeBlock) {
        if let Some(list) = NonNull::new(list) {
            self.state.lock().spare.push((class, list));
            self.left_behind.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Returns a list of free blocks that an ended thread left, null if there is none.
    pub(super) fn take_spare(&self, class: SizeClass) -> *mut FreeBlock {
        if self.left_behind.load(Ordering::Relaxed) == 0 {
            return null_mut();
        }
        let mut state = self.state.lock();
        let Some(at) = state.spare.iter().position(|(of, _)| *of == class) else { return null_mut() };
        self.left_behind.fetch_sub(1, Ordering::Relaxed);
        state.spare.swap_remove(at).1.as_ptr()
    }

    /// Calls `see` with every list of free blocks that ended threads left.
    pub(super) fn for_each_spare(&self, mut see: impl FnMut(*mut FreeBlock)) {
        self.state.lock().spare.iter().for_each(|(_, list)| see(list.as_ptr()));
    }

    /// Hands an abandoned page of this class to the thread `owner`.
    pub(super) fn adopt(&self, owner: u32, class: SizeClass) -> Option<NonNull<Page>> {
        if self.left_behind.load(Ordering::Relaxed) == 0 {
            return None;
        }
        let mut state = self.state.lock();
        let page = state.abandoned.get_mut(class.index())?.pop()?;
        self.left_behind.fetch_sub(1, Ordering::Relaxed);
        // SAFETY: an abandoned page has a live header.
        unsafe { page.as_ref() }.owner.store(owner, Ordering::Relaxed);
        Some(page)
    }

    /// Returns an upper bound of the objects a walk meets: all blocks ever handed out, not counting sealed
    /// objects.
    pub fn most_objects(&self) -> usize {
        // SAFETY: listed pages have live headers while the lock is held.
        let carved = |page: &NonNull<Page>| unsafe { page.as_ref() }.open_count();
        self.state.lock().pages.iter().flatten().map(carved).sum()
    }

    /// Calls `see` with every page, in creation order.
    ///
    /// # Safety
    /// No thread allocates or frees meanwhile: the world is stopped, or the caller is the only thread.
    pub unsafe fn for_each_page(&self, mut see: impl FnMut(&Page)) {
        // Not under the lock while `see` runs: it may well ask the pool something.
        let page_at = |index: usize| self.state.lock().pages.get(index).copied();
        let mut index = 0;
        while let Some(page) = page_at(index) {
            if let Some(page) = page {
                // SAFETY: listed pages have live headers, and none is freed meanwhile.
                see(unsafe { page.as_ref() });
            }
            index += 1;
        }
    }

    /// Seals the marked objects of every page.
    ///
    /// # Safety
    /// As for `for_each_page`.
    pub(super) unsafe fn seal_marked(&self) {
        let mut sealed = Vec::new();
        // SAFETY: the caller promises that the world is stopped, which is what `for_each_page` and
        // `Page::seal_marked` ask for.
        unsafe {
            self.for_each_page(|page| sealed.extend((page.marked_count() > 0).then(|| page.seal_marked())))
        };
        self.state.lock().sealed = sealed;
    }

    /// Returns the sizes of the pool.
    pub fn stats(&self) -> PoolStats {
        let state = self.state.lock();
        PoolStats {
            segments: state.segments.count(),
            pages: state.pages.len() - state.holes,
            abandoned: state.abandoned.iter().map(Chunks::len).sum(),
        }
    }

    /// Stores a reference that was dropped by a thread outside of the runtime, to be released later (D-27).
    pub fn leave_orphan(&self, object: RawObject) {
        self.orphans.lock().push(object);
        self.orphan_count.fetch_add(1, Ordering::Release);
    }

    /// Tells whether `take_orphans` would return any.
    pub fn has_orphans(&self) -> bool {
        self.orphan_count.load(Ordering::Relaxed) != 0
    }

    /// Returns the references dropped by unknown threads; the caller releases them.
    pub fn take_orphans(&self) -> Chunks<RawObject> {
        if self.orphan_count.load(Ordering::Acquire) == 0 {
            return Chunks::default();
        }
        let mut orphans = self.orphans.lock();
        self.orphan_count.store(0, Ordering::Relaxed);
        std::mem::take(&mut *orphans)
    }
}

impl PoolState {
    /// Returns how many spare pages are in use. Pages of the last segment that have not been handed out yet
    /// count as spare.
    fn spare_in_use(&self) -> usize {
        SPARE_PAGES.saturating_sub(self.segments.spare_pages() + self.unused.len())
    }

    fn add_segment(&mut self) {
        let Some(segment) = self.segments.next() else {
            // Every safepoint has raised `MemoryError` for a while.
            handle_alloc_error(Layout::new::<[u8; SEGMENT_BYTES]>())
        };
        // Last page first, so that pages are handed out in ascending order.
        for index in (0..PAGES_IN_SEGMENT).rev() {
            // SAFETY: the page lies within the segment.
            self.unused.push(unsafe { segment.add(index * PAGE_BYTES) }.cast());
        }
    }

    fn list(&mut self, page: NonNull<Page>) {
        // SAFETY: the header was written before the page is listed.
        unsafe { page.as_ref() }.index.store(self.pages.len() as u64, Ordering::Relaxed);
        self.pages.push(Some(page));
    }

    fn unlist(&mut self, index: u64) {
        *self.pages.get_mut(index as usize).expect("a page knows its place") = None;
        self.holes += 1;
    }

    /// Removes the empty places from the list of pages once they are the larger part of it.
    fn compact(&mut self) {
        if self.holes < 64 || self.holes * 2 < self.pages.len() {
            return;
        }
        self.pages.retain(Option::is_some);
        self.holes = 0;
        for (index, page) in self.pages.iter().flatten().enumerate() {
            // SAFETY: listed pages have live headers.
            unsafe { page.as_ref() }.index.store(index as u64, Ordering::Relaxed);
        }
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        let state = self.state.get_mut();
        for &sealed in &state.sealed {
            // SAFETY: boxed in `Page::seal_marked`; nobody uses a dropped pool.
            drop(unsafe { Box::from_raw(sealed.as_ptr()) });
        }
        for page in state.pages.iter().flatten() {
            // SAFETY: listed pages have live headers.
            let (large, bytes) = unsafe { (page.as_ref().class().is_none(), page.as_ref().bytes) };
            if large {
                // SAFETY: allocated with this layout in `new_large`; nobody uses a dropped pool.
                unsafe { dealloc(page.as_ptr().cast(), large_layout(bytes)) };
            }
        }
    }
}

fn large_layout(bytes: usize) -> Layout {
    Layout::from_size_align(bytes, PAGE_BYTES).expect("a block is shorter than 4 GiB")
}

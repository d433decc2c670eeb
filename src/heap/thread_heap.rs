//! A thread's own free blocks, which it takes and gives back without synchronising with other threads.
//!
//! `free[class]` heads a list of free blocks; taking one is a load, a load and a store. When it is empty the
//! thread looks, in this order, at what other threads freed on its pages, at abandoned pages, at the untouched rest
//! of its current page, and then takes a fresh page. Invariant: a block is on one list only; blocks on `free` may lie
//! on anybody's page, though usually on this thread's.

use super::page::{FreeBlock, PAGE_HEADER_BYTES, Page};
use super::pool::Pool;
use super::reclaim;
use super::size_class::{CLASSES, LARGEST_BLOCK_BYTES, SizeClass};
use crate::memory::Chunks;
use crate::sync::Ordering::Relaxed;
use std::alloc::Layout;
use std::cell::{Cell, RefCell};
use std::ptr::{NonNull, null_mut};

/// How many bytes are carved into blocks at a time: enough to make the call worth it, few enough to stay in the
/// cache.
const CARVE_BYTES: usize = 4096;
/// How many pages a refill searches for blocks that other threads freed, so that its cost is bounded.
const FOREIGN_SEARCH: usize = 16;

/// The heap of one thread.
#[repr(C)]
pub struct ThreadHeap {
    pub(super) free: [Cell<*mut FreeBlock>; CLASSES],
    pub(super) owner: u32,
    pool: NonNull<Pool>,
    pub(super) shelves: RefCell<Vec<Shelf>>,
    /// How many pages the heap must have before it searches for empty ones.
    pub(super) reclaim_at: Cell<usize>,
}

/// The pages a thread has of one class.
#[derive(Default)]
pub(super) struct Shelf {
    pub(super) pages: Chunks<NonNull<Page>>,
    /// Index of the first page that may have untouched blocks.
    pub(super) carving: usize,
    /// Where the last search for foreign frees ended.
    search: usize,
}

impl ThreadHeap {
    /// Makes an empty heap for the thread `owner`.
    ///
    /// # Safety
    /// The pool outlives the heap.
    pub unsafe fn new(pool: NonNull<Pool>, owner: u32) -> ThreadHeap {
        ThreadHeap {
            free: [const { Cell::new(null_mut()) }; CLASSES],
            owner,
            pool,
            shelves: RefCell::new((0..CLASSES).map(|_| Shelf::default()).collect()),
            reclaim_at: Cell::new(reclaim::FIRST_AT),
        }
    }

    pub(super) fn pool(&self) -> &Pool {
        // SAFETY: the maker of the heap promises that the pool outlives it.
        unsafe { self.pool.as_ref() }
    }

    /// Takes a block from the thread's list of free ones; `None` if the list is empty.
    #[inline(always)]
    pub fn allocate(&self, class: SizeClass) -> Option<NonNull<u8>> {
        let slot = &self.free[class.index()];
        let head = NonNull::new(slot.get())?;
        // SAFETY: only free blocks are on the list, and only this thread uses it.
        slot.set(unsafe { head.as_ref() }.next.load(Relaxed));
        Some(head.cast())
    }

    /// Takes a block of at least `bytes`; its content is undefined and its type word is null.
    #[inline(always)]
    pub fn allocate_bytes(&self, bytes: usize) -> NonNull<u8> {
        match SizeClass::for_bytes(bytes) {
            Some(class) => self.allocate(class).unwrap_or_else(|| self.allocate_refilled(class)),
            None => self.allocate_large(bytes).unwrap_or_else(|| no_memory(bytes)),
        }
    }

    /// Like `allocate_bytes`, for a length that a program chooses; `None` if there is no memory for it.
    #[inline(always)]
    pub fn try_allocate_bytes(&self, bytes: usize) -> Option<NonNull<u8>> {
        match SizeClass::for_bytes(bytes) {
            Some(class) => Some(self.allocate(class).unwrap_or_else(|| self.allocate_refilled(class))),
            None => self.allocate_large(bytes),
        }
    }

    /// Fills the list of a class and takes a block from it.
    #[cold]
    #[inline(never)]
    pub fn allocate_refilled(&self, class: SizeClass) -> NonNull<u8> {
        self.refill(class);
        self.allocate(class).expect("a refill leaves at least one block")
    }

    #[cold]
    #[inline(never)]
    fn allocate_large(&self, bytes: usize) -> Option<NonNull<u8>> {
        debug_assert!(bytes > LARGEST_BLOCK_BYTES);
        self.pool().new_large(self.owner, bytes)
    }

    fn refill(&self, class: SizeClass) {
        let free = &self.free[class.index()];
        let mut shelves = self.shelves.borrow_mut();
        let shelf = &mut shelves[class.index()];
        let mut found = shelf.collect_foreign();
        if found.is_null() {
            found = self.pool().take_spare(class);
        }
        if found.is_null()
            && let Some(page) = self.pool().adopt(self.owner, class)
        {
            shelf.pages.push(page);
            // SAFETY: `adopt` gave the page to this thread, and a page in the pool's list has a live header.
            found = unsafe { page.as_ref() }.take_foreign();
        }
        if found.is_null() {
            found = shelf.carve();
        }
        drop(shelves);
        free.set(if found.is_null() { self.carve_new_page(class) } else { found });
    }

    fn carve_new_page(&self, class: SizeClass) -> *mut FreeBlock {
        self.reclaim_if_due();
        let page = self.pool().new_page(self.owner, class);
        let shelf = &mut self.shelves.borrow_mut()[class.index()];
        shelf.pages.push(page);
        shelf.carve()
    }

    /// Gives back a block, on whichever thread's page it lies.
    ///
    /// # Safety
    /// The block came from a heap of the same pool, and nobody uses it any more.
    #[inline]
    pub unsafe fn free(&self, block: NonNull<u8>) {
        // SAFETY: the caller promises that the block came from a heap.
        let page = unsafe { Page::of_block(block) };
        // SAFETY: the caller promises that nobody uses the block any more.
        unsafe { Page::poison(block) };
        match page.class() {
            // SAFETY: this thread owns the page, `class` is the page's, and the caller promises that nobody
            // uses the block.
            Some(class) if page.owner() == self.owner => unsafe { self.free_own(block, class) },
            // SAFETY: the caller promises that nobody uses the block any more.
            Some(_) => page.push_foreign(unsafe { FreeBlock::make(block, null_mut()) }),
            // SAFETY: a large page has one block, and it is free now.
            None => unsafe { self.pool().free_large(page.base.cast()) },
        }
    }

    /// Gives back a block to this thread's own list.
    ///
    /// # Safety
    /// The block has this class, came from the same pool, and nobody uses it any more.
    #[inline(always)]
    pub unsafe fn free_own(&self, block: NonNull<u8>, class: SizeClass) {
        let slot = &self.free[class.index()];
        // SAFETY: the caller promises that nobody uses the block, which came from the same pool.
        slot.set(unsafe { FreeBlock::make(block, slot.get()) });
    }

    /// Calls `see` with the head of every list of free blocks.
    pub(super) fn for_each_list(&self, mut see: impl FnMut(*mut FreeBlock)) {
        self.free.iter().for_each(|list| see(list.get()));
    }

    /// Returns how many pages the heap has, large ones not counted.
    pub fn page_count(&self) -> usize {
        self.shelves.borrow().iter().map(|shelf| shelf.pages.len()).sum()
    }

    /// Gives all pages and free blocks to the pool; the heap is empty afterwards (B-141).
    pub fn abandon(&self) {
        for (class, free) in self.free.iter().enumerate() {
            self.pool().leave_spare(SizeClass::from_index(class), free.replace(null_mut()));
        }
        let shelves = self.shelves.replace((0..CLASSES).map(|_| Shelf::default()).collect());
        self.pool().abandon(shelves.into_iter().flat_map(|shelf| shelf.pages));
    }
}

/// Ends the process. Called when an object of a fixed length that needs a page of its own finds no memory.
#[cold]
fn no_memory(bytes: usize) -> ! {
    std::alloc::handle_alloc_error(Layout::from_size_align(bytes, 16).expect("shorter than 4 GiB"))
}

impl Drop for ThreadHeap {
    fn drop(&mut self) {
        self.abandon();
    }
}

impl Shelf {
    /// Takes the next few blocks that were never used, in the order of the pages.
    fn carve(&mut self) -> *mut FreeBlock {
        while let Some(&page) = self.pages.get(self.carving) {
            let found = carve(page);
            if !found.is_null() {
                return found;
            }
            self.carving += 1;
        }
        null_mut()
    }

    /// Looks at some pages, from where the last search ended, for blocks that other threads freed.
    fn collect_foreign(&mut self) -> *mut FreeBlock {
        for _ in 0..self.pages.len().min(FOREIGN_SEARCH) {
            self.search = (self.search + 1) % self.pages.len();
            let Some(page) = self.pages.get(self.search) else { continue };
            // SAFETY: pages on a shelf have live headers.
            let found = unsafe { page.as_ref() }.take_foreign();
            if !found.is_null() {
                return found;
            }
        }
        null_mut()
    }
}

/// Links the next few never used blocks of a page into a list in ascending order; null if there are none.
fn carve(page: NonNull<Page>) -> *mut FreeBlock {
    // SAFETY: the page is the caller's and has a live header.
    let header = unsafe { page.as_ref() };
    let (carved, stride) = (header.carved.load(Relaxed), header.stride as usize);
    let batch = (CARVE_BYTES / stride).max(1) as u32;
    let end = header.capacity.min(carved + batch);
    let mut list = null_mut();
    for index in (carved..end).rev() {
        // SAFETY: the block lies within the page, because `end` is at most its capacity.
        let block = unsafe { page.cast::<u8>().add(PAGE_HEADER_BYTES + index as usize * stride) };
        // SAFETY: blocks from `carved` on were never handed out, so nobody uses them.
        list = unsafe { FreeBlock::make(block, list) };
    }
    header.carved.store(end, Relaxed);
    list
}

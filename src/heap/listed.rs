//! The collector's list of objects: one bit for each object in the header of its page, so that a list of
//! millions of objects takes no further memory.
//!
//! The list is walked page by page, and within a page by address. Only the thread that collects puts objects on
//! the list and takes them off. Invariant: outside of pauses the collecting thread holds a reference to each
//! listed object, which keeps the object and its page allocated.

use super::page::{MARK_WORDS, Page};
use super::visit::{Stopped, for_each_page};
use crate::object::{Header, RawObject};
use crate::sync::Ordering::Relaxed;
use std::ptr::{NonNull, null_mut};

impl Page {
    /// Puts an object on the list.
    #[inline(always)]
    pub fn list(&self, object: RawObject) {
        let (word, bit) = Self::mark_place(object);
        self.list.0[word].store(self.list.0[word].load(Relaxed) | bit, Relaxed);
        self.listed_words.store(self.listed_words.load(Relaxed) | 1 << word, Relaxed);
    }

    /// Takes an object off the list.
    #[inline(always)]
    pub fn unlist(&self, object: RawObject) {
        let (word, bit) = Self::mark_place(object);
        self.list.0[word].store(self.list.0[word].load(Relaxed) & !bit, Relaxed);
    }

    /// Tells whether an object is on the list.
    #[inline(always)]
    pub fn is_listed(&self, object: RawObject) -> bool {
        let (word, bit) = Self::mark_place(object);
        self.list.0[word].load(Relaxed) & bit != 0
    }

    /// Tells whether an object of the page is on the list.
    fn lists_any(&self) -> bool {
        self.list.0.iter().any(|word| word.load(Relaxed) != 0)
    }

    /// Calls `see` with every object of the page that is listed; `see` may take that one off the list.
    #[inline]
    fn for_each_listed(&self, mut see: impl FnMut(RawObject)) {
        for_each_bit(self.listed_words.load(Relaxed), |word| {
            for_each_bit(self.list.0[word].load(Relaxed), |bit| see(object_at(self.base, word, bit)));
        });
    }
}

/// Calls `see` with every listed object and its page, with the world stopped; `see` may take that one off the list.
#[inline]
pub fn for_each_listed(stopped: &impl Stopped, mut see: impl FnMut(&Page, RawObject)) {
    for_each_page(stopped, |page| page.for_each_listed(|object| see(page, object)));
}

/// The pages on which objects are listed.
/// It serves code that keeps the objects alive and visits them while the world runs. The pages form a linked list,
/// because there might be no memory for a vector of them.
#[derive(Default)]
pub struct ListedPages(Option<NonNull<Page>>);

impl ListedPages {
    /// Collects the pages on which objects are listed.
    pub fn of(stopped: &impl Stopped) -> ListedPages {
        let (mut first, mut last) = (None, None::<NonNull<Page>>);
        for_each_page(stopped, |page| {
            if !page.lists_any() {
                return;
            }
            page.next_listed.store(null_mut(), Relaxed);
            let page = NonNull::from(page);
            match last {
                None => first = Some(page),
                // SAFETY: the world is stopped, so every page is still there.
                Some(last) => unsafe { last.as_ref() }.next_listed.store(page.as_ptr(), Relaxed),
            }
            last = Some(page);
        });
        ListedPages(first)
    }

    /// Calls `see` with each listed object and its page. The list keeps the object alive.
    pub fn for_each(&self, mut see: impl FnMut(&Page, RawObject)) {
        let mut next = self.0;
        while let Some(page) = next {
            // SAFETY: the page lists an object, which is alive by the invariant of the list, and so the page is there.
            let page = unsafe { page.as_ref() };
            page.for_each_listed(|object| see(page, object));
            next = NonNull::new(page.next_listed.load(Relaxed));
        }
    }

    /// Empties the list. Calls `see` with each object that was on it; after that call the object may die.
    pub fn take_each(self, mut see: impl FnMut(RawObject)) {
        let mut next = self.0;
        while let Some(page) = next {
            // SAFETY: the page lists an object, which is alive by the invariant of the list, and so the page is there.
            let page = unsafe { page.as_ref() };
            // It may be gone with its last object: all that is needed of it is copied first.
            next = NonNull::new(page.next_listed.load(Relaxed));
            let (base, words) = (page.base, page.listed_words.swap(0, Relaxed));
            let mut bits = [0; MARK_WORDS];
            for_each_bit(words, |word| bits[word] = page.list.0[word].swap(0, Relaxed));
            for_each_bit(words, |word| for_each_bit(bits[word], |bit| see(object_at(base, word, bit))));
        }
    }
}

/// Returns the object whose first byte a bit stands for.
#[inline(always)]
fn object_at(base: NonNull<u8>, word: usize, bit: usize) -> RawObject {
    // SAFETY: bits are set for objects of the page, which its base reaches.
    RawObject::from_header(unsafe { base.add((word * 64 + bit) * 16) }.cast::<Header>())
}

/// Calls `see` with the number of every bit that is set.
#[inline(always)]
fn for_each_bit(mut bits: u64, mut see: impl FnMut(usize)) {
    while bits != 0 {
        see(bits.trailing_zeros() as usize);
        bits &= bits - 1;
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Pool, ThreadHeap};
    use super::*;

    /// Proof that a heap is not in use, because the caller is its only user.
    struct Alone<'a>(&'a Pool, &'a ThreadHeap);

    // SAFETY: nobody else has the heap.
    unsafe impl Stopped for Alone<'_> {
        fn pool(&self) -> &Pool {
            self.0
        }
        fn for_each_heap(&self, see: &mut dyn FnMut(&ThreadHeap)) {
            see(self.1);
        }
    }

    fn listed(alone: &Alone<'_>) -> Vec<usize> {
        let mut found = Vec::new();
        for_each_listed(alone, |_, object| found.push(object.address()));
        found
    }

    /// Objects are listed by page and address, large ones too, and are gone from the list when they are taken.
    #[test]
    fn the_list_has_what_was_put_on_it() {
        let pool = Pool::default();
        // SAFETY: `pool` is declared before the heap, so it is dropped after it.
        let heap = unsafe { ThreadHeap::new(NonNull::from(&pool), 1) };
        let alone = Alone(&pool, &heap);
        let many = if cfg!(miri) { 599 } else { 2999 };
        let mut blocks: Vec<_> = (0..many).map(|_| heap.allocate_bytes(48)).collect();
        blocks.push(heap.allocate_bytes(100_000));
        let objects: Vec<_> = blocks.iter().map(|block| RawObject::from_header(block.cast())).collect();
        let chosen: Vec<_> = objects.iter().copied().step_by(3).chain(objects.last().copied()).collect();
        chosen.iter().for_each(|&object| Page::of(object).list(object));
        assert!(objects.iter().all(|&object| Page::of(object).is_listed(object) == chosen.contains(&object)));
        let (first, rest) = chosen.split_first().expect("some were chosen");
        Page::of(*first).unlist(*first);
        let mut expected: Vec<_> = rest.iter().map(|object| object.address()).collect();
        let mut found = listed(&alone);
        found.sort_unstable();
        expected.sort_unstable();
        assert!(found == expected);

        let mut taken = Vec::new();
        ListedPages::of(&alone).take_each(|object| {
            taken.push(object.address());
            let block = NonNull::new(object.header_ptr()).expect("not null").cast();
            // SAFETY: the block was allocated from this heap above, and holds nothing.
            unsafe { heap.free(block) };
        });
        taken.sort_unstable();
        assert!(taken == expected);
        assert!(listed(&alone).is_empty());
    }
}

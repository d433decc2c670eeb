//! A page: a header and equal blocks, aligned so that a mask leads from a block to its page.
//!
//! ```text
//! 0                     1152
//! | Page | marks | list | block 0 | block 1 | … | carved ⇢ untouched …      |
//! ```
//! Invariant: blocks below `carved` have been in use or on a free list at least once; the rest is memory
//! nobody has written. Anybody may push to `foreign`; only the owner takes from it.

use super::Pool;
use super::SizeClass;
use crate::object::{Header, RawObject};
use crate::sync::{AtomicPtr, AtomicU32, AtomicU64, Ordering};
use std::ptr::{NonNull, null_mut};

/// Bytes of a page; 64 KiB so that a mask finds it, less under Miri.
pub(super) const PAGE_BYTES: usize = if cfg!(miri) { 16 << 10 } else { 64 << 10 };
/// Bytes in front of the first block: the fields and two bits for each 16 bytes of the page.
pub(super) const PAGE_HEADER_BYTES: usize = 128 + 2 * MARK_WORDS * 8;
/// One bit for each 16 bytes of a page.
pub(super) const MARK_WORDS: usize = PAGE_BYTES / 16 / 64;
/// The class mark of a page that holds one large block.
const LARGE: u8 = u8::MAX;

/// What a freed block is filled with in debug builds. Used as a reference it is an invalid address, so a use
/// after free faults at once.
const POISON: u64 = 0xdbdb_dbdb_dbdb_dbd0;

/// A block that holds no object: the first word is null, the second links to the next free block.
#[repr(C)]
pub struct FreeBlock {
    info: AtomicPtr<u8>,
    pub(super) next: AtomicPtr<FreeBlock>,
}

impl FreeBlock {
    /// Turns a block into a free one that links to `next`.
    ///
    /// # Safety
    /// The block belongs to the caller and holds nothing.
    #[inline(always)]
    pub(super) unsafe fn make(block: NonNull<u8>, next: *mut FreeBlock) -> *mut FreeBlock {
        let free = block.as_ptr().cast::<FreeBlock>();
        // SAFETY: a block is at least 32 bytes, aligned to 16, and the caller owns it.
        unsafe { free.write(FreeBlock { info: AtomicPtr::new(null_mut()), next: AtomicPtr::new(next) }) };
        free
    }
}

/// The header of a page.
#[repr(C, align(128))]
pub struct Page {
    /// Id of the thread whose heap has the page, 0 while abandoned.
    pub(super) owner: AtomicU32,
    /// Bytes from one block to the next.
    pub(super) stride: u32,
    /// How many blocks the page has room for.
    pub(super) capacity: u32,
    /// How many blocks, counted from the first, have ever been handed out.
    pub(super) carved: AtomicU32,
    class: u8,
    /// The address of the page as a pointer that may access all of it; a reference to the header may access the
    /// header only.
    pub(super) base: NonNull<u8>,
    /// The pool that made the page.
    pub(super) pool: *const Pool,
    /// Blocks freed by threads that do not own the page.
    pub(super) foreign: AtomicPtr<FreeBlock>,
    /// Position in the pool's list of pages.
    pub(super) index: AtomicU64,
    /// Bytes of the whole allocation of a large page.
    pub(super) bytes: usize,
    /// How many of the carved blocks were free when they were last counted. May be too low, never too high.
    pub(super) counted_free: AtomicU32,
    /// Which objects are sealed; null if none is.
    sealed: AtomicPtr<Sealed>,
    /// Which words of `list` have a bit set, or had one, so that the others need not be read.
    pub(super) listed_words: AtomicU64,
    /// The next page of a `ListedPages`, while this page is part of one.
    pub(super) next_listed: AtomicPtr<Page>,
    /// The collector's mark bits, one for each 16 bytes; the bit of an object's first byte is its mark.
    marks: Marks,
    /// The collector's list of objects, in the same form; empty outside of collections.
    pub(super) list: Marks,
}

/// One bit for each 16 bytes of a page, on cache lines of their own.
#[repr(align(128))]
pub(super) struct Marks(pub(super) [AtomicU64; MARK_WORDS]);

const _: () = assert!(MARK_WORDS <= 64, "a word of `listed_words` has a bit for each of the list");

/// What was sealed on a page (see `gc/seal.rs`).
pub(super) struct Sealed {
    /// The marks of the sealed objects.
    marks: [u64; MARK_WORDS],
    /// How many objects are sealed.
    count: usize,
    /// The indices of the blocks that were handed out and are not sealed.
    open: Box<[u32]>,
    /// How many blocks had been handed out when the page was sealed.
    carved: usize,
}

const _: () = assert!(std::mem::size_of::<Page>() <= PAGE_HEADER_BYTES);
const _: () = assert!(std::mem::offset_of!(Page, marks) == 128);

impl Page {
    /// Returns the page of an object.
    #[inline(always)]
    pub fn of<'a>(object: RawObject) -> &'a Page {
        // SAFETY: the caller holds an object, and every object lies in a block that a heap handed out.
        unsafe { Page::of_block(NonNull::new_unchecked(object.header_ptr().cast())) }
    }

    /// Returns the page of a block.
    ///
    /// # Safety
    /// The block was handed out by a heap of this module.
    #[inline(always)]
    pub unsafe fn of_block<'a>(block: NonNull<u8>) -> &'a Page {
        let page = block.as_ptr().map_addr(|address| address & !(PAGE_BYTES - 1));
        // SAFETY: pages are aligned to their size and begin with a header that lives as long as any block.
        unsafe { &*page.cast::<Page>() }
    }

    /// Makes the header of a page of `bytes` at `base`, which is fresh memory.
    pub(super) fn new(
        base: NonNull<u8>,
        pool: *const Pool,
        owner: u32,
        class: Option<SizeClass>,
        block: usize,
        bytes: usize,
    ) -> Page {
        Page {
            base,
            owner: AtomicU32::new(owner),
            stride: u32::try_from(block).expect("a block is shorter than 4 GiB"),
            capacity: ((bytes - PAGE_HEADER_BYTES) / block) as u32,
            carved: AtomicU32::new(0),
            class: class.map_or(LARGE, |class| class.index() as u8),
            pool,
            foreign: AtomicPtr::new(null_mut()),
            index: AtomicU64::new(0),
            bytes,
            counted_free: AtomicU32::new(0),
            sealed: AtomicPtr::new(null_mut()),
            listed_words: AtomicU64::new(0),
            next_listed: AtomicPtr::new(null_mut()),
            marks: Marks([const { AtomicU64::new(0) }; MARK_WORDS]),
            list: Marks([const { AtomicU64::new(0) }; MARK_WORDS]),
        }
    }

    /// Returns the size class; `None` for a page with one large block.
    #[inline(always)]
    pub fn class(&self) -> Option<SizeClass> {
        (self.class != LARGE).then(|| SizeClass::from_index(self.class as usize))
    }
    /// Returns the id of the thread whose heap has the page, 0 while it is abandoned.
    #[inline(always)]
    pub fn owner(&self) -> u32 {
        self.owner.load(Ordering::Relaxed)
    }
    /// Returns the pool that made the page.
    #[inline(always)]
    pub fn pool(&self) -> *const Pool {
        self.pool
    }
    /// Returns the bytes of one block.
    pub fn block_bytes(&self) -> usize {
        self.stride as usize
    }

    /// Returns where the blocks lie that have ever been handed out.
    pub fn layout(&self) -> Blocks {
        Blocks {
            // SAFETY: the blocks follow the header within the same allocation.
            first: unsafe { self.base.add(PAGE_HEADER_BYTES) },
            stride: self.stride as usize,
            count: self.carved.load(Ordering::Relaxed) as usize,
        }
    }

    #[inline(always)]
    pub(super) fn mark_place(object: RawObject) -> (usize, u64) {
        let grain = (object.address() & (PAGE_BYTES - 1)) / 16;
        (grain / 64, 1 << (grain % 64))
    }

    /// Marks an object; true if it was unmarked. Only one thread marks, with the world stopped.
    #[inline(always)]
    pub fn mark(&self, object: RawObject) -> bool {
        let (word, bit) = Self::mark_place(object);
        let marks = self.marks.0[word].load(Ordering::Relaxed);
        self.marks.0[word].store(marks | bit, Ordering::Relaxed);
        marks & bit == 0
    }

    /// Takes an object's mark away.
    pub fn unmark(&self, object: RawObject) {
        let (word, bit) = Self::mark_place(object);
        let marks = self.marks.0[word].load(Ordering::Relaxed);
        self.marks.0[word].store(marks & !bit, Ordering::Relaxed);
    }

    /// Tells whether an object is marked.
    #[inline(always)]
    pub fn is_marked(&self, object: RawObject) -> bool {
        let (word, bit) = Self::mark_place(object);
        self.marks.0[word].load(Ordering::Relaxed) & bit != 0
    }

    /// Takes all marks away but those of sealed objects.
    pub fn clear_marks(&self) {
        match self.sealed() {
            None => self.marks.0.iter().for_each(|word| word.store(0, Ordering::Relaxed)),
            Some(sealed) => {
                for (word, &sealed) in self.marks.0.iter().zip(&sealed.marks) {
                    word.store(sealed, Ordering::Relaxed);
                }
            }
        }
    }

    /// Seals the marked objects and returns the record of that, which the pool frees. Once for each page, with
    /// the world stopped.
    pub(super) fn seal_marked(&self) -> NonNull<Sealed> {
        assert!(self.sealed().is_none(), "a page is sealed once");
        let blocks = self.layout();
        let is_open = |index: &usize| blocks.object(*index).is_none_or(|object| !self.is_marked(object));
        let sealed = Box::new(Sealed {
            marks: std::array::from_fn(|word| self.marks.0[word].load(Ordering::Relaxed)),
            count: self.marked_count(),
            open: (0..blocks.count).filter(is_open).map(|index| index as u32).collect(),
            carved: blocks.count,
        });
        let sealed = NonNull::from(Box::leak(sealed));
        self.sealed.store(sealed.as_ptr(), Ordering::Release);
        sealed
    }

    fn sealed(&self) -> Option<&Sealed> {
        // SAFETY: null, or what `seal_marked` returned, which the pool keeps as long as its pages.
        unsafe { self.sealed.load(Ordering::Acquire).as_ref() }
    }

    /// Tells whether an object is sealed: it never dies, and it refers only to objects that neither die nor
    /// change.
    pub fn is_sealed(&self, object: RawObject) -> bool {
        let (word, bit) = Self::mark_place(object);
        self.sealed().is_some_and(|sealed| sealed.marks[word] & bit != 0)
    }

    /// Returns how many objects of the page are sealed.
    pub fn sealed_count(&self) -> usize {
        self.sealed().map_or(0, |sealed| sealed.count)
    }

    /// Returns how many blocks have ever been handed out, not counting those of sealed objects.
    pub(super) fn open_count(&self) -> usize {
        self.carved.load(Ordering::Relaxed) as usize - self.sealed_count()
    }

    /// Returns the objects on the page that are not sealed, without touching the others. The world is stopped.
    pub fn unsealed_blocks(&self) -> impl Iterator<Item = RawObject> {
        let blocks = self.layout();
        let (open, carved) = self.sealed().map_or((&[][..], 0), |sealed| (&sealed.open[..], sealed.carved));
        let indices = open.iter().map(|&index| index as usize).chain(carved..blocks.count);
        indices.filter_map(move |index| blocks.object(index))
    }

    /// Returns how many objects are marked.
    pub fn marked_count(&self) -> usize {
        self.marks.0.iter().map(|word| word.load(Ordering::Relaxed).count_ones() as usize).sum()
    }

    /// Returns how many blocks hold objects. The number may be a little too high: blocks freed since
    /// `count_free_blocks`, and those it did not count, are included.
    pub fn used(&self) -> usize {
        (self.carved.load(Ordering::Relaxed) - self.counted_free.load(Ordering::Relaxed)) as usize
    }

    /// Overwrites the content of a freed block, in debug builds. The first 32 bytes stay, because another
    /// thread may still read the header (B-47).
    ///
    /// # Safety
    /// The block was handed out by a heap of this module, and nobody uses it any more.
    #[inline(always)]
    pub(super) unsafe fn poison(block: NonNull<u8>) {
        if !cfg!(debug_assertions) {
            return;
        }
        // SAFETY: the caller's block comes from a heap.
        let words = unsafe { Page::of_block(block) }.block_bytes() / 8;
        for word in Header::BYTES / 8..words {
            // SAFETY: the word lies within the block, which the caller owns.
            unsafe { block.cast::<u64>().add(word).write(POISON) };
        }
    }

    /// Returns the objects on the page, with the world stopped.
    #[inline(always)]
    pub fn blocks(&self) -> impl Iterator<Item = RawObject> + use<> {
        let blocks = self.layout();
        (0..blocks.count).filter_map(move |index| blocks.object(index))
    }

    /// Puts a block that another thread freed on the page's list.
    pub(super) fn push_foreign(&self, block: *mut FreeBlock) {
        let mut head = self.foreign.load(Ordering::Relaxed);
        loop {
            // SAFETY: the caller hands over a free block that nobody else knows.
            unsafe { (*block).next.store(head, Ordering::Relaxed) };
            // Release: pairs with the Acquire of whoever takes the list and reads the links.
            match self.foreign.compare_exchange_weak(head, block, Ordering::Release, Ordering::Relaxed) {
                Ok(_) => return,
                Err(now) => head = now,
            }
        }
    }

    /// Takes the whole list of blocks that other threads freed.
    pub(super) fn take_foreign(&self) -> *mut FreeBlock {
        if self.foreign.load(Ordering::Relaxed).is_null() {
            return null_mut();
        }
        // Acquire: pairs with the Release in `push_foreign`.
        self.foreign.swap(null_mut(), Ordering::Acquire)
    }
}

/// The blocks of one page, for a tight loop: `first + i * stride` for `i` below `count`.
///
/// A block whose first word is null holds no object.
#[derive(Clone, Copy, Debug)]
pub struct Blocks {
    /// Address of the first block.
    pub first: NonNull<u8>,
    /// Bytes from one block to the next.
    pub stride: usize,
    /// How many blocks may hold an object.
    pub count: usize,
}

impl Blocks {
    /// Returns the object in a block, if there is one, with the world stopped.
    #[inline(always)]
    fn object(self, index: usize) -> Option<RawObject> {
        // SAFETY: the block lies within the page; free blocks have a null type, others a header.
        let header = unsafe { self.first.add(index * self.stride) }.cast::<Header>();
        // SAFETY: the block's first word, its type, is initialised: null in a free block, else that of a
        // header.
        let info = unsafe { &(*header.as_ptr()).info };
        (!info.load(Ordering::Relaxed).is_null()).then(|| RawObject::from_header(header))
    }
}

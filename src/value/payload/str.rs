//! Text: UTF-8 bytes behind the header, indexed by code point in O(1). Surrogates are in it as pairs of reserved
//! characters (`text/stored.rs`).
//!
//! ```text
//! header │ hash │ data │ bytes │ text …             a short ASCII text: `data` leads right behind `bytes`
//! header │ hash │ data │ bytes │ extra ─┐ │ text …  any other short text
//! header │ hash │ data │ bytes │ extra ─┤           a long text, whose buffer is its own
//!                                       └─▶ Extra: capacity of the buffer │ whether all ASCII │ index
//! ```
//!
//! An ASCII text needs no index: byte and code point positions agree. Any other text gets a table of
//! the byte offset of every 64th code point when it is first indexed.
//!
//! Texts never change for whoever can see them. A text with one owner alone may grow in place
//! ([`Object::<Str>::append_if_unique`]): that owner was about to replace it by the longer one. Its buffer
//! has room to spare, so that building a text piece by piece takes linear time. Texts are made in
//! `value/alloc_str.rs`; the methods scripts call are in `types/str/`.

use std::mem::ManuallyDrop;
use std::ptr::{NonNull, null_mut};

use crate::memory::{self, OutOfMemory};
use crate::object::{SharedState, SharedWord, TypeFlags};
use crate::references;
use crate::sync::{AtomicPtr, AtomicU64, Ordering};
use crate::text::stored;
use crate::thread::ThreadState;
use crate::value::class::kind::Kind;
use crate::value::object::{Object, Payload};

/// Texts up to this many bytes lie in the object's own block.
pub const INLINE_BYTES: usize = 384;

/// The bit of `extra` in the header of a `str` that may own memory. `extra` is 0 for a short ASCII text, which
/// needs no drop. A text refers to nothing, so the header's spare half word is the payload's to use.
pub const HAS_EXTRA: u16 = 1;

/// The bit of `extra` in the header of a `str` that is the interned one of its text.
pub const IS_INTERNED: u16 = 2;

/// Code points between two entries of the index.
const STRIDE: usize = 64;

/// The payload of a `str`.
#[repr(C)]
pub struct Str {
    /// The hash, 0 while it is not known.
    hash: AtomicU64,
    data: NonNull<u8>,
    bytes: usize,
    /// What only some texts need. The bytes of a short ASCII text begin in this place instead.
    extra: AtomicPtr<Extra>,
}

/// What a text has besides its bytes if it is long or not ASCII.
struct Extra {
    /// Bytes of the buffer; 0 if the text lies in the object's block.
    capacity: usize,
    is_ascii: bool,
    /// The index of code points; null until it is built.
    index: AtomicPtr<CharIndex>,
}

impl Extra {
    fn new(capacity: usize, is_ascii: bool, index: *mut CharIndex) -> *mut Extra {
        Box::into_raw(Box::new(Extra { capacity, is_ascii, index: AtomicPtr::new(index) }))
    }
}

impl Drop for Extra {
    fn drop(&mut self) {
        let index = *self.index.get_mut();
        if !index.is_null() {
            // SAFETY: made by `build_char_index` and not shared any more.
            drop(unsafe { Box::from_raw(index) });
        }
    }
}

/// Where code points begin.
struct CharIndex {
    chars: usize,
    /// Code points between two entries: `STRIDE`, or more if there was no memory.
    stride: usize,
    starts: Vec<usize>,
}

// SAFETY: the bytes never change, hash and `extra` are atomic.
unsafe impl Send for Str {}
// SAFETY: as for `Send`: the bytes never change, hash and `extra` are atomic.
unsafe impl Sync for Str {}

references!(Str {});

impl Payload for Str {
    const KIND: Kind = Kind::Str;
    const FLAGS: TypeFlags = TypeFlags::DROPS_BY_EXTRA;
}

impl Str {
    /// Bytes from the start of the payload to the bytes of a short ASCII text.
    pub(in crate::value) const SHORT_ASCII_OFFSET: usize = std::mem::offset_of!(Str, extra);

    /// A text with a buffer of its own.
    pub(crate) fn external(text: String) -> Str {
        let is_ascii = text.is_ascii();
        let mut text = ManuallyDrop::new(text.into_bytes());
        let data = NonNull::new(text.as_mut_ptr()).expect("the pointer of a vector is never null");
        let (bytes, capacity) = (text.len(), text.capacity());
        let extra = AtomicPtr::new(Extra::new(capacity, is_ascii, null_mut()));
        Str { hash: AtomicU64::new(0), data, bytes, extra }
    }

    /// A text whose bytes lie at `data`, in the same block as the payload: at `SHORT_ASCII_OFFSET` if all are ASCII,
    /// else behind the payload. They are written after the payload.
    pub(in crate::value) fn inline(data: NonNull<u8>, bytes: usize) -> Str {
        Str { hash: AtomicU64::new(0), data, bytes, extra: AtomicPtr::new(null_mut()) }
    }

    /// Tells whether this is a short ASCII text, which has no `extra`.
    #[inline(always)]
    fn is_short_ascii(&self) -> bool {
        self.data.addr().get() == (&raw const self.extra).addr()
    }

    /// Returns the part that only long texts and texts beyond ASCII have.
    #[inline]
    fn extra(&self) -> Option<&Extra> {
        if self.is_short_ascii() {
            return None;
        }
        // Acquire: pairs with the Release in `build_char_index`.
        // SAFETY: null or a leaked box that `drop` frees.
        unsafe { self.extra.load(Ordering::Acquire).as_ref() }
    }

    /// The text, in its stored form: as it is, but for surrogates and a few private characters, which are pairs of
    /// private characters. A text for a reader, or for another program, is `stored::shown` or `stored::native` of it.
    #[inline(always)]
    pub fn as_str(&self) -> &str {
        // SAFETY: both constructors got the bytes from a `str`, and they are neither moved nor freed
        // before the payload is dropped.
        unsafe { std::str::from_utf8_unchecked(std::slice::from_raw_parts(self.data.as_ptr(), self.bytes)) }
    }

    /// Whether every code point is one byte.
    #[inline(always)]
    pub fn is_ascii(&self) -> bool {
        self.is_short_ascii() || self.extra().is_some_and(|extra| extra.is_ascii)
    }

    /// How many code points.
    #[inline]
    pub fn char_count(&self) -> usize {
        if self.is_ascii() { self.bytes } else { self.char_index().chars }
    }

    /// Returns the byte offset of a code point; for the number of code points, the end. Panics beyond that.
    #[inline]
    pub fn byte_offset(&self, char_position: usize) -> usize {
        if self.is_ascii() {
            assert!(char_position <= self.bytes);
            return char_position;
        }
        let index = self.char_index();
        if char_position == index.chars {
            return self.bytes;
        }
        let start = index.starts[char_position / index.stride];
        let rest = &self.as_str()[start..];
        let within = stored::offset(rest, char_position % index.stride);
        start + within.expect("the index knows how many code points there are")
    }

    /// The code point that begins at a byte offset, counted from the start.
    pub fn char_position(&self, byte_offset: usize) -> usize {
        if self.is_ascii() {
            return byte_offset;
        }
        let index = self.char_index();
        let block = index.starts.partition_point(|&start| start <= byte_offset).saturating_sub(1);
        let start = index.starts.get(block).copied().unwrap_or(0);
        block * index.stride + stored::count(&self.as_str()[start..byte_offset])
    }

    /// The code point at a position.
    #[inline]
    pub fn char_at(&self, char_position: usize) -> Option<u32> {
        if self.is_ascii() {
            return self.as_str().as_bytes().get(char_position).map(|&byte| u32::from(byte));
        }
        if char_position >= self.char_count() {
            return None;
        }
        stored::code_points(&self.as_str()[self.byte_offset(char_position)..]).next()
    }

    /// The text between two code point positions; `start <= end <= char_count`.
    pub fn slice(&self, start: usize, end: usize) -> &str {
        &self.as_str()[self.byte_offset(start)..self.byte_offset(end)]
    }

    /// The remembered hash; 0 means not known yet. A text whose hash is 0 is hashed each time.
    #[inline(always)]
    pub fn known_hash(&self) -> u64 {
        // Relaxed: the hash is a function of bytes that never change.
        self.hash.load(Ordering::Relaxed)
    }

    /// Remembers the hash.
    #[inline]
    pub fn remember_hash(&self, hash: u64) {
        self.hash.store(hash, Ordering::Relaxed);
    }

    #[inline]
    fn char_index(&self) -> &CharIndex {
        match self.extra() {
            // Acquire: pairs with the Release in `build_char_index`.
            // SAFETY: null or a leaked box that is freed with `extra`.
            Some(extra) => match unsafe { extra.index.load(Ordering::Acquire).as_ref() } {
                Some(index) => index,
                None => self.build_char_index(),
            },
            None => self.build_char_index(),
        }
    }

    /// Builds the index of a text that is not short ASCII. If two threads race, the first one wins.
    #[cold]
    fn build_char_index(&self) -> &CharIndex {
        let mut index = CharIndex { chars: 0, stride: STRIDE, starts: Vec::new() };
        // A long text without memory for a long index gets a coarse one: it takes longer to search, no more.
        while index.extend(0, self.as_str()).is_err() {
            index.stride *= 16;
        }
        let built = Box::into_raw(Box::new(index));
        // Release: pairs with the Acquire of whoever reads the pointer.
        let (release, acquire) = (Ordering::AcqRel, Ordering::Acquire);
        let place = match self.extra() {
            Some(extra) => extra,
            None => {
                let fresh = Extra::new(0, false, built);
                let Err(first) = self.extra.compare_exchange(null_mut(), fresh, release, acquire) else {
                    // SAFETY: published, and freed only by `drop`.
                    return unsafe { &*built };
                };
                // SAFETY: never published; the index goes with it.
                drop(unsafe { Box::from_raw(fresh) });
                // SAFETY: published by the other thread with an index, and freed only by `drop`.
                return unsafe { &*(*first).index.load(acquire) };
            }
        };
        match place.index.compare_exchange(null_mut(), built, release, acquire) {
            // SAFETY: published, and freed only by `drop`.
            Ok(_) => unsafe { &*built },
            Err(first) => {
                // SAFETY: `built` was never published.
                drop(unsafe { Box::from_raw(built) });
                // SAFETY: published by the other thread, and freed only by `drop`.
                unsafe { &*first }
            }
        }
    }
}

impl Drop for Str {
    #[inline]
    fn drop(&mut self) {
        if !self.is_short_ascii() {
            self.drop_extra();
        }
    }
}

impl Str {
    fn drop_extra(&mut self) {
        let extra = *self.extra.get_mut();
        if extra.is_null() {
            return;
        }
        // SAFETY: made by `Extra::new` and not shared any more.
        let extra = unsafe { Box::from_raw(extra) };
        if extra.capacity > 0 {
            // SAFETY: taken apart by `external` or `append`, and not used again.
            drop(unsafe { Vec::from_raw_parts(self.data.as_ptr(), self.bytes, extra.capacity) });
        }
    }
}

impl CharIndex {
    /// Adds the code points of `text`, which begins at byte `offset` behind all that the index has.
    fn extend(&mut self, offset: usize, text: &str) -> Result<(), OutOfMemory> {
        self.starts.try_reserve(text.len() / self.stride + 1)?;
        for (within, _) in stored::code_point_indices(text) {
            if self.chars.is_multiple_of(self.stride) {
                self.starts.push(offset + within);
            }
            self.chars += 1;
        }
        Ok(())
    }
}

impl Str {
    /// Adds text at the end.
    ///
    /// # Safety
    /// The caller alone knows of the payload, and `text` may reach the block around it.
    unsafe fn append(text: *mut Str, suffix: &str) -> Result<(), OutOfMemory> {
        // SAFETY: the caller's promise; the view ends before anything is written.
        let (capacity, is_ascii, old) = unsafe {
            let text = &*text;
            (text.extra().map_or(0, |extra| extra.capacity), text.is_ascii(), text.as_str())
        };
        if capacity == 0 {
            // Twice the size at once: a text that grows once tends to grow again.
            let mut grown = memory::text_with_room((old.len() + suffix.len()) * 2)?;
            grown.push_str(old);
            grown.push_str(suffix);
            // SAFETY: the caller alone knows the payload. The new payload owns a buffer; what the old one owned
            // is dropped.
            unsafe {
                std::ptr::drop_in_place(text);
                text.write(Str::external(grown));
            }
            return Ok(());
        }
        // SAFETY: a text with a capacity is not short ASCII, so its bytes lie elsewhere; the caller's promise.
        let text = unsafe { &mut *text };
        let extra = *text.extra.get_mut();
        // SAFETY: such a text has an `extra` of its own, which nobody else knows.
        let extra = unsafe { &mut *extra };
        // SAFETY: taken apart by `external` or below, and put back below before anything can fail.
        let buffer = unsafe { Vec::from_raw_parts(text.data.as_ptr(), text.bytes, capacity) };
        let mut buffer = ManuallyDrop::new(buffer);
        buffer.try_reserve(suffix.len())?;
        // The buffer may have moved.
        text.data = NonNull::new(buffer.as_mut_ptr()).expect("the pointer of a vector is never null");
        extra.capacity = buffer.capacity();
        let index = *extra.index.get_mut();
        if !index.is_null() {
            // SAFETY: made by `build_char_index`, and nobody else knows of this text.
            unsafe { &mut *index }.extend(text.bytes, suffix)?;
        }
        extra.is_ascii = is_ascii && suffix.is_ascii();
        *text.hash.get_mut() = 0;
        buffer.extend_from_slice(suffix.as_bytes());
        text.bytes = buffer.len();
        Ok(())
    }
}

impl Object<Str> {
    /// Appends to this very object if nobody can notice it; tells whether it did.
    ///
    /// The caller owns the only count it knows of and gives the object up for its longer self: no deferred
    /// reference to it may be used afterwards. An object that another thread could have seen, that is interned
    /// or of a class of the script, or that is the `suffix` itself is left as it is.
    pub fn append_if_unique(&self, thread: &ThreadState, suffix: &Object<Str>) -> Result<bool, OutOfMemory> {
        let (object, counts) = (self.raw(), self.raw().counts());
        let unique = counts.owner() == thread.id
            && counts.local() == 1
            && counts.shared() == SharedWord::new(0, SharedState::Init)
            && self.shape().is_builtin()
            && object != suffix.raw();
        if unique {
            // SAFETY: one count in all, it is the caller's, and no slot of the heap ever held the
            // object: nobody else can look at the payload.
            unsafe { Str::append(object.payload::<Str>(), suffix.as_str()) }?;
            object.set_extra(HAS_EXTRA);
        }
        Ok(unique)
    }
}

#[cfg(test)]
mod tests;

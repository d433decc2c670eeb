//! Text: UTF-8 bytes behind the header, indexed by code point in O(1).
//!
//! ```text
//! header │ hash │ data ─┐ │ bytes │ index │ [bytes of a short text]
//!                       └──────────────────▲   or a buffer of its own for a long one
//! ```
//!
//! An ASCII text needs no index: byte and code point positions agree. Any other text gets a table of
//! the byte offset of every 64th code point when it is first indexed. The methods scripts call are in
//! `types/str*.rs`.

use std::ptr::NonNull;

use crate::object::TypeFlags;
use crate::references;
use crate::sync::{AtomicPtr, AtomicU64, Ordering};
use crate::value::kind::Kind;
use crate::value::object::Payload;

/// Texts up to this many bytes lie in the object's own block.
pub const INLINE_BYTES: usize = 384;

/// Code points between two entries of the index.
const STRIDE: usize = 64;

/// The payload of a `str`.
#[repr(C)]
pub struct Str {
    /// The hash, 0 while it is not known (a hash of 0 is stored as 1 is not: see `hash_cell`).
    hash: AtomicU64,
    data: NonNull<u8>,
    bytes: usize,
    /// `ASCII` for ASCII text, null while no index was built.
    index: AtomicPtr<CharIndex>,
    inline: bool,
}

/// Where code points begin.
struct CharIndex {
    chars: usize,
    every_64th: Box<[usize]>,
}

/// The mark of a text that needs no index.
const ASCII: *mut CharIndex = NonNull::dangling().as_ptr();

// SAFETY: the bytes never change, hash and index are atomic.
unsafe impl Send for Str {}
// SAFETY: as above.
unsafe impl Sync for Str {}

references!(Str {});

impl Payload for Str {
    const KIND: Kind = Kind::Str;
    const FLAGS: TypeFlags = TypeFlags::empty();
}

impl Str {
    /// A text with a buffer of its own.
    pub(super) fn external(text: Box<str>) -> Str {
        let index = if text.is_ascii() { ASCII } else { std::ptr::null_mut() };
        let bytes = text.len();
        let data = NonNull::from(Box::leak(text)).cast();
        Str { hash: AtomicU64::new(0), data, bytes, index: AtomicPtr::new(index), inline: false }
    }

    /// A text whose bytes lie at `data`, in the same block as the payload.
    pub(super) fn inline(data: NonNull<u8>, text: &str) -> Str {
        let index = if text.is_ascii() { ASCII } else { std::ptr::null_mut() };
        Str { hash: AtomicU64::new(0), data, bytes: text.len(), index: AtomicPtr::new(index), inline: true }
    }

    /// The text.
    #[inline(always)]
    pub fn as_str(&self) -> &str {
        // SAFETY: both constructors got the bytes from a `str`, and they are neither moved nor freed
        // before the payload is dropped.
        unsafe { std::str::from_utf8_unchecked(std::slice::from_raw_parts(self.data.as_ptr(), self.bytes)) }
    }

    /// Whether every code point is one byte.
    #[inline(always)]
    pub fn is_ascii(&self) -> bool {
        self.index.load(Ordering::Relaxed) == ASCII
    }

    /// How many code points.
    #[inline]
    pub fn char_count(&self) -> usize {
        if self.is_ascii() { self.bytes } else { self.char_index().chars }
    }

    /// The byte offset of a code point; `chars` itself gives the end. Panics past that.
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
        let start = index.every_64th[char_position / STRIDE];
        let rest = &self.as_str()[start..];
        let within = rest.char_indices().nth(char_position % STRIDE);
        start + within.expect("the index knows how many code points there are").0
    }

    /// The code point that begins at a byte offset, counted from the start.
    pub fn char_position(&self, byte_offset: usize) -> usize {
        if self.is_ascii() {
            return byte_offset;
        }
        let index = self.char_index();
        let block = index.every_64th.partition_point(|&start| start <= byte_offset).saturating_sub(1);
        let start = index.every_64th.get(block).copied().unwrap_or(0);
        block * STRIDE + self.as_str()[start..byte_offset].chars().count()
    }

    /// The code point at a position.
    #[inline]
    pub fn char_at(&self, char_position: usize) -> Option<char> {
        if self.is_ascii() {
            return self.as_str().as_bytes().get(char_position).map(|&byte| byte as char);
        }
        if char_position >= self.char_count() {
            return None;
        }
        self.as_str()[self.byte_offset(char_position)..].chars().next()
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
        // Acquire: pairs with the Release below.
        let known = self.index.load(Ordering::Acquire);
        if known.is_null() {
            return self.build_char_index();
        }
        // SAFETY: not null and, as callers checked, not `ASCII`: a leaked box that `drop` frees.
        unsafe { &*known }
    }

    #[cold]
    fn build_char_index(&self) -> &CharIndex {
        let every_64th = self.as_str().char_indices().step_by(STRIDE).map(|(offset, _)| offset).collect();
        let built = Box::into_raw(Box::new(CharIndex { chars: self.as_str().chars().count(), every_64th }));
        // Release: pairs with the Acquire above. Of two threads the first wins.
        match self.index.compare_exchange(std::ptr::null_mut(), built, Ordering::AcqRel, Ordering::Acquire) {
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
    fn drop(&mut self) {
        let index = *self.index.get_mut();
        if index != ASCII && !index.is_null() {
            // SAFETY: made by `build_char_index` and not shared any more.
            drop(unsafe { Box::from_raw(index) });
        }
        if !self.inline {
            let bytes = std::ptr::slice_from_raw_parts_mut(self.data.as_ptr(), self.bytes);
            // SAFETY: leaked from a `Box<str>` of this length by `external`.
            drop(unsafe { Box::from_raw(bytes as *mut str) });
        }
    }
}

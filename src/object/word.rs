//! How a 64-bit word refers to an object: the little that memory management must know of values.
//!
//! ```text
//! …0001  pointer that owns one count (address | 1)
//! …0101  pointer that owns nothing   (address | 5), only in frame slots
//! …1001  a constant such as None
//! ```
//! Everything else about words is `value`'s business. Addresses enter and leave words by exposed
//! provenance, here and nowhere else.

use super::{Header, RawObject};
use std::ptr::{NonNull, with_exposed_provenance_mut};

/// The low bits that tell pointers from everything else. Objects are aligned to 16 bytes, so all are free.
pub const TAG_MASK: u64 = 0b1111;
/// The low bits of a pointer that owns one count.
pub const OWNED_TAG: u64 = 0b0001;
/// The low bits of a deferred stack reference.
pub const DEFERRED_TAG: u64 = 0b0101;

/// Tells whether the word is a pointer that owns one count.
#[inline(always)]
pub const fn is_owned_pointer(word: u64) -> bool {
    word & TAG_MASK == OWNED_TAG
}

/// Tells whether the word is a deferred pointer.
#[inline(always)]
pub const fn is_deferred_pointer(word: u64) -> bool {
    word & TAG_MASK == DEFERRED_TAG
}

/// Tells whether the word is a pointer of either kind.
#[inline(always)]
pub const fn is_pointer(word: u64) -> bool {
    word & 0b1011 == 0b0001
}

/// Returns the object a pointer word leads to.
///
/// # Safety
/// `is_pointer(word)` holds, and the word was made by `owned` or `deferred`.
#[inline(always)]
pub unsafe fn object(word: u64) -> RawObject {
    let address = (word & !TAG_MASK) as usize;
    // SAFETY: the caller promises a pointer word, which was made of an address that is not null.
    RawObject::from_header(unsafe { NonNull::new_unchecked(with_exposed_provenance_mut::<Header>(address)) })
}

/// Returns the object to which an owning or deferred pointer word leads; `None` for any other word.
///
/// # Safety
/// If the word is a pointer, it was made by `owned` or `deferred`.
#[inline(always)]
pub unsafe fn pointee(word: u64) -> Option<RawObject> {
    if is_pointer(word) {
        // SAFETY: `is_pointer` has been tested, and the caller promises that such a word was made by `owned` or
        // `deferred`.
        Some(unsafe { object(word) })
    } else {
        None
    }
}

/// Makes the owning word of an object; it takes over one count of the caller.
#[inline(always)]
pub fn owned(object: RawObject) -> u64 {
    object.header_ptr().expose_provenance() as u64 | OWNED_TAG
}

/// Makes the deferred word of an object.
#[inline(always)]
pub fn deferred(object: RawObject) -> u64 {
    object.header_ptr().expose_provenance() as u64 | DEFERRED_TAG
}

//! The 32 bytes in front of every payload.
//!
//! ```text
//!  0  type    null = free or uninitialised block
//!  8  shared  count<<2 | state        (a free block keeps its list link here)
//! 16  owner   thread id, 0 = merged or immortal
//! 20  local   u32::MAX = immortal
//! 24  bits    GcBits
//! 25  lock    byte lock
//! 26  extra   inline slot capacity of an instance, else free for the payload
//! 28  scratch of a container: the number of its birth; during an audit its work count
//! 32  payload
//! ```
//! `counts` holds the rules of the middle sixteen bytes, `raw` the operations.

use super::{ByteLock, Counts, TypeInfo};
use crate::sync::{AtomicPtr, AtomicU8, AtomicU16, AtomicU32};
use std::mem::{offset_of, size_of};

/// The words memory management keeps in front of every payload.
#[repr(C, align(16))]
pub struct Header {
    /// The type, or null while the block is free.
    pub info: AtomicPtr<TypeInfo>,
    /// The reference counts.
    pub counts: Counts,
    /// The `GcBits`.
    pub bits: AtomicU8,
    /// The lock of critical sections.
    pub lock: ByteLock,
    /// Inline slot capacity of an instance; other payloads may use it as they like.
    pub extra: AtomicU16,
    /// For a container the number of its birth (see `life/account.rs`); during an audit the number of
    /// references that are not explained yet.
    pub scratch: AtomicU32,
}

const _: () = assert!(size_of::<Header>() == 32);
const _: () = assert!(offset_of!(Header, info) == 0);
const _: () = assert!(offset_of!(Header, counts) == 8);
const _: () = assert!(offset_of!(Header, bits) == 24);
const _: () = assert!(offset_of!(Header, lock) == 25);
const _: () = assert!(offset_of!(Header, extra) == 26);
const _: () = assert!(offset_of!(Header, scratch) == 28);

impl Header {
    /// Bytes of the header, which is where the payload begins.
    pub const BYTES: usize = size_of::<Header>();

    /// Makes the header of a fresh object that `owner` holds one reference to; `birth` is its number.
    #[inline(always)]
    pub fn fresh(info: *const TypeInfo, owner: u32, extra: u16, birth: u32) -> Header {
        Header {
            info: AtomicPtr::new(info.cast_mut()),
            counts: Counts::fresh(owner),
            bits: AtomicU8::new(0),
            lock: ByteLock::new(),
            extra: AtomicU16::new(extra),
            scratch: AtomicU32::new(birth),
        }
    }
}

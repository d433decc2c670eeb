//! The payload of a `bytearray`: bytes that change, and a count of the views that forbid changing their number.
//!
//! ```text
//! buffer   │ gone │ bytes … │
//!                 └ start
//! ```
//!
//! Bytes deleted at the front only move `start`, so that a program which takes a long array apart from the front
//! needs linear time. The methods scripts call are in `types/bytearray/`.

use std::ops::Range;

use crate::memory::OutOfMemory;
use crate::object::TypeFlags;
use crate::references;
use crate::sync::{AtomicUsize, Ordering};
use crate::value::class::kind::{ErrorKind, Kind};
use crate::value::guarded::Guarded;
use crate::value::object::{Object, Payload};
use crate::value::raised::{Raised, Run};

/// The payload of a `bytearray`.
#[derive(Default)]
pub struct ByteArray {
    bytes: Guarded<ByteStore>,
    /// How many views of the bytes there are; while there is one, their number stays.
    exports: AtomicUsize,
}

references!(ByteArray {});

impl Payload for ByteArray {
    const KIND: Kind = Kind::ByteArray;
    const FLAGS: TypeFlags = TypeFlags::empty();
}

impl ByteArray {
    /// Takes over a buffer.
    pub fn new(bytes: Vec<u8>) -> ByteArray {
        let allocated = if bytes.is_empty() { 0 } else { bytes.len() + 1 };
        let store = ByteStore { buffer: bytes, start: 0, allocated };
        ByteArray { bytes: Guarded::new(store), exports: AtomicUsize::new(0) }
    }
}

/// The bytes of a `bytearray`, and where they begin.
#[derive(Default)]
pub struct ByteStore {
    buffer: Vec<u8>,
    /// How many bytes at the front of the buffer are gone.
    start: usize,
    /// The bytes that CPython would have allocated, which `__alloc__` shows.
    allocated: usize,
}

impl ByteStore {
    /// The bytes.
    #[inline]
    pub fn as_slice(&self) -> &[u8] {
        &self.buffer[self.start..]
    }

    /// The bytes, to be changed.
    #[inline]
    pub fn as_mut_slice(&mut self) -> &mut [u8] {
        &mut self.buffer[self.start..]
    }

    /// The bytes that CPython would have allocated.
    pub const fn allocated(&self) -> usize {
        self.allocated
    }

    /// Replaces a range of the bytes by others. If there is no memory, nothing has changed.
    pub fn replace(&mut self, range: Range<usize>, by: &[u8]) -> Result<(), OutOfMemory> {
        let len = self.as_slice().len();
        let grown = len - range.len() + by.len();
        if range.start == 0 && by.len() <= range.len() {
            self.start += range.len() - by.len();
            self.as_mut_slice()[..by.len()].copy_from_slice(by);
            self.compact();
        } else {
            self.buffer.try_reserve(by.len().saturating_sub(range.len()))?;
            let (from, to) = (self.start + range.start, self.start + range.end);
            self.buffer.splice(from..to, by.iter().copied());
            // A buffer that is mostly room is given back, as far as that succeeds.
            if self.buffer.len() < self.buffer.capacity() / 4 {
                self.buffer.shrink_to(self.buffer.len() * 2);
            }
        }
        self.account(grown);
        Ok(())
    }

    /// Makes the bytes `len` in number: leaves out the last ones, or adds zeros.
    pub fn resize(&mut self, len: usize) -> Result<(), OutOfMemory> {
        let old = self.as_slice().len();
        if len > old {
            self.buffer.try_reserve(len - old)?;
        }
        self.buffer.resize(self.start + len, 0);
        self.account(len);
        Ok(())
    }

    /// Adds a byte at the end.
    pub fn push(&mut self, byte: u8) -> Result<(), OutOfMemory> {
        self.buffer.try_reserve(1)?;
        self.buffer.push(byte);
        self.account(self.as_slice().len());
        Ok(())
    }

    /// Closes the gap at the front once it is the larger part of the buffer.
    fn compact(&mut self) {
        if self.start > self.buffer.len() / 2 {
            self.buffer.drain(..self.start);
            self.start = 0;
            self.buffer.shrink_to(self.buffer.len() * 2);
        }
    }

    /// Computes what CPython would have allocated for the new number of bytes (CPython: PyByteArray_Resize).
    const fn account(&mut self, len: usize) {
        if len < self.allocated {
            if len < self.allocated / 2 {
                self.allocated = len + 1;
            }
        } else if len <= self.allocated + self.allocated / 8 {
            self.allocated = len + (len >> 3) + if len < 9 { 3 } else { 6 };
        } else {
            self.allocated = len + 1;
        }
    }
}

impl Object<ByteArray> {
    /// Runs `action` on the bytes under the object's lock; it must not run script code.
    #[inline]
    pub fn with_bytes<R>(&self, action: impl FnOnce(&[u8]) -> R) -> R {
        self.with(|array| &array.bytes, |store| action(store.as_slice()))
    }

    /// Runs `action` on the bytes, which it may change but not in number, under the object's lock; it must not
    /// run script code.
    #[inline]
    pub fn with_bytes_mut<R>(&self, action: impl FnOnce(&mut [u8]) -> R) -> R {
        self.with(|array| &array.bytes, |store| action(store.as_mut_slice()))
    }

    /// How many bytes.
    #[inline]
    pub fn len(&self) -> usize {
        self.with_bytes(<[u8]>::len)
    }

    /// Whether there are no bytes.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The bytes that CPython would have allocated.
    pub fn allocated(&self) -> usize {
        self.with(|array| &array.bytes, |store| store.allocated())
    }

    /// Runs `action` on the store, whose number of bytes it may change, under the object's lock; it must not run
    /// script code. Raises `BufferError` if there are views, and what `action` raises.
    pub fn resize_with<R>(&self, action: impl FnOnce(&mut ByteStore) -> Run<R>) -> Run<R> {
        let result = self
            .with(|array| &array.bytes, |store| if self.is_exported() { None } else { Some(action(store)) });
        result.unwrap_or_else(|| {
            Err(Raised::new(ErrorKind::BufferError, "Existing exports of data: object cannot be re-sized"))
        })
    }

    /// Whether there are views of the bytes.
    pub fn is_exported(&self) -> bool {
        // Relaxed: asked under the object's lock, under which views are counted.
        self.exports.load(Ordering::Relaxed) > 0
    }

    /// Counts one more view of the bytes. Whoever made it calls `unexport` at its end.
    pub fn export(&self) {
        // Under the lock, so that the number of bytes is not being changed meanwhile.
        self.with_bytes(|_| self.exports.fetch_add(1, Ordering::Relaxed));
    }

    /// Counts one view less.
    pub fn unexport(&self) {
        // Release: what was written through the view comes before the bytes are moved. Pairs with the byte lock.
        self.exports.fetch_sub(1, Ordering::Release);
    }
}

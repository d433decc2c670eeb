//! `RawObject`: a copyable pointer to a header that owns nothing.
//!
//! Invariant: it points at a block with a header, which its holder guarantees has not been freed. Counting is
//! in `life`, which has access to the current thread.

use super::{Counts, GcBits, Header, TypeInfo};
use crate::sync::Ordering;
use std::ptr::NonNull;

/// A pointer to an object; the pointer owns no count.
#[repr(transparent)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RawObject(NonNull<Header>);

// SAFETY: a `RawObject` is only an address; every access through it is atomic or argued where it happens.
unsafe impl Send for RawObject {}
// SAFETY: as for `Send`: the value is only an address, and accesses through it are atomic or argued where they
// happen.
unsafe impl Sync for RawObject {}

impl RawObject {
    /// Wraps the address of a header.
    #[inline(always)]
    pub fn from_header(header: NonNull<Header>) -> Self {
        RawObject(header)
    }
    /// Returns the address of the header.
    #[inline(always)]
    pub fn header_ptr(self) -> *mut Header {
        self.0.as_ptr()
    }
    /// Returns the numeric address, for identity and hashing only.
    #[inline(always)]
    pub fn address(self) -> usize {
        self.0.as_ptr().addr()
    }
    /// Returns the header.
    #[inline(always)]
    pub fn header<'a>(self) -> &'a Header {
        // SAFETY: a `RawObject` points at a block with a header that its holder keeps allocated.
        unsafe { self.0.as_ref() }
    }
    /// Returns the address of the payload.
    #[inline(always)]
    pub fn payload<T>(self) -> *mut T {
        // SAFETY: every block is at least as long as the header, so the address just behind is in bounds.
        unsafe { self.0.as_ptr().cast::<u8>().add(Header::BYTES).cast() }
    }
    /// Returns the address `offset` bytes behind the start of the header.
    ///
    /// # Safety
    /// `offset` is at most the block's size.
    #[inline(always)]
    pub unsafe fn at<T>(self, offset: usize) -> *mut T {
        // SAFETY: the caller promises that the offset is within the block.
        unsafe { self.0.as_ptr().cast::<u8>().add(offset).cast() }
    }

    /// Returns the counts.
    #[inline(always)]
    pub fn counts<'a>(self) -> &'a Counts {
        &self.header().counts
    }
    /// Returns the address of the type table.
    #[inline(always)]
    pub fn type_ptr(self) -> *const TypeInfo {
        self.header().info.load(Ordering::Relaxed)
    }
    /// Returns the type table of a live object.
    #[inline(always)]
    pub fn type_info<'a>(self) -> &'a TypeInfo {
        // SAFETY: a live object's type word is not null, and a type outlives its instances (D-31).
        unsafe { &*self.type_ptr() }
    }
    /// Replaces the type; readers without a lock see the old one or the new one.
    #[inline(always)]
    pub fn set_type(self, info: *const TypeInfo) {
        // Release: pairs with the dependent load of whoever reads the type and then the slots it describes.
        self.header().info.store(info.cast_mut(), Ordering::Release);
    }

    /// Returns the bits.
    #[inline(always)]
    pub fn bits(self) -> GcBits {
        GcBits::from_bits_retain(self.header().bits.load(Ordering::Relaxed))
    }
    /// Tells whether all of `bits` are set.
    #[inline(always)]
    pub fn has(self, bits: GcBits) -> bool {
        self.bits().contains(bits)
    }
    /// Sets bits and returns the bits from before.
    #[inline]
    pub fn set_bits(self, bits: GcBits) -> GcBits {
        GcBits::from_bits_retain(self.header().bits.fetch_or(bits.bits(), Ordering::AcqRel))
    }
    /// Clears bits and returns the bits from before.
    #[inline]
    pub fn clear_bits(self, bits: GcBits) -> GcBits {
        GcBits::from_bits_retain(self.header().bits.fetch_and(!bits.bits(), Ordering::AcqRel))
    }
    /// Replaces all bits by a plain store. Allowed only while nobody else can change them: on a fresh or dying
    /// object, or in a pause.
    #[inline(always)]
    pub fn store_bits(self, bits: GcBits) {
        self.header().bits.store(bits.bits(), Ordering::Relaxed);
    }

    /// Tells whether the collector traverses the object.
    #[inline(always)]
    pub fn is_tracked(self) -> bool {
        self.has(GcBits::TRACKED)
    }
    /// Tells whether the object can never die.
    #[inline(always)]
    pub fn is_immortal(self) -> bool {
        self.counts().is_immortal()
    }
    /// Returns the inline slot capacity of an instance (or what the payload keeps there).
    #[inline(always)]
    pub fn extra(self) -> u16 {
        self.header().extra.load(Ordering::Relaxed)
    }
    /// Changes `extra`.
    #[inline(always)]
    pub fn set_extra(self, extra: u16) {
        self.header().extra.store(extra, Ordering::Relaxed);
    }
    /// Returns the number of a container's birth; during an audit the number of references that are not
    /// explained yet.
    #[inline(always)]
    pub fn scratch(self) -> u32 {
        self.header().scratch.load(Ordering::Relaxed)
    }
    /// Sets the word that `scratch` returns; an audit overwrites the number of the birth for good.
    #[inline(always)]
    pub fn set_scratch(self, scratch: u32) {
        self.header().scratch.store(scratch, Ordering::Relaxed);
    }
}

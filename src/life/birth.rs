//! Making objects: a block, a stamped header, and `track` as the last step.
//!
//! Invariant: the collector looks at an object only once it is tracked, and `track` comes after every field
//! is valid (D-30).

use super::account::record_allocation;
use super::count::{explicit_merge, retain_with};
use crate::heap::SizeClass;
use crate::object::{DEFERRED_BIAS, GcBits, Header, RawObject, TypeFlags, TypeInfo};
use crate::sync::Ordering::Relaxed;
use crate::thread::ThreadState;
use std::ptr::NonNull;

/// Allocates an object of `bytes`, header included, that the caller holds one reference to.
///
/// The payload is uninitialised: the caller writes it, then calls `track` if the type is a container.
///
/// # Safety
/// `info` outlives the object, and the payload is written before the reference is released.
#[inline(always)]
pub unsafe fn allocate(thread: &ThreadState, info: *const TypeInfo, bytes: usize, extra: u16) -> RawObject {
    debug_assert!(bytes >= Header::BYTES);
    let block = thread.heap.allocate_bytes(bytes);
    // SAFETY: the block is fresh and at least `bytes` long; the caller vouches for the type.
    unsafe { stamp(thread, block, info, extra) }
}

/// Like `allocate`, for a length that a program chooses; `None` if there is no memory for it.
///
/// # Safety
/// As for `allocate`.
#[inline(always)]
pub unsafe fn try_allocate(
    thread: &ThreadState,
    info: *const TypeInfo,
    bytes: usize,
    extra: u16,
) -> Option<RawObject> {
    debug_assert!(bytes >= Header::BYTES);
    let block = thread.heap.try_allocate_bytes(bytes)?;
    // SAFETY: the block is fresh and at least `bytes` long; the caller vouches for the type.
    Some(unsafe { stamp(thread, block, info, extra) })
}

/// Like `allocate`, for a type whose size class is known at compile time.
///
/// # Safety
/// As for `allocate`; the class serves the type's size.
#[inline(always)]
pub unsafe fn allocate_fixed(
    thread: &ThreadState,
    info: *const TypeInfo,
    class: SizeClass,
    extra: u16,
) -> RawObject {
    let block = thread.heap.allocate(class).unwrap_or_else(|| thread.heap.allocate_refilled(class));
    // SAFETY: the block is fresh and of the right class; the caller vouches for the type.
    unsafe { stamp(thread, block, info, extra) }
}

/// Like `allocate`, for a type that the collector does not track and whose instances do not count their class.
///
/// # Safety
/// As for `allocate`; the class serves `bytes`, and the type refers to nothing and has no `count_id`.
#[inline(always)]
pub unsafe fn allocate_leaf(thread: &ThreadState, info: *const TypeInfo, class: SizeClass) -> RawObject {
    // SAFETY: the caller passes a live type.
    debug_assert!(unsafe { !(*info).has(TypeFlags::HAS_GC) && (*info).count_id.load(Relaxed) == 0 });
    let block = thread.heap.allocate(class).unwrap_or_else(|| thread.heap.allocate_refilled(class));
    let header = block.cast::<Header>();
    // SAFETY: the block is ours alone, aligned to 16 and at least as long as a header.
    unsafe { header.write(Header::fresh(info, thread.id, 0, 0)) };
    RawObject::from_header(header)
}

#[inline(always)]
unsafe fn stamp(thread: &ThreadState, block: NonNull<u8>, info: *const TypeInfo, extra: u16) -> RawObject {
    let header = block.cast::<Header>();
    // SAFETY: the caller passes a live type.
    let table = unsafe { &*info };
    let flags = table.flags();
    let birth = if flags.contains(TypeFlags::HAS_GC) { record_allocation(thread) } else { 0 };
    // SAFETY: the block is ours alone, aligned to 16 and at least as long as a header.
    unsafe { header.write(Header::fresh(info, thread.id, extra, birth)) };
    if flags.contains(TypeFlags::COUNTS_CLASS) {
        retain_type(thread, table);
    }
    RawObject::from_header(header)
}

/// Counts the reference of a new instance to its class, if instances of this type count it.
#[inline(always)]
pub fn retain_type(thread: &ThreadState, info: &TypeInfo) {
    let count_id = info.count_id.load(Relaxed);
    if count_id != 0 {
        thread.counts.add(count_id, 1);
    } else if let Some(retain_type) = info.retain_type {
        // SAFETY: whoever makes an instance of a class holds the class.
        unsafe { retain_type(info) };
    }
}

/// Makes the collector track a finished object. The object is not yet reachable by other threads.
#[inline(always)]
pub fn track(object: RawObject) {
    debug_assert!(!object.is_tracked(), "an object is tracked twice");
    // A plain store: nobody else knows the object yet.
    object.store_bits(object.bits() | GcBits::TRACKED);
}

/// Stops tracking an object; does nothing if it is not tracked (B-83).
#[inline]
pub fn untrack(object: RawObject) {
    if object.is_tracked() {
        object.clear_bits(GcBits::TRACKED);
    }
}

/// Makes an object immortal (B-2); the caller owns it.
pub fn make_immortal(object: RawObject) {
    object.counts().make_immortal();
}

/// Makes references from stacks to an object deferred, that is, uncounted (B-20). From then on only a
/// collection frees it.
pub fn set_deferred(object: RawObject) {
    if object.is_immortal() || object.set_bits(GcBits::DEFERRED).contains(GcBits::DEFERRED) {
        return;
    }
    object.counts().add_shared(DEFERRED_BIAS);
}

/// Makes an object count all its references again (B-27, B-29). Call it with the world stopped, or on an object
/// to which no deferred reference leads.
///
/// The caller holds a reference, so the object survives the call.
pub fn stop_deferring(thread: &ThreadState, object: RawObject) {
    if !object.clear_bits(GcBits::DEFERRED).contains(GcBits::DEFERRED) {
        return;
    }
    // The bias kept releases from merging; a merged object dies at whichever release comes last.
    retain_with(thread, object);
    object.counts().add_shared(-DEFERRED_BIAS);
    let left = explicit_merge(object, -1);
    debug_assert!(left > 0, "the caller holds no reference");
}

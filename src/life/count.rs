//! Retaining and releasing, which nearly every operation does.
//!
//! The function is its fast path (the owner counts without read-modify-write); what rarely happens has the
//! same name plus why, and is not inlined.

use super::destroy::destroy;
use super::merge::hand_over;
use crate::heap::Page;
use crate::object::{AfterRelease, DEFERRED_BIAS, GcBits, RawObject, word};
use crate::thread::{ThreadState, current_ptr};

/// Adds one reference.
#[inline(always)]
pub fn retain(object: RawObject) {
    let thread = current_ptr();
    if thread.is_null() {
        // A thread the runtime does not know counts like any foreign thread.
        object.counts().retain(u32::MAX);
        return;
    }
    // SAFETY: the running thread's state lives while it runs this.
    retain_with(unsafe { &*thread }, object);
}

/// Adds one reference. Cheaper than `retain` where the caller knows the running thread, `thread`.
#[inline(always)]
pub fn retain_with(thread: &ThreadState, object: RawObject) {
    object.counts().retain(thread.id);
}

/// Adds one reference to whatever object an owning word leads to.
///
/// # Safety
/// If the word is a pointer, the object is alive.
#[inline(always)]
pub unsafe fn retain_word(thread: &ThreadState, word: u64) {
    // SAFETY: the caller passes a word of a live object.
    if let Some(object) = unsafe { word::pointee(word) } {
        retain_with(thread, object);
    }
}

/// Gives back one reference, which the caller must hold.
#[inline(always)]
pub fn release(object: RawObject) {
    let thread = current_ptr();
    if thread.is_null() {
        release_unattached(object);
        return;
    }
    // SAFETY: the running thread's state lives while it runs this.
    release_with(unsafe { &*thread }, object);
}

/// Gives back one reference, which the caller must hold. Cheaper than `release` where the caller knows the
/// running thread, `thread`.
#[inline(always)]
pub fn release_with(thread: &ThreadState, object: RawObject) {
    if !object.counts().release_fast(thread.id) {
        release_slow(thread, object);
    }
}

/// Gives back the reference an owning word holds, if it is a pointer.
///
/// # Safety
/// If the word is an owning pointer, the caller holds its count.
#[inline(always)]
pub unsafe fn release_word(thread: &ThreadState, word: u64) {
    if word::is_owned_pointer(word) {
        // SAFETY: it is a pointer word, and the caller passes one of a live object.
        release_with(thread, unsafe { word::object(word) });
    }
}

#[cold]
#[inline(never)]
fn release_slow(thread: &ThreadState, object: RawObject) {
    match object.counts().release(thread.id) {
        AfterRelease::Alive => {}
        AfterRelease::Destroy => destroy(thread, object),
        AfterRelease::Queue(owner) => hand_over(thread, owner, object),
    }
}

/// Queues a reference that is dropped on a thread outside of the runtime. Such a thread must not destroy
/// anything, so the next safepoint of any thread releases it (D-26, D-27).
#[cold]
#[inline(never)]
fn release_unattached(object: RawObject) {
    if object.is_immortal() {
        return;
    }
    // SAFETY: the pool outlives every object.
    unsafe { &*Page::of(object).pool() }.leave_orphan(object);
}

/// Queues a reference that the next safepoint of any thread releases; safe to call anywhere.
pub fn release_later(object: RawObject) {
    release_unattached(object);
}

/// Takes a reference without holding one; false if the object is dying (B-8).
#[inline]
pub fn try_retain(object: RawObject) -> bool {
    let thread = current_ptr();
    // SAFETY: the running thread's state lives while it runs this.
    let me = if thread.is_null() { u32::MAX } else { unsafe { &*thread }.id };
    object.counts().try_retain(me)
}

/// Takes a reference without holding one; `thread` is the running thread.
#[inline]
pub fn try_retain_with(thread: &ThreadState, object: RawObject) -> bool {
    object.counts().try_retain(thread.id)
}

/// Adds the local count and `extra` to the shared count and returns how many references there are, the bias not
/// included.
///
/// The caller is the owner, or the owner cannot run.
pub fn explicit_merge(object: RawObject, extra: i64) -> i64 {
    let total = object.counts().merge(extra);
    if object.has(GcBits::DEFERRED) { total - DEFERRED_BIAS } else { total }
}

/// Returns the number of references, the deferral bias included.
pub fn count_of(object: RawObject) -> i64 {
    object.counts().total()
}

/// Returns the number of references, without the bias of a deferred object.
pub fn count_without_bias(object: RawObject) -> i64 {
    let total = object.counts().total();
    if object.has(GcBits::DEFERRED) { total - DEFERRED_BIAS } else { total }
}

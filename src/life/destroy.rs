//! Destroys an object whose last reference is gone (CPython: `tp_dealloc`), in this order (B-101): call the
//! finalizer `__del__`; stop if it made the object reachable again; take the object out of the collector's
//! sight; clear its weak references; call a finalizer of the old kind; release its attributes and its payload;
//! free its block; release the reference to its type.
//!
//! A long chain of objects does not overflow the native stack: `nesting` queues an object that would be
//! destroyed too deep inside others, and destroys it when the outer ones are done.

use super::account::record_deallocation;
use super::count::{release_with, release_word};
use super::delayed::free_block_later;
use super::nesting::{call_script, must_wait, nest, put_off};
use crate::object::{GcBits, RawObject, TAKEN_AT_ONCE, TypeFlags, TypeInfo, word};
use crate::sync::Ordering::Relaxed;
use crate::thread::ThreadState;
use std::ptr::NonNull;

/// The flags of types whose instances may run script code when they die.
const EVENTFUL: TypeFlags = TypeFlags::HAS_FINALIZER.union(TypeFlags::LEGACY_FINALIZER);

/// Destroys an object whose last reference is gone.
#[inline(never)]
pub fn destroy(thread: &ThreadState, object: RawObject) {
    debug_assert!(!thread.is_silent.get(), "an object dies in a silent operation");
    let info = object.type_info();
    let flags = info.flags();
    if flags.intersects(EVENTFUL) || object.bits().contains(GcBits::HAS_WEAKREFS) {
        if must_wait(thread) {
            put_off(thread, object);
        } else {
            destroy_watched(thread, object);
        }
    } else if flags.intersects(TypeFlags::HAS_GC.union(TypeFlags::INLINE_SLOTS)) {
        take_apart(thread, object, flags);
    } else {
        tear_down_leaf(thread, object, info, flags);
    }
}

/// Destroys an object that has a finalizer or is weakly referenced, however deeply such calls are nested.
#[cold]
#[inline(never)]
pub(super) fn destroy_watched(thread: &ThreadState, object: RawObject) {
    let info = object.type_info();
    let flags = info.flags();
    if flags.intersects(EVENTFUL) && !finalize_dying(thread, object, info) {
        return;
    }
    if object.bits().contains(GcBits::HAS_WEAKREFS) {
        untrack_dying(object);
        clear_weakrefs(thread, object);
    }
    if flags.contains(TypeFlags::LEGACY_FINALIZER) && !legacy_finalize(thread, object, info) {
        return;
    }
    // A finalizer may have changed the class.
    take_apart(thread, object, object.type_info().flags());
}

/// Untracks the object and releases all it owns.
#[inline(always)]
fn take_apart(thread: &ThreadState, object: RawObject, flags: TypeFlags) {
    untrack_dying(object);
    if flags.contains(TypeFlags::HAS_GC) {
        record_deallocation(thread);
        nest(thread, object);
    } else {
        tear_down(thread, object);
    }
}

/// Hides a dying object from the collector; a plain store, because nobody else can reach it.
#[inline(always)]
fn untrack_dying(object: RawObject) {
    object.store_bits(object.bits() - GcBits::TRACKED);
}

/// Frees an object without references, weak references and tracking: texts and numbers.
#[inline(always)]
fn tear_down_leaf(thread: &ThreadState, object: RawObject, info: &TypeInfo, flags: TypeFlags) {
    let owns_nothing = flags.contains(TypeFlags::PAYLOAD_OWNS_NOTHING)
        || flags.contains(TypeFlags::DROPS_BY_EXTRA) && object.extra() == 0;
    if !owns_nothing {
        // SAFETY: nobody looks at the payload again.
        unsafe { (info.drop)(object) };
    }
    give_back(thread, object, info);
}

/// Releases the fields of an object and gives its block back.
pub(super) fn tear_down(thread: &ThreadState, object: RawObject) {
    let info = object.type_info();
    let flags = info.flags();
    if flags.contains(TypeFlags::INLINE_SLOTS.union(TypeFlags::PAYLOAD_OWNS_NOTHING)) {
        release_slots(thread, object, info);
    } else {
        if flags.contains(TypeFlags::HAS_GC) {
            release_fields(thread, object, info);
        }
        if !flags.intersects(TypeFlags::PAYLOAD_OWNS_NOTHING.union(TypeFlags::TAKEN_WHOLE)) {
            // SAFETY: the fields have been taken, and nobody looks at the payload again.
            unsafe { (info.drop)(object) };
        }
    }
    give_back(thread, object, info);
}

/// Gives the block back, and then the instance's reference on its type.
#[inline(always)]
fn give_back(thread: &ThreadState, object: RawObject, info: &TypeInfo) {
    let info_ptr = object.type_ptr();
    let (count_id, release_type) = (info.count_id.load(Relaxed), info.release_type);
    free_block(thread, object);
    if count_id != 0 {
        thread.counts.add(count_id, -1);
    } else if let Some(release_type) = release_type {
        // SAFETY: the instance's reference on its type is given back exactly once, after the block (D-31).
        unsafe { release_type(info_ptr) };
    }
}

/// Releases the inline attribute words of an instance that has nothing else to release.
#[inline]
fn release_slots(thread: &ThreadState, object: RawObject, info: &TypeInfo) {
    let slots = usize::from(object.extra());
    for index in 0..slots {
        // SAFETY: an instance's block has `extra` words from `slots_offset` on.
        let slot = unsafe { object.at::<u64>(info.slots_offset as usize + 8 * index) };
        // SAFETY: the block has `extra` words there, all written before the object was tracked; a dying object
        // has no other user.
        let word = unsafe { slot.read() };
        // SAFETY: the slot owns its count, and it is given back once.
        unsafe { release_word(thread, word) };
    }
}

/// Takes the fields out of the payload and releases them in order.
///
/// The words sit on a stack of the thread meanwhile, so that nested destructions share one buffer.
fn release_fields(thread: &ThreadState, object: RawObject, info: &TypeInfo) {
    while release_taken(thread, object, info) >= TAKEN_AT_ONCE {}
}

/// Releases the references that one call of `take` moves out; returns how many there were.
fn release_taken(thread: &ThreadState, object: RawObject, info: &TypeInfo) -> usize {
    let words = thread.teardown.words.get();
    // SAFETY: only this thread uses the buffer, and no reference to it is kept.
    if unsafe { &*words }.len() > TAKEN_AT_ONCE + 1 {
        return release_aside(thread, object, info);
    }
    // SAFETY: only this thread uses the buffer; `take` runs no script code, so nothing nests here.
    let (start, end) = unsafe {
        let words = &mut *words;
        let start = words.len();
        (info.take)(object, words);
        (start, words.len())
    };
    for at in start..end {
        // SAFETY: `at` is below the length, as below.
        debug_assert!(word::is_owned_pointer(unsafe { (&(*words))[at] }), "only references are taken out");
        // SAFETY: nested destructions leave the buffer as long as they found it, so `at` is below its length. It
        // holds what `take` moved out: the words of objects, whose counts are ours.
        unsafe { release_with(thread, word::object(*(&*words).get_unchecked(at))) };
    }
    // SAFETY: only this thread uses the buffer, and `release_with` above keeps no reference to it.
    unsafe { &mut *words }.truncate(start);
    end - start
}

/// Like `release_taken`, with a buffer of its own, because the shared one would grow beyond a short request.
#[cold]
#[inline(never)]
fn release_aside(thread: &ThreadState, object: RawObject, info: &TypeInfo) -> usize {
    let mut words = Vec::new();
    // SAFETY: the object is dying and of this type; nobody else looks at it.
    unsafe { (info.take)(object, &mut words) };
    let count = words.len();
    for word in words {
        // SAFETY: `take` handed the word's count to us.
        unsafe { release_word(thread, word) };
    }
    count
}

/// Gives the block back, at once or after a grace period if another thread may still read it (B-47).
#[inline]
fn free_block(thread: &ThreadState, object: RawObject) {
    let block = NonNull::new(object.header_ptr()).expect("not null").cast::<u8>();
    if thread.is_multi() && object.has(GcBits::SHARED) {
        free_block_later(thread, block);
    } else {
        // SAFETY: the object is gone and no thread can still read its block.
        unsafe { thread.heap.free(block) };
    }
}

/// Runs the finalizer of a dying object, unless it has run. Returns false if the finalizer made the object
/// reachable again.
#[cold]
#[inline(never)]
fn finalize_dying(thread: &ThreadState, object: RawObject, info: &TypeInfo) -> bool {
    let Some(finalize) = info.finalize else { return true };
    if !info.has(TypeFlags::HAS_FINALIZER) || object.has(GcBits::FINALIZED) {
        return true;
    }
    revived(thread, object, || {
        object.set_bits(GcBits::FINALIZED);
        // SAFETY: the object is alive again for the length of the call.
        unsafe { finalize(object) };
    })
}

#[cold]
#[inline(never)]
fn legacy_finalize(thread: &ThreadState, object: RawObject, info: &TypeInfo) -> bool {
    let Some(finalize) = info.legacy_finalize else { return true };
    // SAFETY: the object is alive again for the length of the call.
    revived(thread, object, || unsafe { finalize(object) })
}

/// Runs `run` with the object revived. Returns false if it became reachable again; then the caller must not
/// touch it (B-102).
fn revived(thread: &ThreadState, object: RawObject, run: impl FnOnce()) -> bool {
    let reachable = object.bits().intersects(GcBits::HAS_WEAKREFS | GcBits::SHARED);
    object.counts().revive(thread.id, reachable);
    call_script(thread, run);
    !object.counts().end_revival(thread.id)
}

/// Runs the finalizer of an object that the caller holds, unless it has run (B-98). Used by the collector.
pub fn run_finalizer(object: RawObject) {
    let info = object.type_info();
    if !info.has(TypeFlags::HAS_FINALIZER) {
        return;
    }
    let Some(finalize) = info.finalize else { return };
    // Marked before the call, so that a nested death cannot run it again.
    if !object.set_bits(GcBits::FINALIZED).contains(GcBits::FINALIZED) {
        // SAFETY: the caller holds a reference.
        unsafe { finalize(object) };
    }
}

/// Makes all weak references to a dying object dead, then calls their callbacks, newest first (B-90).
#[cold]
#[inline(never)]
fn clear_weakrefs(thread: &ThreadState, object: RawObject) {
    let hooks = thread.runtime().hooks();
    let mut list = thread.runtime().weak.lock(object);
    let mut to_call = list.take_all();
    to_call.retain(|weakref| {
        // SAFETY: a weak reference leaves the list, under this lock, before it dies.
        let has_callback = unsafe { (hooks.clear_weakref)(weakref) };
        // One that is dying itself never has its callback called (B-89).
        has_callback && weakref.counts().try_retain(thread.id)
    });
    drop(list);
    for weakref in to_call.iter() {
        call_script(thread, || (hooks.call_weakref)(thread, weakref));
        release_with(thread, weakref);
    }
}

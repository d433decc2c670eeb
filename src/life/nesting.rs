//! How deep destructions nest: a chain of a million objects takes as much native stack as one of fifty.
//!
//! Two lists of the thread keep what would go too deep. `pending` has objects whose fields are still to be
//! released; the outermost destruction works it off (B-147 to B-149). `late` has objects whose destruction has
//! not begun at all, because finalizers and callbacks were nested until the stacks ran short; it is worked
//! off once half of those calls are over (D-48).
//!
//! Invariants (D-34): an object on either list is untracked and beyond the reach of weak references; one on
//! `pending` has been finalized, and its weak references dealt with. A script call counts its depth afresh and
//! leaves alone what was pending before it, so what dies in a finalizer dies at once, as anywhere else.

use super::destroy::{destroy_watched, tear_down};
use crate::object::{GcBits, RawObject};
use crate::thread::{Late, ThreadState};

/// How many destructions may be nested before the next is put off: 50 as in CPython, far from the end of any
/// stack.
const DEPTH_LIMIT: u32 = 50;

/// Releases the fields of the object now, or puts that off if destructions are nested too deeply.
#[inline]
pub(super) fn nest(thread: &ThreadState, object: RawObject) {
    let work = &thread.teardown;
    let depth = work.depth.get();
    if depth >= DEPTH_LIMIT {
        // SAFETY: only this thread uses the list, and no reference to it is kept.
        unsafe { &mut *work.pending.get() }.push(object);
        return;
    }
    work.depth.set(depth + 1);
    tear_down(thread, object);
    work.depth.set(depth);
    if depth == 0 && pending(thread) > work.outer.get() {
        work_off(thread);
    }
}

/// Returns how many objects wait for their fields to be released.
#[inline(always)]
fn pending(thread: &ThreadState) -> usize {
    // SAFETY: only this thread uses the list, and no reference to it is kept.
    unsafe { &*thread.teardown.pending.get() }.len()
}

#[cold]
#[inline(never)]
fn work_off(thread: &ThreadState) {
    let work = &thread.teardown;
    while pending(thread) > work.outer.get() {
        // SAFETY: only this thread uses the list; the reference ends before anything is torn down.
        let object = unsafe { &mut *work.pending.get() }.pop().expect("something is pending");
        // Not zero meanwhile, or a nested destruction would start working the list off too.
        work.depth.set(1);
        tear_down(thread, object);
        work.depth.set(0);
    }
}

/// Runs script code on behalf of a destruction: a finalizer, or the callback of a weak reference.
pub(super) fn call_script(thread: &ThreadState, run: impl FnOnce()) {
    let work = &thread.teardown;
    let calls = work.calls.get();
    let depth = work.depth.replace(0);
    let outer = work.outer.replace(pending(thread));
    work.calls.set(calls + 1);
    run();
    work.calls.set(calls);
    if is_late(thread) && calls <= work.late_calls.get() / 2 && calls >= work.late_floor.get() {
        // What dies meanwhile is for this loop, or for one further in: loops at one depth would nest for ever.
        let floor = work.late_floor.replace(calls + 1);
        catch_up(thread);
        work.late_floor.set(floor);
    }
    work.outer.set(outer);
    work.depth.set(depth);
}

/// Tells whether the destruction of an object with a finalizer or callbacks must be put off. The outermost such
/// call is never put off.
#[inline]
pub(super) fn must_wait(thread: &ThreadState) -> bool {
    thread.teardown.calls.get() > 0 && !(thread.runtime().hooks().has_room_to_nest)(thread)
}

/// Puts off the destruction of a dead object until fewer calls are nested.
#[cold]
#[inline(never)]
pub(super) fn put_off(thread: &ThreadState, object: RawObject) {
    let work = &thread.teardown;
    let was_tracked = object.is_tracked();
    object.store_bits(object.bits() - GcBits::TRACKED);
    // SAFETY: only this thread uses the list, and no reference to it is kept.
    unsafe { &mut *work.late.get() }.push_back(Late { object, was_tracked });
    work.late_calls.set(work.calls.get());
}

/// Tells whether any object waits for its destruction to begin.
fn is_late(thread: &ThreadState) -> bool {
    // SAFETY: only this thread uses the list, and no reference to it is kept.
    !unsafe { &*thread.teardown.late.get() }.is_empty()
}

/// Destroys the objects that were put off, in the order in which they died; each finalizer and callback runs,
/// however deeply nested.
#[cold]
#[inline(never)]
fn catch_up(thread: &ThreadState) {
    // SAFETY: only this thread uses the list; the reference ends before script code runs.
    while let Some(late) = unsafe { &mut *thread.teardown.late.get() }.pop_front() {
        if late.was_tracked {
            late.object.store_bits(late.object.bits() | GcBits::TRACKED);
        }
        destroy_watched(thread, late.object);
    }
}

//! Finalizers that release the next object: how deep they nest, and that none is lost.

use super::kit::{LONG, SAVED, finalized_type, log, make, node_type, release, take_log, taken_type};
use crate::object::{GcBits, RawObject, TypeInfo, word};
use crate::thread::{Hooks, Registration, Runtime, ThreadState, with_current};
use std::cell::Cell;

/// How many finalizers these tests let nest.
const ROOM: u32 = 7;

thread_local! {
    static CALLS: Cell<u32> = const { Cell::new(0) };
    static DEEPEST: Cell<u32> = const { Cell::new(0) };
    static FINALIZED: Cell<usize> = const { Cell::new(0) };
}

fn alone() -> Registration {
    DEEPEST.set(0);
    FINALIZED.set(0);
    Runtime::new(Hooks { has_room_to_nest: |_| CALLS.get() < ROOM, ..Hooks::none() }).register()
}

/// Takes the reference out of the first slot.
fn take_first(object: RawObject) -> Option<RawObject> {
    // SAFETY: objects of these tests have a slot, and whoever asks keeps the object alive.
    let slot = unsafe { &mut *object.payload::<u64>() };
    // SAFETY: the slot holds a word of a live object.
    let held = unsafe { word::pointee(*slot) };
    *slot = super::kit::NOTHING;
    held
}

/// A finalizer that releases what the object holds.
unsafe fn release_next(object: RawObject) {
    assert!(object.has(GcBits::TRACKED), "a finalizer sees a tracked object");
    assert_eq!(object.counts().total(), 1);
    CALLS.set(CALLS.get() + 1);
    DEEPEST.set(DEEPEST.get().max(CALLS.get()));
    FINALIZED.set(FINALIZED.get() + 1);
    if let Some(next) = take_first(object) {
        release(next);
    }
    CALLS.set(CALLS.get() - 1);
}

/// A finalizer that also keeps its object alive.
unsafe fn release_next_and_save(object: RawObject) {
    // SAFETY: by the caller's promise.
    unsafe { release_next(object) };
    crate::life::retain(object);
    SAVED.with_borrow_mut(|saved| saved.push(object));
}

unsafe fn tell(object: RawObject) {
    log(object.extra().to_string());
}

/// A finalizer during which a chain deeper than the limit dies.
unsafe fn drop_a_chain(_object: RawObject) {
    log("begin");
    with_current(|thread| {
        let last = make(thread, finalized_type(tell), &[]);
        release(wrapped(thread, last, 40));
    });
    log("end");
}

fn wrapped(thread: &ThreadState, mut object: RawObject, times: usize) -> RawObject {
    for _ in 0..times {
        object = make(thread, node_type(), &[object]);
    }
    object
}

/// An object with one slot that holds nothing.
fn make_empty(thread: &ThreadState, info: &'static TypeInfo) -> RawObject {
    let held = make(thread, node_type(), &[]);
    let object = make(thread, info, &[held]);
    take_first(object).into_iter().for_each(release);
    object
}

fn chain(thread: &ThreadState, finalize: unsafe fn(RawObject), length: usize) -> RawObject {
    let info = finalized_type(finalize);
    let last = make(thread, taken_type(), &[]);
    let mut head = make(thread, info, &[last]);
    for _ in 1..length {
        head = make(thread, info, &[head]);
    }
    head
}

/// D-48: each finalizer of a long chain runs, and no more than there is room for at a time.
#[test]
fn finalizers_that_release_the_next_one_all_run() {
    let mut here = alone();
    let head = chain(here.thread(), release_next, LONG);
    release(head);
    assert_eq!(FINALIZED.get(), LONG);
    assert_eq!(DEEPEST.get(), ROOM);
    let work = &here.thread().teardown;
    assert_eq!((work.calls.get(), work.depth.get(), work.outer.get()), (0, 0, 0));
    take_log();
}

/// D-48, B-102: also those that bring their objects back, which then die without a finalizer.
#[test]
fn finalizers_that_resurrect_all_run() {
    let mut here = alone();
    let length = LONG.min(1000);
    let head = chain(here.thread(), release_next_and_save, length);
    release(head);
    assert_eq!(FINALIZED.get(), length);
    let saved = SAVED.take();
    assert_eq!(saved.len(), length);
    assert!(saved.iter().all(|object| object.is_tracked()));
    take_log();
    saved.into_iter().for_each(release);
    assert_eq!(take_log().len(), length);
}

/// Without room, an object waits for the outermost finalizer, whole, untracked, and out of reach.
#[test]
fn an_object_that_waits_is_hidden() {
    unsafe fn look(object: RawObject) {
        let Some(next) = take_first(object) else { return log("inner") };
        release(next);
        assert!(!next.is_tracked());
        assert!(!next.has(GcBits::FINALIZED));
        with_current(|thread| assert!(!next.counts().try_retain(thread.id)));
        log("outer");
    }
    let mut here = Runtime::new(Hooks { has_room_to_nest: |_| false, ..Hooks::none() }).register();
    let thread = here.thread();
    let info = finalized_type(look);
    let inner = make_empty(thread, info);
    let outer = make(thread, info, &[inner]);
    release(outer);
    assert_eq!(take_log(), ["outer", "inner", "dropped", "dropped"]);
}

/// What dies in a finalizer dies at once, however deep the destruction that called it.
#[test]
fn a_finalizer_counts_depth_afresh() {
    let mut here = alone();
    let thread = here.thread();
    let outer = make(thread, finalized_type(drop_a_chain), &[]);
    let head = wrapped(thread, outer, 45);
    release(head);
    assert_eq!(take_log(), ["begin", "0", "dropped", "end", "dropped"]);
}

//! Weak references on the counting path, with a weak reference type as small as can be.

use super::kit::{finalized_type, log, make, node_type, release, take_log};
use crate::life;
use crate::object::{GcBits, Place, RawObject, SharedState, TypeFlags, TypeInfo};
use crate::sync::Ordering::Relaxed;
use crate::thread::{Hooks, Registration, Runtime, ThreadState, with_current};

/// `scratch` of these weak references: 1 = has a callback, 0 = has none; dead ones have `extra` 1.
unsafe fn clear(weakref: RawObject) -> bool {
    weakref.header().extra.store(1, Relaxed);
    weakref.scratch() != 0
}

fn call(_thread: &ThreadState, weakref: RawObject) {
    assert_eq!(weakref.extra(), 1, "a callback gets a dead weak reference");
    log(format!("callback {}", weakref.scratch()));
}

fn alone() -> Registration {
    Runtime::new(Hooks { clear_weakref: clear, call_weakref: call, ..Hooks::none() }).register()
}

fn weakref_to(thread: &ThreadState, referent: RawObject, callback: u32) -> RawObject {
    let info: &TypeInfo = Box::leak(Box::new(TypeInfo::new("weakref", 32, TypeFlags::PAYLOAD_OWNS_NOTHING)));
    // SAFETY: the type is never freed and has no payload.
    let weakref = unsafe { life::allocate(thread, info, 32, 0) };
    weakref.set_scratch(callback);
    thread.runtime().weak.lock(referent).insert(Place::Newest, weakref).expect("memory");
    weakref
}

/// B-10, B-89, B-90: all weak references are dead before the first callback; callbacks run newest first.
#[test]
fn callbacks_run_newest_first_on_dead_references() {
    let mut here = alone();
    let thread = here.thread();
    let object = make(thread, node_type(), &[]);
    let refs = [1, 2, 0, 3].map(|callback| weakref_to(thread, object, callback));
    assert_eq!(object.counts().shared().state(), SharedState::MaybeWeakref);
    assert!(object.has(GcBits::HAS_WEAKREFS));
    release(object);
    assert_eq!(take_log(), ["callback 3", "callback 2", "callback 1"]);
    assert!(refs.iter().all(|weakref| weakref.extra() == 1));
    refs.into_iter().for_each(release);
}

/// B-89: a weak reference that dies first is never called.
#[test]
fn a_weak_reference_that_dies_first_is_not_called() {
    let mut here = alone();
    let thread = here.thread();
    let object = make(thread, node_type(), &[]);
    let weakref = weakref_to(thread, object, 1);
    assert!(thread.runtime().weak.lock(object).remove(weakref));
    assert!(!thread.runtime().weak.lock(object).remove(weakref));
    release(weakref);
    assert!(!object.has(GcBits::HAS_WEAKREFS));
    release(object);
    assert!(take_log().is_empty());
}

unsafe fn make_weakref(object: RawObject) {
    with_current(|thread| {
        assert!(object.has(GcBits::HAS_WEAKREFS), "weak references still work inside a finalizer");
        weakref_to(thread, object, 7);
    });
}

/// B-96: weak references work inside the finalizer, and one made there gets its callback.
#[test]
fn a_weak_reference_made_by_a_finalizer_is_called() {
    let mut here = alone();
    let thread = here.thread();
    let object = make(thread, finalized_type(make_weakref), &[]);
    let first = weakref_to(thread, object, 1);
    release(object);
    assert_eq!(take_log(), ["callback 7", "callback 1", "dropped"]);
    release(first);
}

/// B-97: upgrading while others drop the last reference gives a counted object or nothing.
#[test]
fn upgrades_race_with_the_last_release() {
    let rounds = if cfg!(miri) { 20 } else { 2000 };
    let mut here = alone();
    let runtime = crate::sync::Arc::clone(here.runtime());
    let info = node_type();
    for _ in 0..rounds {
        let thread = here.thread();
        let object = make(thread, info, &[]);
        weakref_to(thread, object, 0);
        thread.detached(|| {
            std::thread::scope(|scope| {
                scope.spawn(|| {
                    let mut there = runtime.register();
                    let list = there.thread().runtime().weak.lock(object);
                    // As `weakref()` does: the list still knows the object, so its header is readable.
                    let got = !list.is_empty() && life::try_retain(object);
                    drop(list);
                    if got {
                        assert!(object.counts().total() > 0);
                        life::release(object);
                    }
                    life::leave(there);
                });
                scope.spawn(|| {
                    let there = runtime.register();
                    life::release(object);
                    life::leave(there);
                });
            });
        });
        life::poll(thread);
    }
}

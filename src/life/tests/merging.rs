//! References dropped by threads that do not own the object.

use super::kit::{alone, elsewhere, finalized_type, log, make, me, node_type, take_log};
use crate::life;
use crate::object::{GcBits, RawObject, SharedState};
use crate::sync::{AtomicBool, Ordering::SeqCst};
use crate::thread::{BreakerBits, RunState, Thread};

unsafe fn tell_thread(_object: RawObject) {
    log(format!("finalized by {}", me()));
}

fn is_attached(thread: &Thread, id: u32) -> bool {
    let mut attached = false;
    thread
        .runtime()
        .world
        .for_each_thread(|other| attached |= other.id == id && other.run_state() == RunState::Attached);
    attached
}

/// Drops a reference on another thread while this one is attached, and waits for the drop.
fn drop_elsewhere(thread: &mut Thread, object: RawObject, attached: bool) {
    let done = AtomicBool::new(false);
    let runtime = thread.runtime().to_arc();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut there = runtime.register();
            // Registering parked the owner for a moment; a parked owner counts as detached until it wakes.
            while attached && !is_attached(there.thread(), object.counts().owner()) {
                std::thread::yield_now();
            }
            life::release(object);
            done.store(true, SeqCst);
            life::leave(there);
        });
        let wait = || {
            while !done.load(SeqCst) {
                std::thread::yield_now();
            }
        };
        if attached {
            // The other thread stops us once to register; then it runs beside us.
            while !done.load(SeqCst) {
                thread.park_if_asked();
                std::thread::yield_now();
            }
        } else {
            thread.detached(wait);
        }
    });
}

/// B-6, B-13, B-14, B-15: a foreign drop is queued, the owner is asked, and the owner destroys.
#[test]
fn the_owner_destroys_what_others_dropped() {
    let mut here = alone();
    let thread = here.thread();
    let object = make(thread, finalized_type(tell_thread), &[]);
    drop_elsewhere(thread, object, true);
    assert_eq!(object.counts().shared().state(), SharedState::Queued);
    assert_eq!(object.counts().total(), 1);
    assert!(thread.breaker.bits().contains(BreakerBits::EXPLICIT_MERGE));
    assert_eq!(thread.runtime().merge_queues.len(thread.id), 1);
    life::poll(thread);
    assert_eq!(take_log()[0], format!("finalized by {}", thread.id));
    assert_eq!(thread.runtime().merge_queues.len(thread.id), 0);
}

/// B-19: if the owner is detached, the dropper merges in its place.
#[test]
fn the_dropper_merges_for_a_detached_owner() {
    let mut here = alone();
    let thread = here.thread();
    let object = make(thread, node_type(), &[]);
    drop_elsewhere(thread, object, false);
    assert!(object.type_ptr().is_null() || object.counts().total() == 0);
    assert_eq!(thread.runtime().events.merged_by_dropper.load(SeqCst), 1);
    assert_eq!(thread.runtime().events.merge_queued.load(SeqCst), 0);
}

/// B-16, B-18, B-141: objects outlive the thread that made them; whoever drops them then destroys them.
#[test]
fn an_object_of_an_ended_thread_is_destroyed_by_its_dropper() {
    let mut here = alone();
    let thread = here.thread();
    let object = elsewhere(thread, |thread| make(thread, finalized_type(tell_thread), &[]));
    assert_ne!(object.counts().owner(), thread.id);
    life::release(object);
    assert_eq!(take_log()[0], format!("finalized by {}", thread.id));
}

/// B-7: after QUEUED further foreign drops make the shared count negative; the sum stays right.
#[test]
fn after_queued_the_shared_count_may_be_negative() {
    let mut here = alone();
    let thread = here.thread();
    let object = make(thread, node_type(), &[]);
    life::retain(object);
    life::retain(object);
    drop_elsewhere(thread, object, true);
    assert_eq!((object.counts().local(), object.counts().shared().count()), (3, 0));
    drop_elsewhere(thread, object, true);
    assert_eq!((object.counts().local(), object.counts().shared().count()), (3, -1));
    life::merge_queue(thread);
    assert_eq!((object.counts().owner(), object.counts().total()), (0, 1));
    life::release(object);
}

/// B-17: a pause drains every queue; an untracked object that nobody holds goes right afterwards.
#[test]
fn a_pause_drains_every_queue() {
    let mut here = alone();
    let thread = here.thread();
    let (tracked, untracked) = (make(thread, node_type(), &[]), make(thread, node_type(), &[]));
    life::untrack(untracked);
    drop_elsewhere(thread, tracked, true);
    drop_elsewhere(thread, untracked, true);
    let stopped = crate::thread::world::stop(thread);
    life::drain_all_merge_queues(&stopped, true);
    stopped.resume();
    assert_eq!((tracked.counts().total(), tracked.counts().shared().state()), (0, SharedState::Merged));
    assert!(tracked.has(GcBits::TRACKED));
    assert_eq!(untracked.counts().total(), 1);
    life::release_orphans(thread);
    assert!(!untracked.has(GcBits::TRACKED));
    assert_eq!(thread.runtime().merge_queues.len(thread.id), 0);
}

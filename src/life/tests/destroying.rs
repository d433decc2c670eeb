//! The order of a destruction, finalizers, resurrection, and deep chains.

use super::kit::{LONG, SAVED, alone, finalized_type, log, make, node_type, release, take_log, taken_type};
use crate::life;
use crate::object::{GcBits, RawObject};

unsafe fn tell(object: RawObject) {
    assert_eq!(object.counts().total(), 1);
    assert!(object.has(GcBits::FINALIZED | GcBits::TRACKED));
    log("finalized");
}

unsafe fn save(object: RawObject) {
    log("saved");
    life::retain(object);
    SAVED.with_borrow_mut(|saved| saved.push(object));
}

unsafe fn number(object: RawObject) {
    log(object.scratch().to_string());
}

/// B-101: the finalizer sees a whole, tracked object; the payload goes afterwards.
#[test]
fn the_finalizer_runs_before_anything_is_taken_apart() {
    let mut here = alone();
    let child = make(here.thread(), taken_type(), &[]);
    let object = make(here.thread(), finalized_type(tell), &[child]);
    release(object);
    assert_eq!(take_log(), ["finalized", "dropped", "dropped"]);
}

/// B-98, B-102: a finalizer runs once, also for an object that it brought back.
#[test]
fn a_resurrected_object_lives_on_and_dies_without_finalizer() {
    let mut here = alone();
    let object = make(here.thread(), finalized_type(save), &[]);
    release(object);
    assert_eq!(take_log(), ["saved"]);
    assert_eq!(object.counts().total(), 1);
    assert!(object.is_tracked());
    SAVED.take().into_iter().for_each(release);
    assert_eq!(take_log(), ["dropped"]);
    assert!(object.type_ptr().is_null());
}

/// B-98: the collector's call counts too.
#[test]
fn the_collector_runs_a_finalizer_once() {
    let mut here = alone();
    let object = make(here.thread(), finalized_type(tell), &[]);
    life::run_finalizer(object);
    life::run_finalizer(object);
    release(object);
    assert_eq!(take_log(), ["finalized", "dropped"]);
    let without_finalizer = make(here.thread(), node_type(), &[]);
    life::run_finalizer(without_finalizer);
    assert!(!without_finalizer.has(GcBits::FINALIZED));
    release(without_finalizer);
}

/// B-147: dropping the head of a long chain does not overflow the stack, whatever the path.
#[test]
fn long_chains_do_not_recurse() {
    for info in [node_type(), taken_type()] {
        let mut here = alone();
        let mut head = make(here.thread(), info, &[]);
        for _ in 0..LONG {
            head = make(here.thread(), info, &[head]);
        }
        release(head);
        assert!(here.thread().teardown.depth.get() == 0);
        take_log();
    }
}

/// B-148, B-149: finalizers of a chain run from the head downwards, also past the depth limit.
#[test]
fn a_chain_is_finalized_from_its_head() {
    let mut here = alone();
    let (info, length) = (finalized_type(number), LONG.min(1000) as u32);
    let mut head = make(here.thread(), info, &[]);
    head.set_scratch(length);
    for number in (0..length).rev() {
        head = make(here.thread(), info, &[head]);
        head.set_scratch(number);
    }
    release(head);
    let numbers: Vec<u32> = take_log().iter().filter_map(|line| line.parse().ok()).collect();
    assert_eq!(numbers, (0..=length).collect::<Vec<_>>());
}

/// B-150: a block that is used again starts with fresh words.
#[test]
fn a_reused_block_starts_fresh() {
    let mut here = alone();
    let thread = here.thread();
    let object = make(thread, node_type(), &[]);
    object.set_bits(GcBits::FINALIZED | GcBits::FROZEN);
    release(object);
    let again = make(thread, node_type(), &[]);
    assert_eq!(again, object);
    assert_eq!(again.bits(), GcBits::TRACKED);
    assert_eq!(
        (again.counts().owner(), again.counts().local(), again.counts().shared().count()),
        (thread.id, 1, 0)
    );
    release(again);
}

/// B-83: hiding an object twice is harmless.
#[test]
fn untracking_twice_is_harmless() {
    let mut here = alone();
    let object = make(here.thread(), node_type(), &[]);
    life::untrack(object);
    life::untrack(object);
    assert!(!object.is_tracked());
    release(object);
}

/// What the interpreter's promise of silence is good for: debug builds hold operations to it.
#[test]
#[cfg(debug_assertions)]
fn nothing_dies_in_a_silent_operation() {
    let mut here = alone();
    let object = make(here.thread(), node_type(), &[]);
    here.thread().is_silent.set(true);
    let told = std::panic::catch_unwind(|| release(object)).expect_err("the object dies");
    here.thread().is_silent.set(false);
    assert_eq!(told.downcast_ref::<&str>(), Some(&"an object dies in a silent operation"));
    life::destroy(here.thread(), object);
}

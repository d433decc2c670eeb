//! The count words, alone and between two threads.

use super::kit::{alone, elsewhere, make, node_type};
use crate::life;
use crate::object::counts::IMMORTAL;
use crate::object::{DEFERRED_BIAS, GcBits, SharedState, SharedWord};

/// B-1: a fresh object's words; its owner counts locally, everybody else in the shared word.
#[test]
fn the_owner_counts_locally_and_others_in_the_shared_word() {
    let mut here = alone();
    let thread = here.thread();
    let object = make(thread, node_type(), &[]);
    let counts = object.counts();
    assert_eq!(
        (counts.owner(), counts.local(), counts.shared()),
        (thread.id, 1, SharedWord::new(0, SharedState::Init))
    );
    life::retain(object);
    assert_eq!((counts.local(), counts.shared().count()), (2, 0));
    elsewhere(thread, |_| life::retain(object));
    assert_eq!((counts.local(), counts.shared().count(), counts.total()), (2, 1, 3));
    elsewhere(thread, |_| life::release(object));
    assert_eq!((counts.local(), counts.shared().count()), (2, 0));
    life::release(object);
    life::release(object);
}

/// B-2: nothing changes an immortal object's words.
#[test]
fn an_immortal_object_is_never_counted() {
    let mut here = alone();
    let thread = here.thread();
    let object = make(thread, node_type(), &[]);
    life::make_immortal(object);
    life::retain(object);
    life::release(object);
    life::release(object);
    elsewhere(thread, |_| {
        life::retain(object);
        life::release(object);
        life::release(object);
        assert!(life::try_retain(object));
    });
    assert_eq!((object.counts().local(), object.counts().shared().count()), (IMMORTAL, 0));
}

/// B-3: without foreign references the object dies at local zero and never becomes MERGED.
#[test]
fn the_last_local_release_destroys_at_once() {
    let mut here = alone();
    let object = make(here.thread(), node_type(), &[]);
    life::release(object);
    // The block is on the free list: its type word is null.
    assert!(object.type_ptr().is_null());
}

/// B-4, B-5: with a foreign reference left, local zero merges; the last release then destroys anywhere.
#[test]
fn local_zero_with_shared_references_merges() {
    let mut here = alone();
    let thread = here.thread();
    let object = make(thread, node_type(), &[]);
    elsewhere(thread, |_| life::retain(object));
    life::release(object);
    let counts = object.counts();
    assert_eq!(
        (counts.owner(), counts.local(), counts.shared()),
        (0, 0, SharedWord::new(1, SharedState::Merged))
    );
    life::retain(object);
    life::release(object);
    assert_eq!(counts.shared(), SharedWord::new(1, SharedState::Merged));
    elsewhere(thread, |_| life::release(object));
}

/// B-8: a foreign try fails while nothing has been published, and when no reference is left.
#[test]
fn a_foreign_try_needs_a_published_object() {
    let mut here = alone();
    let thread = here.thread();
    elsewhere(thread, |_| ());
    let object = make(thread, node_type(), &[]);
    assert!(!elsewhere(thread, |_| life::try_retain(object)));
    object.counts().publish();
    assert_eq!(object.counts().shared().state(), SharedState::MaybeWeakref);
    assert!(elsewhere(thread, |_| life::try_retain(object)));
    life::release(object);
    assert_eq!(object.counts().total(), 1);
    assert!(life::try_retain(object));
    assert_eq!(object.counts().total(), 2);
    life::release(object);
    life::release(object);
}

/// B-12: a local count that would wrap makes the object immortal.
#[test]
fn a_local_count_saturates_to_immortality() {
    let mut here = alone();
    let thread = here.thread();
    let object = make(thread, node_type(), &[]);
    object.counts().restore(thread.id, IMMORTAL - 1, SharedWord::new(0, SharedState::Init));
    life::retain(object);
    assert!(object.is_immortal());
    life::release(object);
    assert!(object.is_immortal());
}

/// B-20, B-27: the bias keeps a deferred object alive at zero references; without it the object is ordinary.
#[test]
fn a_deferred_object_does_not_die_of_counting() {
    let mut here = alone();
    let thread = here.thread();
    let object = make(thread, node_type(), &[]);
    life::set_deferred(object);
    life::set_deferred(object);
    assert_eq!(life::count_of(object), 1152921504606846975 + 1);
    assert_eq!(DEFERRED_BIAS, 1152921504606846975);
    life::release(object);
    assert_eq!(life::count_of(object), DEFERRED_BIAS);
    life::retain(object);
    life::stop_deferring(thread, object);
    assert!(!object.has(GcBits::DEFERRED));
    assert_eq!(life::count_of(object), 1);
    life::release(object);
    assert!(object.type_ptr().is_null());
}

/// D-27: a thread the runtime does not know leaves its reference to others.
#[test]
fn an_unknown_thread_leaves_its_reference_behind() {
    let mut here = alone();
    let thread = here.thread();
    let object = make(thread, node_type(), &[]);
    std::thread::scope(|scope| {
        scope.spawn(|| life::release(object)).join().expect("releasing is safe anywhere");
    });
    assert_eq!(object.counts().total(), 1);
    life::release_orphans(thread);
    assert!(object.type_ptr().is_null());
}

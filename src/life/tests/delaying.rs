//! Grace periods and what waits for them.

use super::kit::{alone, elsewhere, make, node_type, release};
use crate::life;
use crate::object::GcBits;
use crate::sync::{Arc, AtomicUsize, Ordering::SeqCst};
use crate::thread::{BreakerBits, Thread, world};
use std::ptr::NonNull;

unsafe fn count_free(memory: NonNull<u8>, _bytes: usize) {
    // SAFETY: every buffer of these tests is the address of a leaked handle on a counter.
    let counter = unsafe { Arc::from_raw(memory.as_ptr().cast::<AtomicUsize>()) };
    counter.fetch_add(1, SeqCst);
}

fn free_later(thread: &Thread, counter: &Arc<AtomicUsize>, bytes: usize) {
    let memory = NonNull::new(Arc::into_raw(Arc::clone(counter)).cast_mut().cast()).expect("not null");
    // SAFETY: `count_free` may run on any thread, and nobody reads the "buffer".
    unsafe { life::free_later(thread, memory, count_free, bytes) };
}

/// Runs something while the runtime has two threads, the other one detached.
fn with_company(run: impl FnOnce(&mut Thread)) {
    let mut here = alone();
    elsewhere(here.thread(), |_| ());
    assert!(here.thread().is_multi());
    run(here.thread());
}

/// A thread that is alone frees at once.
#[test]
fn alone_nothing_waits() {
    let mut here = alone();
    let counter = Arc::default();
    free_later(here.thread(), &counter, 10);
    assert_eq!(counter.load(SeqCst), 1);
}

/// B-43: the clock advances at 127 entries or 1 MiB, and everybody is asked to report.
#[test]
fn the_clock_advances_at_127_entries_or_a_mebibyte() {
    with_company(|thread| {
        let counter = Arc::default();
        let start = thread.runtime().qsbr.current();
        for _ in 0..126 {
            free_later(thread, &counter, 10);
        }
        assert_eq!(thread.runtime().qsbr.current(), start);
        free_later(thread, &counter, 10);
        assert_eq!(thread.runtime().qsbr.current(), start + 2);
        assert!(thread.breaker.bits().contains(BreakerBits::DELAYED_FREE));
        free_later(thread, &counter, 1 << 20);
        assert_eq!(thread.runtime().qsbr.current(), start + 4);
        assert_eq!(counter.load(SeqCst), 0);
        life::poll(thread);
        assert_eq!(counter.load(SeqCst), 128);
    });
}

/// B-44: frees run in order and stop at the first whose goal is not reached.
#[test]
fn frees_stop_at_the_first_unreached_goal() {
    with_company(|thread| {
        let counter = Arc::default();
        free_later(thread, &counter, 1 << 20);
        thread.quiescent();
        free_later(thread, &counter, 1 << 20);
        life::process_delayed(thread);
        assert_eq!(counter.load(SeqCst), 1);
        thread.quiescent();
        life::process_delayed(thread);
        assert_eq!(counter.load(SeqCst), 2);
    });
}

/// B-47: a shared object's block keeps its type, and is not used again, until its grace period is over.
#[test]
fn a_waiting_block_keeps_its_header() {
    with_company(|thread| {
        let object = make(thread, node_type(), &[]);
        object.counts().publish();
        object.set_bits(GcBits::SHARED);
        release(object);
        assert!(!object.type_ptr().is_null());
        assert!(!object.is_tracked());
        assert!(!life::try_retain(object));
        let another = make(thread, node_type(), &[]);
        assert_ne!(another, object);
        release(another);
        thread.runtime().qsbr.advance();
        thread.quiescent();
        life::process_delayed(thread);
        assert!(object.type_ptr().is_null());
    });
}

/// B-45, B-46: a pause frees what waits anywhere, also what an ended thread left; then sharing is forgotten.
#[test]
fn a_pause_leaves_nothing_waiting() {
    let mut here = alone();
    let thread = here.thread();
    let counter: Arc<AtomicUsize> = Arc::default();
    elsewhere(thread, |_| ());
    free_later(thread, &counter, 10);
    elsewhere(thread, |thread| free_later(thread, &counter, 10));
    let stopped = world::stop(thread);
    life::drain_all_delayed(&stopped);
    stopped.resume();
    assert_eq!(counter.load(SeqCst), 2);
    assert!(!thread.is_multi());
}

//! Readers without a lock against writers, and the order of work at a safepoint.

use super::kit::{alone, finalized_type, log, make, node_type, release, take_log};
use crate::life;
use crate::object::{GcBits, RawObject, word};
use crate::sync::{Arc, AtomicBool, AtomicU64, Ordering::SeqCst};
use crate::thread::{BreakerBits, Hooks, Runtime, Thread};

/// Makes an object that others may find, as storing it into an unlocked slot does (B-10).
fn make_shared(thread: &Thread) -> RawObject {
    let object = make(thread, node_type(), &[]);
    object.counts().publish();
    object.set_bits(GcBits::SHARED);
    object
}

/// B-9, D-1, D-2: a reader loads, tries, and looks again; what it gets is alive, or it got nothing.
#[test]
fn unlocked_reads_race_with_writes() {
    let (turns, readers) = if cfg!(miri) { (20, 1) } else { (20_000, 2) };
    let mut here = alone();
    let runtime = Arc::clone(here.runtime());
    let slot = AtomicU64::new(word::owned(make_shared(here.thread())));
    let (started, end) = (AtomicU64::new(0), AtomicBool::new(false));
    std::thread::scope(|scope| {
        for _ in 0..readers {
            scope.spawn(|| {
                let mut there = runtime.register();
                started.fetch_add(1, SeqCst);
                while !end.load(SeqCst) {
                    life::poll(there.thread());
                    let word = slot.load(SeqCst);
                    // SAFETY: the slot holds owning words only, and a block is not used again before we report.
                    let object = unsafe { word::object(word) };
                    if life::try_retain(object) {
                        if slot.load(SeqCst) == word {
                            assert!(object.counts().total() > 0 && object.type_info().name == "node");
                        }
                        release(object);
                    }
                }
                life::leave(there);
            });
        }
        here.thread().detached(|| {
            while started.load(SeqCst) < readers {
                std::thread::yield_now();
            }
        });
        for _ in 0..turns {
            let thread = here.thread();
            life::poll(thread);
            let old = slot.swap(word::owned(make_shared(thread)), SeqCst);
            // SAFETY: the slot owned the count of its old word.
            unsafe { life::release_word(thread, old) };
        }
        end.store(true, SeqCst);
        here.thread().detached(|| ());
    });
    // SAFETY: the slot holds an owning word.
    release(unsafe { word::object(slot.load(SeqCst)) });
}

unsafe fn tell(_object: RawObject) {
    log("merge queue");
}

/// B-13: signals, then the merge queue, then a scheduled collection, each once.
#[test]
fn a_safepoint_works_in_order() {
    let hooks = Hooks { run_signals: |_| log("signals"), collect: |_| log("collection"), ..Hooks::none() };
    let mut here = Runtime::new(hooks).register();
    let thread = here.thread();
    let object = make(thread, finalized_type(tell), &[]);
    thread.runtime().pool().leave_orphan(object);
    thread.breaker.set(BreakerBits::GC_SCHEDULED | BreakerBits::ORPHANS | BreakerBits::SIGNAL);
    life::poll(thread);
    life::poll(thread);
    assert_eq!(take_log(), ["signals", "merge queue", "dropped", "collection"]);
    assert!(!thread.breaker.is_set());
}

/// B-18: what was queued while a thread was leaving is not lost.
#[test]
fn a_leaving_thread_drains_its_queue() {
    let mut here = alone();
    let runtime = Arc::clone(here.runtime());
    let object = make(here.thread(), node_type(), &[]);
    let turns = if cfg!(miri) { 5 } else { 200 };
    for _ in 0..turns {
        let given = AtomicU64::new(0);
        here.thread().detached(|| {
            std::thread::scope(|scope| {
                scope.spawn(|| {
                    let mut there = runtime.register();
                    let object = make(there.thread(), finalized_type(tell), &[]);
                    given.store(word::owned(object), SeqCst);
                    life::leave(there);
                });
                scope.spawn(|| {
                    let mut there = runtime.register();
                    while given.load(SeqCst) == 0 {
                        life::poll(there.thread());
                    }
                    // SAFETY: the other thread gave its reference away.
                    release(unsafe { word::object(given.load(SeqCst)) });
                    life::leave(there);
                });
            });
        });
        let thread = here.thread();
        life::poll(thread);
        // SAFETY: the word came from the slot above; the object's block may be free by now.
        let object = unsafe { word::object(given.load(SeqCst)) };
        assert!(object.type_ptr().is_null() || object.counts().total() == 0);
    }
    release(object);
}

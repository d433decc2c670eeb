//! Threads, pauses, critical sections, and the pages of ended threads.

use super::kit::{alone, elsewhere, make, node_type, release};
use crate::heap;
use crate::life;
use crate::object::{GcBits, RawObject};
use crate::sync::{Arc, AtomicBool, AtomicUsize, Ordering::SeqCst};
use crate::thread::{RunState, world};
use std::time::Duration;

fn count_objects(stopped: &impl heap::Stopped) -> usize {
    let mut count = 0;
    heap::for_each_page(stopped, |page| count += page.blocks().filter(|object| object.is_tracked()).count());
    count
}

/// B-48, B-49, B-50: a pause parks running threads at their safepoint and lets them go on afterwards.
#[test]
fn a_pause_parks_running_threads() {
    let mut here = alone();
    let runtime = Arc::clone(here.runtime());
    let (steps, end) = (AtomicUsize::new(0), AtomicBool::new(false));
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut there = runtime.register();
            while !end.load(SeqCst) {
                life::poll(there.thread());
                steps.fetch_add(1, SeqCst);
            }
            life::leave(there);
        });
        let thread = here.thread();
        while steps.load(SeqCst) < 10 {
            life::poll(thread);
        }
        for _ in 0..5 {
            let stopped = world::stop(thread);
            assert!(
                stopped
                    .threads()
                    .all(|other| other.id == stopped.thread().id || other.run_state() == RunState::Suspended)
            );
            let before = steps.load(SeqCst);
            std::thread::sleep(Duration::from_millis(2));
            assert_eq!(steps.load(SeqCst), before);
            stopped.resume();
            // B-55: the parked thread goes on before the next pause.
            let begun = std::time::Instant::now();
            while steps.load(SeqCst) == before && begun.elapsed() < Duration::from_secs(20) {
                std::thread::yield_now();
            }
            assert_ne!(steps.load(SeqCst), before);
        }
        end.store(true, SeqCst);
        here.thread().detached(|| ());
    });
}

/// B-35: a thread has the smallest index that no other has, so tables with an entry a thread stay as long as there are
/// threads at a time.
#[test]
fn threads_that_come_and_go_share_indices() {
    let mut here = alone();
    assert_eq!(here.thread().index, 0);
    for _ in 0..20 {
        let (first, second) =
            elsewhere(here.thread(), |there| (there.index, elsewhere(there, |third| third.index)));
        assert_eq!((first, second), (1, 2));
    }
    assert_eq!(here.runtime().qsbr.capacity(), 8);
    life::leave(here);
}

/// B-51: a detached thread does not delay a pause, and waits in attach until it is over.
#[test]
fn a_detached_thread_does_not_delay_a_pause() {
    let mut here = alone();
    let runtime = Arc::clone(here.runtime());
    let (asleep, wake, back) = (AtomicBool::new(false), AtomicBool::new(false), AtomicBool::new(false));
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut there = runtime.register();
            there.thread().detached(|| {
                asleep.store(true, SeqCst);
                while !wake.load(SeqCst) {
                    std::thread::yield_now();
                }
            });
            back.store(true, SeqCst);
            life::leave(there);
        });
        here.thread().detached(|| {
            while !asleep.load(SeqCst) {
                std::thread::yield_now()
            }
        });
        let stopped = world::stop(here.thread());
        wake.store(true, SeqCst);
        std::thread::sleep(Duration::from_millis(5));
        assert!(!back.load(SeqCst));
        stopped.resume();
        here.thread().detached(|| {
            while !back.load(SeqCst) {
                std::thread::yield_now()
            }
        });
    });
}

/// B-53: threads that stop the world at the same time take turns.
#[test]
fn stoppers_take_turns() {
    let mut here = alone();
    let runtime = Arc::clone(here.runtime());
    let (inside, turns) = (AtomicUsize::new(0), if cfg!(miri) { 3 } else { 100 });
    here.thread().detached(|| {
        std::thread::scope(|scope| {
            for _ in 0..3 {
                scope.spawn(|| {
                    let mut there = runtime.register();
                    for _ in 0..turns {
                        let stopped = world::stop(there.thread());
                        assert_eq!(inside.fetch_add(1, SeqCst), 0);
                        inside.fetch_sub(1, SeqCst);
                        stopped.resume();
                    }
                    life::leave(there);
                });
            }
        });
    });
}

/// B-56, B-57: sections exclude each other, also in pairs; a thread that waits gives its locks back.
#[test]
fn sections_exclude_each_other_without_deadlock() {
    let mut here = alone();
    let thread = here.thread();
    let (one, other) = (make(thread, node_type(), &[]), make(thread, node_type(), &[]));
    let runtime = Arc::clone(here.runtime());
    let (inside, turns) = (AtomicUsize::new(0), if cfg!(miri) { 5 } else { 500 });
    here.thread().detached(|| {
        std::thread::scope(|scope| {
            for order in 0..4 {
                let (runtime, inside) = (&runtime, &inside);
                scope.spawn(move || {
                    let mut there = runtime.register();
                    for _ in 0..turns {
                        let thread = there.thread();
                        let section = match order {
                            0 => thread.lock_pair(one, other),
                            1 => thread.lock_pair(other, one),
                            _ => thread.lock_object(one),
                        };
                        assert_eq!(inside.fetch_add(1, SeqCst), 0);
                        inside.fetch_sub(1, SeqCst);
                        drop(section);
                        life::poll(thread);
                    }
                    life::leave(there);
                });
            }
        });
    });
    assert!(!one.header().lock.is_held() && !other.header().lock.is_held());
    let thread = here.thread();
    drop(thread.lock_pair(one, one));
    release(one);
    release(other);
}

/// B-141: objects of an ended thread stay valid and visible, and its pages are used again.
#[test]
fn pages_of_ended_threads_are_visited_and_adopted() {
    let mut here = alone();
    let thread = here.thread();
    let (info, many) = (node_type(), if cfg!(miri) { 1000 } else { 5000 });
    let kept: Vec<RawObject> =
        elsewhere(thread, |thread| (0..many).map(|_| make(thread, info, &[])).collect());
    let abandoned = thread.runtime().pool().stats().abandoned;
    assert!(abandoned > 0);
    let stopped = world::stop(thread);
    assert_eq!(count_objects(&stopped), many);
    stopped.resume();
    let mine: Vec<RawObject> = (0..many).map(|_| make(thread, info, &[])).collect();
    assert!(thread.runtime().pool().stats().abandoned < abandoned);
    kept.into_iter().chain(mine).for_each(release);
    let stopped = world::stop(thread);
    life::drain_all_delayed(&stopped);
    assert_eq!(count_objects(&stopped), 0);
}

/// The visiting order is that of creation, page by page, and large objects are visited too.
#[test]
fn large_objects_are_visited_and_freed() {
    let mut here = alone();
    let thread = here.thread();
    let info = node_type();
    let small = make(thread, info, &[]);
    let large = make(thread, info, &vec![small; 5000]);
    (1..5000).for_each(|_| life::retain(small));
    let stopped = world::stop(thread);
    let mut seen = Vec::new();
    heap::for_each_page(&stopped, |page| seen.extend(page.blocks()));
    heap::prepare_marks(&stopped);
    let page = heap::Page::of(large);
    assert!(page.mark(large) && !page.mark(large) && page.is_marked(large));
    assert_eq!((page.marked_count(), page.used()), (1, 1));
    stopped.resume();
    assert_eq!(seen, [small, large]);
    let pages = thread.runtime().pool().stats().pages;
    release(large);
    assert_eq!(thread.runtime().pool().stats().pages, pages - 1);
}

/// The second thread makes every object one that others may find.
#[test]
fn the_second_thread_publishes_every_object() {
    let mut here = alone();
    let thread = here.thread();
    let object = make(thread, node_type(), &[]);
    assert!(!thread.is_multi());
    elsewhere(thread, |_| assert!(life::try_retain(object)));
    assert!(thread.is_multi() && object.has(GcBits::SHARED));
    release(object);
    release(object);
}

/// Sealed objects stay marked and are passed by; what is made later in their pages is not.
#[test]
fn sealed_objects_are_passed_by() {
    let mut here = alone();
    let thread = here.thread();
    let info = node_type();
    let [open, lasting, dropped] = [(); 3].map(|()| make(thread, info, &[]));
    life::make_immortal(lasting);
    let stopped = world::stop(thread);
    heap::clear_marks(&stopped);
    heap::Page::of(lasting).mark(lasting);
    heap::seal_marked(&stopped);
    stopped.resume();
    release(dropped);
    let later = [(); 2].map(|()| make(thread, info, &[]));
    let stopped = world::stop(thread);
    heap::prepare_marks(&stopped);
    let page = heap::Page::of(lasting);
    assert!(page.is_sealed(lasting) && page.is_marked(lasting) && !page.mark(lasting));
    assert!(!page.is_sealed(open) && !page.is_marked(open));
    assert_eq!((page.sealed_count(), page.marked_count()), (1, 1));
    let (mut all, mut unsealed) = (Vec::new(), Vec::new());
    heap::for_each_page(&stopped, |page| all.extend(page.blocks()));
    heap::for_each_page(&stopped, |page| unsealed.extend(page.unsealed_blocks()));
    stopped.resume();
    assert_eq!(all.len(), 4);
    all.retain(|&object| object != lasting);
    assert_eq!(unsealed, all);
    assert!(later.iter().all(|object| unsealed.contains(object)));
    [open, later[0], later[1]].into_iter().for_each(release);
}

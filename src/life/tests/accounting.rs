//! Counting allocations and the decision to collect.

use super::kit::{alone, elsewhere, make, node_type, release};
use crate::life;
use crate::object::{RawObject, TypeFlags, TypeInfo};
use crate::sync::Ordering::Relaxed;
use crate::thread::BreakerBits;

/// B-60, B-61, B-63: the counter moves in steps of 512, and the first collection is due at 2048.
#[test]
fn the_first_collection_is_due_at_2048() {
    let mut here = alone();
    let thread = here.thread();
    let info = node_type();
    let mut kept = Vec::new();
    while !thread.breaker.bits().contains(BreakerBits::GC_SCHEDULED) {
        let before = thread.runtime().gc.counts[0].load(Relaxed);
        assert_eq!(before, kept.len() as i64 / 512 * 512);
        kept.push(make(thread, info, &[]));
    }
    assert_eq!(kept.len(), 2048);
    kept.into_iter().for_each(release);
}

/// B-60: objects that are no containers do not count.
#[test]
fn only_containers_count() {
    let mut here = alone();
    let thread = here.thread();
    let info: &TypeInfo = Box::leak(Box::new(TypeInfo::new("atom", 32, TypeFlags::PAYLOAD_OWNS_NOTHING)));
    // SAFETY: the type is never freed and has no payload.
    let atoms: Vec<RawObject> = (0..600).map(|_| unsafe { life::allocate(thread, info, 32, 0) }).collect();
    assert_eq!(thread.balance(), 0);
    atoms.into_iter().for_each(release);
}

/// B-67, B-142: flushing makes the counter exact; a thread that ends hands its balance over.
#[test]
fn an_ending_thread_hands_its_balance_over() {
    let mut here = alone();
    let thread = here.thread();
    let info = node_type();
    let kept: Vec<RawObject> = (0..5).map(|_| make(thread, info, &[])).collect();
    life::flush_balance(thread);
    assert_eq!(thread.runtime().gc.counts[0].load(Relaxed), 5);
    let theirs = elsewhere(thread, |thread| (0..7).map(|_| make(thread, info, &[])).collect::<Vec<_>>());
    assert_eq!(thread.runtime().gc.counts[0].load(Relaxed), 12);
    kept.into_iter().chain(theirs).for_each(release);
}

/// B-33: instances of a class with an id are counted in the thread's own table.
#[test]
fn instances_count_their_class_per_thread() {
    let mut here = alone();
    let thread = here.thread();
    let class = make(thread, node_type(), &[]);
    let id = thread.runtime().unique_ids.assign(class);
    let info = node_type();
    info.count_id.store(id, Relaxed);
    info.set_flags(TypeFlags::COUNTS_CLASS);
    let before = class.counts().total();
    let instances = [make(thread, info, &[]), make(thread, info, &[])];
    assert_eq!((thread.counts.get(id), class.counts().total()), (2, before));
    release(instances[0]);
    assert_eq!(thread.counts.get(id), 1);
    // B-34: folding keeps the total.
    let stopped = crate::thread::world::stop(thread);
    crate::thread::merge_per_thread_counts(&stopped);
    stopped.resume();
    assert_eq!((thread.counts.get(id), class.counts().total()), (0, before + 1));
    release(instances[1]);
    assert_eq!(thread.counts.get(id), -1);
}

//! Frees that wait until no thread can still be reading the memory (B-43 to B-47).
//!
//! Each thread has a queue, oldest first. The clock advances once 127 entries or 1 MiB have gathered; until
//! then entries share the goal of the next advance. While the runtime has one thread nothing waits.

use super::count::release_with;
use crate::object::RawObject;
use crate::sync::Ordering::Relaxed;
use crate::thread::{BreakerBits, Delayed, DelayedWork, ThreadState, WorldStopped, forget_sharing};
use std::ptr::NonNull;

/// How many entries of a queue make the clock advance.
const ENTRIES: usize = 127;
/// How many bytes in a queue make the clock advance.
const BYTES: usize = 1 << 20;

/// Frees a buffer once no thread can still be reading it; at once if there is only this thread.
///
/// # Safety
/// The buffer is unlinked: no new reader can find it. `free(memory, bytes)` frees it from any thread.
pub unsafe fn free_later(
    thread: &ThreadState,
    memory: NonNull<u8>,
    free: unsafe fn(NonNull<u8>, usize),
    bytes: usize,
) {
    if thread.is_multi() {
        delay(thread, DelayedWork::Memory(memory, free, bytes), bytes);
    } else {
        // SAFETY: the caller unlinked the buffer and nobody else runs.
        unsafe { free(memory, bytes) };
    }
}

/// Frees the block of an object that is gone, once no thread can still be reading its header.
#[cold]
#[inline(never)]
pub(super) fn free_block_later(thread: &ThreadState, block: NonNull<u8>) {
    // SAFETY: `destroy::free_block`, the only caller, passes the block of an object, and all objects are in blocks of
    // a heap.
    let bytes = unsafe { crate::heap::Page::of_block(block) }.block_bytes();
    delay(thread, DelayedWork::Block(block), bytes);
}

/// Releases a reference once no thread can still be reading the slot it came from.
pub fn release_after_grace(thread: &ThreadState, object: RawObject) {
    if thread.is_multi() {
        delay(thread, DelayedWork::Release(object), 0);
    } else {
        release_with(thread, object);
    }
}

fn delay(thread: &ThreadState, work: DelayedWork, bytes: usize) {
    let runtime = thread.runtime();
    runtime.events.delayed_frees.fetch_add(1, Relaxed);
    let (entries, pending) = thread.undated.get();
    let (entries, pending) = (entries + 1, pending + bytes);
    let due = entries >= ENTRIES || pending >= BYTES;
    let goal = if due { runtime.qsbr.advance() } else { runtime.qsbr.next() };
    thread.delayed.borrow_mut().push_back(Delayed { goal, work });
    thread.undated.set(if due { (0, 0) } else { (entries, pending) });
    if due {
        // Everybody has to report before the goal is reached; asking makes that a matter of one safepoint.
        runtime.world.for_each_thread(|thread| thread.breaker.set(BreakerBits::DELAYED_FREE));
    }
}

/// Frees the entries whose goal is reached, oldest first, and stops at the first whose goal is not (B-44).
pub fn process_delayed(thread: &ThreadState) {
    let runtime = thread.runtime();
    loop {
        let Some(goal) = thread.delayed.borrow().front().map(|delayed| delayed.goal) else { return };
        if !runtime.qsbr.poll(goal) {
            return;
        }
        let delayed = thread.delayed.borrow_mut().pop_front();
        run(thread, delayed.expect("only this thread takes entries").work);
    }
}

fn run(thread: &ThreadState, work: DelayedWork) {
    match work {
        // SAFETY: only `free_block_later` queues this: the object is gone, and its grace period is over or no other
        // thread runs.
        DelayedWork::Block(block) => unsafe { thread.heap.free(block) },
        // SAFETY: only `free_later` queues this, whose caller promised that no new reader finds the buffer and that
        // `free` frees it. The grace period is over or no other thread runs, so no old reader is left.
        DelayedWork::Memory(memory, free, bytes) => unsafe { free(memory, bytes) },
        DelayedWork::Release(object) => release_with(thread, object),
    }
}

/// Frees everything that waits on any thread, and what ended threads left behind (B-45, B-46).
///
/// With the world stopped every goal counts as reached. If only one thread is left, it may stop sharing.
/// References to release become orphans, which the caller releases with `release_orphans` once the world runs.
pub fn drain_all_delayed(stopped: &WorldStopped<'_>) {
    let runtime = stopped.runtime();
    runtime.qsbr.advance();
    stopped.thread().quiescent();
    let mut entries: Vec<Delayed> = std::mem::take(&mut *runtime.abandoned_delayed.lock());
    for thread in stopped.threads() {
        entries.extend(thread.delayed.borrow_mut().drain(..));
        thread.undated.set((0, 0));
    }
    for delayed in entries {
        match delayed.work {
            DelayedWork::Release(object) => runtime.pool().leave_orphan(object),
            work @ (DelayedWork::Block(_) | DelayedWork::Memory(..)) => run(stopped.thread(), work),
        }
    }
    forget_sharing(stopped);
}

/// Frees everything that waits, on whichever thread it was queued. Allowed only while no other thread is
/// registered.
pub fn process_all(thread: &ThreadState) {
    debug_assert!(thread.runtime().world.thread_count() <= 1, "other threads may be reading");
    let abandoned = std::mem::take(&mut *thread.runtime().abandoned_delayed.lock());
    let own = std::mem::take(&mut *thread.delayed.borrow_mut());
    for delayed in abandoned.into_iter().chain(own) {
        run(thread, delayed.work);
    }
}

//! A thread's membership in a runtime, from registering to leaving.
//!
//! Leaving, in this order: the upper floors have dropped what they hold, the merge queue is drained until it is empty
//! (B-18), private counts and the allocation balance are handed over (B-34, B-142), delayed frees are left to others
//! (B-46), pages are abandoned (B-141). `life::leave` does the parts that may destroy objects, then drops this.

use super::{Runtime, Thread, ThreadState, WorldStopped, current, world};
use crate::heap;
use crate::object::GcBits;
use crate::sync::Arc;
use std::ptr::NonNull;

/// Keeps the running OS thread registered and attached; dropping it leaves the runtime.
pub struct Registration {
    thread: Thread,
    previous: *const ThreadState,
    runtime: Arc<Runtime>,
}

pub(super) fn register(runtime: &Arc<Runtime>) -> Registration {
    let id = runtime.new_thread_id();
    let state = NonNull::from(Box::leak(Box::new(ThreadState::new(runtime, id, false))));
    // SAFETY: the state is the running thread's from here on, and this is its only handle.
    let mut thread = unsafe { Thread::from_state(state) };
    runtime.merge_queues.add(&thread);
    let others = runtime.world.add(&thread);
    thread.attach();
    let previous = current::replace(state.as_ptr());
    if others && runtime.is_multi() {
        thread.set_multi(true);
    } else if others {
        let stopped = world::stop(&mut thread);
        share_everything(&stopped);
    }
    Registration { thread, previous, runtime: Arc::clone(runtime) }
}

/// Switches a runtime from one thread to several. Every thread learns of it while parked, and every object is
/// published, since others may now find it without a lock (B-10).
///
/// That is why a program of one thread need not publish objects one by one.
fn share_everything(stopped: &WorldStopped<'_>) {
    stopped.runtime().set_multi(true);
    stopped.threads().for_each(|thread| thread.set_multi(true));
    heap::for_each_page(stopped, |page| {
        for object in page.blocks() {
            if !object.is_immortal() {
                object.counts().publish();
            }
            object.store_bits(object.bits() | GcBits::SHARED);
        }
    });
}

/// Switches a runtime whose other threads have ended back to one thread.
///
/// Nothing may be waiting for a grace period, because a single thread does not check for their ends.
pub fn forget_sharing(stopped: &WorldStopped<'_>) {
    let thread = stopped.thread();
    if thread.is_multi() && stopped.threads().count() == 1 && thread.delayed.borrow().is_empty() {
        stopped.runtime().set_multi(false);
        thread.set_multi(false);
    }
}

impl Registration {
    /// Returns the registered thread.
    pub fn thread(&mut self) -> &mut Thread {
        &mut self.thread
    }
    /// Returns the runtime.
    pub fn runtime(&self) -> &Arc<Runtime> {
        &self.runtime
    }

    /// Leaves the merge queues if this thread's queue is empty. Otherwise returns the queued objects, which the
    /// caller must release before trying again (B-18).
    pub fn leave_merge_queue(&mut self) -> Result<(), Vec<crate::object::RawObject>> {
        self.runtime.merge_queues.remove_if_empty(self.thread.id)
    }
}

impl Drop for Registration {
    fn drop(&mut self) {
        let thread = &*self.thread;
        let runtime = &*self.runtime;
        assert!(std::ptr::eq(current::current_ptr(), thread), "a registration is dropped on its own thread");
        // Leaving twice is harmless: after `life::leave` the queue is empty and the thread not listed.
        runtime.merge_queues.forget(thread.id);
        super::per_thread_counts::fold(thread);
        runtime.gc.add_balance(thread.take_balance());
        runtime.abandoned_delayed.lock().extend(thread.delayed.borrow_mut().drain(..));
        thread.heap.abandon();
        thread.detach();
        runtime.qsbr.unregister(thread.qsbr());
        runtime.free_thread_index(thread.index);
        current::replace(self.previous);
        runtime.world.remove(thread);
        // SAFETY: made by `Box::leak` in `register`; nobody can find the state any more.
        drop(unsafe { Box::from_raw(self.thread.state_ptr().as_ptr()) });
    }
}

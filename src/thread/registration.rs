//! A thread's membership in a runtime, from registering to leaving.
//!
//! Leaving, in this order: the upper floors have dropped what they hold, the merge queue is drained until it is empty (B-18), private
//! counts and the allocation balance are handed over (B-34, B-142), delayed frees are left to others (B-46),
//! pages are abandoned (B-141). `life::leave` does the parts that may destroy objects, then drops this.

use super::{Runtime, Thread, ThreadState, current, world};
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
    if others {
        // Every thread learns, while parked, that it is no longer alone.
        let stopped = world::stop(&mut thread);
        stopped.threads().for_each(|thread| thread.set_multi(true));
    }
    Registration { thread, previous, runtime: Arc::clone(runtime) }
}

impl Registration {
    /// Returns the thread.
    pub fn thread(&mut self) -> &mut Thread {
        &mut self.thread
    }
    /// Returns the runtime.
    pub fn runtime(&self) -> &Arc<Runtime> {
        &self.runtime
    }

    /// Tries to leave the merge queues; what is still queued comes back and is to be released first (B-18).
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
        thread.counts.drain(|id, count| {
            if let Some(object) = runtime.unique_ids.lookup(id) {
                object.counts().add_shared(count);
            }
        });
        runtime.gc.add_balance(thread.balance.replace(0));
        runtime.abandoned_delayed.lock().extend(thread.delayed.borrow_mut().drain(..));
        thread.heap.abandon();
        thread.detach();
        runtime.qsbr.unregister(thread.qsbr());
        current::replace(self.previous);
        runtime.world.remove(thread);
        // SAFETY: made by `Box::leak` in `register`; nobody can find the state any more.
        drop(unsafe { Box::from_raw(self.thread.state_ptr().as_ptr()) });
    }
}

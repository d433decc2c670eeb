//! Everything the threads of one program share. A test may make several.
//!
//! The runtime owns the heap's pool, so it must outlive every object; each `Registration` keeps it alive.

use super::{
    Alarm, Delayed, GcSettings, Hooks, IndexPool, MergeQueues, Parking, Qsbr, Registration, UniqueIds, World,
    registration,
};
use crate::heap::Pool;
use crate::object::WeakTable;
use crate::sync::{Arc, AtomicBool, AtomicU32, AtomicU64, Mutex, Ordering, Weak};

/// The shared state of one program.
pub struct Runtime {
    /// Threads and pauses.
    pub world: World,
    /// Grace periods.
    pub qsbr: Qsbr,
    /// Queues of objects to merge.
    pub merge_queues: MergeQueues,
    /// Ids of objects that are counted per thread.
    pub unique_ids: UniqueIds,
    /// The weak references to each object.
    pub weak: WeakTable,
    /// The collector's switches and counters.
    pub gc: GcSettings,
    /// Wakes threads that wait for files.
    pub alarm: Alarm,
    /// Counters for introspection.
    pub events: Events,
    /// Delayed frees of threads that have ended (B-46).
    pub abandoned_delayed: Mutex<Vec<Delayed>>,
    pub(super) parking: Parking,
    pub(super) pool: Pool,
    hooks: Hooks,
    next_thread: AtomicU32,
    thread_indices: Mutex<IndexPool>,
    multi: AtomicBool,
    this: Weak<Runtime>,
}

/// How often the rarer things happened.
#[derive(Debug, Default)]
pub struct Events {
    /// References handed to another thread's queue.
    pub merge_queued: AtomicU64,
    /// References drained from queues.
    pub merge_drained: AtomicU64,
    /// References whose object was merged by the thread that dropped them, because the owner could not run.
    pub merged_by_dropper: AtomicU64,
    /// Frees that waited for a grace period.
    pub delayed_frees: AtomicU64,
}

impl Runtime {
    /// Makes a runtime without threads.
    pub fn new(hooks: Hooks) -> Arc<Runtime> {
        Arc::new_cyclic(|this| Runtime {
            world: World::default(),
            qsbr: Qsbr::default(),
            merge_queues: MergeQueues::default(),
            unique_ids: UniqueIds::default(),
            weak: WeakTable::default(),
            gc: GcSettings::default(),
            alarm: Alarm::default(),
            events: Events::default(),
            abandoned_delayed: Mutex::default(),
            parking: Parking::default(),
            pool: Pool::default(),
            hooks,
            next_thread: AtomicU32::new(1),
            thread_indices: Mutex::default(),
            multi: AtomicBool::new(false),
            this: this.clone(),
        })
    }

    /// Returns an owning handle, for a thread that is about to start.
    pub fn to_arc(&self) -> Arc<Runtime> {
        self.this.upgrade().expect("a runtime that is in use is owned")
    }

    /// Registers the running OS thread and attaches it, until the result is dropped on the same thread.
    pub fn register(self: &Arc<Self>) -> Registration {
        registration::register(self)
    }

    /// Returns the functions of the floors above.
    #[inline]
    pub fn hooks(&self) -> &Hooks {
        &self.hooks
    }
    /// Returns the part of the heap that all threads share.
    pub fn pool(&self) -> &Pool {
        &self.pool
    }

    /// Tells whether several threads may touch objects. Changes only while the world is stopped.
    pub(super) fn is_multi(&self) -> bool {
        self.multi.load(Ordering::Relaxed)
    }
    pub(super) fn set_multi(&self, multi: bool) {
        self.multi.store(multi, Ordering::Relaxed);
    }

    /// Takes the next thread id; ids are never reused (D-3).
    pub(super) fn new_thread_id(&self) -> u32 {
        let id = self.next_thread.fetch_add(1, Ordering::Relaxed);
        assert!(id != u32::MAX, "4 billion threads have been started");
        id
    }

    /// Takes the smallest index that no thread has (B-35), for tables with an entry for each thread.
    pub(super) fn take_thread_index(&self) -> u32 {
        self.thread_indices.lock().allocate().expect("the system has memory for one more thread")
    }
    /// Gives back the index of a thread that has left all such tables.
    pub(super) fn free_thread_index(&self, index: u32) {
        self.thread_indices.lock().free(index);
    }
}

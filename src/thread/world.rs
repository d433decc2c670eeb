//! Who runs, who waits, and how one thread stops all others.
//!
//! ```text
//!            attach                    park at a safepoint
//! DETACHED ─────────▶ ATTACHED ───────────────────────────▶ SUSPENDED
//!    ▲  ◀───────────     detach                                 │
//!    │ ╲_____________ the stopper suspends detached ones ______▶│
//!    └───────────────────── resume ─────────────────────────────┘
//! ```
//! Invariant: only an attached thread touches objects, and while a `WorldStopped` exists the one that holds
//! it is the only attached one. Changes to and from SUSPENDED happen under the mutex. Rules B-48 to B-56.

use super::{BreakerBits, RunState, Runtime, Thread, ThreadState};
use crate::heap::{Pool, Stopped, ThreadHeap};
use crate::sync::{Condvar, Mutex, MutexGuard};
use std::marker::PhantomData;
use std::ptr::NonNull;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

/// How often a stopper looks again whether everybody has parked (B-49).
const RESCAN: Duration = Duration::from_millis(1);
/// How long a stopper waits for those the last pause kept from attaching (B-55).
const PATIENCE: Duration = Duration::from_millis(20);

/// The threads of a runtime and the pause protocol between them.
#[derive(Default)]
pub struct World {
    state: Mutex<WorldState>,
    /// Woken when a thread parks, detaches its claim or ends.
    progress: Condvar,
    /// Woken when suspended threads may go on.
    resumed: Condvar,
}

#[derive(Default)]
struct WorldState {
    /// All registered threads in creation order.
    threads: Vec<ThreadPtr>,
    /// Id of the thread that stops or has stopped the world, 0 if none.
    stopper: u32,
    /// Threads waiting to go on.
    waiting: usize,
    /// Of those, how many the next pause has to wait for (B-55, D-35).
    owed: usize,
    /// Whether the runtime is closing: nobody attaches any more.
    closing: bool,
}

#[derive(Clone, Copy, PartialEq)]
struct ThreadPtr(NonNull<ThreadState>);

// SAFETY: used under the world's mutex; a state is unlisted before it is freed.
unsafe impl Send for ThreadPtr {}

impl ThreadPtr {
    fn get<'a>(self) -> &'a ThreadState {
        // SAFETY: listed states are alive, and callers hold the mutex that unlisting takes.
        unsafe { self.0.as_ref() }
    }
}

impl World {
    /// Lists a new thread; true if others are listed already.
    pub(super) fn add(&self, thread: &ThreadState) -> bool {
        let mut world = self.state.lock();
        if world.stopper != 0 {
            // Born during a pause: it waits like everybody else (B-50).
            thread.change_state(RunState::Detached, RunState::Suspended);
        }
        world.threads.push(ThreadPtr(NonNull::from(thread)));
        world.threads.len() > 1
    }

    /// Unlists a thread that ends.
    pub(super) fn remove(&self, thread: &ThreadState) {
        let mut world = self.state.lock();
        world.threads.retain(|&listed| !std::ptr::eq(listed.get(), thread));
        // A stopper may be waiting for us: an ended thread counts as stopped (B-50).
        self.progress.notify_all();
    }

    /// Calls `see` with every thread, whatever it is doing; only its atomics may be used.
    pub fn for_each_thread(&self, mut see: impl FnMut(&ThreadState)) {
        for thread in &self.state.lock().threads {
            see(thread.get());
        }
    }

    /// Returns how many threads are registered.
    pub fn thread_count(&self) -> usize {
        self.state.lock().threads.len()
    }

    /// Lets no other thread attach from here on; those that try sleep for ever.
    pub fn close(&self) {
        self.state.lock().closing = true;
    }

    /// Keeps a detached thread from attaching for as long as the result lives (B-19).
    pub(super) fn hold_detached<'w>(&'w self, thread: &'w ThreadState) -> Option<HeldThread<'w>> {
        let world = self.state.lock();
        let held = thread.change_state(RunState::Detached, RunState::Suspended);
        held.then_some(HeldThread { thread, _world: world })
    }

    /// Makes the thread attached, waiting while it is suspended.
    fn attach(&self, thread: &ThreadState) {
        if !thread.change_state(RunState::Detached, RunState::Attached) {
            self.wait_attached(self.state.lock(), thread);
        }
        let runtime = thread.runtime();
        runtime.qsbr.attach(thread.qsbr());
        thread.retake_section();
    }

    /// Waits until the thread, which is detached or suspended, has become attached.
    fn wait_attached(&self, mut world: MutexGuard<'_, WorldState>, thread: &ThreadState) {
        world.waiting += 1;
        while world.closing || !thread.change_state(RunState::Detached, RunState::Attached) {
            self.resumed.wait(&mut world);
        }
        world.waiting -= 1;
        world.owed = world.owed.saturating_sub(1);
        if world.owed == 0 {
            self.progress.notify_all();
        }
    }

    /// Makes the thread detached.
    fn detach(&self, thread: &ThreadState) {
        thread.release_sections();
        let runtime = thread.runtime();
        runtime.qsbr.detach(thread.qsbr());
        let was_attached = thread.change_state(RunState::Attached, RunState::Detached);
        debug_assert!(was_attached, "only an attached thread detaches");
        if thread.breaker.bits().contains(BreakerBits::PLEASE_STOP) {
            // The lock orders us against the stopper between its scan and its wait.
            drop(self.state.lock());
            self.progress.notify_all();
        }
    }

    /// Parks the attached thread while somebody else wants the world to stop.
    fn park(&self, thread: &ThreadState) {
        let world = self.state.lock();
        if world.stopper == 0 || world.stopper == thread.id {
            thread.breaker.take(BreakerBits::PLEASE_STOP);
            return;
        }
        self.suspend_and_wait(world, thread);
    }

    fn suspend_and_wait(&self, world: MutexGuard<'_, WorldState>, thread: &ThreadState) {
        thread.release_sections();
        let runtime = thread.runtime();
        runtime.qsbr.detach(thread.qsbr());
        thread.change_state(RunState::Attached, RunState::Suspended);
        self.progress.notify_all();
        self.wait_attached(world, thread);
        runtime.qsbr.attach(thread.qsbr());
        thread.retake_section();
    }

    /// Stops every thread but this one, and returns them all.
    fn stop_others(&self, thread: &ThreadState) -> Vec<NonNull<ThreadState>> {
        let mut world = self.state.lock();
        loop {
            if world.stopper != 0 {
                // Somebody else was first: park, or it would wait for us for ever (B-53).
                self.suspend_and_wait(world, thread);
                world = self.state.lock();
            } else if world.owed > 0 {
                // Those the last pause held back go first, or two pauses in a row starve them (B-55).
                if self.progress.wait_for(&mut world, PATIENCE).timed_out() {
                    world.owed = 0;
                }
            } else {
                break;
            }
        }
        world.stopper = thread.id;
        while !world.suspend_others(thread) {
            self.progress.wait_for(&mut world, RESCAN);
        }
        thread.runtime().gc.pauses.fetch_add(1, Relaxed);
        world.threads.iter().map(|thread| thread.0).collect()
    }

    fn resume_others(&self) {
        let mut world = self.state.lock();
        for thread in &world.threads {
            thread.get().breaker.take(BreakerBits::PLEASE_STOP);
            thread.get().change_state(RunState::Suspended, RunState::Detached);
        }
        world.stopper = 0;
        world.owed = world.waiting;
        self.resumed.notify_all();
        // A competing stopper may be waiting for its turn without being suspended.
        self.progress.notify_all();
    }
}

impl WorldState {
    /// Suspends whoever is detached, asks whoever runs; true if nobody runs any more (B-49).
    fn suspend_others(&self, me: &ThreadState) -> bool {
        let mut all = true;
        for thread in self.threads.iter().map(|thread| thread.get()).filter(|thread| thread.id != me.id) {
            thread.change_state(RunState::Detached, RunState::Suspended);
            if thread.run_state() != RunState::Suspended {
                thread.breaker.set(BreakerBits::PLEASE_STOP);
                all = false;
            }
        }
        all
    }
}

/// A detached thread that cannot attach for the moment.
pub(super) struct HeldThread<'w> {
    thread: &'w ThreadState,
    _world: MutexGuard<'w, WorldState>,
}

impl Drop for HeldThread<'_> {
    fn drop(&mut self) {
        // Whoever tries to attach meanwhile waits for the mutex, which is given back after this.
        self.thread.change_state(RunState::Suspended, RunState::Detached);
    }
}

/// Proof that every other thread is parked. Only `stop` makes one.
///
/// It borrows the calling thread, so nothing that needs a running thread compiles meanwhile:
/// ```compile_fail
/// use minivm::thread::{Thread, world};
/// fn run_script(_thread: &mut Thread) {}
/// fn too_early(thread: &mut Thread) {
///     let stopped = world::stop(thread);
///     run_script(thread);
///     stopped.resume();
/// }
/// ```
pub struct WorldStopped<'thread> {
    thread: &'thread mut Thread,
    threads: Vec<NonNull<ThreadState>>,
    _here: PhantomData<*const ()>,
}

/// Stops the world: when it returns, every other thread is parked or detached for good until `resume`.
pub fn stop(thread: &mut Thread) -> WorldStopped<'_> {
    let threads = thread.runtime().world.stop_others(thread);
    WorldStopped { thread, threads, _here: PhantomData }
}

impl WorldStopped<'_> {
    /// Lets the world go on.
    pub fn resume(self) {}

    /// Returns the thread that stopped the world.
    pub fn thread(&self) -> &ThreadState {
        self.thread
    }
    /// Returns the runtime.
    pub fn runtime(&self) -> &Runtime {
        self.thread.runtime()
    }
    /// Returns every thread of the runtime, the stopping one included, in creation order.
    pub fn threads(&self) -> impl Iterator<Item = &ThreadState> {
        // SAFETY: a stopped thread cannot end, so its state lives as long as the pause.
        self.threads.iter().map(|thread| unsafe { thread.as_ref() })
    }
    /// Shows every live word of a thread's frames, deferred ones included (B-24).
    pub fn visit_stack(&self, thread: &ThreadState, see: &mut dyn FnMut(u64)) {
        // SAFETY: the world is stopped, so the thread published its frames and does not touch them.
        unsafe { (self.runtime().hooks().visit_stack)(thread, see) }
    }
}

// SAFETY: the other threads are parked, and this one cannot allocate while the proof borrows it.
unsafe impl Stopped for WorldStopped<'_> {
    fn pool(&self) -> &Pool {
        self.runtime().pool()
    }
    fn for_each_heap(&self, see: &mut dyn FnMut(&ThreadHeap)) {
        self.threads().for_each(|thread| see(&thread.heap));
    }
}

impl Drop for WorldStopped<'_> {
    fn drop(&mut self) {
        self.thread.runtime().world.resume_others();
    }
}

impl Thread {
    /// Runs something that touches no object, such as a blocking call; pauses do not wait for it (B-51).
    pub fn detached<R>(&mut self, run: impl FnOnce() -> R) -> R {
        /// Attaches again even if the blocking call panics.
        struct Attach<'t>(&'t ThreadState);
        impl Drop for Attach<'_> {
            fn drop(&mut self) {
                self.0.runtime().world.attach(self.0);
            }
        }
        self.runtime().world.detach(self);
        let _attach = Attach(self);
        run()
    }

    /// Parks if another thread wants the world to stop; part of every safepoint.
    pub fn park_if_asked(&mut self) {
        if self.breaker.bits().contains(BreakerBits::PLEASE_STOP) {
            self.runtime().world.park(self);
        }
    }
}

impl ThreadState {
    pub(super) fn attach(&self) {
        self.runtime().world.attach(self);
    }
    pub(super) fn detach(&self) {
        self.runtime().world.detach(self);
    }
}

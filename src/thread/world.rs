//! The world: the pause protocol applied to threads, and the proof that it is stopped.
//!
//! What goes with a change of state is done here: an attached thread takes part in grace periods and may
//! hold byte locks, any other thread does neither. The protocol itself is `pause`'s.
//! Invariant: only an attached thread touches objects, and while a `WorldStopped` exists the one that holds
//! it is the only attached one.

use super::pause::{HeldDetached, Member, Pause, RunCell};
use super::{BreakerBits, Runtime, Thread, ThreadState};
use crate::heap::{Pool, Stopped, ThreadHeap};
use crate::sync::Ordering::Relaxed;
use std::marker::PhantomData;
use std::ptr::NonNull;

/// The threads of a runtime.
#[derive(Default)]
pub struct World {
    pause: Pause<ThreadPtr>,
}

/// The address of a registered thread.
#[derive(Clone, Copy)]
pub(super) struct ThreadPtr(NonNull<ThreadState>);

// SAFETY: listed states are alive, and others use their atomics only, or their cells in a pause.
unsafe impl Send for ThreadPtr {}

impl ThreadPtr {
    pub(super) fn new(thread: &ThreadState) -> Self {
        ThreadPtr(NonNull::from(thread))
    }
    pub(super) fn get<'a>(self) -> &'a ThreadState {
        // SAFETY: a state is unlisted, under the mutex of the list, before it is freed.
        unsafe { self.0.as_ref() }
    }
}

impl Member for ThreadPtr {
    fn run(&self) -> &RunCell {
        &self.get().run
    }
    fn id(&self) -> u32 {
        self.get().id
    }
    fn ask_to_stop(&self) {
        self.get().breaker.set(BreakerBits::PLEASE_STOP);
    }
    fn stop_asking(&self) {
        self.get().breaker.take(BreakerBits::PLEASE_STOP);
    }
    fn is_asked(&self) -> bool {
        self.get().breaker.bits().contains(BreakerBits::PLEASE_STOP)
    }
}

impl World {
    /// Registers a thread; true if others are registered already.
    pub(super) fn add(&self, thread: &ThreadState) -> bool {
        self.pause.add(ThreadPtr::new(thread))
    }
    /// Removes a detached thread that ends. When it returns no other thread uses its state.
    pub(super) fn remove(&self, thread: &ThreadState) {
        self.pause.remove(thread.id);
    }
    /// Calls `see` with every thread, whatever it is doing; `see` may use its atomics only.
    pub fn for_each_thread(&self, mut see: impl FnMut(&ThreadState)) {
        self.pause.for_each(|thread| see(thread.get()));
    }
    /// Returns how many threads are registered.
    pub fn thread_count(&self) -> usize {
        let mut count = 0;
        self.pause.for_each(|_| count += 1);
        count
    }
    /// Lets no other thread attach any more; threads that try sleep for ever.
    pub fn close(&self) {
        self.pause.close();
    }
    /// Keeps a detached thread from attaching for as long as the result lives (B-19).
    pub(super) fn hold_detached<'w>(&'w self, thread: &'w ThreadPtr) -> Option<HeldDetached<'w, ThreadPtr>> {
        self.pause.hold_detached(thread)
    }

    /// Stops every thread but this one, and returns them all.
    fn stop_others(&self, thread: &ThreadState) -> Vec<ThreadPtr> {
        loop {
            if let Some(threads) = self.pause.try_stop(&ThreadPtr::new(thread)) {
                thread.runtime().gc.pauses.fetch_add(1, Relaxed);
                return threads;
            }
            thread.park();
        }
    }
}

impl ThreadState {
    /// Attaches the thread, after waiting for the end of a pause.
    /// Takes back the locks of the innermost section.
    pub(super) fn attach(&self) {
        self.attach_without_section();
        self.retake_section();
    }

    /// Attaches the thread, after waiting for the end of a pause.
    pub(super) fn attach_without_section(&self) {
        self.runtime().world.pause.attach(&ThreadPtr::new(self));
        self.runtime().qsbr.attach(self.qsbr());
    }

    /// Detaches the thread.
    pub(super) fn detach(&self) {
        self.release_sections();
        self.runtime().qsbr.detach(self.qsbr());
        self.runtime().world.pause.detach(&ThreadPtr::new(self));
    }

    /// Waits for the end of a pause if another thread has asked for one; the thread is attached again on
    /// return.
    fn park(&self) {
        self.release_sections();
        self.runtime().qsbr.detach(self.qsbr());
        self.runtime().world.pause.park(&ThreadPtr::new(self));
        self.runtime().qsbr.attach(self.qsbr());
        self.retake_section();
    }
}

/// Proof that every other thread is parked. Only `stop` makes one.
///
/// It borrows the calling thread, so nothing that needs a running thread compiles meanwhile:
/// ```compile_fail,E0499
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
    threads: Vec<ThreadPtr>,
    _here: PhantomData<*const ()>,
}

/// Stops the world. When it returns every other thread is parked or detached, and stays so until `resume`.
pub fn stop(thread: &mut Thread) -> WorldStopped<'_> {
    let threads = thread.runtime().world.stop_others(thread);
    WorldStopped { thread, threads, _here: PhantomData }
}

impl WorldStopped<'_> {
    /// Ends the pause.
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
        // A stopped thread cannot end, so its state lives as long as the pause.
        self.threads.iter().map(|thread| thread.get())
    }
    /// Calls `see` with every live word of a thread's frames, deferred ones included (B-24).
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
        self.thread.runtime().world.pause.resume(std::mem::take(&mut self.threads));
    }
}

impl Thread {
    /// Runs `run`, which touches no object, with the thread detached.
    /// So pauses need not wait for a blocking call (B-51).
    pub fn detached<R>(&mut self, run: impl FnOnce() -> R) -> R {
        /// Attaches again even if the blocking call panics.
        struct Attach<'t>(&'t ThreadState);
        impl Drop for Attach<'_> {
            fn drop(&mut self) {
                self.0.attach();
            }
        }
        self.detach();
        let _attach = Attach(self);
        run()
    }

    /// Parks if another thread wants the world to stop; part of every safepoint.
    pub fn park_if_asked(&mut self) {
        if self.breaker.bits().contains(BreakerBits::PLEASE_STOP) {
            self.park();
        }
    }
}

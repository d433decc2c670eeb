//! One thread of the runtime: everything that it can use without synchronising with others.
//!
//! What is used most often comes first. Invariant: only the thread itself touches the cells, except in a pause,
//! when the stopper may; other threads use the breaker, the run state and nothing else. `Thread` is the handle
//! that native functions get; since they borrow it exclusively, a pause excludes them (see `world`).

use super::pause::{RunCell, RunState};
use super::{Breaker, FrameHead, PerThreadCounts, Place, QsbrSlot, Runtime};
use crate::heap::ThreadHeap;
use crate::memory::{Chunks, Queue};
use crate::object::RawObject;
use crate::sync::{Arc, AtomicBool, Ordering};
use std::cell::{Cell, RefCell, UnsafeCell};
use std::collections::VecDeque;
use std::marker::PhantomData;
use std::ops::Deref;
use std::ptr::{NonNull, null_mut};

/// One thread's state.
#[repr(C)]
pub struct ThreadState {
    /// Reasons to leave the fast path.
    pub breaker: Breaker,
    /// The thread's id; an id is never used again (D-3).
    pub id: u32,
    /// The number of the birth of the container made last. It counts this thread's containers and jumps ahead
    /// when another thread has got further. Wraps around.
    pub births: Cell<u32>,
    /// The value of `births` at which the shared counter is updated next. Each container that dies moves it on
    /// by one (B-60).
    pub settled_at: Cell<u32>,
    /// How far the private balance may go before the shared counter is updated.
    balance_step: i32,
    multi: AtomicBool,
    /// Whether the thread is attached, detached or suspended.
    pub(super) run: RunCell,
    /// The thread's pages and free blocks.
    pub heap: ThreadHeap,
    /// First word of the value stack.
    pub value_base: Cell<*mut u64>,
    /// One past the last live word, as published at the last safepoint.
    pub value_top: Cell<*mut u64>,
    /// One past the last usable word.
    pub value_limit: Cell<*mut u64>,
    /// Lowest native stack address that native recursion may reach; 0 = unchecked.
    pub stack_limit: Cell<usize>,
    /// Words of the objects whose `repr` is being made, so that a cycle prints as `...`.
    pub repr_active: RefCell<Vec<u64>>,
    /// How many calls of `repr` are running, one within the other.
    pub repr_depth: Cell<usize>,
    /// How many comparisons of containers are nested on the native stack.
    pub compare_depth: Cell<u32>,
    /// The innermost frame; null on a thread that runs no scripts.
    pub frames: Cell<*mut FrameHead>,
    /// The state that the interpreter keeps for this thread.
    pub interpreter: Place,
    /// The table of well-known objects, which the threads of a runtime share.
    pub known: Place,
    /// Private counts of references to objects that many threads share.
    pub counts: PerThreadCounts,
    /// The destructions that are running or put off.
    pub teardown: Teardown,
    /// Frees that wait for a grace period, oldest first.
    pub delayed: RefCell<VecDeque<Delayed>>,
    /// How many bytes and entries of `delayed` have no goal yet, because the clock has not been advanced since
    /// they came.
    pub(crate) undated: Cell<(usize, usize)>,
    pub(super) sections: RefCell<Vec<super::section::Held>>,
    /// Whether the running operation must let no object die and reach no safepoint. Used for assertions in
    /// debug builds only.
    pub is_silent: Cell<bool>,
    /// The thread's index in tables with an entry for each thread: the smallest that was free when it started
    /// (B-35).
    pub index: u32,
    qsbr: Arc<QsbrSlot>,
    runtime: NonNull<Runtime>,
}

/// The destructions of one thread that are running or put off; used by `life` only.
#[derive(Default)]
pub struct Teardown {
    /// How many destructions are nested, counted from the innermost finalizer or callback that runs.
    pub(crate) depth: Cell<u32>,
    /// Objects whose fields are still to be released, because destructions were nested too deeply (B-149).
    pub(crate) pending: UnsafeCell<Chunks<RawObject>>,
    /// How many entries of `pending` were there before the innermost finalizer or callback started; they are
    /// released after it.
    pub(crate) outer: Cell<usize>,
    /// How many finalizers and callbacks called by destructions are running, one inside the other.
    pub(crate) calls: Cell<u32>,
    /// Dead objects whose destruction has not begun (D-48).
    /// Too many finalizers and callbacks were nested when they died.
    pub(crate) late: UnsafeCell<Queue<Late>>,
    /// How many such calls were nested when the last object was put on `late`.
    pub(crate) late_calls: Cell<u32>,
    /// `late` is worked off only where more calls than this are nested, so that working it off does not start
    /// again inside itself.
    pub(crate) late_floor: Cell<u32>,
    /// Words taken out of dying objects and not yet released, innermost object last.
    pub(crate) words: UnsafeCell<Vec<u64>>,
}

/// A dead object whose destruction has not begun.
#[derive(Debug)]
pub(crate) struct Late {
    /// The object; nobody refers to it.
    pub(crate) object: RawObject,
    /// Whether it was tracked when it died.
    pub(crate) was_tracked: bool,
}

/// Something to free when a goal of the grace-period clock is reached.
#[derive(Debug)]
pub struct Delayed {
    /// The goal, as `Qsbr::advance` returned it.
    pub goal: u64,
    /// What to do then.
    pub work: DelayedWork,
}

// SAFETY: what waits has no other user: whichever thread gets the entry frees it.
unsafe impl Send for Delayed {}

/// What a delayed free does.
#[derive(Debug)]
pub enum DelayedWork {
    /// Give back an object's block.
    Block(NonNull<u8>),
    /// Free a buffer by calling the function with the address and the number.
    Memory(NonNull<u8>, unsafe fn(NonNull<u8>, usize), usize),
    /// Release one reference.
    Release(RawObject),
}

impl ThreadState {
    pub(super) fn new(runtime: &Runtime, id: u32, multi: bool) -> ThreadState {
        let balance_step = runtime.gc.balance_step();
        let index = runtime.take_thread_index();
        ThreadState {
            breaker: Breaker::default(),
            id,
            births: Cell::new(runtime.gc.births.load(Ordering::Relaxed)),
            settled_at: Cell::new(
                runtime.gc.births.load(Ordering::Relaxed).wrapping_add_signed(balance_step),
            ),
            balance_step,
            multi: AtomicBool::new(multi),
            run: RunCell::default(),
            // SAFETY: a registration keeps its runtime, and with it the pool, alive.
            heap: unsafe { ThreadHeap::new(NonNull::from(&runtime.pool), id) },
            value_base: Cell::new(null_mut()),
            value_top: Cell::new(null_mut()),
            value_limit: Cell::new(null_mut()),
            stack_limit: Cell::new(0),
            repr_active: RefCell::default(),
            repr_depth: Cell::new(0),
            compare_depth: Cell::new(0),
            frames: Cell::new(null_mut()),
            interpreter: Place::default(),
            known: Place::default(),
            counts: PerThreadCounts::default(),
            teardown: Teardown::default(),
            delayed: RefCell::default(),
            undated: Cell::default(),
            sections: RefCell::default(),
            is_silent: Cell::new(false),
            index,
            qsbr: runtime.qsbr.register(index as usize),
            runtime: NonNull::from(runtime),
        }
    }

    /// Returns the runtime.
    #[inline(always)]
    pub fn runtime(&self) -> &Runtime {
        // SAFETY: a registration keeps its runtime alive for as long as the state.
        unsafe { self.runtime.as_ref() }
    }
    /// Tells whether the heap is being dissolved. Then objects may refer to memory that is already free, and
    /// must not follow references.
    pub fn is_dissolving(&self) -> bool {
        self.known.is_empty()
    }
    /// Tells whether other threads may touch objects. Changes only while the world is stopped.
    #[inline(always)]
    pub fn is_multi(&self) -> bool {
        // Relaxed: the flag changes only while this thread is parked, and parking synchronises.
        self.multi.load(Ordering::Relaxed)
    }
    pub(super) fn set_multi(&self, multi: bool) {
        self.multi.store(multi, Ordering::Relaxed);
    }
    /// Returns the net allocations of which the shared counter has not been told (B-60).
    #[inline(always)]
    pub fn balance(&self) -> i32 {
        self.balance_step - self.settled_at.get().wrapping_sub(self.births.get()).cast_signed()
    }
    /// Returns how far `balance` may go, either way.
    #[inline(always)]
    pub fn balance_step(&self) -> i32 {
        self.balance_step
    }
    /// Makes the balance zero and returns what it was.
    pub fn take_balance(&self) -> i32 {
        let balance = self.balance();
        self.settled_at.set(self.births.get().wrapping_add_signed(self.balance_step));
        balance
    }
    /// Lets the numbers of births continue from `birth`, and leaves the balance of allocations as it is.
    pub(super) fn number_births_from(&self, birth: u32) {
        let ahead = birth.wrapping_sub(self.births.replace(birth));
        self.settled_at.set(self.settled_at.get().wrapping_add(ahead));
    }
    /// Returns whether the thread is attached, detached or suspended.
    pub fn run_state(&self) -> RunState {
        self.run.get()
    }
    /// Returns what the thread reports to the grace-period clock.
    pub fn qsbr(&self) -> &Arc<QsbrSlot> {
        &self.qsbr
    }
    /// Reports that the thread holds no pointer that it read without a lock before this call.
    pub fn quiescent(&self) {
        self.runtime().qsbr.quiescent(&self.qsbr);
    }
}

/// The running thread, as native functions see it.
///
/// A `Thread` exists only on its own OS thread, while that is attached. Code that needs a running thread
/// borrows it; `world::stop` borrows it exclusively.
#[repr(transparent)]
pub struct Thread {
    state: NonNull<ThreadState>,
    _here: PhantomData<*const ()>,
}

impl Thread {
    /// Makes the handle of a state.
    ///
    /// # Safety
    /// The state is that of the running thread, which is attached, and no other handle is in use.
    #[inline(always)]
    pub unsafe fn from_state(state: NonNull<ThreadState>) -> Thread {
        Thread { state, _here: PhantomData }
    }
    /// Returns the address of the state.
    #[inline(always)]
    pub fn state_ptr(&self) -> NonNull<ThreadState> {
        self.state
    }
}

impl Deref for Thread {
    type Target = ThreadState;
    #[inline(always)]
    fn deref(&self) -> &ThreadState {
        // SAFETY: the handle exists only while its state does, and states are shared by reference only.
        unsafe { self.state.as_ref() }
    }
}

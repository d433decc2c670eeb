//! The pause protocol: who runs, who waits, and how one member stops all others.
//!
//! ```text
//!            attach                    park at a safepoint
//! DETACHED ─────────▶ ATTACHED ───────────────────────────▶ SUSPENDED
//!    ▲  ◀───────────     detach                                 │
//!    │ ╲_____________ the stopper suspends detached ones ______▶│
//!    └───────────────────── resume ─────────────────────────────┘
//! ```
//! Invariant: changes to and from SUSPENDED happen under the mutex, so nobody leaves a pause unseen. This
//! file knows members only by their run state and breaker, so that a model checker can run it alone
//! (`tests/loom.rs`); what a thread does besides (grace periods, byte locks) is `world`'s. Rules B-48 to B-56.

use crate::sync::{AtomicU8, Condvar, Mutex, MutexGuard, Ordering, fence};
use std::time::Duration;

/// How often a stopper checks whether all members have parked (B-49); a wake-up makes it check sooner.
const RESCAN: Duration = Duration::from_millis(1);
/// How long a stopper waits for the members that the pause before kept from attaching (B-55).
const PATIENCE: Duration = Duration::from_millis(20);

/// Whether a member, one thread of a world, may touch objects, or may begin to (B-48).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum RunState {
    /// It touches no object and may attach at any time.
    Detached = 0,
    /// It runs; only an attached member touches objects.
    Attached = 1,
    /// It touches no object and may not attach until the pause is over.
    Suspended = 2,
}

/// The run state of one member.
#[derive(Debug)]
pub struct RunCell(AtomicU8);

impl Default for RunCell {
    fn default() -> Self {
        RunCell(AtomicU8::new(RunState::Detached as u8))
    }
}

impl RunCell {
    /// Returns the state.
    pub fn get(&self) -> RunState {
        match self.0.load(Ordering::Acquire) {
            0 => RunState::Detached,
            1 => RunState::Attached,
            _ => RunState::Suspended,
        }
    }

    /// Changes the state from `from` to `to`; false if it was another state.
    fn change(&self, from: RunState, to: RunState) -> bool {
        // AcqRel: what the member did before it stopped is seen by the stopper, and the other way round.
        self.0.compare_exchange(from as u8, to as u8, Ordering::AcqRel, Ordering::Relaxed).is_ok()
    }
}

/// What the protocol must know of a thread.
pub trait Member: Clone {
    /// Returns the run state.
    fn run(&self) -> &RunCell;
    /// Returns the number by which it is known; never 0.
    fn id(&self) -> u32;
    /// Asks the member to park at its next safepoint.
    fn ask_to_stop(&self);
    /// Takes back the request to park.
    fn stop_asking(&self);
    /// Tells whether the member has been asked.
    fn is_asked(&self) -> bool;
}

/// The members of a world and who stops it.
pub struct Pause<M> {
    state: Mutex<State<M>>,
    /// Woken when a member parks or detaches, or a pause is over.
    progress: Condvar,
    /// Woken when suspended members may attach, and when members that end may be removed.
    resumed: Condvar,
}

struct State<M> {
    /// All members in creation order.
    members: Vec<M>,
    /// An empty vector with room for all members, so that a pause needs no memory.
    room: Vec<M>,
    /// The id of the member that stops or has stopped the world, 0 if there is none.
    stopper: u32,
    /// How many members wait for the end of a pause.
    waiting: usize,
    /// How many of the waiting members must attach before the next pause may begin (B-55, D-35).
    owed: usize,
    /// Whether the world is closed, so that nobody can attach any more.
    closed: bool,
}

impl<M: Member> Default for Pause<M> {
    fn default() -> Self {
        let (members, room) = (Vec::new(), Vec::new());
        let state = State { members, room, stopper: 0, waiting: 0, owed: 0, closed: false };
        Pause { state: Mutex::new(state), progress: Condvar::new(), resumed: Condvar::new() }
    }
}

impl<M: Member> Pause<M> {
    /// Adds a detached member; true if there are others.
    pub fn add(&self, member: M) -> bool {
        let mut state = self.state.lock();
        if state.stopper != 0 {
            // Born during a pause: it waits like everybody else (B-50).
            member.run().change(RunState::Detached, RunState::Suspended);
        }
        state.members.push(member);
        let count = state.members.len();
        state.room.reserve(count);
        count > 1
    }

    /// Removes a detached member that ends. When it returns no other thread uses the member.
    ///
    /// During a pause it waits, because the stopper reads all members (B-50: it counts as stopped).
    pub fn remove(&self, id: u32) {
        let mut state = self.state.lock();
        while state.stopper != 0 {
            self.resumed.wait(&mut state);
        }
        state.members.retain(|member| member.id() != id);
    }

    /// Calls `see` with every member, holding the mutex.
    pub fn for_each(&self, see: impl FnMut(&M)) {
        self.state.lock().members.iter().for_each(see);
    }

    /// Closes the world: nobody attaches any more, and members that try sleep for ever.
    pub fn close(&self) {
        self.state.lock().closed = true;
    }

    /// Makes a member attached, waiting while it is suspended.
    pub fn attach(&self, member: &M) {
        if !member.run().change(RunState::Detached, RunState::Attached) {
            self.wait_attached(self.state.lock(), member);
        }
    }

    fn wait_attached(&self, mut state: MutexGuard<'_, State<M>>, member: &M) {
        state.waiting += 1;
        while state.closed || !member.run().change(RunState::Detached, RunState::Attached) {
            self.resumed.wait(&mut state);
        }
        state.waiting -= 1;
        state.owed = state.owed.saturating_sub(1);
        if state.owed == 0 {
            self.progress.notify_all();
        }
    }

    /// Makes an attached member detached.
    pub fn detach(&self, member: &M) {
        let was_attached = member.run().change(RunState::Attached, RunState::Detached);
        assert!(was_attached, "only an attached member detaches");
        // SeqCst: pairs with the fence in `suspend_others`. Either we see the request, or it sees us detached.
        fence(Ordering::SeqCst);
        if member.is_asked() {
            // The mutex orders us behind a stopper that is about to wait.
            drop(self.state.lock());
            self.progress.notify_all();
        }
    }

    /// Parks an attached member while another member stops the world.
    pub fn park(&self, member: &M) {
        let state = self.state.lock();
        if state.stopper == 0 || state.stopper == member.id() {
            member.stop_asking();
            return;
        }
        member.run().change(RunState::Attached, RunState::Suspended);
        self.progress.notify_all();
        self.wait_attached(state, member);
    }

    /// Stops all other members and returns all members. `None` if another member is stopping the world; then
    /// the caller parks and tries again (B-53).
    ///
    /// The caller stays attached meanwhile, so that no competing stopper can suspend it (B-49).
    pub fn try_stop(&self, me: &M) -> Option<Vec<M>> {
        let mut state = self.state.lock();
        // Those the last pause held back go first, or two pauses in a row starve them (B-55).
        while state.stopper == 0 && state.owed > 0 {
            if self.progress.wait_for(&mut state, PATIENCE).timed_out() {
                state.owed = 0;
            }
        }
        if state.stopper != 0 {
            return None;
        }
        state.stopper = me.id();
        while !state.suspend_others(me) {
            self.progress.wait_for(&mut state, RESCAN);
        }
        let mut members = std::mem::take(&mut state.room);
        members.extend_from_slice(&state.members);
        Some(members)
    }

    /// Ends the pause that the caller's `try_stop` began; `members` is the list that it returned.
    pub fn resume(&self, mut members: Vec<M>) {
        members.clear();
        let mut state = self.state.lock();
        if members.capacity() >= state.members.len() {
            state.room = members;
        }
        for member in &state.members {
            member.stop_asking();
            member.run().change(RunState::Suspended, RunState::Detached);
        }
        state.stopper = 0;
        state.owed = state.waiting;
        self.resumed.notify_all();
        // Competing stoppers wait for their turn without being suspended.
        self.progress.notify_all();
    }

    /// Keeps a detached member from attaching while the result lives (B-19). `None` if the member is not
    /// detached.
    pub fn hold_detached<'p>(&'p self, member: &'p M) -> Option<HeldDetached<'p, M>> {
        let state = self.state.lock();
        let held = member.run().change(RunState::Detached, RunState::Suspended);
        held.then_some(HeldDetached { member, _state: state })
    }
}

impl<M: Member> State<M> {
    /// Suspends the detached members and asks the running ones to park; true once no other member runs (B-49).
    fn suspend_others(&self, me: &M) -> bool {
        let mut all = true;
        for member in self.members.iter().filter(|member| member.id() != me.id()) {
            if member.run().change(RunState::Detached, RunState::Suspended) {
                continue;
            }
            member.ask_to_stop();
            // SeqCst: pairs with the fence in `detach`.
            fence(Ordering::SeqCst);
            member.run().change(RunState::Detached, RunState::Suspended);
            all &= member.run().get() == RunState::Suspended;
        }
        all
    }
}

/// A detached member that cannot attach while this value lives.
pub struct HeldDetached<'p, M: Member> {
    member: &'p M,
    _state: MutexGuard<'p, State<M>>,
}

impl<M: Member> Drop for HeldDetached<'_, M> {
    fn drop(&mut self) {
        // Whoever tries to attach meanwhile waits for the mutex, which is given back after this.
        self.member.run().change(RunState::Suspended, RunState::Detached);
    }
}

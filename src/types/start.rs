//! Starts a runtime and ends it. Programs use this sequence, and so do the tests of this floor and of higher ones.
//!
//! ```text
//! start: runtime ─ thread ─ table of well-known objects ─ built-in types
//! end:   table of well-known objects ─ heap ─ thread
//! ```
//! `vm/start/mod.rs` then starts the interpreter; `Started::without_interpreter` makes a runtime that has none.

use crate::life;
use crate::sync::{Arc, Ordering::Relaxed, Weak};
use crate::thread::{Hooks, Registration, Runtime, Thread};
use crate::types::install;
use crate::value::hash::{self, HashKeys};
use crate::value::{Known, TypeSpec, UpperFloors};

/// What a runtime is started with.
pub struct Start {
    /// What the floors below ask of those above.
    pub hooks: Hooks,
    /// What the types ask of the floors above.
    pub upper_floors: UpperFloors,
    /// Types that lie above this floor, each after its base.
    pub types: &'static [TypeSpec],
    /// The keys of the string hash.
    pub hash_keys: HashKeys,
    /// Run a collection at the first safepoint after every so many allocations, for tests; 0 means that
    /// collections run as scheduled.
    pub stress: u32,
    /// Whether the heap is audited before and after every collection.
    pub verify: bool,
    /// The lowest address of the native stack that recursion through native code may reach; 0 for any.
    pub stack_limit: usize,
}

/// A thread of a runtime that has been started: the first one, or one that has joined.
pub struct Started {
    /// There until dropped.
    registration: Option<Registration>,
    /// Whether it is the first one, which the table of known objects ends with.
    is_first: bool,
}

/// What another OS thread needs to join a runtime.
#[derive(Clone)]
pub struct Invitation {
    runtime: Arc<Runtime>,
    known: Weak<Known>,
}

impl Started {
    /// Starts a runtime on the running OS thread.
    pub fn new(start: Start) -> Started {
        let runtime = Runtime::new(start.hooks);
        runtime.gc.stress.store(start.stress, Relaxed);
        runtime.gc.verify.store(start.verify, Relaxed);
        let mut registration = runtime.register();
        let thread = registration.thread();
        thread.stack_limit.set(start.stack_limit);
        thread.known.share(Arc::new(Known::new(start.hash_keys, start.upper_floors)));
        install::install(thread, start.types);
        Started { registration: Some(registration), is_first: true }
    }

    /// Starts a runtime for tests that has the built-in types and nothing above them: no interpreter, no collector, and
    /// no callbacks of weak references.
    pub fn without_interpreter() -> Started {
        Started::new(Start {
            hooks: Hooks::none(),
            upper_floors: UpperFloors::none(),
            types: &[],
            hash_keys: hash::seeded_keys(0),
            stress: 0,
            verify: false,
            stack_limit: 0,
        })
    }

    /// The thread.
    pub fn thread(&mut self) -> &mut Thread {
        self.registration.as_mut().expect("registered until dropped").thread()
    }

    /// The runtime.
    pub fn runtime(&self) -> &Arc<Runtime> {
        self.registration.as_ref().expect("registered until dropped").runtime()
    }

    /// What another OS thread joins the runtime by. This thread has to outlive all that join.
    pub fn invitation(&mut self) -> Invitation {
        let known = self.thread().known.shared().expect("entered when the thread was started");
        Invitation { runtime: self.runtime().clone(), known: Arc::downgrade(&known) }
    }
}

impl Invitation {
    /// Registers the running OS thread with the runtime and attaches it, until the result is dropped there.
    ///
    /// Panics if the first thread of the runtime is gone.
    pub fn join(self) -> Started {
        let known = self.known.upgrade().expect("the first thread outlives those that join");
        let mut registration = self.runtime.register();
        registration.thread().known.share(known);
        Started { registration: Some(registration), is_first: false }
    }
}

impl Drop for Started {
    /// Panics if a thread that joined is still there when the first one goes.
    fn drop(&mut self) {
        let mut registration = self.registration.take().expect("registered until dropped");
        if self.is_first {
            end(&mut registration);
        }
        life::leave(registration);
    }
}

/// Drops the table of known objects, then the heap if no other thread is registered.
fn end(registration: &mut Registration) {
    let thread = registration.thread();
    let known = thread.known.shared::<Known>().map(|known| Arc::downgrade(&known));
    // What it leads to may still look at it while it is dropped.
    thread.known.empty();
    // Whoever joins has taken it before: from here on nobody can.
    let is_gone = known.is_some_and(|known| known.strong_count() == 0);
    assert!(is_gone, "the first thread outlives those that join");
    if registration.runtime().world.thread_count() == 1 {
        // SAFETY: it is the last thread, nobody can join any more, and the table that led to objects is gone; who
        // starts a runtime keeps no object longer.
        unsafe { life::dissolve(registration.thread()) };
    }
}

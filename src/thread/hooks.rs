//! Functions of the floors above that the lower floors call, besides those in a `TypeInfo`.
//!
//! The runtime is given one table when it is made. A hook that runs script code is called only where script
//! code may run: never under a lock, never in a pause.

use super::{Thread, ThreadState};
use crate::object::RawObject;

/// Functions of the floors above that a runtime calls.
#[derive(Clone, Copy)]
pub struct Hooks {
    /// Calls its argument with every live word of a thread's frames, deferred ones included (B-24); runs in a
    /// pause.
    pub visit_stack: unsafe fn(&ThreadState, &mut dyn FnMut(u64)),
    /// Handles signals and pending calls at a safepoint. An error is stored in the thread and raised by the
    /// interpreter.
    pub run_signals: fn(&mut Thread),
    /// Makes the interpreter raise `MemoryError`; called at a safepoint.
    pub raise_memory_error: fn(&mut Thread),
    /// Runs a scheduled collection at a safepoint.
    pub collect: fn(&mut Thread),
    /// Makes a weak reference dead and returns whether it has a callback. Called under a lock of the weak
    /// table: no script code may run.
    pub clear_weakref: unsafe fn(RawObject) -> bool,
    /// Calls the callback of a dead weak reference. The callee borrows the weak reference.
    pub call_weakref: fn(&ThreadState, RawObject),
    /// Tells whether the stacks have room for another finalizer or callback inside the running one (D-48).
    pub has_room_to_nest: fn(&ThreadState) -> bool,
}

impl Hooks {
    /// Makes the hooks of a runtime without interpreter and collector, for tests of the lower floors.
    pub const fn none() -> Hooks {
        unsafe fn visit_nothing(_thread: &ThreadState, _see: &mut dyn FnMut(u64)) {}
        unsafe fn no_callback(_weakref: RawObject) -> bool {
            false
        }
        fn do_nothing(_thread: &mut Thread) {}
        fn call_nothing(_thread: &ThreadState, _weakref: RawObject) {}
        fn always(_thread: &ThreadState) -> bool {
            true
        }
        Hooks {
            visit_stack: visit_nothing,
            run_signals: do_nothing,
            raise_memory_error: do_nothing,
            collect: do_nothing,
            clear_weakref: no_callback,
            call_weakref: call_nothing,
            has_room_to_nest: always,
        }
    }
}

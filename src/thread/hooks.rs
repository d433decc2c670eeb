//! What the lower floors ask of the upper ones, beyond what a `TypeInfo` answers.
//!
//! The runtime is given one table when it is made. A hook that runs script code is called only where script
//! code may run: never under a lock, never in a pause.

use super::{Thread, ThreadState};
use crate::object::RawObject;

/// Upward calls of one runtime.
#[derive(Clone, Copy)]
pub struct Hooks {
    /// Shows every live word of a thread's frames, deferred ones included (B-24); runs in a pause.
    pub visit_stack: unsafe fn(&ThreadState, &mut dyn FnMut(u64)),
    /// Handles signals and pending calls at a safepoint; an error waits in the thread for the interpreter.
    pub run_signals: fn(&mut Thread),
    /// Raises `MemoryError` at a safepoint, as `run_signals` raises what it does.
    pub raise_memory_error: fn(&mut Thread),
    /// Runs a scheduled collection at a safepoint.
    pub collect: fn(&mut Thread),
    /// Makes a weak reference dead; true if it has a callback. Runs under a stripe: no script code.
    pub clear_weakref: unsafe fn(RawObject) -> bool,
    /// Calls the callback of a dead weak reference, which the callee only borrows.
    pub call_weakref: fn(&ThreadState, RawObject),
    /// Tells whether the stacks have room for one more finalizer or callback inside the one that runs (D-48).
    pub has_room_to_nest: fn(&ThreadState) -> bool,
}

impl Hooks {
    /// Hooks of a runtime that has no upper floors: no frames, no callbacks, no collector.
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

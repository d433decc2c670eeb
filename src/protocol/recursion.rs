//! Guards against endless recursion in native code.
//!
//! The native stack is guarded by address: a thread knows the lowest address its stack may reach, and
//! an operation that can recurse compares the address of a local with it. That costs two loads and
//! needs nothing undone afterwards. Loops of containers are found by `repr_enter`.

use crate::protocol::check_interrupt;
use crate::thread::{Thread, ThreadState};
use crate::value::{ErrorKind, Raised, Run, Value};

/// Checks that enough native stack is left for an operation that may call itself.
/// Raises `RecursionError` if not, and what `check_interrupt` raises. It looks for interrupts because the operation
/// can take very long without nesting deeply: where containers hold the same object many times, it visits that object
/// each time.
///
/// `while_doing` ends the message: "in comparison", "while getting the str of an object".
#[inline(always)]
pub fn check_recursion(thread: &ThreadState, while_doing: &str) -> Run<()> {
    check_interrupt(thread)?;
    check_stack(thread, while_doing)
}

#[inline(always)]
fn check_stack(thread: &ThreadState, while_doing: &str) -> Run<()> {
    let marker = 0u8;
    if (&raw const marker).addr() >= thread.stack_limit.get() {
        return Ok(());
    }
    Err(too_deep(while_doing))
}

/// How much native stack compiling a text may use beyond what other operations leave free.
const COMPILING_BYTES: usize = 4 << 20;

/// Raises `RecursionError` when too little native stack is left to compile a text and run it.
pub fn check_compiling(thread: &ThreadState) -> Run<()> {
    let marker = 0u8;
    if (&raw const marker).addr() >= thread.stack_limit.get().saturating_add(COMPILING_BYTES) {
        return Ok(());
    }
    Err(too_deep("during compilation"))
}

/// The error of a recursion that went too deep.
#[cold]
pub fn too_deep(while_doing: &str) -> Raised {
    Raised::new(ErrorKind::RecursionError, format_args!("maximum recursion depth exceeded {while_doing}"))
}

impl ThreadState {
    /// Raises `RecursionError` when calls have nearly used up the native stack. It does not check for
    /// interrupts: the callee does, and finalizers are called even when one is pending.
    #[inline(always)]
    pub fn enter_recursion(&self) -> Run<()> {
        check_stack(self, "while calling a Python object")
    }
}

fn address(value: &Value) -> u64 {
    value.as_raw().map_or(0, |object| object.address() as u64)
}

/// How deeply `repr` may be nested. Each level searches the outer containers and copies the text of the inner
/// ones, so the cost grows with the depth.
const MAX_NESTED_REPRS: usize = 10_000;

/// Runs a `repr`, or raises `RecursionError` when it is nested too deeply.
pub fn nest_repr<R>(thread: &mut Thread, run: impl FnOnce(&mut Thread) -> Run<R>) -> Run<R> {
    const WHAT: &str = "while getting the repr of an object";
    let depth = thread.repr_depth.get();
    if depth >= MAX_NESTED_REPRS {
        return Err(too_deep(WHAT));
    }
    check_recursion(thread, WHAT)?;
    thread.repr_depth.set(depth + 1);
    let result = run(thread);
    thread.repr_depth.set(depth);
    result
}

/// Notes that the `repr` of a container begins; false if its `repr` is running already, in an outer call.
pub fn repr_enter(thread: &mut Thread, value: &Value) -> bool {
    let word = address(value);
    let mut active = thread.repr_active.borrow_mut();
    if active.contains(&word) {
        return false;
    }
    active.push(word);
    true
}

/// Notes that the `repr` that `repr_enter` allowed is over.
pub fn repr_leave(thread: &mut Thread, value: &Value) {
    let word = address(value);
    let mut active = thread.repr_active.borrow_mut();
    if let Some(position) = active.iter().rposition(|&known| known == word) {
        active.remove(position);
    }
}

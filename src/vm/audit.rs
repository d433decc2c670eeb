//! Audit events: what a program does that hooks of `sys.addaudithook` want to hear of.

use crate::memory;
use crate::protocol;
use crate::thread::Thread;
use crate::value::{Args, Run, Value};
use crate::vm::machine::Machine;

/// Tells every hook of an event and its arguments. Raises what the hooks raise, and `MemoryError`.
pub fn tell_hooks(thread: &mut Thread, event: &Value, arguments: &[Value]) -> Run<()> {
    let hooks = Machine::of(thread).audit_hooks.clone();
    if hooks.is_empty() {
        return Ok(());
    }
    let arguments = thread.try_tuple(memory::copy(arguments)?)?;
    let mut at = 0;
    while let Some(hook) = hooks.get(at) {
        protocol::call(thread, &hook, Args::positional(&[event.clone(), arguments.clone()]))?;
        at += 1;
    }
    Ok(())
}

/// Tells every hook of an event of the interpreter itself, as `tell_hooks` does.
pub fn tell(thread: &mut Thread, event: &str, arguments: &[Value]) -> Run<()> {
    if Machine::of(thread).audit_hooks.is_empty() {
        return Ok(());
    }
    let event = thread.new_str(event);
    tell_hooks(thread, &event, arguments)
}

//! Calls into `typing.py`, which completes what the types of this folder do natively.

use crate::protocol;
use crate::thread::Thread;
use crate::value::{Args, Run, Value};

/// Calls a function of the `typing` module. Raises `ImportError` if the module is missing, and what the function raises.
pub fn call_typing(thread: &mut Thread, name: &str, args: Args<'_>) -> Run<Value> {
    let function = typing_attribute(thread, name)?;
    protocol::call(thread, &function, args)
}

/// Returns what the `typing` module has under a name. Raises `ImportError` if the module is missing.
pub fn typing_attribute(thread: &mut Thread, name: &str) -> Run<Value> {
    let module = thread.new_str("typing");
    let typing = (thread.known().upper_floors.import)(thread, Args::positional(&[module]))?;
    let name = thread.known().intern(thread, name);
    protocol::get_attr(thread, &typing, &name)
}

/// Checks that a value may stand for a type, and returns what stands for it. Raises `TypeError` with `message` if it
/// may not, and `ImportError` if `typing` is missing.
pub fn type_check(thread: &mut Thread, value: &Value, message: &str) -> Run<Value> {
    if value.is_none() {
        return Ok(Value::NONE);
    }
    let message = thread.new_str(message);
    call_typing(thread, "_type_check", Args::positional(&[value.clone(), message]))
}

/// Returns `typing.Unpack[value]`. Raises `ImportError` if `typing` is missing.
pub fn unpack(thread: &mut Thread, value: &Value) -> Run<Value> {
    let unpack = typing_attribute(thread, "Unpack")?;
    protocol::get_item(thread, &unpack, value)
}

//! What `await` works on: the iterator of an awaitable.

use crate::protocol;
use crate::thread::Thread;
use crate::value::{Args, Raised, Run, Value};
use crate::vm::frame::generator::Generator;

/// Whether a value is a coroutine, or a generator that may be awaited like one.
pub fn is_coroutine(value: &Value) -> bool {
    value.downcast_ref::<Generator>().is_some_and(|generator| generator.may_be_awaited())
}

/// Returns what awaiting an object resumes: a coroutine itself, else the iterator that `__await__` returns. Raises
/// `TypeError` if the object cannot be awaited or `__await__` returns no such iterator, and what `__await__` raises.
pub fn await_iterator(thread: &mut Thread, value: &Value) -> Run<Value> {
    if is_coroutine(value) {
        return Ok(value.clone());
    }
    let name = thread.known().names().await_.clone();
    let Some(iterator) = protocol::call_special_method(thread, value, &name, Args::positional(&[])) else {
        let class = protocol::type_name(thread, value);
        return Err(Raised::type_error(format_args!("'{class}' object can't be awaited")));
    };
    let iterator = iterator?;
    if is_coroutine(&iterator) {
        return Err(Raised::type_error("__await__() returned a coroutine"));
    }
    if protocol::slots_of(thread, &iterator).next.is_none() {
        let class = protocol::type_name(thread, &iterator);
        return Err(Raised::type_error(format_args!("__await__() returned non-iterator of type '{class}'")));
    }
    Ok(iterator)
}

//! What `__reduce__` of the built-in types returns: a callable and its arguments, of which the object can be made
//! again.
//!
//! The callables that are built-in functions (`iter`, `getattr`, `reversed`) are found under their names, as a program
//! may have put others there. What `object` itself does is in `types/reduce`.

use crate::protocol::{self, class_of};
use crate::thread::Thread;
use crate::value::{Args, List, Raised, Run, Value};

/// Returns what the built-in names have under a name. Raises `AttributeError` if a program has removed it.
pub fn builtin(thread: &mut Thread, name: &str) -> Run<Value> {
    (thread.known().upper_floors.builtin)(thread, name)
}

/// Makes `(callable, (arguments…))`.
pub fn call_of(thread: &Thread, callable: Value, arguments: Vec<Value>) -> Value {
    let arguments = thread.new_tuple(arguments);
    thread.new_tuple(vec![callable, arguments])
}

/// Makes `(type(value), (arguments…))`.
pub fn class_call(thread: &Thread, value: &Value, arguments: Vec<Value>) -> Value {
    call_of(thread, class_of(thread, value).into_value(), arguments)
}

/// Makes `(name, (arguments…))` of a built-in function. Raises what `builtin` raises.
pub fn builtin_call(thread: &mut Thread, name: &str, arguments: Vec<Value>) -> Run<Value> {
    let callable = builtin(thread, name)?;
    Ok(call_of(thread, callable, arguments))
}

/// Makes `(name, (argument,), position)`, for an iterator that has reached a position.
/// `name` is a built-in function, and the position is for `__setstate__`. Raises what `builtin` raises.
pub fn iterator_at(thread: &mut Thread, name: &str, argument: Value, position: i64) -> Run<Value> {
    let callable = builtin(thread, name)?;
    let (arguments, position) = (thread.new_tuple(vec![argument]), thread.new_int(position));
    Ok(thread.new_tuple(vec![callable, arguments, position]))
}

/// Makes `(iter, (items,))` of what an iterator has not yielded yet. Raises what `builtin` raises.
pub fn iterator_over(thread: &mut Thread, items: Vec<Value>) -> Run<Value> {
    let items = thread.alloc(List::new(items)).into_value();
    builtin_call(thread, "iter", vec![items])
}

/// Reads the position that `__setstate__` of an iterator is called with. Raises `TypeError` for anything but an
/// integer, `OverflowError` for one that does not fit a machine word.
pub fn position(state: &Value) -> Run<i64> {
    if state.as_integer().is_none() {
        return Err(Raised::type_error("an integer is required"));
    }
    state.as_i64().ok_or_else(|| Raised::overflow_error("Python int too large to convert to C ssize_t"))
}

/// Computes `value.__getstate__()`. Raises what that raises.
pub fn state_of(thread: &mut Thread, value: &Value) -> Run<Value> {
    let name = thread.known().intern(thread, "__getstate__");
    let method = protocol::get_attr(thread, value, &name)?;
    protocol::call(thread, &method, Args::positional(&[]))
}

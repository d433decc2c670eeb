//! Subscripts and membership: `o[key]`, `o[key] = value`, `del o[key]`, `value in o`.

use crate::protocol::class::{shape_of, slots_of, type_name};
use crate::protocol::compare::equal;
use crate::protocol::index::index_isize;
use crate::protocol::iterate::{iter, next};
use crate::thread::Thread;
use crate::value::{ErrorKind, Raised, Run, Value};

/// Computes `object[key]`. Raises `TypeError` if the object is not subscriptable, and what its type raises,
/// such as `KeyError` or `IndexError`.
#[inline]
pub fn get_item(thread: &mut Thread, object: &Value, key: &Value) -> Run<Value> {
    match slots_of(thread, object).get_item {
        Some(operation) => operation(thread, object, key),
        None => Err(cannot(thread, object, "is not subscriptable")),
    }
}

/// Sets `object[key] = value`. Raises `TypeError` if the object does not support it, and what its type raises.
#[inline]
pub fn set_item(thread: &mut Thread, object: &Value, key: &Value, value: &Value) -> Run<()> {
    match slots_of(thread, object).set_item {
        Some(operation) => operation(thread, object, key, Some(value)),
        None => {
            refuse_position(thread, object, key)?;
            Err(cannot(thread, object, "does not support item assignment"))
        }
    }
}

/// Deletes `object[key]`. Raises `TypeError` if the object does not support it, and what its type raises.
pub fn del_item(thread: &mut Thread, object: &Value, key: &Value) -> Run<()> {
    match slots_of(thread, object).set_item {
        Some(operation) => operation(thread, object, key, None),
        None => {
            // CPython's sequences word it otherwise when they are asked for a position.
            let what = if refuse_position(thread, object, key)? { "doesn't" } else { "does not" };
            Err(cannot(thread, object, &format!("{what} support item deletion")))
        }
    }
}

/// For an object that does not support an operation on items: tells whether it is a sequence asked for an
/// index; raises if that is no proper index.
#[cold]
fn refuse_position(thread: &mut Thread, object: &Value, key: &Value) -> Run<bool> {
    let of_sequence = slots_of(thread, object).contains.is_some() || !shape_of(thread, object).is_builtin();
    let of_position = key.as_integer().is_some() || slots_of(thread, key).index.is_some();
    if of_sequence && of_position {
        index_isize(thread, key)?;
    }
    Ok(of_sequence && of_position)
}

/// Computes `value in object`. Raises `TypeError` if the object is no container or iterable, and what comparing
/// raises.
pub fn contains(thread: &mut Thread, object: &Value, value: &Value) -> Run<bool> {
    if let Some(operation) = slots_of(thread, object).contains {
        return operation(thread, object, value);
    }
    let iterator = match iter(thread, object) {
        Err(raised) if raised.is_kind(thread, ErrorKind::TypeError) => {
            let name = type_name(thread, object);
            let message = format_args!("argument of type '{name}' is not a container or iterable");
            return Err(Raised::type_error(message));
        }
        iterator => iterator?,
    };
    while let Some(item) = next(thread, &iterator)? {
        if equal(thread, &item, value)? {
            return Ok(true);
        }
    }
    Ok(false)
}

#[cold]
fn cannot(thread: &Thread, object: &Value, what: &str) -> Raised {
    Raised::new(ErrorKind::TypeError, format_args!("'{}' object {what}", type_name(thread, object)))
}

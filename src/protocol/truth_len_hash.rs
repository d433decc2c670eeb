//! Truth, length and hash.

use std::borrow::Cow;

use crate::protocol;
use crate::protocol::class::{class_of, fully_qualified_name, slots_of, type_name};
use crate::thread::Thread;
use crate::value::hash::MODULUS;
use crate::value::{ErrorKind, Pending, Raised, Run, Str, Value};

/// Computes `bool(value)`. Raises what `__bool__` and `__len__` raise.
#[inline]
pub fn is_true(thread: &mut Thread, value: &Value) -> Run<bool> {
    if let Some(bool) = value.as_bool() {
        return Ok(bool);
    }
    if let Some(int) = value.as_small_int() {
        return Ok(int != 0);
    }
    if let Some(text) = value.downcast_exact::<Str>() {
        return Ok(!text.as_str().is_empty());
    }
    let slots = slots_of(thread, value);
    match (slots.is_true, slots.len) {
        (Some(operation), _) => operation(thread, value),
        (None, Some(operation)) => Ok(operation(thread, value)? != 0),
        (None, None) => Ok(true),
    }
}

/// Computes `len(value)`. Raises `TypeError` if the value has no length, and what `__len__` raises.
#[inline]
pub fn len(thread: &mut Thread, value: &Value) -> Run<usize> {
    match slots_of(thread, value).len {
        Some(operation) => operation(thread, value),
        None => Err(Raised::type_error(format_args!(
            "object of type '{}' has no len()",
            type_name(thread, value)
        ))),
    }
}

/// Makes the error for hashing the marker of an empty slot, which tables use for places without a key (D-47).
/// Only an object that the collector has cleared can contain it.
#[cold]
fn cleared() -> Raised {
    Raised::type_error("unhashable: the object that held it was cleared")
}

/// Computes `hash(value)`. Raises `TypeError` if the value is unhashable, and what `__hash__` raises.
#[inline]
pub fn hash(thread: &mut Thread, value: &Value) -> Run<i64> {
    if let Some(int) = value.as_small_int()
        && (0..MODULUS as i64).contains(&int)
    {
        return Ok(int);
    }
    if let Some(text) = value.downcast_exact::<Str>() {
        return Ok(text.hash(thread));
    }
    if value.is_unbound() {
        return Err(cleared());
    }
    match slots_of(thread, value).hash {
        Some(operation) => operation(thread, value),
        None => Err(Raised::type_error(format_args!("unhashable type: '{}'", type_name(thread, value)))),
    }
}

/// Computes the hash of a key of a dict. Raises as `hash` does, with the use in the text of a `TypeError`.
#[inline]
pub fn hash_key(thread: &mut Thread, key: &Value) -> Run<i64> {
    hash(thread, key).map_err(|raised| unusable(thread, key, "dict key", raised))
}

/// Computes the hash of an element of a set. Raises as `hash` does, with the use in the text of a `TypeError`.
#[inline]
pub fn hash_element(thread: &mut Thread, element: &Value) -> Run<i64> {
    hash(thread, element).map_err(|raised| unusable(thread, element, "set element", raised))
}

/// Makes a `TypeError` that says for what an unhashable value was to be used; any other error stays as it is, also one
/// of a class derived from `TypeError`.
#[cold]
fn unusable(thread: &mut Thread, value: &Value, purpose: &str, raised: Raised) -> Raised {
    if value.is_unbound() {
        return raised;
    }
    let reason = match raised.pending() {
        Pending::Message(ErrorKind::TypeError, text) => Cow::Borrowed(&**text),
        Pending::Instance(exception) | Pending::Unwound(exception)
            if class_of(thread, exception).raw() == thread.known().error(ErrorKind::TypeError).raw() =>
        {
            match protocol::str(thread, exception) {
                Ok(text) => Cow::Owned(text.as_str().to_owned()),
                Err(raised) => return raised,
            }
        }
        _ => return raised,
    };
    match fully_qualified_name(thread, &class_of(thread, value)) {
        Ok(class) => Raised::type_error(format_args!("cannot use '{class}' as a {purpose} ({reason})")),
        Err(raised) => raised,
    }
}

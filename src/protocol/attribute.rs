//! Reading, setting and deleting attributes, with everything that classes may customise.

use crate::protocol::class::slots_of;
use crate::thread::Thread;
use crate::value::{ErrorKind, Object, Raised, Run, Str, Value};

/// Returns `object.name`.
/// Raises `AttributeError` if there is no such attribute, and what computing it raises.
#[inline]
pub fn get_attr(thread: &mut Thread, object: &Value, name: &Object<Str>) -> Run<Value> {
    match slots_of(thread, object).get_attr {
        Some(operation) => operation(thread, object, name),
        None => Err(no_attribute(thread, object, name)),
    }
}

/// Returns `object.name`, or `None` if that raises `AttributeError`. Raises what else it raises.
pub fn find_attr(thread: &mut Thread, object: &Value, name: &Object<Str>) -> Run<Option<Value>> {
    match get_attr(thread, object, name) {
        Ok(value) => Ok(Some(value)),
        Err(raised) if raised.is_kind(thread, ErrorKind::AttributeError) => Ok(None),
        Err(raised) => Err(raised),
    }
}

/// Sets `object.name = value`.
/// Raises `AttributeError` if the attribute cannot be set, and what the method that sets it raises.
#[inline]
pub fn set_attr(thread: &mut Thread, object: &Value, name: &Object<Str>, value: &Value) -> Run<()> {
    match slots_of(thread, object).set_attr {
        Some(operation) => operation(thread, object, name, Some(value)),
        None => Err(no_attribute(thread, object, name)),
    }
}

/// Deletes `object.name`.
/// Raises `AttributeError` if there is no such attribute or it cannot be deleted, and what the method that deletes it
/// raises.
pub fn del_attr(thread: &mut Thread, object: &Value, name: &Object<Str>) -> Run<()> {
    match slots_of(thread, object).set_attr {
        Some(operation) => operation(thread, object, name, None),
        None => Err(no_attribute(thread, object, name)),
    }
}

#[cold]
fn no_attribute(thread: &Thread, object: &Value, name: &Object<Str>) -> Raised {
    let class = crate::protocol::type_name(thread, object);
    Raised::attribute_error(format_args!("'{class}' object has no attribute '{}'", name.as_str()))
}

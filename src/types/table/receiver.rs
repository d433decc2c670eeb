//! To what a descriptor of a built-in type is bound.

use crate::protocol::{full_class_name, is_instance_of, type_name};
use crate::thread::Thread;
use crate::value::{Class, Object, Raised, Run, Value};

/// Raises `TypeError` unless `this` is an instance of the class a descriptor belongs to.
#[inline]
pub fn check_self(thread: &Thread, owner: &Object<Class>, name: &str, this: &Value) -> Run<()> {
    if is_instance_of(thread, this, owner) {
        return Ok(());
    }
    Err(Raised::type_error(format_args!(
        "descriptor '{name}' for '{}' objects doesn't apply to a '{}' object",
        full_class_name(owner),
        type_name(thread, this)
    )))
}

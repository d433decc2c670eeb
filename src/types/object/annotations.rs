//! What functions, classes and modules do alike with `__annotate__` and `__annotations__`.

use crate::protocol::{call, slots_of, type_name};
use crate::thread::Thread;
use crate::value::{Args, Dict, Kind, Raised, Run, Value};

/// Computes annotations with the function `annotate`; without one, there are none. Raises `TypeError` for a result that
/// is no dict, and what the function raises.
pub fn compute(thread: &mut Thread, annotate: &Value) -> Run<Value> {
    if slots_of(thread, annotate).call.is_none() {
        return Ok(thread.alloc(Dict::default()).into_value());
    }
    // `annotationlib.Format.VALUE`.
    let format = Value::small_int(1).expect("small");
    let annotations = call(thread, annotate, Args::positional(&[format]))?;
    if annotations.kind() != Kind::Dict {
        let given = type_name(thread, &annotations);
        return Err(Raised::type_error(format_args!("__annotate__ returned non-dict of type '{given}'")));
    }
    Ok(annotations)
}

/// Checks a value that is to become `__annotate__`, and returns it. Raises `TypeError` with `deletion` if it is missing,
/// and for what cannot be called.
pub fn check_annotate(thread: &mut Thread, new: Option<&Value>, deletion: &str) -> Run<Value> {
    let Some(new) = new else { return Err(Raised::type_error(deletion)) };
    if !new.is_none() && slots_of(thread, new).call.is_none() {
        return Err(Raised::type_error("__annotate__ must be callable or None"));
    }
    Ok(new.clone())
}

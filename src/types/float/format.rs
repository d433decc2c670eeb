//! Formatting floats by the format mini-language; the notations are in `text/format/float.rs`.

use crate::protocol;
use crate::text::format::float::{format_float, positional_fast};
use crate::text::format::spec::Spec;
use crate::thread::Thread;
use crate::types::float::own;
use crate::types::object::method_arguments::format_arguments;
use crate::value::{Args, Run, Value};

/// Formats a float by a specification that is not empty. Raises `ValueError` for a wrong specification,
/// `MemoryError`.
pub fn by_spec(thread: &mut Thread, value: &Value, float: f64, spec: &str) -> Run<Value> {
    let text = match common_precision(spec).and_then(|decimals| positional_fast(float.abs(), decimals)) {
        Some(text) if float.is_sign_negative() => format!("-{text}"),
        Some(text) => text,
        None => {
            let name = protocol::type_name(thread, value);
            format_float(float, &Spec::parse(spec, '>', '\0', &name)?, &name)?
        }
    };
    Ok(thread.new_string(text))
}

/// Returns the number of decimals if the specification is `.Nf`, the most common one for floats.
fn common_precision(spec: &str) -> Option<usize> {
    match spec.as_bytes() {
        [b'.', digit @ b'0'..=b'9', b'f'] => Some((digit - b'0') as usize),
        _ => None,
    }
}

/// The method `float.__format__`.
/// Raises `ValueError` for a wrong specification, `TypeError` if it is no `str`, and what `__str__` raises, which an
/// empty one calls.
pub fn format_method(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (value, spec) = format_arguments(thread, args)?;
    if spec.is_empty() {
        return Ok(protocol::str(thread, value)?.into_value());
    }
    by_spec(thread, value, own(value), spec)
}

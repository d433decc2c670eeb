//! Objects as text: `repr`, `str`, `ascii`, `format`.

use crate::memory;
use crate::protocol::call::call_special_method;
use crate::protocol::class::{shape_of, type_name};
use crate::protocol::recursion::{check_recursion, nest_repr};
use crate::text::stored;
use crate::thread::Thread;
use crate::value::{Args, Object, Raised, Ref, Run, Str, Value};

/// Computes `repr(value)`.
/// Raises `TypeError` if `__repr__` returns no `str`, what it raises, and `RecursionError` if calls are nested too
/// deeply.
pub fn repr(thread: &mut Thread, value: &Value) -> Run<Ref<Str>> {
    let Some(operation) = shape_of(thread, value).slots().repr else {
        return Err(Raised::type_error(format_args!("'{}' object has no repr", type_name(thread, value))));
    };
    let result = nest_repr(thread, |thread| operation(thread, value))?;
    expect_str(thread, result, "__repr__")
}

/// Computes `str(value)`.
/// Raises `TypeError` if `__str__` returns no `str`, what it raises, and `RecursionError` if calls are nested too
/// deeply.
pub fn str(thread: &mut Thread, value: &Value) -> Run<Ref<Str>> {
    if let Some(text) = value.downcast_exact::<Str>() {
        return Ok(text.to_ref());
    }
    check_recursion(thread, "while getting the str of an object")?;
    match shape_of(thread, value).slots().str {
        Some(operation) => {
            let result = operation(thread, value)?;
            expect_str(thread, result, "__str__")
        }
        None => repr(thread, value),
    }
}

/// Computes `ascii(value)`: the `repr` with everything beyond ASCII escaped. Raises what `repr` raises, and
/// `MemoryError`.
pub fn ascii(thread: &mut Thread, value: &Value) -> Run<Value> {
    let text = repr(thread, value)?;
    if text.is_ascii() {
        return Ok(text.into_value());
    }
    let mut escaped = memory::text_with_room(text.as_str().len() * 2)?;
    for code in stored::code_points(text.as_str()) {
        // No escape is longer.
        escaped.try_reserve(10)?;
        match code {
            0..0x80 => escaped.push(code as u8 as char),
            code @ 0x80..0x100 => escaped.push_str(&format!("\\x{code:02x}")),
            code @ 0x100..0x1_0000 => escaped.push_str(&format!("\\u{code:04x}")),
            code => escaped.push_str(&format!("\\U{code:08x}")),
        }
    }
    Ok(thread.new_string(escaped))
}

/// Computes `format(value, spec)`. Raises `TypeError` if `__format__` returns no `str`, and what it raises,
/// such as `ValueError`.
pub fn format(thread: &mut Thread, value: &Value, spec: &Object<Str>) -> Run<Ref<Str>> {
    if spec.as_str().is_empty() && shape_of(thread, value).is_builtin() {
        // Every built-in type formats without a specification as `str` does.
        return str(thread, value);
    }
    let name = &thread.known().names().format;
    match call_special_method(thread, value, name, Args::positional(&[spec.to_value()])) {
        Some(result) => {
            let result = result?;
            let given = type_name(thread, &result);
            result
                .downcast::<Str>()
                .map_err(|_| Raised::type_error(format_args!("__format__ must return a str, not {given}")))
        }
        None => Err(Raised::type_error(format_args!(
            "Type {} doesn't define __format__",
            type_name(thread, value)
        ))),
    }
}

fn expect_str(thread: &Thread, result: Value, method: &str) -> Run<Ref<Str>> {
    result.downcast::<Str>().map_err(|other| {
        Raised::type_error(format_args!("{method} returned non-string (type {})", type_name(thread, &other)))
    })
}

//! `format(value, spec)` for the built-in types, and the helper of f-strings.
//!
//! Texts, integers, floats and complex numbers know the mini-language; every other built-in type takes only the empty
//! specification. Classes written in the script are asked for their `__format__`.

use crate::protocol;
use crate::text::format::spec::Spec;
use crate::text::format::text::format_text;
use crate::text::repr::ascii_text;
use crate::thread::Thread;
use crate::types::object::method_arguments::format_arguments;
use crate::types::{complex, float, int};
use crate::value::{Args, Complex, Raised, Run, Str, Value};

/// How a replacement field turns its value into text before formatting.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Conversion {
    /// Not at all.
    None,
    /// `!s`
    Str,
    /// `!r`
    Repr,
    /// `!a`
    Ascii,
}

/// Converts and formats one replacement field of an f-string or of `str.format`. Raises what `repr`, `str` and
/// `__format__` raise.
pub fn format_value(thread: &mut Thread, value: &Value, conversion: Conversion, spec: &str) -> Run<Value> {
    let converted = match conversion {
        Conversion::None => return format_converted(thread, value, spec),
        Conversion::Str => protocol::str(thread, value)?.into_value(),
        Conversion::Repr => protocol::repr(thread, value)?.into_value(),
        Conversion::Ascii => {
            let repr = protocol::repr(thread, value)?;
            if repr.is_ascii() { repr.into_value() } else { thread.new_string(ascii_text(repr.as_str())?) }
        }
    };
    format_converted(thread, &converted, spec)
}

fn format_converted(thread: &mut Thread, value: &Value, spec: &str) -> Run<Value> {
    if !protocol::shape_of(thread, value).is_builtin() {
        let spec = thread.new_str(spec);
        let spec = spec.downcast_ref::<Str>().expect("a text was made");
        return Ok(protocol::format(thread, value, spec)?.into_value());
    }
    format_builtin(thread, value, spec)
}

/// Implements `__format__` of the built-in types, which classes derived from them inherit.
/// Raises `ValueError` for a wrong specification, `TypeError` if the type takes none, what `__str__` raises, which an
/// empty specification calls, and `MemoryError`.
pub fn format_builtin(thread: &mut Thread, value: &Value, spec: &str) -> Run<Value> {
    if spec.is_empty() {
        return Ok(protocol::str(thread, value)?.into_value());
    }
    if let Some(text) = value.downcast_ref::<Str>() {
        text_by(thread, value, text, spec)
    } else if let Some(integer) = value.as_integer() {
        int::format::by_spec(thread, value, integer, spec)
    } else if let Some(float) = value.as_float_exact() {
        float::format::by_spec(thread, value, float, spec)
    } else if let Some(complex) = value.downcast_ref::<Complex>() {
        complex::text::by_spec(thread, value, **complex, spec)
    } else {
        Err(Raised::type_error(format_args!(
            "unsupported format string passed to {}.__format__",
            protocol::type_name(thread, value)
        )))
    }
}

/// Formats a text by a specification that is not empty.
fn text_by(thread: &mut Thread, value: &Value, text: &Str, spec: &str) -> Run<Value> {
    let spec = Spec::parse(spec, '<', 's', &protocol::type_name(thread, value))?;
    let text = format_text(text.as_str(), &spec, &protocol::type_name(thread, value))?;
    Ok(thread.new_string(text))
}

/// The method `str.__format__`. Raises `ValueError` for a wrong specification, `TypeError` if it is no `str`.
pub fn format_str(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (value, spec) = format_arguments(thread, args)?;
    format_builtin(thread, value, spec)
}

//! `format(value, spec)` for the built-in types, and the helper of f-strings.
//!
//! Texts, integers and floats know the mini-language; every other built-in type takes only the empty
//! specification. Classes written in the script are asked for their `__format__`.

use crate::protocol;
use crate::text::format::float::{format_float, quick_positional};
use crate::text::format::spec::Spec;
use crate::text::format::text::format_text;
use crate::text::repr::ascii_text;
use crate::thread::Thread;
use crate::types::complex;
use crate::types::int::format::format_int;
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

/// One replacement field of an f-string or of `str.format`: convert, then format.
pub fn format_value(thread: &mut Thread, value: &Value, conversion: Conversion, spec: &str) -> Run<Value> {
    let converted = match conversion {
        Conversion::None => return format_plain(thread, value, spec),
        Conversion::Str => protocol::str(thread, value)?.into_value(),
        Conversion::Repr => protocol::repr(thread, value)?.into_value(),
        Conversion::Ascii => {
            let repr = protocol::repr(thread, value)?;
            if repr.is_ascii() { repr.into_value() } else { thread.new_string(ascii_text(repr.as_str())?) }
        }
    };
    format_plain(thread, &converted, spec)
}

fn format_plain(thread: &mut Thread, value: &Value, spec: &str) -> Run<Value> {
    if !protocol::shape_of(thread, value).is_builtin() {
        let spec = thread.new_str(spec);
        let spec = spec.downcast_ref::<Str>().expect("a text was made");
        return Ok(protocol::format(thread, value, spec)?.into_value());
    }
    format_builtin(thread, value, spec)
}

/// `__format__` of the built-in types; also what classes derived from them inherit.
pub fn format_builtin(thread: &mut Thread, value: &Value, spec: &str) -> Run<Value> {
    if spec.is_empty() {
        return Ok(protocol::str(thread, value)?.into_value());
    }
    let text = if let Some(text) = value.downcast_ref::<Str>() {
        let spec = Spec::parse(spec, '<', 's', &protocol::type_name(thread, value))?;
        format_text(text.as_str(), &spec, &protocol::type_name(thread, value))?
    } else if let Some(integer) = value.as_integer() {
        if let (Some((zeros, width)), Some(small)) = (common_width(spec), integer.to_i64()) {
            let text = if zeros { format!("{small:0width$}") } else { format!("{small:width$}") };
            return Ok(thread.new_string(text));
        }
        let name = protocol::type_name(thread, value);
        let spec = Spec::parse(spec, '>', 'd', &name)?;
        let as_float = matches!(spec.kind, Some('e' | 'E' | 'f' | 'F' | 'g' | 'G' | '%'));
        if as_float && !protocol::shape_of(thread, value).is_builtin() {
            // A class derived from `int` may be another float than its number.
            format_float(protocol::to_float(thread, value)?, &spec, &name)?
        } else {
            format_int(thread, integer, &spec, &name)?
        }
    } else if let Some(float) = value.as_float_exact() {
        match common_precision(spec).and_then(|decimals| quick_positional(float.abs(), decimals)) {
            Some(text) if float.is_sign_negative() => format!("-{text}"),
            Some(text) => text,
            None => {
                let name = protocol::type_name(thread, value);
                format_float(float, &Spec::parse(spec, '>', '\0', &name)?, &name)?
            }
        }
    } else if let Some(complex) = value.downcast_ref::<Complex>() {
        let name = protocol::type_name(thread, value);
        complex::text::format(**complex, &Spec::parse(spec, '>', '\0', &name)?, &name)?
    } else {
        return Err(Raised::type_error(format!(
            "unsupported format string passed to {}.__format__",
            protocol::type_name(thread, value)
        )));
    };
    Ok(thread.new_string(text))
}

/// Whether to fill with zeros, and the width, of `N`, `Nd`, `0N` and `0Nd`, the common ones of integers.
fn common_width(spec: &str) -> Option<(bool, usize)> {
    let digits = spec.strip_suffix('d').unwrap_or(spec).as_bytes();
    let (zeros, digits) = match digits {
        [b'0', rest @ ..] => (true, rest),
        _ => (false, digits),
    };
    match digits {
        [units @ b'1'..=b'9'] => Some((zeros, (units - b'0') as usize)),
        [tens @ b'1'..=b'9', units @ b'0'..=b'9'] => {
            Some((zeros, (tens - b'0') as usize * 10 + (units - b'0') as usize))
        }
        _ => None,
    }
}

/// The decimals of `.Nf`, the most common specification of a float.
fn common_precision(spec: &str) -> Option<usize> {
    match spec.as_bytes() {
        [b'.', digit @ b'0'..=b'9', b'f'] => Some((digit - b'0') as usize),
        _ => None,
    }
}

/// The method `__format__`.
pub fn format_method(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (value, spec) = format_arguments(thread, args)?;
    format_builtin(thread, value, spec)
}

/// The value and the specification that `__format__` of the type `owner` takes.
pub fn format_arguments<'a>(thread: &Thread, args: Args<'a>) -> Run<(&'a Value, &'a str)> {
    let [value, spec] = args.exactly();
    match spec.downcast_ref::<Str>() {
        Some(spec) => Ok((value, spec.as_str())),
        None => {
            let given = if spec.is_none() { "None".to_owned() } else { protocol::type_name(thread, spec) };
            Err(Raised::type_error(format!("__format__() argument must be str, not {given}")))
        }
    }
}

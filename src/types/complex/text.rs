//! Complex numbers as text and back: `repr`, the format mini-language, `complex(text)`.

use crate::protocol;
use crate::text::format::float::{format_float, sign_text, with_point};
use crate::text::format::spec::{Spec, ZERO};
use crate::text::number;
use crate::text::number::digits::to_ascii_digits;
use crate::text::unicode;
use crate::thread::Thread;
use crate::types::complex::own;
use crate::types::object::method_arguments::format_arguments;
use crate::value::{Args, Complex, Raised, Run, Value};

/// The shortest digits of a magnitude, without the `.0` that a float has.
fn shortest(magnitude: f64) -> String {
    let text = number::float::repr(magnitude);
    match text.strip_suffix(".0") {
        Some(whole) => whole.to_owned(),
        None => text,
    }
}

fn sign_of(value: f64, wanted: Option<char>) -> &'static str {
    sign_text(value.is_sign_negative() && !value.is_nan(), wanted)
}

/// Tells whether the real part is left out, because it is zero and not negative zero.
fn is_imaginary(value: Complex) -> bool {
    value.real == 0.0 && value.real.is_sign_positive()
}

/// `repr(value)`: `(1+2j)`, or `2j` without a real part.
pub fn repr(value: Complex) -> String {
    let part = |part: f64, wanted| format!("{}{}", sign_of(part, wanted), shortest(part.abs()));
    if is_imaginary(value) {
        return format!("{}j", part(value.imag, None));
    }
    format!("({}{}j)", part(value.real, None), part(value.imag, Some('+')))
}

/// `format(value, spec)`.
///
/// # Errors
/// `ValueError` for padding with zeros and for codes of other types.
pub fn format(value: Complex, spec: &Spec, type_name: &str) -> Run<String> {
    if !matches!(spec.kind, None | Some('e' | 'E' | 'f' | 'F' | 'g' | 'G' | 'n')) {
        return Err(spec.unknown_code(type_name).into());
    }
    if spec.fill == ZERO {
        return Err(Raised::value_error("Zero padding is not allowed in complex format specifier"));
    }
    if spec.align == '=' {
        return Err(Raised::value_error("'=' alignment flag is not allowed in complex format specifier"));
    }
    let without_code = spec.kind.is_none();
    let part = |part: f64, sign: Option<char>| -> Run<String> {
        let kind = if without_code && spec.precision.is_some() { Some('g') } else { spec.kind };
        let spec = Spec { width: 0, align: '>', sign, kind, ..spec.clone() };
        if kind.is_some() {
            return Ok(format_float(part, &spec, type_name)?);
        }
        let text = shortest(part.abs());
        let text = if spec.alternate && part.is_finite() { with_point(text) } else { text };
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        let (whole, rest) = text.split_at(digits);
        Ok(spec.lay_out_number(sign_of(part, sign), whole, rest)?)
    };
    let text = if without_code && is_imaginary(value) {
        format!("{}j", part(value.imag, spec.sign)?)
    } else {
        let (real, imag) = (part(value.real, spec.sign)?, part(value.imag, Some('+'))?);
        if without_code { format!("({real}{imag}j)") } else { format!("{real}{imag}j") }
    };
    Ok(spec.pad(&text)?)
}

/// Returns a text with decimal digits of every script as ASCII, and without underscores between digits; `None`
/// if an underscore stands elsewhere.
pub fn without_underscores(text: &str) -> Option<String> {
    let text = to_ascii_digits(text);
    let bytes = text.as_bytes();
    let is_digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    let mut underscores = bytes.iter().enumerate().filter(|(_, byte)| **byte == b'_');
    underscores.all(|(at, _)| at > 0 && is_digit(at - 1) && is_digit(at + 1)).then(|| text.replace('_', ""))
}

/// `complex(text)`; `None` when the text is no complex number.
pub fn parse(text: &str) -> Option<Complex> {
    let text = text.trim_matches(unicode::is_space);
    let text = match text.strip_prefix('(') {
        Some(inside) => inside.strip_suffix(')')?.trim_matches(unicode::is_space),
        None => text,
    };
    let (first, rest) = take_float(text);
    match (first, rest) {
        (Some(real), "") => Some(Complex { real, imag: 0.0 }),
        (Some(imag), "j" | "J") => Some(Complex { real: 0.0, imag }),
        (Some(real), rest) if rest.starts_with(['+', '-']) => {
            take_imaginary(rest).map(|imag| Complex { real, imag })
        }
        (None, rest) => take_imaginary(rest).map(|imag| Complex { real: 0.0, imag }),
        _ => None,
    }
}

/// Reads a number followed by `j`, with nothing behind it; the digits may be missing.
fn take_imaginary(text: &str) -> Option<f64> {
    let (number, rest) = match take_float(text) {
        (Some(number), rest) => (number, rest),
        (None, text) => match text.strip_prefix('-') {
            Some(rest) => (-1.0, rest),
            None => (1.0, text.strip_prefix('+').unwrap_or(text)),
        },
    };
    matches!(rest, "j" | "J").then_some(number)
}

/// Reads the longest float at the start of a text; returns it and the rest.
fn take_float(text: &str) -> (Option<f64>, &str) {
    let signed = usize::from(text.starts_with(['+', '-']));
    let digits = |from: usize| {
        let rest = text.as_bytes().get(from..).unwrap_or_default();
        from + rest.iter().take_while(|byte| byte.is_ascii_digit()).count()
    };
    let starts = |from: usize, wanted: &str| {
        text.get(from..from + wanted.len()).is_some_and(|part| part.eq_ignore_ascii_case(wanted))
    };
    let word = ["infinity", "inf", "nan"].into_iter().find(|word| starts(signed, word));
    let end = match word {
        Some(word) => signed + word.len(),
        None => {
            let mut end = digits(signed);
            if text[end..].starts_with('.') {
                end = digits(end + 1);
            }
            if text[end..].starts_with(['e', 'E']) {
                let exponent = end + 1 + usize::from(text[end + 1..].starts_with(['+', '-']));
                if digits(exponent) > exponent {
                    end = digits(exponent);
                }
            }
            end
        }
    };
    match number::float::parse(&text[..end]) {
        Some(number) => (Some(number), &text[end..]),
        None => (None, text),
    }
}

/// Formats a complex number by a specification that is not empty. Raises `ValueError` for a wrong
/// specification.
pub fn by_spec(thread: &mut Thread, value: &Value, complex: Complex, spec: &str) -> Run<Value> {
    let name = protocol::type_name(thread, value);
    let text = format(complex, &Spec::parse(spec, '>', '\0', &name)?, &name)?;
    Ok(thread.new_string(text))
}

/// The method `complex.__format__`.
/// Raises `ValueError` for a wrong specification, `TypeError` if it is no `str`, and what `__str__` raises, which an
/// empty one calls.
pub fn format_method(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (value, spec) = format_arguments(thread, args)?;
    if spec.is_empty() {
        return Ok(protocol::str(thread, value)?.into_value());
    }
    by_spec(thread, value, own(value), spec)
}

//! Formatting integers by the format mini-language and by `%`: `b`, `c`, `d`, `n`, `o`, `x`, `X`.

use crate::memory;
use crate::protocol;
use crate::text::format::float::{format_float, sign_text};
use crate::text::format::spec::Spec;
use crate::text::stored;
use crate::thread::{Thread, ThreadState};
use crate::types::float;
use crate::types::int::arithmetic::{PRODUCT, room_for};
use crate::types::int::own;
use crate::types::int::text;
use crate::types::object::method_arguments::format_arguments;
use crate::value::{Args, Integer, Raised, Run, Value};

/// Returns the digits of the magnitude in base 2, 8, 10 or 16, in lower case. Raises `ValueError` beyond the
/// limit of decimal digits, `MemoryError`.
pub fn digits(thread: &ThreadState, value: Integer, base: u32) -> Run<String> {
    Ok(match (value, base) {
        (_, 10) => {
            let mut text = text::to_decimal(thread, value)?;
            if value.is_negative() {
                text.remove(0);
            }
            text
        }
        (Integer::Small(value), 2) => format!("{:b}", value.unsigned_abs()),
        (Integer::Small(value), 8) => format!("{:o}", value.unsigned_abs()),
        (Integer::Small(value), _) => format!("{:x}", value.unsigned_abs()),
        (Integer::Big(value), _) => {
            // A character for each bit, at most, twice.
            let _room = room_for(crate::value::number::magnitude_bits(value), 4 * PRODUCT)?;
            let text = value.in_radix(base as u8).to_string();
            text.trim_start_matches('-').to_owned()
        }
    })
}

/// Returns sign, prefix and digits, as `bin`, `oct` and `hex` do. Raises as `digits` does.
pub fn with_prefix(thread: &ThreadState, value: Integer, base: u32) -> Run<String> {
    let sign = if value.is_negative() { "-" } else { "" };
    let (prefix, digits) = (prefix(base, false), digits(thread, value, base)?);
    let mut text = memory::text_with_room(sign.len() + prefix.len() + digits.len())?;
    for part in [sign, prefix, &digits] {
        text.push_str(part);
    }
    Ok(text)
}

const fn prefix(base: u32, upper: bool) -> &'static str {
    match (base, upper) {
        (2, _) => "0b",
        (8, _) => "0o",
        (16, false) => "0x",
        (16, true) => "0X",
        _ => "",
    }
}

/// Returns the character of a code point, for the code `c`. Raises `OverflowError` if there is none.
pub fn char_of(value: Integer) -> Run<u32> {
    let code = value.to_i64().and_then(|code| u32::try_from(code).ok()).filter(|&code| code < 0x11_0000);
    code.ok_or_else(|| Raised::overflow_error("%c arg not in range(0x110000)"))
}

/// Formats an integer by a specification; `type_name` is for messages. Raises `ValueError` for a specification
/// that does not fit, `OverflowError` for an integer too large for a float, `MemoryError`.
pub fn format_int(thread: &ThreadState, value: Integer, spec: &Spec, type_name: &str) -> Run<String> {
    let base = match spec.kind {
        None | Some('d' | 'n' | 'c') => 10,
        Some('b') => 2,
        Some('o') => 8,
        Some('x' | 'X') => 16,
        Some('e' | 'E' | 'f' | 'F' | 'g' | 'G' | '%') => {
            return Ok(format_float(float::arithmetic::from_integer(value)?, spec, type_name)?);
        }
        Some(_) => return Err(spec.unknown_code(type_name).into()),
    };
    if spec.precision.is_some() {
        return Err(Raised::value_error("Precision not allowed in integer format specifier"));
    }
    if spec.positive_zero {
        return Err(Raised::value_error(
            "Negative zero coercion (z) not allowed in integer format specifier",
        ));
    }
    if spec.kind == Some('c') {
        return format_char(value, spec);
    }
    let upper = spec.kind == Some('X');
    let mut text = digits(thread, value, base)?;
    if upper {
        text.make_ascii_uppercase();
    }
    let sign = sign_text(value.is_negative(), spec.sign);
    if !spec.alternate {
        return Ok(spec.lay_out_number(sign, &text, "")?);
    }
    Ok(spec.lay_out_number(&format!("{sign}{}", prefix(base, upper)), &text, "")?)
}

fn format_char(value: Integer, spec: &Spec) -> Run<String> {
    if spec.sign.is_some() {
        return Err(Raised::value_error("Sign not allowed with integer format specifier 'c'"));
    }
    if spec.alternate {
        return Err(Raised::value_error("Alternate form (#) not allowed with integer format specifier 'c'"));
    }
    if let Integer::Big(_) = value {
        return Err(Raised::overflow_error("Python int too large to convert to C long"));
    }
    Ok(spec.pad(stored::encode(char_of(value)?, &mut [0; stored::MOST_BYTES]))?)
}

/// Formats an integer by a specification that is not empty. Raises as `format_int` does.
pub fn by_spec(thread: &mut Thread, value: &Value, integer: Integer, spec: &str) -> Run<Value> {
    if let (Some((zeros, width)), Some(small)) = (common_width(spec), integer.to_i64()) {
        let text = if zeros { format!("{small:0width$}") } else { format!("{small:width$}") };
        return Ok(thread.new_string(text));
    }
    let name = protocol::type_name(thread, value);
    let spec = Spec::parse(spec, '>', 'd', &name)?;
    let as_float = matches!(spec.kind, Some('e' | 'E' | 'f' | 'F' | 'g' | 'G' | '%'));
    let text = if as_float && !protocol::shape_of(thread, value).is_builtin() {
        // A class derived from `int` may be another float than its number.
        format_float(protocol::to_float(thread, value)?, &spec, &name)?
    } else {
        format_int(thread, integer, &spec, &name)?
    };
    Ok(thread.new_string(text))
}

/// Returns, for the common specifications `N`, `Nd`, `0N` and `0Nd`, whether to fill with zeros, and the width.
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

/// The method `int.__format__`. Raises as `format_int` does, and `TypeError` if the specification is no `str`.
pub fn format_method(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (value, spec) = format_arguments(thread, args)?;
    if spec.is_empty() {
        return Ok(protocol::str(thread, value)?.into_value());
    }
    by_spec(thread, value, own(value), spec)
}

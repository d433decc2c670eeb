//! Integers to text and back: `str(n)`, `int(text, base)`, and the limit on decimal digits.

use dashu_int::{IBig, Sign};

use crate::sync::Ordering;
use crate::thread::ThreadState;
use crate::types::int_arithmetic::{PRODUCT, room_for};
use crate::types::int_long;
use crate::types::str_repr::repr_text;
use crate::types::unicode;
use crate::value::{Integer, Raised, Run, Value};

/// Integers of so many bits have fewer decimal digits than the least limit that can be set, 640.
const SURELY_SHORT_BITS: usize = 2000;

fn digit_limit(thread: &ThreadState) -> usize {
    // Relaxed: a setting of its own.
    match thread.known().int_max_str_digits.load(Ordering::Relaxed) {
        0 => usize::MAX,
        limit => limit,
    }
}

/// Decimal text. Raises `ValueError` past the limit of digits.
pub fn to_decimal(thread: &ThreadState, value: Integer) -> Run<String> {
    let big = match value {
        Integer::Small(value) => return Ok(value.to_string()),
        Integer::Big(big) => big,
    };
    let (limit, bits) = (digit_limit(thread), value.bit_length());
    // A digit takes 3.32 bits: what is far beyond the limit is not converted in order to be counted.
    if bits > SURELY_SHORT_BITS && bits / 4 > limit {
        return Err(too_long_to_show(limit));
    }
    let _room = room_for(bits, PRODUCT)?;
    let text = if bits > int_long::PIECE_BITS { int_long::to_decimal(thread, big)? } else { big.to_string() };
    if bits > SURELY_SHORT_BITS && text.trim_start_matches('-').len() > limit {
        return Err(too_long_to_show(limit));
    }
    Ok(text)
}

#[cold]
fn too_long_to_show(limit: usize) -> Raised {
    Raised::value_error(format!(
        "Exceeds the limit ({limit} digits) for integer string conversion; use \
         sys.set_int_max_str_digits() to increase the limit"
    ))
}

/// `int(text, base)`; `base` is 0 or from 2 to 36. `shown` is what the message shows, by default `repr`.
pub fn parse(thread: &ThreadState, text: &str, base: u32, shown: Option<&str>) -> Run<Value> {
    if base == 10
        && text.len() <= 18
        && let Ok(value) = text.parse::<i64>()
    {
        return Ok(thread.new_int(value));
    }
    match parse_digits(thread, text, base)? {
        Some(value) => Ok(thread.new_big(value)),
        None => {
            let repr = if shown.is_none() { repr_text(text)? } else { String::new() };
            let shown = shown.unwrap_or(&repr);
            Err(Raised::value_error(format!("invalid literal for int() with base {base}: {shown}")))
        }
    }
}

fn parse_digits(thread: &ThreadState, text: &str, base: u32) -> Run<Option<IBig>> {
    // The text twice, and the number, whose digits have at most six bits, with what computing it takes.
    let _room = room_for(text.len() * 8, PRODUCT)?;
    let ascii = to_ascii_digits(text);
    let text = ascii.trim_matches(unicode::is_space);
    let (sign, text) = match text.as_bytes() {
        [b'-', ..] => (Sign::Negative, &text[1..]),
        [b'+', ..] => (Sign::Positive, &text[1..]),
        _ => (Sign::Positive, text),
    };
    let Some((base, digits)) = split_prefix(text, base) else { return Ok(None) };
    let Some(digits) = without_underscores(digits) else { return Ok(None) };
    if !digits.chars().all(|char| char.is_digit(base)) {
        return Ok(None);
    }
    if digits.len() <= 12
        && let Ok(value) = i64::from_str_radix(&digits, base)
    {
        return Ok(Some(IBig::from(if sign == Sign::Negative { -value } else { value })));
    }
    let limit = digit_limit(thread);
    if !base.is_power_of_two() && digits.len() > limit {
        return Err(Raised::value_error(format!(
            "Exceeds the limit ({limit} digits) for integer string conversion: value has {} digits; use \
             sys.set_int_max_str_digits() to increase the limit",
            digits.len()
        )));
    }
    let magnitude = int_long::from_digits(thread, &digits, base)?;
    Ok(magnitude.map(|magnitude| IBig::from_parts(sign, magnitude)))
}

/// The same text with the decimal digits of every script as ASCII, and every white space as a blank.
pub(super) fn to_ascii_digits(text: &str) -> std::borrow::Cow<'_, str> {
    if text.is_ascii() {
        return text.into();
    }
    let replace = |char| match unicode::decimal_value(char) {
        Some(value) => (b'0' + value as u8) as char,
        None if unicode::is_space(char) => ' ',
        None => char,
    };
    text.chars().map(replace).collect::<String>().into()
}

/// Takes the prefix off and finds the base; `None` when base 0 meets a leading zero.
fn split_prefix(text: &str, base: u32) -> Option<(u32, &str)> {
    let prefixed = match text.as_bytes() {
        [b'0', b'x' | b'X', ..] => Some(16),
        [b'0', b'o' | b'O', ..] => Some(8),
        [b'0', b'b' | b'B', ..] => Some(2),
        _ => None,
    };
    match prefixed {
        Some(found) if base == 0 || base == found => {
            let digits = &text[2..];
            // One underscore may stand right behind the prefix.
            Some((found, digits.strip_prefix('_').unwrap_or(digits)))
        }
        _ if base != 0 => Some((base, text)),
        _ if text.starts_with('0') && text.contains(|char| ('1'..='9').contains(&char)) => None,
        _ => Some((10, text)),
    }
}

/// The digits without the single underscores between them; `None` when one stands elsewhere.
pub(super) fn without_underscores(digits: &str) -> Option<std::borrow::Cow<'_, str>> {
    if digits.is_empty() || digits.starts_with('_') || digits.ends_with('_') || digits.contains("__") {
        return None;
    }
    if digits.contains('_') { Some(digits.replace('_', "").into()) } else { Some(digits.into()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixes_and_underscores_follow_the_rules() {
        assert_eq!(split_prefix("0x1f", 0), Some((16, "1f")));
        assert_eq!(split_prefix("0b1", 16), Some((16, "0b1")));
        assert_eq!(split_prefix("010", 0), None);
        assert_eq!(split_prefix("00", 0), Some((10, "00")));
        assert_eq!(split_prefix("0x_1", 16), Some((16, "1")));
        assert_eq!(without_underscores("1_000").as_deref(), Some("1000"));
        for wrong in ["", "_1", "1_", "1__0"] {
            assert_eq!(without_underscores(wrong), None);
        }
        assert_eq!(to_ascii_digits("\u{3000}٤٢x"), " 42x");
    }
}

//! Integers to text and back: `str(n)`, `int(text, base)`, and the limit on decimal digits.

use dashu_int::{IBig, Sign};

use crate::sync::Ordering;
use crate::text::number::digits::{split_prefix, to_ascii_digits, without_underscores};
use crate::text::repr::repr_text;
use crate::text::unicode;
use crate::thread::ThreadState;
use crate::types::int::arithmetic::{PRODUCT, room_for};
use crate::types::int::long;
use crate::value::{Integer, Raised, Run, Value};

/// An integer of at most so many bits has fewer decimal digits than 640, the lowest limit that can be set.
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
    let text = if bits > long::PIECE_BITS { long::to_decimal(thread, big)? } else { big.to_string() };
    if bits > SURELY_SHORT_BITS && text.trim_start_matches('-').len() > limit {
        return Err(too_long_to_show(limit));
    }
    Ok(text)
}

#[cold]
fn too_long_to_show(limit: usize) -> Raised {
    Raised::value_error(format_args!(
        "Exceeds the limit ({limit} digits) for integer string conversion; use \
         sys.set_int_max_str_digits() to increase the limit"
    ))
}

/// Computes `int(text, base)`; `base` is 0 or from 2 to 36. The message shows `shown`, or else the `repr` of
/// the text. Raises `ValueError` if the text is no integer or has too many digits, `MemoryError`.
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
            // Programs that ask whether a text is a number meet this often.
            let base = if base == 10 { "10" } else { &base.to_string() };
            Err(Raised::value_error(["invalid literal for int() with base ", base, ": ", shown]))
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
        return Err(Raised::value_error(format_args!(
            "Exceeds the limit ({limit} digits) for integer string conversion: value has {} digits; use \
             sys.set_int_max_str_digits() to increase the limit",
            digits.len()
        )));
    }
    let magnitude = long::from_digits(thread, &digits, base)?;
    Ok(magnitude.map(|magnitude| IBig::from_parts(sign, magnitude)))
}

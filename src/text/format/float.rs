//! Floats in the notations of the format mini-language and of `%`: `e`, `f`, `g`, `%` and none.

use crate::memory::{OutOfMemory, Room};
use crate::text::format::spec::Spec;
use crate::text::number::float::{Digits, repr};
use crate::text::refused::{Made, Refused};

/// Decimals past which no float has a digit other than zero.
const LONGEST_FRACTION: usize = 1100;

/// The longest precision CPython takes.
const MAX_PRECISION: usize = i32::MAX as usize;

/// How to write a float.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notation {
    /// `e`: scientific.
    Scientific,
    /// `f`: positional.
    Positional,
    /// `g`: whichever is shorter, without zeros at the end.
    General,
    /// No code but a precision: like `g` with at least one decimal.
    GeneralWithPoint,
    /// No code and no precision: like `repr`.
    Shortest,
}

/// Writes the digits of a float without its sign, in lower case; the caller converts to upper case. Infinity
/// and NaN become `inf` and `nan`.
pub fn write(magnitude: f64, notation: Notation, precision: usize, alternate: bool) -> String {
    if !magnitude.is_finite() {
        return if magnitude.is_nan() { "nan" } else { "inf" }.to_owned();
    }
    let text = match notation {
        Notation::Scientific => Digits::significant(magnitude, precision + 1).to_scientific(),
        Notation::Positional => {
            let shown = precision.min(LONGEST_FRACTION);
            match positional_fast(magnitude, shown) {
                Some(text) => text,
                None => format!("{magnitude:.shown$}") + &"0".repeat(precision - shown),
            }
        }
        Notation::General => general(magnitude, precision.max(1), alternate, 0),
        Notation::GeneralWithPoint => with_decimal(general(magnitude, precision.max(1), alternate, 1)),
        Notation::Shortest => repr(magnitude),
    };
    if alternate { with_point(text) } else { text }
}

/// Writes a float in positional notation with few decimals, by one multiplication; `None` if the result could
/// be rounded wrongly.
///
/// The product of the float and a power of ten is off by less than half a unit in its last place. If it is
/// further than that from the middle between two integers, the nearest integer has the right digits.
pub fn positional_fast(magnitude: f64, decimals: usize) -> Option<String> {
    const POWERS: [f64; 10] = [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9];
    let scaled = magnitude * POWERS.get(decimals)?;
    if scaled.is_nan() || scaled >= 1e15 {
        return None;
    }
    let nearest = scaled.round_ties_even();
    if (scaled - nearest).abs() > 0.5 - scaled * f64::EPSILON - f64::EPSILON {
        return None;
    }
    let unit = POWERS[decimals] as u64;
    let (mut whole, mut fraction) = (nearest as u64 / unit, nearest as u64 % unit);
    let mut buffer = [b'.'; 32];
    let mut at = buffer.len();
    for _ in 0..decimals {
        at -= 1;
        buffer[at] = b'0' + (fraction % 10) as u8;
        fraction /= 10;
    }
    at -= usize::from(decimals > 0);
    loop {
        at -= 1;
        buffer[at] = b'0' + (whole % 10) as u8;
        whole /= 10;
        if whole == 0 {
            break;
        }
    }
    Some(std::str::from_utf8(&buffer[at..]).expect("digits are ASCII").to_owned())
}

/// Writes a float in the notation `g`. `reserve` is 1 if at least one decimal must fit into the precision.
fn general(magnitude: f64, precision: usize, alternate: bool, reserve: i64) -> String {
    let mut digits = Digits::significant(magnitude, precision);
    let exponent = i64::from(digits.exponent);
    let scientific = exponent < -4 || exponent >= precision as i64 - reserve;
    if !alternate {
        let kept = digits.digits.trim_end_matches('0').len().max(1);
        digits.digits.truncate(kept);
    }
    if scientific { digits.to_scientific() } else { digits.to_positional() }
}

/// The text with `.0` behind a whole number in positional notation.
fn with_decimal(text: String) -> String {
    if text.contains(['.', 'e']) { text } else { text + ".0" }
}

/// The text with a point behind the digits, before an exponent.
pub fn with_point(text: String) -> String {
    if text.contains('.') {
        return text;
    }
    match text.split_once('e') {
        Some((digits, exponent)) => format!("{digits}.e{exponent}"),
        None => text + ".",
    }
}

/// Sets memory aside (a `Room`) for writing a float with so many digits.
/// The formatting code of the standard library cannot report that memory is missing.
pub fn room_for_digits(precision: usize) -> Result<Room, OutOfMemory> {
    Room::of(precision.saturating_mul(4))
}

/// Formats a float by a specification.
pub fn format_float(value: f64, spec: &Spec, type_name: &str) -> Made<String> {
    let precision = spec.precision.unwrap_or(6);
    if precision > MAX_PRECISION {
        return Err(Refused::value("precision too big"));
    }
    let notation = match spec.kind {
        Some('e' | 'E') => Notation::Scientific,
        Some('f' | 'F' | '%') => Notation::Positional,
        Some('g' | 'G' | 'n') => Notation::General,
        None if spec.precision.is_some() => Notation::GeneralWithPoint,
        None => Notation::Shortest,
        Some(_) => return Err(spec.unknown_code(type_name)),
    };
    let value = if spec.kind == Some('%') { value * 100.0 } else { value };
    let _room = room_for_digits(precision)?;
    let mut text = write(value.abs(), notation, precision, spec.alternate);
    if spec.kind == Some('%') {
        text.push('%');
    }
    if matches!(spec.kind, Some('E' | 'F' | 'G')) {
        text.make_ascii_uppercase();
    }
    let is_zero =
        !text.bytes().take_while(|byte| !matches!(byte, b'e' | b'E')).any(|byte| matches!(byte, b'1'..=b'9'));
    let coerced = spec.positive_zero && is_zero && value.is_finite();
    let negative = value.is_sign_negative() && !value.is_nan() && !coerced;
    let prefix = sign_text(negative, spec.sign);
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (whole, rest) = text.split_at(digits);
    spec.lay_out_number(prefix, whole, rest)
}

/// Returns the sign that is shown: `-`, or what the specification asks for in front of positive numbers.
pub const fn sign_text(negative: bool, wanted: Option<char>) -> &'static str {
    match (negative, wanted) {
        (true, _) => "-",
        (false, Some('+')) => "+",
        (false, Some(' ')) => " ",
        (false, _) => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fast_path_gives_the_same_digits() {
        let mut taken = 0;
        for step in 0..20_000u32 {
            let value = f64::from(step) * 0.037 + f64::from(step % 13) * 1234.5678;
            for decimals in [0, 1, 2, 5, 9] {
                if let Some(text) = positional_fast(value, decimals) {
                    assert_eq!(text, format!("{value:.decimals$}"));
                    taken += 1;
                }
            }
        }
        assert!(taken > 90_000);
        assert_eq!(positional_fast(0.125, 2), None);
        assert_eq!(positional_fast(1.5, 2).as_deref(), Some("1.50"));
        assert_eq!(positional_fast(0.0, 1).as_deref(), Some("0.0"));
        assert_eq!(positional_fast(0.999, 2).as_deref(), Some("1.00"));
    }

    #[test]
    fn notations_are_cpythons() {
        let format =
            |value, spec| format_float(value, &Spec::parse(spec, '>', '\0', "float").ok()?, "float").ok();
        for (value, spec, expected) in [
            (3.0, ".3", "3.0"),
            (1234567.0, ".3", "1.23e+06"),
            (100.0, ".3", "1e+02"),
            (-0.0, "z.1f", "0.0"),
            (-0.00001, "z.1f", "0.0"),
            (f64::INFINITY, "010", "0000000inf"),
            (f64::NAN, "+", "+nan"),
            (0.5, "%", "50.000000%"),
            (1.5, "#.0f", "2."),
            (1.0, "#g", "1.00000"),
            (100000.0, "g", "100000"),
            (1e6, "G", "1E+06"),
            (12345.678, ",", "12,345.678"),
            (1234.5, "012,.2f", "0,001,234.50"),
            (1e10, "", "10000000000.0"),
            (1e16, "10", "     1e+16"),
            (2.5, ".0e", "2e+00"),
            (0.0, ".2e", "0.00e+00"),
            (0.0, "g", "0"),
            (1e-5, "g", "1e-05"),
            (f64::INFINITY, "F", "INF"),
            (-2.71659, "+08.3f", "-002.717"),
        ] {
            assert_eq!(format(value, spec).as_deref(), Some(expected), "{value} {spec}");
        }
        assert!(format(1.5, "d").is_none());
    }
}

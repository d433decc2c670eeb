//! Rounding of floats, `round(x)` and `round(x, digits)`; and the texts of `float.hex` and `float.fromhex`.
//!
//! `round(x, digits)` rounds the exact value, so 0.15 to one digit is 0.1: the float is a little less.

use dashu_int::ops::BitTest;
use dashu_int::{IBig, UBig};

use crate::memory;
use crate::text::number::float::{Digits, mantissa_and_power, repr};
use crate::text::number::quotient::quotient_as_float;
use crate::text::unicode;
use crate::value::{Raised, Run};

/// Beyond these numbers of digits rounding changes no float, or gives zero for every float.
const DIGIT_LIMITS: std::ops::RangeInclusive<i64> = -308..=323;

/// Computes `round(value, digits)`. Raises `OverflowError` if the result is too large.
pub fn round_to(value: f64, digits: i64) -> Run<f64> {
    if !value.is_finite() || value == 0.0 || digits > *DIGIT_LIMITS.end() {
        return Ok(value);
    }
    if digits < *DIGIT_LIMITS.start() {
        return Ok(value * 0.0);
    }
    let magnitude = if digits >= 0 {
        format!("{:.*}", digits as usize, value.abs()).parse().unwrap_or(f64::INFINITY)
    } else {
        round_to_power(value.abs(), digits.unsigned_abs() as i32)
    };
    if magnitude == f64::INFINITY {
        return Err(Raised::overflow_error("rounded value too large to represent"));
    }
    Ok(magnitude.copysign(value))
}

/// Rounds to a multiple of `10^power`; of two equally near ones to the even.
fn round_to_power(magnitude: f64, power: i32) -> f64 {
    let kept = Digits::shortest(magnitude).exponent + 1 - power;
    match kept {
        1.. => {
            let digits = Digits::significant(magnitude, kept as usize);
            digits.to_scientific().parse().unwrap_or(f64::INFINITY)
        }
        // The whole value is below one unit: it is rounded up if it is past the middle.
        0 if magnitude > 5.0 * 10f64.powi(power - 1) => 10f64.powi(power),
        _ => 0.0,
    }
}

/// `value.hex()`.
pub fn to_hex(value: f64) -> String {
    if !value.is_finite() {
        return repr(value);
    }
    let sign = if value.is_sign_negative() { "-" } else { "" };
    if value == 0.0 {
        return format!("{sign}0x0.0p+0");
    }
    let bits = value.to_bits();
    let (exponent, fraction) = ((bits >> 52 & 0x7ff) as i32, bits & ((1 << 52) - 1));
    let (first, power) = if exponent == 0 { (0, -1022) } else { (1, exponent - 1023) };
    format!("{sign}0x{first}.{fraction:013x}p{power:+}")
}

/// Computes `float.fromhex(text)`. Raises `ValueError` for a text that is no number, `OverflowError` if it is
/// too large.
pub fn from_hex(text: &str) -> Run<f64> {
    let wrong = || Raised::value_error("invalid hexadecimal floating-point string");
    let mut text = memory::copy_text(text.trim_matches(unicode::is_space))?;
    text.make_ascii_lowercase();
    let (sign, text) = match text.strip_prefix('-') {
        Some(rest) => (-1.0, rest),
        None => (1.0, text.strip_prefix('+').unwrap_or(&text)),
    };
    match text {
        "inf" | "infinity" => return Ok(sign * f64::INFINITY),
        "nan" => return Ok(f64::NAN.copysign(sign)),
        _ => {}
    }
    let text = text.strip_prefix("0x").unwrap_or(text);
    let (digits, power) = match text.split_once('p') {
        Some((digits, power)) if is_integer(power) => {
            (digits, power.parse::<i64>().unwrap_or_else(|_| far(power)))
        }
        Some(_) => return Err(wrong()),
        None => (text, 0),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let all = memory::formatted(format_args!("{whole}{fraction}"))?;
    if all.is_empty() || !all.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(wrong());
    }
    let mantissa = UBig::from_str_radix(&all, 16).map_err(|_| wrong())?;
    let power = power.saturating_sub(4 * fraction.len() as i64);
    Ok(sign * nearest(mantissa, power)?)
}

fn is_integer(text: &str) -> bool {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// Replaces an exponent that does not fit a machine word by one that is beyond every float.
fn far(power: &str) -> i64 {
    if power.starts_with('-') { i64::MIN / 2 } else { i64::MAX / 2 }
}

/// The float nearest to `mantissa * 2^power`.
fn nearest(mantissa: UBig, power: i64) -> Run<f64> {
    let top = power.saturating_add(mantissa.bit_len() as i64);
    if mantissa.is_zero() || top < -1100 {
        return Ok(0.0);
    }
    let too_large = || Raised::overflow_error("hexadecimal value too large to represent as a float");
    if top > 1024 {
        return Err(too_large());
    }
    let mantissa = IBig::from(mantissa);
    let unit = IBig::ONE << power.unsigned_abs() as usize;
    let result = if power >= 0 {
        quotient_as_float(&(mantissa * unit), &IBig::ONE)
    } else {
        quotient_as_float(&mantissa, &unit)
    };
    result.ok_or_else(too_large)
}

/// `value.as_integer_ratio()` of a finite float: numerator and positive denominator, in lowest terms.
pub fn integer_ratio(value: f64) -> (IBig, IBig) {
    let (mantissa, power) = mantissa_and_power(value);
    if mantissa == 0 {
        return (IBig::ZERO, IBig::ONE);
    }
    let shift = mantissa.trailing_zeros() as i32;
    let (mantissa, power) = (IBig::from(mantissa >> shift), power + shift);
    let unit = IBig::ONE << power.unsigned_abs() as usize;
    if power >= 0 { (mantissa * unit, IBig::ONE) } else { (mantissa, unit) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_exact_value_is_rounded_with_ties_to_even() {
        for (value, digits, expected) in [
            (0.15, 1, 0.1),
            (2.675, 2, 2.67),
            (0.5, 0, 0.0),
            (2.5, 0, 2.0),
            (-2.5, 0, -2.0),
            (0.125, 2, 0.12),
            (1250.0, -2, 1200.0),
            (1350.0, -2, 1400.0),
            (50.0, -2, 0.0),
            (51.0, -2, 100.0),
            (49.0, -2, 0.0),
            (4.0, -2, 0.0),
            (1e300, -300, 1e300),
            (123.456, 400, 123.456),
        ] {
            assert_eq!(round_to(value, digits).ok(), Some(expected), "round({value}, {digits})");
        }
        assert!(round_to(f64::MAX, -308).is_err());
    }

    #[test]
    fn hexadecimal_texts_come_back() {
        assert_eq!(to_hex(1.5), "0x1.8000000000000p+0");
        assert_eq!(to_hex(-5e-324), "-0x0.0000000000001p-1022");
        for value in [1.5, -0.1, 1e300, 5e-324, f64::MAX, 2.0f64.powi(-1022)] {
            assert_eq!(from_hex(&to_hex(value)).ok(), Some(value));
        }
        assert_eq!(from_hex(" 0x.8p+1 ").ok(), Some(1.0));
        assert_eq!(from_hex("1p-99999999999999999999").ok(), Some(0.0));
        for wrong in ["", "0x", "zz", "0x1p", "0x1.2.3", "1p+-3"] {
            assert!(from_hex(wrong).is_err(), "{wrong:?}");
        }
        assert!(from_hex("0x1p1024").is_err());
    }

    #[test]
    fn ratios_are_in_lowest_terms() {
        assert_eq!(integer_ratio(2.5), (IBig::from(5), IBig::from(2)));
        assert_eq!(integer_ratio(-1024.0), (IBig::from(-1024), IBig::ONE));
        assert_eq!(integer_ratio(0.0), (IBig::ZERO, IBig::ONE));
    }
}

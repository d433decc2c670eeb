//! Floats to text and back: `repr` as CPython prints it, and `float(text)`.
//!
//! `repr` has the fewest digits that read back as the same float; an exponent is used below 1e-4 and
//! from 1e16 on. Exact decimal digits for the format mini-language are made in `text/format/float.rs`.

use crate::text::number::digits::{to_ascii_digits, without_underscores};
use crate::text::unicode;

/// The decimal digits of a finite float and the power of ten of the first one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Digits {
    /// At least one digit, the first not `0` unless the value is zero.
    pub digits: String,
    /// The exponent in scientific notation.
    pub exponent: i32,
}

impl Digits {
    /// Returns the fewest digits that read back as this magnitude; of two candidates that are equally near, the
    /// one with the even last digit.
    pub fn shortest(magnitude: f64) -> Digits {
        let shortest = Digits::from_scientific(&format!("{magnitude:e}"));
        if shortest.digits.len() < 15 || !may_lie_in_the_middle(magnitude) {
            return shortest;
        }
        // The shortest digits are not always rounded to even, the exact ones are.
        let rounded = format!("{magnitude:.*e}", shortest.digits.len() - 1);
        if rounded.parse() == Ok(magnitude) { Digits::from_scientific(&rounded) } else { shortest }
    }

    /// Returns `count` significant digits, at least one, correctly rounded.
    pub fn significant(magnitude: f64, count: usize) -> Digits {
        // No float has more digits than this; the rest would be zeros.
        let shown = count.clamp(1, 770);
        let mut digits = Digits::from_scientific(&format!("{magnitude:.*e}", shown - 1));
        digits.digits.extend(std::iter::repeat_n('0', count.saturating_sub(shown)));
        digits
    }

    fn from_scientific(text: &str) -> Digits {
        let (mantissa, exponent) = text.split_once('e').expect("scientific notation has an exponent");
        Digits {
            digits: mantissa.chars().filter(char::is_ascii_digit).collect(),
            exponent: exponent.parse().expect("an exponent is an integer"),
        }
    }

    /// Positional notation: at least one digit before the point, and no point without digits after it.
    pub fn to_positional(&self) -> String {
        let count = self.digits.len();
        match usize::try_from(self.exponent) {
            Ok(exponent) if count > exponent + 1 => {
                format!("{}.{}", &self.digits[..=exponent], &self.digits[exponent + 1..])
            }
            Ok(exponent) => format!("{}{}", self.digits, "0".repeat(exponent + 1 - count)),
            Err(_) => format!("0.{}{}", "0".repeat(self.exponent.unsigned_abs() as usize - 1), self.digits),
        }
    }

    /// Scientific notation with at least two digits of exponent.
    pub fn to_scientific(&self) -> String {
        let (first, rest) = self.digits.split_at(1);
        let point = if rest.is_empty() { "" } else { "." };
        let sign = if self.exponent < 0 { '-' } else { '+' };
        format!("{first}{point}{rest}e{sign}{:02}", self.exponent.unsigned_abs())
    }
}

/// Tells whether a float may lie exactly in the middle between two decimals of its shortest length.
///
/// Those have 15 to 17 digits, so the float itself has at most 18. An odd number of `2^-n` has the digits of
/// that number times `5^n`, and `5^26` has 19.
fn may_lie_in_the_middle(magnitude: f64) -> bool {
    let (mantissa, power) = mantissa_and_power(magnitude);
    power + mantissa.trailing_zeros() as i32 >= -25
}

/// A finite float as `mantissa * 2^power`; the mantissa is odd or zero unless the float is huge.
pub fn mantissa_and_power(value: f64) -> (i64, i32) {
    let bits = value.to_bits();
    let (exponent, fraction) = ((bits >> 52 & 0x7ff) as i32, (bits & ((1 << 52) - 1)) as i64);
    let (mantissa, power) =
        if exponent == 0 { (fraction, -1074) } else { (fraction | 1 << 52, exponent - 1075) };
    (if value.is_sign_negative() { -mantissa } else { mantissa }, power)
}

/// `repr` of a float.
pub fn repr(value: f64) -> String {
    if !value.is_finite() {
        return if value.is_nan() {
            "nan"
        } else if value > 0.0 {
            "inf"
        } else {
            "-inf"
        }
        .to_owned();
    }
    let magnitude = value.abs();
    let sign = if value.is_sign_negative() { "-" } else { "" };
    if magnitude == 0.0 {
        return format!("{sign}0.0");
    }
    if (1e-4..1e16).contains(&magnitude) {
        // In this range Rust's own notation is the same, and mostly with the same digits.
        let text = format!("{value:?}");
        if text.len() <= 15 || !may_lie_in_the_middle(magnitude) {
            return text;
        }
        let text = Digits::shortest(magnitude).to_positional();
        return if text.contains('.') { format!("{sign}{text}") } else { format!("{sign}{text}.0") };
    }
    format!("{sign}{}", Digits::shortest(magnitude).to_scientific())
}

/// `float(text)`; `None` when the text is no number.
pub fn parse(text: &str) -> Option<f64> {
    let ascii = to_ascii_digits(text);
    let text = ascii.trim_matches(unicode::is_space);
    if !text.contains('_') {
        return text.parse().ok();
    }
    // Underscores stand between two digits only, so every run of digits is looked at by itself.
    let is_end_of_run = |char: char| !char.is_ascii_digit() && char != '_';
    for run in text.split(is_end_of_run).filter(|run| !run.is_empty()) {
        without_underscores(run)?;
    }
    text.replace('_', "").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repr_chooses_the_notation_cpython_chooses() {
        for (value, expected) in [
            (0.0, "0.0"),
            (-0.0, "-0.0"),
            (1.0, "1.0"),
            (0.1 + 0.2, "0.30000000000000004"),
            (1e15, "1000000000000000.0"),
            (1e16, "1e+16"),
            (1.5e16, "1.5e+16"),
            (9999999999999998.0, "9999999999999998.0"),
            (0.0001, "0.0001"),
            (0.00001, "1e-05"),
            (1.25e-7, "1.25e-07"),
            (5e-324, "5e-324"),
            (f64::MAX, "1.7976931348623157e+308"),
            (-123456.789, "-123456.789"),
            (f64::NEG_INFINITY, "-inf"),
            (f64::NAN, "nan"),
        ] {
            assert_eq!(repr(value), expected);
        }
    }

    #[test]
    fn texts_are_parsed_as_by_cpython() {
        assert_eq!(parse(" 1_000.5e1_0\n"), Some(1000.5e10));
        assert_eq!(parse("-Infinity"), Some(f64::NEG_INFINITY));
        assert_eq!(parse(".5"), Some(0.5));
        assert_eq!(parse("5."), Some(5.0));
        assert_eq!(parse("٣.٥"), Some(3.5));
        for wrong in ["", "_1", "1_", "1__0", "1_.5", "1._5", "1e_5", "1 2", "0x10", "e5", "."] {
            assert_eq!(parse(wrong), None, "{wrong:?}");
        }
        assert!(parse("nan").is_some_and(f64::is_nan));
    }

    #[test]
    fn digits_are_placed() {
        assert_eq!(Digits::significant(0.000123, 2).to_positional(), "0.00012");
        assert_eq!(Digits::significant(123456.0, 3).to_positional(), "123000");
        assert_eq!(Digits::significant(9.99, 2).to_scientific(), "1.0e+01");
        assert_eq!(Digits::significant(2.5, 1).to_positional(), "2");
        assert_eq!(Digits::significant(0.5, 800).digits.len(), 800);
    }
}

//! The quotient of two integers of any size as a float, rounded once: to the nearest, with ties to even.

use dashu_int::ops::DivRem;
use dashu_int::{IBig, Sign};

/// Bits of a float's mantissa.
pub const MANTISSA_BITS: i64 = 53;
/// The exponent below which floats lose mantissa bits.
const MIN_EXPONENT: i64 = -1021;
/// The exponent of the first power of two that is no float.
const MAX_EXPONENT: i64 = 1024;

/// The float nearest to `left / right`; `None` when it is too large. The divisor is not zero.
pub fn quotient_as_float(left: &IBig, right: &IBig) -> Option<f64> {
    let sign = if (left.sign() == Sign::Negative) != (right.sign() == Sign::Negative) { -1.0 } else { 1.0 };
    let (left, right) = (left.clone().into_parts().1, right.clone().into_parts().1);
    if left.is_zero() {
        return Some(0.0);
    }
    let bits = |value: &dashu_int::UBig| dashu_int::ops::BitTest::bit_len(value) as i64;
    let difference = bits(&left) - bits(&right);
    if difference > MAX_EXPONENT {
        return None;
    }
    if difference < MIN_EXPONENT - MANTISSA_BITS - 1 {
        return Some(sign * 0.0);
    }
    // The quotient is scaled to at least two bits more than the mantissa has, fewer if it is subnormal.
    let shift = difference.max(MIN_EXPONENT) - MANTISSA_BITS - 2;
    let (quotient, remainder) = if shift <= 0 {
        (left << shift.unsigned_abs() as usize).div_rem(right)
    } else {
        left.div_rem(right << shift as usize)
    };
    let quotient = u64::try_from(&quotient).expect("the quotient has at most 56 bits");
    let quotient_bits = 64 - i64::from(quotient.leading_zeros());
    let extra = (quotient_bits.max(MIN_EXPONENT - shift) - MANTISSA_BITS) as u32;
    // Two bits and "something follows" decide the rounding.
    let sticky = quotient | u64::from(!remainder.is_zero());
    let unit = 1 << extra;
    let (kept, rest) = (quotient & !(unit - 1), sticky & (unit - 1));
    let half = unit >> 1;
    let rounded = if rest > half || (rest == half && kept & unit != 0) { kept + unit } else { kept };
    let result = scale(rounded as f64, shift);
    if result.is_finite() { Some(sign * result) } else { None }
}

/// `value * 2^power` for a product that is a float exactly, or infinite (C: ldexp).
fn scale(value: f64, power: i64) -> f64 {
    // Half at a time, since 2^power alone may be no float.
    let power = power.clamp(-2046, 2046) as i32;
    value * 2f64.powi(power / 2) * 2f64.powi(power - power / 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn big(text: &str) -> IBig {
        text.parse().expect("a number")
    }

    #[test]
    fn quotients_are_rounded_once() {
        let power = |exponent: usize| IBig::ONE << exponent;
        assert_eq!(quotient_as_float(&power(2000), &power(1990)), Some(1024.0));
        assert_eq!(quotient_as_float(&big("1"), &big("3")), Some(1.0 / 3.0));
        assert_eq!(quotient_as_float(&-(power(53) + IBig::ONE), &IBig::ONE), Some(-(2f64.powi(53))));
        assert_eq!(quotient_as_float(&(power(53) + IBig::from(3)), &IBig::ONE), Some(2f64.powi(53) + 4.0));
        assert_eq!(quotient_as_float(&power(1024), &IBig::ONE), None);
        assert_eq!(quotient_as_float(&IBig::ONE, &power(1074)), Some(5e-324));
        assert_eq!(quotient_as_float(&IBig::ONE, &power(1075)), Some(0.0));
        assert_eq!(quotient_as_float(&IBig::from(3), &power(1076)), Some(5e-324));
        assert_eq!(quotient_as_float(&big("10").pow(400), &big("10").pow(399)), Some(10.0));
        assert_eq!(quotient_as_float(&big("10").pow(30), &big("7").pow(350)), Some(1.6431832339994914e-266));
    }
}

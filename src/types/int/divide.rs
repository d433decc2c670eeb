//! Division of integers: floor division, modulo, and the correctly rounded quotient.
//!
//! The remainder has the sign of the divisor, as Python has it. `/` rounds the exact quotient once, to
//! the nearest float with ties to even, however large the operands are.

use dashu_int::ops::DivRem;
use dashu_int::{IBig, Sign};

use crate::thread::Thread;
use crate::types::int::arithmetic::{PRODUCT, operands, room_for, widened};
use crate::types::int::long;
use crate::value::{Integer, Raised, Run, Value};

/// Bits of a float's mantissa.
const MANTISSA_BITS: i64 = 53;
/// The exponent below which floats lose mantissa bits.
const MIN_EXPONENT: i64 = -1021;
/// The exponent of the first power of two that is no float.
const MAX_EXPONENT: i64 = 1024;

/// Quotient rounded down and remainder with the divisor's sign; the divisor is not zero.
pub fn floor_div_rem(left: &IBig, right: &IBig) -> (IBig, IBig) {
    round_down(left.div_rem(right), right)
}

/// The same for operands of any length: Ctrl-C is answered meanwhile.
fn floor_div_rem_of(thread: &Thread, left: &IBig, right: &IBig) -> Run<(IBig, IBig)> {
    let bits = |value: &IBig| dashu_int::ops::BitTest::bit_len(value);
    match long::is_long(bits(left), bits(right)) {
        true => Ok(round_down(long::divide(thread, left, right)?, right)),
        false => Ok(floor_div_rem(left, right)),
    }
}

fn round_down((quotient, remainder): (IBig, IBig), right: &IBig) -> (IBig, IBig) {
    if !remainder.is_zero() && remainder.sign() != right.sign() {
        (quotient - IBig::ONE, remainder + right)
    } else {
        (quotient, remainder)
    }
}

/// Floor quotient of machine words; `None` when it overflows. The divisor is not zero.
#[inline]
pub const fn floor_div_word(left: i64, right: i64) -> Option<i64> {
    match left.checked_div(right) {
        Some(quotient) if left % right != 0 && (left < 0) != (right < 0) => Some(quotient - 1),
        quotient => quotient,
    }
}

/// Remainder of machine words with the divisor's sign. The divisor is not zero.
#[inline]
pub const fn modulo_word(left: i64, right: i64) -> i64 {
    let remainder = left.wrapping_rem(right);
    if remainder != 0 && (remainder < 0) != (right < 0) { remainder + right } else { remainder }
}

/// `left // right`.
pub fn floor_div(thread: &mut Thread, left: &Value, right: &Value) -> Run<Value> {
    let Some((left, right)) = operands(left, right) else { return Ok(Value::NOT_IMPLEMENTED) };
    if right.is_zero() {
        return Err(Raised::zero_division("integer division or modulo by zero"));
    }
    if let (Integer::Small(left), Integer::Small(right)) = (left, right)
        && let Some(quotient) = floor_div_word(left, right)
    {
        return Ok(thread.new_int(quotient));
    }
    let _room = room_for(left.bit_length() + right.bit_length(), PRODUCT)?;
    let (quotient, _) = widened(left, right, |left, right| floor_div_rem_of(thread, left, right))?;
    Ok(thread.new_big(quotient))
}

/// `left % right`.
pub fn modulo(thread: &mut Thread, left: &Value, right: &Value) -> Run<Value> {
    let Some((left, right)) = operands(left, right) else { return Ok(Value::NOT_IMPLEMENTED) };
    if right.is_zero() {
        return Err(Raised::zero_division("integer modulo by zero"));
    }
    if let (Integer::Small(left), Integer::Small(right)) = (left, right) {
        return Ok(thread.new_int(modulo_word(left, right)));
    }
    let _room = room_for(left.bit_length() + right.bit_length(), PRODUCT)?;
    let (_, remainder) = widened(left, right, |left, right| floor_div_rem_of(thread, left, right))?;
    Ok(thread.new_big(remainder))
}

/// `divmod(left, right)`.
pub fn divmod(thread: &mut Thread, left: &Value, right: &Value) -> Run<Value> {
    let Some((left, right)) = operands(left, right) else { return Ok(Value::NOT_IMPLEMENTED) };
    if right.is_zero() {
        return Err(Raised::zero_division("integer division or modulo by zero"));
    }
    let _room = room_for(left.bit_length() + right.bit_length(), PRODUCT)?;
    let (quotient, remainder) = widened(left, right, |left, right| floor_div_rem_of(thread, left, right))?;
    let pair = vec![thread.new_big(quotient), thread.new_big(remainder)];
    Ok(thread.new_tuple(pair))
}

/// `left / right`.
pub fn true_div(thread: &mut Thread, left: &Value, right: &Value) -> Run<Value> {
    let Some((left, right)) = operands(left, right) else { return Ok(Value::NOT_IMPLEMENTED) };
    if right.is_zero() {
        return Err(Raised::zero_division("division by zero"));
    }
    if let (Integer::Small(left), Integer::Small(right)) = (left, right)
        && left.unsigned_abs().max(right.unsigned_abs()) <= 1 << MANTISSA_BITS
    {
        // Both are floats exactly, so the hardware rounds once.
        return Ok(thread.new_float(left as f64 / right as f64));
    }
    let _room = room_for(left.bit_length() + right.bit_length(), PRODUCT)?;
    match widened(left, right, quotient_as_float) {
        Some(quotient) => Ok(thread.new_float(quotient)),
        None => Err(Raised::overflow_error("integer division result too large for a float")),
    }
}

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
pub fn scale(value: f64, power: i64) -> f64 {
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
    fn remainders_have_the_sign_of_the_divisor() {
        for (left, right) in [(7, 3), (-7, 3), (7, -3), (-7, -3), (6, 3), (-6, 3), (0, -3)] {
            let (quotient, remainder) = floor_div_rem(&IBig::from(left), &IBig::from(right));
            assert_eq!(quotient, IBig::from((left as f64 / right as f64).floor() as i64));
            assert_eq!(&quotient * IBig::from(right) + &remainder, IBig::from(left));
            assert_eq!(floor_div_word(left, right), i64::try_from(&quotient).ok());
            assert_eq!(modulo_word(left, right), i64::try_from(&remainder).expect("small"));
        }
        assert_eq!(floor_div_word(i64::MIN, -1), None);
        assert_eq!(modulo_word(i64::MIN, -1), 0);
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

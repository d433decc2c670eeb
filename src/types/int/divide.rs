//! Division of integers: floor division, modulo, and the correctly rounded quotient.
//!
//! The remainder has the sign of the divisor, as Python has it. `/` rounds the exact quotient once, to
//! the nearest float with ties to even, however large the operands are.

use dashu_int::IBig;
use dashu_int::ops::DivRem;

use crate::text::number::quotient::{MANTISSA_BITS, quotient_as_float};
use crate::thread::Thread;
use crate::types::int::arithmetic::{PRODUCT, operands, room_for, widened};
use crate::types::int::long;
use crate::value::{Integer, Raised, Run, Value};

/// Returns the quotient, rounded down, and the remainder, which has the divisor's sign; the divisor is not
/// zero.
pub fn floor_div_rem(left: &IBig, right: &IBig) -> (IBig, IBig) {
    round_down(left.div_rem(right), right)
}

/// Computes what `floor_div_rem` does; for long operands it checks for Ctrl-C meanwhile. Raises
/// `KeyboardInterrupt`.
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

/// Returns the quotient of machine words, rounded down; `None` if it overflows. The divisor is not zero.
#[inline]
pub const fn floor_div_word(left: i64, right: i64) -> Option<i64> {
    match left.checked_div(right) {
        Some(quotient) if left % right != 0 && (left < 0) != (right < 0) => Some(quotient - 1),
        quotient => quotient,
    }
}

/// Returns the remainder of machine words, which has the divisor's sign. The divisor is not zero.
#[inline]
pub const fn modulo_word(left: i64, right: i64) -> i64 {
    let remainder = left.wrapping_rem(right);
    if remainder != 0 && (remainder < 0) != (right < 0) { remainder + right } else { remainder }
}

/// Computes `left // right`. Raises `ZeroDivisionError`, `MemoryError`, `KeyboardInterrupt` in a long
/// computation.
pub fn floor_div(thread: &mut Thread, left: &Value, right: &Value) -> Run<Value> {
    let Some((left, right)) = operands(left, right) else { return Ok(Value::NOT_IMPLEMENTED) };
    if right.is_zero() {
        return Err(Raised::zero_division("division by zero"));
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

/// Computes `left % right`. Raises `ZeroDivisionError`, `MemoryError`, `KeyboardInterrupt` in a long
/// computation.
pub fn modulo(thread: &mut Thread, left: &Value, right: &Value) -> Run<Value> {
    let Some((left, right)) = operands(left, right) else { return Ok(Value::NOT_IMPLEMENTED) };
    if right.is_zero() {
        return Err(Raised::zero_division("division by zero"));
    }
    if let (Integer::Small(left), Integer::Small(right)) = (left, right) {
        return Ok(thread.new_int(modulo_word(left, right)));
    }
    let _room = room_for(left.bit_length() + right.bit_length(), PRODUCT)?;
    let (_, remainder) = widened(left, right, |left, right| floor_div_rem_of(thread, left, right))?;
    Ok(thread.new_big(remainder))
}

/// Computes `divmod(left, right)`. Raises `ZeroDivisionError`, `MemoryError`, `KeyboardInterrupt` in a long
/// computation.
pub fn divmod(thread: &mut Thread, left: &Value, right: &Value) -> Run<Value> {
    let Some((left, right)) = operands(left, right) else { return Ok(Value::NOT_IMPLEMENTED) };
    if right.is_zero() {
        return Err(Raised::zero_division("division by zero"));
    }
    let _room = room_for(left.bit_length() + right.bit_length(), PRODUCT)?;
    let (quotient, remainder) = widened(left, right, |left, right| floor_div_rem_of(thread, left, right))?;
    let pair = vec![thread.new_big(quotient), thread.new_big(remainder)];
    Ok(thread.new_tuple(pair))
}

/// Computes `left / right`. Raises `ZeroDivisionError`, `OverflowError` if the result is too large for a float,
/// `MemoryError`.
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
    if left.is_zero() {
        return Ok(thread.new_float(if right.is_negative() { -0.0 } else { 0.0 }));
    }
    let _room = room_for(left.bit_length() + right.bit_length(), PRODUCT)?;
    match widened(left, right, quotient_as_float) {
        Some(quotient) => Ok(thread.new_float(quotient)),
        None => Err(Raised::overflow_error("integer division result too large for a float")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
}

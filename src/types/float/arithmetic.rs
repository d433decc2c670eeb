//! Arithmetic of floats: the slots of `float`, which the interpreter's handlers call when their fast paths do
//! not apply.
//!
//! Each binary function returns `NotImplemented` unless one operand is a float and the other a float or an
//! integer, and raises `OverflowError` for an integer too large for a float. `%` has the sign of the divisor.

use dashu_int::IBig;

use crate::text::number::float::mantissa_and_power;
use crate::thread::Thread;
use crate::types::float::complex_power;
use crate::value::{Complex, ErrorKind, Integer, Raised, Run, Value};

/// Returns the float nearest to an integer. Raises `OverflowError` if it is too large.
pub fn from_integer(value: Integer) -> Run<f64> {
    value.to_float().ok_or_else(|| Raised::overflow_error("int too large to convert to float"))
}

/// Returns both operands as floats, if they are floats or integers. Raises `OverflowError` for an integer too
/// large.
#[inline]
pub fn operands(left: &Value, right: &Value) -> Run<Option<(f64, f64)>> {
    match (as_float(left)?, as_float(right)?) {
        (Some(left), Some(right)) => Ok(Some((left, right))),
        _ => Ok(None),
    }
}

/// Returns a float or an integer as a float; `None` for anything else. Raises `OverflowError` for an integer
/// too large.
#[inline]
pub fn as_float(value: &Value) -> Run<Option<f64>> {
    match value.as_float_exact() {
        Some(float) => Ok(Some(float)),
        None => value.as_integer().map(from_integer).transpose(),
    }
}

macro_rules! operator {
    ($(#[$doc:meta])* $name:ident, $compute:expr) => {
        $(#[$doc])*
        pub fn $name(thread: &mut Thread, left: &Value, right: &Value) -> Run<Value> {
            match operands(left, right)? {
                Some((left, right)) => Ok(thread.new_float($compute(left, right)?)),
                None => Ok(Value::NOT_IMPLEMENTED),
            }
        }
    };
}

operator! {
    /// `left + right`.
    add, |left: f64, right: f64| Run::Ok(left + right)
}
operator! {
    /// `left - right`.
    sub, |left: f64, right: f64| Run::Ok(left - right)
}
operator! {
    /// `left * right`.
    mul, |left: f64, right: f64| Run::Ok(left * right)
}
operator! {
    /// `left / right`.
    true_div, quotient
}
operator! {
    /// `left // right`.
    floor_div, floor_quotient
}
operator! {
    /// `left % right`.
    modulo, remainder
}
/// Computes `left ** right`; a fractional power of a negative number is complex. Raises `ZeroDivisionError` for
/// zero to a negative power, `OverflowError` if the result is too large.
pub fn power(thread: &mut Thread, left: &Value, right: &Value) -> Run<Value> {
    let Some((left, right)) = operands(left, right)? else { return Ok(Value::NOT_IMPLEMENTED) };
    if left < 0.0 && left.is_finite() && right.is_finite() && right != right.floor() {
        let [left, right] = [left, right].map(|real| Complex { real, imag: 0.0 });
        return Ok(thread.alloc(complex_power::raise(left, right)?).into_value());
    }
    Ok(thread.new_float(raise(thread, left, right)?))
}

/// Computes `divmod(left, right)`. Raises `ZeroDivisionError`, `OverflowError` for an integer too large.
pub fn divmod(thread: &mut Thread, left: &Value, right: &Value) -> Run<Value> {
    let Some((left, right)) = operands(left, right)? else { return Ok(Value::NOT_IMPLEMENTED) };
    let quotient = floor_quotient(left, right)?;
    let pair = vec![thread.new_float(quotient), thread.new_float(remainder(left, right)?)];
    Ok(thread.new_tuple(pair))
}

/// Computes `left / right` of two floats. Raises `ZeroDivisionError`.
#[inline]
pub fn quotient(left: f64, right: f64) -> Run<f64> {
    if right == 0.0 { Err(Raised::zero_division("division by zero")) } else { Ok(left / right) }
}

/// Computes `left % right` of two floats. Raises `ZeroDivisionError`.
#[inline]
pub fn remainder(left: f64, right: f64) -> Run<f64> {
    if right == 0.0 {
        return Err(Raised::zero_division("division by zero"));
    }
    Ok(signed_remainder(left, right))
}

#[inline]
fn signed_remainder(left: f64, right: f64) -> f64 {
    let rest = left % right;
    if rest == 0.0 {
        0f64.copysign(right)
    } else if (right < 0.0) != (rest < 0.0) {
        rest + right
    } else {
        rest
    }
}

/// Computes `left // right` of two floats. Raises `ZeroDivisionError`.
#[inline]
pub fn floor_quotient(left: f64, right: f64) -> Run<f64> {
    if right == 0.0 {
        return Err(Raised::zero_division("division by zero"));
    }
    let rest = left % right;
    let mut quotient = (left - rest) / right;
    if rest != 0.0 && (right < 0.0) != (rest < 0.0) {
        quotient -= 1.0;
    }
    if quotient == 0.0 {
        return Ok(0f64.copysign(left / right));
    }
    // The division is exact but for rounding, so the nearest whole number is meant.
    let floor = quotient.floor();
    Ok(if quotient - floor > 0.5 { floor + 1.0 } else { floor })
}

/// Computes `left ** right` of two floats if the result is real, NaN if it is not. Raises nothing: the result may
/// be infinite.
pub fn real_power(left: f64, right: f64) -> f64 {
    // A NaN is kept as it is, with its sign, which the library may change.
    if left.is_nan() && right != 0.0 {
        left
    } else if right.is_nan() && left != 1.0 {
        right
    } else {
        left.powf(right)
    }
}

/// Computes `left ** right` of two floats if the result is real. Raises `ZeroDivisionError` for zero to a finite
/// negative power, `OverflowError` if the result is too large.
pub fn raise(thread: &Thread, left: f64, right: f64) -> Run<f64> {
    if left == 0.0 && right < 0.0 && right.is_finite() {
        return Err(Raised::zero_division("zero to a negative power"));
    }
    let result = real_power(left, right);
    if result.is_infinite() && left.is_finite() && right.is_finite() {
        // The two arguments that the C library's ERANGE gives.
        let arguments = vec![thread.new_int(34), thread.new_str("Numerical result out of range")];
        return Err(Raised::with(ErrorKind::OverflowError, arguments));
    }
    Ok(result)
}

/// Computes `-value`. Raises nothing.
pub fn negative(thread: &mut Thread, value: &Value) -> Run<Value> {
    Ok(value.as_float_exact().map_or(Value::NOT_IMPLEMENTED, |float| thread.new_float(-float)))
}

/// Computes `+value`. Raises nothing.
pub fn positive(thread: &mut Thread, value: &Value) -> Run<Value> {
    Ok(value.as_float_exact().map_or(Value::NOT_IMPLEMENTED, |float| thread.new_float(float)))
}

/// Computes `abs(value)`. Raises nothing.
pub fn absolute(thread: &mut Thread, value: &Value) -> Run<Value> {
    Ok(value.as_float_exact().map_or(Value::NOT_IMPLEMENTED, |float| thread.new_float(float.abs())))
}

/// Rounds towards zero to an integer. Raises `ValueError` for NaN, `OverflowError` for infinities.
pub fn truncate(thread: &mut Thread, value: f64) -> Run<Value> {
    if value.is_nan() {
        return Err(Raised::value_error("cannot convert float NaN to integer"));
    }
    if value.is_infinite() {
        return Err(Raised::overflow_error("cannot convert float infinity to integer"));
    }
    if value.abs() < 2f64.powi(62) {
        return Ok(thread.new_int(value as i64));
    }
    Ok(thread.new_big(whole_to_big(value)))
}

/// Returns the integer part of a finite float.
pub fn whole_to_big(value: f64) -> IBig {
    let (mantissa, power) = mantissa_and_power(value);
    if power >= 0 { IBig::from(mantissa) << power as usize } else { IBig::from(value as i64) }
}

/// Compares an integer with a float exactly; `None` for NaN.
pub fn compare_integer(left: Integer, right: f64) -> Option<std::cmp::Ordering> {
    use std::cmp::Ordering::{Greater, Less};
    if right.is_nan() {
        return None;
    }
    if right.is_infinite() {
        return Some(if right > 0.0 { Less } else { Greater });
    }
    let whole = right.trunc();
    let order = match left {
        Integer::Small(left) if whole.abs() < 2f64.powi(62) => left.cmp(&(whole as i64)),
        _ => left.to_big().cmp(&whole_to_big(whole)),
    };
    // Equal to the whole part: the fraction decides.
    Some(order.then_with(|| 0.0f64.total_cmp(&(right - whole + 0.0))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn remainder_and_floor_have_pythons_signs() {
        assert_eq!(signed_remainder(-7.5, 2.0), 0.5);
        assert_eq!(signed_remainder(7.5, -2.0), -0.5);
        assert!(signed_remainder(4.0, -2.0).is_sign_negative());
        assert_eq!(floor_quotient(-7.5, 2.0).ok(), Some(-4.0));
        assert_eq!(floor_quotient(1.0, 0.1).ok(), Some(9.0));
        assert!(floor_quotient(-0.0, 2.0).is_ok_and(f64::is_sign_negative));
    }

    #[test]
    fn integers_and_floats_compare_exactly() {
        use std::cmp::Ordering::*;
        let compare = |left: i64, right| compare_integer(Integer::Small(left), right);
        assert_eq!(compare((1 << 53) + 1, 2f64.powi(53)), Some(Greater));
        assert_eq!(compare(1 << 53, 2f64.powi(53)), Some(Equal));
        assert_eq!(compare(0, -0.0), Some(Equal));
        assert_eq!((compare(2, 2.5), compare(-2, -2.5)), (Some(Less), Some(Greater)));
        assert_eq!(compare(i64::MAX, 2f64.powi(63)), Some(Less));
        assert_eq!(compare(1, f64::NAN), None);
        let big = IBig::from(10).pow(300);
        assert_eq!(compare_integer(Integer::Big(&big), 1e300), Some(Less));
        assert_eq!(compare_integer(Integer::Big(&big), f64::INFINITY), Some(Less));
    }
}

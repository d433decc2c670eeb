//! Powers of integers, with and without a modulus.

use dashu_int::fast_div::ConstDivisor;
use dashu_int::ops::{BitTest, ExtendedGcd};
use dashu_int::{IBig, Sign, UBig};

use crate::protocol::check_interrupt;
use crate::thread::Thread;
use crate::types::float;
use crate::types::int::arithmetic::{MAX_PRODUCT_BITS, PRODUCT, check_bits, operands, room_for};
use crate::types::int::divide::floor_div_rem;
use crate::types::int::long;
use crate::value::{Integer, Kind, Raised, Run, Value};

/// Computes `pow(base, exponent, modulus)` as the type of the operand `asked` does: integers compute it, floats
/// and complex numbers refuse a modulus. `NotImplemented` if `asked` or another operand is no number. Raises
/// `TypeError` and `ValueError` for operands that do not fit.
pub fn power_of_three(thread: &mut Thread, asked: &Value, operands: [&Value; 3]) -> Run<Value> {
    if asked.as_float_exact().is_some() {
        let complaint = "pow() 3rd argument not allowed unless all arguments are integers";
        return Err(Raised::type_error(complaint));
    }
    let is_number =
        |value: &&Value| matches!(value.kind(), Kind::Int | Kind::Bool | Kind::Float | Kind::Complex);
    if asked.kind() == Kind::Complex && operands[..2].iter().all(is_number) {
        return Err(Raised::value_error("complex modulo"));
    }
    match operands.map(Value::as_integer) {
        [Some(base), Some(exponent), Some(modulus)] => power_modulo(thread, base, exponent, modulus),
        _ => Ok(Value::NOT_IMPLEMENTED),
    }
}

/// Computes `left ** right`; a negative exponent gives a float. Raises `ZeroDivisionError` for zero to a
/// negative power, `OverflowError` for an integer too large for a float, `MemoryError` if the result is too
/// large.
pub fn power(thread: &mut Thread, left: &Value, right: &Value) -> Run<Value> {
    let Some((base, exponent)) = operands(left, right) else { return Ok(Value::NOT_IMPLEMENTED) };
    if exponent.is_negative() {
        let base = thread.new_float(float::arithmetic::from_integer(base)?);
        let exponent = thread.new_float(float::arithmetic::from_integer(exponent)?);
        return float::arithmetic::power(thread, &base, &exponent);
    }
    if let Integer::Small(base) = base {
        match (base, exponent) {
            (0 | 1, _) => return Ok(thread.new_int(if exponent.is_zero() { 1 } else { base })),
            (-1, Integer::Small(exponent)) => {
                return Ok(thread.new_int(if exponent % 2 == 0 { 1 } else { -1 }));
            }
            (-1, Integer::Big(exponent)) => {
                let odd = exponent.trailing_zeros() == Some(0);
                return Ok(thread.new_int(if odd { -1 } else { 1 }));
            }
            (_, Integer::Small(exponent)) => {
                if let Some(result) =
                    u32::try_from(exponent).ok().and_then(|exponent| base.checked_pow(exponent))
                {
                    return Ok(thread.new_int(result));
                }
            }
            (_, Integer::Big(_)) => {}
        }
    }
    let Integer::Small(exponent) = exponent else { return Err(Raised::memory_error()) };
    let exponent = exponent as usize;
    // A base of b bits is at least 2^(b-1).
    let bits = (base.bit_length() - 1).saturating_mul(exponent);
    check_bits(bits, MAX_PRODUCT_BITS)?;
    let _room = room_for(base.bit_length().saturating_mul(exponent), PRODUCT)?;
    if bits > long::PIECE_BITS {
        let result = long::power(thread, &base.to_big(), exponent)?;
        return Ok(thread.new_big(result));
    }
    Ok(thread.new_big(base.to_big().pow(exponent)))
}

/// The largest product of the bits of exponent and modulus for which a power is always fast.
/// It then takes at most some hundredths of a second.
const SHORT_POWER_BITS: usize = 1 << 25;

/// Computes `pow(base, exponent, modulus)` of three integers. Raises `ValueError` for a modulus of zero or a
/// base that has no inverse, `MemoryError`, `KeyboardInterrupt`.
pub fn power_modulo(thread: &mut Thread, base: Integer, exponent: Integer, modulus: Integer) -> Run<Value> {
    if modulus.is_zero() {
        return Err(Raised::value_error("pow() 3rd argument cannot be 0"));
    }
    // A table of powers as well.
    let bits = base.bit_length() + 4 * modulus.bit_length() + exponent.bit_length();
    let _room = room_for(bits, 4 * PRODUCT)?;
    let (sign, ring) = modulus.to_big().into_parts();
    let modulus = IBig::from(ring.clone());
    if ring.is_one() {
        return Ok(thread.new_int(0));
    }
    let mut base = floor_div_rem(&base.to_big(), &modulus).1;
    let (exponent_sign, exponent) = exponent.to_big().into_parts();
    if exponent_sign == Sign::Negative {
        base = inverse(base, &modulus)?;
    }
    let base = base.into_parts().1;
    let divisor = ConstDivisor::new(ring);
    let reduced = divisor.reduce(base);
    let (bits, ring_bits) = (exponent.bit_len(), modulus.bit_len());
    let result = if bits.saturating_mul(ring_bits) <= SHORT_POWER_BITS {
        reduced.pow(&exponent)
    } else {
        // Step by step, so that Ctrl-C is answered.
        let mut result = divisor.reduce(UBig::ONE);
        for bit in (0..bits).rev() {
            check_interrupt(thread)?;
            result = result.sqr();
            if exponent.bit(bit) {
                result *= &reduced;
            }
        }
        result
    };
    let result = IBig::from(result.residue());
    // A negative modulus gives a result between it and zero.
    let negative = sign == Sign::Negative && !result.is_zero();
    Ok(thread.new_big(if negative { result - modulus } else { result }))
}

/// Returns the inverse of `value` modulo `modulus`.
fn inverse(value: IBig, modulus: &IBig) -> Run<IBig> {
    let (common, factor, _) = (&value).gcd_ext(modulus);
    if common != UBig::ONE {
        return Err(Raised::value_error("base is not invertible for the given modulus"));
    }
    Ok(floor_div_rem(&factor, modulus).1)
}

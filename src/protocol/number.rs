//! Numbers for native code: a float from any number, an integer from a float.

use dashu_int::IBig;

use super::{check_converted, slots_of, type_name};
use crate::thread::Thread;
use crate::value::{Kind, Raised, Run, Value};

/// Returns the value as a float; `__float__` and `__index__` are called unless it is a float or an integer.
///
/// Raises `TypeError` "must be real number, not str", `OverflowError` for an integer too large.
pub fn to_float(thread: &mut Thread, value: &Value) -> Run<f64> {
    if let Some(float) = value.as_float_exact() {
        return Ok(float);
    }
    if let Some(integer) = value.as_small_int() {
        return Ok(integer as f64);
    }
    match asked_for_float(thread, value)? {
        Some(float) => Ok(float),
        None => {
            Err(Raised::type_error(format_args!("must be real number, not {}", type_name(thread, value))))
        }
    }
}

/// Returns what `__float__` or `__index__` of a value's class return, for floats and integers too; `None` if
/// the class has neither. Raises `TypeError` if `__float__` returns no float, `OverflowError` for an integer
/// too large.
pub fn asked_for_float(thread: &mut Thread, value: &Value) -> Run<Option<f64>> {
    let slots = slots_of(thread, value);
    if let Some(convert) = slots.float {
        let converted = convert(thread, value)?;
        if converted.as_small_float().is_none() {
            let what = format!("{}.__float__ returned non-float", type_name(thread, value));
            check_converted(thread, &converted, Kind::Float, &what)?;
        }
        return Ok(converted.as_float_exact());
    }
    if slots.index.is_none() {
        return Ok(None);
    }
    let integer = super::index(thread, value)?;
    let float = integer.as_integer().and_then(|integer| integer.to_float());
    float.map(Some).ok_or_else(|| Raised::overflow_error("int too large to convert to float"))
}

/// Returns the integer with the value of a float that has no fraction.
///
/// Raises `OverflowError` for infinities, `ValueError` for NaN.
pub fn float_to_int(thread: &mut Thread, value: f64) -> Run<Value> {
    if value.is_nan() {
        return Err(Raised::value_error("cannot convert float NaN to integer"));
    }
    if value.is_infinite() {
        return Err(Raised::overflow_error("cannot convert float infinity to integer"));
    }
    if value.abs() < 9e18 {
        return Ok(thread.new_int(value as i64));
    }
    let bits = value.to_bits();
    let exponent = (bits >> 52 & 0x7ff) as usize - 1075;
    let magnitude = IBig::from(bits & ((1 << 52) - 1) | 1 << 52) << exponent;
    Ok(thread.new_big(if value < 0.0 { -magnitude } else { magnitude }))
}

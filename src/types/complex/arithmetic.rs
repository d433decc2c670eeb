//! Arithmetic of complex numbers, with the formulas of CPython, so that every digit agrees. Powers are in
//! `types/float/complex_power.rs`.

use crate::thread::Thread;
use crate::types::float::arithmetic::from_integer;
use crate::types::float::complex_power::{product, quotient, raise};
use crate::value::{Complex, Raised, Run, Value};

/// Returns a number of any built-in type as a complex number; `None` for anything else. Raises `OverflowError`
/// for an integer too large.
pub fn as_complex(value: &Value) -> Run<Option<Complex>> {
    if let Some(complex) = value.downcast_ref::<Complex>() {
        return Ok(Some(**complex));
    }
    let real = match (value.as_float_exact(), value.as_integer()) {
        (Some(float), _) => float,
        (None, Some(integer)) => from_integer(integer)?,
        (None, None) => return Ok(None),
    };
    Ok(Some(Complex { real, imag: 0.0 }))
}

fn operate(
    thread: &mut Thread,
    left: &Value,
    right: &Value,
    operation: fn(Complex, Complex) -> Run<Complex>,
) -> Run<Value> {
    match (as_complex(left)?, as_complex(right)?) {
        (Some(left), Some(right)) => Ok(thread.alloc(operation(left, right)?).into_value()),
        _ => Ok(Value::NOT_IMPLEMENTED),
    }
}

/// Computes `left + right`; declines other types. Raises `OverflowError` for an integer too large for a float.
pub fn add(thread: &mut Thread, left: &Value, right: &Value) -> Run<Value> {
    operate(thread, left, right, |a, b| Ok(Complex { real: a.real + b.real, imag: a.imag + b.imag }))
}

/// Computes `left - right`; declines other types. Raises `OverflowError` for an integer too large for a float.
pub fn subtract(thread: &mut Thread, left: &Value, right: &Value) -> Run<Value> {
    operate(thread, left, right, |a, b| Ok(Complex { real: a.real - b.real, imag: a.imag - b.imag }))
}

/// Computes `left * right`; declines other types. Raises `OverflowError` for an integer too large for a float.
pub fn multiply(thread: &mut Thread, left: &Value, right: &Value) -> Run<Value> {
    operate(thread, left, right, |a, b| Ok(product(a, b)))
}

/// Computes `left / right`; declines other types. Raises `ZeroDivisionError`, and `OverflowError` for an
/// integer too large for a float.
pub fn divide(thread: &mut Thread, left: &Value, right: &Value) -> Run<Value> {
    operate(thread, left, right, |a, b| {
        quotient(a, b).ok_or_else(|| Raised::zero_division("division by zero"))
    })
}

/// Computes `left ** right`; declines other types. Raises `ZeroDivisionError` for zero to a negative or complex
/// power, `OverflowError` if the result is too large.
pub fn power(thread: &mut Thread, left: &Value, right: &Value) -> Run<Value> {
    operate(thread, left, right, raise)
}

/// Computes `abs(value)`, the distance from zero. Raises `OverflowError` if it is too large.
pub fn absolute(thread: &mut Thread, value: &Value) -> Run<Value> {
    let Some(Complex { real, imag }) = value.downcast_ref::<Complex>().map(|complex| **complex) else {
        return Ok(Value::NOT_IMPLEMENTED);
    };
    let length = real.hypot(imag);
    if length.is_infinite() && real.is_finite() && imag.is_finite() {
        return Err(Raised::overflow_error("absolute value too large"));
    }
    Ok(thread.new_float(length))
}

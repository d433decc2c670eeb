//! Arithmetic of complex numbers, with the formulas of CPython, so that every digit agrees. Powers are in
//! `types/float/complex_power.rs`.

use crate::thread::Thread;
use crate::types::float::arithmetic::from_integer;
use crate::types::float::complex_power::{product, quotient, quotient_of_float, raise};
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

/// The operands of an operation. A number that is not complex has no imaginary part, not even a zero, whose sign would
/// show in the result.
enum Operands {
    Both(Complex, Complex),
    RealLeft(f64, Complex),
    RealRight(Complex, f64),
}

impl Operands {
    /// Sorts the operands; `None` if one of them is no number. Raises `OverflowError` for an integer too large for a
    /// float.
    fn of(left: &Value, right: &Value) -> Run<Option<Operands>> {
        let complex = |value: &Value| value.downcast_ref::<Complex>().map(|complex| **complex);
        let (Some(a), Some(b)) = (as_complex(left)?, as_complex(right)?) else { return Ok(None) };
        Ok(Some(match (complex(left), complex(right)) {
            (Some(a), None) => Operands::RealRight(a, b.real),
            (None, Some(b)) => Operands::RealLeft(a.real, b),
            _ => Operands::Both(a, b),
        }))
    }
}

fn operate(
    thread: &mut Thread,
    left: &Value,
    right: &Value,
    operation: fn(Operands) -> Run<Complex>,
) -> Run<Value> {
    match Operands::of(left, right)? {
        Some(operands) => Ok(thread.alloc(operation(operands)?).into_value()),
        None => Ok(Value::NOT_IMPLEMENTED),
    }
}

/// Computes `left + right`; declines other types. Raises `OverflowError` for an integer too large for a float.
pub fn add(thread: &mut Thread, left: &Value, right: &Value) -> Run<Value> {
    operate(thread, left, right, |operands| {
        Ok(match operands {
            Operands::Both(a, b) => Complex { real: a.real + b.real, imag: a.imag + b.imag },
            Operands::RealLeft(a, b) => Complex { real: a + b.real, imag: b.imag },
            Operands::RealRight(a, b) => Complex { real: a.real + b, imag: a.imag },
        })
    })
}

/// Computes `left - right`; declines other types. Raises `OverflowError` for an integer too large for a float.
pub fn subtract(thread: &mut Thread, left: &Value, right: &Value) -> Run<Value> {
    operate(thread, left, right, |operands| {
        Ok(match operands {
            Operands::Both(a, b) => Complex { real: a.real - b.real, imag: a.imag - b.imag },
            Operands::RealLeft(a, b) => Complex { real: a - b.real, imag: -b.imag },
            Operands::RealRight(a, b) => Complex { real: a.real - b, imag: a.imag },
        })
    })
}

/// Computes `left * right`; declines other types. Raises `OverflowError` for an integer too large for a float.
pub fn multiply(thread: &mut Thread, left: &Value, right: &Value) -> Run<Value> {
    operate(thread, left, right, |operands| {
        Ok(match operands {
            Operands::Both(a, b) => product(a, b),
            Operands::RealLeft(b, a) | Operands::RealRight(a, b) => {
                Complex { real: a.real * b, imag: a.imag * b }
            }
        })
    })
}

/// Computes `left / right`; declines other types. Raises `ZeroDivisionError`, and `OverflowError` for an
/// integer too large for a float.
pub fn divide(thread: &mut Thread, left: &Value, right: &Value) -> Run<Value> {
    operate(thread, left, right, |operands| {
        let quotient = match operands {
            Operands::Both(a, b) => quotient(a, b),
            Operands::RealLeft(a, b) => quotient_of_float(a, b),
            Operands::RealRight(_, 0.0) => None,
            Operands::RealRight(a, b) => Some(Complex { real: a.real / b, imag: a.imag / b }),
        };
        quotient.ok_or_else(|| Raised::zero_division("division by zero"))
    })
}

/// Computes `left ** right`; declines other types. Raises `ZeroDivisionError` for zero to a negative or complex
/// power, `OverflowError` if the result is too large.
pub fn power(thread: &mut Thread, left: &Value, right: &Value) -> Run<Value> {
    match (as_complex(left)?, as_complex(right)?) {
        (Some(base), Some(exponent)) => Ok(thread.alloc(raise(base, exponent)?).into_value()),
        _ => Ok(Value::NOT_IMPLEMENTED),
    }
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

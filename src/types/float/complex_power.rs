//! Powers of complex numbers, with the formulas of CPython; also used for fractional powers of negative floats.

use crate::value::{Complex, Raised, Run};

/// Exponents up to this size are multiplied out, as in CPython.
const MAX_SMALL_EXPONENT: f64 = 100.0;

const ZERO: Complex = Complex { real: 0.0, imag: 0.0 };
const ONE: Complex = Complex { real: 1.0, imag: 0.0 };

/// `a * b`.
pub fn product(a: Complex, b: Complex) -> Complex {
    Complex { real: a.real * b.real - a.imag * b.imag, imag: a.real * b.imag + a.imag * b.real }
}

/// Divides. The larger part of the divisor is divided by first, so that intermediate results stay in range;
/// `None` if the divisor is zero.
pub fn quotient(a: Complex, b: Complex) -> Option<Complex> {
    if b.real.abs() >= b.imag.abs() {
        if b.real == 0.0 {
            return None;
        }
        let ratio = b.imag / b.real;
        let divisor = b.real + b.imag * ratio;
        let (real, imag) = (a.real + a.imag * ratio, a.imag - a.real * ratio);
        return Some(Complex { real: real / divisor, imag: imag / divisor });
    }
    if b.imag.abs() >= b.real.abs() {
        let ratio = b.real / b.imag;
        let divisor = b.real * ratio + b.imag;
        let (real, imag) = (a.real * ratio + a.imag, a.imag * ratio - a.real);
        return Some(Complex { real: real / divisor, imag: imag / divisor });
    }
    // At least one part of the divisor is no number.
    Some(Complex { real: f64::NAN, imag: f64::NAN })
}

/// Computes a power. Small integral exponents are multiplied out, others use the polar form. Raises
/// `ZeroDivisionError` for zero to a negative or complex power and if the phase is infinite, `OverflowError` if the
/// result is too large.
pub fn raise(base: Complex, exponent: Complex) -> Run<Complex> {
    let is_small = exponent.imag == 0.0
        && exponent.real == exponent.real.floor()
        && exponent.real.abs() <= MAX_SMALL_EXPONENT;
    let by_zero = || Raised::zero_division("zero to a negative or complex power");
    let result = if is_small {
        let multiplied = multiply_out(base, exponent.real.abs() as u32);
        if exponent.real > 0.0 { multiplied } else { quotient(ONE, multiplied).ok_or_else(by_zero)? }
    } else if base == ZERO {
        if exponent.imag != 0.0 || exponent.real < 0.0 {
            return Err(by_zero());
        }
        ZERO
    } else {
        let magnitude = base.real.hypot(base.imag);
        let mut length = magnitude.powf(exponent.real);
        let angle = base.imag.atan2(base.real);
        let mut phase = angle * exponent.real;
        if exponent.imag != 0.0 {
            length /= (angle * exponent.imag).exp();
            phase += exponent.imag * magnitude.ln();
        }
        // An infinite phase has no sine. CPython takes the error of the C library for that of a division.
        if phase.is_infinite() {
            return Err(by_zero());
        }
        Complex { real: length * phase.cos(), imag: length * phase.sin() }
    };
    if result.real.is_infinite() || result.imag.is_infinite() {
        return Err(Raised::overflow_error("complex exponentiation"));
    }
    Ok(result)
}

/// Computes a power by repeated squaring.
fn multiply_out(base: Complex, exponent: u32) -> Complex {
    let (mut result, mut square, mut rest) = (ONE, base, exponent);
    while rest > 0 {
        if rest & 1 == 1 {
            result = product(result, square);
        }
        square = product(square, square);
        rest >>= 1;
    }
    result
}

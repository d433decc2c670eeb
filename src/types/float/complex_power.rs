//! Powers of complex numbers, with the formulas of CPython; also used for fractional powers of negative floats.

use crate::value::{Complex, Raised, Run};

/// Exponents up to this size are multiplied out, as in CPython.
const MAX_SMALL_EXPONENT: f64 = 100.0;

const ZERO: Complex = Complex { real: 0.0, imag: 0.0 };
const ONE: Complex = Complex { real: 1.0, imag: 0.0 };

/// Computes `a * b`. Where an infinite operand would give no number, the result is infinite (C99, annex G).
pub fn product(a: Complex, b: Complex) -> Complex {
    let parts = [a.real * b.real, a.imag * b.imag, a.real * b.imag, a.imag * b.real];
    let plain = Complex { real: parts[0] - parts[1], imag: parts[2] + parts[3] };
    if !plain.real.is_nan() || !plain.imag.is_nan() {
        return plain;
    }
    let (mut left, mut right) = (a, b);
    let is_infinite = |value: Complex| value.real.is_infinite() || value.imag.is_infinite();
    if is_infinite(left) {
        (left, right) = (direction(left), without_nan(right));
    }
    if is_infinite(right) {
        (left, right) = (without_nan(left), direction(right));
    }
    if !is_infinite(a) && !is_infinite(b) {
        // A product that overflowed met another that is no number.
        if !parts.iter().any(|part| part.is_infinite()) {
            return plain;
        }
        (left, right) = (without_nan(left), without_nan(right));
    }
    Complex {
        real: f64::INFINITY * (left.real * right.real - left.imag * right.imag),
        imag: f64::INFINITY * (left.real * right.imag + left.imag * right.real),
    }
}

/// Makes one of each infinite part, and zero of the others, with their signs.
fn direction(value: Complex) -> Complex {
    let part = |part: f64| f64::from(u8::from(part.is_infinite())).copysign(part);
    Complex { real: part(value.real), imag: part(value.imag) }
}

/// Makes zero of each part that is no number, with its sign.
fn without_nan(value: Complex) -> Complex {
    let part = |part: f64| if part.is_nan() { 0.0f64.copysign(part) } else { part };
    Complex { real: part(value.real), imag: part(value.imag) }
}

/// Divides; `None` if the divisor is zero. Where an infinite operand would give no number, the result is infinite or
/// zero (C99, annex G).
pub fn quotient(a: Complex, b: Complex) -> Option<Complex> {
    let plain = plain_quotient(a, b)?;
    if !plain.real.is_nan() || !plain.imag.is_nan() {
        return Some(plain);
    }
    let is_infinite = |value: Complex| value.real.is_infinite() || value.imag.is_infinite();
    let is_finite = |value: Complex| value.real.is_finite() && value.imag.is_finite();
    let (left, right, scale) = if is_infinite(a) && is_finite(b) {
        (direction(a), b, f64::INFINITY)
    } else if is_infinite(b) && is_finite(a) {
        (a, direction(b), 0.0)
    } else {
        return Some(plain);
    };
    Some(Complex {
        real: scale * (left.real * right.real + left.imag * right.imag),
        imag: scale * (left.imag * right.real - left.real * right.imag),
    })
}

/// Divides a float; `None` if the divisor is zero.
pub fn quotient_of_float(a: f64, b: Complex) -> Option<Complex> {
    let plain = plain_quotient_of_float(a, b)?;
    let is_infinite = b.real.is_infinite() || b.imag.is_infinite();
    if !(plain.real.is_nan() && plain.imag.is_nan() && a.is_finite() && is_infinite) {
        return Some(plain);
    }
    let b = direction(b);
    Some(Complex { real: 0.0 * (a * b.real), imag: 0.0 * (-a * b.imag) })
}

/// Divides a float, as `plain_quotient` does, without its imaginary part, whose zero would hide signs.
fn plain_quotient_of_float(a: f64, b: Complex) -> Option<Complex> {
    if b.real.abs() >= b.imag.abs() {
        if b.real == 0.0 {
            return None;
        }
        let ratio = b.imag / b.real;
        let divisor = b.real + b.imag * ratio;
        return Some(Complex { real: a / divisor, imag: (-a * ratio) / divisor });
    }
    if b.imag.abs() >= b.real.abs() {
        let ratio = b.real / b.imag;
        let divisor = b.real * ratio + b.imag;
        return Some(Complex { real: (a * ratio) / divisor, imag: -a / divisor });
    }
    Some(Complex { real: f64::NAN, imag: f64::NAN })
}

/// Divides. The larger part of the divisor is divided by first, so that intermediate results stay in range;
/// `None` if the divisor is zero.
fn plain_quotient(a: Complex, b: Complex) -> Option<Complex> {
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
            length *= (-angle * exponent.imag).exp();
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

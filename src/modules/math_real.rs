//! The functions of `math` that compute with floats. Most are one line of a table; domain errors are raised as
//! in CPython.

use crate::protocol;
use crate::text::number::float;
use crate::thread::Thread;
use crate::types::float::arithmetic::real_power;
use crate::value::{Args, Integer, Raised, Run, Value};

/// The argument as a float, by `__float__` or `__index__` if need be. Raises `TypeError` if the argument is no
/// number, `OverflowError` for an integer too large, and what these methods raise.
pub(super) fn real(thread: &mut Thread, value: &Value) -> Run<f64> {
    if let Some(float) = value.as_float_exact() {
        return Ok(float);
    }
    protocol::to_float(thread, value)
}

/// Which error an infinite result means if the argument was finite.
#[derive(Clone, Copy, PartialEq)]
enum Infinite {
    /// The argument was outside of the domain.
    Domain,
    /// The result is too large.
    Range,
    /// None: the infinity is the result.
    Allowed,
}

/// Returns the phrase for the domain of a function, if its errors name it.
fn domain_of(name: &str) -> Option<&'static str> {
    Some(match name {
        "sqrt" => "a nonnegative input",
        "sin" | "cos" | "tan" => "a finite input",
        "asin" | "acos" => "a number in range from -1 up to 1",
        "acosh" => "argument value not less than 1",
        "atanh" => "a number between -1 and 1",
        "log1p" => "argument value > -1",
        "gamma" | "lgamma" => "a noninteger or positive integer",
        _ => return None,
    })
}

/// The error for an argument outside of the domain of a function.
fn outside(name: &str, x: f64) -> Raised {
    match domain_of(name) {
        Some(domain) => Raised::value_error(format_args!("expected {domain}, got {}", float::repr(x))),
        None => Raised::value_error("math domain error"),
    }
}

fn apply(
    thread: &mut Thread,
    args: Args<'_>,
    name: &str,
    infinite: Infinite,
    f: fn(f64) -> f64,
) -> Run<Value> {
    let [x] = args.exactly();
    let x = real(thread, x)?;
    let result = f(x);
    if result.is_nan() && !x.is_nan() {
        return Err(outside(name, x));
    }
    if result.is_infinite() && x.is_finite() {
        match infinite {
            Infinite::Domain => return Err(outside(name, x)),
            Infinite::Range => return Err(Raised::overflow_error("math range error")),
            Infinite::Allowed => {}
        }
    }
    Ok(thread.new_float(result))
}

macro_rules! real_functions {
    ($($name:ident $infinite:ident $f:expr;)*) => {
        $(
            #[doc = concat!("`math.", stringify!($name), "`.")]
            pub(super) fn $name(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
                apply(thread, args, stringify!($name), Infinite::$infinite, $f)
            }
        )*
    };
}

real_functions! {
    sqrt Domain f64::sqrt;
    cbrt Domain f64::cbrt;
    exp Range f64::exp;
    exp2 Range f64::exp2;
    expm1 Range f64::exp_m1;
    log1p Domain f64::ln_1p;
    sin Domain f64::sin;
    cos Domain f64::cos;
    tan Domain f64::tan;
    asin Domain f64::asin;
    acos Domain f64::acos;
    atan Domain f64::atan;
    sinh Range f64::sinh;
    cosh Range f64::cosh;
    tanh Domain f64::tanh;
    asinh Domain libm::asinh;
    acosh Domain libm::acosh;
    atanh Domain libm::atanh;
    fabs Domain f64::abs;
    degrees Allowed |x| x * (180.0 / std::f64::consts::PI);
    radians Allowed |x| x * (std::f64::consts::PI / 180.0);
    erf Domain libm::erf;
    erfc Domain libm::erfc;
    gamma Range gamma_checked;
    lgamma Range lgamma_checked;
}

/// Tells whether the gamma function has a pole: at zero and at the negative integers.
fn is_pole(x: f64) -> bool {
    x.is_finite() && x <= 0.0 && x == x.floor()
}

/// Computes the gamma function; NaN, which raises a domain error, at the poles and for negative infinity.
fn gamma_checked(x: f64) -> f64 {
    if is_pole(x) || x == f64::NEG_INFINITY { f64::NAN } else { libm::tgamma(x) }
}

/// Computes the logarithm of the gamma function; NaN, which raises a domain error, at the poles.
fn lgamma_checked(x: f64) -> f64 {
    if is_pole(x) { f64::NAN } else { libm::lgamma(x) }
}

macro_rules! real_tests {
    ($($name:ident $f:expr;)*) => {
        $(
            #[doc = concat!("`math.", stringify!($name), "`.")]
            pub(super) fn $name(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
                let [x] = args.exactly();
                let test: fn(f64) -> bool = $f;
                Ok(Value::bool(test(real(thread, x)?)))
            }
        )*
    };
}

real_tests! {
    isnan f64::is_nan;
    isinf f64::is_infinite;
    isfinite f64::is_finite;
}

fn two(thread: &mut Thread, args: Args<'_>) -> Run<(f64, f64)> {
    let [x, y] = args.exactly();
    Ok((real(thread, x)?, real(thread, y)?))
}

/// `math.atan2(y, x)`. Raises what `real` raises.
pub(super) fn atan2(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (y, x) = two(thread, args)?;
    Ok(thread.new_float(y.atan2(x)))
}

/// `math.copysign(x, y)`. Raises what `real` raises.
pub(super) fn copysign(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (x, y) = two(thread, args)?;
    Ok(thread.new_float(x.copysign(y)))
}

/// `math.pow(x, y)`: always of floats. Raises what `real` raises, `ValueError` outside of the domain, `OverflowError`
/// if the result is too large.
pub(super) fn pow(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (x, y) = two(thread, args)?;
    let result = real_power(x, y);
    let finite = x.is_finite() && y.is_finite();
    if finite && (result.is_nan() || (x == 0.0 && y < 0.0)) {
        return Err(Raised::value_error("math domain error"));
    }
    if finite && result.is_infinite() {
        return Err(Raised::overflow_error("math range error"));
    }
    Ok(thread.new_float(result))
}

/// `math.fmod(x, y)`: the remainder with the sign of `x`. Raises what `real` raises, `ValueError` outside of the
/// domain.
pub(super) fn fmod(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (x, y) = two(thread, args)?;
    let result = x % y;
    if result.is_nan() && !x.is_nan() && !y.is_nan() {
        return Err(Raised::value_error("math domain error"));
    }
    Ok(thread.new_float(result))
}

/// `math.remainder(x, y)`: the IEEE remainder. Raises what `real` raises, `ValueError` outside of the domain.
pub(super) fn remainder(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (x, y) = two(thread, args)?;
    if (x.is_infinite() && !y.is_nan()) || (y == 0.0 && !x.is_nan()) {
        return Err(Raised::value_error("math domain error"));
    }
    Ok(thread.new_float(libm::remainder(x, y)))
}

/// `math.nextafter(x, y, *, steps=None)`. Raises `ValueError` for a negative number of steps, `TypeError` if it is no
/// integer, and what `real` raises.
pub(super) fn nextafter(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [Some(x), Some(y), steps] = args.options() else { unreachable!("two are required") };
    let (x, y) = (real(thread, x)?, real(thread, y)?);
    let Some(steps) = steps.filter(|steps| !steps.is_none()) else {
        // Of two NaN it is the second.
        return Ok(thread.new_float(if y.is_nan() { y } else { libm::nextafter(x, y) }));
    };
    let steps = protocol::index(thread, steps)?;
    let steps = match steps.as_integer() {
        Some(Integer::Small(steps)) => u64::try_from(steps).ok(),
        Some(Integer::Big(steps)) if *steps < dashu_int::IBig::ZERO => None,
        // Or more than there are floats.
        Some(Integer::Big(steps)) => Some(u64::try_from(steps).unwrap_or(u64::MAX)),
        None => unreachable!("an index is an integer"),
    };
    let steps = steps.ok_or_else(|| Raised::value_error("steps must be a non-negative integer"))?;
    Ok(thread.new_float(after_steps(x, y, steps)))
}

/// Returns the float that is so many steps after `x` in the direction of `y`, which is not passed.
fn after_steps(x: f64, y: f64, steps: u64) -> f64 {
    if steps == 0 || x.is_nan() {
        return x;
    }
    if y.is_nan() || x == y {
        return y;
    }
    // Floats of one sign follow each other like their bits, and both signs begin at zero.
    const SIGN: u64 = 1 << 63;
    let (from, to) = (x.to_bits(), y.to_bits());
    let (distance, limit) = (from & !SIGN, to & !SIGN);
    if (from ^ to) & SIGN == 0 {
        if distance.abs_diff(limit) <= steps {
            return y;
        }
        return f64::from_bits(if distance > limit { from - steps } else { from + steps });
    }
    if distance.saturating_add(limit) <= steps {
        return y;
    }
    f64::from_bits(if distance < steps { (to & SIGN) | (steps - distance) } else { from - steps })
}

/// `math.ulp(x)`. Raises what `real` raises.
pub(super) fn ulp(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [x] = args.exactly();
    let x = real(thread, x)?;
    let result = match x.abs() {
        _ if x.is_nan() => x,
        x if x.is_infinite() => x,
        f64::MAX => x - x.next_down(),
        x => x.next_up() - x,
    };
    Ok(thread.new_float(result))
}

/// `math.modf(x)`: fraction and whole part. Raises what `real` raises.
pub(super) fn modf(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [x] = args.exactly();
    let x = real(thread, x)?;
    let fraction = if x.is_infinite() { 0.0f64.copysign(x) } else { x.fract().copysign(x) };
    let parts = vec![thread.new_float(fraction), thread.new_float(x.trunc())];
    Ok(thread.new_tuple(parts))
}

/// `math.frexp(x)`: mantissa and exponent. Raises what `real` raises.
pub(super) fn frexp(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [x] = args.exactly();
    let x = real(thread, x)?;
    let (mantissa, exponent) = if x.is_finite() { libm::frexp(x) } else { (x, 0) };
    let parts = vec![thread.new_float(mantissa), thread.new_int(exponent.into())];
    Ok(thread.new_tuple(parts))
}

/// `math.ldexp(x, i)`. Raises what `real` raises, `TypeError` if `i` is no integer, `OverflowError` if the result is
/// too large.
pub(super) fn ldexp(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [x, exponent] = args.exactly();
    let x = real(thread, x)?;
    let exponent = match exponent.as_integer() {
        Some(Integer::Small(exponent)) => exponent.clamp(-5000, 5000) as i32,
        Some(Integer::Big(exponent)) => {
            if exponent.sign() == dashu_int::Sign::Negative {
                -5000
            } else {
                5000
            }
        }
        None => return Err(Raised::type_error("Expected an int as second argument to ldexp.")),
    };
    let result = libm::ldexp(x, exponent);
    if result.is_infinite() && x.is_finite() {
        return Err(Raised::overflow_error("math range error"));
    }
    Ok(thread.new_float(result))
}

/// `math.hypot(*coordinates)`. Raises what `real` raises.
pub(super) fn hypot(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let coordinates = args.positionals().iter().map(|x| real(thread, x)).collect::<Run<Vec<f64>>>()?;
    let length = norm(&coordinates);
    Ok(thread.new_float(length))
}

/// `math.dist(p, q)`. Raises what iterating and `real` raise, `ValueError` if the numbers of coordinates differ.
pub(super) fn dist(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [p, q] = args.exactly();
    let (p, q) = (protocol::collect(thread, p)?, protocol::collect(thread, q)?);
    if p.len() != q.len() {
        return Err(Raised::value_error("both points must have the same number of dimensions"));
    }
    let mut differences = Vec::with_capacity(p.len());
    for (p, q) in p.iter().zip(&q) {
        differences.push(real(thread, p)? - real(thread, q)?);
    }
    Ok(thread.new_float(norm(&differences)))
}

/// Computes the Euclidean length, scaled so that squares neither overflow nor underflow (CPython: vector_norm).
///
/// Squares are exact in two floats and their errors are summed separately; a last step corrects the error of
/// the root.
fn norm(coordinates: &[f64]) -> f64 {
    let largest = coordinates.iter().fold(0.0f64, |largest, x| largest.max(x.abs()));
    if coordinates.iter().any(|x| x.is_infinite()) {
        return f64::INFINITY;
    }
    if coordinates.iter().any(|x| x.is_nan()) {
        return f64::NAN;
    }
    if largest == 0.0 || coordinates.len() == 1 {
        return largest;
    }
    if largest < f64::MIN_POSITIVE {
        let grown: Vec<f64> = coordinates.iter().map(|x| x / f64::MIN_POSITIVE).collect();
        return f64::MIN_POSITIVE * norm(&grown);
    }
    // A power of two a little above the largest, so that scaling is exact. Two factors: one alone may overflow.
    let exponent = exponent_of(largest);
    let scaled = |x: f64| x * power_of_two(-exponent / 2) * power_of_two(-exponent - -exponent / 2);
    let mut sum = Squares { sum: 1.0, of_squares: 0.0, of_sums: 0.0 };
    for &x in coordinates {
        sum.add_product(scaled(x), scaled(x));
    }
    let root = sum.total().sqrt();
    sum.add_product(-root, root);
    let root = root + sum.total() / (2.0 * root);
    root * power_of_two(exponent / 2) * power_of_two(exponent - exponent / 2)
}

/// A sum of products, with the rounding errors summed separately. It begins at one, so that it is never smaller
/// than what is added.
struct Squares {
    sum: f64,
    of_squares: f64,
    of_sums: f64,
}

impl Squares {
    fn add_product(&mut self, left: f64, right: f64) {
        let high = left * right;
        let low = left.mul_add(right, -high);
        let sum = self.sum + high;
        self.of_sums += (self.sum - sum) + high;
        self.of_squares += low;
        self.sum = sum;
    }

    fn total(&self) -> f64 {
        self.sum - 1.0 + (self.of_squares + self.of_sums)
    }
}

/// The exponent of the least power of two above a normal number.
fn exponent_of(x: f64) -> i32 {
    (x.to_bits() >> 52 & 0x7ff) as i32 - 1022
}

/// Computes `2.0 ** exponent`, for at most half the range of exponents.
fn power_of_two(exponent: i32) -> f64 {
    f64::from_bits(((exponent + 1023) as u64) << 52)
}

/// The natural logarithm of a positive integer of any size, or of a float.
fn logarithm(thread: &mut Thread, value: &Value, of: fn(f64) -> f64) -> Run<f64> {
    if let Some(Integer::Big(big)) = value.as_integer() {
        if big.sign() == dashu_int::Sign::Negative {
            return Err(Raised::value_error("expected a positive input"));
        }
        // The top 64 bits carry all the precision a float has.
        let bits = dashu_int::ops::BitTest::bit_len(big);
        let shift = bits.saturating_sub(64);
        let top = (big >> shift).to_f64().value();
        return Ok(of(top) + of(2.0) * shift as f64);
    }
    let x = real(thread, value)?;
    if x <= 0.0 {
        return Err(match value.as_integer() {
            Some(_) => Raised::value_error("expected a positive input"),
            None => Raised::value_error(format_args!("expected a positive input, got {}", float::repr(x))),
        });
    }
    Ok(of(x))
}

/// `math.log(x[, base])`. Raises what `real` raises, `ValueError` for a number that is not positive,
/// `ZeroDivisionError` for the base 1.
pub(super) fn log(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let values = args.positionals();
    let numerator = logarithm(thread, &values[0], f64::ln)?;
    let result = match values.get(1) {
        None => numerator,
        Some(base) => {
            let denominator = logarithm(thread, base, f64::ln)?;
            if denominator == 0.0 {
                return Err(Raised::zero_division("division by zero"));
            }
            numerator / denominator
        }
    };
    Ok(thread.new_float(result))
}

/// `math.log2(x)`. Raises what `real` raises, `ValueError` for a number that is not positive.
pub(super) fn log2(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [x] = args.exactly();
    let result = logarithm(thread, x, f64::log2)?;
    Ok(thread.new_float(result))
}

/// `math.log10(x)`. Raises what `real` raises, `ValueError` for a number that is not positive.
pub(super) fn log10(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [x] = args.exactly();
    let result = logarithm(thread, x, f64::log10)?;
    Ok(thread.new_float(result))
}

/// `math.isclose(a, b, *, rel_tol=1e-09, abs_tol=0.0)`. Raises what `real` raises, `ValueError` for a negative
/// tolerance.
pub(super) fn isclose(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [a, b, relative, absolute] = args.options();
    let relative = relative.map_or(Ok(1e-9), |relative| real(thread, relative))?;
    let absolute = absolute.map_or(Ok(0.0), |absolute| real(thread, absolute))?;
    let (a, b) = (a.expect("required"), b.expect("required"));
    let (a, b) = (real(thread, a)?, real(thread, b)?);
    if relative < 0.0 || absolute < 0.0 {
        return Err(Raised::value_error("tolerances must be non-negative"));
    }
    let close = a == b || {
        let difference = (a - b).abs();
        a.is_finite()
            && b.is_finite()
            && (difference <= relative * a.abs().max(b.abs()) || difference <= absolute)
    };
    Ok(Value::bool(close))
}

/// `math.fsum(iterable)`: the exact sum, rounded once. Raises what iterating and `real` raise, `ValueError` if
/// infinities of both signs are among the items, `OverflowError` if a partial sum is too large.
pub(super) fn fsum(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [iterable] = args.exactly();
    let mut partials: Vec<f64> = Vec::new();
    // The sums of the items that are not finite, and of the infinities among them.
    let (mut special, mut infinities) = (0.0f64, 0.0f64);
    protocol::for_each(thread, iterable, |thread, item| {
        let mut x = real(thread, &item)?;
        if !x.is_finite() {
            special += x;
            infinities += if x.is_nan() { 0.0 } else { x };
            partials.clear();
            return Ok(());
        }
        // Shewchuk's algorithm: partials never overlap and grow in magnitude.
        let mut kept = 0;
        for index in 0..partials.len() {
            let mut y = partials[index];
            if x.abs() < y.abs() {
                std::mem::swap(&mut x, &mut y);
            }
            let high = x + y;
            let low = y - (high - x);
            if low != 0.0 {
                partials[kept] = low;
                kept += 1;
            }
            x = high;
        }
        partials.truncate(kept);
        if !x.is_finite() {
            return Err(Raised::overflow_error("intermediate overflow in fsum"));
        }
        if x != 0.0 {
            partials.push(x);
        }
        Ok(())
    })?;
    if special != 0.0 {
        if infinities.is_nan() {
            return Err(Raised::value_error("-inf + inf in fsum"));
        }
        return Ok(thread.new_float(special));
    }
    Ok(thread.new_float(round_partials(partials)))
}

/// Adds non-overlapping partial sums, the largest last, with one correct rounding.
fn round_partials(mut partials: Vec<f64>) -> f64 {
    let Some(mut high) = partials.pop() else { return 0.0 };
    let mut low = 0.0;
    while let Some(next) = partials.pop() {
        let x = high;
        high = x + next;
        low = next - (high - x);
        if low != 0.0 {
            break;
        }
    }
    // Half-way cases: the partials below decide the direction.
    if let Some(&next) = partials.last()
        && ((low < 0.0 && next < 0.0) || (low > 0.0 && next > 0.0))
    {
        let doubled = low * 2.0;
        let rounded = high + doubled;
        if doubled == rounded - high {
            high = rounded;
        }
    }
    high
}

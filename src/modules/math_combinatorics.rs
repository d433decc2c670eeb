//! `math` over integers: rounding to integers, divisors, factorials and roots.

use dashu_int::IBig;
use dashu_int::ops::BitTest;

use crate::protocol;
use crate::thread::Thread;
use crate::types::int::arithmetic::{LINEAR, MAX_PRODUCT_BITS, PRODUCT, check_bits, room_for};
use crate::types::int::common_divisor::common_divisor;
use crate::types::int::long;
use crate::value::{Args, BinaryOp, Integer, Object, Raised, Run, Str, Value};

use super::math_real::real;

/// Returns the argument as an integer, by `__index__` if need be.
fn integer(thread: &mut Thread, value: &Value) -> Run<IBig> {
    let value = protocol::index(thread, value)?;
    let _room = room_for(value.as_integer().map_or(0, Integer::bit_length), LINEAR)?;
    Ok(match value.as_integer().expect("index answers an integer") {
        Integer::Small(small) => IBig::from(small),
        Integer::Big(big) => big.clone(),
    })
}

fn round_by(
    thread: &mut Thread,
    args: Args<'_>,
    name: &str,
    method: &Object<Str>,
    round: fn(f64) -> f64,
) -> Run<Value> {
    let [x] = args.exactly();
    // A float is rounded here, unless its class may have a way of its own.
    if x.as_float_exact().is_none() || !protocol::shape_of(thread, x).is_builtin() {
        if let Some(method) = protocol::lookup_special_method(thread, x, method)? {
            return protocol::call(thread, &method, Args::positional(&[]));
        }
        if name == "trunc" {
            let class = protocol::type_name(thread, x);
            return Err(Raised::type_error(format_args!("type {class} doesn't define __trunc__ method")));
        }
    }
    let x = real(thread, x)?;
    protocol::float_to_int(thread, round(x))
}

/// `math.floor(x)`. Raises what `__floor__` raises, else what `real` raises, `OverflowError` for an infinity,
/// `ValueError` for NaN.
pub(super) fn floor(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let method = &thread.known().names().floor;
    round_by(thread, args, "floor", method, f64::floor)
}

/// `math.ceil(x)`. Raises what `__ceil__` raises, else what `real` raises, `OverflowError` for an infinity,
/// `ValueError` for NaN.
pub(super) fn ceil(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let method = &thread.known().names().ceil;
    round_by(thread, args, "ceil", method, f64::ceil)
}

/// `math.trunc(x)`. Raises what `__trunc__` raises, `TypeError` if there is none, `OverflowError` for an infinity,
/// `ValueError` for NaN.
pub(super) fn trunc(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let method = &thread.known().names().trunc;
    round_by(thread, args, "trunc", method, f64::trunc)
}

/// `math.gcd(*integers)`. Raises `TypeError` for anything but integers, `MemoryError`, `KeyboardInterrupt`.
pub(super) fn gcd(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let mut result = IBig::ZERO;
    for value in args.positionals() {
        let value = integer(thread, value)?;
        let _room = room_for(result.bit_len() + value.bit_len(), 2 * PRODUCT)?;
        result = common_divisor(thread, result, value)?;
    }
    Ok(thread.new_big(result))
}

/// `math.lcm(*integers)`. Raises `TypeError` for anything but integers, `MemoryError`, `KeyboardInterrupt`.
pub(super) fn lcm(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    use dashu_int::ops::Abs;
    let mut result = IBig::ONE;
    for value in args.positionals() {
        let value = integer(thread, value)?;
        if value.is_zero() {
            return Ok(thread.new_int(0));
        }
        let _room = room_for(result.bit_len() + value.bit_len(), 2 * PRODUCT)?;
        let divisor = common_divisor(thread, result.clone(), value.clone())?;
        let (quotient, _) = long::divide(thread, &result, &divisor)?;
        result = long::multiply(thread, &quotient, &value)?.abs();
    }
    Ok(thread.new_big(result))
}

/// `math.factorial(n)`. Raises `TypeError` for anything but an integer, `ValueError` for a negative one,
/// `OverflowError` for one too large, `MemoryError`, `KeyboardInterrupt`.
pub(super) fn factorial(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [n] = args.exactly();
    let n = integer(thread, n)?;
    if n < IBig::ZERO {
        return Err(Raised::value_error("factorial() not defined for negative values"));
    }
    let Ok(n) = u32::try_from(&n) else {
        return Err(Raised::overflow_error("factorial() argument should not exceed 9223372036854775807"));
    };
    let result = product(thread, 1, n.into())?;
    Ok(thread.new_big(result))
}

/// Computes the product of `low + 1 ..= high`.
/// It halves the range at each step, so that the factors stay balanced.
fn product(thread: &Thread, low: u64, high: u64) -> Run<IBig> {
    if high - low.min(high) <= 8 {
        return Ok((low..high).fold(IBig::ONE, |product, factor| product * (factor + 1)));
    }
    protocol::check_interrupt(thread)?;
    let middle = low + (high - low) / 2;
    let (left, right) = (product(thread, low, middle)?, product(thread, middle, high)?);
    let bits = left.bit_len() + right.bit_len();
    check_bits(bits, MAX_PRODUCT_BITS)?;
    let _room = room_for(bits, PRODUCT)?;
    long::multiply(thread, &left, &right)
}

/// Computes the product of the `k` integers up to `n`.
fn falling_product(thread: &Thread, n: &IBig, k: u64) -> Run<IBig> {
    if let Ok(high) = u64::try_from(n) {
        return product(thread, high - k, high);
    }
    let mut result = IBig::ONE;
    for step in 0..k {
        protocol::check_interrupt(thread)?;
        let bits = result.bit_len() + n.bit_len();
        check_bits(bits, MAX_PRODUCT_BITS)?;
        let _room = room_for(bits, PRODUCT)?;
        result = long::multiply(thread, &result, &(n - IBig::from(step)))?;
    }
    Ok(result)
}

/// Returns `n` and `k` of a binomial coefficient; `k` is `None` if it is larger than `n`.
fn choice(thread: &mut Thread, n: &Value, k: &Value) -> Run<(IBig, Option<IBig>)> {
    let (n, k) = (integer(thread, n)?, integer(thread, k)?);
    if n < IBig::ZERO {
        return Err(Raised::value_error("n must be a non-negative integer"));
    }
    if k < IBig::ZERO {
        return Err(Raised::value_error("k must be a non-negative integer"));
    }
    let k = if k > n { None } else { Some(k) };
    Ok((n, k))
}

/// Returns how many factors a product has; raises `OverflowError` if that does not fit a machine word.
fn count_of(k: &IBig, name: &str) -> Run<u64> {
    let count = i64::try_from(k).map(|count| count as u64);
    count.map_err(|_| Raised::overflow_error(format_args!("{name} must not exceed {}", i64::MAX)))
}

/// `math.comb(n, k)`. Raises `TypeError` for anything but integers, `ValueError` for negative ones, `OverflowError`
/// for a number of factors too large, `MemoryError`, `KeyboardInterrupt`.
pub(super) fn comb(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [n, k] = args.exactly();
    let (n, k) = choice(thread, n, k)?;
    let Some(k) = k else { return Ok(thread.new_int(0)) };
    let _room = room_for(n.bit_len() + k.bit_len(), LINEAR)?;
    let mirrored = &n - &k;
    let k = count_of(&k.min(mirrored), "min(n - k, k)")?;
    let (above, below) = (falling_product(thread, &n, k)?, product(thread, 0, k)?);
    let _room = room_for(above.bit_len() + below.bit_len(), PRODUCT)?;
    let (result, _) = long::divide(thread, &above, &below)?;
    Ok(thread.new_big(result))
}

/// `math.perm(n[, k])`. Raises `TypeError` for anything but integers, `ValueError` for negative ones, `OverflowError`
/// for a number of factors too large, `MemoryError`, `KeyboardInterrupt`.
pub(super) fn perm(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let values = args.positionals();
    let k = values.get(1).filter(|k| !k.is_none());
    let Some(k) = k else { return factorial(thread, Args::positional(&values[..1])) };
    let (n, k) = choice(thread, &values[0], k)?;
    let Some(k) = k else { return Ok(thread.new_int(0)) };
    let k = count_of(&k, "k")?;
    let result = falling_product(thread, &n, k)?;
    Ok(thread.new_big(result))
}

/// `math.isqrt(n)`: the integer square root. Raises `TypeError` for anything but an integer, `ValueError` for a
/// negative one, `MemoryError`, `KeyboardInterrupt`.
pub(super) fn isqrt(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [n] = args.exactly();
    let n = integer(thread, n)?;
    if n < IBig::ZERO {
        return Err(Raised::value_error("isqrt() argument must be nonnegative"));
    }
    let _room = room_for(n.bit_len(), 2 * PRODUCT)?;
    let root = long::square_root(thread, n.into_parts().1)?;
    Ok(thread.new_big(root.into()))
}

/// `math.prod(iterable, *, start=1)`. Raises what iterating and `*` raise.
pub(super) fn prod(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [iterable, start] = args.options();
    let iterable = iterable.expect("the first parameter is required");
    let mut product = start.cloned().unwrap_or_else(|| thread.new_int(1));
    protocol::for_each(thread, iterable, |thread, item| {
        product = protocol::binary_op(thread, BinaryOp::Multiply, &product, &item)?;
        Ok(())
    })?;
    Ok(product)
}

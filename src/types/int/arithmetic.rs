//! Arithmetic of integers of any size: the slots of `int`, which the interpreter's handlers call when their
//! fast paths do not apply.
//!
//! Each function takes two values in source order and returns `NotImplemented` unless both are integers.
//! Machine words are tried first; on overflow big integers are used. A result that would take too much memory
//! or time raises `MemoryError` before anything is computed: see [`MAX_BITS`] and [`MAX_PRODUCT_BITS`].
//! Division is in `divide.rs`, powers are in `power.rs`.

use dashu_int::IBig;

use crate::memory::Room;
use crate::thread::Thread;
use crate::types::int::long;
use crate::value::{Integer, Raised, Run, Value};

/// Bits of the largest integer, 1 GiB.
pub const MAX_BITS: usize = 1 << 33;

/// The most bits of a product of two big integers, which takes seconds to compute.
pub const MAX_PRODUCT_BITS: usize = 1 << 28;

/// With a factor of at most so many bits, the time for a product is nearly linear.
const SHORT_FACTOR_BITS: usize = 4096;

/// Returns both operands as integers, if they are.
#[inline(always)]
pub fn operands<'a>(left: &'a Value, right: &'a Value) -> Option<(Integer<'a>, Integer<'a>)> {
    Some((left.as_integer()?, right.as_integer()?))
}

/// Runs `action` on two integers as big ones; machine words are converted without allocating.
pub fn widened<R>(left: Integer, right: Integer, action: impl FnOnce(&IBig, &IBig) -> R) -> R {
    match (left, right) {
        (Integer::Big(left), Integer::Big(right)) => action(left, right),
        (Integer::Big(left), Integer::Small(right)) => action(left, &IBig::from(right)),
        (Integer::Small(left), Integer::Big(right)) => action(&IBig::from(left), right),
        (Integer::Small(left), Integer::Small(right)) => action(&IBig::from(left), &IBig::from(right)),
    }
}

/// How many times its operands' size an operation in linear time needs: copies of the operands, and the result.
pub const LINEAR: usize = 4;
/// Products, quotients, powers and conversions to text need so many times their operands' size.
/// That includes intermediate results.
pub const PRODUCT: usize = 16;

/// Sets memory aside (a `Room`) for computing with integers of `bits` bits together.
/// The library that computes cannot report that memory is missing. Raises `MemoryError`.
#[inline]
pub fn room_for(bits: usize, factor: usize) -> Run<Room> {
    Ok(Room::of((bits / 8).saturating_mul(factor))?)
}

/// Raises `MemoryError` for a result of more bits than allowed.
pub fn check_bits(bits: usize, most: usize) -> Run<()> {
    if bits > most { Err(Raised::memory_error()) } else { Ok(()) }
}

macro_rules! checked_operator {
    ($(#[$doc:meta])* $name:ident, $checked:ident, $operator:tt) => {
        $(#[$doc])*
        pub fn $name(thread: &mut Thread, left: &Value, right: &Value) -> Run<Value> {
            let Some((left, right)) = operands(left, right) else { return Ok(Value::NOT_IMPLEMENTED) };
            if let (Integer::Small(left), Integer::Small(right)) = (left, right)
                && let Some(result) = left.$checked(right)
            {
                return Ok(thread.new_int(result));
            }
            let (left_bits, right_bits) = (left.bit_length(), right.bit_length());
            check_bits(left_bits.max(right_bits), MAX_BITS)?;
            let _room = room_for(left_bits + right_bits, LINEAR)?;
            Ok(thread.new_big(widened(left, right, |left, right| left $operator right)))
        }
    };
}

checked_operator! {
    /// `left + right`.
    add, checked_add, +
}
checked_operator! {
    /// `left - right`.
    sub, checked_sub, -
}

/// Computes `left * right`. Raises `MemoryError` if the result is too large, `KeyboardInterrupt` in a long
/// computation.
pub fn mul(thread: &mut Thread, left: &Value, right: &Value) -> Run<Value> {
    let Some((left, right)) = operands(left, right) else { return Ok(Value::NOT_IMPLEMENTED) };
    if let (Integer::Small(left), Integer::Small(right)) = (left, right)
        && let Some(result) = left.checked_mul(right)
    {
        return Ok(thread.new_int(result));
    }
    let (left_bits, right_bits) = (left.bit_length(), right.bit_length());
    let most = if left_bits.min(right_bits) <= SHORT_FACTOR_BITS { MAX_BITS } else { MAX_PRODUCT_BITS };
    check_bits(left_bits + right_bits, most)?;
    let _room = room_for(left_bits + right_bits, if most == MAX_BITS { LINEAR } else { PRODUCT })?;
    if long::is_long(left_bits, right_bits) {
        let product = widened(left, right, |left, right| long::multiply(thread, left, right))?;
        return Ok(thread.new_big(product));
    }
    Ok(thread.new_big(widened(left, right, |left, right| left * right)))
}

macro_rules! bit_operator {
    ($(#[$doc:meta])* $name:ident, $operator:tt) => {
        $(#[$doc])*
        pub fn $name(thread: &mut Thread, left: &Value, right: &Value) -> Run<Value> {
            match operands(left, right) {
                None => Ok(Value::NOT_IMPLEMENTED),
                Some((Integer::Small(left), Integer::Small(right))) => Ok(thread.new_int(left $operator right)),
                Some((left, right)) => {
                    let _room = room_for(left.bit_length() + right.bit_length(), LINEAR)?;
                    Ok(thread.new_big(widened(left, right, |left, right| left $operator right)))
                }
            }
        }
    };
}

bit_operator! {
    /// `left & right`, in two's complement.
    and, &
}
bit_operator! {
    /// `left | right`, in two's complement.
    or, |
}
bit_operator! {
    /// `left ^ right`, in two's complement.
    xor, ^
}

/// Computes `left << right`. Raises `ValueError` for a negative count, `OverflowError` or `MemoryError` if the
/// result is too large.
pub fn shift_left(thread: &mut Thread, left: &Value, right: &Value) -> Run<Value> {
    let Some((left, right)) = operands(left, right) else { return Ok(Value::NOT_IMPLEMENTED) };
    if right.is_negative() {
        return Err(Raised::value_error("negative shift count"));
    }
    if left.is_zero() {
        return Ok(thread.new_int(0));
    }
    let Integer::Small(count) = right else {
        return Err(Raised::overflow_error("too many digits in integer"));
    };
    let count = count as usize;
    if let Integer::Small(value) = left
        && count + left.bit_length() < 63
    {
        return Ok(thread.new_int(value << count));
    }
    check_bits(left.bit_length().saturating_add(count), MAX_BITS)?;
    let _room = room_for(left.bit_length() + count, LINEAR)?;
    Ok(thread.new_big(left.to_big() << count))
}

/// Computes `left >> right`, rounding down. Raises `ValueError` for a negative count, `MemoryError`.
pub fn shift_right(thread: &mut Thread, left: &Value, right: &Value) -> Run<Value> {
    let Some((left, right)) = operands(left, right) else { return Ok(Value::NOT_IMPLEMENTED) };
    if right.is_negative() {
        return Err(Raised::value_error("negative shift count"));
    }
    let _room = room_for(left.bit_length(), LINEAR)?;
    let everything = if left.is_negative() { -1 } else { 0 };
    Ok(match (left, right.to_i64()) {
        (_, None) => thread.new_int(everything),
        (Integer::Small(value), Some(count)) => thread.new_int(value >> count.min(63)),
        (Integer::Big(_), Some(count)) if count as usize > MAX_BITS => thread.new_int(everything),
        (Integer::Big(value), Some(count)) => thread.new_big(value >> count as usize),
    })
}

/// Sets memory aside (a `Room`) for a copy of a big integer.
fn room_for_one(value: &Value) -> Run<Room> {
    match value.as_integer() {
        Some(integer @ Integer::Big(_)) => room_for(integer.bit_length(), LINEAR),
        _ => room_for(0, LINEAR),
    }
}

/// Computes `-value`. Raises `MemoryError`.
pub fn negative(thread: &mut Thread, value: &Value) -> Run<Value> {
    let _room = room_for_one(value)?;
    Ok(match value.as_integer() {
        None => Value::NOT_IMPLEMENTED,
        Some(Integer::Small(value)) if value != i64::MIN => thread.new_int(-value),
        Some(value) => thread.new_big(-value.to_big()),
    })
}

/// Computes `+value`: an exact integer, also for a bool or an instance of a subclass. Raises `MemoryError`.
pub fn positive(thread: &mut Thread, value: &Value) -> Run<Value> {
    let _room = room_for_one(value)?;
    Ok(match value.as_integer() {
        None => Value::NOT_IMPLEMENTED,
        Some(Integer::Small(value)) => thread.new_int(value),
        Some(Integer::Big(_)) if value.downcast_exact::<crate::value::BigInt>().is_some() => value.clone(),
        Some(Integer::Big(big)) => thread.new_big(big.clone()),
    })
}

/// Computes `~value`. Raises `MemoryError`.
pub fn invert(thread: &mut Thread, value: &Value) -> Run<Value> {
    let _room = room_for_one(value)?;
    Ok(match value.as_integer() {
        None => Value::NOT_IMPLEMENTED,
        Some(Integer::Small(value)) => thread.new_int(!value),
        Some(Integer::Big(value)) => thread.new_big(!value),
    })
}

/// Computes `abs(value)`. Raises `MemoryError`.
pub fn absolute(thread: &mut Thread, value: &Value) -> Run<Value> {
    match value.as_integer() {
        Some(integer) if integer.is_negative() => negative(thread, value),
        _ => positive(thread, value),
    }
}

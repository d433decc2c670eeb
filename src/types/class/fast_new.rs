//! Fast paths for calls of built-in classes with common arguments: `str(7)`, `int("12")`, `range(10)`.
//!
//! See [`FastFn`]; every other call goes through `class::call`.

use crate::thread::ThreadState;
use crate::types::range::of_words;
use crate::value::{FastFn, Kind, Str, Value, WordRange};

/// So many decimal digits always fit an inline integer.
const MAX_DIGITS: usize = 18;

/// Returns the fast path for calls of the built-in class of this kind.
#[inline(always)]
pub const fn of(kind: Kind) -> Option<FastFn> {
    match kind {
        Kind::Str => Some(str),
        Kind::Int => Some(int),
        Kind::Range => Some(range),
        _ => None,
    }
}

fn str(thread: &ThreadState, arguments: &[Value]) -> Option<Value> {
    let [object] = arguments else { return None };
    match object.as_small_int() {
        Some(word) => Some(thread.new_decimal(word)),
        None => object.downcast_exact::<Str>().map(|_| object.clone()),
    }
}

fn int(_thread: &ThreadState, arguments: &[Value]) -> Option<Value> {
    let [object] = arguments else { return None };
    if object.as_small_int().is_some() {
        return Some(object.clone());
    }
    let digits = object.downcast_exact::<Str>()?.as_str().as_bytes();
    if digits.is_empty() || digits.len() > MAX_DIGITS {
        return None;
    }
    let mut value = 0;
    for byte in digits {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        value = value * 10 + i64::from(digit);
    }
    Value::small_int(value)
}

fn range(thread: &ThreadState, arguments: &[Value]) -> Option<Value> {
    let (start, stop, step) = match arguments {
        [stop] => (0, stop.as_small_int()?, 1),
        [start, stop] => (start.as_small_int()?, stop.as_small_int()?, 1),
        [start, stop, step] => (start.as_small_int()?, stop.as_small_int()?, step.as_small_int()?),
        _ => return None,
    };
    if step == 0 {
        return None;
    }
    of_words(thread, WordRange::new(start, stop, step)?, stop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_without_a_plain_call_are_left_alone() {
        assert!(of(Kind::List).is_none());
        assert!(of(Kind::Str).is_some());
    }
}

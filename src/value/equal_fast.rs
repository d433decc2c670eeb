//! Equality and hashes that need no script code: of numbers, texts, constants and tuples of those.
//!
//! Containers ask this under their lock. Whoever gets `None` leaves the lock, takes strong references
//! and asks the protocol (D-15). The same object is always equal to itself, as containers see it.

use dashu_int::IBig;

use crate::thread::ThreadState;
use crate::value::class::kind::Kind;
use crate::value::hash::{TupleHash, hash_int};
use crate::value::number::{BigInt, BoxedFloat};
use crate::value::payload::str::Str;
use crate::value::payload::tuple::Tuple;
use crate::value::value::Value;
use crate::value::word;

/// Tuples nested deeper than this are left to the protocol, which guards the native stack.
const MAX_DEPTH: u32 = 16;

/// Returns whether two values are equal; `None` if only a method of their classes can tell.
#[inline]
pub fn equal_fast(left: &Value, right: &Value) -> Option<bool> {
    if left.is(right) {
        return Some(true);
    }
    if word::are_ints(left.word(), right.word()) {
        return Some(false);
    }
    if let (Some(left), Some(right)) = (left.downcast_exact::<Str>(), right.downcast_exact::<Str>()) {
        return Some(same_bytes(left.as_str().as_bytes(), right.as_str().as_bytes()));
    }
    equal_fast_other(left, right, MAX_DEPTH)
}

/// Tells whether two texts have the same bytes; short ones are compared without a call.
#[inline(always)]
pub fn same_bytes(left: &[u8], right: &[u8]) -> bool {
    fn word<const N: usize>(bytes: &[u8], at: usize) -> [u8; N] {
        bytes[at..at + N].try_into().expect("as long as asked for")
    }
    let len = left.len();
    if len != right.len() {
        return false;
    }
    match len {
        0 => true,
        // Overlapping words cover every length between one word and two.
        1..4 => left[0] == right[0] && left[len / 2] == right[len / 2] && left[len - 1] == right[len - 1],
        4..8 => word::<4>(left, 0) == word(right, 0) && word::<4>(left, len - 4) == word(right, len - 4),
        8..=16 => word::<8>(left, 0) == word(right, 0) && word::<8>(left, len - 8) == word(right, len - 8),
        _ => left == right,
    }
}

/// Returns the hash of a key whose equality needs no script code; `None` for any other key.
#[inline(always)]
pub fn hash_fast(thread: &ThreadState, key: &Value) -> Option<i64> {
    if let Some(int) = key.as_small_int() {
        return Some(hash_int(int));
    }
    match key.downcast_exact::<Str>() {
        Some(text) => Some(text.hash(thread)),
        None => hash_items_fast(thread, key),
    }
}

#[inline(never)]
fn hash_items_fast(thread: &ThreadState, key: &Value) -> Option<i64> {
    let mut hash = TupleHash::default();
    let items = key.downcast_exact::<Tuple>()?.items();
    for item in items {
        // Tuples within tuples are left to the protocol, which guards the native stack.
        let lane = match item.as_small_int() {
            Some(int) => hash_int(int),
            None => item.downcast_exact::<Str>()?.hash(thread),
        };
        hash.add(lane);
    }
    Some(hash.finish(items.len()))
}

/// A value as far as its equality can be decided without script code.
enum Comparable<'a> {
    Int(i64),
    BigInt(&'a IBig),
    Float(f64),
    Text(&'a str),
    Constant,
    Items(&'a [Value]),
    Unknown,
}

impl Comparable<'_> {
    #[inline]
    fn of(value: &Value) -> Comparable<'_> {
        if let Some(int) = value.as_small_int() {
            return Comparable::Int(int);
        }
        if let Some(float) = value.as_small_float() {
            return Comparable::Float(float);
        }
        match value.kind() {
            Kind::Bool => Comparable::Int(i64::from(value.as_bool() == Some(true))),
            Kind::NoneType | Kind::NotImplementedType | Kind::EllipsisType => Comparable::Constant,
            Kind::Int => value
                .downcast_exact::<BigInt>()
                .map_or(Comparable::Unknown, |int| Comparable::BigInt(&int.value)),
            Kind::Float => value
                .downcast_exact::<BoxedFloat>()
                .map_or(Comparable::Unknown, |float| Comparable::Float(float.value)),
            Kind::Str => value
                .downcast_exact::<Str>()
                .map_or(Comparable::Unknown, |text| Comparable::Text(text.as_str())),
            Kind::Tuple => value
                .downcast_exact::<Tuple>()
                .map_or(Comparable::Unknown, |tuple| Comparable::Items(tuple.items())),
            _ => Comparable::Unknown,
        }
    }
}

fn equal_fast_other(left: &Value, right: &Value, depth: u32) -> Option<bool> {
    match (Comparable::of(left), Comparable::of(right)) {
        (Comparable::Unknown, _) | (_, Comparable::Unknown) => None,
        (Comparable::Text(left), Comparable::Text(right)) => Some(left == right),
        (Comparable::Int(left), Comparable::Int(right)) => Some(left == right),
        (Comparable::BigInt(left), Comparable::BigInt(right)) => Some(left == right),
        (Comparable::BigInt(_), Comparable::Float(_)) | (Comparable::Float(_), Comparable::BigInt(_)) => None,
        (Comparable::Float(left), Comparable::Float(right)) => Some(left == right),
        (Comparable::Int(int), Comparable::Float(float))
        | (Comparable::Float(float), Comparable::Int(int)) => Some(int_equals_float(int, float)),
        (Comparable::Items(left), Comparable::Items(right)) => items_equal(left, right, depth),
        // Constants are equal only to themselves, and that was asked first.
        _ => Some(false),
    }
}

fn items_equal(left: &[Value], right: &[Value], depth: u32) -> Option<bool> {
    if depth == 0 {
        return None;
    }
    // Also with different lengths: CPython asks the items in front of the difference.
    for (left, right) in left.iter().zip(right) {
        if !left.is(right) && !equal_fast_other(left, right, depth - 1)? {
            return Some(false);
        }
    }
    Some(left.len() == right.len())
}

/// Tells whether an integer equals a float exactly; a float that the integer would only be rounded to is not
/// equal.
#[inline]
fn int_equals_float(int: i64, float: f64) -> bool {
    // Past 2^62 the float is out of range of an inline integer, so the cast back cannot saturate.
    int as f64 == float && float as i64 == int
}

#[cfg(test)]
mod tests {
    use super::*;

    fn int(value: i64) -> Value {
        Value::small_int(value).expect("small")
    }

    fn float(value: f64) -> Value {
        Value::small_float(value).expect("inline")
    }

    #[test]
    fn numbers_compare_by_value_whatever_their_type() {
        assert_eq!(equal_fast(&int(1), &float(1.0)), Some(true));
        assert_eq!(equal_fast(&int(1), &Value::TRUE), Some(true));
        assert_eq!(equal_fast(&float(0.0), &Value::FALSE), Some(true));
        assert_eq!(equal_fast(&float(0.0), &float(-0.0)), Some(true));
        assert_eq!(equal_fast(&int((1 << 60) + 1), &float((1u64 << 60) as f64)), Some(false));
        assert_eq!(equal_fast(&int(1), &int(2)), Some(false));
    }

    #[test]
    fn texts_of_every_length_differ_in_every_byte() {
        for len in 0..20 {
            let text: Vec<u8> = (0..len).collect();
            assert!(same_bytes(&text, &text.clone()));
            assert!(!same_bytes(&text, &[&text[..], &[1]].concat()));
            for at in 0..text.len() {
                let mut other = text.clone();
                other[at] ^= 1;
                assert!(!same_bytes(&text, &other));
            }
        }
    }

    #[test]
    fn constants_equal_only_themselves() {
        assert_eq!(equal_fast(&Value::NONE, &Value::NONE), Some(true));
        assert_eq!(equal_fast(&Value::NONE, &Value::FALSE), Some(false));
        assert_eq!(equal_fast(&Value::NONE, &int(0)), Some(false));
    }
}

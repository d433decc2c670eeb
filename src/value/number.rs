//! Numbers past what a word holds: the boxes of big integers and of floats of extreme magnitude.
//!
//! Invariant: an integer of 62 bits is inline, so a `BigInt` object of type `int` itself never holds
//! one. An instance of a *subclass* of `int` or `float` is always an object, whatever its magnitude.
//! [`Value::as_integer`] and [`Value::as_float_exact`] read all of them. What can be computed with
//! numbers is in `types/int/` and `types/float/`.

use dashu_int::ops::BitTest;
use dashu_int::{IBig, Sign};

use crate::object::TypeFlags;
use crate::references;
use crate::thread::ThreadState;
use crate::value::class::kind::Kind;
use crate::value::object::Payload;
use crate::value::value::Value;

/// The payload of an `int` object.
pub struct BigInt {
    /// The integer. It never changes.
    pub value: IBig,
}

references!(BigInt {});

impl Payload for BigInt {
    const KIND: Kind = Kind::Int;
    const FLAGS: TypeFlags = TypeFlags::empty();
}

/// The payload of a `float` object.
pub struct BoxedFloat {
    /// The float. It never changes.
    pub value: f64,
}

references!(BoxedFloat {});

impl Payload for BoxedFloat {
    const KIND: Kind = Kind::Float;
    const FLAGS: TypeFlags = TypeFlags::empty();
}

/// An integer to compute with, wherever it is stored.
#[derive(Clone, Copy, Debug)]
pub enum Integer<'a> {
    /// It fits a machine word.
    Small(i64),
    /// It does not.
    Big(&'a IBig),
}

impl Integer<'_> {
    /// A copy as a big integer.
    pub fn to_big(self) -> IBig {
        match self {
            Integer::Small(value) => IBig::from(value),
            Integer::Big(value) => value.clone(),
        }
    }

    /// The machine word, if it fits one.
    #[inline(always)]
    pub const fn to_i64(self) -> Option<i64> {
        match self {
            Integer::Small(value) => Some(value),
            Integer::Big(_) => None,
        }
    }

    /// Whether it is below zero.
    pub fn is_negative(self) -> bool {
        match self {
            Integer::Small(value) => value < 0,
            Integer::Big(value) => value.sign() == Sign::Negative,
        }
    }

    /// Whether it is zero.
    pub const fn is_zero(self) -> bool {
        matches!(self, Integer::Small(0))
    }

    /// Bits of the magnitude, without sign.
    pub fn bit_length(self) -> usize {
        match self {
            Integer::Small(value) => (64 - value.unsigned_abs().leading_zeros()) as usize,
            Integer::Big(value) => magnitude_bits(value),
        }
    }

    /// The nearest float, ties to even; `None` when it is past the largest one.
    pub fn to_float(self) -> Option<f64> {
        match self {
            Integer::Small(value) => Some(value as f64),
            Integer::Big(value) => {
                let float = value.to_f64().value();
                if float.is_finite() { Some(float) } else { None }
            }
        }
    }
}

impl PartialEq for Integer<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Integer<'_> {}

impl PartialOrd for Integer<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Integer<'_> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        match (self, other) {
            (Integer::Small(left), Integer::Small(right)) => left.cmp(right),
            (Integer::Big(left), Integer::Big(right)) => left.cmp(right),
            // A `Big` lies outside of every machine word, so its sign decides.
            (_, Integer::Big(right)) => IBig::ZERO.cmp(right),
            (Integer::Big(left), _) => (*left).cmp(&IBig::ZERO),
        }
    }
}

/// Bits of the magnitude of a big integer.
pub fn magnitude_bits(value: &IBig) -> usize {
    match value.as_sign_words().1 {
        [] => 0,
        [below @ .., last] => below.len() * 64 + last.bit_len(),
    }
}

impl Value {
    /// The integer this is: an `int`, a `bool`, or an instance of a class derived from `int`.
    #[inline]
    pub fn as_integer(&self) -> Option<Integer<'_>> {
        if let Some(value) = self.as_small_int() {
            return Some(Integer::Small(value));
        }
        if let Some(truth) = self.as_bool() {
            return Some(Integer::Small(truth as i64));
        }
        let big = &self.downcast_ref::<BigInt>()?.value;
        Some(i64::try_from(big).map_or(Integer::Big(big), Integer::Small))
    }

    /// The integer this is, if it fits a machine word (bools and subclasses too).
    #[inline]
    pub fn as_i64(&self) -> Option<i64> {
        self.as_integer()?.to_i64()
    }

    /// The float this is: inline, boxed, or an instance of a class derived from `float`.
    #[inline]
    pub fn as_float_exact(&self) -> Option<f64> {
        if let Some(value) = self.as_small_float() {
            return Some(value);
        }
        Some(self.downcast_ref::<BoxedFloat>()?.value)
    }
}

impl ThreadState {
    /// Makes an `int`.
    #[inline]
    pub fn new_int(&self, value: i64) -> Value {
        match Value::small_int(value) {
            Some(value) => value,
            None => self.alloc(BigInt { value: IBig::from(value) }).into_value(),
        }
    }

    /// Makes an `int` of a length or a count.
    #[inline]
    pub fn new_usize(&self, value: usize) -> Value {
        match i64::try_from(value) {
            Ok(value) => self.new_int(value),
            Err(_) => self.new_big(IBig::from(value)),
        }
    }

    /// Makes an `int`; what fits 62 bits comes back inline.
    pub fn new_big(&self, value: IBig) -> Value {
        match i64::try_from(&value).ok().and_then(Value::small_int) {
            Some(value) => value,
            None => self.alloc(BigInt { value }).into_value(),
        }
    }

    /// Makes a `float`.
    #[inline]
    pub fn new_float(&self, value: f64) -> Value {
        match Value::small_float(value) {
            Some(value) => value,
            None => self.new_boxed_float(value),
        }
    }

    #[cold]
    fn new_boxed_float(&self, value: f64) -> Value {
        self.alloc(BoxedFloat { value }).into_value()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_order_by_value_whatever_their_size() {
        let (low, high) = (IBig::from(-5) << 70, IBig::from(5) << 70);
        let mut all = [Integer::Big(&high), Integer::Small(3), Integer::Big(&low), Integer::Small(-3)];
        all.sort();
        assert!(matches!(all[0], Integer::Big(big) if *big == low));
        assert!(matches!(all[3], Integer::Big(big) if *big == high));
        assert_eq!((all[1], all[2]), (Integer::Small(-3), Integer::Small(3)));
    }

    #[test]
    fn bits_are_those_of_the_magnitude() {
        assert_eq!(Integer::Small(0).bit_length(), 0);
        assert_eq!(Integer::Small(-256).bit_length(), 9);
        assert_eq!(Integer::Small(i64::MIN).bit_length(), 64);
        assert_eq!(Integer::Big(&-(IBig::from(1) << 100)).bit_length(), 101);
    }

    #[test]
    fn big_integers_become_the_nearest_float() {
        // Written out, since `powi` may be off by a bit where the target says so.
        let (power_70, power_18) = (((1u64 << 35) as f64) * ((1u64 << 35) as f64), (1u64 << 18) as f64);
        let tie = (IBig::from(1) << 70) + (IBig::from(1) << 17);
        assert_eq!(Integer::Big(&tie).to_float(), Some(power_70));
        assert_eq!(Integer::Big(&(tie + IBig::from(1))).to_float(), Some(power_70 + power_18));
        assert_eq!(Integer::Big(&(IBig::from(1) << 1024)).to_float(), None);
        let largest = (IBig::from(1) << 1024) - (IBig::from(1) << 970);
        assert_eq!(Integer::Big(&-largest.clone()).to_float(), None);
        assert_eq!(Integer::Big(&(largest - IBig::from(1))).to_float(), Some(f64::MAX));
    }
}

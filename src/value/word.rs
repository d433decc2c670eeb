//! Arithmetic on value words: every tag, mask and rotation is in this file.
//!
//! The float encoding adds three to the top exponent bits and rotates them into the low bits, so that
//! all floats of about 2^-255…2^257, zeros, subnormals, infinities and NaNs come out with bit 1 set.
//! It is a bijection on 64-bit words, so decoding needs no branch. A NaN is boxed all the same: which one it is
//! decides whether a container finds it, and words that are equal are one value.

use crate::object::{self, RawObject};

/// The bits of a value.
pub type Word = u64;

const FLOAT_BIT: Word = 0b010;
const POINTER_BIT: Word = 0b001;
const DEFERRED_BIT: Word = 0b100;
const FLOAT_BIAS: u64 = 3 << 60;

/// The bit that distinguishes constants from pointers: objects are aligned to 16 bytes, so it is 0 in pointers.
const CONSTANT_BIT: Word = 0b1000;

const fn constant(number: Word) -> Word {
    number << 4 | CONSTANT_BIT | POINTER_BIT
}

/// An empty slot.
pub const UNBOUND: Word = constant(0);
/// `None`.
pub const NONE: Word = constant(1);
/// `False`. It differs from `TRUE` in one bit.
pub const FALSE: Word = constant(4);
/// `True`.
pub const TRUE: Word = constant(5);
/// `NotImplemented`.
pub const NOT_IMPLEMENTED: Word = constant(6);
/// `...`.
pub const ELLIPSIS: Word = constant(7);

/// The largest inline integer, 2^61 - 1: two bits of the word are tags.
pub const INT_MAX: i64 = (1 << 61) - 1;
/// The smallest inline integer.
pub const INT_MIN: i64 = -(1 << 61);

/// Whether the word is an inline integer.
#[inline(always)]
pub const fn is_int(word: Word) -> bool {
    word & 3 == 0
}

/// Whether both words are inline integers: one test.
#[inline(always)]
pub const fn are_ints(left: Word, right: Word) -> bool {
    (left | right) & 3 == 0
}

/// Whether the word is an inline float.
#[inline(always)]
pub const fn is_float(word: Word) -> bool {
    word & FLOAT_BIT != 0
}

/// Whether both words are inline floats: one test.
#[inline(always)]
pub const fn are_floats(left: Word, right: Word) -> bool {
    left & right & FLOAT_BIT != 0
}

/// Whether the word is a pointer to an object, owning or deferred.
#[inline(always)]
pub const fn is_pointer(word: Word) -> bool {
    word & (CONSTANT_BIT | FLOAT_BIT | POINTER_BIT) == POINTER_BIT
}

/// Whether the word is a pointer that owns a count.
#[inline(always)]
pub const fn is_owning(word: Word) -> bool {
    word & (CONSTANT_BIT | DEFERRED_BIT | FLOAT_BIT | POINTER_BIT) == POINTER_BIT
}

/// Whether the word is a pointer that owns nothing.
#[inline(always)]
pub const fn is_deferred(word: Word) -> bool {
    word & 7 == POINTER_BIT | DEFERRED_BIT
}

/// Returns the word with the owning tag if it is a pointer; the caller sees to the count.
#[inline(always)]
pub const fn owning(word: Word) -> Word {
    if word & 3 == POINTER_BIT { word & !DEFERRED_BIT } else { word }
}

/// The same word with the deferred tag if it is a pointer to an object.
#[inline(always)]
pub const fn deferred(word: Word) -> Word {
    if is_pointer(word) { word | DEFERRED_BIT } else { word }
}

/// Encodes an integer of at most 62 bits.
#[inline(always)]
pub const fn from_int(value: i64) -> Option<Word> {
    let word = value << 2;
    if word >> 2 == value { Some(word as Word) } else { None }
}

/// Decodes an inline integer.
#[inline(always)]
pub const fn to_int(word: Word) -> i64 {
    word as i64 >> 2
}

/// Encodes a float; `None` if its exponent does not fit, and for a NaN, whose identity a word cannot hold.
#[inline(always)]
pub fn from_float(value: f64) -> Option<Word> {
    let word = value.to_bits().wrapping_add(FLOAT_BIAS).rotate_left(4);
    if is_float(word) && !value.is_nan() { Some(word) } else { None }
}

/// Decodes an inline float.
#[inline(always)]
pub fn to_float(word: Word) -> f64 {
    f64::from_bits(word.rotate_right(4).wrapping_sub(FLOAT_BIAS))
}

/// Decodes operands and encodes their result with one copy of the bias, which takes ten bytes of code to load.
pub struct Floats {
    bias: u64,
}

impl Floats {
    /// Loads the bias.
    #[inline(always)]
    pub fn load() -> Floats {
        Floats { bias: opaque(FLOAT_BIAS) }
    }

    /// Decodes an inline float.
    #[inline(always)]
    pub fn decode(&self, word: Word) -> f64 {
        f64::from_bits(word.rotate_right(4).wrapping_sub(self.bias))
    }

    /// Encodes a float below 2^257 that fits; `None` for every other one, so from 2^769 up too, which
    /// [`from_float`] takes.
    ///
    /// Infinities and NaNs end in the same three bits, those of moderate floats end in others: one test tells them
    /// apart, where `from_float` needs two.
    #[inline(always)]
    pub fn encode_moderate(&self, value: f64) -> Option<Word> {
        let word = value.to_bits().wrapping_add(self.bias).rotate_left(4);
        // The optimiser would shift, with a register for the count that is taken.
        #[cfg(all(target_arch = "x86_64", not(miri)))]
        // SAFETY: only looks at registers; both ways on are the compiler's.
        unsafe {
            std::arch::asm!(
                "bt {ends:e}, {word:e}",
                "jc {moderate}",
                ends = in(reg) MODERATE_ENDS,
                word = in(reg) word,
                moderate = label { return Some(word) },
                options(nomem, nostack)
            );
            None
        }
        #[cfg(not(all(target_arch = "x86_64", not(miri))))]
        if MODERATE_ENDS >> (word as u32 & 31) & 1 != 0 { Some(word) } else { None }
    }
}

/// Returns the number as one the optimiser does not know: else it sees two constants, the bias and its negative.
#[cfg(not(miri))]
#[inline(always)]
fn opaque(mut number: u64) -> u64 {
    // SAFETY: the assembly is empty.
    unsafe {
        std::arch::asm!("/* {0} */", inout(reg) number, options(pure, nomem, nostack, preserves_flags))
    };
    number
}

/// Returns the number: Miri runs no assembly, and optimises nothing.
#[cfg(miri)]
fn opaque(number: u64) -> u64 {
    number
}

/// The ends of the words of moderate floats as a set. Three bits decide; five are what one instruction looks at.
const MODERATE_ENDS: u32 = 0b1100_1000 * 0x0101_0101;

/// Encodes a pointer with the owning tag; the address becomes part of an integer.
#[inline(always)]
pub fn from_raw(object: RawObject) -> Word {
    object::word::owned(object)
}

/// Decodes a pointer, owning or deferred.
#[inline(always)]
pub fn to_raw(word: Word) -> Option<RawObject> {
    if is_pointer(word) {
        // SAFETY: it is a pointer word, and every one of them was made by `from_raw`.
        Some(unsafe { object::word::object(word) })
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_of_62_bits_are_inline() {
        for value in [0, 1, -1, INT_MAX, INT_MIN, 12345, -98765] {
            let word = from_int(value).expect("fits");
            assert!(is_int(word) && !is_float(word) && !is_pointer(word));
            assert_eq!(to_int(word), value);
        }
        assert!(from_int(INT_MAX + 1).is_none());
        assert!(from_int(INT_MIN - 1).is_none());
    }

    #[test]
    fn ordinary_floats_are_inline_and_come_back_bit_by_bit() {
        let special =
            [0.0, -0.0, f64::INFINITY, f64::NEG_INFINITY, f64::MIN_POSITIVE / 8.0, 1.0, -1.5, 1e77, 1e-76];
        for value in special {
            let word = from_float(value).expect("inline");
            assert_eq!(to_float(word).to_bits(), value.to_bits());
        }
        for extreme in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, f64::MAX] {
            assert!(Floats::load().encode_moderate(extreme).is_none());
        }
        assert!(from_float(f64::NAN).is_none());
        assert!(from_float(1e200).is_none());
        assert!(from_float(1e-200).is_none());
    }

    #[test]
    fn every_encoded_float_decodes_to_itself_and_is_no_other_kind() {
        let mut bits: u64 = 0x9e37_79b9_7f4a_7c15;
        for _ in 0..if cfg!(miri) { 300 } else { 300_000 } {
            bits ^= bits << 13;
            bits ^= bits >> 7;
            bits ^= bits << 17;
            let moderate = Some(f64::from_bits(bits)).filter(|float| float.abs() < 2f64.powi(257));
            assert_eq!(Floats::load().encode_moderate(f64::from_bits(bits)), moderate.and_then(from_float));
            if let Some(word) = from_float(f64::from_bits(bits)) {
                assert!(is_float(word) && !is_int(word) && !is_pointer(word));
                assert_eq!(to_float(word).to_bits(), bits);
            } else {
                let magnitude = f64::from_bits(bits).abs();
                let extreme = magnitude < 2f64.powi(-254) || magnitude > 2f64.powi(256);
                assert!(extreme || magnitude.is_nan(), "{magnitude:e}");
            }
        }
    }

    #[test]
    fn constants_are_neither_numbers_nor_pointers() {
        for word in [UNBOUND, NONE, FALSE, TRUE, NOT_IMPLEMENTED, ELLIPSIS] {
            assert!(!is_int(word) && !is_float(word) && !is_pointer(word) && !is_deferred(word), "{word}");
        }
    }
}

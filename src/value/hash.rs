//! Hashes of texts and numbers, bit for bit those of CPython.
//!
//! Numbers hash modulo the prime 2^61 - 1, so that equal numbers of different types hash alike. Texts
//! hash by SipHash-1-3 over the buffer CPython would keep (one, two or four bytes a code point,
//! whichever suffices), keyed per runtime. No hash is ever -1: it becomes -2.

use std::hash::{BuildHasher, Hasher, RandomState};

use dashu_int::{IBig, Sign};
use siphasher::sip::SipHasher13;

use crate::text::stored;
use crate::thread::ThreadState;
use crate::value::number::Integer;
use crate::value::object::Object;
use crate::value::payload::str::Str;

/// The modulus of the hash of numbers, 2^61 - 1.
pub const MODULUS: u64 = (1 << MODULUS_BITS) - 1;
const MODULUS_BITS: u32 = 61;
const INFINITY: i64 = 314_159;

/// The two keys of the string hash.
pub type HashKeys = (u64, u64);

/// Returns the keys for a value of `PYTHONHASHSEED`: random ones if it is missing, empty or `random`.
///
/// Returns the error message if the text is neither that nor an integer of 32 bits.
pub fn keys_from_seed(seed: Option<&str>) -> Result<HashKeys, &'static str> {
    match seed {
        None | Some("" | "random") => Ok(random_keys()),
        Some(number) => match number.trim_start().parse() {
            Ok(seed) => Ok(seeded_keys(seed)),
            Err(_) => Err("PYTHONHASHSEED must be \"random\" or an integer in range [0; 4294967295]"),
        },
    }
}

/// Makes random keys.
pub fn random_keys() -> HashKeys {
    let fresh = || RandomState::new().build_hasher().finish();
    (fresh(), fresh())
}

/// The keys CPython derives from a seed (CPython: lcg_urandom); 0 switches keys off.
pub fn seeded_keys(seed: u32) -> HashKeys {
    if seed == 0 {
        return (0, 0);
    }
    let mut state = seed;
    let mut byte = || {
        state = state.wrapping_mul(214_013).wrapping_add(2_531_011);
        (state >> 16) as u8
    };
    let mut key = || u64::from_le_bytes(std::array::from_fn(|_| byte()));
    (key(), key())
}

/// Hashes a text in its stored form.
pub fn hash_text(keys: HashKeys, text: &str) -> i64 {
    if text.is_ascii() {
        return hash_bytes(keys, text.as_bytes());
    }
    let widest = stored::code_points(text).max().unwrap_or(0);
    let mut buffer = Vec::with_capacity(text.len() * 2);
    for code in stored::code_points(text) {
        let bytes = code.to_le_bytes();
        buffer.extend_from_slice(match widest {
            0..=0xff => &bytes[..1],
            0x100..=0xffff => &bytes[..2],
            _ => &bytes,
        });
    }
    hash_bytes(keys, &buffer)
}

/// Hashes bytes.
#[inline]
pub fn hash_bytes(keys: HashKeys, bytes: &[u8]) -> i64 {
    if bytes.is_empty() {
        return 0;
    }
    never_minus_one(SipHasher13::new_with_keys(keys.0, keys.1).hash(bytes) as i64)
}

/// Returns the hash of a `str`, which is computed once and kept in the object.
#[inline]
pub fn hash_str(keys: HashKeys, text: &Object<Str>) -> i64 {
    match text.known_hash() {
        0 => hash_str_first(keys, text),
        known => known as i64,
    }
}

impl Object<Str> {
    /// Returns the hash, which is computed once and kept in the object.
    #[inline(always)]
    pub fn hash(&self, thread: &ThreadState) -> i64 {
        match self.known_hash() {
            0 => hash_str_first(thread.known().hash_keys, self),
            known => known as i64,
        }
    }
}

#[inline(never)]
fn hash_str_first(keys: HashKeys, text: &Object<Str>) -> i64 {
    let bytes = text.as_str();
    let hash = if text.is_ascii() { hash_bytes(keys, bytes.as_bytes()) } else { hash_text(keys, bytes) };
    text.remember_hash(hash as u64);
    hash
}

/// Hashes an integer.
#[inline]
pub fn hash_integer(value: Integer<'_>) -> i64 {
    match value {
        Integer::Small(value) => hash_int(value),
        Integer::Big(value) => hash_big(value),
    }
}

/// Hashes an integer of one machine word.
#[inline]
pub const fn hash_int(value: i64) -> i64 {
    if (value as u64) < MODULUS {
        return value;
    }
    let rest = (value.unsigned_abs() % MODULUS) as i64;
    never_minus_one(if value < 0 { -rest } else { rest })
}

fn hash_big(value: &IBig) -> i64 {
    let (sign, words) = value.as_sign_words();
    // Horner's rule, most significant word first; 2^64 is 8 modulo the prime.
    let rest =
        words.iter().rev().fold(0, |rest, word| (rest * 8 % MODULUS + word % MODULUS) % MODULUS) as i64;
    never_minus_one(if sign == Sign::Negative { -rest } else { rest })
}

/// Hashes a float; equal to the hash of the integer it equals, if any. Every NaN hashes to 0.
pub fn hash_float(value: f64) -> i64 {
    if value.is_nan() {
        return 0;
    }
    if value.is_infinite() {
        return if value > 0.0 { INFINITY } else { -INFINITY };
    }
    let bits = value.to_bits();
    let (exponent, fraction) = ((bits >> 52 & 0x7ff) as i32, bits & ((1 << 52) - 1));
    // value = mantissa * 2^power, and multiplying by two modulo 2^61 - 1 is a rotation of 61 bits.
    let (mantissa, power) =
        if exponent == 0 { (fraction, -1074) } else { (fraction | 1 << 52, exponent - 1075) };
    let turn = power.rem_euclid(MODULUS_BITS as i32) as u32;
    let rest =
        if turn == 0 { mantissa } else { mantissa << turn & MODULUS | mantissa >> (MODULUS_BITS - turn) };
    never_minus_one(if value < 0.0 { -(rest as i64) } else { rest as i64 })
}

/// The hash of a tuple out of those of its items (CPython: tuplehash, a reduced xxHash).
pub struct TupleHash(u64);

impl TupleHash {
    const PRIME_1: u64 = 11_400_714_785_074_694_791;
    const PRIME_2: u64 = 14_029_467_366_897_019_727;
    const PRIME_5: u64 = 2_870_177_450_012_600_261;

    /// Adds the hash of the next item.
    #[inline(always)]
    pub const fn add(&mut self, lane: i64) {
        let lane = (lane as u64).wrapping_mul(Self::PRIME_2);
        self.0 = self.0.wrapping_add(lane).rotate_left(31).wrapping_mul(Self::PRIME_1);
    }

    /// Returns the hash of a tuple of `count` items, once the hash of each has been added.
    #[inline(always)]
    pub const fn finish(self, count: usize) -> i64 {
        TupleHash(self.0.wrapping_add(count as u64 ^ (Self::PRIME_5 ^ 3_527_539))).finish_parts()
    }

    /// Returns the hash of an object that always has the same number of parts (a slice).
    #[inline(always)]
    pub const fn finish_parts(self) -> i64 {
        let hash = self.0;
        // -1 is no hash.
        if hash == u64::MAX { 1_546_275_796 } else { hash as i64 }
    }
}

impl Default for TupleHash {
    fn default() -> TupleHash {
        TupleHash(Self::PRIME_5)
    }
}

/// Hashes an identity (CPython: _Py_HashPointer); the low four bits of an address tell nothing.
#[inline]
pub const fn hash_pointer(address: u64) -> i64 {
    never_minus_one(address.rotate_right(4) as i64)
}

/// Replaces -1, CPython's mark of a failed hash, by -2.
#[inline(always)]
pub const fn never_minus_one(hash: i64) -> i64 {
    if hash == -1 { -2 } else { hash }
}

#[cfg(test)]
mod tests {
    use super::*;

    // Every expected number comes from CPython 3.11 on a 64-bit machine.

    #[test]
    fn texts_hash_like_cpythons_with_the_same_seed() {
        let zero = seeded_keys(0);
        assert_eq!(hash_text(zero, ""), 0);
        for (seed, text, expected) in EXPECTED_TEXTS {
            assert_eq!(hash_text(seeded_keys(*seed), text), *expected, "{text:?} with seed {seed}");
        }
        assert_ne!(random_keys(), random_keys());
        assert!(keys_from_seed(Some("4294967296")).is_err());
        assert_eq!(keys_from_seed(Some("42")), Ok(seeded_keys(42)));
    }

    #[test]
    fn numbers_hash_modulo_the_prime() {
        assert_eq!(hash_int(0), 0);
        assert_eq!(hash_int(-1), -2);
        assert_eq!(hash_int((1 << 61) - 1), 0);
        assert_eq!(hash_int(-(1 << 61)), -2);
        assert_eq!(hash_int(i64::MIN), -4);
        assert_eq!(hash_big(&(IBig::from(1) << 100)), 549_755_813_888);
        assert_eq!(hash_big(&-(IBig::from(10).pow(50))), -619_332_571_178_673_746);
    }

    #[test]
    fn floats_hash_like_the_integers_they_equal() {
        for value in [0i64, 1, -1, 2, 1 << 52, -(1 << 53), 1 << 60, 1 << 61] {
            assert_eq!(hash_float(value as f64), hash_int(value), "{value}");
        }
        for (value, expected) in EXPECTED_FLOATS {
            assert_eq!(hash_float(*value), *expected, "{value}");
        }
    }

    const EXPECTED_TEXTS: &[(u32, &str, i64)] = &[
        (0, "a", 4644417185603328019),
        (0, "hello", -2096571579003691106),
        (0, "The quick brown fox jumps over the lazy dog", -8217249817990249186),
        (0, "é", 6047309291227476195),
        (0, "naïve café", -3140414782110216922),
        (0, "日本語", 7116994712188270),
        (0, "Ω≈ç", 7672206512383855342),
        (0, "🎉", -5182837508476747371),
        (0, "a🎉é日", 4331325051841392760),
        (0, "xxxxxxxxxxxxxxx", -2782592963448337589),
        (0, "yyyyyyyyyyyyyyyy", 7391554999418539533),
        (1, "a", -3012895188637184397),
        (1, "hello", -1712148659304476210),
        (1, "The quick brown fox jumps over the lazy dog", -4305058434410168670),
        (1, "é", 8133168473585362875),
        (1, "naïve café", 6607761748322065671),
        (1, "日本語", 4108418643989797081),
        (1, "Ω≈ç", -552618962831133733),
        (1, "🎉", -4842604687241788825),
        (1, "a🎉é日", -5274172440626719313),
        (1, "xxxxxxxxxxxxxxx", -3726225509375811091),
        (1, "yyyyyyyyyyyyyyyy", 3782539391979337402),
        (42, "a", -123207753977932514),
        (42, "hello", 841626496250501200),
        (42, "The quick brown fox jumps over the lazy dog", -8906954186123746932),
        (42, "é", 5653850369683463245),
        (42, "naïve café", -3503790682107762911),
        (42, "日本語", 337426736487537137),
        (42, "Ω≈ç", -9033099264715372190),
        (42, "🎉", 9057255770571495519),
        (42, "a🎉é日", -3627791228541544353),
        (42, "xxxxxxxxxxxxxxx", -941056122281522699),
        (42, "yyyyyyyyyyyyyyyy", 5321635687586137920),
        (4294967295, "a", -5989683813037840249),
        (4294967295, "hello", 8346754777393815846),
        (4294967295, "The quick brown fox jumps over the lazy dog", -936082064891253688),
        (4294967295, "é", -5741392403324874290),
        (4294967295, "naïve café", 4642281911057642710),
        (4294967295, "日本語", -6341209519133234530),
        (4294967295, "Ω≈ç", 4874701062109242579),
        (4294967295, "🎉", 3732397768643195054),
        (4294967295, "a🎉é日", -1565402327674300845),
        (4294967295, "xxxxxxxxxxxxxxx", -6617131957827077958),
        (4294967295, "yyyyyyyyyyyyyyyy", -4794320790012899870),
    ];

    const EXPECTED_FLOATS: &[(f64, i64)] = &[
        (0.5, 1152921504606846976),
        (-0.5, -1152921504606846976),
        (0.1, 230584300921369408),
        (2.675, 1556444031219243010),
        (1e300, 1224995262755759164),
        (-1e-300, -482449582752280463),
        (5e-324, 16777216),
        (1.7976931348623157e308, 2234066890152476671),
        (2.5, 1152921504606846978),
        (-1234.5678, -1309257660631614674),
        (1e16, 10000000000000000),
        (f64::INFINITY, 314_159),
        (f64::NEG_INFINITY, -314_159),
    ];
}

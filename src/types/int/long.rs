//! Arithmetic of very long integers in pieces, so that Ctrl-C is noticed between two pieces.
//!
//! The library that computes cannot be interrupted. Operations for which it would take longer than a moment are
//! split here, by schoolbook or Karatsuba multiplication or by recursive division (Burnikel and Ziegler, as in
//! CPython's `_pylong`), down to pieces of [`PIECE_BITS`]. Common divisors are in `common_divisor.rs`.

use std::collections::HashMap;

use dashu_int::ops::{BitTest, DivRem, SquareRoot};
use dashu_int::{IBig, Sign, UBig};

use crate::protocol::check_interrupt;
use crate::thread::ThreadState;
use crate::value::Run;

/// The most bits that the library computes with at once, which takes some hundredths of a second.
pub const PIECE_BITS: usize = 1 << 21;
/// The most digits that the library converts at once, about as many bits.
const PIECE_DIGITS: usize = 1 << 19;
/// With a factor or divisor of at most so many bits, the time for an operation is nearly linear.
const SHORT_BITS: usize = 4096;

/// Tells whether a product or a quotient takes so long that it is computed in pieces.
pub fn is_long(left_bits: usize, right_bits: usize) -> bool {
    left_bits + right_bits > 2 * PIECE_BITS && left_bits.min(right_bits) > SHORT_BITS
}

/// Splits an integer into the bits below `at` and those from there on.
fn split(value: &UBig, at: usize) -> (UBig, UBig) {
    value.clone().split_bits(at)
}

/// Computes `left * right`. Raises `KeyboardInterrupt`.
pub fn multiply(thread: &ThreadState, left: &IBig, right: &IBig) -> Run<IBig> {
    if !is_long(left.bit_len(), right.bit_len()) {
        return Ok(left * right);
    }
    let sign = left.sign() * right.sign();
    let (left, right) = (left.clone().into_parts().1, right.clone().into_parts().1);
    Ok(IBig::from_parts(sign, product(thread, &left, &right)?))
}

fn product(thread: &ThreadState, left: &UBig, right: &UBig) -> Run<UBig> {
    check_interrupt(thread)?;
    let (short, long) = if left.bit_len() < right.bit_len() { (left, right) } else { (right, left) };
    if !is_long(short.bit_len(), long.bit_len()) {
        return Ok(short * long);
    }
    if short.bit_len() <= PIECE_BITS || short.bit_len() * 2 <= long.bit_len() {
        return product_by_pieces(thread, short, long);
    }
    // Karatsuba: three products of halves instead of four.
    let half = long.bit_len().div_ceil(2);
    let ((low, high), (other_low, other_high)) = (split(short, half), split(long, half));
    let highs = product(thread, &high, &other_high)?;
    let lows = product(thread, &low, &other_low)?;
    let all = product(thread, &(low + high), &(other_low + other_high))?;
    let middle = all - &highs - &lows;
    Ok((highs << (2 * half)) + (middle << half) + lows)
}

/// Computes the product of a short and a much longer factor, piece by piece of the longer one.
fn product_by_pieces(thread: &ThreadState, short: &UBig, long: &UBig) -> Run<UBig> {
    let step = short.bit_len().max(PIECE_BITS);
    let (mut result, mut rest, mut at) = (UBig::ZERO, long.clone(), 0);
    while !rest.is_zero() {
        let (piece, more) = rest.split_bits(step);
        result += product(thread, short, &piece)? << at;
        (rest, at) = (more, at + step);
    }
    Ok(result)
}

/// Computes `base ** exponent`, by squaring from the highest bit of the exponent on. Raises
/// `KeyboardInterrupt`.
pub fn power(thread: &ThreadState, base: &IBig, exponent: usize) -> Run<IBig> {
    let sign =
        if base.sign() == Sign::Negative && exponent % 2 == 1 { Sign::Negative } else { Sign::Positive };
    let base = base.clone().into_parts().1;
    let twos = base.trailing_zeros().unwrap_or(0);
    let odd = base >> twos;
    let mut result = UBig::ONE;
    if !odd.is_one() {
        for bit in (0..usize::BITS - exponent.leading_zeros()).rev() {
            result = product(thread, &result, &result)?;
            if exponent >> bit & 1 == 1 {
                result = product(thread, &result, &odd)?;
            }
        }
    }
    Ok(IBig::from_parts(sign, result << (twos * exponent)))
}

/// Computes quotient and remainder, rounded towards zero; the divisor is not zero. Raises `KeyboardInterrupt`.
pub fn divide(thread: &ThreadState, left: &IBig, right: &IBig) -> Run<(IBig, IBig)> {
    if !is_long(left.bit_len(), right.bit_len()) {
        return Ok(left.div_rem(right));
    }
    let (left_sign, right_sign) = (left.sign(), right.sign());
    let (left, right) = (left.clone().into_parts().1, right.clone().into_parts().1);
    let (quotient, remainder) = quotient(thread, &left, &right)?;
    Ok((IBig::from_parts(left_sign * right_sign, quotient), IBig::from_parts(left_sign, remainder)))
}

fn quotient(thread: &ThreadState, left: &UBig, right: &UBig) -> Run<(UBig, UBig)> {
    if !is_long(left.bit_len(), right.bit_len()) || left.bit_len() < right.bit_len() {
        return Ok(left.div_rem(right));
    }
    let step = right.bit_len().max(PIECE_BITS);
    let mut pieces = Vec::new();
    let mut rest = left.clone();
    while !rest.is_zero() {
        let (piece, more) = rest.split_bits(step);
        pieces.push(piece);
        rest = more;
    }
    let (mut result, mut remainder) = (UBig::ZERO, UBig::ZERO);
    for piece in pieces.into_iter().rev() {
        let (digit, left_over) = divide_double(thread, (remainder << step) + piece, right.clone(), step)?;
        result = (result << step) + digit;
        remainder = left_over;
    }
    Ok((result, remainder))
}

/// Divides `left`, which is less than `right * 2^bits`, by `right`, which has at most `bits` bits.
fn divide_double(
    thread: &ThreadState,
    mut left: UBig,
    mut right: UBig,
    mut bits: usize,
) -> Run<(UBig, UBig)> {
    check_interrupt(thread)?;
    if right.bit_len() <= PIECE_BITS || right.bit_len() < bits {
        return Ok(left.div_rem(right));
    }
    let is_odd = bits % 2 == 1;
    if is_odd {
        (left, right, bits) = (left << 1, right << 1, bits + 1);
    }
    let half = bits / 2;
    let (low, rest) = left.split_bits(half);
    let (middle, high) = rest.split_bits(half);
    let (first, remainder) = divide_halves(thread, high, middle, &right, half)?;
    let (second, remainder) = divide_halves(thread, remainder, low, &right, half)?;
    let remainder = if is_odd { remainder >> 1 } else { remainder };
    Ok(((first << half) + second, remainder))
}

/// Divides `high * 2^half + low` by `right`, which has `2 * half` bits.
fn divide_halves(
    thread: &ThreadState,
    high: UBig,
    low: UBig,
    right: &UBig,
    half: usize,
) -> Run<(UBig, UBig)> {
    let (right_low, right_high) = split(right, half);
    let (mut digit, remainder) = if &high >> half == right_high {
        let remainder = high - (&right_high << half) + &right_high;
        ((UBig::ONE << half) - UBig::ONE, remainder)
    } else {
        divide_double(thread, high, right_high, half)?
    };
    let mut remainder =
        IBig::from((remainder << half) + low) - IBig::from(product(thread, &digit, &right_low)?);
    // At most twice.
    while remainder.sign() == Sign::Negative {
        digit -= UBig::ONE;
        remainder += right;
    }
    Ok((digit, remainder.into_parts().1))
}

/// Computes the square root, rounded down. Raises `KeyboardInterrupt`.
pub fn square_root(thread: &ThreadState, value: UBig) -> Run<UBig> {
    Ok(root(thread, value)?.0)
}

/// Computes the square root, rounded down, and what its square leaves: from the root of the upper half of the bits,
/// whose remainder, divided by twice the root, gives the lower bits (Zimmermann's Karatsuba square root).
fn root(thread: &ThreadState, value: UBig) -> Run<(UBig, UBig)> {
    check_interrupt(thread)?;
    if value.bit_len() <= PIECE_BITS {
        let root = value.sqrt();
        let rest = value - root.sqr();
        return Ok((root, rest));
    }
    let quarter = value.bit_len() / 4;
    let (low, rest) = value.split_bits(quarter);
    let (middle, high) = rest.split_bits(quarter);
    let (upper, rest) = root(thread, high)?;
    let (digit, rest) = quotient(thread, &((rest << quarter) + middle), &(&upper << 1))?;
    let square = product(thread, &digit, &digit)?;
    let mut root = IBig::from((upper << quarter) + digit);
    let mut rest = IBig::from((rest << quarter) + low) - square;
    // At most once: the upper root has at least as many bits as the digit.
    while rest.sign() == Sign::Negative {
        rest += (&root << 1) - IBig::ONE;
        root -= IBig::ONE;
    }
    Ok((root.into_parts().1, rest.into_parts().1))
}

/// Powers of one base, each computed once.
struct Powers<'a> {
    thread: &'a ThreadState,
    base: u32,
    known: HashMap<usize, UBig>,
}

impl Powers<'_> {
    fn get(&mut self, exponent: usize) -> Run<UBig> {
        if let Some(power) = self.known.get(&exponent) {
            return Ok(power.clone());
        }
        let power = if exponent <= PIECE_DIGITS {
            UBig::from(self.base).pow(exponent)
        } else {
            let root = self.get(exponent / 2)?;
            let square = product(self.thread, &root, &root)?;
            if exponent % 2 == 1 { square * UBig::from(self.base) } else { square }
        };
        self.known.insert(exponent, power.clone());
        Ok(power)
    }
}

/// Returns the decimal digits of an integer. Raises `KeyboardInterrupt`, `MemoryError`.
pub fn to_decimal(thread: &ThreadState, value: &IBig) -> Run<String> {
    let mut text = String::new();
    if value.sign() == Sign::Negative {
        text.push('-');
    }
    let mut powers = Powers { thread, base: 10, known: HashMap::new() };
    let value = value.clone().into_parts().1;
    let mut digits = PIECE_DIGITS;
    // 3 bits hold less than a digit: so many digits are enough.
    while digits * 3 < value.bit_len() {
        digits *= 2;
    }
    push_digits(&mut powers, &mut text, value, digits, false)?;
    Ok(text)
}

/// Appends a number of at most `digits` digits, with leading zeros if it `follows` others.
fn push_digits(
    powers: &mut Powers<'_>,
    text: &mut String,
    value: UBig,
    most: usize,
    follows: bool,
) -> Run<()> {
    check_interrupt(powers.thread)?;
    if most <= PIECE_DIGITS || (!follows && value.bit_len() <= PIECE_BITS) {
        let digits = value.to_string();
        if follows {
            text.extend(std::iter::repeat_n('0', most - digits.len()));
        }
        text.push_str(&digits);
        return Ok(());
    }
    let half = most / 2;
    let power = powers.get(half)?;
    let (high, low) = quotient(powers.thread, &value, &power)?;
    let follows = follows || !high.is_zero();
    if follows {
        push_digits(powers, text, high, half, follows && text_has_digits(text))?;
    }
    push_digits(powers, text, low, half, follows)
}

fn text_has_digits(text: &str) -> bool {
    text.bytes().any(|byte| byte.is_ascii_digit())
}

/// Returns the number that digits stand for; `None` if a character is no digit of the base. Raises
/// `KeyboardInterrupt`.
pub fn from_digits(thread: &ThreadState, digits: &str, base: u32) -> Run<Option<UBig>> {
    if digits.len() <= PIECE_DIGITS || base.is_power_of_two() {
        return Ok(UBig::from_str_radix(digits, base).ok());
    }
    from_digits_by(&mut Powers { thread, base, known: HashMap::new() }, digits)
}

fn from_digits_by(powers: &mut Powers<'_>, digits: &str) -> Run<Option<UBig>> {
    check_interrupt(powers.thread)?;
    if digits.len() <= PIECE_DIGITS {
        return Ok(UBig::from_str_radix(digits, powers.base).ok());
    }
    // The lower part has as many digits as fit a power that others need too.
    let mut lower = PIECE_DIGITS;
    while lower * 2 < digits.len() {
        lower *= 2;
    }
    let (high, low) = digits.split_at(digits.len() - lower);
    let (Some(high), Some(low)) = (from_digits_by(powers, high)?, from_digits_by(powers, low)?) else {
        return Ok(None);
    };
    let power = powers.get(lower)?;
    Ok(Some(product(powers.thread, &high, &power)? + low))
}

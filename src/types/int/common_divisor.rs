//! Greatest common divisors of very long integers, computed so that Ctrl-C is noticed meanwhile.
//!
//! Euclid's algorithm is a product of matrices with determinant ±1, and its quotients depend on the leading bits
//! first. So the matrix that halves the length of a pair is found from the leading halves, recursively (the half-gcd of
//! Knuth and Schönhage), and the long numbers are multiplied with it a few times, in pieces (`long.rs`).
//!
//! A quotient guessed from leading bits may be wrong, which is harmless: no matrix of determinant ±1 changes the
//! common divisors, so that a wrong one only shortens the pair a little less.

use dashu_int::IBig;
use dashu_int::ops::{Abs, BitTest, Gcd};

use crate::protocol::check_interrupt;
use crate::thread::ThreadState;
use crate::types::int::long;
use crate::value::Run;

/// The most bits of the shorter operand for which the library is asked, which takes some hundredths of a second.
const PIECE_BITS: usize = 1 << 18;

/// Pairs of at most so many bits are halved with machine words: coefficients have half as many, and a sign.
const WORD_BITS: usize = 124;

/// Returns the greatest common divisor; that of two zeros is zero. Takes little longer than some products of the
/// operands' length. Raises `KeyboardInterrupt`.
pub fn common_divisor(thread: &ThreadState, left: IBig, right: IBig) -> Run<IBig> {
    let (mut x, mut y) = (left.abs(), right.abs());
    loop {
        if x < y {
            (x, y) = (y, x);
        }
        if y.is_zero() {
            return Ok(x);
        }
        let is_short = y.bit_len() <= PIECE_BITS;
        if is_short && !long::is_long(x.bit_len(), y.bit_len()) {
            return Ok(IBig::from(x.gcd(y)));
        }
        // Halving needs operands of about one length, and does not shorten every pair; a division does.
        let (_, remainder) = long::divide(thread, &x, &y)?;
        (x, y) = (y, remainder);
        if !is_short {
            let halved = halving(thread, x, y)?;
            (x, y) = (halved.x, halved.y);
        }
    }
}

/// The rows of a matrix of determinant ±1: what of `x` and of `y` makes the next `x`, and the next `y`.
struct Step {
    rows: [[IBig; 2]; 2],
}

impl Step {
    fn none() -> Step {
        Step { rows: [[IBig::ONE, IBig::ZERO], [IBig::ZERO, IBig::ONE]] }
    }

    /// Returns the step that replaces `(x, y)` by `(y, x - quotient * y)` after this one.
    fn then_divide(self, thread: &ThreadState, quotient: &IBig) -> Run<Step> {
        let [[a, b], [c, d]] = self.rows;
        let (e, f) = (a - long::multiply(thread, quotient, &c)?, b - long::multiply(thread, quotient, &d)?);
        Ok(Step { rows: [[c, d], [e, f]] })
    }

    /// Returns the step that takes this one and then another.
    fn then(self, thread: &ThreadState, next: &Step) -> Run<Step> {
        let [[a, b], [c, d]] = &self.rows;
        let row = |row| -> Run<[IBig; 2]> { Ok([combine(thread, row, a, c)?, combine(thread, row, b, d)?]) };
        Ok(Step { rows: [row(&next.rows[0])?, row(&next.rows[1])?] })
    }
}

/// Computes the sum of `x` and `y`, each times its factor.
fn combine(thread: &ThreadState, factors: &[IBig; 2], x: &IBig, y: &IBig) -> Run<IBig> {
    Ok(long::multiply(thread, &factors[0], x)? + long::multiply(thread, &factors[1], y)?)
}

/// A pair of numbers, the larger first and none negative, and the step that made it.
struct Halved {
    step: Step,
    x: IBig,
    y: IBig,
}

impl Halved {
    /// Appends the bits below `at` of the original numbers, `low_x` and `low_y`.
    /// Before, only the bits above them were halved.
    fn append(self, thread: &ThreadState, at: usize, low_x: &IBig, low_y: &IBig) -> Run<Halved> {
        let Halved { mut step, mut x, mut y } = self;
        x = (x << at) + combine(thread, &step.rows[0], low_x, low_y)?;
        y = (y << at) + combine(thread, &step.rows[1], low_x, low_y)?;
        for (value, row) in [&mut x, &mut y].into_iter().zip(&mut step.rows) {
            if *value < IBig::ZERO {
                *value = -std::mem::take(value);
                *row = std::mem::take(row).map(|factor| -factor);
            }
        }
        if x < y {
            step.rows.swap(0, 1);
            (x, y) = (y, x);
        }
        Ok(Halved { step, x, y })
    }
}

/// Splits a number, which is not negative, into the bits below `at` and those from there on.
fn split(value: IBig, at: usize) -> (IBig, IBig) {
    let (low, high) = value.into_parts().1.split_bits(at);
    (low.into(), high.into())
}

/// Takes a step that makes the smaller number of a pair about half as long as the larger one, `x`, is.
fn halving(thread: &ThreadState, x: IBig, y: IBig) -> Run<Halved> {
    check_interrupt(thread)?;
    let half = x.bit_len() / 2;
    if y.bit_len() <= half {
        return Ok(Halved { step: Step::none(), x, y });
    }
    if let (Ok(x), Ok(y)) = (u128::try_from(&x), u128::try_from(&y))
        && x >> WORD_BITS == 0
    {
        return Ok(halving_of_words(x, y, half));
    }
    // From the full length to three quarters, one division, and from there to the half.
    let ((low_x, high_x), (low_y, high_y)) = (split(x, half), split(y, half));
    let halved = halving(thread, high_x, high_y)?.append(thread, half, &low_x, &low_y)?;
    if halved.y.bit_len() <= half {
        return Ok(halved);
    }
    let (quotient, remainder) = long::divide(thread, &halved.x, &halved.y)?;
    let step = halved.step.then_divide(thread, &quotient)?;
    let (x, y) = (halved.y, remainder);
    let unneeded = (2 * half).saturating_sub(x.bit_len());
    let ((low_x, high_x), (low_y, high_y)) = (split(x, unneeded), split(y, unneeded));
    let Halved { step: next, x, y } =
        halving(thread, high_x, high_y)?.append(thread, unneeded, &low_x, &low_y)?;
    Ok(Halved { step: step.then(thread, &next)?, x, y })
}

/// `halving` for short numbers, by Euclid's algorithm. A coefficient is at most the first `x` divided by the last one,
/// which has more than `half` bits.
fn halving_of_words(mut x: u128, mut y: u128, half: usize) -> Halved {
    let ([mut a, mut b], [mut c, mut d]) = ([1i64, 0i64], [0i64, 1i64]);
    while y >> half != 0 {
        let quotient = x / y;
        let factor = quotient as i64;
        (x, y) = (y, x - quotient * y);
        (a, b, c, d) = (c, d, a - factor * c, b - factor * d);
    }
    let step = Step { rows: [[a, b], [c, d]].map(|row| row.map(IBig::from)) };
    Halved { step, x: x.into(), y: y.into() }
}

//! Arithmetic: integers and floats in range are computed without a call, everything else by the protocol.
//!
//! Each operation has four rows: slot or constant as second operand, temporary or local for the result.
//! `SAFETY` of all handlers: see `vm/run/dispatch.rs`.

use crate::bytecode::{Family, Form, Word};
use crate::protocol;
use crate::sync::AtomicU64;
use crate::thread::ThreadState;
use crate::value::word::{self, Floats, are_floats, are_ints, to_float, to_int};
use crate::value::{BinaryOp, Run, StackRef};
use crate::vm::frame::get;
use crate::vm::run::dispatch::{Exit, Flow, slow};
use crate::vm::run::hot::{block, result_next};
use crate::vm::run::ops::append::append_in_place;
use crate::vm::run::step::Step;

/// The fast path of an arithmetic operation: computes words, `None` for operands or results that it does not
/// handle.
pub trait Fast {
    /// Computes the result from two words.
    fn compute(left: u64, right: u64) -> Option<u64>;
}

macro_rules! fast {
    ($($name:ident |$left:ident, $right:ident| $body:block)+) => {
        $(
            #[doc = concat!("`", stringify!($name), "` of two numbers.")]
            pub struct $name;

            impl Fast for $name {
                #[inline(always)]
                fn compute($left: u64, $right: u64) -> Option<u64> $body
            }
        )+
    };
}

#[inline(always)]
fn checked((result, overflow): (i64, bool)) -> Option<u64> {
    if overflow { None } else { Some(result as u64) }
}

#[inline(always)]
fn float(left: u64, right: u64, compute: impl FnOnce(f64, f64) -> f64) -> Option<u64> {
    let floats = Floats::load();
    floats.encode_moderate(compute(floats.decode(left), floats.decode(right)))
}

fast! {
    Add |left, right| {
        if are_ints(left, right) {
            checked((left as i64).overflowing_add(right as i64))
        } else if are_floats(left, right) {
            float(left, right, |left, right| left + right)
        } else {
            None
        }
    }
    Subtract |left, right| {
        if are_ints(left, right) {
            checked((left as i64).overflowing_sub(right as i64))
        } else if are_floats(left, right) {
            float(left, right, |left, right| left - right)
        } else {
            None
        }
    }
    Multiply |left, right| {
        if are_ints(left, right) {
            checked(to_int(left).overflowing_mul(right as i64))
        } else if are_floats(left, right) {
            float(left, right, |left, right| left * right)
        } else {
            None
        }
    }
    Divide |left, right| {
        if are_floats(left, right) {
            let floats = Floats::load();
            let divisor = floats.decode(right);
            if divisor == 0.0 { None } else { floats.encode_moderate(floats.decode(left) / divisor) }
        } else if are_ints(left, right) {
            // Both convert exactly below 2^53, so the quotient is rounded once.
            const EXACT: u64 = 1 << 53;
            let (left, right) = (to_int(left), to_int(right));
            if right == 0 || left.unsigned_abs() > EXACT || right.unsigned_abs() > EXACT {
                None
            } else {
                Floats::load().encode_moderate(left as f64 / right as f64)
            }
        } else {
            None
        }
    }
    FloorDivide |left, right| {
        if are_ints(left, right) && right != 0 {
            let (left, right) = (to_int(left), to_int(right));
            // Not `div_euclid`: the quotient is rounded down whatever the sign of the divisor.
            let quotient = left.wrapping_div(right);
            let rest = left.wrapping_sub(quotient.wrapping_mul(right));
            word::from_int(quotient - i64::from(rest != 0 && (rest ^ right) < 0))
        } else {
            None
        }
    }
    Remainder |left, right| {
        if are_ints(left, right) && right != 0 {
            let (left, right) = (to_int(left), to_int(right));
            let rest = left.wrapping_rem(right);
            word::from_int(if rest != 0 && (rest ^ right) < 0 { rest + right } else { rest })
        } else {
            None
        }
    }
    BitAnd |left, right| { if are_ints(left, right) { Some(left & right) } else { None } }
    BitOr |left, right| { if are_ints(left, right) { Some(left | right) } else { None } }
    BitXor |left, right| { if are_ints(left, right) { Some(left ^ right) } else { None } }
    ShiftLeft |left, right| {
        // A word is four times its integer, so a count below 61 is a word below 244.
        if are_ints(left, right) && right < 60 * 4 {
            let count = (right >> 2) as u32;
            let shifted = (left as i64) << count;
            if shifted >> count == left as i64 { Some(shifted as u64) } else { None }
        } else {
            None
        }
    }
    ShiftRight |left, right| {
        if are_ints(left, right) && right < 64 * 4 {
            Some((to_int(left) >> (right >> 2).min(63) << 2) as u64)
        } else {
            None
        }
    }
}

/// Returns an integer and a float as two floats; the integer is rounded to the nearest float, as the language
/// says.
#[inline(always)]
fn mixed(left: u64, right: u64) -> Option<(f64, f64)> {
    if word::is_float(left) && word::is_int(right) {
        Some((to_float(left), to_int(right) as f64))
    } else if word::is_int(left) && word::is_float(right) {
        Some((to_int(left) as f64, to_float(right)))
    } else {
        None
    }
}

/// The handler of an arithmetic row.
///
/// # Safety
/// See `vm/run/dispatch.rs`.
pub unsafe extern "C" fn arithmetic<F: Fast, const CONST: bool, const STORE: bool>(
    ip: *const Word,
    fp: *mut StackRef,
    k: *const AtomicU64,
    thread: &ThreadState,
    word: u64,
) -> Exit {
    // SAFETY: see `vm/run/dispatch.rs`.
    unsafe {
        let operands = Word::from_bits(word);
        let left = get(fp, operands.b());
        let right = if CONST { block(k, operands.c()) } else { get(fp, operands.c()) };
        match F::compute(left, right) {
            Some(result) => result_next::<STORE>(ip, fp, k, thread, operands.a(), result),
            None => arithmetic_mixed(ip, fp, k, thread, word),
        }
    }
}

/// Computes an integer and a float for the first four operators; other operands go to the protocol.
///
/// # Safety
/// See `vm/run/dispatch.rs`.
#[inline(never)]
unsafe extern "C" fn arithmetic_mixed(
    ip: *const Word,
    fp: *mut StackRef,
    k: *const AtomicU64,
    thread: &ThreadState,
    word: u64,
) -> Exit {
    // SAFETY: see `vm/run/dispatch.rs`.
    unsafe {
        let w = Word::from_bits(word);
        let row = w.row();
        let right = if row.form.contains(Form::CONSTANT) { block(k, w.c()) } else { get(fp, w.c()) };
        let Some((left, right)) = mixed(get(fp, w.b()), right) else {
            return arithmetic_slow(ip, fp, k, thread, word);
        };
        let result = match row.family {
            Family::Arithmetic(BinaryOp::Add) => left + right,
            Family::Arithmetic(BinaryOp::Subtract) => left - right,
            Family::Arithmetic(BinaryOp::Multiply) => left * right,
            Family::Arithmetic(BinaryOp::TrueDivide) if right != 0.0 => left / right,
            _ => return arithmetic_slow(ip, fp, k, thread, word),
        };
        let Some(result) = Floats::load().encode_moderate(result) else {
            return arithmetic_slow(ip, fp, k, thread, word);
        };
        if row.form.contains(Form::STORES) {
            return result_next::<true>(ip, fp, k, thread, w.a(), result);
        }
        result_next::<false>(ip, fp, k, thread, w.a(), result)
    }
}

slow! {
    /// Computes any arithmetic row by the protocol.
    fn arithmetic_slow = arithmetic_body
}

/// The operator of an arithmetic word.
fn operator(word: Word) -> BinaryOp {
    match word.row().family {
        Family::Arithmetic(op) => op,
        family => unreachable!("an arithmetic handler runs {family:?}"),
    }
}

fn arithmetic_body(step: &mut Step, word: Word) -> Run<Flow> {
    let row = word.row();
    let right_is_constant = row.form.contains(Form::CONSTANT);
    let right = if right_is_constant { step.block_view(word.c()) } else { step.view(word.c()) };
    let left = step.view(word.b());
    let op = operator(word);
    let to_local = row.form.contains(Form::STORES);
    if word.is_augmented() && op == BinaryOp::Add && append_in_place(step, word, to_local, left, right) {
        if !right_is_constant {
            step.consume(word.c());
        }
        return Ok(Flow::Next);
    }
    let result = operate(step, op, word.is_augmented(), left, right)?;
    Ok(if right_is_constant {
        step.finish_unary(word.a(), word.b(), result)
    } else {
        step.finish_binary(word.a(), word.b(), word.c(), result)
    })
}

fn operate(
    step: &mut Step,
    op: BinaryOp,
    in_place: bool,
    left: &crate::value::Value,
    right: &crate::value::Value,
) -> Run<crate::value::Value> {
    if in_place {
        protocol::in_place_op(step, op, left, right)
    } else {
        protocol::binary_op(step, op, left, right)
    }
}

/// Computes `**` of floats whose result is a float; only the library's function is called.
///
/// # Safety
/// See `vm/run/dispatch.rs`.
pub unsafe extern "C" fn power(
    ip: *const Word,
    fp: *mut StackRef,
    k: *const AtomicU64,
    thread: &ThreadState,
    word: u64,
) -> Exit {
    // SAFETY: see `vm/run/dispatch.rs`.
    unsafe {
        let operands = Word::from_bits(word);
        let (left, right) = (get(fp, operands.b()), get(fp, operands.c()));
        if !are_floats(left, right) {
            return power_slow(ip, fp, k, thread, word);
        }
        let (base, exponent) = (to_float(left), to_float(right));
        // What is not positive may be complex or divide by zero, and what is not finite may have overflowed.
        let result = if base > 0.0 { float_power(base, exponent) } else { f64::NAN };
        match Floats::load().encode_moderate(result) {
            Some(result) => result_next::<false>(ip, fp, k, thread, operands.a(), result),
            None => power_slow(ip, fp, k, thread, word),
        }
    }
}

/// Calls the library's function, not inlined, because the linker reaches it through a table.
#[inline(never)]
fn float_power(base: f64, exponent: f64) -> f64 {
    base.powf(exponent)
}

slow! { fn power_slow = power_body }

fn power_body(step: &mut Step, word: Word) -> Run<Flow> {
    let (first, second) = (step.view(word.b()), step.view(word.c()));
    let result = operate(step, operator(word), word.is_augmented(), first, second)?;
    Ok(step.finish_binary(word.a(), word.b(), word.c(), result))
}

/// `@` and `@=`. Raises what `protocol::binary_op` raises.
pub fn matrix_multiply(step: &mut Step, word: Word) -> Run<Flow> {
    let (first, second) = (step.view(word.b()), step.view(word.c()));
    let result = operate(step, operator(word), word.is_augmented(), first, second)?;
    Ok(step.finish_binary(word.a(), word.b(), word.c(), result))
}

/// `-x`, for numbers in range.
///
/// # Safety
/// See `vm/run/dispatch.rs`.
pub unsafe extern "C" fn negate(
    ip: *const Word,
    fp: *mut StackRef,
    k: *const AtomicU64,
    thread: &ThreadState,
    word: u64,
) -> Exit {
    // SAFETY: see `vm/run/dispatch.rs`.
    unsafe {
        let operands = Word::from_bits(word);
        let value = get(fp, operands.b());
        if word::is_int(value)
            && let (result, false) = 0i64.overflowing_sub(value as i64)
        {
            return result_next::<false>(ip, fp, k, thread, operands.a(), result as u64);
        }
        if word::is_float(value)
            && let Some(result) = Floats::load().encode_moderate(-to_float(value))
        {
            return result_next::<false>(ip, fp, k, thread, operands.a(), result);
        }
        negate_slow(ip, fp, k, thread, word)
    }
}

slow! { fn negate_slow = negate_body }

fn negate_body(step: &mut Step, word: Word) -> Run<Flow> {
    let first = step.view(word.b());
    let result = protocol::negative(step, first)?;
    Ok(step.finish_unary(word.a(), word.b(), result))
}

/// `+x`. Raises what the operation of the class raises, `TypeError` if it has none.
pub fn positive(step: &mut Step, word: Word) -> Run<Flow> {
    let first = step.view(word.b());
    let result = protocol::positive(step, first)?;
    Ok(step.finish_unary(word.a(), word.b(), result))
}

/// `~x`. Raises what the operation of the class raises, `TypeError` if it has none.
pub fn invert(step: &mut Step, word: Word) -> Run<Flow> {
    let first = step.view(word.b());
    let result = protocol::invert(step, first)?;
    Ok(step.finish_unary(word.a(), word.b(), result))
}

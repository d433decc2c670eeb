//! Comparisons, as values and combined with a branch.
//!
//! `SAFETY` of all handlers: see `vm/run/dispatch.rs`.

use std::cmp::Ordering;

use crate::bytecode::{Family, Form, Word};
use crate::protocol;
use crate::sync::AtomicU64;
use crate::thread::ThreadState;
use crate::value::class::shape::Shape;
use crate::value::word::{self, are_floats, are_ints, to_float};
use crate::value::{Comparison, Kind, Object, Run, StackRef, Str, Value, same_bytes};
use crate::vm::frame::{current, get};
use crate::vm::run::dispatch::{Exit, Flow, go, next, slow};
use crate::vm::run::hot::{block, object, release_out_of_line, result_next, safepoint};
use crate::vm::run::step::Step;

/// The fast path of a comparison: compares words, `None` for operands that it does not handle.
pub trait FastComparison {
    /// Which comparison.
    const COMPARISON: Comparison;

    /// Compares.
    fn holds(left: u64, right: u64) -> Option<bool>;
}

macro_rules! comparisons {
    ($($name:ident $sign:tt)+) => {
        $(
            #[doc = concat!("`", stringify!($sign), "` of two numbers.")]
            pub struct $name;

            impl FastComparison for $name {
                const COMPARISON: Comparison = Comparison::$name;

                #[inline(always)]
                fn holds(left: u64, right: u64) -> Option<bool> {
                    if are_ints(left, right) {
                        Some((left as i64) $sign (right as i64))
                    } else if are_floats(left, right) {
                        Some(to_float(left) $sign to_float(right))
                    } else {
                        None
                    }
                }
            }
        )+
    };
}

comparisons! { Less < LessEqual <= Equal == NotEqual != Greater > GreaterEqual >= }

/// Compares two operands and stores the answer.
///
/// # Safety
/// See `vm/run/dispatch.rs`.
pub unsafe extern "C" fn compare<F: FastComparison>(
    ip: *const Word,
    fp: *mut StackRef,
    k: *const AtomicU64,
    thread: &ThreadState,
    word: u64,
) -> Exit {
    // SAFETY: see `vm/run/dispatch.rs`.
    unsafe {
        let operands = Word::from_bits(word);
        match F::holds(get(fp, operands.b()), get(fp, operands.c())) {
            Some(holds) => {
                let result = Value::bool(holds).into_word();
                result_next::<false>(ip, fp, k, thread, operands.a(), result)
            }
            None => compare_slow(ip, fp, k, thread, word),
        }
    }
}

slow! { fn compare_slow = compare_body }

fn compare_body(step: &mut Step, word: Word) -> Run<Flow> {
    let comparison = comparison(word);
    let (first, second) = (step.view(word.b()), step.view(word.c()));
    let result = match texts_hold(first, second, comparison) {
        Some(holds) => Value::bool(holds),
        None => protocol::compare(step, first, second, comparison)?,
    };
    Ok(step.finish_comparison(word.a(), word.b(), word.c(), result))
}

/// Compares two operands and jumps if the answer is `SENSE`.
///
/// # Safety
/// See `vm/run/dispatch.rs`.
pub unsafe extern "C" fn jump_if<F: FastComparison, const SENSE: bool, const CONST: bool>(
    ip: *const Word,
    fp: *mut StackRef,
    k: *const AtomicU64,
    thread: &ThreadState,
    word: u64,
) -> Exit {
    // SAFETY: see `vm/run/dispatch.rs`.
    unsafe {
        let operands = Word::from_bits(word);
        let right = if CONST { block(k, operands.b()) } else { get(fp, operands.b()) };
        let Some(holds) = F::holds(get(fp, operands.a()), right) else {
            return jump_if_text::<F, SENSE, CONST>(ip, fp, k, thread, word);
        };
        if holds == SENSE {
            return taken(ip, fp, k, thread, word);
        }
        next(ip, fp, k, thread)
    }
}

/// Returns the comparison of a branch, and the answer on which it jumps.
#[inline(always)]
fn question(word: Word) -> (Comparison, bool) {
    let sense = !word.row().form.contains(Form::NEGATED);
    // Written as `!=`, the row says whether the values are equal.
    if word.is_written_not_equal() { (Comparison::NotEqual, !sense) } else { (comparison(word), sense) }
}

/// Returns the comparison of a word.
#[inline(always)]
fn comparison(word: Word) -> Comparison {
    match word.row().family {
        Family::Compare(comparison) | Family::CompareJump(comparison) => comparison,
        family => unreachable!("a comparing handler runs {family:?}"),
    }
}

/// Tells whether a word leads to an exact `str`.
///
/// # Safety
/// The word is a pointer to a live object.
#[inline(always)]
unsafe fn is_text(held: u64) -> bool {
    // SAFETY: the caller promises a pointer to a live object.
    let shape = Shape::of(unsafe { object(held) });
    shape.kind == Kind::Str && shape.is_builtin()
}

/// Compares two texts by their words. Not inlined, because a hot handler must not take addresses of its own
/// stack.
///
/// # Safety
/// Both words lead to live exact `str`s.
#[inline(never)]
unsafe fn order_texts(left: u64, right: u64, comparison: Comparison) -> bool {
    let (left, right) = (StackRef::from_word(left), StackRef::from_word(right));
    texts_hold(left.as_value(), right.as_value(), comparison).expect("both were looked at before")
}

/// Compares two texts by identity, lengths and first bytes, which nearly always suffices; otherwise `None`.
///
/// # Safety
/// Both words lead to live exact `str`s.
#[inline(always)]
unsafe fn first_bytes_hold<F: FastComparison>(left: u64, right: u64) -> Option<bool> {
    // SAFETY: the caller promises that both words lead to live exact `str`s.
    let text = |held| unsafe { (&*object(held).at::<Object<Str>>(0)).as_str().as_bytes() };
    if word::owning(left) == word::owning(right) {
        return Some(F::COMPARISON.holds(Ordering::Equal));
    }
    let (one, other) = (text(left), text(right));
    if F::COMPARISON == Comparison::Equal && one.len() != other.len() {
        return Some(false);
    }
    match (one, other) {
        ([one, ..], [other, ..]) if one != other => Some(F::COMPARISON.holds(one.cmp(other))),
        ([_], [_]) => Some(F::COMPARISON.holds(Ordering::Equal)),
        _ => None,
    }
}

/// Compares two texts and branches. Temporaries are released; the death of a text runs no script code.
///
/// # Safety
/// See `vm/run/dispatch.rs`.
#[inline(never)]
unsafe extern "C" fn jump_if_text<F: FastComparison, const SENSE: bool, const CONST: bool>(
    ip: *const Word,
    fp: *mut StackRef,
    k: *const AtomicU64,
    thread: &ThreadState,
    word: u64,
) -> Exit {
    // SAFETY: see `vm/run/dispatch.rs`.
    unsafe {
        let w = Word::from_bits(word);
        let left = get(fp, w.a());
        let right = if CONST { block(k, w.b()) } else { get(fp, w.b()) };
        if !word::is_pointer(left) || !word::is_pointer(right) || !is_text(left) || !is_text(right) {
            return jump_if_slow(ip, fp, k, thread, word);
        }
        let is_held = |slot: usize, held: u64| {
            word::is_owning(held)
                && !object(held).is_immortal()
                && slot >= (*current(thread)).code().base as usize
        };
        let holds = match first_bytes_hold::<F>(left, right) {
            Some(holds) => holds,
            None => order_texts(left, right, F::COMPARISON),
        };
        if !CONST && is_held(w.b(), right) {
            release_out_of_line(ip, thread, right);
        }
        if is_held(w.a(), left) {
            release_out_of_line(ip, thread, left);
        }
        // Written as `!=`, the row says whether the values are equal.
        if holds == SENSE {
            return taken(ip, fp, k, thread, word);
        }
        next(ip, fp, k, thread)
    }
}

/// Takes the short jump of a word; a jump back is a safepoint.
///
/// # Safety
/// See `vm/run/dispatch.rs`.
#[inline(always)]
unsafe fn taken(
    ip: *const Word,
    fp: *mut StackRef,
    k: *const AtomicU64,
    thread: &ThreadState,
    word: u64,
) -> Exit {
    // Without it the optimiser computes the next `ip` by a conditional move, so that fetching the next
    // word has to wait for the comparison.
    #[cfg(not(miri))]
    // SAFETY: the assembly is empty; it keeps the optimiser from a conditional move of `ip`.
    unsafe {
        std::arch::asm!("", options(nomem, nostack, preserves_flags))
    };
    // SAFETY: see `vm/run/dispatch.rs`.
    unsafe {
        let target = ip.offset(Word::from_bits(word).signed_c());
        if thread.breaker.is_set() {
            return safepoint(target, fp, k, thread, 0);
        }
        go(target, fp, k, thread)
    }
}

slow! { fn jump_if_slow = jump_if_body }

fn jump_if_body(step: &mut Step, word: Word) -> Run<Flow> {
    let (comparison, sense) = question(word);
    let right_is_constant = word.row().form.contains(Form::CONSTANT);
    let right = if right_is_constant { step.block_view(word.b()) } else { step.view(word.b()) };
    let left = step.view(word.a());
    let holds = holds(step, left, right, comparison)?;
    let left = step.take_temporary(word.a());
    if !right_is_constant {
        step.consume(word.b());
    }
    step.release_temporary(left);
    Ok(if holds == sense { step.jump(word.signed_c()) } else { Flow::Next })
}

fn holds(step: &mut Step, left: &Value, right: &Value, comparison: Comparison) -> Run<bool> {
    if let Some(holds) = texts_hold(left, right, comparison) {
        return Ok(holds);
    }
    let result = protocol::compare(step, left, right, comparison)?;
    protocol::is_true(step, &result)
}

/// Compares two texts; their bytes have the same order as their code points.
#[inline]
fn texts_hold(left: &Value, right: &Value, comparison: Comparison) -> Option<bool> {
    let (one, other) = (left.downcast_exact::<Str>()?, right.downcast_exact::<Str>()?);
    let (one, other) = (one.as_str().as_bytes(), other.as_str().as_bytes());
    let equal = || left.is(right) || same_bytes(one, other);
    Some(match comparison {
        Comparison::Equal => equal(),
        Comparison::NotEqual => !equal(),
        // The first bytes decide nearly always, without a call.
        _ => comparison.holds(match (one, other) {
            ([one, ..], [other, ..]) if one != other => one.cmp(other),
            ([_], [_]) => Ordering::Equal,
            _ => one.cmp(other),
        }),
    })
}

/// Tests identity and branches on the answer.
///
/// # Safety
/// See `vm/run/dispatch.rs`.
pub unsafe extern "C" fn jump_if_is<const SENSE: bool>(
    ip: *const Word,
    fp: *mut StackRef,
    k: *const AtomicU64,
    thread: &ThreadState,
    word: u64,
) -> Exit {
    // SAFETY: see `vm/run/dispatch.rs`.
    unsafe {
        let operands = Word::from_bits(word);
        let (left, right) = (get(fp, operands.a()), get(fp, operands.b()));
        if word::is_owning(left) || word::is_owning(right) {
            // One may be a temporary that has to be released.
            return jump_if_is_slow(ip, fp, k, thread, word);
        }
        if (word::owning(left) == word::owning(right)) == SENSE {
            return taken(ip, fp, k, thread, word);
        }
        next(ip, fp, k, thread)
    }
}

slow! { fn jump_if_is_slow = jump_if_is_body }

fn jump_if_is_body(step: &mut Step, word: Word) -> Run<Flow> {
    let is = step.view(word.a()).is(step.view(word.b()));
    let left = step.take_temporary(word.a());
    step.consume(word.b());
    step.release_temporary(left);
    let sense = !word.row().form.contains(Form::NEGATED);
    Ok(if is == sense { step.jump(word.signed_c()) } else { Flow::Next })
}

/// `is`, `is not`. Raises nothing.
pub fn identity(step: &mut Step, word: Word) -> Run<Flow> {
    let is = step.view(word.b()).is(step.view(word.c()));
    let result = Value::bool(is != word.row().form.contains(Form::NEGATED));
    Ok(step.finish_comparison(word.a(), word.b(), word.c(), result))
}

slow! {
    /// Computes `in` or `not in` of any operands. Raises what `protocol::contains` raises.
    ///
    /// # Safety
    /// See `vm/run/dispatch.rs`.
    pub fn contains_slow = contains_body
}

fn contains_body(step: &mut Step, word: Word) -> Run<Flow> {
    let (first, second) = (step.view(word.c()), step.view(word.b()));
    let found = protocol::contains(step, first, second)?;
    let result = Value::bool(found != word.row().form.contains(Form::NEGATED));
    Ok(step.finish_comparison(word.a(), word.b(), word.c(), result))
}

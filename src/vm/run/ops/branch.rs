//! Jumps and truth.
//!
//! `SAFETY` of all handlers: see `vm/run/dispatch.rs`.

use crate::bytecode::{Form, Word};
use crate::protocol;
use crate::sync::AtomicU64;
use crate::thread::ThreadState;
use crate::value::word;
use crate::value::{Run, StackRef, Value};
use crate::vm::frame::{get, put};
use crate::vm::run::dispatch::{Exit, Flow, go, next, slow};
use crate::vm::run::hot::hot;
use crate::vm::run::hot::safepoint;
use crate::vm::run::step::Step;

hot! {
    /// Jumps forward.
    fn jump(ip, fp, k, thread, word, w) { go(ip.offset(w.signed_bc()), fp, k, thread) }
}

hot! {
    /// Jumps back; a safepoint.
    fn jump_back(ip, fp, k, thread, word, w) {
        let target = ip.offset(w.signed_bc());
        if thread.breaker.is_set() {
            return safepoint(target, fp, k, thread, 0);
        }
        go(target, fp, k, thread)
    }
}

/// Takes the long jump of a word; a safepoint, since it may go back.
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
    #[cfg(not(miri))]
    // SAFETY: the assembly is empty; it keeps the optimiser from a conditional move of `ip`.
    unsafe {
        std::arch::asm!("", options(nomem, nostack, preserves_flags))
    };
    // SAFETY: see `vm/run/dispatch.rs`.
    unsafe {
        let target = ip.offset(Word::from_bits(word).signed_bc());
        if thread.breaker.is_set() {
            return safepoint(target, fp, k, thread, 0);
        }
        go(target, fp, k, thread)
    }
}

/// Returns the truth of a word, if it needs no call.
#[inline(always)]
fn truth_fast(value: u64) -> Option<bool> {
    if value | TRUTH_BIT == word::TRUE | TRUTH_BIT {
        // `True` and `False` differ in one bit.
        return Some(value == word::TRUE);
    }
    if word::is_int(value) {
        return Some(value != 0);
    }
    if value == word::NONE { Some(false) } else { None }
}

/// The bit in which `True` and `False` differ.
const TRUTH_BIT: u64 = word::TRUE ^ word::FALSE;
const _: () = assert!(TRUTH_BIT.is_power_of_two());

/// Jumps if the truth of a value is `SENSE`, and consumes the value.
///
/// # Safety
/// See `vm/run/dispatch.rs`.
pub unsafe extern "C" fn jump_if<const SENSE: bool>(
    ip: *const Word,
    fp: *mut StackRef,
    k: *const AtomicU64,
    thread: &ThreadState,
    word: u64,
) -> Exit {
    // SAFETY: see `vm/run/dispatch.rs`.
    unsafe {
        match truth_fast(get(fp, Word::from_bits(word).a())) {
            Some(truth) if truth == SENSE => taken(ip, fp, k, thread, word),
            Some(_) => next(ip, fp, k, thread),
            None => jump_if_slow(ip, fp, k, thread, word),
        }
    }
}

slow! { fn jump_if_slow = jump_if_body }

fn jump_if_body(step: &mut Step, word: Word) -> Run<Flow> {
    let first = step.view(word.a());
    let truth = protocol::is_true(step, first)?;
    step.consume(word.a());
    let sense = !word.row().form.contains(Form::NEGATED);
    Ok(if truth == sense { step.jump(word.signed_bc()) } else { Flow::Next })
}

/// Jumps if a value is (`SENSE`) or is not `None`, and consumes it.
///
/// # Safety
/// See `vm/run/dispatch.rs`.
pub unsafe extern "C" fn jump_if_none<const SENSE: bool>(
    ip: *const Word,
    fp: *mut StackRef,
    k: *const AtomicU64,
    thread: &ThreadState,
    word: u64,
) -> Exit {
    // SAFETY: see `vm/run/dispatch.rs`.
    unsafe {
        let w = Word::from_bits(word);
        let value = get(fp, w.a());
        if word::is_owning(value) {
            return jump_if_none_slow(ip, fp, k, thread, word);
        }
        if (value == word::NONE) == SENSE {
            return taken(ip, fp, k, thread, word);
        }
        next(ip, fp, k, thread)
    }
}

slow! { fn jump_if_none_slow = jump_if_none_body }

fn jump_if_none_body(step: &mut Step, word: Word) -> Run<Flow> {
    let is_none = step.view(word.a()).is_none();
    step.consume(word.a());
    let sense = !word.row().form.contains(Form::NEGATED);
    Ok(if is_none == sense { step.jump(word.signed_bc()) } else { Flow::Next })
}

/// Jumps and keeps the value if its truth is `SENSE`; otherwise drops it.
///
/// # Safety
/// See `vm/run/dispatch.rs`.
pub unsafe extern "C" fn jump_if_keep<const SENSE: bool>(
    ip: *const Word,
    fp: *mut StackRef,
    k: *const AtomicU64,
    thread: &ThreadState,
    word: u64,
) -> Exit {
    // SAFETY: see `vm/run/dispatch.rs`.
    unsafe {
        match truth_fast(get(fp, Word::from_bits(word).a())) {
            Some(truth) if truth == SENSE => taken(ip, fp, k, thread, word),
            Some(_) => next(ip, fp, k, thread),
            None => jump_if_keep_slow(ip, fp, k, thread, word),
        }
    }
}

slow! { fn jump_if_keep_slow = jump_if_keep_body }

fn jump_if_keep_body(step: &mut Step, word: Word) -> Run<Flow> {
    let value = step.view(word.a());
    let truth = protocol::is_true(step, value)?;
    let sense = !word.row().form.contains(Form::NEGATED);
    if truth == sense {
        return Ok(step.jump(word.signed_bc()));
    }
    step.release(word.a());
    Ok(Flow::Next)
}

hot! {
    /// `not x`
    fn not(ip, fp, k, thread, word, w) {
        match truth_fast(get(fp, w.b())) {
            Some(truth) => {
                put(fp, w.a(), if truth { word::FALSE } else { word::TRUE });
                next(ip, fp, k, thread)
            }
            None => not_slow(ip, fp, k, thread, word),
        }
    }
}

slow! { fn not_slow = not_body }

fn not_body(step: &mut Step, word: Word) -> Run<Flow> {
    let value = step.view(word.b());
    let truth = protocol::is_true(step, value)?;
    Ok(step.finish_unary(word.a(), word.b(), Value::bool(!truth)))
}

//! Jumps and truth.
//!
//! `SAFETY` of all handlers: see `dispatch.rs`.

use crate::bytecode::{Word, WordOp};
use crate::protocol;
use crate::sync::AtomicU64;
use crate::thread::ThreadState;
use crate::value::word;
use crate::value::{Run, StackRef, Value};
use crate::vm::dispatch::{Exit, Flow, go, next, slow};
use crate::vm::frame::get;
use crate::vm::hot::safepoint;
use crate::vm::ops::variable::hot;
use crate::vm::step::Step;

hot! {
    /// Goes forward.
    fn jump(ip, fp, k, thread, word, w) { go(ip.offset(w.signed_bc()), fp, k, thread) }
}

hot! {
    /// Goes back; a safepoint.
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
/// See `dispatch.rs`.
#[inline(always)]
unsafe fn taken(
    ip: *const Word,
    fp: *mut StackRef,
    k: *const AtomicU64,
    thread: &ThreadState,
    word: u64,
) -> Exit {
    #[cfg(not(miri))]
    // SAFETY: no instruction; keeps the optimiser from a conditional move of `ip`.
    unsafe {
        std::arch::asm!("", options(nomem, nostack, preserves_flags))
    };
    // SAFETY: see `dispatch.rs`.
    unsafe {
        let target = ip.offset(Word::from_bits(word).signed_bc());
        if thread.breaker.is_set() {
            return safepoint(target, fp, k, thread, 0);
        }
        go(target, fp, k, thread)
    }
}

/// The truth of a word that needs no call.
#[inline(always)]
fn quick_truth(value: u64) -> Option<bool> {
    if value | 8 == word::TRUE | 8 {
        // `True` and `False` differ in one bit.
        return Some(value == word::TRUE);
    }
    if word::is_int(value) {
        return Some(value != 0);
    }
    if value == word::NONE { Some(false) } else { None }
}

const _: () = assert!(word::TRUE ^ word::FALSE == 8);

/// Jumps if a value is `SENSE`, and consumes it.
///
/// # Safety
/// See `dispatch.rs`.
pub unsafe extern "C" fn jump_if<const SENSE: bool>(
    ip: *const Word,
    fp: *mut StackRef,
    k: *const AtomicU64,
    thread: &ThreadState,
    word: u64,
) -> Exit {
    // SAFETY: see `dispatch.rs`.
    unsafe {
        match quick_truth(get(fp, Word::from_bits(word).a())) {
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
    let sense = word.op() == WordOp::JumpIfTrue;
    Ok(if truth == sense { step.jump(word.signed_bc()) } else { Flow::Next })
}

/// Jumps if a value is (not) `None`, and consumes it.
pub fn jump_if_none(step: &mut Step, word: Word) -> Run<Flow> {
    let is_none = step.view(word.a()).is_none();
    step.consume(word.a());
    let sense = word.op() == WordOp::JumpIfNone;
    Ok(if is_none == sense { step.jump(word.signed_bc()) } else { Flow::Next })
}

/// Jumps and keeps the value if it is true (false), else drops it.
pub fn jump_if_keep(step: &mut Step, word: Word) -> Run<Flow> {
    let first = step.view(word.a());
    let truth = protocol::is_true(step, first)?;
    let sense = word.op() == WordOp::JumpIfTrueKeep;
    if truth == sense {
        return Ok(step.jump(word.signed_bc()));
    }
    step.release(word.a());
    Ok(Flow::Next)
}

/// `not x`
pub fn not(step: &mut Step, word: Word) -> Run<Flow> {
    let first = step.view(word.b());
    let truth = protocol::is_true(step, first)?;
    Ok(step.finish_unary(word.a(), word.b(), Value::bool(!truth)))
}

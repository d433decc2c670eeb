//! Returns: a frame releases its variables and passes its value to the waiting frame.
//!
//! The hot handlers leave frames without flags to callers without flags; `leave_frame` does everything else:
//! modules, class bodies, `__init__`, generators, native callers, captured frames.
//!
//! `SAFETY` of all handlers: see `vm/run/dispatch.rs`.

use crate::bytecode::{CodeFlags, Word, WordOp};
use crate::protocol;
use crate::sync::AtomicU64;
use crate::thread::ThreadState;
use crate::value::word;
use crate::value::{Raised, Run, StackRef, Value};
use crate::vm::call::enter::{self, release_variables};
use crate::vm::frame;
use crate::vm::frame::{FrameFlags, Interpreter, current, get, put};
use crate::vm::run::dispatch::{Exit, Flow, Handler, slow};
use crate::vm::run::hot::hot;
use crate::vm::run::hot::{block, object, retained};
use crate::vm::run::ops::awaiting;
use crate::vm::run::ops::generate;
use crate::vm::run::resume;
use crate::vm::run::step::Step;

/// Releases the variables of a frame without flags and hands `value`, owned, to the caller.
///
/// `otherwise` takes over where more is to be done. It is a function, not a closure: what a closure
/// captures would lie on the native stack, and calling it would not be a jump.
///
/// # Safety
/// See `vm/run/dispatch.rs`.
#[inline(always)]
unsafe fn leave(
    ip: *const Word,
    fp: *mut StackRef,
    k: *const AtomicU64,
    thread: &ThreadState,
    word: u64,
    (base, value): (usize, u64),
    otherwise: Handler,
) -> Exit {
    // SAFETY: see `vm/run/dispatch.rs`.
    unsafe {
        let frame = current(thread);
        let flags = (*frame).flags;
        // What `__init__` returns is `None`, and goes nowhere: the instance is in place.
        if !flags.is_empty() && (flags != FrameFlags::INIT || value != word::NONE) {
            return otherwise(ip, fp, k, thread, word);
        }
        // The last variable goes first, as in CPython, and the callable last.
        let callable = fp.sub(1);
        let mut slot = fp.add(base);
        while slot > callable {
            slot = slot.sub(1);
            let held = (*slot).word();
            if word::is_owning(held) {
                if !object(held).counts().release_fast(thread.id) {
                    return otherwise(ip, fp, k, thread, word);
                }
                *slot = StackRef::UNBOUND;
            }
        }
        let caller = frame.sub(1);
        thread.frames.set(caller.cast());
        let (ip, fp, k) = ((*caller).ip, (*caller).fp, (*caller).k);
        if flags.is_empty() {
            put(fp, (*ip).a(), value);
        }
        crate::vm::run::dispatch::next(ip, fp, k, thread)
    }
}

hot! {
    /// Returns a temporary.
    fn return_value(ip, fp, k, thread, word, w) {
        let value = get(fp, w.a());
        if word::is_deferred(value) && !retained(thread, value) {
            return return_slow(ip, fp, k, thread, word);
        }
        put(fp, w.a(), word::owning(value));
        leave(ip, fp, k, thread, word, (w.b(), word::owning(value)), return_slow)
    }
}

hot! {
    /// Returns a local.
    fn return_local(ip, fp, k, thread, word, w) {
        let value = get(fp, w.a());
        if word::is_deferred(value) && !retained(thread, value) {
            return return_slow(ip, fp, k, thread, word);
        }
        // Looks as if it owned nothing, so that releasing the variables leaves it alone.
        put(fp, w.a(), word::deferred(value));
        leave(ip, fp, k, thread, word, (w.b(), word::owning(value)), return_local_slow)
    }
}

hot! {
    /// Returns a constant.
    fn return_const(ip, fp, k, thread, word, w) {
        let value = block(k, w.bc());
        let base = (*current(thread)).code().base as usize;
        if !retained(thread, value) {
            return return_slow(ip, fp, k, thread, word);
        }
        leave(ip, fp, k, thread, word, (base, word::owning(value)), return_const_slow)
    }
}

slow! { fn return_slow = return_body }
slow! { fn return_local_slow = return_local_body }
slow! { fn return_const_slow = return_const_body }

/// Returns a constant from a frame, when the hot handler has already added the reference that is returned.
fn return_const_body(step: &mut Step, word: Word) -> Run<Flow> {
    let value = word::owning(step.block_view(word.bc()).word());
    // SAFETY: the handler added the count to a constant's word, which nobody else takes over.
    leave_frame(step, unsafe { Value::from_word(value) })
}

/// Returns a local whose count the hot handler has taken over, leaving a word that looks deferred.
fn return_local_body(step: &mut Step, word: Word) -> Run<Flow> {
    step.put_word(word.a(), word::owning(step.word(word.a())));
    return_body(step, word)
}

fn return_body(step: &mut Step, word: Word) -> Run<Flow> {
    let value = match word.op() {
        WordOp::ReturnConst => step.constant(word.bc()),
        // A local stays where it is: a frame object may keep the variables.
        _ => step.take_operand(word.a()),
    };
    leave_frame(step, value)
}

/// Leaves the innermost frame, in all cases, and passes `value` to the waiting frame. Raises `TypeError` if an
/// `__init__` returns something other than `None`.
pub fn leave_frame(step: &mut Step, value: Value) -> Run<Flow> {
    let frame = current(step);
    // SAFETY: the innermost record, whose operands are stale by now.
    let (flags, kind) = unsafe {
        let flags = (*frame).flags;
        if flags.contains(FrameFlags::OBJECT) {
            frame::object::leave(step, frame);
        }
        release_variables(step, frame);
        if flags.contains(FrameFlags::NAMESPACE) {
            drop((*frame).take_namespace());
        }
        (flags, (*frame).code().unit.flags)
    };
    if flags.contains(FrameFlags::GENERATOR) {
        resume::finish(step, frame);
    }
    // SAFETY: everything the frame held is released.
    unsafe { enter::pop(step) };
    if flags.contains(FrameFlags::INIT) && !value.is_none() {
        let message =
            format_args!("__init__() should return None, not '{}'", protocol::type_name(step, &value));
        return Err(Raised::type_error(message));
    }
    if flags.contains(FrameFlags::ENTRY) {
        Interpreter::of(step).result.set(value.into_word());
        return Ok(Flow::Leave);
    }
    if flags.contains(FrameFlags::GENERATOR) {
        if kind.contains(CodeFlags::ASYNC_GENERATOR) {
            return Err(awaiting::end_of_generator(step));
        }
        return generate::ended(step, value);
    }
    // SAFETY: the caller's record is complete.
    let caller = unsafe { &mut *current(step) };
    // SAFETY: the caller's `ip` was saved at its call, which is a word of its code.
    let word = unsafe { *caller.ip };
    if flags.contains(FrameFlags::KEEPS_RESULT) {
        // SAFETY: the slot below the callable holds the bound method, owned or deferred.
        let held = unsafe { std::mem::replace(&mut *caller.fp.add(word.a()), StackRef::UNBOUND) };
        // SAFETY: the slot has given the word up.
        unsafe { held.release(step) };
    }
    if !flags.contains(FrameFlags::INIT) {
        // SAFETY: the slot of the result was taken above or is a temporary that the call has used up.
        unsafe { *caller.fp.add(word.a()) = StackRef::from_value(value) };
    }
    // SAFETY: a word that calls is not the last of its code, by verification.
    caller.ip = unsafe { caller.ip.add(1) };
    Ok(Flow::Reload)
}

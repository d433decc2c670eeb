//! Finding the handler of an error: frame by frame, by the exception table, until native code is reached.
//!
//! None of this costs anything until an error is raised. A frame that is left releases its live operands (by
//! the code's `live` table), then its variables.

use crate::bytecode::{CodeFlags, Word, WordOp};
use crate::life;
use crate::sync::Ordering;
use crate::thread::{Thread, ThreadState};
use crate::types::exception;
use crate::value::word;
use crate::value::{ErrorKind, Raised, StackRef, Value};
use crate::vm::call::enter::{pop, release_variables};
use crate::vm::frame::tracing::Event;
use crate::vm::frame::{self, traceback, watch};
use crate::vm::frame::{Frame, FrameFlags, HandledOutside, Interpreter, current};
use crate::vm::run::flow::Flow;
use crate::vm::run::ops::awaiting;
use crate::vm::run::resume;
use crate::vm::trace::{divert, report};

/// Searches for a handler of the error in the interpreter. `Reload`: one was found and its frame is the
/// innermost. `LeaveRaised`: the entry frame was left, and native code gets the error.
#[cold]
#[inline(never)]
pub fn unwind(thread: &ThreadState) -> Flow {
    watch::end(thread);
    let interpreter = Interpreter::of(thread);
    let raised = interpreter.raised.take().expect("an error is being raised");
    // SAFETY: this is the running thread, attached, and nobody up the stack uses its handle meanwhile.
    let mut handle = unsafe { Thread::from_state(std::ptr::NonNull::from(thread)) };
    let thread = &mut handle;
    let has_context = raised.is_unwound();
    if thread.breaker.is_memory_short() && raised.is_kind(thread, ErrorKind::MemoryError) {
        // It tells of all that ran short until now: the next safepoint need not tell the handler again.
        life::takes_shortage(thread);
    }
    let mut exception = exception::instance(thread, raised);
    // SAFETY: the innermost frame raised the error, and its `ip` is saved.
    let word = unsafe { *(*current(thread)).ip };
    // SAFETY: the innermost record is complete.
    let raised_again = match unsafe { op_at(current(thread), word) } {
        WordOp::Reraise | WordOp::EndAsyncFor => true,
        // A bare `raise`, unless there was nothing to raise again.
        WordOp::Raise => word.b() == 0 && handled(thread).is(&exception),
        _ => false,
    };
    if !raised_again && !has_context {
        set_context(thread, &exception);
    }
    let mut first = true;
    let is_traced = divert::is_on(thread);
    if is_traced {
        exception = tell_of_call(thread, exception);
    }
    loop {
        let frame = current(thread);
        // SAFETY: the innermost record is complete.
        let (handler, flags) = unsafe {
            let instruction = (*frame).instruction();
            if !(first && raised_again) {
                traceback::add(thread, frame, instruction, &exception);
            }
            (handler_at(frame, instruction), (*frame).flags)
        };
        let is_again = first && raised_again;
        first = false;
        if is_traced {
            match tell(thread, frame, exception, is_again, handler) {
                Told::Handled => return Flow::Reload,
                Told::Raised(other) => exception = other,
                Told::RaisedAgain(other) => {
                    exception = other;
                    continue;
                }
            }
        }
        if let Some(handler) = handler {
            // SAFETY: the innermost record is complete, and the handler is one of its code.
            unsafe { hand_over(thread, frame, handler, exception) };
            return Flow::Reload;
        }
        let mut kind = CodeFlags::empty();
        // SAFETY: the frame is left; everything it holds is released once.
        unsafe {
            // What is thrown into a generator that has not begun leaves it unchanged.
            if flags.contains(FrameFlags::GENERATOR) && stands_at(frame) != WordOp::GeneratorStart {
                kind = (*frame).code().unit.flags & CodeFlags::SUSPENDS;
            }
            release_operands(thread, frame, 0);
            if flags.contains(FrameFlags::OBJECT) {
                frame::object::leave(thread, frame);
            }
            release_variables(thread, frame);
            if flags.contains(FrameFlags::NAMESPACE) {
                drop((*frame).take_namespace());
            }
            if flags.contains(FrameFlags::GENERATOR) {
                resume::finish(thread, frame);
            }
            pop(thread);
        }
        if flags.contains(FrameFlags::GENERATOR) {
            exception = leave_generator(thread, kind, exception);
            if kind == CodeFlags::ASYNC_GENERATOR && !flags.contains(FrameFlags::ENTRY) {
                awaiting::generator_failed(thread, &Raised::instance(exception.clone()));
            }
        }
        // SAFETY: the record of the generator that delegated is complete.
        let delegates = || unsafe { (*current(thread)).handled_outside() };
        if flags.contains(FrameFlags::THROWN) && delegates() == HandledOutside::IN_WINDOW {
            // It handles an exception of its own.
            set_context(thread, &exception);
        }
        if flags.contains(FrameFlags::ENTRY) {
            Interpreter::of(thread).raised.set(Some(Raised::unwound(exception)));
            return Flow::LeaveRaised;
        }
    }
}

/// Returns the operation of the word at which a frame stands, which may be diverted.
///
/// # Safety
/// The record is complete.
#[inline(always)]
unsafe fn op_at(frame: *mut Frame, word: Word) -> WordOp {
    match word.op() {
        // SAFETY: the caller promises a complete record.
        WordOp::EnterTraced => unsafe { stands_at(frame) },
        op => op,
    }
}

/// Returns the operation at which a frame stands.
///
/// # Safety
/// The record is complete.
#[inline(never)]
unsafe fn stands_at(frame: *mut Frame) -> WordOp {
    // SAFETY: the caller promises a complete record, whose `ip` leads to a word of its code.
    unsafe { (*frame).code().ordinary_word((*frame).ip).op() }
}

/// Tells the profiler that the call has raised which the innermost frame has made. Returns the exception, or that of the
/// profiler.
#[cold]
#[inline(never)]
fn tell_of_call(thread: &mut Thread, exception: Value) -> Value {
    let told = report::called(thread, current(thread), Event::CalledRaise);
    told.map_or_else(|error| replacing(thread, error), |()| exception)
}

/// What comes of telling of an exception in a frame.
enum Told {
    /// The handler has it.
    Handled,
    /// It goes on with this exception: the same one, or that of a trace function or callback.
    Raised(Value),
    /// The handler's begin has raised this exception, so that another handler may take it.
    RaisedAgain(Value),
}

/// Tells tools and trace functions of an exception in a frame; of the frame's end if nothing handles it, else hands it to
/// the handler and tells of that.
#[cold]
#[inline(never)]
fn tell(
    thread: &mut Thread,
    frame: *mut Frame,
    mut exception: Value,
    is_again: bool,
    handler: Option<(u32, u32)>,
) -> Told {
    // A call of a frame that was left by the exception.
    exception = tell_of_call(thread, exception);
    let told = match is_again {
        true => report::tell_exception(thread, frame, Event::Reraise, &exception),
        false => report::raised(thread, frame, &exception),
    };
    if let Err(error) = told {
        exception = replacing(thread, error);
    }
    let Some(handler) = handler else {
        // SAFETY: the innermost record is complete.
        let ends_generator = unsafe {
            (*frame).flags.contains(FrameFlags::GENERATOR) && stands_at(frame) != WordOp::GeneratorStart
        };
        let mut told = Ok(());
        if ends_generator {
            // As if the generator had a handler around all, which replaces a `StopIteration`.
            told = report::tell_exception(thread, frame, Event::Handled, &exception)
                .and_then(|()| report::tell_exception(thread, frame, Event::Reraise, &exception));
        }
        let told = told.and_then(|()| report::report(thread, frame, Event::Unwind, &Value::NONE));
        let told = told.and_then(|()| report::tell_exception(thread, frame, Event::Unwind, &exception));
        return Told::Raised(told.map_or_else(|error| replacing(thread, error), |()| exception));
    };
    // SAFETY: the innermost record is complete, and the handler is one of its code.
    unsafe { hand_over(thread, frame, handler, exception.clone()) };
    match report::tell_exception(thread, frame, Event::Handled, &exception) {
        Ok(()) => Told::Handled,
        Err(error) => Told::RaisedAgain(replacing(thread, error)),
    }
}

/// Lets a frame go on with a handler, which gets the exception.
///
/// # Safety
/// `frame` is the innermost record, and the handler is one of its code.
#[inline(always)]
unsafe fn hand_over(thread: &ThreadState, frame: *mut Frame, handler: (u32, u32), exception: Value) {
    // SAFETY: the innermost record is complete, and the handler's depth and the slot of the exception lie in its
    // window, by verification.
    unsafe {
        let code = (*frame).code();
        release_operands(thread, frame, handler.1 as usize);
        let slot = code.base as usize + handler.1 as usize;
        *(*frame).fp.add(slot) = StackRef::from_value(exception);
        (*frame).ip = code.entry_point().add(handler.0 as usize);
    }
}

/// Returns the exception of a trace function, which takes the place of the one that it was told of.
fn replacing(thread: &mut Thread, error: Raised) -> Value {
    let frame = current(thread);
    let exception = exception::instance(thread, error);
    report::through(thread, frame, &exception);
    exception
}

/// Returns the handler's word and the number of operands that stay, if the running instruction is covered.
///
/// # Safety
/// The record is complete.
unsafe fn handler_at(frame: *mut Frame, instruction: u32) -> Option<(u32, u32)> {
    // SAFETY: the caller promises a complete record, whose code is alive.
    let handlers = unsafe { &(*frame).code().lowered.handlers };
    if handlers.is_empty() {
        return None;
    }
    let after = handlers.partition_point(|handler| handler.start <= instruction);
    let handler = handlers[..after].last().filter(|handler| instruction < handler.end)?;
    Some((handler.target, handler.depth))
}

/// Releases the live operands from position `keep` on.
///
/// # Safety
/// `frame` is the innermost record, stopped before or in the word at its `ip`.
#[inline]
unsafe fn release_operands(thread: &ThreadState, frame: *mut Frame, keep: usize) {
    // SAFETY: live operands hold words; those a body has used up are unbound.
    unsafe {
        let base = (*frame).code().base as usize;
        let mut live = (*frame).code().live_at((*frame).ip);
        while let Some(position) = live.pop() {
            if position < keep {
                break;
            }
            let slot = &mut *(*frame).fp.add(base + position);
            let held = std::mem::replace(slot, StackRef::UNBOUND);
            held.release(thread);
        }
    }
}

/// Sets the exception that is being handled as the context of another one.
fn set_context(thread: &ThreadState, exception: &Value) {
    if Interpreter::of(thread).handled.get() != word::NONE {
        set_context_to(exception, &handled(thread));
    }
}

/// Sets `context` as the context of an exception, or none if it is `None`.
pub fn set_context_to(exception: &Value, context: &Value) {
    if !context.is_none() && !context.is(exception) {
        chain(exception, context);
    }
}

/// Sets `context` as the `__context__` of an exception.
/// Before that, the exception is removed from the chain of `context` itself.
fn chain(exception: &Value, context: &Value) {
    let mut at = context.clone();
    // A chain is finite unless the program tied it into a ring itself: then give up after a while.
    for _ in 0..10_000 {
        let next = exception::payload(&at).context.get();
        if next.is_unbound() || next.is_none() {
            break;
        }
        if next.is(exception) {
            drop(exception::payload(&at).context.set(Value::NONE));
            break;
        }
        at = next;
    }
    drop(exception::payload(exception).context.set(context.clone()));
}

/// Sets `__cause__`, as `raise … from` does.
pub fn set_cause(exception: &Value, cause: Value) {
    let payload = exception::payload(exception);
    drop(payload.cause.set(cause));
    payload.suppress_context.store(true, Ordering::Relaxed);
}

/// Replaces a `StopIteration` that leaves a generator by a `RuntimeError`.
/// It would end the loop of the caller. The same is done for coroutines and asynchronous generators, for the latter
/// also with a `StopAsyncIteration`.
fn leave_generator(thread: &mut Thread, kind: CodeFlags, exception: Value) -> Value {
    let raised = Raised::instance(exception.clone());
    let is_async_generator = kind == CodeFlags::ASYNC_GENERATOR;
    let message = if kind.is_empty() {
        return exception;
    } else if raised.is_kind(thread, ErrorKind::StopIteration) {
        match kind {
            CodeFlags::COROUTINE => "coroutine raised StopIteration",
            CodeFlags::ASYNC_GENERATOR => "async generator raised StopIteration",
            _ => "generator raised StopIteration",
        }
    } else if is_async_generator && raised.is_kind(thread, ErrorKind::StopAsyncIteration) {
        "async generator raised StopAsyncIteration"
    } else {
        return exception;
    };
    from_cause(thread, Raised::runtime_error(message), exception)
}

/// Makes the exception of an error that another one has caused, which becomes its cause and its context.
pub fn from_cause(thread: &mut Thread, error: Raised, cause: Value) -> Value {
    let error = exception::instance(thread, error);
    chain(&error, &cause);
    set_cause(&error, cause);
    error
}

/// The exception being handled, or `None`.
pub fn handled(thread: &ThreadState) -> Value {
    StackRef::from_word(Interpreter::of(thread).handled.get()).retain(thread)
}

/// Replaces the exception being handled and returns the old one.
pub fn replace_handled(thread: &ThreadState, exception: Value) -> Value {
    let interpreter = Interpreter::of(thread);
    let exception = if exception.is_unbound() { Value::NONE } else { exception };
    let old = interpreter.handled.replace(exception.into_word());
    debug_assert!(!word::is_deferred(old));
    // SAFETY: the cell owned a count of its word, and another word has taken its place.
    unsafe { Value::from_word(old) }
}

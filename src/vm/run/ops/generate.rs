//! Generators within the loop: going on with one and leaving it again are jumps, like calls and returns.
//!
//! A frame that waits for a generator stands at one of these words, and gets what the generator gives:
//!
//! | word | a value that is yielded | the end |
//! |---|---|---|
//! | `ForIter…` | the item's slot | the loop is left |
//! | `YieldFrom` | is yielded on: the frame suspends too | the value of the expression |
//! | `Call` of `next`, `CallMethod` of `send` | the result of the call | `StopIteration` is raised |
//!
//! `SAFETY` of all handlers: see `vm/run/dispatch.rs`.

use crate::bytecode::{Word, WordOp};
use crate::protocol;
use crate::sync::AtomicU64;
use crate::thread::{Thread, ThreadState};
use crate::types::exception;
use crate::value::class::shape::Shape;
use crate::value::word;
use crate::value::{Kind, Object, Run, StackRef, Value};
use crate::vm::frame::asynchronous::{AsyncSend, CoroutineWrapper};
use crate::vm::frame::generator::Generator;
use crate::vm::frame::tracing::Event;
use crate::vm::frame::{Frame, FrameFlags, Interpreter, current, get, put};
use crate::vm::run::async_send;
use crate::vm::run::dispatch::{Exit, Flow, Handler, from_body, go, next};
use crate::vm::run::hot::hot;
use crate::vm::run::hot::{object, release_next, retained, store_next};
use crate::vm::run::ops::iterate;
use crate::vm::run::ops::native_call::{call_native_method_slow, call_native_slow};
use crate::vm::run::resume::{self, Resumed, push_fast, suspend_fast};
use crate::vm::run::step::{Step, release_stored};
use crate::vm::trace::report;

/// Resumes the generator in slot `holder` of the running frame, if `push_fast` can do it.
/// Else it continues with the handler `otherwise`, which serves all cases. `sent` is the slot of the value to send;
/// without one, `None` is sent.
///
/// # Safety
/// See `vm/run/dispatch.rs`; the slot holds a generator.
#[inline(always)]
unsafe fn enter(
    ip: *const Word,
    fp: *mut StackRef,
    k: *const AtomicU64,
    thread: &ThreadState,
    word: u64,
    (holder, sent): (usize, Option<usize>),
    otherwise: Handler,
) -> Exit {
    // SAFETY: see `vm/run/dispatch.rs`.
    unsafe {
        let generator = &*object(get(fp, holder)).at::<Object<Generator>>(0);
        let frame = current(thread);
        let base = fp.wrapping_add((*frame).code().frame_slots as usize);
        let given = match sent {
            Some(slot) => get(fp, slot),
            None => word::NONE,
        };
        (*frame).ip = ip;
        if !push_fast(thread, generator, base, given, FrameFlags::empty()) {
            return otherwise(ip, fp, k, thread, word);
        }
        if let Some(slot) = sent {
            put(fp, slot, word::UNBOUND);
        }
        let record = frame.add(1);
        go((*record).ip, (*record).fp, (*record).k, thread)
    }
}

hot! {
    /// Resumes the generator in slot `a` for the next item of a loop.
    fn for_iter_generator(ip, fp, k, thread, word, w) {
        enter(ip, fp, k, thread, word, (w.a(), None), FOR_ITER_GENERATOR)
    }
}

/// The handler that resumes the generator of a loop in all other cases.
const FOR_ITER_GENERATOR: Handler = from_body!(iterate::for_iter_any);

hot! {
    /// Calls `next` with a generator as the only argument.
    fn call_next(ip, fp, k, thread, word, w) {
        if !is_call_of_generator(fp, w) {
            return call_native_slow(ip, fp, k, thread, word);
        }
        enter(ip, fp, k, thread, word, (w.a() + 1, None), call_native_slow)
    }
}

hot! {
    /// Calls `generator.send` with one argument.
    fn call_send(ip, fp, k, thread, word, w) {
        if !is_call_of_generator(fp, w) {
            return call_native_method_slow(ip, fp, k, thread, word);
        }
        enter(ip, fp, k, thread, word, (w.a() + 1, Some(w.a() + 2)), call_native_method_slow)
    }
}

/// Tells whether the first argument of a call is a generator and the callable needs no release.
///
/// # Safety
/// See `vm/run/dispatch.rs`.
#[inline(always)]
unsafe fn is_call_of_generator(fp: *mut StackRef, word: Word) -> bool {
    // SAFETY: see `vm/run/dispatch.rs`.
    unsafe {
        let (callable, first) = (get(fp, word.a()), get(fp, word.a() + 1));
        !word::is_owning(callable)
            && word::is_pointer(first)
            && Shape::of(object(first)).kind == Kind::Generator
    }
}

hot! {
    /// Sends a value to the iterator; suspends with what it yields, or continues with what it returns.
    fn yield_from(ip, fp, k, thread, word, w) {
        let iterator = get(fp, w.a());
        if !word::is_pointer(iterator)
            || !matches!(Shape::of(object(iterator)).kind, Kind::Generator | Kind::Coroutine)
        {
            return YIELD_FROM(ip, fp, k, thread, word);
        }
        enter(ip, fp, k, thread, word, (w.a(), Some(w.a() + 1)), YIELD_FROM)
    }
}

const YIELD_FROM: Handler = from_body!(yield_from_body);

hot! {
    /// Suspends the running generator with the yielded value in slot `a`, where the sent value will go.
    fn yield_value(ip, fp, k, thread, word, w) {
        let value = get(fp, w.a());
        if word::is_deferred(value) && !retained(thread, value) {
            return YIELD(ip, fp, k, thread, word);
        }
        put(fp, w.a(), word::owning(value));
        let flags = (*current(thread)).flags;
        if !suspend_fast(thread, fp, w.a(), None, ip.add(1)) {
            return YIELD(ip, fp, k, thread, word);
        }
        deliver(thread, flags, word::owning(value))
    }
}

const YIELD: Handler = from_body!(yield_body);

/// Passes a yielded value to the waiting frame; `flags` are those of the frame that was left.
///
/// # Safety
/// See `vm/run/dispatch.rs`; the innermost record is the waiting frame's.
#[inline(always)]
unsafe fn deliver(thread: &ThreadState, flags: FrameFlags, value: u64) -> Exit {
    // SAFETY: see `vm/run/dispatch.rs`.
    unsafe {
        if flags.contains(FrameFlags::ENTRY) {
            Interpreter::of(thread).result.set(value);
            return Exit::Returned;
        }
        let caller = current(thread);
        let (ip, fp, k) = ((*caller).ip, (*caller).fp, (*caller).k);
        let waiting = *ip;
        match waiting.op() {
            WordOp::ForIter => {
                put(fp, waiting.b(), value);
                next(ip, fp, k, thread)
            }
            WordOp::ForIterStore => store_next(ip, fp, k, thread, waiting.b(), value),
            _ => deliver_elsewhere(ip, fp, k, thread, value),
        }
    }
}

/// Passes a yielded value, the bits of the word, to a waiting frame that is not at a `for` loop.
///
/// # Safety
/// As for `deliver`.
#[inline(never)]
unsafe extern "C" fn deliver_elsewhere(
    ip: *const Word,
    fp: *mut StackRef,
    k: *const AtomicU64,
    thread: &ThreadState,
    value: u64,
) -> Exit {
    // SAFETY: see `vm/run/dispatch.rs`.
    unsafe {
        let waiting = *ip;
        match waiting.op() {
            // Diverted code: the general way knows what the word was.
            WordOp::EnterTraced => DELIVER(ip, fp, k, thread, value),
            WordOp::YieldFrom => {
                let flags = (*current(thread)).flags;
                if !suspend_fast(thread, fp, waiting.a() + 1, Some(waiting.a() as u32), ip) {
                    return DELIVER(ip, fp, k, thread, value);
                }
                deliver(thread, flags, value)
            }
            WordOp::Call | WordOp::CallMethod => {
                // The callable owned nothing.
                put(fp, waiting.a(), value);
                let held = get(fp, waiting.a() + 1);
                put(fp, waiting.a() + 1, word::UNBOUND);
                if word::is_owning(held) {
                    return release_next(ip, fp, k, thread, held);
                }
                next(ip, fp, k, thread)
            }
            _ => {
                put(fp, iterate::item_slot(waiting), value);
                next(ip, fp, k, thread)
            }
        }
    }
}

const DELIVER: Handler = from_body!(deliver_body);

/// Passes the value that the bits of the word are to the waiting frame.
fn deliver_body(step: &mut Step, word: Word) -> Run<Flow> {
    // SAFETY: `deliver` has put an owned value into the bits of the word, and this is its only reader.
    let value = unsafe { Value::from_word(word.bits()) };
    Ok(delivered(step, value))
}

fn yield_body(step: &mut Step, word: Word) -> Run<Flow> {
    let value = step.take(word.a());
    Ok(suspended(step, word.a(), None, 1, value))
}

fn yield_from_body(step: &mut Step, word: Word) -> Run<Flow> {
    let (iterator, sent) = (step.view(word.a()), step.view(word.a() + 1));
    let behind = iterator.downcast_ref::<CoroutineWrapper>().map(|wrapper| &*wrapper.coroutine);
    if let Some(generator) = behind.or_else(|| iterator.downcast_ref::<Generator>()) {
        let sent = step.take(word.a() + 1);
        return match resume::send_inline(step, generator, sent)? {
            Some(flow) => Ok(flow),
            None => Ok(go_on_with(step, word, Value::NONE)),
        };
    }
    if let Some(awaited) = iterator.downcast_ref::<AsyncSend>() {
        let sent = step.take(word.a() + 1);
        async_send::send_inline(step, awaited, sent)?;
        return Ok(Flow::Reload);
    }
    match send(step, iterator, sent)? {
        Resumed::Yielded(value) => {
            step.release(word.a() + 1);
            Ok(suspended(step, word.a() + 1, Some(word.a() as u32), 0, value))
        }
        Resumed::Returned(value) => Ok(go_on_with(step, word, value)),
    }
}

/// Continues after a `yield from` whose iterator has ended with `value`.
fn go_on_with(step: &mut Step, word: Word, value: Value) -> Flow {
    step.release_all(word.a(), 2);
    step.put(word.a(), value);
    Flow::Next
}

/// Sends a value to an iterator that is not a generator.
fn send(thread: &mut Thread, iterator: &Value, sent: &Value) -> Run<Resumed> {
    if sent.is_none()
        && let Some(next) = protocol::slots_of(thread, iterator).next
    {
        // The slot itself, since the value that an end carries is that of the expression.
        return stopped(thread, |thread| next(thread, iterator));
    }
    let name = thread.known().names().send.clone();
    stopped(thread, |thread| {
        protocol::call_method(thread, iterator, &name, std::slice::from_ref(sent)).map(Some)
    })
}

/// Runs `action` and returns the value of the `StopIteration` that ends an iterator.
fn stopped(thread: &mut Thread, action: impl FnOnce(&mut Thread) -> Run<Option<Value>>) -> Run<Resumed> {
    match action(thread) {
        Ok(Some(value)) => Ok(Resumed::Yielded(value)),
        Ok(None) => Ok(Resumed::Returned(Value::NONE)),
        Err(raised) if raised.is_kind(thread, crate::value::ErrorKind::StopIteration) => {
            Ok(Resumed::Returned(crate::vm::run::resume::stop_value(thread, raised)))
        }
        Err(raised) => Err(raised),
    }
}

/// Suspends the running generator and passes `value` to the waiting frame.
fn suspended(step: &mut Step, end: usize, delegate: Option<u32>, advance: usize, value: Value) -> Flow {
    if delegate.is_some() && !tell_delegated(step, &value) {
        return Flow::Raise;
    }
    let entered = step.frame().flags.contains(FrameFlags::ENTRY);
    resume::suspend(step, end, delegate, advance);
    if entered {
        Interpreter::of(step).result.set(value.into_word());
        return Flow::Leave;
    }
    delivered(step, value)
}

/// Passes a value to the innermost frame, which waits for a generator. A frame at a `yield from` suspends too,
/// and the value goes on to the next one.
pub fn delivered(thread: &ThreadState, value: Value) -> Flow {
    loop {
        // SAFETY: the innermost record is complete.
        let caller = unsafe { &mut *current(thread) };
        let word = caller.code().ordinary_word(caller.ip);
        let slot = match word.op() {
            WordOp::YieldFrom => {
                if !tell_delegated(thread, &value) {
                    return Flow::Raise;
                }
                let entered = caller.flags.contains(FrameFlags::ENTRY);
                resume::suspend(thread, word.a() + 1, Some(word.a() as u32), 0);
                if entered {
                    Interpreter::of(thread).result.set(value.into_word());
                    return Flow::Leave;
                }
                continue;
            }
            WordOp::Call | WordOp::CallMethod => {
                release_slot(thread, caller, word.a() + 1);
                word.a()
            }
            _ => iterate::item_slot(word),
        };
        // SAFETY: a slot of the caller's window; a local's old value is released after it is replaced.
        let old = unsafe { std::mem::replace(&mut *caller.fp.add(slot), StackRef::from_value(value)) };
        if slot < caller.code().base as usize {
            // SAFETY: the slot has given the word up.
            unsafe { release_stored(thread, old) };
        }
        // SAFETY: a word that waits for a generator is not the last of its code, by verification.
        caller.ip = unsafe { caller.ip.add(1) };
        return Flow::Reload;
    }
}

/// Tells whoever traces the innermost frame that it yields what its delegate has yielded. Returns false if that raised an
/// error, which is in the interpreter then.
fn tell_delegated(thread: &ThreadState, value: &Value) -> bool {
    let frame = current(thread);
    // SAFETY: the innermost record is complete.
    if unsafe { (*frame).code().traced.is_none() } {
        return true;
    }
    // SAFETY: this is the running thread, attached, and the caller's handle is not used meanwhile.
    let mut handle = unsafe { Thread::from_state(std::ptr::NonNull::from(thread)) };
    let told = report::report(&mut handle, frame, Event::Yield, value);
    told.map_err(|raised| Interpreter::of(thread).raised.set(Some(raised))).is_ok()
}

fn release_slot(thread: &ThreadState, frame: &mut Frame, slot: usize) {
    // SAFETY: a live slot of the frame, which gives its word up.
    unsafe {
        let held = std::mem::replace(&mut *frame.fp.add(slot), StackRef::UNBOUND);
        held.release(thread);
    }
}

/// Releases the iterator to which the `yield from` of the innermost frame delegates.
pub fn release_delegate(thread: &ThreadState) {
    // SAFETY: the innermost record is complete.
    let frame = unsafe { &mut *current(thread) };
    let word = frame.code().ordinary_word(frame.ip);
    debug_assert!(word.op() == WordOp::YieldFrom, "it waits for its delegate");
    release_slot(thread, frame, word.a());
}

/// Handles the end of the generator for which the innermost frame waits; it returned `value`. Raises
/// `StopIteration` if the frame called `next` or `send`.
pub fn ended(thread: &ThreadState, value: Value) -> Run<Flow> {
    // SAFETY: the innermost record is complete.
    let caller = unsafe { &mut *current(thread) };
    let word = caller.code().ordinary_word(caller.ip);
    // Whoever traces the frame is told of the end as of an exception.
    let is_told = caller.code().traced.is_some() && (word.op() == WordOp::YieldFrom || !value.is_none());
    let end = is_told.then(|| value.clone());
    let offset = match word.op() {
        // Unwinding releases what the call holds.
        WordOp::Call | WordOp::CallMethod => return Err(resume::stop_iteration(value)),
        WordOp::YieldFrom => {
            release_slot(thread, caller, word.a());
            // SAFETY: the slot of the result, which holds nothing now.
            unsafe { *caller.fp.add(word.a()) = StackRef::from_value(value) };
            1
        }
        _ => {
            release_slot(thread, caller, word.a());
            iterate::exit_offset(word)
        }
    };
    if let Some(value) = end {
        // SAFETY: this is the running thread, attached, and the caller's handle is not used meanwhile.
        let mut handle = unsafe { Thread::from_state(std::ptr::NonNull::from(thread)) };
        let end = exception::instance(&mut handle, resume::stop_iteration(value));
        if word.op() == WordOp::YieldFrom {
            report::tell_exception(&mut handle, current(thread), Event::StopIteration, &end)?;
            report::raised_to_functions(&mut handle, current(thread), &end)?;
        } else {
            report::raised(&mut handle, current(thread), &end)?;
        }
    }
    // SAFETY: the distance is 1, and the word is not the last one, or was computed by the lowering pass.
    caller.ip = unsafe { caller.ip.offset(offset) };
    Ok(Flow::Reload)
}

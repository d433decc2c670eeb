//! `await`, `async for`, `async with`, and `yield` in an asynchronous generator.

use crate::bytecode::{Word, WordOp, awaited};
use crate::protocol;
use crate::thread::Thread;
use crate::types::exception;
use crate::value::{Args, ErrorKind, Kind, Raised, Run, Value};
use crate::vm::frame::asynchronous::{AsyncSend, AsyncYielded};
use crate::vm::frame::generator::{Generator, delegate_of};
use crate::vm::frame::{FrameFlags, Interpreter, current};
use crate::vm::run::async_send;
use crate::vm::run::awaitable::await_iterator;
use crate::vm::run::dispatch::Flow;
use crate::vm::run::ops::exception::special_of_manager;
use crate::vm::run::ops::generate;
use crate::vm::run::resume;
use crate::vm::run::step::Step;
use crate::vm::run::unwind;

/// Replaces an awaitable by its iterator, which `YieldFrom` resumes; a coroutine stays as it is.
/// Raises `RuntimeError` for a coroutine that is being awaited already, and as `await_iterator` does.
pub fn get_awaitable(step: &mut Step, word: Word) -> Run<Flow> {
    let value = step.view(word.a());
    if let Some(generator) = value.downcast_ref::<Generator>()
        && generator.may_be_awaited()
    {
        if generator.is_coroutine() && delegate_of(generator).is_some() {
            return Err(Raised::runtime_error("coroutine is being awaited already"));
        }
        return Ok(Flow::Next);
    }
    let method = match word.b() as u32 {
        awaited::ENTER => "__aenter__",
        awaited::EXIT => "__aexit__",
        _ => "",
    };
    let name = step.known().names().await_.clone();
    if !method.is_empty() && protocol::lookup_special_method(step, value, &name)?.is_none() {
        let class = protocol::type_name(step, value);
        return Err(Raised::type_error(format_args!(
            "'async with' received an object from {method} that does not implement __await__: {class}"
        )));
    }
    let iterator = await_iterator(step, value)?;
    Ok(step.finish_unary(word.a(), word.a(), iterator))
}

/// Tells whether a value is an asynchronous generator, which is its own asynchronous iterator.
fn is_generator(value: &Value) -> bool {
    value.kind() == Kind::AsyncGenerator
}

/// Replaces what an `async for` iterates over by its asynchronous iterator.
/// Raises `TypeError` if `__aiter__` is missing or its result has no `__anext__`, and what `__aiter__` raises.
pub fn get_async_iter(step: &mut Step, word: Word) -> Run<Flow> {
    let value = step.view(word.a());
    if is_generator(value) {
        return Ok(Flow::Next);
    }
    let (aiter, anext) = (step.known().names().aiter.clone(), step.known().names().anext.clone());
    let Some(iterator) = protocol::call_special_method(step, value, &aiter, Args::positional(&[])) else {
        let class = protocol::type_name(step, value);
        return Err(Raised::type_error(format_args!(
            "'async for' requires an object with __aiter__ method, got {class}"
        )));
    };
    let iterator = iterator?;
    if protocol::lookup_special_method(step, &iterator, &anext)?.is_none() {
        let class = protocol::type_name(step, &iterator);
        return Err(Raised::type_error(format_args!(
            "'async for' received an object from __aiter__ that does not implement __anext__: {class}"
        )));
    }
    Ok(step.finish_unary(word.a(), word.a(), iterator))
}

/// Calls `__anext__` for an `async for`, and pushes the iterator that `YieldFrom` resumes.
/// For an asynchronous generator this is an `AsyncSend`, made without a call. Raises `TypeError` if `__anext__` is
/// missing or its result cannot be awaited, what `__anext__` raises, and what the hooks of asynchronous generators
/// raise.
pub fn get_async_next(step: &mut Step, word: Word) -> Run<Flow> {
    let iterator = step.view(word.a());
    let next = match iterator.downcast_ref::<Generator>().filter(|_| is_generator(iterator)) {
        Some(generator) => async_send::new_send(step, generator, Value::NONE)?,
        None => next_awaitable(step, iterator)?,
    };
    step.put(word.a() + 1, next);
    Ok(Flow::Next)
}

fn next_awaitable(thread: &mut Thread, iterator: &Value) -> Run<Value> {
    let name = thread.known().names().anext.clone();
    let Some(next) = protocol::call_special_method(thread, iterator, &name, Args::positional(&[])) else {
        let class = protocol::type_name(thread, iterator);
        return Err(Raised::type_error(format_args!(
            "'async for' requires an iterator with __anext__ method, got {class}"
        )));
    };
    let next = next?;
    await_iterator(thread, &next).map_err(|error| {
        let class = protocol::type_name(thread, &next);
        let message = format!("'async for' received an invalid object from __anext__: {class}");
        let cause = exception::instance(thread, error);
        Raised::instance(unwind::from_cause(thread, Raised::type_error(message), cause))
    })
}

/// Ends an `async for` at a `StopAsyncIteration`. Raises any other exception again.
pub fn end_async_for(step: &mut Step, word: Word) -> Run<Flow> {
    let error = step.take(word.a() + 1);
    let error = Raised::instance(error);
    if !error.is_kind(step, ErrorKind::StopAsyncIteration) {
        return Err(error);
    }
    drop(error);
    step.release(word.a());
    Ok(Flow::Next)
}

/// Enters an `async with`: leaves the bound `__aexit__` and the result of `__aenter__` on the stack.
/// The code that follows awaits the latter. Raises `TypeError` if either method is missing, and what `__aenter__`
/// raises.
pub fn before_async_with(step: &mut Step, word: Word) -> Run<Flow> {
    let manager = step.view(word.a());
    let exit = special_of_manager(step, manager, "__aexit__")?;
    let enter = special_of_manager(step, manager, "__aenter__")?;
    let entered = protocol::call(step, &enter, Args::positional(&[]))?;
    let held = step.take(word.a());
    step.put(word.a(), exit);
    step.put(word.a() + 1, entered);
    drop(held);
    Ok(Flow::Next)
}

/// Suspends an asynchronous generator at a `yield`, and hands on the value.
/// Native code gets it in an `AsyncYielded`; a frame that awaits the generator gets it as the value of its `await`.
/// Raises nothing.
pub fn yield_async(step: &mut Step, word: Word) -> Run<Flow> {
    let value = step.take(word.a());
    if step.frame().flags.contains(FrameFlags::ENTRY) {
        let value = step.alloc(AsyncYielded { value }).into_value();
        resume::suspend(step, word.a(), None, 1);
        Interpreter::of(step).result.set(value.into_word());
        return Ok(Flow::Leave);
    }
    resume::suspend(step, word.a(), None, 1);
    if let Some(send) = awaited_by_frame(step).downcast_ref::<AsyncSend>() {
        async_send::finished(&send.generator, &send.stage);
    }
    generate::ended(step, value)
}

/// Returns the object that the innermost frame awaits; the frame must be at its `YieldFrom`.
fn awaited_by_frame(thread: &Thread) -> Value {
    // SAFETY: the innermost record is complete, and its `ip` leads to a word of its code.
    let (frame, word) = unsafe { (&*current(thread), *(*current(thread)).ip) };
    debug_assert!(
        frame.code().ordinary_word(frame.ip).op() == WordOp::YieldFrom,
        "it awaits what has been resumed"
    );
    // SAFETY: the slot of the iterator is live as long as the frame waits for it.
    unsafe { *frame.fp.add(word.a()) }.retain(thread)
}

/// Makes the `StopAsyncIteration` for the innermost frame, when the generator it awaits has ended.
pub fn end_of_generator(thread: &mut Thread) -> Raised {
    match awaited_by_frame(thread).downcast_ref::<AsyncSend>() {
        Some(send) => async_send::ended(&send.generator, &send.stage),
        None => Raised::with(ErrorKind::StopAsyncIteration, Vec::new()),
    }
}

/// Notes that the asynchronous generator which the innermost frame awaits has raised an error.
pub fn generator_failed(thread: &mut Thread, error: &Raised) {
    if let Some(send) = awaited_by_frame(thread).downcast_ref::<AsyncSend>() {
        async_send::failed(thread, &send.generator, &send.stage, error);
    }
}

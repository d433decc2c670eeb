//! `athrow` and `aclose` of asynchronous generators, and `throw` and `close` of what they return.
//!
//! `throw` and `close` of what `asend` returns are here, too. An error is thrown into a suspended generator as in
//! `throw.rs`, but `GeneratorExit` is also thrown into what the generator awaits, which may then await something
//! before it ends. What the generator yields afterwards is wrapped in an `AsyncYielded`, as for `asend`.

use crate::thread::Thread;
use crate::value::{ErrorKind, Object, Raised, Run, Tuple, Value};
use crate::vm::frame::asynchronous::{AsyncSend, AsyncThrow, AsyncYielded, Stage};
use crate::vm::frame::generator::{AsyncState, Generator, Status};
use crate::vm::generator::close::ignored_exit;
use crate::vm::generator::throw::{throw, throw_closing};
use crate::vm::run::async_send::{claim, finished, is_end, settle};
use crate::vm::run::resume::{self, Resumed};

const REUSED_SEND: &str = "cannot reuse already awaited __anext__()/asend()";
const REUSED_THROW: &str = "cannot reuse already awaited aclose()/athrow()";

/// Implements `throw` of what `asend` returns: throws into the generator.
/// Raises what the generator raises, `StopAsyncIteration` at its end, `RuntimeError` if the `asend` has given its
/// result or another awaitable of the generator is awaited, `TypeError` for arguments that are no exception,
/// `ValueError` if the generator is running.
pub fn throw_into_send(thread: &mut Thread, send: &Object<AsyncSend>, given: &[Value]) -> Run<Resumed> {
    match send.stage.get() {
        Stage::Closed => return Err(Raised::runtime_error(REUSED_SEND)),
        Stage::Fresh => claim(&send.generator, &send.stage, "anext()")?,
        Stage::Awaited => {}
    }
    let resumed = throw(thread, &send.generator, given);
    settle(thread, &send.generator, &send.stage, resumed)
}

/// The name of the method that made an `AsyncThrow`.
pub fn method(awaited: &Object<AsyncThrow>) -> &'static str {
    if awaited.given.is_none() { "aclose" } else { "athrow" }
}

fn claim_throw(awaited: &Object<AsyncThrow>) -> Run<()> {
    claim(&awaited.generator, &awaited.stage, &format!("{}()", method(awaited)))
}

/// Resumes an `athrow` or `aclose`: the first time the error is thrown, later a value is sent.
/// Raises what the generator raises, `StopAsyncIteration` at its end, `TypeError` for arguments that are no
/// exception. Raises `RuntimeError` if it has given its result, if another awaitable of the generator is awaited, if
/// a value is sent at the first time, or if the generator yields while it is closed.
pub fn send(thread: &mut Thread, awaited: &Object<AsyncThrow>, sent: &Value) -> Run<Resumed> {
    let generator = &awaited.generator;
    if awaited.stage.get() == Stage::Closed {
        return Err(Raised::runtime_error(REUSED_THROW));
    }
    if generator.status() == Status::Finished {
        awaited.stage.set(Stage::Closed);
        return Ok(Resumed::Returned(Value::NONE));
    }
    let is_first = awaited.stage.get() == Stage::Fresh;
    if is_first {
        // Whether somebody else awaits it comes first, so that a closed one is not told from a busy one.
        if generator.is_in(AsyncState::CLOSED) && !generator.is_in(AsyncState::AWAITED) {
            awaited.stage.set(Stage::Closed);
            return Err(Raised::with(ErrorKind::StopAsyncIteration, Vec::new()));
        }
        if !generator.is_in(AsyncState::AWAITED) && !sent.is_none() {
            return Err(Raised::runtime_error("can't send non-None value to a just-started coroutine"));
        }
        claim_throw(awaited)?;
    }
    match awaited.given.downcast_ref::<Tuple>() {
        Some(given) => {
            check_count(awaited, given.items().len())?;
            let resumed = match is_first {
                true => throw_closing(thread, generator, given.items(), false),
                false => resume::send(thread, generator, sent.clone()),
            };
            settle(thread, generator, &awaited.stage, resumed)
        }
        None => {
            let resumed = match is_first {
                true => {
                    generator.set_state(AsyncState::CLOSED, true);
                    throw_closing(thread, generator, &[generator_exit(thread)], false)
                }
                false => resume::send(thread, generator, sent.clone()),
            };
            settle_close(thread, awaited, resumed)
        }
    }
}

/// Checks the number of arguments of `athrow`, as late as CPython does. Raises `TypeError`.
fn check_count(awaited: &Object<AsyncThrow>, count: usize) -> Run<()> {
    let (bound, plural) = match count {
        0 => ("least 1", ""),
        1..=3 => return Ok(()),
        _ => ("most 3", "s"),
    };
    finished(&awaited.generator, &awaited.stage);
    Err(Raised::type_error(format_args!("athrow expected at {bound} argument{plural}, got {count}")))
}

fn generator_exit(thread: &Thread) -> Value {
    thread.known().error(ErrorKind::GeneratorExit).to_value()
}

/// Implements `throw` of what `athrow` and `aclose` return. Raises as `send` does.
pub fn throw_into_throw(thread: &mut Thread, awaited: &Object<AsyncThrow>, given: &[Value]) -> Run<Resumed> {
    match awaited.stage.get() {
        Stage::Closed => return Err(Raised::runtime_error(REUSED_THROW)),
        Stage::Fresh => claim_throw(awaited)?,
        Stage::Awaited => {}
    }
    let resumed = throw(thread, &awaited.generator, given);
    match awaited.given.is_none() {
        true => settle_close(thread, awaited, resumed),
        false => settle(thread, &awaited.generator, &awaited.stage, resumed),
    }
}

/// Turns the outcome of resuming a generator that is closed into that of awaiting `aclose`.
/// The end of the generator is the result `None`, and a value that it yields raises `RuntimeError`. What it yields
/// because it awaits something is handed on.
fn settle_close(thread: &Thread, awaited: &Object<AsyncThrow>, resumed: Run<Resumed>) -> Run<Resumed> {
    let generator: &Object<Generator> = &awaited.generator;
    match resumed {
        Ok(Resumed::Yielded(value)) if value.downcast_ref::<AsyncYielded>().is_none() => {
            return Ok(Resumed::Yielded(value));
        }
        _ => finished(generator, &awaited.stage),
    }
    match resumed {
        Ok(Resumed::Yielded(_)) => Err(ignored_exit("async generator")),
        Ok(Resumed::Returned(_)) => Ok(Resumed::Returned(Value::NONE)),
        Err(error) if is_end(thread, &error) => Ok(Resumed::Returned(Value::NONE)),
        Err(error) => Err(error),
    }
}

/// Implements `close` of an `asend`, `athrow` or `aclose`, whose own `throw` is handed in.
/// It throws `GeneratorExit`, unless the result was given already. Raises `RuntimeError` if the generator goes on
/// awaiting, and what it raises other than the errors that mark its end.
pub fn close(
    thread: &mut Thread,
    stage: Stage,
    throw: impl FnOnce(&mut Thread, &[Value]) -> Run<Resumed>,
) -> Run<()> {
    if stage == Stage::Closed {
        return Ok(());
    }
    let exit = generator_exit(thread);
    match throw(thread, &[exit]) {
        Ok(Resumed::Returned(_)) => Ok(()),
        Ok(Resumed::Yielded(_)) => Err(ignored_exit("coroutine")),
        Err(error) if is_end(thread, &error) || error.is_kind(thread, ErrorKind::StopIteration) => Ok(()),
        Err(error) => Err(error),
    }
}

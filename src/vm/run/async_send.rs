//! Resuming asynchronous generators: what `__anext__` and `asend` return, and the hooks of the thread.
//!
//! In the loop the frame of the generator is pushed above the one that awaits it, which is at its `YieldFrom` with
//! the `AsyncSend` in the slot of the iterator. A value that the generator yields is the value of the `await`. What
//! it yields because it awaits something itself suspends both frames. Native code calls `send` instead, and a value
//! that the generator yields is wrapped in an `AsyncYielded` on its way.

use crate::protocol;
use crate::thread::Thread;
use crate::value::{Args, ErrorKind, Object, Raised, Run, Value};
use crate::vm::frame::FrameFlags;
use crate::vm::frame::asynchronous::{AsyncSend, AsyncYielded, Stage, StageCell};
use crate::vm::frame::generator::{AsyncState, Generator};
use crate::vm::machine::Machine;
use crate::vm::run::resume::{self, Resumed};

/// Calls the hook for new asynchronous generators (`sys.set_asyncgen_hooks`), at the first resumption.
/// It also stores the hook that will end the generator. Raises what the hook raises.
pub fn call_hooks(thread: &mut Thread, generator: &Object<Generator>) -> Run<()> {
    if generator.is_in(AsyncState::HOOKED) {
        return Ok(());
    }
    generator.set_state(AsyncState::HOOKED, true);
    let [first, last] = &Machine::of(thread).async_hooks;
    let (first, last) = (first.get(), last.get());
    if !last.is_unbound() {
        drop(generator.origin_or_finalizer.set(last));
    }
    if !first.is_unbound() {
        protocol::call(thread, &first, Args::positional(&[generator.to_value()]))?;
    }
    Ok(())
}

/// Makes the object that `asend(value)` returns. Raises what the hook for new generators raises.
pub fn new_send(thread: &mut Thread, generator: &Object<Generator>, value: Value) -> Run<Value> {
    call_hooks(thread, generator)?;
    let send = AsyncSend { generator: generator.to_ref(), value, stage: StageCell::fresh() };
    Ok(thread.alloc(send).into_value())
}

/// Begins or goes on with awaiting an `asend`; returns the value to send into its generator.
/// Raises `RuntimeError` if it has given its result already, or if something else awaits the generator.
pub fn begin(send: &Object<AsyncSend>, sent: Value) -> Run<Value> {
    match send.stage.get() {
        Stage::Closed => Err(Raised::runtime_error("cannot reuse already awaited __anext__()/asend()")),
        Stage::Awaited => {
            send.generator.set_state(AsyncState::AWAITED, true);
            Ok(sent)
        }
        Stage::Fresh => {
            claim(&send.generator, &send.stage, "anext()")?;
            Ok(if sent.is_none() { send.value.clone() } else { sent })
        }
    }
}

/// Marks an asynchronous generator as awaited, by an object with this stage.
/// Raises `RuntimeError`, with the name of the method, if something else awaits it already.
pub fn claim(generator: &Object<Generator>, stage: &StageCell, method: &str) -> Run<()> {
    if generator.is_in(AsyncState::AWAITED) {
        stage.set(Stage::Closed);
        return Err(Raised::runtime_error(format_args!(
            "{method}: asynchronous generator is already running"
        )));
    }
    stage.set(Stage::Awaited);
    generator.set_state(AsyncState::AWAITED, true);
    Ok(())
}

/// Resumes the generator of an `asend` from native code.
/// `Returned` has the value that it yields; `Yielded` has what it yields because it awaits something. Raises what the
/// generator raises, `StopAsyncIteration` at its end, and as `begin` and `resume::send` do.
pub fn send(thread: &mut Thread, send: &Object<AsyncSend>, sent: &Value) -> Run<Resumed> {
    let sent = begin(send, sent.clone())?;
    let resumed = resume::send(thread, &send.generator, sent);
    settle(thread, &send.generator, &send.stage, resumed)
}

/// Pushes the frame of the generator of an `asend` above the innermost frame, which awaits it.
/// Raises `StopAsyncIteration` if the generator is finished, and as `begin`, `resume::check_sent` and `resume::push`
/// do.
pub fn send_inline(thread: &mut Thread, send: &Object<AsyncSend>, sent: Value) -> Run<()> {
    let sent = begin(send, sent)?;
    let resumed = resume::check_sent(&send.generator, &sent)
        .and_then(|()| resume::push(thread, &send.generator, sent, FrameFlags::empty()));
    match resumed {
        Ok(Some(())) => Ok(()),
        Ok(None) => Err(ended(&send.generator, &send.stage)),
        Err(error) => {
            failed(thread, &send.generator, &send.stage, &error);
            Err(error)
        }
    }
}

/// Turns the outcome of resuming an asynchronous generator into that of awaiting it.
/// A value that it yields is the result, and its end raises `StopAsyncIteration`. What it yields because it awaits
/// something is handed on.
pub fn settle(
    thread: &Thread,
    generator: &Object<Generator>,
    stage: &StageCell,
    resumed: Run<Resumed>,
) -> Run<Resumed> {
    match resumed {
        Ok(Resumed::Yielded(value)) => match value.downcast_ref::<AsyncYielded>() {
            Some(yielded) => {
                let value = yielded.value.clone();
                finished(generator, stage);
                Ok(Resumed::Returned(value))
            }
            None => Ok(Resumed::Yielded(value)),
        },
        Ok(Resumed::Returned(_)) => Err(ended(generator, stage)),
        Err(error) => {
            failed(thread, generator, stage, &error);
            Err(error)
        }
    }
}

/// Notes that awaiting a generator is over: whatever awaited it has its result.
pub fn finished(generator: &Object<Generator>, stage: &StageCell) {
    generator.set_state(AsyncState::AWAITED, false);
    stage.set(Stage::Closed);
}

/// Notes that a generator has returned, and makes the error that says so.
pub fn ended(generator: &Object<Generator>, stage: &StageCell) -> Raised {
    finished(generator, stage);
    generator.set_state(AsyncState::CLOSED, true);
    Raised::with(ErrorKind::StopAsyncIteration, Vec::new())
}

/// Notes that a generator has raised an error.
pub fn failed(thread: &Thread, generator: &Object<Generator>, stage: &StageCell, error: &Raised) {
    finished(generator, stage);
    if is_end(thread, error) {
        generator.set_state(AsyncState::CLOSED, true);
    }
}

/// Tells whether an error is one that marks the end of an asynchronous generator.
pub fn is_end(thread: &Thread, error: &Raised) -> bool {
    error.is_kind(thread, ErrorKind::StopAsyncIteration) || error.is_kind(thread, ErrorKind::GeneratorExit)
}

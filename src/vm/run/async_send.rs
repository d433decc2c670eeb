//! Resuming asynchronous generators: what `__anext__` and `asend` return, and the hooks of the thread.
//!
//! In the loop the frame of the generator is pushed above the one that awaits, which stands at its `YieldFrom` with the
//! `AsyncSend` in the slot of the iterator. What the generator yields is then the value of the `await`; what it yields
//! because it awaits something itself suspends both frames. Native code gets the same from `send`, with the yielded values
//! wrapped by `AsyncYielded` in between.

use crate::protocol;
use crate::thread::Thread;
use crate::value::{Args, ErrorKind, Object, Raised, Run, Value};
use crate::vm::frame::FrameFlags;
use crate::vm::frame::asynchronous::{AsyncSend, AsyncYielded, Stage, StageCell};
use crate::vm::frame::generator::{AsyncState, Generator};
use crate::vm::machine::Machine;
use crate::vm::run::resume::{self, Resumed};

/// Tells the hooks of the thread of an asynchronous generator that is about to run for the first time, and remembers the
/// hook that will end it. Raises what the hook raises.
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

/// Makes what `asend` returns, to send `value`. Raises what the hooks raise.
pub fn new_send(thread: &mut Thread, generator: &Object<Generator>, value: Value) -> Run<Value> {
    call_hooks(thread, generator)?;
    let send = AsyncSend { generator: generator.to_ref(), value, stage: StageCell::fresh() };
    Ok(thread.alloc(send).into_value())
}

/// Notes that an `asend` is being awaited and returns what is to be sent into its generator. Raises `RuntimeError` if it
/// was awaited before, or another one of the generator is.
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

/// Notes that something awaits an asynchronous generator. Raises `RuntimeError` if something else does already.
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

/// Resumes the generator of an `asend` from native code. What it yields is returned as the result. Raises what it raises,
/// `StopAsyncIteration` at its end, and as `begin` does.
pub fn send(thread: &mut Thread, send: &Object<AsyncSend>, sent: &Value) -> Run<Resumed> {
    let sent = begin(send, sent.clone())?;
    let resumed = resume::send(thread, &send.generator, sent);
    settle(thread, &send.generator, &send.stage, resumed)
}

/// Resumes the generator of an `asend` above the innermost frame, which awaits it. Raises as `send` does.
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

/// Turns what resuming an asynchronous generator gave into what awaiting it gives: a yielded value is the result, and
/// the end raises `StopAsyncIteration`.
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

/// Notes that a generator has yielded a value to whoever awaits it.
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

/// Whether an error only says that an asynchronous generator has come to its end.
pub fn is_end(thread: &Thread, error: &Raised) -> bool {
    error.is_kind(thread, ErrorKind::StopAsyncIteration) || error.is_kind(thread, ErrorKind::GeneratorExit)
}

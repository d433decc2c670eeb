//! `close`: ends a suspended generator, after closing what it delegates to.
//!
//! Generators that delegate to each other are closed from the inside out, in a loop and without recursion, so that a
//! chain may be as long as frames may be nested. All of them are marked as running meanwhile.

use crate::protocol;
use crate::thread::Thread;
use crate::value::{Args, ErrorKind, Known, Object, Raised, Ref, Run, Value};
use crate::vm::frame::asynchronous::generator_behind;
use crate::vm::frame::generator::{Generator, Status, delegate_of, end_unstarted, set_running};
use crate::vm::generator::throw::raise_in;
use crate::vm::run::resume::Resumed;

/// `generator.close()`: returns what the generator returns.
/// Raises `RuntimeError` if it yields, `ValueError` if it is running, and what it raises other than `GeneratorExit`
/// and `StopIteration`.
pub fn close(thread: &mut Thread, generator: &Object<Generator>) -> Run<Value> {
    let mut waiting: Vec<Ref<Generator>> = Vec::new();
    let mut target = generator.to_ref();
    let mut closed = Ok(Value::NONE);
    while let Some(delegate) = delegate_of(&target) {
        set_running(&target, true);
        waiting.push(target.clone());
        match generator_behind(delegate) {
            Ok(inner) => target = inner,
            Err(delegate) => {
                closed = close_iterator(thread, &delegate).map(|()| Value::NONE);
                target = waiting.pop().expect("it was pushed in this round");
                set_running(&target, false);
                break;
            }
        }
    }
    loop {
        closed = close_here(thread, &target, closed.err());
        match waiting.pop() {
            Some(outer) => target = outer,
            None => return closed,
        }
        set_running(&target, false);
    }
}

/// Closes a generator that is being finalized; an error is reported, not raised.
pub fn finalize(thread: &mut Thread, generator: &Object<Generator>) {
    if let Err(error) = close(thread, generator) {
        report(thread, &generator.to_value(), error);
    }
}

/// Closes what a generator delegates to. Raises what its `close` raises.
pub fn close_delegate(thread: &mut Thread, delegate: Value) -> Run<()> {
    match generator_behind(delegate) {
        Ok(inner) => close(thread, &inner).map(|_| ()),
        Err(delegate) => close_iterator(thread, &delegate),
    }
}

/// Calls `close` of a delegate that is no generator, if it has that. Raises what `close` raises.
/// An error of looking `close` up is reported, not raised.
fn close_iterator(thread: &mut Thread, delegate: &Value) -> Run<()> {
    let name = thread.known().names().close.clone();
    match protocol::find_attr(thread, delegate, &name) {
        Ok(Some(method)) => protocol::call(thread, &method, Args::positional(&[])).map(|_| ()),
        Ok(None) => Ok(()),
        Err(error) => {
            report(thread, delegate, error);
            Ok(())
        }
    }
}

/// Reports an error that ended the closing of a generator or delegate.
fn report(thread: &mut Thread, closed: &Value, error: Raised) {
    Known::report_unraisable(thread, error, Some("Exception ignored while closing generator"), Some(closed));
}

/// Closes one generator, whose delegate is closed already.
/// Raises in it `error`, which closing the delegate raised, or else `GeneratorExit`. Returns and raises as `close`
/// does.
fn close_here(thread: &mut Thread, generator: &Object<Generator>, error: Option<Raised>) -> Run<Value> {
    match generator.status() {
        Status::Finished => return error.map_or(Ok(Value::NONE), Err),
        Status::Created => {
            end_unstarted(generator);
            return Ok(Value::NONE);
        }
        Status::Suspended | Status::Running => {}
    }
    let error = error.unwrap_or_else(|| Raised::with(ErrorKind::GeneratorExit, Vec::new()));
    match raise_in(thread, generator, error) {
        Ok(Resumed::Yielded(_)) => Err(ignored_exit(generator.noun())),
        Ok(Resumed::Returned(value)) => Ok(value),
        Err(raised)
            if raised.is_kind(thread, ErrorKind::GeneratorExit)
                || raised.is_kind(thread, ErrorKind::StopIteration) =>
        {
            Ok(Value::NONE)
        }
        Err(raised) => Err(raised),
    }
}

/// Makes the `RuntimeError` for a generator (or what `noun` says) that yields while it is closed.
pub fn ignored_exit(noun: &str) -> Raised {
    Raised::runtime_error(format_args!("{noun} ignored GeneratorExit"))
}

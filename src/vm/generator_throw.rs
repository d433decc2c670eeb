//! Raising an error inside a suspended generator: `throw` and `close`, through whatever it delegates to.

use crate::protocol;
use crate::thread::Thread;
use crate::types::exception;
use crate::value::word;
use crate::value::{ErrorKind, Object, Pending, Raised, Run, Value};
use crate::vm::dispatch::{Exit, Flow, run};
use crate::vm::frame::{FrameFlags, Interpreter, current};
use crate::vm::generator::{Generator, Status, delegate_of};
use crate::vm::resume::{Resumed, outcome, push, send};
use crate::vm::unwind;

/// Raises an error where the generator stands.
pub fn throw(thread: &mut Thread, generator: &Object<Generator>, raised: Raised) -> Run<Resumed> {
    if let Some(delegate) = delegate_of(generator)
        && let Some(thrown) = throw_to_delegate(thread, generator, &delegate, &raised)?
    {
        return Ok(thrown);
    }
    let _keep = generator.to_value();
    match push(thread, generator, Value::NONE, FrameFlags::ENTRY)? {
        // As it came: nothing is being handled in a generator that does not run.
        None => Err(Raised::unwound(exception::instance(thread, raised))),
        Some(()) => {
            // The word that yielded is the one that raises; of a generator that has not begun, the one that
            // made it.
            // SAFETY: the innermost record; the word before is of the same code.
            unsafe {
                let record = current(thread);
                if (*(*record).ip).op() != crate::bytecode::WordOp::YieldFrom {
                    (*record).ip = (*record).ip.sub(1);
                }
            }
            // Only what the generator itself is handling becomes the context, not what its resumer is.
            // SAFETY: the innermost record, whose `namespace` notes what is handled further out if that stayed.
            let handles = unsafe { (*current(thread)).namespace } == word::UNBOUND;
            let gets_context = handles && !raised.is_unwound();
            let exception = exception::instance(thread, raised);
            let raised = if gets_context { Raised::instance(exception) } else { Raised::unwound(exception) };
            Interpreter::of(thread).raised.set(Some(raised));
            let exit = match unwind::unwind(thread) {
                Flow::LeaveRaised => Exit::Raised,
                _ => run(thread),
            };
            outcome(thread, generator, exit)
        }
    }
}

/// Ends a generator that was never resumed: it must not run.
fn take_window(generator: &Object<Generator>) -> Vec<Value> {
    generator.with(
        |generator| &generator.window,
        |window| {
            window.status = Status::Finished;
            std::mem::take(&mut window.slots)
        },
    )
}

/// Passes an error on to what `yield from` delegates to. `None`: the delegate does not take it.
fn throw_to_delegate(
    thread: &mut Thread,
    generator: &Object<Generator>,
    delegate: &Value,
    raised: &Raised,
) -> Run<Option<Resumed>> {
    let inner_raised = match raised.pending() {
        Pending::Instance(exception) | Pending::Unwound(exception) => exception.clone(),
        _ => return Ok(None),
    };
    if raised.is_kind(thread, ErrorKind::GeneratorExit) {
        let names = thread.known().names();
        if let Some(inner) = delegate.downcast_ref::<Generator>() {
            close(thread, inner)?;
        } else if let Some(method) = protocol::find_attr(thread, delegate, &names.close)? {
            protocol::call(thread, &method, crate::value::Args::positional(&[]))?;
        }
        return Ok(None);
    }
    let thrown = if let Some(inner) = delegate.downcast_ref::<Generator>() {
        throw(thread, inner, Raised::instance(inner_raised))
    } else {
        let names = thread.known().names();
        match protocol::find_attr(thread, delegate, &names.throw)? {
            None => return Ok(None),
            Some(method) => {
                let arguments = [inner_raised];
                protocol::call(thread, &method, crate::value::Args::positional(&arguments))
                    .map(Resumed::Yielded)
            }
        }
    };
    match thrown {
        Ok(Resumed::Yielded(value)) => Ok(Some(Resumed::Yielded(value))),
        Ok(Resumed::Returned(value)) => finish_delegation(thread, generator, value).map(Some),
        Err(error) if error.is_kind(thread, ErrorKind::StopIteration) => {
            let value = stop_value(thread, error)?;
            finish_delegation(thread, generator, value).map(Some)
        }
        Err(error) => {
            // The delegate is done for; the error is raised where `yield from` stands.
            forget_delegate(generator);
            throw(thread, generator, error).map(Some)
        }
    }
}

fn forget_delegate(generator: &Object<Generator>) {
    generator.with(|generator| &generator.window, |window| window.delegate = None);
}

/// The delegate returned: the generator goes on after its `yield from` with the value.
fn finish_delegation(thread: &mut Thread, generator: &Object<Generator>, value: Value) -> Run<Resumed> {
    let iterator = generator.with(
        |generator| &generator.window,
        |window| {
            window.delegate = None;
            // SAFETY: the word after `YieldFrom`, whose result replaces iterator and value sent.
            window.ip = unsafe { window.ip.add(1) };
            window.slots.pop()
        },
    );
    drop(iterator);
    send(thread, generator, value)
}

/// The value of a `StopIteration`.
pub fn stop_value(thread: &mut Thread, raised: Raised) -> Run<Value> {
    let exception = exception::instance(thread, raised);
    let name = thread.known().names().value.clone();
    protocol::get_attr(thread, &exception, &name)
}

/// `generator.close()`
pub fn close(thread: &mut Thread, generator: &Object<Generator>) -> Run<()> {
    match generator.status() {
        Status::Finished => return Ok(()),
        Status::Created => {
            drop(take_window(generator));
            return Ok(());
        }
        Status::Suspended | Status::Running => {}
    }
    let exit = exception::instance(thread, Raised::with(ErrorKind::GeneratorExit, Vec::new()));
    match throw(thread, generator, Raised::instance(exit)) {
        Ok(Resumed::Yielded(_)) => Err(Raised::runtime_error("generator ignored GeneratorExit")),
        Ok(Resumed::Returned(_)) => Ok(()),
        Err(raised)
            if raised.is_kind(thread, ErrorKind::GeneratorExit)
                || raised.is_kind(thread, ErrorKind::StopIteration) =>
        {
            Ok(())
        }
        Err(raised) => Err(raised),
    }
}

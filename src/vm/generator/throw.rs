//! `throw`: raises an error inside a suspended generator, or inside what it delegates to.
//!
//! A chain of generators that delegate to each other is entered from the outside in, as if each had resumed the next:
//! each frame waits at its `yield from`. Whatever the innermost generator then does with the error (it yields,
//! returns, or does not handle it) reaches the others in the same ways as after `send`. If a delegate is no
//! generator, its `throw` is called with the same arguments.
//!
//! Closing is in `close.rs`.

use crate::bytecode::WordOp;
use crate::protocol;
use crate::thread::Thread;
use crate::types::exception;
use crate::value::{Args, ErrorKind, Object, Raised, Ref, Run, Value};
use crate::vm::frame::asynchronous::generator_behind;
use crate::vm::frame::generator::{Generator, delegate_of, while_running};
use crate::vm::frame::tracing::Event;
use crate::vm::frame::{FrameFlags, HandledOutside, Interpreter, current};
use crate::vm::generator::close::close_delegate;
use crate::vm::generator::thrown::{is_given_kind, thrown};
use crate::vm::run::dispatch::{Exit, Flow, run};
use crate::vm::run::ops::generate;
use crate::vm::run::resume::{Resumed, check_reuse, outcome, push, stop_value};
use crate::vm::run::unwind;
use crate::vm::trace::{divert, report};

/// `generator.throw(…)` with one to three arguments.
/// Raises the given error if the generator does not handle it, what else the generator raises, `TypeError` for
/// arguments that are no exception, `ValueError` if it is running.
pub fn throw(thread: &mut Thread, generator: &Object<Generator>, given: &[Value]) -> Run<Resumed> {
    throw_closing(thread, generator, given, true)
}

/// Warns of the class, value and traceback of an error given apart from each other to a method. Raises the warning if
/// a filter says so.
pub fn warn_of_parts(thread: &mut Thread, given: &[Value], method: &str) -> Run<()> {
    if given.len() < 2 {
        return Ok(());
    }
    let text = format!(
        "the (type, exc, tb) signature of {method}() is deprecated, use the single-arg signature instead."
    );
    (thread.known().upper_floors.warn)(thread, ErrorKind::DeprecationWarning, &text)
}

/// Throws as `throw` does, with a choice of what `GeneratorExit` does to a delegate.
/// If `closes`, as for `throw`, the delegate is closed and `GeneratorExit` raised in the generator. Otherwise it is
/// thrown into the delegate like any other error, so that an asynchronous generator can await while it is closed.
/// Raises as `throw` does.
pub fn throw_closing(
    thread: &mut Thread,
    generator: &Object<Generator>,
    given: &[Value],
    closes: bool,
) -> Run<Resumed> {
    let mut target = generator.to_ref();
    let mut chain = Chain::new(thread, generator);
    let exits = closes && is_given_kind(thread, &given[0], ErrorKind::GeneratorExit);
    while let Some(delegate) = delegate_of(&target) {
        if exits {
            return match while_running(&target, || close_delegate(thread, delegate)) {
                Ok(()) => chain.throw_here(thread, target, given),
                Err(error) => chain.enter_and_raise(thread, target, error),
            };
        }
        let inner = match generator_behind(delegate) {
            Ok(inner) => inner,
            Err(delegate) => return chain.throw_to_iterator(thread, target, delegate, given),
        };
        if let Err(error) = chain.enter(thread, &target) {
            return chain.fail(thread, target, error);
        }
        target = inner;
    }
    chain.throw_here(thread, target, given)
}

/// Raises an error in a generator itself, where it is suspended, even if it delegates.
/// The error is raised again if the generator does not handle it. Raises also what else the generator raises,
/// `ValueError` if it is running, and `RuntimeError` for a finished coroutine.
pub fn raise_in(thread: &mut Thread, generator: &Object<Generator>, error: Raised) -> Run<Resumed> {
    Chain::new(thread, generator).enter_and_raise(thread, generator.to_ref(), error)
}

/// Generators that were entered, each waiting at its `yield from` for the next one.
struct Chain {
    /// The generator whose frame returns to native code.
    outermost: Ref<Generator>,
    /// How many of them have a frame on the stack.
    entered: usize,
    /// The exception that the caller of `throw` is handling.
    handled: Value,
}

impl Chain {
    fn new(thread: &Thread, generator: &Object<Generator>) -> Chain {
        Chain { outermost: generator.to_ref(), entered: 0, handled: unwind::handled(thread) }
    }

    /// Pushes the frame of the next generator of the chain; false if the generator is finished.
    /// Raises `ValueError` if it is running, `RecursionError`.
    fn enter(&mut self, thread: &Thread, generator: &Object<Generator>) -> Run<bool> {
        let flags = if self.entered == 0 { FrameFlags::ENTRY } else { FrameFlags::THROWN };
        let pushed = push(thread, generator, Value::NONE, flags)?.is_some();
        self.entered += usize::from(pushed);
        Ok(pushed)
    }

    /// Raises the exception that the arguments of `throw` give, in the last generator of the chain.
    fn throw_here(self, thread: &mut Thread, generator: Ref<Generator>, given: &[Value]) -> Run<Resumed> {
        match thrown(thread, given) {
            // It has the context it came with: what is handled by whoever throws it is none.
            Ok(exception) => self.enter_and_raise(thread, generator, Raised::unwound(exception)),
            Err(error) => self.fail(thread, generator, error),
        }
    }

    /// Enters the last generator of the chain and raises an error in it.
    fn enter_and_raise(
        mut self,
        thread: &mut Thread,
        generator: Ref<Generator>,
        error: Raised,
    ) -> Run<Resumed> {
        match self.enter(thread, &generator) {
            Ok(true) => {}
            Ok(false) => {
                let error = check_reuse(&generator).err().unwrap_or(error);
                return self.fail(thread, generator, error);
            }
            Err(error) => return self.fail(thread, generator, error),
        }
        // The word that yielded is the one that raises; of a generator that has not begun, the one that
        // made it.
        // SAFETY: the record was just pushed, so it is complete; a suspended generator stands behind a word of
        // its own code.
        let delegates = unsafe {
            let record = current(thread);
            let delegates = (*record).code().ordinary_word((*record).ip).op() == WordOp::YieldFrom;
            if !delegates {
                (*record).ip = (*record).ip.sub(1);
            }
            delegates
        };
        let mut error = error;
        if divert::is_on(thread) {
            match tell_of_throw(thread, error) {
                Ok(same) => error = same,
                Err(other) => return self.raise(thread, other),
            }
        }
        if delegates && error.is_kind(thread, ErrorKind::StopIteration) {
            // As if the delegate had ended.
            return self.fail(thread, generator, error);
        }
        self.raise(thread, error)
    }

    /// Calls `throw` of a delegate that is no generator; `generator` delegates to it.
    /// If the delegate has no `throw`, the exception is raised in `generator`.
    fn throw_to_iterator(
        mut self,
        thread: &mut Thread,
        generator: Ref<Generator>,
        delegate: Value,
        given: &[Value],
    ) -> Run<Resumed> {
        let name = thread.known().names().throw.clone();
        let method = match protocol::find_attr(thread, &delegate, &name) {
            Ok(Some(method)) => method,
            Ok(None) => return self.throw_here(thread, generator, given),
            // The generator stays where it is.
            Err(error) => {
                drop(delegate);
                return self.fail(thread, generator, error);
            }
        };
        // What the generators around are handling is not handled in there.
        let handled = unwind::replace_handled(thread, self.handled.clone());
        let called = while_running(&generator, || protocol::call(thread, &method, Args::positional(given)));
        drop(unwind::replace_handled(thread, handled));
        drop((method, delegate));
        match called {
            Ok(value) if self.entered == 0 => Ok(Resumed::Yielded(value)),
            Ok(value) => {
                let flow = generate::delivered(thread, value);
                debug_assert!(flow == Flow::Leave, "every frame of the chain passes the value on");
                outcome(thread, &self.outermost, Exit::Returned)
            }
            Err(error) => match self.enter(thread, &generator) {
                Ok(_) => self.fail(thread, generator, error),
                Err(too_deep) => self.fail(thread, generator, too_deep),
            },
        }
    }

    /// Hands an error to the innermost entered generator, whose delegate raised it.
    /// `StopIteration` ends the delegation, any other error is raised at the `yield from`. The delegate is released
    /// first, `done` among the references to it, as nothing else may keep it alive.
    fn fail(self, thread: &mut Thread, done: Ref<Generator>, error: Raised) -> Run<Resumed> {
        drop(done);
        if self.entered == 0 {
            return Err(error);
        }
        generate::release_delegate(thread);
        if !error.is_kind(thread, ErrorKind::StopIteration) {
            return self.raise(thread, error);
        }
        let value = stop_value(thread, error);
        generate::ended(thread, value)?;
        let exit = run(thread);
        outcome(thread, &self.outermost, exit)
    }

    /// Raises an error in the innermost entered generator.
    fn raise(self, thread: &mut Thread, error: Raised) -> Run<Resumed> {
        let error = self.with_context(thread, error);
        Interpreter::of(thread).raised.set(Some(error));
        let exit = match unwind::unwind(thread) {
            Flow::LeaveRaised => Exit::Raised,
            _ => run(thread),
        };
        outcome(thread, &self.outermost, exit)
    }

    /// Sets the context of an error that is raised in the innermost entered generator: the exception that the
    /// generator is handling; else the error keeps its context, or gets what the resuming code is handling.
    fn with_context(&self, thread: &mut Thread, error: Raised) -> Raised {
        // SAFETY: the innermost record is complete, and a generator's.
        let outside = unsafe { (*current(thread)).handled_outside() };
        let handles = outside == HandledOutside::IN_WINDOW;
        if !handles && error.is_unwound() {
            return error;
        }
        let exception = exception::instance(thread, error);
        if handles {
            return Raised::instance(exception);
        }
        unwind::set_context_to(&exception, &self.handled);
        Raised::unwound(exception)
    }
}

/// Tells tools and trace functions of an error that is thrown into the innermost frame. Raises what they raise.
#[cold]
fn tell_of_throw(thread: &mut Thread, error: Raised) -> Run<Raised> {
    let is_unwound = error.is_unwound();
    let exception = exception::instance(thread, error);
    let frame = current(thread);
    report::report(thread, frame, Event::Throw, &Value::NONE)?;
    report::tell_exception(thread, frame, Event::Throw, &exception)?;
    Ok(if is_unwound { Raised::unwound(exception) } else { Raised::instance(exception) })
}

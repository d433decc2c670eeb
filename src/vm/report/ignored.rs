//! Errors that nobody can catch, because no code of the program has called what raised them.
//!
//! The report is that of CPython's own printer: lines without marks, no causes, no notes, no suggestions.

use std::fmt::Write;

use crate::memory;
use crate::protocol;
use crate::thread::Thread;
use crate::types::class::unraisable_facts;
use crate::types::exception::{self, Exception};
use crate::value::{Args, Raised, Value};
use crate::vm::frame::traceback;
use crate::vm::report::traceback_text::Quoting;
use crate::vm::report::{append, qualified_name, write_error, write_stack};

/// Prints an error that nobody can catch, or calls the program's `sys.unraisablehook` with it.
///
/// The hook gets a message, which ends in the `repr` of the object if there is one; no message if the `repr` fails
/// (B-135 to B-140).
pub fn unraisable(thread: &mut Thread, raised: Raised, what: Option<&str>, object: Option<&Value>) {
    let exception = exception::instance(thread, raised);
    traceback::ensure(thread, &exception);
    let message = match (what, object) {
        (Some(what), Some(object)) => protocol::repr(thread, object)
            .ok()
            .and_then(|object| memory::formatted(format_args!("{what} {}", object.as_str())).ok()),
        (what, _) => what.map(str::to_owned),
    };
    match custom_hook(thread) {
        Some(hook) => call_hook(thread, &hook, &exception, message.as_deref()),
        None => write_ignored(thread, &exception, message.as_deref(), None),
    }
}

/// Writes an error that nobody can catch: what was going on, the traceback, the last line.
pub fn write_ignored(thread: &mut Thread, exception: &Value, message: Option<&str>, object: Option<&Value>) {
    // The program has put `None` there, or is at its very end: nobody wants to know.
    if thread
        .known()
        .sys_namespace()
        .get_str(&thread.known().names().stderr)
        .is_some_and(|stream| stream.is_none())
    {
        return;
    }
    let mut out = String::new();
    match (message, object) {
        (message, Some(object)) => {
            let object = protocol::repr(thread, object);
            let object = object.as_ref().map_or("<object repr() failed>", |text| text.as_str());
            let _ = write!(out, "{}: ", message.unwrap_or("Exception ignored in"));
            append(&mut out, object);
            out.push('\n');
        }
        (Some(message), None) => {
            append(&mut out, message);
            out.push_str(":\n");
        }
        (None, None) => {}
    }
    let mut stack = String::new();
    if write_stack(thread, &mut stack, exception, Quoting::FirstLine) {
        out.push_str("Traceback (most recent call last):\n");
        append(&mut out, &stack);
    }
    append(&mut out, &qualified_name(thread, exception));
    out.push_str(": ");
    match protocol::str(thread, exception) {
        Ok(text) => append(&mut out, text.as_str()),
        Err(_) => out.push_str("<exception str() failed>"),
    }
    out.push('\n');
    write_error(thread, &out);
}

/// Returns `sys.unraisablehook`, if the program has set one of its own.
fn custom_hook(thread: &mut Thread) -> Option<Value> {
    let name = thread.known().intern(thread, "unraisablehook");
    let hook = thread.known().sys_namespace().get_str(&name)?;
    let own = thread.known().intern(thread, "__unraisablehook__");
    let own = thread.known().sys_namespace().get_str(&own);
    (!hook.is_none() && own.is_none_or(|own| !own.is(&hook))).then_some(hook)
}

fn call_hook(thread: &mut Thread, hook: &Value, exception: &Value, message: Option<&str>) {
    let traceback = exception.downcast_ref::<Exception>().map_or(Value::NONE, |error| error.traceback.get());
    let message = message.map_or(Value::NONE, |message| thread.new_str(message));
    let class = protocol::class_of(thread, exception).into_value();
    let facts = unraisable_facts::new(thread, [class, exception.clone(), traceback, message, Value::NONE]);
    let called = facts.and_then(|facts| protocol::call(thread, hook, Args::positional(&[facts])));
    if let Err(raised) = called {
        let exception = exception::instance(thread, raised);
        write_ignored(thread, &exception, Some("Exception ignored in sys.unraisablehook"), Some(hook));
    }
}

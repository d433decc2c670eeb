//! Errors as the user sees them: uncaught exceptions with their causes, and those nobody can catch.
//!
//! Begin with `exception_text`. `entries.rs` reads a traceback back, `traceback_text.rs` writes its lines, with the source
//! and the marks of `quote.rs`, which `anchors.rs` places; `group.rs` writes the tree of an exception group, `ignored.rs` errors
//! that nobody can catch, `warn.rs` and `warn_options.rs` warnings,
//! `warning.rs` those about coroutines; `meant.rs` adds "Did you mean". `streams.rs` flushes what a program leaves
//! behind.

mod anchors;
mod entries;
mod group;
mod ignored;
mod lines;
mod meant;
mod quote;
mod streams;
mod traceback_text;
pub mod warn;
pub mod warn_options;
pub(super) mod warning;

use std::fmt::Write;

use crate::gc;
use crate::memory;
use crate::protocol;
use crate::sync::Ordering;
use crate::text::stored;
use crate::thread::Thread;
use crate::types::exception::syntax_error;
use crate::types::exception::{self, Exception};
use crate::value::{Args, ErrorKind, Kind, Name, Run, Value};
use crate::vm::report::group::{Margin, write_group};
use crate::vm::report::traceback_text::Quoting;

pub use ignored::{unraisable, write_ignored};
pub use streams::{flush_after_run, flush_at_end, write_out_streams};

const CAUSE: &str = "\nThe above exception was the direct cause of the following exception:\n\n";
const CONTEXT: &str = "\nDuring handling of the above exception, another exception occurred:\n\n";

/// Returns what CPython prints for an uncaught exception, causes and contexts first.
pub fn exception_text(thread: &mut Thread, exception: &Value) -> String {
    let mut out = String::new();
    write_chain(thread, &mut out, exception, &mut Margin::default());
    out
}

/// Writes an exception behind a margin, causes and contexts first.
pub fn write_chain(thread: &mut Thread, out: &mut String, exception: &Value, margin: &mut Margin) {
    let mut chain: Vec<(Value, &str)> = vec![(exception.clone(), "")];
    loop {
        let (last, _) = chain.last().expect("the chain begins with the exception");
        margin.shown.push(last.clone());
        let Some(error) = last.downcast_ref::<Exception>() else { break };
        let (cause, context) = (error.cause.get(), error.context.get());
        let (next, link) = if cause.downcast_ref::<Exception>().is_some() {
            (cause, CAUSE)
        } else if context.downcast_ref::<Exception>().is_some() && !error.suppress_context() {
            (context, CONTEXT)
        } else {
            break;
        };
        // One that is shown already, by this chain or an earlier one, ends the chain.
        if margin.shown.iter().any(|shown| shown.is(&next)) {
            break;
        }
        chain.push((next, link));
    }
    while let Some((exception, link)) = chain.pop() {
        if exception::group::is_group(thread, &exception) {
            write_group(thread, out, &exception, margin);
        } else {
            let mut stack = String::new();
            if write_stack(thread, &mut stack, &exception, Quoting::Marked) {
                margin.write(out, "Traceback (most recent call last):\n");
                margin.write(out, &stack);
            }
            write_last_lines(thread, out, &exception, margin);
        }
        margin.write(out, link);
    }
}

/// Writes the calls of a traceback; returns whether there are any.
pub fn write_stack(thread: &Thread, out: &mut String, exception: &Value, quoting: Quoting) -> bool {
    let Some(error) = exception.downcast_ref::<Exception>() else { return false };
    let mut entries = entries::entries(thread, &error.traceback.get()).peekable();
    let is_any = entries.peek().is_some();
    traceback_text::write_entries(out, entries, quoting);
    is_any
}

/// Appends what may be long, or says that there is no memory to show it.
pub fn append(out: &mut String, text: &str) {
    if memory::push_str(out, text).is_err() {
        out.push_str("<no memory to show this>");
    }
}

/// Writes the line with the name of the class and the message, and the notes below it.
pub fn write_last_lines(thread: &mut Thread, out: &mut String, exception: &Value, margin: &Margin) {
    let class = protocol::class_of(thread, exception);
    let mut text = qualified_name(thread, exception);
    if class.is_subclass_of(thread.known().error(ErrorKind::SyntaxError)) {
        text = syntax_error::shown(thread, exception, &text)
            .unwrap_or_else(|_| format!("{text}: <no memory to show this>"));
    } else {
        let mut message = match protocol::str(thread, exception) {
            Ok(text) => {
                memory::copy_text(text.as_str()).unwrap_or_else(|_| "<no memory to show this>".to_owned())
            }
            Err(_) => "<exception str() failed>".to_owned(),
        };
        append(&mut message, &meant::suggestion(thread, exception));
        if !message.is_empty() {
            text.push_str(": ");
            append(&mut text, &message);
        }
        text.push('\n');
    }
    margin.write(out, &text);
    for note in exception::notes(thread, exception) {
        margin.write(out, &note);
    }
}

/// Returns the class's name, with its module unless that is `__main__` or `builtins`.
fn qualified_name(thread: &mut Thread, exception: &Value) -> String {
    let class = protocol::class_of(thread, exception);
    let names = thread.known().names();
    let class_value = class.to_value();
    let qualname = protocol::find_attr(thread, &class_value, &names.qualname).ok().flatten();
    let module = protocol::find_attr(thread, &class_value, &names.module).ok().flatten();
    let qualname = qualname.and_then(Name::of).unwrap_or_else(|| class.name_text());
    let module =
        module.map_or(Name::Own("builtins"), |module| Name::of(module).unwrap_or(Name::Own("<unknown>")));
    let mut text = String::new();
    if !matches!(&*module, "builtins" | "__main__") {
        append(&mut text, &module);
        text.push('.');
    }
    append(&mut text, &qualname);
    text
}

/// Writes the message with which a program ends: like any error, but to the process's standard error if
/// `sys.stderr` is `None`.
pub fn write_last_words(thread: &mut Thread, text: &str) {
    let stream = thread.known().sys_namespace().get_str(&thread.known().names().stderr);
    if stream.is_some_and(|stream| stream.is_none()) {
        let _ = std::io::Write::write_all(&mut std::io::stderr(), stored::shown(text).as_bytes());
        return;
    }
    write_error(thread, text);
}

/// Writes to the program's `sys.stderr`; to the process's standard error if there is none or it fails; nowhere
/// if it is `None`.
pub fn write_error(thread: &mut Thread, text: &str) {
    let names = thread.known().names();
    let stream = thread.known().sys_namespace().get_str(&names.stderr);
    if stream.as_ref().is_some_and(Value::is_none) {
        return;
    }
    let written = stream.map(|stream| -> Run<Value> {
        let argument = thread.try_str(text)?;
        protocol::call_method(thread, &stream, &names.write, &[argument])
    });
    if !matches!(written, Some(Ok(_))) {
        // Where even that fails there is nobody left to tell.
        let _ = std::io::Write::write_all(&mut std::io::stderr(), stored::shown(text).as_bytes());
    }
}

/// Tells whether native code would catch an exception as being of this kind.
pub fn is_kind(thread: &Thread, exception: &Value, kind: ErrorKind) -> bool {
    protocol::is_instance_of(thread, exception, thread.known().error(kind))
}

/// What came of reporting an exception that nothing caught.
pub enum Uncaught {
    /// It was reported.
    Reported,
    /// An interrupt ended the hook that was to report it.
    Interrupted,
    /// The hook wants the program to end: the `SystemExit`.
    Exit(Value),
}

/// Reports an uncaught exception: calls `sys.excepthook` if the program has set one, else prints the traceback.
///
/// Returns what came of it.
#[must_use]
pub fn uncaught(thread: &mut Thread, exception: &Value) -> Uncaught {
    let name = thread.known().intern(thread, "excepthook");
    let Some(hook) = thread.known().sys_namespace().get_str(&name) else {
        let mut text = String::from("sys.excepthook is missing\n");
        append(&mut text, &exception_text(thread, exception));
        write_error(thread, &text);
        return Uncaught::Reported;
    };
    if hook.kind() == Kind::NativeFunction {
        let text = exception_text(thread, exception);
        write_error(thread, &text);
        return Uncaught::Reported;
    }
    let class = protocol::class_of(thread, exception).into_value();
    let traceback = exception.downcast_ref::<Exception>().map_or(Value::NONE, |error| error.traceback.get());
    let arguments = [class, exception.clone(), traceback];
    let Err(raised) = protocol::call(thread, &hook, Args::positional(&arguments)) else {
        return Uncaught::Reported;
    };
    let error = exception::instance(thread, raised);
    if is_kind(thread, &error, ErrorKind::SystemExit) {
        return Uncaught::Exit(error);
    }
    let mut text = String::from("Error in sys.excepthook:\n");
    append(&mut text, &exception_text(thread, &error));
    text.push_str("\nOriginal exception was:\n");
    append(&mut text, &exception_text(thread, exception));
    write_error(thread, &text);
    match is_kind(thread, &error, ErrorKind::KeyboardInterrupt) {
        true => Uncaught::Interrupted,
        false => Uncaught::Reported,
    }
}

/// Reports objects that are left in `gc.garbage` (B-144).
pub fn garbage(thread: &mut Thread) {
    let garbage = thread.known().gc_garbage().clone();
    let flags = gc::DebugFlags::from_bits_retain(thread.runtime().gc.debug.load(Ordering::Relaxed));
    let count = garbage.len();
    if count == 0 || flags.contains(gc::DebugFlags::SAVEALL) {
        return;
    }
    let mut text = format!("gc:0: ResourceWarning: gc: {count} uncollectable objects at shutdown");
    if flags.contains(gc::DebugFlags::UNCOLLECTABLE) {
        let list = match protocol::repr(thread, garbage.as_value()) {
            Ok(list) => list.as_str().to_owned(),
            Err(_) => "<object repr() failed>".to_owned(),
        };
        text.push_str(&format!("\n      {list}\n"));
    } else {
        text.push_str("; use gc.set_debug(gc.DEBUG_UNCOLLECTABLE) to list them\n");
    }
    write_error(thread, &text);
}

/// Returns what `--gc-stats` prints.
pub fn statistics(thread: &mut Thread) -> String {
    let settings = &thread.runtime().gc;
    let stats = *settings.stats.lock();
    let mut out = String::new();
    for (generation, stats) in stats.iter().enumerate() {
        let _ = writeln!(
            out,
            "generation {generation}: {} collections, {} collected, {} uncollectable, {:.1} ms",
            stats.collections,
            stats.collected,
            stats.uncollectable,
            stats.duration * 1000.0
        );
    }
    let pauses = settings.pauses.load(Ordering::Relaxed);
    let pool = thread.runtime().pool().stats();
    let _ = writeln!(out, "{pauses} pauses, {} pages of objects in {} segments", pool.pages, pool.segments);
    out
}

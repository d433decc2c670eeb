//! Errors as the user sees them: uncaught exceptions with their causes, and those nobody can catch.
//!
//! Begin with `exception_text`. `entries.rs` reads a traceback back, `traceback_text.rs` writes its lines and carets,
//! `group.rs` the tree of an exception group, `warning.rs` warnings.

pub(super) mod entries;
pub(super) mod group;
pub(super) mod traceback_text;
pub(super) mod warning;

use std::fmt::Write;

use crate::gc;
use crate::memory::{self, Chunks};
use crate::protocol;
use crate::sync::Ordering;
use crate::text::suggest::suggest_among;
use crate::thread::Thread;
use crate::types::class::unraisable_facts;
use crate::types::exception::syntax_error;
use crate::types::exception::{self, Exception};
use crate::types::file::stream::Stream;
use crate::value::{Args, ErrorKind, Kind, Name, Object, Raised, Run, Str, Value};
use crate::vm::frame::traceback;
use crate::vm::machine::Machine;
use crate::vm::report::group::{Margin, write_group};

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
            if write_stack(&mut stack, &exception) {
                margin.write(out, "Traceback (most recent call last):\n");
                margin.write(out, &stack);
            }
            write_last_lines(thread, out, &exception, margin);
        }
        margin.write(out, link);
    }
}

/// Writes the calls of a traceback; returns whether there are any.
pub fn write_stack(out: &mut String, exception: &Value) -> bool {
    let Some(error) = exception.downcast_ref::<Exception>() else { return false };
    let mut entries = entries::entries(&error.traceback.get()).peekable();
    let is_any = entries.peek().is_some();
    let mut files = Files::default();
    traceback_text::write_entries(out, entries, |file, line| files.line(file, line));
    is_any
}

/// Appends what may be long, or says that there is no memory to show it.
pub fn append(out: &mut String, text: &str) {
    if memory::push_str(out, text).is_err() {
        out.push_str("<no memory to show this>");
    }
}

/// Writes one exception: its traceback, then its last line.
fn write_one(thread: &mut Thread, out: &mut String, exception: &Value) {
    let mut stack = String::new();
    if write_stack(&mut stack, exception) {
        out.push_str("Traceback (most recent call last):\n");
        out.push_str(&stack);
    }
    write_last_lines(thread, out, exception, &Margin::default());
}

/// Writes the line with the name of the class and the message, and the notes below it.
///
/// As in CPython the margin is before the first line of a message only, but before every line of a note.
pub fn write_last_lines(thread: &mut Thread, out: &mut String, exception: &Value, margin: &Margin) {
    let class = protocol::class_of(thread, exception);
    let name = qualified_name(thread, exception);
    let is_syntax = class.is_subclass_of(thread.known().error(ErrorKind::SyntaxError));
    let (own, shown);
    let message = match if is_syntax { syntax_error::excerpt(thread, exception) } else { None } {
        Some((excerpt, message)) => {
            margin.write(out, &excerpt);
            own = message;
            &own
        }
        None => match protocol::str(thread, exception) {
            Ok(text) => {
                shown = text;
                shown.as_str()
            }
            Err(_) => "<exception str() failed>",
        },
    };
    margin.begin(out);
    append(out, &name);
    if !message.is_empty() {
        out.push_str(": ");
        append(out, message);
    }
    let meant = exception::suggest::suggest(thread, exception).or_else(|| suggest_name(thread, exception));
    if let Some(suggestion) = meant {
        let _ = write!(out, ". Did you mean: '{suggestion}'?");
    }
    out.push('\n');
    for note in exception::notes(thread, exception) {
        margin.write(out, &note);
        out.push('\n');
    }
}

/// Returns the name that the program probably meant in a `NameError`: a variable of the innermost frame, a
/// global or a built-in name.
fn suggest_name(thread: &mut Thread, error: &Value) -> Option<String> {
    if !is_kind(thread, error, ErrorKind::NameError) {
        return None;
    }
    let name = exception::payload(error).field(exception::places::name_error::name::PLACE);
    let name = name.downcast_ref::<Str>()?;
    let frame = traceback::innermost(&exception::payload(error).traceback.get())?;
    let locals = frame.locals(thread).ok()?;
    let globals = frame.function.globals.to_value();
    let builtins = Machine::of(thread).builtins.to_value();
    [locals, globals, builtins].iter().find_map(|namespace| {
        let names = exception::suggest::names_in(namespace);
        suggest_among(name.as_str(), names.iter().map(String::as_str))
    })
}

/// Returns the class's name, with its module unless that is `__main__` or `builtins`.
fn qualified_name(thread: &mut Thread, exception: &Value) -> String {
    let class = protocol::class_of(thread, exception);
    let names = thread.known().names();
    let class_value = class.to_value();
    let qualname = protocol::find_attr(thread, &class_value, &names.qualname).ok().flatten();
    let module = protocol::find_attr(thread, &class_value, &names.module).ok().flatten();
    let qualname = qualname.and_then(Name::of).unwrap_or_else(|| class.name_text());
    let mut text = String::new();
    if let Some(module) =
        module.and_then(Name::of).filter(|module| !matches!(&**module, "builtins" | "__main__"))
    {
        append(&mut text, &module);
        text.push('.');
    }
    append(&mut text, &qualname);
    text
}

/// Returns a line of a source file.
fn source_line(file: &str, line: u32) -> Option<String> {
    Files::default().line(file, line)
}

/// The lines of source files; each file is read once.
#[derive(Default)]
struct Files(std::collections::HashMap<String, Lines>);

/// The text of a file, and where its lines begin.
struct Lines {
    text: Vec<u8>,
    starts: Chunks<usize>,
}

impl Files {
    fn line(&mut self, file: &str, line: u32) -> Option<String> {
        if file.starts_with('<') {
            return None;
        }
        let lines = self.0.entry(file.to_owned()).or_insert_with(|| Lines::read(file));
        lines.get((line as usize).checked_sub(1)?)
    }
}

impl Lines {
    /// Reads a file. One that cannot be read, or for which there is no memory, has no lines.
    fn read(file: &str) -> Lines {
        let text = std::fs::read(file).unwrap_or_default();
        let ends = memchr::memchr_iter(b'\n', &text).map(|end| end + 1);
        let starts = std::iter::once(0).chain(ends).filter(|&start| start < text.len()).collect();
        Lines { text, starts }
    }

    fn get(&self, index: usize) -> Option<String> {
        let rest = &self.text[*self.starts.get(index)?..];
        let line = &rest[..memchr::memchr(b'\n', rest).unwrap_or(rest.len())];
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        memory::copy_text(&String::from_utf8_lossy(line)).ok()
    }
}

/// Prints an error that nobody can catch, or calls the program's `sys.unraisablehook` with it.
///
/// With an object: "MESSAGE: REPR"; without: "MESSAGE:" (B-135 to B-140). Of the two sets of texts that CPython
/// has had, these are those of 3.11, with the callable as the object, not those of 3.14 (B-139).
pub fn unraisable(thread: &mut Thread, raised: Raised, message: Option<&str>, object: Option<&Value>) {
    let exception = exception::instance(thread, raised);
    traceback::ensure(thread, &exception);
    if let Some(hook) = custom_hook(thread) {
        call_hook(thread, &hook, &exception, message, object);
        return;
    }
    write_ignored(thread, &exception, message, object);
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
            let _ = writeln!(out, "{message}:");
        }
        (None, None) => {}
    }
    write_one(thread, &mut out, exception);
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

fn call_hook(
    thread: &mut Thread,
    hook: &Value,
    exception: &Value,
    message: Option<&str>,
    object: Option<&Value>,
) {
    let traceback = exception.downcast_ref::<Exception>().map_or(Value::NONE, |error| error.traceback.get());
    let message = message.map_or(Value::NONE, |message| thread.new_str(message));
    let class = protocol::class_of(thread, exception).into_value();
    let object = object.cloned().unwrap_or(Value::NONE);
    let facts = unraisable_facts::new(thread, [class, exception.clone(), traceback, message, object]);
    let called = facts.and_then(|facts| protocol::call(thread, hook, Args::positional(&[facts])));
    if let Err(raised) = called {
        let exception = exception::instance(thread, raised);
        traceback::ensure(thread, &exception);
        write_ignored(thread, &exception, Some("Exception ignored in sys.unraisablehook"), Some(hook));
    }
}

/// Writes the message with which a program ends: like any error, but to the process's standard error if
/// `sys.stderr` is `None`.
pub fn write_last_words(thread: &mut Thread, text: &str) {
    let stream = thread.known().sys_namespace().get_str(&thread.known().names().stderr);
    if stream.is_some_and(|stream| stream.is_none()) {
        let _ = std::io::Write::write_all(&mut std::io::stderr(), text.as_bytes());
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
        let _ = std::io::Write::write_all(&mut std::io::stderr(), text.as_bytes());
    }
}

/// Tells whether native code would catch an exception as being of this kind.
pub fn is_kind(thread: &Thread, exception: &Value, kind: ErrorKind) -> bool {
    protocol::is_instance_of(thread, exception, thread.known().error(kind))
}

/// Reports an uncaught exception: calls `sys.excepthook` if the program has set one, else prints the traceback.
///
/// Returns the `SystemExit` that the hook raised, if it did.
#[must_use]
pub fn uncaught(thread: &mut Thread, exception: &Value) -> Option<Value> {
    let name = thread.known().intern(thread, "excepthook");
    let Some(hook) = thread.known().sys_namespace().get_str(&name) else {
        let mut text = String::from("sys.excepthook is missing\n");
        append(&mut text, &exception_text(thread, exception));
        write_error(thread, &text);
        return None;
    };
    if hook.kind() == Kind::NativeFunction {
        let text = exception_text(thread, exception);
        write_error(thread, &text);
        return None;
    }
    let class = protocol::class_of(thread, exception).into_value();
    let traceback = exception.downcast_ref::<Exception>().map_or(Value::NONE, |error| error.traceback.get());
    let raised =
        protocol::call(thread, &hook, Args::positional(&[class, exception.clone(), traceback])).err()?;
    let error = exception::instance(thread, raised);
    if is_kind(thread, &error, ErrorKind::SystemExit) {
        return Some(error);
    }
    let mut text = String::from("Error in sys.excepthook:\n");
    append(&mut text, &exception_text(thread, &error));
    text.push_str("\nOriginal exception was:\n");
    append(&mut text, &exception_text(thread, exception));
    write_error(thread, &text);
    None
}

/// Returns a stream of the `sys` module that can be flushed: neither deleted nor `None` nor closed.
fn open_stream(thread: &mut Thread, name: &Object<Str>) -> Option<Value> {
    let stream = thread.known().sys_namespace().get_str(name).filter(|stream| !stream.is_none())?;
    let closed = thread.known().intern(thread, "closed");
    let is_closed = match protocol::get_attr(thread, &stream, &closed) {
        Ok(closed) => protocol::is_true(thread, &closed).unwrap_or(false),
        Err(_) => false,
    };
    (!is_closed).then_some(stream)
}

fn flush_stream(thread: &mut Thread, stream: &Value) -> Run<()> {
    let flush = &thread.known().names().flush;
    protocol::call_method(thread, stream, flush, &[]).map(drop)
}

/// Calls `flush` of `sys.stderr` and `sys.stdout` after a program has run; errors show up again at the end
/// (CPython: flush_io).
pub fn flush_after_run(thread: &mut Thread) {
    let names = thread.known().names();
    for name in [&names.stderr, &names.stdout] {
        if let Some(stream) = thread.known().sys_namespace().get_str(name).filter(|stream| !stream.is_none())
        {
            let _ = flush_stream(thread, &stream);
        }
    }
}

/// Calls `flush` of `sys.stdout` and `sys.stderr` when the program ends, and reports what cannot be written.
/// Returns whether everything was written (CPython: flush_std_files).
pub fn flush_at_end(thread: &mut Thread) -> bool {
    let names = thread.known().names();
    let mut all = true;
    if let Some(stream) = open_stream(thread, &names.stdout)
        && let Err(raised) = flush_stream(thread, &stream)
    {
        unraisable(thread, raised, None, Some(&stream));
        if let Some(stream) = stream.downcast_ref::<Stream>() {
            stream.give_up();
        }
        all = false;
    }
    if let Some(stream) = open_stream(thread, &names.stderr)
        && flush_stream(thread, &stream).is_err()
    {
        all = false;
    }
    all & write_out_streams(thread)
}

/// Writes what is left in the buffers of the process's standard streams, whatever the program stored in `sys`.
/// Returns whether everything was written; a failure is reported once.
pub fn write_out_streams(thread: &mut Thread) -> bool {
    let mut all = true;
    for number in 1..=2 {
        let Some(stream) = Machine::of(thread).streams[number].clone() else { continue };
        let Err(raised) = stream.write_out(thread) else { continue };
        stream.give_up();
        if number == 1 {
            unraisable(thread, raised, None, Some(stream.as_value()));
        }
        all = false;
    }
    all
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

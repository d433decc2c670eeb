//! `print` and `input`.
//!
//! A line of exact `str` objects for the standard stream itself is put together and written in one call. Any
//! other object in `sys.stdout` gets its `write` method called piece by piece, because it may observe the
//! calls.

use crate::memory;
use crate::protocol::{self, call_method, type_name};
use crate::text::stored;
use crate::thread::Thread;
use crate::types::file::stream::Stream;
use crate::value::{Args, ErrorKind, NativeMethod, Object, Raised, Ref, Run, Str, Value};
use crate::vm::machine::Machine;

/// The functions of this file.
pub const TABLE: &[NativeMethod] = &[
    NativeMethod::function("print", "*args, sep=' ', end='\\n', file=None, flush=False", print),
    NativeMethod::function("input", "prompt='', /", input),
];

fn print(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [sep, end, file, flush] = ["sep", "end", "file", "flush"].map(|name| args.keyword(name));
    let sep = text_or(thread, sep, "sep", " ")?;
    let end = text_or(thread, end, "end", "\n")?;
    let file = match file.filter(|file| !file.is_none()) {
        Some(file) => file.clone(),
        None => standard(thread, &thread.known().names().stdout, "lost sys.stdout")?,
    };
    if file.is_none() {
        return Ok(Value::NONE);
    }
    let flush = match flush {
        Some(flush) => protocol::is_true(thread, flush)?,
        None => false,
    };
    match file.downcast_exact::<Stream>() {
        Some(stream) => print_line(thread, stream, args.positionals(), &sep, &end)?,
        None => print_pieces(thread, &file, args.positionals(), &sep, &end)?,
    }
    if flush {
        flush_stream(thread, &file)?;
    }
    Ok(Value::NONE)
}

fn print_line(
    thread: &mut Thread,
    stream: &Object<Stream>,
    items: &[Value],
    sep: &str,
    end: &str,
) -> Run<()> {
    if let [only] = items
        && let Some(text) = only.downcast_exact::<Str>()
        && text.as_str().len() > 4096
    {
        // Not worth a copy.
        stream.write_text(thread, text.as_str())?;
        return stream.write_text(thread, end);
    }
    let mut line = String::new();
    let sep_is_plain = sep.len() <= 1 || !stored::may_have_pairs(sep);
    for (index, item) in items.iter().enumerate() {
        if index > 0 && sep_is_plain {
            memory::push_str(&mut line, sep)?;
        } else if index > 0 {
            write_apart(thread, stream, &mut line, sep)?;
        }
        if let Some(int) = item.as_small_int() {
            memory::push_str(&mut line, &int.to_string())?;
        } else if let Some(text) = item.downcast_exact::<Str>().filter(|text| text.is_ascii()) {
            memory::push_str(&mut line, text.as_str())?;
        } else {
            // Making a text of it may print, or fail.
            if !line.is_empty() && item.as_float_exact().is_none() && item.downcast_exact::<Str>().is_none() {
                stream.write_text(thread, &std::mem::take(&mut line))?;
            }
            let text = protocol::str(thread, item)?;
            if stored::may_have_pairs(text.as_str()) {
                write_apart(thread, stream, &mut line, text.as_str())?;
            } else {
                memory::push_str(&mut line, text.as_str())?;
            }
        }
    }
    if stored::may_have_pairs(end) {
        return write_apart(thread, stream, &mut line, end);
    }
    memory::push_str(&mut line, end)?;
    stream.write_text(thread, &line)
}

/// Writes a line as far as it goes, and then a text with surrogates, which may be refused.
#[cold]
fn write_apart(thread: &mut Thread, stream: &Object<Stream>, line: &mut String, text: &str) -> Run<()> {
    stream.write_text(thread, &std::mem::take(line))?;
    stream.write_text(thread, text)
}

fn print_pieces(thread: &mut Thread, file: &Value, items: &[Value], sep: &str, end: &str) -> Run<()> {
    let write = protocol::get_attr(thread, file, &thread.known().names().write)?;
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            let sep = thread.try_str(sep)?;
            protocol::call(thread, &write, Args::positional(&[sep]))?;
        }
        let text = protocol::str(thread, item)?.into_value();
        protocol::call(thread, &write, Args::positional(&[text]))?;
    }
    let end = thread.try_str(end)?;
    protocol::call(thread, &write, Args::positional(&[end])).map(drop)
}

fn flush_stream(thread: &mut Thread, file: &Value) -> Run<()> {
    call_method(thread, file, &thread.known().names().flush, &[]).map(drop)
}

fn text_or(thread: &mut Thread, given: Option<&Value>, name: &str, default: &str) -> Run<String> {
    match given.filter(|given| !given.is_none()) {
        None => Ok(default.to_owned()),
        Some(given) => match given.downcast_ref::<Str>() {
            // A class derived from `str` may print as something else.
            Some(_) => Ok(memory::copy_text(protocol::str(thread, given)?.as_str())?),
            None => Err(Raised::type_error(format_args!(
                "{name} must be None or a string, not {}",
                type_name(thread, given)
            ))),
        },
    }
}

/// Returns a stream of the `sys` module, whatever the program stored there.
fn standard(thread: &Thread, name: &Object<Str>, lost: &str) -> Run<Value> {
    let found = thread.known().sys_namespace().get_str(name);
    found.ok_or_else(|| Raised::new(ErrorKind::RuntimeError, lost))
}

fn end_of_input() -> Raised {
    Raised::new(ErrorKind::EOFError, "EOF when reading a line")
}

/// Reads a line from the editor of a session, if both streams are those of its terminal. The inner `None` is
/// the end of input.
fn typed_line(
    thread: &mut Thread,
    stdin: &Value,
    stdout: &Value,
    prompt: Option<&Value>,
) -> Run<Option<Option<String>>> {
    let [input, output, _] = &Machine::of(thread).streams;
    let is_own = |stream: &Option<Ref<Stream>>, value: &Value| {
        stream.as_ref().is_some_and(|stream| stream.as_value().is(value))
    };
    if !is_own(input, stdin) || !is_own(output, stdout) {
        return Ok(None);
    }
    let Some(read) = Machine::of(thread).typed_lines.lock().clone() else { return Ok(None) };
    let prompt = match prompt {
        Some(prompt) => stored::shown(protocol::str(thread, prompt)?.as_str()).into_owned(),
        None => String::new(),
    };
    flush_stream(thread, stdout)?;
    thread.detached(|| read(&prompt)).map(Some)
}

fn input(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let prompt = args.positionals().first();
    let [stdin, stdout, stderr] = ["stdin", "stdout", "stderr"].map(|name| {
        let key = thread.known().intern(thread, name);
        match standard(thread, &key, "") {
            Ok(stream) if !stream.is_none() => Ok(stream),
            _ => Err(Raised::new(ErrorKind::RuntimeError, format_args!("input(): lost sys.{name}"))),
        }
    });
    let (stdin, stdout, stderr) = (stdin?, stdout?, stderr?);
    let _ = flush_stream(thread, &stderr);
    if let Some(line) = typed_line(thread, &stdin, &stdout, prompt)? {
        return line.map(|line| thread.new_str(&stored::stored(&line))).ok_or_else(end_of_input);
    }
    if let Some(prompt) = prompt {
        let text = protocol::str(thread, prompt)?.into_value();
        call_method(thread, &stdout, &thread.known().names().write, &[text])?;
    }
    // What cannot be flushed was told, or will be at the end (CPython: it is passed over, too).
    let _ = flush_stream(thread, &stdout);
    let line = match stdin.downcast_exact::<Stream>() {
        Some(stream) => {
            let line = stream.read_line(thread, None)?;
            if let Some(stdout) = stdout.downcast_exact::<Stream>() {
                // The line that was typed has ended the one with the prompt.
                stdout.end_line();
            }
            thread.new_string(line)
        }
        None => {
            let name = thread.known().intern(thread, "readline");
            call_method(thread, &stdin, &name, &[])?
        }
    };
    let line: Ref<Str> =
        line.downcast().map_err(|_| Raised::type_error("object.readline() returned non-string"))?;
    if line.as_str().is_empty() {
        return Err(end_of_input());
    }
    Ok(thread.new_str(line.as_str().strip_suffix('\n').unwrap_or(line.as_str())))
}

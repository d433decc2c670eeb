//! The methods and attributes of files.

use std::io::SeekFrom;

use crate::protocol::{self, type_name};
use crate::thread::Thread;
use crate::types::file::unsupported::unsupported;
use crate::types::file::{self, State, close, is_closed, is_text, with_state};
use crate::types::object::bytes_like::{contents, new_bytes};
use crate::value::{Args, ErrorKind, List, NativeAttribute, NativeMethod, Raised, Run, Str, Value};

/// Returns an argument that counts characters or bytes; `None` if it is missing, `None` or negative, which mean
/// all.
fn count(thread: &mut Thread, value: Option<&Value>) -> Run<Option<usize>> {
    let Some(value) = value.filter(|value| !value.is_none()) else { return Ok(None) };
    if value.as_integer().is_none() && protocol::slots_of(thread, value).index.is_none() {
        let given = type_name(thread, value);
        return Err(Raised::type_error(format_args!("argument should be integer or None, not '{given}'")));
    }
    Ok(usize::try_from(protocol::index_isize(thread, value)?).ok())
}

/// Returns the file that a method is called on, and its only argument, if there is one.
fn one_optional<'a>(args: Args<'a>) -> (&'a Value, Option<&'a Value>) {
    (args.get(0).expect("a method gets `self`"), args.get(1))
}

fn only_file<'a>(args: Args<'a>) -> &'a Value {
    let [file] = args.exactly();
    file
}

fn read(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (file, given) = one_optional(args);
    if !is_text(file) && given.and_then(Value::as_i64).is_some_and(|count| count < -1) {
        return Err(Raised::value_error("read length must be non-negative or -1"));
    }
    let count = count(thread, given)?;
    with_state(thread, file, "read", |thread, state| {
        state.check_reads(thread, "read")?;
        match &mut state.text {
            Some(text) => {
                let text = text.read(thread, &mut state.bytes, count)?;
                Ok(thread.new_string(text))
            }
            None => {
                let bytes = match count {
                    None => state.bytes.read_all(thread)?,
                    Some(count) => state.bytes.read(thread, count)?,
                };
                Ok(new_bytes(thread, bytes))
            }
        }
    })
}

/// Reads the next line; `None` at the end.
fn line(thread: &mut Thread, state: &mut State, limit: Option<usize>) -> Run<Option<Value>> {
    match &mut state.text {
        Some(text) => {
            let line = text.read_line(thread, &mut state.bytes, limit)?;
            Ok((!line.is_empty()).then(|| thread.new_string(line)))
        }
        None => {
            let line = state.bytes.read_line(thread, limit)?;
            Ok((!line.is_empty()).then(|| new_bytes(thread, line)))
        }
    }
}

fn empty(thread: &Thread, file: &Value) -> Value {
    if is_text(file) { thread.new_str("") } else { new_bytes(thread, Vec::new()) }
}

fn readline(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (file, given) = one_optional(args);
    let limit = match given {
        Some(limit) if is_text(file) => usize::try_from(protocol::index_isize(thread, limit)?).ok(),
        given => count(thread, given)?,
    };
    let line = with_state(thread, file, "readline", |thread, state| {
        state.check_reads(thread, "read")?;
        line(thread, state, limit)
    })?;
    Ok(line.unwrap_or_else(|| empty(thread, file)))
}

fn readlines(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (file, given) = one_optional(args);
    let hint = count(thread, given)?.filter(|&hint| hint > 0);
    with_state(thread, file, "", |_, _| Ok(()))?;
    let (mut lines, mut length) = (Vec::new(), 0);
    while let Some(line) = next(thread, file)? {
        length += protocol::len(thread, &line)?;
        lines.push(line);
        if hint.is_some_and(|hint| length > hint) {
            break;
        }
    }
    Ok(thread.alloc(List::new(lines)).into_value())
}

/// Computes `iter(file)`, which is the file itself. Raises `ValueError` if it is closed.
pub fn iter(thread: &mut Thread, file: &Value) -> Run<Value> {
    with_state(thread, file, "", |_, _| Ok(()))?;
    Ok(file.clone())
}

/// Computes `next(file)`, a line. While a text file is iterated over, `tell` is refused. Raises `ValueError` if
/// the file is closed, `UnsupportedOperation` if it is not read, and what reading raises.
pub fn next(thread: &mut Thread, file: &Value) -> Run<Option<Value>> {
    with_state(thread, file, "readline", |thread, state| {
        if let Some(text) = &mut state.text {
            text.tells = false;
        }
        state.check_reads(thread, "read")?;
        let line = line(thread, state, None)?;
        if let (None, Some(text)) = (&line, &mut state.text) {
            text.tells = true;
        }
        Ok(line)
    })
}

fn write(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [data] = args.skip_first().exactly();
    write_one(thread, args.get(0).expect("a method gets `self`"), data)
}

fn write_one(thread: &mut Thread, file: &Value, data: &Value) -> Run<Value> {
    let wrong = |thread: &mut Thread, complaint: &str, end: &str| {
        let given = type_name(thread, data);
        Err(Raised::type_error(format_args!("{complaint}{given}{end}")))
    };
    let bytes = if is_text(file) { None } else { contents(thread, data)? };
    match (is_text(file), data.downcast_ref::<Str>(), bytes) {
        (true, Some(text), _) => with_state(thread, file, "write", |thread, state| {
            state.check_writes(thread, "write")?;
            let side = state.text.as_mut().expect("a text file has a text side");
            let bytes = side.encode(thread, text.as_str())?;
            let writes_lines = side.writes_lines && text.as_str().contains(['\n', '\r']);
            side.forget();
            state.bytes.write(thread, &bytes)?;
            if writes_lines {
                state.bytes.flush(thread)?;
            }
            Ok(thread.new_usize(text.char_count()))
        }),
        (false, _, Some(bytes)) => {
            if is_closed(file) {
                return Err(Raised::value_error("write to closed file"));
            }
            with_state(thread, file, "write", |thread, state| {
                state.check_writes(thread, "write")?;
                state.bytes.write(thread, &bytes)?;
                Ok(thread.new_usize(bytes.len()))
            })
        }
        (true, ..) => wrong(thread, "write() argument must be str, not ", ""),
        (false, ..) => wrong(thread, "a bytes-like object is required, not '", "'"),
    }
}

fn writelines(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [lines] = args.skip_first().exactly();
    let file = args.get(0).expect("a method gets `self`");
    with_state(thread, file, "", |_, _| Ok(()))?;
    protocol::for_each(thread, lines, |thread, line| write_one(thread, file, &line).map(drop))?;
    Ok(Value::NONE)
}

fn flush(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let file = only_file(args);
    with_state(thread, file, "flush", |thread, state| state.bytes.flush(thread))?;
    Ok(Value::NONE)
}

/// Returns where `seek` is to go, from its arguments.
fn target(thread: &mut Thread, file: &Value, offset: &Value, whence: Option<&Value>) -> Run<SeekFrom> {
    let offset = protocol::index_isize(thread, offset)? as i64;
    let whence = match whence {
        Some(whence) => protocol::index_isize(thread, whence)?,
        None => 0,
    };
    match (whence, is_text(file)) {
        (0, true) if offset < 0 => Err(Raised::value_error(format_args!("negative seek position {offset}"))),
        (0, false) if offset < 0 => {
            let error = std::io::Error::from_raw_os_error(rustix::io::Errno::INVAL.raw_os_error());
            Err(crate::types::exception::errno::raise(thread, &error, None))
        }
        (0, _) => Ok(SeekFrom::Start(offset as u64)),
        (1, true) if offset != 0 => Err(unsupported(thread, "can't do nonzero cur-relative seeks")),
        (2, true) if offset != 0 => Err(unsupported(thread, "can't do nonzero end-relative seeks")),
        (1, _) => Ok(SeekFrom::Current(offset)),
        (2, _) => Ok(SeekFrom::End(offset)),
        (_, true) => Err(Raised::value_error(format_args!("invalid whence ({whence}, should be 0, 1 or 2)"))),
        (_, false) => Err(Raised::value_error(format_args!("whence value {whence} unsupported"))),
    }
}

fn seek(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let given = args.skip_first().positionals();
    let file = args.get(0).expect("a method gets `self`");
    with_state(thread, file, "seek", |_, _| Ok(()))?;
    let to = target(thread, file, &given[0], given.get(1))?;
    let position = with_state(thread, file, "seek", |thread, state| {
        let to = match (&mut state.text, to) {
            (Some(text), SeekFrom::Current(_)) => {
                let end = state.bytes.position(thread)?;
                SeekFrom::Start(text.position(thread, end)?)
            }
            (_, to) => to,
        };
        if let Some(text) = &mut state.text {
            text.forget();
            text.tells = true;
        }
        let position = state.bytes.seek(thread, to)?;
        if let Some(text) = &mut state.text {
            text.is_moved_to(position);
        }
        Ok(position)
    })?;
    Ok(thread.new_usize(position as usize))
}

fn position(thread: &mut Thread, state: &mut State) -> Run<u64> {
    let end = state.bytes.position(thread)?;
    match &state.text {
        Some(text) => text.position(thread, end),
        None => Ok(end),
    }
}

fn tell(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let file = only_file(args);
    if !is_text(file) && is_closed(file) {
        return Err(Raised::value_error("I/O operation on closed file"));
    }
    let position = with_state(thread, file, "", |thread, state| {
        if state.text.as_ref().is_some_and(|text| !text.tells) {
            return Err(Raised::new(ErrorKind::OSError, "telling position disabled by next() call"));
        }
        position(thread, state)
    })?;
    Ok(thread.new_usize(position as usize))
}

fn truncate(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (file, given) = one_optional(args);
    let size = match given.filter(|size| !size.is_none()) {
        Some(size) => Some(protocol::index_isize(thread, size)?),
        None => None,
    };
    let size = with_state(thread, file, "truncate", |thread, state| {
        state.check_writes(thread, "truncate")?;
        let size = match size {
            Some(size) => size as i64 as u64,
            None => position(thread, state)?,
        };
        state.bytes.truncate(thread, size)?;
        Ok(size)
    })?;
    Ok(thread.new_usize(size as usize))
}

fn close_method(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    close(thread, only_file(args))?;
    Ok(Value::NONE)
}

fn enter(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let file = only_file(args);
    with_state(thread, file, "", |_, _| Ok(()))?;
    Ok(file.clone())
}

fn exit(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    close(thread, args.get(0).expect("a method gets `self`"))?;
    Ok(Value::NONE)
}

/// Answers a question about the file; raises `ValueError` if it is closed.
fn ask<R>(thread: &mut Thread, args: Args<'_>, answer: impl FnOnce(&mut Thread, &State) -> R) -> Run<R> {
    let file = only_file(args);
    if is_closed(file) {
        return Err(Raised::value_error("I/O operation on closed file"));
    }
    with_state(thread, file, "", |thread, state| Ok(answer(thread, state)))
}

fn readable(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    // A file that cannot says so even when it is closed.
    if args.get(0).is_some_and(|file| !file::described(file).access.0) {
        return Ok(Value::FALSE);
    }
    ask(thread, args, |_, state| Value::bool(state.reads))
}

fn writable(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    if args.get(0).is_some_and(|file| !file::described(file).access.1) {
        return Ok(Value::FALSE);
    }
    ask(thread, args, |_, state| Value::bool(state.writes))
}

fn seekable(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    ask(thread, args, |_, state| {
        use std::io::Seek;
        Value::bool(state.bytes.file().stream_position().is_ok())
    })
}

fn isatty(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    use std::io::IsTerminal;
    ask(thread, args, |_, state| Value::bool(state.bytes.file().is_terminal()))
}

fn fileno(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    use std::os::fd::AsRawFd;
    ask(thread, args, |thread, state| thread.new_int(state.bytes.file().as_raw_fd().into()))
}

/// The methods of every sort of file.
pub const METHODS: &[NativeMethod] = &[
    NativeMethod::new("read", "size=-1, /", read),
    NativeMethod::new("readline", "size=-1, /", readline),
    NativeMethod::new("readlines", "hint=-1, /", readlines),
    NativeMethod::new("write", "text, /", write),
    NativeMethod::new("writelines", "lines, /", writelines),
    NativeMethod::new("flush", "", flush),
    NativeMethod::new("seek", "cookie, whence=0, /", seek),
    NativeMethod::new("tell", "", tell),
    NativeMethod::new("truncate", "pos=None, /", truncate),
    NativeMethod::new("close", "", close_method),
    NativeMethod::new("readable", "", readable),
    NativeMethod::new("writable", "", writable),
    NativeMethod::new("seekable", "", seekable),
    NativeMethod::new("isatty", "", isatty),
    NativeMethod::new("fileno", "", fileno),
    NativeMethod::new("__enter__", "", enter),
    NativeMethod::new("__exit__", "*args", exit),
];

const CLOSED: NativeAttribute =
    NativeAttribute::read_only("closed", |_, file| Ok(Value::bool(is_closed(file))));
const NAME: NativeAttribute = NativeAttribute::read_only("name", |_, file| Ok(file::name(file).clone()));
const MODE: NativeAttribute =
    NativeAttribute::read_only("mode", |thread, file| Ok(thread.new_str(file::mode(file))));

/// The attributes of binary files.
pub const ATTRIBUTES: &[NativeAttribute] = &[CLOSED, NAME, MODE];

/// The attributes of text files.
pub const TEXT_ATTRIBUTES: &[NativeAttribute] = &[
    CLOSED,
    NAME,
    MODE,
    NativeAttribute::read_only("encoding", |thread, file| {
        let encoding = file::described(file).encoding.clone();
        Ok(thread.new_str(&encoding))
    }),
    NativeAttribute::read_only("errors", |thread, file| {
        let errors = file::described(file).errors.clone();
        Ok(thread.new_str(&errors))
    }),
    NativeAttribute::read_only("line_buffering", |_, file| {
        Ok(Value::bool(file::described(file).writes_lines))
    }),
    NativeAttribute::read_only("newlines", newlines),
];

/// Returns the line ends that were read so far: `None`, one text, or a tuple.
fn newlines(thread: &mut Thread, file: &Value) -> Run<Value> {
    let seen =
        with_state(thread, file, "", |_, state| Ok(state.text.as_ref().map_or([false; 3], |text| text.seen)))
            .unwrap_or_default();
    // In CPython's order.
    let ends = [(seen[1], "\r"), (seen[0], "\n"), (seen[2], "\r\n")];
    let mut met: Vec<Value> =
        ends.into_iter().filter(|(seen, _)| *seen).map(|(_, end)| thread.new_str(end)).collect();
    Ok(match met.len() {
        0 => Value::NONE,
        1 => met.remove(0),
        _ => thread.new_tuple(met),
    })
}

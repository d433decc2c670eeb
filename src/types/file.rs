//! Files: what `open` gives. Reading takes the whole file in at once; writing is buffered.
//!
//! System calls run detached, outside of the object's lock; under it only memory is touched.

use std::io::Write;

use crate::protocol::{self, type_name};
use crate::references;
use crate::thread::Thread;
use crate::types::bytes::{as_bytes, new_bytes};
use crate::types::{exception_errno, str_codec};
use crate::value::alloc::type_info;
use crate::value::{
    Args, ClassFlags, ErrorKind, Guarded, Kind, List, NativeAttribute, NativeMethod, Object, Payload, Raised,
    Run, Slots, Str, TypeSpec, Value,
};

/// Bytes to be written that are kept back.
const BUFFER_BYTES: usize = 64 << 10;

/// The payload of a file.
pub struct File {
    name: Value,
    mode: Box<str>,
    is_text: bool,
    state: Guarded<State>,
}

/// What is being done with a file.
enum State {
    /// All bytes, and how many were read.
    Reading(Vec<u8>, usize),
    /// The open file, and bytes not written yet.
    Writing(std::fs::File, Vec<u8>),
    /// Nothing any more.
    Closed,
}

impl crate::value::Trace for State {
    fn show(&self, _visit: &mut dyn FnMut(u64)) {}
    fn take(&mut self, _taken: &mut Vec<u64>) {}
}

references!(File { name, state });

impl Payload for File {
    const KIND: Kind = Kind::File;
}

/// A file that was not closed writes what it kept back; errors have nobody to go to.
impl Drop for State {
    fn drop(&mut self) {
        if let State::Writing(file, waiting) = self {
            drop(file.write_all(waiting));
        }
    }
}

fn file(value: &Value) -> &Object<File> {
    value.downcast_ref().expect("the method belongs to files")
}

/// Opens a file: `r`, `w`, `a` or `x`, each with `b` or `t`.
pub fn open(thread: &mut Thread, name: &Value, mode: &str) -> Run<Value> {
    let path = match (name.downcast_ref::<Str>(), as_bytes(name)) {
        (Some(text), _) => text.as_str().to_owned(),
        (None, Some(bytes)) => String::from_utf8_lossy(bytes).into_owned(),
        (None, None) => {
            let given = type_name(thread, name);
            let message = format!("expected str, bytes or os.PathLike object, not {given}");
            return Err(Raised::type_error(message));
        }
    };
    let is_known = |letter: char| "rwaxbt+".contains(letter);
    let kinds = mode.matches(['r', 'w', 'a', 'x']).count();
    if kinds != 1 || mode.contains('b') && mode.contains('t') || !mode.chars().all(is_known) {
        return Err(Raised::value_error(match kinds {
            _ if !mode.chars().all(is_known) => format!("invalid mode: '{mode}'"),
            1 => "can't have text and binary mode at once".to_owned(),
            _ => "must have exactly one of create/read/write/append mode".to_owned(),
        }));
    }
    if mode.contains('+') {
        let message = "files that are both read and written are not implemented";
        return Err(Raised::new(ErrorKind::NotImplementedError, message));
    }
    let opened = thread.detached(|| match mode.chars().find(|c| "rwax".contains(*c)) {
        Some('r') => std::fs::read(&path).map(|bytes| State::Reading(bytes, 0)),
        Some('w') => std::fs::File::create(&path).map(|file| State::Writing(file, Vec::new())),
        Some('a') => {
            let file = std::fs::OpenOptions::new().append(true).create(true).open(&path);
            file.map(|file| State::Writing(file, Vec::new()))
        }
        _ => std::fs::File::create_new(&path).map(|file| State::Writing(file, Vec::new())),
    });
    let is_text = !mode.contains('b');
    let mut state = opened.map_err(|error| exception_errno::raise(thread, &error, Some(name)))?;
    if let State::Reading(bytes, _) = &mut state
        && is_text
        && bytes.contains(&b'\r')
    {
        *bytes = universal_newlines(bytes);
    }
    let payload = File { name: name.clone(), mode: mode.into(), is_text, state: Guarded::new(state) };
    Ok(thread.alloc(payload).into_value())
}

/// Every line end as `\n`.
fn universal_newlines(bytes: &[u8]) -> Vec<u8> {
    let mut lines = Vec::with_capacity(bytes.len());
    let mut rest = bytes.iter().copied().peekable();
    while let Some(byte) = rest.next() {
        if byte == b'\r' {
            rest.next_if_eq(&b'\n');
            lines.push(b'\n');
        } else {
            lines.push(byte);
        }
    }
    lines
}

fn closed() -> Raised {
    Raised::value_error("I/O operation on closed file.")
}

/// Takes the next bytes of a file that is read; `cut` says how many of those left.
fn take(this: &Object<File>, cut: impl FnOnce(&[u8]) -> usize) -> Run<Vec<u8>> {
    this.with(
        |file| &file.state,
        |state| match state {
            State::Reading(bytes, at) => {
                let rest = &bytes[*at..];
                let taken = rest[..cut(rest)].to_vec();
                *at += taken.len();
                Ok(taken)
            }
            State::Writing(..) => Err(None),
            State::Closed => Err(Some(())),
        },
    )
    .map_err(|is_closed| match is_closed {
        Some(()) => closed(),
        // TODO: io.UnsupportedOperation, which is both an OSError and a ValueError; matters to who catches it.
        None => Raised::new(ErrorKind::OSError, "not readable"),
    })
}

fn value_of(thread: &Thread, this: &Object<File>, bytes: Vec<u8>) -> Run<Value> {
    if this.is_text {
        return Ok(thread.new_string(str_codec::decode(&bytes, "utf-8", "strict")?));
    }
    Ok(new_bytes(thread, bytes))
}

fn line_end(rest: &[u8]) -> usize {
    rest.iter().position(|&byte| byte == b'\n').map_or(rest.len(), |end| end + 1)
}

fn read(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let given = args.between("read", 1, 2)?;
    let this = file(&given[0]);
    let count = match given.get(1).filter(|count| !count.is_none()) {
        Some(count) => usize::try_from(protocol::index_isize(thread, count)?).ok(),
        None => None,
    };
    let is_text = this.is_text;
    let bytes = take(this, |rest| match count {
        None => rest.len(),
        Some(count) if is_text => {
            // A code point begins at every byte that continues none.
            let mut starts = rest.iter().enumerate().filter(|(_, byte)| **byte & 0xC0 != 0x80);
            starts.nth(count).map_or(rest.len(), |(at, _)| at)
        }
        Some(count) => count.min(rest.len()),
    })?;
    value_of(thread, this, bytes)
}

fn readline(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [value] = args.exactly("readline")?;
    let line = take(file(value), line_end)?;
    value_of(thread, file(value), line)
}

fn readlines(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [value] = args.exactly("readlines")?;
    let lines = protocol::collect(thread, value)?;
    Ok(thread.alloc(List::new(lines)).into_value())
}

fn iter(_thread: &mut Thread, value: &Value) -> Run<Value> {
    Ok(value.clone())
}

fn next(thread: &mut Thread, value: &Value) -> Run<Option<Value>> {
    let line = take(file(value), line_end)?;
    if line.is_empty() {
        return Ok(None);
    }
    value_of(thread, file(value), line).map(Some)
}

fn write(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [value, data] = args.exactly("write")?;
    let this = file(value);
    let (bytes, count) = match (this.is_text, data.downcast_ref::<Str>(), as_bytes(data)) {
        (true, Some(text), _) => (text.as_str().as_bytes(), text.char_count()),
        (false, _, Some(bytes)) => (bytes, bytes.len()),
        (is_text, ..) => {
            let given = type_name(thread, data);
            return Err(Raised::type_error(match is_text {
                true => format!("write() argument must be str, not {given}"),
                false => format!("a bytes-like object is required, not '{given}'"),
            }));
        }
    };
    let waiting = this.with(
        |file| &file.state,
        |state| match state {
            State::Writing(_, waiting) => {
                waiting.extend_from_slice(bytes);
                Ok(waiting.len())
            }
            State::Reading(..) => Err(Raised::new(ErrorKind::OSError, "not writable")),
            State::Closed => Err(closed()),
        },
    )?;
    if waiting >= BUFFER_BYTES {
        write_out(thread, value, false)?;
    }
    Ok(thread.new_usize(count))
}

/// Writes what was kept back, and perhaps closes the file.
fn write_out(thread: &mut Thread, value: &Value, close: bool) -> Run<()> {
    let this = file(value);
    let mut state = this.with(|file| &file.state, |state| std::mem::replace(state, State::Closed));
    let result = thread.detached(|| match &mut state {
        State::Writing(file, waiting) => {
            let result = file.write_all(waiting);
            waiting.clear();
            result
        }
        _ => Ok(()),
    });
    if !close {
        drop(this.with(|file| &file.state, |slot| std::mem::replace(slot, state)));
    }
    result.map_err(|error| exception_errno::raise(thread, &error, None))
}

fn flush(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [value] = args.exactly("flush")?;
    if is_closed(value) {
        return Err(closed());
    }
    write_out(thread, value, false)?;
    Ok(Value::NONE)
}

fn close(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [value] = args.exactly("close")?;
    write_out(thread, value, true)?;
    Ok(Value::NONE)
}

fn enter(_thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [value] = args.exactly("__enter__")?;
    if is_closed(value) { Err(closed()) } else { Ok(value.clone()) }
}

fn exit(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let given = args.between("__exit__", 1, 4)?;
    write_out(thread, &given[0], true)?;
    Ok(Value::NONE)
}

fn is_closed(value: &Value) -> bool {
    file(value).with(|file| &file.state, |state| matches!(state, State::Closed))
}

fn get_closed(_thread: &mut Thread, value: &Value) -> Run<Value> {
    Ok(Value::bool(is_closed(value)))
}

fn get_name(_thread: &mut Thread, value: &Value) -> Run<Value> {
    Ok(file(value).name.clone())
}

fn get_mode(thread: &mut Thread, value: &Value) -> Run<Value> {
    Ok(thread.new_str(&file(value).mode))
}

fn repr(thread: &mut Thread, value: &Value) -> Run<Value> {
    let name = protocol::repr(thread, &file(value).name)?;
    let mode = &file(value).mode;
    Ok(thread
        .new_string(format!("<_io.TextIOWrapper name={} mode='{mode}' encoding='UTF-8'>", name.as_str())))
}

/// Files.
pub const SPEC: TypeSpec = TypeSpec {
    kind: Kind::File,
    base: Kind::Object,
    flags: ClassFlags::WEAKREFABLE,
    info: type_info::<File>,
    slots: Slots { repr: Some(repr), iter: Some(iter), next: Some(next), ..Slots::EMPTY },
    methods: &[
        NativeMethod::new("read", read),
        NativeMethod::new("readline", readline),
        NativeMethod::new("readlines", readlines),
        NativeMethod::new("write", write),
        NativeMethod::new("flush", flush),
        NativeMethod::new("close", close),
        NativeMethod::new("__enter__", enter),
        NativeMethod::new("__exit__", exit),
    ],
    attributes: &[
        NativeAttribute::read_only("closed", get_closed),
        NativeAttribute::read_only("name", get_name),
        NativeAttribute::read_only("mode", get_mode),
    ],
    doc: "",
};

//! Standard streams: text in, text out, buffered here so that `print` is one copy.
//!
//! Standard output is written when its buffer is full, when a line ends on a terminal, before input is
//! read and at the end; standard error after every write. A closed pipe raises `BrokenPipeError`.

use std::io::{BufRead, IsTerminal, Write};

use crate::references;
use crate::sync::{AtomicBool, Ordering};
use crate::thread::{Thread, ThreadState};
use crate::value::alloc::type_info;
use crate::value::{
    Args, ClassFlags, ErrorKind, Guarded, Kind, List, NativeAttribute, NativeMethod, Object, Payload, Raised,
    Ref, Run, Slots, Str, TypeSpec, Value,
};

/// Buffered bytes that make a write happen.
const BUFFER_BYTES: usize = 64 << 10;

/// Which standard stream.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Channel {
    /// Standard input.
    Input,
    /// Standard output.
    Output,
    /// Standard error.
    Error,
}

/// The payload of a stream.
pub struct Stream {
    channel: Channel,
    is_terminal: bool,
    is_broken: AtomicBool,
    buffer: Guarded<Buffer>,
}

/// Text that waits to be written.
#[derive(Default)]
pub struct Buffer(Vec<u8>);

impl crate::value::Trace for Buffer {
    fn show<const ALL: bool>(&self, _visit: &mut dyn FnMut(u64)) {}
    fn take(&mut self, _taken: &mut Vec<u64>) {}
}

references!(Stream { buffer });

impl Payload for Stream {
    const KIND: Kind = Kind::Stream;
}

impl Stream {
    /// Makes the object of a standard stream.
    pub fn open(thread: &ThreadState, channel: Channel) -> Ref<Stream> {
        let is_terminal = match channel {
            Channel::Input => std::io::stdin().is_terminal(),
            Channel::Output => std::io::stdout().is_terminal(),
            Channel::Error => std::io::stderr().is_terminal(),
        };
        let buffer = Guarded::new(Buffer::default());
        thread.alloc(Stream { channel, is_terminal, is_broken: AtomicBool::new(false), buffer })
    }

    fn name(&self) -> &'static str {
        match self.channel {
            Channel::Input => "<stdin>",
            Channel::Output => "<stdout>",
            Channel::Error => "<stderr>",
        }
    }
}

impl Object<Stream> {
    /// Writes text. Raises `BrokenPipeError` when nobody reads any more.
    pub fn write_text(&self, thread: &mut Thread, text: &str) -> Run<()> {
        if self.channel == Channel::Input {
            return Err(Raised::new(ErrorKind::OSError, "not writable"));
        }
        let is_full = self.with(
            |stream| &stream.buffer,
            |buffer| {
                buffer.0.extend_from_slice(text.as_bytes());
                buffer.0.len() >= BUFFER_BYTES
            },
        );
        if is_full || self.channel == Channel::Error || (self.is_terminal && text.contains('\n')) {
            return self.flush(thread);
        }
        Ok(())
    }

    /// Writes what is buffered; the thread is detached meanwhile.
    pub fn flush(&self, thread: &mut Thread) -> Run<()> {
        let bytes = self.with(|stream| &stream.buffer, |buffer| std::mem::take(&mut buffer.0));
        // Relaxed: the flag only saves the system call that would fail again.
        if bytes.is_empty() || self.is_broken.load(Ordering::Relaxed) {
            return Ok(());
        }
        let channel = self.channel;
        let written = thread.detached(|| match channel {
            Channel::Error => std::io::stderr().write_all(&bytes),
            Channel::Input | Channel::Output => {
                let mut output = std::io::stdout().lock();
                output.write_all(&bytes).and_then(|()| output.flush())
            }
        });
        written.map_err(|error| {
            self.is_broken.store(true, Ordering::Relaxed);
            os_error(thread, &error)
        })
    }

    /// Reads a line with its end; empty at the end of input.
    pub fn read_line(&self, thread: &mut Thread) -> Run<String> {
        let mut bytes = Vec::new();
        let read = thread.detached(|| std::io::stdin().lock().read_until(b'\n', &mut bytes));
        read.map_err(|error| os_error(thread, &error))?;
        String::from_utf8(bytes).map_err(|error| {
            let at = error.utf8_error().valid_up_to();
            let byte = error.as_bytes()[at];
            Raised::new(
                ErrorKind::UnicodeDecodeError,
                format!("'utf-8' codec can't decode byte {byte:#04x} in position {at}: invalid start byte"),
            )
        })
    }
}

/// The exception of a failed system call.
pub fn os_error(thread: &mut Thread, error: &std::io::Error) -> Raised {
    let kind = match error.kind() {
        std::io::ErrorKind::BrokenPipe => ErrorKind::BrokenPipeError,
        std::io::ErrorKind::NotFound => ErrorKind::FileNotFoundError,
        std::io::ErrorKind::PermissionDenied => ErrorKind::PermissionError,
        std::io::ErrorKind::IsADirectory => ErrorKind::IsADirectoryError,
        std::io::ErrorKind::Interrupted => ErrorKind::InterruptedError,
        _ => ErrorKind::OSError,
    };
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or(&text).to_owned();
    let number = thread.new_int(error.raw_os_error().unwrap_or(0).into());
    let text = thread.new_string(text);
    Raised::with(kind, vec![number, text])
}

/// `_io.TextIOWrapper`, of which there are the three standard streams.
pub const SPEC: TypeSpec = TypeSpec {
    kind: Kind::Stream,
    base: Kind::Object,
    flags: ClassFlags::empty(),
    info: type_info::<Stream>,
    slots: Slots {
        repr: Some(repr),
        iter: Some(|_, stream| Ok(stream.clone())),
        next: Some(next),
        ..Slots::EMPTY
    },
    methods: &[
        NativeMethod::new("write", "text, /", write),
        NativeMethod::new("writelines", "lines, /", write_lines),
        NativeMethod::new("flush", "", flush),
        NativeMethod::new("readline", "size=-1, /", read_line),
        NativeMethod::new("read", "size=-1, /", read),
        NativeMethod::new("readlines", "hint=-1, /", read_lines),
        NativeMethod::new("isatty", "", |_, args| Ok(Value::bool(stream(args).is_terminal))),
        NativeMethod::new("fileno", "", |thread, args| {
            let number = stream(args).channel as i64;
            Ok(thread.new_int(number))
        }),
        NativeMethod::new("readable", "", |_, args| Ok(Value::bool(stream(args).channel == Channel::Input))),
        NativeMethod::new("writable", "", |_, args| Ok(Value::bool(stream(args).channel != Channel::Input))),
    ],
    attributes: &[
        NativeAttribute::read_only("name", |thread, value| Ok(thread.new_str(payload(value).name()))),
        NativeAttribute::read_only("encoding", |thread, _| Ok(thread.new_str("utf-8"))),
        NativeAttribute::read_only("mode", |thread, value| {
            Ok(thread.new_str(if payload(value).channel == Channel::Input { "r" } else { "w" }))
        }),
        NativeAttribute::read_only("closed", |_, _| Ok(Value::FALSE)),
    ],
    doc: "Character and line based layer over a buffered stream.",
};

fn payload(value: &Value) -> &Object<Stream> {
    value.downcast_ref::<Stream>().expect("slots are called with an instance of their type")
}

fn stream(args: Args<'_>) -> &Object<Stream> {
    payload(args.get(0).expect("methods are called with their instance"))
}

fn repr(thread: &mut Thread, value: &Value) -> Run<Value> {
    let stream = payload(value);
    let mode = if stream.channel == Channel::Input { "r" } else { "w" };
    Ok(thread
        .new_string(format!("<_io.TextIOWrapper name='{}' mode='{mode}' encoding='utf-8'>", stream.name())))
}

fn next(thread: &mut Thread, value: &Value) -> Run<Option<Value>> {
    let line = payload(value).read_line(thread)?;
    Ok((!line.is_empty()).then(|| thread.new_string(line)))
}

fn write(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [text] = args.skip_first().exactly();
    let Some(text) = text.downcast_ref::<Str>() else {
        let class = crate::protocol::type_name(thread, text);
        return Err(Raised::type_error(format!("write() argument must be str, not {class}")));
    };
    stream(args).write_text(thread, text.as_str())?;
    Ok(thread.new_int(text.char_count() as i64))
}

fn write_lines(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [lines] = args.skip_first().exactly();
    crate::protocol::for_each(thread, lines, |thread, line| {
        let arguments = [args.positionals()[0].clone(), line];
        write(thread, Args::positional(&arguments)).map(|_| ())
    })?;
    Ok(Value::NONE)
}

fn flush(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    stream(args).flush(thread)?;
    Ok(Value::NONE)
}

fn read_line(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let line = stream(args).read_line(thread)?;
    Ok(thread.new_string(line))
}

fn read(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let mut text = String::new();
    loop {
        let line = stream(args).read_line(thread)?;
        if line.is_empty() {
            return Ok(thread.new_string(text));
        }
        text.push_str(&line);
    }
}

fn read_lines(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let mut lines = Vec::new();
    loop {
        let line = stream(args).read_line(thread)?;
        if line.is_empty() {
            return Ok(thread.alloc(List::new(lines)).into_value());
        }
        lines.push(thread.new_string(line));
    }
}

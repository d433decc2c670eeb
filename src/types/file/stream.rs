//! The standard streams: text in, text out, buffered here so that `print` takes one copy.
//!
//! Standard output is written when its buffer is full, when a line ends on a terminal, before input is read and
//! at the end; standard error after every write. What could not be written stays in the buffer and is tried
//! again, up to the size of the buffer. A closed pipe raises `BrokenPipeError`.

use std::os::fd::BorrowedFd;

use crate::memory;
use crate::references;
use crate::sync::{AtomicBool, Ordering};
use crate::text::stored;
use crate::thread::{Thread, ThreadState};
use crate::types::file::descriptor;
use crate::types::str::codec;
use crate::value::alloc::type_info;
use crate::value::{
    Args, ClassFlags, ErrorKind, Guarded, Kind, List, NativeAttribute, NativeMethod, Object, Payload, Raised,
    Ref, Run, Slots, Str, TypeSpec, Value,
};

/// How many buffered bytes cause a write.
const BUFFER_BYTES: usize = 64 << 10;
/// Bytes that are read at once.
const READ_BYTES: usize = 8 << 10;

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

impl Channel {
    /// All three, in the order of their descriptors.
    pub const ALL: [Channel; 3] = [Channel::Input, Channel::Output, Channel::Error];

    fn descriptor(self) -> BorrowedFd<'static> {
        match self {
            Channel::Input => rustix::stdio::stdin(),
            Channel::Output => rustix::stdio::stdout(),
            Channel::Error => rustix::stdio::stderr(),
        }
    }
}

/// The payload of a stream.
pub struct Stream {
    channel: Channel,
    is_terminal: bool,
    may_block: bool,
    is_closed: AtomicBool,
    /// Whether it was reported, at the end of the program, that the stream cannot be written.
    is_given_up: AtomicBool,
    /// Whether the text written last did not end with a line end.
    is_mid_line: AtomicBool,
    buffer: Guarded<Buffer>,
}

/// Text that waits to be written, or that was read ahead.
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
        thread.alloc(Stream {
            channel,
            is_terminal: rustix::termios::isatty(channel.descriptor()),
            may_block: descriptor::may_block(channel.descriptor()),
            is_closed: AtomicBool::new(false),
            is_given_up: AtomicBool::new(false),
            is_mid_line: AtomicBool::new(false),
            buffer: Guarded::new(Buffer::default()),
        })
    }

    fn name(&self) -> &'static str {
        match self.channel {
            Channel::Input => "<stdin>",
            Channel::Output => "<stdout>",
            Channel::Error => "<stderr>",
        }
    }

    /// Returns the name of the error handler for what cannot be encoded.
    const fn errors(&self) -> &'static str {
        if matches!(self.channel, Channel::Error) { "backslashreplace" } else { "strict" }
    }

    /// Tells whether the program closed the stream; the descriptor stays open.
    pub fn is_closed(&self) -> bool {
        // Relaxed: nothing else is announced by the flag.
        self.is_closed.load(Ordering::Relaxed)
    }

    fn check_open(&self) -> Run<()> {
        if self.is_closed() { Err(Raised::value_error("I/O operation on closed file.")) } else { Ok(()) }
    }

    /// Tells whether the stream is a terminal on which the last output did not end its line. The caller then writes a
    /// line end: from now on the stream counts as being at the start of a line.
    pub fn end_line(&self) -> bool {
        // Relaxed: only decides how a terminal looks.
        self.is_mid_line.swap(false, Ordering::Relaxed) && self.is_terminal
    }
}

impl Object<Stream> {
    /// Writes text. Raises `BrokenPipeError` when nobody reads any more, `UnicodeEncodeError` for surrogates.
    pub fn write_text(&self, thread: &mut Thread, text: &str) -> Run<()> {
        self.check_open()?;
        if self.channel == Channel::Input {
            return Err(Raised::new(ErrorKind::OSError, "not writable"));
        }
        let encoded;
        let bytes = if stored::may_have_pairs(text) {
            encoded = codec::encode_plain(thread, text, "utf-8", self.errors())?;
            &encoded
        } else {
            text.as_bytes()
        };
        let is_full = self.with(
            |stream| &stream.buffer,
            |buffer| {
                buffer.0.try_reserve(bytes.len()).ok()?;
                buffer.0.extend_from_slice(bytes);
                Some(buffer.0.len() >= BUFFER_BYTES)
            },
        );
        let Some(is_full) = is_full else { return self.write_unbuffered(thread, bytes) };
        if is_full || self.channel == Channel::Error {
            let written = self.write_out(thread);
            if written.is_err() {
                // As in CPython what overflows is lost, and only a flush is tried again; standard error keeps nothing.
                drop(self.with(|stream| &stream.buffer, |buffer| std::mem::take(&mut buffer.0)));
            }
            return written;
        }
        if self.is_terminal && text.contains('\n') {
            return self.write_out(thread);
        }
        Ok(())
    }

    /// Writes the buffer, then a text for which it has no room. Raises `OSError` and `KeyboardInterrupt`.
    #[cold]
    fn write_unbuffered(&self, thread: &mut Thread, text: &[u8]) -> Run<()> {
        self.write_out(thread)?;
        // Relaxed: as in `write_out`.
        if self.is_given_up.load(Ordering::Relaxed) {
            return Ok(());
        }
        self.is_mid_line.store(!text.ends_with(b"\n"), Ordering::Relaxed);
        descriptor::write(thread, self.channel.descriptor(), self.may_block, text).1
    }

    /// Writes the buffer; does nothing if the stream is closed. Raises `OSError` and `KeyboardInterrupt`; what
    /// was not written stays in the buffer.
    pub fn write_out(&self, thread: &mut Thread) -> Run<()> {
        if self.channel == Channel::Input {
            return Ok(());
        }
        let mut bytes = self.with(|stream| &stream.buffer, |buffer| std::mem::take(&mut buffer.0));
        let Some(last) = bytes.last().copied() else { return Ok(()) };
        // Relaxed: as above.
        if self.is_given_up.load(Ordering::Relaxed) {
            return Ok(());
        }
        let (done, written) = descriptor::write(thread, self.channel.descriptor(), self.may_block, &bytes);
        self.is_mid_line.store(last != b'\n', Ordering::Relaxed);
        if written.is_err() {
            bytes.drain(..done);
            bytes.truncate(BUFFER_BYTES);
            self.with(
                |stream| &stream.buffer,
                |buffer| {
                    bytes.append(&mut buffer.0);
                    buffer.0 = bytes;
                },
            );
        }
        written
    }

    /// Drops the buffer and all that is written later, because the error was reported.
    pub fn give_up(&self) {
        self.is_given_up.store(true, Ordering::Relaxed);
    }

    /// Reads a line with its end, or `limit` characters of it; empty at the end of input. Raises `OSError` and
    /// `KeyboardInterrupt`; what was read of the line is kept.
    pub fn read_line(&self, thread: &mut Thread, limit: Option<usize>) -> Run<String> {
        let mut looked_at = 0;
        self.read_until(thread, |bytes| {
            let end = memchr::memchr(b'\n', &bytes[looked_at..]).map(|at| looked_at + at + 1);
            looked_at = bytes.len();
            let cut = limit.and_then(|limit| chars_end(bytes, limit));
            match (end, cut) {
                (Some(end), Some(cut)) => Some(end.min(cut)),
                (end, cut) => end.or(cut),
            }
        })
    }

    /// Reads `count` characters, or all there are. Raises `OSError` and `KeyboardInterrupt`; what was read is
    /// kept.
    pub fn read_chars(&self, thread: &mut Thread, count: Option<usize>) -> Run<String> {
        self.read_until(thread, |bytes| chars_end(bytes, count?))
    }

    /// Reads until `end_of` finds an end in what was read, or the input ends.
    fn read_until(&self, thread: &mut Thread, mut end_of: impl FnMut(&[u8]) -> Option<usize>) -> Run<String> {
        self.check_open()?;
        if self.channel != Channel::Input {
            return Err(Raised::new(ErrorKind::OSError, "not readable"));
        }
        loop {
            let taken = self.with(
                |stream| &stream.buffer,
                |buffer| {
                    let rest = buffer.0.split_off(end_of(&buffer.0)?);
                    Some(std::mem::replace(&mut buffer.0, rest))
                },
            );
            if let Some(taken) = taken {
                return decoded(taken);
            }
            let more = descriptor::read(thread, self.channel.descriptor(), self.may_block, READ_BYTES)?;
            if more.is_empty() {
                let rest = self.with(|stream| &stream.buffer, |buffer| std::mem::take(&mut buffer.0));
                return decoded(rest);
            }
            self.with(|stream| &stream.buffer, |buffer| buffer.0.extend_from_slice(&more));
        }
    }
}

/// Returns the offset behind `count` characters, if so many are complete.
fn chars_end(bytes: &[u8], count: usize) -> Option<usize> {
    let mut at = 0;
    for _ in 0..count {
        let length = match bytes.get(at)? {
            0xF0.. => 4,
            0xE0.. => 3,
            0xC0.. => 2,
            _ => 1,
        };
        at += length;
        if at > bytes.len() {
            return None;
        }
    }
    Some(at)
}

fn decoded(bytes: Vec<u8>) -> Run<String> {
    let text = String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        let byte = error.as_bytes()[at];
        Raised::new(
            ErrorKind::UnicodeDecodeError,
            format_args!("'utf-8' codec can't decode byte {byte:#04x} in position {at}: invalid start byte"),
        )
    })?;
    Ok(match stored::may_have_pairs(&text) {
        true => stored::stored(&text).into_owned(),
        false => text,
    })
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
        NativeMethod::new("close", "", close),
        NativeMethod::new("__enter__", "", |_, args| {
            stream(args).check_open()?;
            Ok(stream(args).to_value())
        }),
        NativeMethod::new("__exit__", "*args", |thread, args| {
            close_stream(thread, stream(args))?;
            Ok(Value::NONE)
        }),
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
        NativeAttribute::read_only("errors", |thread, value| Ok(thread.new_str(payload(value).errors()))),
        NativeAttribute::read_only("mode", |thread, value| {
            Ok(thread.new_str(if payload(value).channel == Channel::Input { "r" } else { "w" }))
        }),
        NativeAttribute::read_only("closed", |_, value| Ok(Value::bool(payload(value).is_closed()))),
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
    Ok(thread.new_string(memory::formatted(format_args!(
        "<_io.TextIOWrapper name='{}' mode='{mode}' encoding='utf-8'>",
        stream.name()
    ))?))
}

fn next(thread: &mut Thread, value: &Value) -> Run<Option<Value>> {
    let line = payload(value).read_line(thread, None)?;
    Ok((!line.is_empty()).then(|| thread.new_string(line)))
}

fn write(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [text] = args.skip_first().exactly();
    let Some(text) = text.downcast_ref::<Str>() else {
        let class = crate::protocol::argument_kind(thread, text);
        return Err(Raised::type_error(format_args!("write() argument must be str, not {class}")));
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
    stream(args).check_open()?;
    stream(args).write_out(thread)?;
    Ok(Value::NONE)
}

/// Writes the buffer, then marks the stream as closed; does nothing if it is closed.
fn close_stream(thread: &mut Thread, stream: &Object<Stream>) -> Run<()> {
    if stream.is_closed() {
        return Ok(());
    }
    let written = stream.write_out(thread);
    stream.is_closed.store(true, Ordering::Relaxed);
    written
}

fn close(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    close_stream(thread, stream(args))?;
    Ok(Value::NONE)
}

/// Returns the only argument: how many characters at most; `None` if it is missing, `None` or negative, which
/// mean all.
fn limit(thread: &mut Thread, args: Args<'_>) -> Run<Option<usize>> {
    match args.get(1) {
        Some(limit) if !limit.is_none() => {
            Ok(usize::try_from(crate::protocol::index_isize(thread, limit)?).ok())
        }
        _ => Ok(None),
    }
}

fn read_line(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let limit = limit(thread, args)?;
    let line = stream(args).read_line(thread, limit)?;
    Ok(thread.new_string(line))
}

fn read(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let count = limit(thread, args)?;
    let text = stream(args).read_chars(thread, count)?;
    Ok(thread.new_string(text))
}

fn read_lines(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let mut lines = Vec::new();
    loop {
        let line = stream(args).read_line(thread, None)?;
        if line.is_empty() {
            return Ok(thread.alloc(List::new(lines)).into_value());
        }
        lines.push(thread.new_string(line));
    }
}

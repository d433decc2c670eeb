//! Open files: `open`, `close`, `read`, `write`, `lseek`, `dup`, `pipe` and what else takes the number of one.

use std::os::fd::{BorrowedFd, IntoRawFd};

use rustix::fs::{FileType, Mode, OFlags, SeekFrom};
use rustix::io::{self, Errno};
use rustix::pipe::PipeFlags;

use super::argument::{
    Allowed, Path, expected_name, failed, file_number, file_or_object, folder, open_file, optional_int, truth,
};
use crate::memory;
use crate::protocol;
use crate::thread::{Direction, Thread};
use crate::types::class::struct_sequence::{self, Description, fields};
use crate::types::file::{number, status};
use crate::types::object::bytes_like::{expect_bytes, new_bytes};
use crate::types::str::text_args::{c_int, integer};
use crate::value::{Args, NativeAttribute, NativeMethod, Raised, Run, Value};

/// The functions.
pub(super) const FUNCTIONS: &[NativeMethod] = &[
    NativeMethod::function("open", "path, flags, mode=511, *, dir_fd=None", open),
    NativeMethod::function("close", "fd", close),
    NativeMethod::function("closerange", "fd_low, fd_high, /", close_range),
    NativeMethod::function("read", "fd, length, /", read),
    NativeMethod::function("write", "fd, data, /", write),
    NativeMethod::function("pread", "fd, length, offset, /", pread),
    NativeMethod::function("pwrite", "fd, buffer, offset, /", pwrite),
    NativeMethod::function("lseek", "fd, position, whence, /", seek),
    NativeMethod::function("fstat", "fd", stat),
    NativeMethod::function("dup", "fd, /", |thread, args| {
        let [file] = args.exactly();
        let file = c_int(thread, file)?;
        let made = number::duplicate(file, false).map_err(|error| failed(thread, error))?;
        Ok(thread.new_int(made.into()))
    }),
    NativeMethod::function("dup2", "fd, fd2, inheritable=True", |thread, args| {
        let [file, new, is_inherited] = args.options();
        let file = c_int(thread, file.expect("required"))?;
        let new = c_int(thread, new.expect("required"))?;
        let is_inherited = truth(thread, is_inherited, true)?;
        number::duplicate_to(file, new, is_inherited).map_err(|error| failed(thread, error))?;
        Ok(thread.new_int(new.into()))
    }),
    NativeMethod::function("pipe", "", |thread, _| make_pipe(thread, PipeFlags::CLOEXEC)),
    NativeMethod::function("pipe2", "flags, /", |thread, args| {
        let [flags] = args.exactly();
        let flags = c_int(thread, flags)?;
        make_pipe(thread, PipeFlags::from_bits_retain(flags as u32))
    }),
    NativeMethod::function("isatty", "fd, /", |thread, args| {
        let [file] = args.exactly();
        let file = c_int(thread, file)?;
        Ok(Value::bool(number::file(file).is_ok_and(rustix::termios::isatty)))
    }),
    NativeMethod::function("ttyname", "fd, /", |thread, args| {
        let [file] = args.exactly();
        let file = c_int(thread, file)?;
        let file = open_file(thread, file)?;
        match rustix::termios::ttyname(file, Vec::new()) {
            Ok(name) => Ok(super::argument::text_of(thread, name.to_bytes())),
            Err(error) => Err(failed(thread, error)),
        }
    }),
    NativeMethod::function("fsync", "fd", |thread, args| on_object(thread, args, rustix::fs::fsync)),
    NativeMethod::function("fdatasync", "fd", |thread, args| on_object(thread, args, rustix::fs::fdatasync)),
    NativeMethod::function("fchdir", "fd", |thread, args| on_object(thread, args, rustix::process::fchdir)),
    NativeMethod::function("ftruncate", "fd, length, /", truncate),
    NativeMethod::function("fchmod", "fd, mode", |thread, args| {
        let [file, mode] = args.exactly();
        let (file, mode) = (c_int(thread, file)?, c_int(thread, mode)?);
        on_file(thread, file, |file| rustix::fs::fchmod(file, Mode::from_raw_mode(mode as u32)))
    }),
    NativeMethod::function("get_inheritable", "fd, /", |thread, args| {
        let [file] = args.exactly();
        let file = c_int(thread, file)?;
        let file = open_file(thread, file)?;
        match io::fcntl_getfd(file) {
            Ok(flags) => Ok(Value::bool(!flags.contains(io::FdFlags::CLOEXEC))),
            Err(error) => Err(failed(thread, error)),
        }
    }),
    NativeMethod::function("set_inheritable", "fd, inheritable, /", |thread, args| {
        let [file, is_inherited] = args.exactly();
        let (file, is_inherited) = (c_int(thread, file)?, c_int(thread, is_inherited)? != 0);
        done(thread, number::inherit(file, is_inherited))
    }),
    NativeMethod::function("get_blocking", "fd, /", |thread, args| {
        let [file] = args.exactly();
        let file = c_int(thread, file)?;
        let file = open_file(thread, file)?;
        match rustix::fs::fcntl_getfl(file) {
            Ok(flags) => Ok(Value::bool(!flags.contains(OFlags::NONBLOCK))),
            Err(error) => Err(failed(thread, error)),
        }
    }),
    NativeMethod::function("set_blocking", "fd, blocking, /", |thread, args| {
        let [file, blocks] = args.exactly();
        let (file, blocks) = (c_int(thread, file)?, protocol::is_true(thread, blocks)?);
        let file = open_file(thread, file)?;
        let set = rustix::fs::fcntl_getfl(file).and_then(|mut flags| {
            flags.set(OFlags::NONBLOCK, !blocks);
            rustix::fs::fcntl_setfl(file, flags)
        });
        done(thread, set)
    }),
    NativeMethod::function("get_terminal_size", "fd=None, /", terminal_size),
    NativeMethod::function("device_encoding", "fd", |thread, args| {
        let [file] = args.exactly();
        let file = c_int(thread, file)?;
        let is_terminal = number::file(file).is_ok_and(rustix::termios::isatty);
        Ok(if is_terminal { thread.new_str("utf-8") } else { Value::NONE })
    }),
];

/// Returns `None`, or raises the `OSError` of a call that failed for no path.
pub(super) fn done(thread: &mut Thread, result: io::Result<()>) -> Run<Value> {
    result.map(|()| Value::NONE).map_err(|error| failed(thread, error))
}

fn on_file(
    thread: &mut Thread,
    file: i32,
    run: impl FnOnce(BorrowedFd<'static>) -> io::Result<()>,
) -> Run<Value> {
    let file = open_file(thread, file)?;
    let result = thread.detached(|| run(file));
    done(thread, result)
}

fn on_object(
    thread: &mut Thread,
    args: Args<'_>,
    run: impl FnOnce(BorrowedFd<'static>) -> io::Result<()>,
) -> Run<Value> {
    let [file] = args.exactly();
    let file = file_or_object(thread, file)?;
    on_file(thread, file, run)
}

fn open(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [path, flags, mode, dir_fd] = args.options();
    let path = Path::read(thread, path.expect("required"), "open", "path", Allowed::Paths)?;
    let flags = c_int(thread, flags.expect("required"))?;
    let mode = optional_int(thread, mode, 0o777)?;
    let folder = folder(thread, dir_fd)?;
    let flags = OFlags::from_bits_retain(flags as u32) | OFlags::CLOEXEC;
    let mode = Mode::from_raw_mode(mode as u32);
    loop {
        match thread.detached(|| rustix::fs::openat(folder, path.name(), flags, mode)) {
            Ok(file) => return Ok(thread.new_int(file.into_raw_fd().into())),
            Err(Errno::INTR) => protocol::check_interrupt(thread)?,
            Err(error) => return Err(path.failed(thread, error)),
        }
    }
}

fn close(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [file] = args.exactly();
    let file = c_int(thread, file)?;
    let closed = thread.detached(|| number::close(file));
    done(thread, closed)
}

fn close_range(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [low, high] = args.exactly();
    let (low, high) = (c_int(thread, low)?, c_int(thread, high)?);
    // No file has a number beyond the limit of the system.
    let most = rustix::process::getrlimit(rustix::process::Resource::Nofile).maximum.unwrap_or(1 << 20);
    for file in low.max(0)..high.min(i32::try_from(most).unwrap_or(i32::MAX)) {
        let _ = number::close(file);
    }
    Ok(Value::NONE)
}

/// Whether a call has to wait for another process, so that an interrupt must be able to end the wait.
fn waits(file: BorrowedFd<'_>) -> bool {
    let kind = rustix::fs::fstat(file).map(|facts| FileType::from_raw_mode(facts.st_mode));
    let flags = rustix::fs::fcntl_getfl(file).unwrap_or(OFlags::NONBLOCK);
    kind != Ok(FileType::RegularFile) && !flags.contains(OFlags::NONBLOCK)
}

/// Calls the system until no signal comes in between. Raises `OSError`, and `KeyboardInterrupt` while it waits.
fn call<R>(
    thread: &mut Thread,
    file: BorrowedFd<'_>,
    direction: Option<Direction>,
    mut run: impl FnMut() -> io::Result<R>,
) -> Run<R> {
    loop {
        if let Some(direction) = direction
            && waits(file)
        {
            while !thread.wait_for_file(file, direction) {
                protocol::check_interrupt(thread)?;
            }
        }
        match thread.detached(&mut run) {
            Ok(result) => return Ok(result),
            Err(Errno::INTR) => protocol::check_interrupt(thread)?,
            Err(error) => return Err(failed(thread, error)),
        }
    }
}

/// Makes the buffer of a read. Raises `OSError` for a negative size.
fn buffer(thread: &mut Thread, size: &Value) -> Run<Vec<u8>> {
    let size = integer(thread, size)?;
    match usize::try_from(size) {
        Ok(size) => Ok(memory::repeated(0, size)?),
        Err(_) => Err(failed(thread, Errno::INVAL)),
    }
}

fn read(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [file, size] = args.exactly();
    let file = c_int(thread, file)?;
    let mut bytes = buffer(thread, size)?;
    let file = open_file(thread, file)?;
    let count = call(thread, file, Some(Direction::Read), || io::read(file, &mut bytes[..]))?;
    bytes.truncate(count);
    Ok(new_bytes(thread, bytes))
}

fn write(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [file, bytes] = args.exactly();
    let file = c_int(thread, file)?;
    let bytes = expect_bytes(thread, bytes)?;
    let file = open_file(thread, file)?;
    // A pipe that is ready takes as much without blocking.
    let piece = if waits(file) { &bytes[..bytes.len().min(4096)] } else { &bytes[..] };
    let count = call(thread, file, Some(Direction::Write), || io::write(file, piece))?;
    Ok(thread.new_usize(count))
}

/// Reads an offset in a file. Raises `OSError` for a negative one.
fn offset(thread: &mut Thread, value: &Value) -> Run<u64> {
    let offset = integer(thread, value)?;
    u64::try_from(offset).map_err(|_| failed(thread, Errno::INVAL))
}

fn pread(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [file, size, offset_given] = args.exactly();
    let file = c_int(thread, file)?;
    let mut bytes = buffer(thread, size)?;
    let offset = offset(thread, offset_given)?;
    let file = open_file(thread, file)?;
    let count = call(thread, file, None, || io::pread(file, &mut bytes[..], offset))?;
    bytes.truncate(count);
    Ok(new_bytes(thread, bytes))
}

fn pwrite(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [file, bytes, offset_given] = args.exactly();
    let file = c_int(thread, file)?;
    let bytes = expect_bytes(thread, bytes)?;
    let offset = offset(thread, offset_given)?;
    let file = open_file(thread, file)?;
    let count = call(thread, file, None, || io::pwrite(file, &bytes, offset))?;
    Ok(thread.new_usize(count))
}

fn seek(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [file, position, whence] = args.exactly();
    let file = c_int(thread, file)?;
    let (position, whence) = (integer(thread, position)?, c_int(thread, whence)?);
    let to = match (whence, u64::try_from(position)) {
        (0, Ok(position)) => SeekFrom::Start(position),
        (1, _) => SeekFrom::Current(position),
        (2, _) => SeekFrom::End(position),
        (3, Ok(position)) => SeekFrom::Data(position),
        (4, Ok(position)) => SeekFrom::Hole(position),
        _ => return Err(failed(thread, Errno::INVAL)),
    };
    let file = open_file(thread, file)?;
    let at = rustix::fs::seek(file, to).map_err(|error| failed(thread, error))?;
    Ok(thread.new_int(at as i64))
}

fn stat(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [file] = args.exactly();
    let file = c_int(thread, file)?;
    let file = open_file(thread, file)?;
    match thread.detached(|| rustix::fs::fstat(file)) {
        Ok(facts) => status::make(thread, &facts),
        Err(error) => Err(failed(thread, error)),
    }
}

fn make_pipe(thread: &mut Thread, flags: PipeFlags) -> Run<Value> {
    let (from, to) = rustix::pipe::pipe_with(flags).map_err(|error| failed(thread, error))?;
    let [from, to] = [from, to].map(|file| thread.new_int(file.into_raw_fd().into()));
    Ok(thread.new_tuple(vec![from, to]))
}

fn truncate(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [file, length] = args.exactly();
    let file = c_int(thread, file)?;
    let length = offset(thread, length)?;
    on_file(thread, file, |file| rustix::fs::ftruncate(file, length))
}

/// `truncate(path, length)`, also for an open file.
pub(super) fn truncate_path(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [path, length] = args.exactly();
    let path = Path::read(thread, path, "truncate", "path", Allowed::Numbers)?;
    let length = offset(thread, length)?;
    if let super::argument::Place::Number(file) = path.place {
        return on_file(thread, file, |file| rustix::fs::ftruncate(file, length));
    }
    let flags = OFlags::WRONLY | OFlags::CLOEXEC;
    let result = thread.detached(|| {
        let file = rustix::fs::open(path.name(), flags, Mode::empty())?;
        rustix::fs::ftruncate(file, length)
    });
    result.map(|()| Value::NONE).map_err(|error| path.failed(thread, error))
}

static SIZE_FIELDS: [NativeAttribute; 2] = fields(["columns", "lines"]);

/// `os.terminal_size`.
pub(super) const TERMINAL_SIZE: Description = Description {
    name: ("os", "terminal_size"),
    fields: &SIZE_FIELDS,
    unnamed: 0,
    hidden: &[],
    can_be_called: true,
};

fn terminal_size(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [file] = args.options();
    let file = match file {
        Some(file) if !file.is_none() => file_number(thread, file)?,
        _ => 1,
    };
    let file = open_file(thread, file)?;
    let size = rustix::termios::tcgetwinsize(file).map_err(|error| failed(thread, error))?;
    let class = struct_sequence::class(thread, &TERMINAL_SIZE)?;
    let items = [size.ws_col, size.ws_row].map(|count| thread.new_int(count.into())).to_vec();
    struct_sequence::make(thread, &class, items)
}

/// `fspath(path)`: the path itself, or what its `__fspath__` returns. Raises `TypeError` for other objects.
pub(super) fn fspath(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [path] = args.exactly();
    let is_name = |value: &Value| matches!(value.kind(), crate::value::Kind::Str | crate::value::Kind::Bytes);
    if is_name(path) {
        return Ok(path.clone());
    }
    let method = &thread.known().names().fspath;
    let Some(asked) = protocol::call_special_method(thread, path, method, Args::positional(&[])) else {
        return Err(expected_name(thread, path));
    };
    let asked = asked?;
    if is_name(&asked) {
        return Ok(asked);
    }
    let (class, given) = (protocol::type_name(thread, path), protocol::type_name(thread, &asked));
    Err(Raised::type_error(format_args!("expected {class}.__fspath__() to return str or bytes, not {given}")))
}

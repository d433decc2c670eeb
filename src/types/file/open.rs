//! `open`: what its arguments may be, and the file they make.

use std::ffi::{OsStr, OsString};
use std::fs::{File, OpenOptions};
use std::io::{Seek, SeekFrom};
use std::time::Duration;

use rustix::fs::FileType;
use std::os::unix::ffi::OsStringExt;

use crate::memory;
use crate::protocol::{self, type_name};
use crate::thread::Thread;
use crate::types::exception;
use crate::types::file::bytes::Bytes;
use crate::types::file::text::{Newline, Text};
use crate::types::file::{self, State};
use crate::types::object::utf8::check_utf8;
use crate::types::str::codec;
use crate::value::{self, Args, Raised, Run, Str, Value};

/// Bytes of the longest path that the system takes, without the byte at its end (`PATH_MAX`).
const LONGEST_PATH: usize = 4095;
/// The encoding of files whose encoding nobody names.
const USUAL_ENCODING: &str = "UTF-8";

/// How often an opening thread checks whether the other end of a pipe was opened.
const BETWEEN_LOOKS: Duration = Duration::from_millis(5);

/// The arguments of `open`, in order.
pub struct Request<'a> {
    /// A path.
    pub name: &'a Value,
    /// `mode`.
    pub mode: Option<&'a Value>,
    /// `buffering`.
    pub buffering: Option<&'a Value>,
    /// `encoding`.
    pub encoding: Option<&'a Value>,
    /// `errors`.
    pub errors: Option<&'a Value>,
    /// `newline`.
    pub newline: Option<&'a Value>,
}

/// What a mode asks for.
struct Mode {
    /// `r`, `w`, `a` or `x`.
    kind: char,
    updates: bool,
    is_binary: bool,
}

impl Mode {
    fn of(mode: &str) -> Run<Mode> {
        let repeats = |letter: char| mode.matches(letter).count() > 1;
        if let Some(_wrong) = mode.chars().find(|&letter| !"rwaxbt+".contains(letter) || repeats(letter)) {
            return Err(Raised::value_error(format_args!("invalid mode: '{mode}'")));
        }
        if mode.contains('b') && mode.contains('t') {
            return Err(Raised::value_error("can't have text and binary mode at once"));
        }
        let mut kinds = mode.chars().filter(|letter| "rwax".contains(*letter));
        let (Some(kind), None) = (kinds.next(), kinds.next()) else {
            let none = "Must have exactly one of create/read/write/append mode and at most one plus";
            let several = "must have exactly one of create/read/write/append mode";
            let is_none = !mode.contains(['r', 'w', 'a', 'x']);
            return Err(Raised::value_error(if is_none { none } else { several }));
        };
        Ok(Mode { kind, updates: mode.contains('+'), is_binary: mode.contains('b') })
    }

    fn options(&self) -> OpenOptions {
        let mut options = OpenOptions::new();
        let reads = self.kind == 'r' || self.updates;
        let writes = self.kind != 'r' || self.updates;
        options.read(reads).write(writes && self.kind != 'a').append(self.kind == 'a');
        match self.kind {
            'w' => options.create(true).truncate(true),
            'a' => options.create(true),
            'x' => options.create_new(true),
            _ => &mut options,
        };
        options
    }
}

/// Returns an optional argument that must be a text.
fn text<'a>(thread: &Thread, value: Option<&'a Value>, name: &str, or_none: bool) -> Run<Option<&'a str>> {
    match value {
        None => Ok(None),
        Some(value) if or_none && value.is_none() => Ok(None),
        Some(value) => match value.downcast_ref::<Str>() {
            Some(text) => Ok(Some(check_utf8(thread, text)?)),
            None => {
                let given = protocol::argument_kind(thread, value);
                let or = if or_none { " or None" } else { "" };
                Err(Raised::type_error(format_args!("open() argument '{name}' must be str{or}, not {given}")))
            }
        },
    }
}

/// The path that a name stands for, in the bytes of the system.
fn path_of(thread: &mut Thread, name: &Value) -> Run<OsString> {
    let mut name = name.clone();
    if name.downcast_ref::<Str>().is_none() && name.downcast_ref::<value::Bytes>().is_none() {
        let method = &thread.known().names().fspath;
        let Some(path) = protocol::call_special_method(thread, &name, method, Args::positional(&[])) else {
            let given = type_name(thread, &name);
            return Err(Raised::type_error(format_args!(
                "expected str, bytes or os.PathLike object, not {given}"
            )));
        };
        name = path?;
    }
    let path = match (name.downcast_ref::<Str>(), name.downcast_ref::<value::Bytes>()) {
        (Some(text), _) => codec::encode_plain(thread, text.as_str(), "utf-8", "surrogateescape")?,
        (None, Some(bytes)) => memory::copy(bytes.as_slice())?,
        (None, None) => {
            let given = type_name(thread, &name);
            return Err(Raised::type_error(format_args!(
                "expected str, bytes or os.PathLike object, not {given}"
            )));
        }
    };
    if path.contains(&0) {
        return Err(Raised::value_error("embedded null byte"));
    }
    Ok(OsString::from_vec(path))
}

/// Opens a file of the system.
///
/// Opening a named pipe waits for its other end, and Ctrl-C would not end that. So another thread of the system
/// opens it, and this one checks for the signal meanwhile; if the signal comes, the other thread is abandoned.
fn open_file(thread: &mut Thread, mode: &Mode, path: &OsStr) -> Run<std::io::Result<File>> {
    // The system says so too, but a library would copy the path first.
    if path.len() > LONGEST_PATH {
        return Ok(Err(std::io::Error::from_raw_os_error(rustix::io::Errno::NAMETOOLONG.raw_os_error())));
    }
    let is_pipe =
        rustix::fs::stat(path).is_ok_and(|facts| FileType::from_raw_mode(facts.st_mode) == FileType::Fifo);
    let options = mode.options();
    if !is_pipe || mode.updates {
        return Ok(thread.detached(|| options.open(path)));
    }
    let path = path.to_owned();
    let waiting = std::thread::Builder::new().spawn(move || options.open(path));
    let waiting = match waiting {
        Ok(waiting) => waiting,
        Err(error) => return Ok(Err(error)),
    };
    while !waiting.is_finished() {
        if !thread.wait_for_time(BETWEEN_LOOKS) {
            protocol::check_interrupt(thread)?;
        }
    }
    Ok(waiting.join().expect("opening a file does not panic"))
}

/// `open(file, mode='r', buffering=-1, encoding=None, errors=None, newline=None)`. Raises `TypeError` and
/// `ValueError` for wrong arguments, `LookupError` for an unknown encoding, `OSError` if the file cannot be
/// opened.
pub fn open(thread: &mut Thread, request: &Request<'_>) -> Run<Value> {
    let mode_text = text(thread, request.mode, "mode", false)?.unwrap_or("r");
    let encoding = text(thread, request.encoding, "encoding", true)?;
    let errors = text(thread, request.errors, "errors", true)?;
    let newline = text(thread, request.newline, "newline", true)?;
    let buffering = match request.buffering {
        Some(buffering) => protocol::index_isize(thread, buffering)?,
        None => -1,
    };
    let path = path_of(thread, request.name)?;
    let mode = Mode::of(mode_text)?;
    if mode.is_binary {
        let given = [("encoding", encoding), ("errors", errors), ("newline", newline)];
        if let Some((name, _)) = given.into_iter().find(|(_, given)| given.is_some()) {
            let article = if name == "newline" { "a" } else { "an" };
            return Err(Raised::value_error(format_args!(
                "binary mode doesn't take {article} {name} argument"
            )));
        }
    }
    let mut start = 0;
    let opened = open_file(thread, &mode, &path)?.and_then(|mut file| {
        if file.metadata()?.is_dir() {
            return Err(std::io::Error::from_raw_os_error(rustix::io::Errno::ISDIR.raw_os_error()));
        }
        if mode.kind == 'a' {
            // A pipe has no end to go to.
            start = file.seek(SeekFrom::End(0)).unwrap_or(0);
        }
        Ok(file)
    });
    let opened = opened.map_err(|error| exception::errno::raise(thread, &error, Some(request.name)))?;
    let bytes = Bytes::new(opened);
    let side = if mode.is_binary {
        None
    } else {
        if buffering == 0 {
            return Err(Raised::value_error("can't have unbuffered text I/O"));
        }
        let Some(newline) = Newline::of(newline) else {
            let shown = newline.unwrap_or_default();
            return Err(Raised::value_error(format_args!("illegal newline value: {shown}")));
        };
        let encoding = encoding.unwrap_or(USUAL_ENCODING);
        let codec = codec::check(encoding)?;
        let mut text = Text::new(encoding, codec, errors.unwrap_or("strict"), newline, buffering == 1);
        text.is_moved_to(start);
        Some(text)
    };
    let state = State {
        bytes,
        text: side,
        reads: mode.kind == 'r' || mode.updates,
        writes: mode.kind != 'r' || mode.updates,
    };
    Ok(file::new(thread, request.name, mode_text, state))
}

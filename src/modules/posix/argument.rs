//! The arguments of `posix`: paths, numbers of open files, flags, times.

use std::ffi::OsStr;
use std::os::fd::BorrowedFd;
use std::os::unix::ffi::OsStrExt;

use rustix::io::Errno;

use crate::protocol;
use crate::text::path;
use crate::thread::Thread;
use crate::types::exception::errno;
use crate::types::file::number;
use crate::types::object::bytes_like::copied_bytes;
use crate::types::str::codec;
use crate::types::str::text_args::c_int;
use crate::value::{Args, Bytes, Kind, Raised, Run, Str, Value};

/// What a path argument may be besides `str`, `bytes` and path objects.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Allowed {
    /// Nothing else.
    Paths,
    /// The number of an open file.
    Numbers,
    /// The number of an open file, or `None` for the current folder.
    NumbersOrNone,
}

/// A path argument.
pub(super) struct Path {
    /// The argument as it was given, for errors.
    pub given: Value,
    /// Whether it is given as bytes; names that are found there are then bytes, too.
    pub is_bytes: bool,
    /// What it names.
    pub place: Place,
}

/// What a path argument names.
pub(super) enum Place {
    /// A name.
    Name(Vec<u8>),
    /// An open file.
    Number(i32),
}

impl Path {
    /// Reads the argument `argument` of the function `function`.
    /// Raises `TypeError` for other objects, `ValueError` for names with a null character, and what `__fspath__` and
    /// `__index__` raise.
    pub fn read(
        thread: &mut Thread,
        value: &Value,
        function: &str,
        argument: &str,
        allowed: Allowed,
    ) -> Run<Path> {
        let mut name = value.clone();
        if value.is_none() && allowed == Allowed::NumbersOrNone {
            let here = Place::Name(b".".to_vec());
            return Ok(Path { given: value.clone(), is_bytes: false, place: here });
        }
        if !matches!(name.kind(), Kind::Str | Kind::Bytes) {
            if allowed != Allowed::Paths && protocol::slots_of(thread, value).index.is_some() {
                let place = Place::Number(file_number(thread, value)?);
                return Ok(Path { given: value.clone(), is_bytes: false, place });
            }
            let method = &thread.known().names().fspath;
            let asked = protocol::call_special_method(thread, value, method, Args::positional(&[]));
            let Some(asked) = asked else {
                let given = protocol::type_name(thread, value);
                let wanted = match allowed {
                    Allowed::Paths => "string, bytes or os.PathLike",
                    Allowed::Numbers => "string, bytes, os.PathLike or integer",
                    Allowed::NumbersOrNone => "string, bytes, os.PathLike, integer or None",
                };
                return Err(Raised::type_error(format_args!(
                    "{function}: {argument} should be {wanted}, not {given}"
                )));
            };
            name = asked?;
            if !matches!(name.kind(), Kind::Str | Kind::Bytes) {
                let (class, given) = (protocol::type_name(thread, value), protocol::type_name(thread, &name));
                return Err(Raised::type_error(format_args!(
                    "expected {class}.__fspath__() to return str or bytes, not {given}"
                )));
            }
        }
        let bytes = system_bytes(thread, &name)?;
        if bytes.contains(&0) {
            return Err(Raised::value_error(format_args!(
                "{function}: embedded null character in {argument}"
            )));
        }
        Ok(Path { given: value.clone(), is_bytes: name.kind() == Kind::Bytes, place: Place::Name(bytes) })
    }

    /// Makes the `OSError` of a call that failed for this path.
    #[cold]
    pub fn failed(&self, thread: &mut Thread, error: Errno) -> Raised {
        errno::raise(thread, &error.into(), Some(&self.given))
    }

    /// Makes the `OSError` of a call that failed for this path and another one.
    #[cold]
    pub fn failed_with(&self, thread: &mut Thread, other: &Path, error: Errno) -> Raised {
        errno::raise_between(thread, &error.into(), &self.given, &other.given)
    }

    /// The name; that of an open file is empty.
    pub fn name(&self) -> &OsStr {
        match &self.place {
            Place::Name(name) => OsStr::from_bytes(name),
            Place::Number(_) => OsStr::new(""),
        }
    }

    /// Makes a name as the path was given: a text, or bytes.
    pub fn same_kind(&self, thread: &Thread, name: &[u8]) -> Run<Value> {
        if self.is_bytes { copied_bytes(thread, name) } else { Ok(text_of(thread, name)) }
    }
}

/// Makes the text of a name of the system.
pub(super) fn text_of(thread: &Thread, name: &[u8]) -> Value {
    thread.new_string(path::from_system(OsStr::from_bytes(name)))
}

/// Returns a `str` or `bytes` in the bytes of the system. Raises `UnicodeEncodeError`, `MemoryError`.
pub(super) fn system_bytes(thread: &mut Thread, name: &Value) -> Run<Vec<u8>> {
    match (name.downcast_ref::<Str>(), name.downcast_ref::<Bytes>()) {
        (Some(text), _) => codec::encode_plain(thread, text.as_str(), "utf-8", "surrogateescape"),
        (None, Some(bytes)) => Ok(crate::memory::copy(bytes.as_slice())?),
        (None, None) => Err(expected_name(thread, name)),
    }
}

/// Makes the `TypeError` for an object that is no name.
#[cold]
pub(super) fn expected_name(thread: &Thread, value: &Value) -> Raised {
    let given = protocol::type_name(thread, value);
    Raised::type_error(format_args!("expected str, bytes or os.PathLike object, not {given}"))
}

/// Reads the number of an open file. Raises `OverflowError` for numbers that cannot be one.
pub(super) fn file_number(thread: &mut Thread, value: &Value) -> Run<i32> {
    if value.kind() == Kind::Bool {
        let text = "bool is used as a file descriptor";
        (thread.known().upper_floors.warn)(thread, crate::value::ErrorKind::RuntimeWarning, text)?;
    }
    let index = protocol::index(thread, value)?;
    match index.as_i64() {
        Some(number) if i32::try_from(number).is_ok() => Ok(number as i32),
        Some(number) if number < 0 => Err(Raised::overflow_error("fd is less than minimum")),
        Some(_) => Err(Raised::overflow_error("fd is greater than maximum")),
        None => Err(Raised::overflow_error("fd is greater than maximum")),
    }
}

/// Reads an open file: its number, or an object with `fileno()`. Raises `TypeError`, `ValueError`.
pub(super) fn file_or_object(thread: &mut Thread, value: &Value) -> Run<i32> {
    if value.as_integer().is_some() {
        let number = c_int(thread, value)?;
        return match number {
            0.. => Ok(number),
            _ => Err(Raised::value_error(format_args!(
                "file descriptor cannot be a negative integer ({number})"
            ))),
        };
    }
    let name = thread.known().intern(thread, "fileno");
    if protocol::class_lookup(&protocol::class_of(thread, value), &name).is_none() {
        return Err(Raised::type_error("argument must be an int, or have a fileno() method."));
    }
    let number = protocol::call_method(thread, value, &name, &[])?;
    if number.as_integer().is_none() {
        return Err(Raised::type_error("fileno() returned a non-integer"));
    }
    c_int(thread, &number)
}

/// Reads the optional folder that a path is relative to; the current one without it.
pub(super) fn folder(thread: &mut Thread, value: Option<&Value>) -> Run<BorrowedFd<'static>> {
    let Some(value) = value.filter(|value| !value.is_none()) else { return Ok(rustix::fs::CWD) };
    if protocol::slots_of(thread, value).index.is_none() {
        let given = protocol::type_name(thread, value);
        return Err(Raised::type_error(format_args!("argument should be integer or None, not {given}")));
    }
    let number = file_number(thread, value)?;
    open_file(thread, number)
}

/// Returns the open file of a number. Raises `OSError` for negative ones.
pub(super) fn open_file(thread: &mut Thread, number: i32) -> Run<BorrowedFd<'static>> {
    number::file(number).map_err(|error| failed(thread, error))
}

/// Makes the `OSError` of a call that failed for no path.
#[cold]
pub(super) fn failed(thread: &mut Thread, error: Errno) -> Raised {
    errno::raise(thread, &error.into(), None)
}

/// Reads an optional truth value.
pub(super) fn truth(thread: &mut Thread, value: Option<&Value>, usual: bool) -> Run<bool> {
    value.map_or(Ok(usual), |value| protocol::is_true(thread, value))
}

/// Reads an optional C `int`.
pub(super) fn optional_int(thread: &mut Thread, value: Option<&Value>, usual: i32) -> Run<i32> {
    value.map_or(Ok(usual), |value| c_int(thread, value))
}

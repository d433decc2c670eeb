//! Bytes from any object, and objects from bytes.

use crate::memory;
use crate::protocol;
use crate::thread::{Thread, ThreadState};
use crate::value::{Args, Bytes, ErrorKind, Kind, Raised, Run, Value};

/// The bytes of a bytes-like object.
pub fn as_bytes(value: &Value) -> Option<&[u8]> {
    value.downcast_ref::<Bytes>().map(|bytes| bytes.as_slice())
}

/// Returns the bytes of a bytes-like object. Raises `TypeError` for any other object.
pub fn expect_bytes<'a>(thread: &Thread, value: &'a Value) -> Run<&'a [u8]> {
    as_bytes(value).ok_or_else(|| {
        let given = protocol::type_name(thread, value);
        Raised::type_error(format_args!("a bytes-like object is required, not '{given}'"))
    })
}

/// Makes a `bytes`.
pub fn new_bytes(thread: &ThreadState, bytes: Vec<u8>) -> Value {
    thread.alloc(Bytes::new(bytes)).into_value()
}

/// Makes a `bytes` of any length. Raises `MemoryError`.
pub fn copied_bytes(thread: &ThreadState, bytes: &[u8]) -> Run<Value> {
    Ok(new_bytes(thread, memory::copy(bytes)?))
}

/// Returns the bytes that `bytes` makes of an object which is no integer: by `__bytes__`, else of a bytes-like
/// object or an iterable of small integers (CPython: PyObject_Bytes). Raises as `asked_for_bytes` and
/// `items_of` do.
pub fn bytes_of(thread: &mut Thread, value: &Value) -> Run<Vec<u8>> {
    match asked_for_bytes(thread, value)? {
        Some(bytes) => Ok(bytes),
        None => items_of(thread, value),
    }
}

/// Returns the result of `__bytes__` of an object's class; `None` if it has none. Raises `TypeError` if that
/// returns no `bytes`, and what it raises.
pub fn asked_for_bytes(thread: &mut Thread, value: &Value) -> Run<Option<Vec<u8>>> {
    if let Some(bytes) = value.downcast_exact::<Bytes>() {
        return Ok(Some(memory::copy(bytes.as_slice())?));
    }
    let name = &thread.known().names().bytes;
    let Some(made) = protocol::call_special_method(thread, value, name, Args::positional(&[])) else {
        return Ok(None);
    };
    let made = made?;
    match made.downcast_ref::<Bytes>() {
        Some(bytes) => Ok(Some(memory::copy(bytes.as_slice())?)),
        None => {
            let given = protocol::type_name(thread, &made);
            Err(Raised::type_error(format_args!("__bytes__ returned non-bytes (type {given})")))
        }
    }
}

/// Returns the bytes of a bytes-like object or of an iterable of small integers. Raises `TypeError` for other
/// objects, `ValueError` for integers that are no byte, what iterating raises, and `MemoryError`.
pub fn items_of(thread: &mut Thread, value: &Value) -> Run<Vec<u8>> {
    if let Some(bytes) = as_bytes(value) {
        return Ok(memory::copy(bytes)?);
    }
    let iterator = match value.kind() {
        Kind::Str => Err(None),
        _ => protocol::iter(thread, value).map_err(Some),
    };
    let iterator = match iterator {
        Ok(iterator) => iterator,
        Err(Some(raised)) if !raised.is_kind(thread, ErrorKind::TypeError) => return Err(raised),
        Err(_) => {
            let given = protocol::type_name(thread, value);
            return Err(Raised::type_error(format_args!("cannot convert '{given}' object to bytes")));
        }
    };
    let mut bytes = Vec::new();
    protocol::reserve_hinted(thread, value, &mut bytes)?;
    while let Some(item) = protocol::next(thread, &iterator)? {
        let item = protocol::index(thread, &item)?;
        let byte = item.as_i64().and_then(|item| u8::try_from(item).ok());
        let byte = byte.ok_or_else(|| Raised::value_error("bytes must be in range(0, 256)"))?;
        bytes.try_reserve(1)?;
        bytes.push(byte);
    }
    Ok(bytes)
}

/// Returns an integer that stands for one byte. Raises `TypeError` if it is no integer, `ValueError` if it is
/// not in `range(256)`.
pub fn byte_value(thread: &mut Thread, value: &Value) -> Run<u8> {
    let value = protocol::index(thread, value)?;
    let byte = value.as_i64().and_then(|value| u8::try_from(value).ok());
    byte.ok_or_else(|| Raised::value_error("byte must be in range(0, 256)"))
}

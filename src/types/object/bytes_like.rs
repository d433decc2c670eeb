//! Any object as bytes, and bytes as an object.

use crate::memory;
use crate::protocol;
use crate::thread::{Thread, ThreadState};
use crate::value::{Args, Bytes, ErrorKind, Kind, Raised, Run, Value};

/// The bytes of a bytes-like object.
pub fn as_bytes(value: &Value) -> Option<&[u8]> {
    value.downcast_ref::<Bytes>().map(|bytes| bytes.as_slice())
}

/// The bytes of a bytes-like object, or `TypeError`.
pub fn expect_bytes<'a>(thread: &Thread, value: &'a Value) -> Run<&'a [u8]> {
    as_bytes(value).ok_or_else(|| {
        let given = protocol::type_name(thread, value);
        Raised::type_error(format!("a bytes-like object is required, not '{given}'"))
    })
}

/// Makes a `bytes`.
pub fn new_bytes(thread: &ThreadState, bytes: Vec<u8>) -> Value {
    thread.alloc(Bytes::new(bytes)).into_value()
}

/// Makes a `bytes` of as many as a program wants.
pub fn copied_bytes(thread: &ThreadState, bytes: &[u8]) -> Run<Value> {
    Ok(new_bytes(thread, memory::copy(bytes)?))
}

/// What `bytes` makes of an object that is no number: `__bytes__`, else a bytes-like object or an iterable of
/// small integers (CPython: PyObject_Bytes).
pub fn bytes_of(thread: &mut Thread, value: &Value) -> Run<Vec<u8>> {
    match asked_for_bytes(thread, value)? {
        Some(bytes) => Ok(bytes),
        None => items_of(thread, value),
    }
}

/// What `__bytes__` of an object's class makes of it; `None` if it has none.
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
            Err(Raised::type_error(format!("__bytes__ returned non-bytes (type {given})")))
        }
    }
}

/// The bytes of a bytes-like object or of an iterable of small integers.
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
            return Err(Raised::type_error(format!("cannot convert '{given}' object to bytes")));
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

/// An integer that stands for one byte.
pub fn byte_value(thread: &mut Thread, value: &Value) -> Run<u8> {
    let value = protocol::index(thread, value)?;
    let byte = value.as_i64().and_then(|value| u8::try_from(value).ok());
    byte.ok_or_else(|| Raised::value_error("byte must be in range(0, 256)"))
}

//! The methods of `bytearray` that change it.

use std::ops::Range;

use crate::protocol;
use crate::thread::Thread;
use crate::types::object::bytes_like::{byte_value, contents_if_shown};
use crate::types::object::method_arguments::split_self;
use crate::types::sequence::{position_of, whole_index};
use crate::types::str::text_args::integer;
use crate::value::{Args, ByteArray, ByteStore, ErrorKind, Kind, NativeMethod, Object, Raised, Run, Value};

/// The methods of `bytearray` that change or copy it.
pub const METHODS: [NativeMethod; 9] = [
    NativeMethod::new("append", "item, /", append),
    NativeMethod::new("clear", "", clear),
    NativeMethod::new("copy", "", copy),
    NativeMethod::new("extend", "iterable_of_ints, /", extend),
    NativeMethod::new("insert", "index, item, /", insert),
    NativeMethod::new("pop", "index=-1, /", pop),
    NativeMethod::new("remove", "value, /", remove),
    NativeMethod::new("resize", "size, /", resize),
    NativeMethod::new("reverse", "", reverse),
];

/// Makes the `BufferError` of an array whose number of bytes cannot change.
#[cold]
pub fn has_views() -> Raised {
    Raised::new(ErrorKind::BufferError, "Existing exports of data: object cannot be re-sized")
}

/// Replaces the bytes in a range by others; the part of the range behind the end is ignored.
/// Raises `BufferError` if that changes the number of bytes while there are views, `MemoryError`.
pub fn assign(array: &Object<ByteArray>, range: Range<usize>, by: &[u8]) -> Run<()> {
    let is_done = array.with_bytes_mut(|bytes| {
        let end = range.end.min(bytes.len());
        let start = range.start.min(end);
        let fits = end - start == by.len();
        if fits {
            bytes[start..end].copy_from_slice(by);
        }
        fits
    });
    if is_done {
        return Ok(());
    }
    array.resize_with(|store| {
        let end = range.end.min(store.as_slice().len());
        Ok(store.replace(range.start.min(end)..end, by)?)
    })
}

/// Adds bytes at the end. Raises `BufferError` if there are views, `MemoryError`.
pub fn append_all(array: &Object<ByteArray>, added: &[u8]) -> Run<()> {
    if added.is_empty() {
        return Ok(());
    }
    array.resize_with(|store| {
        let end = store.as_slice().len();
        Ok(store.replace(end..end, added)?)
    })
}

/// Removes all bytes. Raises nothing: no memory is needed.
pub fn emptied(store: &mut ByteStore) -> Run<()> {
    let end = store.as_slice().len();
    Ok(store.replace(0..end, &[])?)
}

fn append(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (array, rest) = split_self::<ByteArray>(args);
    let [item] = rest.exactly();
    let byte = byte_value(thread, item)?;
    array.resize_with(|store| Ok(store.push(byte)?))?;
    Ok(Value::NONE)
}

fn clear(_thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (array, _) = split_self::<ByteArray>(args);
    assign(array, 0..usize::MAX, &[])?;
    Ok(Value::NONE)
}

fn copy(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (array, _) = split_self::<ByteArray>(args);
    let copied = array.with_bytes(crate::memory::copy)?;
    Ok(thread.alloc(ByteArray::new(copied)).into_value())
}

fn extend(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (array, rest) = split_self::<ByteArray>(args);
    let [iterable] = rest.exactly();
    if protocol::slots_of(thread, iterable).buffer.is_some() {
        let end = array.len();
        let Some(added) = contents_if_shown(thread, iterable)? else {
            let given = protocol::type_name(thread, iterable);
            return Err(Raised::type_error(format_args!("can't set bytearray slice from {given}")));
        };
        // Where the end was before the other object was asked.
        assign(array, end..end, &added)?;
        return Ok(Value::NONE);
    }
    let iterator = match protocol::iter(thread, iterable) {
        Err(raised) if raised.is_kind(thread, ErrorKind::TypeError) => {
            let given = protocol::type_name(thread, iterable);
            return Err(Raised::type_error(format_args!("can't extend bytearray with {given}")));
        }
        iterator => iterator?,
    };
    let mut added = Vec::new();
    protocol::reserve_hinted(thread, iterable, &mut added)?;
    // The array stays as it is if an item is wrong.
    while let Some(item) = protocol::next(thread, &iterator)? {
        if iterable.kind() == Kind::Str && item.kind() == Kind::Str {
            return Err(Raised::type_error("expected iterable of integers; got: 'str'"));
        }
        added.try_reserve(1)?;
        added.push(byte_value(thread, &item)?);
    }
    append_all(array, &added)?;
    Ok(Value::NONE)
}

fn insert(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (array, rest) = split_self::<ByteArray>(args);
    let [index, item] = rest.exactly();
    let index = whole_index(thread, index)?;
    let byte = byte_value(thread, item)?;
    array.resize_with(|store| {
        let len = store.as_slice().len() as isize;
        let position = if index < 0 { index.saturating_add(len).max(0) } else { index.min(len) } as usize;
        Ok(store.replace(position..position, &[byte])?)
    })?;
    Ok(Value::NONE)
}

fn pop(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (array, rest) = split_self::<ByteArray>(args);
    let index = match rest.positionals() {
        [] => -1,
        [index, ..] => whole_index(thread, index)?,
    };
    let found = array.with_bytes(|bytes| match position_of(index, bytes.len()) {
        _ if bytes.is_empty() => Err("pop from empty bytearray"),
        Some(_) => Ok(()),
        None => Err("pop index out of range"),
    });
    found.map_err(Raised::index_error)?;
    let byte = array.resize_with(|store| {
        let bytes = store.as_slice();
        let position =
            position_of(index, bytes.len()).ok_or_else(|| Raised::index_error("pop index out of range"))?;
        let byte = bytes[position];
        store.replace(position..position + 1, &[])?;
        Ok(byte)
    })?;
    Ok(thread.new_int(i64::from(byte)))
}

fn remove(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (array, rest) = split_self::<ByteArray>(args);
    let [value] = rest.exactly();
    let byte = byte_value(thread, value)?;
    let Some(position) = array.with_bytes(|bytes| memchr::memchr(byte, bytes)) else {
        return Err(Raised::value_error("value not found in bytearray"));
    };
    assign(array, position..position + 1, &[])?;
    Ok(Value::NONE)
}

fn resize(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (array, rest) = split_self::<ByteArray>(args);
    let [size] = rest.exactly();
    let size = integer(thread, size)?;
    let Ok(len) = usize::try_from(size) else {
        return Err(Raised::value_error(format_args!("Can only resize to positive sizes, got {size}")));
    };
    if len != array.len() {
        array.resize_with(|store| Ok(store.resize(len)?))?;
    }
    Ok(Value::NONE)
}

fn reverse(_thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (array, _) = split_self::<ByteArray>(args);
    array.with_bytes_mut(<[u8]>::reverse);
    Ok(Value::NONE)
}

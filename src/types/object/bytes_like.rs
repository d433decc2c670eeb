//! Bytes from any object, and objects from bytes.
//!
//! Whoever takes a bytes-like argument gets the bytes with [`contents`]: those of a `bytes` are borrowed, all others
//! are copied, because script code or another thread may change them. The object that a method is called on, a
//! `bytes` or a `bytearray`, is a [`ByteSelf`]; the methods of both types are the same functions.

use std::borrow::Cow;

use crate::memory;
use crate::protocol;
use crate::thread::{Thread, ThreadState};
use crate::types::object::buffer;
use crate::value::{Args, ByteArray, Bytes, Class, ErrorKind, Kind, MemoryView, Object, Raised, Run, Value};

/// Returns the bytes of a bytes-like object; `None` for any other object. Raises `MemoryError`, and what the object
/// raises when it is asked for its bytes.
#[inline]
pub fn contents<'a>(thread: &mut Thread, value: &'a Value) -> Run<Option<Cow<'a, [u8]>>> {
    match value.downcast_exact::<Bytes>() {
        Some(bytes) => Ok(Some(Cow::Borrowed(bytes.as_slice()))),
        None => contents_asked_for(thread, value),
    }
}

#[inline(never)]
fn contents_asked_for<'a>(thread: &mut Thread, value: &'a Value) -> Run<Option<Cow<'a, [u8]>>> {
    Ok(shown_bytes(thread, value, buffer::SIMPLE)?.map(Cow::Owned))
}

/// Returns the bytes that a bytes-like object shows on a request with these flags (`buffer.rs`); `None` for any other
/// object. Raises `BufferError` if it does not show them so, `MemoryError`, and what `__buffer__` raises.
pub fn shown_bytes(thread: &mut Thread, value: &Value, flags: i32) -> Run<Option<Vec<u8>>> {
    if let Some(array) = value.downcast_exact::<ByteArray>() {
        return Ok(Some(array.with_bytes(memory::copy)?));
    }
    if let Some(view) = value.downcast_ref::<MemoryView>() {
        let held = view.held()?;
        buffer::check_restricted(view)?;
        let layout = buffer::requested(&view.layout, flags)?;
        return Ok(Some(held.with_storage(|bytes| layout.gather(bytes, false))?));
    }
    let Some(view) = buffer::acquire(thread, value, flags)? else { return Ok(None) };
    let held = view.held()?;
    let bytes = held.with_storage(|bytes| view.layout.gather(bytes, false));
    drop(held);
    buffer::release(&view);
    Ok(Some(bytes?))
}

/// Returns the bytes of a bytes-like object; `None` for any other object and for one that does not show its bytes.
/// Raises `MemoryError`.
pub fn contents_if_shown<'a>(thread: &mut Thread, value: &'a Value) -> Run<Option<Cow<'a, [u8]>>> {
    let bytes = contents(thread, value);
    if_shown(thread, bytes)
}

/// Returns the bytes as `contents_if_shown` does, but of a `bytes` its own.
pub fn own_contents_if_shown<'a>(thread: &mut Thread, value: &'a Value) -> Run<Option<Cow<'a, [u8]>>> {
    let bytes = own_contents(thread, value);
    if_shown(thread, bytes)
}

/// Takes an error for bytes that are not shown, unless memory is missing.
fn if_shown<T>(thread: &Thread, bytes: Run<Option<T>>) -> Run<Option<T>> {
    match bytes {
        Err(raised) if !raised.is_kind(thread, ErrorKind::MemoryError) => Ok(None),
        bytes => bytes,
    }
}

/// Returns the bytes of a bytes-like object as `contents` does, but of a `bytes` its own, whatever `__buffer__` of its
/// class says.
pub fn own_contents<'a>(thread: &mut Thread, value: &'a Value) -> Run<Option<Cow<'a, [u8]>>> {
    match value.downcast_ref::<Bytes>() {
        Some(bytes) => Ok(Some(Cow::Borrowed(bytes.as_slice()))),
        None => contents(thread, value),
    }
}

/// Returns the bytes of a bytes-like object. Raises `TypeError` for any other object, and as `contents` does.
pub fn expect_bytes<'a>(thread: &mut Thread, value: &'a Value) -> Run<Cow<'a, [u8]>> {
    match contents(thread, value)? {
        Some(bytes) => Ok(bytes),
        None => Err(no_bytes(thread, value)),
    }
}

/// Makes the `TypeError` for an object that is not bytes-like.
#[cold]
pub fn no_bytes(thread: &Thread, value: &Value) -> Raised {
    let given = protocol::type_name(thread, value);
    Raised::type_error(format_args!("a bytes-like object is required, not '{given}'"))
}

/// Makes a `bytes`.
pub fn new_bytes(thread: &ThreadState, bytes: Vec<u8>) -> Value {
    thread.alloc(Bytes::new(bytes)).into_value()
}

/// Makes a `bytes` of any length. Raises `MemoryError`.
pub fn copied_bytes(thread: &ThreadState, bytes: &[u8]) -> Run<Value> {
    Ok(new_bytes(thread, memory::copy(bytes)?))
}

/// The `bytes` or `bytearray` that a method is called on.
#[derive(Clone, Copy)]
pub enum ByteSelf<'a> {
    /// A `bytes`.
    Fixed(&'a Object<Bytes>),
    /// A `bytearray`.
    Array(&'a Object<ByteArray>),
}

impl<'a> ByteSelf<'a> {
    /// Returns the object itself, for a slot function or a method.
    ///
    /// Panics if it is neither: slots and methods are called with an instance of their own type.
    pub fn of(value: &'a Value) -> ByteSelf<'a> {
        match value.downcast_ref::<ByteArray>() {
            Some(array) => ByteSelf::Array(array),
            None => ByteSelf::Fixed(value.downcast_ref().expect("called with an instance of its type")),
        }
    }

    /// Runs `action` on the bytes, those of a `bytearray` under its lock; it must not run script code.
    #[inline]
    pub fn with<R>(self, action: impl FnOnce(&[u8]) -> R) -> R {
        match self {
            ByteSelf::Fixed(bytes) => action(bytes.as_slice()),
            ByteSelf::Array(array) => array.with_bytes(action),
        }
    }

    /// Returns the bytes, those of a `bytearray` copied. Raises `MemoryError`.
    pub fn contents(self) -> Run<Cow<'a, [u8]>> {
        match self {
            ByteSelf::Fixed(bytes) => Ok(Cow::Borrowed(bytes.as_slice())),
            ByteSelf::Array(array) => Ok(Cow::Owned(array.with_bytes(memory::copy)?)),
        }
    }

    /// How many bytes.
    pub fn count(self) -> usize {
        self.with(<[u8]>::len)
    }

    /// Makes an object of the same type.
    pub fn make(self, thread: &ThreadState, bytes: Vec<u8>) -> Value {
        match self {
            ByteSelf::Fixed(_) => new_bytes(thread, bytes),
            ByteSelf::Array(_) => thread.alloc(ByteArray::new(bytes)).into_value(),
        }
    }

    /// Makes an object of the same type with a copy of some bytes. Raises `MemoryError`.
    pub fn make_copy(self, thread: &ThreadState, bytes: &[u8]) -> Run<Value> {
        Ok(self.make(thread, memory::copy(bytes)?))
    }

    /// Forbids that the number of bytes changes, as long as the result lives: while the arguments of a method are
    /// converted, which may run script code.
    pub fn pin(self) -> Pinned<'a> {
        match self {
            ByteSelf::Fixed(_) => Pinned(None),
            ByteSelf::Array(array) => {
                array.export();
                Pinned(Some(array))
            }
        }
    }
}

/// As long as this lives, the number of bytes of a `bytearray` stays.
pub struct Pinned<'a>(Option<&'a Object<ByteArray>>);

impl Drop for Pinned<'_> {
    fn drop(&mut self) {
        if let Some(array) = self.0 {
            array.unexport();
        }
    }
}

/// Returns the object that a method of `bytes` or `bytearray` is called on, and the arguments that follow it.
pub fn split_byte_self<'a>(args: Args<'a>) -> (ByteSelf<'a>, Args<'a>) {
    (ByteSelf::of(args.get(0).expect("a method gets `self`")), args.skip_first())
}

/// Returns a new `bytes` or `bytearray` as an instance of the class on which a class method was called: itself, or for
/// a derived class what that makes of it. Raises what the class raises.
pub fn as_instance_of(thread: &mut Thread, class: &Value, made: Value) -> Run<Value> {
    match class.downcast_ref::<Class>() {
        Some(class) if class.root_shape().is_builtin() => Ok(made),
        _ => protocol::call(thread, class, Args::positional(&[made])),
    }
}

/// Returns the bytes that `bytes` makes of an object which is no integer: by `__bytes__`, else of a bytes-like
/// object or an iterable of small integers (CPython: PyObject_Bytes). Raises as `asked_for_bytes` and
/// `items_of` do.
pub fn bytes_of(thread: &mut Thread, value: &Value) -> Run<Vec<u8>> {
    match asked_for_bytes(thread, value)? {
        Some(bytes) => Ok(bytes),
        None => items_of(thread, value, Kind::Bytes),
    }
}

/// Returns the content of what `__bytes__` of an object's class returns; `None` if it has none. Raises as
/// `bytes_by_method` does, and `MemoryError`.
pub fn asked_for_bytes(thread: &mut Thread, value: &Value) -> Run<Option<Vec<u8>>> {
    let Some(made) = bytes_by_method(thread, value)? else { return Ok(None) };
    let bytes = made.downcast_ref::<Bytes>().expect("it was checked");
    Ok(Some(memory::copy(bytes.as_slice())?))
}

/// Returns the result of `__bytes__` of an object's class, which may be of a class derived from `bytes`; exact `bytes`
/// as they are; `None` if the class has no such method. Raises `TypeError` if that returns no `bytes`, and what it
/// raises.
pub fn bytes_by_method(thread: &mut Thread, value: &Value) -> Run<Option<Value>> {
    if value.downcast_exact::<Bytes>().is_some() {
        return Ok(Some(value.clone()));
    }
    let name = &thread.known().names().bytes;
    let Some(made) = protocol::call_special_method(thread, value, name, Args::positional(&[])) else {
        return Ok(None);
    };
    let made = made?;
    match made.downcast_ref::<Bytes>() {
        Some(_) => Ok(Some(made)),
        None => {
            let given = protocol::type_name(thread, &made);
            Err(Raised::type_error(format_args!("__bytes__ returned non-bytes (type {given})")))
        }
    }
}

/// Returns the bytes that a `bytes` or `bytearray` (`kind`) is made of: those of a bytes-like object or of an iterable
/// of small integers. Raises `TypeError` for other objects, `ValueError` for integers that are no byte, what iterating
/// raises, and `MemoryError`.
pub fn items_of(thread: &mut Thread, value: &Value, kind: Kind) -> Run<Vec<u8>> {
    if let Some(bytes) = value.downcast_exact::<Bytes>() {
        return Ok(memory::copy(bytes.as_slice())?);
    }
    if let Some(bytes) = shown_bytes(thread, value, buffer::FULL_RO)? {
        return Ok(bytes);
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
            let wanted = kind.name();
            return Err(Raised::type_error(format_args!("cannot convert '{given}' object to {wanted}")));
        }
    };
    let mut bytes = Vec::new();
    if kind == Kind::Bytes {
        match protocol::length_hint(thread, value)? {
            Some(count) if count > MAX_HINT => {
                return Err(Raised::overflow_error("byte string is too large"));
            }
            Some(count) => bytes.try_reserve_exact(count)?,
            None => {}
        }
    }
    while let Some(item) = protocol::next(thread, &iterator)? {
        bytes.try_reserve(1)?;
        bytes.push(item_value(thread, &item, kind)?);
    }
    Ok(bytes)
}

/// The most items that a hint may promise for `bytes`: what is left of all addresses beside the head of the object.
const MAX_HINT: usize = isize::MAX as usize - 33;

/// Returns a buffer with the bytes of an argument. Raises `MemoryError`.
pub fn owned(bytes: Cow<'_, [u8]>) -> Run<Vec<u8>> {
    match bytes {
        Cow::Borrowed(bytes) => Ok(memory::copy(bytes)?),
        Cow::Owned(bytes) => Ok(bytes),
    }
}

/// Returns an item of an iterable of which a `bytes` or `bytearray` (`kind`) is made. Raises `TypeError` if it is no
/// integer, `ValueError` if it is not in `range(256)`.
fn item_value(thread: &mut Thread, item: &Value, kind: Kind) -> Run<u8> {
    if kind == Kind::ByteArray {
        return byte_value(thread, item);
    }
    let item = protocol::index(thread, item)?;
    let byte = item.as_i64().and_then(|item| u8::try_from(item).ok());
    byte.ok_or_else(|| Raised::value_error("bytes must be in range(0, 256)"))
}

/// Returns the byte that an integer argument stands for.
/// Raises `TypeError` if it is no integer, `ValueError` if it is not in `range(256)`, and what `__index__` raises.
pub fn byte_value(thread: &mut Thread, value: &Value) -> Run<u8> {
    let value = protocol::index(thread, value)?;
    let byte = value.as_i64().and_then(|value| u8::try_from(value).ok());
    byte.ok_or_else(|| Raised::value_error("byte must be in range(0, 256)"))
}

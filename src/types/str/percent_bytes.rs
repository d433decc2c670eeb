//! `bytes % values`: the formatting of texts, applied to bytes read as Latin-1.

use crate::memory;
use crate::protocol;
use crate::text::repr::ascii_text;
use crate::text::stored;
use crate::thread::Thread;
use crate::types::object::buffer;
use crate::types::object::bytes_like::{ByteSelf, asked_for_bytes, shown_bytes};
use crate::value::{ByteArray, Bytes, Kind, Raised, Run, Value};

/// What is formatted.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Target {
    /// A text.
    Text,
    /// Bytes, read as Latin-1.
    Bytes,
}

/// Returns bytes as the text with the same code points. Raises `MemoryError`.
pub fn latin(bytes: &[u8]) -> Run<String> {
    Ok(memory::collect_text(bytes.iter().map(|&byte| byte as char))?)
}

/// Returns what `%b` and `%s` insert, the bytes of an object, or for `%a` and `%r` its `repr` in ASCII. Raises
/// `TypeError` if the object has no bytes, and what `__bytes__` and `repr` raise.
pub fn piece(thread: &mut Thread, code: char, value: &Value) -> Run<String> {
    if matches!(code, 'a' | 'r') {
        return Ok(ascii_text(protocol::repr(thread, value)?.as_str())?);
    }
    if let Some(bytes) = value.downcast_ref::<Bytes>() {
        return latin(bytes.as_slice());
    }
    if let Some(array) = value.downcast_ref::<ByteArray>() {
        return array.with_bytes(latin);
    }
    if let Some(made) = asked_for_bytes(thread, value)? {
        return latin(&made);
    }
    if let Some(bytes) = shown_bytes(thread, value, buffer::FULL_RO)? {
        return latin(&bytes);
    }
    let given = protocol::type_name(thread, value);
    Err(Raised::type_error(format_args!(
        "%b requires a bytes-like object, or an object that implements __bytes__, not '{given}'"
    )))
}

/// Returns the byte that `%c` inserts, as a character.
/// Raises `TypeError` or `OverflowError` if the value is no byte, and what `__index__` raises.
pub fn byte(thread: &mut Thread, value: &Value) -> Run<char> {
    let wrong = "%c requires an integer in range(256) or a single byte, not ";
    if matches!(value.kind(), Kind::Bytes | Kind::ByteArray) {
        return ByteSelf::of(value).with(|bytes| match *bytes {
            [byte] => Ok(byte as char),
            _ => {
                let (given, length) = (value.kind().name(), bytes.len());
                Err(Raised::type_error(format_args!("{wrong}a {given} object of length {length}")))
            }
        });
    }
    if protocol::slots_of(thread, value).index.is_none() {
        let given = protocol::fully_qualified_name(thread, &protocol::class_of(thread, value))?;
        return Err(Raised::type_error(format_args!("{wrong}{given}")));
    }
    let byte = protocol::index(thread, value)?.as_i64().and_then(|byte| u8::try_from(byte).ok());
    byte.map(char::from).ok_or_else(|| Raised::overflow_error("%c arg not in range(256)"))
}

/// Makes the error for a character behind `%` that names no conversion.
/// `before` is the format up to that character: the message has its length. A `ValueError`, or the `OverflowError`
/// that CPython raises for some bytes.
#[cold]
pub(super) fn unsupported(code: u32, before: &str, target: Target) -> Raised {
    let position = stored::count(before);
    if target == Target::Bytes && code >= 0x80 && !before.ends_with(|char: char| char.is_ascii_digit()) {
        // CPython takes the byte for a negative number, which it cannot show, unless it follows a width.
        return Raised::overflow_error("character argument not in range(0x110000)");
    }
    // For bytes CPython shows the character itself.
    let shown = char::from_u32(code).filter(|code| matches!(code, ' '..='~') || target == Target::Bytes);
    let shown = shown.unwrap_or('?');
    Raised::value_error(format_args!(
        "unsupported format character '{shown}' ({code:#x}) at index {position}"
    ))
}

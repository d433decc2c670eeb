//! The errors of text encodings: what was converted, where it failed, and why.
//!
//! The fields are `encoding`, `object`, `start`, `end` and `reason`, in this order; a script may set them
//! to anything, so the positions are compared with the object before they are used.

use crate::memory;
use crate::protocol;
use crate::thread::Thread;
use crate::types::exception::places::{position, unicode_error};
use crate::types::exception::{self, payload};
use crate::types::object::bytes_like::{expect_bytes, new_bytes, owned};
use crate::value::{Args, Bytes, Kind, Name, Raised, Run, Str, Value};

/// `UnicodeDecodeError(encoding, object, start, end, reason)`.
pub fn init_decode(thread: &mut Thread, value: &Value, arguments: Args<'_>) -> Run<()> {
    exception::init(thread, value, arguments)?;
    let [encoding, object, start, end, reason] = exactly(arguments)?;
    let encoding = text(thread, encoding, 1)?;
    // Another bytes-like object is copied.
    let object = match object.kind() {
        Kind::Bytes => object.clone(),
        _ => {
            let bytes = expect_bytes(thread, object)?;
            new_bytes(thread, owned(bytes)?)
        }
    };
    let fields =
        [encoding, object, position(thread, start)?, position(thread, end)?, text(thread, reason, 5)?];
    set_all(value, fields);
    Ok(())
}

/// `UnicodeEncodeError(encoding, object, start, end, reason)`.
pub fn init_encode(thread: &mut Thread, value: &Value, arguments: Args<'_>) -> Run<()> {
    exception::init(thread, value, arguments)?;
    let [encoding, object, start, end, reason] = exactly(arguments)?;
    let fields = [
        text(thread, encoding, 1)?,
        text(thread, object, 2)?,
        position(thread, start)?,
        position(thread, end)?,
        text(thread, reason, 5)?,
    ];
    set_all(value, fields);
    Ok(())
}

/// `UnicodeTranslateError(object, start, end, reason)`.
pub fn init_translate(thread: &mut Thread, value: &Value, arguments: Args<'_>) -> Run<()> {
    exception::init(thread, value, arguments)?;
    let [object, start, end, reason] = exactly(arguments)?;
    let fields = [
        Value::NONE,
        text(thread, object, 1)?,
        position(thread, start)?,
        position(thread, end)?,
        text(thread, reason, 4)?,
    ];
    set_all(value, fields);
    Ok(())
}

/// `str(error)` of a `UnicodeDecodeError`. Raises `MemoryError`, and what `str` of its fields raises.
pub fn str_of_decode(thread: &mut Thread, value: &Value) -> Run<Value> {
    if lacks_object(value) {
        return Ok(thread.new_str(""));
    }
    let Some(parts) = Parts::of(thread, value, Kind::Bytes)? else { return exception::str(thread, value) };
    let Parts { encoding, object, place, reason, .. } = &parts;
    let byte = parts.single().and_then(|at| object.downcast_ref::<Bytes>()?.as_slice().get(at).copied());
    let text = match byte {
        Some(byte) => {
            let start = parts.start;
            memory::formatted(format_args!(
                "'{encoding}' codec can't decode byte 0x{byte:02x} in position {start}: {reason}"
            ))
        }
        None => memory::formatted(format_args!(
            "'{encoding}' codec can't decode bytes in position {place}: {reason}"
        )),
    };
    Ok(thread.new_string(text?))
}

/// `str(error)` of a `UnicodeEncodeError`. Raises `MemoryError`, and what `str` of its fields raises.
pub fn str_of_encode(thread: &mut Thread, value: &Value) -> Run<Value> {
    if lacks_object(value) {
        return Ok(thread.new_str(""));
    }
    let Some(parts) = Parts::of(thread, value, Kind::Str)? else { return exception::str(thread, value) };
    let Parts { encoding, place, reason, .. } = &parts;
    let text = match parts.character() {
        Some(shown) => {
            let start = parts.start;
            memory::formatted(format_args!(
                "'{encoding}' codec can't encode character '{shown}' in position {start}: {reason}"
            ))
        }
        None => memory::formatted(format_args!(
            "'{encoding}' codec can't encode characters in position {place}: {reason}"
        )),
    };
    Ok(thread.new_string(text?))
}

/// `str(error)` of a `UnicodeTranslateError`. Raises `MemoryError`, and what `str` of its fields raises.
pub fn str_of_translate(thread: &mut Thread, value: &Value) -> Run<Value> {
    if lacks_object(value) {
        return Ok(thread.new_str(""));
    }
    let Some(parts) = Parts::of(thread, value, Kind::Str)? else { return exception::str(thread, value) };
    let Parts { place, reason, .. } = &parts;
    let text = match parts.character() {
        Some(shown) => {
            let start = parts.start;
            memory::formatted(format_args!(
                "can't translate character '{shown}' in position {start}: {reason}"
            ))
        }
        None => memory::formatted(format_args!("can't translate characters in position {place}: {reason}")),
    };
    Ok(thread.new_string(text?))
}

/// Tells whether the object of an error was deleted.
fn lacks_object(value: &Value) -> bool {
    use unicode_error::{object, start};
    payload(value).field(object::PLACE).is_none() && payload(value).field(start::PLACE).as_i64().is_some()
}

/// The fields of an error as its message shows them.
struct Parts {
    encoding: Name,
    object: Value,
    start: i64,
    end: i64,
    place: String,
    reason: Name,
}

impl Parts {
    /// Reads the fields; `None` if they were never set, as in errors that native code makes with a message. Raises
    /// `TypeError` if the object is not of the wanted kind.
    fn of(thread: &mut Thread, value: &Value, wanted: Kind) -> Run<Option<Parts>> {
        use unicode_error::{encoding, end, object, reason, start};
        let places = [encoding::PLACE, start::PLACE, end::PLACE, reason::PLACE];
        let [encoding, start, end, reason] = places.map(|place| payload(value).field(place));
        let (Some(start), Some(end)) = (start.as_i64(), end.as_i64()) else { return Ok(None) };
        let reason = Name::of_or_unknown(protocol::str(thread, &reason)?.into_value());
        let encoding = Name::of_or_unknown(protocol::str(thread, &encoding)?.into_value());
        // Showing the others may have changed it.
        let object = payload(value).field(object::PLACE);
        if object.kind() != wanted {
            let noun = if wanted == Kind::Bytes { "bytes" } else { "string" };
            return Err(Raised::type_error(format_args!("UnicodeError 'object' attribute must be a {noun}")));
        }
        let place = format!("{start}-{}", end.wrapping_sub(1));
        Ok(Some(Parts { encoding, object, start, end, place, reason }))
    }

    /// Returns the position that failed, if it is only one.
    fn single(&self) -> Option<usize> {
        if self.start.checked_add(1) == Some(self.end) { usize::try_from(self.start).ok() } else { None }
    }

    /// Returns the character that failed as an escape, if it is only one.
    fn character(&self) -> Option<String> {
        let at = self.single()?;
        let char = self.object.downcast_ref::<Str>()?.char_at(at)?;
        Some(match char {
            0..0x100 => format!("\\x{char:02x}"),
            0x100..0x1_0000 => format!("\\u{char:04x}"),
            _ => format!("\\U{char:08x}"),
        })
    }
}

fn set_all(value: &Value, fields: [Value; unicode_error::ATTRIBUTES.len()]) {
    for (place, field) in fields.into_iter().enumerate() {
        payload(value).set_field(place, field);
    }
}

fn exactly<const COUNT: usize>(arguments: Args<'_>) -> Run<[&Value; COUNT]> {
    let given = arguments.positionals();
    match given.iter().collect::<Vec<_>>().try_into() {
        Ok(all) => Ok(all),
        Err(_) => {
            let given = given.len();
            Err(Raised::type_error(format_args!("function takes exactly {COUNT} arguments ({given} given)")))
        }
    }
}

fn text(thread: &mut Thread, value: &Value, at: usize) -> Run<Value> {
    if value.kind() == Kind::Str {
        return Ok(value.clone());
    }
    let given = protocol::argument_kind(thread, value);
    Err(Raised::type_error(format_args!("argument {at} must be str, not {given}")))
}

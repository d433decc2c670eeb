//! `text % values`: the older way of formatting.
//!
//! `%[(key)][flags][width][.precision]code`. Values come from a tuple in order, from a mapping by key, or
//! there is one alone.

use crate::memory;
use crate::protocol;
use crate::text::format::percent::{Conversion, push_float};
use crate::text::format::spec::{Spec, ZERO, take_number};
use crate::text::format::text::first_chars;
use crate::text::repr::ascii_text;
use crate::text::stored;
use crate::thread::Thread;
use crate::types::int::format::{char_of, digits};
use crate::types::object::bytes_like::{ByteSelf, new_bytes};
use crate::types::sequence::has_items;
use crate::types::str::percent_bytes::{self, Target, unsupported};
use crate::value::{ErrorKind, Integer, Kind, Raised, Run, Str, Tuple, Value};

/// Computes `left % right`; declines unless the left operand is a text. Raises `TypeError`, `ValueError` or
/// `KeyError` if the values do not fit, and what formatting them raises.
pub fn format(thread: &mut Thread, left: &Value, right: &Value) -> Run<Value> {
    let Some(text) = left.downcast_ref::<Str>() else { return Ok(Value::NOT_IMPLEMENTED) };
    let formatted = format_text(thread, text.as_str(), right, Target::Text)?;
    Ok(thread.new_string(formatted))
}

/// Computes `left % right` of `bytes`; declines unless the left operand is one. Raises as `str % values` does.
pub fn format_bytes(thread: &mut Thread, left: &Value, right: &Value) -> Run<Value> {
    if left.kind() == Kind::Bytes {
        format_byte_text(thread, left, right)
    } else {
        Ok(Value::NOT_IMPLEMENTED)
    }
}

/// Computes `left % right` of a `bytearray`; declines unless the left operand is one. Raises as `str % values` does.
pub fn format_byte_array(thread: &mut Thread, left: &Value, right: &Value) -> Run<Value> {
    if left.kind() == Kind::ByteArray {
        format_byte_text(thread, left, right)
    } else {
        Ok(Value::NOT_IMPLEMENTED)
    }
}

fn format_byte_text(thread: &mut Thread, left: &Value, right: &Value) -> Run<Value> {
    let this = ByteSelf::of(left);
    let pinned = this.pin();
    let formatted = format_text(thread, &this.with(percent_bytes::latin)?, right, Target::Bytes)?;
    drop(pinned);
    let bytes = formatted.chars().map(|char| u8::try_from(char).expect("every part is Latin-1"));
    let bytes = memory::collect(bytes)?;
    Ok(this.make(thread, bytes))
}

/// The values of one formatting.
struct Values<'a> {
    values: &'a Value,
    /// The items if it is a tuple.
    items: Option<&'a [Value]>,
    /// How many were taken; a lone value counts as one.
    taken: usize,
    is_mapping: bool,
    used_keys: bool,
    target: Target,
}

impl<'a> Values<'a> {
    fn new(thread: &Thread, values: &'a Value, target: Target) -> Values<'a> {
        let items = values.downcast_ref::<Tuple>().map(|tuple| tuple.items());
        let is_bytes = matches!(values.kind(), Kind::Bytes | Kind::ByteArray);
        let is_string = values.kind() == Kind::Str || (target == Target::Bytes && is_bytes);
        let is_mapping = items.is_none() && !is_string && has_items(thread, values);
        Values { values, items, taken: 0, is_mapping, used_keys: false, target }
    }

    fn next(&mut self) -> Run<Value> {
        let next = match self.items {
            Some(items) => items.get(self.taken),
            None => (self.taken == 0 && !self.used_keys).then_some(self.values),
        };
        self.taken += 1;
        next.cloned().ok_or_else(|| Raised::type_error("not enough arguments for format string"))
    }

    fn by_key(&mut self, thread: &mut Thread, key: &str) -> Run<Value> {
        if !self.is_mapping {
            return Err(Raised::type_error("format requires a mapping"));
        }
        self.used_keys = true;
        let key = match self.target {
            Target::Text => thread.new_str(key),
            Target::Bytes => new_bytes(thread, key.chars().map(|char| char as u8).collect()),
        };
        protocol::get_item(thread, self.values, &key)
    }

    fn all_used(&self) -> bool {
        match self.items {
            Some(items) => self.taken >= items.len(),
            None => self.taken > 0 || self.is_mapping,
        }
    }
}

/// Formats a text, or bytes read as Latin-1. Raises as `format` does.
pub(super) fn format_text(thread: &mut Thread, text: &str, values: &Value, target: Target) -> Run<String> {
    let mut values = Values::new(thread, values, target);
    let mut out = memory::text_with_room(text.len() + 16)?;
    let mut rest = text;
    while let Some(at) = memchr::memchr(b'%', rest.as_bytes()) {
        memory::push_str(&mut out, &rest[..at])?;
        rest = &rest[at + 1..];
        if rest.as_bytes().first() == Some(&b'%') {
            out.try_reserve(1)?;
            out.push('%');
            rest = &rest[1..];
            continue;
        }
        let value = take_key(thread, &mut rest, &mut values)?;
        let conversion = take_conversion(&mut rest, &mut values)?;
        while matches!(rest.as_bytes().first(), Some(b'h' | b'l' | b'L')) {
            rest = &rest[1..];
        }
        let offset = text.len() - rest.len();
        let mut codes = stored::code_point_indices(rest);
        let Some((_, code)) = codes.next() else {
            return Err(Raised::value_error("incomplete format"));
        };
        rest = &rest[codes.offset()..];
        let shown = code;
        let code = char::from_u32(code).unwrap_or_default();
        let value = match value {
            Some(value) => value,
            None => values.next()?,
        };
        let is_known = matches!(
            code,
            's' | 'r' | 'a' | 'd' | 'i' | 'u' | 'o' | 'x' | 'X' | 'e' | 'E' | 'f' | 'F' | 'g' | 'G' | 'c'
        );
        if !is_known && (code, target) != ('b', Target::Bytes) {
            return Err(unsupported(shown, &text[..offset], target));
        }
        if target == Target::Text && conversion.has_no_options() && push_unformatted(&mut out, code, &value) {
            continue;
        }
        match (target, code) {
            (Target::Bytes, 's' | 'b' | 'a' | 'r') => {
                let piece = percent_bytes::piece(thread, code, &value)?;
                memory::push_str(
                    &mut out,
                    &conversion.layout(false).pad(first_chars(&piece, conversion.precision))?,
                )?;
            }
            (Target::Bytes, 'c') => {
                let byte = percent_bytes::byte(thread, &value)?;
                out.push_str(&conversion.layout(false).pad(byte.encode_utf8(&mut [0; 4]))?);
            }
            (Target::Bytes, 'e' | 'E' | 'f' | 'F' | 'g' | 'G') => {
                let float = protocol::to_float(thread, &value).map_err(|_| {
                    let given = protocol::type_name(thread, &value);
                    Raised::type_error(format_args!("float argument required, not {given}"))
                })?;
                push_float(&mut out, &conversion, code, float)?;
            }
            _ => convert(thread, &mut out, &conversion, code, &value)?,
        }
    }
    memory::push_str(&mut out, rest)?;
    if !values.all_used() {
        let what = if target == Target::Text { "string" } else { "bytes" };
        return Err(Raised::type_error(format_args!("not all arguments converted during {what} formatting")));
    }
    Ok(out)
}

/// Appends a small integer or a text without options, the most common conversions by far; false if the value is
/// neither.
fn push_unformatted(out: &mut String, code: char, value: &Value) -> bool {
    use std::fmt::Write;
    match (code, value.as_small_int()) {
        ('d' | 's' | 'i', Some(word)) => out.try_reserve(20).is_ok() && write!(out, "{word}").is_ok(),
        ('s', None) => match value.downcast_exact::<Str>() {
            Some(text) => memory::push_str(out, text.as_str()).is_ok(),
            None => false,
        },
        _ => false,
    }
}

/// Reads `(key)` and looks up its value.
fn take_key(thread: &mut Thread, rest: &mut &str, values: &mut Values) -> Run<Option<Value>> {
    if rest.as_bytes().first() != Some(&b'(') {
        return Ok(None);
    }
    let inside = &rest[1..];
    if !values.is_mapping {
        return Err(Raised::type_error("format requires a mapping"));
    }
    let mut depth = 1;
    for (at, byte) in inside.bytes().enumerate() {
        depth += match byte {
            b'(' => 1,
            b')' => -1,
            _ => 0,
        };
        if depth == 0 {
            *rest = &inside[at + 1..];
            return values.by_key(thread, &inside[..at]).map(Some);
        }
    }
    Err(Raised::value_error("incomplete format key"))
}

fn take_conversion(rest: &mut &str, values: &mut Values) -> Run<Conversion> {
    let mut conversion = Conversion::take_flags(rest);
    match take_star(rest, values, "ssize_t")? {
        Some(width) => {
            conversion.left |= width < 0;
            conversion.width = width.unsigned_abs() as usize;
        }
        None => conversion.width = take_number(rest, "width too big")?.unwrap_or(0),
    }
    if rest.as_bytes().first() == Some(&b'.') {
        *rest = &rest[1..];
        conversion.precision = match take_star(rest, values, "int")? {
            Some(precision) if i32::try_from(precision).is_err() => {
                return Err(Raised::overflow_error("Python int too large to convert to C int"));
            }
            Some(precision) => Some(precision.max(0) as usize),
            None => Some(take_number(rest, "precision too big")?.unwrap_or(0)),
        };
        if conversion.precision.is_some_and(|precision| precision > i32::MAX as usize) {
            return Err(Raised::value_error("precision too big"));
        }
    }
    Ok(conversion)
}

/// Reads `*` and takes the next value, which must be an integer that fits the C type `holder`, as an error calls it.
fn take_star(rest: &mut &str, values: &mut Values, holder: &str) -> Run<Option<i64>> {
    if rest.as_bytes().first() != Some(&b'*') {
        return Ok(None);
    }
    *rest = &rest[1..];
    let value = values.next()?;
    match value.as_integer() {
        Some(Integer::Small(number)) => Ok(Some(number)),
        Some(Integer::Big(_)) => {
            Err(Raised::overflow_error(format_args!("Python int too large to convert to C {holder}")))
        }
        None => Err(Raised::type_error("* wants int")),
    }
}

fn convert(
    thread: &mut Thread,
    out: &mut String,
    conversion: &Conversion,
    code: char,
    value: &Value,
) -> Run<()> {
    let unpadded = conversion.width == 0 && conversion.precision.is_none();
    match code {
        's' | 'r' | 'a' => {
            let text = match code {
                's' => protocol::str(thread, value)?,
                _ => protocol::repr(thread, value)?,
            };
            if unpadded && code != 'a' {
                memory::push_str(out, text.as_str())?;
                return Ok(());
            }
            let escaped = if code == 'a' { ascii_text(text.as_str())? } else { String::new() };
            let text = if code == 'a' { &escaped } else { text.as_str() };
            memory::push_str(out, &conversion.layout(false).pad(first_chars(text, conversion.precision))?)?;
        }
        'c' => {
            let char = char_argument(thread, value)?;
            out.push_str(&conversion.layout(false).pad(stored::encode(char, &mut [0; stored::MOST_BYTES]))?);
        }
        'd' | 'i' | 'u' | 'o' | 'x' | 'X' => convert_int(thread, out, conversion, code, value)?,
        _ => {
            let float = protocol::to_float(thread, value)?;
            push_float(out, conversion, code, float)?;
        }
    }
    Ok(())
}

fn char_argument(thread: &mut Thread, value: &Value) -> Run<u32> {
    let wrong = "%c requires an int or a unicode character, not ";
    if let Some(text) = value.downcast_ref::<Str>() {
        return match stored::only(text.as_str()) {
            Some(code) => Ok(code),
            None => {
                let length = text.char_count();
                Err(Raised::type_error(format_args!("{wrong}a string of length {length}")))
            }
        };
    }
    match protocol::index(thread, value) {
        Ok(code) => char_of(code.as_integer().expect("an index is an integer")),
        // Whatever `__index__` complains of.
        Err(error) if error.is_kind(thread, ErrorKind::TypeError) => {
            let given = protocol::fully_qualified_name(thread, &protocol::class_of(thread, value))?;
            Err(Raised::type_error(format_args!("{wrong}{given}")))
        }
        Err(error) => Err(error),
    }
}

fn convert_int(
    thread: &mut Thread,
    out: &mut String,
    conversion: &Conversion,
    code: char,
    value: &Value,
) -> Run<()> {
    let whole;
    let integer = match value.as_integer() {
        Some(integer) => integer,
        None => {
            whole = integer_argument(thread, code, value)?;
            whole.as_integer().expect("it was converted to an integer")
        }
    };
    let (base, prefix) = match code {
        'o' => (8, "0o"),
        'x' => (16, "0x"),
        'X' => (16, "0X"),
        _ => (10, ""),
    };
    let mut text = digits(thread, integer, base)?;
    if code == 'X' {
        text.make_ascii_uppercase();
    }
    if let Some(precision) = conversion.precision
        && precision > text.len()
    {
        text = Spec { fill: ZERO, width: precision, ..Spec::without_options('>') }.pad(&text)?;
    }
    let sign = conversion.sign(integer.is_negative());
    let prefix = if conversion.alternate { prefix } else { "" };
    memory::push_str(out, &conversion.layout(true).lay_out_number(&format!("{sign}{prefix}"), &text, "")?)?;
    Ok(())
}

/// Converts a value for an integer conversion: `%d` takes any number, `%x` only integers.
fn integer_argument(thread: &mut Thread, code: char, value: &Value) -> Run<Value> {
    let slots = protocol::slots_of(thread, value);
    let decimal = matches!(code, 'd' | 'i' | 'u');
    // CPython calls a number what has one of these, and then converts it as `int` does.
    let is_number = slots.int.is_some() || slots.index.is_some() || slots.float.is_some();
    let converted = if decimal && is_number {
        crate::types::int::convert(thread, value).map(Some)
    } else if !decimal && slots.index.is_some() {
        protocol::index(thread, value).map(Some)
    } else {
        Ok(None)
    };
    let converted = match converted {
        // What a conversion says of its type is said again below, in the words of formatting.
        Err(raised) if raised.is_kind(thread, ErrorKind::TypeError) => None,
        converted => converted?,
    };
    converted.ok_or_else(|| {
        let wanted = if decimal { "a real number" } else { "an integer" };
        let given = protocol::type_name(thread, value);
        Raised::new(ErrorKind::TypeError, format_args!("%{code} format: {wanted} is required, not {given}"))
    })
}

//! The methods of `bytes` and `bytearray` that programs of text and files use.
//!
//! While arguments are converted, which may run script code, the object is pinned: its number of bytes stays.

use memchr::memmem;
use std::borrow::Cow;
use std::fmt::Write;

use crate::memory;
use crate::protocol;
use crate::thread::Thread;
use crate::types::object::bytes_like::{
    ByteSelf, as_instance_of, byte_value, contents, contents_if_shown, expect_bytes, new_bytes, no_bytes,
    own_contents, split_byte_self,
};
use crate::types::str::codec;
use crate::types::str::concat::repeated_bytes;
use crate::types::str::split::collect;
use crate::types::str::text_args::{integer, limits};
use crate::value::{Args, ByteArray, Class, Kind, List, NativeMethod, Raised, Run, Str, Tuple, Value};

/// The methods.
pub const METHODS: &[NativeMethod] = &[
    NativeMethod::new("decode", "encoding='utf-8', errors='strict'", codec::decode_method),
    NativeMethod::new("hex", "sep=<unrepresentable>, bytes_per_sep=1", hex),
    NativeMethod::class("fromhex", "string, /", fromhex),
    NativeMethod::new("find", "sub, start=None, end=None, /", |thread, args| find(thread, args, false)),
    NativeMethod::new("rfind", "sub, start=None, end=None, /", |thread, args| find(thread, args, true)),
    NativeMethod::new("index", "sub, start=None, end=None, /", |thread, args| index(thread, args, false)),
    NativeMethod::new("rindex", "sub, start=None, end=None, /", |thread, args| index(thread, args, true)),
    NativeMethod::new("count", "sub, start=None, end=None, /", count),
    NativeMethod::new("startswith", "prefix, start=None, end=None, /", |thread, args| {
        affix(thread, args, "startswith", <[u8]>::starts_with)
    }),
    NativeMethod::new("endswith", "suffix, start=None, end=None, /", |thread, args| {
        affix(thread, args, "endswith", <[u8]>::ends_with)
    }),
    NativeMethod::new("join", "iterable_of_bytes, /", join),
    NativeMethod::new("split", "sep=None, maxsplit=-1", split),
    NativeMethod::new("replace", "old, new, count=-1, /", replace),
    NativeMethod::new("strip", "bytes=None, /", |thread, args| strip(thread, args, true, true)),
    NativeMethod::new("lstrip", "bytes=None, /", |thread, args| strip(thread, args, true, false)),
    NativeMethod::new("rstrip", "bytes=None, /", |thread, args| strip(thread, args, false, true)),
    NativeMethod::new("upper", "", |thread, args| map(thread, args, u8::to_ascii_uppercase)),
    NativeMethod::new("lower", "", |thread, args| map(thread, args, u8::to_ascii_lowercase)),
    NativeMethod::new("isdigit", "", |_, args| all(args, u8::is_ascii_digit)),
    NativeMethod::new("isalpha", "", |_, args| all(args, u8::is_ascii_alphabetic)),
    NativeMethod::new("isalnum", "", |_, args| all(args, u8::is_ascii_alphanumeric)),
    NativeMethod::new("isspace", "", |_, args| all(args, is_space)),
];

pub(super) const fn is_space(byte: &u8) -> bool {
    matches!(byte, b' ' | b'\t'..=b'\r')
}

fn all(args: Args<'_>, holds: fn(&u8) -> bool) -> Run<Value> {
    let (this, _) = split_byte_self(args);
    Ok(Value::bool(this.with(|bytes| !bytes.is_empty() && bytes.iter().all(holds))))
}

fn map(thread: &mut Thread, args: Args<'_>, change: fn(&u8) -> u8) -> Run<Value> {
    let (this, _) = split_byte_self(args);
    let mapped = this.with(|bytes| memory::collect(bytes.iter().map(change)))?;
    Ok(this.make(thread, mapped))
}

fn hex(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (this, rest) = split_byte_self(args);
    let [separator, group] = rest.options();
    let group = match group {
        Some(group) => integer(thread, group)?,
        None => 1,
    };
    let pinned = this.pin();
    let separator = match separator {
        Some(separator) => Some(hex_separator(thread, separator)?),
        None => None,
    };
    let text = this.with(|bytes| hex_text(bytes, separator, group))?;
    drop(pinned);
    Ok(thread.new_string(text))
}

/// Returns the separator that `hex` puts between groups. Raises `TypeError` or `ValueError` if it is none.
pub fn hex_separator(thread: &mut Thread, separator: &Value) -> Run<char> {
    // What the object says of its length counts, as in CPython.
    if protocol::len(thread, separator)? != 1 {
        return Err(Raised::value_error("sep must be length 1."));
    }
    let first = if let Some(text) = separator.downcast_ref::<Str>() {
        text.as_str().chars().next()
    } else if separator.kind() == Kind::Bytes {
        contents(thread, separator)?.and_then(|bytes| bytes.first().map(|&byte| byte as char))
    } else {
        return Err(Raised::type_error("sep must be str or bytes."));
    };
    let first = first.ok_or_else(|| Raised::value_error("sep must be length 1."))?;
    if first.is_ascii() { Ok(first) } else { Err(Raised::value_error("sep must be ASCII.")) }
}

/// Returns bytes as hexadecimal digits. A positive `group` counts bytes from the right, a negative one from the left.
/// Raises `MemoryError`.
pub fn hex_text(bytes: &[u8], separator: Option<char>, group: i64) -> Run<String> {
    let size = group.unsigned_abs() as usize;
    let mut text = memory::text_with_room(bytes.len().saturating_mul(2 + usize::from(separator.is_some())))?;
    for (position, byte) in bytes.iter().enumerate() {
        let before = if group < 0 { position } else { bytes.len() - position };
        if let Some(separator) = separator
            && position > 0
            && size > 0
            && before.is_multiple_of(size)
        {
            text.push(separator);
        }
        write!(text, "{byte:02x}").expect("writing to a string succeeds");
    }
    Ok(text)
}

fn fromhex(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [class, text] = args.exactly();
    let digits = match text.downcast_ref::<Str>() {
        Some(text) => Cow::Borrowed(text.as_str().as_bytes()),
        None => match contents(thread, text)? {
            Some(bytes) => bytes,
            None => {
                let given = protocol::type_name(thread, text);
                return Err(Raised::type_error(format_args!(
                    "fromhex() argument must be str or bytes-like, not {given}"
                )));
            }
        },
    };
    let bytes = bytes_of_hex(&digits)?;
    let is_array = class.downcast_ref::<Class>().is_some_and(|class| class.kind == Kind::ByteArray);
    let made = match is_array {
        true => thread.alloc(ByteArray::new(bytes)).into_value(),
        false => new_bytes(thread, bytes),
    };
    as_instance_of(thread, class, made)
}

/// Reads pairs of hexadecimal digits, with spaces between pairs. Raises `ValueError` with the position of the wrong
/// character: its offset in bytes is that in characters, because what comes before it is ASCII.
fn bytes_of_hex(digits: &[u8]) -> Run<Vec<u8>> {
    let mut bytes = memory::with_room(digits.len() / 2)?;
    let mut at = 0;
    while at < digits.len() {
        if is_space(&digits[at]) {
            at += 1;
            continue;
        }
        let digit = |at: usize| digits.get(at).and_then(|&byte| (byte as char).to_digit(16));
        match (digit(at), digit(at + 1)) {
            (Some(high), Some(low)) => bytes.push((high * 16 + low) as u8),
            (Some(_), None) if at + 1 == digits.len() => {
                return Err(Raised::value_error(
                    "fromhex() arg must contain an even number of hexadecimal digits",
                ));
            }
            (high, _) => {
                let wrong = at + usize::from(high.is_some());
                return Err(Raised::value_error(format_args!(
                    "non-hexadecimal number found in fromhex() arg at position {wrong}"
                )));
            }
        }
        at += 2;
    }
    Ok(bytes)
}

/// Returns the bytes to search for; an argument may be an integer that stands for one byte. Raises `TypeError` if it is
/// neither, `ValueError` if the integer is no byte.
fn needle<'a>(thread: &mut Thread, value: &'a Value) -> Run<Cow<'a, [u8]>> {
    if let Some(bytes) = contents(thread, value)? {
        return Ok(bytes);
    }
    if protocol::slots_of(thread, value).index.is_some() {
        return Ok(Cow::Owned(vec![byte_value(thread, value)?]));
    }
    let given = protocol::type_name(thread, value);
    Err(Raised::type_error(format_args!("argument should be integer or bytes-like object, not '{given}'")))
}

/// Searches the part that the arguments select, with a function of the part and of what is searched for. Returns the
/// offset of the part, and what the function found; `None` if the bounds are in the wrong order.
fn search<R>(
    thread: &mut Thread,
    args: Args<'_>,
    find: impl FnOnce(&[u8], &[u8]) -> R,
) -> Run<Option<(usize, R)>> {
    let (this, rest) = split_byte_self(args);
    let [wanted, bounds @ ..] = rest.positionals() else { unreachable!("one argument at least") };
    let (start, stop) = limits(thread, bounds, || this.count())?;
    let _pinned = this.pin();
    let needle = needle(thread, wanted)?;
    Ok(this.with(|bytes| {
        let stop = stop.min(bytes.len());
        (start <= stop).then(|| (start, find(&bytes[start..stop], &needle)))
    }))
}

fn position(thread: &mut Thread, args: Args<'_>, last: bool) -> Run<Option<usize>> {
    let find = |part: &[u8], needle: &[u8]| {
        if last { memmem::rfind(part, needle) } else { memmem::find(part, needle) }
    };
    let found = search(thread, args, find)?;
    Ok(found.and_then(|(offset, at)| at.map(|at| at + offset)))
}

fn find(thread: &mut Thread, args: Args<'_>, last: bool) -> Run<Value> {
    Ok(match position(thread, args, last)? {
        Some(position) => thread.new_usize(position),
        None => thread.new_int(-1),
    })
}

fn index(thread: &mut Thread, args: Args<'_>, last: bool) -> Run<Value> {
    match position(thread, args, last)? {
        Some(position) => Ok(thread.new_usize(position)),
        None => Err(Raised::value_error("subsection not found")),
    }
}

fn count(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let count = search(thread, args, |part, needle| match needle {
        [] => part.len() + 1,
        needle => memmem::find_iter(part, needle).count(),
    })?;
    Ok(thread.new_usize(count.map_or(0, |(_, count)| count)))
}

fn affix(thread: &mut Thread, args: Args<'_>, function: &str, fits: fn(&[u8], &[u8]) -> bool) -> Run<Value> {
    let (this, rest) = split_byte_self(args);
    let [wanted, bounds @ ..] = rest.positionals() else { unreachable!("one argument at least") };
    let (start, stop) = limits(thread, bounds, || this.count())?;
    let _pinned = this.pin();
    let lone = std::slice::from_ref(wanted);
    let choices = wanted.downcast_ref::<Tuple>().map_or(lone, |choices| choices.items());
    for choice in choices {
        let Some(choice) = own_contents(thread, choice)? else {
            if wanted.kind() == Kind::Tuple {
                return Err(no_bytes(thread, choice));
            }
            let given = protocol::type_name(thread, choice);
            return Err(Raised::type_error(format_args!(
                "{function} first arg must be bytes or a tuple of bytes, not {given}"
            )));
        };
        let is_there = this.with(|bytes| {
            let stop = stop.min(bytes.len());
            start <= stop && fits(&bytes[start..stop], &choice)
        });
        if is_there {
            return Ok(Value::TRUE);
        }
    }
    Ok(Value::FALSE)
}

fn join(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (this, rest) = split_byte_self(args);
    let [iterable] = rest.exactly();
    let pinned = this.pin();
    let items = collect(thread, iterable)?;
    let mut joined = Vec::new();
    for (position, item) in items.iter().enumerate() {
        let Some(bytes) = contents_if_shown(thread, item)? else {
            let given = protocol::type_name(thread, item);
            let complaint =
                format_args!("sequence item {position}: expected a bytes-like object, {given} found");
            return Err(Raised::type_error(complaint));
        };
        // Whoever shows its bytes may change the list that is joined.
        let count = match iterable.downcast_ref::<List>() {
            Some(list) => list.len(),
            None => items.len(),
        };
        if count != items.len() {
            return Err(Raised::runtime_error("sequence changed size during iteration"));
        }
        if position > 0 {
            this.with(|separator| -> Run<()> {
                joined.try_reserve(separator.len())?;
                joined.extend_from_slice(separator);
                Ok(())
            })?;
        }
        joined.try_reserve(bytes.len())?;
        joined.extend_from_slice(&bytes);
    }
    drop(pinned);
    Ok(this.make(thread, joined))
}

/// Returns the bytes at which to split; `None` if it is at white space. Raises `TypeError` if the argument is not
/// bytes-like, `ValueError` if it is empty.
pub(super) fn separator_of<'a>(
    thread: &mut Thread,
    separator: Option<&'a Value>,
) -> Run<Option<Cow<'a, [u8]>>> {
    let Some(separator) = separator.filter(|separator| !separator.is_none()) else { return Ok(None) };
    let separator = expect_bytes(thread, separator)?;
    if separator.is_empty() {
        return Err(Raised::value_error("empty separator"));
    }
    Ok(Some(separator))
}

/// Returns how many times to split at most; a negative number means any number of times.
pub(super) fn most_of(thread: &mut Thread, most: Option<&Value>) -> Run<usize> {
    match most {
        Some(most) => Ok(usize::try_from(integer(thread, most)?).unwrap_or(usize::MAX)),
        None => Ok(usize::MAX),
    }
}

fn split(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (this, rest) = split_byte_self(args);
    let [separator, most] = rest.options();
    let most = most_of(thread, most)?;
    let pinned = this.pin();
    let separator = separator_of(thread, separator)?;
    drop(pinned);
    let whole = this.contents()?;
    let mut rest: &[u8] = &whole;
    let mut parts = Vec::new();
    match separator {
        Some(separator) => {
            while parts.len() < most
                && let Some(at) = memmem::find(rest, &separator)
            {
                add_part(thread, this, &mut parts, &rest[..at])?;
                rest = &rest[at + separator.len()..];
            }
            add_part(thread, this, &mut parts, rest)?;
        }
        None => {
            rest = trim(rest, true, false, is_space);
            while !rest.is_empty() {
                let end = rest.iter().position(is_space).filter(|_| parts.len() < most).unwrap_or(rest.len());
                add_part(thread, this, &mut parts, &rest[..end])?;
                rest = trim(&rest[end..], true, false, is_space);
            }
        }
    }
    Ok(thread.alloc(List::new(parts)).into_value())
}

/// Adds a part to a list. Raises `MemoryError`, since a program chooses how many parts there are, and
/// `KeyboardInterrupt`.
pub(super) fn add_part(thread: &Thread, this: ByteSelf<'_>, parts: &mut Vec<Value>, part: &[u8]) -> Run<()> {
    protocol::check_interrupt(thread)?;
    memory::push(parts, this.make_copy(thread, part)?).map_err(|_part| Raised::memory_error())
}

fn replace(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (this, rest) = split_byte_self(args);
    let arguments = rest.positionals();
    let (old, new) = (expect_bytes(thread, &arguments[0])?, expect_bytes(thread, &arguments[1])?);
    let most = most_of(thread, arguments.get(2))?;
    let replaced = this.with(|whole| replaced(whole, &old, &new, most))?;
    Ok(this.make(thread, replaced))
}

fn replaced(whole: &[u8], old: &[u8], new: &[u8], most: usize) -> Run<Vec<u8>> {
    let matches = memmem::find_iter(whole, old).take(most).count();
    let bytes = whole.len() - old.len() * matches + repeated_bytes(new.len(), matches)?;
    let mut replaced = memory::with_room(bytes)?;
    let mut start = 0;
    // An empty pattern is found between any two bytes and at both ends.
    for at in memmem::find_iter(whole, old).take(most) {
        replaced.extend_from_slice(&whole[start..at]);
        replaced.extend_from_slice(new);
        start = at + old.len();
    }
    replaced.extend_from_slice(&whole[start..]);
    Ok(replaced)
}

pub(super) fn trim(bytes: &[u8], left: bool, right: bool, goes: impl Fn(&u8) -> bool) -> &[u8] {
    let start = if left { bytes.iter().position(|byte| !goes(byte)).unwrap_or(bytes.len()) } else { 0 };
    let rest = &bytes[start..];
    let end =
        if right { rest.iter().rposition(|byte| !goes(byte)).map_or(0, |last| last + 1) } else { rest.len() };
    &rest[..end]
}

fn strip(thread: &mut Thread, args: Args<'_>, left: bool, right: bool) -> Run<Value> {
    let (this, rest) = split_byte_self(args);
    let stripped = match rest.positionals() {
        [chars] if !chars.is_none() => {
            let chars = expect_bytes(thread, chars)?;
            this.with(|bytes| memory::copy(trim(bytes, left, right, |byte| chars.contains(byte))))?
        }
        _ => this.with(|bytes| memory::copy(trim(bytes, left, right, is_space)))?,
    };
    Ok(this.make(thread, stripped))
}

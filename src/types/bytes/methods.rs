//! The methods of `bytes` that programs of text and files use.

use memchr::memmem;
use std::fmt::Write;

use crate::memory;
use crate::protocol;
use crate::thread::Thread;
use crate::types::object::bytes_like::{as_bytes, byte_value, copied_bytes, expect_bytes, new_bytes};
use crate::types::object::method_arguments::split_self;
use crate::types::str::codec;
use crate::types::str::concat::repeated_bytes;
use crate::types::str::percent_bytes::latin;
use crate::types::str::split::collect;
use crate::types::str::text_args::{expect_text, integer, limits};
use crate::value::{Args, Bytes, Kind, List, NativeMethod, Object, Raised, Run, Str, Style, Tuple, Value};

/// The methods.
pub const METHODS: &[NativeMethod] = &[
    NativeMethod::new("decode", "encoding='utf-8', errors='strict'", codec::decode_method),
    NativeMethod::new("hex", "sep=None, bytes_per_sep=1", hex),
    NativeMethod::class("fromhex", "string, /", fromhex),
    NativeMethod::new("find", "sub, start=None, end=None, /", |thread, args| find(thread, args, false))
        .styled(Style::Parsed),
    NativeMethod::new("rfind", "sub, start=None, end=None, /", |thread, args| find(thread, args, true))
        .styled(Style::Parsed),
    NativeMethod::new("index", "sub, start=None, end=None, /", |thread, args| index(thread, args, false))
        .styled(Style::Parsed),
    NativeMethod::new("rindex", "sub, start=None, end=None, /", |thread, args| index(thread, args, true))
        .styled(Style::Parsed),
    NativeMethod::new("count", "sub, start=None, end=None, /", count).styled(Style::Parsed),
    NativeMethod::new("startswith", "sub, start=None, end=None, /", |thread, args| {
        affix(thread, args, "startswith", <[u8]>::starts_with)
    })
    .styled(Style::Parsed),
    NativeMethod::new("endswith", "sub, start=None, end=None, /", |thread, args| {
        affix(thread, args, "endswith", <[u8]>::ends_with)
    })
    .styled(Style::Parsed),
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
    let (bytes, _) = split_self::<Bytes>(args);
    Ok(Value::bool(!bytes.as_slice().is_empty() && bytes.as_slice().iter().all(holds)))
}

fn map(thread: &mut Thread, args: Args<'_>, change: fn(&u8) -> u8) -> Run<Value> {
    let (bytes, _) = split_self::<Bytes>(args);
    Ok(new_bytes(thread, memory::collect(bytes.as_slice().iter().map(change))?))
}

fn hex(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (bytes, rest) = split_self::<Bytes>(args);
    let [separator, group] = rest.options();
    let separator = match separator {
        Some(separator) => Some(match (separator.downcast_ref::<Str>(), as_bytes(separator)) {
            (Some(text), _) => text.as_str().to_owned(),
            (None, Some(bytes)) => latin(bytes)?,
            (None, None) => {
                protocol::len(thread, separator)?;
                return Err(Raised::type_error("sep must be str or bytes."));
            }
        }),
        None => None,
    };
    let separator = separator.as_deref();
    if separator.is_some_and(|separator| separator.chars().count() != 1) {
        return Err(Raised::value_error("sep must be length 1."));
    }
    if separator.is_some_and(|separator| !separator.is_ascii()) {
        return Err(Raised::value_error("sep must be ASCII."));
    }
    let separator = separator.unwrap_or_default();
    let group = match group {
        Some(group) => integer(thread, group)?,
        None => 1,
    };
    let bytes = bytes.as_slice();
    let size = group.unsigned_abs() as usize;
    let mut text = memory::text_with_room(bytes.len() * (2 + separator.len()))?;
    for (position, byte) in bytes.iter().enumerate() {
        // A positive group size counts from the right, a negative one from the left.
        let before = if group < 0 { position } else { bytes.len() - position };
        if position > 0 && size > 0 && before.is_multiple_of(size) {
            text.push_str(separator);
        }
        write!(text, "{byte:02x}").expect("writing to a string succeeds");
    }
    Ok(thread.new_string(text))
}

fn fromhex(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [text] = args.skip_first().exactly();
    let text = expect_text(thread, text, "fromhex() argument must be str")?.as_str().as_bytes();
    let mut bytes = memory::with_room(text.len() / 2)?;
    let mut at = 0;
    while at < text.len() {
        if is_space(&text[at]) {
            at += 1;
            continue;
        }
        let digit = |at: usize| text.get(at).and_then(|&byte| (byte as char).to_digit(16));
        match (digit(at), digit(at + 1)) {
            (Some(high), Some(low)) => bytes.push((high * 16 + low) as u8),
            (high, _) => {
                let wrong = at + usize::from(high.is_some());
                return Err(Raised::value_error(format_args!(
                    "non-hexadecimal number found in fromhex() arg at position {wrong}"
                )));
            }
        }
        at += 2;
    }
    Ok(new_bytes(thread, bytes))
}

/// Returns the bytes to search for; an argument may be an integer that stands for one byte.
fn needle(thread: &mut Thread, value: &Value) -> Run<Vec<u8>> {
    if let Some(bytes) = as_bytes(value) {
        return Ok(memory::copy(bytes)?);
    }
    if protocol::slots_of(thread, value).index.is_some() {
        return Ok(vec![byte_value(thread, value)?]);
    }
    let given = protocol::type_name(thread, value);
    Err(Raised::type_error(format_args!("argument should be integer or bytes-like object, not '{given}'")))
}

/// The bytes to search in, the offset of these bytes in the object, and the bytes to search for.
type Search<'a> = (&'a [u8], usize, Vec<u8>);

fn search<'a>(thread: &mut Thread, args: Args<'a>) -> Run<Option<Search<'a>>> {
    let (bytes, rest) = split_self::<Bytes>(args);
    let [wanted, bounds @ ..] = rest.positionals() else { unreachable!("one argument at least") };
    let (start, stop) = limits(thread, bounds, bytes.as_slice().len())?;
    let needle = needle(thread, wanted)?;
    Ok((start <= stop).then(|| (&bytes.as_slice()[start..stop], start, needle)))
}

fn position(thread: &mut Thread, args: Args<'_>, last: bool) -> Run<Option<usize>> {
    let Some((part, offset, needle)) = search(thread, args)? else { return Ok(None) };
    let found = if last { memmem::rfind(part, &needle) } else { memmem::find(part, &needle) };
    Ok(found.map(|at| at + offset))
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
    let count = match search(thread, args)? {
        None => 0,
        Some((part, _, needle)) if needle.is_empty() => part.len() + 1,
        Some((part, _, needle)) => memmem::find_iter(part, &needle).count(),
    };
    Ok(thread.new_usize(count))
}

fn affix(thread: &mut Thread, args: Args<'_>, function: &str, fits: fn(&[u8], &[u8]) -> bool) -> Run<Value> {
    let (bytes, rest) = split_self::<Bytes>(args);
    let [wanted, bounds @ ..] = rest.positionals() else { unreachable!("one argument at least") };
    let (start, stop) = limits(thread, bounds, bytes.as_slice().len())?;
    let lone = std::slice::from_ref(wanted);
    let choices = wanted.downcast_ref::<Tuple>().map_or(lone, |choices| choices.items());
    for choice in choices {
        let Some(choice) = as_bytes(choice) else {
            if wanted.kind() == Kind::Tuple {
                return expect_bytes(thread, choice).map(|_| Value::FALSE);
            }
            let given = protocol::type_name(thread, choice);
            return Err(Raised::type_error(format_args!(
                "{function} first arg must be bytes or a tuple of bytes, not {given}"
            )));
        };
        if start <= stop && fits(&bytes.as_slice()[start..stop], choice) {
            return Ok(Value::TRUE);
        }
    }
    Ok(Value::FALSE)
}

fn join(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (separator, rest) = split_self::<Bytes>(args);
    let [iterable] = rest.exactly();
    let items = collect(thread, iterable)?;
    let mut joined = Vec::new();
    for (position, item) in items.iter().enumerate() {
        let Some(bytes) = as_bytes(item) else {
            let given = protocol::type_name(thread, item);
            let complaint =
                format_args!("sequence item {position}: expected a bytes-like object, {given} found");
            return Err(Raised::type_error(complaint));
        };
        if position > 0 {
            joined.try_reserve(separator.as_slice().len())?;
            joined.extend_from_slice(separator.as_slice());
        }
        joined.try_reserve(bytes.len())?;
        joined.extend_from_slice(bytes);
    }
    Ok(new_bytes(thread, joined))
}

fn split(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (bytes, rest) = split_self::<Bytes>(args);
    let [separator, most] = rest.options();
    let most = match most {
        Some(most) => usize::try_from(integer(thread, most)?).unwrap_or(usize::MAX),
        None => usize::MAX,
    };
    let mut rest = bytes.as_slice();
    let mut parts = Vec::new();
    match separator.filter(|separator| !separator.is_none()) {
        Some(separator) => {
            let separator = expect_bytes(thread, separator)?;
            if separator.is_empty() {
                return Err(Raised::value_error("empty separator"));
            }
            while parts.len() < most
                && let Some(at) = memmem::find(rest, separator)
            {
                add_part(thread, &mut parts, &rest[..at])?;
                rest = &rest[at + separator.len()..];
            }
            add_part(thread, &mut parts, rest)?;
        }
        None => {
            rest = trim(rest, true, false, is_space);
            while !rest.is_empty() {
                let end = rest.iter().position(is_space).filter(|_| parts.len() < most).unwrap_or(rest.len());
                add_part(thread, &mut parts, &rest[..end])?;
                rest = trim(&rest[end..], true, false, is_space);
            }
        }
    }
    Ok(thread.alloc(List::new(parts)).into_value())
}

/// Adds a part to a list. Raises `MemoryError`, since a program chooses how many parts there are, and
/// `KeyboardInterrupt`.
pub(super) fn add_part(thread: &Thread, parts: &mut Vec<Value>, part: &[u8]) -> Run<()> {
    protocol::check_interrupt(thread)?;
    memory::push(parts, copied_bytes(thread, part)?).map_err(|_part| Raised::memory_error())
}

fn replace(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (bytes, rest) = split_self::<Bytes>(args);
    let arguments = rest.positionals();
    let (old, new) = (expect_bytes(thread, &arguments[0])?, expect_bytes(thread, &arguments[1])?);
    let most = match arguments.get(2) {
        Some(most) => usize::try_from(integer(thread, most)?).unwrap_or(usize::MAX),
        None => usize::MAX,
    };
    let whole = bytes.as_slice();
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
    Ok(new_bytes(thread, replaced))
}

pub(super) fn trim(bytes: &[u8], left: bool, right: bool, goes: impl Fn(&u8) -> bool) -> &[u8] {
    let start = if left { bytes.iter().position(|byte| !goes(byte)).unwrap_or(bytes.len()) } else { 0 };
    let rest = &bytes[start..];
    let end =
        if right { rest.iter().rposition(|byte| !goes(byte)).map_or(0, |last| last + 1) } else { rest.len() };
    &rest[..end]
}

fn strip(thread: &mut Thread, args: Args<'_>, left: bool, right: bool) -> Run<Value> {
    let (bytes, rest): (&Object<Bytes>, _) = split_self::<Bytes>(args);
    let stripped = match rest.positionals() {
        [chars] if !chars.is_none() => {
            let chars = expect_bytes(thread, chars)?;
            trim(bytes.as_slice(), left, right, |byte| chars.contains(byte))
        }
        _ => trim(bytes.as_slice(), left, right, is_space),
    };
    copied_bytes(thread, stripped)
}

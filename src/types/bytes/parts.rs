//! More methods of `bytes` and `bytearray`: splitting, padding, changing case.

use memchr::memmem;

use crate::memory;
use crate::thread::Thread;
use crate::types::bytes::methods::{add_part, is_space, most_of, separator_of, trim};
use crate::types::object::bytes_like::{ByteSelf, expect_bytes, split_byte_self};
use crate::types::str::concat::repeated_bytes;
use crate::types::str::text_args::integer;
use crate::value::{Args, Kind, List, NativeMethod, Raised, Run, Value};

/// The methods of this file.
pub const METHODS: [NativeMethod; 16] = [
    NativeMethod::new("partition", "sep, /", |thread, args| partition(thread, args, false)),
    NativeMethod::new("rpartition", "sep, /", |thread, args| partition(thread, args, true)),
    NativeMethod::new("removeprefix", "prefix, /", |thread, args| remove(thread, args, <[u8]>::strip_prefix)),
    NativeMethod::new("removesuffix", "suffix, /", |thread, args| remove(thread, args, <[u8]>::strip_suffix)),
    NativeMethod::new("splitlines", "keepends=False", splitlines),
    NativeMethod::new("ljust", "width, fillchar=b' ', /", |thread, args| {
        pad(thread, args, "ljust", |padding, _| (0, padding))
    }),
    NativeMethod::new("rjust", "width, fillchar=b' ', /", |thread, args| {
        pad(thread, args, "rjust", |padding, _| (padding, 0))
    }),
    NativeMethod::new("center", "width, fillchar=b' ', /", |thread, args| {
        pad(thread, args, "center", around)
    }),
    NativeMethod::new("rsplit", "sep=None, maxsplit=-1", rsplit),
    NativeMethod::new("zfill", "width, /", zfill),
    NativeMethod::new("capitalize", "", |thread, args| recase(thread, args, |at, _| at == 0)),
    NativeMethod::new("title", "", |thread, args| {
        recase(thread, args, |at, bytes| at == 0 || !bytes[at - 1].is_ascii_alphabetic())
    }),
    NativeMethod::new("swapcase", "", |thread, args| {
        recase(thread, args, |at, bytes| bytes[at].is_ascii_lowercase())
    }),
    NativeMethod::new("isascii", "", |_, args| ask(args, <[u8]>::is_ascii)),
    NativeMethod::new("isupper", "", |_, args| {
        ask(args, |bytes| {
            bytes.iter().any(u8::is_ascii_uppercase) && !bytes.iter().any(u8::is_ascii_lowercase)
        })
    }),
    NativeMethod::new("islower", "", |_, args| {
        ask(args, |bytes| {
            bytes.iter().any(u8::is_ascii_lowercase) && !bytes.iter().any(u8::is_ascii_uppercase)
        })
    }),
];

/// Answers a question about the bytes, for methods without arguments. Raises nothing.
pub(super) fn ask(args: Args<'_>, answer: impl FnOnce(&[u8]) -> bool) -> Run<Value> {
    let (this, _) = split_byte_self(args);
    Ok(Value::bool(this.with(answer)))
}

fn partition(thread: &mut Thread, args: Args<'_>, last: bool) -> Run<Value> {
    let (this, rest) = split_byte_self(args);
    let [separator] = rest.exactly();
    let wanted = expect_bytes(thread, separator)?;
    if wanted.is_empty() {
        return Err(Raised::value_error("empty separator"));
    }
    let whole = this.contents()?;
    let found = if last { memmem::rfind(&whole, &wanted) } else { memmem::find(&whole, &wanted) };
    let part = |bytes: &[u8]| this.make_copy(thread, bytes);
    let parts = match (found, this) {
        // A `bytes` has the separator itself in the middle, of whatever type it is.
        (Some(at), ByteSelf::Fixed(_)) => {
            [part(&whole[..at]), Ok(separator.clone()), part(&whole[at + wanted.len()..])]
        }
        (Some(at), ByteSelf::Array(_)) => {
            [part(&whole[..at]), part(&wanted), part(&whole[at + wanted.len()..])]
        }
        (None, _) if last => [part(&[]), part(&[]), part(&whole)],
        (None, _) => [part(&whole), part(&[]), part(&[])],
    };
    let [before, at, behind] = parts;
    Ok(thread.new_tuple(vec![before?, at?, behind?]))
}

fn remove(
    thread: &mut Thread,
    args: Args<'_>,
    strip: for<'a> fn(&'a [u8], &[u8]) -> Option<&'a [u8]>,
) -> Run<Value> {
    let (this, rest) = split_byte_self(args);
    let [affix] = rest.exactly();
    let affix = expect_bytes(thread, affix)?;
    let kept = this.with(|bytes| memory::copy(strip(bytes, &affix).unwrap_or(bytes)))?;
    Ok(this.make(thread, kept))
}

fn splitlines(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (this, rest) = split_byte_self(args);
    let keep = match rest.options() {
        [Some(keep)] => crate::protocol::is_true(thread, keep)?,
        [None] => false,
    };
    let whole = this.contents()?;
    let (mut parts, mut rest): (_, &[u8]) = (Vec::new(), &whole);
    while !rest.is_empty() {
        let end = memchr::memchr2(b'\n', b'\r', rest).unwrap_or(rest.len());
        let next = if rest[end..].starts_with(b"\r\n") { end + 2 } else { (end + 1).min(rest.len()) };
        add_part(thread, this, &mut parts, &rest[..if keep { next } else { end }])?;
        rest = &rest[next..];
    }
    Ok(thread.alloc(List::new(parts)).into_value())
}

fn pad(
    thread: &mut Thread,
    args: Args<'_>,
    function: &str,
    share: fn(usize, usize) -> (usize, usize),
) -> Run<Value> {
    let (this, rest) = split_byte_self(args);
    let (width, fill) = match rest.positionals() {
        [width, fill] => (integer(thread, width)?, fill_byte(thread, function, fill)?),
        [width, ..] => (integer(thread, width)?, b' '),
        [] => unreachable!("one argument at least"),
    };
    let width = width.max(0) as usize;
    let whole = this.contents()?;
    let padding = repeated_bytes(1, width.saturating_sub(whole.len()))?;
    let (left, right) = share(padding, width);
    let mut padded = memory::with_room(whole.len() + padding)?;
    padded.resize(left, fill);
    padded.extend_from_slice(&whole);
    padded.resize(padded.len() + right, fill);
    Ok(this.make(thread, padded))
}

/// Returns the byte to fill up with. Raises `TypeError` if the argument is not a single byte.
fn fill_byte(thread: &mut Thread, function: &str, fill: &Value) -> Run<u8> {
    if !matches!(fill.kind(), Kind::Bytes | Kind::ByteArray) {
        let given = crate::protocol::argument_kind(thread, fill);
        return Err(Raised::type_error(format_args!(
            "{function}() argument 2 must be a byte string of length 1, not {given}"
        )));
    }
    ByteSelf::of(fill).with(|bytes| match *bytes {
        [byte] => Ok(byte),
        _ => Err(Raised::type_error(format_args!(
            "{function}(): argument 2 must be a byte string of length 1, not a {} object of length {}",
            fill.kind().name(),
            bytes.len()
        ))),
    })
}

/// Divides the padding of `center` into left and right. Of an odd padding the larger half is on the left if the
/// width is odd, too.
const fn around(padding: usize, width: usize) -> (usize, usize) {
    let left = padding / 2 + (padding & width & 1);
    (left, padding - left)
}

fn rsplit(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
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
                && let Some(at) = memmem::rfind(rest, &separator)
            {
                add_part(thread, this, &mut parts, &rest[at + separator.len()..])?;
                rest = &rest[..at];
            }
            add_part(thread, this, &mut parts, rest)?;
        }
        None => {
            rest = trim(rest, false, true, is_space);
            while !rest.is_empty() {
                let start =
                    rest.iter().rposition(is_space).filter(|_| parts.len() < most).map_or(0, |at| at + 1);
                add_part(thread, this, &mut parts, &rest[start..])?;
                rest = trim(&rest[..start], false, true, is_space);
            }
        }
    }
    parts.reverse();
    Ok(thread.alloc(List::new(parts)).into_value())
}

fn zfill(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (this, rest) = split_byte_self(args);
    let [width] = rest.exactly();
    let width = integer(thread, width)?.max(0) as usize;
    let whole = this.contents()?;
    let padding = repeated_bytes(1, width.saturating_sub(whole.len()))?;
    let sign = usize::from(matches!(*whole, [b'+' | b'-', ..]));
    let (sign, digits) = whole.split_at(sign);
    let mut filled = memory::with_room(whole.len() + padding)?;
    filled.extend_from_slice(sign);
    filled.resize(sign.len() + padding, b'0');
    filled.extend_from_slice(digits);
    Ok(this.make(thread, filled))
}

/// Changes the case of letters: upper case where `upper` answers true for the position, lower case elsewhere.
fn recase(thread: &mut Thread, args: Args<'_>, upper: fn(usize, &[u8]) -> bool) -> Run<Value> {
    let (this, _) = split_byte_self(args);
    let changed = this.with(|bytes| {
        let change = |(at, byte): (usize, &u8)| {
            if upper(at, bytes) { byte.to_ascii_uppercase() } else { byte.to_ascii_lowercase() }
        };
        memory::collect(bytes.iter().enumerate().map(change))
    })?;
    Ok(this.make(thread, changed))
}

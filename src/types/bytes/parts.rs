//! More methods of `bytes`: splitting, padding, changing case.

use memchr::memmem;

use crate::memory;
use crate::thread::Thread;
use crate::types::bytes::methods::{add_part, is_space, trim};
use crate::types::object::bytes_like::{as_bytes, copied_bytes, expect_bytes, new_bytes};
use crate::types::object::method_arguments::split_self;
use crate::types::str::concat::repeated_bytes;
use crate::types::str::text_args::integer;
use crate::value::{Args, Bytes, List, NativeMethod, Raised, Run, Value};

/// The methods of this file.
pub(super) const METHODS: [NativeMethod; 17] = [
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
    NativeMethod::new("__bytes__", "", |thread, args| copied_bytes(thread, only(args))),
    NativeMethod::new("rsplit", "sep=None, maxsplit=-1", rsplit),
    NativeMethod::new("zfill", "width, /", zfill),
    NativeMethod::new("capitalize", "", |thread, args| recase(thread, args, |at, _| at == 0)),
    NativeMethod::new("title", "", |thread, args| {
        recase(thread, args, |at, bytes| at == 0 || !bytes[at - 1].is_ascii_alphabetic())
    }),
    NativeMethod::new("swapcase", "", |thread, args| {
        recase(thread, args, |at, bytes| bytes[at].is_ascii_lowercase())
    }),
    NativeMethod::new("isascii", "", |_, args| Ok(Value::bool(only(args).is_ascii()))),
    NativeMethod::new("isupper", "", |_, args| {
        let bytes = only(args);
        Ok(Value::bool(bytes.iter().any(u8::is_ascii_uppercase) && !bytes.iter().any(u8::is_ascii_lowercase)))
    }),
    NativeMethod::new("islower", "", |_, args| {
        let bytes = only(args);
        Ok(Value::bool(bytes.iter().any(u8::is_ascii_lowercase) && !bytes.iter().any(u8::is_ascii_uppercase)))
    }),
];

/// Returns the bytes of `self`, for methods without other arguments.
fn only<'a>(args: Args<'a>) -> &'a [u8] {
    split_self::<Bytes>(args).0.as_slice()
}

fn partition(thread: &mut Thread, args: Args<'_>, last: bool) -> Run<Value> {
    let (bytes, rest) = split_self::<Bytes>(args);
    let [separator] = rest.exactly();
    let (whole, separator) = (bytes.as_slice(), expect_bytes(thread, separator)?);
    if separator.is_empty() {
        return Err(Raised::value_error("empty separator"));
    }
    let found = if last { memmem::rfind(whole, separator) } else { memmem::find(whole, separator) };
    let parts = match found {
        Some(at) => [&whole[..at], separator, &whole[at + separator.len()..]],
        None if last => [&[], &[], whole],
        None => [whole, &[], &[]],
    };
    let [before, at, behind] = parts.map(|part| copied_bytes(thread, part));
    Ok(thread.new_tuple(vec![before?, at?, behind?]))
}

fn remove(
    thread: &mut Thread,
    args: Args<'_>,
    strip: for<'a> fn(&'a [u8], &[u8]) -> Option<&'a [u8]>,
) -> Run<Value> {
    let (bytes, rest) = split_self::<Bytes>(args);
    let [affix] = rest.exactly();
    let affix = expect_bytes(thread, affix)?;
    let kept = strip(bytes.as_slice(), affix).unwrap_or(bytes.as_slice());
    copied_bytes(thread, kept)
}

fn splitlines(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (bytes, rest) = split_self::<Bytes>(args);
    let keep = match rest.options() {
        [Some(keep)] => integer(thread, keep)? != 0,
        [None] => false,
    };
    let (mut parts, mut rest) = (Vec::new(), bytes.as_slice());
    while !rest.is_empty() {
        let end = memchr::memchr2(b'\n', b'\r', rest).unwrap_or(rest.len());
        let next = if rest[end..].starts_with(b"\r\n") { end + 2 } else { (end + 1).min(rest.len()) };
        add_part(thread, &mut parts, &rest[..if keep { next } else { end }])?;
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
    let (bytes, rest) = split_self::<Bytes>(args);
    let (width, fill) = match rest.positionals() {
        [width, fill] => {
            let width = integer(thread, width)?;
            (width, as_bytes(fill).ok_or_else(|| wrong_fill(thread, function, fill))?)
        }
        [width, ..] => (integer(thread, width)?, b" ".as_slice()),
        [] => unreachable!("one argument at least"),
    };
    let &[fill] = fill else {
        let given = rest.get(1).expect("only a given one is of another length");
        return Err(wrong_fill(thread, function, given));
    };
    let width = width.max(0) as usize;
    let padding = repeated_bytes(1, width.saturating_sub(bytes.as_slice().len()))?;
    let (left, right) = share(padding, width);
    let mut padded = memory::with_room(bytes.as_slice().len() + padding)?;
    padded.resize(left, fill);
    padded.extend_from_slice(bytes.as_slice());
    padded.resize(padded.len() + right, fill);
    Ok(new_bytes(thread, padded))
}

/// Divides the padding of `center` into left and right. Of an odd padding the larger half is on the left if the
/// width is odd, too.
const fn around(padding: usize, width: usize) -> (usize, usize) {
    let left = padding / 2 + (padding & width & 1);
    (left, padding - left)
}

fn rsplit(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
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
                && let Some(at) = memmem::rfind(rest, separator)
            {
                add_part(thread, &mut parts, &rest[at + separator.len()..])?;
                rest = &rest[..at];
            }
            add_part(thread, &mut parts, rest)?;
        }
        None => {
            rest = trim(rest, false, true, is_space);
            while !rest.is_empty() {
                let start =
                    rest.iter().rposition(is_space).filter(|_| parts.len() < most).map_or(0, |at| at + 1);
                add_part(thread, &mut parts, &rest[start..])?;
                rest = trim(&rest[..start], false, true, is_space);
            }
        }
    }
    parts.reverse();
    Ok(thread.alloc(List::new(parts)).into_value())
}

fn wrong_fill(thread: &Thread, function: &str, given: &Value) -> Raised {
    let given = crate::protocol::argument_kind(thread, given);
    Raised::type_error(format_args!("{function}() argument 2 must be a byte string of length 1, not {given}"))
}

fn zfill(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (bytes, rest) = split_self::<Bytes>(args);
    let [width] = rest.exactly();
    let width = integer(thread, width)?.max(0) as usize;
    let padding = repeated_bytes(1, width.saturating_sub(bytes.as_slice().len()))?;
    let sign = usize::from(matches!(bytes.as_slice(), [b'+' | b'-', ..]));
    let (sign, digits) = bytes.as_slice().split_at(sign);
    let mut filled = memory::with_room(bytes.as_slice().len() + padding)?;
    filled.extend_from_slice(sign);
    filled.resize(sign.len() + padding, b'0');
    filled.extend_from_slice(digits);
    Ok(new_bytes(thread, filled))
}

/// Changes the case of letters: upper case where `upper` answers true for the position, lower case elsewhere.
fn recase(thread: &mut Thread, args: Args<'_>, upper: fn(usize, &[u8]) -> bool) -> Run<Value> {
    let bytes = only(args);
    let change = |(at, byte): (usize, &u8)| {
        if upper(at, bytes) { byte.to_ascii_uppercase() } else { byte.to_ascii_lowercase() }
    };
    Ok(new_bytes(thread, memory::collect(bytes.iter().enumerate().map(change))?))
}

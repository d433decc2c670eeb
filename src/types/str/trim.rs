//! The ends of texts: `strip` and its kin, prefixes and suffixes, padding, tabs.

use crate::memory;
use crate::protocol;
use crate::text::{stored, unicode};
use crate::thread::Thread;
use crate::types::str::concat::repeated_bytes;
use crate::types::str::text_args::{c_int, expect_text, integer, substring, text_and_rest, unchanged};
use crate::value::{Args, NativeMethod, Raised, Run, Str, Value};

/// The methods of this file.
pub(super) const METHODS: [NativeMethod; 10] = [
    NativeMethod::new("strip", "chars=None, /", |thread, args| strip(thread, args, "strip", true, true)),
    NativeMethod::new("lstrip", "chars=None, /", |thread, args| strip(thread, args, "lstrip", true, false)),
    NativeMethod::new("rstrip", "chars=None, /", |thread, args| strip(thread, args, "rstrip", false, true)),
    NativeMethod::new("removeprefix", "prefix, /", removeprefix),
    NativeMethod::new("removesuffix", "suffix, /", removesuffix),
    NativeMethod::new("center", "width, fillchar=' ', /", |thread, args| pad(thread, args, centre)),
    NativeMethod::new("ljust", "width, fillchar=' ', /", |thread, args| {
        pad(thread, args, |_, padding| (0, padding))
    }),
    NativeMethod::new("rjust", "width, fillchar=' ', /", |thread, args| {
        pad(thread, args, |_, padding| (padding, 0))
    }),
    NativeMethod::new("zfill", "width, /", zfill),
    NativeMethod::new("expandtabs", "tabsize=8", expandtabs),
];

fn strip(thread: &mut Thread, args: Args<'_>, function: &str, left: bool, right: bool) -> Run<Value> {
    let (text, rest) = text_and_rest(args);
    let whole = text.as_str();
    let stripped = match rest.positionals() {
        [chars] if !chars.is_none() => {
            let Some(chars) = chars.downcast_ref::<Str>() else {
                return Err(Raised::type_error(format_args!("{function} arg must be None or str")));
            };
            strip_all(whole, left, right, chars.as_str())
        }
        _ => trim(whole, left, right, unicode::is_space),
    };
    substring(thread, text, stripped)
}

fn trim(text: &str, left: bool, right: bool, goes: impl Fn(char) -> bool) -> &str {
    let text = if left { text.trim_start_matches(&goes) } else { text };
    if right { text.trim_end_matches(&goes) } else { text }
}

/// Strips all the code points that are in `goes`.
fn strip_all<'a>(text: &'a str, left: bool, right: bool, goes: &str) -> &'a str {
    if !stored::may_have_pairs(goes) {
        // What is no part of a pair strips no part of one.
        return trim(text, left, right, |char| goes.contains(char));
    }
    let stays = |&(_, code): &(usize, u32)| !stored::code_points(goes).any(|gone| gone == code);
    let mut codes = stored::code_point_indices(text).filter(stays);
    let Some((first, code)) = codes.next() else { return "" };
    let start = if left { first } else { 0 };
    let (last, code) = codes.last().unwrap_or((first, code));
    let end = last + stored::encode(code, &mut [0; stored::MOST_BYTES]).len();
    &text[start..if right { end } else { text.len() }]
}

fn removeprefix(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (text, rest) = text_and_rest(args);
    let [prefix] = rest.exactly();
    let prefix = expect_text(thread, prefix, "removeprefix() argument must be str")?.as_str();
    substring(thread, text, text.as_str().strip_prefix(prefix).unwrap_or(text.as_str()))
}

fn removesuffix(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (text, rest) = text_and_rest(args);
    let [suffix] = rest.exactly();
    let suffix = expect_text(thread, suffix, "removesuffix() argument must be str")?.as_str();
    substring(thread, text, text.as_str().strip_suffix(suffix).unwrap_or(text.as_str()))
}

/// Divides the padding of `center`: of an odd padding the larger half is on the left if the width is odd.
const fn centre(width: usize, padding: usize) -> (usize, usize) {
    let left = padding / 2 + (padding & width & 1);
    (left, padding - left)
}

fn pad(thread: &mut Thread, args: Args<'_>, share: fn(usize, usize) -> (usize, usize)) -> Run<Value> {
    let (text, rest) = text_and_rest(args);
    let (width, fill) = match rest.positionals() {
        [width, fill] => (integer(thread, width)?, fill_char(thread, fill)?),
        [width] => (integer(thread, width)?, u32::from(b' ')),
        _ => unreachable!("one or two arguments"),
    };
    let width = width.max(0) as usize;
    let padding = width.saturating_sub(text.char_count());
    if padding == 0 {
        return Ok(unchanged(thread, text));
    }
    let mut buffer = [0; stored::MOST_BYTES];
    let fill = stored::encode(fill, &mut buffer);
    let bytes = repeated_bytes(fill.len(), padding)?;
    let (left, right) = share(width, padding);
    let mut padded = memory::text_with_room(text.as_str().len() + bytes)?;
    padded.extend(std::iter::repeat_n(fill, left));
    padded.push_str(text.as_str());
    padded.extend(std::iter::repeat_n(fill, right));
    Ok(thread.new_string(padded))
}

fn fill_char(thread: &Thread, fill: &Value) -> Run<u32> {
    let Some(fill) = fill.downcast_ref::<Str>() else {
        let given = protocol::type_name(thread, fill);
        return Err(Raised::type_error(format_args!(
            "The fill character must be a unicode character, not {given}"
        )));
    };
    let wrong = || Raised::type_error("The fill character must be exactly one character long");
    stored::only(fill.as_str()).ok_or_else(wrong)
}

fn zfill(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (text, rest) = text_and_rest(args);
    let [width] = rest.exactly();
    let width = integer(thread, width)?.max(0) as usize;
    let padding = width.saturating_sub(text.char_count());
    if padding == 0 {
        return Ok(unchanged(thread, text));
    }
    repeated_bytes(1, padding)?;
    let (sign, digits) = match text.as_str().as_bytes() {
        [b'+' | b'-', ..] => text.as_str().split_at(1),
        _ => ("", text.as_str()),
    };
    let mut filled = memory::text_with_room(text.as_str().len() + padding)?;
    filled.push_str(sign);
    filled.extend(std::iter::repeat_n('0', padding));
    filled.push_str(digits);
    Ok(thread.new_string(filled))
}

fn expandtabs(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (text, rest) = text_and_rest(args);
    let width = match rest.options() {
        [Some(width)] => c_int(thread, width)?.max(0) as usize,
        [None] => 8,
    };
    if !text.as_str().contains('\t') {
        return Ok(unchanged(thread, text));
    }
    let tabs = text.as_str().matches('\t').count();
    let bytes = repeated_bytes(width, tabs)?.saturating_add(text.as_str().len());
    let mut expanded = memory::text_with_room(bytes)?;
    let mut column = 0;
    for code in stored::code_points(text.as_str()) {
        match u8::try_from(code).unwrap_or_default() {
            b'\t' if width > 0 => {
                let blanks = width - column % width;
                expanded.extend(std::iter::repeat_n(' ', blanks));
                column += blanks;
            }
            b'\t' => {}
            b'\n' | b'\r' => {
                stored::push(code, &mut expanded);
                column = 0;
            }
            _ => {
                stored::push(code, &mut expanded);
                column += 1;
            }
        }
    }
    Ok(thread.new_string(expanded))
}

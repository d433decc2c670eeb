//! Splitting and joining texts: `split`, `rsplit`, `splitlines`, `partition`, `join`.

use memchr::memmem;

use crate::memory;
use crate::protocol;
use crate::text::unicode;
use crate::thread::Thread;
use crate::types::str::text_args::{expect_text, integer, text_and_rest, unchanged};
use crate::value::{Args, ErrorKind, INLINE_BYTES, List, NativeMethod, Raised, Run, Str, Tuple, Value};

/// The methods of this file.
pub(super) const METHODS: [NativeMethod; 6] = [
    NativeMethod::new("split", "sep=None, maxsplit=-1", split),
    NativeMethod::new("rsplit", "sep=None, maxsplit=-1", rsplit),
    NativeMethod::new("splitlines", "keepends=False", splitlines),
    NativeMethod::new("partition", "sep, /", partition),
    NativeMethod::new("rpartition", "sep, /", rpartition),
    NativeMethod::new("join", "iterable, /", join),
];

fn new_list(thread: &Thread, parts: Vec<Value>) -> Value {
    thread.alloc(List::new(parts)).into_value()
}

/// Returns the separator (`None` for white space) and the largest number of splits.
fn split_arguments<'a>(thread: &mut Thread, args: Args<'a>) -> Run<(Option<&'a str>, usize)> {
    let [separator, most] = args.options();
    let most = match most {
        Some(most) => integer(thread, most)?,
        None => -1,
    };
    let separator = match separator {
        Some(separator) if !separator.is_none() => {
            Some(expect_text(thread, separator, "must be str or None")?.as_str())
        }
        _ => None,
    };
    if separator == Some("") {
        return Err(Raised::value_error("empty separator"));
    }
    Ok((separator, usize::try_from(most).unwrap_or(usize::MAX)))
}

fn split(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (text, rest) = text_and_rest(args);
    let (separator, most) = split_arguments(thread, rest)?;
    let mut parts = Vec::new();
    match separator {
        Some(separator) => split_at(thread, text, separator, most, &mut parts)?,
        None => {
            let mut rest = text.as_str().trim_start_matches(unicode::is_space);
            while !rest.is_empty() {
                let end = if parts.len() == most { rest.len() } else { word_end(rest) };
                add_part(thread, &mut parts, &rest[..end])?;
                rest = rest[end..].trim_start_matches(unicode::is_space);
            }
        }
    }
    Ok(new_list(thread, parts))
}

/// Returns the length in bytes of the word that a text begins with.
fn word_end(text: &str) -> usize {
    let bytes = text.as_bytes();
    let mut end = 0;
    while end < bytes.len() && bytes[end].is_ascii() {
        if unicode::is_space(bytes[end] as char) {
            return end;
        }
        end += 1;
    }
    end + text[end..].find(unicode::is_space).unwrap_or(text.len() - end)
}

fn split_at(thread: &Thread, whole: &Str, separator: &str, most: usize, parts: &mut Vec<Value>) -> Run<()> {
    let (text, is_ascii) = (whole.as_str(), whole.is_ascii());
    let part = |start: usize, end: usize| -> Run<Value> {
        match is_ascii {
            true if end - start <= INLINE_BYTES => Ok(thread.new_ascii_part(whole, start, end)),
            _ => thread.try_str(&text[start..end]),
        }
    };
    if let [byte] = separator.as_bytes() {
        parts.try_reserve_exact(memchr::memchr_iter(*byte, text.as_bytes()).count().min(most) + 1)?;
    }
    let mut start = 0;
    let mut cut = |at: usize| -> Run<()> {
        protocol::check_interrupt(thread)?;
        memory::push(parts, part(start, at)?).map_err(|_part| Raised::memory_error())?;
        start = at + separator.len();
        Ok(())
    };
    match separator.as_bytes() {
        [byte] => memchr::memchr_iter(*byte, text.as_bytes()).take(most).try_for_each(&mut cut),
        bytes => memmem::find_iter(text.as_bytes(), bytes).take(most).try_for_each(&mut cut),
    }?;
    memory::push(parts, part(start, text.len())?).map_err(|_part| Raised::memory_error())
}

/// Adds a part. Raises `MemoryError`, since a program chooses how many parts there are.
fn add_part(thread: &Thread, parts: &mut Vec<Value>, part: &str) -> Run<()> {
    protocol::check_interrupt(thread)?;
    memory::push(parts, thread.try_str(part)?).map_err(|_part| Raised::memory_error())
}

fn rsplit(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (text, rest) = text_and_rest(args);
    let (separator, most) = split_arguments(thread, rest)?;
    let mut parts = Vec::new();
    match separator {
        Some(separator) => {
            for part in text.as_str().rsplitn(most.saturating_add(1), separator) {
                add_part(thread, &mut parts, part)?;
            }
        }
        None => {
            let mut rest = text.as_str().trim_end_matches(unicode::is_space);
            while !rest.is_empty() {
                let before = rest.trim_end_matches(|char| !unicode::is_space(char));
                let start = if parts.len() == most { 0 } else { before.len() };
                add_part(thread, &mut parts, &rest[start..])?;
                rest = rest[..start].trim_end_matches(unicode::is_space);
            }
        }
    }
    parts.reverse();
    Ok(new_list(thread, parts))
}

fn splitlines(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (text, rest) = text_and_rest(args);
    let keep = match rest.options() {
        [Some(keep)] => crate::protocol::is_true(thread, keep)?,
        [None] => false,
    };
    let mut parts = Vec::new();
    for line in lines(text.as_str(), keep) {
        add_part(thread, &mut parts, line)?;
    }
    Ok(new_list(thread, parts))
}

/// Returns the lines of a text as `splitlines` divides it, with their ends or without.
pub fn lines(text: &str, keeps_ends: bool) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let end = rest.find(unicode::is_line_break).unwrap_or(rest.len());
        let next = match rest[end..].chars().next() {
            Some('\r') if rest[end..].starts_with("\r\n") => end + 2,
            Some(char) => end + char.len_utf8(),
            None => end,
        };
        let line = &rest[..if keeps_ends { next } else { end }];
        let is_over = rest.is_empty();
        rest = &rest[next..];
        (!is_over).then_some(line)
    })
}

fn partition(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    partition_by(thread, args, false)
}

fn rpartition(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    partition_by(thread, args, true)
}

fn partition_by(thread: &mut Thread, args: Args<'_>, last: bool) -> Run<Value> {
    let (text, rest) = text_and_rest(args);
    let [given] = rest.exactly();
    let separator = expect_text(thread, given, "must be str")?.as_str();
    if separator.is_empty() {
        return Err(Raised::value_error("empty separator"));
    }
    let whole = text.as_str();
    let found = if last { whole.rsplit_once(separator) } else { whole.split_once(separator) };
    let empty = thread.new_str("");
    let parts = match found {
        Some((before, after)) => vec![thread.try_str(before)?, given.clone(), thread.try_str(after)?],
        None if last => vec![empty.clone(), empty, unchanged(thread, text)],
        None => vec![unchanged(thread, text), empty.clone(), empty],
    };
    thread.try_tuple(parts)
}

fn join(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (separator, rest) = text_and_rest(args);
    let [iterable] = rest.exactly();
    if let Some(list) = iterable.downcast_exact::<List>() {
        // Joining runs no script code, so the items need not be taken out of the list.
        let joined = list.with_items(|items| join_items(separator.as_str(), items));
        return finish_join(thread, joined);
    }
    if let Some(tuple) = iterable.downcast_exact::<Tuple>() {
        return finish_join(thread, join_items(separator.as_str(), tuple.items()));
    }
    let items = collect(thread, iterable)?;
    finish_join(thread, join_items(separator.as_str(), &items))
}

/// The result of joining: the only item, a new text, or the position of an item that is no text.
enum Joined {
    Only(Value),
    Text(String),
    TooLong,
    NoText(usize, Value),
}

fn join_items(separator: &str, items: &[Value]) -> Joined {
    if let [only] = items
        && only.downcast_exact::<Str>().is_some()
    {
        return Joined::Only(only.clone());
    }
    let mut bytes = separator.len().saturating_mul(items.len().saturating_sub(1));
    for (position, item) in items.iter().enumerate() {
        match item.downcast_ref::<Str>() {
            Some(text) => bytes = bytes.saturating_add(text.as_str().len()),
            None => return Joined::NoText(position, item.clone()),
        }
    }
    let mut joined = String::new();
    if joined.try_reserve_exact(bytes).is_err() {
        return Joined::TooLong;
    }
    for (position, text) in items.iter().filter_map(Value::downcast_ref::<Str>).enumerate() {
        if position > 0 {
            joined.push_str(separator);
        }
        match text.as_str().as_bytes() {
            // Joining characters is common, and each would be a call.
            &[byte] => joined.push(byte.into()),
            _ => joined.push_str(text.as_str()),
        }
    }
    Joined::Text(joined)
}

fn finish_join(thread: &mut Thread, joined: Joined) -> Run<Value> {
    match joined {
        Joined::Only(text) => Ok(text),
        Joined::Text(text) => Ok(thread.new_string(text)),
        Joined::TooLong => Err(Raised::memory_error()),
        Joined::NoText(position, item) => {
            let given = protocol::type_name(thread, &item);
            let complaint = format_args!("sequence item {position}: expected str instance, {given} found");
            Err(Raised::type_error(complaint))
        }
    }
}

/// Collects the items of an iterable. Raises `TypeError` with the message of `join` if it is not iterable, what
/// iterating raises, and `MemoryError`.
pub fn collect(thread: &mut Thread, iterable: &Value) -> Run<Vec<Value>> {
    if let Some(list) = iterable.downcast_exact::<List>() {
        return list.to_vec();
    }
    if iterable.downcast_exact::<Tuple>().is_some() {
        return protocol::collect(thread, iterable);
    }
    let iterator = match protocol::iter(thread, iterable) {
        Err(raised) if raised.is_kind(thread, ErrorKind::TypeError) => {
            return Err(Raised::type_error("can only join an iterable"));
        }
        iterator => iterator?,
    };
    // The iterator becomes a list, and so it is what is asked how many items there are.
    protocol::collect_list(thread, &iterator)
}

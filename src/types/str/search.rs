//! Searching texts: `find` and the like, `count`, `startswith`, `endswith`, `in`.
//!
//! Positions are code points for the script and bytes for the search; the text's index converts.

use memchr::memmem;

use crate::protocol;
use crate::text::stored;
use crate::thread::Thread;
use crate::types::str::text_args::{expect_text, limits, text_and_rest};
use crate::value::{Args, NativeMethod, Object, Raised, Run, Str, Tuple, Value};

/// The methods of this file.
pub(super) const METHODS: [NativeMethod; 7] = [
    NativeMethod::new("find", "sub, start=None, end=None, /", find),
    NativeMethod::new("rfind", "sub, start=None, end=None, /", rfind),
    NativeMethod::new("index", "sub, start=None, end=None, /", index),
    NativeMethod::new("rindex", "sub, start=None, end=None, /", rindex),
    NativeMethod::new("count", "sub, start=None, end=None, /", count),
    NativeMethod::new("startswith", "prefix, start=None, end=None, /", startswith),
    NativeMethod::new("endswith", "suffix, start=None, end=None, /", endswith),
];

/// `needle in text`.
pub fn contains(text: &str, needle: &str) -> bool {
    match needle.as_bytes() {
        [byte] => memchr::memchr(*byte, text.as_bytes()).is_some(),
        needle => memmem::find(text.as_bytes(), needle).is_some(),
    }
}

/// The arguments of a search: the part of the text to search, and the text to search for.
struct Search<'a> {
    text: &'a Object<Str>,
    /// Byte offset of the part.
    offset: usize,
    part: &'a str,
    needle: &'a str,
}

/// Reads the arguments; `None` if nothing can be found because the part begins behind its end.
fn search<'a>(thread: &mut Thread, args: Args<'a>, function: &str) -> Run<Option<Search<'a>>> {
    let (text, rest) = text_and_rest(args);
    let [needle, bounds @ ..] = rest.positionals() else { unreachable!("one argument at least") };
    let needle = match needle.downcast_ref::<Str>() {
        Some(needle) => needle.as_str(),
        None => expect_text(thread, needle, &format!("{function}() argument 1 must be str"))?.as_str(),
    };
    if bounds.is_empty() {
        return Ok(Some(Search { text, offset: 0, part: text.as_str(), needle }));
    }
    let (start, stop) = limits(thread, bounds, || text.char_count())?;
    if start > stop {
        return Ok(None);
    }
    let offset = text.byte_offset(start);
    Ok(Some(Search { text, offset, part: &text.as_str()[offset..text.byte_offset(stop)], needle }))
}

impl Search<'_> {
    fn first(&self) -> Option<usize> {
        let found = match self.needle.as_bytes() {
            [byte] => memchr::memchr(*byte, self.part.as_bytes()),
            needle => memmem::find(self.part.as_bytes(), needle),
        };
        found.map(|byte| self.text.char_position(self.offset + byte))
    }

    fn last(&self) -> Option<usize> {
        let found = memmem::rfind(self.part.as_bytes(), self.needle.as_bytes());
        found.map(|byte| self.text.char_position(self.offset + byte))
    }
}

fn or_minus_one(thread: &Thread, position: Option<usize>) -> Value {
    match position {
        Some(position) => thread.new_usize(position),
        None => thread.new_int(-1),
    }
}

fn or_value_error(thread: &Thread, position: Option<usize>) -> Run<Value> {
    match position {
        Some(position) => Ok(thread.new_usize(position)),
        None => Err(Raised::value_error("substring not found")),
    }
}

fn find(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let found = search(thread, args, "find")?.and_then(|search| search.first());
    Ok(or_minus_one(thread, found))
}

fn rfind(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let found = search(thread, args, "rfind")?.and_then(|search| search.last());
    Ok(or_minus_one(thread, found))
}

fn index(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let found = search(thread, args, "index")?.and_then(|search| search.first());
    or_value_error(thread, found)
}

fn rindex(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let found = search(thread, args, "rindex")?.and_then(|search| search.last());
    or_value_error(thread, found)
}

fn count(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let count = match search(thread, args, "count")? {
        None => 0,
        Some(search) if search.needle.is_empty() => stored::count(search.part) + 1,
        Some(search) => match search.needle.as_bytes() {
            [byte] => memchr::memchr_iter(*byte, search.part.as_bytes()).count(),
            needle => memmem::find_iter(search.part.as_bytes(), needle).count(),
        },
    };
    Ok(thread.new_usize(count))
}

fn startswith(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    affix(thread, args, "startswith", |part, prefix| part.starts_with(prefix))
}

fn endswith(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    affix(thread, args, "endswith", |part, suffix| part.ends_with(suffix))
}

fn affix(thread: &mut Thread, args: Args<'_>, function: &str, fits: fn(&str, &str) -> bool) -> Run<Value> {
    let (text, rest) = text_and_rest(args);
    let [wanted, bounds @ ..] = rest.positionals() else { unreachable!("one argument at least") };
    let part = if bounds.is_empty() {
        Some(text.as_str())
    } else {
        let (start, stop) = limits(thread, bounds, || text.char_count())?;
        (start <= stop).then(|| text.slice(start, stop))
    };
    if let Some(wanted) = wanted.downcast_ref::<Str>() {
        return Ok(Value::bool(part.is_some_and(|part| fits(part, wanted.as_str()))));
    }
    let Some(choices) = wanted.downcast_ref::<Tuple>() else {
        let given = protocol::type_name(thread, wanted);
        let complaint = format_args!("{function} first arg must be str or a tuple of str, not {given}");
        return Err(Raised::type_error(complaint));
    };
    for choice in choices.items() {
        let Some(choice) = choice.downcast_ref::<Str>() else {
            let given = protocol::type_name(thread, choice);
            let complaint = format_args!("tuple for {function} must only contain str, not {given}");
            return Err(Raised::type_error(complaint));
        };
        if part.is_some_and(|part| fits(part, choice.as_str())) {
            return Ok(Value::TRUE);
        }
    }
    Ok(Value::FALSE)
}

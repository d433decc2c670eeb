//! The first steps of `str` methods: the text they are called on, and arguments that must be texts.

use crate::protocol;
use crate::thread::{Thread, ThreadState};
use crate::types::object::method_arguments::split_self;
use crate::value::{Args, Object, Raised, Run, Str, Value};

/// Returns the text that a method is called on, and the arguments that follow it.
#[inline]
pub fn text_and_rest<'a>(args: Args<'a>) -> (&'a Object<Str>, Args<'a>) {
    split_self::<Str>(args)
}

/// Returns the text that a method without other arguments is called on.
#[inline]
pub fn only_text<'a>(args: Args<'a>) -> &'a Object<Str> {
    text_and_rest(args).0
}

/// Returns an argument that must be a text. Raises `TypeError`; the message is `complaint` and the type that
/// was given.
#[inline]
pub fn expect_text<'a>(thread: &Thread, value: &'a Value, complaint: &str) -> Run<&'a Object<Str>> {
    match value.downcast_ref::<Str>() {
        Some(text) => Ok(text),
        // CPython names `None` itself where it names the argument.
        None if value.is_none() && complaint.contains("argument") => {
            Err(Raised::type_error(format_args!("{complaint}, not None")))
        }
        None => {
            Err(Raised::type_error(format_args!("{complaint}, not {}", protocol::type_name(thread, value))))
        }
    }
}

/// Returns the text itself, as the result of a method that changes nothing; a `str` also for an instance of a
/// subclass.
pub fn unchanged(thread: &ThreadState, text: &Object<Str>) -> Value {
    if text.shape().is_builtin() { text.to_value() } else { thread.new_str(text.as_str()) }
}

/// Returns a part of a text, as the result of a method. Raises `MemoryError`.
pub fn substring(thread: &Thread, text: &Object<Str>, part: &str) -> Run<Value> {
    if part.len() == text.as_str().len() { Ok(unchanged(thread, text)) } else { thread.try_str(part) }
}

/// Returns an integer argument that must fit a machine word.
/// Raises `TypeError` if it is no integer, `OverflowError` if it does not fit, and what `__index__` raises.
pub fn integer(thread: &mut Thread, value: &Value) -> Run<i64> {
    if let Some(small) = value.as_small_int() {
        return Ok(small);
    }
    let index = protocol::index(thread, value)?;
    index.as_i64().ok_or_else(|| Raised::overflow_error("Python int too large to convert to C ssize_t"))
}

/// Returns an integer argument that must fit a C `int`, as in CPython.
/// Raises `TypeError` if it is no integer, `OverflowError` if it does not fit, and what `__index__` raises.
pub fn c_int(thread: &mut Thread, value: &Value) -> Run<i32> {
    let index = protocol::index(thread, value)?;
    let small = index.as_i64().and_then(|index| i32::try_from(index).ok());
    small.ok_or_else(|| Raised::overflow_error("Python int too large to convert to C int"))
}

/// Returns the positions that optional `start` and `stop` arguments select. Raises `TypeError` if one is no integer.
/// `len` is called after both are known, since their `__index__` may change the length.
///
/// The first may lie behind the second, and behind the end: then nothing is found there.
pub fn limits(thread: &mut Thread, limits: &[Value], len: impl FnOnce() -> usize) -> Run<(usize, usize)> {
    let start = limits.first().filter(|limit| !limit.is_none());
    let stop = limits.get(1).filter(|limit| !limit.is_none());
    let start = start.map_or(Ok(0), |limit| cut_limit(thread, limit))?;
    let stop = stop.map_or(Ok(i64::MAX), |limit| cut_limit(thread, limit))?;
    let len = len();
    let position = |index: i64| {
        if index < 0 { index.saturating_add(len as i64).max(0) as usize } else { index as usize }
    };
    Ok((position(start), position(stop).min(len)))
}

/// Returns an index as slices treat it: one too large is replaced by the largest.
fn cut_limit(thread: &mut Thread, limit: &Value) -> Run<i64> {
    if protocol::slots_of(thread, limit).index.is_none() {
        return Err(Raised::type_error("slice indices must be integers or None or have an __index__ method"));
    }
    let index = protocol::index(thread, limit)?;
    let integer = index.as_integer().expect("an index is an integer");
    Ok(match integer.to_i64() {
        Some(index) => index,
        None if integer.is_negative() => i64::MIN,
        None => i64::MAX,
    })
}

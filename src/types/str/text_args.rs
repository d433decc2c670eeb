//! What the methods of `str` begin with: the text they are called on, and arguments that are texts.

use crate::protocol;
use crate::thread::{Thread, ThreadState};
use crate::types::object::method_arguments::split_self;
use crate::value::{Args, Object, Raised, Run, Str, Value};

/// The text a method is called on, and the arguments without it.
#[inline]
pub fn text_and_rest<'a>(args: Args<'a>) -> (&'a Object<Str>, Args<'a>) {
    split_self::<Str>(args)
}

/// The text a method that takes nothing else is called on.
#[inline]
pub fn only_text<'a>(args: Args<'a>) -> &'a Object<Str> {
    text_and_rest(args).0
}

/// An argument that has to be a text. `complaint` comes before the type it is instead.
#[inline]
pub fn expect_text<'a>(thread: &Thread, value: &'a Value, complaint: &str) -> Run<&'a Object<Str>> {
    match value.downcast_ref::<Str>() {
        Some(text) => Ok(text),
        // CPython names `None` itself where it names the argument.
        None if value.is_none() && complaint.contains("argument") => {
            Err(Raised::type_error(format!("{complaint}, not None")))
        }
        None => Err(Raised::type_error(format!("{complaint}, not {}", protocol::type_name(thread, value)))),
    }
}

/// The text itself as the result of a method that changes nothing; exact even for a subclass.
pub fn unchanged(thread: &ThreadState, text: &Object<Str>) -> Value {
    if text.shape().is_builtin() { text.to_value() } else { thread.new_str(text.as_str()) }
}

/// A part of a text as the result of a method.
pub fn substring(thread: &Thread, text: &Object<Str>, part: &str) -> Run<Value> {
    if part.len() == text.as_str().len() { Ok(unchanged(thread, text)) } else { thread.try_str(part) }
}

/// An integer argument of at most a machine word.
pub fn integer(thread: &mut Thread, value: &Value) -> Run<i64> {
    if let Some(small) = value.as_small_int() {
        return Ok(small);
    }
    let index = protocol::index(thread, value)?;
    index.as_i64().ok_or_else(|| Raised::overflow_error("Python int too large to convert to C ssize_t"))
}

/// An integer argument that CPython keeps in a C `int`.
pub fn c_int(thread: &mut Thread, value: &Value) -> Run<i32> {
    let index = protocol::index(thread, value)?;
    let small = index.as_i64().and_then(|index| i32::try_from(index).ok());
    small.ok_or_else(|| Raised::overflow_error("Python int too large to convert to C int"))
}

/// The part of `len` positions that optional `start` and `stop` arguments name.
///
/// The first may lie behind the second, and behind `len`: then nothing is found there.
pub fn limits(thread: &mut Thread, limits: &[Value], len: usize) -> Run<(usize, usize)> {
    let start = limits.first().filter(|limit| !limit.is_none());
    let stop = limits.get(1).filter(|limit| !limit.is_none());
    let start = start.map_or(Ok(0), |limit| position(thread, limit, len))?;
    let stop = stop.map_or(Ok(len), |limit| position(thread, limit, len))?;
    Ok((start, stop.min(len)))
}

fn position(thread: &mut Thread, limit: &Value, len: usize) -> Run<usize> {
    if protocol::slots_of(thread, limit).index.is_none() {
        return Err(Raised::type_error("slice indices must be integers or None or have an __index__ method"));
    }
    let index = protocol::index(thread, limit)?;
    let integer = index.as_integer().expect("an index is an integer");
    Ok(match integer.to_i64() {
        Some(index) if index < 0 => index.saturating_add(len as i64).max(0) as usize,
        Some(index) => index as usize,
        None if integer.is_negative() => 0,
        None => usize::MAX,
    })
}

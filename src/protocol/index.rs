//! Integers as indices, and the parts of slices.

use crate::memory::Room;
use crate::protocol::class::{slots_of, type_name};
use crate::protocol::converted::check_converted;
use crate::thread::Thread;
use crate::value::{ErrorKind, Integer, Kind, Raised, Run, Slice, Value};

/// Computes `operator.index(value)`, an exact `int`.
/// Raises `TypeError` if the value is no integer and has no `__index__` or that returns none, what `__index__`
/// raises, and `MemoryError`.
pub fn index(thread: &mut Thread, value: &Value) -> Run<Value> {
    if value.as_small_int().is_some() {
        return Ok(value.clone());
    }
    // An instance of `int` or of a class derived from it is not asked: it is the integer.
    if let Some(integer) = value.as_integer() {
        return exact(thread, integer);
    }
    match slots_of(thread, value).index {
        Some(operation) => {
            let result = operation(thread, value)?;
            check_converted(thread, &result, Kind::Int, "__index__ returned non-int")?;
            exact(thread, result.as_integer().expect("it was checked"))
        }
        None => Err(Raised::type_error(format_args!(
            "'{}' object cannot be interpreted as an integer",
            type_name(thread, value)
        ))),
    }
}

/// Returns an `int` with the value of any integer.
fn exact(thread: &Thread, integer: Integer<'_>) -> Run<Value> {
    Ok(match integer {
        Integer::Small(value) => thread.new_int(value),
        Integer::Big(value) => {
            // The library that copies it cannot fail.
            let _room = Room::of(integer.bit_length() / 4)?;
            thread.new_big(value.clone())
        }
    })
}

/// Returns an index that fits a machine word. Raises what `index` raises, and `IndexError` for a larger
/// integer.
pub fn index_isize(thread: &mut Thread, value: &Value) -> Run<isize> {
    let index = index(thread, value)?;
    match index.as_small_int().or_else(|| index.as_i64()) {
        Some(index) => Ok(index as isize),
        None => Err(Raised::new(
            ErrorKind::IndexError,
            format_args!("cannot fit '{}' into an index-sized integer", type_name(thread, value)),
        )),
    }
}

/// Returns start, stop and step of a slice as numbers that are not limited to a length yet. For a part left
/// out, the default depends on the step. Raises `ValueError` for a step of zero, `TypeError` for a part that is
/// no integer.
///
/// Integers beyond a machine word are replaced by the nearest one that fits, as they lie beyond any end anyway.
pub fn slice_parts(thread: &mut Thread, slice: &Value) -> Run<(isize, isize, isize)> {
    let Some(slice) = slice.downcast_ref::<Slice>() else {
        return Err(Raised::type_error("slice expected"));
    };
    let step = if slice.step.is_none() { 1 } else { slice_index(thread, &slice.step)? };
    if step == 0 {
        return Err(Raised::value_error("slice step cannot be zero"));
    }
    // So that `-step` exists.
    let step = step.max(-isize::MAX);
    let (first, last) = if step < 0 { (isize::MAX, isize::MIN) } else { (0, isize::MAX) };
    let start = if slice.start.is_none() { first } else { slice_index(thread, &slice.start)? };
    let stop = if slice.stop.is_none() { last } else { slice_index(thread, &slice.stop)? };
    Ok((start, stop, step))
}

/// Returns start, stop and step of a slice limited to `len` items. Raises what `slice_parts` raises.
///
/// `start` and `stop` lie in `0..=len`, or in `-1..len` for a negative step.
pub fn slice_bounds(thread: &mut Thread, slice: &Value, len: usize) -> Run<(isize, isize, isize)> {
    Ok(cut_slice(slice_parts(thread, slice)?, len))
}

/// Limits the result of `slice_parts` to `len` items: see `slice_bounds`.
#[inline]
pub fn cut_slice((start, stop, step): (isize, isize, isize), len: usize) -> (isize, isize, isize) {
    let len = len as isize;
    let (least, most) = if step < 0 { (-1, len - 1) } else { (0, len) };
    let cut = |position: isize| {
        let position = if position < 0 { position.saturating_add(len) } else { position };
        position.clamp(least, most)
    };
    // A stop left out with a negative step lies before the first item, whatever the length.
    let stop = if stop == isize::MIN { least } else { cut(stop) };
    (cut(start), stop, step)
}

/// Returns what `slice_parts` returns, for parts that are inline integers or left out; `None` for any other.
#[inline]
pub fn slice_parts_fast(start: &Value, stop: &Value, step: &Value) -> Option<(isize, isize, isize)> {
    let part = |value: &Value, left_out: isize| match value.is_none() {
        true => Some(left_out),
        false => value.as_small_int().map(|part| part as isize),
    };
    let step = part(step, 1).filter(|step| *step != 0)?;
    let (first, last) = if step < 0 { (isize::MAX, isize::MIN) } else { (0, isize::MAX) };
    Some((part(start, first)?, part(stop, last)?, step))
}

fn slice_index(thread: &mut Thread, value: &Value) -> Run<isize> {
    if let Some(small) = value.as_small_int() {
        return Ok(small as isize);
    }
    if slots_of(thread, value).index.is_none() {
        return Err(Raised::type_error("slice indices must be integers or None or have an __index__ method"));
    }
    let index = index(thread, value)?;
    match index.as_i64() {
        Some(index) => Ok(index as isize),
        None => {
            let negative = crate::protocol::less_than(thread, &index, &thread_zero())?;
            Ok(if negative { isize::MIN + 1 } else { isize::MAX })
        }
    }
}

fn thread_zero() -> Value {
    Value::small_int(0).expect("zero is inline")
}

//! Joining texts: `+`, `*`, and `+=` that grows the left text in place.

use crate::memory;
use crate::protocol;
use crate::thread::Thread;
use crate::types::object::method_arguments::own;
use crate::value::{Object, Raised, Ref, Run, Str, Value};

/// A repetition of more bytes raises `MemoryError` at once.
const MAX_BYTES: usize = 1 << 33;

/// Below so many bytes `+=` makes a new object, because growing in place pays only for larger ones.
const SHORT_BYTES: usize = 32;

/// Computes `left + right`; declines unless both are texts. Raises `MemoryError`.
pub fn concat(thread: &mut Thread, left: &Value, right: &Value) -> Run<Value> {
    let (Some(left), Some(right)) = (left.downcast_ref::<Str>(), right.downcast_ref::<Str>()) else {
        return Ok(Value::NOT_IMPLEMENTED);
    };
    join(thread, left, right)
}

/// Computes `left + right` of two texts. Raises `MemoryError`.
#[inline]
pub fn join(thread: &mut Thread, left: &Object<Str>, right: &Object<Str>) -> Run<Value> {
    if right.as_str().is_empty() && left.shape().is_builtin() {
        return Ok(left.to_value());
    }
    if left.as_str().is_empty() && right.shape().is_builtin() {
        return Ok(right.to_value());
    }
    thread.allocate_str_pair(left, right).map(Ref::into_value)
}

/// Computes `left += right`, where `left` was moved out of the variable that is assigned. Raises `MemoryError`.
///
/// If nobody else refers to the left text it grows in place, so that a text built in a loop takes linear time.
/// No deferred reference to it may be in use.
#[inline]
pub fn append(thread: &mut Thread, left: Ref<Str>, right: &Object<Str>) -> Run<Value> {
    if left.as_str().len() >= SHORT_BYTES && left.append_if_unique(thread, right)? {
        return Ok(left.into_value());
    }
    join(thread, &left, right)
}

/// Computes `text * count`; declines a count that is no integer. Raises `OverflowError` or `MemoryError` if the
/// result is too long.
pub fn repeat(thread: &mut Thread, text: &Value, count: &Value) -> Run<Value> {
    let text = own::<Str>(text);
    let Some(count) = repetitions(thread, count)? else { return Ok(Value::NOT_IMPLEMENTED) };
    check_repeated(text.char_count(), count, "repeated string is too long")?;
    repeated_bytes(text.as_str().len(), count)?;
    if count == 1 && text.shape().is_builtin() {
        return Ok(text.to_value());
    }
    Ok(thread.new_string(memory::repeated_text(text.as_str(), count)?))
}

/// Returns how often to repeat a text or bytes; `None` if the operand is no integer.
/// Raises `OverflowError` if the number is too large, and what `__index__` raises.
pub fn repetitions(thread: &mut Thread, count: &Value) -> Run<Option<usize>> {
    if let Some(count) = count.as_small_int() {
        return Ok(Some(count.max(0) as usize));
    }
    if protocol::slots_of(thread, count).index.is_none() {
        return Ok(None);
    }
    match protocol::index(thread, count)?.as_i64() {
        Some(count) => Ok(Some(count.max(0) as usize)),
        None => {
            let given = protocol::type_name(thread, count);
            Err(Raised::overflow_error(format_args!("cannot fit '{given}' into an index-sized integer")))
        }
    }
}

/// Raises `OverflowError` if a length would not be a machine word.
pub fn check_repeated(len: usize, count: usize, message: &'static str) -> Run<()> {
    let total = len.checked_mul(count).filter(|&total| isize::try_from(total).is_ok());
    total.map(|_| ()).ok_or_else(|| Raised::overflow_error(message))
}

/// Returns the bytes of a repetition. Raises `MemoryError` if there are too many.
pub fn repeated_bytes(bytes: usize, count: usize) -> Run<usize> {
    bytes.checked_mul(count).filter(|&total| total <= MAX_BYTES).ok_or_else(Raised::memory_error)
}

//! Comparison: which operand is asked first, and the result when both decline.

use crate::protocol::class::{shape_of, type_name};
use crate::protocol::recursion::{check_recursion, too_deep};
use crate::protocol::truth_len_hash::is_true;
use crate::thread::{Thread, ThreadState};
use crate::value::{Comparison, Raised, Run, Str, Value};

/// Computes `left < right` or another of the six comparisons; the result may be any value. Raises `TypeError`
/// if neither operand orders them, and `RecursionError` if comparisons are nested too deeply.
pub fn compare(thread: &mut Thread, left: &Value, right: &Value, comparison: Comparison) -> Run<Value> {
    if let (Some(left), Some(right)) = (left.as_small_int(), right.as_small_int()) {
        return Ok(Value::bool(comparison.holds(left.cmp(&right))));
    }
    let depth = enter_comparison(thread)?;
    let result = ask_both(thread, left, right, comparison);
    thread.compare_depth.set(depth);
    result
}

/// How many comparisons may be nested; like CPython's limit on recursion, far from the end of the native stack.
const MAX_NESTED_COMPARISONS: u32 = 10_000;

/// Counts one more nested comparison and returns how many there were before.
#[inline]
fn enter_comparison(thread: &ThreadState) -> Run<u32> {
    let depth = thread.compare_depth.get();
    if depth >= MAX_NESTED_COMPARISONS {
        return Err(too_deep("in comparison"));
    }
    check_recursion(thread, "in comparison")?;
    thread.compare_depth.set(depth + 1);
    Ok(depth)
}

fn ask_both(thread: &mut Thread, left: &Value, right: &Value, comparison: Comparison) -> Run<Value> {
    let (left_class, right_class) = (shape_of(thread, left).class(), shape_of(thread, right).class());
    let right_slot = right_class.slots().compare;
    let mut right_was_asked = false;
    if left_class.raw() != right_class.raw()
        && right_class.is_subclass_of(left_class)
        && let Some(operation) = right_slot
    {
        right_was_asked = true;
        let result = operation(thread, right, left, comparison.swapped())?;
        if !result.is_not_implemented() {
            return Ok(result);
        }
    }
    if let Some(operation) = left_class.slots().compare {
        let result = operation(thread, left, right, comparison)?;
        if !result.is_not_implemented() {
            return Ok(result);
        }
    }
    if !right_was_asked && let Some(operation) = right_slot {
        let result = operation(thread, right, left, comparison.swapped())?;
        if !result.is_not_implemented() {
            return Ok(result);
        }
    }
    match comparison {
        Comparison::Equal => Ok(Value::bool(left.is(right))),
        Comparison::NotEqual => Ok(Value::bool(!left.is(right))),
        _ => Err(Raised::type_error(format_args!(
            "'{}' not supported between instances of '{}' and '{}'",
            comparison.sign(),
            type_name(thread, left),
            type_name(thread, right)
        ))),
    }
}

/// Tells whether two values are the same object or equal, as containers compare. Raises what `compare` and the
/// truth of its result raise.
#[inline]
pub fn equal(thread: &mut Thread, left: &Value, right: &Value) -> Run<bool> {
    if left.is(right) {
        return Ok(true);
    }
    if let (Some(left), Some(right)) = (left.downcast_exact::<Str>(), right.downcast_exact::<Str>()) {
        return Ok(left.as_str() == right.as_str());
    }
    let answer = compare(thread, left, right, Comparison::Equal)?;
    is_true(thread, &answer)
}

/// Tells whether `left < right`, as sorting compares. Raises what `compare` and the truth of its result raise.
#[inline]
pub fn less_than(thread: &mut Thread, left: &Value, right: &Value) -> Run<bool> {
    let answer = compare(thread, left, right, Comparison::Less)?;
    is_true(thread, &answer)
}

//! Operators of classes written in the script: `__add__`, `__radd__`, `__iadd__` and the others.
//!
//! One function serves both operands, as it stands in the tables of both classes: it asks the left
//! operand's method first, unless the right one's class derives from the left one's and brings a
//! method of its own.

use std::ptr::fn_addr_eq;

use crate::protocol::{call_special, class_lookup, lend, shape_of, slots_of};
use crate::thread::Thread;
use crate::types::class_slots::required;
use crate::value::{Args, BinaryFn, BinaryOp, Run, StackRef, Value};

/// The slot functions by operator.
pub static BINARY: [BinaryFn; BinaryOp::COUNT] = [
    binary::<0>,
    binary::<1>,
    binary::<2>,
    binary::<3>,
    binary::<4>,
    binary::<5>,
    binary::<6>,
    binary::<7>,
    binary::<8>,
    binary::<9>,
    binary::<10>,
    binary::<11>,
    binary::<12>,
];

/// The slot functions of augmented assignment by operator.
pub static IN_PLACE: [BinaryFn; BinaryOp::COUNT] = [
    in_place::<0>,
    in_place::<1>,
    in_place::<2>,
    in_place::<3>,
    in_place::<4>,
    in_place::<5>,
    in_place::<6>,
    in_place::<7>,
    in_place::<8>,
    in_place::<9>,
    in_place::<10>,
    in_place::<11>,
    in_place::<12>,
];

/// Whether the value's class handles the operator in the script.
pub fn is_scripted_operator(thread: &Thread, value: &Value, op: BinaryOp) -> bool {
    is_scripted(thread, value, op as usize)
}

fn is_scripted(thread: &Thread, value: &Value, op: usize) -> bool {
    slots_of(thread, value).binary[op].is_some_and(|operation| fn_addr_eq(operation, BINARY[op]))
}

fn binary<const OP: usize>(thread: &mut Thread, left: &Value, right: &Value) -> Run<Value> {
    let [method, reflected, _] = thread.known().operator_names(BinaryOp::ALL[OP]);
    let (left_class, right_class) = (shape_of(thread, left).class(), shape_of(thread, right).class());
    let mut ask_right = left_class.raw() != right_class.raw() && is_scripted(thread, right, OP);
    if is_scripted(thread, left, OP) {
        if ask_right
            && right_class.is_subclass_of(left_class)
            && overrides(class_lookup(left_class, reflected), class_lookup(right_class, reflected))
        {
            ask_right = false;
            if let Some(result) =
                call_special(thread, right, reflected, Args::positional(StackRef::as_values(&lend([left]))))
            {
                let result = result?;
                if !result.is_not_implemented() {
                    return Ok(result);
                }
            }
        }
        if let Some(result) =
            call_special(thread, left, method, Args::positional(StackRef::as_values(&lend([right]))))
        {
            let result = result?;
            if !result.is_not_implemented() {
                return Ok(result);
            }
        }
    }
    // Called for the right operand alone when the left one's class is a built-in.
    let same_class = shape_of(thread, left).class().raw() == shape_of(thread, right).class().raw();
    if (ask_right || (!is_scripted(thread, left, OP) && !same_class))
        && let Some(result) =
            call_special(thread, right, reflected, Args::positional(StackRef::as_values(&lend([left]))))
    {
        return result;
    }
    Ok(Value::NOT_IMPLEMENTED)
}

/// Whether the subclass has a method of its own rather than its base's.
fn overrides(base: Option<Value>, derived: Option<Value>) -> bool {
    match (base, derived) {
        (Some(base), Some(derived)) => !base.is(&derived),
        (None, Some(_)) => true,
        (_, None) => false,
    }
}

fn in_place<const OP: usize>(thread: &mut Thread, left: &Value, right: &Value) -> Run<Value> {
    let [_, _, name] = thread.known().operator_names(BinaryOp::ALL[OP]);
    required(thread, left, name, Args::positional(StackRef::as_values(&lend([right]))))
}

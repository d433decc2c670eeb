//! Operators of classes written in the script: `__add__`, `__radd__`, `__iadd__` and the others.
//!
//! One function serves both operands, as it stands in the tables of both classes: it asks the left
//! operand's method first, unless the right one's class derives from the left one's and brings a
//! method of its own.

use crate::protocol::{call_special_method, class_lookup, lend, shape_of, slots_of};
use crate::thread::Thread;
use crate::types::class::slots::required;
use crate::value::{Args, BinaryFn, BinaryOp, Origin, Run, StackRef, Value};

/// The function of an operator's entry.
pub fn binary_of(op: BinaryOp) -> BinaryFn {
    match op {
        BinaryOp::Add => |thread, left, right| binary(thread, BinaryOp::Add, left, right),
        BinaryOp::Subtract => |thread, left, right| binary(thread, BinaryOp::Subtract, left, right),
        BinaryOp::Multiply => |thread, left, right| binary(thread, BinaryOp::Multiply, left, right),
        BinaryOp::MatrixMultiply => {
            |thread, left, right| binary(thread, BinaryOp::MatrixMultiply, left, right)
        }
        BinaryOp::TrueDivide => |thread, left, right| binary(thread, BinaryOp::TrueDivide, left, right),
        BinaryOp::FloorDivide => |thread, left, right| binary(thread, BinaryOp::FloorDivide, left, right),
        BinaryOp::Remainder => |thread, left, right| binary(thread, BinaryOp::Remainder, left, right),
        BinaryOp::Power => |thread, left, right| binary(thread, BinaryOp::Power, left, right),
        BinaryOp::LeftShift => |thread, left, right| binary(thread, BinaryOp::LeftShift, left, right),
        BinaryOp::RightShift => |thread, left, right| binary(thread, BinaryOp::RightShift, left, right),
        BinaryOp::And => |thread, left, right| binary(thread, BinaryOp::And, left, right),
        BinaryOp::Or => |thread, left, right| binary(thread, BinaryOp::Or, left, right),
        BinaryOp::Xor => |thread, left, right| binary(thread, BinaryOp::Xor, left, right),
    }
}

/// The function of an augmented assignment's entry.
pub fn in_place_of(op: BinaryOp) -> BinaryFn {
    match op {
        BinaryOp::Add => |thread, left, right| in_place(thread, BinaryOp::Add, left, right),
        BinaryOp::Subtract => |thread, left, right| in_place(thread, BinaryOp::Subtract, left, right),
        BinaryOp::Multiply => |thread, left, right| in_place(thread, BinaryOp::Multiply, left, right),
        BinaryOp::MatrixMultiply => {
            |thread, left, right| in_place(thread, BinaryOp::MatrixMultiply, left, right)
        }
        BinaryOp::TrueDivide => |thread, left, right| in_place(thread, BinaryOp::TrueDivide, left, right),
        BinaryOp::FloorDivide => |thread, left, right| in_place(thread, BinaryOp::FloorDivide, left, right),
        BinaryOp::Remainder => |thread, left, right| in_place(thread, BinaryOp::Remainder, left, right),
        BinaryOp::Power => |thread, left, right| in_place(thread, BinaryOp::Power, left, right),
        BinaryOp::LeftShift => |thread, left, right| in_place(thread, BinaryOp::LeftShift, left, right),
        BinaryOp::RightShift => |thread, left, right| in_place(thread, BinaryOp::RightShift, left, right),
        BinaryOp::And => |thread, left, right| in_place(thread, BinaryOp::And, left, right),
        BinaryOp::Or => |thread, left, right| in_place(thread, BinaryOp::Or, left, right),
        BinaryOp::Xor => |thread, left, right| in_place(thread, BinaryOp::Xor, left, right),
    }
}

/// Whether the value's class handles the operator in the script.
pub fn is_scripted_operator(thread: &Thread, value: &Value, op: BinaryOp) -> bool {
    slots_of(thread, value).origins.binary[op as usize] == Origin::Script
}

fn binary(thread: &mut Thread, op: BinaryOp, left: &Value, right: &Value) -> Run<Value> {
    let [method, reflected, _] = thread.known().operator_names(op);
    let (left_class, right_class) = (shape_of(thread, left).class(), shape_of(thread, right).class());
    let mut ask_right = left_class.raw() != right_class.raw() && is_scripted_operator(thread, right, op);
    if is_scripted_operator(thread, left, op) {
        if ask_right
            && right_class.is_subclass_of(left_class)
            && overrides(class_lookup(left_class, reflected), class_lookup(right_class, reflected))
        {
            ask_right = false;
            if let Some(result) = call_special_method(
                thread,
                right,
                reflected,
                Args::positional(StackRef::as_values(&lend([left]))),
            ) {
                let result = result?;
                if !result.is_not_implemented() {
                    return Ok(result);
                }
            }
        }
        if let Some(result) =
            call_special_method(thread, left, method, Args::positional(StackRef::as_values(&lend([right]))))
        {
            let result = result?;
            if !result.is_not_implemented() {
                return Ok(result);
            }
        }
    }
    // Called for the right operand alone when the left one's class is a built-in.
    let same_class = shape_of(thread, left).class().raw() == shape_of(thread, right).class().raw();
    if (ask_right || (!is_scripted_operator(thread, left, op) && !same_class))
        && let Some(result) = call_special_method(
            thread,
            right,
            reflected,
            Args::positional(StackRef::as_values(&lend([left]))),
        )
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

fn in_place(thread: &mut Thread, op: BinaryOp, left: &Value, right: &Value) -> Run<Value> {
    let [_, _, name] = thread.known().operator_names(op);
    required(thread, left, name, Args::positional(StackRef::as_values(&lend([right]))))
}

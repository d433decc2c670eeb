//! Operators of classes written in the script: `__add__`, `__radd__`, `__iadd__` and the others.
//!
//! The same function is in the tables of both operands' classes: it calls the left operand's method first,
//! unless the right one's class derives from the left one's and has a method of its own.

use crate::protocol::{call_required_method, call_special_method, class_lookup, lend, shape_of, slots_of};
use crate::thread::Thread;
use crate::value::{Args, BinaryFn, BinaryOp, Origin, Run, StackRef, Value};

/// The functions for one operator in the tables of classes of the script.
pub struct OperatorEntries {
    /// `left + right`, for both operands.
    pub binary: BinaryFn,
    /// `left += right`.
    pub in_place: BinaryFn,
}

/// Makes the table of entries: each operator by its name.
macro_rules! entries {
    ($($op:ident)+) => {
        /// The entries of an operator.
        pub const fn entries_of(op: BinaryOp) -> OperatorEntries {
            match op {
                $(BinaryOp::$op => OperatorEntries {
                    binary: |thread, left, right| binary(thread, BinaryOp::$op, left, right),
                    in_place: |thread, left, right| in_place(thread, BinaryOp::$op, left, right),
                },)+
            }
        }
    };
}

entries! {
    Add Subtract Multiply MatrixMultiply TrueDivide FloorDivide Remainder Power LeftShift RightShift And Or Xor
}

/// Tells whether the value's class implements the operator in the script.
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

/// Tells whether the subclass has a method of its own rather than its base's.
fn overrides(base: Option<Value>, derived: Option<Value>) -> bool {
    match (base, derived) {
        (Some(base), Some(derived)) => !base.is(&derived),
        (None, Some(_)) => true,
        (_, None) => false,
    }
}

fn in_place(thread: &mut Thread, op: BinaryOp, left: &Value, right: &Value) -> Run<Value> {
    let [_, _, name] = thread.known().operator_names(op);
    call_required_method(thread, left, name, Args::positional(StackRef::as_values(&lend([right]))))
}

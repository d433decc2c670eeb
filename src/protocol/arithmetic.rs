//! Operators: which operand is asked first, and the error when both decline.
//!
//! The left operand goes first, unless the right one's class derives from the left one's and has an operator of
//! its own. A slot declines by returning `NotImplemented`. What a sequence does for `+` and `*` comes last,
//! when no number operation of either operand has answered.

use std::ptr;

use crate::protocol::call::call_special_method;
use crate::protocol::class::{class_of, shape_of, slots_of, type_name};
use crate::thread::Thread;
use crate::value::{Args, BinaryOp, Kind, Raised, Run, UnaryFn, Value};

/// Computes `left op right`.
/// Raises `TypeError` if neither operand supports it, and what their methods raise.
#[inline]
pub fn binary_op(thread: &mut Thread, op: BinaryOp, left: &Value, right: &Value) -> Run<Value> {
    let mut result = try_binary(thread, op, left, right)?;
    if result.is_not_implemented() {
        if let Some(operation) = slots_of(thread, left).sequence(op) {
            result = operation(thread, left, right)?;
        } else if op == BinaryOp::Multiply
            && let Some(repeat) = slots_of(thread, right).repeat
        {
            result = repeat(thread, right, left)?;
        }
        if result.is_not_implemented() {
            return Err(unsupported(thread, op, left, right, ""));
        }
    }
    Ok(result)
}

/// Computes `left op= right`.
/// Raises `TypeError` if neither operand supports it, and what their methods raise.
pub fn in_place_op(thread: &mut Thread, op: BinaryOp, left: &Value, right: &Value) -> Run<Value> {
    let shape = shape_of(thread, left);
    let own = match shape.slots().in_place[op as usize] {
        // What a class derives from a sequence's `__iadd__` is a number operation to CPython, `__imul__` is not.
        None if op == BinaryOp::Add && !shape.is_builtin() => shape.slots().concat_in_place,
        own => own,
    };
    if let Some(operation) = own {
        let result = operation(thread, left, right)?;
        if !result.is_not_implemented() {
            return Ok(result);
        }
    }
    let mut result = try_binary(thread, op, left, right)?;
    if result.is_not_implemented() {
        let slots = slots_of(thread, left);
        if let Some(operation) = slots.sequence_in_place(op).or(slots.sequence(op)) {
            result = operation(thread, left, right)?;
        } else if op == BinaryOp::Multiply
            && !has_sequence_table(thread, left)
            && let Some(repeat) = slots_of(thread, right).repeat
        {
            result = repeat(thread, right, left)?;
        }
        if result.is_not_implemented() {
            return Err(unsupported(thread, op, left, right, "="));
        }
    }
    Ok(result)
}

/// Calls the number operations of both operands in CPython's order; `NotImplemented` when both decline.
#[inline]
fn try_binary(thread: &mut Thread, op: BinaryOp, left: &Value, right: &Value) -> Run<Value> {
    let (left_shape, right_shape) = (shape_of(thread, left), shape_of(thread, right));
    if !ptr::eq(left_shape, right_shape) {
        return try_different(thread, op, left, right);
    }
    // Two of one class are asked once. Texts, lists and tuples have no number operation to ask.
    match left_shape.slots().binary[op as usize] {
        Some(operation) => operation(thread, left, right),
        None => Ok(Value::NOT_IMPLEMENTED),
    }
}

/// Does so for operands of different shapes.
#[inline(never)]
fn try_different(thread: &mut Thread, op: BinaryOp, left: &Value, right: &Value) -> Run<Value> {
    let (left_shape, right_shape) = (shape_of(thread, left), shape_of(thread, right));
    let (left_class, right_class) = (left_shape.class(), right_shape.class());
    let (left_slots, right_slots) = (left_class.slots(), right_class.slots());
    let left_slot = left_slots.binary[op as usize];
    let mut right_slot = None;
    if left_class.raw() != right_class.raw() {
        // What comes from the same place would only be asked the same question again.
        if left_slots.origins.binary[op as usize] != right_slots.origins.binary[op as usize] {
            right_slot = right_slots.binary[op as usize];
        }
    }
    if let Some(operation) = left_slot {
        if let Some(reflected) = right_slot
            && right_class.is_subclass_of(left_class)
        {
            right_slot = None;
            let result = reflected(thread, left, right)?;
            if !result.is_not_implemented() {
                return Ok(result);
            }
        }
        let result = operation(thread, left, right)?;
        if !result.is_not_implemented() {
            return Ok(result);
        }
    }
    match right_slot {
        Some(operation) => operation(thread, left, right),
        None => Ok(Value::NOT_IMPLEMENTED),
    }
}

/// Computes `divmod(left, right)`.
/// Raises `TypeError` if neither operand supports it, and what their methods raise.
pub fn divmod(thread: &mut Thread, left: &Value, right: &Value) -> Run<Value> {
    let names = thread.known().names();
    let (left_class, right_class) = (class_of(thread, left), class_of(thread, right));
    let right_first = left_class.raw() != right_class.raw() && right_class.is_subclass_of(&left_class);
    let mut attempts = [(left, &names.divmod, right), (right, &names.rdivmod, left)];
    if right_first {
        attempts.reverse();
    }
    for (object, name, other) in attempts {
        if let Some(result) =
            call_special_method(thread, object, name, Args::positional(std::slice::from_ref(other)))
        {
            let result = result?;
            if !result.is_not_implemented() {
                return Ok(result);
            }
        }
    }
    Err(Raised::type_error(format_args!(
        "unsupported operand type(s) for divmod(): '{}' and '{}'",
        type_name(thread, left),
        type_name(thread, right)
    )))
}

/// Makes the `TypeError` of an operator that both operands decline; `suffix` is "=" for an augmented
/// assignment.
#[cold]
pub fn unsupported(thread: &Thread, op: BinaryOp, left: &Value, right: &Value, suffix: &str) -> Raised {
    let (left_name, right_name) = (type_name(thread, left), type_name(thread, right));
    let is_sequence = |value: &Value| slots_of(thread, value).sequence(op).is_some();
    if op == BinaryOp::Add && is_sequence(left) {
        let short = left.kind().name();
        return Raised::type_error(match left.kind() {
            Kind::Bytes | Kind::ByteArray => format!("can't concat {right_name} to {left_name}"),
            _ => format!("can only concatenate {short} (not \"{right_name}\") to {short}"),
        });
    }
    let repeats = is_sequence(left) || is_sequence(right);
    // In place, CPython asks nobody else when the left operand is a sequence of any sort, as every instance
    // of a class of the script is to it.
    let is_asked_alone = suffix == "=" && !is_sequence(left) && has_sequence_table(thread, left);
    if op == BinaryOp::Multiply && repeats && !is_asked_alone {
        let other = if is_sequence(left) { right_name } else { left_name };
        return Raised::type_error(format_args!("can't multiply sequence by non-int of type '{other}'"));
    }
    let sign = match (op, suffix) {
        (BinaryOp::Power, "=") => "**=".to_owned(),
        _ => format!("{}{suffix}", op.sign()),
    };
    Raised::type_error(format_args!(
        "unsupported operand type(s) for {sign}: '{left_name}' and '{right_name}'"
    ))
}

/// Tells whether CPython's type has a table of sequence operations, even one without repetition.
fn has_sequence_table(thread: &Thread, value: &Value) -> bool {
    let containers = matches!(
        value.kind(),
        Kind::Dict
            | Kind::Set
            | Kind::FrozenSet
            | Kind::Range
            | Kind::MappingProxy
            | Kind::DictKeys
            | Kind::DictValues
            | Kind::DictItems
    );
    containers || !shape_of(thread, value).is_builtin()
}

/// Computes `-value`. Raises `TypeError` if the type does not support it.
pub fn negative(thread: &mut Thread, value: &Value) -> Run<Value> {
    let slot = slots_of(thread, value).negative;
    unary(thread, slot, value, "unary -")
}

/// Computes `+value`. Raises `TypeError` if the type does not support it.
pub fn positive(thread: &mut Thread, value: &Value) -> Run<Value> {
    let slot = slots_of(thread, value).positive;
    unary(thread, slot, value, "unary +")
}

/// Computes `~value`. Raises `TypeError` if the type does not support it.
pub fn invert(thread: &mut Thread, value: &Value) -> Run<Value> {
    let slot = slots_of(thread, value).invert;
    unary(thread, slot, value, "unary ~")
}

/// Computes `abs(value)`. Raises `TypeError` if the type does not support it.
pub fn absolute(thread: &mut Thread, value: &Value) -> Run<Value> {
    let slot = slots_of(thread, value).absolute;
    unary(thread, slot, value, "abs()")
}

fn unary(thread: &mut Thread, slot: Option<UnaryFn>, value: &Value, sign: &str) -> Run<Value> {
    match slot {
        Some(operation) => operation(thread, value),
        None => Err(Raised::type_error(format_args!(
            "bad operand type for {sign}: '{}'",
            type_name(thread, value)
        ))),
    }
}

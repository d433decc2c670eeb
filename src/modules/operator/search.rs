//! The functions of `_operator` that are no operators: searches, lengths, and a comparison that takes the same time
//! whatever it finds.

use crate::protocol;
use crate::thread::Thread;
use crate::types::object::bytes_like::expect_bytes;
use crate::types::sequence;
use crate::value::{Args, BinaryOp, Raised, Run, Str, Value};

/// `concat(a, b)` and `iconcat(a, b)`, by the operation given.
pub(super) fn concat(
    thread: &mut Thread,
    args: Args<'_>,
    add: fn(&mut Thread, BinaryOp, &Value, &Value) -> Run<Value>,
) -> Run<Value> {
    let [a, b] = args.exactly();
    if !sequence::is_sequence(thread, a) {
        let given = protocol::type_name(thread, a);
        return Err(Raised::type_error(format_args!("'{given}' object can't be concatenated")));
    }
    add(thread, BinaryOp::Add, a, b)
}

/// `countOf(a, b)`.
pub(super) fn count_of(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [items, wanted] = args.exactly();
    let mut count = 0;
    let iterator = iterator_of(thread, items)?;
    while let Some(item) = protocol::next(thread, &iterator)? {
        if protocol::equal(thread, &item, wanted)? {
            count += 1;
        }
    }
    Ok(thread.new_int(count))
}

/// `indexOf(a, b)`.
pub(super) fn index_of(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [items, wanted] = args.exactly();
    let mut position = 0;
    let iterator = iterator_of(thread, items)?;
    while let Some(item) = protocol::next(thread, &iterator)? {
        if protocol::equal(thread, &item, wanted)? {
            return Ok(thread.new_int(position));
        }
        position += 1;
    }
    Err(Raised::value_error("sequence.index(x): x not in sequence"))
}

fn iterator_of(thread: &mut Thread, items: &Value) -> Run<Value> {
    if protocol::slots_of(thread, items).iter.is_none() && !sequence::is_sequence(thread, items) {
        let given = protocol::type_name(thread, items);
        return Err(Raised::type_error(format_args!("argument of type '{given}' is not iterable")));
    }
    protocol::iter(thread, items)
}

/// `length_hint(obj, default)`.
pub(super) fn length_hint(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [object, default] = args.options();
    let object = object.expect("the first parameter is required");
    let default = default.cloned().unwrap_or_else(|| thread.new_int(0));
    let default = protocol::index_isize(thread, &default)?;
    let hint = protocol::length_hint(thread, object)?;
    Ok(hint.map_or_else(|| thread.new_int(default as i64), |hint| thread.new_usize(hint)))
}

/// `_compare_digest(a, b)`: whether two texts in ASCII, or two objects with bytes, are equal.
pub(super) fn compare_digest(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [a, b] = args.exactly();
    if let (Some(a), Some(b)) = (a.downcast_ref::<Str>(), b.downcast_ref::<Str>()) {
        if !a.as_str().is_ascii() || !b.as_str().is_ascii() {
            let complaint = "comparing strings with non-ASCII characters is not supported";
            return Err(Raised::type_error(complaint));
        }
        return Ok(Value::bool(is_same(a.as_str().as_bytes(), b.as_str().as_bytes())));
    }
    let shows = |value: &Value| protocol::slots_of(thread, value).buffer.is_some();
    if !shows(a) && !shows(b) {
        let (a, b) = (protocol::type_name(thread, a), protocol::type_name(thread, b));
        return Err(Raised::type_error(format_args!(
            "unsupported operand types(s) or combination of types: '{a}' and '{b}'"
        )));
    }
    let (a, b) = (expect_bytes(thread, a)?, expect_bytes(thread, b)?);
    Ok(Value::bool(is_same(&a, &b)))
}

/// Compares bytes without ending at the first that differs, so that the time says nothing about them.
fn is_same(a: &[u8], b: &[u8]) -> bool {
    let mut difference = u8::from(a.len() != b.len());
    for (position, byte) in b.iter().enumerate() {
        let other = if a.len() == b.len() { a[position] } else { *byte };
        difference |= std::hint::black_box(byte ^ other);
    }
    difference == 0
}

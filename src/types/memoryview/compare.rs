//! Equality and hash of memory views.

use crate::protocol;
use crate::sync::Ordering;
use crate::thread::Thread;
use crate::types::memoryview::copied;
use crate::types::memoryview::item::unpack;
use crate::types::object::buffer::{self, FULL_RO};
use crate::types::object::method_arguments::own;
use crate::value::hash::hash_bytes;
use crate::value::payload::memory_view::Layout;
use crate::value::{Comparison, ErrorKind, MemoryView, Object, Raised, Run, Value};

/// Computes `view == other` and `view != other` with any bytes-like object; declines others. Raises `MemoryError`,
/// `KeyboardInterrupt`.
pub fn compare(thread: &mut Thread, left: &Value, right: &Value, comparison: Comparison) -> Run<Value> {
    let is_equality = match comparison {
        Comparison::Equal => true,
        Comparison::NotEqual => false,
        _ => return Ok(Value::NOT_IMPLEMENTED),
    };
    let view = own::<MemoryView>(left);
    let answer = |equal: bool| Ok(Value::bool(equal == is_equality));
    if view.is_released() {
        return answer(view.is(right));
    }
    if let Some(other) = right.downcast_ref::<MemoryView>() {
        return match other.is_released() {
            true => answer(view.is(right)),
            false => answer(equal(thread, view, other)?),
        };
    }
    let other = match buffer::acquire(thread, right, FULL_RO) {
        Ok(Some(other)) => other,
        Err(raised) if raised.is_kind(thread, ErrorKind::MemoryError) => return Err(raised),
        // An object that does not show its bytes is compared as one that has none.
        Ok(None) | Err(_) => return Ok(Value::NOT_IMPLEMENTED),
    };
    let result = equal(thread, view, &other);
    buffer::release(&other);
    answer(result?)
}

/// Tells whether two layouts have the same number of items in each dimension; whatever comes after a dimension without
/// items does not matter.
fn has_same_shape(left: &Layout, right: &Layout) -> bool {
    if left.dimensions() != right.dimensions() {
        return false;
    }
    for (left, right) in left.shape.iter().zip(&right.shape) {
        if left != right {
            return false;
        }
        if *left == 0 {
            break;
        }
    }
    true
}

fn equal(thread: &mut Thread, left: &Object<MemoryView>, right: &Object<MemoryView>) -> Run<bool> {
    let (Ok(_), Ok(_)) = (left.held(), right.held()) else { return Ok(false) };
    if !has_same_shape(&left.layout, &right.layout) {
        return Ok(false);
    }
    let (left_items, right_items) = (copied(left, false)?, copied(right, false)?);
    let (left, right) = (left.layout.format, right.layout.format);
    let is_bytewise = left.code == right.code && !matches!(left.code, b'f' | b'd' | b'e' | b'?');
    if is_bytewise {
        return Ok(left_items == right_items);
    }
    let pairs = left_items.chunks_exact(left.item_bytes()).zip(right_items.chunks_exact(right.item_bytes()));
    for (one, other) in pairs {
        protocol::check_interrupt(thread)?;
        let (one, other) = (unpack(thread, left, one), unpack(thread, right, other));
        if !protocol::equal(thread, &one, &other)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Computes `hash(view)`, the hash of the bytes.
/// Raises `ValueError` if the view was released, is writable, or its items are no bytes, what hashing the exporter
/// raises, and `MemoryError`.
pub fn hash(thread: &mut Thread, value: &Value) -> Run<i64> {
    let view = own::<MemoryView>(value);
    // Relaxed: a function of bytes that never change.
    match view.hash.load(Ordering::Relaxed) {
        0 => {}
        known => return Ok(known),
    }
    let held = view.held()?;
    if !view.layout.is_readonly {
        return Err(Raised::value_error("cannot hash writable memoryview object"));
    }
    if !view.layout.format.is_bytes() {
        return Err(Raised::value_error("memoryview: hashing is restricted to formats 'B', 'b' or 'c'"));
    }
    if !held.exporter.is_none() {
        // The exporter may be hashed by the script, which must not release the view meanwhile.
        view.exports.fetch_add(1, Ordering::Relaxed);
        let hashed = protocol::hash(thread, &held.exporter);
        view.exports.fetch_sub(1, Ordering::Relaxed);
        hashed?;
    }
    let hash = hash_bytes(thread.known().hash_keys, &copied(view, false)?);
    view.hash.store(hash, Ordering::Relaxed);
    Ok(hash)
}

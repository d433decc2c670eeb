//! The iterator over a `bytearray`, which yields integers.
//!
//! The array may grow and shrink during the iteration; an iterator that has reached the end stays there.

use crate::references;
use crate::sync::{AtomicI64, Ordering};
use crate::thread::Thread;
use crate::types::object::method_arguments::{own, split_self};
use crate::types::object::reduced;
use crate::value::alloc::type_info;
use crate::value::{
    Args, ByteArray, ClassFlags, Kind, NativeMethod, Payload, Run, Slot, Slots, TypeSpec, Value,
};

/// The payload of a `bytearray_iterator`.
pub struct ByteArrayIterator {
    /// The array; nothing once the end was reached.
    array: Slot,
    position: AtomicI64,
}

references!(ByteArrayIterator { array });

impl Payload for ByteArrayIterator {
    const KIND: Kind = Kind::ByteArrayIterator;
}

/// The table of `bytearray_iterator`.
pub const SPEC: TypeSpec = TypeSpec {
    kind: Kind::ByteArrayIterator,
    base: Kind::Object,
    flags: ClassFlags::empty(),
    info: type_info::<ByteArrayIterator>,
    slots: Slots { iter: Some(|_, iterator| Ok(iterator.clone())), next: Some(next), ..Slots::EMPTY },
    methods: &[
        NativeMethod::new("__length_hint__", "", length_hint),
        NativeMethod::new("__reduce__", "", reduce),
        NativeMethod::new("__setstate__", "object, /", set_state),
    ],
    attributes: &[],
    doc: "",
};

/// Computes `iter(bytearray)`. Raises nothing.
pub fn iter(thread: &mut Thread, array: &Value) -> Run<Value> {
    let iterator = ByteArrayIterator { array: Slot::new(array.clone()), position: AtomicI64::new(0) };
    Ok(thread.alloc(iterator).into_value())
}

fn length_hint(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (iterator, _) = split_self::<ByteArrayIterator>(args);
    let array = iterator.array.get();
    let taken = iterator.position.load(Ordering::Relaxed) as usize;
    let rest = array.downcast_ref::<ByteArray>().map_or(0, |array| array.len().saturating_sub(taken));
    Ok(thread.new_usize(rest))
}

fn reduce(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (iterator, _) = split_self::<ByteArrayIterator>(args);
    let array = iterator.array.get();
    if array.is_unbound() {
        let empty = thread.known().empty_tuple();
        return reduced::builtin_call(thread, "iter", vec![empty]);
    }
    reduced::iterator_at(thread, "iter", array, iterator.position.load(Ordering::Relaxed))
}

fn set_state(_thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (iterator, args) = split_self::<ByteArrayIterator>(args);
    let [state] = args.exactly();
    let position = reduced::position(state)?;
    if position < 0 {
        // It has ended then.
        drop(iterator.array.set(Value::UNBOUND));
        return Ok(Value::NONE);
    }
    let array = iterator.array.get();
    if let Some(array) = array.downcast_ref::<ByteArray>() {
        iterator.position.store(position.min(array.len() as i64), Ordering::Relaxed);
    }
    Ok(Value::NONE)
}

fn next(thread: &mut Thread, iterator: &Value) -> Run<Option<Value>> {
    let iterator = own::<ByteArrayIterator>(iterator);
    let array = iterator.array.get();
    let Some(array) = array.downcast_ref::<ByteArray>() else { return Ok(None) };
    // Relaxed: threads that share an iterator may see a byte twice.
    let position = iterator.position.load(Ordering::Relaxed);
    match array.with_bytes(|bytes| bytes.get(position as usize).copied()) {
        Some(byte) => {
            iterator.position.store(position + 1, Ordering::Relaxed);
            Ok(Some(thread.new_int(i64::from(byte))))
        }
        None => {
            drop(iterator.array.set(Value::UNBOUND));
            Ok(None)
        }
    }
}

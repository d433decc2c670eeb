//! The iterator over `bytes`, which yields integers.

use crate::references;
use crate::sync::{AtomicUsize, Ordering};
use crate::thread::Thread;
use crate::types::object::method_arguments::{own, split_self};
use crate::types::object::reduced;
use crate::value::alloc::type_info;
use crate::value::{Args, Bytes, ClassFlags, Kind, NativeMethod, Payload, Ref, Run, Slots, TypeSpec, Value};

/// The payload of a `bytes_iterator`.
pub struct BytesIterator {
    bytes: Ref<Bytes>,
    position: AtomicUsize,
}

/// The position of an iterator that has said that it ends, which it then does for good.
const ENDED: usize = usize::MAX;

references!(BytesIterator { bytes });

impl Payload for BytesIterator {
    const KIND: Kind = Kind::BytesIterator;
}

/// The table of `bytes_iterator`.
pub const SPEC: TypeSpec = TypeSpec {
    kind: Kind::BytesIterator,
    base: Kind::Object,
    flags: ClassFlags::empty(),
    info: type_info::<BytesIterator>,
    slots: Slots { iter: Some(|_, iterator| Ok(iterator.clone())), next: Some(next), ..Slots::EMPTY },
    methods: &[
        NativeMethod::new("__length_hint__", "", length_hint),
        NativeMethod::new("__reduce__", "", reduce),
        NativeMethod::new("__setstate__", "object, /", set_state),
    ],
    attributes: &[],
    doc: "",
};

/// Computes `iter(bytes)`. Raises nothing.
pub fn iter(thread: &mut Thread, bytes: &Value) -> Run<Value> {
    let bytes = own::<Bytes>(bytes).to_ref();
    Ok(thread.alloc(BytesIterator { bytes, position: AtomicUsize::new(0) }).into_value())
}

fn length_hint(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (iterator, _) = split_self::<BytesIterator>(args);
    let taken = iterator.position.load(Ordering::Relaxed);
    Ok(thread.new_usize(iterator.bytes.as_slice().len().saturating_sub(taken)))
}

fn next(thread: &mut Thread, iterator: &Value) -> Run<Option<Value>> {
    let iterator = own::<BytesIterator>(iterator);
    // Relaxed: threads that share an iterator may see a byte twice.
    let position = iterator.position.load(Ordering::Relaxed);
    let Some(&byte) = iterator.bytes.as_slice().get(position) else {
        iterator.position.store(ENDED, Ordering::Relaxed);
        return Ok(None);
    };
    iterator.position.store(position + 1, Ordering::Relaxed);
    Ok(Some(thread.new_int(i64::from(byte))))
}

fn reduce(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (iterator, _) = split_self::<BytesIterator>(args);
    let position = iterator.position.load(Ordering::Relaxed);
    if position == ENDED {
        let empty = thread.known().empty_tuple();
        return reduced::builtin_call(thread, "iter", vec![empty]);
    }
    reduced::iterator_at(thread, "iter", iterator.bytes.to_value(), position as i64)
}

fn set_state(_thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (iterator, args) = split_self::<BytesIterator>(args);
    let [state] = args.exactly();
    let (position, end) = (reduced::position(state)?.max(0) as usize, iterator.bytes.as_slice().len());
    if iterator.position.load(Ordering::Relaxed) != ENDED {
        iterator.position.store(position.min(end), Ordering::Relaxed);
    }
    Ok(Value::NONE)
}

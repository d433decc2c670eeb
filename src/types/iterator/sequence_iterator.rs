//! The iterator over anything with `__getitem__` that takes 0, 1, 2 … until `IndexError`.

use crate::protocol;
use crate::references;
use crate::sync::{AtomicI64, Ordering};
use crate::thread::Thread;
use crate::types::iterator::sequence_iterators::EXHAUSTED;
use crate::types::object::method_arguments::{own, split_self};
use crate::types::object::reduced;
use crate::types::sequence::is_sequence;
use crate::value::alloc::type_info;
use crate::value::{
    Args, ClassFlags, ErrorKind, Kind, NativeMethod, Payload, Raised, Run, Slots, TypeSpec, Value,
};

/// The iterator.
pub struct SequenceIterator {
    sequence: Value,
    /// The next index, or `EXHAUSTED`.
    position: AtomicI64,
}

references!(SequenceIterator { sequence });

impl Payload for SequenceIterator {
    const KIND: Kind = Kind::SequenceIterator;
}

/// The type.
pub const SPEC: TypeSpec = TypeSpec {
    kind: Kind::SequenceIterator,
    base: Kind::Object,
    flags: ClassFlags::empty(),
    info: type_info::<SequenceIterator>,
    slots: Slots { iter: Some(|_, iterator| Ok(iterator.clone())), next: Some(next), ..Slots::EMPTY },
    methods: &[
        NativeMethod::new("__length_hint__", "", length_hint),
        NativeMethod::new("__reduce__", "", reduce),
        NativeMethod::new("__setstate__", "object, /", set_state),
    ],
    attributes: &[],
    doc: "",
};

/// Makes the iterator of a sequence.
pub fn new(thread: &Thread, sequence: &Value) -> Value {
    let position = AtomicI64::new(0);
    thread.alloc(SequenceIterator { sequence: sequence.clone(), position }).into_value()
}

fn next(thread: &mut Thread, iterator: &Value) -> Run<Option<Value>> {
    let iterator = own::<SequenceIterator>(iterator);
    // Relaxed: two threads that share an iterator may get the same item.
    let position = iterator.position.load(Ordering::Relaxed);
    if position == EXHAUSTED {
        return Ok(None);
    }
    let index = thread.new_int(position);
    match protocol::get_item(thread, &iterator.sequence, &index) {
        Ok(item) => {
            iterator.position.store(position + 1, Ordering::Relaxed);
            Ok(Some(item))
        }
        Err(raised) if ends_iteration(thread, &raised) => {
            iterator.position.store(EXHAUSTED, Ordering::Relaxed);
            Ok(None)
        }
        Err(raised) => Err(raised),
    }
}

fn length_hint(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (iterator, _) = split_self::<SequenceIterator>(args);
    let position = iterator.position.load(Ordering::Relaxed);
    if position == EXHAUSTED {
        return Ok(thread.new_int(0));
    }
    if !is_sequence(thread, &iterator.sequence) {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let len = protocol::len(thread, &iterator.sequence)?;
    Ok(thread.new_int((len as i64).saturating_sub(position).max(0)))
}

fn reduce(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (iterator, _) = split_self::<SequenceIterator>(args);
    // Asked for first: it may run script code that goes on with the iterator.
    let callable = reduced::builtin(thread, "iter")?;
    let position = iterator.position.load(Ordering::Relaxed);
    if position == EXHAUSTED {
        let empty = thread.known().empty_tuple();
        return Ok(reduced::call_of(thread, callable, vec![empty]));
    }
    let arguments = thread.new_tuple(vec![iterator.sequence.clone()]);
    let position = thread.new_int(position);
    Ok(thread.new_tuple(vec![callable, arguments, position]))
}

fn set_state(_thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (iterator, args) = split_self::<SequenceIterator>(args);
    let [state] = args.exactly();
    let position = reduced::position(state)?;
    if iterator.position.load(Ordering::Relaxed) != EXHAUSTED {
        iterator.position.store(position.max(0), Ordering::Relaxed);
    }
    Ok(Value::NONE)
}

/// Tells whether an error of `__getitem__` means that there are no more items.
pub fn ends_iteration(thread: &Thread, raised: &Raised) -> bool {
    raised.is_kind(thread, ErrorKind::IndexError) || raised.is_kind(thread, ErrorKind::StopIteration)
}

//! The iterator over a memory view of one dimension, which yields its items.

use crate::references;
use crate::sync::{AtomicUsize, Ordering};
use crate::thread::Thread;
use crate::types::memoryview::subscript::item;
use crate::types::object::method_arguments::own;
use crate::value::alloc::type_info;
use crate::value::{
    ClassFlags, ErrorKind, Kind, MemoryView, Payload, Raised, Run, Slot, Slots, TypeSpec, Value,
};

/// The payload of a `memory_iterator`.
pub struct MemoryIterator {
    /// The view; nothing once the end was reached.
    view: Slot,
    position: AtomicUsize,
}

references!(MemoryIterator { view });

impl Payload for MemoryIterator {
    const KIND: Kind = Kind::MemoryIterator;
}

/// The table of `memory_iterator`.
pub const SPEC: TypeSpec = TypeSpec {
    kind: Kind::MemoryIterator,
    base: Kind::Object,
    flags: ClassFlags::empty(),
    info: type_info::<MemoryIterator>,
    slots: Slots { iter: Some(|_, iterator| Ok(iterator.clone())), next: Some(next), ..Slots::EMPTY },
    methods: &[],
    attributes: &[],
    doc: "",
};

/// Computes `iter(view)`. Raises `ValueError` if the view was released, `TypeError` if it has no dimension,
/// `NotImplementedError` if it has more than one.
pub fn iter(thread: &mut Thread, value: &Value) -> Run<Value> {
    let view = own::<MemoryView>(value);
    view.held()?;
    match view.layout.dimensions() {
        0 => Err(Raised::type_error("invalid indexing of 0-dim memory")),
        1 => {
            let iterator = MemoryIterator { view: Slot::new(value.clone()), position: AtomicUsize::new(0) };
            Ok(thread.alloc(iterator).into_value())
        }
        _ => Err(Raised::new(
            ErrorKind::NotImplementedError,
            "multi-dimensional sub-views are not implemented",
        )),
    }
}

fn next(thread: &mut Thread, iterator: &Value) -> Run<Option<Value>> {
    let iterator = own::<MemoryIterator>(iterator);
    let view = iterator.view.get();
    let Some(view) = view.downcast_ref::<MemoryView>() else { return Ok(None) };
    // Relaxed: threads that share an iterator may see an item twice.
    let position = iterator.position.load(Ordering::Relaxed);
    if position >= view.layout.shape[0] {
        drop(iterator.view.set(Value::UNBOUND));
        return Ok(None);
    }
    let item = item(thread, view, position as isize)?;
    iterator.position.store(position + 1, Ordering::Relaxed);
    Ok(Some(item))
}

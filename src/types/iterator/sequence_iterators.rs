//! Iterators over lists and tuples: a reference to the sequence and a position.
//!
//! A list may grow and shrink during the iteration; an iterator that has reached the end stays there.

use crate::object::TypeFlags;
use crate::protocol;
use crate::references;
use crate::sync::{AtomicI64, Ordering};
use crate::thread::Thread;
use crate::types::object::method_arguments::{own, split_self};
use crate::types::object::reduced;
use crate::value::alloc::type_info;
use crate::value::{
    Args, ClassFlags, Kind, List, NativeMethod, Payload, Ref, Run, Slots, Tuple, TypeSpec, Value,
};

/// The position of an iterator that is at its end for good.
pub const EXHAUSTED: i64 = -1;

macro_rules! sequence_iterator {
    ($(#[$doc:meta])* $name:ident over $sequence:ident, $kind:ident, $next:path, $hint:path, $reduce:path, $spec:ident) => {
        $(#[$doc])*
        pub struct $name {
            /// What is iterated over.
            pub sequence: Ref<$sequence>,
            /// The position of the next item, or `EXHAUSTED`.
            pub position: AtomicI64,
        }

        references!($name { sequence });

        impl Payload for $name {
            const KIND: Kind = Kind::$kind;
            const FLAGS: TypeFlags = TypeFlags::HAS_GC;
        }

        /// The type.
        pub const $spec: TypeSpec = TypeSpec {
            kind: Kind::$kind,
            base: Kind::Object,
            flags: ClassFlags::empty(),
            info: type_info::<$name>,
            slots: Slots {
                iter: Some(|_, iterator| Ok(iterator.clone())),
                next: Some(|_, iterator| Ok($next(own(iterator)))),
                ..Slots::EMPTY
            },
            methods: &[
                NativeMethod::new("__length_hint__", "", |thread, args| {
                    let (iterator, _) = split_self::<$name>(args);
                    Ok(thread.new_usize($hint(iterator)))
                }),
                NativeMethod::new("__reduce__", "", |thread, args| {
                    let (iterator, _) = split_self::<$name>(args);
                    $reduce(thread, iterator)
                }),
                NativeMethod::new("__setstate__", "object, /", |_, args| {
                    let (iterator, args) = split_self::<$name>(args);
                    let [state] = args.exactly();
                    iterator.go_to(reduced::position(state)?);
                    Ok(Value::NONE)
                }),
            ],
            attributes: &[],
            doc: "",
        };
    };
}

sequence_iterator!(
    /// The iterator of a list.
    ListIterator over List, ListIterator, next_of_list, rest_of_list, reduce_list, LIST_SPEC
);
sequence_iterator!(
    /// The backward iterator of a list.
    ListReverseIterator over List, ListReverseIterator, previous_of_list, front_of_list, reduce_reverse,
    LIST_REVERSE_SPEC
);
sequence_iterator!(
    /// The iterator of a tuple.
    TupleIterator over Tuple, TupleIterator, next_of_tuple, rest_of_tuple, reduce_tuple, TUPLE_SPEC
);

/// Computes `iter(list)`. Raises nothing.
pub fn list_iter(thread: &mut Thread, list: &Value) -> Run<Value> {
    let sequence = own::<List>(list).to_ref();
    Ok(thread.alloc(ListIterator { sequence, position: AtomicI64::new(0) }).into_value())
}

/// `list.__reversed__()`. Raises nothing.
pub fn list_reversed(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (list, _) = split_self::<List>(args);
    let position = AtomicI64::new(list.len() as i64 - 1);
    Ok(thread.alloc(ListReverseIterator { sequence: list.to_ref(), position }).into_value())
}

/// Computes `iter(tuple)`. Raises nothing.
pub fn tuple_iter(thread: &mut Thread, tuple: &Value) -> Run<Value> {
    let sequence = own::<Tuple>(tuple).to_ref();
    Ok(thread.alloc(TupleIterator { sequence, position: AtomicI64::new(0) }).into_value())
}

/// Returns the next item of an iterator. Those of lists and tuples are asked directly, without the slot table.
/// Raises what `protocol::next` raises.
#[inline]
pub fn next_direct(thread: &mut Thread, iterator: &Value) -> Run<Option<Value>> {
    match iterator.kind() {
        Kind::ListIterator => Ok(iterator.downcast_ref::<ListIterator>().and_then(|it| next_of_list(it))),
        Kind::ListReverseIterator => {
            Ok(iterator.downcast_ref::<ListReverseIterator>().and_then(|it| previous_of_list(it)))
        }
        Kind::TupleIterator => Ok(iterator.downcast_ref::<TupleIterator>().and_then(|it| next_of_tuple(it))),
        _ => protocol::next(thread, iterator),
    }
}

// Relaxed, all of them: two threads that share an iterator may get the same item, as in CPython.

fn next_of_list(iterator: &ListIterator) -> Option<Value> {
    let position = iterator.position.load(Ordering::Relaxed);
    let item = if position == EXHAUSTED { None } else { iterator.sequence.get(position as usize) };
    let after = if item.is_some() { position + 1 } else { EXHAUSTED };
    iterator.position.store(after, Ordering::Relaxed);
    item
}

fn rest_of_list(iterator: &ListIterator) -> usize {
    match iterator.position.load(Ordering::Relaxed) {
        EXHAUSTED => 0,
        position => iterator.sequence.len().saturating_sub(position as usize),
    }
}

fn previous_of_list(iterator: &ListReverseIterator) -> Option<Value> {
    let position = iterator.position.load(Ordering::Relaxed);
    let item = if position == EXHAUSTED { None } else { iterator.sequence.get(position as usize) };
    let after = if item.is_some() { position - 1 } else { EXHAUSTED };
    iterator.position.store(after, Ordering::Relaxed);
    item
}

fn front_of_list(iterator: &ListReverseIterator) -> usize {
    let front = (iterator.position.load(Ordering::Relaxed) + 1) as usize;
    if front > iterator.sequence.len() { 0 } else { front }
}

fn next_of_tuple(iterator: &TupleIterator) -> Option<Value> {
    let position = iterator.position.load(Ordering::Relaxed) as usize;
    let item = iterator.sequence.items().get(position)?.clone();
    iterator.position.store(position as i64 + 1, Ordering::Relaxed);
    Some(item)
}

fn rest_of_tuple(iterator: &TupleIterator) -> usize {
    iterator.sequence.len() - iterator.position.load(Ordering::Relaxed) as usize
}

impl ListIterator {
    /// Sets the position, unless the end was reached.
    fn go_to(&self, position: i64) {
        if self.position.load(Ordering::Relaxed) != EXHAUSTED {
            let end = self.sequence.len() as i64;
            self.position.store(position.clamp(EXHAUSTED, end), Ordering::Relaxed);
        }
    }
}

impl ListReverseIterator {
    /// Sets the position, unless the end was reached.
    fn go_to(&self, position: i64) {
        if self.position.load(Ordering::Relaxed) != EXHAUSTED {
            let last = self.sequence.len() as i64 - 1;
            self.position.store(position.max(EXHAUSTED).min(last), Ordering::Relaxed);
        }
    }
}

impl TupleIterator {
    /// Sets the position.
    fn go_to(&self, position: i64) {
        let end = self.sequence.len() as i64;
        if self.position.load(Ordering::Relaxed) < end {
            self.position.store(position.clamp(0, end), Ordering::Relaxed);
        }
    }
}

fn reduce_list(thread: &mut Thread, iterator: &ListIterator) -> Run<Value> {
    match iterator.position.load(Ordering::Relaxed) {
        EXHAUSTED => reduced::iterator_over(thread, Vec::new()),
        position => reduced::iterator_at(thread, "iter", iterator.sequence.to_value(), position),
    }
}

fn reduce_reverse(thread: &mut Thread, iterator: &ListReverseIterator) -> Run<Value> {
    match iterator.position.load(Ordering::Relaxed) {
        EXHAUSTED => {
            let empty = thread.alloc(List::new(Vec::new())).into_value();
            reduced::builtin_call(thread, "reversed", vec![empty])
        }
        position => reduced::iterator_at(thread, "reversed", iterator.sequence.to_value(), position),
    }
}

fn reduce_tuple(thread: &mut Thread, iterator: &TupleIterator) -> Run<Value> {
    let position = iterator.position.load(Ordering::Relaxed);
    if position >= iterator.sequence.len() as i64 {
        let empty = thread.known().empty_tuple();
        return reduced::builtin_call(thread, "iter", vec![empty]);
    }
    reduced::iterator_at(thread, "iter", iterator.sequence.to_value(), position)
}

//! The iterator of sets and frozensets: a position in the table.

use crate::memory;
use crate::references;
use crate::sync::{AtomicUsize, Ordering};
use crate::thread::Thread;
use crate::types::object::method_arguments::{own, split_self};
use crate::types::object::reduced;
use crate::value::alloc::type_info;
use crate::value::{
    AnySet, Args, ClassFlags, Kind, NativeMethod, Payload, Raised, Run, Slots, TypeSpec, Value,
};

/// The iterator.
pub struct SetIterator {
    /// The set, or a frozenset.
    pub set: Value,
    /// The slot of the table at which the search for the next key starts.
    pub position: AtomicUsize,
    /// How many keys there were at the start; `VOID` if the set has changed, `FINISHED` at the end.
    pub expected: AtomicUsize,
    /// How many keys are still to come, for `__length_hint__`.
    pub remaining: AtomicUsize,
}

/// No set has so many keys.
const VOID: usize = usize::MAX;
/// The mark of an iterator at its end. No set has so many keys.
const FINISHED: usize = usize::MAX - 1;

references!(SetIterator { set });

impl Payload for SetIterator {
    const KIND: Kind = Kind::SetIterator;
}

/// The type.
pub const SPEC: TypeSpec = TypeSpec {
    kind: Kind::SetIterator,
    base: Kind::Object,
    flags: ClassFlags::empty(),
    info: type_info::<SetIterator>,
    slots: Slots {
        iter: Some(|_, iterator| Ok(iterator.clone())),
        next: Some(|_, iterator| next(own(iterator))),
        ..Slots::EMPTY
    },
    methods: &[
        NativeMethod::new("__length_hint__", "", |thread, args| {
            let (iterator, _) = split_self::<SetIterator>(args);
            let unchanged = iterator.expected.load(Ordering::Relaxed) == len_of(&iterator.set);
            let hint = if unchanged { iterator.remaining.load(Ordering::Relaxed) } else { 0 };
            Ok(thread.new_usize(hint))
        }),
        NativeMethod::new("__reduce__", "", reduce),
    ],
    attributes: &[],
    doc: "",
};

/// Computes `iter(set)`. Raises nothing.
pub fn iter(thread: &mut Thread, set: &Value) -> Run<Value> {
    let len = len_of(set);
    let iterator = SetIterator {
        set: set.clone(),
        position: AtomicUsize::new(0),
        expected: AtomicUsize::new(len),
        remaining: AtomicUsize::new(len),
    };
    Ok(thread.alloc(iterator).into_value())
}

/// Makes `(iter, (keys,))` of the keys to come; the iterator stays where it is.
fn reduce(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (iterator, _) = split_self::<SetIterator>(args);
    let copy = |count: &AtomicUsize| AtomicUsize::new(count.load(Ordering::Relaxed));
    let ahead = SetIterator {
        set: iterator.set.clone(),
        position: copy(&iterator.position),
        expected: copy(&iterator.expected),
        remaining: copy(&iterator.remaining),
    };
    let mut keys = Vec::new();
    while let Some(key) = next(&ahead)? {
        memory::push(&mut keys, key).map_err(|_key| Raised::memory_error())?;
    }
    reduced::iterator_over(thread, keys)
}

fn len_of(set: &Value) -> usize {
    AnySet::of(set).map_or(0, AnySet::len)
}

// Relaxed throughout: two threads that share an iterator may get the same key.
fn next(iterator: &SetIterator) -> Run<Option<Value>> {
    let expected = iterator.expected.load(Ordering::Relaxed);
    if expected == FINISHED {
        return Ok(None);
    }
    // A set that died in a cycle leaves an iterator without one.
    let Some(set) = AnySet::of(&iterator.set) else { return Ok(None) };
    set.with(|table| {
        if table.len() != expected {
            iterator.expected.store(VOID, Ordering::Relaxed);
            return Err(Raised::runtime_error("Set changed size during iteration"));
        }
        let Some(position) = table.next_position(iterator.position.load(Ordering::Relaxed)) else {
            iterator.expected.store(FINISHED, Ordering::Relaxed);
            return Ok(None);
        };
        iterator.position.store(position + 1, Ordering::Relaxed);
        let remaining = iterator.remaining.load(Ordering::Relaxed);
        iterator.remaining.store(remaining.saturating_sub(1), Ordering::Relaxed);
        Ok(table.key_at(position).map(|(_, key)| key.clone()))
    })
}

//! Iterators over the keys, values and items of a dict, forwards and backwards.
//!
//! An iterator walks positions of the table and raises when the number of keys is not what it was at
//! the start, or when keys were put in the place of others.

use crate::memory;
use crate::references;
use crate::sync::{AtomicUsize, Ordering};
use crate::thread::Thread;
use crate::types::object::method_arguments::{own, split_self};
use crate::types::object::reduced;
use crate::value::alloc::type_info;
use crate::value::word::Word;
use crate::value::{
    Args, ClassFlags, Dict, DictTable, Kind, NativeMethod, Object, Payload, Raised, Ref, Run, Slots, Trace,
    TypeSpec, Value,
};

/// A position in the entries of a dict, and what is needed to notice changes.
pub struct DictCursor {
    /// The dict that is iterated over.
    pub dict: Ref<Dict>,
    /// The position of the next entry; when walking backwards, the position behind it.
    pub position: AtomicUsize,
    /// How many keys there were at the start; `VOID` when the dict was changed.
    pub expected: AtomicUsize,
    /// How many entries are to come.
    pub remaining: AtomicUsize,
}

/// The mark of a dict that was changed during the iteration. No dict has so many keys, so every later check
/// fails too.
const VOID: usize = usize::MAX;

// Relaxed throughout: two threads that share an iterator may get the same entry.
impl DictCursor {
    /// Makes a cursor before the first entry or, if `backwards`, behind the last one.
    pub fn new(dict: &Object<Dict>, backwards: bool) -> DictCursor {
        let (len, end) = dict.with_table(|table| (table.len(), table.position_end()));
        DictCursor {
            dict: dict.to_ref(),
            position: AtomicUsize::new(if backwards { end } else { 0 }),
            expected: AtomicUsize::new(len),
            remaining: AtomicUsize::new(len),
        }
    }

    /// Makes a cursor at the same position.
    fn copy(&self) -> DictCursor {
        let copy = |count: &AtomicUsize| AtomicUsize::new(count.load(Ordering::Relaxed));
        DictCursor {
            dict: self.dict.clone(),
            position: copy(&self.position),
            expected: copy(&self.expected),
            remaining: copy(&self.remaining),
        }
    }

    /// Calls `take` with the next entry; `None` at the end. Raises `RuntimeError` if the dict has changed.
    #[inline]
    pub fn next<R>(&self, take: impl FnOnce(&Value, &Value) -> R) -> Run<Option<R>> {
        let at = self.position.load(Ordering::Relaxed);
        self.step(take, |table| table.next_position(at).map(|position| (position, position + 1)))
    }

    /// Calls `take` with the entry before; `None` at the end. Raises `RuntimeError` if the dict has changed.
    pub fn previous<R>(&self, take: impl FnOnce(&Value, &Value) -> R) -> Run<Option<R>> {
        let at = self.position.load(Ordering::Relaxed);
        // Of a dict that was cleared and filled again less is there than was passed.
        let previous =
            |table: &DictTable| (at <= table.position_end()).then(|| table.previous_position(at))?;
        self.step(take, |table| previous(table).map(|position| (position, position)))
    }

    #[inline]
    fn step<R>(
        &self,
        take: impl FnOnce(&Value, &Value) -> R,
        find: impl FnOnce(&DictTable) -> Option<(usize, usize)>,
    ) -> Run<Option<R>> {
        let remaining = self.remaining.load(Ordering::Relaxed);
        self.dict.with_table(|table| {
            if table.len() != self.expected.load(Ordering::Relaxed) {
                if self.is_finished(remaining) {
                    return Ok(None);
                }
                self.expected.store(VOID, Ordering::Relaxed);
                return Err(Raised::runtime_error("dictionary changed size during iteration"));
            }
            let Some((position, next)) = find(table) else {
                self.finish();
                return Ok(None);
            };
            if remaining == 0 {
                self.finish();
                return Err(Raised::runtime_error("dictionary keys changed during iteration"));
            }
            self.position.store(next, Ordering::Relaxed);
            self.remaining.store(remaining - 1, Ordering::Relaxed);
            let (key, value) = table.entry_at(position).expect("the position was just found");
            Ok(Some(take(key, value)))
        })
    }

    /// Tells whether the iteration had ended before, so that changes do not matter any more.
    fn is_finished(&self, remaining: usize) -> bool {
        remaining == VOID
    }

    fn finish(&self) {
        self.remaining.store(VOID, Ordering::Relaxed);
        self.expected.store(VOID, Ordering::Relaxed);
    }

    /// Returns how many entries are still to come; 0 if the dict was changed.
    pub fn length_hint(&self) -> usize {
        let remaining = self.remaining.load(Ordering::Relaxed);
        if self.expected.load(Ordering::Relaxed) == self.dict.len() && remaining != VOID {
            remaining
        } else {
            0
        }
    }
}

impl Trace for DictCursor {
    fn show<const ALL: bool>(&self, visit: &mut dyn FnMut(Word)) {
        self.dict.show::<ALL>(visit);
    }

    fn take(&mut self, _taken: &mut Vec<Word>) {}
}

/// What an iterator yields.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Keys.
    Keys,
    /// Values.
    Values,
    /// Pairs.
    Items,
}

impl Part {
    fn of(self, thread: &Thread, key: &Value, value: &Value) -> Value {
        match self {
            Part::Keys => key.clone(),
            Part::Values => value.clone(),
            Part::Items => thread.allocate_tuple([key.clone(), value.clone()].into_iter(), 2).into_value(),
        }
    }
}

macro_rules! dict_iterator {
    ($(#[$doc:meta])* $name:ident, $part:ident, $spec:ident) => {
        $(#[$doc])*
        pub struct $name {
            /// The position.
            pub cursor: DictCursor,
        }

        references!($name { cursor });

        impl Payload for $name {
            const KIND: Kind = Kind::$name;
        }

        /// The type.
        pub const $spec: TypeSpec = TypeSpec {
            kind: Kind::$name,
            base: Kind::Object,
            flags: ClassFlags::empty(),
            info: type_info::<$name>,
            slots: Slots {
                iter: Some(|_, iterator| Ok(iterator.clone())),
                next: Some(|thread, iterator| {
                    own::<$name>(iterator).cursor.next(|key, value| Part::$part.of(thread, key, value))
                }),
                ..Slots::EMPTY
            },
            methods: &[
                NativeMethod::new("__length_hint__", "", |thread, args| {
                    let (iterator, _) = split_self::<$name>(args);
                    Ok(thread.new_usize(iterator.cursor.length_hint()))
                }),
                NativeMethod::new("__reduce__", "", |thread, args| {
                    let (iterator, _) = split_self::<$name>(args);
                    let ahead = iterator.cursor.copy();
                    reduce(thread, |thread| ahead.next(|key, value| Part::$part.of(thread, key, value)))
                }),
            ],
            attributes: &[],
            doc: "",
        };
    };
}

dict_iterator!(
    /// The iterator over keys.
    DictKeyIterator, Keys, KEYS_SPEC
);
dict_iterator!(
    /// The iterator over values.
    DictValueIterator, Values, VALUES_SPEC
);
dict_iterator!(
    /// The iterator over pairs.
    DictItemIterator, Items, ITEMS_SPEC
);

/// The backward iterator.
pub struct DictReverseIterator {
    cursor: DictCursor,
    part: Part,
}

references!(DictReverseIterator { cursor });

impl Payload for DictReverseIterator {
    const KIND: Kind = Kind::DictReverseIterator;
}

/// The type of backward iterators.
pub const REVERSE_SPEC: TypeSpec = TypeSpec {
    kind: Kind::DictReverseIterator,
    base: Kind::Object,
    flags: ClassFlags::empty(),
    info: type_info::<DictReverseIterator>,
    slots: Slots {
        iter: Some(|_, iterator| Ok(iterator.clone())),
        next: Some(|thread, iterator| {
            let iterator = own::<DictReverseIterator>(iterator);
            iterator.cursor.previous(|key, value| iterator.part.of(thread, key, value))
        }),
        ..Slots::EMPTY
    },
    methods: &[
        NativeMethod::new("__length_hint__", "", |thread, args| {
            let (iterator, _) = split_self::<DictReverseIterator>(args);
            Ok(thread.new_usize(iterator.cursor.length_hint()))
        }),
        NativeMethod::new("__reduce__", "", |thread, args| {
            let (iterator, _) = split_self::<DictReverseIterator>(args);
            let (ahead, part) = (iterator.cursor.copy(), iterator.part);
            reduce(thread, |thread| ahead.previous(|key, value| part.of(thread, key, value)))
        }),
    ],
    attributes: &[],
    doc: "",
};

/// Makes `(iter, (items,))` of what a copy of an iterator yields.
fn reduce(thread: &mut Thread, mut next: impl FnMut(&Thread) -> Run<Option<Value>>) -> Run<Value> {
    let mut items = Vec::new();
    while let Some(item) = next(thread)? {
        memory::push(&mut items, item).map_err(|_item| Raised::memory_error())?;
    }
    reduced::iterator_over(thread, items)
}

/// Computes `iter(dict)`. Raises nothing.
pub fn iter_keys(thread: &mut Thread, dict: &Value) -> Run<Value> {
    Ok(iter_part(thread, own(dict), Part::Keys))
}

/// `dict.__reversed__()`. Raises nothing.
pub fn reversed_keys(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (dict, _) = split_self::<Dict>(args);
    Ok(reversed_part(thread, dict, Part::Keys))
}

/// Makes an iterator over the keys, values or pairs.
pub fn iter_part(thread: &Thread, dict: &Object<Dict>, part: Part) -> Value {
    let cursor = DictCursor::new(dict, false);
    match part {
        Part::Keys => thread.alloc(DictKeyIterator { cursor }).into_value(),
        Part::Values => thread.alloc(DictValueIterator { cursor }).into_value(),
        Part::Items => thread.alloc(DictItemIterator { cursor }).into_value(),
    }
}

/// Makes a backward iterator over the keys, values or pairs.
pub fn reversed_part(thread: &Thread, dict: &Object<Dict>, part: Part) -> Value {
    thread.alloc(DictReverseIterator { cursor: DictCursor::new(dict, true), part }).into_value()
}

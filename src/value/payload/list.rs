//! The list payload. The methods scripts call are in `types/list/`.

use crate::memory;
use crate::object::{TAKEN_AT_ONCE, TypeFlags};
use crate::value::class::kind::Kind;
use crate::value::guarded::{Guarded, current};
use crate::value::object::{Object, Payload};
use crate::value::raised::{Raised, Run};
use crate::value::stack_ref::StackRef;
use crate::value::trace::{Trace, make_room_for, push_field};
use crate::value::value::Value;
use crate::value::word::{self, Word};

/// The payload of a list.
#[derive(Default)]
pub struct List {
    /// The items, in order.
    pub items: Guarded<Vec<Value>>,
}

impl Trace for List {
    fn show<const ALL: bool>(&self, visit: &mut dyn FnMut(Word)) {
        self.items.show::<ALL>(visit);
    }

    /// Takes the last item first: items of a list die in this order, which programs can observe.
    fn take(&mut self, taken: &mut Vec<Word>) {
        let items = self.items.get_mut();
        let full = taken.len() + TAKEN_AT_ONCE;
        make_room_for(taken, items.len().min(TAKEN_AT_ONCE));
        let mut push = |item: Value| {
            let word = item.into_word();
            if word::is_pointer(word) {
                push_field(taken, word);
            }
            taken.len() < full
        };
        if items.len() < TAKEN_AT_ONCE {
            std::mem::take(items).into_iter().rev().for_each(|item| {
                push(item);
            });
        } else {
            while items.pop().is_some_and(&mut push) {}
            if items.is_empty() {
                *items = Vec::new();
            }
        }
    }
}

impl Payload for List {
    const KIND: Kind = Kind::List;
    const FLAGS: TypeFlags = TypeFlags::HAS_GC.union(TypeFlags::TAKEN_WHOLE);
    const HAS_ATTRIBUTES: bool = false;
}

impl List {
    /// A list of these items.
    pub fn new(items: Vec<Value>) -> List {
        List { items: Guarded::new(items) }
    }
}

impl Object<List> {
    /// Runs `action` on the items under the list's lock; it must not run script code.
    #[inline]
    pub fn with_items<R>(&self, action: impl FnOnce(&mut Vec<Value>) -> R) -> R {
        self.with(|list| &list.items, action)
    }

    /// How many items.
    #[inline]
    pub fn len(&self) -> usize {
        self.with_items(|items| items.len())
    }

    /// Whether there are no items.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// A new reference to an item.
    #[inline]
    pub fn get(&self, index: usize) -> Option<Value> {
        let thread = current();
        if thread.is_multi() {
            return self.with_items(|items| items.get(index).cloned());
        }
        // SAFETY: the program has one thread, and no script code runs while the items are looked at.
        let item = unsafe { &*self.items.as_ptr() }.get(index)?;
        Some(StackRef::from_word(item.word()).retain(thread))
    }

    /// Adds an item at the end. Raises `MemoryError` if there is no memory to grow.
    #[inline]
    pub fn push(&self, value: Value) -> Run<()> {
        // An item that finds no room dies outside of the lock.
        self.with_items(|items| memory::push(items, value)).map_err(|_item| Raised::memory_error())
    }

    /// Returns a copy of all items. Raises `MemoryError` if there is no memory for it.
    pub fn to_vec(&self) -> Run<Vec<Value>> {
        Ok(self.with_items(|items| memory::copy(items))?)
    }
}

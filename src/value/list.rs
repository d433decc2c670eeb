//! The list payload. The methods scripts call are in `types/list*.rs`.

use crate::references;
use crate::value::guarded::Guarded;
use crate::value::kind::Kind;
use crate::value::object::{Object, Payload};
use crate::value::value::Value;

/// The payload of a list.
#[derive(Default)]
pub struct List {
    /// The items, in order.
    pub items: Guarded<Vec<Value>>,
}

references!(List { items });

impl Payload for List {
    const KIND: Kind = Kind::List;
}

impl List {
    /// A list of these items.
    pub fn new(items: Vec<Value>) -> List {
        List { items: Guarded::new(items) }
    }
}

impl Object<List> {
    /// Runs `action` on the items under the list's lock; no script code in there.
    #[inline]
    pub fn with_items<R>(&self, action: impl FnOnce(&mut Vec<Value>) -> R) -> R {
        self.with(|list| &list.items, action)
    }

    /// How many items.
    pub fn len(&self) -> usize {
        self.with_items(|items| items.len())
    }

    /// Whether there are no items.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// A new reference to an item.
    pub fn get(&self, index: usize) -> Option<Value> {
        self.with_items(|items| items.get(index).cloned())
    }

    /// Adds an item at the end.
    pub fn push(&self, value: Value) {
        self.with_items(|items| items.push(value));
    }

    /// A copy of all items.
    pub fn to_vec(&self) -> Vec<Value> {
        self.with_items(|items| items.clone())
    }
}

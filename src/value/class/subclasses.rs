//! The list of the classes that derive directly from one class: in the order they were made, and removable by
//! address.

use crate::object::RawObject;
use crate::value::class::Class;
use std::collections::BTreeMap;

/// The list. It counts none of the classes: each removes itself when it dies.
///
/// Trees make short requests for memory only, however many classes there are. (CPython: `tp_subclasses`, a dict
/// by address)
#[derive(Debug, Default)]
pub struct Subclasses {
    /// The classes by the number of their turn.
    listed: BTreeMap<u64, RawObject>,
    /// The number of each class's turn, by the address of its payload.
    turns: BTreeMap<usize, u64>,
    next: u64,
}

impl Subclasses {
    /// Adds a class at the end, unless it is in the list.
    pub fn add(&mut self, class: RawObject) {
        let turn = *self.turns.entry(class.payload::<Class>().addr()).or_insert(self.next);
        self.listed.insert(turn, class);
        self.next += 1;
    }

    /// Takes out the class whose payload has this address; O(log n).
    pub fn remove(&mut self, payload: usize) {
        if let Some(turn) = self.turns.remove(&payload) {
            self.listed.remove(&turn);
        }
    }

    /// All of them, oldest first.
    pub fn iter(&self) -> impl Iterator<Item = RawObject> {
        self.listed.values().copied()
    }
}

//! The classes that derive directly from one: in the order they came, and found by their address when they leave.

use crate::object::RawObject;
use crate::value::class::Class;
use std::collections::BTreeMap;

/// The list. Nothing in it is counted: each class takes itself out when it dies.
///
/// Trees ask for memory by short requests only, however many classes there are. (CPython: `tp_subclasses`, a dict by
/// address)
#[derive(Debug, Default)]
pub struct Subclasses {
    /// By turn.
    listed: BTreeMap<u64, RawObject>,
    /// The turn of each, by the address of its payload.
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

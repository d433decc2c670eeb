//! Weak references whose callbacks are to be called, in order: each leads to the next, since a list of them might find no
//! memory.

use super::edges::adopt;
use crate::object::RawObject;
use crate::value::{Value, WeakRef};

/// The queue. It owns a count of each.
#[derive(Default)]
pub(super) struct Noted {
    first: Option<RawObject>,
    last: Option<RawObject>,
}

impl Noted {
    /// Adds a dead weak reference at the end, with a count of it that the caller gives up.
    pub fn push(&mut self, weakref: RawObject) {
        WeakRef::wait_before(weakref, None);
        match self.last.replace(weakref) {
            None => self.first = Some(weakref),
            Some(last) => WeakRef::wait_before(last, Some(weakref)),
        }
    }

    /// Takes the first one off.
    pub fn pop(&mut self) -> Option<Value> {
        let first = self.first?;
        self.first = WeakRef::end_wait(first);
        if self.first.is_none() {
            self.last = None;
        }
        Some(adopt(first))
    }
}
